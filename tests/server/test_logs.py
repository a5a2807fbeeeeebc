"""The access log of a real server: a line for each request, with the hash of the query it asks, however it is answered."""

from __future__ import annotations

import json
import socket
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.running import running
from tests.server.test_protocol import QUERY, ask

SELECT = "SELECT ?s WHERE { ?s ?p ?o } LIMIT 3"


@pytest.mark.parametrize("rate_limit", ["", "1000/minute"])
def test_every_query_is_logged_with_its_hash_however_it_is_answered(
    data: Path, tmp_path: Path, rate_limit: str
) -> None:
    log = tmp_path / "access.log"
    wrong, harmful = "SELECT nonsense", "ASK { SERVICE <http://example.org/> { ?s ?p ?o } }"
    with running(data, access_log=log, rate_limit=rate_limit) as server:

        def get(query: str, **headers: str) -> int:
            return ask(server, "GET", f"/sparql?query={quote(query)}", **headers).status

        told = [(SELECT, get(SELECT)) for _ in range(5)]  # the last ones from the cache
        tag = ask(server, "HEAD", f"/sparql?query={quote(SELECT)}").headers["ETag"]
        told += [(SELECT, 200), (SELECT, get(SELECT, If_None_Match=tag)), (SELECT, get(SELECT, Accept="image/png"))]
        told += [(wrong, get(wrong)), (harmful, get(harmful))]
        told += [(SELECT, ask(server, "POST", "/sparql", SELECT, Content_Type=QUERY).status) for _ in range(2)]
    assert [status for _, status in told] == [200] * 6 + [304, 406, 400, 403, 200, 200]
    written = log.read_text()
    lines = [json.loads(line) for line in written.splitlines()]
    asked = [(line["query"], line["status"]) for line in lines if line["path"] == "/sparql"]
    assert asked == [(sha256(query.encode()).hexdigest()[:16], status) for query, status in told]
    assert "SELECT" not in written


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"NONSENSE\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET /?" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 250_000 + b"\r\n\r\n", 431),
    ],
)
def test_what_is_no_request_is_logged_and_counted_too(data: Path, tmp_path: Path, head: bytes, status: int) -> None:
    log = tmp_path / "access.log"
    with running(data, access_log=log, workers=1) as server:
        with socket.create_connection(("127.0.0.1", urlsplit(server).port or 0), timeout=30) as connection:
            connection.sendall(head)
            assert connection.recv(1 << 16).startswith(f"HTTP/1.1 {status} ".encode())
        counted = ask(server, "GET", "/metrics").body.decode()
    assert f'castgraph_requests_total{{kind="refused",status="{status}"}} 1.0' in counted
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    [told] = [line for line in lines if line["status"] == status]
    assert (told["client"], told["method"], told["path"], told["query"]) == ("127.0.0.1", None, None, None)
