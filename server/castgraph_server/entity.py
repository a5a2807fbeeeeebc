"""Everything the graph says of one thing, with the source of each fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from itertools import islice

import pyoxigraph as ox

from castgraph.iris import DCTERMS, FILM, OUTSIDE_DEFAULT_UNION, RDF, RDFS, SKOS
from castgraph.store import in_their_graphs
from castgraph_server.current import Served
from castgraph_server.said import Lines, Said
from castgraph_server.terms import Shown, Term

SCANNED = 5_000
"""Incoming links looked at; a genre in a large catalogue has more than anybody reads."""

SHOWN = 40
"""Values of one property a page shows."""

_TYPE = ox.NamedNode(RDF + "type")
_PREFERRED = ox.NamedNode(SKOS + "prefLabel")
_ABOUT = ox.NamedNode(DCTERMS + "subject")
_DECISION = ox.NamedNode(FILM + "IdentityDecision")
_COMMENT = ox.NamedNode(RDFS + "comment")


@dataclass(frozen=True)
class Fact:
    """One value, and who says it. ``is_inferred``: no source says it, a rule does."""

    value: Shown
    said: tuple[Said, ...]
    is_inferred: bool


@dataclass(frozen=True)
class Group:
    """The values of one property. ``more`` counts those not shown."""

    property: Shown
    facts: tuple[Fact, ...]
    more: int = 0


@dataclass(frozen=True)
class Entity:
    """A thing as its page shows it."""

    iri: str
    name: Shown
    types: tuple[Fact, ...]
    facts: tuple[Group, ...]
    incoming: tuple[Group, ...]
    decisions: tuple[str, ...]
    is_cut: bool  # more incoming links exist than were looked at

    def without(self, properties: Set[str]) -> Entity:
        """The same thing without some properties, which its page shows otherwise."""
        return replace(
            self,
            facts=tuple(group for group in self.facts if group.property.iri not in properties),
            incoming=tuple(group for group in self.incoming if group.property.iri not in properties),
        )


def read_entity(served: Served, iri: str) -> Entity | None:
    """What the graph says of a thing, or None where it does not speak of it."""
    node = ox.NamedNode(iri)
    outgoing = list(_what_counts(served, served.store.raw.quads_for_pattern(node, None, None, None)))
    scanned = list(islice(served.store.raw.quads_for_pattern(None, None, node, None), SCANNED + 1))
    incoming = [quad for quad in _what_counts(served, scanned[:SCANNED]) if quad.predicate != _ABOUT]
    if not outgoing and not incoming:
        return None
    linked = {quad.object for quad in outgoing}
    inferred = ox.NamedNode(served.iris.inferred)  # the inverse of a link already told needs no second telling
    incoming = [quad for quad in incoming if quad.graph_name != inferred or quad.subject not in linked]
    others = [quad for quad in outgoing if quad.predicate not in (_TYPE, _PREFERRED)]  # they head the page
    lines = served.sources.lines_about(node)
    typing = _groups(served, [quad for quad in outgoing if quad.predicate == _TYPE], lines, outgoing=True)
    types = typing[0].facts if typing else ()
    return Entity(
        iri=iri,
        name=served.names.show(node),
        types=tuple(sorted(types, key=lambda fact: fact.is_inferred)),
        facts=_groups(served, others, lines, outgoing=True),
        incoming=_groups(served, incoming, {}, outgoing=False),
        decisions=_decisions(served, node),
        is_cut=len(scanned) > SCANNED,
    )


def describe(served: Served, iri: str) -> list[ox.Triple]:
    """The concise bounded description of a thing, with the triples that point to it.

    Blank nodes are followed (https://www.w3.org/submissions/CBD/); the graph of line locators stays out.
    """
    node = ox.NamedNode(iri)
    store = served.store.raw
    told: dict[ox.Triple, None] = {}
    open_nodes: list[ox.NamedNode | ox.BlankNode] = [node]
    seen: set[ox.NamedNode | ox.BlankNode] = {node}
    while open_nodes:
        for quad in _what_counts(served, store.quads_for_pattern(open_nodes.pop(), None, None, None)):
            told[quad.triple] = None
            if isinstance(quad.object, ox.BlankNode) and quad.object not in seen:
                seen.add(quad.object)
                open_nodes.append(quad.object)
    for quad in _what_counts(served, store.quads_for_pattern(None, None, node, None)):
        told[quad.triple] = None
    return sorted(told, key=str)


def _what_counts(served: Served, quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """Quads that are part of what is said: no line locators, no mere candidates, none of the union's copies."""
    for quad in in_their_graphs(served.store.raw, quads, ox.NamedNode(served.iris.inferred)):
        graph = str(quad.graph_name.value)  # type: ignore[union-attr]
        if graph != served.iris.provenance and not graph.endswith(OUTSIDE_DEFAULT_UNION):
            yield quad


def _groups(served: Served, quads: Iterable[ox.Quad], lines: Lines, *, outgoing: bool) -> tuple[Group, ...]:
    """Quads by property, and within it by value, each value with all who say it."""
    gathered: dict[ox.NamedNode, dict[Term, list[ox.Quad]]] = {}
    for quad in quads:
        value = quad.object if outgoing else quad.subject
        gathered.setdefault(quad.predicate, {}).setdefault(value, []).append(quad)
    groups = []
    for predicate, values in gathered.items():
        facts = []
        for value, statements in islice(values.items(), None if outgoing else SHOWN):
            said = {found for quad in statements if (found := served.sources.said(quad, lines)) is not None}
            facts.append(Fact(served.names.show(value), tuple(sorted(said)), is_inferred=not said))
        facts.sort(key=lambda fact: _order(fact.value.text))
        groups.append(Group(served.names.show(predicate), tuple(facts[:SHOWN]), len(values) - len(facts[:SHOWN])))
    return tuple(sorted(groups, key=lambda group: (not _names_it(group), group.property.text.casefold())))


def _names_it(group: Group) -> bool:
    return group.property.iri == RDFS + "label"


def _order(text: str) -> tuple[float, str]:
    """Numbers by size, then words by letter."""
    return (float(text) if text.isdecimal() else float("inf"), text.casefold())


def _decisions(served: Served, node: ox.NamedNode) -> tuple[str, ...]:
    """The identity decisions about a thing, in words."""
    store, graph = served.store.raw, ox.NamedNode(served.iris.identity)
    words: set[str] = set()
    for about in store.quads_for_pattern(None, _ABOUT, node, graph):
        decision = about.subject
        if isinstance(decision, ox.Triple) or not any(store.quads_for_pattern(decision, _TYPE, _DECISION, graph)):
            continue
        for quad in store.quads_for_pattern(decision, _COMMENT, None, graph):
            if isinstance(quad.object, ox.Literal):
                words.add(quad.object.value)
    return tuple(sorted(words))
