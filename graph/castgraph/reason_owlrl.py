"""owlrl over data and ontology together: the reference reasoner, for small data without keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from castgraph.errors import ReasonerError
from castgraph.reason_hierarchy import owlrl_closure
from castgraph.reason_violations import Violation
from castgraph.schema import ANNOTATIONS, OWL, RDF, VOCABULARIES, is_axiom, ntriples

if TYPE_CHECKING:
    import pyoxigraph
    from rdflib import Graph
    from rdflib.term import Node

_ERRORS = "http://www.daml.org/2002/03/agents/agent-ont#"


def reference(
    data: Graph, ontology: Graph
) -> tuple[tuple[pyoxigraph.Triple, ...], tuple[pyoxigraph.Triple, ...], tuple[Violation, ...], tuple[str, ...]]:
    """What owlrl infers, cut down to what is useful and legal: new triples, ``owl:sameAs``, violations, warnings.

    Left out are reflexive ``owl:sameAs``, literals as subjects, types of the OWL and RDF vocabularies and anonymous
    classes, and everything about the ontology itself; errors, which owlrl writes into the graph, become violations.
    Raises ReasonerError where the ontology has a key: owlrl's rule for keys makes different things the same.
    """
    from rdflib import OWL as OWL_TERMS
    from rdflib import Graph, Literal

    from castgraph.schema import build, split

    given = Graph()
    for triple in data:
        given.add(triple)
    for triple in ontology:
        if str(triple[1]) not in ANNOTATIONS:  # owlrl would spend most of its time on labels and comments
            given.add(triple)
    axioms, _ = split(given)
    if (None, OWL_TERMS.hasKey, None) in axioms:
        raise ReasonerError(
            "owlrl's rule for owl:hasKey is unsound: it makes different things the same. "
            "Use the reasoner 'nemo', or an ontology without owl:hasKey."
        )
    closed = Graph()
    for triple in given:
        closed.add(triple)
    owlrl_closure(closed)
    inferred: list[pyoxigraph.Triple] = []
    same: list[pyoxigraph.Triple] = []
    violations: list[Violation] = []
    for triple in set(closed) - set(given):
        subject, predicate, object_ = triple
        if str(predicate) == _ERRORS + "error":
            violations.append(Violation("owlrl", str(object_)))
        elif not isinstance(subject, Literal) and _is_useful(*triple, axioms):
            (same if predicate == OWL_TERMS.sameAs else inferred).append(from_rdflib(triple))
    inferred.sort(key=str)
    same.sort(key=str)
    violations.sort(key=str)
    return tuple(inferred), tuple(same), tuple(violations), build(axioms).warnings


def _is_useful(subject: Node, predicate: Node, object_: Node, axioms: Graph) -> bool:
    from rdflib import BNode, URIRef

    if not isinstance(predicate, URIRef) or str(subject).startswith(VOCABULARIES):
        return False
    if str(predicate) == RDF + "type":
        anonymous = isinstance(object_, BNode) and (object_, None, None) in axioms
        return not anonymous and not str(object_).startswith((*VOCABULARIES, _ERRORS))
    if str(predicate) == OWL + "sameAs":
        return subject != object_
    return not is_axiom(str(predicate), "") and not str(predicate).startswith(_ERRORS)


def graph_of(triples: Iterable[pyoxigraph.Triple]) -> Graph:
    """The triples as an rdflib graph."""
    from rdflib import Graph

    graph = Graph()
    for triple in triples:
        graph.add(to_rdflib(triple))
    return graph


def to_rdflib(triple: pyoxigraph.Triple) -> tuple[Node, Node, Node]:
    """A pyoxigraph triple in rdflib's terms, the lexical forms kept."""
    return _node(triple.subject), _node(triple.predicate), _node(triple.object)


def _node(term: object) -> Node:
    from pyoxigraph import BlankNode, Literal, NamedNode
    from rdflib import BNode, URIRef
    from rdflib import Literal as RdflibLiteral

    if isinstance(term, NamedNode):
        return URIRef(term.value)
    if isinstance(term, BlankNode):
        return BNode(term.value)
    if isinstance(term, Literal):
        plain = term.language or term.datatype.value == "http://www.w3.org/2001/XMLSchema#string"
        datatype = None if plain else URIRef(term.datatype.value)
        return RdflibLiteral(term.value, lang=term.language, datatype=datatype, normalize=False)
    raise ReasonerError(f"{term} is a quoted triple, which OWL 2 RL does not speak of. Remove it from the data.")


def from_rdflib(triple: tuple[Node, Node, Node]) -> pyoxigraph.Triple:
    """An rdflib triple in pyoxigraph's terms."""
    from pyoxigraph import RdfFormat, Triple, parse

    (quad,) = parse(" ".join(map(ntriples, triple)) + " .", format=RdfFormat.N_TRIPLES)
    return Triple(quad.subject, quad.predicate, quad.object)
