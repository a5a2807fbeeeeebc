"""Who says something, and on which line: read from the graph a statement stands in and from the provenance graph."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import pyoxigraph as ox

from castgraph.iris import DCTERMS, FILM, RDF, Iris
from castgraph.store import LocalStore
from castgraph.table_lines import lines_of
from castgraph_server.terms import Names, Term

Lines: TypeAlias = dict[tuple[tuple[Term, Term, Term], str], set[int]]
"""Lines by statement and graph."""

_PUBLISHER = ox.NamedNode(DCTERMS + "publisher")
_STATED_IN = ox.NamedNode(FILM + "statedIn")
_SOURCE_LINE = ox.NamedNode(FILM + "sourceLine")
_SUBJECT, _PREDICATE, _OBJECT = (ox.NamedNode(RDF + part) for part in ("subject", "predicate", "object"))


@dataclass(frozen=True, order=True)
class Said:
    """That a source says something. No lines: the source has none, or did not keep them."""

    publisher: str
    graph: str
    lines: tuple[int, ...] = ()
    href: str | None = None  # the page of the graph


class Sources:
    """The sources of a snapshot, and the lines their statements stand on."""

    def __init__(self, store: LocalStore, iris: Iris, names: Names) -> None:
        self._raw = store.raw
        self._iris = iris
        self._names = names
        self._provenance = ox.NamedNode(iris.provenance)

    def publisher(self, graph: str) -> str | None:
        """Who published what a graph holds; None for the graphs castgraph makes."""
        found = self._raw.quads_for_pattern(ox.NamedNode(graph), _PUBLISHER, None, self._provenance)
        names = sorted(quad.object.value for quad in found if isinstance(quad.object, ox.Literal))
        return " and ".join(names) or None

    def said(self, quad: ox.Quad, lines: Lines) -> Said | None:
        """Where a quad is said; None for what was inferred."""
        graph = quad.graph_name
        if not isinstance(graph, ox.NamedNode) or graph.value == self._iris.inferred:
            return None
        triple = (quad.subject, quad.predicate, quad.object)
        found = lines.get((triple, graph.value)) or lines_of(self._raw, quad)
        href = self._names.href(graph.value)
        publisher = self.publisher(graph.value) or f"castgraph ({graph.value.rsplit('/', 1)[-1]})"
        return Said(publisher, graph.value, tuple(sorted(found)), href)

    def lines_about(self, node: ox.NamedNode, role: str = "subject") -> Lines:
        """The lines of all statements that have a node as their subject or object."""
        statements = self._raw.quads_for_pattern(None, ox.NamedNode(RDF + role), node, self._provenance)
        return self._lines(quad.subject for quad in statements)

    def lines_in(self, graph: ox.NamedNode) -> Lines:
        """The lines of all statements of a graph."""
        statements = self._raw.quads_for_pattern(None, _STATED_IN, graph, self._provenance)
        return self._lines(quad.subject for quad in statements)

    def _lines(self, statements: Iterable[ox.NamedNode | ox.BlankNode | ox.Triple]) -> Lines:
        found: Lines = {}
        for statement in statements:
            if isinstance(statement, ox.Triple):
                continue
            told: dict[ox.NamedNode, list[Term]] = {}
            for quad in self._raw.quads_for_pattern(statement, None, None, self._provenance):
                told.setdefault(quad.predicate, []).append(quad.object)
            parts = [told.get(part) for part in (_SUBJECT, _PREDICATE, _OBJECT, _STATED_IN)]
            if not all(parts):
                continue
            subject, predicate, object_, _ = (part[0] for part in parts if part)
            for graph in told[_STATED_IN]:
                if isinstance(graph, ox.NamedNode):
                    lines = found.setdefault(((subject, predicate, object_), graph.value), set())
                    lines.update(_numbers(told.get(_SOURCE_LINE, [])))
        return found


def _numbers(terms: Iterable[Term]) -> set[int]:
    return {int(term.value) for term in terms if isinstance(term, ox.Literal) and term.value.isdecimal()}
