"""The saved queries answer within the server's default deadline on a real catalogue: 184,034 rows of cast."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from castgraph import sparql
from castgraph.build import build
from castgraph.catalog import saved_queries, saved_query
from castgraph.name_index import NameIndex
from tests.running import running

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "cast"
EXAMPLES = {"person": "Samuel L. Jackson", "character": "Batman", "title": "Shrek"}
CATALOGUE = sorted(name for name, query in saved_queries().items() if "catalogue" in query.keywords)

pytestmark = pytest.mark.catalogue


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The real server over the snapshot of the catalogue in ../shared, with its default limits."""
    if not SHARED.is_dir():
        pytest.skip("the cast tables (../shared/data/cast) are not here")
    data = tmp_path_factory.mktemp("catalogue")
    snapshot, report = build([], data, tables=[SHARED])
    assert {source.records for source in report.sources} == {184_034, 20_691}
    assert NameIndex(snapshot.open(), snapshot.names()).find("Samuel L. Jackson", "person")
    with running(data) as served:
        yield served


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_saved_query_answers_within_the_default_deadline(address: str, name: str) -> None:
    query = saved_query(name)
    values = {one.name: EXAMPLES[one.name] for one in query.parameters if one.required}
    text = sparql.bind(query.sparql, query.bindings(values))
    request = urllib.request.Request(
        f"{address}/sparql?{urllib.parse.urlencode({'query': text})}",
        headers={"Accept": "application/sparql-results+json"},
    )
    with urllib.request.urlopen(request) as response:  # a query over its deadline is answered 504, which raises
        rows = json.load(response)["results"]["bindings"]
    assert len(rows) > 1, f"{name} finds nothing among 184,034 rows"


def test_there_are_queries_for_catalogues() -> None:
    assert len(CATALOGUE) >= 8


def test_a_misspelt_name_is_found_among_all(address: str) -> None:
    with urllib.request.urlopen(f"{address}/search?q=samul+jackson&format=json") as response:
        first = json.load(response)["results"][0]
    assert (first["label"], first["type"], len(first["known_for"])) == ("Samuel L. Jackson", "person", 3)


@pytest.mark.parametrize(
    "path", ["", "page/title/tt0104797", "page/person/justwatch-1852", "page/genre/drama", "search?q=john"]
)
def test_pages_are_of_bounded_size(address: str, path: str) -> None:
    """A title with 400 credits, a person with 40 titles, a genre of 10,000: no page is longer than people read."""
    with urllib.request.urlopen(
        urllib.request.Request(f"{address}/{path}", headers={"Accept": "text/html"})
    ) as response:
        assert response.read().count(b"<tr>") < 500


def test_the_data_set_is_described_by_the_counts_of_the_build(address: str) -> None:
    query = "SELECT (COUNT(DISTINCT ?thing) AS ?n) { ?thing a ?class FILTER(ISIRI(?thing)) }"
    with urllib.request.urlopen(f"{address}/sparql?format=csv&{urllib.parse.urlencode({'query': query})}") as response:
        counted = int(response.read().split()[1])
    with urllib.request.urlopen(f"{address}/.well-known/void?format=nt") as response:
        told = response.read().decode()
    assert counted > 400_000
    assert f'void#entities> "{counted}"' in told
