"""Candidates of a Reconciliation service: which things here a query of any version of the API may mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from castgraph.names import fold
from castgraph.records import Json
from castgraph.search_index import KINDS, SearchIndex
from castgraph_server.current import Served
from castgraph_server.links import found_by, schemes_known
from castgraph_server.problems import Problem
from castgraph_server.questions import SECONDS_FOR_NAMES, WorkerStore
from castgraph_server.reconciliation_values import TYPES, comparable, named, property_name, types

MOST_QUERIES, MOST_CANDIDATES, LONGEST = 100, 50, 500


@dataclass(frozen=True)
class Condition:
    """Values of a property that a candidate is to have: ``any`` of them, ``all``, or ``none``.

    ``required``: who does not is no candidate.
    """

    pid: str
    values: tuple[str, ...]
    required: bool = False
    quantifier: str = "any"

    def holds(self, stated: list[str]) -> bool:
        """Whether what is stated of a thing meets it."""
        told, wanted = {fold(text) for text in stated}, {fold(value) for value in self.values}
        match self.quantifier:
            case "all":
                return wanted <= told
            case "none":
                return not wanted & told
        return bool(wanted & told)


@dataclass(frozen=True)
class Wanted:
    """A query, read. No types: of any."""

    text: str
    types: tuple[str, ...]
    limit: int
    conditions: tuple[Condition, ...]


def wanted(key: str, text: object, asked: list[str], limit: Json, conditions: tuple[Condition, ...]) -> Wanted:
    """A query whose parts are what they should be; ``key`` is for the problem.

    Raises:
        Problem: 400, it asks for nothing, or for too much.
    """
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise Problem(400, f"{key}: `limit` is a number from 1.")
    if not isinstance(text, str) or len(text.strip()) > LONGEST or not (text.strip() or conditions):
        raise Problem(400, f"{key}: a query has a name of 1 to {LONGEST} characters, or properties.")
    return Wanted(text.strip(), tuple(asked), min(limit, MOST_CANDIDATES), conditions)


def value_texts(told: Json) -> tuple[str, ...]:
    """The value or values of a property in a query, as texts; of a thing its identifier."""
    several = told if isinstance(told, list) else [told]
    return tuple(str(one.get("id", one.get("name", ""))) if isinstance(one, dict) else str(one) for one in several)


def candidates(now: Served, wanted: Wanted) -> Iterator[dict[str, Json]]:
    """The things that a query may mean, the likeliest first. An identifier that fits decides; a name alone only where it is one thing's."""
    kinds = {TYPES[one][0] for one in wanted.types if one in TYPES} if wanted.types else set(KINDS)
    if not kinds:
        return
    identified = {
        iri
        for one in wanted.conditions
        if one.pid in schemes_known() and one.quantifier != "none"
        for value in one.values
        for iri in found_by(now, one.pid, value)
    }
    scored: dict[str, tuple[float, str, list[Json], bool]] = {}
    for hit in index(now).search(wanted.text, sorted(kinds), limit=MOST_CANDIDATES) if wanted.text else ():
        iri = hit.entry.iri
        if wanted.types and not set(wanted.types) & set(types(now, iri)):
            continue
        node = ox.NamedNode(iri)
        if any(one.required and not one.holds(comparable(now, node, one.pid)) for one in wanted.conditions):
            continue
        features: list[Json] = [{"id": "name", "name": "Likeness of the name", "value": round(hit.likeness, 1)}]
        agreeing = []
        for one in wanted.conditions:
            if one.pid not in schemes_known() and (stated := comparable(now, node, one.pid)):
                agreeing.append(one.holds(stated))
                features.append({"id": one.pid, "name": property_name(now, one.pid), "value": agreeing[-1]})
        share = sum(agreeing) / len(agreeing) if agreeing else 1.0
        likeness = hit.likeness * (0.5 + 0.5 * share)
        scored[iri] = (likeness, hit.entry.name, features, share == 1.0 and hit.likeness >= 99.5)
    for iri in identified:
        name = scored[iri][1] if iri in scored else now.names.show(ox.NamedNode(iri)).text
        scored[iri] = (100.0, name, [{"id": "identifier", "name": "Identifier", "value": True}], True)
    certain = [iri for iri, (_, _, _, sure) in scored.items() if sure and (iri in identified or not identified)]
    ranked = sorted(scored.items(), key=lambda one: (one[0] not in identified, -one[1][0], one[0]))
    for iri, (score, name, features, _) in ranked[: wanted.limit]:
        yield {
            **named(now, iri, name),
            "score": round(score, 2),
            "match": certain == [iri],
            "type": [{"id": id_, "name": TYPES[id_][1]} for id_ in types(now, iri)],
            "features": features,
        }


def index(now: Served) -> SearchIndex:
    """The names of the snapshot's things."""
    return now.search_index(WorkerStore(now, SECONDS_FOR_NAMES))
