"""Axioms that data state or imply, equality apart, and everything that is legal RDF."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph

from castgraph.reason import infer_files
from castgraph.reason_rounds import _Run

from .conftest import Break, Infer, closed, given_triples, short


def texts(triples: Iterable[object]) -> set[str]:
    return {short(triple) for triple in triples}


def test_classes_made_equal_in_the_data_are_one_class(infer: Infer) -> None:
    found = infer(":C owl:sameAs :D . :D rdfs:subClassOf :E . :x a :C .")
    assert found == {"D = C", "x a D", "x a E"}


def test_restrictions_compare_fillers_made_equal_in_the_data(infer: Infer) -> None:
    # scm-svf1 after eq-rep: nobody has a :p, so that only the closed hierarchy shows it.
    axioms = (
        ":A rdfs:subClassOf [ owl:onProperty :p ; owl:someValuesFrom :D ] ."
        "[ owl:onProperty :p ; owl:someValuesFrom :F ] rdfs:subClassOf :B . :E rdfs:subClassOf :F . "
    )
    assert "x a B" in infer(axioms + ":D owl:sameAs :E . :x a :A .")
    assert "x a B" not in infer(axioms + ":D owl:sameAs :G . :x a :A .")


def test_classes_that_a_rule_finds_equal_are_one_class(infer: Infer) -> None:
    found = infer(
        ":code a owl:InverseFunctionalProperty . :C :code 'c' . :D :code 'c' . :x a :C . :D rdfs:subClassOf :E ."
    )
    assert {"C = D", "x a D", "x a E"} <= found


def test_a_subclass_axiom_inferred_through_a_subproperty_is_used(infer: Infer) -> None:
    found = infer(":isA rdfs:subPropertyOf rdfs:subClassOf . :Film :isA :Work . :Work :isA :Thing . :x a :Film .")
    assert found == {"x a Work", "x a Thing"}


def test_a_characteristic_inferred_by_a_domain_or_a_class_is_used(infer: Infer) -> None:
    assert "x before z" in infer(
        ":unit rdfs:domain owl:TransitiveProperty . :before :unit 'hour' . :x :before :y . :y :before :z ."
    )
    assert "y near x" in infer(":Mutual rdfs:subClassOf owl:SymmetricProperty . :near a :Mutual . :x :near :y .")


def test_a_subproperty_of_rdf_type_types(infer: Infer) -> None:
    assert infer(":kind rdfs:subPropertyOf rdf:type . :x :kind :Film . :Film rdfs:subClassOf :Work .") == {
        "x a Film",
        "x a Work",
    }


def test_axioms_inferred_one_after_another(infer: Infer) -> None:
    # Each needs the one before: a characteristic makes an axiom, which makes a characteristic.
    found = infer(
        ":isA rdfs:subPropertyOf rdfs:subClassOf . :Ordering :isA owl:TransitiveProperty ."
        ":order rdfs:domain :Ordering . :before :order 1 . :x :before :y . :y :before :z ."
    )
    assert "x before z" in found


def test_axioms_are_facts_where_the_ontology_speaks_of_them(infer: Infer) -> None:
    assert infer(
        "rdfs:subClassOf rdfs:subPropertyOf :narrowerThan . :A rdfs:subClassOf :B . :B rdfs:subClassOf :C ."
    ) == {
        "A narrowerThan B",
        "B narrowerThan C",
        "A narrowerThan C",
    }


def test_annotations_and_top_things_start_no_second_round(infer: Infer) -> None:
    assert (
        infer(":title rdfs:subPropertyOf rdfs:label . :p rdfs:domain rdfs:Resource . :x :title 'X' ; :p :y .") == set()
    )
    assert infer(":p rdfs:subPropertyOf owl:topObjectProperty . :x :p :y .") == set()


def test_a_difference_between_inferred_equals_survives_the_second_closing(broken: Break) -> None:
    found = broken(
        ":code a owl:InverseFunctionalProperty . :C :code 'c' . :D :code 'c' . :D rdfs:subClassOf :E . :C owl:differentFrom :D ."
    )
    assert found == {"eq-diff1: C = D"}


def test_inferred_axioms_are_told_apart() -> None:
    result = closed(":A rdfs:subClassOf :B . :B rdfs:subClassOf :C . :x a :A .")
    assert texts(result.inferred) == {"x a B", "x a C"}
    assert texts(result.axioms) == {"A rdfs:subClassOf C"}
    assert result.full == ()
    equal = closed(":A rdfs:subClassOf :B . :A owl:sameAs :C .")
    assert texts(equal.axioms) == {"C rdfs:subClassOf B"}


def test_equality_is_apart_from_what_is_inferred() -> None:
    result = closed(":a owl:sameAs :b . :b :p :c . :a :q :d . :p rdfs:subPropertyOf :r .")
    assert texts(result.equality) - {"b r c", "a r c"} == {"b = a", "a p c", "b q d"}
    # The inferred triple is said of one of the two, and of the other among the copies.
    assert len(result.inferred) == 1
    assert texts(result.inferred + result.equality) >= {"a r c", "b r c"}


def test_full_adds_what_is_legal_and_nothing_said_already() -> None:
    turtle = ":A a owl:Class ; rdfs:subClassOf :B . :p rdfs:domain :A . :x :p 'v' . :y a owl:Thing ."
    plain, full = closed(turtle), closed(turtle, full=True)
    assert texts(full.inferred) == texts(plain.inferred) == {"x a A", "x a B"}
    found = texts(full.full)
    assert {"x = x", "p = p", "x a owl:Thing", "A rdfs:subClassOf A", "A rdfs:subClassOf owl:Thing"} <= found
    assert {"p rdfs:domain B", "rdfs:label a owl:AnnotationProperty"} <= found
    assert "y a owl:Thing" not in found
    assert not any(text.startswith('"') for text in found)


def test_files_keep_equality_and_the_rest_apart(tmp_path: Path) -> None:
    source, out, same = tmp_path / "in.nt", tmp_path / "out.nt", tmp_path / "same.nt"
    source.write_text(
        "<http://e.org/a> <http://www.w3.org/2002/07/owl#sameAs> <http://e.org/b> .\n"
        "<http://e.org/a> <http://e.org/p> <http://e.org/c> .\n"
    )
    summary = infer_files([source], Graph(), out, equality=same)
    assert out.read_text() == ""
    assert len(same.read_text().splitlines()) == summary.equality == summary.inferred == 2
    assert summary.given == 1
    assert infer_files([source], Graph(), out).inferred == len(out.read_text().splitlines()) == 2
    assert infer_files([source], Graph(), out, full=True).inferred > 50


@pytest.mark.parametrize("turtle", [":p owl:propertyChainAxiom ( :p :p ) .", ":p owl:propertyChainAxiom ( :p :q ) . "])
def test_chains_that_name_themselves_end(infer: Infer, turtle: str) -> None:
    infer(turtle + ":a :p :b . :b :p :a ; :q :c . :c :q :a .")


def test_a_thing_stated_different_from_itself_is_a_contradiction(broken: Break) -> None:
    assert broken(":a owl:differentFrom :a .") == {"eq-diff1: a = a"}
    assert broken("[] a owl:AllDifferent ; owl:members ( :a :b :a ) .") == {"eq-diff2: a = a"}


def test_what_is_disjoint_with_itself_can_have_no_members(broken: Break) -> None:
    assert broken(":A owl:disjointWith :A . :x a :A . :y a :B .") == {"cax-dw: x a A; x a A"}
    assert broken(":A owl:disjointWith :B . :A owl:sameAs :B . :x a :A .") != set()
    assert broken("[] a owl:AllDisjointClasses ; owl:members ( :A :B ) . :A owl:sameAs :B . :x a :A .") != set()
    assert broken(":p owl:propertyDisjointWith :p . :x :p :y . :x :q :y .") == {"prp-pdw: x p y; x p y"}


def test_equal_people_by_a_key_take_everything_with_them(infer: Infer) -> None:
    found = infer(
        ":Person owl:hasKey ( :id ) . :acted rdfs:domain :Person . :cast owl:inverseOf :acted ."
        ":a :acted :film ; :id '7' . :b a :Person ; :id '7' ; :name 'B' . :c :knows :b ."
    )
    assert {"a = b", "b = a", "film cast a", "film cast b", "b acted film", 'a name "B"', "c knows a"} <= found
    assert {"a a Person"} <= found


AXIOMS = """
:C owl:hasKey ( :id ) . :p a owl:FunctionalProperty . :q a owl:InverseFunctionalProperty . :id rdfs:range xsd:integer .
:p rdfs:subPropertyOf :r . :r rdfs:domain :C . :s owl:propertyChainAxiom ( :r :q ) . :t a owl:TransitiveProperty, owl:SymmetricProperty .
:q rdfs:subPropertyOf :t . :note rdfs:subPropertyOf :id . :C owl:disjointWith :D . :D rdfs:subClassOf :E . :t owl:inverseOf :u .
[] owl:onProperty :t ; owl:someValuesFrom :E ; rdfs:subClassOf :D .
"""
things = st.sampled_from(["a", "b", "c", "d"]).map(":{}".format)
links = st.tuples(things, st.sampled_from([":p", ":q", ":r", ":t", ":u", ":s", "owl:sameAs"]), things)
classes = st.tuples(things, st.just("a"), st.sampled_from([":C", ":D", ":E"]))
values = st.tuples(
    things, st.sampled_from([":id", ":note"]), st.sampled_from(["1", "1.0", "2", "'x'", "'01'^^xsd:integer"])
)


@settings(max_examples=25, deadline=None)
@given(facts=st.lists(st.one_of(links, classes, values), max_size=7))
def test_the_quick_way_and_the_rounds_lead_to_one_closure(facts: list[tuple[str, str, str]]) -> None:
    turtle = AXIOMS + "".join(" ".join(fact) + " .\n" for fact in facts)
    with pytest.MonkeyPatch.context() as patched:
        quick = closed(turtle)
        patched.setattr(_Run, "quickly", lambda *_: False)
        slow = closed(turtle)
    assert set(quick.inferred + quick.equality) == set(slow.inferred + slow.equality)
    assert len(quick.inferred + quick.equality) == len({*quick.inferred, *quick.equality})
    assert {each.rule for each in quick.violations} == {each.rule for each in slow.violations}
    assert not {*map(str, quick.inferred), *map(str, quick.equality)} & {*map(str, given_triples(turtle))}
