"""Saved queries over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from castgraph import sparql
from castgraph.catalog import saved_queries
from castgraph_server.queries import example_values

NAMES = list(saved_queries())


def content(response: TestResponse) -> Any:
    """The JSON of a response."""
    return json.loads(response.data)


def test_there_is_a_list_for_people_and_for_programs(client: FlaskClient) -> None:
    listed = content(client.get("/queries"))
    assert [row["name"] for row in listed] == NAMES
    assert {"title", "question", "parameters", "sparql", "url"} <= set(listed[0])
    page = client.get("/queries", headers={"Accept": "text/html"}).text
    assert all(f'href="/queries/{name}"' in page for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_saved_query_has_a_page_and_a_raw_result(client: FlaskClient, name: str) -> None:
    page = client.get(f"/queries/{name}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "<textarea" in page.text
    query = saved_queries()[name]
    if query.is_federated:
        assert "not answered here" in page.text
        assert "CASTGRAPH_SERVICE_ALLOW" in page.text
        assert "--service-allow" in page.text
        assert "https://" in page.text.partition("--service-allow")[2][:20]
        assert client.get(f"/queries/{name}").status_code == 403
        return
    is_graph = sparql.form(query.sparql).is_graph
    raw = client.get(f"/queries/{name}", query_string=example_values(query))
    assert raw.content_type == ("text/turtle; charset=utf-8" if is_graph else "application/sparql-results+json")
    file = client.get(f"/queries/{name}.{'nt' if is_graph else 'csv'}", query_string=example_values(query))
    assert file.status_code == 200


def test_parameters_are_bound_and_never_pasted(client: FlaskClient) -> None:
    for value in ("Ada Stone", 'x" } # ', "O'Hara", "\\"):
        response = client.get("/queries/who-played.csv", query_string={"character": value})
        assert response.status_code == 200
        assert ("Zoë Quill" in response.text) == (value == "Ada Stone")


def test_a_page_shows_the_fields_and_the_query_with_its_values(client: FlaskClient) -> None:
    page = client.get("/queries/who-played", query_string={"character": "Ada Stone"}, headers={"Accept": "text/html"})
    assert 'value="Ada Stone"' in page.text
    assert "VALUES (?character)" in page.text
    assert 'href="/queries/who-played.csv?character=Ada+Stone"' in page.text
    assert "Zoë Quill" in page.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/queries/nothing", 404),
        ("/queries/who-played", 400),  # its parameter is missing
        ("/queries/who-played?nobody=x", 400),
        ("/queries/who-played.ttl?character=x", 406),
        ("/queries/who-played.exe", 404),
    ],
)
def test_a_wrong_request_has_its_status(client: FlaskClient, address: str, status: int) -> None:
    response = client.get(address)
    assert (response.status_code, response.content_type) == (status, "application/problem+json")


def test_an_unknown_query_is_told_the_nearest_name(client: FlaskClient) -> None:
    assert "who-played" in content(client.get("/queries/who-plaid"))["detail"]


def test_an_unknown_parameter_is_told_beside_the_fields(client: FlaskClient) -> None:
    page = client.get("/queries/who-played?nobody=x", headers={"Accept": "text/html"})
    assert page.status_code == 400
    assert "no parameter" in page.text
    assert "<textarea" in page.text
