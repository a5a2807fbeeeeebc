"""Counts of a snapshot, for its description as a data set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from castgraph.store import LocalStore, rows


@dataclass(frozen=True)
class Statistics:
    """How much a snapshot holds, over the default union of its graphs."""

    triples: int
    classes: Mapping[str, int]  # instances by class
    properties: Mapping[str, int]  # triples by property
    entities: int  # things with a type


def count(store: LocalStore) -> Statistics:
    """Count a snapshot. Takes time in proportion to its size."""
    classes = _counts(store, "SELECT ?key (COUNT(?s) AS ?n) { ?s a ?key } GROUP BY ?key ORDER BY ?key")
    properties = _counts(store, "SELECT ?key (COUNT(*) AS ?n) { ?s ?key ?o } GROUP BY ?key ORDER BY ?key")
    entities = _counts(store, 'SELECT ("all" AS ?key) (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c FILTER(ISIRI(?s)) }')
    return Statistics(sum(properties.values()), classes, properties, entities.get("all", 0))


def _counts(store: LocalStore, query: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows(store.query(query)):
        key, number = row["key"], row["n"]
        if isinstance(key, ox.NamedNode | ox.Literal) and isinstance(number, ox.Literal):
            found[key.value] = int(number.value)
    return found
