"""Whole graphs as they are written: a stream that takes no memory, however large the graph."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import IO, cast

import pyoxigraph as ox

from castgraph.formats import Format
from castgraph.iris import PREFIXES

logger = logging.getLogger(__name__)

CHUNK = 65_536
"""Bytes sent at a time, at least; the engine writes eight kilobytes at a time."""

AHEAD = 8
"""Chunks written that nobody has taken yet; then the writer waits."""


class Dump:
    """The bytes of one graph in a format. Closing it, at any time, ends the writing.

    The engine writes in a thread of its own, which starts with the first chunk that is asked for; it lets other
    threads work meanwhile, unlike an evaluation.
    """

    def __init__(self, store: ox.Store, graph: ox.NamedNode | ox.DefaultGraph, format_: Format) -> None:
        self._store = store
        self._graph = graph
        self._format = format_
        self._chunks: Queue[bytes | None] = Queue(AHEAD)
        self._closed = Event()
        self._failed = False

    def __iter__(self) -> Iterator[bytes]:
        """The chunks. A dump that fails midway ends with a line that no parser takes: it never just ends."""
        Thread(target=self._write, name="dump", daemon=True).start()
        while (chunk := self._chunks.get()) is not None:
            yield chunk
        if self._failed:
            yield b'\n"!!! This graph is not whole: the server failed; its log says why.\n'

    def close(self) -> None:
        """End the writing."""
        self._closed.set()
        try:
            while True:
                self._chunks.get_nowait()  # a writer that waits goes on, and finds it closed
        except Empty:
            pass

    def _write(self) -> None:
        assert isinstance(self._format.codec, ox.RdfFormat)
        out = _Buffer(self)
        try:
            self._store.dump(
                cast("IO[bytes]", out), self._format.codec, from_graph=self._graph, prefixes=dict(PREFIXES)
            )
            out.finish()
        except _ClosedError:
            return
        except Exception:
            logger.exception("a dump failed midway")
            self._failed = True
        self.put(None)

    def put(self, chunk: bytes | None) -> None:
        """Hand over a chunk; wait while there are too many."""
        while not self._closed.is_set():
            try:
                return self._chunks.put(chunk, timeout=1)
            except Full:
                continue
        if chunk is not None:
            raise _ClosedError
        return None


class _ClosedError(OSError):
    """Nobody takes what is written."""


class _Buffer:
    """What the engine writes to: gathers small pieces into chunks."""

    def __init__(self, dump: Dump) -> None:
        self._dump = dump
        self._gathered = bytearray()

    def write(self, piece: bytes) -> int:
        self._gathered += piece
        if len(self._gathered) >= CHUNK:
            self.finish()
        return len(piece)

    def flush(self) -> None:
        pass

    def finish(self) -> None:
        if self._gathered:
            self._dump.put(bytes(self._gathered))
            self._gathered.clear()
