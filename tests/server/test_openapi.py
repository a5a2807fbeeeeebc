"""The document that describes the routes, and its agreement with them."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from castgraph_server.openapi import ROUTES


def content(response: TestResponse) -> Any:
    """The JSON of a response."""
    return json.loads(response.data)


def test_every_route_is_described_and_no_other(app: Flask) -> None:
    there = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(rule)) for rule in app.url_map.iter_rules()}
    assert there - {"/static/{filename}"} == {route.path for route in ROUTES}


def test_the_document_is_openapi(client: FlaskClient) -> None:
    told = content(client.get("/openapi.json"))
    assert told["openapi"].startswith("3.1")
    assert set(told["paths"]["/sparql"]) == {"get", "post"}
    for path, operations in told["paths"].items():
        for operation in operations.values():
            assert operation["responses"]
            named = {row["name"] for row in operation.get("parameters", []) if row["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))


def test_the_media_types_described_are_those_given(client: FlaskClient) -> None:
    paths = content(client.get("/openapi.json"))["paths"]
    for address in ("/", "/queries", "/graphs", "/healthz", "/readyz", "/openapi.json", "/.well-known/void", "/sparql"):
        for media_type in paths[address]["get"]["responses"]["200"]["content"]:
            given = client.get(address, headers={"Accept": media_type})
            if given.status_code == 200:
                assert given.mimetype == media_type or address in ("/", "/healthz", "/readyz", "/openapi.json")
