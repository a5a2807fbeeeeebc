"""A query in a worker: what is asked, and the wait for its result, which ends at the deadline or with the client."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from castgraph.federation_tables import Answer
from castgraph.formats import Format
from castgraph.store import Dataset
from castgraph_server.endings import Endings
from castgraph_server.frames import Parcel
from castgraph_server.process import TICK, Death, WorkerProcess

if TYPE_CHECKING:
    from castgraph_server.outlet import Outlet

STEPS = ((0.025, 5), (0.1, 10), (0.5, 15))
"""Seconds after which a query goes on with a "nice" so much higher, so that small ones need not wait for it."""

LONG = 0.5
"""Seconds after which a query is a long one, and leaves its place to others."""

STARTING = 10.0
"""Seconds a worker's program may take to load, on a busy machine, before that counts as time of the query."""

_Received = TypeVar("_Received")

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


class Use:
    """A worker in use: waits for its frames, and ends the wait at the deadline or when nobody wants the result."""

    def __init__(
        self,
        move_aside: Callable[[Use], None],
        endings: Endings,
        worker: WorkerProcess,
        seconds: float,
        gone: Gone | None,
        waited: float = 0.0,
    ) -> None:
        self.worker = worker
        self.is_aside = self.has_left = False
        self.handed_over_at: float | None = None  # since when the client has a piece to take
        self._move_aside = move_aside
        self._endings = endings
        self._seconds = seconds
        self._waited = waited if worker.has_said_up else 0.0
        self._started = 0.0  # seconds it took its program to load
        self._gone = gone
        self._is_long = False
        self._steps = list(STEPS)
        self._wait_for(seconds)

    def frame(self) -> tuple[bytes, bytes]:
        """The next frame; see :class:`castgraph_server.frames.Receiver`."""
        return self._wait(self.worker.frame)

    def pass_on(self, outlet: Outlet) -> tuple[bytes, bytes]:
        """Pass data on until there is no more; the next other frame.

        Raises:
            ClientGone: the client has gone away.
        """
        while isinstance(found := self._wait(self.worker.parcel), Parcel):
            self.handed_over_at = time.monotonic()
            outlet.pass_on(found)
            self.handed_over_at = None
        return found

    def _wait(self, receive: Callable[[], _Received]) -> _Received:
        while True:
            started, was_up, received = time.monotonic(), self.worker.has_said_up, None
            with suppress(TimeoutError):
                received = receive()
            if was_up or self._started > STARTING:
                self._waited += time.monotonic() - started
            else:
                self._started += time.monotonic() - started
            self._step_down()  # also where a result keeps coming, so that no wait ever lasts
            left = self._seconds - self._waited
            if received is not None and left > 0:
                return received
            if self._gone is not None and self._gone():
                self._endings.killed["client"] += 1
                raise ClientGone
            if left <= 0:
                raise self._endings.stopped(Death.TIME, self._seconds)
            self._wait_for(left)

    def _step_down(self) -> None:
        down = 0
        while self._steps and self._waited >= self._steps[0][0]:
            _, down = self._steps.pop(0)
        if down:
            self.worker.yield_to_others(down)
        if not self._is_long and self._waited > LONG:
            self._is_long = True
            self._move_aside(self)

    def _wait_for(self, left: float) -> None:
        """Have the next wait end in time for what is to be looked at."""
        next_step = self._steps[0][0] - self._waited if self._steps else TICK
        self.worker.connection.settimeout(max(0.001, min(TICK, left, next_step)))
