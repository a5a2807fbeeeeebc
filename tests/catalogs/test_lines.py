"""What a table says leads to the line that says it, in proofs and on pages, though no statement of a table is described."""

from __future__ import annotations

import pytest

from castgraph.build import build
from castgraph.iris import DEFAULT_BASE, FILM, RDF, RDFS
from castgraph.proof import Prover
from castgraph.snapshot import Snapshot
from castgraph_server.current import Served
from castgraph_server.entity import read_entity

CAST = (
    "jw_person_id\tname\tcharacter\tjw_title_id\ttitle\tyear\ttype\timdb_id\n"
    "11\tAda Able\tRick\ttm1\tOne\t1999\tMOVIE\ttt0000001\n"
    "12\tBo Best\tMaya\ttm1\tOne\t1999\tMOVIE\ttt0000001\n"
    "12\tBo Best\tGuard\ttm2\tTwo\t2001\tMOVIE\t\n"
    "12\tBo B. Best\tPilot\ttm3\tThree\t2003\tMOVIE\t\n"
    "12\tBo Best\tCook\ttm3\tThree\t2004\tMOVIE\t\n"
)
TITLES = (
    "id\ttitle\ttype\trelease_year\truntime\tgenres\tproduction_countries\tseasons\timdb_id\timdb_score\timdb_votes\n"
    "tm1\tOne\tMOVIE\t1999\t90\t['drama']\t['CA']\t\ttt0000001\t7.5\t1200\n"
    "tm2\tTwo\tMOVIE\t2001\t80\t['war', 'drama']\t['FR']\t\t\t\t\n"
    "tm2\tTwo\tMOVIE\t2001\t80\t['war', 'drama']\t['FR']\t\t\t\t\n"
    "tm3\tThree\tMOVIE\t2003\t\t[]\t[]\t\t\t\t\n"
)
TERMS = {"": FILM, "rdf": RDF, "rdfs": RDFS}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("tables")
    (folder / "cast.tsv").write_text(CAST)
    (folder / "titles.tsv").write_text(TITLES)
    return build([], folder / "data", tables=[folder])[0]


def term(told: str) -> str:
    if told.startswith('"'):
        return told
    if told.startswith("id/"):
        return f"<{DEFAULT_BASE}{told}>"
    prefix, _, name = told.rpartition(":")
    return f"<{TERMS[prefix]}{name}>"


INTEGER = '"{}"^^<http://www.w3.org/2001/XMLSchema#integer>'
STATED = {
    # a credit's own line
    ("id/title/tt0000001", "hasPerformance", "id/performance/tt0000001/cast/justwatch-11-rick"): {"cast": [2]},
    ("id/performance/tt0000001/cast/justwatch-11-rick", "performer", "id/person/justwatch-11"): {"cast": [2]},
    # names, by the credits that print them
    ("id/person/justwatch-12", "rdfs:label", '"Bo Best"'): {"cast": [3]},
    ("id/person/justwatch-12", "rdfs:label", '"Bo B. Best"'): {"cast": [5]},
    ("id/character/tt0000001/maya", "rdfs:label", '"Maya"'): {"cast": [3]},
    # what each row of a cast list repeats of its title, and the title's own rows, though one is there twice
    ("id/title/tt0000001", "releaseYear", INTEGER.format(1999)): {"cast": [2], "titles": [2]},
    ("id/title/justwatch-tm2", "rdf:type", "Film"): {"cast": [4], "titles": [3, 4]},
    ("id/title/justwatch-tm2", "genre", "id/genre/war"): {"titles": [3, 4]},
    ("id/genre/war", "rdfs:label", '"War"'): {"titles": [3]},
    ("id/rating/tt0000001/titles", "ratingCount", INTEGER.format(1200)): {"titles": [2]},
    # rows that differ do not say which of them it was
    ("id/title/justwatch-tm3", "releaseYear", INTEGER.format(2004)): {"cast": [None]},
}


@pytest.mark.parametrize("triple", STATED, ids=" ".join)
def test_a_stated_triple_leads_to_its_lines(built: Snapshot, triple: tuple[str, str, str]) -> None:
    subject, predicate, object_ = map(term, triple)
    step = Prover.of(built).prove((subject, predicate, object_))
    assert step is not None
    assert step.asserted
    found: dict[str, list[int | None]] = {}
    for place in step.places:
        found.setdefault(place.graph.rsplit("/", 1)[-1], []).append(place.line)
    assert found == STATED[triple]


def test_the_proof_of_an_inferred_triple_ends_in_lines(built: Snapshot) -> None:
    who, whom = term("id/person/justwatch-11"), term("id/character/tt0000001/rick")
    step = Prover.of(built).prove((who, term("played"), whom))
    assert step is not None
    assert not step.asserted
    told = {place.line for one in step.steps() for place in one.places if "/justwatch-cast/" in place.graph}
    assert told == {2}


def test_the_page_of_a_title_tells_the_lines_of_its_facts(built: Snapshot) -> None:
    entity = read_entity(Served(built), f"{DEFAULT_BASE}id/title/justwatch-tm2")
    assert entity is not None
    said = {
        (str(group.property.iri).removeprefix(FILM), one.graph.rsplit("/", 1)[-1]): one.lines
        for group in entity.facts
        for fact in group.facts
        for one in fact.said
    }
    assert said["runningTimeMinutes", "titles"] == (3, 4)
    assert said["releaseYear", "cast"] == (4,)
    assert said["hasPerformance", "cast"] == (4,)
