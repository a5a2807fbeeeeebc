"""A query worker: a process that evaluates one query after another over read-only stores, until it is told no more.

Its process is started by :mod:`castgraph_server.start_worker`, and loads nothing but pyoxigraph and the library's
query text, so that it is there within a tenth of a second. Whatever a query does to it, it does to this process alone: the server that waits for the result kills it
at the deadline, the kernel refuses it memory past its limit (``RLIMIT_DATA``, which counts what is allocated and
leaves out the files RocksDB maps), and as a last resort, should the server have died, limits its processor time.

Evaluation runs on a thread with a large stack, for Oxigraph parses, plans and evaluates by recursion. The server lowers
the priority of that thread where a query takes long; the next query has a new thread, for no priority can be raised again.
"""

from __future__ import annotations

import fcntl
import json
import os
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph as ox

from castgraph.errors import QueryError, QueryRefusedError, QuerySyntaxError, ServiceError, SnapshotError
from castgraph.formats import Format
from castgraph.iris import PREFIXES
from castgraph.store import Dataset, LocalStore, Results, Services, not_evaluable
from castgraph_server.frames import END, FAILURE, UP, Closed, Requests, send, tell
from castgraph_server.output import ROW_ENDS, Output, TooManyRows

SPARE_SECONDS = 2.0
"""Processor time a query has beyond its deadline, before the kernel ends the worker in the server's stead."""


class Worker:
    """Answers the requests that come over a connection."""

    def __init__(self, descriptor: int, memory: int, *, is_sealed: bool) -> None:
        self._connection = socket.socket(fileno=descriptor)
        self._requests = Requests(self._connection)
        self._memory = memory
        self._is_sealed = is_sealed
        self._base = 0
        self._stores: dict[str, LocalStore] = {}
        self._next: bytes | None = None  # a request that waits for a new thread
        self.is_over = False

    def prepare(self, store: str) -> None:
        """Open a store before it is asked, where it is there, and have what a first query loads."""
        if store:
            with suppress(SnapshotError):  # replaced meanwhile: the first query tells, if it is still asked
                self._open(store).query("ASK { ?s ?p ?o }")

    def say_up(self) -> None:
        """Say that this worker is up: a query's time begins."""
        try:
            send(self._connection, UP, b"")
        except Closed:
            self.is_over = True

    def run(self, priority: int) -> None:
        """Answer until this thread has lost its priority, or the worker is over.

        It is over when the other side has hung up, or a query has left so much memory in use that a fresh start is best.
        """
        try:
            while not self.is_over:
                content = self._next or self._requests.next()
                self._next = None
                if content is None:
                    tell(self._connection, FAILURE, {"kind": "taken back"})
                    continue
                if os.getpriority(os.PRIO_PROCESS, 0) > priority:
                    self._next = content
                    return
                started = time.monotonic()
                self._answer(json.loads(content))
                self.is_over = time.monotonic() - started > 0.05 and _data_size() > self._base + self._memory // 4
        except Closed:
            self.is_over = True

    def _answer(self, request: dict[str, object]) -> None:
        told: dict[str, object]
        try:
            store = self._open(str(request["store"]))
            self._limit_memory()
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
        counted = None if isinstance(results, ox.QueryBoolean) else ROW_ENDS.get(format_)
        output = Output(self._connection, counted, most_rows)
        try:
            _serialise(results, output, format_, most_rows)
            output.count()
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

    def _open(self, path: str) -> LocalStore:
        store = self._stores.pop(path, None) or LocalStore(Path(path))
        self._stores[path] = store
        while len(self._stores) > 2:  # the current one and the one before
            del self._stores[next(iter(self._stores))]
        return store

    def _limit_memory(self) -> None:
        if self._base == 0:  # what stands now is this process's own; queries may take ``memory`` on top
            self._base = _data_size()
            resource.setrlimit(resource.RLIMIT_DATA, (self._base + self._memory, self._base + self._memory))


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


def serve(worker: Worker, line: int) -> None:
    """Have a worker answer until it is over, on one thread after another.

    ``line`` is the end of a pipe whose other end the server holds: when the server dies, even while Oxigraph evaluates
    and no Python runs here, the kernel sends SIGIO, which ends this process.
    """
    fcntl.fcntl(line, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(line, fcntl.F_SETFL, fcntl.fcntl(line, fcntl.F_GETFL) | os.O_ASYNC)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    priority = os.getpriority(os.PRIO_PROCESS, 0)
    worker.say_up()
    while not worker.is_over:
        thread = threading.Thread(target=worker.run, args=(priority,))
        thread.start()
        thread.join()
        while Path(f"/proc/self/task/{thread.native_id}").exists():  # its stack is free when the kernel is done with it
            time.sleep(0.0002)
