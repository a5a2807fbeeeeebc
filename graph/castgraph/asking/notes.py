"""What is told beside an answer: what like titles have in common, what an award was for and how it went."""

from __future__ import annotations

from collections.abc import Sequence

from castgraph.answers import Thing
from castgraph.asking.query import prefixed, term
from castgraph.store import GraphStore, rows

_COMMON = """SELECT ?what ?label WHERE {
  VALUES ?one { %s } VALUES ?other { %s }
  { ?one film:genre ?same . ?other film:genre ?same . ?same rdfs:label ?label BIND("genre" AS ?what) }
  UNION
  { ?one film:director ?same . ?other film:director ?same . ?same skos:prefLabel ?label BIND("director" AS ?what) }
  UNION
  { ?one film:castMember ?same . ?other film:castMember ?same . ?same skos:prefLabel ?label BIND("cast" AS ?what) }
  UNION
  { ?one mission:depicts/mission:destination ?same . ?other mission:depicts/mission:destination ?same .
    ?same rdfs:label ?label BIND("destination" AS ?what) }
}
ORDER BY ?what ?label"""

_IN_WORDS = {
    "cast": "both with {}",
    "destination": "both with a mission to {}",
    "director": "both directed by {}",
    "genre": "both {}",
}

_AWARD = """SELECT ?name ?category ?year ?outcome WHERE {
  VALUES ?one { %s }
  OPTIONAL { ?one film:awardName ?name }
  OPTIONAL { ?one film:awardCategory ?category }
  OPTIONAL { ?one film:awardYear ?year }
  OPTIONAL { ?one film:awardOutcome ?outcome }
}
ORDER BY ?name ?category ?year ?outcome LIMIT 1"""


def in_common(store: GraphStore, titles: Sequence[Thing], other: Thing) -> str | None:
    """What a title shares with one of some that go by one name, as far as the graph tells: genres, directors, cast, where their missions go."""
    found: dict[str, dict[str, None]] = {}
    for row in rows(store.query(prefixed(_COMMON % (" ".join(map(term, titles)), term(other))))):
        found.setdefault(row["what"].value, {})[row["label"].value] = None
    told = [_IN_WORDS[what].format(_listed(list(labels))) for what, labels in found.items()]
    return "; ".join(told) or None


def award(store: GraphStore, nomination: Thing) -> tuple[str, str | None]:
    """An award nomination in words, and how it ended where a source says so."""
    (row, *_) = rows(store.query(prefixed(_AWARD % term(nomination))))
    told = {key: value.value for key, value in row.items()}
    name = " ".join(part for part in (told.get("year"), told.get("name")) if part) or "an award"
    category = told.get("category")
    return f"{name}: {category}" if category else name, told.get("outcome")


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
