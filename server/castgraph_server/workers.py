"""The query workers of a server process: who may use one, for how long, and what happens when a query takes too much.

A query runs in one warm worker. At its deadline, past its memory, or when nobody waits for its result any more, the
worker is killed and replaced; a spare one stands ready, so the next query does not wait for that. The longer a query
runs the lower is its priority; after half a second its place is given to others.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import weakref
from collections import Counter
from collections.abc import Callable, Generator
from typing import TypeAlias

from castgraph_server import limits
from castgraph_server.endings import Endings
from castgraph_server.fleet import Fleet
from castgraph_server.frames import DATA, FAILURE, WHOLE, Closed
from castgraph_server.limits import Limits
from castgraph_server.occupancy import Occupancy
from castgraph_server.outlet import Outlet
from castgraph_server.places import Full, NotWanted, Places, TooLate
from castgraph_server.process import Death, WorkerProcess
from castgraph_server.services import Services
from castgraph_server.use import Begun, ClientGone, Gone, Question, Use

logger = logging.getLogger(__name__)

Piece: TypeAlias = tuple[bytes, bool]
"""A piece of a result; True where it is the whole of it."""


ATTEMPTS = 4
"""How often a query is begun whose workers are killed from outside, as long as its deadline has not passed. On a busy
machine a small query waits a second for a fresh worker, long enough to lose two in a row (seen in ``make soak``)."""


class _Lost(Exception):  # noqa: N818 - caught here, asked again
    """The worker was killed from outside before it sent anything."""


class WorkerPool:
    """Workers for at most ``size`` short and as many long queries at a time; ``queue`` more may wait.

    Safe to share between threads. The workers end with the pool, or with the server process, whatever happens to it.
    """

    stall = 30.0
    """Seconds a client may take over a piece of a result."""

    def __init__(self, limits: Limits, size: int, queue: int, services: Services | None = None) -> None:
        self.limits = limits
        self.services = services or Services.none()
        self.size = size
        self._endings = Endings(limits)
        self._places = Places(size, queue)
        self._fleet = Fleet(limits.memory, size)
        self._occupancy = Occupancy(self._places)
        self._watch: threading.Thread | None = None
        self._is_over = threading.Event()
        weakref.finalize(self, self._is_over.set)

    @property
    def killed(self) -> Counter[str]:
        """Queries that were stopped, by cause."""
        return self._endings.killed

    @property
    def running(self) -> int:
        """Queries that are being evaluated."""
        return self._places.short + self._places.long

    @property
    def waiting(self) -> int:
        """Queries that wait for a worker."""
        return self._places.waiting

    def start(self) -> None:
        """Start the workers and a spare one. Without this they are started as they are needed."""
        self._fleet.fill()
        self._watch_over()

    def close(self) -> None:
        """End the workers; queries that run are lost."""
        self._is_over.set()
        self._fleet.close()

    def ask(
        self,
        question: Question,
        seconds: float,
        gone: Gone | None = None,
        begun: Begun | None = None,
        outlet: Callable[[], Outlet | None] = lambda: None,
    ) -> Generator[Piece, None, None]:
        """The result in pieces, as the worker sends them; close the generator to stop the query.

        Args:
            question: what is asked.
            seconds: the deadline: as long as the query may wait for a worker, and as long as the worker may be waited
                for in all. The time a client takes to read does not count.
            gone: tells whether the client has gone away; looked at while the query waits or runs.
            begun: a worker that is at this question already.
            outlet: where what is left of the result goes from now on, instead of coming in pieces; looked at after each.

        Raises:
            QuerySyntaxError, QueryRefusedError, SnapshotError: before the first piece.
            Problem: a limit was exceeded, at any piece; or an endpoint the query asks failed, before the first.
        """
        question, seconds = self.services.ask(question, seconds, gone)
        self._fleet.store = str(question.store)
        started = time.monotonic()
        for _ in range(ATTEMPTS):
            try:
                yield from self._attempt(question, seconds, gone, begun, outlet)
                return
            except _Lost:
                begun = None
                if self._is_over.is_set() or time.monotonic() - started > seconds:
                    break
        raise limits.worker_lost()

    def _attempt(
        self,
        question: Question,
        seconds: float,
        gone: Gone | None,
        begun: Begun | None,
        outlet: Callable[[], Outlet | None],
    ) -> Generator[Piece, None, None]:
        if begun is None:
            use = Use(self._occupancy.move_aside, self._endings, self._take(seconds, gone), seconds, gone)
        else:
            begun.is_taken = True
            use = Use(
                self._occupancy.move_aside, self._endings, begun.worker, seconds, gone, time.monotonic() - begun.since
            )
        self._occupancy.add(use)
        self._watch_over()
        is_sound, has_sent = False, False
        try:
            if begun is None:
                use.worker.ask(question.as_request(seconds))
            way: Outlet | None = None
            while True:
                kind, content = use.frame() if way is None else use.pass_on(way)
                if kind == WHOLE:
                    is_sound = True
                    break
                if kind == DATA:
                    has_sent = True
                    use.handed_over_at = time.monotonic()
                    yield content, False
                    use.handed_over_at = None
                    way = outlet()
                    continue
                is_sound = True
                if kind == FAILURE:
                    raise self._endings.problem(json.loads(content))
                return
        except Closed:
            death = use.worker.end()
            if death is Death.OUTSIDE and not has_sent:
                raise _Lost from None
            raise self._endings.stopped(death, seconds) from None
        finally:
            self._give_back(use, is_sound)
        yield content, True  # after the worker is free again

    def _take(self, seconds: float, gone: Gone | None) -> WorkerProcess:
        """A worker, when it is this query's turn."""
        try:
            self._places.wait(seconds, gone)
        except Full:
            self.killed["queue"] += 1
            raise limits.queue_full(self._places.queue) from None
        except TooLate:
            raise limits.queued_too_long(seconds) from None
        except NotWanted:
            raise ClientGone from None
        try:
            return self._fleet.take()
        except OSError:
            self._places.leave()
            raise

    def lend(self, store: str) -> WorkerProcess | None:
        """A worker with a place, where one is free. Give the place back with :meth:`leave`; the worker is kept.

        ``store`` is what it will be asked, for those that are started from now on to have it open.
        """
        self._fleet.store = store
        if not self._places.enter():
            return None
        try:
            return self._fleet.take()
        except OSError as error:
            self._places.leave()
            logger.error("no query worker can be started: %s", error)
            return None

    def enter(self) -> bool:
        """Take a place for a worker that was lent, where one is free."""
        return self._places.enter()

    def leave(self) -> None:
        """Give the place of a worker that was lent back."""
        self._places.leave()

    def regain(self, worker: WorkerProcess) -> None:
        """Take back a worker that was lent, and its place; it has nothing to do."""
        self._fleet.give_back(worker)
        self._places.leave()

    def lost(self, worker: WorkerProcess, *, had_place: bool) -> None:
        """Clear up a worker that was lent and has ended."""
        self._fleet.end(worker)
        if had_place:
            self._places.leave()
        self._fleet.replace(self._places.short)

    def drop(self, begun: Begun) -> None:
        """Stop a query nobody waits for."""
        if not begun.is_taken:
            begun.is_taken = True
            self.lost(begun.worker, had_place=True)

    def _give_back(self, use: Use, is_sound: bool) -> None:
        if is_sound and use.worker.has_let_go():
            self._fleet.give_back(use.worker)
            self._occupancy.leave(use)
        else:
            self._fleet.end(use.worker)
            self._occupancy.leave(use)
            self._fleet.replace(self._places.short)

    def drop_stalled(self) -> None:
        """Kill the workers whose results nobody takes, and give their places to others (:mod:`occupancy`).

        The thread that sends such a result is given back a little later (:data:`castgraph_server.bridge.STALL`).
        """
        for use in self._occupancy.evict(self.stall):
            self.killed["client"] += 1
            use.worker.kill()
            self._fleet.replace(self._places.short)

    def replace_dead(self) -> None:
        """Clear up the workers that were ended from outside while they had nothing to do, and start others."""
        self._fleet.replace_dead(self._places.short)

    def _watch_over(self) -> None:
        if self._watch is None:
            watching = (weakref.ref(self), self._is_over)
            self._watch = threading.Thread(target=_watch, args=watching, name="stalled", daemon=True)
            self._watch.start()


def _watch(pool: weakref.ref[WorkerPool], is_over: threading.Event) -> None:
    while not is_over.wait(1.0):
        watched = pool()
        if watched is None:
            return
        watched.drop_stalled()
        watched.replace_dead()
        del watched
