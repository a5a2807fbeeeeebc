"""Ontologies of any size, and data for them: a tree of classes, a tree of properties, restrictions, inverses.

Each thing has one class and one link, whatever the size of the ontology, so that only the ontology makes the
difference; a larger one is deeper, and more follows from it. The same arguments give the same lines on every machine.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

BASE = "https://example.org/"
OWL = "http://www.w3.org/2002/07/owl#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
WIDE = 10
"""Classes below a class; 32 properties below a property."""


def ontology_lines(classes: int, properties: int) -> Iterator[str]:
    """An ontology as N-Triples: each tenth class has all that are linked, by some property, to a thing of its neighbour.

    >>> next(ontology_lines(10, 10))
    '<https://example.org/C0> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/2002/07/owl#Class> .\\n'
    """
    small = classes <= WIDE
    for c in range(classes):
        yield _line(_iri(f"C{c}"), TYPE, f"<{OWL}Class>")
        if c:
            yield _line(_iri(f"C{c}"), f"<{RDFS}subClassOf>", _iri(f"C{(c - 1) // (2 if small else WIDE)}"))
        if c % 10 == 5:
            restriction = f"_:r{c}"
            yield _line(restriction, TYPE, f"<{OWL}Restriction>")
            yield _line(restriction, f"<{OWL}onProperty>", _iri(f"p{c % properties}"))
            yield _line(restriction, f"<{OWL}someValuesFrom>", _iri(f"C{c - 1}"))
            yield _line(restriction, f"<{RDFS}subClassOf>", _iri(f"C{c}"))
    for p in range(properties):
        yield _line(_iri(f"p{p}"), TYPE, f"<{OWL}ObjectProperty>")
        if p:
            yield _line(_iri(f"p{p}"), f"<{RDFS}subPropertyOf>", _iri(f"p{(p - 1) // (4 if small else 32)}"))
        if p < 5:
            yield _line(_iri(f"p{p}"), f"<{RDFS}domain>", _iri(f"C{p}"))
            yield _line(_iri(f"p{p}"), f"<{RDFS}range>", _iri(f"C{p + 2}"))
        if p % 5 == 0:
            yield _line(_iri(f"q{p}"), f"<{OWL}inverseOf>", _iri(f"p{p}"))


def data_lines(things: int, classes: int, properties: int, *, seed: int = 2030) -> Iterator[str]:
    """Data for an ontology of this size as N-Triples: each thing has a class and a link to another thing."""
    chance = random.Random(seed)
    for thing in range(things):
        yield _line(_iri(f"i{thing}"), TYPE, _iri(f"C{chance.randrange(classes)}"))
        yield _line(_iri(f"i{thing}"), _iri(f"p{chance.randrange(properties)}"), _iri(f"i{chance.randrange(things)}"))


def _iri(name: str) -> str:
    return f"<{BASE}{name}>"


def _line(subject: str, predicate: str, object_: str) -> str:
    return f"{subject} {predicate} {object_} .\n"
