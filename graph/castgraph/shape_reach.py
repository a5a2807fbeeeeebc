"""Which statements about a thing SHACL shapes look at, where they look no further than at the thing's own.

A shape that is known to look only at the types of a node and at its values by single properties (forward or inverse)
says the same of two nodes that agree in these. With a construct that is not known here nothing is said of any shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import rdflib
from rdflib.namespace import RDF, RDFS, SH

_OF_NODES = {RDF.type, SH.targetClass, SH.property, SH["or"], SH["class"], SH.message, SH.severity}
"""What a node shape may say: all of it about the focus node itself, by its types or by property shapes."""

_OF_COUNTS = {SH.path, SH.minCount, SH.maxCount, SH.message, SH.severity}
"""What a property shape may say of which only the number of values counts."""

_COMPARED = {SH.lessThan, SH.lessThanOrEquals}
_OF_VALUES = {SH.datatype, SH.minInclusive, SH.maxInclusive, SH.minExclusive, SH.maxExclusive, SH["in"]} | _COMPARED
"""What a property shape may say of each value, without a look at what else is said of it."""


class Step(NamedTuple):
    """From a node to its values by a property, or backwards to the nodes it is a value of."""

    property: str
    is_inverse: bool


@dataclass(frozen=True)
class Reach:
    """The steps shapes take from a focus node. Of the values by steps in ``counted`` only their number matters."""

    steps: frozenset[Step]
    counted: frozenset[Step]


def reach_of(shapes: rdflib.Graph) -> Reach | None:
    """How far shapes look; None where one of them may look further than at the node's own types and values.

    >>> text = "@prefix sh: <http://www.w3.org/ns/shacl#> . [] sh:targetClass <a:C> ; sh:property [ sh:path %s ; sh:minCount 1 ] ."
    >>> reach_of(rdflib.Graph().parse(data=text % "<a:p>", format="turtle")).steps
    frozenset({Step(property='a:p', is_inverse=False)})
    >>> reach_of(rdflib.Graph().parse(data=text % "( <a:p> <a:q> )", format="turtle")) is None
    True
    """
    steps: set[Step] = set()
    by_value: set[Step] = set()
    for subject in set(shapes.subjects()):
        said = set(shapes.predicates(subject))
        if said <= {RDF.first, RDF.rest} or said == {SH.inversePath}:
            continue  # a list, or the path of a shape that is looked at itself
        if set(shapes.objects(subject, RDF.type)) - {SH.NodeShape, SH.PropertyShape}:
            return None
        if SH.path not in said:
            if said <= _OF_NODES:
                continue
            return None
        step = _step(shapes, subject)
        if step is None or not said - {RDF.type} <= _OF_COUNTS | _OF_VALUES:
            return None
        if step.property in (str(RDF.type), str(RDFS.subClassOf)):
            return None  # what classes are made of is looked at in another way
        steps.add(step)
        if said & _OF_VALUES:
            by_value.add(step)
        for other in (one for comparison in _COMPARED for one in shapes.objects(subject, comparison)):
            by_value.add(Step(str(other), is_inverse=False))
    return Reach(frozenset(steps | by_value), frozenset(steps - by_value))


def _step(shapes: rdflib.Graph, shape: rdflib.term.Node) -> Step | None:
    """The one step a property shape's path takes; None where it is another path."""
    paths = list(shapes.objects(shape, SH.path))
    if len(paths) != 1:
        return None
    [path] = paths
    if isinstance(path, rdflib.URIRef):
        return Step(str(path), is_inverse=False)
    if set(shapes.predicates(path)) != {SH.inversePath}:
        return None
    inverted = list(shapes.objects(path, SH.inversePath))
    if len(inverted) != 1 or not isinstance(inverted[0], rdflib.URIRef):
        return None
    return Step(str(inverted[0]), is_inverse=True)
