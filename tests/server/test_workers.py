"""Queries run in worker processes that may be killed, by the server or from outside; results stream from them."""

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
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from urllib.parse import urlencode

import pytest

from castgraph.formats import Format
from castgraph.settings import Settings
from castgraph.snapshot import current
from castgraph.store import Dataset
from castgraph_server import create_app
from castgraph_server.cache import Cache, Kept
from castgraph_server.limits import Limits
from castgraph_server.problems import Problem
from castgraph_server.use import Question
from castgraph_server.workers import WorkerPool

Run = Callable[..., AbstractContextManager[str]]

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 300000"


@pytest.fixture
def server(data: Path, run: Run) -> Iterator[str]:
    """A server whose queries may run long."""
    with run(data, timeout=60, query_workers=2) as address:
        yield address


def get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as response:
        body: bytes = response.read()
        return body


def query(server: str, text: str) -> bytes:
    return get(f"{server}/sparql?{urlencode({'query': text})}")


def counted(server: str, name: str) -> float:
    """A number of /metrics."""
    match = re.search(rf"^{re.escape(name)} (\S+)$", get(f"{server}/metrics").decode(), re.MULTILINE)
    assert match, name
    return float(match[1])


def processes(server: str) -> tuple[int, list[int]]:
    """The server process, and its workers."""
    match = re.search(r'castgraph_snapshot{.*process="(\d+)"}', get(f"{server}/metrics").decode())
    assert match
    process = int(match[1])
    threads = Path(f"/proc/{process}/task").iterdir()
    return process, [int(child) for thread in threads for child in (thread / "children").read_text().split()]


def sent(server: str, text: str) -> socket.socket:
    """A connection on which a query was asked."""
    host, port = server.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout=60)
    connection.sendall(f"GET /sparql?{urlencode({'query': text})} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return connection


def until(is_so: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.1)
    return is_so()


def memory(process: int) -> int:
    """Resident memory in bytes."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except FileNotFoundError:
        return 0


def test_a_huge_result_begins_early_and_takes_no_memory(server: str) -> None:
    query(server, "ASK {}")
    process, workers = processes(server)
    before, most = sum(map(memory, [process, *workers])), 0
    with sent(server, LARGE) as connection:
        began, size = time.monotonic(), 0
        assert connection.recv(1 << 16)
        assert time.monotonic() - began < 3
        end = b""
        while not end.endswith(b"\r\n0\r\n\r\n"):
            came = connection.recv(1 << 20)
            size, end = size + len(came), (end + came)[-7:]
            most = max(most, sum(map(memory, [process, *workers])) if size % 7 == 0 else 0)
    assert size > 150_000_000
    assert most - before < 60_000_000


@pytest.mark.parametrize("reads", [0, 100_000])
def test_the_query_of_a_client_that_goes_away_is_stopped(server: str, reads: int) -> None:
    with sent(server, LARGE.replace("300000", "9000000") if reads else RUNAWAY) as connection:
        while reads > 0:
            reads -= len(connection.recv(1 << 16))
        assert until(lambda: counted(server, "castgraph_queries_running") == 1)
    # The connection for the metrics is from the same address: it must be gone too when the server looks.
    time.sleep(1.5)
    assert until(lambda: counted(server, "castgraph_queries_running") == 0)
    assert query(server, "ASK {}")


def test_a_client_that_does_not_read_loses_its_worker(data: Path) -> None:
    pool = WorkerPool(Limits(60, 1 << 30, 10**9, 10**6), size=1, queue=0)
    pool.stall = 0.5
    snapshot = current(data)
    assert snapshot is not None
    question = Question(
        snapshot.path / "store", LARGE, Dataset(), Format.TSV, Format.N_TRIPLES, 10**9, "http://example.org/"
    )  # fmt: skip
    try:
        stalled = pool.ask(question, 60)
        assert next(stalled)
        assert until(lambda: pool.running == 0)
        assert pool.killed["client"] == 1
        other = pool.ask(question, 60)
        assert next(other)  # its place is free
        other.close()
        with pytest.raises(Problem):  # and its own result is no whole one
            for _ in stalled:
                pass
        assert pool.running == 0
    finally:
        pool.close()


@pytest.mark.parametrize("readers", [2, 6])
def test_clients_that_read_slowly_keep_nobody_out(data: Path, run: Run, readers: int) -> None:
    with run(data, timeout=10, query_workers=2, max_rows=10**9) as server, ExitStack() as open_:
        query(server, "ASK {}")
        slow = [open_.enter_context(sent(server, f"{LARGE}00 # {n}")) for n in range(readers)]
        for connection in slow[:4]:
            assert connection.recv(100)  # and no more
        for number in range(20):  # none of them waits as long as a query may wait
            assert b"true" in query(server, f"ASK {{ ?s ?p ?o }} # {number}")
        # Where there is room for those who read slowly, they keep their places.
        assert (counted(server, 'castgraph_queries_stopped_total{cause="client"}') > 0) == (readers > 2)


def test_health_is_told_while_queries_run(server: str) -> None:
    with sent(server, RUNAWAY), sent(server, RUNAWAY + " # 2"):
        time.sleep(0.5)
        for _ in range(5):
            began = time.monotonic()
            assert b"up" in get(f"{server}/healthz")
            assert time.monotonic() - began < 2


def test_long_queries_do_not_keep_short_ones_waiting(server: str) -> None:
    with sent(server, RUNAWAY), sent(server, RUNAWAY + " # 2"):
        began = time.monotonic()
        assert b"true" in query(server, "ASK { ?s ?p ?o }")
        assert time.monotonic() - began < 10  # of the 60 the others may take


def test_workers_killed_from_outside_fail_no_request(server: str) -> None:
    query(server, "ASK {}")
    failures: list[object] = []
    answers: list[bytes] = []
    stop = threading.Event()

    def load(number: int) -> None:
        while not stop.is_set():
            try:
                answers.append(query(server, f"ASK {{ ?s ?p ?o }} # {number} {len(answers)}"))
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a failure
                failures.append(error)

    clients = [threading.Thread(target=load, args=(number,)) for number in range(3)]
    for client in clients:
        client.start()
    killed = 0
    for _ in range(10):
        time.sleep(0.2)
        for worker in processes(server)[1][:1]:
            os.kill(worker, signal.SIGKILL)
            killed += 1
    stop.set()
    for client in clients:
        client.join()
    assert not failures
    assert killed >= 5
    assert len(answers) > 50


def test_a_workers_start_is_no_time_of_its_query(data: Path) -> None:
    pool = WorkerPool(Limits(0.2, 1 << 30, 10**9, 10**6), size=1, queue=0)
    snapshot = current(data)
    assert snapshot is not None
    question = Question(snapshot.path / "store", "ASK {}", Dataset(), Format.TSV, Format.N_TRIPLES, 9, "http://x/")
    try:
        pool.start()
        for worker in tuple(pool._fleet._idle):
            os.kill(worker.pid, signal.SIGSTOP)
            threading.Timer(1.5, os.kill, (worker.pid, signal.SIGCONT)).start()
        assert list(pool.ask(question, 0.2)) == [(b"true", True)]
    finally:
        pool.close()


def test_a_query_whose_workers_are_killed_again_and_again_is_told_so(server: str) -> None:
    answers: list[tuple[int, str, str]] = []

    def ask() -> None:
        try:
            query(server, RUNAWAY)
        except urllib.error.HTTPError as error:
            with error:
                answers.append((error.code, json.loads(error.read())["limit"], error.headers["Retry-After"]))

    query(server, "ASK {}")
    client = threading.Thread(target=ask)
    client.start()
    deadline = time.monotonic() + 30
    while client.is_alive() and time.monotonic() < deadline:
        time.sleep(0.3)
        for worker in processes(server)[1]:
            os.kill(worker, signal.SIGKILL)
    client.join()
    assert answers == [(503, "worker", "1")]


def test_no_worker_outlives_its_server(data: Path, run: Run) -> None:
    with run(data, timeout=3) as server, sent(server, "ASK {}") as first, sent(server, RUNAWAY):
        assert first.recv(100)
        assert until(lambda: counted(server, "castgraph_queries_running") == 1)
        process, workers = processes(server)
        os.kill(process, signal.SIGKILL)
        assert workers
        assert until(lambda: not any(_runs(worker) for worker in workers), 40)  # the one with the query at its limit


def test_a_query_that_runs_when_the_server_ends_is_told_so(data: Path, run: Run) -> None:
    with run(data, timeout=60) as server:
        query(server, "ASK {}")
        connection = sent(server, RUNAWAY)
        assert until(lambda: counted(server, "castgraph_queries_running") == 1)
    with connection:
        assert connection.recv(4096).startswith(b"HTTP/1.1 503 ")


def _runs(process: int) -> bool:
    try:
        return "worker.py" in Path(f"/proc/{process}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_repeated_queries_are_answered_from_the_cache(server: str) -> None:
    first = query(server, "SELECT * { ?s ?p ?o } LIMIT 3")
    # What Flask answers is kept when it has been sent: a client that is quick may ask again before.
    assert until(
        lambda: (
            query(server, "SELECT * { ?s ?p ?o } LIMIT 3") == first
            and counted(server, "castgraph_cache_hits_total") > 0
        )
    )
    before = counted(server, "castgraph_cache_hits_total")
    assert all(query(server, "SELECT * { ?s ?p ?o } LIMIT 3") == first for _ in range(3))
    assert counted(server, "castgraph_cache_hits_total") == before + 3
    assert query(server, "SELECT (RAND() AS ?x) {}") != query(server, "SELECT (RAND() AS ?x) {}")


def test_the_cache_is_bounded_and_holds_for_one_snapshot() -> None:
    cache = Cache(80_000)
    for number in range(100):
        cache.put("one", number, Kept(b"x" * 5_000))
    assert cache.size <= 80_000
    assert cache.get("one", 99) == Kept(b"x" * 5_000)
    assert cache.get("one", 0) is None
    cache.put("one", "large", Kept(b"x" * 20_000))
    assert cache.get("one", "large") is None
    assert cache.get("two", 99) is None
    cache.put("two", 1, Kept(b"y"))
    assert cache.get("one", 99) is None


def test_requests_are_logged_with_the_hash_of_their_query(data: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    client = create_app(Settings(data=data, access_log=str(log))).test_client()
    client.get("/sparql", query_string={"query": "ASK { ?s ?p ?o }"})
    client.post("/sparql", data={"query": "ASK { ?s ?p ?o } #"})
    client.get("/healthz")
    asked, posted, health = (json.loads(line) for line in log.read_text().splitlines())
    assert (asked["status"], asked["path"], health["query"]) == (200, "/sparql", None)
    assert len(asked["query"]) == 16
    assert asked["query"] != posted["query"]
    assert asked["milliseconds"] > 0
    assert "ASK" not in log.read_text()


def test_slow_queries_are_logged(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    client = create_app(Settings(data=data, slow_query=0, timeout=0.3)).test_client()
    assert client.get("/sparql", query_string={"query": RUNAWAY}).status_code == 504
    assert "slow query" in caplog.text
    assert "504" in caplog.text
