"""Proofs are right: each step is checked against the specification, for every inferred triple and rule by rule."""

from __future__ import annotations

import random

import pyoxigraph as ox
import pytest
from rdflib import Graph

from castgraph.proof import Prover, Step, Triple
from castgraph.proof_lists import rules
from castgraph.reason import closure
from castgraph.reason_rules import owl2rl
from castgraph.snapshot import Snapshot
from castgraph.store import LocalStore, rows
from tests.reasoning.proof_checker import CHECKS, check

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
EX = "http://example.org/"
PREFIXES = f"@prefix : <{EX}> . @prefix owl: <{OWL}> . @prefix rdf: <{RDF}> . @prefix rdfs: <{RDFS}> . @prefix xsd: <{XSD}> .\n"

# --- the bundled graph --------------------------------------------------------------------------------------------------


def test_every_inferred_triple_of_the_bundled_graph_has_a_proof_that_checks(
    snapshot: Snapshot, store: LocalStore
) -> None:
    prover, inferred = Prover.of(snapshot), ox.NamedNode(snapshot.iris.inferred)
    leaves: set[Step] = set()
    proved = 0
    for quad in store.raw.quads_for_pattern(None, None, None, inferred):
        triple = (str(quad.subject), str(quad.predicate), str(quad.object))
        step = prover.prove(triple)
        assert step is not None
        assert step.triple == triple
        assert not step.asserted
        check(step)
        leaves |= {each for each in step.steps() if each.asserted}
        proved += 1
    assert proved == snapshot.manifest["inferred"] > 1000  # type: ignore[operator]
    for leaf in leaves:
        for place in leaf.places:
            assert place.graph not in (snapshot.iris.inferred, snapshot.iris.graph("equality"))
            pattern = " ".join(leaf.triple)  # where it has a blank node, that stands for anything
            assert store.query(f"ASK {{ GRAPH <{place.graph}> {{ {pattern} }} }}")
            assert (place.line is None) == (place.graph == snapshot.iris.schema)


def test_lines_are_those_of_the_provenance_graph(snapshot: Snapshot, store: LocalStore) -> None:
    prover = Prover.of(snapshot)
    told = store.query(
        f"""PREFIX rdf: <{RDF}> PREFIX film: <https://w3id.org/castgraph/film#>
        SELECT ?s ?p ?o ?g ?line {{ ?x rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; film:statedIn ?g ; film:sourceLine ?line }}"""
    )
    expected: dict[Triple, set[tuple[str, int]]] = {}
    for row in rows(told):
        triple = (str(row["s"]), str(row["p"]), str(row["o"]))
        expected.setdefault(triple, set()).add((row["g"].value, int(row["line"].value)))
    assert len(expected) > 500
    for triple, places in expected.items():
        step = prover.prove(triple)
        assert step is not None
        assert step.asserted
        assert places <= {(place.graph, place.line) for place in step.places}


# --- small graphs, rule by rule -----------------------------------------------------------------------------------------


def graph_of(turtle: str) -> Graph:
    from castgraph.reason_owlrl import graph_of as rdflib_graph

    return rdflib_graph(quad.triple for quad in ox.parse(PREFIXES + turtle, format=ox.RdfFormat.TURTLE))


def term(text: str) -> str:
    (quad,) = ox.parse(f"{PREFIXES} :s :p {text} .", format=ox.RdfFormat.TURTLE)
    return str(quad.object)


def prove(turtle: str, goal: str) -> Step | None:
    s, p, o = goal.replace(" a ", " rdf:type ").replace(" = ", " owl:sameAs ").split(" ", 2)
    return Prover.of(graph_of(turtle)).prove((term(s), term(p), term(o)))


KEYED = ":C owl:hasKey (:p :q) . :x a :C ; :p :v ; :q '1' . :y a :C ; :p :v ; :q '1' ."
EACH = [
    ("eq-sym", ":a owl:sameAs :b .", ":b = :a"),
    ("eq-trans", ":a owl:sameAs :b . :b owl:sameAs :c .", ":a = :c"),
    ("eq-rep-s", ":a owl:sameAs :b . :a :p :c .", ":b :p :c"),
    ("eq-rep-p", ":p owl:sameAs :q . :a :p :c .", ":a :q :c"),
    ("eq-rep-o", ":a owl:sameAs :b . :c :p :a .", ":c :p :b"),
    ("prp-dom", ":p rdfs:domain :C . :x :p 'v' .", ":x a :C"),
    ("prp-rng", ":p rdfs:range :C . :x :p :y .", ":y a :C"),
    ("prp-fp", ":p a owl:FunctionalProperty . :x :p :a, :b .", ":a = :b"),
    ("prp-ifp", ":p a owl:InverseFunctionalProperty . :a :p 'v' . :b :p 'v' .", ":a = :b"),
    ("prp-symp", ":p a owl:SymmetricProperty . :x :p :y .", ":y :p :x"),
    ("prp-trp", ":p a owl:TransitiveProperty . :a :p :b . :b :p :c .", ":a :p :c"),
    ("prp-spo1", ":p rdfs:subPropertyOf :q . :x :p '05'^^xsd:integer .", ":x :q '05'^^xsd:integer"),
    ("prp-spo2", ":p owl:propertyChainAxiom (:q :r :q :s) . :a :q :b . :b :r :c . :c :q :d . :d :s :e .", ":a :p :e"),
    ("prp-eqp1", ":p owl:equivalentProperty :q . :x :p :y .", ":x :q :y"),
    ("prp-eqp2", ":p owl:equivalentProperty :q . :x :q :y .", ":x :p :y"),
    ("prp-inv1", ":p owl:inverseOf :q . :x :p :y .", ":y :q :x"),
    ("prp-inv2", ":p owl:inverseOf :q . :x :q :y .", ":y :p :x"),
    ("prp-key", KEYED, ":x = :y"),
    ("cls-int1", ":C owl:intersectionOf (:A :B :D) . :x a :A, :B, :D .", ":x a :C"),
    ("cls-int2", ":C owl:intersectionOf (:A :B :D) . :x a :C .", ":x a :B"),
    ("cls-uni", ":C owl:unionOf (:A :B :D) . :x a :B .", ":x a :C"),
    ("cls-oo", ":C owl:oneOf (:x :y) .", ":y a :C"),
    ("cls-svf1", ":C owl:onProperty :p ; owl:someValuesFrom :D . :x :p :y . :y a :D .", ":x a :C"),
    ("cls-svf2", ":C owl:onProperty :p ; owl:someValuesFrom owl:Thing . :x :p :y .", ":x a :C"),
    ("cls-avf", ":C owl:onProperty :p ; owl:allValuesFrom :D . :x a :C ; :p :y .", ":y a :D"),
    ("cls-hv1", ":C owl:onProperty :p ; owl:hasValue 'v' . :x a :C .", ":x :p 'v'"),
    ("cls-hv2", ":C owl:onProperty :p ; owl:hasValue 'v' . :x :p 'v' .", ":x a :C"),
    ("cls-maxc2", ":C owl:onProperty :p ; owl:maxCardinality 1 . :x a :C ; :p :a, :b .", ":a = :b"),
    ("cls-maxqc3", ":C owl:onProperty :p ; owl:maxQualifiedCardinality 1 ; owl:onClass :D . :x a :C ; :p :a, :b . :a a :D . :b a :D .", ":a = :b"),
    ("cls-maxqc4", ":C owl:onProperty :p ; owl:maxQualifiedCardinality 1 ; owl:onClass owl:Thing . :x a :C ; :p :a, :b .", ":a = :b"),
    ("cax-sco", ":A rdfs:subClassOf :B . :x a :A .", ":x a :B"),
    ("cax-eqc1", ":A owl:equivalentClass :B . :x a :A .", ":x a :B"),
    ("cax-eqc2", ":A owl:equivalentClass :B . :x a :B .", ":x a :A"),
    ("scm-cls", ":A a owl:Class .", ":A rdfs:subClassOf owl:Thing"),
    ("scm-sco", ":A rdfs:subClassOf :B . :B rdfs:subClassOf :C . :C rdfs:subClassOf :D .", ":A rdfs:subClassOf :D"),
    ("scm-eqc1", ":A owl:equivalentClass :B .", ":B rdfs:subClassOf :A"),
    ("scm-eqc2", ":A rdfs:subClassOf :B . :B rdfs:subClassOf :A .", ":A owl:equivalentClass :B"),
    ("scm-spo", ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .", ":p rdfs:subPropertyOf :r"),
    ("scm-eqp1", ":p owl:equivalentProperty :q .", ":q rdfs:subPropertyOf :p"),
    ("scm-eqp2", ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p .", ":p owl:equivalentProperty :q"),
    ("scm-dom1", ":p rdfs:domain :C . :C rdfs:subClassOf :D .", ":p rdfs:domain :D"),
    ("scm-dom2", ":q rdfs:domain :C . :p rdfs:subPropertyOf :q .", ":p rdfs:domain :C"),
    ("scm-rng1", ":p rdfs:range :C . :C rdfs:subClassOf :D .", ":p rdfs:range :D"),
    ("scm-rng2", ":q rdfs:range :C . :p rdfs:subPropertyOf :q .", ":p rdfs:range :C"),
    ("scm-hv", ":C owl:hasValue :v ; owl:onProperty :p . :D owl:hasValue :v ; owl:onProperty :q . :p rdfs:subPropertyOf :q .", ":C rdfs:subClassOf :D"),
    ("scm-svf1", ":C owl:someValuesFrom :Y ; owl:onProperty :p . :D owl:someValuesFrom :Z ; owl:onProperty :p . :Y rdfs:subClassOf :Z .", ":C rdfs:subClassOf :D"),
    ("scm-svf2", ":C owl:someValuesFrom :Y ; owl:onProperty :p . :D owl:someValuesFrom :Y ; owl:onProperty :q . :p rdfs:subPropertyOf :q .", ":C rdfs:subClassOf :D"),
    ("scm-avf1", ":C owl:allValuesFrom :Y ; owl:onProperty :p . :D owl:allValuesFrom :Z ; owl:onProperty :p . :Y rdfs:subClassOf :Z .", ":C rdfs:subClassOf :D"),
    ("scm-avf2", ":C owl:allValuesFrom :Y ; owl:onProperty :p . :D owl:allValuesFrom :Y ; owl:onProperty :q . :q rdfs:subPropertyOf :p .", ":C rdfs:subClassOf :D"),
    ("scm-int", ":C owl:intersectionOf (:A :B) .", ":C rdfs:subClassOf :B"),
    ("scm-uni", ":C owl:unionOf (:A :B) .", ":B rdfs:subClassOf :C"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "turtle", "goal"), EACH, ids=[rule for rule, _, _ in EACH])
def test_each_rule_is_named_and_checks(rule: str, turtle: str, goal: str) -> None:
    step = prove(turtle, goal)
    assert step is not None
    assert step.rule == rule
    check(step)


@pytest.mark.parametrize(("rule", "turtle", "goal"), EACH, ids=[rule for rule, _, _ in EACH])
def test_the_checker_refuses_the_premises_of_each_rule_for_another_conclusion(
    rule: str, turtle: str, goal: str
) -> None:
    step = prove(turtle, goal)
    assert step is not None
    s, p, _ = step.triple
    with pytest.raises(AssertionError):
        check(Step((s, p, f"<{EX}other>"), step.rule, step.premises))
    if step.premises[1:]:
        with pytest.raises(AssertionError):
            check(Step(step.triple, step.rule, step.premises[1:]))


def test_every_rule_of_the_rule_file_that_concludes_a_triple_can_be_explained() -> None:
    concluding = {rule.name for rule in owl2rl().rules if rule.name and rule.head != "violation"}
    explained = {name for name, _ in rules()}
    assert concluding <= explained
    assert explained - {"scm-dp"} == set(CHECKS)


PROVED_THROUGH = [
    ("a clique", ":a = :d", ":a owl:sameAs :b . :c owl:sameAs :b, :d .", {"eq-sym", "eq-trans"}),
    ("a join that only equality makes", ":x :p :y", ":p a owl:TransitiveProperty . :x :p :a . :a owl:sameAs :b . :b :p :y .", {"prp-trp"}),
    ("equality of equality", ":c :likes :z", ":p a owl:FunctionalProperty . :q a owl:FunctionalProperty . :x :p :a, :b . :a :q :c . :b :q :d . :d :likes :z .", {"prp-fp", "eq-rep-s"}),
    ("a key with a value made equal", ":x = :y", ":C owl:hasKey (:p) . :v owl:sameAs :w . :x a :C ; :p :v . :y a :C ; :p :w .", {"prp-key", "eq-rep-o"}),
    ("a restriction with a literal", ":x a :C", ":C owl:onProperty :p ; owl:someValuesFrom xsd:decimal . :x :p '05'^^xsd:integer .", {"cls-svf1", "dt-type2"}),
    ("a value written in two ways", ":x a :C", ":C owl:onProperty :p ; owl:hasValue '5'^^xsd:integer . :x :p '05'^^xsd:byte .", {"cls-hv2", "eq-rep-o", "dt-eq"}),
    ("a key with a value written in two ways", ":x = :y", ":C owl:hasKey (:p) . :x a :C ; :p 5 . :y a :C ; :p 5.0 .", {"prp-key", "eq-rep-o", "dt-eq"}),
    ("a property found to be transitive", ":a :p :c", ":p a :Part . :Part rdfs:subClassOf owl:TransitiveProperty . :a :p :b . :b :p :c .", {"prp-trp", "cax-sco"}),
    ("a property without a name", ":a :r :c", ":r owl:propertyChainAxiom ([owl:inverseOf :p] :q) . :b :p :a . :b :q :c .", {"prp-spo2"}),
    ("an anonymous class", ":x a :D", "[ owl:onProperty :p ; owl:someValuesFrom :E ] rdfs:subClassOf :D . :x :p :y . :y a :E .", {"cax-sco", "cls-svf1"}),
    ("a restriction below another", ":x a :D", ":C owl:onProperty :p ; owl:someValuesFrom :Y . [ owl:onProperty :q ; owl:someValuesFrom :Y ] rdfs:subClassOf :D . :p rdfs:subPropertyOf :q . :x a :C .", {"cax-sco", "scm-svf2"}),
    ("two restrictions that are alike", ":x a :D", ":C owl:onProperty :p ; owl:someValuesFrom :E . :D owl:onProperty :p ; owl:someValuesFrom :E . :x a :C .", {"cax-sco", "scm-svf1", "scm-cls"}),
    ("two values that are alike", ":C rdfs:subClassOf :D", ":C owl:onProperty :p ; owl:hasValue :v . :D owl:onProperty :p ; owl:hasValue :v .", {"scm-hv", "scm-op"}),
    ("a list with members that are equal", ":a a :C", ":C owl:oneOf (:a :b) . :a owl:sameAs :b .", {"cls-oo"}),
    ("a filler below owl:Thing", ":C rdfs:subClassOf :D", ":C owl:onProperty :p ; owl:someValuesFrom :A . :D owl:onProperty :p ; owl:someValuesFrom owl:Thing .", {"scm-svf1", "scm-cls"}),
    ("a filler above owl:Nothing", ":x a :D", ":C owl:onProperty :p ; owl:allValuesFrom owl:Nothing . :D owl:onProperty :p ; owl:allValuesFrom :A . :x a :C .", {"scm-avf1", "scm-cls"}),
    ("a class above owl:Thing", ":x a :A", ":A owl:unionOf (:D owl:Thing) . :B rdfs:subClassOf :C . :x a :B .", {"cls-uni", "cax-sco", "scm-cls"}),
    ("a key of owl:Thing", ":x = :y", "owl:Thing owl:hasKey (:p) . :B owl:disjointWith :C . :x a :B ; :p 1 . :y a :B ; :p 1 .", {"prp-key", "scm-cls"}),
    ("a class among disjoint ones", ":x a :A", "owl:Thing owl:equivalentClass :A . [] a owl:AllDisjointClasses ; owl:members (:B :C) . :x a :C .", {"cax-eqc1", "scm-cls"}),
    ("a circle of properties", ":A owl:equivalentClass :B", ":p owl:equivalentProperty :q . :A owl:onProperty :p ; owl:hasValue 1 . :B owl:onProperty :q ; owl:hasValue 1 .", {"scm-eqc2", "scm-hv", "scm-eqp1"}),
    ("owl:Thing", ":x a owl:Thing", ":C a owl:Class . :x a :C .", {"cax-sco", "scm-cls"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("goal", "turtle", "through"), [row[1:] for row in PROVED_THROUGH], ids=[row[0] for row in PROVED_THROUGH]
)
def test_a_proof_may_go_through(goal: str, turtle: str, through: set[str]) -> None:
    step = prove(turtle, goal)
    assert step is not None
    check(step)
    assert through <= {each.rule for each in step.steps()}


@pytest.mark.parametrize(
    ("turtle", "goal"),
    [
        (":p a owl:SymmetricProperty . :x :p :y .", ":x :p :z"),
        (":p owl:inverseOf :q . :q owl:inverseOf :p .", ":x :p :y"),
        (":A rdfs:subClassOf :B . :x a :B .", ":x a :A"),
        (":A rdfs:subClassOf :B .", ":B rdfs:subClassOf :A"),
        (":A owl:intersectionOf (:B :C) . :x a :B .", ":x a :A"),
        (KEYED.replace(":y a :C ; :p :v", ":y a :C ; :p :w"), ":x = :y"),
    ],
)
def test_what_does_not_follow_has_no_proof(turtle: str, goal: str) -> None:
    assert prove(turtle, goal) is None


def test_of_several_proofs_the_shortest_is_told() -> None:
    step = prove(":A rdfs:subClassOf :B . :B rdfs:subClassOf :C . :A rdfs:subClassOf :C . :x a :A, :B .", ":x a :C")
    assert step is not None
    assert len(list(step.steps())) == 3


AXIOMS = [
    "p0 a owl:TransitiveProperty",
    "p1 a owl:SymmetricProperty",
    "p0 rdfs:subPropertyOf :p1",
    "p1 owl:inverseOf :p2\n   ",
    "p2 a owl:FunctionalProperty",
    "p3 a owl:InverseFunctionalProperty",
    "p3 rdfs:domain :C0",
    "p2 rdfs:range :C1\n   ",
    "C0 rdfs:subClassOf :C1",
    "C1 owl:equivalentClass :C2",
    "C2 owl:intersectionOf (:C0 :C3)",
    "C3 owl:unionOf (:C1 :C4)\n   ",
    "C4 owl:oneOf (:n0 :n1)",
    "C0 owl:hasKey (:p0 :v)",
    "p3 owl:propertyChainAxiom (:p0 :p1 :p2)\n   ",
    "p2 owl:equivalentProperty :p3",
    "C0 rdfs:subClassOf [ owl:onProperty :p1 ; owl:someValuesFrom :C3 ]\n   ",
    "C5 owl:onProperty :p1 ; owl:someValuesFrom :C3",
    "C6 owl:onProperty :p2 ; owl:allValuesFrom :C1\n   ",
    "C1 rdfs:subClassOf :C6",
    "C7 owl:onProperty :v ; owl:hasValue 5",
    "C2 rdfs:subClassOf :C7\n   ",
    "C8 owl:onProperty :p0 ; owl:maxCardinality 1",
    "C3 rdfs:subClassOf :C8",
    "n0 owl:sameAs :n1\n   ",
    "C9 owl:onProperty [ owl:inverseOf :p0 ] ; owl:someValuesFrom :C1",
    "C9 rdfs:subClassOf :C4",
    "p4 owl:sameAs :p0\n   ",
    "C0 owl:sameAs :C3",
    "C5 rdfs:subClassOf :C0",
    "p0 a owl:ObjectProperty",
    "C1 a owl:Class",
    "n1 a :C2",
    "n3 a :C8\n   ",
    "n2 a :C6",
    "n4 a :C0",
    "C5 rdfs:subClassOf owl:Nothing",
    "C10 owl:onProperty :p1 ; owl:someValuesFrom owl:Thing",
    "C11 owl:onProperty :p2 ; owl:allValuesFrom owl:Nothing",
    "C12 owl:equivalentClass owl:Thing",
    "C3 owl:intersectionOf (:C1 owl:Thing)",
]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_inferred_from_random_axioms_and_facts_has_a_proof_that_checks(seed: int) -> None:
    dice = random.Random(seed)
    told = dice.sample(AXIOMS, dice.randint(6, 16))
    told += [f"n{dice.randint(0, 4)} :p{dice.randint(0, 4)} :n{dice.randint(0, 4)}" for _ in range(4)]
    told += [f"n{dice.randint(0, 4)} :v {dice.choice(('5', '5.0', '05', '6'))}" for _ in range(2)]
    graph = graph_of("".join(f":{statement.strip()} . " for statement in told))
    prover, closed = Prover.of(graph), closure(graph, Graph())
    for triple in (*closed.inferred, *closed.equality, *closed.axioms):
        step = prover.prove((str(triple.subject), str(triple.predicate), str(triple.object)))
        assert step is not None
        check(step)
