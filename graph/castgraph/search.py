"""Search: things by what people type, word for word where that finds them, more and more loosely where it does not.

The index of names (:mod:`castgraph.search_index`) gives candidates, never more than a fixed number of them; the store
tells how much is said of each, and what is said most of comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice

import pyoxigraph as ox
from rapidfuzz import fuzz

from castgraph.names import fold
from castgraph.search_index import KINDS, Entry, SearchIndex

MOST_FOUND = 200
"""Things that a search finds at most."""

MOST_ALIKE = 3
"""Things of one kind and one name that are told before others: there are hundreds of characters called *John*."""

_CANDIDATES = 100  # entries of each group of kinds that are looked at, at each step
_COUNTED = 100  # statements about a thing that are counted
_OTHERS = tuple(kind for kind in KINDS if kind not in ("title", "person", "character"))
_GROUPS = (("title",), ("person",), ("character",), _OTHERS)


class Match(Enum):
    """How a thing was found; its value says so in words."""

    NAME = "the name"
    WORDS = "the words"
    BEGINNING = "a beginning"
    SIMILAR = "similar words"
    SOME = "some of the words"


@dataclass(frozen=True)
class Found:
    """A thing that a search found, under one of its names."""

    entry: Entry
    match: Match


def search(index: SearchIndex, store: ox.Store, text: str, kinds: Sequence[str] = tuple(KINDS)) -> Iterator[Found]:
    """The things that a text may mean, each once, the likeliest first; no more is done than is taken.

    First those of that very name, then those with all its words, with the last word begun, with misspelt words; where
    none of these finds anything, those with some of the words. Of things found the same way, people, titles and
    characters come first, and among them that of which most is said. Where several kinds are looked for, the fourth thing of one name waits until all else was told.

    Args:
        index: the names of the things.
        store: what is said of them.
        text: what somebody typed, in whatever case and with or without accents.
        kinds: keys of :data:`castgraph.search_index.KINDS`.

    Returns:
        At most :data:`MOST_FOUND` things.
    """
    groups = [group for one in _GROUPS if (group := tuple(kind for kind in one if kind in kinds))]
    found = _found(index, store, text, groups)
    return islice(_spread(found) if len(kinds) > 1 else found, MOST_FOUND)


def _found(index: SearchIndex, store: ox.Store, text: str, groups: Sequence[tuple[str, ...]]) -> Iterator[Found]:
    steps: list[tuple[Match, Callable[[tuple[str, ...]], Iterable[Entry]]]] = [
        (Match.NAME, lambda kinds: [one for kind in kinds for one in index.find(text, kind, _CANDIDATES)]),
        (Match.WORDS, lambda kinds: index.matching(text, kinds, _CANDIDATES)),
        (Match.BEGINNING, lambda kinds: index.matching(text, kinds, _CANDIDATES, begun=True)),
        (Match.SIMILAR, lambda kinds: index.matching(text, kinds, _CANDIDATES, begun=True, nearly=True)),
        (Match.SOME, lambda kinds: [hit.entry for hit in index.search(text, kinds, limit=10, least=75)]),
    ]
    seen: set[str] = set()
    for match, look in steps:
        if match is Match.SOME and seen:
            return
        new = {entry.iri: entry for kinds in groups for entry in look(kinds) if entry.iri not in seen}
        yield from (Found(entry, match) for entry in _ranked(new.values(), store, fold(text), match))
        seen |= set(new)


def _spread(found: Iterable[Found]) -> Iterator[Found]:
    told: Counter[tuple[str, str]] = Counter()
    waiting = []
    for one in found:
        name = (one.entry.kind, fold(one.entry.name))
        told[name] += 1
        if told[name] > MOST_ALIKE:
            waiting.append(one)
        else:
            yield one
    yield from waiting


def _ranked(entries: Iterable[Entry], store: ox.Store, wanted: str, match: Match) -> list[Entry]:
    """The likest first where words differ; people, titles and characters; that of which most is said; by address."""
    is_loose = match in (Match.SIMILAR, Match.SOME)

    def rank(entry: Entry) -> tuple[float, bool, int, Entry]:
        alike = round(fuzz.token_sort_ratio(wanted, fold(entry.name)), -1) if is_loose else 0.0
        return (-alike, entry.kind in _OTHERS, -said_of(store, entry.iri), entry)

    return sorted(entries, key=rank)


def said_of(store: ox.Store, iri: str, most: int = _COUNTED) -> int:
    """How many statements are about a thing; beyond ``most`` they are not counted."""
    about = store.quads_for_pattern(ox.NamedNode(iri), None, None, ox.DefaultGraph())
    return sum(1 for _ in islice(about, most))
