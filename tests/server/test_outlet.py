"""Large results go from a worker's socket to the client's past the interpreter; what they promise is as it was."""

from __future__ import annotations

import gzip
import http.client
import io
import json
import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest

from castgraph.snapshot import current
from castgraph_server.frames import CHUNK, DATA, END, Closed, Parcel, Receiver, send, tell
from castgraph_server.outlet import PASSED, Outlet
from castgraph_server.use import ClientGone
from tests.running import Server, started
from tests.server.test_workers import counted, processes, query, until

ROWS = 60_000
LARGE = f"SELECT * {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }} LIMIT {ROWS}"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "access.log"


@pytest.fixture(scope="module")
def server(data: Path, log: Path) -> Iterator[Server]:
    """A server that keeps no results, so that of large ones only the first pieces are seen by the interpreter."""
    with started(data, cache_memory=0, max_rows=ROWS, timeout=60, access_log=log) as found:
        yield found


@contextmanager
def connected(server: Server) -> Iterator[http.client.HTTPConnection]:
    with closing(http.client.HTTPConnection(server.address.removeprefix("http://"), timeout=60)) as connection:
        yield connection


def asked(query: str) -> str:
    return f"/sparql?{urlencode({'query': query, 'format': 'csv'})}"


def expected(data: Path) -> bytes:
    snapshot = current(data)
    assert snapshot is not None
    found = snapshot.open().query(LARGE)
    assert isinstance(found, ox.QuerySolutions)
    written = io.BytesIO()
    found.serialize(written, format=ox.QueryResultsFormat.CSV)
    return written.getvalue()


def test_a_large_result_comes_whole_and_the_connection_is_used_again(data: Path, server: Server, log: Path) -> None:
    with connected(server) as connection:
        whole = expected(data)
        assert len(whole) > 10 * CHUNK
        for _ in range(2):
            connection.request("GET", asked(LARGE))
            answer = connection.getresponse()
            assert (answer.status, answer.headers["Transfer-Encoding"]) == (200, "chunked")
            assert answer.read() == whole
            connection.request("GET", asked("ASK {}"))
            assert connection.getresponse().read() == b"true"
    logged = [json.loads(line)["bytes"] for line in log.read_text().splitlines()]
    assert logged.count(len(whole)) == 2


def test_clients_that_read_slowly_get_all_of_it(data: Path, server: Server) -> None:
    with connected(server) as connection:
        connection.request("GET", asked(LARGE))
        answer = connection.getresponse()
        came = b""
        while piece := answer.read(1 << 19):
            came += piece
            time.sleep(0.02)  # all buffers on the way fill up
    assert came == expected(data)


def test_several_results_do_not_mix(data: Path, server: Server) -> None:
    come: list[bytes] = []

    def ask() -> None:
        with connected(server) as connection:
            connection.request("GET", asked(LARGE))
            come.append(connection.getresponse().read())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert come == [expected(data)] * 4


def test_a_head_and_an_encoded_result_are_sent_as_ever(data: Path, server: Server) -> None:
    with connected(server) as connection:
        connection.request("HEAD", asked(LARGE))
        assert connection.getresponse().read() == b""
        connection.request("GET", asked(LARGE), headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        assert answer.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(answer.read()) == expected(data)


def test_http_1_0_gets_no_chunks(data: Path, server: Server) -> None:
    with socket.create_connection(("127.0.0.1", int(server.address.rpartition(":")[2])), timeout=60) as connection:
        connection.sendall(f"GET {asked(LARGE)} HTTP/1.0\r\nHost: x\r\n\r\n".encode())
        came = b""
        while piece := connection.recv(1 << 16):
            came += piece
    head, _, body = came.partition(b"\r\n\r\n")
    assert b"200 OK" in head
    assert body == expected(data)


def test_a_result_with_too_many_rows_breaks_the_connection(server: Server) -> None:
    with connected(server) as connection:
        connection.request("GET", asked(LARGE.replace(str(ROWS), str(ROWS + 1))))
        answer = connection.getresponse()
        assert answer.status == 200  # it had begun
        with pytest.raises(http.client.IncompleteRead) as broken:
            answer.read()
        assert b"!!! This result is not whole." in broken.value.partial[-300:]


def pipes(server: Server) -> int:
    """Pipes of which the server process has both ends: an outlet that is in use has one."""
    process, _ = processes(server.address)
    ends: Counter[str] = Counter()
    for link in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):
            ends[str(link.readlink())] += 1
    return sum(number > 1 for name, number in ends.items() if name.startswith("pipe:"))


def test_the_query_of_a_client_that_leaves_midway_is_stopped(server: Server) -> None:
    query(server.address, "ASK {}")
    before = pipes(server)
    wide = f'SELECT ("{"x" * 2000}" AS ?x) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }} LIMIT {ROWS}'  # more than buffers hold
    with connected(server) as connection:
        connection.request("GET", asked(wide))
        answer = connection.getresponse()
        assert answer.read(4 * CHUNK)
        assert until(lambda: pipes(server) == before + 1)
        assert counted(server.address, "castgraph_queries_running") == 1
        answer.close()
    assert until(lambda: counted(server.address, "castgraph_queries_running") == 0)
    assert until(lambda: pipes(server) == before)


@pytest.fixture
def sockets() -> Iterator[tuple[socket.socket, socket.socket, socket.socket, socket.socket]]:
    """A worker's end and the server's, the server's end and a client's."""
    ends = (*socket.socketpair(), *socket.socketpair())
    yield ends
    for end in ends:
        end.close()


def outlet(connection: socket.socket, stall: float = 30.0) -> tuple[Outlet, dict[str, object]]:
    environ: dict[str, object] = {}
    return Outlet(lambda: os.dup(connection.fileno()), lambda: False, stall, environ), environ


def test_frames_become_chunks(sockets: tuple[socket.socket, ...]) -> None:
    worker, server, ours, client = sockets
    sizes = [1, 3 * CHUNK, 70_000]

    def work() -> None:
        for size in sizes:
            send(worker, DATA, bytes([size % 251]) * size)
        tell(worker, END, {})

    came: list[bytes] = []
    wanted = b"".join(b"%x\r\n%s\r\n" % (size, bytes([size % 251]) * size) for size in sizes)

    def read() -> None:
        while sum(map(len, came)) < len(wanted):
            came.append(client.recv(1 << 16))

    threads = [threading.Thread(target=work), threading.Thread(target=read)]
    for thread in threads:
        thread.start()
    server.settimeout(30)
    frames = Receiver(server)
    way, environ = outlet(ours)
    last = None
    while last is None:
        found = frames.parcel()
        if found is not None:
            way.pass_on(found)
        elif (last := frames.cut()) is None:
            frames.read(head=True)
    way.close()
    for thread in threads:
        thread.join()
    assert last == (END, b"{}")
    assert b"".join(came) == wanted
    assert environ[PASSED] == sum(sizes)


def test_a_worker_that_ends_midway_is_noticed(sockets: tuple[socket.socket, ...]) -> None:
    worker, server, ours, _ = sockets
    worker.sendall(b"abc")
    worker.close()
    way, _ = outlet(ours)
    with pytest.raises(Closed):
        way.pass_on(Parcel(server, b"", 10))
    way.close()


def test_a_client_that_takes_nothing_counts_as_gone(sockets: tuple[socket.socket, ...]) -> None:
    _, server, ours, _ = sockets
    way, _ = outlet(ours, stall=0.1)
    with pytest.raises(ClientGone):
        way.pass_on(Parcel(server, b"x" * (1 << 24), 0))
    way.close()


def test_a_client_that_hangs_up_counts_as_gone(sockets: tuple[socket.socket, ...]) -> None:
    _, server, ours, client = sockets
    client.close()
    way, _ = outlet(ours)
    with pytest.raises(ClientGone):
        way.pass_on(Parcel(server, b"x", 0))
    way.close()
