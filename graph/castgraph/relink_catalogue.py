"""The links of a snapshot with tables, exchanged: nothing else of it is read again, inferred again or indexed again.

Links are not reasoned over (docs/decisions/2026-11-20-links-are-not-reasoned-over.md), so the closure stays as it is.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Set
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pyoxigraph as ox

from castgraph import __version__, search_index, statistics
from castgraph.iris import OUTSIDE_DEFAULT_UNION, RDF
from castgraph.linking.kept import FOLDER as LINKS
from castgraph.progress import Meter, Tell
from castgraph.records import Json
from castgraph.recount import recount
from castgraph.snapshot import MODULUS, Digest, Snapshot, named_quads, write_json

_OUTSIDE = tuple(f"{ending}>" for ending in OUTSIDE_DEFAULT_UNION)
_TYPE = ox.NamedNode(RDF + "type")


class SpokenOf:
    """The things that a closed store speaks of, as a container of their IRIs: each is looked up when it is asked for."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store

    def __contains__(self, iri: object) -> bool:
        try:
            node = ox.NamedNode(str(iri))
        except ValueError:
            return False
        return any(True for _ in self._store.quads_for_pattern(node, _TYPE, None, ox.DefaultGraph()))


def write_changed(
    parent: Snapshot, store: ox.Store, gone: Set[ox.Quad], new: Set[ox.Quad], folder: Path, tell: Tell
) -> str:
    """Write all files of a snapshot with other links, from those of the snapshot before; gives its name.

    Args:
        parent: the snapshot as it was.
        store: the store with other links, in ``folder``.
        gone: quads of links that are there no more.
        new: quads of links that were not there, as the store gives them back.
        folder: the folder of the new snapshot.
        tell: told of the progress.
    """
    summed = _digest(parent, store, gone, new, tell)
    for name in ("decisions.json", "report.json", "problems.tsv"):
        if (parent.path / name).is_file():
            shutil.copy(parent.path / name, folder / name)
    for name in (search_index.FOLDER, LINKS):
        if (parent.path / name).is_dir():
            shutil.copytree(parent.path / name, folder / name)
    before = parent.statistics()
    if before is not None:
        touched = [quad.triple for quad in (*gone, *new) if not str(quad.graph_name).endswith(_OUTSIDE)]
        write_json(folder / statistics.FILE, vars(recount(before, parent.open().raw, store, touched)))
    write_json(folder / "manifest.json", _manifest(parent, len(store), summed, gone, new))
    return summed.name()


def _digest(parent: Snapshot, store: ox.Store, gone: Set[ox.Quad], new: Set[ox.Quad], tell: Tell) -> Digest:
    summed = Digest()
    told = parent.manifest.get("sum")
    if isinstance(told, str):
        left = Digest()
        left.add_quads(gone)
        summed.add_quads(new)
        summed.sum += int(told, 16) - left.sum
        summed.count += cast("int", parent.manifest["quads"]) - left.count
        return summed
    with Meter(tell, "hashing the statements", cast("int", parent.manifest["quads"]), "quads") as meter:
        for number, quad in enumerate(named_quads(store), 1):
            summed.add_quads([quad])
            meter.to(number)
    return summed


def _manifest(parent: Snapshot, held: int, summed: Digest, gone: Set[ox.Quad], new: Set[ox.Quad]) -> dict[str, Json]:
    graphs = Counter(cast("dict[str, int]", parent.manifest["graphs"]))
    graphs.subtract(str(quad.graph_name.value) for quad in gone)  # type: ignore[union-attr]
    graphs.update(str(quad.graph_name.value) for quad in new)  # type: ignore[union-attr]
    return {
        **parent.manifest,
        "castgraph": __version__,
        "quads": summed.count,
        "triples": held - summed.count,
        "sum": f"{summed.sum % MODULUS:x}",
        "graphs": {graph: number for graph, number in sorted(graphs.items()) if number},
        "revised": {
            "by": "link",
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "parent": parent.id,
            "added": len(new),
            "removed": len(gone),
        },
    }
