"""No query takes more than it may: time, memory, rows, length, a place in the queue, requests a minute."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from http.client import IncompleteRead
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest

from castgraph.errors import CastgraphError
from castgraph.settings import Settings
from castgraph_server import create_app
from tests.running import running
from tests.server import test_protocol as protocol

Run = Callable[..., AbstractContextManager[str]]

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
HOG = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?z"
LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
LARGE_GRAPH = "CONSTRUCT { ?a ?e ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


class Broken(bytes):
    """What came of a body before its connection broke."""


def ask(server: str, query: str, post: bool = False, **fields: str) -> tuple[int, Any, Any]:
    """Status, headers and body of a query's answer; the body is a :class:`Broken` where the connection broke."""
    encoded = urlencode({"query": query, **fields})
    data = encoded.encode() if post else None
    try:
        with urllib.request.urlopen(f"{server}/sparql?{'' if post else encoded}", data=data, timeout=60) as response:
            try:
                return response.status, response.headers, response.read()
            except IncompleteRead as error:
                return response.status, response.headers, Broken(error.partial)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, json.loads(error.read())


@pytest.fixture(scope="module")
def server(data: Path, run: Run) -> Iterator[str]:
    """A server with narrow limits."""
    with run(data, timeout=6, max_rows=20_000, max_query=2_000) as address:
        yield address


def test_a_runaway_query_is_killed_in_time_and_the_next_one_answers(server: str) -> None:
    began = time.monotonic()
    status, _, problem = ask(server, RUNAWAY)
    assert (status, problem["limit"], problem["seconds"]) == (504, "time", 6)
    assert 5.9 < time.monotonic() - began < 15
    assert ask(server, "ASK { ?s ?p ?o }")[0] == 200


def test_a_request_may_lower_its_deadline_and_not_raise_it(server: str) -> None:
    assert ask(server, RUNAWAY, timeout="0.2")[2]["seconds"] == 0.2
    assert ask(server, RUNAWAY, post=True, timeout="0.3")[2]["seconds"] == 0.3
    assert ask(server, RUNAWAY, timeout="1000")[2]["seconds"] == 6


@pytest.mark.parametrize("wanted", ["soon", "-1", "0", "nan", "inf"])
def test_a_timeout_is_a_number_of_seconds(server: str, wanted: str) -> None:
    assert ask(server, "ASK {}", timeout=wanted)[0] == 400


def test_a_memory_hog_is_stopped_and_the_next_one_answers(data: Path, run: Run) -> None:
    with run(data, timeout=60, memory_mb=100) as server:
        status, _, problem = ask(server, HOG)
        assert (status, problem["limit"], problem["megabytes"]) == (503, "memory", 100)
        assert ask(server, "ASK { ?s ?p ?o }")[0] == 200


@pytest.mark.parametrize("format_", ["json", "xml", "csv", "tsv"])
def test_a_result_with_too_many_rows_cannot_be_taken_for_a_whole_one(server: str, format_: str) -> None:
    status, _, body = ask(server, LARGE, format=format_)
    assert status == 200  # it had begun
    assert isinstance(body, Broken)
    assert b"!!! This result is not whole. The result has more than 20000 rows." in body[-300:]
    codec = ox.QueryResultsFormat.from_extension({"xml": "srx", "json": "srj"}.get(format_, format_))
    assert codec is not None
    if format_ == "csv":
        assert body.rpartition(b'\n"!!!')[2].count(b'"') == 0  # its last field never ends
    else:
        parsed = ox.parse_query_results
        with pytest.raises((SyntaxError, ValueError)):
            for _ in parsed(body, codec):  # type: ignore[union-attr]
                pass


@pytest.mark.parametrize("format_", [ox.RdfFormat.TURTLE, ox.RdfFormat.N_TRIPLES, ox.RdfFormat.RDF_XML])
def test_a_graph_that_is_too_large_cannot_be_taken_for_a_whole_one(server: str, format_: ox.RdfFormat) -> None:
    status, _, body = ask(server, LARGE_GRAPH, format=format_.media_type)
    assert status == 200
    assert isinstance(body, Broken)
    with pytest.raises(SyntaxError):
        list(ox.parse(body, format_))


def test_as_many_rows_as_may_be_are_a_whole_result(server: str) -> None:
    for format_, rows in (("csv", 20_001), ("tsv", 20_001)):
        status, _, body = ask(server, f"{LARGE} LIMIT 20000", format=format_)
        assert (status, body.count(b"\n")) == (200, rows)
    for format_, end in (("json", b"]}}"), ("xml", b"</sparql>")):
        body = ask(server, f"{LARGE} LIMIT 20000", format=format_)[2]
        assert body.endswith(end)
        assert not isinstance(body, Broken)


def test_a_query_that_is_too_long_is_told_so(server: str) -> None:
    query = f"ASK {{}} #{'x' * 2_000}"
    assert ask(server, query)[0] == 414
    assert ask(server, query, post=True)[0] == 413


def test_a_full_queue_is_told_with_a_time_to_come_again(data: Path, run: Run) -> None:
    answers: list[tuple[int, Any, Any]] = []
    with run(data, timeout=3, query_workers=1, query_queue=1) as server:
        clients = [
            threading.Thread(target=lambda n=n: answers.append(ask(server, f"{RUNAWAY} # {n}"))) for n in range(6)
        ]
        for client in clients:
            client.start()
        time.sleep(0.3)
        began = time.monotonic()
        urllib.request.urlopen(f"{server}/healthz", timeout=10).close()
        assert time.monotonic() - began < 2
        for client in clients:
            client.join()
    refused = [(headers, problem) for status, headers, problem in answers if status == 503]
    assert {problem["limit"] for _, problem in refused} == {"queue"}
    assert all(int(headers["Retry-After"]) > 0 for headers, _ in refused)
    assert any(status == 504 for status, _, _ in answers)


def test_clients_are_limited_where_a_rate_is_set(data: Path) -> None:
    client = create_app(Settings(data=data, rate_limit="3/minute")).test_client()
    answers = [client.get("/queries", headers={"Accept": "application/json"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[3].headers["Retry-After"]) <= 60
    assert answers[3].content_type == "application/problem+json"
    assert client.get("/healthz").status_code == 200


def test_a_query_asked_again_and_again_counts_each_time(data: Path) -> None:
    with running(data, rate_limit="4/minute") as server:
        answers = [protocol.ask(server, "GET", "/sparql?query=ASK%7B%7D") for _ in range(6)]
        assert [answer.status for answer in answers] == [200] * 4 + [429] * 2
        assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["3", "2", "1", "0", "0", "0"]
        assert ["Retry-After" in answer.headers for answer in answers] == [False] * 4 + [True] * 2
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
        assert b"than 4 per 1 minute. Ask again later." in answers[-1].body
        assert protocol.ask(server, "GET", "/healthz").status == 200


def test_a_rate_that_is_none_is_told() -> None:
    with pytest.raises(CastgraphError, match="rate_limit: 'often'"):
        create_app(Settings(rate_limit="often"))


@pytest.mark.parametrize("wrong", [{"query_workers": 0}, {"timeout": 0.0}, {"max_rows": 0}, {"memory_mb": 1}])
def test_a_limit_that_lets_nothing_through_is_told(wrong: dict[str, Any]) -> None:
    with pytest.raises(CastgraphError, match=next(iter(wrong))):
        Settings(**wrong)
