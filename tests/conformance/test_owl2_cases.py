"""The OWL 2 test cases of the RL profile, from the file the working group published.

Each case is of several types, and each type is one test here. A conclusion's blank nodes stand for anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, cached_property

import pyoxigraph as ox
import pytest

from tests.conformance.oracle import PREFIXES, SHARED, A, Triples, close, follows, is_consistent, shared, triples

TEST = "http://www.w3.org/2007/OWL/testOntology#"
FILE = "data/reasoning/owl2_tests.rdf"

# Premises given in functional syntax only, put into Turtle as the OWL 2 mapping to RDF graphs has it.
TRANSLATED = {
    "functionality-clash": """
        :a a owl:NamedIndividual, [ a owl:Restriction ; owl:onProperty :hasAge ; owl:hasValue "18"^^xsd:integer ],
            [ a owl:Restriction ; owl:onProperty :hasAge ; owl:hasValue "19"^^xsd:integer ] .
        :hasAge a owl:DatatypeProperty, owl:FunctionalProperty .""",
    "Plus and Minus Zero are Distinct": """
        :Meg a owl:NamedIndividual ; :numberOfChildren "+0.0"^^xsd:float, "-0.0"^^xsd:float .
        :numberOfChildren a owl:DatatypeProperty, owl:FunctionalProperty .""",
    "string-integer-clash": """
        :a a owl:NamedIndividual, [ a owl:Restriction ; owl:onProperty :hasAge ; owl:hasValue "aString" ] .
        :hasAge a owl:DatatypeProperty ; rdfs:range xsd:integer .""",
}

_REFLEXIVE = "the profile has no reflexive properties (section 4.2.5), although the file says this is of it"
_ANNOTATION = "means nothing under the Direct Semantics, of which this is; under the RDF-Based one, the rules', it does not follow"
_EXPRESSION = "no rule concludes that there is a class expression"
_DATATYPES = "no rule concludes that values of two datatypes are values of a third"
NOT_IN_THE_TABLES = {
    ("New-Feature-ReflexiveProperty-001", "PositiveEntailmentTest"): _REFLEXIVE,
    ("New-Feature-ReflexiveProperty-001", "ProfileIdentificationTest"): _REFLEXIVE,
    ("WebOnt-I4.6-005-Direct", "PositiveEntailmentTest"): _ANNOTATION,
    ("WebOnt-equivalentClass-008-Direct", "PositiveEntailmentTest"): _ANNOTATION,
    ("WebOnt-I5.26-010", "PositiveEntailmentTest"): _EXPRESSION,
    ("WebOnt-I5.5-005", "PositiveEntailmentTest"): _EXPRESSION,
    ("WebOnt-I5.8-006", "PositiveEntailmentTest"): _DATATYPES,
    ("WebOnt-I5.8-008", "PositiveEntailmentTest"): _DATATYPES,
    ("WebOnt-I5.8-009", "PositiveEntailmentTest"): _DATATYPES,
    ("chain2trans1", "PositiveEntailmentTest"): "no rule concludes that a property is transitive",
}


class Case:
    """One test case of the file."""

    def __init__(self, store: ox.Store, node: ox.NamedNode) -> None:
        self._store = store
        self._node = node
        self.identifier = self._one("identifier")
        self.types = sorted(
            type_.value.removeprefix(TEST)
            for type_ in self._objects(A)
            if isinstance(type_, ox.NamedNode) and type_.value != TEST + "TestCase"
        )

    @cached_property
    def premises(self) -> Triples:
        """The premise ontology with what it imports."""
        if self.identifier in TRANSLATED:
            return triples(PREFIXES + TRANSLATED[self.identifier])
        found = self._ontology(self._node, "rdfXmlPremiseOntology")
        for imported in self._objects(ox.NamedNode(TEST + "importedOntology")):
            found += self._ontology(imported, "rdfXmlInputOntology")
        return found

    def conclusion(self) -> Triples:
        return self._ontology(self._node, "rdfXmlConclusionOntology")

    def non_conclusion(self) -> Triples:
        return self._ontology(self._node, "rdfXmlNonConclusionOntology")

    def _ontology(self, node: object, predicate: str) -> Triples:
        (text,) = self._objects(ox.NamedNode(TEST + predicate), node)
        assert isinstance(text, ox.Literal)
        return triples(text.value, ox.RdfFormat.RDF_XML, "http://example.org/")

    def _objects(self, predicate: ox.NamedNode, node: object = None) -> list[object]:
        subject = node or self._node
        assert isinstance(subject, ox.NamedNode | ox.BlankNode)
        return [quad.object for quad in self._store.quads_for_pattern(subject, predicate, None)]

    def _one(self, predicate: str) -> str:
        (found,) = self._objects(ox.NamedNode(TEST + predicate))
        assert isinstance(found, ox.Literal)
        return found.value


@cache
def cases() -> dict[str, Case]:
    """The cases of the RL profile, by identifier."""
    path = SHARED / FILE
    if not path.exists():
        return {}
    store = ox.Store()
    # pyoxigraph wants entities in double quotes.
    text = re.sub(r"(<!ENTITY \w+ )'([^']*)'", r'\1"\2"', path.read_text(encoding="utf-8"))
    store.load(text, format=ox.RdfFormat.RDF_XML, base_iri="http://example.org/")
    profile = store.quads_for_pattern(None, ox.NamedNode(TEST + "profile"), ox.NamedNode(TEST + "RL"))
    nodes = [quad.subject for quad in profile if isinstance(quad.subject, ox.NamedNode)]
    return {case.identifier: case for case in sorted((Case(store, node) for node in nodes), key=lambda c: c.identifier)}


def _is_in_profile(case: Case) -> bool:
    """castgraph warns of axioms outside the profile: of these, there is nothing to warn."""
    return not close(case.premises).warnings


HANDLERS: dict[str, Callable[[Case], bool]] = {
    "ProfileIdentificationTest": _is_in_profile,
    "ConsistencyTest": lambda case: is_consistent(case.premises),
    "InconsistencyTest": lambda case: not is_consistent(case.premises),
    "PositiveEntailmentTest": lambda case: follows(case.conclusion(), case.premises),
    "NegativeEntailmentTest": lambda case: not follows(case.non_conclusion(), case.premises),
}


def _tests() -> list[object]:
    return [
        pytest.param(
            identifier,
            type_,
            id=f"{identifier} {type_}",
            marks=[pytest.mark.xfail(reason=reason)] if (reason := NOT_IN_THE_TABLES.get((identifier, type_))) else [],
        )
        for identifier, case in cases().items()
        for type_ in case.types
    ]


@pytest.mark.parametrize(("identifier", "type_"), _tests())
def test_case(identifier: str, type_: str) -> None:
    assert HANDLERS[type_](cases()[identifier])


def test_every_case_of_the_profile_is_run() -> None:
    shared(FILE)
    assert len(cases()) == 64
    assert {type_ for case in cases().values() for type_ in case.types} == set(HANDLERS)
    assert {(identifier, type_) for identifier, case in cases().items() for type_ in case.types} >= set(
        NOT_IN_THE_TABLES
    )
