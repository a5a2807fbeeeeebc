"""What is told beside an answer: what like titles have in common, what an award was for and how it went."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyoxigraph as ox

from castgraph.answers import Answer, Source, Thing
from castgraph.asking.query import name, prefixed, term
from castgraph.iris import XSD
from castgraph.store import GraphStore, Value, rows

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
    told = [_IN_WORDS[what].format(listed(list(labels))) for what, labels in found.items()]
    return "; ".join(told) or None


def award(store: GraphStore, nomination: Thing) -> tuple[str, str | None]:
    """An award nomination in words, and how it ended where a source says so."""
    (row, *_) = rows(store.query(prefixed(_AWARD % term(nomination))))
    told = {key: value.value for key, value in row.items()}
    name = " ".join(part for part in (told.get("year"), told.get("name")) if part) or "an award"
    category = told.get("category")
    return f"{name}: {category}" if category else name, told.get("outcome")


_MONEY = """SELECT ?amount ?currency ?estimated WHERE {
  VALUES ?sum { <%s> } ?sum film:amount ?amount ; film:currency ?currency
  OPTIONAL { ?sum film:estimated ?estimated }
} ORDER BY ?amount ?currency LIMIT 1"""


def money(store: GraphStore, sum_of_money: str) -> str | None:
    """A sum of money as people read it: “CAD 12,000,000 (estimated)”; None where no currency is told."""
    for row in rows(store.query(prefixed(_MONEY % sum_of_money))):
        estimated = " (estimated)" if "estimated" in row and row["estimated"].value in ("true", "1") else ""
        return f"{row['currency'].value} {float(row['amount'].value):,.15g}{estimated}"
    return None


_HOW = """SELECT DISTINCT ?label ?outcome ?cause WHERE {
  ?event mission:participant %s ; skos:prefLabel ?label ; a %s .
  OPTIONAL { ?event mission:outcome ?outcome }
  OPTIONAL { ?event ^mission:causes/skos:prefLabel ?cause }
}
ORDER BY ?label ?cause ?outcome"""


def how_it_came(store: GraphStore, participant: Thing, class_: str) -> str | None:
    """What befell somebody in events of a class, with the cause and the outcome that sources tell."""
    told = []
    for row in rows(store.query(prefixed(_HOW % (term(participant), name(class_))))):
        cause = f", because: {row['cause'].value}" if "cause" in row else ""
        outcome = f" ({row['outcome'].value})" if "outcome" in row else ""
        told.append(f"{row['label'].value}{cause}{outcome}")
    return "; ".join(dict.fromkeys(told)) or None


_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def in_words(value: Value) -> str | None:
    """A date or a duration as people read it; None for what is readable as it stands.

    >>> in_words(ox.Literal("P582D", datatype=ox.NamedNode(XSD + "duration")))
    '582 days'
    """
    if not isinstance(value, ox.Literal):
        return None
    match value.datatype.value.removeprefix(XSD), value.value.split("-"):
        case "date", (year, month, day):
            return f"{int(day[:2])} {_MONTHS[int(month) - 1]} {year}"
        case "gYearMonth", (year, month):
            return f"{_MONTHS[int(month[:2]) - 1]} {year}"
        case "duration", _:
            parts = _DURATION.fullmatch(value.value)
            units = zip(("year", "month", "day"), parts.groups() if parts else (), strict=False)
            return listed([f"{n} {unit}{'' if n == '1' else 's'}" for unit, n in units if n]) if parts else None
    return None


def listed(words: Sequence[str]) -> str:
    """Words as a list is told: “a, b and c”."""
    if not words:
        return ""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def disagreement(answers: Sequence[Answer]) -> str | None:
    """Says which source tells which value, where they differ; None where they agree."""
    if len(answers) < 2 or not all(answer.sources for answer in answers):
        return None
    told = [f"{answer.label} ({listed(_publishers(answer.sources))})" for answer in answers]
    return f"The sources disagree: {listed(told)}."


def _publishers(sources: Sequence[Source]) -> list[str]:
    return list(dict.fromkeys(source.source for source in sources))
