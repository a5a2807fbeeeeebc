"""Of several default graphs a query is asked of their merge: the answers are those of graphs merged by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from castgraph.merges import KEPT, Dataset, Merges, duplicates_cannot_show, from_clauses

GRAPHS = [ox.NamedNode(f"http://g/{name}") for name in "abc"]
TERMS: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode("http://t/1"), ox.NamedNode("http://t/2"), ox.BlankNode("b")]
PROPERTIES = [ox.NamedNode("http://p/1"), ox.NamedNode("http://p/2")]
quads = st.builds(
    ox.Quad, st.sampled_from(TERMS), st.sampled_from(PROPERTIES), st.sampled_from(TERMS), st.sampled_from(GRAPHS)
)
QUERIES = (
    "SELECT * { ?s ?p ?o }",
    "SELECT (COUNT(*) AS ?n) (SUM(1) AS ?m) { ?s <http://p/1> ?o }",
    "SELECT ?s { ?s <http://p/1>/<http://p/2> ?o }",
    "SELECT ?s { ?s <http://p/1>+ ?o OPTIONAL { ?o <http://p/2> ?x } }",
    "SELECT DISTINCT ?s ?x { ?s ?p ?o . ?o ?q ?x }",
    "SELECT ?s ?g { ?s ?p ?o GRAPH ?g { ?s ?p ?o } }",
)


def store(content: Sequence[ox.Quad]) -> ox.Store:
    """A store in memory."""
    made = ox.Store()
    made.extend(content)
    return made


def rows(found: object) -> Counter[tuple[str, ...]]:
    """The solutions of a query, each with how often it comes."""
    assert isinstance(found, ox.QuerySolutions)
    return Counter(tuple(map(str, solution)) for solution in found)


def asked(merges: Merges, query: str, dataset: Dataset) -> Counter[tuple[str, ...]]:
    """The solutions of a query where it is to be asked."""
    view = merges.view(query, dataset)
    return rows(view.store.query(query, default_graph=view.default, named_graphs=view.named))


@settings(max_examples=100, deadline=None)
@given(st.lists(quads, max_size=12), st.sets(st.sampled_from(GRAPHS), min_size=1), st.sets(st.sampled_from(GRAPHS)))
def test_answers_are_those_of_graphs_merged_by_hand(
    content: Sequence[ox.Quad], default: set[ox.NamedNode], named: set[ox.NamedNode]
) -> None:
    merges = Merges(store(content))
    by_hand = store([ox.Quad(one.subject, one.predicate, one.object) for one in content if one.graph_name in default]
                    + [one for one in content if one.graph_name in named])  # fmt: skip
    dataset = Dataset(tuple(one.value for one in default), tuple(one.value for one in named))
    for query, _ in product(QUERIES, range(2)):  # made, and then kept
        assert asked(merges, query, dataset) == rows(by_hand.query(query))


def test_merges_are_kept_and_let_go() -> None:
    same = [ox.Quad(TERMS[0], PROPERTIES[0], TERMS[1], graph) for graph in GRAPHS]
    merges = Merges(store(same))
    pairs = [Dataset((one.value, other.value)) for one, other in zip(GRAPHS, [*GRAPHS[1:], GRAPHS[0]], strict=True)]
    first = merges.view(QUERIES[0], pairs[0]).store
    assert merges.view(QUERIES[0], Dataset(pairs[0].default[::-1])).store is first
    for pair in pairs[1 : KEPT + 1]:
        merges.view(QUERIES[0], pair)
    assert merges.view(QUERIES[0], pairs[0]).store is not first


def test_graphs_that_share_nothing_are_not_copied() -> None:
    content = [ox.Quad(term, PROPERTIES[0], term, graph) for term, graph in zip(TERMS, GRAPHS, strict=True)]
    apart = store(content)
    every = Dataset(tuple(graph.value for graph in GRAPHS))
    assert Merges(apart).view(QUERIES[0], every).store is apart
    apart.add(ox.Quad(TERMS[0], PROPERTIES[0], TERMS[0], GRAPHS[2]))
    assert Merges(apart).view(QUERIES[0], every).store is not apart
    assert Merges(apart).view("ASK { ?s ?p ?o }", every).store is apart


@pytest.mark.parametrize(
    "query",
    [
        "SELECT DISTINCT ?s { ?s ?p ?o { SELECT ?s { ?s ?p ?o } LIMIT 1 } }",
        "SELECT DISTINCT (COUNT(?s) AS ?n) { ?s ?p ?o }",
        "SELECT DISTINCT (RAND() AS ?n) { ?s ?p ?o }",
        r"SELECT DISTINCT (\u0043OUNT(?s) AS ?n) { ?s ?p ?o }",
        "SELECT ?s { ?s ?p ?o FILTER EXISTS { ?s <x:distinct> ?distinct } }",
        "ASK { { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } } FILTER(?n = 1) }",
        "CONSTRUCT { [] ?p ?o } WHERE { ?s ?p ?o }",
    ],
)
def test_a_query_to_which_numbers_may_matter_is_asked_of_a_merge(query: str) -> None:
    assert not duplicates_cannot_show(query)


@pytest.mark.parametrize(
    ("query", "default", "named"),
    [
        ("SELECT * { ?s ?p 'FROM <http://g/a>' } # FROM <http://g/a>", (), ()),
        ("SELECT * FROM <http://g/a> { GRAPH <http://g/b> { ?from ?p ?o } }", ("http://g/a",), ()),
        ("CONSTRUCT { ?s ?p ?o } FROM <http://g/a> FROM NAMED <http://g/b> WHERE { ?s ?p ?o }",
         ("http://g/a",), ("http://g/b",)),
        ("PREFIX : <http://g/> DESCRIBE :x FROM :a FROM :b", ("http://g/a", "http://g/b"), ()),
        ("SELECT * FROM nowhere:a { ?s ?p ?o }", (), ()),
        ("FROM", (), ()),
    ],
)  # fmt: skip
def test_from_is_found_where_it_is_a_clause(query: str, default: tuple[str, ...], named: tuple[str, ...]) -> None:
    assert from_clauses(query) == Dataset(default, named)
