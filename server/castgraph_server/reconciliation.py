"""A Reconciliation service (https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/), as OpenRefine
and others ask one: which thing here does a name of theirs mean?"""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Blueprint, Response, jsonify, render_template, request

from castgraph import __version__
from castgraph.iris import FILM
from castgraph.names import fold
from castgraph.records import Json
from castgraph_server.current import Served, served
from castgraph_server.problems import Problem
from castgraph_server.reconciliation_candidates import (
    LONGEST,
    MOST_QUERIES,
    Condition,
    Wanted,
    candidates,
    index,
    value_texts,
    wanted,
)
from castgraph_server.reconciliation_values import (
    TYPES,
    named,
    node,
    properties,
    property_name,
    texts,
    values,
)

blueprint = Blueprint("reconciliation", __name__)

MOST_IDS = 500
"""Things that values are told of in one go."""


@blueprint.route("/reconcile", methods=["GET", "POST"])
def reconcile() -> Response:
    """The service's manifest; candidates for a batch of ``queries``; or the values asked for by ``extend``."""
    queries, extend = request.values.get("queries"), request.values.get("extend")
    now = served()
    if queries is not None:
        told = parsed(queries, "queries")
        if len(told) > MOST_QUERIES:
            raise Problem(400, f"At most {MOST_QUERIES} queries in a batch.")
        return jsonify({key: {"result": list(candidates(now, _read(key, query)))} for key, query in told.items()})
    if extend is not None:
        return jsonify(_extended(now, parsed(extend, "extend")))
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
    hits = index(now).search(_prefix(), limit=20)
    return jsonify({"result": [{**named(now, hit.entry.iri, hit.entry.name), "description": _what(hit.entry.kind, hit.entry.year)}
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
    return jsonify({"result": [one for one in properties(served()) if prefix in fold(f"{one['id']} {one['name']}")]})


@blueprint.get("/reconcile/properties")
def propose_properties() -> Response:
    """The properties that values can be had of."""
    limit = request.args.get("limit", "100")
    shown = properties(served())[: int(limit) if limit.isascii() and limit.isdecimal() and len(limit) < 6 else 100]
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
    thing = node(now, id_)
    if thing is None or not any(now.store.raw.quads_for_pattern(thing, None, None, None)):
        raise Problem(404, f"Nothing is said here of {id_!r}.")
    facts = [(one["name"], ", ".join(texts(now, thing, one["id"])[:5])) for one in properties(now)]
    body = render_template("preview.html", name=now.names.show(thing), facts=[fact for fact in facts if fact[1]][:6])
    policy = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *; object-src 'none'"
    return Response(body, mimetype="text/html", headers={"Content-Security-Policy": policy})


def _read(key: str, query: Json) -> Wanted:
    if not isinstance(query, dict):
        raise Problem(400, f"{key}: a query is an object with `query`, a text, or `properties`.")
    types, properties = query.get("type") or [], query.get("properties") or []
    if not isinstance(properties, list):
        raise Problem(400, f"{key}: `properties` is a list.")
    read = []
    for one in properties:
        if not isinstance(one, dict) or not isinstance(one.get("pid"), str) or "v" not in one:
            raise Problem(400, f"{key}: a property has `pid` and `v`.")
        read.append(Condition(str(one["pid"]), value_texts(one["v"])))
    asked = [str(one) for one in (types if isinstance(types, list) else [types])]
    return wanted(key, query.get("query", ""), asked, query.get("limit", 10), tuple(read))


def _extended(now: Served, told: Mapping[str, Json]) -> dict[str, Json]:
    ids, pids = extension(told, "`extend`")
    rows: dict[str, Json] = {}
    for id_ in ids:
        thing = node(now, id_)
        rows[id_] = {pid: [] if thing is None else values(now, thing, pid) for pid in pids}
    meta: list[Json] = [{"id": pid, "name": property_name(now, pid)} for pid in pids]
    return {"meta": meta, "rows": rows}


def extension(told: Mapping[str, Json], name: str) -> tuple[list[str], list[str]]:
    """The things and the properties that data extension asks for.

    Raises:
        Problem: 400, it does not say so, or asks for too many.
    """
    ids, asked = told.get("ids"), told.get("properties")
    if not isinstance(ids, list) or not isinstance(asked, list) or len(ids) > MOST_IDS:
        raise Problem(400, f"{name} has `ids`, at most {MOST_IDS}, and `properties`.")
    return [str(id_) for id_ in ids], [str(one.get("id", "")) for one in asked if isinstance(one, dict)]


def _what(kind: str, year: int | None) -> str:
    return f"{kind}, {year}" if year else kind


def _prefix() -> str:
    prefix = request.args.get("prefix", "").strip()
    if len(prefix) > LONGEST:
        raise Problem(400, f"`prefix` has at most {LONGEST} characters.")
    return prefix


def parsed(text: str, name: str) -> dict[str, Json]:
    """The object that a text in JSON tells.

    Raises:
        Problem: 400, it tells none.
    """
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise Problem(400, f"`{name}` is no JSON.") from None
    if not isinstance(told, dict):
        raise Problem(400, f"`{name}` is no JSON object.")
    return told
