"""For operators and their tools: is the process up, is a snapshot being served, what are the routes."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from castgraph import __version__
from castgraph.records import Json
from castgraph_server.authorisation import authorisation
from castgraph_server.current import holder
from castgraph_server.openapi import document

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return _uncached({"status": "up", "castgraph": __version__})


@blueprint.get("/readyz")
def readyz() -> Response:
    """A snapshot is being served: which, and what keeps a newer one from being served. 503 where there is none."""
    now = holder().served()
    told: dict[str, Json] = {"status": "ready", "snapshot": now.snapshot.id}
    if holder().problem is not None:
        told["problem"] = f"{holder().problem}; the snapshot before it is served"
    return _uncached(told)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The routes, described in OpenAPI 3.1."""
    return jsonify(document(request.url_root, writable=authorisation().writable))


def _uncached(told: dict[str, Json]) -> Response:
    response = jsonify(told)
    response.headers["Cache-Control"] = "no-store"
    return response
