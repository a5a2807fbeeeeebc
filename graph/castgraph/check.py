"""Checks a snapshot on disk: whole, consistent, conforming."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pyoxigraph as ox

from castgraph.errors import InconsistentDataError, SnapshotError
from castgraph.ontology_files import axioms
from castgraph.reason import closure, infer_files
from castgraph.records import Json
from castgraph.shapes import Finding, Severity, check_shapes, summarise
from castgraph.snapshot import Snapshot, current, digest, named_quads, verify


@dataclass(frozen=True)
class Checked:
    """What checking a snapshot found. ``missing`` counts inferred triples the snapshot should hold and does not."""

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
        yield "closure complete" if not self.missing else f"{self.missing} inferred triples are missing"
        if self.snapshot.has_tables:
            yield "not held against the shapes: it was built from tables"
        for (severity, message), count in summarise(self.findings).items():
            yield f"{severity.value}: {message} ({count})"
            if severity is not Severity.INFO:
                yield from (
                    f"  {one.focus}" for one in self.findings if (one.severity, one.message) == (severity, message)
                )


def check_snapshot(data: Path) -> Checked:
    """Check the current snapshot of a data folder.

    Raises:
        SnapshotError: there is none, or its quads are not those it is named after.
    """
    snapshot = current(data)
    if snapshot is None:
        raise SnapshotError(f"{data}: no snapshot here; run castgraph build")
    verify(snapshot)
    store = snapshot.open().raw
    found = digest(named_quads(store))
    if not snapshot.id.startswith(found):
        raise SnapshotError(f"{snapshot.path}: its quads hash to {found}; it was changed; run castgraph build")
    iris = snapshot.iris
    if snapshot.has_tables:
        return _check_tables(snapshot, store, iris.own_graphs)
    asserted, inferred = [], []
    for quad in named_quads(store):
        graph = str(quad.graph_name.value) if isinstance(quad.graph_name, ox.NamedNode) else ""
        if graph == iris.inferred:
            inferred.append(quad.triple)
        elif graph not in iris.own_graphs and not iris.is_linkset(graph):
            asserted.append(quad.triple)
    closed = closure(asserted, axioms())
    return Checked(
        snapshot=snapshot,
        violations=tuple(str(violation) for violation in closed.violations),
        missing=len(set(closed.inferred) - set(inferred)),
        findings=check_shapes([*asserted, *inferred]),
    )


def _check_tables(snapshot: Snapshot, store: ox.Store, made_here: Set[str]) -> Checked:
    """Draw the consequences once more, from file to file, and look each up. The shapes hold too much to be applied."""
    sources = [str(iri) for iri in cast("dict[str, int]", snapshot.manifest["graphs"]) if iri not in made_here]
    with tempfile.TemporaryDirectory(prefix="castgraph-check-") as name:
        said, inferred = Path(name) / "said.nt", Path(name) / "inferred.nt"
        with said.open("wb") as file:
            for iri in sources:
                store.dump(file, ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(iri))
        closed = infer_files([said], axioms(), inferred, equality=Path(name) / "equality.nt")
        expected = (quad.triple for quad in ox.parse(path=str(inferred), format=ox.RdfFormat.N_TRIPLES))
        missing = sum(
            ox.Quad(one.subject, one.predicate, one.object, ox.DefaultGraph()) not in store for one in expected
        )
    return Checked(snapshot, tuple(map(str, closed.violations)), missing, findings=())
