"""Checks the graph against the SHACL shapes, with pySHACL. A report, never a change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib.resources import files

import pyoxigraph as ox
import rdflib

from castgraph.records import Json
from castgraph.shape_kinds import Kinds, node_of
from castgraph.shape_reach import reach_of

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


def check_shapes(triples: Iterable[ox.Triple], shapes: rdflib.Graph | None = None) -> tuple[Finding, ...]:
    """What shapes find in a graph, asserted and inferred triples together: the worst first.

    Each finding is pySHACL's. Where the shapes look no further than at a thing's own statements, it is asked about one
    thing of each kind, and about all of a kind of which that one has a finding (:mod:`castgraph.shape_kinds`).

    >>> check_shapes([])
    ()

    Args:
        triples: the graph.
        shapes: castgraph's own where None.
    """
    shapes = bundled_shapes() if shapes is None else shapes
    reach = reach_of(shapes)
    if reach is None:
        return check_all(triples, shapes)
    things = Kinds(triples, reach)
    kinds = things.sorted()
    findings = dict(_validate(things.graph(one[0] for one in kinds), shapes))
    others = [focus for one in kinds if node_of(one[0]) in findings for focus in one[1:]]
    if others:
        findings.update(_validate(things.graph(others), shapes))
    return _in_order(findings)


def check_all(triples: Iterable[ox.Triple], shapes: rdflib.Graph) -> tuple[Finding, ...]:
    """As :func:`check_shapes`, with everything shown to pySHACL: for shapes that look far, and to compare with."""
    data = rdflib.Graph()
    for triple in triples:
        data.add((node_of(triple.subject), rdflib.URIRef(triple.predicate.value), node_of(triple.object)))
    return _in_order(_validate(data, shapes))


def bundled_shapes() -> rdflib.Graph:
    """The shapes castgraph ships."""
    return rdflib.Graph().parse(files("castgraph.ontology").joinpath("shapes.ttl").read_bytes(), format="turtle")


def _validate(data: rdflib.Graph, shapes: rdflib.Graph) -> dict[rdflib.term.Node, set[Finding]]:
    """What pySHACL finds, by the thing it is found of."""
    from pyshacl import validate

    _, report, _ = validate(data, shacl_graph=shapes, inference="none", allow_infos=True, allow_warnings=True)
    found: dict[rdflib.term.Node, set[Finding]] = {}
    for result in report.subjects(rdflib.RDF.type, _SH.ValidationResult):
        focus, value = report.value(result, _SH.focusNode), report.value(result, _SH.value)
        finding = Finding(
            message=str(report.value(result, _SH.resultMessage)),
            focus=str(focus),
            value=None if value is None or value == focus else str(value),
            severity=Severity(str(report.value(result, _SH.resultSeverity)).rpartition("#")[2].lower()),
        )
        found.setdefault(focus, set()).add(finding)
    return found


def _in_order(findings: Mapping[rdflib.term.Node, set[Finding]]) -> tuple[Finding, ...]:
    every = {one for found in findings.values() for one in found}
    return tuple(
        sorted(every, key=lambda one: (list(Severity).index(one.severity), one.message, one.focus, one.value or ""))
    )


def summarise(findings: Sequence[Finding]) -> dict[tuple[Severity, str], int]:
    """How often each message was given."""
    return Counter((finding.severity, finding.message) for finding in findings)
