"""HTTP itself: versions, lengths and sizes, as bytes on a connection."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.server.test_protocol import ask

LARGE = "/sparql?format=csv&query=" + quote("SELECT * WHERE { ?a ?b ?c . ?d ?e ?f } LIMIT 20000")


def said(server: str, *pieces: bytes, seconds: float = 20) -> tuple[bytes, bytes]:
    """The head and the body that come for what is sent, until the server hangs up or seconds are over."""
    address = urlsplit(server)
    came = b""
    with socket.create_connection((address.hostname, address.port), timeout=seconds) as connection, suppress(OSError):
        for piece in pieces:
            connection.sendall(piece)
        while more := connection.recv(1 << 16):
            came += more
    head, _, body = came.partition(b"\r\n\r\n")
    return head.lower(), body


def test_who_knows_no_chunks_gets_none(server: str) -> None:
    head, body = said(server, f"GET {LARGE} HTTP/1.0\r\n\r\n".encode())
    assert head.startswith(b"http/1.1 200 ")
    assert b"transfer-encoding" not in head
    assert b"connection: close" in head
    assert body == ask(server, "GET", LARGE).body
    assert len(body) > 500_000


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_short_answer_tells_its_length_to_everybody(server: str, method: str) -> None:
    head, body = said(server, f"{method} /sparql?query=ASK%7B%7D HTTP/1.0\r\n\r\n".encode())
    assert b"content-length: 26\r\n" in head
    assert len(body) == (26 if method == "GET" else 0)


def test_a_result_that_breaks_off_says_so_without_chunks_too(
    data: Path, run: Callable[..., AbstractContextManager[str]]
) -> None:
    with run(data, max_rows=10_000) as server:
        head, body = said(server, f"GET {LARGE} HTTP/1.0\r\n\r\n".encode())
    assert b"transfer-encoding" not in head
    assert b'\n"!!! This result is not whole. The result has more than 10000 rows.' in body[-400:]


@pytest.mark.parametrize("expect", ["", "Expect: 100-continue\r\n"])
def test_a_body_that_is_too_large_is_refused_before_it_comes(server: str, expect: str) -> None:
    head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 50000000\r\n{expect}"
    came, _ = said(server, f"{head}Connection: close\r\n\r\n".encode())
    assert came.startswith(b"http/1.1 413 ")


@pytest.mark.parametrize("host", ["a b", "<x>", 'x"y', "a/b", "user@x", "x:port", "[::1", "\xe9", "x?y", "%zz"])
def test_a_host_that_is_none_is_refused(server: str, host: str) -> None:
    target = "/sparql?query=" + quote("SELECT (<x> AS ?x) {}")  # <x> is taken from the host
    head, _ = said(server, f"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("latin-1"))
    assert head.startswith(b"http/1.1 400 ")


@pytest.mark.parametrize(
    "host", ["x", "x:80", "127.0.0.1:8000", "[::1]:80", "a_b.example.org", "xn--bcher-kva.example:"]
)
def test_a_host_is_taken(server: str, host: str) -> None:
    head, _ = said(server, f"GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert head.startswith(b"http/1.1 200 ")


def test_an_address_that_is_too_long_is_told_so_however_it_comes(server: str) -> None:
    whole = f"GET /sparql?query={'x' * 300_000} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    for size in (len(whole), 10_000):
        head, _ = said(server, *(whole[at : at + size] for at in range(0, len(whole), size)))
        assert head.startswith(b"http/1.1 414 "), size


def test_what_is_sent_after_a_refusal_does_not_wipe_it_out(server: str) -> None:
    address = urlsplit(server)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(b"NONSENSE\r\n\r\n")
        assert select.select([connection], [], [], 20)[0]  # the refusal has come, and is not read yet
        for _ in range(10):
            connection.sendall(b"and more of it\r\n" * 500)
            time.sleep(0.02)
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 400 ")


def test_a_large_head_is_refused_though_it_comes_at_once(server: str) -> None:
    head, _ = said(server, f"GET /healthz HTTP/1.1\r\nHost: x\r\nX: {'y' * 210_000}\r\n\r\n".encode())
    assert head.startswith(b"http/1.1 431 ")
