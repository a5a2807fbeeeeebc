"""``castgraph link --fetch``: what another data set says comes in as its claim, with whose it is, and stays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from castgraph.build import build
from castgraph.cli import main
from castgraph.errors import EndpointError, SourceError
from castgraph.linking.claims import FIELDS, Claim, claims_file, read_claims
from castgraph.linking.fetch import Bounds, fetch
from castgraph.linking.patience import Patience
from castgraph.linking.targets import find_target, read_target, ready_made
from castgraph.snapshot import Snapshot, current
from castgraph.store import rows
from tests.conftest import SHARED
from tests.linking.serving import FAST, faltering, serving, silent

TITLE = "https://w3id.org/castgraph/id/title/"
NAMELESS, DOCUMENTARY = TITLE + "race-to-mars-2007/similar-4", TITLE + "race-to-mars-2007/similar-6"
WIKIDATA_GRAPH = "https://w3id.org/castgraph/graph/linked/wikidata"
RACE_ITEM = "http://www.wikidata.org/entity/Q900000001"
WIKIDATA = """
wd:Q900000001 wdt:P31 wd:Q1259759 ; wdt:P345 "tt0824091" ; rdfs:label "Race to Mars"@en , "Le Défi de Mars"@fr , "レース"@ja ;
  wdt:P577 "2007-09-23T00:00:00Z"^^xsd:dateTime , "2008-01-05T00:00:00Z"^^xsd:dateTime ; wdt:P57 wd:Q900000002 ;
  wdt:P161 wd:Q900000003 , wd:Q900000011 , wd:Q900000012 ;
  p:P161 [ ps:P161 wd:Q900000003 ; pq:P453 wd:Q900000020 ; wikibase:rank wikibase:NormalRank ] ,
         [ ps:P161 wd:Q900000011 ; pq:P4633 "Hiromi Okuda" ; wikibase:rank wikibase:NormalRank ] ,
         [ ps:P161 wd:Q900000012 ; wikibase:rank wikibase:NormalRank ] ,
         [ ps:P161 wd:Q900000013 ; pq:P4633 "Lynn Erwin" ; wikibase:rank wikibase:DeprecatedRank ] ;
  p:P725 [ ps:P725 wd:Q900000014 ; pq:P4633 "Ship's Computer" ; wikibase:rank wikibase:NormalRank ] .
wd:Q900000002 rdfs:label "George Mihalka"@en . wd:Q900000003 rdfs:label "Michael Riley"@en , "Michael Riley"@fr .
wd:Q900000011 rdfs:label "Test Performer One"@en . wd:Q900000012 rdfs:label "Test Performer Two"@en .
wd:Q900000013 rdfs:label "Test Performer Three"@en . wd:Q900000014 rdfs:label "Test Performer Four"@en .
wd:Q900000020 rdfs:label "Rick Erwin"@en .
wd:Q900000004 wdt:P31 wd:Q11424 ; wdt:P345 "tt0183523" ; rdfs:label "Mission to Mars"@en ; wdt:P57 wd:Q900000030 ;
  p:P161 [ ps:P161 wd:Q900000009 ; wikibase:rank wikibase:NormalRank ] .
wd:Q900000009 wdt:P31 wd:Q5 ; wdt:P345 "nm0000209" ; rdfs:label "Timothy Robbins"@en .
wd:Q900000030 rdfs:label "Brian De Palma"@en .
"""
DBPEDIA = """
dbr:Mission_to_Mars a dbo:Film ; rdfs:label "Mission to Mars"@en ; foaf:name "Mission to Mars"@en ; dbo:director dbr:Brian_De_Palma ;
  dbo:starring dbr:Gary_Sinise , dbr:Tim_Robbins , dbr:Don_Cheadle , dbr:Test_Performer ; dbo:releaseDate "2000-03-10"^^xsd:date .
dbr:Brian_De_Palma rdfs:label "Brian De Palma"@en .
"""
MOVIES = """movieId,title,genres
3354,Mission to Mars (2000),Sci-Fi
70828,Space Odyssey: Voyage to the Planets (Voyage to the Planets and Beyond) (2004),(no genres listed)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build([], tmp_path / "data")
    return tmp_path / "data"


def run(*arguments: object) -> Result:
    done = CliRunner().invoke(main, list(map(str, arguments)))
    assert done.exit_code == 0, done.stderr
    return done


def snapshot_of(folder: Path) -> Snapshot:
    found = current(folder)
    assert found is not None
    return found


def asked(folder: Path, question: str) -> Any:
    done = CliRunner().invoke(main, ["ask", question, "--data", str(folder), "--json"])
    return json.loads(done.stdout)


def said(folder: Path, query: str) -> list[dict[str, str]]:
    prefixes = "PREFIX film: <https://w3id.org/castgraph/film#> PREFIX prov: <http://www.w3.org/ns/prov#> "
    prefixes += "PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "
    prefixes += (
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
    )
    found = rows(snapshot_of(folder).open().query(prefixes + query))
    return [{name: term.value for name, term in row.items()} for row in found]


def performances(folder: Path, work: str) -> list[dict[str, str]]:
    return said(
        folder,
        f"SELECT * {{ GRAPH ?g {{ <{work}> film:hasPerformance ?p . ?p film:performer ?who . OPTIONAL {{ ?p film:character ?whom }} }} }}",
    )


def test_a_performer_of_a_nameless_role_comes_in_as_wikidatas_claim(tmp_path: Path, folder: Path) -> None:
    before = performances(folder, TITLE + "race-to-mars-2007")
    assert asked(folder, "Who played Hiromi Okuda?")["status"] == "unknown"
    with serving(tmp_path, WIKIDATA) as endpoint:
        run("link", f"wikidata={endpoint}", "--fetch", "--data", folder)
    told = asked(folder, "Who played Hiromi Okuda?")
    assert told["status"] == "answered"
    [answer] = told["answers"]
    assert (answer["label"], answer["basis"]) == ("Test Performer One", "linked")
    assert answer["sources"] == [{"source": "Wikidata", "graph": WIKIDATA_GRAPH, "line": None, "record": RACE_ITEM}]
    after = performances(folder, TITLE + "race-to-mars-2007")
    assert [one for one in after if one["g"] != WIKIDATA_GRAPH] == before, "what others say is as it was"
    own = {
        (one["who"].rpartition("/")[2], one.get("whom", "").rpartition("/")[2]) for one in after if one not in before
    }
    assert own == {
        ("michael-riley", "rick-erwin"), ("Q900000011", "hiromi-okuda"), ("Q900000012", ""), ("Q900000014", "ships-computer"),
    }  # fmt: skip
    explained = run(
        "explain", "id/character/race-to-mars-2007/hiromi-okuda", "film:playedBy", "<http://www.wikidata.org/entity/Q900000011>",
        "--data", folder,
    ).stdout  # fmt: skip
    assert f"Wikidata, {RACE_ITEM}" in explained
    assert run("check", "--data", folder)


def test_a_nameless_title_has_a_name_only_from_the_other_side(tmp_path: Path, folder: Path) -> None:
    with serving(tmp_path, WIKIDATA) as endpoint:
        run("link", f"wikidata={endpoint}", "--fetch", "--data", folder)
    named = said(folder, f"SELECT ?g ?name {{ GRAPH ?g {{ <{NAMELESS}> rdfs:label ?name }} }}")
    assert named == [{"g": WIKIDATA_GRAPH, "name": "Mission to Mars"}]
    assert said(folder, f"SELECT ?name {{ <{NAMELESS}> skos:prefLabel ?name }}") == [{"name": "Mission to Mars"}]
    cast = {one["who"] for one in performances(folder, NAMELESS) if one["g"] == WIKIDATA_GRAPH}
    assert cast == {"https://w3id.org/castgraph/id/person/tim-robbins"}, (
        "by the link of the person, whatever the spelling"
    )
    similar = asked(folder, "What is similar to Race to Mars?")
    [answer] = [one for one in similar["answers"] if one["iri"] == NAMELESS]
    assert (answer["label"], answer["basis"]) == ("Mission to Mars", "linked")
    assert {one["source"] for one in answer["sources"]} == {"IMDb", "Wikidata"}
    assert "so called by Wikidata http://www.wikidata.org/entity/Q900000004" in answer["note"]
    directed = asked(folder, "Who directed Mission to Mars?")
    assert [one["label"] for one in directed["answers"]] == ["Brian De Palma"]
    assert {one["source"] for one in directed["answers"][0]["sources"]} == {"IMDb", "Wikidata"}
    assert directed["answers"][0]["basis"] == "asserted", "IMDb says so too"


def test_what_our_sources_say_too_does_not_hang_on_the_other_side(tmp_path: Path, folder: Path) -> None:
    with serving(tmp_path, WIKIDATA) as endpoint:
        run("link", f"wikidata={endpoint}", "--fetch", "--data", folder)
    stars = {one["label"]: one for one in asked(folder, "Who stars in Mission to Mars?")["answers"]}
    assert stars["Tim Robbins"]["basis"] == "asserted"
    assert {one["source"] for one in stars["Tim Robbins"]["sources"]} == {"IMDb", "Wikidata"}


def test_the_graph_says_whose_it_is_and_how_it_came(tmp_path: Path, folder: Path) -> None:
    with serving(tmp_path, WIKIDATA) as endpoint:
        run("link", f"wikidata={endpoint}", "--fetch", "--data", folder)
        [told] = said(
            folder,
            f"""SELECT * {{ <{WIKIDATA_GRAPH}> a film:SourceGraph ; dcterms:publisher ?publisher ; dcterms:license ?licence ;
              film:sourceKind "linked" ; prov:generatedAtTime ?made ; prov:wasGeneratedBy [ prov:used ?used ] }}""",
        )
        assert (told["publisher"], told["used"]) == ("Wikidata", endpoint)
    assert told["licence"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert told["made"] == read_claims(claims_file(folder, "wikidata")).retrieved
    without = said(
        folder,
        f"""SELECT * {{ GRAPH <{WIKIDATA_GRAPH}> {{ ?s ?p ?o }}
          FILTER NOT EXISTS {{ ?statement rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; prov:wasDerivedFrom ?record }} }}""",
    )
    assert without == [], "every claim names its record"


def test_what_was_fetched_outlives_a_build_and_goes_with_its_link(tmp_path: Path, folder: Path) -> None:
    with serving(tmp_path, WIKIDATA) as endpoint:
        run("link", f"wikidata={endpoint}", "--fetch", "--data", folder)
        linked = snapshot_of(folder).id
        run("link", f"wikidata={endpoint}", "--data", folder)
        assert snapshot_of(folder).id == linked, "linked again, by evidence that is not what came along the links"
    build([], folder)
    assert snapshot_of(folder).id == linked, "a build reads the same files"
    (folder / "links" / "wikidata.sssom.tsv").unlink()
    build([], folder)
    assert said(folder, f"SELECT * {{ GRAPH <{WIKIDATA_GRAPH}> {{ ?s ?p ?o }} }}") == [], (
        "no link holds, so nothing came"
    )
    assert asked(folder, "Who played Hiromi Okuda?")["status"] == "unknown"


def test_what_was_fetched_goes_without_a_trace_from_a_snapshot_that_is_linked_anew(
    tmp_path: Path, folder: Path
) -> None:
    before = snapshot_of(folder).id
    with serving(tmp_path, DBPEDIA) as endpoint:
        run("link", f"dbpedia={endpoint}", "--fetch", "--data", folder)
        assert snapshot_of(folder).id != before
    for file in (folder / "links").iterdir():
        file.unlink()
    (tmp_path / "empty.csv").write_text("id,title\n1,Nothing of ours\n")
    run("link", "--data", folder, _target(tmp_path, "empty.csv"))
    assert snapshot_of(folder).id == before


def _target(folder: Path, table: str) -> Path:
    file = folder / "mine.yaml"
    file.write_text(
        f"title: Mine\nfiles: [{table}]\nsides: [{{description: {{kind: title, prefix: 'https://mine.example/'}}}}]\n"
    )
    return file


def test_dbpedia_names_the_nameless_film_and_its_cast(tmp_path: Path, folder: Path) -> None:
    with serving(tmp_path, DBPEDIA) as endpoint:
        done = run("link", f"dbpedia={endpoint}", "--fetch", "--data", folder)
    assert "+ http://dbpedia.org/resource/Mission_to_Mars  name  Mission to Mars\n" in done.stdout
    assert "licence https://creativecommons.org/licenses/by-sa/3.0/" in done.stdout
    who = {one["who"].rpartition("/")[2] for one in performances(folder, NAMELESS) if "dbpedia" in one["g"]}
    assert who == {"gary-sinise", "tim-robbins", "don-cheadle", "Test_Performer"}
    stars = asked(folder, "Who stars in Mission to Mars?")
    basis = {one["label"]: one["basis"] for one in stars["answers"]}
    assert basis["Test Performer"] == "linked"


def test_a_table_names_both_nameless_films_by_its_rows(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "movies.csv").write_text(MOVIES)
    run("link", f"movielens={tmp_path / 'movies.csv'}", "--fetch", "--data", folder)
    named = said(
        folder, f"SELECT ?s ?name {{ ?s rdfs:label ?name VALUES ?s {{ <{NAMELESS}> <{DOCUMENTARY}> }} }} ORDER BY ?s"
    )
    assert [one["name"] for one in named] == [
        "Mission to Mars",
        "Space Odyssey: Voyage to the Planets (Voyage to the Planets and Beyond)",
    ]
    [answer] = [one for one in asked(folder, "What is similar to Race to Mars?")["answers"] if one["iri"] == NAMELESS]
    assert {"source": "MovieLens", "graph": "https://w3id.org/castgraph/graph/linked/movielens", "line": 2,
            "record": "https://movielens.org/movies/3354"} in answer["sources"]  # fmt: skip
    [file] = said(folder, "SELECT ?name { ?g film:sourceKind 'linked' ; prov:wasDerivedFrom/film:fileName ?name }")
    assert file["name"] == "movies.csv"


def test_a_dry_run_shows_what_would_come_and_writes_nothing(tmp_path: Path, folder: Path) -> None:
    before = snapshot_of(folder).id
    with serving(tmp_path, WIKIDATA) as endpoint:
        done = run("link", f"wikidata={endpoint}", "--fetch", "--dry-run", "--json", "--data", folder)
    told: Mapping[str, Any] = json.loads(done.stdout)["fetched"]
    [race] = [one for one in told["records"] if one["iri"] == RACE_ITEM]
    assert {"field": "name", "value": "Race to Mars"} in race["claims"]
    assert {"field": "alternative", "value": "Le Défi de Mars"} in race["claims"]
    assert [one["value"] for one in race["claims"] if one["field"] == "year"] == ["2007"], "the first of several"
    assert "Test Performer Three" not in done.stdout, "what Wikidata itself calls wrong is left there"
    assert not (folder / "links").exists()
    assert snapshot_of(folder).id == before


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
    from castgraph.linking.claims import Claims, Record
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


def test_people_cannot_write_into_what_others_say(tmp_path: Path, folder: Path) -> None:
    from castgraph.draft import Draft
    from castgraph.errors import QueryRefusedError

    draft = Draft.copy(snapshot_of(folder).open().raw, tmp_path / "draft", snapshot_of(folder).iris)
    with pytest.raises(QueryRefusedError):
        draft.add(
            [ox.Quad(ox.NamedNode(NAMELESS), ox.NamedNode("http://x/p"), ox.Literal("x"), ox.NamedNode(WIKIDATA_GRAPH))]
        )
