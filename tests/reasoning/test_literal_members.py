"""Literals that would be members of classes: no triple can say so, but what contradicts it is found."""

from __future__ import annotations

from .conftest import Break, Infer, closed


def test_a_literal_of_a_range_without_members_is_a_contradiction(broken: Break) -> None:
    assert broken(":p rdfs:range owl:Nothing . :a :p 'x' .") == {'cls-nothing2: a p "x"'}
    assert broken(":p rdfs:range :N . :N rdfs:subClassOf owl:Nothing . :q rdfs:subPropertyOf :p . :a :q 'x' .") == {
        'cls-nothing2: a q "x"',
        'cls-nothing2: a p "x"',
    }
    assert broken(":p rdfs:range owl:Nothing . :a :q 'x' .") == set()


def test_a_literal_of_ranges_that_are_disjoint_is_a_contradiction(broken: Break) -> None:
    ranges = ":p rdfs:range :A, :B . :a :p 'x' . "
    assert broken(ranges + ":A owl:disjointWith :B .") == {'cax-dw: a p "x"'}
    assert broken(ranges + ":A owl:complementOf :B .") == {'cls-com: a p "x"'}
    assert broken(ranges + "[] a owl:AllDisjointClasses ; owl:members ( :B :C :A ) .") == {'cax-adc: a p "x"'}
    assert broken(ranges + ":A owl:disjointWith :C .") == set()


def test_a_literal_of_a_class_disjoint_with_literals_is_a_contradiction(broken: Break) -> None:
    assert broken(":p rdfs:range :A . :A owl:disjointWith rdfs:Literal . :a :p 'x' .") == {'cax-dw: a p "x"'}
    assert broken(":p rdfs:range :A . :A owl:disjointWith rdfs:Literal . :a :p :b .") == set()


def test_a_literal_where_a_class_allows_no_value_is_a_contradiction(broken: Break) -> None:
    none = ":C rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom owl:Nothing ] . :a :p 1 ."
    assert broken(none + ":a a :C .") == {'cls-nothing2: a p "1"^^xsd:integer'}
    assert broken(none + ":b a :C .") == set()


def test_the_sentence_names_thing_literal_property_and_class() -> None:
    (found,) = closed(":p rdfs:range :N . :N rdfs:subClassOf owl:Nothing . :a :p 'x' .").violations
    assert str(found) == (
        'cls-nothing2: <http://example.org/a> has "x" as <http://example.org/p>, which would be a '
        "<http://example.org/N>: a class that can have no members"
    )


def test_a_long_literal_is_shortened_in_the_sentence_and_whole_in_the_facts() -> None:
    (found,) = closed(f":p rdfs:range owl:Nothing . :a :p '{'x' * 10_000}'@en .").violations
    assert len(found.message) < 500
    assert 'xxx…"@en as' in found.message
    assert len(str(found.facts[0])) > 10_000


def test_a_datatype_that_is_the_same_as_another_has_its_values(infer: Infer, broken: Break) -> None:
    age = ":age a rdfs:Datatype ; owl:equivalentClass xsd:integer . "
    assert broken(age + ":p rdfs:range :age . :a :p 'x', 5 .") == {'dt-not-type: a p "x"'}
    assert broken(age + ":C rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :age ] . :a a :C ; :p 'x' .") == {
        'dt-not-type: a p "x"'
    }
    some = "[ owl:onProperty :p ; owl:someValuesFrom :age ] rdfs:subClassOf :B . "
    assert infer(age + some + ":a :p 5 . :b :p 'x' .") == {"a a B"}


def test_literals_in_the_place_of_names_give_no_broken_triples(infer: Infer) -> None:
    assert infer(":p owl:inverseOf 'B' . :x :p :y .") == set()
    assert infer(":p owl:sameAs 'x' . :a :p :b .") == set()
    assert infer(":a owl:sameAs 'x' . :a :p :b .") == set()
    assert infer(":A rdfs:subClassOf 'B' . :x a :A . :p rdfs:domain 'C' . :x :p :y .") == set()


def test_a_property_that_is_the_same_as_rdf_type_types(infer: Infer) -> None:
    found = infer(":p owl:sameAs rdf:type . :x :p :A . :A rdfs:subClassOf :B .")
    assert found - {"a = p", "p = a"} == {"x a A", "x a B", "x p B"}
