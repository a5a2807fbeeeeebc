"""Answers questions in words from the graph: exactly, with sources, or not at all.

A question is read (:mod:`castgraph.questions`), its names are looked up (:mod:`castgraph.name_index`), one SPARQL
query fetches the performances in question with the graph and line that state each, and the rows are put together.
Nothing is guessed: a performer no source names is unknown, and a name nobody has is not replaced by a like one.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import pyoxigraph as ox

from castgraph.answers import Alternative, Answer, Basis, Reply, Status, Thing
from castgraph.credits import Credit, cast_answers, credits_of, group_by, listed
from castgraph.iris import Iris
from castgraph.name_index import NameIndex
from castgraph.questions import FORMS_IN_WORDS, Asked, Question, parse
from castgraph.store import GraphStore


class Asker:
    """Answers questions over one graph. Safe to share between threads.

    ``names`` are the graph's, where somebody keeps them; without, they are read from it.
    """

    def __init__(self, store: GraphStore, iris: Iris, names: NameIndex | None = None) -> None:
        self._store = store
        self._iris = iris
        self._names = names or NameIndex(store)

    def ask(self, question: str) -> Reply:
        """Answer a question. Never raises for what is asked: the reply's status says how it ended."""
        started = time.perf_counter()
        reply = self._reply(question)
        return replace(reply, question=question, milliseconds=round((time.perf_counter() - started) * 1000, 2))

    def _reply(self, text: str) -> Reply:
        readings = parse(text)
        if not readings:
            return Reply(
                text,
                Status.NOT_UNDERSTOOD,
                message="This question is outside the forms that can be answered.",
                suggestions=self._examples(),
            )
        failed: Reply | None = None
        for reading in readings:
            reply = self._answer(reading)
            if reply.status is not Status.NOT_FOUND:
                return reply
            failed = failed or reply
        assert failed is not None
        return failed

    def _answer(self, question: Question) -> Reply:
        titles: tuple[Thing, ...] = ()
        if question.title is not None:
            titles = self._names.find(question.title, "title")
            if not titles:
                return self._not_found(question.title, ("title",), "Who played whom in {}?")
        if question.asked is Asked.CAST:
            return self._cast(titles)
        assert question.name is not None
        if question.asked is Asked.PERFORMERS:
            return self._performers(question.name, titles)
        return self._characters(question.name, titles)

    def _performers(self, name: str, titles: Sequence[Thing]) -> Reply:
        """Who played X, perhaps in Z?"""
        characters = self._names.find(name, "character")
        if not characters:
            return self._not_found(name, ("character", "person"), "Who played {}?")
        sparql, credits_ = credits_of(self._store, "character", characters, titles)
        by_character = group_by(credits_, lambda credit: credit.character)
        if not by_character:
            return self._nowhere(name, titles, sparql, "character")
        if len({credit.work for credit in credits_}) > 1 and len(by_character) > 1:
            return self._ambiguous("Who played {} in {}?", by_character, sparql)
        character = next(iter(by_character))
        assert character is not None
        known = group_by([credit for credit in credits_ if credit.performer], lambda credit: credit.performer)
        unnamed = [credit for credit in credits_ if credit.performer is None]
        reading = f"performers of the character {character.label}{_in(credits_)}"
        if not known:
            message = f"{listed(unnamed)} {character.label}; none of the sources names the performer."
            return Reply("", Status.UNKNOWN, reading, sparql=sparql, message=message)
        answers = tuple(
            Answer(
                label=performer.label or performer.iri,
                iri=performer.iri,
                basis=Basis.ASSERTED,
                sources=tuple(credit.source for credit in told),
                note=_as_credited(told, performer),
            )
            for performer, told in known.items()
            if performer is not None
        )
        return Reply(
            "", Status.ANSWERED, reading, answers, sparql=sparql, message=_more_credits(credits_, unnamed, character)
        )

    def _characters(self, name: str, titles: Sequence[Thing]) -> Reply:
        """Whom did Y play, perhaps in Z?"""
        people = self._names.find(name, "person")
        if not people:
            return self._not_found(name, ("person", "character"), "Whom did {} play?")
        sparql, credits_ = credits_of(self._store, "performer", people, titles)
        if not credits_:
            return self._nowhere(name, titles, sparql, "person")
        person = next(credit.performer for credit in credits_ if credit.performer)
        reading = f"characters played by {person.label}{_in(credits_) if titles else ''}"
        if len(people) > 1:
            return self._ambiguous("Whom did {} play in {}?", group_by(credits_, lambda one: one.performer), sparql)
        named = group_by([credit for credit in credits_ if credit.character], lambda credit: credit.character)
        without = [credit for credit in credits_ if credit.character is None]
        if not named:
            works = ", ".join(sorted({credit.work.label or "a title without a name" for credit in without}))
            as_narrator = " as narrator" if all(credit.narrates for credit in without) else ""
            message = (
                f"{listed(without)} {person.label}{as_narrator} in {works}; none of the sources names a character."
            )
            return Reply("", Status.UNKNOWN, reading, sparql=sparql, message=message)
        answers = tuple(
            Answer(
                label=character.label or character.iri,
                iri=character.iri,
                basis=Basis.ASSERTED,
                sources=tuple(credit.source for credit in told),
                note=f"in {told[0].work.label}" if told[0].work.label else None,
            )
            for character, told in named.items()
            if character is not None
        )
        return Reply("", Status.ANSWERED, reading, answers, sparql=sparql)

    def _cast(self, titles: Sequence[Thing]) -> Reply:
        """Who played whom in Z?"""
        if not titles:
            return Reply(
                "",
                Status.NOT_UNDERSTOOD,
                message="In which title? The question names none.",
                suggestions=self._examples(),
            )
        sparql, credits_ = credits_of(self._store, "work", titles, ())
        by_work = group_by(credits_, lambda credit: credit.work)
        reading = f"who played whom in {titles[0].label}"
        if not credits_:
            message = f"No source lists a performance in {titles[0].label}."
            return Reply("", Status.UNKNOWN, reading, sparql=sparql, message=message)
        if len(by_work) > 1:
            named = [(work, self._names.title_in_words(work)) for work in by_work]
            alternatives = tuple(
                Alternative(name or work.iri, f"Who played whom in {name}?" if name else None, work.iri)
                for work, name in named
            )
            return Reply("", Status.AMBIGUOUS, reading, alternatives=alternatives, sparql=sparql)
        return Reply("", Status.ANSWERED, reading, cast_answers(credits_), sparql=sparql)

    def _ambiguous(self, form: str, by_thing: dict[Thing | None, list[Credit]], sparql: str) -> Reply:
        alternatives = []
        for thing, credits_ in by_thing.items():
            if thing is not None:
                work = self._names.title_in_words(credits_[0].work)
                question = form.format(thing.label, work) if work else None
                alternatives.append(
                    Alternative(f"{thing.label} in {work or 'a title without a name'}", question, thing.iri)
                )
        message = f"{len(alternatives)} in the graph go by this name."
        return Reply("", Status.AMBIGUOUS, alternatives=tuple(alternatives), sparql=sparql, message=message)

    def _nowhere(self, name: str, titles: Sequence[Thing], sparql: str, kind: str) -> Reply:
        """The thing is known, but no source lists a performance of it (there)."""
        where = f" in {titles[0].label}" if titles else ""
        message = f"No source lists a performance {'of' if kind == 'character' else 'by'} {name}{where}."
        return Reply("", Status.UNKNOWN, f"performances of {name}{where}", sparql=sparql, message=message)

    def _not_found(self, name: str, kinds: tuple[str, ...], form: str) -> Reply:
        """Nobody in the graph goes by the name. Suggests; never answers for a like name."""
        forms = {"character": "Who played {}?", "person": "Whom did {} play?", "title": "Who played whom in {}?"}
        suggestions = [forms[kind].format(name) for kind in ("person", "title") if self._names.find(name, kind)]
        suggestions += [forms.get(kind, form).format(like) for kind, like in self._names.nearest(name, kinds)]
        message = f"Nothing in the graph goes by the name “{name}” in this role."
        return Reply("", Status.NOT_FOUND, message=message, suggestions=tuple(dict.fromkeys(suggestions)))

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


def _in(credits_: Sequence[Credit]) -> str:
    works = sorted({credit.work.label for credit in credits_ if credit.work.label})
    return f" in {', '.join(works)}" if works else ""


def _as_credited(credits_: Sequence[Credit], performer: Thing) -> str | None:
    """Says how a source prints the name where that is not how we call the person."""
    other = [credit for credit in credits_ if credit.performer_as_credited not in (None, performer.label)]
    return f"credited as {other[0].performer_as_credited} by {other[0].source.source}" if other else None


def _more_credits(credits_: Sequence[Credit], unnamed: Sequence[Credit], character: Thing) -> str | None:
    """A credit without a performer, from a source that lists another with one, is a second credit: it is told."""
    naming = {credit.source.source for credit in credits_ if credit.performer}
    second = [credit for credit in unnamed if credit.source.source in naming]
    if not second:
        return None
    lines = ", ".join(f"line {credit.source.line}" for credit in second)
    return f"{second[0].source.source} lists {character.label} once more ({lines}) without naming the performer."
