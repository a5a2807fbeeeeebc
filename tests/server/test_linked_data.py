"""Things, graphs, ontology and data set as data."""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from castgraph.formats import GRAPH_FORMATS, Format

PERSON = "https://w3id.org/castgraph/id/person/zoe-quill"
IMDB = "https://w3id.org/castgraph/graph/imdb/copper-comet-2019"


def content(response: TestResponse) -> Any:
    """The JSON of a response."""
    return json.loads(response.data)


def triples(body: bytes, format_: Format) -> set[ox.Triple]:
    assert isinstance(format_.codec, ox.RdfFormat)
    return {quad.triple for quad in ox.parse(body, format=format_.codec)}


@pytest.mark.parametrize(
    ("accept", "target"),
    [
        (None, "/page/person/zoe-quill"),
        ("*/*", "/page/person/zoe-quill"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "/page/person/zoe-quill"),
        ("text/turtle", "/data/person/zoe-quill.ttl"),
        ("application/rdf+xml", "/data/person/zoe-quill.rdf"),
        ("application/ld+json, application/json;q=0.9", "/data/person/zoe-quill.jsonld"),
        ("text/html;q=0.1, application/n-triples", "/data/person/zoe-quill.nt"),
    ],
)
def test_a_thing_sends_to_its_page_or_its_data(client: FlaskClient, accept: str | None, target: str) -> None:
    response = client.get("/id/person/zoe-quill", headers={"Accept": accept} if accept else {})
    assert (response.status_code, response.headers["Location"]) == (303, target)
    assert "accept" in response.vary.as_set()


def test_a_thing_is_not_given_as_what_it_is_not(client: FlaskClient) -> None:
    assert client.get("/id/person/zoe-quill", headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("format_", GRAPH_FORMATS)
def test_the_description_of_a_thing_is_the_same_in_each_format(client: FlaskClient, format_: Format) -> None:
    response = client.get(f"/data/person/zoe-quill.{format_.extension}")
    assert response.content_type == format_.content_type
    told = triples(response.data, format_)
    assert {str(triple.subject) for triple in told if triple.object == ox.NamedNode(PERSON)} == {
        "<https://w3id.org/castgraph/id/performance/copper-comet-2019/tv-guide/ada-stone>",
        "<https://w3id.org/castgraph/id/character/copper-comet-2019/ada-stone>",
    }
    assert ox.Literal("Zoë Quill") in {triple.object for triple in told if triple.subject == ox.NamedNode(PERSON)}
    assert told == triples(client.get("/data/person/zoe-quill.nt").data, Format.N_TRIPLES)


def test_line_locators_and_candidates_stay_out_of_descriptions(client: FlaskClient) -> None:
    text = client.get("/data/title/copper-comet-2019.nt").text
    assert "statedIn" not in text
    assert "secret-candidate" not in text


@pytest.mark.parametrize(
    "path", ["person/nobody.ttl", "person/zoe-quill.exe", "person/zoe-quill", "person/zoe-quill.csv"]
)
def test_no_data_is_made_up(client: FlaskClient, path: str) -> None:
    response = client.get(f"/data/{path}")
    assert (response.status_code, response.content_type) == (404, "application/problem+json")


def test_graphs_are_listed_and_given(client: FlaskClient) -> None:
    listed = {row["graph"]: row["triples"] for row in content(client.get("/graphs"))}
    for format_ in GRAPH_FORMATS:
        response = client.get("/graphs", query_string={"graph": IMDB, "format": format_.extension})
        assert response.content_type == format_.content_type
        assert len(triples(response.data, format_)) == listed[IMDB]


def test_the_default_graph_is_the_union(client: FlaskClient) -> None:
    response = client.get("/graphs?default", headers={"Accept": "application/n-triples"})
    told = triples(response.data, Format.N_TRIPLES)
    assert triples(client.get("/graphs", query_string={"graph": IMDB}).data, Format.TURTLE) < told
    assert "secret-candidate" not in response.text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("graph=http://example.org/none", 404),
        ("graph=none", 400),
        ("graph=a:b&default", 400),
        ("graph=a:b&graph=a:c", 400),
    ],
)
def test_a_wrong_graph_has_its_status(client: FlaskClient, query: str, status: int) -> None:
    assert client.get(f"/graphs?{query}").status_code == status


def test_the_page_of_a_graph_is_ordered_by_line(client: FlaskClient) -> None:
    text = client.get("/graph/tv-guide/copper-comet-2019").text
    assert text.index("releaseYear") < text.index("similarTo")
    assert "TV Guide" in text
    assert client.get("/graph/tv-guide/none").status_code == 404
    data = client.get("/graph/tv-guide/copper-comet-2019", headers={"Accept": "text/turtle"})
    assert data.content_type == "text/turtle; charset=utf-8"


@pytest.mark.parametrize("name", ["film", "mission"])
def test_the_ontology_is_given_as_written_and_converted(client: FlaskClient, name: str) -> None:
    turtle = client.get(f"/ontology/{name}")
    assert turtle.content_type == "text/turtle; charset=utf-8"
    assert b"# ---" in turtle.data or name == "mission"  # the comments are there: it is the file itself
    assert len(triples(client.get(f"/ontology/{name}?format=nt").data, Format.N_TRIPLES)) > 100
    page = client.get(f"/ontology/{name}", headers={"Accept": "text/html"})
    assert 'id="Performance"' in page.text or 'id="Mission"' in page.text


def test_there_are_two_modules(client: FlaskClient) -> None:
    assert client.get("/ontology/none").status_code == 404


def test_void_counts_the_data_set(client: FlaskClient) -> None:
    told = triples(client.get("/.well-known/void").data, Format.TURTLE)
    void = "http://rdfs.org/ns/void#"
    values = {
        triple.predicate.value.removeprefix(void): getattr(triple.object, "value", "")
        for triple in told
        if "void#dataset" in str(triple.subject)
    }
    union = triples(client.get("/graphs?default&format=nt").data, Format.N_TRIPLES)
    assert int(values["triples"]) == len(union)
    assert values["uriSpace"] == "https://w3id.org/castgraph/id/"
    assert values["exampleResource"] == "https://w3id.org/castgraph/id/title/copper-comet-2019"
    assert values["sparqlEndpoint"] == "http://localhost/sparql"


@pytest.mark.parametrize("address", ["/data/person/zoe-quill.ttl", "/graphs?default", "/.well-known/void", "/sparql"])
def test_unchanged_data_are_not_sent_again(client: FlaskClient, address: str) -> None:
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])


@pytest.mark.parametrize(
    "address", ["/", "/sparql", "/graphs", "/data/person/zoe-quill.ttl", "/id/person/zoe-quill", "/none"]
)
def test_other_sites_may_read(client: FlaskClient, address: str) -> None:
    assert client.get(address).headers["Access-Control-Allow-Origin"] == "*"
