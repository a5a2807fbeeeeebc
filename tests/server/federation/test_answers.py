"""SERVICE: the solutions of other endpoints are joined with the rest of a query."""

from __future__ import annotations

import json
import urllib.request

from tests.server.federation.asking import ask, rows
from tests.server.federation.endpoints import ZOE


def test_facts_of_two_servers_are_joined(federated: str, oxigraph: str) -> None:
    query = (
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX ex: <http://example.org/>"
        f"SELECT ?name ?year {{ ?who skos:prefLabel ?name SERVICE <{oxigraph}> {{ ?who ex:born ?year }} }}"
    )
    assert rows(federated, query) == [{"name": "Zoë Quill", "year": "1961"}]


def test_a_prefixed_name_names_an_endpoint(federated: str, oxigraph: str) -> None:
    query = f"PREFIX there: <{oxigraph[:-5]}> SELECT * {{ SERVICE there:query {{ {ZOE} <http://example.org/born> ?year }} }}"
    assert rows(federated, query) == [{"year": "1961"}]


def test_values_come_over_as_they_are(federated: str, oxigraph: str) -> None:
    query = f"SELECT * {{ SERVICE <{oxigraph}> {{ ?s <http://example.org/text> ?text ; <http://example.org/label> ?label }} }}"
    _, _, told = ask(federated, query)
    [row] = told["results"]["bindings"]
    assert row["text"]["value"] == '} SERVICE <http://x/> { """ \' \\u0041 \n'
    assert row["label"] == {"type": "literal", "value": "Zoë", "xml:lang": "fr-CA"} or (
        row["label"]["value"], row["label"]["xml:lang"].lower()) == ("Zoë", "fr-ca")  # fmt: skip


def test_blank_nodes_stay_blank_and_apart(federated: str, oxigraph: str) -> None:
    query = f"""PREFIX ex: <http://example.org/> SELECT ?friend ?name {{
      SERVICE <{oxigraph}> {{ ?s ex:knows ?friend OPTIONAL {{ ?friend ex:name ?name }} }} FILTER(ISBLANK(?friend)) }}"""
    found = rows(federated, query)
    assert sorted(row["name"] for row in found) == ["a friend", "another"]
    assert len({row["friend"] for row in found}) == 2


def test_a_service_may_be_optional_and_asked_twice(federated: str, oxigraph: str) -> None:
    query = f"""PREFIX ex: <http://example.org/> SELECT ?s ?year ?none {{
      SERVICE <{oxigraph}> {{ ?s ex:born ?year }} OPTIONAL {{ SERVICE <{oxigraph}> {{ ?s ex:none ?none }} }} }}"""
    assert rows(federated, query) == [{"s": ZOE[1:-1], "year": "1961"}]


def test_a_pattern_without_variables_is_true_or_not(federated: str, oxigraph: str) -> None:
    for year, expected in ((1961, True), (1962, False)):
        query = f"ASK {{ SERVICE <{oxigraph}> {{ {ZOE} <http://example.org/born> {year} }} }}"
        assert ask(federated, query)[2]["boolean"] is expected


def test_a_variable_asks_the_endpoints_listed_beside_it(federated: str, oxigraph: str, hostile: str) -> None:
    query = f"""SELECT ?where ?x ?year {{ VALUES ?where {{ <{oxigraph}> <{hostile}/fine> }}
      SERVICE ?where {{ {ZOE} <http://example.org/born> ?year . BIND(1 AS ?x) }} }}"""
    assert sorted(rows(federated, query), key=lambda row: row["where"] == oxigraph) == [
        {"where": f"{hostile}/fine", "x": "fine"},
        {"where": oxigraph, "x": "1", "year": "1961"},
    ]


def test_a_graph_is_made_of_two_servers_facts(federated: str, oxigraph: str) -> None:
    query = f"CONSTRUCT {{ ?s <a:b> ?y }} {{ SERVICE <{oxigraph}> {{ ?s <http://example.org/born> ?y }} }}"
    _, _, told = ask(federated, query, "application/ld+json")
    assert "1961" in json.dumps(told)


def test_no_federated_result_is_kept(federated: str, oxigraph: str) -> None:
    query = f"SELECT * {{ SERVICE <{oxigraph}> {{ ?s <http://example.org/born> ?year }} }}"
    _, headers, _ = ask(federated, query)
    assert headers["cache-control"] == "no-store"
    assert "etag" not in headers


def test_a_query_with_service_but_for_its_name_is_no_federated_one(federated: str) -> None:
    assert rows(federated, 'SELECT ?service { VALUES ?service { "SERVICE <http://x> {}" } }')


def test_a_redirect_within_the_origin_is_followed(federated: str, hostile: str) -> None:
    assert rows(federated, f"SELECT * {{ SERVICE <{hostile}/same-host> {{ ?s ?p ?x }} }}") == [{"x": "fine"}]


def test_an_endpoint_cannot_bind_what_it_was_not_asked_for(federated: str, hostile: str) -> None:
    query = f"SELECT * {{ VALUES ?s {{ <a:b> }} SERVICE <{hostile}/more-variables> {{ <a:b> ?p ?x }} }}"
    assert rows(federated, query) == [{"s": "a:b", "x": "fine"}]


def test_a_syntax_error_is_where_the_query_has_it(federated: str, hostile: str) -> None:
    service = f"SERVICE <{hostile}/fine> {{\n ?s ?p ?x }}"
    places = []
    for pattern in (service, "{\n ?s ?p ?x }"):
        status, _, told = ask(federated, f"SELECT * {{\n {pattern}\n ?s ?p }}")
        assert status == 400, told
        places.append((told["line"], told["column"]))
    assert places[0] == places[1] == (4, 9)


def test_an_unknown_function_is_told_with_its_place(federated: str, server: str, hostile: str) -> None:
    for address, before in ((server, ""), (federated, f"SERVICE <{hostile}/fine> {{ ?s ?p ?x }}")):
        query = f"PREFIX ex: <http://example.org/>\nSELECT * {{ {before}\nBIND(ex:f(1) AS ?y) }}"
        status, _, told = ask(address, query)
        assert (status, told["line"], told["column"]) == (400, 3, 6)
        assert "<http://example.org/f>" in told["detail"]


def test_the_service_description_says_whether_it_federates(federated: str, server: str) -> None:
    for address, expected in ((federated, True), (server, False)):
        request = urllib.request.Request(f"{address}/sparql", headers={"Accept": "text/turtle"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert (b"BasicFederatedQuery" in answer.read()) is expected
