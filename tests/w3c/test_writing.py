"""The W3C suites for the protocols' writes: update operations, and the Graph Store HTTP Protocol, by a writable server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest

from castgraph.formats import Format
from tests.w3c.comparison import Graph, same
from tests.w3c.endpoint import TOKEN, Endpoint
from tests.w3c.manifests import is_here
from tests.w3c.requests import Exchange, Request
from tests.w3c.test_graph_store import store_exchanges, target, triples
from tests.w3c.test_protocol import UPDATES, is_update, send

pytestmark = pytest.mark.skipif(not is_here(), reason="the W3C suites (../shared/w3c) are not here")

XFAIL: Mapping[str, str] = {
    "sparql11/http-rdf-update/put_get_default": "the default graph cannot be replaced: it is the union of all graphs",
}
"""Exchanges expected to fail, with the reason."""


def marked(exchanges: list[Exchange]) -> list[object]:
    """Exchanges as parameters, those expected to fail marked so."""
    return [
        pytest.param(one, id=one.entry.name, marks=pytest.mark.xfail(
            one.entry.name in XFAIL, reason=XFAIL.get(one.entry.name, ""), strict=True, raises=AssertionError))
        for one in exchanges
    ]  # fmt: skip


def with_token(request: Request) -> Request:
    """The request, with the token."""
    shown = (*request.headers, ("authorization", f"Bearer {TOKEN}"))
    return Request(request.method, request.path, shown, request.body, request.expected)


@pytest.mark.parametrize("exchange", marked(UPDATES))
def test_update_operations_are_answered_as_the_suite_expects(writable: Endpoint, exchange: Exchange) -> None:
    writable.serve(exchange.data)
    for request in exchange.requests:
        answer = send(writable, with_token(request) if is_update(request) else request)
        assert request.expected.takes(answer.status), (answer, request)
        if request.expected.boolean is not None:
            assert answer.media_type == Format.JSON.media_type
            assert json.loads(answer.body)["boolean"] is request.expected.boolean
        if answer.status >= 400:
            assert answer.media_type == "application/problem+json"


@pytest.mark.parametrize("exchange", marked(store_exchanges()))
def test_graphs_are_written_and_read_as_the_suite_expects(writable: Endpoint, exchange: Exchange) -> None:
    writable.serve_quads([])
    location = ""
    for request in exchange.requests:
        address, _ = target(request)
        if "$LOCATION$" in request.path:
            address = location
        elif address.startswith("/graphs") and "graph=" not in address and "default" not in address:
            address = "/graphs"
        told = with_token(request) if request.method not in ("GET", "HEAD") else request
        headers = {name.replace("-", "_"): value for name, value in told.headers}
        answer = writable.send(request.method, address, request.body, **headers)
        assert request.expected.takes(answer.status), (answer, request, address)
        if answer.status == 201 and "location" in answer.headers:
            location = urlsplit(answer.headers["location"]).path
        if request.method in ("GET", "HEAD"):
            for name, value in request.expected.headers:
                assert answer.headers[name] == value
            if request.expected.body is not None:
                wanted = Graph(frozenset(triples(request.expected.body.encode())))
                assert same(wanted, Graph(frozenset(triples(answer.body))))
