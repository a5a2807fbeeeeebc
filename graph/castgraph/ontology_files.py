"""The ontology files castgraph ships, as quads and as an rdflib graph, with the same blank nodes in both and every run."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

import pyoxigraph as ox
import rdflib

from castgraph.readers.rdf import numbered

AXIOMS = ("film.ttl", "mission.ttl")
"""The modules of the ontology that take part in the closure."""

ALIGNMENT = "alignment.ttl"
"""How the terms stand to other vocabularies: outside the closure."""


def ontology_quads(name: str, graph: str) -> Iterator[ox.Quad]:
    """A file's triples in a graph.

    >>> len(list(ontology_quads("film.ttl", "http://example.org/schema"))) > 500
    True
    """
    contents = files("castgraph.ontology").joinpath(name).read_bytes()
    for quad in numbered(ox.parse(contents, format=ox.RdfFormat.TURTLE), name.partition(".")[0]):
        yield ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph))


def axioms() -> rdflib.Graph:
    """The axioms of the film and mission ontology."""
    graph = rdflib.Graph()
    for name in AXIOMS:
        for quad in ontology_quads(name, "urn:castgraph:axioms"):
            graph.add((rdflib_term(quad.subject), rdflib_term(quad.predicate), rdflib_term(quad.object)))
    return graph


def rdflib_term(term: object) -> rdflib.term.Node:
    """A term as rdflib has it, blank nodes under the same label."""
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    assert isinstance(term, ox.Literal), "the ontology holds no triple terms"
    return rdflib.Literal(
        term.value, lang=term.language, datatype=None if term.language else rdflib.URIRef(term.datatype.value)
    )
