"""Connections: idle ones keep nobody out, and those who leave midway leave nothing behind."""

from __future__ import annotations

import http.client
import json
import os
import re
import select
import signal
import socket
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

import pytest

from castgraph_server.connection import MOST_CONNECTIONS
from tests.running import Server, started

LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
HASTY = """
import sys
from castgraph_server import connection
from castgraph_server.__main__ import main
connection.HEAD_SECONDS = 1.0
if __name__ == "__main__":
    sys.exit(main())
"""


def connected(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(server.address.rpartition(":")[2])), timeout=30)


def asked(server: Server) -> int:
    """The status of a small query on a connection of its own."""
    connection = http.client.HTTPConnection(server.address.removeprefix("http://"), timeout=30)
    try:
        connection.request("GET", f"/sparql?{urlencode({'query': 'ASK {}'})}")
        return connection.getresponse().status
    finally:
        connection.close()


def said(connection: socket.socket) -> bytes:
    """All that comes until the server hangs up."""
    came = b""
    while more := connection.recv(1 << 16):
        came += more
    return came


@pytest.mark.parametrize("begun", [b"", b"GET / HT", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_idle_connections_keep_nobody_out(data: Path, begun: bytes) -> None:
    with started(data, timeout=3) as server, ExitStack() as open_:
        busy = open_.enter_context(connected(server))
        query = urlencode({"query": LONG})
        busy.sendall(f"GET /sparql?{query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        idle = []
        for _ in range(MOST_CONNECTIONS + 50):
            connection = open_.enter_context(connected(server))
            idle.append(connection)
            connection.sendall(begun)
            if begun.endswith(b"\r\n\r\n"):
                assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
        assert [asked(server) for _ in range(20)] == [200] * 20
        assert not said(idle[0]).startswith(b"HTTP/1.1 5")  # the one that was idle longest is closed
        idle[-1].setblocking(False)
        with pytest.raises(BlockingIOError):  # and not the last
            said(idle[-1])
        assert said(busy).startswith(b"HTTP/1.1 504 ")  # nor the one on which something is asked


@pytest.mark.parametrize("method", ["GET", "POST", "kept"])
def test_a_small_result_comes_in_one_piece_and_the_next_request_is_answered(data: Path, method: str) -> None:
    with started(data) as server, connected(server) as connection:
        connection.sendall(b"GET /sparql?query=ASK%20%7B%7D HTTP/1.1\r\nHost: x\r\n\r\n")
        while not connection.recv(1 << 16).endswith(b"}"):  # the first opens the snapshot, and is answered by Flask
            pass
        for number in range(8):
            query = f"SELECT ?s {{ ?s ?p ?o }} LIMIT 2 #{0 if method == 'kept' else number}"
            if method == "POST":
                head = (
                    f"POST /sparql HTTP/1.1\r\nContent-Type: application/sparql-query\r\nContent-Length: {len(query)}"
                )
                connection.sendall(f"{head}\r\nHost: x\r\nAccept: text/csv\r\n\r\n{query}".encode())
            else:
                address = f"/sparql?{urlencode({'query': query})}"
                connection.sendall(f"GET {address} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n".encode())
            told, end, body = connection.recv(1 << 16).partition(b"\r\n\r\n")
            assert told.startswith(b"HTTP/1.1 200 ")
            assert end
            assert body.count(b"\n") == 3
            assert f"content-length: {len(body)}".encode() in told.lower()


def test_more_connections_than_it_takes_are_told_so(data: Path) -> None:
    half = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nquery"
    with started(data, body_timeout=60) as server, ExitStack() as open_:
        others = [open_.enter_context(connected(server)) for _ in range(MOST_CONNECTIONS)]
        for connection in others:
            connection.sendall(half)
        time.sleep(0.5)
        with connected(server) as refused:
            head, _, body = said(refused).partition(b"\r\n\r\n")
            refused.sendall(b"GET ")
            time.sleep(0.2)
            with pytest.raises(OSError, match=r"reset|Broken pipe"):  # it is closed, and takes no room any more
                refused.sendall(b"GET ")
        assert head.startswith(b"HTTP/1.1 503 ")
        assert json.loads(body)["status"] == 503
        for connection in others[:5]:
            connection.close()
        time.sleep(0.5)
        assert asked(server) == 200
        assert "Traceback" not in server.log


@pytest.mark.parametrize(
    "begun", [b"", b"\r\n", b"GET / HTTP/1.1\r\nHost:", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"]
)
def test_line_breaks_keep_no_connection_open(data: Path, tmp_path: Path, begun: bytes) -> None:
    program = tmp_path / "hasty.py"
    program.write_text(HASTY)
    with started(data, (sys.executable, str(program))) as server, connected(server) as connection:
        connection.sendall(begun)
        closed, end = False, time.monotonic() + 20
        while not closed and time.monotonic() < end:
            time.sleep(0.2)
            try:
                connection.sendall(b"\r\n" if not begun.endswith(b":") else b"x")
                while select.select([connection], [], [], 0)[0] and not closed:
                    closed = not connection.recv(1 << 16)
            except (BrokenPipeError, ConnectionResetError):
                closed = True
        assert closed


@pytest.mark.parametrize("hosts", [b"", b"Host: a\r\nHost: b\r\n"])
def test_a_request_names_one_host(data: Path, hosts: bytes) -> None:
    with started(data) as server, connected(server) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\n" + hosts + b"\r\n")
        assert said(connection).startswith(b"HTTP/1.1 400 ")


def test_clients_that_leave_before_they_have_asked_leave_no_trace(data: Path) -> None:
    with started(data) as server:
        for type_ in ("application/sparql-query", "application/x-www-form-urlencoded", "text/plain"):
            for path in ("/sparql", "/reconcile"):
                with connected(server) as connection:
                    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {type_}\r\nContent-Length: 500\r\n\r\n"
                    connection.sendall(f"{head}ASK {{}}".encode())
                    time.sleep(0.1)
        assert asked(server) == 200
        counts = http.client.HTTPConnection(server.address.removeprefix("http://"), timeout=30)
        counts.request("GET", "/metrics")
        told = counts.getresponse().read().decode()
        counts.close()
        assert re.findall(r'castgraph_requests_total{kind="sparql[^}]*} (\S+)', told) == [
            "1.0"
        ]  # none of theirs was begun
        assert "Traceback" not in server.log


def test_idle_workers_that_are_killed_are_replaced(data: Path) -> None:
    from tests.soak.census import take

    with started(data) as server:
        assert asked(server) == 200
        before = {worker.pid for worker in take(server.process).query_workers}
        assert before
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            look = take(server.process)
            now = {worker.pid for worker in look.query_workers}
            if not look.zombies and not now & before and len(now) >= len(before) - 2:
                break
            time.sleep(0.2)
        else:
            raise AssertionError(f"{len(now)} workers, {look.zombies} zombies")
        assert asked(server) == 200
