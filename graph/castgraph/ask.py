"""Answers questions in words from the graph: exactly, with sources, or not at all.

A question is understood (:mod:`castgraph.asking`): a grammar composes its meaning, its names are looked up, one SPARQL
query finds what is asked for, and each answer is followed to the lines it is said on. Nothing is guessed: what no source
says is unknown, a name nobody has is not replaced by a like one, and a question outside the grammar is not answered.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from castgraph.answers import Alternative, Reply, Status
from castgraph.asking.evidence import Evidence
from castgraph.asking.interpretation import Interpretation, Interpreter
from castgraph.asking.meanings import identifies, narrows
from castgraph.asking.naming import Names
from castgraph.asking.parts_reader import PartsReader
from castgraph.asking.replies import NoTitleError, Replies, sex_untold, untold, with_message
from castgraph.asking.suggesting import Suggester
from castgraph.asking.word_order import in_other_order
from castgraph.iris import Iris
from castgraph.name_index import NameIndex
from castgraph.store import GraphStore, LocalStore

MOST_READINGS = 4
"""Readings of one question that are answered, to see which of them has an answer."""

_SEVERAL = "This can be read in several ways, and their answers differ."


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
        self._parts = PartsReader(self._names)

    def ask(self, question: str) -> Reply:
        """Answer a question. Never raises for what is asked: the reply's status says how it ended."""
        started = time.perf_counter()
        reply = self._reply(question)
        return replace(reply, question=question, milliseconds=round((time.perf_counter() - started) * 1000, 2))

    def _reply(self, text: str) -> Reply:
        interpreted = self._interpreter.interpret(text)
        for other in () if interpreted.readings else in_other_order(text):
            reordered = self._interpreter.interpret(other)
            interpreted = reordered if reordered.readings else interpreted
        if interpreted.readings:
            return self._best(interpreted.readings, self._evidence)
        by_parts = self._parts.readings(text)
        if by_parts:
            return self._best(by_parts, self._evidence, is_choice=True)
        if interpreted.unknown:
            return self._suggester.not_found(interpreted.unknown)
        respelt = self._suggester.respelt(text, interpreted.unplaced)
        if respelt is not None:
            question, word = respelt
            reply = self._best(self._interpreter.interpret(question).readings, self._evidence)
            return with_message(reply, f"“{interpreted.unplaced[0]}” was read as “{word}”.")
        return self._suggester.not_understood(text, interpreted)

    def _direct(self, text: str) -> Reply:
        """The reply to a question, without suggestions: what suggestions are tried with."""
        readings = self._interpreter.interpret(text).readings
        return self._best(readings, None) if readings else Reply(text, Status.NOT_UNDERSTOOD)

    @cached_property
    def _suggester(self) -> Suggester:
        return Suggester(self._store, self._names, self._direct)

    def _best(self, readings: Sequence[Interpretation], evidence: Evidence | None, *, is_choice: bool = False) -> Reply:
        """The reply to the first reading that has one; others that are answered otherwise are told as such.

        Where it is the asker's choice which reading is meant, nothing is answered if their answers differ.
        """
        replies = [self._answer(reading, evidence) for reading in _apart(readings[:MOST_READINGS])]
        told = [reply for reply in replies if reply.status in (Status.ANSWERED, Status.AMBIGUOUS)]
        chosen = (told or replies)[0]
        answers = _answers(chosen)
        others = {
            reply.reading: Alternative(reply.reading, None)
            for reply in told
            if reply.reading and reply.reading != chosen.reading and not answers >= _answers(reply)
        }
        if is_choice and others and chosen.reading:
            choice = (Alternative(chosen.reading, None), *others.values())
            return Reply("", Status.AMBIGUOUS, alternatives=choice, message=_SEVERAL)
        return replace(chosen, alternatives=(*chosen.alternatives, *others.values()))

    def _answer(self, interpretation: Interpretation, evidence: Evidence | None) -> Reply:
        untold_word = interpretation.untold
        if untold_word and not identifies(interpretation.meaning):
            return untold(interpretation, untold_word)
        try:
            reply = Replies(self._store, self._names, evidence, interpretation).reply()
            return with_message(reply, sex_untold(interpretation, untold_word)) if untold_word else reply
        except NoTitleError:
            message = "In which title? The question names none."
            return Reply("", Status.NOT_UNDERSTOOD, message=message, suggestions=self._suggester.examples)


def _apart(readings: Sequence[Interpretation]) -> Iterator[Interpretation]:
    """The readings but those that ask for a part of what one before them asks for: they find nothing else."""
    for number, reading in enumerate(readings):
        if not any(narrows(reading.meaning, before.meaning) for before in readings[:number]):
            yield reading


def _answers(reply: Reply) -> set[str]:
    """What a reply answers with, pairs taken apart."""
    things = [thing for answer in reply.answers for thing in (answer, answer.performer, answer.character) if thing]
    return {thing.iri or thing.label or "" for thing in things}
