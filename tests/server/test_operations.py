"""What operators rely on: requests in flight end when the server does, the counts are right, hostile bytes do no harm."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.running import Server, started
from tests.server import test_protocol as protocol
from tests.soak.census import descendants, still_running

LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
QUERY = "Content-Type: application/sparql-query\r\n"


def get(address: str) -> tuple[int, bytes]:
    """Status and body."""
    try:
        with urllib.request.urlopen(address, timeout=60) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def port_of(server: Server) -> int:
    return int(server.address.rpartition(":")[2])


def lets_in(server: Server) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port_of(server)), timeout=10).close()
    except ConnectionRefusedError:
        return False
    return True


def running_queries(server: Server) -> float:
    found = re.search(r"^castgraph_queries_running (\S+)$", get(f"{server.address}/metrics")[1].decode(), re.MULTILINE)
    assert found
    return float(found[1])


def test_the_processes_of_a_server_take_memory_from_few_pools(data: Path) -> None:
    with started(data) as server:
        assert get(f"{server.address}/sparql?query=ASK%7B%7D")[0] == 200
        below = [process for process in descendants(server.process) if process != server.process]
        told = {process: Path(f"/proc/{process}/environ").read_bytes().split(b"\0") for process in below}
        workers = [process for process in below if b"start_worker" in Path(f"/proc/{process}/cmdline").read_bytes()]
    assert workers
    assert len(told) > len(workers)
    for process, environment in told.items():
        assert (b"MALLOC_ARENA_MAX=1" if process in workers else b"MALLOC_ARENA_MAX=2") in environment


@pytest.mark.parametrize("workers", [1, 2])
def test_requests_in_flight_are_answered_when_the_server_is_told_to_end(data: Path, workers: int) -> None:
    with started(data, workers=workers, timeout=8 if workers == 1 else 3) as server:  # of ten
        address, answers = server.address, list[tuple[int, bytes]]()
        clients = [
            threading.Thread(target=lambda n=n: answers.append(get(f"{address}/sparql?{urlencode({'query': f'{LONG} # {n}'})}")))
            for n in range(3)
        ]  # fmt: skip
        with socket.create_connection(("127.0.0.1", port_of(server)), timeout=10) as idle:  # holds up nothing
            idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert idle.recv(10)
            for client in clients:
                client.start()
            time.sleep(1)  # of the seconds a query has
            processes = list(descendants(server.process))
            server.send(signal.SIGTERM)
            while lets_in(server):  # while the queries run: they fail the test below where that takes too long
                assert any(client.is_alive() for client in clients)
                time.sleep(0.1)
            for client in clients:
                client.join()
        assert [(status, json.loads(body)["limit"]) for status, body in answers] == [(504, "time")] * 3
        assert server.wait(20) == 0
        assert still_running(processes, 5) == 0
        assert "Traceback" not in server.log


def test_a_long_query_waits_for_a_worker_that_is_slow_to_take_it(data: Path) -> None:
    with started(data) as server:
        assert get(f"{server.address}/sparql?query=ASK%7B%7D")[0] == 200  # the workers are up
        workers = [process for process in descendants(server.process) if is_worker(process)]
        answers: list[protocol.Answer] = []
        query = f"ASK {{}} #{'x' * 240_000}"
        type_ = "application/sparql-query"
        asking = threading.Thread(
            target=lambda: answers.append(protocol.ask(server.address, "POST", "/sparql", query, Content_Type=type_))
        )
        for worker in workers:
            os.kill(worker, signal.SIGSTOP)
        try:
            asking.start()
            time.sleep(1)  # more than a socket holds is to be sent, and nobody reads
        finally:
            for worker in workers:
                with suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGCONT)
        asking.join()
    assert workers
    assert [(answer.status, answer.json()) for answer in answers] == [(200, {"head": {}, "boolean": True})]


def is_worker(process: int) -> bool:
    return b"start_worker.py" in Path(f"/proc/{process}/cmdline").read_bytes()


def test_the_counts_tell_what_happened(data: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    with started(data, timeout=0.5, access_log=log) as server:
        assert get(f"{server.address}/sparql?{urlencode({'query': LONG})}")[0] == 504
        assert get(f"{server.address}/nothing")[0] == 404
        told, asked = "", 0

        def count(name: str) -> float:
            return sum(float(value) for value in re.findall(rf"^{name} (\S+)$", told, re.MULTILINE))

        while count("castgraph_cache_hits_total") < 2 and asked < 50:  # an answer is kept a moment after it is sent
            asked += 1
            assert get(f"{server.address}/sparql?{urlencode({'query': 'ASK {}'})}")[0] == 200
            told = get(f"{server.address}/metrics")[1].decode()

    assert 3 <= asked < 50
    assert count(r'castgraph_requests_total{kind="sparql[^}]*status="200"}') == asked
    assert count(r'castgraph_requests_total{kind="sparql[^}]*status="504"}') == 1
    assert count(r'castgraph_requests_total{[^}]*status="404"}') == 1
    assert count(r'castgraph_queries_stopped_total{cause="time"}') == 1
    assert count(r'castgraph_request_seconds_count{kind="sparql[^}]*}') == asked + 1
    assert count(r"castgraph_snapshot{[^}]*}") == 1
    assert count("process_resident_memory_bytes") > 10_000_000
    assert count("process_open_fds") > 5
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    slow = [line for line in lines if line["status"] == 504]
    assert len(slow) == 1
    assert slow[0]["milliseconds"] >= 500
    assert len([line for line in lines if line["path"] == "/sparql"]) == asked + 1


def request(line: str, *headers: str, body: bytes = b"") -> bytes:
    return "\r\n".join([line, "Host: x", *headers, "", ""]).encode("latin-1") + body


SAID = {
    "bytes that are no HTTP": b"\x00\xff\xfe\r\n\r\n",
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(500),
    "no such version": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "HTTP/2 without warning": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + os.urandom(3000),
    "a flood of headers": request("GET / HTTP/1.1", *(f"X-{n}: y" for n in range(5000))),
    "a header of a megabyte": request("GET / HTTP/1.1", "X: " + "a" * 1_000_000),
    "a header without a colon": request("GET / HTTP/1.1", "nonsense"),
    "a header with NUL": request("GET / HTTP/1.1", "X: a\x00b"),
    "a header in Latin-1": request("GET /sparql?query=ASK%7B%7D HTTP/1.1", "Accept: \xff\xfe"),
    "a host that is none": b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: [::1\r\n\r\n",
    "an address of 100 kB": request(f"GET /{'a' * 100_000} HTTP/1.1"),
    "percent signs": request("GET /%zz?%=%&query=%%% HTTP/1.1"),
    "no UTF-8 in the query": request("GET /sparql?query=%ff%fe%80 HTTP/1.1"),
    "no UTF-8 in the path": request("GET /page/%ff%00 HTTP/1.1"),
    "a line break in the path": request("GET /id/a%0d%0aSet-Cookie:x=1 HTTP/1.1"),
    "no UTF-8 in a form": request("POST /sparql HTTP/1.1", FORM.strip(), "Content-Length: 8", body=b"query=\xff\xfe"),
    "a length below zero": request("POST /sparql HTTP/1.1", QUERY.strip(), "Content-Length: -5", body=b"ASK{}"),
    "a length past all bounds": request("POST /sparql HTTP/1.1", QUERY.strip(), f"Content-Length: {'9' * 30}", body=b"ASK{}"),
    "two lengths": request("POST /sparql HTTP/1.1", QUERY.strip(), "Content-Length: 5", "Content-Length: 6", body=b"ASK{}x"),
    "chunks that are none": request("POST /sparql HTTP/1.1", QUERY.strip(), "Transfer-Encoding: chunked", body=b"zz\r\nASK{}\r\n0\r\n\r\n"),
    "a chunk past all bounds": request("POST /sparql HTTP/1.1", QUERY.strip(), "Transfer-Encoding: chunked", body=b"f" * 18 + b"\r\nASK{}\r\n"),
    "chunks of one byte": request("POST /sparql HTTP/1.1", QUERY.strip(), "Transfer-Encoding: chunked",
                                  body=b"".join(b"1\r\n%c\r\n" % c for c in b"ASK{}" + b"#" * 20_000) + b"0\r\n\r\n"),
    "another encoding": request("POST /sparql HTTP/1.1", QUERY.strip(), "Content-Encoding: gzip", "Content-Length: 4", body=b"\x1f\x8b00"),
    "more fields than sense": request("POST /sparql HTTP/1.1", FORM.strip(), "Content-Length: 239999", body=b"&".join([b"a=1"] * 60_000)),
    "a body larger than its request tells": request("POST /healthz HTTP/1.1", "Content-Length: 3", body=b"abcGET /readyz HTTP/1.1\r\n\r\n"),
    "a thousand requests at once": request("GET /healthz HTTP/1.1") * 1000,
}  # fmt: skip


def test_bytes_that_are_no_request_do_no_harm(data: Path) -> None:
    with started(data, timeout=3) as server:
        for name, sent in SAID.items():
            answer = exchange(port_of(server), sent)
            statuses = {int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3})", answer)}
            assert not {status for status in statuses if status >= 500}, name
            assert b"Traceback" not in answer, name
            assert get(f"{server.address}/sparql?query=ASK%7B%7D") == (200, b'{"head":{},"boolean":true}'), name
        assert "Traceback" not in server.log


def exchange(port: int, sent: bytes) -> bytes:
    """What is answered to bytes, until the server hangs up or says nothing for half a second."""
    came = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.settimeout(0.5)
        try:
            connection.sendall(sent)
            while more := connection.recv(1 << 16):
                came += more
        except OSError:  # it hung up midway, as it may, or waits for more
            pass
    return came


NASTY = {
    "a path over everything": "SELECT (COUNT(*) AS ?n) { ?s (<a:b>|!<a:b>|^(<a:b>|!<a:b>))* ?o . ?o ((!<a:c>)|^(!<a:c>))* ?z . ?z (!<a:d>)* ?y }",
    "stars upon stars": "SELECT * { ?s ((((((((!<a:b>)*)+)*)+)*)+)*)+ ?o }",
    "values times values": "SELECT (COUNT(*) AS ?n) {{ VALUES ?x {{ {0} }} VALUES ?y {{ {0} }} }}".format("1 " * 50_000),
    "a list of forty thousand": f"SELECT * {{ ?s ?p ?o FILTER(?o IN ({','.join(map(str, range(40_000)))})) }}",
    "three thousand patterns": "SELECT * {" + "".join(f"?a{n} ?b{n} ?c{n} ." for n in range(3000)) + "}",
    "thirty thousand variables": "SELECT " + " ".join(f"?v{n}" for n in range(30_000)) + " {}",
    "a pattern that backtracks": f'SELECT * {{ FILTER(REGEX("{"a" * 5000}!", "^(a+)+$")) }}',
    "a pattern of repetitions": 'SELECT * { FILTER(REGEX("a", "((a{0,1000}){0,1000}){0,1000}")) }',
    "replacing by itself": f'SELECT (STRLEN(?d) AS ?n) {{ BIND("{"a" * 1000}" AS ?a) BIND(REPLACE(?a,"a",?a) AS ?b) '
    'BIND(REPLACE(?b,"a",?a) AS ?c) BIND(REPLACE(?c,"a",?a) AS ?d) }',
    "doubling": 'SELECT (STRLEN(?v40) AS ?n) { BIND("aaaaaaaaaaaaaaaa" AS ?v0) '
    + "".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1}) " for n in range(40)) + "}",
    "one long string of all": "SELECT (GROUP_CONCAT(CONCAT(STR(?c), STR(?f), STR(?i), STR(?l))) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "sorting everything": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?i",
    "grouping everything": "SELECT ?c ?f ?i (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } GROUP BY ?c ?f ?i",
    "triples in triples": "SELECT * {" + "<< " * 2000 + "<a:b> <a:b> 1" + " >> <a:b> 1" * 2000 + "}",
    "deep groups": "SELECT * " + "{" * 20_000 + "}" * 20_000,
    "minus signs": "SELECT (" + "-" * 100_000 + "1 AS ?x) {}",
    "SERVICE in escapes": "SELECT * { \\u0053ERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "SERVICE in long escapes": "SELECT * { S\\U00000045RVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "SERVICE after a comment": "SELECT * { SERVICE#x\n<http://127.0.0.1:1/>{ ?s ?p ?o } }",
}  # fmt: skip


def test_no_query_brings_the_server_down(data: Path) -> None:
    with started(data, timeout=1, memory_mb=128, max_rows=100_000) as server:
        for name, text in NASTY.items():
            sent = urllib.request.Request(f"{server.address}/sparql", text.encode())
            sent.add_header("Content-Type", "application/sparql-query")
            try:
                with urllib.request.urlopen(sent, timeout=60) as response:
                    status, body = response.status, response.read()
            except urllib.error.HTTPError as error:
                with error:
                    status, body = error.code, error.read()
            assert status in (200, 400, 403, 503, 504), name
            assert b"Traceback" not in body, name
            if name.startswith("SERVICE"):
                assert status == 403, name
        assert get(f"{server.address}/sparql?query=ASK%7B%7D") == (200, b'{"head":{},"boolean":true}')
        assert running_queries(server) == 0
        assert "Traceback" not in server.log
