"""Hostile input: whatever is sent, no answer is a failure of the server, and none tells of its inside."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance
from werkzeug.test import TestResponse

from castgraph_server.openapi import METHODS, ROUTES

DELIBERATE = {503, 504}
"""The only statuses over 499: no snapshot, or a query that met a limit."""

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"

few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

words = st.sampled_from(
    [
        "SELECT",
        "ASK",
        "CONSTRUCT",
        "DESCRIBE",
        "WHERE",
        "FROM",
        "NAMED",
        "GRAPH",
        "SERVICE",
        "OPTIONAL",
        "UNION",
        "MINUS",
        "FILTER",
        "BIND",
        "VALUES",
        "GROUP",
        "BY",
        "ORDER",
        "LIMIT",
        "OFFSET",
        "DISTINCT",
        "REDUCED",
        "COUNT(*)",
        "EXISTS",
        "NOT",
        "PREFIX",
        "BASE",
        "a",
        "*",
        "+",
        "?",
        "^",
        "/",
        "|",
        "!",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        ".",
        ",",
        ";",
        "?x",
        "?y",
        "$z",
        "_:b",
        "<a:b>",
        '"text"',
        '"x"@en',
        '"1"^^<a:b>',
        "1",
        "1.5",
        "1e9",
        "true",
        "UNDEF",
        "IN",
        "REGEX(",
        "STR(",
        "IRI(",
        "<http://x/f>(",
        "\\u0041",
        "\\",
        "#",
        '""',
        "'''",
        "@",
        "%",
        "^^",
    ]
)
queries = st.one_of(st.text(max_size=200), st.lists(words, max_size=40).map(" ".join))
names = st.sampled_from(
    ["query", "update", "default-graph-uri", "named-graph-uri", "format", "timeout", "graph", "default", "q", "x"]
)
fields = st.lists(
    st.tuples(names, st.one_of(queries, st.sampled_from(["nt", "html", "1", "a:b", "text/csv"]))), max_size=5
)
header_text = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=80)
accepts = st.one_of(
    header_text, st.sampled_from(["*/*", "text/html", "text/csv", "text/turtle;q=0.5", "application/json"])
)
paths = st.one_of(
    st.sampled_from([route.path for route in ROUTES]),
    st.builds(lambda start, rest: start + quote(rest), st.sampled_from(["/id/", "/page/", "/data/", "/graph/", "/queries/"]), st.text()),
)  # fmt: skip


def check(response: TestResponse) -> None:
    """What holds of every response."""
    assert response.status_code < 500 or response.status_code in DELIBERATE, response.text
    assert "Traceback" not in response.text
    assert "/site-packages/" not in response.text
    if response.status_code >= 400 and response.data and response.mimetype == "application/problem+json":
        told = json.loads(response.data)
        assert told["status"] == response.status_code
        assert told["detail"]


@few
@given(queries, accepts, st.sampled_from(["GET", "POST", "QUERY"]))
def test_no_query_brings_the_endpoint_down(client: FlaskClient, query: str, accept: str, method: str) -> None:
    text = query.encode("utf-8", "surrogatepass")
    headers = {"Accept": accept}
    if method == "GET":
        check(client.get("/sparql?query=" + quote(text), headers=headers))
    else:
        check(client.open("/sparql", method=method, data=text, content_type=QUERY, headers=headers))


@few
@given(fields, accepts, st.sampled_from([FORM, QUERY, UPDATE, "text/plain", ""]), st.binary(max_size=50))
def test_no_form_brings_the_endpoint_down(
    client: FlaskClient, fields: list[tuple[str, str]], accept: str, content_type: str, rest: bytes
) -> None:
    encoded = urlencode(fields, errors="surrogatepass")
    check(client.get(f"/sparql?{encoded}", headers={"Accept": accept}))
    check(client.post("/sparql", data=encoded.encode() + rest, content_type=content_type, headers={"Accept": accept}))


@few
@given(paths, fields, accepts, st.sampled_from(["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "QUERY"]))
def test_no_address_brings_the_server_down(
    client: FlaskClient, path: str, fields: list[tuple[str, str]], accept: str, method: str
) -> None:
    encoded = urlencode(fields, errors="surrogatepass")
    check(client.open(f"{path}?{encoded}", method=method, headers={"Accept": accept}))


@few
@given(
    st.dictionaries(
        st.sampled_from(["Accept-Encoding", "If-None-Match", "If-Modified-Since", "Range", "Content-Type", "Host",
                         "X-Forwarded-For", "Origin", "Authorization", "Accept-Language"]), header_text),
    st.sampled_from(["/sparql?query=ASK{}", "/graphs?default", "/", "/static/site.css"]),
)  # fmt: skip
def test_no_header_brings_the_server_down(client: FlaskClient, headers: dict[str, str], address: str) -> None:
    check(client.get(address, headers=headers))


@few
@given(st.lists(st.sampled_from(["a:b", "a:c", "urn:x", "http://example.org/"]), max_size=6), st.booleans())
def test_graphs_no_store_has_are_empty_however_often_named(client: FlaskClient, graphs: list[str], named: bool) -> None:
    query = "SELECT * { GRAPH ?g { ?s ?p ?o } }" if named else "SELECT * { ?s ?p ?o }"
    fields = [("named-graph-uri" if named else "default-graph-uri", graph) for graph in graphs or ["a:b"]]
    response = client.get("/sparql", query_string=[("query", query), ("format", "json"), *fields])
    assert json.loads(response.data)["results"]["bindings"] == []


OPERATIONS = [(route.path, method) for route in ROUTES for method in METHODS.get(route.path, ("get",))]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_the_server_does_what_it_publishes(app: Flask, path: str, method: str) -> None:
    """Schemathesis makes requests, right ones and wrong ones, from the document the server publishes."""
    published = schemathesis.openapi.from_wsgi("/openapi.json", app)

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(published[path][method].as_strategy(generation_mode=GenerationMode.POSITIVE))
    def right(case: schemathesis.Case[Any]) -> None:
        examine(case)

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(published[path][method].as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def wrong(case: schemathesis.Case[Any]) -> None:
        examine(case)

    def examine(case: schemathesis.Case[Any]) -> None:
        response = case.call(headers={"Accept-Encoding": "identity"})
        assert response.status_code < 500 or response.status_code in DELIBERATE, response.text
        assert "Traceback" not in response.text
        case.validate_response(response, checks=[status_code_conformance, content_type_conformance])

    right()
    if path not in NOTHING_TO_GET_WRONG:
        wrong()


NOTHING_TO_GET_WRONG = {
    "/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/page/{path}", "/data/{path}", "/reconcile/draft",
}  # fmt: skip
"""Addresses whose parameters, if any, take every text."""
