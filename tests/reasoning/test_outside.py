"""Each kind of axiom that the rules cannot use, or not wholly, is named in a warning; and no other is."""

from __future__ import annotations

import pytest

from castgraph.reason_axioms import Axioms
from castgraph.reason_outside import DATA_RANGES, ONLY_ABOVE, ONLY_BELOW, UNIVERSAL, UNKNOWN, warnings

from .conftest import given_triples, short


def said(turtle: str) -> list[str]:
    stated = Axioms((str(t.subject), str(t.predicate), str(t.object)) for t in given_triples(turtle))
    return [short(warning) for warning in warnings(stated)]


KINDS = {
    **{name: f"[ owl:onProperty :p ; owl:{name} 1 ] ." for name in UNKNOWN if name.startswith("min")},
    "hasSelf": "[ owl:onProperty :p ; owl:hasSelf true ] .",
    "disjointUnionOf": ":C owl:disjointUnionOf ( :D :E ) .",
    "onProperties": "[ owl:onProperties ( :p :q ) ; owl:someValuesFrom :D ] .",
    "onDataRange": '[ owl:onProperty :p ; owl:maxQualifiedCardinality 1 ; owl:onDataRange xsd:integer ] .',
    "cardinality 1": "[ owl:onProperty :p ; owl:cardinality 1 ] .",
    "qualifiedCardinality 1": "[ owl:onProperty :p ; owl:qualifiedCardinality 1 ; owl:onClass :D ] .",
    "at most 2": "[ owl:onProperty :p ; owl:maxCardinality 2 ] .",
    "at most 3": "[ owl:onProperty :p ; owl:maxQualifiedCardinality 3 ; owl:onClass :D ] .",
    "at most many": ":C owl:onProperty :p ; owl:maxCardinality :many .",
    "datatypeComplementOf": ":t owl:datatypeComplementOf xsd:integer .",
    "withRestrictions": ":t owl:withRestrictions ( [ xsd:minInclusive 5 ] ) .",
    "subclass of an owl:someValuesFrom": ":C rdfs:subClassOf [ owl:onProperty :p ; owl:someValuesFrom :D ] .",
    "subclass of an owl:unionOf": ":C rdfs:subClassOf [ owl:unionOf ( :D :E ) ] .",
    "subclass of an owl:oneOf": ":C rdfs:subClassOf [ owl:oneOf ( :a :b ) ] .",
    "an owl:allValuesFrom expression": "[ owl:onProperty :p ; owl:allValuesFrom :D ] rdfs:subClassOf :C .",
    "an owl:complementOf expression": "[ owl:complementOf :D ] rdfs:subClassOf :C .",
    "an owl:maxCardinality expression": "[ owl:onProperty :p ; owl:maxCardinality 1 ] rdfs:subClassOf :C .",
    "an owl:maxQualifiedCardinality expression":
        "[ owl:onProperty :p ; owl:maxQualifiedCardinality 0 ; owl:onClass :D ] rdfs:subClassOf :C .",
    "equivalentClass, one way": ":C owl:equivalentClass [ owl:onProperty :p ; owl:allValuesFrom :D ] .",
    "owl:Thing is a subclass": "owl:Thing rdfs:subClassOf :C .",
    "reflexive": ":p a owl:ReflexiveProperty .",
    **{name: f":p rdfs:subPropertyOf owl:{name} ." for name in UNIVERSAL},
    "owl:real": ":p rdfs:range owl:real .",
    "owl:rational": ":p rdfs:range owl:rational .",
    "data range": "[] a rdfs:Datatype ; owl:oneOf ( 1 2 ) .",
    "data range, a union": ":t a rdfs:Datatype ; owl:unionOf ( xsd:integer xsd:string ) .",
    "no property of OWL 2": ":A owl:subClassOf :B .",
    "no class of OWL 2": ":p a owl:SymetricProperty .",
    "is the literal": ":p rdfs:domain 'A' .",
    "= of a is the literal": ":a owl:sameAs 'b' .",
    "AllDifferent has no": "[] a owl:AllDifferent .",
    "AllDisjointClasses has no": "[] a owl:AllDisjointClasses .",
    "AllDisjointProperties has no": "[] a owl:AllDisjointProperties .",
    "assertionProperty": "[] a owl:NegativePropertyAssertion ; owl:sourceIndividual :a ; owl:targetValue 1 .",
    "no owl:onProperty": ":C a owl:Restriction ; owl:someValuesFrom :D .",
    "not stated to be an rdfs:Datatype": ":C owl:oneOf ( 1 2 ) .",
    "lists literals, where names": ":C owl:unionOf ( :A 'B' ) .",
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_an_axiom_the_rules_cannot_use_is_named(kind: str) -> None:
    (warning,) = [each for each in said(KINDS[kind]) if kind.partition(", ")[0] in each or "," in kind]
    assert warning


def test_every_name_in_the_lists_has_a_case() -> None:
    tested = "".join(KINDS.values())
    for name in (*UNKNOWN, *DATA_RANGES, *ONLY_BELOW, *ONLY_ABOVE, *UNIVERSAL):
        assert f"owl:{name} " in tested, name


@pytest.mark.parametrize(
    "turtle",
    [
        ":A a owl:Class ; rdfs:subClassOf :B , [ a owl:Restriction ; owl:onProperty :p ; owl:allValuesFrom :C ] .",
        "[ owl:onProperty :p ; owl:someValuesFrom :D ] rdfs:subClassOf :C . [ owl:unionOf ( :D :E ) ] rdfs:subClassOf :C .",
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxCardinality 1 ] , [ owl:onProperty :p ; owl:hasValue 'v' ] .",
        ":C owl:equivalentClass [ owl:intersectionOf ( :A :B ) ] ; owl:hasKey ( :p :q ) ; owl:disjointWith :D .",
        ":p a owl:ObjectProperty, owl:FunctionalProperty ; owl:inverseOf :q ; rdfs:range xsd:integer ; rdfs:comment 'c' .",
        ":p owl:propertyChainAxiom ( :q :r ) . [] a owl:AllDifferent ; owl:distinctMembers ( :a :b ) . :a owl:sameAs :c .",
        "[] a owl:NegativePropertyAssertion ; owl:sourceIndividual :a ; owl:assertionProperty :p ; owl:targetValue 1 .",
        "<http://example.org/> a owl:Ontology ; owl:imports :o ; owl:versionIRI :v ; owl:versionInfo '1' .",
        "[] a owl:Axiom ; owl:annotatedSource :A ; owl:annotatedProperty rdfs:subClassOf ; owl:annotatedTarget :B .",
        ":age a rdfs:Datatype ; owl:equivalentClass xsd:integer . :x a owl:NamedIndividual, owl:Thing .",
    ],
)  # fmt: skip
def test_an_axiom_the_rules_can_use_is_not(turtle: str) -> None:
    assert said(turtle) == []
