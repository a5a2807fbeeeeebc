"""The ontology as schema tables: closed, then laid out for the fixed rule program ``ontology/owl2rl.rls``.

A graph may hold axioms and instance data side by side. :func:`is_axiom` tells them apart triple by triple, so that the
hierarchy is closed by owlrl without ever showing it an instance: it would take minutes, and its ``owl:hasKey`` rule is
unsound. Table names and columns are those of the rule file; terms are in N-Triples form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from castgraph.errors import OntologyError

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
VOCABULARIES = (RDF, RDFS, OWL, XSD)

ANNOTATIONS = frozenset({RDFS + "label", RDFS + "comment", RDFS + "seeAlso", RDFS + "isDefinedBy", OWL + "versionInfo"})
"""Predicates of these vocabularies that say nothing about classes or properties."""
LISTS = frozenset({RDF + "first", RDF + "rest"})
INSTANCE_TYPES = frozenset({OWL + "Thing", OWL + "Nothing", OWL + "NamedIndividual"})

HIERARCHY = frozenset(
    {RDFS + "subClassOf", RDFS + "subPropertyOf", RDF + "first", RDF + "rest"}
    | {OWL + name for name in ("equivalentClass", "equivalentProperty", "intersectionOf", "unionOf", "onProperty")}
    | {OWL + name for name in ("someValuesFrom", "allValuesFrom", "hasValue")}
)
"""Predicates of the axioms from which the ``scm-*`` rules draw conclusions that the instance rules do not draw anyway."""

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

    @property
    def has_keys(self) -> bool:
        """True where some class has an ``owl:hasKey``."""
        return bool(self.tables.get("key_end"))


def is_axiom(predicate: str, object_: str) -> bool:
    """True for a triple that speaks of classes, properties or equality, by its predicate and object (plain IRIs).

    >>> is_axiom(RDFS + "subClassOf", "http://example.org/Film"), is_axiom(RDF + "type", OWL + "Class")
    (True, True)
    >>> is_axiom(RDF + "type", OWL + "Thing"), is_axiom(RDFS + "label", "Film")
    (False, False)
    """
    if predicate == RDF + "type":
        return object_.startswith((OWL, RDFS)) and object_ not in INSTANCE_TYPES
    return predicate in LISTS or (predicate.startswith((OWL, RDFS)) and predicate not in ANNOTATIONS)


def split(graph: Graph) -> tuple[Graph, Graph]:
    """The axioms of a graph, and everything else."""
    from rdflib import Graph, Literal

    axioms, facts = Graph(), Graph()
    for triple in graph:
        object_ = "" if isinstance(triple[2], Literal) else str(triple[2])
        (axioms if is_axiom(str(triple[1]), object_) else facts).add(triple)
    return axioms, facts


def build(axioms: Graph) -> Schema:
    """Close ``axioms`` and lay them out. Raises OntologyError where a list in them is broken."""
    from castgraph.reason_layout import Layout

    stated, literals = _without_literals(axioms)
    layout = Layout(stated, literals)
    layout.lay_out(close(stated))
    return layout.schema()


def close(axioms: Graph) -> Graph:
    """The hierarchy of classes and properties with everything the ``scm-*`` rules add that some rule can use.

    owlrl sees no individuals, literals or declarations: it would infer about them at length, and to no use here.
    """
    from rdflib import Graph

    closed = Graph()
    for triple in axioms:
        if str(triple[1]) in HIERARCHY:
            closed.add(triple)
    owlrl_closure(closed)
    return closed


def owlrl_closure(graph: Graph) -> None:
    """Run owlrl over a graph, in place."""
    from owlrl import DeductiveClosure, OWLRL_Semantics

    DeductiveClosure(OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(graph)


def _without_literals(axioms: Graph) -> tuple[Graph, dict[Node, str]]:
    """The axioms with an IRI in the place of each literal, since owlrl would reason about literals as subjects."""
    from rdflib import Graph, Literal, URIRef

    stated = Graph()
    places: dict[Literal, URIRef] = {}
    for subject, predicate, object_ in axioms:
        if isinstance(object_, Literal):
            object_ = places.setdefault(object_, URIRef(f"urn:castgraph:literal:{len(places)}"))
        stated.add((subject, predicate, object_))
    return stated, {place: ntriples(literal) for literal, place in places.items()}


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


def members(graph: Graph, head: Node) -> Iterator[Node]:
    """The members of an RDF list. Raises OntologyError where the list is broken or goes round in a circle."""
    from rdflib import RDF as RDF_TERMS

    seen: set[Node] = set()
    while head != RDF_TERMS.nil:
        first, rest = graph.value(head, RDF_TERMS.first), graph.value(head, RDF_TERMS.rest)
        if first is None or rest is None or head in seen:
            raise OntologyError(f"the list at {head.n3()} is broken: every part needs one rdf:first and one rdf:rest.")
        seen.add(head)
        yield first
        head = rest


def pairs(terms: Iterable[Node]) -> Iterator[tuple[Node, Node]]:
    """Every two of the terms, once."""
    from itertools import combinations

    return combinations(list(terms), 2)
