"""What ends a writer before it is done, and what is left of it: nothing."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from pathlib import Path

import pytest

from castgraph.snapshot import building
from tests.running import running, started
from tests.server.updates.site import (
    ERWIN,
    PLAYED,
    RILEY,
    RUNAWAY,
    TOKEN,
    Answer,
    Site,
    refused,
    runaway,
    until,
    writers_of,
)


def test_a_runaway_update_is_stopped_at_its_deadline(site: Site) -> None:
    answer = refused(site, lambda: runaway(site, "/sparql?timeout=1"), 504)
    assert (answer.told["limit"], answer.told["seconds"], answer.told["step"]) == ("time", 1, "evaluating")
    assert "while evaluating" in str(answer.told["detail"])
    assert not writers_of(site)
    assert site.update("INSERT DATA { <a:after> <a:p> 1 }").status == 200


def test_an_update_takes_no_more_memory_than_it_may(fresh: Path) -> None:
    with running(fresh, writable=1, token=TOKEN, update_memory=512) as address:
        site = Site(address, fresh)
        hog = "INSERT { GRAPH <a:g> { ?a ?e ?i } } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        assert refused(site, lambda: site.update(hog), 503).told["limit"] == "memory"
        assert site.update("INSERT DATA { <a:after> <a:p> 1 }").status == 200


def test_a_writer_killed_midway_leaves_everything_as_it_was(site: Site) -> None:
    answers: list[Answer] = []
    thread = threading.Thread(target=lambda: answers.append(runaway(site)))
    before = (site.snapshot.id, sorted(path.name for path in (site.data / "snapshots").iterdir()))
    thread.start()
    while not list(site.data.glob("building-*/store/CURRENT")):  # it has begun to change its copy
        time.sleep(0.02)
    folder = next(site.data.glob("building-*"))
    writer = int(folder.name.rpartition("-")[2])
    assert "Seccomp:\t2" in Path(f"/proc/{writer}/status").read_text()  # the kernel keeps it off the network
    os.kill(writer, signal.SIGKILL)
    thread.join()
    assert (answers[0].status, answers[0].told["limit"]) == (503, "worker")
    assert (site.snapshot.id, sorted(path.name for path in (site.data / "snapshots").iterdir())) == before
    assert site.update("INSERT DATA { <a:next> <a:p> 1 }").status == 200
    assert not list(site.data.glob("building-*"))


def test_no_writer_outlives_its_server(fresh: Path) -> None:
    with running(fresh, writable=1, token=TOKEN) as address:
        site = Site(address, fresh)

        def try_it() -> None:
            with pytest.raises(OSError):
                runaway(site)

        thread = threading.Thread(target=try_it)
        thread.start()
        while not list(fresh.glob("building-*/store/CURRENT")):
            time.sleep(0.02)
        writer = int(next(fresh.glob("building-*")).name.rpartition("-")[2])
        server = _parent(writer)
        for process in (_parent(server), server):  # the one that would start another first
            os.kill(process, signal.SIGKILL)
        end = time.monotonic() + 10
        while Path(f"/proc/{writer}").exists() and "Z" not in _state(writer):
            assert time.monotonic() < end
            time.sleep(0.05)
    thread.join()


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_an_update_whose_client_has_gone_is_stopped_and_changes_nothing(fresh: Path) -> None:
    with started(fresh, writable=1, token=TOKEN) as server:
        site = Site(server.address, fresh)
        before = site.snapshot.id
        with site.begun(RUNAWAY):
            until(lambda: list(fresh.glob("building-*/store/CURRENT")))
        until(lambda: site.counts["client"] == 1, 10)  # long before its deadline
        assert not writers_of(site)
        assert site.snapshot.id == before
        assert site.update("INSERT DATA { <a:next> <a:p> 1 }").status == 200
        assert re.search("stopped while (starting|evaluating), for its client has gone away", server.log)


def test_an_update_whose_client_has_gone_does_not_wait_for_its_turn(fresh: Path) -> None:
    with running(fresh, writable=1, token=TOKEN, update_wait=60) as address:
        site = Site(address, fresh)
        with building(fresh):
            with site.begun("INSERT DATA { <a:first> <a:p> 1 }"):
                until(lambda: writers_of(site))  # it waits for the folder
                with site.begun("INSERT DATA { <a:second> <a:p> 1 }"):  # and this one for the first
                    time.sleep(0.3)
                until(lambda: site.counts["client"] == 1)
            until(lambda: site.counts["client"] == 2)
        assert site.update("INSERT DATA { <a:third> <a:p> 1 }").status == 200
        assert not site.ask("?s <a:p> 1 FILTER(?s IN (<a:first>, <a:second>))")


def test_changes_are_counted_by_outcome_and_timed_by_step(fresh: Path) -> None:
    with running(fresh, writable=1, token=TOKEN) as address:
        site = Site(address, fresh)
        assert not any(site.counts.values())
        site.update("INSERT DATA { <a:s> <a:p> 1 }")
        site.update("INSERT DATA { <a:s> <a:p> 1 }")
        site.update("INSERT DATA { <a:s> <a:p> }")
        site.write("DELETE", "http://example.org/none")
        site.update(f"DELETE DATA {{ {RILEY} {PLAYED} {ERWIN} }}")
        site.update("INSERT DATA { <a:s> <a:p> 2 }", If_Match='"another"')
        counts = site.counts
        assert {name: counts[name] for name in ("done", "unchanged", "refused", "conflict", "failure")} == {
            "done": 1, "unchanged": 1, "refused": 2, "conflict": 1, "failure": 0,
        }  # fmt: skip
        assert (counts["waiting"], counts["starting"], counts["evaluating"]) == (5, 5, 5)
        steps = ("inferring", "checking shapes", "storing", "indexing names", "counting", "publishing")
        assert [counts[step] for step in steps] == [1] * 6
    with running(fresh) as address:
        assert not Site(address, fresh).counts  # nothing is changed here
