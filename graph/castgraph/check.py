"""Checks a snapshot on disk: whole, consistent, conforming."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from castgraph.check_tables import check_tables
from castgraph.errors import InconsistentDataError, SnapshotError
from castgraph.ontology_files import axioms
from castgraph.progress import Meter, Tell
from castgraph.reason import closure
from castgraph.records import Json
from castgraph.shapes import Finding, Severity, check_shapes, summarise
from castgraph.snapshot import Snapshot, current, digest, named_quads, verify


@dataclass(frozen=True)
class Checked:
    """What checking a snapshot found. ``missing`` counts triples that follow and are not there.

    In a snapshot with tables, ``missing`` also counts what is stated and not to be seen in the default graph.
    """

    snapshot: Snapshot
    violations: tuple[str, ...]
    missing: int
    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """0 where all is well, 3 where data contradict the ontology, 1 where shapes or the closure fail."""
        if self.violations:
            return InconsistentDataError.exit_code
        failed = self.missing or any(one.severity is Severity.VIOLATION for one in self.findings)
        return 1 if failed else 0

    def as_json(self) -> dict[str, Json]:
        """For ``--json``."""
        return {
            "snapshot": self.snapshot.id,
            "consistent": not self.violations,
            "violations": list(self.violations),
            "missing": self.missing,
            "findings": [finding.as_json() for finding in self.findings],
        }

    def lines(self) -> Iterator[str]:
        """For people."""
        yield f"{self.snapshot.path}: whole"
        yield "consistent with the ontology" if not self.violations else "NOT consistent with the ontology:"
        yield from (f"  {violation}" for violation in self.violations)
        yield "closure complete" if not self.missing else f"{self.missing:,} triples are missing of what follows"
        if self.snapshot.has_tables:
            yield "not held against the shapes: it was built from tables"
        for (severity, message), count in summarise(self.findings).items():
            yield f"{severity.value}: {message} ({count})"
            if severity is not Severity.INFO:
                yield from (
                    f"  {one.focus}" for one in self.findings if (one.severity, one.message) == (severity, message)
                )


def check_snapshot(data: Path, tell: Tell = lambda _: None) -> Checked:
    """Check the current snapshot of a data folder; ``tell`` hears of each step that takes over a second.

    Raises:
        SnapshotError: there is none, or its quads are not those it is named after; no room for temporary files.
    """
    snapshot = current(data)
    if snapshot is None:
        raise SnapshotError(f"{data}: no snapshot here; run castgraph build")
    with Meter(tell, "counting the quads"):
        verify(snapshot)
    store = snapshot.open().raw
    if snapshot.has_tables:
        try:
            told = check_tables(snapshot, store, tell)
        except OSError as error:
            raise SnapshotError(f"{snapshot.path}: cannot be checked ({error.strerror or error})") from error
        _see_its_name(snapshot, told.name)
        return Checked(snapshot, told.violations, told.missing, findings=())
    _see_its_name(snapshot, digest(named_quads(store)))
    iris = snapshot.iris
    asserted, inferred = [], []
    for quad in named_quads(store):
        graph = str(quad.graph_name.value) if isinstance(quad.graph_name, ox.NamedNode) else ""
        if graph == iris.inferred:
            inferred.append(quad.triple)
        elif graph not in iris.own_graphs and not iris.is_linkset(graph):
            asserted.append(quad.triple)
    with Meter(tell, "drawing consequences"):
        closed = closure(asserted, axioms())
    with Meter(tell, "holding things against the shapes"):
        findings = check_shapes([*asserted, *inferred])
    return Checked(
        snapshot=snapshot,
        violations=tuple(str(violation) for violation in closed.violations),
        missing=len(set(closed.inferred) - set(inferred)),
        findings=findings,
    )


def _see_its_name(snapshot: Snapshot, found: str) -> None:
    if not snapshot.id.startswith(found):
        raise SnapshotError(f"{snapshot.path}: its quads hash to {found}; it was changed; run castgraph build")
