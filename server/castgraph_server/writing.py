"""Changes to the graph as the server sees them: one writer process at a time, its deadline, and how it ended."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from flask import Flask, current_app

from castgraph import snapshot as snapshots
from castgraph.errors import QuerySyntaxError
from castgraph.formats import Format
from castgraph.records import Json
from castgraph.settings import Settings, variable_of
from castgraph.store import Dataset
from castgraph_server.frames import DATA, END, FAILURE, REQUEST, Closed, Receiver, send, tell
from castgraph_server.problems import Problem
from castgraph_server.writer import ANSWER_SECONDS, BEGUN, READY

logger = logging.getLogger(__name__)

TICK = 0.2
"""Seconds a wait for a writer lasts before the deadline is looked at."""

MOST_WAITING = 8
"""Changes that may wait for their turn in a server process; more are refused at once."""

COMMIT_SECONDS = 60.0
"""How long moving the pointer may take: it is a matter of milliseconds, and is not broken off for a deadline."""

RETRY_AFTER = 5
"""Seconds after which a change that found the folder busy may be sent again."""


@dataclass(frozen=True)
class Job:
    """A change: an update of ``dataset``, or ``kind`` ``replace``, ``merge`` or ``delete`` of ``graph``.

    ``parts`` are the texts, each with its format; that of an update has none. ``only_if`` names the snapshot the change
    is meant for, None for any.
    """

    kind: str
    base: str
    parts: tuple[tuple[Format | None, bytes], ...] = ()
    graph: str = ""
    dataset: Dataset = field(default_factory=Dataset)
    only_if: str | None = None


class Writers:
    """Carries out changes, one at a time. Safe to share between threads, and between server processes."""

    def __init__(self, settings: Settings) -> None:
        self._data = settings.data
        self._memory = settings.update_memory << 20
        self._wait = settings.update_wait
        self.seconds = settings.update_timeout
        self._turn = threading.Lock()
        self._room = threading.BoundedSemaphore(MOST_WAITING)

    def carry_out(self, job: Job, seconds: float) -> dict[str, Json]:
        """The report of a change that was made.

        Raises:
            Problem, QuerySyntaxError: it was not made, and nothing is changed.
        """
        if not self._room.acquire(blocking=False):
            raise _busy(f"{MOST_WAITING} changes are waiting already.")
        try:
            end = time.monotonic() + self._wait
            if not self._turn.acquire(timeout=self._wait):
                raise _busy("Another change is being made.")
            try:
                return _Change(self._data, job, seconds).run(max(0.0, end - time.monotonic()), self._memory)
            finally:
                self._turn.release()
        finally:
            self._room.release()


class _Change:
    """One change, in a process of its own."""

    def __init__(self, data: Path, job: Job, seconds: float) -> None:
        self._data = data
        self._job = job
        self._seconds = seconds
        self._ready: str | None = None  # the new snapshot's name, when the pointer may be moved

    def run(self, wait: float, memory: int) -> dict[str, Json]:
        ours, theirs = socket.socketpair()
        environment = {name: value for name, value in os.environ.items() if name != variable_of("token")}
        command = [sys.executable, "-P", str(Path(__file__).with_name("writer.py")), str(theirs.fileno()), str(memory)]
        with tempfile.TemporaryFile() as said, ours:
            with theirs:
                child = subprocess.Popen(  # noqa: S603 - our own file
                    command, pass_fds=[theirs.fileno()], env=environment, stdin=subprocess.DEVNULL, stdout=said,
                    stderr=said, start_new_session=True,
                )  # fmt: skip
            try:
                ours.settimeout(TICK)
                return self._converse(ours, wait)
            except Closed:
                _end(child)
                said.seek(0)
                return self._died(child.returncode, said.read(1 << 16))
            finally:
                _end(child)

    def _converse(self, connection: socket.socket, wait: float) -> dict[str, Json]:
        job = self._job
        connection.settimeout(self._seconds)
        request = {
            "data": str(self._data.resolve()), "kind": job.kind, "base": job.base, "graph": job.graph, "wait": wait,
            "parts": [format_.name if format_ else "" for format_, _ in job.parts], "only_if": job.only_if,
            "default": job.dataset.default, "named": job.dataset.named,
        }  # fmt: skip
        tell(connection, REQUEST, request)
        for _, part in job.parts:
            send(connection, DATA, part)
        connection.settimeout(TICK)
        frames = Receiver(connection)
        end = time.monotonic() + wait + self._seconds
        while True:
            try:
                kind, content = frames.frame()
            except TimeoutError:
                if time.monotonic() > end:
                    raise self._too_long() from None
                continue
            if kind == BEGUN:
                end = time.monotonic() + self._seconds
            elif kind == READY:
                self._ready = str(json.loads(content)["snapshot"])
                end = time.monotonic() + COMMIT_SECONDS
                tell(connection, REQUEST, {"go": True})
            elif kind == FAILURE:
                raise _problem(json.loads(content))
            else:
                assert kind == END
                told: dict[str, Json] = json.loads(content)
                return told

    def _too_long(self) -> Problem:
        if self._ready is not None:
            return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "The new snapshot could not be put in place in time.")
        return Problem(
            HTTPStatus.GATEWAY_TIMEOUT,
            f"The change was stopped after {self._seconds:g} seconds; nothing was changed. Change less at a time, or "
            "raise timeout=.",
            limit="time",
            seconds=self._seconds,
        )

    def _died(self, status: int | None, said: bytes) -> dict[str, Json]:
        """The writer ended without a word. Whether the pointer was moved is seen by looking at it."""
        now = snapshots.current(self._data)
        if self._ready is not None and now is not None and now.id.startswith(self._ready):
            return {"snapshot": now.id}
        logger.error("a writer ended with status %s: %s", status, said.decode("utf-8", "replace")[-2000:])
        if any(sign in said for sign in (b"memory allocation of", b"bad_alloc", b"MemoryError")):
            raise _too_much()
        if status in (-signal.SIGSEGV, -signal.SIGBUS) or b"overflowed its stack" in said:
            raise Problem(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "The update is nested too deeply, or strings too much together. Nothing was changed.",
                limit="depth",
            )
        raise _busy("The process that made the change was ended from outside; nothing was changed.", limit="worker")


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill a writer and the rule engine it may have started, where they still run."""
    if child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    child.wait(ANSWER_SECONDS)


def _problem(told: dict[str, Json]) -> Exception:
    said = str(told["problem"])
    match told["kind"]:
        case "syntax":
            line, column = told["line"], told["column"]
            return QuerySyntaxError(
                said, line=line if isinstance(line, int) else None, column=column if isinstance(column, int) else None
            )
        case "conflict":
            members = told["members"]
            assert isinstance(members, dict)
            return Problem(HTTPStatus.CONFLICT, said, **members)
        case "outdated":
            return Problem(HTTPStatus.PRECONDITION_FAILED, said)
        case "busy":
            return _busy("A build or another change is at work.")
        case "parameter":
            return Problem(HTTPStatus.BAD_REQUEST, said)
        case "refused":
            return Problem(HTTPStatus.FORBIDDEN, said)
        case "missing":
            return Problem(HTTPStatus.NOT_FOUND, said)
        case "memory":
            return _too_much()
    logger.error("a change failed: %s", said)
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "The change failed, and nothing was changed; the log says why.")


def _too_much() -> Problem:
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The change needed more memory than it may use; nothing was changed. Change less at a time.",
        limit="memory",
    )


def _busy(detail: str, limit: str = "queue") -> Problem:
    problem = Problem(HTTPStatus.SERVICE_UNAVAILABLE, f"{detail} Send the change again later.", limit=limit)
    problem.headers["Retry-After"] = str(RETRY_AFTER)
    return problem


def install(app: Flask, settings: Settings) -> None:
    """Give an application its writers."""
    app.extensions["castgraph.writers"] = Writers(settings)


def writers() -> Writers:
    """The writers of the application that handles this request."""
    found: Writers = current_app.extensions["castgraph.writers"]
    return found
