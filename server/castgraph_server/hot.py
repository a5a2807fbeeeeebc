"""The quick way to a worker: small queries, one after another in a worker that is kept at hand by the event loop.

Most queries take a tenth of a millisecond; waking a process takes as long. So queries are sent to a worker that is at
one already, and a burst of them wakes it once. What keeps this safe: a query that has not been answered within
:data:`PATIENCE`, or whose result is larger than a chunk, has the worker for itself from then on; those sent after it are
taken back and asked of another worker. Nothing is killed but for what it does itself, and no query waits for a long one.

All of this runs on the thread of the event loop. What is not answered here is answered by a thread that waits
(:mod:`castgraph_server.workers`), with the worker that is at it already.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from castgraph_server.alone import HAND_OVER, Alone
from castgraph_server.frames import DATA, WHOLE, Closed
from castgraph_server.process import WorkerProcess
from castgraph_server.use import Begun
from castgraph_server.workers import WorkerPool

PATIENCE = 0.005
"""Seconds after which a query gets its worker for itself."""

_QUICK = 0.002
"""Seconds a worker may have been at a query when another is sent to it, as long as a further worker is there."""

_BACKLOG = 0.001
"""Seconds of work, as far as can be foreseen, that a worker may have before it, as long as a further one is there."""

_MOST = 8
"""Queries that may be at one worker. With :data:`LARGEST` they fit into its socket, so that sending never blocks."""

LARGEST = 8_000
"""Characters of a query that may be sent this way."""

Answer: TypeAlias = bytes | Begun | None
"""The whole result, or the worker that is at the query still, or nothing: it is to be asked in the ordinary way."""


@dataclass(eq=False)
class _Asked:
    request: Mapping[str, object]
    answer: asyncio.Future[Answer]
    times: int = 0


class _Lane:
    """A worker with the queries it was sent, the one it is at first."""

    def __init__(self, lanes: HotLanes, worker: WorkerProcess) -> None:
        self.worker = worker
        self.asked: deque[_Asked] = deque()
        self.since = 0.0  # when the first of them was begun, as far as this side can tell
        self._lanes = lanes
        self._loop = lanes.loop
        worker.connection.setblocking(False)
        self._loop.add_reader(worker.connection.fileno(), self.read)

    def send(self, asked: _Asked) -> None:
        if not self.asked:
            self.since = time.monotonic()
        self.asked.append(asked)
        asked.times += 1
        try:
            self.worker.ask(asked.request)
        except (Closed, BlockingIOError):
            self._lost()

    def read(self) -> None:
        """Take what has come."""
        frames, was_up = self.worker.frames, self.worker.has_said_up
        try:
            self.worker.receive()
        except BlockingIOError:
            return
        except Closed:
            self._lost()
            return
        if not was_up:
            self.since = time.monotonic()
        if not self.asked:
            return
        while self.asked:
            if frames.kind == DATA:
                self.part()
                return
            found = frames.cut()
            if found is None:
                return
            kind, content = found
            _tell(self.asked.popleft(), content if kind == WHOLE else None)
            now = time.monotonic()
            self._lanes.note(now - self.since)
            self.since = now
        self._lanes.rest()

    def part(self) -> None:
        """Leave the worker to the first query, and ask the others elsewhere."""
        self._loop.remove_reader(self.worker.connection.fileno())
        first, *others = self.asked
        begun = Begun(self.worker, str(first.request["store"]), self.since)
        try:
            if others:
                self.worker.take_back(len(others))
        except (Closed, BlockingIOError):
            self.worker.kill()
        self._lanes.give_away(self)

        def answered(whole: bytes | None) -> None:
            if first.answer.done():  # nobody waits for it any more
                if whole is None:
                    self._lanes.pool.drop(begun)
            else:
                first.answer.set_result(begun if whole is None else whole)

        if self.worker.frames.kind == DATA:
            answered(None)
        else:
            last = min(self._lanes.hand_over, float(str(first.request["seconds"])) / 2)
            Alone(self._lanes.pool, begun, last, answered)
        for one in others:
            self._lanes.send(one)

    def _lost(self) -> None:
        """The worker has ended: the query it was at is left to the ordinary way, the others have done nothing."""
        self._loop.remove_reader(self.worker.connection.fileno())
        self._lanes.lose(self)
        for place, one in enumerate(self.asked):
            if place == 0 or one.times > 2:
                _tell(one, None)
            else:
                self._lanes.send(one)


def _tell(asked: _Asked, answer: Answer) -> None:
    if not asked.answer.done():
        asked.answer.set_result(answer)


@dataclass(eq=False)
class HotLanes:
    """As many lanes as there are processors, at most as many as there may be queries at a time; used as they are needed."""

    pool: WorkerPool
    loop: asyncio.AbstractEventLoop
    most: int = 0
    hand_over: float = HAND_OVER
    _lanes: list[_Lane] = field(default_factory=list)
    _is_watching: bool = False
    _pace: float = 0.0  # seconds a query took of late

    def __post_init__(self) -> None:
        self.most = self.most or min(len(os.sched_getaffinity(0)), self.pool.size)

    def ask(self, request: Mapping[str, object]) -> asyncio.Future[Answer]:
        """Ask a query of at most :data:`LARGEST` characters."""
        asked = _Asked(request, self.loop.create_future())
        self.send(asked)
        return asked.answer

    def send(self, asked: _Asked) -> None:
        """Send a query to the lane that will be at it first."""
        lane = self._choose(asked)
        if lane is None:
            _tell(asked, None)
            return
        lane.send(asked)
        if not self._is_watching:
            self._is_watching = True
            self.loop.call_later(PATIENCE, self._watch)

    def _choose(self, asked: _Asked) -> _Lane | None:
        earliest = time.monotonic() - _QUICK
        for lane in self._lanes:
            if lane.asked:
                is_soon_free = lane.since > earliest and len(lane.asked) * self._pace < _BACKLOG
                if is_soon_free and len(lane.asked) < _MOST:
                    return lane
            elif self.pool.enter():
                return lane
        if len(self._lanes) < self.most:
            worker = self.pool.lend(str(asked.request["store"]))
            if worker is not None:
                self._lanes.append(_Lane(self, worker))
                return self._lanes[-1]
        return min((lane for lane in self._lanes if 0 < len(lane.asked) < _MOST), key=_length, default=None)

    def note(self, seconds: float) -> None:
        """Count a query that was answered after so long. What was longer counts less: the machine may have been busy."""
        self._pace += (seconds - self._pace) / (32 if seconds > self._pace else 4)

    def rest(self) -> None:
        """A lane has nothing to do: its place is free."""
        self.pool.leave()

    def give_away(self, lane: _Lane) -> None:
        """The worker of a lane, and its place, belong to a query alone from now on."""
        self._lanes.remove(lane)

    def lose(self, lane: _Lane) -> None:
        """The worker of a lane has ended."""
        self._lanes.remove(lane)
        self.pool.lost(lane.worker, had_place=bool(lane.asked))

    def _watch(self) -> None:
        for lane in tuple(self._lanes):
            if lane.asked:
                lane.read()  # it may have answered while this thread was busy
            if lane.asked and lane in self._lanes and time.monotonic() - lane.since > PATIENCE:
                lane.part()
        self._is_watching = any(lane.asked for lane in self._lanes)
        if self._is_watching:
            self.loop.call_later(PATIENCE, self._watch)


def _length(lane: _Lane) -> int:
    return len(lane.asked)
