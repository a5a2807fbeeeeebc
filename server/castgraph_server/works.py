"""Works and their casts: every credit, the unnamed performers included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

import pyoxigraph as ox

from castgraph.iris import FILM, RDF
from castgraph_server.current import Served
from castgraph_server.hits import rated
from castgraph_server.said import Said
from castgraph_server.terms import Shown, Term

_HAS_PERFORMANCE = ox.NamedNode(FILM + "hasPerformance")
_PERFORMANCE_IN = ox.NamedNode(FILM + "performanceIn")
_RATING = ox.NamedNode(FILM + "rating")
_LOOKED_AT = 300  # ratings among which a well-known title is looked for
_KINDS = {FILM + "Narration": "narrator", FILM + "VoicePerformance": "voice", FILM + "ArchivePerformance": "archive"}

MOST_CREDITS = 5_000
"""Credits looked at. A work with more has a page that says it is cut: the statements that name them are as many."""

SHOWN_CREDITS = 200
"""Credits a page shows at a time."""

SHOWN_AS_CAST = {FILM + name for name in ("hasPerformance", "hasNarration", "performanceIn")}
"""Properties that a cast table says better."""


@dataclass(frozen=True)
class Credit:
    """One credit of one source. ``performer`` is None where the source names nobody."""

    performer: Shown | None
    said: Said
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Role:
    """A character with credits; ``character`` is None for credits without one."""

    character: Shown | None
    credits: tuple[Credit, ...]


@dataclass(frozen=True)
class Cast:
    """A part of the cast of a work, by character. ``unnamed`` counts the characters whose performer no source names."""

    roles: tuple[Role, ...]
    first: int  # place of the first credit among all, from 0
    shown: int
    credits: int  # of all roles, as far as they are looked at
    characters: int
    unnamed: int

    @property
    def following(self) -> int | None:
        """The place of the first credit after this part, where there is one."""
        return self.first + self.shown if self.first + self.shown < self.credits else None


@dataclass(frozen=True)
class _Listed:
    """A credit with what its place in the list depends on."""

    quads: tuple[ox.Quad, ...]
    told: Mapping[str, Sequence[Term]]
    character: Shown | None
    performer: Shown | None
    order: int


def cast(served: Served, work: str, first: int = 0, most: int = SHOWN_CREDITS) -> Cast:
    """The cast of a work by character, in the order of the longest list, unnamed performers where they stand.

    No more than ``most`` credits, from the one at place ``first``.
    """
    listed = [_listed(served, performance) for performance in _performances(served, work)]
    by_role: dict[Shown | None, list[_Listed]] = {}
    for one in listed:
        by_role.setdefault(one.character, []).append(one)
    roles = sorted(by_role.items(), key=_place)
    ordered = [one for _, group in roles for one in sorted(group, key=_by_performer)]
    part = ordered[first : first + most]
    return Cast(
        roles=tuple(
            Role(character, tuple(sorted((_credit(served, one) for one in group), key=_by_name)))
            for character, group in groupby(part, key=lambda one: one.character)
        ),
        first=first,
        shown=len(part),
        credits=len(ordered),
        characters=len(roles),
        unnamed=sum(1 for _, group in roles if not any(one.performer for one in group)),
    )


def _performances(served: Served, work: str) -> set[ox.NamedNode | ox.BlankNode]:
    store, node = served.store.raw, ox.NamedNode(work)
    told = store.quads_for_pattern(node, _HAS_PERFORMANCE, None, None)
    found: set[object] = {quad.object for quad in islice(told, MOST_CREDITS)}
    told = store.quads_for_pattern(None, _PERFORMANCE_IN, node, None)
    found |= {quad.subject for quad in islice(told, MOST_CREDITS)}
    return {one for one in found if isinstance(one, ox.NamedNode | ox.BlankNode)}


def _place(role: tuple[Shown | None, list[_Listed]]) -> tuple[bool, int, str]:
    character, group = role
    return character is None, min(one.order for one in group), character.text if character else ""


def _by_performer(one: _Listed) -> tuple[bool, str, str]:
    return one.performer is None, one.performer.text if one.performer else "", str(one.quads[0].subject)


def featured(served: Served) -> str | None:
    """The work to show first; None where there is none.

    The one most of the snapshot's sources are about; of whole tables, the best known of a few hundred.
    """
    slugs = [graph.rsplit("/", 1)[-1] for graph in (str(row.get("graph", "")) for row in sources_of(served)) if graph]
    for slug in sorted(set(slugs), key=lambda slug: (-slugs.count(slug), slug)):
        iri = served.iris.thing("title", slug)
        if served.names.name(iri) is not None:
            return iri
    about = served.store.raw.quads_for_pattern(None, _RATING, None, ox.DefaultGraph())
    some = {quad.subject for quad in islice(about, _LOOKED_AT) if isinstance(quad.subject, ox.NamedNode)}
    named = (one for one in some if served.names.name(one.value) is not None)
    best = max(named, key=lambda one: (rated(served, one), one.value), default=None)
    return best.value if best is not None else None


def sources_of(served: Served) -> list[Mapping[str, object]]:
    """The sources of a snapshot, as its manifest lists them."""
    listed = served.snapshot.manifest.get("sources")
    assert isinstance(listed, list)
    return [row for row in listed if isinstance(row, dict)]


def _by_name(credit: Credit) -> tuple[bool, str, Said]:
    return credit.performer is None, credit.performer.text if credit.performer else "", credit.said


def _listed(served: Served, performance: ox.NamedNode | ox.BlankNode) -> _Listed:
    quads = tuple(served.store.raw.quads_for_pattern(performance, None, None, None))
    told: dict[str, list[Term]] = {}
    for quad in quads:
        told.setdefault(quad.predicate.value, []).append(quad.object)
    character = _shown(served, told, "character", "characterAsCredited")
    performer = _shown(served, told, "performer", "performerAsCredited")
    return _Listed(quads, told, character, performer, _number(told, "creditOrder") or 10_000)


def _credit(served: Served, one: _Listed) -> Credit:
    said: Said | None = None
    for quad in one.quads:
        if quad.predicate.value == FILM + "sourceLine" or said is None:
            said = served.sources.said(quad, {}) or said
    return Credit(one.performer, said or Said("inferred", ""), tuple(_notes(one.told)))


def _shown(served: Served, told: Mapping[str, Sequence[Term]], node: str, text: str) -> Shown | None:
    terms = told.get(FILM + node) or told.get(FILM + text)
    return min((served.names.show(term) for term in terms), key=lambda shown: shown.text) if terms else None


def _notes(told: Mapping[str, Sequence[Term]]) -> list[str]:
    kinds = {term.value for term in told.get(RDF + "type", []) if isinstance(term, ox.NamedNode)}
    notes = [word for iri, word in _KINDS.items() if iri in kinds]
    episodes = _number(told, "episodeCount")
    if episodes is not None:
        notes.append(f"{episodes} episode{'' if episodes == 1 else 's'}")
    notes += [term.value for term in told.get(FILM + "creditNote", []) if isinstance(term, ox.Literal)]
    return list(dict.fromkeys(notes))  # what a graph says stands in the default graph as well


def _number(told: Mapping[str, Sequence[Term]], name: str) -> int | None:
    values = [term.value for term in told.get(FILM + name, []) if isinstance(term, ox.Literal)]
    return min((int(value) for value in values if value.isdecimal()), default=None)
