"""The course of a soak: rounds of mixed load on a real server, each followed by a look at what it holds when quiet."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from tests.running import PROGRAM, Server, started
from tests.soak import census
from tests.soak.census import Census
from tests.soak.load import DEMANDING, ORDINARY, Client, Record, Unexpected


@dataclass(frozen=True)
class Plan:
    """How long and how hard: rounds of so many seconds, ordinary clients, server processes, seconds between kills.

    The last round goes on for up to ``patience`` seconds more, where something has not happened yet. ``noise`` is
    how many megabytes more than before the servers may hold at the end: a short soak is one long warming up.
    """

    rounds: int = 10
    seconds: float = 25.0
    clients: int = 4
    workers: int = 1
    kill_every: float = 1.0
    runaway_seconds: float = 4.0
    most_rows: int = 50_000
    patience: float = 60.0
    noise: float = 16.0

    @property
    def settings(self) -> dict[str, object]:
        """The settings of the server: its limits low, so that they are met often, its cache small, so that it is full.

        The deadline is not: runaways ask for one of their own, and a busy machine may let a small query wait.
        """
        return {
            "workers": self.workers, "timeout": 30, "memory_mb": 128, "max_rows": self.most_rows, "cache_memory": 1,
        }  # fmt: skip


@dataclass
class Soak:
    """What a soak found."""

    plan: Plan
    record: Record = field(default_factory=Record)
    looks: list[Census | None] = field(default_factory=list)
    peak: int = 0
    builds: int = 0
    kills: int = 0
    exit_code: int | None = None
    left: int = 0
    log: str = ""

    def missing(self) -> Iterator[str]:
        """What has not happened yet: a soak in which nothing happens shows nothing."""
        for kind in ORDINARY:
            if not self.record.seen(kind.__name__, "right"):
                yield f"{kind.__name__} was never answered"
        for demanding, outcome in DEMANDING.items():
            if not self.record.seen(demanding.__name__, outcome):
                yield f"{demanding.__name__} never ended in {outcome!r}"
        if self.builds < 2:
            yield "no rebuild was finished"
        if not self.kills:
            yield "no worker was killed"


def soak(
    plan: Plan, data: Path, program: Sequence[str] = PROGRAM, say: Callable[[str], object] = lambda _: None
) -> Soak:
    """Put a server under load.

    Args:
        plan: how long and how hard.
        data: an empty folder for the snapshots.
        program: the command that starts the server.
        say: told about each round.
    """
    found = Soak(plan)
    build(data, found)
    with started(data, program, **plan.settings) as server:
        for number in range(plan.rounds):
            with _load(plan, found, server, data):
                time.sleep(plan.seconds)
                deadline = time.monotonic() + plan.patience
                while number == plan.rounds - 1 and any(found.missing()) and time.monotonic() < deadline:
                    time.sleep(0.1)
            found.looks.append(census.quiet(server.process, 5 * plan.runaway_seconds))
            say(f"round {number + 1} of {plan.rounds}: {len(found.record.seconds)} ordinary requests so far")
        everyone = list(census.descendants(server.process))
        server.stop()
        found.exit_code = server.exit_code
        found.left = census.still_running(everyone, 5)
        found.log = server.log
    return found


def build(data: Path, found: Soak) -> None:
    """Build the bundled facts, with one fact more that tells the number of the build."""
    sources = data.parent / "sources"
    sources.mkdir(exist_ok=True)
    number = found.builds + 1
    fact = f"<https://example.org/soak> <http://www.w3.org/1999/02/22-rdf-syntax-ns#value> {number} .\n"
    (sources / "soak.ttl").write_text(fact)
    facts = [
        str(file)
        for file in sorted((Path(__file__).parents[2] / "graph" / "facts").glob("*.*"))
        if file.suffix != ".py"
    ]
    command = [str(Path(sys.executable).with_name("castgraph")), "build", *facts, str(sources), "--out", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the build failed: {done.stderr}")
    found.builds = number


@contextmanager
def _load(plan: Plan, found: Soak, server: Server, data: Path) -> Iterator[None]:
    """All clients, the builder and the killer, at work until the block ends."""
    stop = threading.Event()
    errors: list[BaseException] = []

    def until_stopped(act: Callable[[], None]) -> None:
        try:
            while not stop.is_set():
                act()
        except BaseException as error:  # noqa: BLE001 - told to the thread that waits
            errors.append(error)

    def build_again() -> None:
        build(data, found)
        stop.wait(2)

    def kill_one() -> None:
        if stop.wait(plan.kill_every):
            return
        at_work = census.take(server.process)
        found.peak = max(found.peak, sum(process.memory for process in at_work.processes))
        workers = [process.pid for process in at_work.query_workers if process.state != "Z"]
        if workers:
            with suppress(ProcessLookupError):  # it may have ended by itself
                os.kill(random.choice(workers), signal.SIGKILL)
                found.kills += 1

    with ExitStack() as closing:

        def acting(choose: Callable[[], Callable[[Client], str]]) -> Callable[[], None]:
            client = Client(server.address, plan.most_rows, plan.runaway_seconds, lambda: found.builds)
            closing.callback(client.close)
            return lambda: attempt(client, choose(), found.record)

        acts: list[Callable[[], None]] = [acting(lambda: random.choice(ORDINARY)) for _ in range(plan.clients)]
        acts += [acting(lambda kind=kind: kind) for kind in DEMANDING]  # type: ignore[misc]
        threads = [threading.Thread(target=until_stopped, args=(act,)) for act in [*acts, build_again, kill_one]]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join()
    if errors:
        raise errors[0]


def attempt(client: Client, kind: Callable[[Client], str], record: Record) -> None:
    """One request of a kind, and its outcome."""
    began = time.perf_counter()
    try:
        outcome, is_failure = kind(client), False
    except (Unexpected, OSError, HTTPException, ValueError, LookupError) as error:
        outcome, is_failure = f"{type(error).__name__}: {error}"[:300], True
    seconds = time.perf_counter() - began if kind in ORDINARY else None
    record.note(kind.__name__, outcome, seconds, is_failure=is_failure)
    if is_failure:
        time.sleep(0.1)
