"""The SPARQL 1.1 Protocol at /sparql."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from castgraph.settings import Settings
from castgraph_server import create_app

ASK = "ASK { ?s ?p ?o }"
SELECT = "PREFIX film: <https://w3id.org/castgraph/film#> SELECT ?c WHERE { ?x film:played ?c }"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 3"
FORM = "application/x-www-form-urlencoded"


def content(response: TestResponse) -> Any:
    """The JSON of a response."""
    return json.loads(response.data)


def test_the_three_ways_to_ask_answer_alike(client: FlaskClient) -> None:
    answers = [
        client.get("/sparql", query_string={"query": SELECT}),
        client.post("/sparql", data={"query": SELECT}),
        client.post("/sparql", data=SELECT, content_type="application/sparql-query"),
        client.post("/sparql", data=SELECT, content_type="application/sparql-query; charset=UTF-8"),
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert answers[0].content_type == "application/sparql-results+json"


@pytest.mark.parametrize(
    ("query", "accept", "content_type"),
    [
        (SELECT, "text/csv", "text/csv; charset=utf-8"),
        (SELECT, "application/sparql-results+xml", "application/sparql-results+xml"),
        (SELECT, "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        (ASK, "application/sparql-results+xml", "application/sparql-results+xml"),
        (CONSTRUCT, "*/*", "text/turtle; charset=utf-8"),
        (CONSTRUCT, "application/n-triples", "application/n-triples"),
        (CONSTRUCT, "application/rdf+xml", "application/rdf+xml"),
        (CONSTRUCT, "application/ld+json", "application/ld+json"),
        ("DESCRIBE <https://w3id.org/castgraph/id/person/zoe-quill>", "*/*", "text/turtle; charset=utf-8"),
    ],
)
def test_each_form_has_the_formats_of_its_kind(client: FlaskClient, query: str, accept: str, content_type: str) -> None:
    response = client.get("/sparql", query_string={"query": query}, headers={"Accept": accept})
    assert (response.status_code, response.content_type) == (200, content_type)
    assert response.vary.as_set() >= {"accept"}


def test_csv_holds_plain_values_and_crlf_lines(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": SELECT, "format": "csv"})
    assert response.text.endswith("\r\n")
    rows = list(csv.reader(io.StringIO(response.text)))
    assert rows == [["c"], ["https://w3id.org/castgraph/id/character/copper-comet-2019/ada-stone"]]


def test_tsv_holds_terms(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": SELECT, "format": "tsv"})
    assert response.text == "?c\n<https://w3id.org/castgraph/id/character/copper-comet-2019/ada-stone>\n"


def test_a_select_is_no_graph_and_says_what_it_is(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": SELECT}, headers={"Accept": "text/turtle"})
    assert response.status_code == 406
    assert {"format": "csv", "mediaType": "text/csv"} in content(response)["offered"]


@pytest.mark.parametrize(
    ("method", "target", "body", "content_type", "status"),
    [
        ("GET", f"/sparql?{urlencode([('query', ASK), ('query', ASK)])}", None, None, 400),
        ("POST", "/sparql", urlencode([("query", ASK), ("query", ASK)]), FORM, 400),
        ("POST", f"/sparql?{urlencode({'query': ASK})}", ASK, "application/sparql-query", 400),
        ("POST", "/sparql", "format=json", FORM, 400),
        ("POST", "/sparql", ASK, "text/plain", 415),
        ("POST", "/sparql", ASK, None, 415),
        ("POST", "/sparql", ASK.encode("utf-16"), "application/sparql-query; charset=utf-16", 415),
        ("POST", "/sparql", ASK.encode("utf-16"), "application/sparql-query", 400),
        ("POST", "/sparql", "query=%FF%FE", FORM, 400),
        ("GET", "/sparql?query=%FF", None, None, 400),
        ("POST", "/sparql", urlencode({"update": "CLEAR ALL"}), FORM, 403),
        ("GET", "/sparql?update=CLEAR+ALL", None, None, 403),
        ("POST", "/sparql", "CLEAR ALL", "application/sparql-update", 403),
        ("PUT", "/sparql", ASK, "application/sparql-query", 405),
        ("GET", f"/sparql?{urlencode({'query': 'INSERT DATA {}'})}", None, None, 400),
        ("GET", f"/sparql?{urlencode({'query': ASK, 'default-graph-uri': 'no iri'})}", None, None, 400),
        ("GET", f"/sparql?{urlencode({'query': 'ASK { SERVICE <http://a/> {} }'})}", None, None, 403),
        ("GET", f"/sparql?{urlencode({'query': ASK, 'format': 'exe'})}", None, None, 406),
    ],
)
def test_a_wrong_request_has_its_status(
    client: FlaskClient, method: str, target: str, body: str | bytes | None, content_type: str | None, status: int
) -> None:
    response = client.open(target, method=method, data=body, content_type=content_type)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert content(response)["status"] == status


def test_a_syntax_error_tells_line_and_column(client: FlaskClient) -> None:
    query = "SELECT *\nWHERE { ?s ?p }"
    told = client.get("/sparql", query_string={"query": query})
    assert (content(told)["line"], content(told)["column"]) == (2, 16)
    text = client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/plain, */*;q=0.1"})
    assert text.content_type.startswith("text/plain")
    assert "line 2, column 16" in text.text


def test_a_percent_sequence_in_a_query_survives_the_form(client: FlaskClient) -> None:
    query = 'SELECT ("%41+" AS ?x) {}'
    for response in (
        client.get("/sparql", query_string={"query": query}),
        client.post("/sparql", data={"query": query}),
    ):
        assert content(response)["results"]["bindings"][0]["x"]["value"] == "%41+"


def test_the_protocol_selects_graphs(client: FlaskClient) -> None:
    imdb = "https://w3id.org/castgraph/graph/imdb/copper-comet-2019"
    guide = "https://w3id.org/castgraph/graph/tv-guide/copper-comet-2019"

    def count(query: str, *graphs: tuple[str, str]) -> int:
        response = client.get(f"/sparql?{urlencode([('query', query), *graphs])}")
        return int(content(response)["results"]["bindings"][0]["n"]["value"])

    plain = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    one, both = (
        count(plain, ("default-graph-uri", imdb)),
        count(plain, *(("default-graph-uri", g) for g in (imdb, guide))),
    )
    assert 0 < one < both < count(plain)
    named = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert count(named, ("named-graph-uri", imdb), ("named-graph-uri", guide)) == 2
    assert count(f"SELECT (COUNT(*) AS ?n) FROM <{guide}> {{ ?s ?p ?o }}", ("default-graph-uri", imdb)) == one


def test_link_candidates_stay_out_of_the_default_graph(client: FlaskClient) -> None:
    query = "ASK { ?s <http://www.w3.org/2004/02/skos/core#closeMatch> ?o }"
    assert content(client.get("/sparql", query_string={"query": query}))["boolean"] is False


def test_head_and_options(client: FlaskClient) -> None:
    head = client.head("/sparql", query_string={"query": ASK})
    assert (head.status_code, head.data) == (200, b"")
    options = client.options("/sparql")
    assert {"GET", "POST", "HEAD", "OPTIONS"} <= set(options.headers["Allow"].split(", "))
    assert "POST" in options.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in options.headers["Access-Control-Allow-Headers"]


def test_a_large_body_is_refused(data: Path) -> None:
    client = create_app(Settings(data=data, max_body=100)).test_client()
    query = f"ASK {{}} #{'x' * 200}"
    for posted in ({"data": {"query": query}}, {"data": query, "content_type": "application/sparql-query"}):
        response = client.post("/sparql", **posted)
        assert (response.status_code, content(response)["status"]) == (413, 413)


def test_a_failure_inside_tells_nothing_of_the_inside(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    app: Flask = create_app(Settings(data=data))

    @app.get("/fails")
    def fails() -> str:
        raise ZeroDivisionError("the secret")

    response = app.test_client().get("/fails")
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "the secret" in caplog.text


def test_an_unchanged_result_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/sparql", query_string={"query": SELECT})
    again = client.get("/sparql", query_string={"query": SELECT}, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = {"If-None-Match": first.headers["ETag"], "Accept": "text/csv"}
    assert client.get("/sparql", query_string={"query": SELECT}, headers=other).status_code == 200


def test_a_query_that_differs_each_time_has_no_lasting_etag(client: FlaskClient) -> None:
    query = {"query": "SELECT (UUID() AS ?x) {}"}
    first, second = (client.get("/sparql", query_string=query) for _ in range(2))
    assert first.data != second.data
    assert "ETag" not in first.headers


def test_without_a_query_the_endpoint_describes_itself(client: FlaskClient) -> None:
    response = client.get("/sparql", headers={"Accept": "application/n-triples"})
    triples = set(ox.parse(response.data, format=ox.RdfFormat.N_TRIPLES))
    sd = "http://www.w3.org/ns/sparql-service-description#"
    told = {
        (quad.predicate.value.removeprefix(sd), getattr(quad.object, "value", "").removeprefix(sd)) for quad in triples
    }
    assert ("supportedLanguage", "SPARQL11Query") in told
    assert ("feature", "BasicFederatedQuery") not in told
    assert ("name", "https://w3id.org/castgraph/graph/inferred") in told


@pytest.mark.parametrize("media_type", ["text/turtle", "application/rdf+xml", "application/ld+json"])
def test_the_description_comes_in_each_format(client: FlaskClient, media_type: str) -> None:
    response = client.get("/sparql", headers={"Accept": f"{media_type};q=0.9"})
    assert response.content_type.startswith(media_type)


def test_browsers_get_a_form_with_results_and_files(client: FlaskClient) -> None:
    page = client.get("/sparql", query_string={"query": SELECT}, headers={"Accept": "text/html"})
    assert "<textarea" in page.text
    assert 'href="/page/character/copper-comet-2019/ada-stone"' in page.text
    assert "format=csv" in page.text


def test_browsers_get_errors_beside_their_query(client: FlaskClient) -> None:
    page = client.get("/sparql", query_string={"query": "SELECT <b>"}, headers={"Accept": "text/html"})
    assert page.status_code == 400
    assert "SELECT &lt;b&gt;" in page.text
    assert "line 1" in page.text.lower()


def test_results_are_escaped_in_pages(client: FlaskClient) -> None:
    query = 'SELECT ("<script>alert(1)</script>" AS ?x) (<javascript:alert(1)> AS ?y) {}'
    page = client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/html"})
    assert "<script>alert" not in page.text
    assert 'href="javascript' not in page.text


def test_json_results_are_json(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": ASK, "format": "json"})
    assert json.loads(response.data) == {"head": {}, "boolean": True}
