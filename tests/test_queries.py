"""Each saved query answers the question it stands for, with exactly the golden rows.

``GOLDEN=write pytest tests/test_queries.py`` writes the golden files again; look at the difference before committing.
"""

from __future__ import annotations

import os
from pathlib import Path

import pyoxigraph as ox
import pytest
import yaml

from castgraph.catalog import Parameter, SavedQuery, parse_saved_query, saved_queries, saved_query
from castgraph.errors import QueryParameterError, QueryRefusedError, SourceError, UnknownQueryError
from castgraph.federation import FederatedStore
from castgraph.settings import Settings
from castgraph.store import LocalStore
from tests.running import running_oxigraph

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted(saved_queries())
FEDERATED = sorted(name for name, query in saved_queries().items() if query.is_federated)
ALONE = sorted(set(NAMES) - set(FEDERATED))
ELSEWHERE = """
@prefix wd: <http://www.wikidata.org/entity/> . @prefix wdt: <http://www.wikidata.org/prop/direct/> .
@prefix p: <http://www.wikidata.org/prop/> . @prefix ps: <http://www.wikidata.org/prop/statement/> .
@prefix pq: <http://www.wikidata.org/prop/qualifier/> . @prefix dbr: <http://dbpedia.org/resource/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix dbo: <http://dbpedia.org/ontology/> .
wd:Q900000001 wdt:P345 "tt0824091" ; p:P161 [ ps:P161 wd:Q900000011 ; pq:P4633 "Hiromi Okuda" ] ,
  [ ps:P161 wd:Q900000012 ; pq:P453 wd:Q900000020 ] , [ ps:P161 wd:Q900000013 ; pq:P4633 "Rick Erwin" ] .
wd:Q900000011 rdfs:label "Test Performer One"@en . wd:Q900000012 rdfs:label "Test Performer Two"@en , "Testerin Zwei"@de .
wd:Q900000013 rdfs:label "Test Performer Three"@en . wd:Q900000020 rdfs:label "Glenn Hartwell"@en .
wd:Q900000004 wdt:P345 "tt0183523" ; rdfs:label "Mission to Mars"@en , "Mission to Mars"@de ;
  wdt:P577 "2000-03-10T00:00:00Z"^^xsd:dateTime .
wd:Q900000005 wdt:P345 "tt0395417" ; rdfs:label "Space Odyssey: Voyage to the Planets"@en ;
  wdt:P577 "2004-11-09T00:00:00Z"^^xsd:dateTime .
dbr:Mission_to_Mars dbo:starring dbr:Gary_Sinise , dbr:Test_Performer .
dbr:Gary_Sinise rdfs:label "Gary Sinise"@en . dbr:Test_Performer rdfs:label "Test Performer"@en .
"""
"""What a stand-in for Wikidata and DBpedia says: their shapes, invented facts."""


def written(store: LocalStore | FederatedStore, query: SavedQuery, **others: str) -> bytes:
    """The query's answer with the examples of its parameters, or other values, as CSV or sorted N-Triples."""
    values = {one.name: one.example for one in query.parameters if one.example is not None} | others
    results = store.query(query.sparql, query.bindings(values))
    if isinstance(results, ox.QueryTriples):
        return b"".join(sorted(f"{triple} .\n".encode() for triple in results))
    assert isinstance(results, ox.QuerySolutions)
    return (results.serialize(format=ox.QueryResultsFormat.CSV) or b"").replace(b"\r\n", b"\n")


@pytest.mark.parametrize("name", ALONE)
def test_a_saved_query_gives_its_golden_answer(store: LocalStore, name: str) -> None:
    is_golden(store, saved_query(name))


def test_a_federated_query_gives_its_golden_answer(
    data: Path, store: LocalStore, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "store"
    other = ox.Store(str(elsewhere))
    other.load(ELSEWHERE.encode(), format=ox.RdfFormat.TURTLE)
    other.flush()
    del other
    with running_oxigraph(elsewhere) as endpoint:
        federated = FederatedStore(store, Settings(data=data, service_allow=endpoint))
        for name in FEDERATED:
            is_golden(federated, saved_query(name), endpoint=endpoint)
        with pytest.raises(QueryRefusedError, match="not among the endpoints"):
            federated.query(saved_query(name).sparql, saved_query(name).bindings({}))


def is_golden(store: LocalStore | FederatedStore, query: SavedQuery, **values: str) -> None:
    file = GOLDEN / f"{query.name}.{'nt' if 'CONSTRUCT' in query.sparql else 'csv'}"
    told = written(store, query, **values)
    if os.environ.get("GOLDEN") == "write":
        file.write_bytes(told)
    assert told == file.read_bytes()
    assert told.count(b"\n") > 1, "a saved query that answers nothing is of no use to anybody"


def test_no_golden_answer_is_left_over() -> None:
    assert {file.stem for file in GOLDEN.iterdir()} == set(NAMES)


def test_there_are_enough_questions() -> None:
    assert len(NAMES) >= 15


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_query_says_what_it_answers(name: str) -> None:
    query = saved_query(name)
    assert query.title
    assert query.question.endswith("?")
    assert query.description.endswith(".")
    assert query.keywords
    assert all(one.example for one in query.parameters), "an example shows how a parameter is written"


@pytest.mark.parametrize("name", ALONE)
def test_a_saved_query_answers_without_its_optional_parameters(store: LocalStore, name: str) -> None:
    query = saved_query(name)
    values = {one.name: str(one.example) for one in query.parameters if one.required}
    assert store.query(query.sparql, query.bindings(values))


def test_every_term_of_the_ontology_that_a_query_uses_exists() -> None:
    import re

    from castgraph.iris import FILM, MISSION
    from castgraph.ontology_files import axioms

    defined = {str(term) for term in axioms().subjects()}
    for query in saved_queries().values():
        for prefix, local in re.findall(r"\b(film|mission):(\w+)", query.sparql):
            assert {"film": FILM, "mission": MISSION}[prefix] + local in defined, f"{query.name}: {prefix}:{local}"


def test_an_unknown_query_names_the_nearest() -> None:
    with pytest.raises(UnknownQueryError, match="the nearest is narrators"):
        saved_query("narrator")


@pytest.mark.parametrize("values", [{}, {"character": "x", "color": "red"}])
def test_missing_and_unknown_parameters_are_named(values: dict[str, str]) -> None:
    with pytest.raises(QueryParameterError, match=r"character|color"):
        saved_query("who-played").bindings(values)


@pytest.mark.parametrize(
    ("type_", "value"), [("integer", "x"), ("decimal", "1.2.3"), ("date", "2007"), ("iri", "no iri")]
)
def test_a_value_of_the_wrong_kind_is_refused(type_: str, value: str) -> None:
    with pytest.raises(QueryParameterError, match="is no"):
        Parameter("p", type_, "", True, None, None).term(value)


@pytest.mark.parametrize(
    "header", ["#+ title: a: b", "#+ colour: red", "#+ - a", "#+ parameters:\n#+   a: {type: colour}"]
)
def test_a_bad_header_is_named(header: str) -> None:
    with pytest.raises(SourceError, match=r"q\.rq:\d+"):
        parse_saved_query(Path("q.rq"), header + "\nASK {}")


def test_a_header_is_yaml_behind_the_comment_sign() -> None:
    for name in NAMES:
        header = [line[3:] for line in saved_query(name).text.splitlines() if line.startswith("#+")]
        assert isinstance(yaml.safe_load("\n".join(header)), dict)
