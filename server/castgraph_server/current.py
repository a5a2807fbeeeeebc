"""The snapshot being served. A request takes it once and keeps it, so a swap never tears a response."""

from __future__ import annotations

import logging
import os
import time
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from flask import Flask, current_app, g

from castgraph import snapshot as snapshots
from castgraph.errors import SnapshotError
from castgraph.iris import Iris
from castgraph.snapshot import Snapshot
from castgraph.statistics import Ask, Statistics, count
from castgraph.store import GraphStore, LocalStore
from castgraph_server.problems import Problem
from castgraph_server.said import Sources
from castgraph_server.terms import Names

if TYPE_CHECKING:
    from castgraph.asking.evidence import Evidence
    from castgraph.name_index import NameIndex
    from castgraph.search_index import SearchIndex

logger = logging.getLogger(__name__)

RETRY_AFTER = 1.0
"""Seconds until a snapshot that could not be opened is tried again."""

PATIENCE = 5.0
"""Seconds a request waits for what another one makes for all."""


class Served:
    """An opened snapshot, with what is made from it once and shared by all requests."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.iris: Iris = snapshot.iris
        self.store: LocalStore = snapshot.open()
        self.path_of_store = snapshot.path / "store"
        self.names = Names(self.store, self.iris)
        self.sources = Sources(self.store, self.iris, self.names)
        self._lock, self._counting = Lock(), Lock()
        self._search_index: SearchIndex | None = None
        self._statistics = snapshot.statistics()

    @cached_property
    def evidence(self) -> Evidence:
        """Tells where statements come from: look-ups that are bounded, in this process."""
        from castgraph.asking.evidence import Evidence

        return Evidence(self.store, self.iris)

    def name_index(self, store: GraphStore) -> NameIndex:
        """The names of the snapshot's things, to be looked up in this process; read, from a store over it, when they are
        first wanted.

        Raises:
            Problem: 503, somebody else's request is reading them.
        """
        from castgraph.name_index import NameIndex

        return NameIndex(self.store, self.search_index(store))

    def search_index(self, store: GraphStore) -> SearchIndex:
        """The index of the names of the snapshot's things, with the same promise."""
        from castgraph.search_index import SearchIndex, entries

        if self._search_index is None:
            if not self._lock.acquire(timeout=PATIENCE):
                problem = Problem(503, "The names in the graph are being read. Ask again in a moment.")
                problem.headers["Retry-After"] = "5"
                raise problem
            try:
                if self._search_index is None:
                    self._search_index = self.snapshot.names() or SearchIndex.in_memory(entries(store))
            finally:
                self._lock.release()
        return self._search_index

    def statistics(self, ask: Ask) -> Statistics:
        """Counts for the data set description: the build's, or made, by asking queries, when they are first wanted."""
        with self._counting:
            if self._statistics is None:
                self._statistics = count(ask)
            return self._statistics


class _Mark(NamedTuple):
    """What the pointer showed: its target, and when that was written (a rebuild may renew a manifest in place)."""

    target: str
    written: int


class SnapshotHolder:
    """Keeps the newest snapshot open. Safe to share between threads.

    Noticing a swapped pointer costs two system calls per request. Requests in flight keep the store they took; it is
    closed when the last of them ends. A new snapshot that cannot be opened leaves the old one serving.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._folder, self._pointer = str(data), str(data / "current")
        self._lock = Lock()
        self._served: tuple[_Mark, Served] | None = None
        self._failed: tuple[_Mark | None, float] | None = None
        self.problem: str | None = None  # why what is served is not what the pointer names

    def served(self) -> Served:
        """The snapshot to answer from.

        Raises:
            Problem: 503, there is none, and none was opened before.
        """
        mark = self._look()
        held = self._served
        if held is not None and mark == held[0]:
            return held[1]
        with self._lock:
            held = self._served
            if (held is None or mark != held[0]) and not self._failed_just_now(mark):
                held = self._open(mark) or held
        if held is None:
            raise _no_snapshot(self.problem)
        return held[1]

    def now(self) -> Served | None:
        """The snapshot that is served, where that is the one the pointer names; opens nothing."""
        held = self._served
        return held[1] if held is not None and self._look() == held[0] else None

    def id_now(self) -> str | None:
        """The identity of the snapshot that is served, where that is the one the pointer names."""
        held = self.now()
        return held.snapshot.id if held is not None else None

    def _look(self) -> _Mark | None:
        try:
            # Not by Path, which takes several times as long, on every request.
            target = os.readlink(self._pointer)  # noqa: PTH115
            return _Mark(target, os.stat(f"{self._folder}/{target}/manifest.json").st_mtime_ns)  # noqa: PTH116
        except OSError:
            return None

    def _failed_just_now(self, mark: _Mark | None) -> bool:
        return self._failed is not None and self._failed[0] == mark and time.monotonic() < self._failed[1]

    def _open(self, mark: _Mark | None) -> tuple[_Mark, Served] | None:
        try:
            snapshot = snapshots.current(self._data)
            if snapshot is None or mark is None:
                raise SnapshotError(f"{self._data}: no snapshot is there; run castgraph build")
            self._served = (mark, Served(snapshot))
        except SnapshotError as error:
            self._failed = (mark, time.monotonic() + RETRY_AFTER)
            if mark is not None:
                problem: str | None = f"snapshot {Path(mark.target).name} cannot be opened"
            else:
                problem = "the pointer to the current snapshot is gone" if self._served else None
            if problem != self.problem or self._served is None:
                logger.error("%s%s", error, "; the snapshot before it stays" if self._served else "")
            self.problem = problem
            return None
        self._failed, self.problem = None, None
        logger.info("serving snapshot %s", snapshot.id)
        return self._served


def _no_snapshot(problem: str | None) -> Problem:
    detail = f"{problem}; the server's log says why" if problem else "No snapshot has been built yet"
    error = Problem(503, f"{detail}. Run `castgraph build` with this server's data folder; it is noticed by itself.")
    error.headers["Retry-After"] = "5"
    return error


def install(app: Flask, data: Path) -> None:
    """Give an application its holder."""
    app.extensions["castgraph.snapshot"] = SnapshotHolder(data)


def holder() -> SnapshotHolder:
    """The holder of the application that handles this request."""
    found: SnapshotHolder = current_app.extensions["castgraph.snapshot"]
    return found


def served() -> Served:
    """The snapshot this request is answered from: the same one from its first use to its end.

    Raises:
        Problem: 503, there is none.
    """
    if "served" not in g:
        g.served = holder().served()
    taken: Served = g.served
    return taken
