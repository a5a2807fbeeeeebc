"""Targets behind a real SPARQL server on loopback, with data of the shape the true ones have; and one that falters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from castgraph.errors import EndpointError, UsageError
from castgraph.linking.endpoint import ask_patiently, endpoint_side
from castgraph.linking.entities import Entity, Side
from castgraph.linking.patience import Patience
from castgraph.linking.runs import run
from castgraph.linking.targets import find_target, ready_made
from castgraph.snapshot import Snapshot
from tests.conftest import SHARED
from tests.linking.serving import FAST, ROWS, faltering, serving, silent

TITLE = "https://w3id.org/castgraph/id/title/"
ENTITY = "http://www.wikidata.org/entity/"
WIKIDATA = """
wd:Q900000001 wdt:P31 wd:Q1259759 ; wdt:P345 "tt0824091" ; rdfs:label "Race to Mars"@en , "Mission Mars"@de ;
  wdt:P577 "2007-09-23T00:00:00Z"^^xsd:dateTime ; wdt:P57 wd:Q900000002 ; wdt:P161 wd:Q900000003 .
wd:Q900000002 rdfs:label "George Mihalka"@en . wd:Q900000003 rdfs:label "Michael Riley"@en .
wd:Q900000004 wdt:P31 wd:Q11424 ; wdt:P345 "tt0183523" ; rdfs:label "Mission to Mars"@en .
wd:Q900000005 wdt:P31 wd:Q11424 ; rdfs:label "Stranded"@en ; wdt:P577 "1987-11-20T00:00:00Z"^^xsd:dateTime .
wd:Q900000006 wdt:P31 wd:Q11424 ; rdfs:label "Stranded"@en ; wdt:P577 "2001-06-01T00:00:00Z"^^xsd:dateTime ;
  wdt:P57 wd:Q900000007 ; wdt:P161 wd:Q900000008 .
wd:Q900000007 rdfs:label "María Lidón"@en . wd:Q900000008 rdfs:label "Vincent Gallo"@en .
wd:Q900000009 wdt:P31 wd:Q5 ; wdt:P345 "nm0000209" ; rdfs:label "Tim Robbins"@en .
wd:Q900000010 wdt:P31 wd:Q3331189 ; rdfs:label "Before Mars"@en .
"""
DBPEDIA = """
dbr:Mission_to_Mars a dbo:Film ; rdfs:label "Mission to Mars"@en ; dbo:director dbr:Brian_De_Palma ;
  dbo:starring dbr:Gary_Sinise , dbr:Tim_Robbins , dbr:Don_Cheadle ; dbo:releaseDate "2000-03-10"^^xsd:date .
dbr:Carrie_x a dbo:Film ; rdfs:label "Invented Film"@en ; dbo:director dbr:Brian_De_Palma ; dbo:starring dbr:Nobody_Else .
dbr:Brian_De_Palma rdfs:label "Brian De Palma"@en .
dbr:Stranded_x a dbo:Film ; rdfs:label "Stranded"@en ; dbo:director dbr:Somebody_Else ; dbo:releaseDate "1987-11-20"^^xsd:date .
"""


def accepted(target: str, endpoint: str, snapshot: Snapshot) -> dict[str, str]:
    done = run(find_target(f"{target}={endpoint}"), snapshot.open(), (), FAST, silent)
    return {link.subject: link.object for link in done.linking.accepted}


def test_wikidata_by_imdb_number_first_and_by_name_else(tmp_path: Path, snapshot: Snapshot) -> None:
    with serving(tmp_path, WIKIDATA) as endpoint:
        links = accepted("wikidata", endpoint, snapshot)
    assert links[TITLE + "race-to-mars-2007"] == ENTITY + "Q900000001"
    assert links[TITLE + "race-to-mars-2007/similar-4"] == ENTITY + "Q900000004", (
        "a title without a name, by its number"
    )
    assert links[TITLE + "stranded-2001"] == ENTITY + "Q900000006", "by name, year, director and cast"
    assert links["https://w3id.org/castgraph/id/person/tim-robbins"] == ENTITY + "Q900000009"
    assert ENTITY + "Q900000005" not in links.values(), "a namesake of another year"
    assert ENTITY + "Q900000010" not in links.values(), "a book of the same name"


def test_dbpedia_finds_the_nameless_title_by_its_makers(tmp_path: Path, snapshot: Snapshot) -> None:
    with serving(tmp_path, DBPEDIA) as endpoint:
        links = accepted("dbpedia", endpoint, snapshot)
    assert links == {TITLE + "race-to-mars-2007/similar-4": "http://dbpedia.org/resource/Mission_to_Mars"}


@pytest.mark.parametrize("name", ["dbpedia", "linkedmdb"])
def test_true_data_are_found_by_title(tmp_path: Path, name: str) -> None:
    file = SHARED / "data" / "linking" / f"silk_{name}.nt"
    if not file.is_file():
        pytest.skip("../shared/data/linking is not here")
    titles = ("Platform", "When You Remember Me", "Tora! Tora! Tora!")
    ours = Side(
        "ours", tuple(Entity(f"https://x.example/{number}", names=(text,)) for number, text in enumerate(titles))
    )
    with serving(tmp_path, files=(file,)) as endpoint:
        target = find_target(f"{name}={endpoint}")
        side = endpoint_side(target, target.sides[0], ours, FAST, silent)
        paged = type(target)(**{**target.__dict__, "page": 3, "batch": 1})
        assert set(endpoint_side(paged, paged.sides[0], ours, FAST, silent)) == set(side), "by pages, in batches of one"
    found = {text for entity in side for text in entity.names}
    assert "Tora! Tora! Tora!" in found
    assert all(entity.directors for entity in side) or name == "linkedmdb"
    assert any(entity.years for entity in side)


def test_an_endpoint_is_asked_again_when_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    told: list[str] = []
    with faltering((429, {"Retry-After": "1"}, b"slow down"), (500, {}, b""), (503, {}, b""), ROWS) as (url, server):
        media_type, _ = ask_patiently(url, "SELECT * { ?s ?p ?o }", replace(FAST, tries=4), told.append)
    assert media_type == "application/sparql-results+json"
    assert len(server.asked) == 4
    assert "in 1 s" in told[0], "as Retry-After says"
    assert "castgraph/" in server.asked[0][0]["User-Agent"]
    assert "https://" in server.asked[0][0]["User-Agent"], "an agent that says where it comes from"


def test_an_endpoint_is_not_asked_for_ever() -> None:
    with faltering(*[(503, dict[str, str](), b"")] * 9) as (url, server), pytest.raises(EndpointError, match="503"):
        ask_patiently(url, "SELECT * { ?s ?p ?o }", FAST, silent)
    assert len(server.asked) == FAST.tries


@pytest.mark.parametrize("status", [403, 404])
def test_what_will_not_change_is_not_asked_again(status: int) -> None:
    with faltering((status, {}, b""), ROWS) as (url, server), pytest.raises(EndpointError):
        ask_patiently(url, "SELECT * { ?s ?p ?o }", FAST, silent)
    assert len(server.asked) == 1


def test_a_long_wait_is_told_and_not_sat_out() -> None:
    with faltering((503, {"Retry-After": "3600"}, b"")) as (url, _), pytest.raises(EndpointError, match="3600 s"):
        ask_patiently(url, "SELECT * { ?s ?p ?o }", FAST, silent)


def test_an_endpoint_nobody_serves_is_named(snapshot: Snapshot) -> None:
    with pytest.raises(EndpointError, match=r"127\.0\.0\.1:9"):
        run(find_target("wikidata=http://127.0.0.1:9/sparql"), snapshot.open(), (), Patience(tries=1), silent)


def test_each_ready_made_target_says_what_it_is() -> None:
    targets = ready_made()
    assert {"wikidata", "dbpedia", "linkedmdb", "movielens", "wikipedia-films"} <= set(targets)
    for target in targets.values():
        assert target.title
        assert target.homepage
        assert target.patterns
        for side in target.sides:
            assert bool(side.queries) == bool(target.endpoint)


def test_a_target_nobody_knows_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"dbpedia.*wikidata"):
        find_target("nowhere")
