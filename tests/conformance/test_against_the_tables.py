"""Random small ontologies and data: castgraph's closure is that of the specification's tables, run plainly.

Documented differences, left out of both: that a member of owl:Nothing is a member of every class, and what is below it below
every class; that different literals, where a rule makes them one, stand for each other; reflexive owl:sameAs, literals as
members of classes, owl:Thing and the vocabularies as types or subjects, types and axioms of anonymous classes (of contradictions
by literals as members of classes castgraph may find some, and none that the tables do not have); and numbers that only axioms have, as cardinalities (dt-eq would
copy ``:a :p 1`` to the same number written as a nonNegativeInteger). What stands as a class or a property counts as declared,
as castgraph has it: that a class is its own subclass (scm-cls) matters to scm-svf1 and scm-avf1.
"""

from __future__ import annotations

from typing import NamedTuple

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings

from tests.conformance import drawn, naive
from tests.conformance.drawn import CLASSES, PROPERTIES, document, equalities, facts, of_schema, property_axioms, some
from tests.conformance.oracle import PREFIXES, Triples, close, triples

SCHEMA = frozenset(f"<{naive.OWL}{name}>" for name in ("equivalentClass", "equivalentProperty")) | frozenset(
    f"<http://www.w3.org/2000/01/rdf-schema#{name}>" for name in ("subClassOf", "subPropertyOf", "domain", "range")
)
THING, NOTHING = f"<{naive.OWL}Thing>", f"<{naive.OWL}Nothing>"
VOCABULARIES = ("<http://www.w3.org/1999/02/22-rdf-syntax-ns#", "<http://www.w3.org/2000/01/rdf-schema#",
                "<http://www.w3.org/2002/07/owl#", "<http://www.w3.org/2001/XMLSchema#")  # fmt: skip


class Plain(NamedTuple):
    """What follows by the tables, but for the documented differences."""

    facts: set[naive.Triple]
    axioms: set[naive.Triple]
    same: set[tuple[str, str]]
    false: bool
    """Whether that is a contradiction, without literals as members of classes."""
    false_with_literals: bool


def plain(given_: Triples) -> Plain:
    start = set(map(as_texts, given_))
    declared = {(c, naive.TYPE, f"<{naive.OWL}Class>") for c in used_as_classes(start)}
    declared |= {
        (f"<http://example.org/{name[1:]}>", naive.TYPE, f"<{naive.OWL}ObjectProperty>") for name in PROPERTIES
    }
    sub = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
    declared |= {(f"<{naive.XSD}{name}>", sub, f"<{naive.XSD}{name}>") for name in ("integer", "string")}
    closed, false = naive.closure(start | declared, generalised=False)
    _, with_literals = naive.closure(start | declared) if not false else (closed, false)
    new = closed - start
    same = {(s, o) for s, p, o in closed if p == naive.SAME}
    return Plain(
        set(filter(is_instance_data, new)), set(filter(is_named_axiom, new)), same, bool(false), bool(with_literals)
    )


def as_texts(triple: ox.Triple) -> naive.Triple:
    return str(triple.subject), str(triple.predicate), str(triple.object)


def used_as_classes(given_: set[naive.Triple]) -> set[str]:
    """The classes that axioms name, and restrictions."""
    named = {term for s, p, o in given_ for term in ((s,) if p == naive.TYPE else (s, o))}
    restrictions_ = {s for s, p, _ in given_ if p == f"<{naive.OWL}onProperty>"}
    return restrictions_ | (named & {f"<http://example.org/{name[1:]}>" for name in CLASSES})


def is_instance_data(triple: naive.Triple) -> bool:
    s, p, o = triple
    if s.startswith(('"', *VOCABULARIES)) or p.startswith("_:") or o.endswith("nonNegativeInteger>"):
        return False
    if p == naive.TYPE:
        return not o.startswith(("_:", '"', *VOCABULARIES))
    if p == naive.SAME:
        return s != o and not o.startswith('"')
    return not p.startswith(VOCABULARIES)


def is_named_axiom(triple: naive.Triple) -> bool:
    """About what is above what, of things that have a name; not trivial."""
    s, p, o = triple
    return p in SCHEMA and s != o and not {NOTHING, THING} & {s, o} and s[0] == o[0] == "<"


def agrees(turtle: str) -> None:
    given_ = triples(PREFIXES + turtle)
    ours, theirs = close(given_), plain(given_)
    mine = {as_texts(triple) for triple in (*ours.inferred, *ours.equality) if is_instance_data(as_texts(triple))}
    if {"cls-nothing2", "dt-diff"} & {violation.rule for violation in ours.violations}:
        # By the tables, a member of owl:Nothing is a member of every class, and different literals stand for each other.
        assert mine <= theirs.facts
    else:
        assert mine == theirs.facts
    axioms = {as_texts(triple) for triple in (*ours.axioms, *ours.full)}
    empty = {s for s, p, o in axioms | set(map(as_texts, given_)) if o == NOTHING and p in SCHEMA}

    def counts(axiom: naive.Triple) -> bool:
        # What is below owl:Nothing is below every class, and what is the same as another below it.
        return is_named_axiom(axiom) and axiom[0] not in empty and (axiom[0], axiom[2]) not in theirs.same

    assert set(filter(counts, axioms)) == set(filter(counts, theirs.axioms))
    assert theirs.false <= bool(ours.violations) <= theirs.false_with_literals


def quickly(examples: int) -> settings:
    """The same examples in each run: castgraph needs a tenth of a second for each."""
    return settings(
        max_examples=examples, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
    )


@quickly(30)
@given(document(some(drawn.axioms, 4), some(facts, 9)))
def test_axioms_and_facts(turtle: str) -> None:
    agrees(turtle)


@quickly(20)
@given(document(some(property_axioms, 4), some(facts, 9), some(equalities, 2)))
def test_equality(turtle: str) -> None:
    agrees(turtle)


@quickly(12)
@given(document(some(drawn.axioms, 3), some(facts, 9), some(of_schema, 1)))
def test_equal_classes_and_properties(turtle: str) -> None:
    agrees(turtle)


FOUND = {
    "different from itself": ":a owl:differentFrom :a .",
    "listed twice as different": "[] a owl:AllDifferent ; owl:members ( :a :d :a ) .",
    "listed twice as distinct": "[] a owl:AllDifferent ; owl:distinctMembers ( :a :a ) .",
    "a blank node that is equal to a thing": ":f a owl:FunctionalProperty . :a :f [ :p :b ], :c .",
    "a class disjoint with itself": ":A owl:disjointWith :A . :a a :A .",
    "a class disjoint with one equal to it": ":A owl:disjointWith :D . :D owl:sameAs :A . :b a :D .",
    "a property disjoint with itself": ":q owl:propertyDisjointWith :q . :a :q :a .",
    "a property disjoint with an equal one, of a literal": ":s owl:propertyDisjointWith :q ; owl:sameAs :q . :a :s 2 .",
    "a literal where none is allowed": """:d :s 2 ; a [ a owl:Restriction ; owl:onProperty :s ; owl:onClass owl:Thing ;
        owl:maxQualifiedCardinality "0"^^xsd:nonNegativeInteger ] .""",
    "two literals where one is allowed": """:d :s 1, 2 ; a [ a owl:Restriction ; owl:onProperty :s ; owl:onClass owl:Thing ;
        owl:maxQualifiedCardinality "1"^^xsd:nonNegativeInteger ] .""",
    "a transitive property that ends in a literal": ":q a owl:TransitiveProperty . :a :q :d . :d :q 2 .",
    "a literal of a range that is empty": ":p rdfs:range :A . :A rdfs:subClassOf owl:Nothing . :a :p 1 .",
    "a literal of ranges that are disjoint": """:p rdfs:range :A ; rdfs:subPropertyOf :q . :q rdfs:range :B . :a :p "x" .
        :A rdfs:subClassOf :C . :C owl:disjointWith :B .""",
    "a literal of a class and its complement": """:p rdfs:range :A, :B . :A owl:complementOf :B . :a :p "x" .""",
    "a literal of classes all disjoint": """:p rdfs:range :A, :B . :a :p "x" .
        [] a owl:AllDisjointClasses ; owl:members ( :C :B :A ) .""",
    "a literal where all values are of no class": """:a a [ a owl:Restriction ; owl:onProperty :p ; owl:allValuesFrom :A ] ; :p 1 .
        :A rdfs:subClassOf owl:Nothing .""",
    "a literal of an empty intersection": """:p rdfs:range :A, :B . :a :p "x" . :N owl:intersectionOf ( :A :B ) ;
        owl:equivalentClass owl:Nothing .""",
    "a datatype that is defined as another": """:A a rdfs:Datatype ; owl:equivalentClass xsd:integer . :p rdfs:range :A .
        :a :p "x" .""",
    "all classes below owl:Thing, and that below another": "owl:Thing rdfs:subClassOf :A . :B rdfs:subClassOf :C . :x a :B .",
    "a class that is everything": ":A owl:equivalentClass owl:Thing . :B a owl:Class . :x a :B .",
    "values of some class are values": """:C owl:onProperty :p ; owl:someValuesFrom :A . :x a :C .
        :B owl:onProperty :p ; owl:someValuesFrom owl:Thing .""",
    "no values are values of any class": """:C owl:onProperty :p ; owl:allValuesFrom owl:Nothing . :x a :C .
        :B owl:onProperty :p ; owl:allValuesFrom :A .""",
    "values of any class are values": """:C owl:onProperty :p ; owl:allValuesFrom :A . :x a :C .
        :B owl:onProperty :p ; owl:allValuesFrom owl:Thing .""",
    "a class disjoint with everything": ":A owl:disjointWith owl:Thing . :x a :A .",
    "a class that is the opposite of everything": ":A owl:complementOf owl:Thing . :x a :A .",
    "everything as a part of an intersection": ":A owl:intersectionOf ( :B owl:Thing ) . :x a :B .",
    "everything as a part of a union": ":A owl:unionOf ( :B owl:Thing ) . :C a owl:Class . :x a :C .",
    "a key of everything": "owl:Thing owl:hasKey ( :p ) . :A owl:disjointWith :B . :x a :B ; :p 1 . :y a :A ; :p 1 .",
    "axioms of everything": """owl:Thing rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :A ] . :x :p :y ; a :C .
        :C rdfs:subClassOf :B .""",
    "a member of nothing": ":A rdfs:subClassOf owl:Nothing, :B . :x a :A .",
    "restrictions alike by a circle of properties": """:p owl:equivalentProperty :q . :A owl:onProperty :p ; owl:hasValue 1 .
        :B owl:onProperty :q ; owl:hasValue 1 . :x :q 1 .""",
    "different literals that are made one": ":p a owl:FunctionalProperty . :a :p 1, 'x' . :b :p 'x' .",
    "a class disjoint with itself in a list": "[] a owl:AllDisjointClasses ; owl:members ( :A :A ) . :a a :A .",
}


@pytest.mark.parametrize("name", [name for name in FOUND if name.startswith("a literal of")])
def test_literal_members_contradict_where_the_axioms_alone_show_it(name: str) -> None:
    given_ = triples(PREFIXES + FOUND[name])
    assert close(given_).violations
    assert plain(given_).false_with_literals


@pytest.mark.parametrize("turtle", FOUND.values(), ids=FOUND)
def test_found_before(turtle: str) -> None:
    """What the tests above once found."""
    agrees(turtle)
