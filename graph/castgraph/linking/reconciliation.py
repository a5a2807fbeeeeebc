"""Sides at Reconciliation services (https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/).

A service is asked which of its things our names may mean, and then, where it offers that, for the facts to compare. How
well it thinks they fit is a hint that is not used: what a link is worth is what the evidence says, here as for any target.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast
from urllib.parse import quote

from castgraph.errors import EndpointError, UsageError
from castgraph.linking.description import Description
from castgraph.linking.entities import Entity, Side
from castgraph.linking.patience import Patience, patiently
from castgraph.linking.targets import Target, TargetSide
from castgraph.linking.web import Sent, ask_json

VERSIONS = ("0.2", "0.1", "1.0-draft")
"""Versions of the API that are spoken, the draft where there is no other; a service that tells none speaks 0.1."""

MOST = 20_000
"""Things of ours that a service is asked for."""

_BATCH, _CANDIDATES, _IDS = 10, 10, 50
_ID, _NAME = "@id", "@name"
_ID_PLACE = re.compile(r"\{\{id\}\}|\{\+?id\}")  # of 0.2, and of the draft


@dataclass(frozen=True)
class Service:
    """A service, as its manifest tells: where ids become IRIs (``{}``), and what it takes."""

    url: str
    template: str
    batch: int
    extends: bool
    is_draft: bool = False  # it speaks no version but the draft of 1.0

    def iri(self, id_: str) -> str:
        """The IRI of one of its things."""
        if id_.startswith(("http://", "https://")):
            return id_
        return self.template.replace("{}", quote(id_, safe="/:@!$&'()*+,;=~-._"))


def read_manifest(url: str, told: object, prefix: str = "") -> Service:
    """A service by its manifest; ``prefix`` is what its ids are to be put after, where the manifest is not to say it.

    Raises:
        EndpointError: it is no manifest of a version that is spoken, or does not tell how ids become IRIs.
    """
    if not isinstance(told, dict) or not isinstance(told.get("name"), str):
        raise EndpointError(url, "answered with no manifest of a Reconciliation service")
    versions = told.get("versions", ["0.1"])
    if not isinstance(versions, list) or not set(map(str, versions)) & set(VERSIONS):
        raise EndpointError(url, f"speaks the Reconciliation API of {versions}; here it is {' and '.join(VERSIONS)}")
    view = told.get("view")
    pattern = view.get("url") if isinstance(view, dict) else None
    space = told.get("identifierSpace")
    if prefix:
        template = prefix + "{}"
    elif isinstance(space, str) and space.startswith(("http://", "https://")) and space.endswith(("/", "#", "=", ":")):
        template = space + "{}"
    elif isinstance(pattern, str) and _ID_PLACE.search(pattern):
        template = _ID_PLACE.sub("{}", pattern)
    else:
        raise EndpointError(url, "does not tell which IRIs its ids stand for; give a prefix: in the description")
    size = told.get("batchSize")
    is_draft = not set(map(str, versions)) & set(VERSIONS[:2])
    return Service(url, template, size if isinstance(size, int) and size > 0 else _BATCH, "extend" in told, is_draft)


def reconciled_side(
    target: Target, side: TargetSide, ours: Side, patience: Patience, progress: Callable[[str], None]
) -> Side:
    """What a service knows of the things that ours might be.

    The description's fields name the service's properties: those of years, directors and identifiers go with each query,
    all of them are asked for of the candidates.

    Raises:
        EndpointError: the service does not answer as it should.
        UsageError: there are more things here than a service is asked for.
    """
    assert target.reconcile is not None
    described = side.description
    wanted = [entity for entity in ours if entity.kind == described.kind]
    if len(wanted) > MOST:
        raise UsageError(f"{target.name}: {len(wanted):,} things here; a service is asked for {MOST:,} at the most")
    url = target.reconcile
    ask = _Asker(url, patience, progress)
    service = read_manifest(url, ask.manifest(), described.prefix)
    ask.is_draft = service.is_draft
    type_ = target.types.get(described.kind)
    queries = [query for entity in wanted if (query := _query(entity, described, type_)) is not None]
    names: dict[str, str] = {}
    for start in range(0, len(queries), service.batch):
        for candidate in _candidates(ask, queries[start : start + service.batch]):
            names.setdefault(*candidate)
        progress(f"{target.title}: {min(start + service.batch, len(queries)):,} of {len(queries):,} asked for")
    facts = _facts(ask, list(names), _properties(described)) if service.extends else {}
    fields = {**described.fields, "id": (_ID,), "names": (_NAME, *described.fields.get("names", ()))}
    plain = replace(described, prefix="", fields=fields)
    entities = (
        plain.entity({**facts.get(id_, {}), _ID: [service.iri(id_)], _NAME: [name]}, Path(url))
        for id_, name in names.items()
    )
    return Side(target.title, tuple(entities), described.unique, target.things)


class _Asker:
    """Asks one service, patiently."""

    def __init__(self, url: str, patience: Patience, progress: Callable[[str], None]) -> None:
        self.url = url
        self._patience = patience
        self._progress = progress

        self.is_draft = False

    def manifest(self) -> object:
        """What the service says of itself."""
        return self._ask(self.url, None)

    def match(self, queries: Sequence[Mapping[str, object]]) -> list[object]:
        """The candidates for each query, in their order.

        Raises:
            EndpointError: it does not answer each of them.
        """
        if self.is_draft:
            told = self._ask(self._below("match"), Sent.json({"queries": list(map(_as_draft, queries))}))
            results = told.get("results") if isinstance(told, dict) else None
            found = [one.get("candidates") if isinstance(one, dict) else None for one in results or ()]
        else:
            keys = [f"q{number}" for number in range(len(queries))]
            told = self._ask(self.url, Sent.form({"queries": dict(zip(keys, queries, strict=True))}))
            answers = [told[key] for key in keys if key in told] if isinstance(told, dict) else []
            found = [one.get("result") if isinstance(one, dict) else None for one in answers]
        if len(found) != len(queries):
            raise EndpointError(self.url, "does not answer each of the queries of a batch")
        return found

    def extend(self, ids: Sequence[str], pids: Sequence[str]) -> object:
        """The values of properties, by id and then by property; in the draft's lists of rows too."""
        asked = {"ids": list(ids), "properties": [{"id": pid} for pid in pids]}
        if not self.is_draft:
            told = self._ask(self.url, Sent.form({"extend": asked}))
            return told.get("rows") if isinstance(told, dict) else None
        told = self._ask(self._below("extend"), Sent.json(asked))
        rows = told.get("rows") if isinstance(told, dict) else None
        if not isinstance(rows, list):
            return None
        return {
            row.get("id"): {
                one.get("id"): one.get("values") for one in row.get("properties") or () if isinstance(one, dict)
            }
            for row in rows
            if isinstance(row, dict)
        }

    def _below(self, route: str) -> str:
        return f"{self.url.rstrip('/')}/{route}"

    def _ask(self, url: str, sent: Sent | None) -> object:
        return patiently(lambda: ask_json(url, sent, self._patience.timeout), self.url, self._patience, self._progress)


def _as_draft(query: Mapping[str, object]) -> dict[str, object]:
    """A query as the draft of 1.0 has it: all that is looked for are conditions."""
    conditions: list[dict[str, object]] = []
    if query["query"]:
        conditions.append({"matchType": "name", "propertyValue": query["query"]})
    for one in cast("list[dict[str, object]]", query.get("properties", [])):
        conditions.append({"matchType": "property", "propertyId": one["pid"], "propertyValue": one["v"]})
    return {**{key: query[key] for key in ("type", "limit") if key in query}, "conditions": conditions}


def _query(entity: Entity, described: Description, type_: str | None) -> dict[str, object] | None:
    """The query for a thing of ours; None of one with neither a name nor anything else to go by."""
    properties: list[dict[str, object]] = []
    stated: tuple[tuple[str, Sequence[object]], ...] = (("years", entity.years), ("directors", entity.directors))
    for field, values in stated:
        if values and (pids := described.fields.get(field)):
            properties.append({"pid": pids[0], "v": [str(value) for value in values]})
    for scheme, value in entity.identifiers:
        if scheme in described.identifiers:
            properties.append({"pid": described.identifiers[scheme], "v": value})
    if not entity.names and not properties:
        return None
    told: dict[str, object] = {"query": entity.names[0] if entity.names else "", "limit": _CANDIDATES}
    if type_:
        told["type"] = type_
    return {**told, "properties": properties} if properties else told


def _candidates(ask: _Asker, queries: Sequence[Mapping[str, object]]) -> Iterator[tuple[str, str]]:
    """The ids and names of what a service thinks that queries may mean."""
    for result in ask.match(queries):
        if not isinstance(result, list):
            raise EndpointError(ask.url, "answered a query without a result")
        for one in result[:_CANDIDATES]:
            if not isinstance(one, dict) or not isinstance(one.get("id"), str) or not isinstance(one.get("name"), str):
                raise EndpointError(ask.url, "answered with a candidate without id and name")
            yield one["id"], one["name"]


def _properties(described: Description) -> list[str]:
    pids = (pid for field, several in described.fields.items() if field != "id" for pid in several)
    return list(dict.fromkeys((*pids, *described.identifiers.values())))


def _facts(ask: _Asker, ids: Sequence[str], pids: Sequence[str]) -> dict[str, dict[str, list[str]]]:
    """The values of properties, by id and property, as texts."""
    found: dict[str, dict[str, list[str]]] = {}
    if not pids:
        return found
    for start in range(0, len(ids), _IDS):
        some = list(ids[start : start + _IDS])
        rows = ask.extend(some, pids)
        if not isinstance(rows, dict):
            raise EndpointError(ask.url, "answered a request for properties without rows")
        for id_ in some:
            row = rows.get(id_)
            if isinstance(row, dict):
                found[id_] = {str(pid): list(_texts(values)) for pid, values in row.items() if isinstance(values, list)}
    return found


def _texts(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, dict):
            text = next((value[key] for key in ("name", "str", "date", "int", "float", "id") if key in value), None)
            if text is not None:
                yield str(text)
