"""No query ends the process."""

from __future__ import annotations

import urllib.error
import urllib.request
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from castgraph.catalog import saved_queries
from castgraph.errors import QueryRefusedError
from castgraph.guards import DEEPEST, refuse_harmful

LARGE = {
    "brackets": f"SELECT * {{ FILTER({'(' * 5000}1{')' * 5000}) }}",
    "escaped brackets": "SELECT * { FILTER(" + r"\u0028" * 5000 + "1" + r"\u0029" * 5000 + ") }",
    "groups": f"SELECT * {'{' * 5000}{'}' * 5000}",
    "calls": f"SELECT ({'STR(' * 5000}1{')' * 5000} AS ?x) {{}}",
    "blank nodes": f"SELECT * {{ ?s ?p {'[ <a:b> ' * 5000}1{']' * 5000} }}",
    "negations": f"SELECT * {{ FILTER({'!' * 60000}1) }}",
    "optionals": f"SELECT * {{ {'OPTIONAL { ?a ?b ?c } ' * 5000} }}",
    "unions": f"SELECT * {{ {' UNION '.join(['{}'] * 60000)} }}",
    "sums": f"SELECT ({'+'.join(['1'] * 60000)} AS ?x) {{}}",
    "alternatives": f"SELECT * {{ FILTER({'||'.join(['?x'] * 60000)}) }}",
    "paths": f"SELECT * {{ ?s {'/'.join(['<a:b>'] * 60000)} ?o }}",
    "binds": f"SELECT * {{ {' '.join(f'BIND(1 AS ?x{n})' for n in range(5000))} }}",
}  # fmt: skip


@pytest.mark.parametrize("name", LARGE)
def test_an_overlarge_query_is_refused_and_the_server_lives(server: str, name: str) -> None:
    body = urlencode({"query": LARGE[name]}).encode()
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{server}/sparql", data=body, timeout=20)
    with caught.value as refused:
        assert refused.code in (403, 413)  # for its shape, or for its length
    urllib.request.urlopen(f"{server}/healthz", timeout=10).close()


def test_long_lists_of_data_are_no_large_query(server: str) -> None:
    rows = " ".join(f"(<a:{n}> UNDEF)" for n in range(5000))
    for query in (f"SELECT * {{ VALUES (?x ?y) {{ {rows} }} }}", f"ASK {{ FILTER(1 IN ({','.join(['2'] * 5000)})) }}"):
        body = urlencode({"query": query}).encode()
        urllib.request.urlopen(f"{server}/sparql", data=body, timeout=20).close()


def test_the_saved_queries_are_far_from_the_limits() -> None:
    for query in saved_queries().values():
        if not query.is_federated:
            refuse_harmful(query.sparql + query.sparql)


@given(st.integers(min_value=0, max_value=3 * DEEPEST))
def test_the_limit_is_exact(depth: int) -> None:
    query = "ASK " + "{" * depth + "}" * depth
    if depth <= DEEPEST:
        refuse_harmful(query)
    else:
        with pytest.raises(QueryRefusedError, match="nested"):
            refuse_harmful(query)


_piece = st.sampled_from(
    ["SELECT", "ASK", "CONSTRUCT", "*", "?x", "{", "}", "(", ")", "<a:b>", '"', "'", "\\u0041", "FROM", "SERVICE", "#",
     "\n", "\x00", "PREFIX", "film:x", "GRAPH", "1", "DESCRIBE", "ORDER BY", "é", "🚀", "INSERT", "."]
)  # fmt: skip


@given(st.lists(_piece, max_size=12).map(" ".join), st.sampled_from(["*/*", "text/html", "text/csv", "text/turtle"]))
def test_no_query_is_the_servers_fault(app: Flask, query: str, accept: str) -> None:
    response = app.test_client().get("/sparql", query_string={"query": query}, headers={"Accept": accept})
    assert response.status_code in (200, 400, 403, 406)


@given(
    st.binary(max_size=60), st.sampled_from(["application/sparql-query", "application/x-www-form-urlencoded", "x/y"])
)
def test_no_body_is_the_servers_fault(app: Flask, body: bytes, content_type: str) -> None:
    response = app.test_client().post("/sparql", data=body, content_type=content_type)
    assert response.status_code in (200, 400, 403, 415)


@given(st.text(max_size=30))
def test_no_path_is_the_servers_fault(app: Flask, path: str) -> None:
    for start in ("/page/", "/id/", "/data/", "/graph/", "/queries/", "/ontology/", "/graphs?graph=", "/ask?q="):
        with app.test_client().get(start + path) as response:
            assert response.status_code in (200, 303, 308, 400, 404, 406)


READ_OTHERWISE = [
    "SELECT * { BIND(1 AS ?a) FILTER(?a<'>' || ?a>'' ) SERVICE <http://127.0.0.1:9/> {?s ?p ?o} FILTER('' = '') }",
    "SELECT * { BIND(1 AS ?a) FILTER(true||?a<#>'''\n1) SERVICE <http://127.0.0.1:9/> {?s ?p ?o} #'''\n}",
    "SELECT * { BIND(1 AS ?a) FILTER(1<'>' || 1>'' ) SERVICE <http://127.0.0.1:9/> {?s ?p ?o} FILTER('' = '') }",
    "SELECT * { BIND(1 AS ?a) FILTER(STR(?a)<='>' || true ) SERVICE <http://127.0.0.1:9/> {?s ?p ?o} FILTER('' = '') }",
    "SELECT * { BIND(1 AS ?a) FILTER('x'<'>' || EXISTS{}<'>') SERVICE <http://127.0.0.1:9/> {?s ?p ?o} FILTER('' = '') }",
    "SELECT * { OPTIONAL { <<?s?p'>'>> ?q ?r } SERVICE <http://127.0.0.1:9/> {?s ?p ?o} FILTER('' = '') }",
]
"""Oxigraph reads a comparison, or a triple as a term, where the grammar has an IRI, and SERVICE where it has a string."""


@pytest.mark.parametrize("query", READ_OTHERWISE)
def test_service_cannot_be_hidden_where_the_engine_reads_otherwise(query: str) -> None:
    with pytest.raises(QueryRefusedError, match="SERVICE"):
        refuse_harmful(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p <http://x/O'Hara> ; ?q <http://x/#service> FILTER(?s = <http://x/#a> && ?p != <http://x/#b>) }",
        "SELECT * { VALUES (?a ?service) { (<http://x/#a> <http://x/#b>) (1 <http://x/O'Hara>) } }",
        'SELECT * { ?s ?service ?o FILTER(?o < "x" && ?s IN (<http://x/#a>, <http://x/#b>)) }',
        "SELECT (COUNT(DISTINCT <http://x/#f>(?service)) AS ?n) { ?service (<http://x/#a>|^<http://x/#b>)/<http://x/#c> ?o }",
        'SELECT * { ?service ?p ?o FILTER(?o > "2001-01-01"^^<http://www.w3.org/2001/XMLSchema#date>) }',
    ],
)
def test_ordinary_iris_beside_the_word_are_no_reason_to_refuse(query: str) -> None:
    refuse_harmful(query)
