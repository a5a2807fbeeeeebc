"""The ontology: documented, inside OWL 2 RL, and in step with the context, the shapes and the alignment."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SKOS, XSD

from castgraph.context import context
from castgraph.iris import FILM, MISSION
from castgraph.ontology_files import axioms

GRAPH = axioms()
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
TERMS = sorted({term for kind in KINDS for term in GRAPH.subjects(RDF.type, kind) if isinstance(term, rdflib.URIRef)})
# OWL 2 Profiles, section 4.2: the datatypes of OWL 2 RL that we use.
DATATYPES = {XSD.integer, XSD.decimal, XSD.string, XSD.boolean}


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.rpartition("#")[2])
def test_a_term_says_what_it_means(term: rdflib.URIRef) -> None:
    assert GRAPH.value(term, RDFS.label)
    assert str(GRAPH.value(term, RDFS.comment)).endswith(".")
    defined_by = GRAPH.value(term, RDFS.isDefinedBy)
    assert str(term).startswith(f"{defined_by}#")
    local = term.rpartition("#")[2]
    is_class = (term, RDF.type, OWL.Class) in GRAPH
    assert local[0].isupper() == is_class, "UpperCamelCase for classes, lowerCamelCase for properties"


def test_no_property_turns_disagreement_into_identity() -> None:
    for kind in (OWL.FunctionalProperty, OWL.InverseFunctionalProperty):
        assert not list(GRAPH.subjects(RDF.type, kind))
    for property_ in (OWL.hasKey, OWL.maxCardinality, OWL.maxQualifiedCardinality, OWL.cardinality):
        assert not list(GRAPH.subjects(property_))


def test_the_axioms_are_inside_owl_2_rl() -> None:
    for restriction in GRAPH.subjects(OWL.someValuesFrom):
        assert not list(GRAPH.subjects(RDFS.subClassOf, restriction)), "someValuesFrom is no superclass in RL"
        assert not list(GRAPH.subjects(OWL.equivalentClass, restriction))
        assert list(GRAPH.objects(restriction, RDFS.subClassOf))
    used = {range_ for range_ in GRAPH.objects(None, RDFS.range) if str(range_).startswith(str(XSD))}
    assert used <= DATATYPES
    known = {str(predicate) for predicate in GRAPH.predicates() if str(predicate).startswith(str(OWL))}
    assert known <= {str(OWL[name]) for name in (
        "onProperty", "someValuesFrom", "inverseOf", "propertyChainAxiom", "members", "disjointWith", "imports", "versionInfo",
    )}  # fmt: skip


def test_asymmetric_properties_are_simple() -> None:
    """OWL 2 allows asymmetry and irreflexivity only of properties that nothing transitive or chained implies."""
    complex_ = set(GRAPH.subjects(RDF.type, OWL.TransitiveProperty)) | set(GRAPH.subjects(OWL.propertyChainAxiom))
    for property_ in GRAPH.subjects(RDF.type, OWL.AsymmetricProperty):
        assert property_ not in complex_
        assert not any(narrower in complex_ for narrower in GRAPH.subjects(RDFS.subPropertyOf, property_))


def test_the_context_has_every_term_with_its_range() -> None:
    known = context()
    for term in TERMS:
        prefix, local = ("film", term[len(FILM) :]) if term.startswith(FILM) else ("mission", term[len(MISSION) :])
        if (term, RDF.type, OWL.AnnotationProperty) in GRAPH or local in _NOT_READ:
            continue
        entry = known[local]
        assert (entry["@id"] if isinstance(entry, dict) else entry) == f"{prefix}:{local}"
        if isinstance(entry, dict) and (term, RDF.type, OWL.ObjectProperty) in GRAPH:
            assert entry["@type"] == "@id"
        range_ = GRAPH.value(term, RDFS.range)
        if isinstance(entry, dict) and range_ in DATATYPES - {XSD.string}:
            assert entry["@type"] == "xsd:" + str(range_).rpartition("#")[2]


# What castgraph says of its own work, which no reader yields.
_NOT_READ = {"sourceKind", "fileName", "citesFile", "sha256", "lineCount", "decisionOutcome", "decisionConfidence",
             "decidedBy", "decisionEvidence"}  # fmt: skip


@pytest.mark.parametrize("name", ["shapes.ttl", "alignment.ttl"])
def test_shapes_and_alignment_use_terms_that_exist(name: str) -> None:
    graph = rdflib.Graph().parse(files("castgraph.ontology").joinpath(name).read_bytes(), format="turtle")
    used = {str(term) for triple in graph for term in triple if str(term).startswith((FILM, MISSION))}
    assert used
    assert used <= {str(term) for term in TERMS}


def test_the_alignment_is_outside_the_closure() -> None:
    graph = rdflib.Graph().parse(files("castgraph.ontology").joinpath("alignment.ttl").read_bytes(), format="turtle")
    mappings = {predicate for predicate in graph.predicates() if str(predicate).startswith(str(SKOS))}
    assert {str(p).rpartition("#")[2] for p in mappings} <= {"closeMatch", "broadMatch", "relatedMatch"}
    assert not set(graph) & set(GRAPH)
    owl_terms = {str(p) for p in graph.predicates() if str(p).startswith(str(OWL))}
    assert not owl_terms


def test_the_context_is_plain_json() -> None:
    told = json.loads(files("castgraph.ontology").joinpath("context.jsonld").read_text(encoding="utf-8"))
    assert set(told) == {"@context"}
