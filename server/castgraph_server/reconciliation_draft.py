"""The same Reconciliation service by the draft of version 1.0 (https://reconciliation-api.github.io/specs/1.0-draft/).

It has a root of its own, for one manifest cannot be both: what 0.2 describes by objects, the draft tells by booleans. The
route of a batch has had two names in the draft, and so have the parts of a condition; both are taken.
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from castgraph import __version__
from castgraph.records import Json
from castgraph_server.current import served
from castgraph_server.problems import Problem
from castgraph_server.reconciliation import (
    extension,
    parsed,
    preview,
    propose_properties,
    suggest_entity,
    suggest_property,
    suggest_type,
)
from castgraph_server.reconciliation_candidates import (
    MOST_QUERIES,
    Condition,
    Wanted,
    candidates,
    value_texts,
    wanted,
)
from castgraph_server.reconciliation_values import TYPES, node, property_name, values

ROOT = "/reconcile/draft"
VERSION = "1.0-draft"
_QUANTIFIERS = ("any", "all", "none")

blueprint = Blueprint("reconciliation_draft", __name__, url_prefix=ROOT)
blueprint.add_url_rule("/suggest/entity", view_func=suggest_entity)
blueprint.add_url_rule("/suggest/type", view_func=suggest_type)
blueprint.add_url_rule("/suggest/property", view_func=suggest_property)
blueprint.add_url_rule("/extend/propose", view_func=propose_properties)
blueprint.add_url_rule("/preview", view_func=preview)


@blueprint.get("")
def manifest() -> Response:
    """What the service can do."""
    told: dict[str, Json] = {
        "versions": [VERSION],
        "name": "castgraph",
        "documentation": request.url_root + "openapi.json",
        "serviceVersion": __version__,
        "view": {"url": request.url_root + "id/{+id}"},
        "defaultTypes": [{"id": id_, "name": name} for id_, (_, name) in TYPES.items()],
        "suggest": {"entity": True, "type": True, "property": True},
        "preview": {"width": 400, "height": 200},
        "extend": {"proposeProperties": True, "propertySettings": []},
        "batchSize": MOST_QUERIES,
        "standardizedScore": True,
    }
    return jsonify(told)


@blueprint.post("/match")
@blueprint.post("/reconcile")
def match() -> Response:
    """Candidates for each query of a batch, in its order."""
    queries = parsed(request.get_data(as_text=True), "the body").get("queries")
    if not isinstance(queries, list):
        raise Problem(400, "The body has `queries`, a list.")
    if len(queries) > MOST_QUERIES:
        raise Problem(413, f"At most {MOST_QUERIES} queries in a batch.")
    now = served()
    read = [_read(f"query {number}", query) for number, query in enumerate(queries, start=1)]
    return jsonify({"results": [{"candidates": list(candidates(now, query))} for query in read]})


@blueprint.post("/extend")
def extend() -> Response:
    """The values of properties, thing by thing."""
    now = served()
    ids, pids = extension(parsed(request.get_data(as_text=True), "the body"), "The body")
    rows: list[Json] = []
    for id_ in ids:
        thing = node(now, id_)
        told: list[Json] = [{"id": pid, "values": [] if thing is None else values(now, thing, pid)} for pid in pids]
        rows.append({"id": id_, "properties": told})
    meta: list[Json] = [{"id": pid, "name": property_name(now, pid)} for pid in pids]
    return jsonify({"meta": meta, "rows": rows})


def _read(key: str, query: Json) -> Wanted:
    conditions = query.get("conditions") if isinstance(query, dict) else None
    if not isinstance(query, dict) or not isinstance(conditions, list) or not conditions:
        raise Problem(400, f"{key}: a query is an object with `conditions`, a list of one or more.")
    text, read = "", []
    for one in conditions:
        value = one.get("propertyValue", one.get("v")) if isinstance(one, dict) else None
        if not isinstance(one, dict) or value is None:
            raise Problem(400, f"{key}: a condition is an object with `matchType` and `propertyValue`.")
        pid, quantifier = one.get("propertyId", one.get("pid")), one.get("matchQuantifier", "any")
        if one.get("matchType") == "name":
            text = next(iter(value_texts(value)), "")
        elif one.get("matchType") == "property" and isinstance(pid, str) and quantifier in _QUANTIFIERS:
            read.append(Condition(pid, value_texts(value), one.get("required") is True, str(quantifier)))
        else:
            raise Problem(400, f"{key}: a condition matches a `name`, or a `property` by `propertyId`.")
    type_ = query.get("type")
    return wanted(key, text, [str(type_)] if type_ else [], query.get("limit", 10), tuple(read))
