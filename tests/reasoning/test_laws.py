"""What holds of every closure, whatever the ontology and the data: laws, on random ones."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rdflib import Graph

from castgraph.errors import OntologyError
from castgraph.proof import Prover
from castgraph.reason import Closure, closure
from castgraph.reason_owlrl import graph_of
from tests.conformance import drawn
from tests.conformance.drawn import document, equalities, facts, of_schema, one, properties, some, things
from tests.conformance.oracle import PREFIXES
from tests.reasoning.proof_checker import check

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

OF_LISTS = [ox.NamedNode(f"http://www.w3.org/1999/02/22-rdf-syntax-ns#{name}") for name in ("first", "rest")]
LITERALS = [
    '"05"^^xsd:integer', "5", "5.0", "5e0", '"5"^^xsd:byte', '"300"^^xsd:byte', '"five"^^xsd:integer', '"x"', '"x"@en',
    '"x"@en-GB', '"x"^^xsd:token', '" x "^^xsd:token', "true", '"1"^^xsd:boolean', '"INF"^^xsd:float', '"NaN"^^xsd:double',
    '"2007-01-01"^^xsd:date', '"2007-02-30T00:00:00"^^xsd:dateTime', '"2007-01-01T00:00:00Z"^^xsd:dateTime',
    '"2007-01-01T01:00:00+01:00"^^xsd:dateTime', '"aGk="^^xsd:base64Binary', '"6869"^^xsd:hexBinary', '"<a/>"^^rdf:XMLLiteral',
    '"a b"^^xsd:anyURI', '"x"^^:own', '"\\u0000\\t\\n\\\\\\""', '""',
]  # fmt: skip
literals = st.sampled_from(LITERALS)
about_literals = st.one_of(
    one("{} rdfs:range {}", properties, st.sampled_from(["xsd:integer", "xsd:string", "rdfs:Literal", "xsd:dateTime"])),
    one("{} rdfs:subClassOf [ owl:onProperty {} ; owl:hasValue {} ]", drawn.classes, properties, literals),
    one("[ owl:onProperty {} ; owl:hasValue {} ] rdfs:subClassOf {}", properties, literals, drawn.classes),
    one("[ owl:onProperty {} ; owl:someValuesFrom xsd:decimal ] rdfs:subClassOf {}", properties, drawn.classes),
    one("{} owl:propertyChainAxiom ( {} {} )", properties, properties, properties),
    one("{} owl:hasKey ( {} )", drawn.classes, properties),
)
values = one("{} {} {}", things, properties, literals)
cliques = one(
    "{} owl:sameAs {}", st.sampled_from([":a", ":b", ":c", "_:n"]), st.sampled_from([":b", ":d", "_:n", "_:m"])
)
documents = st.one_of(
    document(some(drawn.axioms, 4), some(facts, 8)),
    document(some(st.one_of(drawn.axioms, about_literals), 4), some(st.one_of(facts, values), 8)),
    document(some(drawn.property_axioms, 3), some(facts, 6), some(st.one_of(equalities, cliques), 3)),
    document(some(drawn.axioms, 3), some(facts, 6), some(of_schema, 1)),
)


def few(examples: int) -> settings:
    """An example takes a tenth of a second for each closure."""
    return settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow])


def parsed(turtle: str) -> list[ox.Triple]:
    """Read once, since a blank node without a label has another name at each reading."""
    return list(dict.fromkeys(quad.triple for quad in ox.parse(PREFIXES + turtle, format=ox.RdfFormat.TURTLE)))


def close(triples: Iterable[ox.Triple]) -> Closure:
    return closure(triples, Graph())


def found(closed: Closure) -> set[ox.Triple]:
    return {*closed.inferred, *closed.equality, *closed.axioms}


def everything(triples: Iterable[ox.Triple]) -> set[ox.Triple]:
    given_ = list(triples)
    return {*given_, *found(close(given_))}


def broken(closed: Closure) -> set[str]:
    return {violation.rule for violation in closed.violations}


@few(8)
@given(documents)
def test_what_is_closed_is_closed(turtle: str) -> None:
    given_ = parsed(turtle)
    first = close(given_)
    again = close([*given_, *found(first)])
    assert found(again) == set()
    assert bool(again.violations) == bool(first.violations)


@few(8)
@given(documents, documents)
@example(":A owl:oneOf ( :a :b ) . :a owl:sameAs :c .", ":d a :A .")  # equality adds members to lists
def test_closing_in_two_steps_is_closing_at_once(turtle: str, more: str) -> None:
    one_, other = parsed(turtle), parsed(more)
    assert everything({*everything(one_), *other}) == everything([*one_, *other])


@few(6)
@given(documents, st.randoms(use_true_random=False))
def test_names_and_order_do_not_matter(turtle: str, dice: random.Random) -> None:
    given_ = parsed(turtle)
    renamed = renaming(given_, dice)
    shuffled = [renamed(triple) for triple in given_]
    dice.shuffle(shuffled)
    here, there = close(given_), close(shuffled)
    assert {*map(renamed, found(here))} == found(there)
    assert broken(here) == broken(there)


def renaming(triples: list[ox.Triple], dice: random.Random) -> Callable[[ox.Triple], ox.Triple]:
    """Other names for the things, classes, properties and blank nodes, in another order; some names become blank nodes."""
    terms = {term for triple in triples for term in (triple.subject, triple.predicate, triple.object)}
    own = sorted(
        (t for t in terms if isinstance(t, ox.NamedNode) and t.value.startswith("http://example.org/")), key=str
    )
    predicates = {triple.predicate for triple in triples}
    numbers = dice.sample(range(100), len(own))
    names: dict[Term, Term] = {}
    for term, number in zip(own, numbers, strict=True):
        is_thing = re.fullmatch(r"http://example.org/[a-d]", term.value) and term not in predicates
        names[term] = ox.BlankNode(f"z{number}") if is_thing and number % 2 else ox.NamedNode(f"urn:x:{number}")
    blank = sorted((t for t in terms if isinstance(t, ox.BlankNode)), key=str)
    names |= dict(zip(blank, map(ox.BlankNode, (f"b{n}" for n in dice.sample(range(1000), len(blank)))), strict=True))

    def renamed(triple: ox.Triple) -> ox.Triple:
        s, p, o = (names.get(term, term) for term in (triple.subject, triple.predicate, triple.object))
        assert isinstance(p, ox.NamedNode)
        assert isinstance(s, ox.NamedNode | ox.BlankNode)
        return ox.Triple(s, p, o)

    return renamed


@few(6)
@given(documents, st.randoms(use_true_random=False))
def test_without_a_statement_what_does_not_rest_on_it_follows(turtle: str, dice: random.Random) -> None:
    given_ = parsed(turtle)
    gone = dice.choice(
        [triple for triple in given_ if triple.predicate not in OF_LISTS]
    )  # without these, a list is broken
    rest = [triple for triple in given_ if triple != gone]
    before, after = everything(given_), everything(rest)
    assert after <= before
    prover = Prover.of(graph_of(given_))
    for triple in before - set(given_):
        step = prover.prove((str(triple.subject), str(triple.predicate), str(triple.object)))
        assert step is not None
        check(step)
        leaves = {each.triple for each in step.steps() if each.asserted}
        if (str(gone.subject), str(gone.predicate), str(gone.object)) not in leaves:
            assert triple in after


@few(6)
@given(document(some(drawn.property_axioms, 3), some(facts, 6), some(cliques, 4)))
def test_of_equal_things_all_is_true_of_each(turtle: str) -> None:
    same = ox.NamedNode("http://www.w3.org/2002/07/owl#sameAs")
    closed = everything(parsed(turtle))
    pairs = {(triple.subject, triple.object) for triple in closed if triple.predicate == same}
    for s, p, o in ((triple.subject, triple.predicate, triple.object) for triple in closed):
        for one_, other in pairs:
            if one_ == other or isinstance(other, ox.Literal):
                continue
            if s == one_ and not (p == same and o == other):
                assert ox.Triple(other, p, o) in closed
            if o == one_ and not (p == same and s == other):
                assert ox.Triple(s, p, other) in closed


@few(8)
@given(documents)
def test_no_literal_is_written_in_another_way(turtle: str) -> None:
    given_ = parsed(turtle)
    told = {triple.object for triple in given_ if isinstance(triple.object, ox.Literal)}
    assert {triple.object for triple in found(close(given_)) if isinstance(triple.object, ox.Literal)} <= told


VOCABULARY = [
    *(f"rdfs:{name}" for name in ("subClassOf", "subPropertyOf", "domain", "range", "Datatype", "Literal", "Resource")),
    *(f"rdf:{name}" for name in ("type", "first", "rest", "nil", "Property")),
    *(f"owl:{name}" for name in (
        "Thing", "Nothing", "Class", "sameAs", "differentFrom", "inverseOf", "onProperty", "someValuesFrom", "allValuesFrom",
        "hasValue", "intersectionOf", "unionOf", "oneOf", "hasKey", "propertyChainAxiom", "members", "AllDifferent",
        "AllDisjointClasses", "equivalentClass", "equivalentProperty", "disjointWith", "TransitiveProperty",
        "FunctionalProperty", "InverseFunctionalProperty", "SymmetricProperty", "maxCardinality", "onClass",
        "maxQualifiedCardinality", "sourceIndividual", "assertionProperty", "targetValue", "complementOf",
        "propertyDisjointWith", "AsymmetricProperty", "topObjectProperty", "withRestrictions", "onDatatype",
    )),
]  # fmt: skip
nodes = st.sampled_from([":a", ":b", ":p", "_:l", "_:m", "rdf:nil"])
anything = st.one_of(nodes, nodes, st.sampled_from(VOCABULARY), literals, st.just('"1"^^xsd:nonNegativeInteger'))
predicates = st.sampled_from(
    [":p", *(term for term in VOCABULARY if term.split(":")[1][0].islower() and "nil" not in term)]
)
nonsense = st.builds("{} {} {} .".format, st.one_of(nodes, nodes, st.sampled_from(VOCABULARY)), predicates, anything)


@few(20)
@given(st.lists(nonsense, min_size=1, max_size=12))
def test_any_nonsense_is_closed_or_refused_in_words(statements: list[str]) -> None:
    given_ = parsed("".join(statements))
    try:
        first = close(given_)
    except OntologyError as error:
        assert "broken" in str(error)  # noqa: PT017
        return
    assert not found(first) & set(given_)


@pytest.mark.parametrize(
    "turtle",
    [
        "_:l rdf:first :a ; rdf:rest _:l . :A owl:intersectionOf _:l .",
        "_:l rdf:first :a ; rdf:rest _:m . _:m rdf:first :b ; rdf:rest _:l . :p owl:propertyChainAxiom _:l .",
        "_:l rdf:first :a, :b ; rdf:rest rdf:nil . [] a owl:AllDifferent ; owl:members _:l .",
        "_:l rdf:first :a ; rdf:rest 1 . :A owl:oneOf _:l .",
    ],
)
def test_broken_lists_are_refused(turtle: str) -> None:
    with pytest.raises(OntologyError, match="the list at"):
        close(parsed(turtle))
