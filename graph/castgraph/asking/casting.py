"""Replies about performances: who played a character, whom a person played, who played whom, whether, how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from castgraph.answers import Alternative, Answer, Basis, Reply, Source, Status, Thing, basis_of
from castgraph.asking.choosing import MOST_OFFERED, Chooser
from castgraph.asking.interpretation import Interpretation
from castgraph.asking.meanings import Expression, Meaning, Name
from castgraph.asking.naming import Names
from castgraph.asking.notes import disagreement
from castgraph.asking.notes import listed as in_a_list
from castgraph.asking.query import Pattern
from castgraph.asking.reading import Reader
from castgraph.credits import MOST, Credit, cast_answers, credits_of, group_by, listed
from castgraph.store import GraphStore


class Casting:
    """Answers one question about performances."""

    def __init__(
        self, store: GraphStore, names: Names, interpretation: Interpretation, reader: Reader, performances: Expression
    ) -> None:
        self._names = names
        self._interpretation = interpretation
        self._reader = reader
        self._asked = performances
        self._store = store
        self._chooser = Chooser(store, names, interpretation)
        pattern = Pattern(interpretation.things)
        pattern.add(performances, "performance")
        self._sparql, self._credits, self.is_whole = credits_of(store, pattern)

    def side(self, side: str) -> Reply:
        """The performers, or the characters, of the performances: ``side`` is ``performer`` or ``character``."""
        other = "character" if side == "performer" else "performer"
        if not self._credits:
            return self._nowhere()
        if (choice := self._choice(other)) is not None:
            return choice
        several = side == "performer" and len({one.character for one in self._credits if one.character}) > 1
        known = group_by([one for one in self._credits if _of(one, side)], lambda one: _of(one, side))
        unnamed = [one for one in self._credits if _of(one, side) is None]
        reading = self._reading(Expression("of", (side, self._asked)))
        if not known:
            return Reply("", Status.UNKNOWN, reading, sparql=self._sparql, message=_unnamed(unnamed, side))
        answers = tuple(
            Answer(
                label=thing.label or thing.iri,
                iri=thing.iri,
                basis=basis_of(_sources(told)),
                sources=_sources(told),
                note=_note(told, thing, side, of_several=several),
                credited=_as_credited(told, side),
            )
            for thing, told in known.items()
            if thing is not None
        )
        said, others = self._others(other)
        messages = [said, self._cut]
        if side == "performer":
            messages += [
                _disagreement(self._credits),
                _second_credits(self._credits, unnamed),
                self._left_open(unnamed) if several else None,
            ]
        message = " ".join(one for one in messages if one) or None
        return Reply("", Status.ANSWERED, reading, answers, others, sparql=self._sparql, message=message)

    def credited(self) -> Reply:
        """The names performers were credited under."""
        if not self._credits:
            return self._nowhere()
        for side in ("character", "performer", "work"):
            if (choice := self._choice(side)) is not None:
                return choice
        reading = self._reading(Expression("credited", (self._asked,)))
        told = group_by([one for one in self._credits if one.performer], lambda one: _credited_name(one))
        if not told:
            message = _unnamed(self._credits, "performer")
            return Reply("", Status.UNKNOWN, reading, sparql=self._sparql, message=message)
        answers = tuple(
            Answer(
                label=label,
                iri=credits_[0].performer.iri if credits_[0].performer else None,
                basis=basis_of(_sources(credits_)),
                sources=_sources(credits_),
                note=f"as {', '.join(dict.fromkeys(c for one in credits_ if (c := one.character_as_credited)))}".strip()
                if any(one.character_as_credited for one in credits_)
                else None,
                credited=label,
            )
            for label, credits_ in told.items()
        )
        return Reply("", Status.ANSWERED, reading, answers, sparql=self._sparql)

    def pairs(self) -> Reply:
        """Who played whom."""
        reading = self._reading(Expression("pairs", (self._asked,)))
        if not self._credits:
            return self._nowhere()
        if (choice := self._choice("work")) is not None:
            return choice
        return Reply("", Status.ANSWERED, reading, cast_answers(self._credits), sparql=self._sparql, message=self._cut)

    def holds(self, question: Expression, everyone: Sequence[Credit], sparql: str) -> Reply:
        """Whether a person played a character; ``everyone`` are the credits of the character, whoever plays it.

        It is so where a source says it; not so only where each credit of the character names somebody else.
        """
        reading = self._reading(question)
        if self._credits:
            sources = _sources(self._credits)
            answer = Answer("yes", None, basis_of(sources), sources, note=self._which() if self._is_open else None)
            return Reply("", Status.ANSWERED, reading, (answer,), sparql=self._sparql)
        rows = cast_answers(everyone)
        if rows and all(row.performer for row in rows):
            names = " and ".join(dict.fromkeys(row.performer.label or "" for row in rows if row.performer))
            sources = tuple(dict.fromkeys(source for row in rows for source in row.sources))
            answer = Answer("no", None, basis_of(sources), sources, note=f"the sources name {names}")
            return Reply("", Status.ANSWERED, reading, (answer,), sparql=sparql)
        message = "No source says so, and none says otherwise."
        return Reply("", Status.UNKNOWN, reading, sparql=self._sparql, message=message)

    def episodes(self, question: Expression) -> Reply:
        """In how many episodes, as each source counts them."""
        reading = self._reading(question)
        if not self._credits:
            return self._nowhere()
        for side in ("character", "performer", "work"):
            if (choice := self._choice(side)) is not None:
                return choice
        counted = group_by([one for one in self._credits if one.episodes is not None], lambda one: one.episodes)
        if not counted and (reply := self._episodes_of_characters(reading)) is not None:
            return reply
        if not counted:
            said = f"{listed(self._credits)} this; none of the sources counts the episodes."
            return Reply("", Status.UNKNOWN, reading, sparql=self._sparql, message=said)
        answers = tuple(
            Answer(str(number), None, basis_of(_sources(told)), _sources(told)) for number, told in counted.items()
        )
        works = {one.work for one in self._credits}
        message = disagreement(answers) if len(works) == 1 else None
        return Reply("", Status.ANSWERED, reading, answers, sparql=self._sparql, message=message)

    def _episodes_of_characters(self, reading: str) -> Reply | None:
        """The episodes of the characters somebody plays, where a source counts those and not the performer's."""
        played = {(one.character, one.work) for one in self._credits if one.character}
        answers: list[Answer] = []
        sparql = self._sparql
        for character, work in sorted(played, key=str):
            assert character is not None
            kinds = {"character": character, "work": work}
            names = {role: Name(role, place, place) for place, role in enumerate(kinds)}
            pattern = Pattern({names[role]: (thing,) for role, thing in kinds.items()})
            pattern.add(Expression("performances", (), tuple(names.items())), "performance")
            sparql, credits_, _ = credits_of(self._store, pattern)
            unnamed = [one for one in credits_ if one.episodes is not None and one.performer is None]
            for number, told in group_by(unnamed, lambda one: one.episodes).items():
                note = f"the episodes of the character {character.label}, in a credit that names no performer"
                sources = tuple(dict.fromkeys((*_sources(told), *_sources(self._credits))))
                answers.append(Answer(str(number), None, Basis.INFERRED, sources, note=note))
        return Reply("", Status.ANSWERED, reading, tuple(answers), sparql=sparql) if answers else None

    @property
    def credits(self) -> tuple[str, list[Credit]]:
        """The query and what it found; nothing where it found too much to tell what holds of all."""
        return self._sparql, self._credits if self.is_whole else []

    def _which(self) -> str:
        """Who plays whom, of those asked about."""
        who = dict.fromkeys(one.performer.label or "" for one in self._credits if one.performer)
        whom = dict.fromkeys(one.character.label or "" for one in self._credits if one.character)
        return f"{in_a_list(list(who))}{' as ' * bool(whom)}{in_a_list(list(whom))}"

    @property
    def _is_open(self) -> bool:
        """Whether one of several things is asked about, joined by “or”."""
        return any(isinstance(inner, Expression) and inner.operator == "or" for _, inner in self._asked.named)

    @property
    def _cut(self) -> str | None:
        return None if self.is_whole else f"Of all credits that fit {MOST} were looked at; the query finds the rest."

    def _reading(self, meaning: Meaning) -> str:
        told = self._reader.tell(meaning)
        roles = dict(self._asked.named)
        works = sorted({one.work.label for one in self._credits if one.work.label})
        if "work" not in roles and len(works) == 1:
            told += f" in {works[0]}"
        return told

    def _choice(self, side: str) -> Reply | None:
        """The asker's choice, where a name of the question stands for several things that have performances."""
        name = dict(self._asked.named).get(side)
        if isinstance(name, Expression) and name.operator == "and":  # “the film X”
            name = next((part for part in name.arguments if isinstance(part, Name)), None)
        if not isinstance(name, Name) or len(self._interpretation.names[name].things) < 2:
            return None
        by_thing = group_by(self._credits, lambda one: _of(one, side))
        if len(by_thing) < 2:
            return None
        known = {thing: told for thing, told in by_thing.items() if thing}
        offered = list(known.items())[:MOST_OFFERED]
        alternatives = tuple(self._alternative(name, thing, told, known) for thing, told in offered)
        message = self._chooser.number_of(name, len(known))
        return Reply("", Status.AMBIGUOUS, alternatives=alternatives, sparql=self._sparql, message=message)

    def _left_open(self, unnamed: Sequence[Credit]) -> str | None:
        """Of several characters asked for, those whose performer no source names."""
        named = {one.character for one in self._credits if one.performer}
        left = [one for one in unnamed if one.character not in named]
        return _unnamed(left, "performer") if left else None

    def _others(self, side: str) -> tuple[str | None, tuple[Alternative, ...]]:
        """Where only one of several namesakes has such performances: which it is, and the others."""
        name = dict(self._asked.named).get(side)
        if not isinstance(name, Name) or len(things := self._interpretation.names[name].things) < 2:
            return None, ()
        met = {_of(one, side) for one in self._credits}
        rest = [thing for thing in things if thing not in met]
        one = next(thing for thing in things if thing in met)
        said = (
            f"{self._chooser.number_of(name, len(things))} Of {self._chooser.told(name, one)} something is known here."
        )
        return said, self._chooser.alternatives(name, rest)

    def _alternative(
        self, name: Name, thing: Thing, told: Sequence[Credit], among: Mapping[Thing, Sequence[Credit]]
    ) -> Alternative:
        """One of several things of a name, by the titles it appears in, and the question that asks for it alone."""
        works = list(dict.fromkeys(one.work for one in told))
        titles = [self._names.title_in_words(work) for work in works]
        if thing in works:
            return self._chooser.alternatives(name, [thing])[0]
        listed_titles = ", ".join(sorted(title or "a title without a name" for title in titles)[:3])
        words = self._chooser.alone(name, thing)
        question = self._interpretation.asking_for(name, words) if words else None
        alone = titles[0] if len(titles) == 1 and "work" not in dict(self._asked.named) else None
        namesakes = [one for one, of in among.items() if one.label == thing.label and works[0] in {c.work for c in of}]
        if question is None and alone and len(namesakes) == 1:
            question = f"{self._interpretation.asking_for(name, thing.label or '').rstrip('?!. ')} in {alone}?"
        return Alternative(f"{thing.label} in {listed_titles}", question, thing.iri)

    def _nowhere(self) -> Reply:
        """The things are known, but no source lists such a performance."""
        told = self._reader.tell(self._asked)
        message = f"No source lists {told}."
        return Reply("", Status.UNKNOWN, told, sparql=self._sparql, message=message)


def _of(credit: Credit, side: str) -> Thing | None:
    match side:
        case "performer":
            return credit.performer
        case "character":
            return credit.character
    return credit.work


def _sources(told: Sequence[Credit]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(one.source for one in told))


def _unnamed(unnamed: Sequence[Credit], side: str) -> str:
    if side == "performer":
        labels = " and ".join(dict.fromkeys(one.character.label or "" for one in unnamed if one.character))
        return f"{listed(unnamed)} {labels or 'the part'}; none of the sources names the performer."
    works = ", ".join(sorted({one.work.label or "a title without a name" for one in unnamed}))
    as_narrator = " as narrator" if all(one.narrates for one in unnamed) else ""
    labels = " and ".join(dict.fromkeys(one.performer.label or "" for one in unnamed if one.performer))
    return f"{listed(unnamed)} {labels or 'somebody'}{as_narrator} in {works}; none of the sources names a character."


def _note(told: Sequence[Credit], thing: Thing, side: str, *, of_several: bool = False) -> str | None:
    if of_several:
        return "as " + in_a_list(list(dict.fromkeys(one.character.label or "" for one in told if one.character)))
    if side == "character":
        titles = dict.fromkeys(one.work.label for one in told if one.work.label)
        return f"in {', '.join(titles)}" if titles else None
    other = [one for one in told if one.performer_as_credited not in (None, thing.label)]
    return f"credited as {other[0].performer_as_credited} by {other[0].source.source}" if other else None


def _credited_name(credit: Credit) -> str:
    return credit.performer_as_credited or (credit.performer.label if credit.performer else None) or "somebody"


def _as_credited(told: Sequence[Credit], side: str) -> str | None:
    names = (one.performer_as_credited if side == "performer" else one.character_as_credited for one in told)
    return next((name for name in names if name), None)


def _disagreement(credits_: Sequence[Credit]) -> str | None:
    """Says it where sources name performers of one character in one title, and no two of them the same."""
    named = [one for one in credits_ if one.performer and one.character]
    if len({(one.character, one.work) for one in named}) != 1:
        return None
    by_source = group_by(named, lambda one: one.source.source)
    sets = [{one.performer for one in told} for told in by_source.values()]
    if len(sets) < 2 or any(a & b for number, a in enumerate(sets) for b in sets[number + 1 :]):
        return None
    told = [
        f"{source} names {in_a_list(sorted({one.performer.label or '' for one in said if one.performer}))}"
        for source, said in by_source.items()
    ]
    return f"The sources disagree: {in_a_list(told)}."


def _second_credits(credits_: Sequence[Credit], unnamed: Sequence[Credit]) -> str | None:
    """A credit without a performer, from a source that lists another with one, is a second credit: it is told."""
    naming = {(one.source.source, one.character) for one in credits_ if one.performer}
    second = [one for one in unnamed if (one.source.source, one.character) in naming]
    if not second or second[0].character is None:
        return None
    lines = ", ".join(f"line {one.source.line}" for one in second)
    return (
        f"{second[0].source.source} lists {second[0].character.label} once more ({lines}) without naming the performer."
    )
