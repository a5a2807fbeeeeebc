"""What a build tells: what it read, decided, inferred and found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from castgraph.identity import Decision, Outcome
from castgraph.iris import RDF, shorten
from castgraph.records import Json, Skipped
from castgraph.shapes import Finding, Severity, summarise


@dataclass(frozen=True)
class SourceReport:
    """What came of one source. ``graph`` is None for an RDF file with graphs of its own."""

    file: str
    kind: str
    publisher: str
    graph: str | None
    records: int
    quads: int
    skipped: tuple[Skipped, ...]

    def as_json(self) -> dict[str, Json]:
        """For ``--json``."""
        return {
            "file": self.file,
            "kind": self.kind,
            "publisher": self.publisher,
            "graph": self.graph,
            "records": self.records,
            "quads": self.quads,
            "skipped": [{"line": one.line, "text": one.text, "reason": one.reason} for one in self.skipped],
        }


@dataclass(frozen=True)
class BuildReport:
    """What a build tells."""

    sources: tuple[SourceReport, ...]
    decisions: tuple[Decision, ...]
    inferred: dict[str, int]  # new triples by property, types by class
    warnings: tuple[str, ...]
    findings: tuple[Finding, ...]
    quads: int
    snapshot: str
    seconds: float
    tables: Mapping[str, Json] | None = None  # what became of the rows of tables

    @property
    def inferred_triples(self) -> int:
        """How many triples were inferred."""
        return sum(self.inferred.values())

    def as_json(self) -> dict[str, Json]:
        """For ``--json`` and ``report.json``."""
        return {
            "snapshot": self.snapshot,
            "quads": self.quads,
            "seconds": round(self.seconds, 2),
            "sources": [source.as_json() for source in self.sources],
            "decisions": [decision.as_json() for decision in self.decisions],
            "inferred": {"triples": self.inferred_triples, "by_property": dict(self.inferred)},
            "warnings": list(self.warnings),
            "findings": [finding.as_json() for finding in self.findings],
            **({} if self.tables is None else {"tables": dict(self.tables)}),
        }

    def lines(self) -> Iterator[str]:
        """The report for people, line by line."""
        yield "Read"
        for source in self.sources:
            yield f"  {source.file} ({source.kind}): {source.records} records, {source.quads} quads"
            for skipped in source.skipped:
                yield f"    line {skipped.line} not used: {skipped.reason}: {skipped.text[:80]}"
        outcomes = Counter(decision.outcome for decision in self.decisions)
        told = ", ".join(f"{count} {outcome.value}" for outcome, count in outcomes.items()) or "nothing to decide"
        yield f"Identity: {told}"
        for decision in self.decisions:
            if decision.outcome is not Outcome.SAME or decision.confidence < 0.95:
                yield f"  {decision}"
        yield f"Inferred: {self.inferred_triples} triples"
        if self.inferred:
            yield "  " + ", ".join(f"{count} {what}" for what, count in self.inferred.items())
        for warning in self.warnings:
            yield f"  warning: {warning}"
        worst = (
            "conforms" if not any(one.severity is Severity.VIOLATION for one in self.findings) else "does NOT conform"
        )
        of_what = " (the pages alone; tables are not held against them)" if self.tables else ""
        yield f"Checks: consistent; {worst} to the shapes{of_what}"
        for (severity, message), count in summarise(self.findings).items():
            yield f"  {severity.value}: {message} ({count})"
        yield f"Snapshot {self.snapshot}: {self.quads} quads in {self.seconds:.1f} s"


def by_property(quads: Iterable[ox.Quad]) -> dict[str, int]:
    """How many quads there are of each property, and of each class for types; the most first."""
    counts: Counter[str] = Counter()
    for quad in quads:
        is_type = quad.predicate.value == RDF + "type" and isinstance(quad.object, ox.NamedNode)
        counts[f"a {shorten(quad.object.value)}" if is_type else shorten(quad.predicate.value)] += 1  # type: ignore[union-attr]
    return dict(counts.most_common())
