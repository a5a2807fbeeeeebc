"""Things sorted by kind: those of which shapes say the same, because all that shapes look at is the same.

Of a hundred thousand performances with one performer and one character each, one is as good as all. So pySHACL, which
takes a tenth of a millisecond for each shape and thing, is shown one of each kind, and the others only where that one
has a finding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from functools import lru_cache

import pyoxigraph as ox
import rdflib
from rdflib.namespace import RDF, RDFS, XSD

from castgraph.ontology_files import rdflib_term
from castgraph.shape_reach import Reach, Step

Focus = ox.NamedNode | ox.BlankNode | ox.Triple

_STRING = str(XSD.string)
_TRIPLE = rdflib.URIRef("http://www.w3.org/1999/02/22-rdf-syntax-ns#Triple")


class Kinds:
    """The things of a graph that have a type, with what shapes look at.

    Args:
        triples: the graph.
        reach: the steps the shapes take.
    """

    def __init__(self, triples: Iterable[ox.Triple], reach: Reach) -> None:
        self._reach = reach
        self._types: dict[Focus, set[rdflib.term.Node]] = defaultdict(set)
        self._values: dict[Focus, dict[Step, set[rdflib.term.Node]]] = defaultdict(dict)
        self._classes: list[ox.Triple] = []
        self._read(triples)

    def _read(self, triples: Iterable[ox.Triple]) -> None:
        term = lru_cache(maxsize=1 << 16)(node_of)
        forward = {one.property: one for one in self._reach.steps if not one.is_inverse}
        inverse = {one.property: one for one in self._reach.steps if one.is_inverse}
        for triple in triples:
            property_ = triple.predicate.value
            if property_ == str(RDF.type):
                self._types[triple.subject].add(term(triple.object))
                continue
            if property_ == str(RDFS.subClassOf):
                self._classes.append(triple)
            if (step := forward.get(property_)) is not None:
                self._values[triple.subject].setdefault(step, set()).add(term(triple.object))
            if (step := inverse.get(property_)) is not None and not isinstance(triple.object, ox.Literal):
                self._values[triple.object].setdefault(step, set()).add(term(triple.subject))

    def sorted(self) -> list[list[Focus]]:
        """The things that have a type, those of one kind together."""
        kinds: dict[Hashable, list[Focus]] = defaultdict(list)
        for focus in self._types:
            kinds[self._kind(focus)].append(focus)
        return list(kinds.values())

    def _kind(self, focus: Focus) -> Hashable:
        """All that shapes can tell of a thing."""
        counted = self._reach.counted
        seen = {
            (step, len(values) if step in counted else frozenset(values))
            for step, values in self._values.get(focus, {}).items()
        }
        return frozenset(self._types[focus]), frozenset(seen)

    def graph(self, foci: Iterable[Focus]) -> rdflib.Graph:
        """What shapes look at of some things, and the hierarchy of classes."""
        graph = rdflib.Graph()
        for focus in foci:
            node = node_of(focus)
            for type_ in self._types[focus]:
                graph.add((node, RDF.type, type_))
            for step, values in self._values.get(focus, {}).items():
                property_ = rdflib.URIRef(step.property)
                for value in values:
                    graph.add((value, property_, node) if step.is_inverse else (node, property_, value))
        for triple in self._classes:
            graph.add((node_of(triple.subject), RDFS.subClassOf, node_of(triple.object)))
        return graph


def node_of(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> rdflib.term.Node:
    """A term as pySHACL is shown it.

    A blank node comes as the IRI ``_:label``: comparing values (``sh:lessThanOrEquals``), pySHACL 0.40 stops at a blank
    node with an error, where it has to find that they cannot be compared. A triple as a term, of which SHACL knows
    nothing, comes as a literal of a type of its own, and a string without its type.
    """
    if isinstance(term, ox.BlankNode):
        return rdflib.URIRef(f"_:{term.value}")
    if isinstance(term, ox.Triple):
        return rdflib.Literal(str(term), datatype=_TRIPLE)
    if isinstance(term, ox.Literal) and term.datatype.value == _STRING:
        return rdflib.Literal(term.value)  # as Turtle is read: to rdflib "won" and "won"^^xsd:string are two
    return rdflib_term(term)
