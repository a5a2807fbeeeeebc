"""A query that has a worker for itself, as long as its answer may still come soon: waited for by the event loop.

To hand a query to a thread and to Flask costs a millisecond, which is much of a query that takes ten. What takes longer,
fails, or has a large result is handed over, with the worker that is at it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from castgraph_server.frames import FAILURE, WHOLE, Closed
from castgraph_server.process import LETTING_GO
from castgraph_server.use import STEPS, Begun
from castgraph_server.workers import WorkerPool

HAND_OVER = STEPS[1][0]
"""Seconds after which a query is handed over: when its deadline and its client are to be looked at."""


class Alone:
    """Waits for the one query a worker is at.

    Args:
        pool: where the worker, which was lent with its place, goes back to.
        begun: the worker, whose socket does not block.
        last: seconds of evaluation after which it is handed over.
        answered: called with the whole result, or with None where the query is to be handed over with the worker.
    """

    def __init__(
        self,
        pool: WorkerPool,
        begun: Begun,
        last: float,
        answered: Callable[[bytes | None], None],
    ) -> None:
        self._pool = pool
        self._begun = begun
        self._worker = worker = begun.worker
        self._answered = answered
        self._is_answered = False
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(worker.connection.fileno(), self._read)
        seconds = time.monotonic() - begun.since
        after, down = STEPS[0]
        self._slow_down = self._loop.call_later(after - seconds, worker.yield_to_others, down)
        self._end = self._loop.call_later(last - seconds, self._hand_over)

    def _read(self) -> None:
        frames, was_up = self._worker.frames, self._worker.has_said_up
        try:
            self._worker.receive()
        except BlockingIOError:
            return
        except Closed:
            self._lose()
            return
        if not was_up:
            self._begun.since = time.monotonic()
        if not self._is_answered:
            if frames.kind not in (WHOLE, b""):
                self._hand_over()
                return
            found = frames.cut()
            if found is None:
                return
            self._is_answered = True
            self._end.cancel()
            self._end = self._loop.call_later(LETTING_GO, self._lose)
            self._answered(found[1])
        self._let_go()

    def _let_go(self) -> None:
        """Give the worker back when it has told of all that was taken back that it does nothing of it."""
        while self._worker.taken_back:
            found = self._worker.frames.cut()
            if found is None:
                return
            if found[0] != FAILURE:
                self._lose()
                return
            self._worker.taken_back -= 1
        self._stop()
        self._pool.regain(self._worker)

    def _lose(self) -> None:
        if self._is_answered:
            self._stop()
            self._pool.lost(self._worker, had_place=True)
        else:
            self._hand_over()  # whoever waits for it next finds out why it ended

    def _hand_over(self) -> None:
        self._stop()
        self._answered(None)

    def _stop(self) -> None:
        self._slow_down.cancel()
        self._end.cancel()
        self._loop.remove_reader(self._worker.connection.fileno())
