"""Links over a snapshot with tables, its counts, and what a writable server says of changing it."""

from __future__ import annotations

import csv
import json
import shutil
import urllib.error
import urllib.request
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from benchmarks.imdb_generator import write_dump
from castgraph.build import build
from castgraph.cli import main
from castgraph.linking.kept import found_file
from castgraph.relink import relink
from castgraph.settings import Settings
from castgraph.snapshot import Digest, Snapshot, current, named_quads, verify
from castgraph.statistics import count_store
from castgraph.store import rows
from castgraph_server import answering, create_app
from tests.running import running

TOKEN = "a token of more than thirty-two characters"
TITLES = """SELECT ?id ?name ?year { ?t a <https://w3id.org/castgraph/film#Film> ; <https://w3id.org/castgraph/film#identifier> ?id ;
  <http://www.w3.org/2000/01/rdf-schema#label> ?name . OPTIONAL { ?t <https://w3id.org/castgraph/film#releaseYear> ?year } }
  ORDER BY ?id LIMIT 10"""


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("imdb")
    write_dump(folder, 500)
    return folder


@pytest.fixture(scope="module")
def built(dump: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the snapshot of a dump in IMDb's form; nothing may change it."""
    data = tmp_path_factory.mktemp("built")
    build([], data, tables=[dump])
    return data


@pytest.fixture(scope="module")
def movielens(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in MovieLens' form with the first ten films of the dump, numbered from 1."""
    folder = tmp_path_factory.mktemp("movielens")
    films = list(rows(at(built).open().query(TITLES)))
    assert len(films) == 10
    with (folder / "movies.csv").open("w", newline="") as movies, (folder / "links.csv").open("w", newline="") as links:
        named, linked = csv.writer(movies), csv.writer(links)
        named.writerow(["movieId", "title", "genres"])
        linked.writerow(["movieId", "imdbId", "tmdbId"])
        for number, film in enumerate(films, 1):
            year = f" ({film['year'].value})" if "year" in film else ""
            named.writerow([number, film["name"].value + year, "Drama"])
            linked.writerow([number, film["id"].value.removeprefix("tt"), 1000 + number])
    return folder


@pytest.fixture
def data(built: Path, tmp_path: Path) -> Path:
    """A copy of the data folder."""
    return Path(shutil.copytree(built, tmp_path / "data", symlinks=True))


def at(data: Path) -> Snapshot:
    snapshot = current(data)
    assert snapshot is not None
    return snapshot


def link(data: Path, movielens: Path) -> str:
    done = CliRunner().invoke(main, ["link", f"movielens={movielens}", "--data", str(data)])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_counts_of_a_build_are_those_of_its_store(built: Path) -> None:
    told = at(built).statistics()
    assert told == count_store(at(built).open())
    assert told is not None
    assert told.entities > 500


def test_links_are_found_kept_and_served(data: Path, movielens: Path) -> None:
    assert "MovieLens: 10 links" in link(data, movielens)
    app = create_app(Settings(data=data))
    client: FlaskClient = app.test_client()
    try:
        [linkset] = client.get("/links?format=json").get_json()
        assert (linkset["target"], linkset["links"]) == ("movielens", 10)
        to_thing = client.get("/lookup?movielens=1")
        assert to_thing.status_code == 303
        assert to_thing.headers["Location"].startswith("/id/title/tt")
        assert "movielens:1\t" in client.get("/links/movielens.tsv").text
        found = client.get("/search?q=movielens:1&format=json").get_json()["results"]
        assert found[0]["found_by"] == "the identifier"
        assert "MovieLens" in client.get(to_thing.headers["Location"].replace("/id/", "/page/")).text
    finally:
        answering.close(app)


def test_a_linked_snapshot_is_whole_and_goes_back_to_what_it_was(data: Path, movielens: Path) -> None:
    before = at(data)
    link(data, movielens)
    linked = at(data)
    assert linked.id != before.id
    verify(linked)
    summed = Digest()
    summed.add_quads(named_quads(linked.open().raw))
    assert summed.name() == linked.id
    assert linked.statistics() == count_store(linked.open())
    counted = linked.manifest["graphs"]
    held = rows(linked.open().query("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"))
    assert counted == {row["g"].value: int(row["n"].value) for row in held}
    found_file(data, "movielens").unlink()
    assert relink(data, lambda _: None).id == before.id
    assert at(data).statistics() == before.statistics()


def test_a_build_brings_the_links_in_again(data: Path, dump: Path, movielens: Path) -> None:
    link(data, movielens)
    linked = at(data).id
    snapshot, report = build([], data, tables=[dump])
    assert snapshot.id == report.snapshot == linked
    assert current(data) == snapshot
    assert any(snapshot.open().raw.quads_for_pattern(None, None, ox.NamedNode("https://movielens.org/movies/1"), None))


def test_a_link_of_what_no_table_speaks_of_is_told(data: Path, dump: Path, movielens: Path) -> None:
    link(data, movielens)
    file = found_file(data, "movielens")
    text = file.read_text()
    line = next(line for line in text.splitlines() if "https://movielens.org/movies/1\t" in line)
    other = line.replace(line.split("\t")[0], "https://w3id.org/castgraph/id/title/tt9999999")
    file.write_text(text.replace(line, other))
    _, report = build([], data, tables=[dump])
    assert any("tt9999999" in warning for warning in report.warnings)


def test_a_writable_server_says_how_a_catalogue_is_changed(data: Path) -> None:
    with running(data, writable=1, token=TOKEN) as address:
        request = urllib.request.Request(
            f"{address}/sparql",
            data=b"INSERT DATA { <http://example.org/a> <http://example.org/b> 1 }",
            headers={"Content-Type": "application/sparql-update", "Authorization": f"Bearer {TOKEN}"},
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)
        problem = json.load(refused.value)
    assert refused.value.code == 403
    assert "castgraph build again" in problem["detail"]
