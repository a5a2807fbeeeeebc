"""Answers questions in words from the graph: exactly, with sources, or not at all.

A question is understood (:mod:`castgraph.asking`): a grammar composes its meaning, its names are looked up, one SPARQL
query finds what is asked for, and each answer is followed to the lines it is said on. Nothing is guessed: what no source
says is unknown, a name nobody has is not replaced by a like one, and a question outside the grammar is not answered.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import pyoxigraph as ox

from castgraph.answers import Alternative, Answer, Reply, Status, Thing
from castgraph.asking import found
from castgraph.asking.casting import Casting
from castgraph.asking.evidence import Evidence
from castgraph.asking.found import Found, Group
from castgraph.asking.interpretation import Interpretation, Interpreter, Unknown
from castgraph.asking.meanings import Expression, Meaning, Name, names_in
from castgraph.asking.naming import Match, Names
from castgraph.asking.notes import award, in_common
from castgraph.asking.query import Pattern
from castgraph.asking.reading import Reader
from castgraph.asking.vocabulary import ATTRIBUTES
from castgraph.iris import Iris
from castgraph.name_index import NameIndex
from castgraph.store import GraphStore, LocalStore

SHOWN = 200
"""Answers whose sources are followed; of more only the first so many are told."""

FORMS_IN_WORDS = (
    "Who played {character}?",
    "Whom did {performer} play?",
    "Who played whom in {title}?",
)
"""Questions that can be asked of any graph, to be shown to whoever asks outside the grammar."""


class Asker:
    """Answers questions over one graph. Safe to share between threads.

    Args:
        store: answers the queries.
        iris: where the graph's own things are.
        names: the names in the graph, where somebody keeps them; without, they are read from it.
        evidence: tells where statements come from; needed where ``store`` is not the snapshot itself.
    """

    def __init__(
        self, store: GraphStore, iris: Iris, names: Names | None = None, evidence: Evidence | None = None
    ) -> None:
        if evidence is None:
            if not isinstance(store, LocalStore):
                raise TypeError("a store that is not at hand needs evidence from one that is")
            evidence = Evidence(store, iris)
        self._store = store
        self._evidence = evidence
        self._names = names or NameIndex(store)
        self._interpreter = Interpreter(self._names)

    def ask(self, question: str) -> Reply:
        """Answer a question. Never raises for what is asked: the reply's status says how it ended."""
        started = time.perf_counter()
        reply = self._reply(question)
        return replace(reply, question=question, milliseconds=round((time.perf_counter() - started) * 1000, 2))

    def _reply(self, text: str) -> Reply:
        interpreted = self._interpreter.interpret(text)
        if interpreted.readings:
            return self._best(interpreted.readings)
        if interpreted.unknown:
            return self._not_found(interpreted.unknown)
        message = "This question is outside the forms that can be answered."
        if interpreted.unplaced:
            words = ", ".join(f"“{word}”" for word in dict.fromkeys(interpreted.unplaced))
            message += f" Nothing could be made of {words}."
        return Reply(text, Status.NOT_UNDERSTOOD, message=message, suggestions=self._examples)

    def _best(self, readings: Sequence[Interpretation]) -> Reply:
        """The reply to the first reading that has one; the others are told as such."""
        replies = [self._answer(reading) for reading in readings[:4]]
        told = [reply for reply in replies if reply.status in (Status.ANSWERED, Status.AMBIGUOUS)]
        chosen = (told or replies)[0]
        others = [
            Alternative(reply.reading, None)
            for reply in told
            if reply is not chosen and reply.reading and reply.reading != chosen.reading
        ]
        return replace(chosen, alternatives=(*chosen.alternatives, *dict.fromkeys(others)))

    def _answer(self, interpretation: Interpretation) -> Reply:
        reader = Reader(interpretation.things)
        reply = self._ask(interpretation, reader, interpretation.meaning)
        spelt = [
            f"“{interpretation.texts[name]}” was read as {resolved.spelling}"
            for name, resolved in interpretation.names.items()
            if resolved.match is Match.SLIP
        ]
        if spelt:
            message = "; ".join(spelt) + "."
            reply = replace(reply, message=f"{message} {reply.message}" if reply.message else message)
        return reply

    def _ask(self, interpretation: Interpretation, reader: Reader, meaning: Meaning) -> Reply:
        assert isinstance(meaning, Expression)
        match meaning.operator, meaning.arguments:
            case "list", (
                Expression("of", (("performer" | "character") as side, Expression("performances") as inner)),
            ):
                return self._casting(interpretation, reader, inner).side(str(side))
            case "list", (inner,):
                return self._list(interpretation, inner, reader.tell(inner))
            case "pairs", (Expression() as inner,):
                if not inner.named:
                    return Reply(
                        "",
                        Status.NOT_UNDERSTOOD,
                        message="In which title? The question names none.",
                        suggestions=self._examples,
                    )
                return self._casting(interpretation, reader, inner).pairs()
            case "holds", (Expression("performances") as inner,):
                return self._holds(interpretation, reader, inner, meaning)
            case "holds", (inner,):
                return self._is_so(interpretation, reader, inner)
            case "count-episodes", (Expression() as inner,):
                return self._casting(interpretation, reader, inner).episodes(meaning)
            case "value", (str(attribute), inner):
                return self._value(interpretation, reader, attribute, inner)
            case "similar", (inner, *others):
                wanted = Expression("and", (Expression("with", ("similar", inner)), *others))
                reply = self._list(interpretation, wanted, reader.tell(meaning))
                return self._likeness(interpretation, inner, reply)
            case "awards", (inner,):
                nominations = Expression("of", ("nomination", inner))
                return self._awards(self._list(interpretation, nominations, reader.tell(meaning)))
        raise ValueError(f"no reply is known for {meaning}")

    def _casting(self, interpretation: Interpretation, reader: Reader, performances: Expression) -> Casting:
        return Casting(self._store, self._names, interpretation, reader, performances)

    def _holds(self, interpretation: Interpretation, reader: Reader, inner: Expression, question: Expression) -> Reply:
        others = Expression("performances", (), tuple(part for part in inner.named if part[0] != "performer"))
        casting = self._casting(interpretation, reader, inner)
        if "character" not in dict(inner.named):
            return casting.holds(question, [], "")
        sparql, everyone = self._casting(interpretation, reader, others).credits
        return casting.holds(question, everyone, sparql)

    def _is_so(self, interpretation: Interpretation, reader: Reader, inner: Meaning) -> Reply:
        """Whether a set holds anything: yes where a source says so. That none does makes no “no”."""
        reply = self._list(interpretation, inner, reader.tell(inner))
        if reply.status is not Status.ANSWERED:
            return reply
        sources = tuple(dict.fromkeys(source for answer in reply.answers for source in answer.sources))
        return replace(reply, answers=(Answer("yes", None, reply.answers[0].basis, sources),))

    def _list(self, interpretation: Interpretation, wanted: Meaning, reading: str) -> Reply:
        """Everything in a set, or the choice where a name stands for several things."""
        result = found.find(self._store, wanted, interpretation.things)
        if not result.groups:
            message = f"None of the sources tells the {reading}."
            return Reply("", Status.UNKNOWN, reading, sparql=result.sparql, message=message)
        return self._choice(interpretation, wanted, result) or self._told(result, reading)

    def _told(self, result: Found, reading: str) -> Reply:
        answers = tuple(self._answered(result, group) for group in result.groups[:SHOWN])
        more = len(result.groups) - len(answers)
        message = f"{more} more are left out here; the query finds them all." if more else None
        return Reply("", Status.ANSWERED, reading, answers, sparql=result.sparql, message=message)

    def _answered(self, result: Found, group: Group) -> Answer:
        support = self._evidence.of(result.triples(group))
        thing = group.thing
        title = self._names.title_in_words(thing)
        note = title if title != thing.label else None
        return Answer(
            thing.label or "a title without a name", thing.iri or None, support.basis, support.sources, note=note
        )

    def _value(self, interpretation: Interpretation, reader: Reader, attribute: str, of: Meaning) -> Reply:
        """The values of an attribute, by the first road that leads to any."""
        row = ATTRIBUTES[attribute]
        reading = row.told.format(reader.tell(of))
        result = None
        for road in row.roads:
            pattern = Pattern(interpretation.things)
            pattern.add(of, "thing")
            pattern.walk(road, "thing", "x")
            result = found.run(self._store, pattern, "x")
            if result.groups:
                break
        assert result is not None
        if not result.groups:
            return Reply("", Status.UNKNOWN, reading, sparql=result.sparql, message=f"No source tells the {reading}.")
        return self._choice(interpretation, of, result) or self._told(result, reading)

    def _choice(self, interpretation: Interpretation, asked: Meaning, result: Found) -> Reply | None:
        """The asker's choice, where a name of the question stands for several things that have results."""
        for name in names_in(asked):
            met = result.met(name)
            if len(met) < 2:
                continue
            things = {thing.iri: thing for thing in interpretation.names[name].things}
            alternatives = tuple(self._alternative(interpretation, name, things[one.value]) for one in met)
            message = f"{len(met)} in the graph go by the name “{interpretation.texts[name]}”."
            return Reply("", Status.AMBIGUOUS, alternatives=alternatives, sparql=result.sparql, message=message)
        return None

    def _alternative(self, interpretation: Interpretation, name: Name, thing: Thing) -> Alternative:
        """One of several things of a name, and the question that asks for it alone where words can tell it."""
        words = self._names.title_in_words(thing) if name.kind == "title" else thing.label
        question = interpretation.asking_for(name, words) if words and words != thing.label else None
        return Alternative(words or thing.iri, question, thing.iri)

    def _likeness(self, interpretation: Interpretation, of: Meaning, reply: Reply) -> Reply:
        """What like titles have in common with the one asked about, beside that a source calls them like."""
        if not isinstance(of, Name):
            return reply
        titles = interpretation.names[of].things
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

    def _not_found(self, unknown: Sequence[Unknown]) -> Reply:
        """Nobody in the graph goes by a name. Suggests; never answers for a like name."""
        first = unknown[0]
        forms = {"character": "Who played {}?", "person": "Whom did {} play?", "title": "Who played whom in {}?"}
        suggestions: list[str] = []
        for kind, form in forms.items():
            if self._names.find(first.text, kind):
                suggestions.append(form.format(first.text))
        kinds = dict.fromkeys(one.name.kind for one in unknown if one.text == first.text)
        for candidate in self._names.like(first.text, [*kinds, "person", "character"], 3):
            suggestions.append(forms.get(candidate.kind, "{}").format(candidate.spelling))
        message = f"Nothing in the graph goes by the name “{first.text}” in this role."
        return Reply("", Status.NOT_FOUND, message=message, suggestions=tuple(dict.fromkeys(suggestions)))

    @cached_property
    def _examples(self) -> tuple[str, ...]:
        """A question of each form that this graph answers, with names from it."""
        query = (
            "PREFIX film: <https://w3id.org/castgraph/film#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
            "SELECT ?character ?performer ?title WHERE { ?p film:character/skos:prefLabel ?character ; "
            "film:performer/skos:prefLabel ?performer ; ^film:hasPerformance/skos:prefLabel ?title } "
            "ORDER BY ?title ?character LIMIT 1"
        )
        results = self._store.query(query)
        assert isinstance(results, ox.QuerySolutions)
        for row in results:
            names = {key: row[key].value for key in ("character", "performer", "title")}
            return tuple(form.format(**names) for form in FORMS_IN_WORDS)
        return ()
