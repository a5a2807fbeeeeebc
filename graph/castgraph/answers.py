"""What asking gives back: the reading of the question, its answers, and where each of them is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from castgraph.iris import is_outside
from castgraph.records import Json


class Status(Enum):
    """How a question ended."""

    ANSWERED = "answered"
    UNKNOWN = "unknown"  # the thing is in the graph, the fact is in no source
    AMBIGUOUS = "ambiguous"  # several readings; alternatives holds them
    NOT_FOUND = "not_found"  # a name nobody in the graph has
    NOT_UNDERSTOOD = "not_understood"  # outside the grammar


class Basis(Enum):
    """On what an answer rests."""

    ASSERTED = "asserted"
    INFERRED = "inferred"
    LINKED = "linked"


@dataclass(frozen=True, order=True)
class Source:
    """A line of a source that says something. ``line`` is None where the source is no text with lines.

    ``record`` is the IRI under which another data set says it, and empty where the source is no data set.
    """

    source: str  # the publisher: "TV Guide"
    graph: str
    line: int | None
    record: str = ""

    def as_json(self) -> dict[str, Json]:
        """The shape ``/ask`` promises."""
        told: dict[str, Json] = {"source": self.source, "graph": self.graph, "line": self.line}
        return {**told, "record": self.record} if self.record else told

    @property
    def where(self) -> str:
        """The source with the place in it, for people: “IMDb line 94”, “Wikidata http://www.wikidata.org/entity/Q12”."""
        line = f"line {self.line}" if self.line is not None else ""
        return " ".join(part for part in (self.source, line, self.record) if part)


def basis_of(sources: Iterable[Source]) -> Basis:
    """On what rests what sources state: linked where only other data sets state it, asserted else."""
    told = list(sources)
    return Basis.LINKED if told and all(is_outside(source.graph) for source in told) else Basis.ASSERTED


def basis_of_all(bases: Iterable[Basis]) -> Basis:
    """On what rests what needs all of several, at least one: linked where one is, else inferred where one is."""
    found = set(bases)
    return next(one for one in (Basis.LINKED, Basis.INFERRED, Basis.ASSERTED) if one in found)


@dataclass(frozen=True)
class Thing:
    """Something in the graph, with the name it goes by; None where no source names it."""

    iri: str
    label: str | None

    def as_json(self) -> dict[str, Json]:
        """The shape ``/ask`` promises."""
        return {"label": self.label, "iri": self.iri}


@dataclass(frozen=True)
class Answer:
    """One answer. ``performer`` and ``character`` are there for "who played whom"; either may be None for unknown."""

    label: str
    iri: str | None
    basis: Basis
    sources: tuple[Source, ...]
    is_pair: bool = False
    performer: Thing | None = None
    character: Thing | None = None
    note: str | None = None  # in words, what a source says beside the answer
    credited: str | None = None  # the name as a source credits it, where it is a credit
    rule: str | None = None  # the rule that gives it, where it is inferred: prp-spo2

    def as_json(self) -> dict[str, Json]:
        """The shape ``/ask`` promises."""
        told: dict[str, Json] = {
            "label": self.label,
            "iri": self.iri,
            "basis": self.basis.value,
            "sources": [source.as_json() for source in self.sources],
        }
        if self.is_pair:
            told["performer"] = self.performer.as_json() if self.performer else None
            told["character"] = self.character.as_json() if self.character else None
        if self.note:
            told["note"] = self.note
        if self.credited:
            told["credited"] = self.credited
        if self.rule:
            told["rule"] = self.rule
        return told


@dataclass(frozen=True)
class Alternative:
    """Another reading of a question, and the question that asks for it alone; None where no words can ask for it."""

    reading: str
    question: str | None
    iri: str | None = None

    def as_json(self) -> dict[str, Json]:
        """The shape ``/ask`` promises."""
        return {"reading": self.reading, "question": self.question, "iri": self.iri}


@dataclass(frozen=True)
class Reply:
    """All that is said to a question."""

    question: str
    status: Status
    reading: str | None = None
    answers: tuple[Answer, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    suggestions: tuple[str, ...] = ()
    sparql: str | None = None
    message: str | None = None  # the reply in one sentence, for people
    milliseconds: float = 0.0

    def as_json(self) -> dict[str, Json]:
        """The shape ``castgraph ask --json`` and ``/ask`` promise."""
        return {
            "question": self.question,
            "status": self.status.value,
            "reading": self.reading,
            "answers": [answer.as_json() for answer in self.answers],
            "alternatives": [alternative.as_json() for alternative in self.alternatives],
            "suggestions": list(self.suggestions),
            "sparql": self.sparql,
            "message": self.message,
            "milliseconds": self.milliseconds,
        }
