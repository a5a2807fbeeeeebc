"""IRIs: the one place where a thing's address is made. Readable, stable, the same from every run.

The shape below the base (``https://w3id.org/castgraph/`` unless the build is told another):

=====================================================  =================================================
``id/title/race-to-mars-2007``                         a title, by name and year
``id/person/michael-riley``                            a person, organization, genre, country, …
``id/character/race-to-mars-2007/rick-erwin``          a thing that belongs to a title
``id/performance/race-to-mars-2007/imdb/rick-erwin``   a credit, which belongs to a title and a source
``graph/imdb/race-to-mars-2007``                       what one source says
``graph/schema``, ``graph/inferred``, …                the graphs castgraph makes
=====================================================  =================================================

A server at another address serves ``id/…`` under its own host: the path is what counts.
"""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_BASE = "https://w3id.org/castgraph/"
FILM = "https://w3id.org/castgraph/film#"
MISSION = "https://w3id.org/castgraph/mission#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
PROV = "http://www.w3.org/ns/prov#"
DCTERMS = "http://purl.org/dc/terms/"
SCHEMA = "https://schema.org/"

PREFIXES = {
    "film": FILM,
    "mission": MISSION,
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "skos": SKOS,
    "prov": PROV,
    "dcterms": DCTERMS,
    "schema": SCHEMA,
}
"""Prefixes used in files, answers and the query form."""


def shorten(iri: str) -> str:
    """An IRI by a known prefix, or without castgraph's own base.

    >>> shorten("https://w3id.org/castgraph/film#played"), shorten("https://w3id.org/castgraph/id/person/x")
    ('film:played', 'id/person/x')
    """
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri.removeprefix(DEFAULT_BASE)


_OUTSIDE = ("/graph/linked/", "/graph/links/")


def is_outside(graph: str) -> bool:
    """Whether a graph holds what another data set says, or links to one, by its IRI under any base.

    >>> is_outside(Iris().linked("wikidata")), is_outside(Iris().inferred)
    (True, False)
    """
    return any(part in graph for part in _OUTSIDE)


OUTSIDE_DEFAULT_UNION = ("graph/candidates", "graph/equality")
"""Ends of the IRIs of graphs that a query sees only when it names them."""


@dataclass(frozen=True)
class Iris:
    """Makes IRIs below one base, which ends in ``/``."""

    base: str = DEFAULT_BASE

    def thing(self, *path: str) -> str:
        """The IRI of a thing.

        >>> Iris().thing("person", "michael-riley")
        'https://w3id.org/castgraph/id/person/michael-riley'
        """
        return f"{self.base}id/{'/'.join(path)}"

    def graph(self, *path: str) -> str:
        """The IRI of a named graph.

        >>> Iris().graph("imdb", "race-to-mars-2007")
        'https://w3id.org/castgraph/graph/imdb/race-to-mars-2007'
        """
        return f"{self.base}graph/{'/'.join(path)}"

    @property
    def schema(self) -> str:
        """The graph of the ontology."""
        return self.graph("schema")

    @property
    def inferred(self) -> str:
        """The graph of what was inferred."""
        return self.graph("inferred")

    @property
    def equality(self) -> str:
        """The graph of what equality adds, outside the default union."""
        return self.graph("equality")

    @property
    def identity(self) -> str:
        """The graph of identity decisions and preferred labels."""
        return self.graph("identity")

    @property
    def edits(self) -> str:
        """The graph of what people state without naming a graph."""
        return self.graph("edits")

    @property
    def own_graphs(self) -> frozenset[str]:
        """The graphs castgraph makes; in all others somebody says something."""
        own = {self.schema, self.inferred, self.equality, self.identity, self.provenance}
        return frozenset(own | {self.graph("alignment"), self.candidates})

    def links(self, target: str) -> str:
        """The graph of the links to another data set."""
        return self.graph("links", target)

    def linked(self, target: str) -> str:
        """The graph of what another data set says, brought in along the links to it."""
        return self.graph("linked", target)

    def is_linked(self, graph: str) -> bool:
        """Whether a graph holds what another data set says."""
        return graph.startswith(self.linked(""))

    @property
    def candidates(self) -> str:
        """The graph of links nobody decided on yet, outside the default union."""
        return self.graph("candidates")

    def is_linkset(self, graph: str) -> bool:
        """Whether a graph holds the links to another data set."""
        return graph.startswith(self.links(""))

    @property
    def provenance(self) -> str:
        """The graph that says of each source what it is, and of each statement on which line it stands."""
        return self.graph("provenance")
