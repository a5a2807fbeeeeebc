"""Counts of a large store after a small change: what changed is looked up before and after, nothing else is counted again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pyoxigraph as ox

from castgraph.iris import RDF
from castgraph.statistics import Statistics, count_links
from castgraph.store import rows

_TYPE = ox.NamedNode(RDF + "type")
_UNION = ox.DefaultGraph()


def recount(before: Statistics, old: ox.Store, new: ox.Store, touched: Iterable[ox.Triple]) -> Statistics:
    """The counts of a store that was changed.

    Args:
        before: the counts of the store as it was.
        old: the store as it was.
        new: the store as it is.
        touched: every triple of the default graph that came or went, and any others.
    """
    told = set(touched)
    gained = {triple: _holds(new, triple) - _holds(old, triple) for triple in told}
    subjects = {triple.subject for triple in told}
    objects = {triple.object for triple in told}
    return replace(
        before,
        triples=before.triples + sum(gained.values()),
        classes=_moved(before.classes, {t: n for t, n in gained.items() if t.predicate == _TYPE}, is_class=True),
        properties=_moved(before.properties, gained),
        entities=before.entities
        + sum(_is_entity(new, one) - _is_entity(old, one) for one in subjects if isinstance(one, ox.NamedNode)),
        subjects=before.subjects + sum(_any(new, one, None) - _any(old, one, None) for one in subjects),
        objects=before.objects + sum(_any(new, None, one) - _any(old, None, one) for one in objects),
        links=count_links(lambda query: rows(new.query(query))),
    )


def _moved(before: Mapping[str, int], gained: Mapping[ox.Triple, int], *, is_class: bool = False) -> dict[str, int]:
    counts = Counter(before)
    for triple, number in gained.items():
        term = triple.object if is_class else triple.predicate
        if isinstance(term, ox.NamedNode):
            counts[term.value] += number
    return {key: number for key, number in sorted(counts.items()) if number}


def _holds(store: ox.Store, triple: ox.Triple) -> bool:
    return ox.Quad(triple.subject, triple.predicate, triple.object, _UNION) in store


def _any(store: ox.Store, subject: ox.NamedNode | ox.BlankNode | ox.Triple | None, object_: object) -> bool:
    return any(True for _ in store.quads_for_pattern(subject, None, object_, _UNION))  # type: ignore[arg-type]


def _is_entity(store: ox.Store, node: ox.NamedNode) -> bool:
    return any(True for _ in store.quads_for_pattern(node, _TYPE, None, _UNION))
