"""What is linked: titles and people as any source states them, and the links found between two sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

SAME_AS = "http://www.w3.org/2002/07/owl#sameAs"
CLOSE_MATCH = "http://www.w3.org/2004/02/skos/core#closeMatch"


class Outcome(Enum):
    """What became of a pair: published as identity, kept for a person to decide, or dropped."""

    ACCEPTED = "accepted"
    CANDIDATE = "candidate"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Entity:
    """A title or a person as one side states it. What a side does not state is empty, never guessed.

    ``id`` is an IRI, or the identifier a table has. ``names`` are as stated, the best first; none for a title whose
    name is unknown. ``work`` is ``film``, ``series`` or None (not stated). ``identifiers`` are pairs of scheme and value,
    such as ``("imdb", "tt0824091")``. ``titles`` are the names of the works a person is known for; ``years`` of a person
    are years of birth. ``context`` are names that stand around a title: of titles listed as similar, of their characters;
    they matter where the title has no name itself. ``countries`` are ISO 3166 codes or names as stated, ``runtime`` is in minutes.
    ``line`` is where a table states it, None where it stands in none.
    """

    id: str
    kind: str = "title"
    names: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    work: str | None = None
    genres: tuple[str, ...] = ()
    directors: tuple[str, ...] = ()
    cast: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    runtime: float | None = None
    context: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two sides of a linking: a name for people, and its entities.

    ``unique`` says that the side has one record for each thing, so that two things of the other side cannot both be the
    same record of this one. ``population`` is how many things the entities were picked from, where they are not all there
    are: what was asked for by name agrees by name, and that says little.
    """

    name: str
    entities: tuple[Entity, ...]
    unique: bool = True
    population: int = 0

    def __iter__(self) -> Iterator[Entity]:
        return iter(self.entities)

    def __len__(self) -> int:
        return len(self.entities)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One comparison that speaks for or against a link.

    ``field`` is what was compared (``name``, ``year``, ``cast``, …), ``level`` how well it agrees (``equal``, ``near``,
    ``differs``, …), ``subject`` and ``object`` what both sides say, and ``weight`` the evidence in bits: the binary
    logarithm of how much more often a true link than a chance pair agrees so. Negative weights speak against.
    """

    field: str
    level: str
    subject: str
    object: str
    weight: float

    def as_json(self) -> dict[str, Any]:
        return {
            "field": self.field,
            "level": self.level,
            "subject": self.subject,
            "object": self.object,
            "weight": round(self.weight, 2),
        }


def less_than_certain(confidence: float, digits: int = 4) -> str:
    """A probability as text. What was computed is never certain, so that it never shows as 1.

    >>> less_than_certain(0.99999), less_than_certain(0.63204), less_than_certain(1.0, digits=3)
    ('0.9999', '0.6320', '0.999')
    """
    return f"{min(confidence, 1 - 10**-digits):.{digits}f}"


@dataclass(frozen=True, slots=True)
class Link:
    """A pair of entities, how sure it is that they are one, and why.

    ``subject`` and ``object`` are the ids of the entities; ``confidence`` is a probability. ``predicate`` is
    ``owl:sameAs`` where the outcome is accepted and ``skos:closeMatch`` otherwise.
    """

    subject: str
    object: str
    confidence: float
    outcome: Outcome
    evidence: tuple[Evidence, ...] = field(default=(), compare=False)
    subject_label: str | None = None
    object_label: str | None = None

    @property
    def predicate(self) -> str:
        return SAME_AS if self.outcome is Outcome.ACCEPTED else CLOSE_MATCH

    def as_json(self, predicate: str | None = None) -> dict[str, Any]:
        """The shape ``link --json`` promises; ``predicate`` is that of accepted links, where it is not ``owl:sameAs``."""
        return {
            "subject": self.subject,
            "object": self.object,
            "predicate": predicate if predicate and self.outcome is Outcome.ACCEPTED else self.predicate,
            "confidence": float(less_than_certain(self.confidence)),
            "evidence": [one.as_json() for one in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class Linking:
    """The links between two sides, the surest first; ``rejected`` counts the pairs compared and dropped."""

    subjects: str
    objects: str
    accepted: tuple[Link, ...]
    candidates: tuple[Link, ...]
    rejected: int

    def as_json(self, predicate: str | None = None) -> dict[str, Any]:
        """As :meth:`Link.as_json`, for all of them."""
        return {
            "target": self.objects,
            "accepted": [link.as_json(predicate) for link in self.accepted],
            "candidates": [link.as_json() for link in self.candidates],
            "rejected": self.rejected,
        }
