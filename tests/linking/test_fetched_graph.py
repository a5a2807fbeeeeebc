"""``castgraph link --fetch``: what another data set says comes in as its claim, with whose it is, and stays."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from castgraph.build import build
from castgraph.errors import QueryRefusedError
from castgraph.linking.claims import claims_file, read_claims
from tests.linking.elsewhere import DBPEDIA, DOCUMENTARY, MOVIES, NAMELESS, RACE_ITEM, TITLE, WIKIDATA, WIKIDATA_GRAPH
from tests.linking.running import asked, performances, run, said, snapshot_of
from tests.linking.serving import serving


@pytest.fixture(scope="module")
def linked(bundled_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with what a stand-in for Wikidata says. Tests read it and leave it as it is."""
    folder = tmp_path_factory.mktemp("linked")
    shutil.copytree(bundled_data, folder / "data", symlinks=True)
    with serving(folder, WIKIDATA) as endpoint:
        run("link", f"wikidata={endpoint}", "--fetch", "--data", folder / "data")
    return folder / "data"


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


def test_a_nameless_title_has_a_name_only_from_the_other_side(linked: Path) -> None:
    named = said(linked, f"SELECT ?g ?name {{ GRAPH ?g {{ <{NAMELESS}> rdfs:label ?name }} }}")
    assert named == [{"g": WIKIDATA_GRAPH, "name": "Mission to Mars"}]
    assert said(linked, f"SELECT ?name {{ <{NAMELESS}> skos:prefLabel ?name }}") == [{"name": "Mission to Mars"}]
    cast = {one["who"] for one in performances(linked, NAMELESS) if one["g"] == WIKIDATA_GRAPH}
    assert cast == {"https://w3id.org/castgraph/id/person/tim-robbins"}, (
        "by the link of the person, whatever the spelling"
    )
    similar = asked(linked, "What is similar to Race to Mars?")
    [answer] = [one for one in similar["answers"] if one["iri"] == NAMELESS]
    assert (answer["label"], answer["basis"]) == ("Mission to Mars", "linked")
    assert {one["source"] for one in answer["sources"]} == {"IMDb", "Wikidata"}
    assert "so called by Wikidata http://www.wikidata.org/entity/Q900000004" in answer["note"]
    directed = asked(linked, "Who directed Mission to Mars?")
    assert [one["label"] for one in directed["answers"]] == ["Brian De Palma"]
    assert {one["source"] for one in directed["answers"][0]["sources"]} == {"IMDb", "Wikidata"}
    assert directed["answers"][0]["basis"] == "asserted", "IMDb says so too"


def test_what_our_sources_say_too_does_not_hang_on_the_other_side(linked: Path) -> None:
    stars = {one["label"]: one for one in asked(linked, "Who stars in Mission to Mars?")["answers"]}
    assert stars["Tim Robbins"]["basis"] == "asserted"
    assert {one["source"] for one in stars["Tim Robbins"]["sources"]} == {"IMDb", "Wikidata"}


def test_the_graph_says_whose_it_is_and_how_it_came(linked: Path) -> None:
    [told] = said(
        linked,
        f"""SELECT * {{ <{WIKIDATA_GRAPH}> a film:SourceGraph ; dcterms:publisher ?publisher ; dcterms:license ?licence ;
              film:sourceKind "linked" ; prov:generatedAtTime ?made ; prov:wasGeneratedBy [ prov:used ?used ] }}""",
    )
    assert told["publisher"] == "Wikidata"
    assert told["used"] == read_claims(claims_file(linked, "wikidata")).origin
    assert told["licence"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert told["made"] == read_claims(claims_file(linked, "wikidata")).retrieved
    without = said(
        linked,
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


def test_people_cannot_write_into_what_others_say(tmp_path: Path, folder: Path) -> None:
    from castgraph.draft import Draft

    draft = Draft.copy(snapshot_of(folder).open().raw, tmp_path / "draft", snapshot_of(folder).iris)
    with pytest.raises(QueryRefusedError):
        draft.add(
            [ox.Quad(ox.NamedNode(NAMELESS), ox.NamedNode("http://x/p"), ox.Literal("x"), ox.NamedNode(WIKIDATA_GRAPH))]
        )
