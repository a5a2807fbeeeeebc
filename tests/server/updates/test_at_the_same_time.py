"""Conditions of a change, and others at work in the same folder."""

from __future__ import annotations

import threading
from pathlib import Path
from urllib.parse import quote, urlencode

from castgraph.snapshot import building
from tests.running import running
from tests.server.updates.site import (
    TOKEN,
    TURTLE,
    Site,
    refused,
)


def test_a_condition_that_does_not_hold_changes_nothing(site: Site) -> None:
    graph = "http://example.org/conditional"
    target = f"/graphs?graph={quote(graph, safe='')}"
    refused(site, lambda: site.write("PUT", graph, "<a:s> <a:p> 0 .", If_Match="*"), 412)
    assert site.write("PUT", graph, "<a:s> <a:p> 1 .", If_None_Match="*").status == 201
    refused(site, lambda: site.write("PUT", graph, "<a:s> <a:p> 2 .", If_None_Match="*"), 412)
    seen = site.send("GET", target, Accept=TURTLE, Accept_Encoding="gzip").headers["ETag"]
    assert site.write("PUT", graph, "<a:s> <a:p> 3 .", If_Match=seen).status == 200
    refused(site, lambda: site.write("PUT", graph, "<a:s> <a:p> 4 .", If_Match=seen), 412)
    refused(site, lambda: site.write("DELETE", graph, If_Match=seen), 412)
    refused(site, lambda: site.write("DELETE", graph, If_Match=f'W/"{site.snapshot.id}"'), 412)
    refused(site, lambda: site.update("INSERT DATA { <a:s> <a:p> 5 }", If_Match=seen), 412)
    tag = site.update("INSERT DATA { <a:s> <a:p> 5 }", If_Match=f'"{site.snapshot.id}"').headers["ETag"]
    assert site.write("DELETE", graph, If_Match=tag).status == 200


def test_a_change_waits_for_others_for_a_while_and_is_then_told_to_come_again(site: Site) -> None:
    with building(site.data):
        answer = refused(site, lambda: site.update("INSERT DATA { <a:busy> <a:p> 1 }"), 503)
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.told["limit"] == "queue"
    held = building(site.data)
    held.__enter__()
    threading.Timer(0.5, lambda: held.__exit__(None, None, None)).start()
    assert site.update("INSERT DATA { <a:busy> <a:p> 1 }").status == 200


def test_changes_at_the_same_time_are_all_made(fresh: Path) -> None:
    with running(fresh, writable=1, token=TOKEN, workers=2, update_wait=60) as address:
        site, answers = Site(address, fresh), []
        threads = [
            threading.Thread(target=lambda n=n: answers.append(site.update(f"INSERT DATA {{ <a:both> <a:p> {n} }}")))
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [answer.status for answer in answers] == [200] * 4
        assert site.ask("<a:both> <a:p> 0 , 1 , 2 , 3")
        assert len({answer.told["snapshot"] for answer in answers}) == 4


def test_readers_see_the_old_graph_or_the_new_and_never_a_mix(fresh: Path) -> None:
    query = urlencode({"query": "SELECT ?a ?b { <a:x> <a:a> ?a . <a:x> <a:b> ?b }"})
    seen: list[tuple[str, str]] = []
    over = threading.Event()
    with running(fresh, writable=1, token=TOKEN) as address:
        site = Site(address, fresh)

        def read() -> None:
            while not over.is_set():
                answer = site.send("GET", f"/sparql?{query}", Accept="text/csv")
                assert answer.status == 200, answer
                seen.extend(tuple(row.split(",")) for row in answer.body.decode().split()[1:])  # type: ignore[misc]

        assert site.update("INSERT DATA { <a:x> <a:a> 0 ; <a:b> 0 }").status == 200
        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        for number in range(1, 5):
            answer = site.update(
                f"DELETE {{ <a:x> ?p ?o }} INSERT {{ <a:x> ?p {number} }} WHERE {{ GRAPH graph:edits {{ <a:x> ?p ?o }} }}"
            )
            assert answer.status == 200, answer
            assert site.ask(f"<a:x> <a:a> {number} ; <a:b> {number}")  # in force before the answer
        over.set()
        for reader in readers:
            reader.join()
    assert len(set(seen)) > 1
    assert all(a == b for a, b in seen)
