"""The W3C's tests of SPARQL under entailment, run from their manifest: the query over the closure of the data.

Those whose regimes are RDF or RDFS, or OWL with the RL profile, are castgraph's to answer; the others are listed.
"""

from __future__ import annotations

from functools import cache

import pyoxigraph as ox
import pytest
from rdflib import Graph, Namespace
from rdflib.collection import Collection
from rdflib.term import Node

from tests.conformance.oracle import OWL, SHARED, everything, shared, triples

FOLDER = "w3c/sparql11/entailment"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
KINDS = {MF.QueryEvaluationTest}
OWL_TERMS = frozenset({f"<{OWL}Nothing>", f"<{OWL}Thing>"})
"""Answers only where the data speak of them, or the regime is one of OWL (SPARQL 1.1 Entailment Regimes, condition C2)."""

_DL = "asks for class expressions that only a Direct Semantics (DL) reasoner matches"
_PROFILE = "the ontology is of the DL, EL or QL profile, not RL"
_RIF = "a RIF rule set"
NOT_APPLICABLE = {
    "d-ent-01": "the D regime alone",
    "paper-sparqldl-Q1": _PROFILE,
    "paper-sparqldl-Q2": _DL,
    "paper-sparqldl-Q3": _DL,
    "paper-sparqldl-Q4": _PROFILE,
    **dict.fromkeys([f"parent{number}" for number in (3, 4, 5, 6, 7, 8, 9, 10)], _DL),
    **dict.fromkeys(["rif01", "rif03", "rif04", "rif06"], _RIF),
    **dict.fromkeys([f"simple{number}" for number in range(2, 9)], _DL),
    **dict.fromkeys(["sparqldl-10", "sparqldl-11", "sparqldl-12"], _PROFILE),
}
NOT_IN_THE_TABLES = {
    "rdf01": "that what stands as a predicate is an rdf:Property (rdfD2) is no rule of OWL 2 RL",
    "rdfs11": "that every property is one of its own subproperties (rdfs6) is a rule for declared ones only (scm-op, scm-dp)",
    "simple1": "asks for members of a class expression that stands in the query only; no rule makes up class expressions",
}


@cache
def manifest() -> tuple[Graph, tuple[Node, ...]]:
    """The manifest with its tests in order; no tests where ../shared is absent."""
    path = SHARED / FOLDER / "manifest.ttl"
    graph = Graph()
    if not path.exists():
        return graph, ()
    graph.parse(path)
    (listed,) = graph.objects(None, MF.entries)
    return graph, tuple(Collection(graph, listed))


def name(test: Node) -> str:
    return str(test).rpartition("#")[2]


def answerable(test: Node) -> bool:
    """Whether a regime or profile of the test is one castgraph answers for."""
    return bool(
        said(test, SD.entailmentRegime) & {"RDF", "RDFS"}
        or ("RL" in said(test, SD.EntailmentProfile) and "RIF" not in said(test, SD.entailmentRegime))
    )


def said(test: Node, predicate: Node) -> set[str]:
    """The regimes or profiles the manifest gives: one, or a list."""
    graph, _ = manifest()
    found = graph.value(graph.value(test, MF.action), predicate)
    listed = [] if found is None else list(Collection(graph, found)) or [found]
    return {str(one).rpartition("/")[2] for one in listed}


def _runs() -> list[object]:
    _, tests = manifest()
    return [
        pytest.param(
            test,
            id=name(test),
            marks=[pytest.mark.xfail(reason=reason)] if (reason := NOT_IN_THE_TABLES.get(name(test))) else [],
        )
        for test in tests
        if name(test) not in NOT_APPLICABLE
    ]


@pytest.mark.parametrize("test", _runs())
def test_entailment(test: Node) -> None:
    graph, _ = manifest()
    assert set(graph.objects(test, graph.namespace_manager.expand_curie("rdf:type"))) <= KINDS
    action = graph.value(test, MF.action)

    def file(node: Node | None, predicate: Node) -> str:
        return str(graph.value(node, predicate)).rpartition("/")[2]

    folder = shared(FOLDER)
    data = triples((folder / file(action, QT.data)).read_bytes(), base="http://example.org/")
    query = (folder / file(action, QT.query)).read_text(encoding="utf-8")
    found = everything(data).query(query, base_iri="http://example.org/")
    expected = ox.parse_query_results(path=folder / file(test, MF.result), format=ox.QueryResultsFormat.XML)
    if isinstance(expected, ox.QueryBoolean):
        assert bool(found) == bool(expected)
        return
    assert isinstance(found, ox.QuerySolutions)
    assert isinstance(expected, ox.QuerySolutions)
    strange = OWL_TERMS - {
        term for triple in data for term in map(str, (triple.subject, triple.predicate, triple.object))
    }
    if any(regime.startswith("OWL") for regime in said(test, SD.entailmentRegime)):
        strange = frozenset()
    assert {row for row in _rows(found) if not strange & {text for _, text in row}} == _rows(expected)


def _rows(solutions: ox.QuerySolutions) -> set[tuple[tuple[str, str], ...]]:
    """The solutions as a set: under entailment each answer counts once. A blank node is as good as another."""
    names = sorted(variable.value for variable in solutions.variables)
    return {
        tuple((n, "_:" if isinstance(term, ox.BlankNode) else str(term)) for n in names if (term := row[n]) is not None)
        for row in solutions
    }


def test_every_test_is_run_or_listed() -> None:
    shared(FOLDER)
    _, tests = manifest()
    assert len(tests) == 70
    assert {name(test) for test in tests if not answerable(test)} == set(NOT_APPLICABLE)
    assert set(NOT_IN_THE_TABLES) <= {name(test) for test in tests} - set(NOT_APPLICABLE)
