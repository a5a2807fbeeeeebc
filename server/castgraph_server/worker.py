"""A query worker: a process that evaluates one query after another over read-only stores, until it is told no more.

It is run as a file, so that it loads nothing but pyoxigraph and the library's query text, and is there within a tenth
of a second. Whatever a query does to it, it does to this process alone: the server that waits for the result kills it
at the deadline, the kernel refuses it memory past its limit (``RLIMIT_DATA``, which counts what is allocated and
leaves out the files RocksDB maps), and as a last resort, should the server have died, limits its processor time.

Evaluation runs on a thread with a large stack, for Oxigraph parses, plans and evaluates by recursion.
"""

from __future__ import annotations

import fcntl
import json
import os
import resource
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph as ox

from castgraph.errors import QueryError, QueryRefusedError, QuerySyntaxError, ServiceError, SnapshotError
from castgraph.formats import Format
from castgraph.iris import PREFIXES
from castgraph.store import Dataset, LocalStore, Results, Services, not_evaluable
from castgraph_server.frames import DATA, END, FAILURE, UP, WHOLE, Closed, Requests, send, tell
from castgraph_server.seal import seal

STACK = 256 << 20
"""Bytes of stack a query may use; only what it touches takes memory."""

CHUNK = 1 << 16
"""Bytes of result that are sent at once."""

PATIENCE = 0.02
"""Seconds after which what there is of a chunk is sent, so that the first rows of a slow result are not held back."""

SPARE_SECONDS = 2.0
"""Processor time a query has beyond its deadline, before the kernel ends the worker in the server's stead."""

_ROW_ENDS = {
    Format.JSON: (b"},{", 1),
    Format.XML: (b"<result>", 0),
    Format.CSV: (b"\n", -1),
    Format.TSV: (b"\n", -1),
    Format.N_TRIPLES: (b"\n", 0),
}
"""What stands at the end of each row, and how many rows more than such ends there are.

Exact for XML, TSV and N-Triples. A value in JSON or CSV may hold the same characters and then counts as a row.
"""


class TooManyRows(Exception):  # noqa: N818 - how a result is ended, not an error
    """The result has more rows than it may."""


class Output:
    """The file a result is serialised to: sends it in chunks, and counts its rows."""

    def __init__(self, connection: socket.socket, row_end: tuple[bytes, int] | None, most_rows: int) -> None:
        self._connection = connection
        self._row_end, more = row_end or (b"", 0)
        self._most_ends = most_rows - more
        self._ends = 0
        self._chunk = bytearray()
        self._tail = b""
        self._sent_at = 0.0
        self.has_sent = False

    def write(self, data: bytes) -> int:
        """Take a piece of the result."""
        if not self._sent_at:  # only now: the time to the first row is the query's own
            self._sent_at = time.monotonic()
        self._chunk += data
        if self._row_end:
            self._ends += (self._tail + data).count(self._row_end)
            self._tail = data[1 - len(self._row_end) :] if len(self._row_end) > 1 else b""
            if self._ends > self._most_ends:
                raise TooManyRows
        if len(self._chunk) >= CHUNK or time.monotonic() - self._sent_at > PATIENCE:
            self.send_chunk()
        return len(data)

    def flush(self) -> None:
        """Nothing: Oxigraph flushes at the end, when it is known whether all fits into one chunk."""

    def send_chunk(self) -> None:
        """Send what there is."""
        if self._chunk:
            send(self._connection, DATA, self._chunk)
            self._chunk.clear()
            self.has_sent = True
        self._sent_at = time.monotonic()

    def send_whole(self) -> bool:
        """Send all there is as the whole result; False where some was sent before."""
        if not self.has_sent:
            send(self._connection, WHOLE, self._chunk)
        return not self.has_sent

    def cut(self) -> None:
        """End after the last whole line, as well as if that were the end."""
        del self._chunk[self._chunk.rfind(b"\n") + 1 :]
        self.send_chunk()


class Worker:
    """Answers the requests that come over a connection."""

    def __init__(self, connection: socket.socket, memory: int, *, is_sealed: bool) -> None:
        self._connection = connection
        self._memory = memory
        self._is_sealed = is_sealed
        self._base = 0
        self._stores: dict[str, LocalStore] = {}

    def run(self) -> None:
        """Answer until the other side hangs up, or a query has left so much memory in use that a fresh start is best."""
        requests = Requests(self._connection)
        is_tired = False
        try:
            send(self._connection, UP, b"")
            while not is_tired:
                content = requests.next()
                if content is None:
                    tell(self._connection, FAILURE, {"kind": "taken back"})
                    continue
                started = time.monotonic()
                self._answer(json.loads(content))
                is_tired = time.monotonic() - started > 0.05 and _data_size() > self._base + self._memory // 4
        except Closed:
            return

    def _answer(self, request: dict[str, object]) -> None:
        told: dict[str, object]
        try:
            store = self._store(str(request["store"]))
            _limit_processor_time(float(str(request["seconds"])))
            if not self._evaluate(store, request):
                tell(self._connection, END, {})
            return
        except Closed:
            raise
        except TooManyRows:
            told = {"kind": "rows"}
        except MemoryError:
            told = {"kind": "memory"}
        except QuerySyntaxError as error:
            told = {"kind": "syntax", "problem": error.problem, "line": error.line, "column": error.column}
        except ServiceError as error:
            told = {"kind": "service", "endpoint": error.url, "problem": error.problem, "limit": error.limit}
        except QueryError as error:
            told = {"kind": "refused", "problem": str(error)}
        except SnapshotError as error:
            told = {"kind": "store", "problem": str(error)}
        except Exception as error:  # noqa: BLE001 - the outermost boundary of this process; the server logs it
            told = {"kind": "failure", "problem": f"{type(error).__name__}: {error}"}
        tell(self._connection, FAILURE, told)

    def _evaluate(self, store: LocalStore, request: dict[str, object]) -> bool:
        """Evaluate and send; True where the result was sent as a whole, and needs no ending."""
        default, named = request["default"], request["named"]
        assert isinstance(default, list)
        assert isinstance(named, list)
        dataset = Dataset(tuple(default), tuple(named))
        query = str(request["query"])
        if not self._is_sealed and "service" in query.lower():  # what the kernel does not hold back is not tried
            raise QueryRefusedError(
                "this server's system cannot keep queries off the network, so none may hold SERVICE"
            )
        results = store.query(query, dataset=dataset, base=str(request["base"]) or None, services=_services(request))
        format_ = Format[str(request["graph_format" if isinstance(results, ox.QueryTriples) else "format"])]
        if isinstance(results, ox.QueryBoolean) and request["page"]:
            format_ = Format.JSON
        most_rows = int(str(request["rows"]))
        counted = None if isinstance(results, ox.QueryBoolean) else _ROW_ENDS.get(format_)
        output = Output(self._connection, counted, most_rows)
        try:
            _serialise(results, output, format_, most_rows)
        except TooManyRows:
            if not request["page"]:
                raise
            output.cut()
            return False
        except RuntimeError as error:  # raised where Oxigraph cannot evaluate an expression of the query
            raise not_evaluable(str(error), query) from error
        if output.send_whole():
            return True
        output.send_chunk()
        return False

    def _store(self, path: str) -> LocalStore:
        store = self._stores.pop(path, None) or LocalStore(Path(path))
        self._stores[path] = store
        while len(self._stores) > 2:  # the current one and the one before
            del self._stores[next(iter(self._stores))]
        if self._base == 0:  # what stands now is this process's own; queries may take ``memory`` on top
            self._base = _data_size()
            resource.setrlimit(resource.RLIMIT_DATA, (self._base + self._memory, self._base + self._memory))
        return store


def _services(request: dict[str, object]) -> Services | None:
    """What other endpoints answered to a query that asks them."""
    if not request["services"]:
        return None
    from castgraph.federation_tables import Answer

    told = cast("list[dict[str, Any]]", request["services"])
    return Services(tuple(map(Answer.from_json, told)), int(str(request["service_rows"])))


def _serialise(results: Results, output: Output, format_: Format, most_rows: int) -> None:
    file = cast("IO[bytes]", output)  # as much of one as Oxigraph uses
    if isinstance(results, ox.QueryTriples):
        assert isinstance(format_.codec, ox.RdfFormat)
        if format_ is Format.N_TRIPLES:
            results.serialize(file, format=format_.codec)
        else:
            ox.serialize(_at_most(results, most_rows), file, format=format_.codec, prefixes=dict(PREFIXES))
    else:
        assert isinstance(format_.codec, ox.QueryResultsFormat)
        results.serialize(file, format=format_.codec)


def _at_most(results: ox.QueryTriples, most: int) -> Iterator[ox.Triple]:
    for number, triple in enumerate(results):
        if number >= most:
            raise TooManyRows
        yield triple


def _data_size() -> int:
    """Bytes of memory this process has taken for itself, as RLIMIT_DATA counts them."""
    with Path("/proc/self/statm").open("rb") as statm:
        return int(statm.read().split()[5]) * resource.getpagesize()


def _limit_processor_time(seconds: float) -> None:
    used = time.process_time()
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used + seconds + SPARE_SECONDS) + 1, hard))


def main(descriptor: int, line: int, memory: int) -> None:
    """Serve the connection with that descriptor.

    ``line`` is the end of a pipe whose other end the server holds: when the server dies, even while Oxigraph evaluates
    and no Python runs here, the kernel sends SIGIO, which ends this process.
    """
    fcntl.fcntl(line, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(line, fcntl.F_SETFL, fcntl.fcntl(line, fcntl.F_GETFL) | os.O_ASYNC)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    is_sealed = seal()
    worker = Worker(socket.socket(fileno=descriptor), memory, is_sealed=is_sealed)
    threading.stack_size(STACK)
    thread = threading.Thread(target=worker.run)
    thread.start()
    thread.join()
    os._exit(0)  # the stores are read-only: nothing is to be saved


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
