"""Who may change the graph: the bearer of the token, and nobody else by whatever way."""

from __future__ import annotations

import json
import socket
import struct
import subprocess
import sysconfig
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest

from castgraph.errors import UsageError
from castgraph.iris import RDFS
from castgraph.settings import Settings
from castgraph_server import create_app
from tests.running import running, started
from tests.server.updates.site import (
    FORM,
    TOKEN,
    TURTLE,
    TV_GUIDE,
    UPDATE,
    Site,
    refused,
)

WRITES: list[tuple[str, str, str, str]] = [
    ("POST", "/sparql", UPDATE, "INSERT DATA { <a:s> <a:p> 1 }"),
    ("POST", "/sparql", FORM, urlencode({"update": "INSERT DATA { <a:s> <a:p> 1 }"})),
    ("PUT", "/graphs?graph=http%3A%2F%2Fexample.org%2Fg", TURTLE, "<a:s> <a:p> 1 ."),
    ("POST", "/graphs?default", TURTLE, "<a:s> <a:p> 1 ."),
    ("POST", "/graphs", TURTLE, "<a:s> <a:p> 1 ."),
    ("PUT", "/graph/imdb/race-to-mars-2007", TURTLE, "<a:s> <a:p> 1 ."),
    ("DELETE", "/graph/imdb/race-to-mars-2007", TURTLE, ""),
]


@pytest.mark.parametrize(("method", "target", "type_", "body"), WRITES)
@pytest.mark.parametrize("shown", [None, "Bearer wrong", f"Bearer {TOKEN}x", f"Basic {TOKEN}", f"Bearer {TOKEN[:-1]}"])
def test_without_the_token_nothing_is_changed(
    site: Site, method: str, target: str, type_: str, body: str, shown: str | None
) -> None:
    headers = {"Content_Type": type_, **({"Authorization": shown} if shown else {})}
    answer = refused(site, lambda: site.send(method, target, body.encode(), **headers), 401)
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="castgraph"')
    assert ("invalid_token" in answer.headers["WWW-Authenticate"]) == (shown or "").startswith("Bearer")


def test_a_server_that_is_not_writable_changes_nothing(fresh: Path) -> None:
    with running(fresh, token=TOKEN) as address:
        site = Site(address, fresh)
        for method, target, type_, body in WRITES:
            headers = {"Content_Type": type_, "Authorization": f"Bearer {TOKEN}"}
            status = 403 if target == "/sparql" else 405
            refused(site, lambda: site.send(method, target, body.encode(), **headers), status)  # noqa: B023


@pytest.mark.parametrize("name", ["access_token", "token", "x"])
def test_a_token_in_an_address_is_refused_and_not_logged(fresh: Path, tmp_path: Path, name: str) -> None:
    log = tmp_path / "access.log"
    with running(fresh, writable=1, token=TOKEN, access_log=log) as address:
        site = Site(address, fresh)
        given = urlencode({name: TOKEN})
        refused(site, lambda: site.update("INSERT DATA { <a:s> <a:p> 1 }", f"/sparql?{given}"), 400)
        refused(site, lambda: site.send("GET", f"/sparql?query=ASK%7B%7D&{given}", Accept="application/json"), 400)
    assert len(log.read_text().splitlines()) >= 2
    assert TOKEN not in log.read_text()


def test_logs_hold_an_updates_hash_and_never_its_text(fresh: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    with running(fresh, writable=1, token=TOKEN, access_log=log, slow_query=0) as address:
        assert Site(address, fresh).update('INSERT DATA { <a:s> <a:p> "confidential" }').status == 200
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert next(line for line in lines if line["path"] == "/sparql")["query"]
    assert "confidential" not in log.read_text()


def test_no_process_of_the_server_has_the_token_in_its_environment(site: Site) -> None:
    held, seen = [], 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        assert TOKEN.encode() not in command
        if b"castgraph_server/start_worker.py" in command:
            seen += 1
            if TOKEN.encode() in environment:
                held.append(process)
    assert seen
    assert not held


def test_a_token_that_is_no_secret_is_refused_at_the_start(tmp_path: Path) -> None:
    for wrong in ({"writable": True}, {"writable": True, "token": "short"}, {"token_file": str(tmp_path / "none")}):
        with pytest.raises(UsageError):
            create_app(Settings(data=tmp_path, **wrong))
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    create_app(Settings(data=tmp_path, writable=True, token_file=str(tmp_path / "token")))
    assert TOKEN not in repr(Settings(token=TOKEN))


def test_serve_says_what_a_writable_server_lacks(fresh: Path) -> None:
    castgraph = Path(sysconfig.get_path("scripts")) / "castgraph"
    command: list[str | Path] = [castgraph, "serve", "--writable", "--data", fresh, "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--token-file" in done.stderr


@pytest.mark.parametrize("is_rude", [False, True])
@pytest.mark.parametrize("is_chunked", [False, True])
@pytest.mark.parametrize("type_", [UPDATE, FORM])
def test_an_update_that_breaks_off_is_none(fresh: Path, type_: str, is_chunked: bool, is_rude: bool) -> None:
    """What has come of it may be an update of its own, and another one than was meant."""
    text = f"INSERT DATA {{ GRAPH <{TV_GUIDE}> {{ <http://example.org/cut> <{RDFS}label> 'cut' }} }} ;"
    body = (f"update={quote(text)}" if type_ == FORM else text).encode()
    said = f"{len(body):x}\r\n".encode() + body + b"\r\n" if is_chunked else body
    length = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {len(body) + 50}"
    head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: {type_}\r\n{length}\r\n\r\n"
    with started(fresh, writable=1, token=TOKEN, body_timeout=5) as server:
        site = Site(server.address, fresh)
        before = site.snapshot.id
        with socket.create_connection(("127.0.0.1", urlsplit(server.address).port or 0), timeout=20) as connection:
            connection.sendall(head.encode() + said)
            if is_rude:  # a reset
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                connection.shutdown(socket.SHUT_WR)
                assert not connection.recv(100)
        assert not site.ask("<http://example.org/cut> ?p ?o")
        assert site.update("INSERT DATA { }").status == 200  # it has its turn after anything begun before
        assert site.snapshot.id == before
        assert "Traceback" not in server.log


def test_the_token_gives_more_time_up_to_the_ceiling(fresh: Path) -> None:
    runaway = urlencode({"query": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "timeout": "60"})
    with running(fresh, token=TOKEN, timeout=0.3, most_timeout=1.5) as address:
        site = Site(address, fresh)
        for shown, seconds in ("", 0.3), (f"Bearer {TOKEN}", 1.5):
            answer = site.send("GET", f"/sparql?{runaway}", Accept="application/json", Authorization=shown)
            assert (answer.status, answer.told["seconds"]) == (504, seconds)
        assert site.send("GET", f"/sparql?{runaway}", Authorization="Bearer wrong").status == 401


def test_other_sites_may_read_and_not_write(site: Site) -> None:
    read = site.send("GET", f"/graphs?graph={quote(TV_GUIDE, safe='')}", Accept=TURTLE, Origin="http://evil.example")
    assert read.headers["Access-Control-Allow-Origin"] == "*"
    asked = site.send("OPTIONS", "/graphs", Origin="http://evil.example", Access_Control_Request_Method="PUT")
    assert not {"PUT", "DELETE"} & set(asked.headers["Access-Control-Allow-Methods"].split(", "))
    assert "authorization" not in asked.headers["Access-Control-Allow-Headers"].lower()
    for method, target, type_, body in WRITES:
        answer = site.send(method, target, body.encode(), Content_Type=type_, Origin="http://evil.example")
        assert "Access-Control-Allow-Origin" not in answer.headers
