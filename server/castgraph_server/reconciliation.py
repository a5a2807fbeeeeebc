"""A Reconciliation service (https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/), as OpenRefine
and others ask one: which thing here does a name of theirs mean?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox
from flask import Blueprint, Response, jsonify, render_template, request

from castgraph import __version__
from castgraph.iris import FILM, RDF, SCHEMA, SKOS, XSD
from castgraph.names import fold
from castgraph.records import Json
from castgraph.search_index import KINDS, SearchIndex
from castgraph_server.current import Served, served
from castgraph_server.links import found_by, schemes_known
from castgraph_server.problems import Problem
from castgraph_server.questions import SECONDS_FOR_NAMES, WorkerStore

blueprint = Blueprint("reconciliation", __name__)

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")

TYPES = {
    "Person": ("person", "Person"),
    "Organization": ("person", "Organization"),
    "Character": ("character", "Character"),
    "ScreenWork": ("title", "Film or series"),
    "Book": ("book", "Book"),
    "Genre": ("genre", "Genre"),
    "Language": ("language", "Language"),
    "Place": ("country", "Place"),
}
"""The types one can ask for: the local name of a class, its kind in the index of names, and its name."""

MOST_QUERIES, MOST_CANDIDATES, MOST_IDS, LONGEST = 100, 50, 500, 500

_PREFERRED, _TYPE = ox.NamedNode(SKOS + "prefLabel"), ox.NamedNode(RDF + "type")
_INTEGER, _REALS = XSD + "integer", {XSD + "decimal", XSD + "double", XSD + "float"}


@blueprint.route("/reconcile", methods=["GET", "POST"])
def reconcile() -> Response:
    """The service's manifest; candidates for a batch of ``queries``; or the values asked for by ``extend``."""
    queries, extend = request.values.get("queries"), request.values.get("extend")
    now = served()
    if queries is not None:
        told = _parsed(queries, "queries")
        if len(told) > MOST_QUERIES:
            raise Problem(400, f"At most {MOST_QUERIES} queries in a batch.")
        return jsonify({key: {"result": list(_candidates(now, key, query))} for key, query in told.items()})
    if extend is not None:
        return jsonify(_extended(now, _parsed(extend, "extend")))
    return jsonify(manifest(now, request.url_root))


def manifest(now: Served, root: str) -> dict[str, Json]:
    """What the service can do, for a server at an address that ends in ``/``."""
    suggest: dict[str, Json] = {
        kind: {"service_url": root.rstrip("/"), "service_path": f"/reconcile/suggest/{kind}"}
        for kind in ("entity", "type", "property")
    }
    return {
        "versions": ["0.2"],
        "name": "castgraph",
        "identifierSpace": now.iris.thing(""),
        "schemaSpace": FILM,
        "documentation": root + "openapi.json",
        "serviceVersion": __version__,
        "defaultTypes": [{"id": id_, "name": name} for id_, (_, name) in TYPES.items()],
        "view": {"url": root + "id/{{id}}"},
        "preview": {"url": root + "reconcile/preview?id={{id}}", "width": 400, "height": 200},
        "suggest": suggest,
        "extend": {
            "propose_properties": {"service_url": root.rstrip("/"), "service_path": "/reconcile/properties"},
            "property_settings": [],
        },
    }


@blueprint.get("/reconcile/suggest/entity")
def suggest_entity() -> Response:
    """Things whose names begin like ``prefix``."""
    now = served()
    hits = _index(now).search(_prefix(), limit=20)
    return jsonify({"result": [{**_named(now, hit.entry.iri, hit.entry.name), "description": _what(hit.entry.kind, hit.entry.year)}
                               for hit in hits]})  # fmt: skip


@blueprint.get("/reconcile/suggest/type")
def suggest_type() -> Response:
    """Types whose names hold ``prefix``."""
    prefix = fold(_prefix())
    return jsonify(
        {"result": [{"id": id_, "name": name} for id_, (_, name) in TYPES.items() if prefix in fold(f"{id_} {name}")]}
    )


@blueprint.get("/reconcile/suggest/property")
def suggest_property() -> Response:
    """Properties whose names hold ``prefix``."""
    prefix = fold(_prefix())
    return jsonify({"result": [one for one in _properties(served()) if prefix in fold(f"{one['id']} {one['name']}")]})


@blueprint.get("/reconcile/properties")
def propose_properties() -> Response:
    """The properties that values can be had of."""
    limit = request.args.get("limit", "100")
    shown = _properties(served())[: int(limit) if limit.isascii() and limit.isdecimal() and len(limit) < 6 else 100]
    told: dict[str, Json] = {"properties": [{**one} for one in shown]}
    type_ = request.args.get("type")
    if type_ in TYPES:
        told["type"] = type_
    return jsonify(told)


@blueprint.get("/reconcile/preview")
def preview() -> Response:
    """A thing in a few words, to be shown within another site's page."""
    now = served()
    id_ = request.args.get("id", "")
    node = _node(now, id_)
    if node is None or not any(now.store.raw.quads_for_pattern(node, None, None, None)):
        raise Problem(404, f"Nothing is said here of {id_!r}.")
    facts = [(one["name"], ", ".join(_texts(now, node, one["id"])[:5])) for one in _properties(now)]
    body = render_template("preview.html", name=now.names.show(node), facts=[fact for fact in facts if fact[1]][:6])
    policy = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *; object-src 'none'"
    return Response(body, mimetype="text/html", headers={"Content-Security-Policy": policy})


@dataclass(frozen=True)
class _Wanted:
    """A query of a batch, read."""

    text: str
    types: tuple[str, ...]  # empty: any
    limit: int
    properties: tuple[tuple[str, tuple[str, ...]], ...]


def _read(key: str, query: Json) -> _Wanted:
    if not isinstance(query, dict) or not isinstance(query.get("query", ""), str):
        raise Problem(400, f"{key}: a query is an object with `query`, a text, or `properties`.")
    types, limit, properties = query.get("type") or [], query.get("limit", 10), query.get("properties") or []
    types = types if isinstance(types, list) else [types]
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1 or not isinstance(properties, list):
        raise Problem(400, f"{key}: `limit` is a number from 1, `properties` a list.")
    text = str(query.get("query", "")).strip()
    if len(text) > LONGEST or not (text or properties):
        raise Problem(400, f"{key}: a query has 1 to {LONGEST} characters, or properties.")
    asked = tuple(str(one) for one in types)
    read = []
    for one in properties:
        if not isinstance(one, dict) or not isinstance(one.get("pid"), str) or "v" not in one:
            raise Problem(400, f"{key}: a property has `pid` and `v`.")
        values = one["v"] if isinstance(one["v"], list) else [one["v"]]
        read.append(
            (
                str(one["pid"]),
                tuple(str(v.get("id", v.get("name", ""))) if isinstance(v, dict) else str(v) for v in values),
            )
        )
    return _Wanted(text, asked, min(limit, MOST_CANDIDATES), tuple(read))


def _candidates(now: Served, key: str, query: Json) -> Iterator[dict[str, Json]]:
    """The things that a query may mean, the likeliest first. An identifier that fits decides; a name alone only where it is one thing's."""
    wanted = _read(key, query)
    kinds = {TYPES[one][0] for one in wanted.types if one in TYPES} if wanted.types else set(KINDS)
    if not kinds:
        return
    identified = {
        iri
        for pid, values in wanted.properties
        if pid in schemes_known()
        for value in values
        for iri in found_by(now, pid, value)
    }
    scored: dict[str, tuple[float, str, list[Json], bool]] = {}
    for hit in _index(now).search(wanted.text, sorted(kinds), limit=MOST_CANDIDATES) if wanted.text else ():
        iri = hit.entry.iri
        if wanted.types and not set(wanted.types) & set(_types(now, iri)):
            continue
        features: list[Json] = [{"id": "name", "value": round(hit.likeness, 1)}]
        agreeing = []
        node = ox.NamedNode(iri)
        for pid, values in wanted.properties:
            if pid not in schemes_known() and (stated := _texts(now, node, pid)):
                agreeing.append(bool({fold(text) for text in stated} & {fold(value) for value in values}))
                features.append({"id": pid, "value": agreeing[-1]})
        share = sum(agreeing) / len(agreeing) if agreeing else 1.0
        scored[iri] = (
            hit.likeness * (0.5 + 0.5 * share),
            hit.entry.name,
            features,
            share == 1.0 and hit.likeness >= 99.5,
        )
    for iri in identified:
        name = scored[iri][1] if iri in scored else now.names.show(ox.NamedNode(iri)).text
        scored[iri] = (100.0, name, [{"id": "identifier", "value": True}], True)
    certain = [iri for iri, (_, _, _, sure) in scored.items() if sure and (iri in identified or not identified)]
    ranked = sorted(scored.items(), key=lambda one: (one[0] not in identified, -one[1][0], one[0]))
    for iri, (score, name, features, _) in ranked[: wanted.limit]:
        yield {
            **_named(now, iri, name),
            "score": round(score, 2),
            "match": certain == [iri],
            "type": [{"id": id_, "name": TYPES[id_][1]} for id_ in _types(now, iri)],
            "features": features,
        }


def _extended(now: Served, told: Mapping[str, Json]) -> dict[str, Json]:
    ids, properties = told.get("ids"), told.get("properties")
    if not isinstance(ids, list) or not isinstance(properties, list) or len(ids) > MOST_IDS:
        raise Problem(400, f"`extend` has `ids`, at most {MOST_IDS}, and `properties`.")
    pids = [str(one.get("id", "")) for one in properties if isinstance(one, dict)]
    rows: dict[str, Json] = {}
    for id_ in ids:
        node = _node(now, str(id_))
        rows[str(id_)] = {pid: [] if node is None else _values(now, node, pid) for pid in pids}
    meta: list[Json] = [{"id": pid, "name": _property_name(now, pid)} for pid in pids]
    return {"meta": meta, "rows": rows}


def _values(now: Served, node: ox.NamedNode, pid: str) -> list[Json]:
    """The values of a property, as data extension writes them."""
    found: list[Json] = []
    for term in _terms(now, node, pid):
        if isinstance(term, ox.NamedNode):
            ours = term.value.startswith(now.iris.thing(""))
            found.append(_named(now, term.value, now.names.show(term).text) if ours else {"str": term.value})
        elif isinstance(term, ox.Literal) and term.datatype.value == _INTEGER:
            found.append({"int": int(term.value)})
        elif isinstance(term, ox.Literal) and term.datatype.value in _REALS:
            found.append({"float": float(term.value)})
        elif isinstance(term, ox.Literal):
            found.append({"str": term.value})
    return found


def _texts(now: Served, node: ox.NamedNode, pid: str) -> list[str]:
    """The values of a property as texts that people would write: names, where they are things."""
    return [
        now.names.show(term).text if isinstance(term, ox.NamedNode) else str(getattr(term, "value", ""))
        for term in _terms(now, node, pid)
    ]


def _terms(now: Served, node: ox.NamedNode, pid: str) -> Sequence[object]:
    raw = now.store.raw
    if pid in schemes_known():
        graph = ox.NamedNode(now.iris.links(schemes_known()[pid].name))
        return [quad.object for quad in raw.quads_for_pattern(node, ox.NamedNode(SCHEMA + "identifier"), None, graph)]
    if not _WORD.fullmatch(pid):
        return []
    found = {quad.object for quad in raw.quads_for_pattern(node, ox.NamedNode(FILM + pid), None, ox.DefaultGraph())}
    return sorted(found, key=str)


def _properties(now: Served) -> list[dict[str, str]]:
    """The properties of our things: those of the ontology in use, and the identifiers elsewhere."""
    statistics = now.snapshot.statistics()
    used = [iri.removeprefix(FILM) for iri in (statistics.properties if statistics else ()) if iri.startswith(FILM)]
    told = [{"id": one, "name": _property_name(now, one)} for one in sorted(used)]
    return told + [{"id": scheme, "name": _property_name(now, scheme)} for scheme in sorted(schemes_known())]


def _property_name(now: Served, pid: str) -> str:
    if pid in schemes_known():
        return f"{schemes_known()[pid].title} identifier"
    return (now.names.name(FILM + pid) if _WORD.fullmatch(pid) else None) or pid


def _types(now: Served, iri: str) -> list[str]:
    found = now.store.raw.quads_for_pattern(ox.NamedNode(iri), _TYPE, None, ox.DefaultGraph())
    told = {quad.object.value for quad in found if isinstance(quad.object, ox.NamedNode)}
    return [id_ for id_ in TYPES if FILM + id_ in told]


def _named(now: Served, iri: str, name: str) -> dict[str, Json]:
    return {"id": iri.removeprefix(now.iris.thing("")), "name": name}


def _what(kind: str, year: int | None) -> str:
    return f"{kind}, {year}" if year else kind


def _node(now: Served, id_: str) -> ox.NamedNode | None:
    """The thing of an identifier of this service: its path, or its whole IRI."""
    try:
        return ox.NamedNode(id_ if id_.startswith(now.iris.thing("")) else now.iris.thing(id_))
    except ValueError:
        return None


def _index(now: Served) -> SearchIndex:
    return now.search_index(WorkerStore(now, SECONDS_FOR_NAMES))


def _prefix() -> str:
    prefix = request.args.get("prefix", "").strip()
    if len(prefix) > LONGEST:
        raise Problem(400, f"`prefix` has at most {LONGEST} characters.")
    return prefix


def _parsed(text: str, name: str) -> dict[str, Json]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise Problem(400, f"`{name}` is no JSON.") from None
    if not isinstance(told, dict):
        raise Problem(400, f"`{name}` is no JSON object.")
    return told
