"""Works and their casts: every credit, the unnamed performers included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox

from castgraph.iris import FILM, RDF
from castgraph_server.current import Served
from castgraph_server.said import Said
from castgraph_server.terms import Shown, Term

_HAS_PERFORMANCE = ox.NamedNode(FILM + "hasPerformance")
_PERFORMANCE_IN = ox.NamedNode(FILM + "performanceIn")
_KINDS = {FILM + "Narration": "narrator", FILM + "VoicePerformance": "voice", FILM + "ArchivePerformance": "archive"}

MOST_CREDITS = 5_000
"""Credits looked at. A work with more has a page that says it is cut: the statements that name them are as many."""

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
    """A character with all its credits; ``character`` is None for credits without one."""

    character: Shown | None
    credits: tuple[Credit, ...]


def cast(served: Served, work: str) -> tuple[Role, ...]:
    """The cast of a work by character, in the order of the longest list, unnamed performers where they stand."""
    store, node = served.store.raw, ox.NamedNode(work)
    told = store.quads_for_pattern(node, _HAS_PERFORMANCE, None, None)
    performances = {quad.object for quad in islice(told, MOST_CREDITS)}
    told = store.quads_for_pattern(None, _PERFORMANCE_IN, node, None)
    performances |= {quad.subject for quad in islice(told, MOST_CREDITS)}
    roles: dict[Shown | None, list[tuple[int, Credit]]] = {}
    for performance in performances:
        if isinstance(performance, ox.NamedNode | ox.BlankNode):
            character, order, credit = _credit(served, performance)
            roles.setdefault(character, []).append((order, credit))
    ordered = sorted(
        roles.items(),
        key=lambda role: (
            role[0] is None,
            min(order for order, _ in role[1]),
            role[0].text if role[0] else "",
        ),
    )
    return tuple(
        Role(character, tuple(credit for _, credit in sorted(credits_, key=_by_name)))
        for character, credits_ in ordered
    )


def featured(served: Served) -> str | None:
    """The work to show first: the one most of the snapshot's sources are about; None where there is none."""
    slugs = [graph.rsplit("/", 1)[-1] for graph in (str(row.get("graph", "")) for row in sources_of(served)) if graph]
    for slug in sorted(set(slugs), key=lambda slug: (-slugs.count(slug), slug)):
        iri = served.iris.thing("title", slug)
        if served.names.name(iri) is not None:
            return iri
    return None


def sources_of(served: Served) -> list[Mapping[str, object]]:
    """The sources of a snapshot, as its manifest lists them."""
    listed = served.snapshot.manifest.get("sources")
    assert isinstance(listed, list)
    return [row for row in listed if isinstance(row, dict)]


def _by_name(row: tuple[int, Credit]) -> tuple[bool, str, Said]:
    performer = row[1].performer
    return performer is None, performer.text if performer else "", row[1].said


def _credit(served: Served, performance: ox.NamedNode | ox.BlankNode) -> tuple[Shown | None, int, Credit]:
    """Character, place in the source's list, and the credit itself."""
    told: dict[str, list[Term]] = {}
    said: Said | None = None
    for quad in served.store.raw.quads_for_pattern(performance, None, None, None):
        told.setdefault(quad.predicate.value, []).append(quad.object)
        if quad.predicate.value == FILM + "sourceLine" or said is None:
            said = served.sources.said(quad, {}) or said
    character = _shown(served, told, "character", "characterAsCredited")
    performer = _shown(served, told, "performer", "performerAsCredited")
    order = _number(told, "creditOrder")
    return character, order or 10_000, Credit(performer, said or Said("inferred", ""), tuple(_notes(told)))


def _shown(served: Served, told: Mapping[str, list[Term]], node: str, text: str) -> Shown | None:
    terms = told.get(FILM + node) or told.get(FILM + text)
    return min((served.names.show(term) for term in terms), key=lambda shown: shown.text) if terms else None


def _notes(told: Mapping[str, list[Term]]) -> list[str]:
    kinds = {term.value for term in told.get(RDF + "type", []) if isinstance(term, ox.NamedNode)}
    notes = [word for iri, word in _KINDS.items() if iri in kinds]
    episodes = _number(told, "episodeCount")
    if episodes is not None:
        notes.append(f"{episodes} episode{'' if episodes == 1 else 's'}")
    notes += [term.value for term in told.get(FILM + "creditNote", []) if isinstance(term, ox.Literal)]
    return notes


def _number(told: Mapping[str, list[Term]], name: str) -> int | None:
    values = [term.value for term in told.get(FILM + name, []) if isinstance(term, ox.Literal)]
    return min((int(value) for value in values if value.isdecimal()), default=None)
