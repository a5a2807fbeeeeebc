"""Everything the graph says of one thing, with the source of each fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from itertools import islice

import pyoxigraph as ox

from castgraph.iris import DCTERMS, FILM, OUTSIDE_DEFAULT_UNION, RDF, RDFS, SKOS
from castgraph_server.current import Served
from castgraph_server.said import Lines, Said
from castgraph_server.terms import Shown, Term

SCANNED = 5_000
"""Statements about a thing, and as many that refer to it, that are looked at; a genre in a large catalogue has more
than anybody reads. So no page takes longer, whatever the size of the graph: about a second at the most."""

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
    is_cut: bool  # more statements exist than were looked at

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
    about = list(islice(_said(served, node, outgoing=True), SCANNED + 1))
    outgoing = about[:SCANNED]
    scanned = list(islice(_said(served, node, outgoing=False), SCANNED + 1))
    incoming = [quad for quad in scanned[:SCANNED] if quad.predicate != _ABOUT]
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
        is_cut=max(len(scanned), len(about)) > SCANNED,
    )


class TooLarge(Exception):  # noqa: N818 - the answer is elsewhere
    """More is said of a thing than is put together here; ``query`` is what gets it from the endpoint."""

    def __init__(self, query: str) -> None:
        self.query = query
        super().__init__(query)


def describe(served: Served, iri: str) -> list[ox.Triple]:
    """The concise bounded description of a thing, with the triples that point to it.

    Blank nodes are followed (https://www.w3.org/submissions/CBD/); the graph of line locators stays out.

    Raises:
        TooLarge: that takes more than is done in one go.
    """
    node = ox.NamedNode(iri)
    store = served.store.raw
    told: dict[ox.Triple, None] = {}
    open_nodes: list[ox.BlankNode] = []
    seen: set[ox.BlankNode] = set()
    looked_at = 0

    def take(quads: Iterable[ox.Quad]) -> None:
        nonlocal looked_at
        for quad in quads:
            looked_at += 1
            if looked_at > 2 * SCANNED:
                raise TooLarge(_query_for(served, node))
            told[quad.triple] = None
            if isinstance(quad.object, ox.BlankNode) and quad.object not in seen:
                seen.add(quad.object)
                open_nodes.append(quad.object)

    take(_said(served, node, outgoing=True))
    while open_nodes:
        take(quad for quad in store.quads_for_pattern(open_nodes.pop(), None, None, None) if _counts(served, quad))
    take(_said(served, node, outgoing=False))
    return sorted(told, key=str)


def _said(served: Served, node: ox.NamedNode, *, outgoing: bool) -> Iterator[ox.Quad]:
    """What is said of a thing, or refers to it, one by one: stop when there is enough.

    By a query, for that goes past the default graph; a look-up would give all its copies first.
    """
    pattern = f"{node} ?p ?x" if outgoing else f"?x ?p {node}"
    solutions = served.store.raw.query(f"SELECT ?g ?p ?x {{ GRAPH ?g {{ {pattern} }} FILTER({_counted(served)}) }}")
    assert isinstance(solutions, ox.QuerySolutions)
    for graph, predicate, other in solutions:
        yield ox.Quad(node, predicate, other, graph) if outgoing else ox.Quad(other, predicate, node, graph)
    inferred = ox.NamedNode(served.iris.inferred)
    if not served.store.raw.contains_named_graph(inferred):  # from tables: it stands in no named graph
        alone = served.store.raw.query(
            f"SELECT ?p ?x {{ {pattern} FILTER NOT EXISTS {{ GRAPH ?any {{ {pattern} }} }} }}"
        )
        assert isinstance(alone, ox.QuerySolutions)
        for predicate, other in alone:
            yield ox.Quad(node, predicate, other, inferred) if outgoing else ox.Quad(other, predicate, node, inferred)


def _query_for(served: Served, node: ox.NamedNode) -> str:
    """A query for what is said of a thing: in the graphs of :func:`_counts`, and one step beyond blank nodes."""
    return f"""CONSTRUCT {{ ?s ?p ?o }} WHERE {{
  {{ GRAPH ?g {{ {node} ?p ?o }} BIND({node} AS ?s) }}
  UNION {{ GRAPH ?g {{ ?s ?p {node} }} BIND({node} AS ?o) }}
  UNION {{ GRAPH ?g {{ {node} ?q ?s . ?s ?p ?o FILTER(ISBLANK(?s)) }} }}
  FILTER({_counted(served)})
}}"""


def _counted(served: Served) -> str:
    """:func:`_counts`, of the graph ?g."""
    outside = " || ".join(f'STRENDS(STR(?g), "{ending}")' for ending in OUTSIDE_DEFAULT_UNION)
    return f"?g != {ox.NamedNode(served.iris.provenance)} && !({outside})"


def _counts(served: Served, quad: ox.Quad) -> bool:
    """Whether a quad is part of what is said: not a line locator, not a mere candidate, not the union's copy."""
    graph = quad.graph_name
    if isinstance(graph, ox.DefaultGraph):
        return False
    return graph.value != served.iris.provenance and not graph.value.endswith(OUTSIDE_DEFAULT_UNION)


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
