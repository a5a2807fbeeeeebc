"""A named graph as its page shows it: where it comes from, and its statements line by line."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox

from castgraph.iris import DCTERMS, PROV, RDF
from castgraph_server.current import Served
from castgraph_server.terms import Shown

SHOWN_STATEMENTS = 2_000
"""Statements a page shows; the files hold all."""

_TYPE = ox.NamedNode(RDF + "type")
_TITLE = ox.NamedNode(DCTERMS + "title")
_DERIVED_FROM = ox.NamedNode(PROV + "wasDerivedFrom")


@dataclass(frozen=True)
class Statement:
    """One triple, and the lines of the source it stands on."""

    subject: Shown
    property: Shown
    value: Shown
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Graph:
    """A named graph. ``about`` is what the provenance graph says of it and of its files."""

    iri: str
    name: Shown
    publisher: str | None  # None: castgraph made it
    about: tuple[tuple[Shown, Shown], ...]
    statements: tuple[Statement, ...]
    is_cut: bool


def read_graph(served: Served, node: ox.NamedNode) -> Graph:
    """What a named graph says, in the order of its source's lines."""
    store, names = served.store.raw, served.names
    quads = list(islice(store.quads_for_pattern(None, None, None, node), SHOWN_STATEMENTS + 1))
    is_cut = len(quads) > SHOWN_STATEMENTS
    lines = {} if is_cut else served.sources.lines_in(node)  # a large graph has too many to look up
    statements = []
    for quad in quads[:SHOWN_STATEMENTS]:
        said = served.sources.said(quad, lines)
        shown = (names.show(quad.subject), names.show(quad.predicate), names.show(quad.object))
        statements.append(Statement(*shown, said.lines if said else ()))
    statements.sort(key=_by_line)
    told = [
        (names.show(quad.predicate), names.show(quad.object))
        for about in (node, *_files(served, node))
        for quad in store.quads_for_pattern(about, None, None, ox.NamedNode(served.iris.provenance))
        if quad.predicate not in (_TYPE, _DERIVED_FROM, _TITLE)
    ]
    return Graph(
        iri=node.value,
        name=names.show(node),
        publisher=served.sources.publisher(node.value),
        about=tuple(sorted(told, key=lambda row: (row[0].text, row[1].text))),
        statements=tuple(statements),
        is_cut=is_cut,
    )


def _files(served: Served, node: ox.NamedNode) -> list[ox.NamedNode]:
    """The files a graph was read from."""
    found = served.store.raw.quads_for_pattern(node, _DERIVED_FROM, None, ox.NamedNode(served.iris.provenance))
    return [quad.object for quad in found if isinstance(quad.object, ox.NamedNode)]


def _by_line(statement: Statement) -> tuple[float, str, str, str]:
    line = statement.lines[0] if statement.lines else float("inf")
    return line, statement.subject.text, statement.property.text, statement.value.text
