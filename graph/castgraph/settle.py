"""Settles a changed draft: closes it, checks it, and tells what it holds, so that it can be published as a snapshot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from castgraph.attribution import attribute
from castgraph.draft import Draft
from castgraph.errors import InconsistentDataError
from castgraph.ontology_files import axioms
from castgraph.reason import Reasoner, closure
from castgraph.records import Json
from castgraph.report import by_property
from castgraph.shapes import Finding, check_shapes
from castgraph.snapshot import digest, named_quads


@dataclass(frozen=True)
class Contents:
    """What a store holds, counted: quads, triples of the union, triples of each graph, inferred triples by property."""

    quads: int
    triples: int
    graphs: dict[str, int]
    inferred: dict[str, int]

    def as_json(self) -> dict[str, Json]:
        """As the manifest says it."""
        return {
            "quads": self.quads,
            "triples": self.triples,
            "inferred": sum(self.inferred.values()),
            "graphs": {**self.graphs},
        }


@dataclass(frozen=True)
class Settled:
    """A settled store. ``gained`` and ``lost`` count the inferred triples that came and went."""

    id: str
    contents: Contents
    gained: int
    lost: int
    warnings: tuple[str, ...]
    findings: tuple[Finding, ...]


def _silent(_: str) -> None:
    """No progress is told."""


def settle(draft: Draft, reasoner: Reasoner = Reasoner.NEMO, progress: Callable[[str], None] = _silent) -> Settled:
    """Bring everything that follows from what is said up to date in a draft, and check it.

    Raises:
        InconsistentDataError: the data contradict the ontology.
        ReasonerError: the rule engine failed.
    """
    progress("inferring")
    attribute(draft)
    asserted = [quad.triple for quad in draft.asserted()]
    closed = closure(asserted, axioms(), reasoner=reasoner)
    if closed.violations:
        raise InconsistentDataError(tuple(str(violation) for violation in closed.violations))
    inferred = dict.fromkeys((*closed.inferred, *closed.axioms))
    lost, gained = _exchange(draft, ox.NamedNode(draft.iris.inferred), inferred)
    _exchange(draft, ox.NamedNode(draft.iris.equality), closed.equality)
    progress("checking shapes")
    findings = check_shapes((*asserted, *inferred))
    progress("storing")
    draft.store.optimize()
    draft.store.flush()
    quads = list(named_quads(draft.store))
    graphs = Counter(quad.graph_name.value for quad in quads if isinstance(quad.graph_name, ox.NamedNode))
    return Settled(
        id=digest(quads),
        contents=Contents(
            quads=len(quads),
            triples=len(draft.store) - len(quads),
            graphs=dict(sorted(graphs.items())),
            inferred=by_property(ox.Quad(one.subject, one.predicate, one.object) for one in inferred),
        ),
        gained=gained,
        lost=lost,
        warnings=tuple(closed.warnings),
        findings=findings,
    )


def _exchange(draft: Draft, graph: ox.NamedNode, triples: Iterable[ox.Triple]) -> tuple[int, int]:
    """Let a graph of castgraph's own hold these triples and no others; how many went, and how many came."""
    wanted = {ox.Quad(one.subject, one.predicate, one.object, graph): None for one in triples}
    standing = set(draft.store.quads_for_pattern(None, None, None, graph))
    gone = [quad for quad in standing if quad not in wanted]
    new = [quad for quad in wanted if quad not in standing]
    draft.write(gone, new)
    return len(gone), len(new)
