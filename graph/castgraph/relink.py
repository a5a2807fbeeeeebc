"""Brings the links of a snapshot up to date with the files in its data folder, without reading its sources again."""

from __future__ import annotations

import time
from collections.abc import Callable, Container
from pathlib import Path

import pyoxigraph as ox

from castgraph import search_index, statistics
from castgraph.draft import Draft
from castgraph.edits import Edits
from castgraph.errors import SnapshotError
from castgraph.iris import FILM
from castgraph.linking.kept import read_kept, read_of_sources
from castgraph.linking.linksets import linkset_quads, linksets
from castgraph.relink_catalogue import SpokenOf, write_changed
from castgraph.revise import write_reports
from castgraph.snapshot import Snapshot, building, current, publish, verify, write_json
from castgraph.store import LocalStore


def relink(data: Path, progress: Callable[[str], None]) -> Snapshot:
    """Make a snapshot with the links that the files in ``DATA/links`` and its sources hold, and point to it.

    Raises:
        BusyError: somebody else is at work in the folder.
        SnapshotError: there is no snapshot, or the folder cannot be written.
        SourceError: a file of links cannot be read.
    """
    from castgraph.settle import settle

    started = time.monotonic()
    with building(data, wait=10.0) as folder:
        parent = current(data)
        if parent is None:
            raise SnapshotError(f"{data}: no snapshot is there to link; run castgraph build")
        draft = Draft.copy(parent.open().raw, folder / "store", parent.iris)
        has_tables = "tables" in parent.manifest
        spoken_of: Container[str] = SpokenOf(draft.store) if has_tables else _subjects(draft)
        sets = linksets([*read_of_sources(parent.path), *read_kept(data)], parent.iris)
        new = dict.fromkeys(linkset_quads(sets, parent.iris, spoken_of))
        standing = _standing(draft)
        draft.write([quad for quad in standing if quad not in new], [quad for quad in new if quad not in standing])
        if has_tables:
            now = _standing(draft)  # as the store writes it
            draft.store.flush()
            id_ = write_changed(parent, draft.store, standing - now, now - standing, folder, progress)
            del draft  # closes the store
            return publish(data, folder, id_, verify)
        settled = settle(draft, progress=progress)
        draft.close()
        names = search_index.index_store(LocalStore(folder / "store"), folder)
        write_reports(folder, parent, Edits(), settled, names, time.monotonic() - started, by="link")
        write_json(folder / statistics.FILE, vars(statistics.count_store(LocalStore(folder / "store"))))
        return publish(data, folder, settled.id, verify)


def _subjects(draft: Draft) -> set[str]:
    return {quad.subject.value for quad in draft.asserted() if isinstance(quad.subject, ox.NamedNode)}


def _standing(draft: Draft) -> set[ox.Quad]:
    """All that a draft holds of links: the linksets and their titles, the candidates, and how each came about."""
    found: set[ox.Quad] = set()
    provenance = ox.NamedNode(draft.iris.provenance)
    for graph in list(draft.store.named_graphs()):
        if isinstance(graph, ox.NamedNode) and draft.iris.is_linkset(graph.value):
            found |= set(draft.store.quads_for_pattern(None, None, None, graph))
            found |= set(draft.store.quads_for_pattern(graph, None, None, provenance))
            for stated in draft.store.quads_for_pattern(None, ox.NamedNode(FILM + "statedIn"), graph, provenance):
                found |= set(draft.store.quads_for_pattern(stated.subject, None, None, provenance))
    return found | set(draft.store.quads_for_pattern(None, None, None, ox.NamedNode(draft.iris.candidates)))
