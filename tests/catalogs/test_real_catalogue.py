"""On a real catalogue, 184,034 rows of cast, every row is accounted for and saved queries answer within the default deadline."""

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
from castgraph.snapshot import Snapshot, current
from tests.catalogs.tables import Statements
from tests.running import running

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "cast"
EXAMPLES = {"person": "Samuel L. Jackson", "character": "Batman", "title": "Shrek"}
CATALOGUE = sorted(name for name, query in saved_queries().items() if "catalogue" in query.keywords)

pytestmark = pytest.mark.catalogue


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the snapshot of the catalogue in ../shared. Tests read it and leave it as it is."""
    if not SHARED.is_dir():
        pytest.skip("the cast tables (../shared/data/cast) are not here")
    folder = tmp_path_factory.mktemp("catalogue")
    build([], folder, tables=[SHARED])
    return folder


@pytest.fixture(scope="module")
def built(data: Path) -> Snapshot:
    """The snapshot."""
    found = current(data)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    """The real server over it, with its default limits."""
    with running(data) as served:
        yield served


def test_every_row_of_the_cast_and_title_tables_is_accounted_for(built: Snapshot) -> None:
    report = json.loads((built.path / "report.json").read_text())
    assert {source["records"] for source in report["sources"]} == {184_034, 20_691}
    cast, titles = report["tables"]["tables"]
    assert (cast["rows"], titles["rows"]) == (184_034, 20_691)
    assert (cast["left_out"], titles["left_out"]) == ({}, {})
    assert all(table["rows"] == table["used"] + table["merged"] for table in (cast, titles))
    assert cast["merged"] > 0
    assert cast["doubtful"]["another name of …"] == 137


def test_rows_of_the_cast_table_are_read_right(built: Snapshot) -> None:
    told = Statements(built.open().raw)
    # Lines with a tab inside quotes, read as any other.
    altruda = told.subjects("performer", "person/justwatch-466622")
    assert altruda == ["performance/tt0105665/cast/justwatch-466622-band-at-roadhouse"]
    assert "Achmed" in told.objects("performance/tt2461736/cast/justwatch-49840-achmed", "characterAsCredited")
    # A person under several spellings keeps them all.
    assert told.objects("person/justwatch-10414", "rdfs:label") == ["Miodrag Stojanovic", "Miodrag Stojanović"]
    assert told.objects("person/justwatch-10414", "skos:prefLabel") == ["Miodrag Stojanović"]


def test_names_of_the_cast_table_are_found(built: Snapshot) -> None:
    assert NameIndex(built.open(), built.names()).find("Samuel L. Jackson", "person")


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
