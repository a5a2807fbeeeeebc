"""The ontology as schema tables: closed, then laid out for the fixed rule program ``ontology/owl2rl.rls``.

A graph may hold axioms and instance data side by side. :func:`is_axiom` tells them apart triple by triple, so that the
hierarchy is closed first, without a look at any instance (:mod:`castgraph.reason_hierarchy`). Table names and columns are those of the rule file; terms are in N-Triples form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, cast

from castgraph.errors import OntologyError
from castgraph.reason_axioms import OWL as OWL
from castgraph.reason_axioms import RDF as RDF
from castgraph.reason_axioms import RDFS as RDFS
from castgraph.reason_axioms import XSD as XSD
from castgraph.reason_axioms import Axiom, Axioms

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

VOCABULARIES = (RDF, RDFS, OWL, XSD)

ANNOTATIONS = frozenset({RDFS + "label", RDFS + "comment", RDFS + "seeAlso", RDFS + "isDefinedBy", OWL + "versionInfo"})
"""Predicates of these vocabularies that say nothing about classes or properties."""
LISTS = frozenset({RDF + "first", RDF + "rest"})
INSTANCE_TYPES = frozenset({OWL + "Thing", OWL + "Nothing", OWL + "NamedIndividual", RDFS + "Resource"})
UNIVERSAL = frozenset({OWL + "topObjectProperty", OWL + "topDataProperty"})

Table = frozenset[tuple[str, ...]]


@dataclass(frozen=True)
class Schema:
    """An ontology the rules can use."""

    tables: Mapping[str, Table]
    warnings: tuple[str, ...] = ()
    """One sentence for each axiom that no rule, or not every rule, can use."""
    differences: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What is stated to be different from each other: the rule (``eq-diff1``, …) and the terms."""
    equalities: tuple[tuple[str, str], ...] = ()
    """``owl:sameAs`` as stated."""
    closed: frozenset[Axiom] = frozenset()
    """The hierarchy of classes and properties, stated and inferred."""

    @cached_property
    def terms(self) -> frozenset[str]:
        """Every term in the tables."""
        return terms_of(self.tables)


def terms_of(tables: Mapping[str, Iterable[tuple[str, ...]]]) -> frozenset[str]:
    """Every term in some tables."""
    return frozenset(chain.from_iterable(chain.from_iterable(tables.values())))


def is_axiom(predicate: str, object_: str) -> bool:
    """True for a triple that speaks of classes, properties or equality, by its predicate and object (plain IRIs).

    >>> is_axiom(RDFS + "subClassOf", "http://example.org/Film"), is_axiom(RDF + "type", OWL + "Class")
    (True, True)
    >>> is_axiom(RDF + "type", OWL + "Thing"), is_axiom(RDFS + "label", "Film")
    (False, False)
    """
    if predicate == RDF + "type":
        return object_.startswith((OWL, RDFS)) and object_ not in INSTANCE_TYPES
    return predicate in LISTS or (
        predicate.startswith((OWL, RDFS)) and predicate not in ANNOTATIONS and predicate not in UNIVERSAL
    )


def split(graph: Graph) -> tuple[Graph, Graph]:
    """The axioms of a graph, and everything else."""
    from rdflib import Graph, Literal

    axioms, facts = Graph(), Graph()
    for triple in graph:
        object_ = "" if isinstance(triple[2], Literal) else str(triple[2])
        (axioms if is_axiom(str(triple[1]), object_) else facts).add(triple)
    return axioms, facts


def build(axioms: Graph | Axioms | Iterable[Axiom]) -> Schema:
    """Close axioms and lay them out. Raises OntologyError where a list in them is broken."""
    from castgraph.reason_hierarchy import close
    from castgraph.reason_layout import lay_out

    stated = axioms if isinstance(axioms, Axioms) else Axioms(_texts(axioms))
    return lay_out(stated, close(stated))


def _texts(triples: Iterable[tuple[Node | str, Node | str, Node | str]]) -> Iterator[Axiom]:
    def text(term: Node | str) -> str:
        return term if type(term) is str else ntriples(cast("Node", term))

    for subject, predicate, object_ in triples:
        yield text(subject), text(predicate), text(object_)


def ntriples(term: Node) -> str:
    """An rdflib term in the one N-Triples form that pyoxigraph writes.

    >>> from rdflib import Literal
    >>> ntriples(Literal("05", datatype=XSD + "integer", normalize=False)), ntriples(Literal("a\\tb", lang="en"))
    ('"05"^^<http://www.w3.org/2001/XMLSchema#integer>', '"a\\\\tb"@en')
    """
    import pyoxigraph
    from rdflib import BNode, Literal, URIRef

    try:
        if isinstance(term, URIRef):
            return str(pyoxigraph.NamedNode(str(term)))
        if isinstance(term, BNode):
            return str(pyoxigraph.BlankNode(str(term)))
        if isinstance(term, Literal):
            datatype = pyoxigraph.NamedNode(str(term.datatype)) if term.datatype and not term.language else None
            return str(pyoxigraph.Literal(str(term), datatype=datatype, language=term.language))
    except ValueError as error:
        raise OntologyError(f"{term!r} is not a legal RDF term: {error}. Correct it in the graph.") from error
    raise OntologyError(f"{term!r} is not an RDF term: expected an IRI, a blank node or a literal.")
