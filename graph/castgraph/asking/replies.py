"""Answers an interpreted question: finds what it asks for, follows each answer to its sources, says what is unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from castgraph.answers import Alternative, Answer, Reply, Status, Thing
from castgraph.asking import found
from castgraph.asking.about import about
from castgraph.asking.casting import Casting
from castgraph.asking.choosing import Chooser
from castgraph.asking.conjunctions import claims, joined
from castgraph.asking.evidence import NO_SUPPORT, Evidence
from castgraph.asking.found import Found, Group
from castgraph.asking.interpretation import Interpretation
from castgraph.asking.meanings import Expression, Meaning, Name, Place
from castgraph.asking.naming import MOST_MEANT, Match, Names
from castgraph.asking.notes import award, disagreement, how_it_came, in_common, in_words, listed, money
from castgraph.asking.query import Pattern
from castgraph.asking.reading import Reader
from castgraph.asking.vocabulary import ATTRIBUTES, class_iri
from castgraph.iris import FILM
from castgraph.store import GraphStore

SHOWN = 200
"""Answers whose sources are followed; of more only the first so many are told."""

_NEUTRAL = {"actress": "actor", "actresses": "actors", "woman": "person", "lady": "person"}
"""What to say for a word that tells a performer's sex, which no source does."""


MOST_NAMED = 20
"""Things that are named where a number is asked for that no source tells."""

FOLLOWED = 500
"""Ways to the answers of a reply that are followed to their sources, shared among the answers; at least one of each."""


class NoTitleError(Exception):
    """A question for a whole cast names no title."""


class Replies:
    """The replies to one reading of a question.

    Args:
        store: answers the queries.
        names: the names in the graph.
        evidence: tells where answers come from; None where only whether there are any is wanted.
        interpretation: the reading.
    """

    def __init__(
        self, store: GraphStore, names: Names, evidence: Evidence | None, interpretation: Interpretation
    ) -> None:
        self._store = store
        self._names = names
        self._evidence = evidence
        self._asked = interpretation
        self._reader = Reader(interpretation.things)
        self._chooser = Chooser(store, names, interpretation)

    def reply(self) -> Reply:
        """The reply, with how names were read that are not spelt so.

        Raises:
            NoTitleError: the cast of what?
        """
        assert isinstance(self._asked.meaning, Expression)
        if (many := self._too_many()) is not None:
            return many
        reply = self._to(self._asked.meaning)
        spelt = [
            f"“{self._asked.texts[name]}” was read as {resolved.spelling}"
            for name, resolved in self._asked.names.items()
            if resolved.spelling and resolved.match is not Match.EXACT
        ]
        return with_message(reply, "; ".join(spelt) + ".") if spelt else reply

    def _too_many(self) -> Reply | None:
        """What is said where a name means more things than are looked at: what holds of some may not hold of all."""
        for name, resolved in self._asked.names.items():
            if resolved.is_cut:
                said = f"“{self._asked.texts[name]}” may be any of {MOST_MEANT} and more; the whole name is needed."
                return Reply("", Status.AMBIGUOUS, message=said)
        return None

    def _to(self, meaning: Expression) -> Reply:
        match meaning.operator, meaning.arguments:
            case "list", (
                Expression("of", (("performer" | "character") as side, Expression("performances") as inner)),
            ):
                reply = self._casting(inner).side(str(side))
                return self._characters_of(inner, reply) if side == "character" else reply
            case "list", (Expression("of", ("writer", inner)),) if _class_in(inner) == "book":
                return self._to(Expression("list", (Expression("of", ("author", inner)),)))
            case "list", (inner,):
                return self._list(inner, self._reader.tell(inner))
            case "pairs", (Expression() as inner,):
                if not inner.named:
                    raise NoTitleError
                return self._casting(inner).pairs()
            case "holds", _ if len(parts := claims(meaning)) > 1:
                return joined(self._reader.tell(meaning), [self._to(part) for part in parts])
            case "holds", (Expression("performances") as inner,):
                return self._holds(inner, meaning)
            case "holds", (inner,):
                return self._is_so(inner)
            case "credited", (Expression() as inner,):
                return self._casting(inner).credited()
            case "count-episodes", (Expression() as inner,):
                return self._casting(inner).episodes(meaning)
            case "value", (str(attribute), inner):
                return self._value(attribute, inner)
            case "similar", (inner, *others):
                return self._similar(inner, others, self._reader.tell(meaning))
            case "awards", (inner,):
                return self._awards(self._list(inner, self._reader.tell(meaning)))
            case "and-how", (inner,):
                return self._and_how(inner, self._list(inner, self._reader.tell(inner)))
            case "first-of", parts:
                return self._first([part for part in parts if isinstance(part, Expression)])
            case "together", parts:
                return self._together([part for part in parts if isinstance(part, Expression)])
            case "about", (Name() as name,):
                return self._about(name)
            case "count", (inner,):
                return self._count(inner, self._reader.tell(meaning))
        raise ValueError(f"no reply is known for {meaning}")

    def _characters_of(self, performances: Expression, reply: Reply) -> Reply:
        """The characters of titles; where no performance names one, those that a source tells of otherwise."""
        if reply.status is not Status.UNKNOWN or [role for role, _ in performances.named] != ["work"]:
            return reply
        wanted = Expression("of", ("has-character", performances.named[0][1]))
        otherwise = self._list(wanted, self._reader.tell(wanted))
        return reply if otherwise.status is Status.UNKNOWN else otherwise

    def _casting(self, performances: Expression) -> Casting:
        return Casting(self._store, self._names, self._asked, self._reader, performances)

    def _holds(self, inner: Expression, question: Expression) -> Reply:
        others = Expression("performances", (), tuple(part for part in inner.named if part[0] != "performer"))
        casting = self._casting(inner)
        if "character" not in dict(inner.named):
            return casting.holds(question, [], "")
        sparql, everyone = self._casting(others).credits
        return casting.holds(question, everyone, sparql)

    def _is_so(self, inner: Meaning) -> Reply:
        """Whether a set holds anything: yes where a source says so. That none does makes no “no”."""
        reply = self._list(inner, self._reader.tell(inner))
        if reply.status is not Status.ANSWERED:
            return reply
        first = reply.answers[0]
        sources = tuple(dict.fromkeys(source for answer in reply.answers for source in answer.sources))
        return replace(reply, answers=(Answer("yes", None, first.basis, sources, rule=first.rule),))

    def _list(self, wanted: Meaning, reading: str) -> Reply:
        """Everything in a set, or the choice where a name stands for several things."""
        result = found.find(self._store, wanted, self._asked.things)
        if not result.groups:
            message = f"None of the sources tells this: {reading}."
            return Reply("", Status.UNKNOWN, reading, sparql=result.sparql, message=message)
        return self._choice(wanted, result) or self._told(wanted, result, reading)

    def _told(self, asked: Meaning, result: Found, reading: str) -> Reply:
        shown = result.groups[:SHOWN]
        titles = self._names.titles_in_words([group.thing for group in shown])
        answers = tuple(self._answered(result, *one) for one in zip(shown, titles, strict=True))
        more = len(result.groups) - len(answers)
        said, others = self._chooser.others(asked, result)
        unseen = f"{more}{'' if result.is_whole else ' or'} more are left out here; the query finds them all."
        told = (said, self._chooser.left_out(asked, result) if not more else unseen)
        message = " ".join(one for one in told if one) or None
        return Reply("", Status.ANSWERED, reading, answers, others, sparql=result.sparql, message=message)

    def _answered(self, result: Found, group: Group, title: str | None) -> Answer:
        most = max(1, FOLLOWED // min(len(result.groups), SHOWN))
        support = self._evidence.of(result.ways(group, most)) if self._evidence else NO_SUPPORT
        thing = group.thing
        naming = self._evidence.naming(thing.iri, thing.label) if self._evidence and thing.iri and thing.label else None
        through = result.way_to(group)
        notes = [title if title != thing.label else None, in_words(group.term)]
        notes.append(f"so called by {listed([one.where for one in naming.sources])}" if naming else None)
        notes.append(
            f"through {listed([f'“{way}”' for way in through[:3]])}{' and others' if len(through) > 3 else ''}"
            if through
            else None
        )
        return Answer(
            thing.label or f"a {_kind(thing)} without a name",
            thing.iri or None,
            support.basis if naming is None else naming.basis,
            support.sources if naming is None else tuple(dict.fromkeys((*support.sources, *naming.sources))),
            note="; ".join(note for note in notes if note) or None,
            rule=support.rule,
        )

    def _value(self, attribute: str, of: Meaning) -> Reply:
        """The values of an attribute, by the first road that leads to any, and whether the sources agree."""
        row = ATTRIBUTES[attribute]
        of_what = self._reader.tell(of)
        reading = row.told.format(of_what)
        result = None
        for number, road in enumerate(row.roads):
            pattern = Pattern(self._asked.things)
            pattern.add(of, "thing")
            if not isinstance(of, Name):
                pattern.ways.append("thing")
            pattern.walk(road, "thing", "x")
            result = found.run(self._store, pattern, "x")
            if result.groups:
                if number and row.otherwise:
                    reading = row.otherwise[number - 1].format(of_what)
                break
        assert result is not None
        if not result.groups:
            message = f"None of the sources tells this: {reading}."
            return Reply("", Status.UNKNOWN, reading, sparql=result.sparql, message=message)
        if (choice := self._choice(of, result)) is not None:
            return choice
        reply = self._told(of, result, reading)
        if attribute == "budget":
            reply = replace(
                reply,
                answers=tuple(
                    self._in_currency(result, *one) for one in zip(reply.answers, result.groups, strict=False)
                ),
            )
        about = {row["thing"].value for group in result.groups for row in group.rows}
        told = disagreement(reply.answers) if row.is_single and len(about) == 1 else None
        return with_message(reply, told) if told else reply

    def _in_currency(self, result: Found, answer: Answer, group: Group) -> Answer:
        """A sum of money with its currency, which the value alone does not tell."""
        sums = {edge.subject for edge in result.edges if edge.property == f"{FILM}amount"}
        told = dict.fromkeys(money(self._store, row[one].value) for row in group.rows for one in sums if one in row)
        note = listed([one for one in told if one])
        return replace(answer, note="; ".join(part for part in (note, answer.note) if part) or None)

    def _choice(self, asked: Meaning, result: Found) -> Reply | None:
        """The asker's choice, where words of the question stand for several things that have results."""
        choice = self._chooser.of_names(asked, result) or self._chooser.of_definites(asked, result)
        if choice is None:
            return None
        message, alternatives = choice
        return Reply("", Status.AMBIGUOUS, alternatives=alternatives, sparql=result.sparql, message=message)

    def _similar(self, of: Meaning, others: Sequence[Meaning], reading: str) -> Reply:
        """What sources call like a title, with what the two have in common."""
        reply = self._list(Expression("and", (Expression("with", ("similar", of)), *others)), reading)
        if not isinstance(of, Name):
            return reply
        titles = self._asked.names[of].things
        answers = []
        for answer in reply.answers:
            common = in_common(self._store, titles, Thing(answer.iri or "", answer.label))
            answers.append(replace(answer, note="; ".join(part for part in (answer.note, common) if part) or None))
        return replace(reply, answers=tuple(answers))

    def _awards(self, reply: Reply) -> Reply:
        """Awards by name, year and category, with how each nomination ended."""
        answers = []
        for answer in reply.answers:
            label, outcome = award(self._store, Thing(answer.iri or "", answer.label))
            answers.append(replace(answer, label=label, note=outcome))
        return replace(reply, answers=tuple(answers))

    def _and_how(self, meaning: Meaning, reply: Reply) -> Reply:
        """What befell somebody, with what caused it and how it ended."""
        answers = []
        happened = class_iri(_class_in(meaning) or "event")
        for answer in reply.answers:
            how = how_it_came(self._store, Thing(answer.iri or "", answer.label), happened)
            answers.append(replace(answer, note=how or answer.note))
        return replace(reply, answers=tuple(answers))

    def _first(self, questions: Sequence[Expression]) -> Reply:
        """The reply to the first of several questions that has one: each asks for less than the one before."""
        for question in questions:
            reply = self._to(question)
            if reply.status is not Status.UNKNOWN:
                break
        return reply

    def _together(self, questions: Sequence[Expression]) -> Reply:
        """Several questions in one: answered as far as sources go, with what each answer is to."""
        replies = [self._to(question) for question in questions]
        choice = next((reply for reply in replies if reply.status is Status.AMBIGUOUS), None)
        if choice is not None:
            return choice
        reading = " and ".join(reply.reading for reply in replies if reply.reading)
        answers = tuple(
            replace(answer, note="; ".join(part for part in (reply.reading, answer.note) if part))
            for reply in replies
            for answer in reply.answers
        )
        missing = [reply.message for reply in replies if reply.status is Status.UNKNOWN and reply.message]
        status = Status.ANSWERED if answers else Status.UNKNOWN
        sparql = "\n\n".join(reply.sparql for reply in replies if reply.sparql)
        return Reply("", status, reading, answers, sparql=sparql, message=" ".join(missing) or None)

    def _about(self, name: Name) -> Reply:
        """All that is told of a person or a character: each fact with what it is."""
        reply = self._together(about(name))
        reading = self._reader.tell(Expression("about", (name,)))
        is_missing = reply.message and reply.status is not Status.ANSWERED
        return replace(reply, reading=reading, message=f"None of the sources tells {reading}." if is_missing else None)

    def _count(self, inner: Meaning, reading: str) -> Reply:
        """What is known where a number is asked for that no source tells: how many the sources list, and which."""
        listed_ = self._to(Expression("list", (inner,)))
        if listed_.status is not Status.ANSWERED:
            return listed_
        labels = [answer.label for answer in listed_.answers]
        whole = f"{len(labels)}: {listed(labels)}" if len(labels) <= MOST_NAMED else f"{len(labels)} or more"
        message = f"None of the sources tells the {reading}; they list {whole}. There may be others."
        return Reply("", Status.UNKNOWN, reading, sparql=listed_.sparql, message=message)


def _kind(thing: Thing) -> str:
    """What a nameless thing is, as far as its IRI tells: a mission or, like nearly all of them, a title."""
    return "mission" if "/id/mission/" in (thing.iri or "") else "title"


def untold(asked: Interpretation, place: Place) -> Reply:
    """The reply to a question for what no source tells of anybody, with the question that leaves it out."""
    word = asked.text_of(place)
    reading = Reader(asked.things).tell(asked.meaning)
    neutral = _NEUTRAL.get(word.casefold())
    others = (Alternative(reading, asked.with_text(place, neutral)),) if neutral else ()
    return Reply("", Status.UNKNOWN, reading, alternatives=others, message=sex_untold(asked, place))


def sex_untold(asked: Interpretation, place: Place) -> str:
    """What is said to a word of a question that asks for the sex of somebody."""
    return f"None of the sources tells whether somebody is a woman or a man, as “{asked.text_of(place)}” asks."


def with_message(reply: Reply, message: str) -> Reply:
    """A reply with something said before what it says."""
    return replace(reply, message=f"{message} {reply.message}" if reply.message else message)


def _class_in(meaning: Meaning) -> str | None:
    """The first class that a meaning speaks of."""
    if not isinstance(meaning, Expression):
        return None
    if meaning.operator == "all":
        return str(meaning.arguments[0])
    return next((word for part in meaning.arguments if (word := _class_in(part))), None)
