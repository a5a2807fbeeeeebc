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
from castgraph.errors import QueryParameterError, SourceError, UnknownQueryError
from castgraph.store import LocalStore

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted(saved_queries())


def written(store: LocalStore, query: SavedQuery) -> bytes:
    """The query's answer with the examples of its parameters, as CSV or sorted N-Triples."""
    values = {one.name: one.example for one in query.parameters if one.example is not None}
    results = store.query(query.sparql, query.bindings(values))
    if isinstance(results, ox.QueryTriples):
        return b"".join(sorted(f"{triple} .\n".encode() for triple in results))
    assert isinstance(results, ox.QuerySolutions)
    return (results.serialize(format=ox.QueryResultsFormat.CSV) or b"").replace(b"\r\n", b"\n")


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_query_gives_its_golden_answer(store: LocalStore, name: str) -> None:
    query = saved_query(name)
    file = GOLDEN / f"{name}.{'nt' if 'CONSTRUCT' in query.sparql else 'csv'}"
    told = written(store, query)
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


@pytest.mark.parametrize("name", NAMES)
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
