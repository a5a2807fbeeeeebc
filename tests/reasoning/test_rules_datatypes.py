"""One test, or more, for each rule of table 8 (OWL 2 Profiles, section 4.3), and values where other rules meet them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castgraph.reason_datatypes import differ, ill_typed, is_of, key

from .conftest import Break, Infer

XSD = "http://www.w3.org/2001/XMLSchema#"


def lit(text: str, name: str) -> bytes:
    return f'"{text}"^^<{XSD}{name}>'.encode()


def iri(name: str) -> bytes:
    return f"<{XSD}{name}>".encode()


# --- dt-not-type --------------------------------------------------------------------------------------------------------


def test_dt_not_type_of_an_ill_typed_literal(broken: Break) -> None:
    assert broken(":x :p 'five'^^xsd:integer .") == {'dt-not-type: x p "five"^^xsd:integer'}
    assert broken(":x :p '05'^^xsd:integer, 'five', 'five'^^:number .") == set()


def test_dt_not_type_in_the_ontology(broken: Break) -> None:
    axiom = ":C rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue 'maybe'^^xsd:boolean ] ."
    assert {each.partition(":")[0] for each in broken(axiom)} == {"dt-not-type"}


def test_dt_not_type_by_a_range(broken: Break) -> None:
    assert broken(":p rdfs:range xsd:integer . :x :p 'five' . :y :p 5, 5.0 .") == {'dt-not-type: x p "five"'}
    assert broken(":p rdfs:range xsd:byte . :x :p 127, 128 .") == {'dt-not-type: x p "128"^^xsd:integer'}
    assert broken(":p rdfs:range rdfs:Literal . :x :p 'five', 5, 'cinq'@fr .") == set()


def test_dt_not_type_by_the_range_of_a_superproperty(broken: Break) -> None:
    # Derived, so the engine finds it: the fact that clashes is the derived one.
    axioms = ":p rdfs:subPropertyOf :q . :q rdfs:range xsd:string ."
    assert broken(f"{axioms} :x :p 'cinq'@fr, 'five' .") == {'dt-not-type: x q "cinq"@fr'}


def test_dt_not_type_by_a_restriction(broken: Break) -> None:
    axiom = ":C rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom xsd:decimal ] ."
    assert broken(f"{axiom} :x a :C ; :p 'five', 5 . :y :p 'five' .") == {'dt-not-type: x p "five"'}


def test_dt_not_type_says_nothing_of_datatypes_it_does_not_know(broken: Break) -> None:
    assert broken(":p rdfs:range :length . :x :p 'five', 5, 'long'^^:length .") == set()
    assert broken(":x :p 'whenever'^^xsd:gYear .") == set()


# --- dt-type2: which values are of which datatype -----------------------------------------------------------------------


def test_dt_type2_a_value_is_of_every_datatype_that_has_it(infer: Infer) -> None:
    axiom = "[] owl:onProperty :p ; owl:someValuesFrom xsd:byte ; rdfs:subClassOf :Small ."
    assert infer(f"{axiom} :x :p 5 . :y :p 5.0 . :z :p 500, 5e0, '5' .") == {"x a Small", "y a Small"}


@pytest.mark.parametrize(
    ("literal", "datatypes", "others"),
    [
        (
            lit("5", "integer"),
            "decimal nonNegativeInteger positiveInteger unsignedByte",
            "negativeInteger double string",
        ),
        (lit("-1", "integer"), "negativeInteger nonPositiveInteger byte", "nonNegativeInteger unsignedLong"),
        (lit("1.50", "decimal"), "decimal", "integer float"),
        (lit("1", "float"), "float", "double decimal"),
        (b'"en-GB"', "string token language NMTOKEN Name NCName normalizedString", "anyURI boolean"),
        (b'"two  words"', "string normalizedString", "token language Name"),
        (lit("2007-10-21T20:00:00Z", "dateTime"), "dateTime dateTimeStamp", "string date"),
        (lit("2007-10-21T20:00:00", "dateTime"), "dateTime", "dateTimeStamp"),
        (b'"mot"@fr', "", "string token"),
    ],
)
def test_values_of_datatypes(literal: bytes, datatypes: str, others: str) -> None:
    assert [name for name in datatypes.split() if not is_of(literal, iri(name))] == []
    assert [name for name in others.split() if is_of(literal, iri(name)) is not False] == []


@pytest.mark.parametrize(
    "literal",
    [
        lit("1.5", "integer"), lit(" 1", "integer"), lit("", "integer"), lit("256", "unsignedByte"), lit("-0.1", "byte"),
        lit("1e3", "decimal"), lit(".", "decimal"), lit("TRUE", "boolean"), lit("inf", "double"), lit("abc", "hexBinary"),
        lit("a b", "NMTOKEN"), lit("1a", "NCName"), lit("a:b", "NCName"), lit("english!", "language"),
        lit("2007-02-30T00:00:00", "dateTime"), lit("2007-10-21", "dateTime"), lit("2007-10-21T24:00:01", "dateTime"),
        lit("2007-10-21T20:00:00", "dateTimeStamp"), lit("====", "base64Binary"), lit("a  b", "token"),
    ],
    ids=bytes.decode,
)  # fmt: skip
def test_ill_typed_literals(literal: bytes) -> None:
    assert ill_typed(literal)


@pytest.mark.parametrize(
    "literal",
    [
        lit("+05", "integer"), lit("-0", "nonPositiveInteger"), lit("1.", "decimal"), lit(".5", "decimal"),
        lit("-INF", "float"), lit("NaN", "double"), lit("1e400", "double"), lit("0aF0", "hexBinary"), lit("", "string"),
        lit("2007-10-21T24:00:00+14:00", "dateTime"), lit("-0044-03-15T12:00:00", "dateTime"), lit("Élise", "NCName"),
        lit("", "hexBinary"), lit("aGk=", "base64Binary"), lit("", "token"), lit("maybe", "gYear"), b'"x"@en',
    ],
    ids=bytes.decode,
)  # fmt: skip
def test_well_typed_literals(literal: bytes) -> None:
    assert not ill_typed(literal)


# --- dt-eq and dt-diff --------------------------------------------------------------------------------------------------

EQUAL = [
    (lit("1", "integer"), lit("1.0", "decimal")),
    (lit("+01", "byte"), lit("1", "unsignedLong")),
    (lit("1.50", "decimal"), lit("1.5", "decimal")),
    (lit("1", "float"), lit("1.0E0", "float")),
    (lit("true", "boolean"), lit("1", "boolean")),
    (b'"a"', lit("a", "token")),
    (lit("ab", "hexBinary"), lit("AB", "hexBinary")),
    (lit("2007-10-21T20:00:00Z", "dateTime"), lit("2007-10-21T22:00:00.0+02:00", "dateTimeStamp")),
    (lit("2007-10-21T24:00:00", "dateTime"), lit("2007-10-22T00:00:00", "dateTime")),
    (lit("a@en", "x").replace(b"<" + XSD.encode() + b"x>", b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#PlainLiteral>"),
     b'"a"@en'),
]  # fmt: skip
DIFFERENT = [
    (lit("1", "integer"), lit("2", "integer")),
    (lit("1", "integer"), lit("1", "double")),
    (lit("1", "float"), lit("1", "double")),
    (lit("0.1", "decimal"), lit("0.10000000000000000000000000000000001", "decimal")),
    (lit("1", "integer"), b'"1"'),
    (b'"a"', b'"a"@en'),
    (b'"a"@fr', b'"a"@en'),
    (lit("a", "anyURI"), b'"a"'),
    (lit("2007-10-21T20:00:00", "dateTime"), lit("2007-10-21T20:00:00Z", "dateTime")),
]


@pytest.mark.parametrize(("one", "other"), EQUAL, ids=str)
def test_equal_values_have_one_key(one: bytes, other: bytes) -> None:
    assert key(one) == key(other)
    assert not differ(one, other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT, ids=str)
def test_different_values_differ(one: bytes, other: bytes) -> None:
    assert key(one) != key(other)
    assert differ(one, other)


@given(st.integers(), st.integers(0, 3), st.integers(0, 3))
def test_an_integer_is_the_same_however_it_is_written(number: int, zeros: int, decimals: int) -> None:
    sign = "-" if number < 0 else ""
    written = lit(f"{sign}{'0' * zeros}{abs(number)}.{'0' * decimals}", "decimal")
    assert key(written) == key(lit(str(number), "integer")) == lit(str(number), "integer")


def test_dt_eq_joins_a_key_written_in_two_ways(infer: Infer) -> None:
    found = infer(":C owl:hasKey ( :p ) . :x a :C ; :p 1 . :y a :C ; :p 1.0 . :z a :C ; :p '1' .")
    assert {each for each in found if "=" in each} == {"x = y", "y = x"}
    assert len(found) == 4  # and each has the value of the other in its form


def test_dt_eq_joins_an_inverse_functional_value(infer: Infer) -> None:
    found = infer(":p a owl:InverseFunctionalProperty . :x :p '01'^^xsd:integer . :y :p 1.0 . :z :p 2 .")
    assert {each for each in found if "=" in each} == {"x = y", "y = x"}


def test_dt_eq_finds_the_value_of_a_restriction(infer: Infer) -> None:
    axiom = "[] owl:onProperty :p ; owl:hasValue 1.0 ; rdfs:subClassOf :C ."
    assert infer(f"{axiom} :x :p 1 . :y :p 2 .") == {"x a C", 'x p "1.0"^^xsd:decimal'}  # the latter by cls-hv1


def test_dt_eq_writes_no_value_in_another_form(infer: Infer) -> None:
    assert infer(":p rdfs:subPropertyOf :q . :x :p '1'^^xsd:integer . :y :p '01'^^xsd:integer .") == {
        'x q "1"^^xsd:integer',
        'y q "01"^^xsd:integer',
    }


def test_dt_eq_in_contradictions(broken: Break) -> None:
    disjoint = ":p owl:propertyDisjointWith :q . "
    assert broken(disjoint + ":x :p 1 ; :q 1.0 . :y :p 1 ; :q 2 .") == {
        'prp-pdw: x p "1"^^xsd:integer; x q "1"^^xsd:integer'
    }
    denied = "[] owl:sourceIndividual :x ; owl:assertionProperty :p ; owl:targetValue 1.0 . "
    assert {each.partition(":")[0] for each in broken(denied + ":x :p 1 .")} == {"prp-npa2"}
    assert broken(denied + ":x :p 2 .") == set()


def test_dt_diff_two_values_of_a_functional_property(broken: Break) -> None:
    axiom = ":p a owl:FunctionalProperty . "
    assert broken(axiom + ":x :p 1, 2 .") == {'dt-diff: x p "1"^^xsd:integer; x p "2"^^xsd:integer'}
    assert broken(axiom + ":x :p 1, 1.0, '01'^^xsd:integer .") == set()
    assert broken(axiom + ":x :p 'a'^^:unknown, 'b'^^:unknown .") == set()
    assert broken(axiom + ":x :p 1 . :y :p 2 .") == set()


def test_dt_diff_two_values_where_a_class_allows_one(broken: Break) -> None:
    axiom = ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxCardinality 1 ] . "
    assert broken(axiom + ":x a :C ; :p 'a', 'b' . :y :p 'a', 'b' .") == {'dt-diff: x p "a"; x p "b"'}
    assert broken(axiom + ":x a :C ; :p 1, 1.0 .") == set()


def test_dt_diff_two_values_where_a_class_allows_one_of_anything(broken: Break) -> None:
    axiom = ":C rdfs:subClassOf [ owl:onProperty :p ; owl:onClass owl:Thing ; owl:maxQualifiedCardinality {} ] . "
    assert broken(axiom.format(1) + ":x a :C ; :p 'a', 'b' .") == {'dt-diff: x p "a"; x p "b"'}
    assert broken(axiom.format(1) + ":x a :C ; :p 'a' .") == set()
    assert {each.partition(":")[0] for each in broken(axiom.format(0) + ":x a :C ; :p 'a' .")} == {"cls-maxqc2"}


def test_a_transitive_property_may_end_in_a_literal(infer: Infer) -> None:
    assert infer(":p a owl:TransitiveProperty . :x :p :y . :y :p 'v' . :z :q :y .") == {'x p "v"'}


def test_a_literal_listed_as_a_member_is_left_out(infer: Infer) -> None:
    assert infer(":C owl:oneOf ( 'a' :x ) .") == {"x a C"}
