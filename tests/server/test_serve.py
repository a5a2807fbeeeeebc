"""The real server process, and real clients."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, GET, JSON, POST, POSTDIRECTLY, TURTLE, XML, SPARQLWrapper

from castgraph.errors import CastgraphError
from castgraph.settings import Settings
from castgraph.snapshot import Snapshot
from castgraph.store import RemoteStore, rows
from castgraph_server.door import THREADS
from castgraph_server.serve import serve

SELECT = "PREFIX film: <https://w3id.org/castgraph/film#> SELECT ?c WHERE { ?x film:played ?c }"
ADA = "https://w3id.org/castgraph/id/character/copper-comet-2019/ada-stone"


def get(address: str, **headers: str) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=10) as response:
        body: bytes = response.read()
        return body


def wrapper(server: str, query: str, format_: str, method: str = GET) -> Any:
    asked = SPARQLWrapper(f"{server}/sparql")
    asked.setTimeout(10)
    asked.setMethod(method)
    asked.setReturnFormat(format_)
    asked.setQuery(query)
    return asked


@pytest.mark.parametrize("method", [GET, POST])
def test_sparqlwrapper_asks_by_both_methods(server: str, method: str) -> None:
    told = wrapper(server, SELECT, JSON, method).queryAndConvert()
    assert told["results"]["bindings"] == [{"c": {"type": "uri", "value": ADA}}]


def test_sparqlwrapper_posts_directly(server: str) -> None:
    asked = wrapper(server, SELECT, JSON, POST)
    asked.setRequestMethod(POSTDIRECTLY)
    assert len(asked.queryAndConvert()["results"]["bindings"]) == 1


def test_sparqlwrapper_reads_xml_csv_and_turtle(server: str) -> None:
    assert ADA in wrapper(server, SELECT, XML).queryAndConvert().toxml()
    assert wrapper(server, SELECT, CSV).queryAndConvert().split() == [b"c", ADA.encode()]
    turtle = wrapper(server, f"DESCRIBE <{ADA}>", TURTLE).queryAndConvert()
    assert len(rdflib.Graph().parse(data=turtle, format="turtle")) > 0


def test_rdflib_asks_the_endpoint(server: str) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{server}/sparql", returnFormat="json"))
    assert [str(row[rdflib.Variable("c")]) for row in graph.query(SELECT).bindings] == [ADA]


def test_rdflib_follows_a_thing_to_its_data(server: str) -> None:
    graph = rdflib.Graph().parse(f"{server}/id/person/zoe-quill")
    assert (rdflib.URIRef("https://w3id.org/castgraph/id/person/zoe-quill"), None, rdflib.Literal("Zoë Quill")) in graph


def test_the_librarys_own_remote_store_asks_it(server: str) -> None:
    assert [row["c"].value for row in rows(RemoteStore(f"{server}/sparql").query(SELECT))] == [ADA]


def test_a_body_without_length_is_limited_too(data: Path, run: Callable[..., AbstractContextManager[str]]) -> None:
    with run(data, max_body=1000) as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            head = "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
            connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n7D0\r\n{'#' * 2000}\r\n0\r\n\r\n".encode())
            assert b" 413 " in connection.recv(100)


def test_clients_that_send_slowly_hold_up_nobody(server: str) -> None:
    host, port = server.removeprefix("http://").split(":")
    head = (
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 500\r\n\r\nASK"
    )
    slow = [socket.create_connection((host, int(port)), timeout=10) for _ in range(THREADS // 2)]
    try:
        for connection in slow:
            connection.sendall(head)
        time.sleep(0.2)
        assert b"up" in get(f"{server}/healthz")
    finally:
        for connection in slow:
            connection.close()


def test_a_swap_under_load_fails_no_request(
    tmp_path: Path, build: Callable[..., Snapshot], run: Callable[..., AbstractContextManager[str]]
) -> None:
    build(tmp_path, "first")
    failures: list[object] = []
    seen: set[str] = set()
    stop = threading.Event()

    def load(address: str) -> None:
        while not stop.is_set():
            try:
                get(f"{address}/sparql?query={quote(SELECT)}")
                seen.add(json.loads(get(f"{address}/readyz"))["snapshot"])
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a failure
                failures.append(error)

    with run(tmp_path, workers=2) as address:
        clients = [threading.Thread(target=load, args=(address,)) for _ in range(4)]
        for client in clients:
            client.start()
        try:
            for name in ("first", "second", "third", "fourth"):
                if name != "first":
                    time.sleep(0.3)
                    build(tmp_path, name)
                deadline = time.monotonic() + 10
                while name in ("first", "fourth") and name not in seen and time.monotonic() < deadline:
                    time.sleep(0.05)
        finally:
            stop.set()
            for client in clients:
                client.join()
    assert not failures
    assert {"first", "fourth"} <= seen


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM])
def test_the_server_ends_cleanly_on_a_signal(data: Path, signal_: signal.Signals) -> None:
    environment = {**os.environ, "CASTGRAPH_DATA": str(data), "CASTGRAPH_PORT": "0"}
    with subprocess.Popen(
        [sys.executable, "-m", "castgraph_server"], env=environment, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            address = line.split()[-1].rstrip("/")
            wait(address)
            process.send_signal(signal_)
            assert process.wait(timeout=10) == 0
            assert "Traceback" not in process.stderr.read()
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    with pytest.raises(OSError):
        get(f"{address}/healthz")


def wait(address: str) -> None:
    for _ in range(200):
        try:
            get(f"{address}/healthz")
        except urllib.error.URLError:
            time.sleep(0.05)
        else:
            return


def test_a_taken_port_is_told(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CastgraphError, match=f"127.0.0.1:{port}: cannot be listened on"):
            serve(Settings(data=data, port=port))


def test_a_port_another_server_of_ours_has_is_told(server: str, data: Path) -> None:
    port = int(server.rsplit(":", 1)[1])
    with pytest.raises(CastgraphError, match="cannot be listened on"):
        serve(Settings(data=data, port=port))


@pytest.mark.parametrize(
    ("setting", "value"), [("rate_limit", "often"), ("service_allow", "nonsense"), ("access_log", "/nowhere/log")]
)
def test_a_setting_it_cannot_start_with_is_told_at_once(data: Path, setting: str, value: str) -> None:
    environment = {**os.environ, "CASTGRAPH_DATA": str(data), "CASTGRAPH_PORT": "0"}
    environment[f"CASTGRAPH_{setting.upper()}"] = value
    command = [sys.executable, "-m", "castgraph_server"]
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            _, said = process.communicate(timeout=60)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode in (1, 2)
    assert setting in said
    assert value in said
    assert "Traceback" not in said


def test_an_unknown_host_is_told(data: Path) -> None:
    with pytest.raises(CastgraphError, match="cannot be listened on"):
        serve(Settings(data=data, host="203.0.113.1"))
