"""The SPARQL endpoint against the Rust server (``oxigraph serve-read-only``) over the same store, and rdflib-endpoint.

All answer the same requests from the same keep-alive clients, which take processor time of the same machine. Each
workload runs several times on each server, in turn; the best run counts, and the ratios are what to read. The store
holds the closure. rdflib-endpoint, which keeps its graph in memory, is given 80,000 asserted triples at most.
"""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox

from benchmarks.film_generator import DATA, FILM, film_lines
from benchmarks.reasoning import MODULES
from castgraph.iris import DEFAULT_BASE, RDFS
from castgraph.snapshot import write_json

CONNECTIONS = 4
TURNS = 3

ROUNDS, LONGEST_TURN = 10, 30.0
"""Answers on each connection that a turn is to have room for, as far as so many seconds suffice."""

_number = count()


@dataclass(frozen=True)
class Measured:
    """What the clients saw: answers a second, and the times of 50 and 99 in a hundred in milliseconds."""

    rate: float
    median: float
    p99: float
    failed: int


def measure(quick: bool) -> Iterator[str]:
    """Rates of both servers, their ratio, and how small queries fare beside runaway ones."""
    triples, seconds = (80_000, 1.5) if quick else (800_000, 3.0)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        closed = write_snapshot(data, triples)
        store = data / "snapshots" / "bench" / "store"
        with _castgraph(data) as ours, _oxigraph(store) as theirs:
            yield (
                f"{triples:,} asserted triples, {closed:,} with the closure; {CONNECTIONS} keep-alive connections; "
                f"best of {TURNS} turns of {seconds:g} s each, up to {LONGEST_TURN:g} s where an answer takes long."
            )
            yield ""
            yield from compared((ours, theirs), _workloads(triples), seconds)
            yield ""
            yield from _beside_runaways(ours, _cast(triples), seconds)
            few = min(triples, 80_000)
            with _rdflib_endpoint(data, few) as peer:
                own, other = _in_turn((ours, peer), _cast(few), seconds)
            yield ""
            yield (
                f"Cast look-up, each another, rdflib-endpoint over {few:,} asserted triples: {_told(other)}; castgraph "
                f"over its {closed:,}: {_told(own)}; ratio {own.rate / other.rate:.1f}."
            )


def compared(addresses: tuple[str, str], workloads: Mapping[str, Callable[[], str]], seconds: float) -> Iterator[str]:
    """The table of castgraph's rates, oxigraph's, and their ratios, a row for each workload."""
    yield "| queries | castgraph: a second (p50, p99 ms) | oxigraph: a second (p50, p99 ms) | ratio |"
    yield "|---|---|---|---|"
    for name, make in workloads.items():
        own, other = _in_turn(addresses, make, seconds)
        yield f"| {name} | {_told(own)} | {_told(other)} | {own.rate / other.rate:.2f} |"


def _in_turn(addresses: tuple[str, str], make: Callable[[], str], seconds: float) -> list[Measured]:
    """The best of several turns on each of two servers, after one to warm up; equally long for both.

    What a turn of a few answers shows is how its end falls, so turns of slow queries are longer.
    """
    slowest = max(drive(address, make, seconds / 5).median for address in addresses) / 1e3
    seconds = max(seconds, min(ROUNDS * slowest, LONGEST_TURN))
    turns = [[drive(address, make, seconds) for address in addresses] for _ in range(TURNS)]
    return [max(runs, key=lambda run: run.rate) for runs in zip(*turns, strict=True)]


def _beside_runaways(address: str, make: Callable[[], str], seconds: float) -> Iterator[str]:
    quiet = drive(address, make, seconds, connections=2)
    is_over = threading.Event()
    killed: list[bool] = []
    runaway = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

    def run_away() -> None:
        while not is_over.is_set():
            (status,) = set(
                _statuses(address, [_start_of(address) + _request(f"{runaway} # {next(_number)}", timeout="1")])
            )
            killed.append(status == 504)

    threads = [threading.Thread(target=run_away) for _ in range(2)]
    for thread in threads:
        thread.start()
    beside = drive(address, make, seconds, connections=2)
    is_over.set()
    for thread in threads:
        thread.join()
    yield (
        f"Cast look-ups beside two runaway queries at a time, each killed after a second ({sum(killed)} of {len(killed)}): "
        f"p99 {beside.p99:.1f} ms where it is {quiet.p99:.1f} ms in quiet, ratio {beside.p99 / quiet.p99:.1f}; "
        f"{beside.rate:,.0f} a second where it is {quiet.rate:,.0f}; {beside.failed} failed."
    )


def _told(measured: Measured) -> str:
    failed = f", {measured.failed} FAILED" if measured.failed else ""
    return f"{measured.rate:,.1f} ({measured.median:.1f}, {measured.p99:.1f}{failed})"


def _workloads(triples: int) -> dict[str, Callable[[], str]]:
    cast, works = _cast(triples), triples // 40
    one = f"SELECT ?title {{ <{DATA}work/%d> <{RDFS}label> ?title }}"
    top = (
        f"SELECT ?p (COUNT(DISTINCT ?w) AS ?n) {{ ?w <{FILM}hasPerformance>/<{FILM}performer> ?p }} "
        "GROUP BY ?p ORDER BY DESC(?n) LIMIT 10 # %d"
    )
    medium = f"SELECT (COUNT(DISTINCT ?o) AS ?n) {{ SELECT ?o {{ ?s ?p ?o }} LIMIT {triples * 3 // 32} }} # %d"
    rows = triples // 2
    return {
        "cast look-up, each another": cast,
        "one pattern, each another": lambda: f"{one % (next(_number) % works)} # {next(_number)}",
        "cast look-up, repeated": lambda: _cast_of(3, 2),
        "one pattern, repeated": lambda: one % 3,
        f"medium: {triples * 3 // 32:,} triples counted": lambda: medium % next(_number),
        "heavy: actors by works": lambda: top % next(_number),
        f"large: {rows:,} rows": lambda: f"SELECT * {{ ?s ?p ?o }} LIMIT {rows} # {next(_number)}",
    }


def _cast(triples: int) -> Callable[[], str]:
    works = triples // 60
    return lambda: f"{_cast_of(next(_number) % works, 2)} # {next(_number)}"


def _cast_of(work: int, order: int) -> str:
    return (
        f"PREFIX film: <{FILM}> PREFIX rdfs: <{RDFS}> SELECT ?performer ?title WHERE {{ "
        f'?character rdfs:label "Role {order} of {work}" . ?performance film:character ?character ; '
        "film:performer/rdfs:label ?performer . ?work film:hasPerformance ?performance ; rdfs:label ?title }"
    )


def _request(query: str, **fields: str) -> bytes:
    asked = urlencode({"query": query, **fields})
    return f"{asked} HTTP/1.1\r\nHost: bench\r\nAccept: application/sparql-results+json\r\n\r\n".encode()


def _start_of(address: str) -> bytes:
    return f"GET {urlsplit(address).path}?".encode()


def drive(address: str, make: Callable[[], str], seconds: float, connections: int = CONNECTIONS) -> Measured:
    """Ask one query after another on each connection for so long. One thread, so that the client costs little."""
    path = _start_of(address)
    ready = [
        path + _request(make()) for _ in range(int(min(seconds, 5) * 12_000))
    ]  # longer turns are those of slow queries
    chooser, times, failed = selectors.DefaultSelector(), list[float](), 0
    for _ in range(connections):
        one = _Connection(_connect(address))
        chooser.register(one.socket, selectors.EVENT_READ, one)
        one.ask(ready[next(_number) % len(ready)])
    began = time.perf_counter()
    place = 0
    open_ = connections
    while open_:
        for key, _ in chooser.select():
            one = key.data
            if not one.is_done():
                continue
            now = time.perf_counter()
            times.append(now - one.asked)
            failed += one.status != 200
            if now - began > seconds:
                chooser.unregister(one.socket)
                one.socket.close()
                open_ -= 1
            else:
                one.ask(ready[place % len(ready)])
                place += 1
    took = time.perf_counter() - began
    times.sort()
    return Measured(len(times) / took, times[len(times) // 2] * 1e3, times[int(len(times) * 0.99)] * 1e3, failed)


def _statuses(address: str, requests: Sequence[bytes]) -> Iterator[int]:
    one = _Connection(_connect(address))
    with one.socket:
        for request in requests:
            one.ask(request)
            while not one.is_done():
                pass
            yield one.status


class _Connection:
    """A keep-alive connection with at most one request on its way. Reads no more of an answer than where it ends."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.asked = 0.0
        self.status = 0
        self._head = b""
        self._left: int | None = None
        self._end = b""

    def ask(self, request: bytes) -> None:
        """Send a request."""
        self._head, self._left, self._end = b"", None, b""
        self.asked = time.perf_counter()
        self.socket.sendall(request)

    def is_done(self) -> bool:
        """Read what has come; whether that was all."""
        came = self.socket.recv(1 << 18)
        if not came:
            raise ConnectionError("the server hung up")
        if self._left is None and not self._end:
            self._head += came
            head, found, came = self._head.partition(b"\r\n\r\n")
            if not found:
                return False
            self.status = int(head[9:12])
            head = head.lower()
            at = head.find(b"content-length:")
            if at >= 0:
                self._left = int(head[at + 15 :].split(b"\r\n", 1)[0])
        if self._left is not None:
            self._left -= len(came)
            return self._left <= 0
        self._end = (self._end + came)[-7:] or b" "
        return self._end.endswith(b"\r\n0\r\n\r\n")


def _connect(address: str) -> socket.socket:
    host, port = address.removeprefix("http://").split("/")[0].split(":")
    connection = socket.create_connection((host, int(port)), timeout=120)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def write_snapshot(data: Path, triples: int) -> int:
    """Write a snapshot of film data with their closure; the number of its triples."""
    folder = data / "snapshots" / "bench"
    folder.mkdir(parents=True)
    asserted, closed = data / "films.nt", data / "closed.nt"
    _write_lines(asserted, triples)
    castgraph = str(Path(sys.executable).with_name("castgraph"))
    command = [castgraph, "infer", str(asserted), "--with-input", "-o", str(closed)]
    subprocess.run([*command, *(f"--ontology={module}" for module in MODULES)], check=True, capture_output=True)
    store = ox.Store(str(folder / "store"))
    store.bulk_load(path=str(closed), format=ox.RdfFormat.N_TRIPLES)
    store.optimize()
    store.flush()
    told = {"base": DEFAULT_BASE, "quads": 0, "triples": len(store), "graphs": {}, "sources": [], "inferred": 0}
    write_json(folder / "manifest.json", told)
    (data / "current").symlink_to(Path("snapshots") / "bench")
    return len(store)


def _write_lines(path: Path, triples: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(film_lines(triples))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def _castgraph(data: Path) -> Iterator[str]:
    port = _free_port()
    settings = {"CASTGRAPH_DATA": str(data), "CASTGRAPH_PORT": str(port)}
    with _server([sys.executable, "-m", "castgraph_server"], port, settings):
        yield f"http://127.0.0.1:{port}/sparql"


@contextmanager
def _oxigraph(store: Path) -> Iterator[str]:
    port, binary = _free_port(), shutil.which("oxigraph", path=str(Path(sys.executable).parent))
    if binary is None:
        raise RuntimeError("the Rust server is not installed: pip install oxigraph")
    command = [binary, "serve-read-only", "--location", str(store), "--bind", f"127.0.0.1:{port}"]
    with _server(command, port, {}):
        yield f"http://127.0.0.1:{port}/query"


@contextmanager
def _rdflib_endpoint(data: Path, triples: int) -> Iterator[str]:
    port, file = _free_port(), data / "few.nt"
    _write_lines(file, triples)
    program = str(Path(sys.executable).with_name("rdflib-endpoint"))
    with _server([program, "serve", "--host", "127.0.0.1", "--port", str(port), str(file)], port, {}):
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def _server(command: list[str], port: int, settings: dict[str, str]) -> Iterator[None]:
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env={**os.environ, **settings}, stdout=quiet, stderr=quiet) as process:
        try:
            for _ in range(1200):
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=5).close()
                    break
                except OSError:
                    time.sleep(0.05)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)
