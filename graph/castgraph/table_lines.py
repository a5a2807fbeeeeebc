"""The line of a table on which a statement stands, found by the nodes that tell their own: credits, and things of a row each.

Statements of tables are not described one by one (docs/decisions/2026-11-20-tables-go-through-duckdb.md). What a credit
says stands on the credit's line; what a row says of its thing on the thing's; a name, a year or a kind that a cast list
repeats with every credit stands on the line of any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeAlias

import pyoxigraph as ox

from castgraph.iris import FILM, RDFS

Node: TypeAlias = ox.NamedNode | ox.BlankNode
_LOOKED_AT = 100
"""Credits of a thing that are looked at for one with a line: a genre in a large catalogue has more than anybody needs."""

_LINE = ox.NamedNode(FILM + "sourceLine")
_IDENTIFIER = ox.NamedNode(FILM + "identifier")  # a title's rows say all that they know of
_LABEL = ox.NamedNode(RDFS + "label")
_TO_A_CREDIT = tuple(ox.NamedNode(FILM + name) for name in ("hasPerformance", "hasNarration"))
_CREDITED = {
    ox.NamedNode(FILM + "performer"): ox.NamedNode(FILM + "performerAsCredited"),
    ox.NamedNode(FILM + "character"): ox.NamedNode(FILM + "characterAsCredited"),
}
"""How a credit points to a thing, and what it says that thing is called."""


def lines_of(store: ox.Store, quad: ox.Quad) -> tuple[int, ...]:
    """The lines that state a quad of a table's graph, in order; none where nothing tells them.

    All lines of a credit or of a thing with rows of its own; of what many rows repeat, one.
    """
    graph = quad.graph_name
    if not isinstance(graph, ox.NamedNode):
        return ()
    row = quad.object if quad.predicate in _TO_A_CREDIT else quad.subject
    if isinstance(row, ox.Triple | ox.Literal):
        return ()
    return _own(store, row, graph) or _repeated(store, quad, graph)


def _own(store: ox.Store, node: Node, graph: ox.NamedNode) -> tuple[int, ...]:
    """The lines a node says it stands on."""
    found = store.quads_for_pattern(node, _LINE, None, graph)
    return tuple(sorted({int(one.object.value) for one in found if isinstance(one.object, ox.Literal)}))


def _repeated(store: ox.Store, quad: ox.Quad, graph: ox.NamedNode) -> tuple[int, ...]:
    """The first of the lines whose credits say the same; else of those that speak of the thing, where they agree on it."""
    thing = quad.subject
    if isinstance(thing, ox.Triple):
        return ()
    if quad.predicate == _LABEL:
        said = _first(store, _crediting(store, thing, graph, called=quad.object), graph)
        if said:
            return said
    if quad.predicate != _IDENTIFIER and _several(store, thing, quad.predicate, graph):
        return ()  # rows differ here, or say several: no telling which says this
    return _first(store, _speaking_of(store, thing, graph), graph)


def _several(store: ox.Store, thing: Node, predicate: ox.NamedNode, graph: ox.NamedNode) -> bool:
    return len(list(islice(store.quads_for_pattern(thing, predicate, None, graph), 2))) > 1


def _crediting(store: ox.Store, thing: Node, graph: ox.NamedNode, called: object) -> Iterator[Node]:
    """Credits that call a performer or a character so."""
    for role, naming in _CREDITED.items():
        for quad in islice(store.quads_for_pattern(None, role, thing, graph), _LOOKED_AT):
            credit = quad.subject
            if not isinstance(credit, ox.Triple) and ox.Quad(credit, naming, called, graph) in store:  # type: ignore[arg-type]
                yield credit


def _speaking_of(store: ox.Store, thing: Node, graph: ox.NamedNode) -> Iterator[Node]:
    """What has a line and may speak of a thing: the credits of a title, and whatever points to it."""
    for predicate in _TO_A_CREDIT:
        for quad in islice(store.quads_for_pattern(thing, predicate, None, graph), _LOOKED_AT):
            if isinstance(quad.object, ox.NamedNode | ox.BlankNode):
                yield quad.object
    for quad in islice(store.quads_for_pattern(None, None, thing, graph), _LOOKED_AT):
        if not isinstance(quad.subject, ox.Triple):
            yield quad.subject


def _first(store: ox.Store, nodes: Iterable[Node], graph: ox.NamedNode) -> tuple[int, ...]:
    lines = [line for node in nodes for line in _own(store, node, graph)[:1]]
    return (min(lines),) if lines else ()
