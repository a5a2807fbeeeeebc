"""What a page or a description costs does not grow with the graph, and nothing is left out in silence."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from castgraph import statistics
from castgraph.settings import Settings
from castgraph.snapshot import current
from castgraph.store import rows
from castgraph_server import answering, create_app
from castgraph_server.entity import SCANNED
from tests.running import running
from tests.server.conftest import FACTS, IRIS, Build

MANY = 2 * SCANNED + 1


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, build: Build) -> Path:
    """A snapshot with a genre of so many films, and a film of so many genres."""
    folder = tmp_path_factory.mktemp("large")
    films = "\n".join(f"<id/title/f{n}> film:genre <id/genre/drama> ." for n in range(MANY))
    genres = "\n".join(f"<id/title/all> film:genre <id/genre/g{n}> ." for n in range(MANY))
    last = '<id/genre/drama> rdfs:label "Drama" . <id/title/all> rdfs:label "All of it" .'
    build(folder, "large", f"{FACTS}\n<graph/many> {{\n{films}\n{genres}\n{last}\n}}")
    return folder


@pytest.fixture(scope="module")
def address(large: Path) -> Iterator[str]:
    with running(large) as served:
        yield served


@pytest.mark.parametrize(("path", "name"), [("genre/drama", "Drama"), ("title/all", "All of it")])
def test_the_page_of_a_thing_with_very_much_to_say_is_cut_and_says_so(address: str, path: str, name: str) -> None:
    with urllib.request.urlopen(f"{address}/page/{path}", timeout=30) as answer:
        page = answer.read().decode()
    assert f"<h1>{name}</h1>" in page
    assert "Only the first statements are listed" in page


@pytest.mark.parametrize("path", ["genre/drama", "title/all"])
def test_its_data_are_whole_all_the_same(address: str, path: str) -> None:
    with urllib.request.urlopen(f"{address}/data/{path}.nt", timeout=30) as answer:
        assert "/sparql?" in answer.url
        triples = {quad.triple for quad in ox.parse(answer.read(), format=ox.RdfFormat.N_TRIPLES)}
    assert len(triples) == MANY + 1


def test_questions_are_answered_under_the_limits_of_queries(data: Path) -> None:
    app = create_app(Settings(data=data, max_rows=1))
    answer = app.test_client().get("/ask?q=Who+played+Ada+Stone%3F", headers={"Accept": "application/json"})
    answering.close(app)
    assert (answer.status_code, answer.get_json()["limit"]) == (503, "rows")


def test_the_description_of_a_built_data_set_asks_no_query(bundled_data: Path) -> None:
    with (
        running(bundled_data, timeout=0.001) as served,
        urllib.request.urlopen(f"{served}/.well-known/void?format=nt", timeout=30) as answer,
    ):
        told = answer.read().decode()
    snapshot = current(bundled_data)
    assert snapshot is not None
    store = snapshot.open()
    counts = statistics.count(lambda query: rows(store.query(query)))
    assert json.loads((snapshot.path / statistics.FILE).read_text()) == json.loads(json.dumps(vars(counts)))
    assert f'<http://rdfs.org/ns/void#triples> "{counts.triples}"' in told
    assert counts.triples == snapshot.manifest["triples"]
    assert IRIS.base in told
