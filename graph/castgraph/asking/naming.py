"""Finds which things the names in a question mean: exactly, by a part of the name, or with a slip of the finger."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from castgraph.answers import Thing
from castgraph.names import fold


class Match(Enum):
    """How a name in a question fits the names of the things found."""

    EXACT = "exact"
    PART = "part"  # a surname alone, a nickname
    SLIP = "slip"  # a typing error


@dataclass(frozen=True)
class Candidate:
    """A thing whose name is like one asked for: its kind, the name as the graph spells it, how far apart they are."""

    thing: Thing
    kind: str
    spelling: str
    distance: int


class Names(Protocol):
    """The names in a graph."""

    def find(self, name: str, kind: str) -> tuple[Thing, ...]:
        """The things of a kind that go by a name, whatever its case, accents and punctuation.

        No more than the first :data:`MOST_MEANT`.
        """
        ...

    def has(self, name: str, kind: str) -> bool:
        """Whether :meth:`find` finds anything: sooner known than what."""
        ...

    def is_alone(self, name: str, kind: str, thing: Thing) -> bool:
        """Whether a thing is all that :meth:`find` finds."""
        ...

    def containing(self, name: str, kind: str, limit: int) -> tuple[Candidate, ...]:
        """The things of a kind that have all words of a name in theirs."""
        ...

    def like(self, name: str, kinds: Iterable[str], limit: int) -> tuple[Candidate, ...]:
        """The things whose names are most like one, the nearest first."""
        ...

    def identifier(self, thing: Thing) -> str | None:
        """A public identifier of a thing (“tt0824091”), by which :meth:`find` finds it too; None where it has none."""
        ...

    def title_in_words(self, title: Thing) -> str | None:
        """A title's name with its year where one is known."""
        ...

    def titles_in_words(self, things: Sequence[Thing]) -> Sequence[str | None]:
        """The same of many things, in one look-up; what is no title by its name alone."""
        ...


@dataclass(frozen=True)
class Resolved:
    """The things a name means, and how well they fit."""

    things: tuple[Thing, ...]
    match: Match = Match.EXACT
    spelling: str | None = None  # as the graph spells the name where it is not spelt so in the question

    @property
    def is_cut(self) -> bool:
        """Whether the name may mean more things still: of so many not all are looked at."""
        return len(self.things) >= MOST_MEANT


MOST_MEANT = 1000
"""Things that a name may mean; a question with a name of more is told to name it in full."""

_LEAST_FOR_A_SLIP = 5
"""Letters a name has at least for one typing error to be seen through."""

_LEAST_FOR_TWO = 12

_SHORT = 2
"""Letters of a short word, which tells names apart: “Mars I”, “Mars in”."""

_ROMAN = re.compile(r"[ivx]+")


def allowed_slips(name: str) -> int:
    """How many typing errors are seen through in a name: none in a short one, where they make another name.

    >>> allowed_slips("Mars"), allowed_slips("Rick Erwin"), allowed_slips("Lothaire Bluteau")
    (0, 1, 2)
    """
    length = len(fold(name))
    return 0 if length < _LEAST_FOR_A_SLIP else 1 if length < _LEAST_FOR_TWO else 2


def _tells_apart(name: str) -> tuple[list[str], int]:
    """What no typing error is seen through in: numbers, and how many short words there are."""
    words = fold(name).split()
    numbers = [word for word in words if any(sign.isdecimal() for sign in word) or _ROMAN.fullmatch(word)]
    return sorted(numbers), sum(len(word) <= _SHORT for word in words)


def _slips(name: str, spelling: str) -> int | None:
    """How many typing errors lie between two names, no more than one in a word; None where there are more.

    Two in one word are rather another name: Daniel Starr is not Daniel Stern.

    >>> _slips("Lothair Blutaeu", "Lothaire Bluteau"), _slips("Daniel Starr", "Daniel Stern")
    (2, None)
    """
    from rapidfuzz.distance import OSA

    typed, told = fold(name).split(), fold(spelling).split()
    pairs = [(fold(name), fold(spelling))] if len(typed) != len(told) else zip(typed, told, strict=True)
    slips = [OSA.distance(one, other) for one, other in pairs]
    return sum(slips) if max(slips) <= 1 else None


def resolve(names: Names, name: str, kind: str) -> Resolved | None:
    """The things a name means in a question, None where nothing bears it.

    What is spelt exactly so comes before what has the name as a part, and that before what is spelt like it: a typing
    error is seen through only where one name is nearer than all others.
    """
    exact = names.find(name, kind)
    if exact:
        return Resolved(exact)
    part = next(filter(None, (names.containing(form, kind, limit=MOST_MEANT) for form in _forms(name, kind))), ())
    if part:
        part = _about(part, name) if kind == "event" else part
        return Resolved(_things(part), Match.PART, _one_spelling(part))
    near = [
        one
        for one in names.like(name, (kind,), limit=10)
        if one.distance <= allowed_slips(name) and _tells_apart(one.spelling) == _tells_apart(name)
    ]
    if not near:
        return None
    best = min(one.distance for one in near)
    nearest = [one for one in near if one.distance == best]
    if len({fold(one.spelling) for one in nearest}) > 1 or _slips(name, nearest[0].spelling) is None:
        return None
    return Resolved(_things(nearest), Match.SLIP, nearest[0].spelling)


_ENDINGS = ("", "ing", "s", "ion")


def _forms(name: str, kind: str) -> tuple[str, ...]:
    """A name; where events are told in a sentence (“The drilling equipment is destroyed”) in its other forms too: “drill”."""
    if kind != "event":
        return (name,)
    return (name, *(re.sub(r"(ed|s)?$", ending, name, count=1) for ending in _ENDINGS))


def _about(events: tuple[Candidate, ...], name: str) -> tuple[Candidate, ...]:
    """Of events with a name in theirs those whose names begin with it, where any do: it is what they are about."""
    return tuple(one for one in events if f"{fold(one.spelling)} ".startswith(f"{fold(name)} ")) or events


def _things(candidates: Sequence[Candidate]) -> tuple[Thing, ...]:
    return tuple(dict.fromkeys(one.thing for one in candidates))


def _one_spelling(candidates: Sequence[Candidate]) -> str | None:
    spellings = {one.spelling for one in candidates}
    return spellings.pop() if len(spellings) == 1 else None
