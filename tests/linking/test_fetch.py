"""Claims: what is fetched from targets of every kind, within bounds, and kept in files."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from castgraph.build import build
from castgraph.cli import main
from castgraph.errors import EndpointError, SourceError
from castgraph.linking.claims import FIELDS, Claim, Claims, Record, claims_file, read_claims
from castgraph.linking.fetch import Bounds, fetch
from castgraph.linking.patience import Patience
from castgraph.linking.targets import find_target, read_target, ready_made
from tests.conftest import SHARED
from tests.linking.elsewhere import NAMELESS, RACE_ITEM, WIKIDATA
from tests.linking.running import run, snapshot_of
from tests.linking.serving import FAST, faltering, serving, silent


def test_no_more_is_taken_than_the_bounds_allow(tmp_path: Path) -> None:
    with serving(tmp_path, WIKIDATA) as endpoint:
        target = find_target(f"wikidata={endpoint}")
        whole = fetch(target, [RACE_ITEM], {}, FAST, silent)
        assert Claim(
            "performer", "Test Performer One", "http://www.wikidata.org/entity/Q900000011", "Hiromi Okuda"
        ) in (whole.records[0].claims)
        for bounds in (Bounds(rows=3), Bounds(size=100), Bounds(seconds=0)):
            with pytest.raises(EndpointError, match=r"more than 3 facts|more than 100 bytes|more than 0 s"):
                fetch(target, [RACE_ITEM], {}, FAST, silent, bounds)
        paged = type(target)(**{**target.__dict__, "page": 4})
        assert set(fetch(paged, [RACE_ITEM], {}, FAST, silent).records[0].claims) == set(whole.records[0].claims)


LINKEDMDB = """
<http://data.linkedmdb.org/resource/film/1> dcterms:title "Mission to Mars" ; movie:initial_release_date "2000-03-10" ;
  movie:director <http://data.linkedmdb.org/resource/director/2> ; movie:actor <http://data.linkedmdb.org/resource/actor/3> ;
  movie:performance <http://data.linkedmdb.org/resource/performance/4> , <http://data.linkedmdb.org/resource/performance/5> .
<http://data.linkedmdb.org/resource/director/2> movie:director_name "Brian De Palma" .
<http://data.linkedmdb.org/resource/actor/3> movie:actor_name "Tim Robbins" .
<http://data.linkedmdb.org/resource/performance/4> movie:performance_actor "Tim Robbins" ;
  movie:performance_character "A Test Commander" .
<http://data.linkedmdb.org/resource/performance/5> movie:performance_actor "Test Performer" ; movie:performance_character " " .
"""


def test_linkedmdbs_performances_tell_roles_by_name(tmp_path: Path) -> None:
    with serving(tmp_path, LINKEDMDB) as endpoint:
        target = find_target(f"linkedmdb={endpoint}")
        [record] = fetch(target, ["http://data.linkedmdb.org/resource/film/1"], {}, FAST, silent).records
    assert set(record.claims) == {
        Claim("name", "Mission to Mars"),
        Claim("year", "2000"),
        Claim("director", "Brian De Palma", "http://data.linkedmdb.org/resource/director/2"),
        Claim("performer", "Tim Robbins", "http://data.linkedmdb.org/resource/actor/3", "A Test Commander"),
        Claim("performer", "Test Performer"),
    }


ODD = """
dbr:Mission_to_Mars a dbo:Film ; rdfs:label "(film)"@en , "  "@en ; dbo:starring <urn:x:Nobody> , [ rdfs:label "Blank" ] , "A Name" .
"""


def test_what_cannot_be_written_as_a_claim_is_left_there(tmp_path: Path, folder: Path) -> None:
    with serving(tmp_path, ODD) as endpoint:
        run("link", f"dbpedia={endpoint}", "--fetch", "--data", folder)
    [record] = read_claims(claims_file(folder, "dbpedia")).records
    assert record.claims == (Claim("name", "(film)"), Claim("performer", "A Name"))
    build([], folder)


@pytest.mark.parametrize("name", [name for name, target in ready_made().items() if target.endpoint])
def test_each_ready_made_endpoint_is_asked_for_what_can_be_said(name: str) -> None:
    claims = ready_made()[name].claims
    assert claims is not None
    found = ox.Store().query(claims.replace("$others ", "<http://x.example/1> "))
    assert isinstance(found, ox.QuerySolutions)
    variables = {variable.value for variable in found.variables}
    assert "id" in variables
    assert variables <= {"id", "date", "role", *FIELDS, *(field + "Name" for field in FIELDS)}


def test_a_query_for_claims_says_of_what(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("title: Mine\nendpoint: https://x.example/\nclaims: SELECT ?id ?name WHERE { ?id ?p ?name }\n")
    with pytest.raises(SourceError, match="nothing in particular"):
        read_target(file)


def test_two_records_of_one_title_do_not_share_performances(folder: Path) -> None:
    from castgraph.linking.claimed import claimed_quads
    from castgraph.linking.linksets import linksets
    from castgraph.linking.sssom import MANUAL, Mapped, MappingSet

    snapshot = snapshot_of(folder)
    others = ("https://a.example/1", "https://a.example/2")
    rows_ = tuple(Mapped(NAMELESS, "http://www.w3.org/2002/07/owl#sameAs", other, MANUAL) for other in others)
    sets = linksets([MappingSet(rows_, path=Path("mine.sssom.tsv"))], snapshot.iris)
    told = tuple(Record(iri, (Claim("performer", name, role="Pilot"),)) for iri, name in zip(others, "AB", strict=True))
    claims = Claims("mine", "Mine", "x.csv", "2026-11-21T00:00:00Z", told)
    raw = snapshot.open().raw
    said_ = [quad for quad in raw.quads_for_pattern(None, None, None, None) if "/graph/imdb" in str(quad.graph_name)]
    quads, _ = claimed_quads([claims], sets, snapshot.iris, said_)
    performed = [quad.object for quad in quads if quad.predicate.value.endswith("#hasPerformance")]
    assert len(set(performed)) == 2


def test_true_data_of_dbpedia_make_claims(tmp_path: Path) -> None:
    file = SHARED / "data" / "linking" / "silk_dbpedia.nt"
    if not file.is_file():
        pytest.skip("../shared/data/linking is not here")
    iri = "http://dbpedia.org/resource/Tora%21_Tora%21_Tora%21"
    with serving(tmp_path, files=(file,)) as endpoint:
        [record] = fetch(find_target(f"dbpedia={endpoint}"), [iri], {}, FAST, silent).records
    told = {(claim.field, claim.value) for claim in record.claims}
    assert {("name", "Tora! Tora! Tora!"), ("year", "1970"), ("director", "Richard Fleischer")} <= told
    assert {claim.iri for claim in record.claims if claim.field == "director"} >= {
        "http://dbpedia.org/resource/Richard_Fleischer"
    }


def test_an_answer_that_is_no_answer_brings_nothing(folder: Path) -> None:
    with faltering((200, {"Content-Type": "text/html"}, b"<p>busy</p>")) as (url, _), pytest.raises(EndpointError):
        fetch(find_target(f"wikidata={url}"), [RACE_ITEM], {}, Patience(tries=1), silent)


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"title": "x"}', '{"title": "x", "origin": "y", "retrieved": "z", "records": [{"iri": "no iri"}]}'],
)
def test_a_file_that_holds_no_claims_is_named(folder: Path, text: str) -> None:
    file = claims_file(folder, "wikidata")
    file.parent.mkdir()
    file.write_text(text)
    done = CliRunner().invoke(main, ["build", "--out", str(folder)])
    assert done.exit_code == 1
    assert "wikidata.claims.json" in done.stderr
