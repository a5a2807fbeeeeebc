"""SERVICE: an endpoint that fails costs only so much, and is named with what failed."""

from __future__ import annotations

import json

import pytest

from tests.server.federation.asking import ask, rows
from tests.server.federation.endpoints import Hostile

FAILURES = {
    "other-host": (502, "redirects to another host", None),
    "other-scheme": (502, "redirects to another host", None),
    "circle": (502, "redirects more than", None),
    "slow-head": (504, "no whole answer within 1 seconds", "service time"),
    "slow-body": (504, "no whole answer within 1 seconds", "service time"),
    "silent": (504, "no whole answer within 1 seconds", "service time"),
    "endless": (502, "more than 200000 bytes", "service size"),
    "many": (502, "more than 1000 rows", "service rows"),
    "page": (502, "text/html, which is no SPARQL result", None),
    "broken": (502, "is not the application/sparql-results+json it says it is", None),
    "cut": (502, "broke off", None),
    "error": (502, "answered HTTP 500", None),
    "no-http": (502, "no HTTP", None),
    "boolean": (502, "no solutions", None),
}


@pytest.mark.parametrize("way", FAILURES)
def test_a_failing_endpoint_is_named_with_what_failed(federated: str, hostile: str, way: str) -> None:
    Hostile.seen.clear()
    status, _, told = ask(federated, f"SELECT * {{ SERVICE <{hostile}/{way}> {{ ?s ?p ?x }} }}")
    expected, said, limit = FAILURES[way]
    assert (status, told["endpoint"], told.get("limit")) == (expected, f"{hostile}/{way}", limit)
    assert said in told["detail"]
    assert "secret" not in json.dumps(told)
    assert all("secret" not in path for _, path, _ in Hostile.seen)


@pytest.mark.parametrize("way", FAILURES)
def test_silent_makes_a_failure_one_empty_solution(federated: str, hostile: str, way: str) -> None:
    query = f"SELECT * {{ VALUES ?here {{ 1 }} SERVICE SILENT <{hostile}/{way}> {{ ?s ?p ?x }} }}"
    assert rows(federated, query) == [{"here": "1"}]


def test_the_time_holds_for_all_endpoints_together(federated: str, hostile: str) -> None:
    query = f"SELECT * {{ SERVICE SILENT <{hostile}/silent> {{ ?s ?p ?x }} SERVICE <{hostile}/fine> {{ ?a ?b ?x }} }}"
    status, _, told = ask(federated, query)
    assert (status, told["endpoint"]) == (504, f"{hostile}/fine")
