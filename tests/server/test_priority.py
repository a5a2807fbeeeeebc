"""Queries that take longer: they keep their worker, step back behind small ones, and are waited for where it costs least."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castgraph.formats import Format
from castgraph.snapshot import current
from castgraph.store import Dataset
from castgraph_server.frames import CHUNK, DATA, END, Receiver, send
from castgraph_server.hot import Answer, HotLanes
from castgraph_server.limits import Limits
from castgraph_server.output import Output, TooManyRows
from castgraph_server.problems import Problem
from castgraph_server.process import WorkerProcess, environment
from castgraph_server.use import STEPS, Begun, Question
from castgraph_server.worker import SPARE_SECONDS
from castgraph_server.workers import WorkerPool
from tests.server.test_workers import RUNAWAY, until

LONG = "SELECT (COUNT(*) AS ?n) { SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 300000 }"
"""Takes a tenth of a second at least, and not much longer."""


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    """Workers for four queries, all of them up."""
    found = WorkerPool(Limits(60, 1 << 30, 10**9, 10**6), size=4, queue=4)
    found.start()
    assert until(lambda: all(worker.is_there() and worker.has_said_up for worker in found._fleet._idle))
    yield found
    found.close()


def question(data: Path, query: str) -> Question:
    snapshot = current(data)
    assert snapshot is not None
    return Question(snapshot.path / "store", query, Dataset(), Format.CSV, Format.N_TRIPLES, 10**9, "http://x/")


def priorities(worker: WorkerProcess) -> list[int]:
    """The "nice" of each thread of a worker that may evaluate: not the first, and none that RocksDB has started."""
    found = []
    for thread in Path(f"/proc/{worker.pid}/task").iterdir():
        told = (thread / "stat").read_text()
        if int(thread.name) != worker.pid and "(rocksdb:" not in told:
            found.append(int(told.rpartition(")")[2].split()[16]))
    return found


def computed(worker: WorkerProcess) -> float:
    """Seconds of processor time a worker has had, by the clock the kernel keeps of each process."""
    return time.clock_gettime(~worker.pid << 3 | 2)


def test_a_worker_that_was_slowed_down_answers_the_next_query_at_its_usual_priority(data: Path) -> None:
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    worker = WorkerProcess(1 << 30)
    worker.connection.settimeout(30)
    try:
        worker.ask(question(data, "ASK {}").as_request(9))
        assert worker.frame() == (b"W", b"true")
        assert priorities(worker) == [usual]
        worker.yield_to_others(4)
        assert priorities(worker) == [usual + 4]
        worker.ask(question(data, "ASK { <x:x> ?p ?o }").as_request(9))
        assert worker.frame() == (b"W", b"false")
        assert priorities(worker) == [usual]
    finally:
        worker.end()


def test_a_long_query_steps_back_and_keeps_its_worker(data: Path, pool: WorkerPool) -> None:
    list(pool.ask(question(data, "ASK {}"), 60))
    worker = pool._fleet._idle[-1]
    answers: list[tuple[bytes, bool]] = []
    asking = threading.Thread(target=lambda: answers.extend(pool.ask(question(data, LONG), 60)))
    asking.start()
    seen = set()
    while asking.is_alive():
        seen.update(priorities(worker))
        time.sleep(0.005)
    assert max(seen) >= os.getpriority(os.PRIO_PROCESS, 0) + STEPS[0][1]
    assert answers == [(b"n\r\n300000\r\n", True)]
    assert pool._fleet._idle[-1] is worker
    assert list(pool.ask(question(data, "ASK {}"), 60)) == [(b"true", True)]
    assert priorities(worker) == [os.getpriority(os.PRIO_PROCESS, 0)]


ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
"""A result that keeps coming for longer than any test may wait."""


def test_a_result_that_keeps_coming_steps_back_and_leaves_its_place_to_others(data: Path, pool: WorkerPool) -> None:
    worker = pool._fleet._idle[-1]
    pieces = pool.ask(question(data, ENDLESS), 60)
    lowest = os.getpriority(os.PRIO_PROCESS, 0) + STEPS[-1][1]
    for content, _ in pieces:
        assert content
        if max(priorities(worker)) == lowest and pool._places.long:
            break
    assert (pool._places.short, pool._places.long) == (0, 1)
    pieces.close()


def test_a_result_that_keeps_coming_is_stopped_at_the_deadline(data: Path, pool: WorkerPool) -> None:
    worker = pool._fleet._idle[-1]
    before, last = computed(worker), deque[float](maxlen=1)
    pieces = pool.ask(question(data, ENDLESS), 0.7)
    with pytest.raises(Problem) as stopped:
        last.extend(computed(worker) for _ in pieces)
    assert stopped.value.status == 504
    assert last[0] - before < SPARE_SECONDS  # past that the kernel would have ended it


def test_no_more_workers_are_kept_than_are_needed(data: Path, pool: WorkerPool) -> None:
    running = [pool.ask(question(data, f"SELECT * {{ ?a ?b ?c . ?d ?e ?f }} # {n}"), 60) for n in range(4)]
    assert all(next(one) for one in running)
    lent = [pool._fleet.take() for _ in range(3)]
    assert len(pool._fleet._all) == 7
    for one in running:
        assert list(one)
    for worker in lent:
        pool._fleet.give_back(worker)
    assert len(pool._fleet._all) == len(pool._fleet._idle) == 5  # for four queries, and a spare one


def asked(pool: WorkerPool, questions: list[Question], hand_over: float) -> list[Answer]:
    """What the event loop has for questions that are asked at once."""

    async def ask() -> list[Answer]:
        lanes = HotLanes(pool, asyncio.get_running_loop(), most=1, hand_over=hand_over)
        answers = await asyncio.gather(*(lanes.ask(one.as_request(60)) for one in questions))
        for _ in range(600):  # until all workers were given back
            await asyncio.sleep(0.05)
            if pool.running == sum(isinstance(answer, Begun) for answer in answers):
                break
        return list(answers)

    with ThreadPoolExecutor(1) as apart:  # the browser that other tests drive keeps a loop running in the first thread
        return apart.submit(lambda: asyncio.run(ask())).result()


def test_a_query_that_takes_a_little_longer_is_answered_without_a_thread(data: Path, pool: WorkerPool) -> None:
    texts = [LONG, *(f"SELECT ({number} AS ?x) {{}}" for number in range(3))]
    answers = asked(pool, [question(data, text) for text in texts], hand_over=60)
    assert answers == [b"n\r\n300000\r\n", *(f"x\r\n{number}\r\n".encode() for number in range(3))]
    assert pool.running == 0
    assert not pool.killed


def test_a_query_that_takes_long_is_handed_over_with_its_worker(data: Path, pool: WorkerPool) -> None:
    runaway, other = asked(pool, [question(data, RUNAWAY), question(data, "ASK {}")], hand_over=0.05)
    assert other == b"true"
    assert isinstance(runaway, Begun)
    assert pool.running == 1
    pool.drop(runaway)
    assert pool.running == 0


def test_a_query_whose_worker_ends_is_handed_over_for_the_reason_to_be_told(data: Path, pool: WorkerPool) -> None:
    def end_all() -> None:
        for worker in tuple(pool._fleet._all):
            worker.kill()

    threading.Timer(0.3, end_all).start()
    (answer,) = asked(pool, [question(data, RUNAWAY)], hand_over=60)
    assert isinstance(answer, Begun)
    pool.drop(answer)
    assert until(lambda: pool.running == 0)


@given(st.lists(st.one_of(st.integers(0, 300), st.integers(60_000, 2 * CHUNK)), max_size=4))
def test_frames_come_as_they_were_sent(sizes: list[int]) -> None:
    ours, theirs = socket.socketpair()
    sent = [bytes([number]) * size for number, size in enumerate(sizes)]

    def send_all() -> None:
        for content in sent:
            send(theirs, DATA, content)
        send(theirs, END, b"{}")

    with ours, theirs:
        ours.settimeout(30)
        sending = threading.Thread(target=send_all)
        sending.start()
        frames = Receiver(ours)
        come = [frames.frame() for _ in range(len(sent) + 1)]
        sending.join()
    assert come == [*((DATA, content) for content in sent), (END, b"{}")]


@given(st.integers(1, 30), st.sets(st.integers(0, 200)), st.integers(-1, 1))
def test_rows_are_counted_wherever_a_chunk_ends(rows: int, cuts: set[int], more: int) -> None:
    text = b"[{" + b"},{".join(b"%d" % number for number in range(rows)) + b"}]"
    places = sorted({0, *(cut for cut in cuts if cut < len(text)), len(text)})
    ours, theirs = socket.socketpair()
    with ours, theirs:
        output = Output(theirs, (b"},{", 1), rows + more)
        try:
            for start, end in pairwise(places):
                output.write(text[start:end])
                if end % 2:
                    output.send_chunk()
            output.count()
        except TooManyRows:
            assert more < 0
        else:
            assert more >= 0


def test_workers_take_their_memory_in_huge_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment(1 << 30)["GLIBC_TUNABLES"] == "glibc.malloc.hugetlb=1"
    assert int(environment(64 << 20)["MALLOC_TRIM_THRESHOLD_"]) < (64 << 20) // 4  # else each would start afresh
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.check=1")
    assert environment(1 << 30)["GLIBC_TUNABLES"] == "glibc.malloc.check=1:glibc.malloc.hugetlb=1"
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=0")
    worker = WorkerProcess(1 << 30)
    try:
        environ = Path(f"/proc/{worker.pid}/environ")
        assert until(lambda: bool(environ.read_bytes()))  # empty for a moment, until the program's is in place
        told = environ.read_bytes().split(b"\0")
        assert b"GLIBC_TUNABLES=glibc.malloc.hugetlb=0" in told  # who sets it knows why
        assert b"MALLOC_ARENA_MAX=1" in told
    finally:
        worker.end()
