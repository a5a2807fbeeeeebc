"""The titles and people of a graph as a side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from castgraph.iris import FILM, SCHEMA, SKOS
from castgraph.linking.description import identifier
from castgraph.linking.entities import Entity, Side
from castgraph.store import GraphStore, rows

_PREFIXES = f"""
PREFIX film: <{FILM}>
PREFIX skos: <{SKOS}>
PREFIX schema: <{SCHEMA}>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
# One row for each value of each field; the best name comes first.
_TITLES = """
SELECT DISTINCT ?thing ?field ?value WHERE {
  ?thing a film:ScreenWork .
  FILTER NOT EXISTS { ?thing a film:Episode }
  FILTER NOT EXISTS { ?thing a film:Season }
  {
    { ?thing a film:ScreenWork BIND("thing" AS ?field) BIND("" AS ?value) }
    UNION { ?thing skos:prefLabel ?value BIND("0 name" AS ?field) }
    UNION { ?thing rdfs:label|film:alternativeTitle ?value BIND("1 name" AS ?field) }
    UNION { ?thing film:releaseYear ?value BIND("year" AS ?field) }
    UNION { ?thing film:firstAired|(film:release/film:releaseDate) ?day BIND(SUBSTR(STR(?day), 1, 4) AS ?value)
            BIND("year" AS ?field) }
    UNION { ?thing a ?value . VALUES ?value { film:Film film:MiniSeries film:Series } BIND("class" AS ?field) }
    UNION { ?thing film:genre/skos:prefLabel ?value BIND("genre" AS ?field) }
    UNION { ?thing film:director/(rdfs:label|skos:prefLabel) ?value BIND("director" AS ?field) }
    UNION { ?thing film:castMember/(rdfs:label|skos:prefLabel) ?value BIND("cast" AS ?field) }
    UNION { ?thing film:hasCharacter/skos:prefLabel ?value BIND("role" AS ?field) }
    UNION { ?thing film:similarTo/film:similarTo?/skos:prefLabel ?value BIND("context" AS ?field) }
    UNION { ?thing film:similarTo/film:hasCharacter/skos:prefLabel ?value BIND("context" AS ?field)
            FILTER NOT EXISTS { ?thing rdfs:label ?named } }
    UNION { ?thing film:runningTimeMinutes ?value BIND("runtime" AS ?field) }
    UNION { GRAPH ?g { ?thing schema:identifier ?text } FILTER(CONTAINS(STR(?g), "/graph/links/"))
            BIND(CONCAT(REPLACE(STR(?g), "^.*/graph/links/", ""), " ", STR(?text)) AS ?value) BIND("identifier" AS ?field) }
    UNION { ?thing film:identifier ?text FILTER(REGEX(STR(?text), "^tt[0-9]{7,}$"))
            BIND(CONCAT("imdb ", STR(?text)) AS ?value) BIND("identifier" AS ?field) }
  }
} ORDER BY ?thing ?field ?value
"""
_PEOPLE = """
SELECT DISTINCT ?thing ?field ?value WHERE {
  ?thing a film:Person .
  {
    { ?thing skos:prefLabel ?value BIND("0 name" AS ?field) }
    UNION { ?thing rdfs:label ?value BIND("1 name" AS ?field) }
    UNION { ?work film:contributor ?thing ; rdfs:label ?value BIND("title" AS ?field) }
    UNION { GRAPH ?g { ?thing schema:identifier ?text } FILTER(CONTAINS(STR(?g), "/graph/links/"))
            BIND(CONCAT(REPLACE(STR(?g), "^.*/graph/links/", ""), " ", STR(?text)) AS ?value) BIND("identifier" AS ?field) }
  }
} ORDER BY ?thing ?field ?value
"""


def snapshot_side(store: GraphStore, *, people: bool = False, name: str = "castgraph") -> Side:
    """The titles of a graph, or its people. A title without a name is among them, with what is known of it."""
    stated: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows(store.query(_PREFIXES + (_PEOPLE if people else _TITLES))):
        stated[row["thing"].value][row["field"].value.lstrip("01 ")].append(row["value"].value)
    kind = "person" if people else "title"
    return Side(name, tuple(_entity(thing, kind, told) for thing, told in stated.items()))


def _entity(thing: str, kind: str, told: dict[str, list[str]]) -> Entity:
    classes = {value.removeprefix(FILM) for value in told["class"]}
    # A mini-series stands in lists of films as often as in lists of series: its kind says nothing.
    work = (
        None if "MiniSeries" in classes else "series" if "Series" in classes else "film" if "Film" in classes else None
    )
    schemes = (value.partition(" ") for value in told["identifier"])
    return Entity(
        thing,
        kind,
        names=_each(told["name"]),
        years=tuple(dict.fromkeys(int(year) for year in told["year"] if year.isdigit())),
        work=work,
        genres=_each(told["genre"]),
        directors=_each(told["director"]),
        cast=_each(told["cast"]),
        roles=_each(told["role"]),
        titles=_each(told["title"]),
        context=() if told["name"] else _each(told["context"]),
        runtime=float(told["runtime"][0]) if told["runtime"] else None,
        identifiers=tuple((scheme.casefold(), identifier(scheme.casefold(), text)) for scheme, _, text in schemes),
    )


def _each(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
