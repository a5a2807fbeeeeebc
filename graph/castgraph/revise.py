"""Revises a graph: from the current snapshot and a change to a new snapshot, or to none where anything is wrong.

The change is made to a copy; the closure over it is computed again, and checked; then the pointer is moved. Nobody sees
anything of it before, and whatever fails before leaves everything as it was.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from castgraph import __version__, search_index, statistics
from castgraph.draft import Draft
from castgraph.edits import Edits
from castgraph.errors import OutdatedError, QueryRefusedError, SnapshotError, StillHoldsError
from castgraph.linking.kept import FOLDER as LINKS
from castgraph.records import Json
from castgraph.snapshot import Snapshot, building, current, publish, verify, write_json
from castgraph.store import LocalStore

if TYPE_CHECKING:
    from castgraph.settle import Settled

_SHOWN = 20


def _at_once(_: str) -> None:
    """Nobody is asked before the pointer is moved."""


def _silent(_: str) -> None:
    """No progress is told."""


@dataclass(frozen=True)
class Revision:
    """What came of a change. ``settled`` is None where nothing was changed; ``kept`` is what could not be deleted."""

    snapshot: Snapshot
    parent: str
    edits: Edits
    settled: Settled | None
    kept: dict[ox.Triple, list[ox.NamedNode]]

    def as_json(self) -> dict[str, Json]:
        """The report, as a client gets it."""
        kept: list[Json] = [
            {"triple": str(triple), "graphs": [graph.value for graph in graphs]}
            for triple, graphs in list(self.kept.items())[:_SHOWN]
        ]
        told: dict[str, Json] = {
            "snapshot": self.snapshot.id,
            "parent": self.parent,
            "added": len(self.edits.added),
            "removed": len(self.edits.removed),
            "inferred": {
                "added": self.settled.gained if self.settled else 0,
                "removed": self.settled.lost if self.settled else 0,
            },
            "kept": {"triples": len(self.kept), "shown": kept},
        }
        if self.settled:
            from castgraph.shapes import summarise

            told["findings"] = [
                {"severity": severity.value, "message": message, "count": count}
                for (severity, message), count in summarise(self.settled.findings).items()
            ]
            told["warnings"] = list(self.settled.warnings)
        return told


def revise(
    data: Path,
    change: Callable[[Draft], None],
    *,
    only_if: Container[str] | None = None,
    wait: float = 0.0,
    commit: Callable[[str], None] = _at_once,
    progress: Callable[[str], None] = _silent,
) -> Revision:
    """Make a change to the current snapshot of a data folder, and make what comes of it the current one.

    Args:
        data: the data folder.
        change: changes the draft; what it raises ends all.
        only_if: the snapshots the change is meant for; None for any.
        wait: seconds to wait while a build or another revision is at work.
        commit: called with the name of the new snapshot when all is ready; what it raises ends all.
        progress: told each step as it begins.

    Raises:
        BusyError: somebody else is at work in the folder.
        OutdatedError: the current snapshot is none of ``only_if``.
        StillHoldsError: a triple that the change deletes by name holds all the same, or nothing could be deleted.
        InconsistentDataError: the data would contradict the ontology.
        SnapshotError: there is no snapshot, or the folder cannot be written.
    """
    started = time.monotonic()
    with building(data, wait) as folder:
        parent = current(data)
        if parent is None:
            raise SnapshotError(f"{data}: no snapshot is there to change; run castgraph build")
        if only_if is not None and parent.id not in only_if:
            raise OutdatedError(parent.id)
        if parent.has_tables:
            raise QueryRefusedError(
                "a snapshot built from tables (castgraph build --catalog) takes no updates; change the tables, or add a table, "
                "a mapping file or an RDF file beside them, and run the same castgraph build again: it is served as soon as it is whole"
            )
        draft = Draft.copy(parent.open().raw, folder / "store", parent.iris)
        progress("evaluating")
        change(draft)
        edits = draft.edits
        if not edits:
            kept = draft.kept()
            if kept:
                raise StillHoldsError(*_told(parent, next(iter(kept.items()))))
            return Revision(parent, parent.id, edits, None, kept)
        from castgraph.settle import settle  # takes a while, and most of what can be wrong is found by now

        settled = settle(draft, progress=progress)
        kept = draft.kept()
        outright = next(((triple, graphs) for triple, graphs in kept.items() if draft.deleted[triple]), None)
        draft.close()
        progress("indexing names")
        names = search_index.index_store(LocalStore(folder / "store"), folder)
        write_reports(folder, parent, edits, settled, names, time.monotonic() - started)
        if outright is not None:
            raise StillHoldsError(*_told(Snapshot(folder), outright))
        progress("counting")
        write_json(folder / statistics.FILE, vars(statistics.count_store(LocalStore(folder / "store"))))
        progress("publishing")
        verify(Snapshot(folder))
        commit(settled.id)
        return Revision(publish(data, folder, settled.id, verify), parent.id, edits, settled, kept)


def _told(snapshot: Snapshot, kept: tuple[ox.Triple, list[ox.NamedNode]]) -> tuple[str, str, tuple[str, ...]]:
    """A triple that holds, why, and what from."""
    triple, graphs = kept
    if ox.NamedNode(snapshot.iris.inferred) in graphs:
        from castgraph.proof import Prover

        step = Prover.of(snapshot).prove((str(triple.subject), str(triple.predicate), str(triple.object)))
        if step is not None and step.rule is not None:
            facts = dict.fromkeys(
                " ".join(leaf.triple)
                for leaf in step.steps()
                if any(place.graph != snapshot.iris.schema for place in leaf.places)
            )
            premises = tuple(facts)[:_SHOWN]
            return str(triple), f"it follows from other statements by the rule {step.rule}", premises
    return str(triple), f"it stands in {graphs[0]}, which castgraph makes", ()


def write_reports(
    folder: Path, parent: Snapshot, edits: Edits, settled: Settled, names: int, seconds: float, by: str = "update"
) -> None:
    """The parent's reports, with what is new."""
    if (parent.path / LINKS).is_dir():
        shutil.copytree(parent.path / LINKS, folder / LINKS)
    shutil.copy(parent.path / "decisions.json", folder / "decisions.json")
    report: dict[str, Json] = {
        **parent.report(),
        "snapshot": settled.id,
        "quads": settled.contents.quads,
        "seconds": round(seconds, 2),
        "inferred": {"triples": sum(settled.contents.inferred.values()), "by_property": {**settled.contents.inferred}},
        "warnings": list(settled.warnings),
        "findings": [finding.as_json() for finding in settled.findings],
    }
    write_json(folder / "report.json", report)
    Edits.of(parent).then(edits).write(folder)
    revised: dict[str, Json] = {
        "by": by,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "parent": parent.id,
        "added": len(edits.added),
        "removed": len(edits.removed),
    }
    listed = parent.manifest.get("sources")
    assert isinstance(listed, list)
    write_json(
        folder / "manifest.json",
        {
            **parent.manifest,
            "castgraph": __version__,
            **settled.contents.as_json(),
            "names": names,
            "sources": [_counted(one, settled) for one in listed if isinstance(one, dict)],
            "revised": revised,
        },
    )


def _counted(source: dict[str, Json], settled: Settled) -> dict[str, Json]:
    graph = source.get("graph")
    return {**source, "quads": settled.contents.graphs.get(graph, 0)} if isinstance(graph, str) else source
