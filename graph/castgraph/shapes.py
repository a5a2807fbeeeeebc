"""Checks the graph against the SHACL shapes, with pySHACL. A report, never a change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib.resources import files

import pyoxigraph as ox
import rdflib

from castgraph.records import Json

_SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")


class Severity(Enum):
    """How bad a finding is: an error of the data, a disagreement, or something left open."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, order=True)
class Finding:
    """What a shape says of a thing."""

    message: str
    focus: str
    value: str | None
    severity: Severity

    def as_json(self) -> dict[str, Json]:
        """For the report."""
        return {"severity": self.severity.value, "message": self.message, "focus": self.focus, "value": self.value}


def check_shapes(triples: Iterable[ox.Triple]) -> tuple[Finding, ...]:
    """What the shapes find in a graph, asserted and inferred triples together: the worst first.

    >>> check_shapes([])
    ()
    """
    from pyshacl import validate

    data = rdflib.Graph()
    data.parse(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), format="nt")
    shapes = rdflib.Graph()
    shapes.parse(files("castgraph.ontology").joinpath("shapes.ttl").read_bytes(), format="turtle")
    _, report, _ = validate(data, shacl_graph=shapes, inference="none", allow_infos=True, allow_warnings=True)
    found = set()
    for result in report.subjects(rdflib.RDF.type, _SH.ValidationResult):
        severity = str(report.value(result, _SH.resultSeverity)).rpartition("#")[2].lower()
        value = report.value(result, _SH.value)
        found.add(
            Finding(
                message=str(report.value(result, _SH.resultMessage)),
                focus=str(report.value(result, _SH.focusNode)),
                value=None if value is None or value == report.value(result, _SH.focusNode) else str(value),
                severity=Severity(severity),
            )
        )
    return tuple(sorted(found, key=lambda finding: (list(Severity).index(finding.severity), finding)))


def summarise(findings: Sequence[Finding]) -> dict[tuple[Severity, str], int]:
    """How often each message was given."""
    return Counter((finding.severity, finding.message) for finding in findings)
