"""The RL ontology of OWL2Bench loads and closes; what follows from a small department is derived by hand."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from tests.conformance.oracle import everything, shared, triples

UB = "https://kracr.iiitd.edu.in/OWL2Bench#"
DEPARTMENT = f"""
@prefix ub: <{UB}> . @prefix : <http://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
:ann ub:enrollIn :physics ; ub:hasID "7" ; ub:enrollFor :bsc, :bachelor .
:anne a ub:Student ; ub:hasID "7" .
:ben a ub:Person ; ub:hasID "7" .
:physics ub:isPartOf :college . :college ub:isSubOrganizationOf :university .
:prof ub:advises :ann ; ub:worksFor :physics .
"""
FOLLOWS = {
    "prp-dom": ":ann a ub:Student",
    "prp-dom, cax-sco": ":ann a ub:Person",
    "prp-spo1": ":ann ub:isStudentOf :physics",
    "prp-eqp1": ":prof ub:isAdvisorOf :ann",
    "prp-eqp2, prp-trp": ":physics ub:isPartOf :university",
    "prp-spo2 over enrollIn": ":ann ub:isMemberOf :university",
    "prp-spo2 over worksFor": ":prof ub:isMemberOf :college",
    "prp-key": ":ann owl:sameAs :anne",
    "prp-fp": ":bsc owl:sameAs :bachelor",
    "eq-rep-s": ":anne ub:enrollIn :physics",
}
DOES_NOT_FOLLOW = {"no student, no key": ":ben owl:sameAs :ann", "no inverse": ":physics ub:enrollIn :ann"}


@pytest.fixture(scope="module")
def department() -> ox.Store:
    ontology = shared("data/reasoning/owl2bench_UNIV-BENCH-OWL2RL.owl")
    return everything(triples(ontology.read_bytes(), ox.RdfFormat.RDF_XML, UB) + triples(DEPARTMENT))


def asks(store: ox.Store, pattern: str) -> bool:
    prefixes = f"PREFIX ub: <{UB}> PREFIX : <http://example.org/> PREFIX owl: <http://www.w3.org/2002/07/owl#>"
    return bool(store.query(f"{prefixes} ASK {{ {pattern} }}"))


@pytest.mark.parametrize("pattern", FOLLOWS.values(), ids=FOLLOWS)
def test_follows(department: ox.Store, pattern: str) -> None:
    assert asks(department, pattern)


@pytest.mark.parametrize("pattern", DOES_NOT_FOLLOW.values(), ids=DOES_NOT_FOLLOW)
def test_does_not_follow(department: ox.Store, pattern: str) -> None:
    assert not asks(department, pattern)
