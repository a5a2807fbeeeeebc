"""How terms are shown to people: by name where the graph has one, with a link to the page that tells more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote

import pyoxigraph as ox

from castgraph.iris import DCTERMS, FILM, MISSION, OWL, PREFIXES, PROV, RDF, RDFS, SKOS, XSD, Iris
from castgraph.store import LocalStore

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_PREF_LABEL = ox.NamedNode(SKOS + "prefLabel")
_LABEL = ox.NamedNode(RDFS + "label")
_TITLE = ox.NamedNode(DCTERMS + "title")
_PLAIN_WORDS = {
    RDFS + "label": "name",
    SKOS + "prefLabel": "preferred name",
    RDF + "type": "type",
    RDFS + "comment": "comment",
    OWL + "sameAs": "same as",
    DCTERMS + "title": "title",
    DCTERMS + "publisher": "publisher",
    DCTERMS + "license": "licence",
    DCTERMS + "issued": "issued",
    PROV + "hadPrimarySource": "primary source",
    PROV + "generatedAtTime": "made at",
    PROV + "wasDerivedFrom": "derived from",
}
"""Names of terms from vocabularies whose labels no snapshot holds."""

_ONTOLOGY_PAGES = {FILM: "/ontology/film", MISSION: "/ontology/mission"}


@dataclass(frozen=True)
class Shown:
    """A term as a page shows it. Texts are plain: templates escape them."""

    text: str
    href: str | None = None
    iri: str | None = None
    kind: str = "iri"  # iri, nameless, literal, blank
    language: str | None = None
    datatype: str | None = None  # shortened, where the text alone does not tell it

    @property
    def is_external(self) -> bool:
        """True where the link leads to another site."""
        return self.href is not None and not self.href.startswith("/")


class Names:
    """Names and links of a snapshot's things."""

    def __init__(self, store: LocalStore, iris: Iris) -> None:
        self._store = store.raw
        self._identity = ox.NamedNode(iris.identity)
        self._provenance = ox.NamedNode(iris.provenance)
        self._base = iris.base
        self._things = iris.thing("")
        self._graphs = iris.graph("")

    def name(self, iri: str) -> str | None:
        """The name of a thing, a graph or a term of the vocabulary, or None where nothing names it."""
        try:
            node = ox.NamedNode(iri)
        except ValueError:
            return None
        for graph, predicate in ((self._identity, _PREF_LABEL), (None, _LABEL), (self._provenance, _TITLE)):
            found = [quad.object.value for quad in self._store.quads_for_pattern(node, predicate, None, graph)
                     if isinstance(quad.object, ox.Literal)]  # fmt: skip
            if found:
                return min(found)
        return None

    def show(self, term: Term) -> Shown:
        """A term as people read it.

        Only http(s) IRIs become links: an address such as ``javascript:`` in the data stays text.
        """
        if isinstance(term, ox.NamedNode):
            return self._show_iri(term.value)
        if isinstance(term, ox.Literal):
            plain = term.datatype.value in (XSD + "string", XSD + "integer") or term.language is not None
            datatype = None if plain else shorten(term.datatype.value)
            return Shown(term.value, kind="literal", language=term.language, datatype=datatype)
        return Shown(str(term), kind="blank")

    def href(self, iri: str) -> str | None:
        """Where a thing is told about: a page here for what is ours, the IRI itself for what is on the web.

        None for what has no page: files, statements, and addresses that are not of the web.
        """
        if iri.startswith(self._things):
            return "/page/" + quote(iri.removeprefix(self._things))
        if iri.startswith(self._graphs):
            return "/graph/" + quote(iri.removeprefix(self._graphs))
        for namespace, page in _ONTOLOGY_PAGES.items():
            if iri.startswith(namespace):
                return f"{page}?format=html#{quote(iri.removeprefix(namespace))}"
        elsewhere = iri.startswith(("http://", "https://")) and not iri.startswith(self._base)
        return iri if elsewhere else None

    def _show_iri(self, iri: str) -> Shown:
        name = _PLAIN_WORDS.get(iri) or self.name(iri)
        if name is not None:
            return Shown(name, self.href(iri), iri)
        if iri.startswith(self._things):
            return Shown(nameless(iri.removeprefix(self._things)), self.href(iri), iri, kind="nameless")
        text = iri.removeprefix(self._graphs) if iri.startswith(self._graphs) else shorten(iri)
        return Shown(text, self.href(iri), iri)


def nameless(path: str) -> str:
    """What to call a thing that no source names, from the path of its IRI.

    >>> nameless("title/similar-title-4"), nameless("performance/race-to-mars-2007/imdb/rick-erwin")
    ('untitled (similar title 4)', 'performance: rick erwin (imdb)')
    """
    kind, *rest = path.split("/")
    words = [part.replace("-", " ") for part in rest if part]
    if not words:
        return path
    if kind == "title":
        return f"untitled ({' / '.join(words)})"
    within = f" ({words[-2]})" if len(words) > 1 else ""
    return f"{kind}: {words[-1]}{within}"


def shorten(iri: str) -> str:
    """The IRI with a prefix, where it has one of ours.

    >>> shorten("https://w3id.org/castgraph/film#Work"), shorten("http://example.org/")
    ('film:Work', 'http://example.org/')
    """
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and iri != namespace:
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri
