"""Queries are looked at as the grammar sees them, and parameters are bound as terms."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from castgraph.errors import QueryParameterError, QuerySyntaxError
from castgraph.sparql import Form, bind, form, keywords

HIDDEN = [
    'ASK { ?s ?p "SERVICE <x> {}" }',
    "ASK { ?s ?p 'it is a \\' SERVICE' }",
    'ASK { ?s ?p """a "SERVICE" b""" }',
    "ASK { ?s <http://x/SERVICE> ?o }",
    "ASK { ?s ?p ?o } # SERVICE <x>",
    "PREFIX service: <http://x/> ASK { ?service service:SERVICE service:a }",
]
SHOWN = [
    "ASK { SERVICE <http://x> { ?s ?p ?o } }",
    "ask{service<http://x>{?s ?p ?o}}",
    "ASK { SERVICE SILENT ?x { ?s ?p ?o } }",
    r"ASK { \u0053ERVICE <http://x> { ?s ?p ?o } }",
    "ASK { ?s <http://x/#> ?o . SERVICE <http://x> { ?s ?p ?o } }",
    'ASK { ?s ?p "#" . SERVICE <http://x> { ?s ?p ?o } }',
    "ASK { ?s ?p ?o FILTER(?o <5) SERVICE <http://x> { ?s ?p ?o } FILTER(?o >1) }",
    r"ASK { ?s <http://x/\u0023> ?o . SERVICE <http://x> { ?s ?p ?o } }",
]


@pytest.mark.parametrize("query", HIDDEN)
def test_a_keyword_inside_something_else_is_no_keyword(query: str) -> None:
    assert "SERVICE" not in keywords(query)


@pytest.mark.parametrize("query", SHOWN)
def test_a_keyword_cannot_be_hidden(query: str) -> None:
    assert "SERVICE" in keywords(query)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * { ?s ?p ?o }", Form.SELECT),
        ("BASE <http://select/> PREFIX ask: <http://x/> # DESCRIBE\nask { }", Form.ASK),
        ("construct where { ?s ?p ?o }", Form.CONSTRUCT),
        ("DESCRIBE <http://x/SELECT>", Form.DESCRIBE),
    ],
)
def test_the_form_of_a_query_is_known(query: str, expected: Form) -> None:
    assert form(query) is expected


@pytest.mark.parametrize("query", ["INSERT DATA { <a:b> <a:c> 1 }", "DROP ALL", "hello", ""])
def test_what_is_no_query_is_a_syntax_error(query: str) -> None:
    with pytest.raises(QuerySyntaxError):
        form(query)


@pytest.fixture
def people() -> ox.Store:
    store = ox.Store()
    for name in ("O'Hara", 'say "x"', "a\\b", "line\nbreak", "} . # '", "Ann"):
        store.add(ox.Quad(ox.NamedNode("http://x/a"), ox.NamedNode("http://x/name"), ox.Literal(name)))
    return store


@pytest.mark.parametrize("name", ["O'Hara", 'say "x"', "a\\b", "line\nbreak", "} . # '"])
@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?s ?name { ?s <http://x/name> ?name }",
        "SELECT (COUNT(?name) AS ?n) ?name WHERE { ?s <http://x/name> ?name OPTIONAL { ?s <http://x/b> ?b } } GROUP BY ?name",
        "CONSTRUCT { ?s <http://x/n> ?name } WHERE { ?s <http://x/name> ?name }",
        "CONSTRUCT WHERE { ?s <http://x/name> ?name }",
        "# a { brace\nASK { ?s <http://x/name> ?name }",
    ],
)
def test_a_value_is_bound_whatever_signs_it_holds(people: ox.Store, query: str, name: str) -> None:
    result = people.query(bind(query, {"name": ox.Literal(name)}))
    if isinstance(result, ox.QuerySolutions):
        assert [solution["name"].value for solution in result] == [name]
    elif isinstance(result, ox.QueryTriples):
        assert [triple.object.value for triple in result] == [name]
    else:
        assert result


@given(st.text())
def test_no_value_changes_what_a_query_means(value: str) -> None:
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("http://x/a"), ox.NamedNode("http://x/name"), ox.Literal("other")))
    try:
        literal = ox.Literal(value)
    except (ValueError, UnicodeEncodeError):
        return
    result = store.query(bind("SELECT * { ?s <http://x/name> ?name }", {"name": literal}))
    assert isinstance(result, ox.QuerySolutions)
    assert [solution["name"] for solution in result] == ([ox.Literal("other")] if value == "other" else [])


def test_a_variable_the_query_does_not_have_is_an_error() -> None:
    with pytest.raises(QueryParameterError, match=r"\?nme"):
        bind("ASK { ?s ?p ?name }", {"nme": ox.Literal("x")})
