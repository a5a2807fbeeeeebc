"""Things in brief, as a list of search results tells them: what kind, of when, known for what, under which identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox

from castgraph.iris import FILM, RDF
from castgraph.records import Json
from castgraph.search import said_of
from castgraph.search_index import KINDS
from castgraph_server.current import Served
from castgraph_server.links import found_by, schemes_known

MOST_TOLD = 3
"""Titles or performers by which a thing is told from others."""

_LOOKED_AT = 100  # titles of a person, or performers of a title, among which these are chosen
_CLASSES = (
    ("MiniSeries", "mini-series"), ("Episode", "episode"), ("Season", "season"), ("Series", "series"), ("Film", "film"),
    ("ScreenWork", "film or series"), ("Person", "person"), ("Organization", "organization"), ("Character", "character"),
    ("Country", "country"),
)  # fmt: skip
"""Classes that people know, the narrowest first."""

_TYPE = ox.NamedNode(RDF + "type")
_YEAR, _RATING, _RATING_COUNT = (ox.NamedNode(FILM + name) for name in ("releaseYear", "rating", "ratingCount"))
_ACTED_IN, _CAST_MEMBER, _MADE = (ox.NamedNode(FILM + name) for name in ("actedIn", "castMember", "contributor"))
_APPEARS_IN, _PLAYED_BY = ox.NamedNode(FILM + "appearsIn"), ox.NamedNode(FILM + "playedBy")
_IDENTIFIER = ox.NamedNode(FILM + "identifier")
_UNION = ox.DefaultGraph()

_IDENTIFIED = re.compile(r"(?:tt|nm|ch|co)\d{5,10}|Q\d{1,12}")
"""Identifiers whose shape tells whose they are: IMDb's and Wikidata's."""


@dataclass(frozen=True)
class Other:
    """A thing that tells another one from its namesakes."""

    iri: str
    name: str
    href: str | None
    year: int | None = None


@dataclass(frozen=True)
class Hit:
    """A thing in brief. ``how`` says in words how it was found."""

    iri: str
    name: str
    kind: str  # a key of KINDS, or "thing"
    class_: str  # in words
    year: int | None
    href: str | None
    known_for: tuple[Other, ...]  # titles
    performers: tuple[Other, ...]  # of a title or a character
    identifiers: tuple[str, ...]
    how: str

    def as_json(self) -> dict[str, Json]:
        """The hit, as a client gets it; ``page`` is a path on this server."""
        return {
            "label": self.name,
            "iri": self.iri,
            "page": self.href,
            "type": self.kind,
            "class": self.class_,
            "year": self.year,
            "known_for": [{"label": one.name, "iri": one.iri, "year": one.year} for one in self.known_for],
            "performers": [{"label": one.name, "iri": one.iri} for one in self.performers],
            "identifiers": list(self.identifiers),
            "found_by": self.how,
        }


def brief(now: Served, iri: str, how: str, name: str | None = None, year: int | None = None) -> Hit:
    """A thing in brief: a few dozen look-ups, whatever is said of it.

    Args:
        now: the snapshot.
        iri: the thing.
        how: how it was found.
        name: what it is best called, where the snapshot prefers no name.
        year: of a title, where that is known already.
    """
    node = ox.NamedNode(iri)
    classes = {term.value for term in _values(now, node, _TYPE) if isinstance(term, ox.NamedNode)}
    kind = next((kind for kind, class_ in KINDS.items() if class_ in classes), "thing")
    titles: tuple[Other, ...] = ()
    performers: tuple[Other, ...] = ()
    if kind == "person":
        titles = _best_known(now, _values(now, node, _ACTED_IN) or _makes(now, node))
    elif kind == "title":
        performers = _others(now, _most_told_of(now, _values(now, node, _CAST_MEMBER)))
    elif kind == "character":
        titles = _others(now, _values(now, node, _APPEARS_IN))
        performers = _others(now, _values(now, node, _PLAYED_BY))
    return Hit(
        iri=iri,
        name=now.names.name(iri) or name or now.names.show(node).text,
        kind=kind,
        class_=next((word for class_, word in _CLASSES if FILM + class_ in classes), kind),
        year=year if year is not None or kind != "title" else _year(now, node),
        href=now.names.href(iri),
        known_for=titles,
        performers=performers,
        identifiers=tuple(sorted({str(term.value) for term in _values(now, node, _IDENTIFIER) if isinstance(term, ox.Literal)})),
        how=how,
    )  # fmt: skip


def identified(now: Served, text: str) -> list[str]:
    """The things that a text identifies: an IRI, an identifier of a source, or one of a data set that is linked to.

    IMDb's and Wikidata's identifiers are known by their shape; those of other sets are written ``tmdb:862``.
    """
    if not text or any(letter.isspace() for letter in text):
        return []
    found: set[str] = set()
    if text.startswith(("http://", "https://")):
        node = _node(text)
        if node is not None and text.startswith(now.iris.thing("")) and _values(now, node, None):
            found.add(text)
        found.update(found_by(now, "iri", text))
        return sorted(found)
    scheme, colon, value = text.partition(":")
    if colon and value and scheme.casefold() in schemes_known():
        found.update(found_by(now, scheme.casefold(), value))
    if colon or _IDENTIFIED.fullmatch(text):
        for quad in islice(now.store.raw.quads_for_pattern(None, _IDENTIFIER, ox.Literal(text), _UNION), _LOOKED_AT):
            if isinstance(quad.subject, ox.NamedNode):
                found.add(quad.subject.value)
    if _IDENTIFIED.fullmatch(text):
        found.update(found_by(now, "wikidata" if text.startswith("Q") else "imdb", text))
    return sorted(found)


def _node(iri: str) -> ox.NamedNode | None:
    try:
        return ox.NamedNode(iri)
    except ValueError:
        return None


def _values(now: Served, node: ox.NamedNode, property_: ox.NamedNode | None) -> list[object]:
    """The first values of a property, or of any."""
    return [quad.object for quad in islice(now.store.raw.quads_for_pattern(node, property_, None, _UNION), _LOOKED_AT)]


def _makes(now: Served, node: ox.NamedNode) -> list[object]:
    """The first titles that a person had a part in making."""
    return [quad.subject for quad in islice(now.store.raw.quads_for_pattern(None, _MADE, node, _UNION), _LOOKED_AT)]


def _best_known(now: Served, titles: list[object]) -> tuple[Other, ...]:
    """Of titles those that most people rated, the best known first."""
    counted = sorted(
        {title for title in titles if isinstance(title, ox.NamedNode)}, key=lambda one: (-rated(now, one), one.value)
    )
    return _others(now, counted)  # fmt: skip


def _most_told_of(now: Served, people: list[object]) -> list[ox.NamedNode]:
    """People of whom most is said first: no source of a catalogue need say who has the leading part."""
    told = {one: said_of(now.store.raw, one.value, 50) for one in people if isinstance(one, ox.NamedNode)}
    return sorted(told, key=lambda one: (-told[one], one.value))


def _others(now: Served, things: list[object] | list[ox.NamedNode]) -> tuple[Other, ...]:
    """The first of some things that have a name."""
    return tuple(islice(_named(now, things), MOST_TOLD))


def _named(now: Served, things: list[object] | list[ox.NamedNode]) -> Iterator[Other]:
    for thing in dict.fromkeys(things):
        if isinstance(thing, ox.NamedNode) and (name := now.names.name(thing.value)) is not None:
            yield Other(thing.value, name, now.names.href(thing.value), _year(now, thing))


def rated(now: Served, title: ox.NamedNode) -> int:
    """How many people rated a title, by the rating that most took part in."""
    ratings = [term for term in _values(now, title, _RATING) if isinstance(term, ox.NamedNode | ox.BlankNode)]
    counts = (
        quad.object.value
        for rating in ratings
        for quad in now.store.raw.quads_for_pattern(rating, _RATING_COUNT, None, _UNION)
        if isinstance(quad.object, ox.Literal)
    )
    return max((int(count) for count in counts if count.isdecimal()), default=0)


def _year(now: Served, title: ox.NamedNode) -> int | None:
    """The earliest year of a title, where one is stated."""
    years = [term.value for term in _values(now, title, _YEAR) if isinstance(term, ox.Literal)]
    return min((int(year) for year in years if year.isdecimal()), default=None)
