"""The graph as it is without what other data sets say: what is linked to them, for what came along a link is no evidence."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox

from castgraph import sparql
from castgraph.iris import RDFS, SKOS
from castgraph.ontology_files import axioms
from castgraph.reason import closure
from castgraph.snapshot import Snapshot, named_quads
from castgraph.store import Dataset, GraphStore, Results


def unlinked(snapshot: Snapshot) -> GraphStore:
    """A snapshot's graph without what other data sets say, closed anew; its own store where none says anything.

    The links themselves stay: identifiers are what the next links go by.
    """
    store, iris = snapshot.open(), snapshot.iris
    if not any(isinstance(graph, ox.NamedNode) and iris.is_linked(graph.value) for graph in store.raw.named_graphs()):
        return store
    said: list[ox.Triple] = []
    kept: list[ox.Quad] = []
    for quad in named_quads(store.raw):
        graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        if iris.is_linkset(graph) or graph == iris.identity:
            kept.append(quad)
        elif graph not in iris.own_graphs and not iris.is_linked(graph):
            said.append(quad.triple)
    ours = {triple.subject for triple in said}
    named = {triple.subject for triple in said if triple.predicate.value in (RDFS + "label", SKOS + "prefLabel")}
    memory = ox.Store()
    for triple in (*said, *closure(said, axioms()).inferred):
        memory.add(ox.Quad(triple.subject, triple.predicate, triple.object))
    for quad in kept:
        if quad.subject in (named if quad.predicate.value == SKOS + "prefLabel" else ours):
            memory.add(quad)
            memory.add(ox.Quad(quad.subject, quad.predicate, quad.object))
    return _InMemory(memory)


class _InMemory:
    """A store that is on no disk."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store

    def query(
        self, query: str, bindings: Mapping[str, sparql.Term] | None = None, dataset: Dataset | None = None
    ) -> Results:
        """See :meth:`castgraph.store.GraphStore.query`. There is one data set: the whole."""
        assert dataset is None
        return self._store.query(sparql.bind(query, bindings or {}))
