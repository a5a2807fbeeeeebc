"""One query worker as the server sees it: a child process at the other end of a socket, to be killed at will."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import socket
import sys
from enum import Enum
from pathlib import Path

from castgraph_server.frames import CHUNK, FAILURE, REQUEST, TAKE_BACK, UP, Closed, Parcel, Receiver, Told, send, tell

TICK = 0.2
"""Seconds a wait for a worker lasts before deadline and client are looked at."""


TAKING = 10.0
"""Seconds a worker may take over a request: it may be loading still, and what other endpoints answered may be long."""


LETTING_GO = 0.25
"""Seconds a worker has to tell that it has not begun what was taken back. It takes none; but after a long query its thread
has the lowest priority, and on a busy machine a worker that is ended for that costs more than the wait."""


HUGE_PAGES = "glibc.malloc.hugetlb"
"""The C library's setting that asks the kernel for huge pages: joins read memory at random, all over what the engine holds."""

KEPT, RETURNED = 32 << 20, 4 << 20
"""Bytes of free memory a worker keeps for its next query, and the size of blocks that are returned at once all the same."""


def environment(memory: int) -> dict[str, str]:
    """The environment of a worker whose queries may use so many bytes: this process's, and how it takes memory (glibc).

    One thread of a worker evaluates, so one pool is enough. It is the one that grows in huge pages.
    """
    given = os.environ.get("GLIBC_TUNABLES", "")
    tunables = given if HUGE_PAGES in given else ":".join(filter(None, (given, f"{HUGE_PAGES}=1")))
    kept = min(KEPT, memory >> 5)  # far below what makes a worker start afresh
    return {
        **os.environ,
        "GLIBC_TUNABLES": tunables,
        "MALLOC_ARENA_MAX": "1",
        "MALLOC_TRIM_THRESHOLD_": str(kept),
        "MALLOC_MMAP_THRESHOLD_": str(RETURNED),
    }


class Death(Enum):
    """Why a worker ended that was not told to."""

    MEMORY = "memory"
    DEPTH = "depth"
    TIME = "time"
    OUTSIDE = "outside"


class WorkerProcess:
    """A worker, started but perhaps not yet up: requests wait in its socket until it is.

    It is spawned as a program, not forked, for the server has threads. It inherits nothing but its socket and the end of a pipe. It is in a
    process group of its own, so that Ctrl-C in a terminal leaves it to end its query; it goes when the socket closes.

    Raises:
        OSError: the system has no room for another process.
    """

    def __init__(self, memory: int, store: str = "") -> None:
        self.connection, theirs = socket.socketpair()
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, CHUNK + (CHUNK >> 1))  # as far as the system lets
        self._said = os.memfd_create("castgraph-worker")
        line, self._line = os.pipe()
        line_above = fcntl.fcntl(line, fcntl.F_DUPFD_CLOEXEC, 10)  # out of the way of the numbers given below
        os.close(line)
        with theirs:
            program = str(Path(__file__).with_name("start_worker.py"))
            command = [sys.executable, "-P", program, "3", "4", str(memory), store]
            descriptors = [
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, self._said, 1),
                (os.POSIX_SPAWN_DUP2, self._said, 2),
                (os.POSIX_SPAWN_DUP2, theirs.fileno(), 3),
                (os.POSIX_SPAWN_DUP2, line_above, 4),
            ]
            self.pid = os.posix_spawn(
                sys.executable, command, environment(memory), file_actions=descriptors, setpgroup=0
            )
        os.close(line_above)
        self.connection.settimeout(TICK)
        self._poll = select.poll()
        self._poll.register(self.connection, select.POLLIN)
        self.frames = Receiver(self.connection)
        self.is_gone = False
        self.has_said_up = False
        """Whether its program is loaded: before that no query has begun."""
        self.taken_back = 0
        """Requests that were taken back, of which it has not told yet that it does nothing of them."""

    def ask(self, request: Told) -> None:
        """Send a request.

        Raises:
            Closed: the worker has ended, or does not take it.
        """
        waits = self.connection.gettimeout()
        if waits:  # what waits is a thread; an event loop sends what fits at once
            self.connection.settimeout(TAKING)
        try:
            tell(self.connection, REQUEST, request)
        except TimeoutError:
            raise Closed from None
        finally:
            if waits:
                self.connection.settimeout(waits)

    def take_back(self, number: int) -> None:
        """Take back the last requests, so many, that it has not begun.

        Raises:
            Closed: the worker has ended.
        """
        self.taken_back = number
        send(self.connection, TAKE_BACK, bytes([number]))

    def has_let_go(self) -> bool:
        """Whether it does nothing of what was taken back. It may have begun a request just before: False then."""
        if not self.taken_back:
            return True
        self.connection.settimeout(LETTING_GO)
        try:
            while self.taken_back:
                kind, _ = self.frame()
                if kind != FAILURE:
                    return False
                self.taken_back -= 1
        except (TimeoutError, Closed):
            return False
        return True

    def has_ended(self) -> bool:
        """Whether it has ended and was not cleared up. Changes nothing, so any thread may ask."""
        if self.is_gone:
            return False
        try:
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except ChildProcessError:  # cleared up meanwhile
            return False

    def frame(self) -> tuple[bytes, bytes]:
        """Its next frame; see :class:`castgraph_server.frames.Receiver`."""
        while (found := self.frames.cut()) is None:
            self.receive()
        return found

    def parcel(self) -> Parcel | tuple[bytes, bytes]:
        """Its next frame, of data no more than has come: the rest stays in the socket."""
        while (found := self.frames.parcel() or self.frames.cut()) is None:
            self.frames.read(head=True)
        return found

    def receive(self) -> None:
        """Receive once, into ``frames``. That it is up is noted, and does not show there."""
        self.frames.read()
        if not self.has_said_up and self.frames.kind == UP:
            self.has_said_up = self.frames.cut() is not None

    def is_there(self) -> bool:
        """Whether it can take a request, now or when it is up; it is cleared up where it cannot."""
        try:
            while self._poll.poll(0):  # the end, or that it is up
                self.receive()
        except Closed:
            self.end()
            return False
        return True

    def yield_to_others(self, steps: int) -> None:
        """Let the system prefer other threads from now on to the one that evaluates.

        Its "nice" is so many steps above this process's. The worker's first thread keeps its own: it starts the thread for
        the next query.
        """
        priority = os.getpriority(os.PRIO_PROCESS, 0) + steps
        try:
            for thread in os.listdir(f"/proc/{self.pid}/task"):  # noqa: PTH208 - names, not paths
                if int(thread) != self.pid:
                    os.setpriority(os.PRIO_PROCESS, int(thread), priority)
        except OSError:
            return  # it ended meanwhile

    def kill(self) -> None:
        """Kill it, and leave it to its user to clear up."""
        if not self.is_gone:
            os.kill(self.pid, signal.SIGKILL)  # a zombie keeps its number until it is cleared up

    def end(self) -> Death:
        """Kill it where it still runs, clear up, and tell why it ended where it did so by itself."""
        if self.is_gone:
            return Death.OUTSIDE
        self.is_gone = True
        try:
            os.kill(self.pid, signal.SIGKILL)  # changes nothing where it is dying already
            _, status = os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            status = 0
        said = os.pread(self._said, 1 << 16, 0)
        os.close(self._said)
        os.close(self._line)
        self.connection.close()
        ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if b"memory allocation of" in said or b"bad_alloc" in said or b"MemoryError" in said:
            return Death.MEMORY
        if ended_by in (signal.SIGSEGV, signal.SIGBUS) or b"overflowed its stack" in said:
            return Death.DEPTH
        return Death.TIME if ended_by == signal.SIGXCPU else Death.OUTSIDE
