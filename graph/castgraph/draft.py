"""A draft: a writable copy of a snapshot's store, with the union kept in step and a ledger of what was changed.

What sources and people say (the asserted graphs) can be changed. The graphs castgraph makes follow from that, and are
changed by castgraph alone: see :meth:`Draft.write`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from castgraph.edits import Edits
from castgraph.errors import QueryRefusedError
from castgraph.iris import OUTSIDE_DEFAULT_UNION, Iris

DEFAULT = ox.DefaultGraph()


class Draft:
    """A store being changed. ``edits`` is what was changed so far, net.

    Args:
        store: opened for writing; nobody else has it open.
        iris: the IRIs of its graphs.
    """

    def __init__(self, store: ox.Store, iris: Iris) -> None:
        self.store = store
        self.iris = iris
        self.own = frozenset(map(ox.NamedNode, iris.own_graphs))
        self.deleted: dict[ox.Triple, bool] = {}  # asked to be gone, in any graph; True where named outright
        self._added: set[ox.Quad] = set()
        self._removed: set[ox.Quad] = set()

    @classmethod
    def copy(cls, store: ox.Store, path: Path, iris: Iris) -> Draft:
        """A draft that begins as a copy of an opened store. The large files are shared by hard links."""
        store.backup(str(path))
        return cls(ox.Store(str(path)), iris)

    def close(self) -> None:
        """Let the store go, so that its files are whole for who opens them next. Only ``edits`` and ``deleted`` are left.

        Not to be left to the last reference: a frame of a library's exception (pySHACL's) may hold one for a while.
        """
        del self.store

    @property
    def edits(self) -> Edits:
        """The statements that stand now and did not at the start, and the other way about."""
        return Edits(frozenset(self._added), frozenset(self._removed))

    def may_change(self, graph: object) -> bool:
        """Whether a graph is one of those people may change."""
        return (
            isinstance(graph, ox.NamedNode)
            and graph not in self.own
            and not _is_outside(graph)
            and not self.iris.is_linkset(graph.value)
            and not self.iris.is_linked(graph.value)
        )

    def graphs(self) -> list[ox.NamedNode]:
        """The graphs people may change that hold something, in order."""
        found = (graph for graph in self.store.named_graphs() if isinstance(graph, ox.NamedNode))
        return sorted((one for one in found if self.may_change(one) and not self.is_empty(one)), key=str)

    def is_empty(self, graph: ox.NamedNode) -> bool:
        """Whether a graph holds nothing."""
        return not any(islice(self.store.quads_for_pattern(None, None, None, graph), 1))

    def asserted(self) -> Iterator[ox.Quad]:
        """What is said: in the graphs people may change, and by data sets that are linked to."""
        yield from self.said()
        for graph in self.linked():
            yield from self.store.quads_for_pattern(None, None, None, graph)

    def said(self) -> Iterator[ox.Quad]:
        """What is said in the graphs people may change."""
        for graph in self.graphs():
            yield from self.store.quads_for_pattern(None, None, None, graph)

    def linked(self) -> list[ox.NamedNode]:
        """The graphs of what data sets say that are linked to, in order."""
        found = (graph for graph in self.store.named_graphs() if isinstance(graph, ox.NamedNode))
        return sorted((one for one in found if self.iris.is_linked(one.value)), key=str)

    def add(self, quads: Iterable[ox.Quad]) -> None:
        """State quads in graphs people may change.

        Raises:
            QueryRefusedError: a graph is one that castgraph makes.
        """
        new = [quad for quad in dict.fromkeys(quads) if self._checked(quad) not in self.store]
        self.write((), new)
        for quad in new:
            if quad in self._removed:
                self._removed.discard(quad)
            else:
                self._added.add(quad)

    def remove(self, quads: Iterable[ox.Quad], *, by_name: bool) -> None:
        """Take quads out of the graphs people may change; one of the default graph out of every graph that states it.

        What stands in graphs that castgraph makes is not taken out, but remembered in ``deleted``: whether it is gone
        is known when the closure is.

        Args:
            quads: what is to be gone; what is not there is no matter.
            by_name: whether the request names each of these quads outright.
        """
        gone: list[ox.Quad] = []
        for quad in dict.fromkeys(quads):
            if quad not in self.store:
                continue
            triple = quad.triple
            self.deleted[triple] = self.deleted.get(triple, False) or by_name
            if quad.graph_name == DEFAULT:
                standing = self.store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
                gone += [one for one in standing if self.may_change(one.graph_name)]
            elif self.may_change(quad.graph_name):
                gone.append(quad)
        gone = list(dict.fromkeys(gone))
        self.write(gone, ())
        for quad in gone:
            if quad in self._added:
                self._added.discard(quad)
            else:
                self._removed.add(quad)

    def apply(self, edits: Edits) -> None:
        """Make changes that were made to another snapshot."""
        self.remove((quad for quad in edits.removed), by_name=False)
        self.add(edits.added)

    def write(self, gone: Iterable[ox.Quad], new: Iterable[ox.Quad]) -> None:
        """Change any graph, and the union with it. Not in the ledger: for what castgraph makes itself."""
        for quad in gone:
            self.store.remove(quad)
            if not _is_outside(quad.graph_name) and not self.stated_in(quad.triple):
                self.store.remove(_in_union(quad))
        new = list(new)
        self.store.extend(new)
        self.store.extend(_in_union(quad) for quad in new if not _is_outside(quad.graph_name))

    def stated_in(self, triple: ox.Triple) -> list[ox.NamedNode]:
        """The graphs of the union that hold a triple, in order."""
        standing = self.store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
        named = [one.graph_name for one in standing if isinstance(one.graph_name, ox.NamedNode)]
        return sorted((graph for graph in named if not _is_outside(graph)), key=str)

    def kept(self) -> dict[ox.Triple, list[ox.NamedNode]]:
        """What was to be gone and is not, with the graphs of castgraph's own that hold it."""
        found = {}
        for triple in self.deleted:
            graphs = self.stated_in(triple)
            if graphs and not any(self.may_change(graph) for graph in graphs):
                found[triple] = graphs
        return found

    def _checked(self, quad: ox.Quad) -> ox.Quad:
        if not self.may_change(quad.graph_name):
            raise QueryRefusedError(
                f"{quad.graph_name} is made by castgraph and cannot be written; name another graph, or none: what is "
                f"inserted without a graph goes to <{self.iris.edits}>"
            )
        return quad


def _is_outside(graph: object) -> bool:
    return isinstance(graph, ox.NamedNode) and graph.value.endswith(OUTSIDE_DEFAULT_UNION)


def _in_union(quad: ox.Quad) -> ox.Quad:
    return ox.Quad(quad.subject, quad.predicate, quad.object, DEFAULT)
