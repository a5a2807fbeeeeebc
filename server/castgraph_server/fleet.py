"""The worker processes of a pool: those at work, those that wait for work, and a spare one that is up already."""

from __future__ import annotations

import logging
import threading
import weakref
from collections import deque

from castgraph_server.process import WorkerProcess

logger = logging.getLogger(__name__)


class Fleet:
    """Workers, started as they are needed. Safe to share between threads; they end with it, whatever happens.

    Args:
        memory: bytes a query may use.
        size: workers there should be for those at work; one more is kept as a spare.
    """

    def __init__(self, memory: int, size: int) -> None:
        self._memory = memory
        self._size = size
        self.store = ""
        """The store that was asked last: new workers open it before they are asked."""
        self._idle: deque[WorkerProcess] = deque()
        self._all: set[WorkerProcess] = set()
        self._is_over = threading.Event()
        self.close = weakref.finalize(self, _end_all, self._all, self._is_over)

    def fill(self) -> None:
        """Start the workers and the spare one."""
        while len(self._idle) <= self._size:
            self._idle.append(self._start())

    def take(self) -> WorkerProcess:
        """A worker: the one that was used last, whose memory is the warmest, or a new one.

        Raises:
            OSError: the system has no room for another process.
        """
        while self._idle:
            try:
                worker = self._idle.pop()
            except IndexError:  # another thread took it
                break
            if worker.is_there():
                return worker
            self._all.discard(worker)
        return self._start()

    def give_back(self, worker: WorkerProcess) -> None:
        """Let others have a worker that has nothing to do; it ends where there are enough."""
        if len(self._idle) > self._size:  # long queries had workers besides
            self.end(worker)
        else:
            self._idle.append(worker)

    def end(self, worker: WorkerProcess) -> None:
        """Kill a worker where it still runs, and clear up."""
        worker.end()
        self._all.discard(worker)

    def replace(self, at_work: int) -> None:
        """Start a worker where one was lost, so that the next query need not wait for that."""
        if self._is_over.is_set() or len(self._idle) + at_work > self._size:
            return
        try:
            self._idle.appendleft(self._start())  # those that are up come first
        except OSError as error:  # the next query tries again
            logger.error("no query worker can be started: %s", error)

    def replace_dead(self, at_work: int) -> None:
        """Clear up the workers that were ended from outside while they had nothing to do, and start others."""
        for worker in tuple(self._idle):
            if worker.has_ended():
                try:
                    self._idle.remove(worker)
                except ValueError:  # a query took it, and will find out
                    continue
                self.end(worker)
                self.replace(at_work)

    def _start(self) -> WorkerProcess:
        worker = WorkerProcess(self._memory, self.store)
        self._all.add(worker)
        return worker


def _end_all(workers: set[WorkerProcess], is_over: threading.Event) -> None:
    is_over.set()
    for worker in tuple(workers):
        worker.end()
