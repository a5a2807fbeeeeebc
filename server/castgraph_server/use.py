"""A query in a worker: what is asked, and the wait for its result, which ends at the deadline or with the client."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from castgraph.federation_tables import Answer
from castgraph.formats import Format
from castgraph.store import Dataset
from castgraph_server.problems import Problem
from castgraph_server.process import TICK, Death, WorkerProcess

LONG = 0.5
"""Seconds after which a query is a long one."""

Gone: TypeAlias = Callable[[], bool]
"""Tells whether a client has gone away."""


class ClientGone(Exception):  # noqa: N818 - nobody is left to tell
    """The client has gone away; its query was stopped."""


@dataclass(frozen=True)
class Question:
    """A query for a worker. With ``page`` the result is cut after ``rows`` lines, without it more rows are an error."""

    store: Path
    query: str
    dataset: Dataset
    format: Format
    graph_format: Format
    rows: int
    base: str
    page: bool = False
    services: tuple[Answer, ...] = ()
    service_rows: int = 0

    def as_request(self, seconds: float) -> dict[str, object]:
        """The request as a worker reads it."""
        return {
            "store": str(self.store), "query": self.query, "default": self.dataset.default,
            "named": self.dataset.named, "format": self.format.name, "graph_format": self.graph_format.name,
            "rows": self.rows, "base": self.base, "page": self.page, "seconds": seconds,
            "services": [answer.as_json() for answer in self.services], "service_rows": self.service_rows,
        }  # fmt: skip


@dataclass(eq=False)
class Begun:
    """A worker that is at a query already, over which store and since when; whoever takes it answers for it."""

    worker: WorkerProcess
    store: str
    since: float
    is_taken: bool = False


class Pool(Protocol):
    """What a use needs of the pool its worker is from."""

    killed: Counter[str]

    def move_aside(self, use: Use) -> None:
        """Let others have the place of a query that takes long."""
        ...

    def stopped(self, death: Death, seconds: float) -> Problem:
        """Count a query that was stopped, and tell it as a problem."""
        ...


class Use:
    """A worker in use: waits for its frames, and ends the wait at the deadline or when nobody wants the result."""

    def __init__(
        self, pool: Pool, worker: WorkerProcess, seconds: float, gone: Gone | None, waited: float = 0.0
    ) -> None:
        self.worker = worker
        self.is_long = self.is_aside = self.has_left = False
        self.handed_over_at: float | None = None  # since when the client has a piece to take
        self._pool = pool
        self._seconds = seconds
        self._waited = waited
        self._gone = gone
        worker.connection.settimeout(min(TICK, seconds))

    def frame(self) -> tuple[bytes, bytes]:
        """The next frame; see :class:`castgraph_server.frames.Receiver`."""
        while True:
            started = time.monotonic()
            try:
                return self.worker.frames.frame()
            except TimeoutError:
                if self._gone is not None and self._gone():
                    self._pool.killed["client"] += 1
                    raise ClientGone from None
            finally:
                self._waited += time.monotonic() - started
            left = self._seconds - self._waited
            if left <= 0:
                raise self._pool.stopped(Death.TIME, self._seconds)
            if left < TICK:
                self.worker.connection.settimeout(left)
            if not self.is_long and self._waited > LONG:
                self.is_long = True
                self._pool.move_aside(self)
