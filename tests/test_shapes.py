"""Shapes are asked about one thing of each kind: the findings have to be those of asking about all."""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from castgraph.build import build
from castgraph.iris import FILM, RDF, RDFS, XSD
from castgraph.shape_kinds import Kinds
from castgraph.shape_reach import reach_of
from castgraph.shapes import Finding, _in_order, _validate, bundled_shapes, check_all, check_shapes
from castgraph.snapshot import named_quads

HERE = "http://example.org/"
TYPE, SUBCLASS = ox.NamedNode(RDF + "type"), ox.NamedNode(RDFS + "subClassOf")
NODES = [*(ox.NamedNode(f"{HERE}{name}") for name in "abcd"), ox.BlankNode("e")]
CLASSES = [
    ox.NamedNode(FILM + name)
    for name in (
        "Performance",
        "ScreenWork",
        "Season",
        "Person",
        "AwardNomination",
        "Review",
        "Rating",
        "MonetaryAmount",
    )
]
PROPERTIES = [
    *(
        ox.NamedNode(FILM + name)
        for name in (
            *("performer", "character", "hasPerformance", "episodeCount", "releaseYear", "firstAired", "awardName"),
            *("awardOutcome", "ratingValue", "bestRating", "helpfulVotes", "votes", "amount", "currency"),
        )
    ),
    ox.NamedNode(RDFS + "label"),
]
VALUES = [
    *NODES,
    *(ox.Literal(number) for number in (0, 1, 1999, 3000)),
    ox.Literal("01", datatype=ox.NamedNode(XSD + "integer")),
    ox.Literal("1.5", datatype=ox.NamedNode(XSD + "decimal")),
    ox.Literal("2007-09-23", datatype=ox.NamedNode(XSD + "date")),
    ox.Literal("none", datatype=ox.NamedNode(XSD + "date")),
    ox.Literal("won"),
    ox.Literal("perdu", language="fr"),
]

statements = st.one_of(
    st.builds(ox.Triple, st.sampled_from(NODES), st.just(TYPE), st.sampled_from(CLASSES)),
    st.builds(ox.Triple, st.sampled_from(NODES), st.sampled_from(PROPERTIES), st.sampled_from(VALUES)),
    st.builds(ox.Triple, st.sampled_from(CLASSES), st.just(SUBCLASS), st.sampled_from(CLASSES)),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(statements, max_size=40))
def test_findings_are_those_of_looking_at_everything(triples: Sequence[ox.Triple]) -> None:
    found = check_shapes(triples)
    assert found == check_all(triples, bundled_shapes())
    read = as_read(triples)
    if read is not None:
        assert found == read


def as_read(triples: Sequence[ox.Triple]) -> tuple[Finding, ...] | None:
    """What pySHACL finds in a graph that rdflib has read by itself; None where blank nodes keep it from comparing."""
    if any(isinstance(term, ox.BlankNode) for triple in triples for term in (triple.subject, triple.object)):
        return None
    data = rdflib.Graph().parse(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), format="nt")
    return _in_order(_validate(data, bundled_shapes()))


def test_findings_of_the_bundled_graph_and_of_damaged_ones_are_the_same_both_ways(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    snapshot, report = build([], tmp_path_factory.mktemp("bundled"))
    outside = (snapshot.iris.provenance, snapshot.iris.schema)
    triples = [
        quad.triple for quad in named_quads(snapshot.open().raw)
        if isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value not in outside
    ]  # fmt: skip
    assert report.findings
    for kept in (triples, triples[::2], triples[1::3]):
        found = check_shapes(kept)
        assert found
        assert found == check_all(kept, bundled_shapes())


def test_one_of_each_kind_is_looked_at_where_nothing_is_wrong() -> None:
    triples = []
    for number in range(50):
        work, credit = (ox.NamedNode(f"{HERE}{what}{number}") for what in ("work", "credit"))
        triples += [
            ox.Triple(work, TYPE, ox.NamedNode(FILM + "ScreenWork")),
            ox.Triple(work, ox.NamedNode(RDFS + "label"), ox.Literal(f"Title {number}")),
            ox.Triple(work, ox.NamedNode(FILM + "releaseYear"), ox.Literal(1990 + number % 2)),
            ox.Triple(work, ox.NamedNode(FILM + "hasPerformance"), credit),
            ox.Triple(credit, TYPE, ox.NamedNode(FILM + "Performance")),
            ox.Triple(credit, ox.NamedNode(FILM + "performer"), ox.NamedNode(f"{HERE}person{number % 7}")),
        ]
    reach = reach_of(bundled_shapes())
    assert reach is not None, "a shape looks further than at a thing's own statements: see shape_reach"
    assert sorted(map(len, Kinds(triples, reach).sorted())) == [25, 25, 50]
    assert check_shapes(triples) == ()


FAR = {
    "a sequence": "sh:property [ sh:path ( <a:p> <a:q> ) ; sh:minCount 1 ]",
    "any number of steps": "sh:property [ sh:path [ sh:zeroOrMorePath <a:p> ] ; sh:minCount 1 ]",
    "an inverse of a sequence": "sh:property [ sh:path [ sh:inversePath ( <a:p> <a:q> ) ] ; sh:minCount 1 ]",
    "the class of a value": "sh:property [ sh:path <a:p> ; sh:class <a:D> ]",
    "a shape of values": "sh:property [ sh:path <a:p> ; sh:node [ sh:property [ sh:path <a:q> ; sh:minCount 1 ] ] ]",
    "a property of values": "sh:property [ sh:path <a:p> ; sh:property [ sh:path <a:q> ; sh:minCount 1 ] ]",
    "values of the same kind": "sh:property [ sh:path <a:p> ; sh:equals <a:q> ]",
    "a query": 'sh:sparql [ sh:select "SELECT $this WHERE { $this <a:p>/<a:q> 1 }" ]',
    "the classes as values": "sh:property [ sh:path <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ; sh:maxCount 1 ]",
    "other targets": "sh:targetSubjectsOf <a:p>",
}


@pytest.mark.parametrize("what", FAR)
def test_shapes_that_look_further_are_asked_about_everything(what: str) -> None:
    text = f"@prefix sh: <http://www.w3.org/ns/shacl#> . <a:S> a sh:NodeShape ; sh:targetClass <a:C> ; {FAR[what]} ."
    shapes = rdflib.Graph().parse(data=text, format="turtle")
    assert reach_of(shapes) is None
    things = [ox.NamedNode(f"a:{number}") for number in range(4)]
    triples = [ox.Triple(one, TYPE, ox.NamedNode("a:C")) for one in things[:2]]
    triples += [ox.Triple(one, ox.NamedNode("a:p"), other) for one, other in zip(things[:2], things[2:], strict=True)]
    triples += [
        ox.Triple(things[3], ox.NamedNode("a:q"), ox.Literal(1)),
        ox.Triple(things[3], TYPE, ox.NamedNode("a:D")),
    ]
    assert check_shapes(triples, shapes) == check_all(triples, shapes)


def test_triples_as_terms_do_no_harm() -> None:
    work = ox.NamedNode(f"{HERE}work")
    told = ox.Triple(work, TYPE, ox.NamedNode(FILM + "ScreenWork"))
    triples = [told, ox.Triple(work, ox.NamedNode(FILM + "releaseYear"), told)]
    assert "a release year is out of range" in {finding.message for finding in check_shapes(triples)}
    assert check_shapes(triples) == check_all(triples, bundled_shapes())


def test_blank_nodes_are_told_apart_and_compared_with_nothing() -> None:
    blank, rating = ox.BlankNode("b"), ox.NamedNode(f"{HERE}rating")
    triples = [
        ox.Triple(rating, TYPE, ox.NamedNode(FILM + "Rating")),
        ox.Triple(rating, ox.NamedNode(FILM + "ratingValue"), blank),
        ox.Triple(rating, ox.NamedNode(FILM + "bestRating"), ox.Literal(10)),
        ox.Triple(blank, TYPE, ox.NamedNode(FILM + "Review")),
        ox.Triple(blank, ox.NamedNode(FILM + "helpfulVotes"), ox.Literal(-1)),
    ]
    assert {(one.message, one.focus) for one in check_shapes(triples)} == {
        ("a rating is above its scale", rating.value),
        ("more helpful votes than votes", "_:b"),
    }


def test_a_string_is_the_string_the_shape_names() -> None:
    award = ox.NamedNode(f"{HERE}award")
    triples = [
        ox.Triple(award, TYPE, ox.NamedNode(FILM + "AwardNomination")),
        ox.Triple(award, ox.NamedNode(FILM + "awardName"), ox.Literal("Best")),
        ox.Triple(award, ox.NamedNode(FILM + "awardOutcome"), ox.Literal("won")),
    ]
    assert check_shapes(triples) == ()
