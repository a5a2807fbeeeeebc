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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from flask import Flask, current_app

from castgraph import snapshot as snapshots
from castgraph.formats import Format
from castgraph.records import Json
from castgraph.settings import Settings, variable_of
from castgraph.store import Dataset
from castgraph_server.frames import DATA, END, FAILURE, REQUEST, Closed, Receiver, send, tell
from castgraph_server.outcomes import Tally, busy, outcome_of, problem_of, too_much
from castgraph_server.problems import Problem
from castgraph_server.use import ClientGone, Gone
from castgraph_server.writer import ANSWER_SECONDS, READY, STEP

logger = logging.getLogger(__name__)

TICK = 0.2
"""Seconds a wait for a writer lasts before the deadline is looked at."""

MOST_WAITING = 8
"""Changes that may wait for their turn in a server process; more are refused at once."""

COMMIT_SECONDS = 60.0
"""How long moving the pointer may take: it is a matter of milliseconds, and is not broken off for a deadline."""


class _TooLate(Exception):  # noqa: N818 - caught here
    """The deadline has passed."""


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
        self.tally = Tally()
        self._turn = threading.Lock()
        self._room = threading.BoundedSemaphore(MOST_WAITING)

    def carry_out(self, job: Job, seconds: float, gone: Gone | None = None) -> dict[str, Json]:
        """The report of a change that was made.

        Args:
            job: the change.
            seconds: the deadline, from when the data folder is ours.
            gone: tells whether the client has gone away. Then the change is stopped, unless it is being put in place.

        Raises:
            Problem, QuerySyntaxError, ClientGone: it was not made, and nothing is changed.
        """
        try:
            told = self._carry_out(job, seconds, gone)
        except Exception as error:
            self.tally.ended(outcome_of(error))
            raise
        self.tally.ended("done" if told.get("added") or told.get("removed") else "unchanged")
        return told

    def _carry_out(self, job: Job, seconds: float, gone: Gone | None) -> dict[str, Json]:
        if not self._room.acquire(blocking=False):
            raise busy(f"{MOST_WAITING} changes are waiting already.")
        try:
            end = time.monotonic() + self._wait
            with self._tally_waiting():
                self._take_turn(end, gone)
            try:
                left = max(0.0, end - time.monotonic())
                return _Change(self._data, job, seconds, gone, self.tally).run(left, self._memory)
            finally:
                self._turn.release()
        finally:
            self._room.release()

    @contextmanager
    def _tally_waiting(self) -> Iterator[None]:
        since = time.monotonic()
        try:
            yield
        finally:
            self.tally.took("waiting", time.monotonic() - since)

    def _take_turn(self, end: float, gone: Gone | None) -> None:
        while not self._turn.acquire(timeout=min(TICK, max(0.0, end - time.monotonic()))):
            if gone is not None and gone():
                raise ClientGone
            if time.monotonic() >= end:
                raise busy("Another change is being made.")


class _Change:
    """One change, in a process of its own."""

    def __init__(self, data: Path, job: Job, seconds: float, gone: Gone | None, tally: Tally) -> None:
        self._data = data
        self._job = job
        self._seconds = seconds
        self._gone = gone
        self._tally = tally
        self._step, self._since = "starting", time.monotonic()
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
            except _TooLate:
                _end(child)
                return self._overdue()
            finally:
                _end(child)
                self._enter("over")

    def _converse(self, connection: socket.socket, wait: float) -> dict[str, Json]:
        self._send(connection, wait)
        frames = Receiver(connection)
        end = time.monotonic() + wait + self._seconds
        while True:
            try:
                kind, content = frames.frame()
            except TimeoutError:
                self._look_for_client()
                if time.monotonic() > end:
                    raise _TooLate from None
                continue
            if kind == STEP:
                if self._step == "starting":
                    end = time.monotonic() + self._seconds
                self._enter(str(json.loads(content)["step"]))
            elif kind == READY:
                self._look_for_client()
                self._ready = str(json.loads(content)["snapshot"])
                end = time.monotonic() + COMMIT_SECONDS
                tell(connection, REQUEST, {"go": True})
            elif kind == FAILURE:
                raise problem_of(json.loads(content))
            else:
                assert kind == END
                told: dict[str, Json] = json.loads(content)
                return told

    def _send(self, connection: socket.socket, wait: float) -> None:
        """Tell the writer what to do."""
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

    def _enter(self, step: str) -> None:
        """The step before is over, and this one begins."""
        now = time.monotonic()
        self._tally.took(self._step, now - self._since)
        self._step, self._since = step, now

    def _look_for_client(self) -> None:
        """Stop the change of a client that has gone away, where it is not being put in place yet."""
        if self._ready is None and self._gone is not None and self._gone():
            logger.info("a change was stopped while %s, for its client has gone away; nothing was changed", self._step)
            raise ClientGone

    def _overdue(self) -> dict[str, Json]:
        """The deadline passed, and the writer was ended. Whether the pointer was moved is seen by looking at it."""
        if self._ready is None:
            raise Problem(
                HTTPStatus.GATEWAY_TIMEOUT,
                f"The change was stopped after {self._seconds:g} seconds, while {self._step}; nothing was changed. "
                "Change less at a time, or raise timeout=.",
                limit="time",
                seconds=self._seconds,
                step=self._step,
            )
        if (told := self._put_in_place()) is None:
            detail = "The new snapshot could not be put in place in time; nothing was changed."
            raise Problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail)
        return told

    def _put_in_place(self) -> dict[str, Json] | None:
        """What is left to report of a change whose writer did not live to report it; None where it was not made."""
        now = snapshots.current(self._data)
        is_there = self._ready is not None and now is not None and now.id.startswith(self._ready)
        return {"snapshot": now.id} if is_there and now is not None else None

    def _died(self, status: int | None, said: bytes) -> dict[str, Json]:
        """The writer ended without a word. Whether the pointer was moved is seen by looking at it."""
        if (told := self._put_in_place()) is not None:
            return told
        logger.error("a writer ended with status %s: %s", status, said.decode("utf-8", "replace")[-2000:])
        if any(sign in said for sign in (b"memory allocation of", b"bad_alloc", b"MemoryError")):
            raise too_much()
        if status in (-signal.SIGSEGV, -signal.SIGBUS) or b"overflowed its stack" in said:
            raise Problem(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "The update is nested too deeply, or strings too much together. Nothing was changed.",
                limit="depth",
            )
        raise busy("The process that made the change was ended from outside; nothing was changed.", limit="worker")


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill a writer and the rule engine it may have started, where they still run."""
    if child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    child.wait(ANSWER_SECONDS)


def install(app: Flask, settings: Settings) -> None:
    """Give an application its writers."""
    app.extensions["castgraph.writers"] = Writers(settings)


def writers() -> Writers:
    """The writers of the application that handles this request."""
    found: Writers = current_app.extensions["castgraph.writers"]
    return found
