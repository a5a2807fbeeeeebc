"""The W3C suite for the SPARQL 1.1 Protocol, as real HTTP requests; and that updates, being off, are refused."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from castgraph.formats import Format
from castgraph_server.protocol import FORM, UPDATE
from tests.w3c.endpoint import Answer, Endpoint
from tests.w3c.manifests import Data, Entry, Manifest, is_here, text_of
from tests.w3c.requests import Exchange, Request, exchanges

pytestmark = pytest.mark.skipif(not is_here(), reason="the W3C suites (../shared/w3c) are not here")

MEDIA_TYPES = {
    "boolean": {Format.JSON.media_type, Format.XML.media_type},
    "tabular": {one.media_type for one in (Format.JSON, Format.XML, Format.CSV, Format.TSV)},
    "RDF": {one.media_type for one in (Format.TURTLE, Format.N_TRIPLES, Format.RDF_XML, Format.JSON_LD)},
}

XFAIL: dict[str, str] = {}
"""Query operations expected to fail, with the reason."""


def protocol_exchanges() -> list[Exchange]:
    """The entries of the protocol suite."""
    return exchanges("sparql11/protocol/manifest.ttl", "ProtocolTest") if is_here() else []


def is_update(request: Request) -> bool:
    """Whether a request asks for an update, rightly or wrongly made."""
    types = [value for name, value in request.headers if name == "content-type"]
    return "update=" in request.path or (request.body or b"").startswith(b"update=") or UPDATE in "".join(types)


QUERIES = [one for one in protocol_exchanges() if not any(is_update(request) for request in one.requests)]
UPDATES = [one for one in protocol_exchanges() if any(is_update(request) for request in one.requests)]


def send(endpoint: Endpoint, request: Request) -> Answer:
    """A request of the suite, sent to our address of the endpoint."""
    headers = {name.replace("-", "_"): value for name, value in request.headers}
    return endpoint.send(request.method, request.path.replace("/sparql/", "/sparql", 1), request.body, **headers)


def parameters() -> list[object]:
    """The query operations; those expected to fail are marked."""
    return [
        pytest.param(one, id=one.entry.name, marks=pytest.mark.xfail(
            one.entry.name in XFAIL, reason=XFAIL.get(one.entry.name, ""), strict=True, raises=AssertionError))
        for one in QUERIES
    ]  # fmt: skip


@pytest.mark.parametrize("exchange", parameters())
def test_query_operations_are_answered_as_the_suite_expects(endpoint: Endpoint, exchange: Exchange) -> None:
    endpoint.serve(exchange.data)
    for request in exchange.requests:
        answer = send(endpoint, request)
        assert request.expected.takes(answer.status), (answer, request)
        if request.expected.format is not None:
            assert answer.media_type in MEDIA_TYPES[request.expected.format]
        if request.expected.boolean is not None:
            assert json.loads(answer.body)["boolean"] is request.expected.boolean
        if answer.status >= 400:
            assert answer.media_type == "application/problem+json"


@pytest.mark.parametrize("exchange", UPDATES, ids=lambda one: one.entry.name)
def test_update_operations_are_refused_while_updates_are_off(endpoint: Endpoint, exchange: Exchange) -> None:
    endpoint.serve(Data())
    for request in exchange.requests:
        if is_update(request):
            answer = send(endpoint, request)
            if "4xx" in request.expected.statuses and answer.status != 403:
                assert request.expected.takes(answer.status), answer  # no form, no media type: not even an update
            else:
                assert b"Updates are not offered" in answer.body


def updates() -> list[Entry]:
    """The entries of all update suites."""
    if not is_here():
        return []
    return [entry for _, entry in Manifest("sparql11/manifest-all.ttl").entries() if "Update" in entry.type]


@pytest.mark.parametrize("media_type", [UPDATE, FORM])
def test_no_update_of_the_suites_is_carried_out(endpoint: Endpoint, media_type: str) -> None:
    endpoint.serve(Data())
    asked = updates()
    assert len(asked) == 149
    for entry in asked:
        body = text_of(entry.query).encode()
        if media_type == FORM:
            body = urlencode({"update": body}).encode()
        answer = endpoint.send("POST", "/sparql", body, Content_Type=media_type)
        assert (entry.name, answer.status) == (entry.name, 403)
    found = endpoint.ask(b"ASK { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }", Format.JSON.media_type)
    assert json.loads(found.body)["boolean"] is False


def test_all_entries_are_query_or_update_operations() -> None:
    assert (len(QUERIES), len(UPDATES)) == (21, 13)
