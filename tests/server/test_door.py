"""The quick way of a plain query, past Flask, gives what the slow way gives, and is no less safe."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castgraph_server.connection import LARGEST_HEAD
from castgraph_server.frames import REQUEST, TAKE_BACK, Closed, Requests, send
from castgraph_server.plain import fields_of, headers_of, read

Run = Callable[..., AbstractContextManager[str]]

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def server(data: Path, run: Run) -> Iterator[str]:
    """A server that has opened its snapshot, so that the quick way is open."""
    with run(data, timeout=4) as address:
        answer(address, "GET", "/sparql?query=ASK%7B%7D", {})
        yield address


def answer(
    server: str, method: str, target: str, headers: dict[str, str], body: bytes | None = None
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(server.removeprefix("http://"), timeout=60)
    try:
        connection.request(method, target, body, headers)
        response = connection.getresponse()
        told = {name.lower(): value for name, value in response.getheaders() if name.lower() != "date"}
        return response.status, told, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    "accept", ["application/sparql-results+json", "text/csv", "text/turtle, text/csv;q=0.3", "*/*"]
)
@pytest.mark.parametrize("encoding", ["identity", "gzip", "gzip;q=0.4, zstd"])
@pytest.mark.parametrize("query", ["SELECT * { ?s ?p ?o } LIMIT 3", "SELECT * { ?s ?p ?o } LIMIT 60", "ASK {}"])
def test_both_ways_give_the_same_response(server: str, accept: str, encoding: str, query: str) -> None:
    headers = {"Accept": accept, "Accept-Encoding": encoding}
    address = f"/sparql?{urlencode({'query': f'{query} # {accept} {encoding}'})}"
    before = misses(server)
    slow = answer(server, "GET", address, {**headers, "Range": "rows=1"})  # which is unusual, and ignored
    quick = answer(server, "GET", address, headers)
    assert slow == quick
    kept = answer(server, "GET", address, headers)
    assert kept == quick
    assert misses(server) > before


def misses(server: str) -> int:
    body = answer(server, "GET", "/metrics", {})[2].decode()
    return int(float(body.split("castgraph_cache_misses_total ")[-1].split()[0]))


@pytest.mark.parametrize("query", ["CONSTRUCT WHERE { ?s ?p ?o } # 2", "DESCRIBE <http://example.org/x>"])
def test_graphs_are_the_same_both_ways(server: str, query: str) -> None:
    for accept in ("text/turtle", "application/n-triples", "application/rdf+xml"):
        address = f"/sparql?{urlencode({'query': query})}"
        quick = answer(server, "GET", address, {"Accept": accept})
        slow = answer(server, "GET", address, {"Accept": accept, "Range": "rows=1"})
        assert slow == quick


@pytest.mark.parametrize("media_type", [FORM, f"{FORM}; charset=UTF-8", "application/sparql-query"])
def test_posted_queries_are_the_same_both_ways(server: str, media_type: str) -> None:
    query = "SELECT * { ?s ?p ?o } LIMIT 2"
    body = (urlencode({"query": query}) if media_type.startswith(FORM) else query).encode()
    headers = {"Content-Type": media_type}
    quick = answer(server, "POST", "/sparql", headers, body)
    slow = answer(server, "POST", "/sparql", {**headers, "Range": "rows=1"}, body)
    assert quick[0] == 200
    assert quick == slow


def test_a_condition_is_answered_both_ways(server: str) -> None:
    address = f"/sparql?{urlencode({'query': 'ASK {} # condition'})}"
    tag = answer(server, "GET", address, {})[1]["etag"]
    for wanted in (tag, f"W/{tag}", "*", f'"other", {tag}'):
        status, headers, body = answer(server, "GET", address, {"If-None-Match": wanted})
        assert (status, headers["etag"], body) == (304, tag, b"")
    assert answer(server, "GET", address, {"If-None-Match": '"other"'})[0] == 200


def test_what_fails_is_told_as_ever(server: str) -> None:
    for query, status in (("SELECT * {", 400), ("SELECT * { SERVICE <http://127.0.0.1/> {} }", 403)):
        told = answer(server, "GET", f"/sparql?{urlencode({'query': query})}", {"Accept": "application/json"})
        assert told[0] == status
        assert json.loads(told[2])["status"] == status


def test_quick_queries_do_not_wait_for_a_runaway_one(server: str) -> None:
    statuses: list[int] = []
    runaways = [
        threading.Thread(
            target=lambda n=n: statuses.append(answer(server, "GET", f"/sparql?{urlencode({'query': f'{RUNAWAY} # {n}'})}", {})[0])
        )
        for n in range(2)
    ]  # fmt: skip
    for runaway in runaways:
        runaway.start()
    quick = 0
    while any(runaway.is_alive() for runaway in runaways):
        began = time.monotonic()
        query = urlencode({"query": f"ASK {{ ?s ?p ?o }} # {quick}"})
        assert answer(server, "GET", f"/sparql?{query}", {})[0] == 200
        assert time.monotonic() - began < 3  # of the four seconds the runaways take
        quick += 1
    assert statuses == [504, 504]
    assert quick > 10


def test_many_at_once_each_get_their_own_answer(server: str) -> None:
    failures: list[object] = []

    def ask(number: int) -> None:
        connection = http.client.HTTPConnection(server.removeprefix("http://"), timeout=60)
        for turn in range(60):
            value = number * 1000 + turn
            query = f"SELECT ({value} AS ?x) {{}}" if turn % 7 else "SELECT * { ?s ?p ?o . ?a ?b ?c } LIMIT 3000"
            connection.request("GET", f"/sparql?{urlencode({'query': query})}", headers={"Accept": "text/csv"})
            body = connection.getresponse().read()
            if turn % 7 and body != f"x\r\n{value}\r\n".encode():
                failures.append((value, body[:100]))
            if turn % 7 == 0 and body.count(b"\n") != 3001:
                failures.append((value, len(body)))
        connection.close()

    clients = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert not failures


def test_a_body_that_does_not_come_is_not_waited_for(data: Path, run: Run) -> None:
    with run(data, body_timeout=0.5) as server:
        host, port = server.removeprefix("http://").split(":")
        for media_type in (FORM, "text/plain"):
            with socket.create_connection((host, int(port)), timeout=20) as connection:
                head = (
                    f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {media_type}\r\nContent-Length: 50\r\n\r\nquery"
                )
                connection.sendall(head.encode())
                came = b""
                while piece := connection.recv(4096):  # until the server closes
                    came += piece
            assert came.startswith(b"HTTP/1.1 408 ")
            assert b"did not come in time" in came


def test_a_head_without_end_is_refused(server: str) -> None:
    host, port = server.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        try:
            for _ in range(LARGEST_HEAD // 1000 + 2):
                connection.sendall(b"X: " + b"y" * 995 + b"\r\n")
            came = connection.recv(4096)
        except (BrokenPipeError, ConnectionResetError):
            came = b"HTTP/1.1 431 "
    assert came.startswith(b"HTTP/1.1 431 ")


def test_what_is_no_http_is_told_so(server: str) -> None:
    host, port = server.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 400 ")


def test_requests_not_begun_can_be_taken_back() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        requests = Requests(theirs)
        for content in (b"one", b"two", b"three", b"four"):
            send(ours, REQUEST, content)
        assert requests.next() == b"one"
        send(ours, TAKE_BACK, bytes([2]))
        send(ours, REQUEST, b"five")
        assert [requests.next() for _ in range(4)] == [b"two", None, None, b"five"]
        send(ours, TAKE_BACK, bytes([3]))  # all of them were begun
        ours.close()
        with pytest.raises(Closed):
            requests.next()


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("", {}),
        ("query=ASK+%7B%7D&query=ASK+%7B%7D", {}),
        ("query=ASK+%7B%7D&timeout=3", {}),
        ("query=ASK+%7B%7D&default-graph-uri=http://x/", {}),
        ("query=%FF", {}),
        ("query=SELECT+(NOW()+AS+?x)+%7B%7D", {}),
        ("query=SELECT+*+%7B+SERVICE+<http://x/>+%7B%7D+%7D", {}),
        ("query=INSERT+DATA+%7B%7D", {}),
        ("query=ASK+%7B%7D&format=html", {}),
        ("query=ASK+%7B%7D", {"accept": "text/html"}),
        ("query=ASK+%7B%7D", {"accept": "image/png"}),
        ("query=ASK+%7B%7D", {"authorization": "Bearer x"}),
        ("query=ASK+%7B%7D", {"if-none-match": '"x"'}),
        ("query=ASK+%7B%7D", {"host": "x:80"}),
        ("query=ASK+%7B%7D", {"host": "x/y"}),
        (f"query=ASK+%7B%7D+%23{'x' * 200}", {}),
    ],
)
def test_what_is_the_least_unusual_is_not_plain(address: str, headers: dict[str, str]) -> None:
    given_ = {b"host": b"x", **{name.encode(): value.encode() for name, value in headers.items()}}
    assert read("GET", address.encode(), given_, 100) is None


def test_a_header_given_twice_is_not_plain() -> None:
    assert headers_of([(b"accept", b"text/csv"), (b"accept", b"text/html")]) is None


@given(st.text(max_size=60), st.sampled_from(["text/csv", "text/turtle", "*/*", "text/html", ""]))
def test_any_text_is_read_or_left_to_flask(text: str, accept: str) -> None:
    headers = {b"host": b"x", b"accept": accept.encode()}
    asked = read("GET", f"query={quote(text.encode('utf-8', 'replace'))}".encode(), headers, 100)
    assert asked is None or (asked.query and asked.format in set(type(asked.format)))


@given(st.one_of(st.binary(max_size=20), st.text(alphabet="aé%+&=;2Ff\x00", max_size=20).map(str.encode)))
def test_a_query_alone_is_read_as_any_field_is(text: bytes) -> None:
    form = b"query=" + text
    try:
        expected = parse_qsl(form.decode("ascii"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        with pytest.raises(UnicodeDecodeError):
            fields_of(form)
    else:
        assert fields_of(form) == expected
