"""What a server's processes hold, read from /proc: memory, files, threads, and children nobody has buried."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_QUERY_WORKER = b"castgraph_server/start_worker.py"


@dataclass(frozen=True)
class Process:
    """A process: whether it evaluates queries, its state as ``ps`` has it, resident bytes, open files, threads, ticks."""

    pid: int
    is_query_worker: bool
    state: str
    memory: int
    files: int
    threads: int
    ticks: int


@dataclass(frozen=True)
class Census:
    """The processes of a server at one moment."""

    processes: tuple[Process, ...]

    @property
    def query_workers(self) -> list[Process]:
        """The processes that evaluate queries."""
        return [process for process in self.processes if process.is_query_worker]

    @property
    def servers(self) -> list[Process]:
        """The processes that answer, and the one that looks after them."""
        return [process for process in self.processes if not process.is_query_worker and process.state != "Z"]

    @property
    def zombies(self) -> int:
        """Processes that have ended and were not cleared up."""
        return sum(process.state == "Z" for process in self.processes)


def take(server: int) -> Census:
    """The census of a server process and all its descendants."""
    return Census(tuple(process for pid in descendants(server) if (process := _look(pid)) is not None))


def descendants(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return
    for child in children:
        yield from descendants(child)


def _look(pid: int) -> Process | None:
    place = Path(f"/proc/{pid}")
    try:
        state, *fields = (place / "stat").read_text().rpartition(") ")[2].split()
        command = (place / "cmdline").read_bytes()
        files = 0 if state == "Z" else len(list((place / "fd").iterdir()))
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None  # it ended meanwhile
    ticks, threads, memory = int(fields[10]) + int(fields[11]), int(fields[16]), int(fields[20]) * _PAGE
    return Process(pid, _QUERY_WORKER in command, state, memory, files, threads, ticks)


BURIED = 3.0
"""Seconds in which a process that ended is to be cleared up."""


def quiet(server: int, seconds: float) -> Census | None:
    """The census as soon as no query worker computes any more; None where one still does after so many seconds."""
    deadline, still = time.monotonic() + seconds, None
    while time.monotonic() < deadline:
        before = {process.pid: process.ticks for process in take(server).query_workers}
        time.sleep(0.5)
        now = take(server)
        if {process.pid: process.ticks for process in now.query_workers} == before:
            if not now.zombies:
                return now
            if still is None:
                deadline = time.monotonic() + BURIED
            still = now
    return still


def still_running(pids: Iterable[int], seconds: float) -> int:
    """How many processes still run; up to so many seconds are waited for the last one."""
    deadline, left = time.monotonic() + seconds, list(pids)
    while left and time.monotonic() < deadline:
        left = [pid for pid in left if (process := _look(pid)) is not None and process.state != "Z"]
        time.sleep(0.1 if left else 0)
    return len(left)
