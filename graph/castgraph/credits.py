"""Credits: the performances a question is about, each with the source and line that state it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from castgraph.answers import Answer, Source, Thing, basis_of
from castgraph.asking.query import BROAD, Pattern, prefixed
from castgraph.store import GraphStore, Value, rows

_K = TypeVar("_K")

_CREDITS = """SELECT DISTINCT ?performance ?work ?title ?performer ?performerName ?performerAsCredited
                ?character ?characterName ?characterAsCredited ?narrates ?episodes ?graph ?source ?line ?record ?order
WHERE {
  %s
  ?work film:hasPerformance ?performance .
  GRAPH ?graph { ?work film:hasPerformance|film:hasNarration ?performance }
  ?graph a film:SourceGraph .
  OPTIONAL { ?graph dcterms:publisher ?source }
  OPTIONAL { ?work skos:prefLabel ?title }
  OPTIONAL { ?performance film:performer ?performer . OPTIONAL { ?performer skos:prefLabel ?performerName } }
  OPTIONAL { ?performance film:character ?character . OPTIONAL { ?character skos:prefLabel ?characterName } }
  OPTIONAL { ?performance film:performerAsCredited ?performerAsCredited }
  OPTIONAL { ?performance film:characterAsCredited ?characterAsCredited }
  OPTIONAL { ?performance film:episodeCount ?episodes }
  BIND(EXISTS { ?performance a film:Narration } AS ?narrates)
  OPTIONAL { ?performance film:creditOrder ?order }
  OPTIONAL { GRAPH ?graph { ?performance film:sourceLine ?line } }
  OPTIONAL { GRAPH ?graph { ?performance prov:wasDerivedFrom ?record } }
}
ORDER BY ?title ?source ?order ?line ?performance
"""


@dataclass(frozen=True)
class Credit:
    """One performance as one source lists it. None where the source does not say."""

    performance: str
    work: Thing
    performer: Thing | None
    performer_as_credited: str | None
    character: Thing | None
    character_as_credited: str | None
    narrates: bool
    episodes: int | None
    source: Source


MOST = 2000
"""Performances whose credits are read; of more only so many."""


def credits_of(store: GraphStore, pattern: Pattern) -> tuple[str, list[Credit], bool]:
    """The credits of performances, the SPARQL that finds them, and whether these are all: of more than :data:`MOST`
    performances only some are looked at.

    Args:
        store: where to look.
        pattern: what restricts ``?performance``, and perhaps ``?performer``, ``?character`` and ``?work``.
    """
    body = "\n  ".join(pattern.lines)
    sparql = prefixed(_CREDITS % body)
    if 0 < pattern.breadth <= BROAD:
        return sparql, _read(store, sparql), True
    few = f"SELECT DISTINCT ?performance WHERE {{\n  {body}\n}}\nLIMIT {MOST + 1}"
    found = [row["performance"] for row in rows(store.query(prefixed(few)))]
    if len(found) <= MOST:
        return sparql, _read(store, sparql), True
    of_these = f"VALUES ?performance {{ {' '.join(str(one) for one in found[:MOST])} }}"
    return sparql, _read(store, prefixed(_CREDITS % of_these)), False


def _read(store: GraphStore, sparql: str) -> list[Credit]:
    return [_credit(row) for row in rows(store.query(sparql))]


def _credit(row: Mapping[str, Value]) -> Credit:
    def text(key: str) -> str | None:
        term = row.get(key)
        return None if term is None else term.value

    def thing(key: str, name: str) -> Thing | None:
        iri = text(key)
        return None if iri is None else Thing(iri, text(name))

    work = thing("work", "title")
    assert work is not None
    line, episodes = text("line"), text("episodes")
    return Credit(
        performance=str(text("performance")),
        work=work,
        performer=thing("performer", "performerName"),
        performer_as_credited=text("performerAsCredited"),
        character=thing("character", "characterName"),
        character_as_credited=text("characterAsCredited"),
        narrates=text("narrates") == "true",
        episodes=int(episodes) if episodes else None,
        source=Source(
            text("source") or str(text("graph")), str(text("graph")), int(line) if line else None, text("record") or ""
        ),
    )


def group_by(credits_: Sequence[Credit], key: Callable[[Credit], _K]) -> dict[_K, list[Credit]]:
    """Credits by a key, in the order they come."""
    groups: dict[_K, list[Credit]] = {}
    for credit in credits_:
        groups.setdefault(key(credit), []).append(credit)
    return groups


def listed(credits_: Sequence[Credit]) -> str:
    """Says which sources list these credits, and in how many episodes: “IMDb (line 85, 2 episodes) lists”."""
    told = []
    for credit in credits_:
        parts = [f"line {credit.source.line}"] if credit.source.line is not None else []
        if credit.episodes is not None:
            parts.append(f"{credit.episodes} episode{'' if credit.episodes == 1 else 's'}")
        told.append(credit.source.source + (f" ({', '.join(parts)})" if parts else ""))
    return " and ".join(dict.fromkeys(told)) + (" lists" if len(set(told)) == 1 else " list")


def cast_answers(credits_: Sequence[Credit]) -> tuple[Answer, ...]:
    """Who played whom: one answer for each pair, with the sources that state the pair.

    A credit that names only one side of a pair is told in a note, one credit with one pair; where its own source lists
    the pair too, it is a credit of its own, and its other side stays unknown.
    """
    performances = list(group_by(credits_, lambda credit: credit.performance).values())
    rows: list[list[Credit]] = []
    for told in sorted(performances, key=lambda told: not (told[0].performer and told[0].character)):
        row = next((row for row in rows if _completes(row, told)), None)
        if row is None:
            rows.append(list(told))
        else:
            row.extend(told)
    return tuple(_pair(row) for row in rows)


def _completes(row: Sequence[Credit], told: Sequence[Credit]) -> bool:
    """Whether a performance may be the one a row speaks of: nothing contradicts it, and no source lists both."""
    whole, part = row[0], told[0]
    return (
        (part.character or part.performer) is not None
        and (part.character is None or part.character == whole.character)
        and (part.performer is None or part.performer == whole.performer)
        and not {credit.source.source for credit in row} & {credit.source.source for credit in told}
    )


def _pair(credits_: Sequence[Credit]) -> Answer:
    first = credits_[0]
    performer, character = first.performer, first.character
    stating = [credit for credit in credits_ if (credit.performer, credit.character) == (performer, character)]
    sources = tuple(credit.source for credit in stating)
    return Answer(
        label=_in_words(first),
        iri=first.performance,
        basis=basis_of(sources),
        sources=sources,
        is_pair=True,
        performer=performer,
        character=character,
        note="as narrator" if first.narrates else _partly([credit for credit in credits_ if credit not in stating]),
    )


def _in_words(credit: Credit) -> str:
    who = credit.performer.label if credit.performer else "an unknown performer"
    if credit.character is None and credit.narrates:
        return f"{who} narrates"
    whom = credit.character.label if credit.character else credit.character_as_credited
    return f"{who} played {whom or 'an unknown character'}"


def _partly(credits_: Sequence[Credit]) -> str | None:
    """What sources say that name only one side of a pair."""
    told = [
        f"{credit.source.source} names only the {'performer' if credit.performer else 'character'}"
        + (f" (line {credit.source.line})" if credit.source.line is not None else "")
        for credit in credits_
    ]
    return "; ".join(told) or None
