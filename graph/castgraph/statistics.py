"""Counts of a snapshot, for its description as a data set."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import pyoxigraph as ox

from castgraph.records import Json
from castgraph.store import LocalStore, Value, rows

Ask: TypeAlias = Callable[[str], Sequence[Mapping[str, Value]]]
"""Answers a SELECT with its rows."""


@dataclass(frozen=True)
class Distinct:
    """How many different terms of each sort a graph holds."""

    entities: int  # IRIs with a type
    subjects: int
    objects: int  # literals included


@dataclass(frozen=True)
class Statistics:
    """How much a snapshot holds, over the default union of its graphs."""

    triples: int
    classes: Mapping[str, int]  # instances by class
    properties: Mapping[str, int]  # triples by property
    entities: int  # things with a type
    subjects: int  # different subjects
    objects: int  # different objects, literals included
    links: Mapping[str, Mapping[str, int]]  # links to other data sets by graph, then by property

    @classmethod
    def from_json(cls, told: Mapping[str, Json]) -> Statistics:
        """Counts as they were written, with ``vars``, to a file."""
        return cls(**cast("dict[str, Any]", dict(told)))


FILE = "statistics.json"
"""The file of a snapshot that holds its counts."""

LINK_GRAPHS = "graph/links/"
"""What the IRIs of the graphs that hold links to another data set contain."""


def count(ask: Ask, terms: Distinct | None = None) -> Statistics:
    """Count a snapshot. Takes time in proportion to its size, so let somebody else answer the queries.

    Args:
        ask: answers queries over the snapshot.
        terms: how many different terms there are, where that was counted otherwise: the store would hold each in memory.
    """
    terms = terms or Distinct(
        entities=_one(ask, "?s", "?s a ?c FILTER(ISIRI(?s))"),
        subjects=_one(ask, "?s", "?s ?p ?o"),
        objects=_one(ask, "?o", "?s ?p ?o"),
    )
    classes = _counts(ask, "SELECT ?key (COUNT(?s) AS ?n) { ?s a ?key } GROUP BY ?key ORDER BY ?key")
    properties = _counts(ask, "SELECT ?key (COUNT(*) AS ?n) { ?s ?key ?o } GROUP BY ?key ORDER BY ?key")
    return Statistics(
        triples=sum(properties.values()),
        classes=classes,
        properties=properties,
        entities=terms.entities,
        subjects=terms.subjects,
        objects=terms.objects,
        links=count_links(ask),
    )


_LINKS = "SELECT ?key (COUNT(*) AS ?n) {{ GRAPH <{}> {{ ?s ?key ?o FILTER(ISIRI(?o)) }} }} GROUP BY ?key ORDER BY ?key"


def count_store(store: LocalStore) -> Statistics:
    """Count a store, in this process."""
    return count(lambda query: rows(store.query(query)))


def count_links(ask: Ask) -> dict[str, dict[str, int]]:
    """The links to other data sets, by graph, then by property."""
    graphs = [row["g"].value for row in ask("SELECT ?g { GRAPH ?g {} }")]
    return {graph: _counts(ask, _LINKS.format(graph)) for graph in graphs if LINK_GRAPHS in graph}


def _one(ask: Ask, variable: str, pattern: str) -> int:
    [row] = ask(f"SELECT (COUNT(DISTINCT {variable}) AS ?n) {{ {pattern} }}")
    return int(row["n"].value)


def _counts(ask: Ask, query: str) -> dict[str, int]:
    return {row["key"].value: int(row["n"].value) for row in ask(query) if isinstance(row["key"], ox.NamedNode)}
