"""The ontology's modules as pages: each class and property with its label and comment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pyoxigraph as ox

from castgraph.iris import FILM, MISSION, OWL, PREFIXES, RDF, RDFS
from castgraph_server.terms import shorten

MODULES = {"film": FILM, "mission": MISSION}
"""The modules and their namespaces."""

_KINDS = {
    OWL + "Class": "classes",
    OWL + "ObjectProperty": "properties between things",
    OWL + "DatatypeProperty": "properties with values",
    OWL + "AnnotationProperty": "annotations",
}
_TYPE = ox.NamedNode(RDF + "type")


@dataclass(frozen=True)
class VocabularyTerm:
    """A class or property. ``relations`` are pairs such as ("domain", "film:Work")."""

    name: str
    iri: str
    label: str
    comment: str
    relations: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Module:
    """A module of the ontology. ``terms`` are by kind, in the order of the alphabet."""

    name: str
    iri: str
    label: str
    comment: str
    terms: tuple[tuple[str, tuple[VocabularyTerm, ...]], ...]


def source(name: str) -> bytes:
    """The Turtle of a module.

    Raises:
        KeyError: there is no such module.
    """
    MODULES[name]
    return files("castgraph.ontology").joinpath(f"{name}.ttl").read_bytes()


@cache
def read(name: str) -> Module:
    """A module, term by term.

    >>> read("film").label
    'castgraph film ontology'
    """
    store = ox.Store()
    store.load(source(name), format=ox.RdfFormat.TURTLE)
    namespace = MODULES[name]
    terms = []
    for kind, heading in _KINDS.items():
        nodes = [quad.subject for quad in store.quads_for_pattern(None, _TYPE, ox.NamedNode(kind))]
        own = sorted(
            node.value for node in nodes if isinstance(node, ox.NamedNode) and node.value.startswith(namespace)
        )
        if own:
            terms.append((heading, tuple(_term(store, namespace, iri) for iri in own)))
    iri = namespace.removesuffix("#")
    return Module(name, iri, _text(store, iri, "label"), _text(store, iri, "comment"), tuple(terms))


def _term(store: ox.Store, namespace: str, iri: str) -> VocabularyTerm:
    relations = []
    for predicate, word in (
        (RDFS + "subClassOf", "kind of"),
        (RDFS + "subPropertyOf", "narrows"),
        (RDFS + "domain", "of"),
        (RDFS + "range", "value"),
        (OWL + "inverseOf", "inverse"),
    ):
        values = store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(predicate), None)
        named = sorted(quad.object.value for quad in values if isinstance(quad.object, ox.NamedNode))
        relations += [(word, shorten(value)) for value in named]
    return VocabularyTerm(
        iri.removeprefix(namespace), iri, _text(store, iri, "label"), _text(store, iri, "comment"), tuple(relations)
    )


def _text(store: ox.Store, iri: str, predicate: str) -> str:
    found = store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(PREFIXES["rdfs"] + predicate), None)
    return next((quad.object.value for quad in found if isinstance(quad.object, ox.Literal)), "")
