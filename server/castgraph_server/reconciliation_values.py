"""What a Reconciliation service tells of things here: their types, the properties that values can be had of, and the values."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyoxigraph as ox

from castgraph.iris import FILM, RDF, SCHEMA, XSD
from castgraph.records import Json
from castgraph_server.current import Served
from castgraph_server.links import schemes_known

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")

TYPES = {
    "Person": ("person", "Person"),
    "Organization": ("person", "Organization"),
    "Character": ("character", "Character"),
    "ScreenWork": ("title", "Film or series"),
    "Book": ("book", "Book"),
    "Genre": ("genre", "Genre"),
    "Language": ("language", "Language"),
    "Place": ("place", "Place"),
}
"""The types one can ask for: the local name of a class, its kind in the index of names, and its name."""

_TYPE = ox.NamedNode(RDF + "type")
_INTEGER, _REALS = XSD + "integer", {XSD + "decimal", XSD + "double", XSD + "float"}


def values(now: Served, node: ox.NamedNode, pid: str) -> list[Json]:
    """The values of a property, as data extension writes them."""
    found: list[Json] = []
    for term in _terms(now, node, pid):
        if isinstance(term, ox.NamedNode):
            ours = term.value.startswith(now.iris.thing(""))
            found.append(named(now, term.value, now.names.show(term).text) if ours else {"str": term.value})
        elif isinstance(term, ox.Literal) and term.datatype.value == _INTEGER:
            found.append({"int": int(term.value)})
        elif isinstance(term, ox.Literal) and term.datatype.value in _REALS:
            found.append({"float": float(term.value)})
        elif isinstance(term, ox.Literal):
            found.append({"str": term.value})
    return found


def texts(now: Served, node: ox.NamedNode, pid: str) -> list[str]:
    """The values of a property as texts that people would write: names, where they are things."""
    return [
        now.names.show(term).text if isinstance(term, ox.NamedNode) else str(getattr(term, "value", ""))
        for term in _terms(now, node, pid)
    ]


def comparable(now: Served, thing: ox.NamedNode, pid: str) -> list[str]:
    """What a query may give as a value of a property: the texts, and the identifiers of things here."""
    ids = [
        term.value.removeprefix(now.iris.thing(""))
        for term in _terms(now, thing, pid)
        if isinstance(term, ox.NamedNode)
    ]
    return [*texts(now, thing, pid), *ids]


def _terms(now: Served, node: ox.NamedNode, pid: str) -> Sequence[object]:
    raw = now.store.raw
    if pid in schemes_known():
        graph = ox.NamedNode(now.iris.links(schemes_known()[pid].name))
        return [quad.object for quad in raw.quads_for_pattern(node, ox.NamedNode(SCHEMA + "identifier"), None, graph)]
    if not _WORD.fullmatch(pid):
        return []
    found = {quad.object for quad in raw.quads_for_pattern(node, ox.NamedNode(FILM + pid), None, ox.DefaultGraph())}
    return sorted(found, key=str)


def properties(now: Served) -> list[dict[str, str]]:
    """The properties of our things: those of the ontology in use, and the identifiers elsewhere."""
    statistics = now.snapshot.statistics()
    used = [iri.removeprefix(FILM) for iri in (statistics.properties if statistics else ()) if iri.startswith(FILM)]
    told = [{"id": one, "name": property_name(now, one)} for one in sorted(used)]
    return told + [{"id": scheme, "name": property_name(now, scheme)} for scheme in sorted(schemes_known())]


def property_name(now: Served, pid: str) -> str:
    """What a property is called."""
    if pid in schemes_known():
        return f"{schemes_known()[pid].title} identifier"
    return (now.names.name(FILM + pid) if _WORD.fullmatch(pid) else None) or pid


def types(now: Served, iri: str) -> list[str]:
    """The types of a thing, of those one can ask for."""
    found = now.store.raw.quads_for_pattern(ox.NamedNode(iri), _TYPE, None, ox.DefaultGraph())
    told = {quad.object.value for quad in found if isinstance(quad.object, ox.NamedNode)}
    return [id_ for id_ in TYPES if FILM + id_ in told]


def named(now: Served, iri: str, name: str) -> dict[str, Json]:
    """A thing by its identifier in this service, and its name."""
    return {"id": iri.removeprefix(now.iris.thing("")), "name": name}


def _what(kind: str, year: int | None) -> str:
    return f"{kind}, {year}" if year else kind


def node(now: Served, id_: str) -> ox.NamedNode | None:
    """The thing of an identifier of this service: its path, or its whole IRI."""
    try:
        return ox.NamedNode(id_ if id_.startswith(now.iris.thing("")) else now.iris.thing(id_))
    except ValueError:
        return None
