"""Brings the links of a snapshot up to date with the files in its data folder, without reading its sources again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Set
from pathlib import Path

import pyoxigraph as ox

from castgraph import search_index, statistics
from castgraph.draft import Draft
from castgraph.edits import Edits
from castgraph.errors import SnapshotError
from castgraph.iris import FILM, PROV
from castgraph.linking.claimed import claimed_quads
from castgraph.linking.claims import read_kept_claims
from castgraph.linking.kept import read_kept, read_of_sources
from castgraph.linking.linksets import linkset_quads, linksets
from castgraph.provenance import linked_label_quads
from castgraph.relink_catalogue import SpokenOf, write_changed
from castgraph.revise import write_reports
from castgraph.snapshot import Snapshot, building, current, publish, verify, write_json
from castgraph.store import LocalStore


def relink(data: Path, progress: Callable[[str], None]) -> Snapshot:
    """Make a snapshot with the links that the files in ``DATA/links`` and its sources hold, and what came along them.

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
        sets = linksets([*read_of_sources(parent.path), *read_kept(data)], parent.iris)
        claims = read_kept_claims(data)
        if parent.has_tables:
            if claims:
                progress("leaving out what other data sets claim: a snapshot built from tables takes links alone")
            before = _standing(draft, ())
            _exchange(draft, before, linkset_quads(sets, parent.iris, SpokenOf(draft.store)))
            draft.store.flush()
            now = _standing(draft, ())  # as the store writes it
            id_ = write_changed(parent, draft.store, before - now, now - before, folder, progress)
            draft.close()
            return publish(data, folder, id_, verify)
        said = list(draft.said())
        spoken_of = {quad.subject.value for quad in said if isinstance(quad.subject, ox.NamedNode)}
        stated, told = claimed_quads(claims, sets, parent.iris, said)
        links = linkset_quads(sets, parent.iris, spoken_of)
        new = (*links, *stated, *told, *linked_label_quads(stated, said, parent.iris))
        _exchange(draft, _standing(draft, said), new)
        settled = settle(draft, progress=progress)
        draft.close()
        names = search_index.index_store(LocalStore(folder / "store"), folder)
        write_reports(folder, parent, Edits(), settled, names, time.monotonic() - started, by="link")
        write_json(folder / statistics.FILE, vars(statistics.count_store(LocalStore(folder / "store"))))
        return publish(data, folder, settled.id, verify)


def _exchange(draft: Draft, standing: Set[ox.Quad], quads: Iterable[ox.Quad]) -> None:
    """Put quads in the place of those that stand in a draft."""
    new = dict.fromkeys(quads)
    draft.write([quad for quad in standing if quad not in new], [quad for quad in new if quad not in standing])


def _standing(draft: Draft, said: Iterable[ox.Quad]) -> set[ox.Quad]:
    """All that a draft holds of links: the linksets, what came along them, the candidates, and how each came about."""
    found: set[ox.Quad] = set()
    pattern = draft.store.quads_for_pattern
    provenance = ox.NamedNode(draft.iris.provenance)
    for graph in list(draft.store.named_graphs()):
        if isinstance(graph, ox.NamedNode) and (
            draft.iris.is_linkset(graph.value) or draft.iris.is_linked(graph.value)
        ):
            found |= set(pattern(None, None, None, graph))
            found |= set(pattern(graph, None, None, provenance))
            for made in pattern(graph, ox.NamedNode(PROV + "wasGeneratedBy"), None, provenance):
                found |= set(pattern(made.object, None, None, provenance))  # type: ignore[arg-type]
                for used in pattern(made.object, ox.NamedNode(PROV + "used"), None, provenance):  # type: ignore[arg-type]
                    found |= set(pattern(used.object, None, None, provenance))  # type: ignore[arg-type]
            for stated in pattern(None, ox.NamedNode(FILM + "statedIn"), graph, provenance):
                found |= set(pattern(stated.subject, None, None, provenance))
    linked = [quad for graph in draft.linked() for quad in pattern(None, None, None, graph)]
    found |= {quad for quad in linked_label_quads(linked, said, draft.iris) if quad in draft.store}
    return found | set(pattern(None, None, None, ox.NamedNode(draft.iris.candidates)))
