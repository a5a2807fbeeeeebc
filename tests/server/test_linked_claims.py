"""What another data set says of linked titles, over HTTP: always with whose it is."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from castgraph.cli import main
from castgraph.settings import Settings
from castgraph_server import answering, create_app
from tests.linking.elsewhere import RACE_ITEM, WIKIDATA, WIKIDATA_GRAPH
from tests.linking.serving import serving

HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def linked(bundled_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application over the bundled facts with what a stand-in for Wikidata says."""
    folder = tmp_path_factory.mktemp("linked")
    shutil.copytree(bundled_data, folder / "data", symlinks=True)
    with serving(folder, WIKIDATA) as endpoint:
        done = CliRunner().invoke(main, ["link", f"wikidata={endpoint}", "--fetch", "--data", str(folder / "data")])
    assert done.exit_code == 0, done.stderr
    app = create_app(Settings(data=folder / "data"))
    yield app
    answering.close(app)


@pytest.fixture
def reader(linked: Flask) -> FlaskClient:
    return linked.test_client()


def test_an_answer_names_the_data_set_and_its_record(reader: FlaskClient) -> None:
    told = json.loads(reader.get("/ask?q=Who+played+Hiromi+Okuda%3F", headers={"Accept": "application/json"}).data)
    [answer] = told["answers"]
    assert answer["basis"] == "linked"
    assert answer["sources"] == [{"source": "Wikidata", "graph": WIKIDATA_GRAPH, "line": None, "record": RACE_ITEM}]
    page = reader.get("/ask?q=Who+played+Hiromi+Okuda%3F", headers=HTML).text
    assert "Wikidata" in page
    assert f'href="{RACE_ITEM}"' in page


def test_a_page_names_the_data_set_beside_what_it_says(reader: FlaskClient) -> None:
    page = reader.get("/page/title/race-to-mars-2007/similar-4", headers=HTML).text
    assert "<h1>Mission to Mars" in page
    assert "/graph/linked/wikidata" in page
    page = reader.get("/page/title/race-to-mars-2007", headers=HTML).text
    assert "http://www.wikidata.org/entity/Q900000011" in page, "a performer who is none of ours leads to the record"
    graph = reader.get("/graph/linked/wikidata", headers=HTML).text
    assert "https://creativecommons.org/publicdomain/zero/1.0/" in graph


def test_the_endpoint_holds_the_claims_apart(reader: FlaskClient) -> None:
    query = f"""PREFIX film: <https://w3id.org/castgraph/film#>
      SELECT (COUNT(?p) AS ?n) {{ GRAPH <{WIKIDATA_GRAPH}> {{ ?work film:hasPerformance ?p }} }}"""
    told = json.loads(reader.get("/sparql", query_string={"query": query}).data)
    assert told["results"]["bindings"][0]["n"]["value"] == "5"
    listed = json.loads(reader.get("/graphs", headers={"Accept": "application/json"}).data)
    assert WIKIDATA_GRAPH in json.dumps(listed)
