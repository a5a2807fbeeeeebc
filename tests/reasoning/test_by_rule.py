"""How many triples each rule gave: the counts add up to what is inferred, and each triple counts for one rule."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph

from castgraph.reason import Closure, infer_files
from castgraph.reason_attribution import count
from castgraph.reason_rules import owl2rl

from .conftest import closed, given_triples


def total(closure: Closure) -> int:
    return len(closure.inferred) + len(closure.equality)


@pytest.mark.parametrize(
    ("turtle", "rules"),
    [
        (":p rdfs:domain :A . :A rdfs:subClassOf :B . :x :p :y .", {"prp-dom": 1, "cax-sco": 1}),
        (":p rdfs:range :A . :q rdfs:subPropertyOf :p . :x :q :y, 'v' .", {"prp-rng": 1, "prp-spo1": 2}),
        # Both rules give the type: it counts for the one that stands first.
        (":p rdfs:domain :A . :B rdfs:subClassOf :A . :x a :B ; :p :y .", {"prp-dom": 1}),
        (":p a owl:TransitiveProperty . :a :p :b . :b :p :c . :c :p 'v' .", {"prp-trp": 3}),
        (":g owl:propertyChainAxiom ( :p :q :r ) . :a :p :b . :b :q :c . :c :r :d, 1 .", {"prp-spo2": 2}),
        (":C owl:intersectionOf ( :A :B :D ) . :x a :A, :B, :D .", {"cls-int1": 1}),
        ("[ owl:onProperty :p ; owl:hasValue 5.0 ] rdfs:subClassOf :B . :x :p '05'^^xsd:integer .", {"cls-hv1": 1, "cax-sco": 1}),
        (":kind rdfs:subPropertyOf rdf:type . :x :kind :F . :F rdfs:subClassOf :G .", {"prp-spo1": 1, "cax-sco": 1}),
        (":a owl:sameAs :b . :b :p :c . :p rdfs:domain :D .", {"prp-dom": 1, "eq-rep": 2, "eq-sym, eq-trans": 1}),
        (":x :p :y .", {}),
    ],
)  # fmt: skip
def test_each_triple_counts_for_the_first_rule_that_gives_it(turtle: str, rules: dict[str, int]) -> None:
    found = closed(turtle, by_rule=True)
    assert found.rules == rules
    assert total(found) == sum(rules.values())
    assert {*found.inferred, *found.equality} == {*(plain := closed(turtle)).inferred, *plain.equality}


AXIOMS = """
:C owl:hasKey ( :id ) . :p a owl:FunctionalProperty . :q a owl:SymmetricProperty ; rdfs:subPropertyOf :t . :t a owl:TransitiveProperty .
:p rdfs:subPropertyOf :r . :r rdfs:domain :C ; rdfs:range :D . :s owl:propertyChainAxiom ( :r :q :t ) . :t owl:inverseOf :u .
:E owl:intersectionOf ( :C :D :F ) ; rdfs:subClassOf [ owl:onProperty :id ; owl:hasValue 7.0 ] . :D owl:equivalentClass :G .
[] owl:onProperty :t ; owl:someValuesFrom :E ; rdfs:subClassOf :F .
"""
things = st.sampled_from(["a", "b", "c", "d"]).map(":{}".format)
links = st.tuples(things, st.sampled_from([":p", ":q", ":r", ":t", ":u", ":s", "owl:sameAs"]), things)
classes = st.tuples(things, st.just("a"), st.sampled_from([":C", ":D", ":E", ":F", ":G"]))
values = st.tuples(things, st.just(":id"), st.sampled_from(["1", "1.0", "2", "'x'", "'01'^^xsd:integer"]))


@settings(max_examples=20, deadline=None, derandomize=True)
@given(facts=st.lists(st.one_of(links, classes, values), max_size=8))
def test_the_counts_add_up_to_what_is_inferred(facts: list[tuple[str, str, str]]) -> None:
    found = closed(AXIOMS + "".join(" ".join(fact) + " .\n" for fact in facts), by_rule=True)
    assert sum(found.rules.values()) == total(found)
    assert set(found.rules) <= {*owl2rl().names(), "eq-rep", "eq-sym, eq-trans"}


def test_with_everything_that_is_legal_the_counts_add_up_too(tmp_path: Path) -> None:
    source = tmp_path / "in.ttl"
    source.write_text(
        "@prefix : <http://e.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        ":A rdfs:subClassOf :B . :B rdfs:subClassOf :C . :x a :A .\n"
    )
    found = infer_files([source], Graph(), tmp_path / "out.nt", full=True, by_rule=True)
    lines = (tmp_path / "out.nt").read_text().splitlines()
    assert found.rules["cax-sco"] == 2
    assert found.rules["scm-* (axioms)"] == 1
    assert sum(found.rules.values()) == found.inferred == len(lines) == len(set(lines))


@settings(max_examples=10, deadline=None, derandomize=True)
@given(facts=st.lists(st.one_of(links, classes, values), max_size=8))
def test_no_triple_is_told_twice(facts: list[tuple[str, str, str]]) -> None:
    turtle = AXIOMS + "".join(" ".join(fact) + " .\n" for fact in facts)
    found = closed(turtle, full=True)
    told = [*found.inferred, *found.equality, *found.axioms, *found.full]
    assert len(told) == len(set(told))
    assert not {*map(str, told)} & {*map(str, given_triples(turtle))}


def test_nothing_to_count_needs_no_engine(tmp_path: Path) -> None:
    assert count(tmp_path, set(), lambda *_: True) == {}
