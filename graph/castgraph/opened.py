"""The library's door to a built graph: questions, SPARQL, and the graph as an rdflib dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from castgraph.answers import Reply
from castgraph.ask import Asker
from castgraph.build import ensure_snapshot
from castgraph.catalog import SavedQuery, saved_query
from castgraph.name_index import NameIndex
from castgraph.snapshot import Snapshot
from castgraph.store import LocalStore, Results

if TYPE_CHECKING:
    import rdflib


@dataclass(frozen=True)
class OpenGraph:
    """A snapshot, opened for reading. Safe to share between threads."""

    snapshot: Snapshot

    @cached_property
    def store(self) -> LocalStore:
        """The store, for SPARQL with parameters and datasets."""
        return self.snapshot.open()

    @cached_property
    def _asker(self) -> Asker:
        return Asker(self.store, self.snapshot.iris, NameIndex(self.store, self.snapshot.names()))

    def ask(self, question: str) -> Reply:
        """Answer a question in words; the reply's status says how it ended."""
        return self._asker.ask(question)

    def run(self, query: str | SavedQuery, values: Mapping[str, str] | None = None) -> Results:
        """Run a saved query, by name or itself, with values for its parameters.

        Raises:
            UnknownQueryError: there is no saved query of that name.
            QueryParameterError: a value is missing, unknown or of the wrong kind.
        """
        saved = saved_query(query) if isinstance(query, str) else query
        return self.store.query(saved.sparql, saved.bindings(values or {}))

    def dataset(self) -> rdflib.Dataset:
        """The graph as an rdflib dataset, read-only, its default graph the union of what is said and inferred."""
        import rdflib
        from oxrdflib import OxigraphStore

        return rdflib.Dataset(store=OxigraphStore(store=self.store.raw))


def open_graph(data: Path | str = Path("castgraph-data")) -> OpenGraph:
    """Open the current snapshot of a data folder. The bundled facts are built there where there is nothing yet.

    Raises:
        SnapshotError: the folder cannot be written, or what is there is not whole.
    """
    return OpenGraph(ensure_snapshot(Path(data)))
