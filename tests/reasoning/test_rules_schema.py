"""One test, or more, for each rule of table 9 (OWL 2 Profiles, section 4.3), on both engines that close ontologies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rdflib import Graph

from castgraph import reason_hierarchy
from castgraph.reason_axioms import Axiom, Axioms, owl
from castgraph.reason_hierarchy import Tables, axiom_tables, by_nemo, by_owlrl
from castgraph.schema import split

from .conftest import given_triples

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data" / "reasoning"
Above = Callable[[str], set[str]]


def axioms_of(turtle: str) -> Axioms:
    return Axioms((str(t.subject), str(t.predicate), str(t.object)) for t in given_triples(turtle))


@pytest.fixture(params=[by_nemo, by_owlrl])
def above(request: pytest.FixtureRequest) -> Above:
    """What is inferred between named things: ``{"A rdfs:subClassOf B"}``."""

    def run(turtle: str) -> set[str]:
        stated = axioms_of(turtle)
        closed: Axioms = request.param(axiom_tables(stated))
        named = {t for t in closed.triples - stated.triples if "_:" not in t[0] + t[2]}
        return {" ".join(map(brief, triple)) for triple in named}

    return run


def brief(term: str) -> str:
    local = term.rstrip(">").replace("<http://example.org/", "").replace("<http://www.w3.org/2002/07/owl#", "")
    return local.replace("<http://www.w3.org/2000/01/rdf-schema#", "rdfs:")


def test_scm_cls_a_class_is_below_itself(above: Above) -> None:
    # Seen in what follows: two restrictions with the same filler are below each other, though nothing is below :D.
    some = "owl:onProperty :p ; owl:someValuesFrom :D"
    assert above(f":A rdfs:subClassOf [ {some} ] . [ {some} ] rdfs:subClassOf :B .") == {"A rdfs:subClassOf B"}


def test_scm_sco(above: Above) -> None:
    stated = ":A rdfs:subClassOf :B . :B rdfs:subClassOf :C . :C rdfs:subClassOf :D . :E rdfs:subClassOf :D ."
    assert above(stated) == {"A rdfs:subClassOf C", "A rdfs:subClassOf D", "B rdfs:subClassOf D"}


def test_scm_eqc1(above: Above) -> None:
    found = above(":A owl:equivalentClass :B . :B rdfs:subClassOf :C .")
    assert {"A rdfs:subClassOf B", "B rdfs:subClassOf A", "A rdfs:subClassOf C"} <= found
    assert "C rdfs:subClassOf A" not in found


def test_scm_eqc2(above: Above) -> None:
    found = above(":A rdfs:subClassOf :B . :B rdfs:subClassOf :A . :B rdfs:subClassOf :C .")
    assert found == {"A equivalentClass B", "B equivalentClass A", "A rdfs:subClassOf C"}


def test_scm_op_a_property_is_below_itself(above: Above) -> None:
    restriction = "owl:onProperty :p ; owl:allValuesFrom"
    found = above(f":A rdfs:subClassOf [ {restriction} :D ] . [ {restriction} :D ] rdfs:subClassOf :B .")
    assert found == {"A rdfs:subClassOf B"}


def test_scm_spo(above: Above) -> None:
    found = above(":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r . :s rdfs:subPropertyOf :r .")
    assert found == {"p rdfs:subPropertyOf r"}


def test_scm_eqp1(above: Above) -> None:
    found = above(":p owl:equivalentProperty :q . :q rdfs:subPropertyOf :r .")
    assert {"p rdfs:subPropertyOf q", "q rdfs:subPropertyOf p", "p rdfs:subPropertyOf r"} <= found
    assert "r rdfs:subPropertyOf p" not in found


def test_scm_eqp2(above: Above) -> None:
    found = above(":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p . :q rdfs:subPropertyOf :r .")
    assert found == {"p equivalentProperty q", "q equivalentProperty p", "p rdfs:subPropertyOf r"}


def test_scm_dom1_and_scm_rng1_go_up_classes(above: Above) -> None:
    for kind in ("domain", "range"):
        found = above(f":p rdfs:{kind} :A . :A rdfs:subClassOf :B . :C rdfs:subClassOf :A .")
        assert found == {f"p rdfs:{kind} B", "C rdfs:subClassOf B"}


def test_scm_dom2_and_scm_rng2_go_down_properties(above: Above) -> None:
    stated = ":p rdfs:{0} :A . :q rdfs:subPropertyOf :p . :p rdfs:subPropertyOf :r ."
    assert "q rdfs:domain A" in above(stated.format("domain"))
    assert "q rdfs:range A" in above(stated.format("range"))
    assert "r rdfs:domain A" not in above(stated.format("domain"))
    assert "r rdfs:range A" not in above(stated.format("range"))


def restricted(one: str, other: str, more: str) -> str:
    return (
        f":A owl:equivalentClass [ owl:onProperty {one} ] . :B owl:equivalentClass [ owl:onProperty {other} ] . {more}"
    )


def test_scm_hv(above: Above) -> None:
    properties = ":p rdfs:subPropertyOf :q ."
    found = above(restricted(":p ; owl:hasValue :v", ":q ; owl:hasValue :v", properties))
    assert "A rdfs:subClassOf B" in found
    assert "B rdfs:subClassOf A" not in found
    assert "A rdfs:subClassOf B" not in above(restricted(":p ; owl:hasValue :v", ":q ; owl:hasValue :w", properties))


def test_scm_svf1(above: Above) -> None:
    found = above(restricted(":p ; owl:someValuesFrom :C", ":p ; owl:someValuesFrom :D", ":C rdfs:subClassOf :D ."))
    assert "A rdfs:subClassOf B" in found
    assert "B rdfs:subClassOf A" not in found


def test_scm_svf2(above: Above) -> None:
    found = above(restricted(":p ; owl:someValuesFrom :C", ":q ; owl:someValuesFrom :C", ":p rdfs:subPropertyOf :q ."))
    assert "A rdfs:subClassOf B" in found
    assert "B rdfs:subClassOf A" not in found


def test_scm_avf1(above: Above) -> None:
    found = above(restricted(":p ; owl:allValuesFrom :C", ":p ; owl:allValuesFrom :D", ":C rdfs:subClassOf :D ."))
    assert "A rdfs:subClassOf B" in found
    assert "B rdfs:subClassOf A" not in found


def test_scm_avf2_turns_round(above: Above) -> None:
    found = above(restricted(":p ; owl:allValuesFrom :C", ":q ; owl:allValuesFrom :C", ":p rdfs:subPropertyOf :q ."))
    assert "B rdfs:subClassOf A" in found
    assert "A rdfs:subClassOf B" not in found


def test_scm_int(above: Above) -> None:
    found = above(":A owl:intersectionOf ( :B :C :D ) .")
    assert found == {"A rdfs:subClassOf B", "A rdfs:subClassOf C", "A rdfs:subClassOf D"}


def test_scm_uni(above: Above) -> None:
    found = above(":A owl:unionOf ( :B :C :D ) .")
    assert found == {"B rdfs:subClassOf A", "C rdfs:subClassOf A", "D rdfs:subClassOf A"}


# --- both engines agree -------------------------------------------------------------------------------------------------


def stated_axioms(*files: Path) -> Axioms:
    graph = Graph()
    for file in files:
        graph.parse(file, format="xml" if file.suffix == ".owl" else None)
    from castgraph.reason_sources import statements_of

    return Axioms((s.decode(), p.decode(), o.decode()) for s, p, o in statements_of(split(graph)[0]))


@pytest.mark.parametrize(
    "files",
    [
        (ROOT / "ontology" / "film.ttl", ROOT / "ontology" / "mission.ttl"),
        (SHARED / "univ-bench.owl",),
        (SHARED / "owl2bench_UNIV-BENCH-OWL2RL.owl",),
    ],
    ids=["film and mission", "univ-bench", "OWL2Bench"],
)
def test_nemo_and_owlrl_close_an_ontology_alike(files: tuple[Path, ...]) -> None:
    if not all(file.exists() for file in files):
        pytest.skip("the shared ontologies are not here")
    tables = axiom_tables(stated_axioms(*files))
    closed = by_nemo(tables)
    assert closed.triples == by_owlrl(tables).triples
    assert len(closed.triples) > 100


names = st.sampled_from("ABCDEF").map(":{}".format)
properties = st.sampled_from("pqrs").map(":{}".format)
above_names = st.one_of(names, names, names, st.sampled_from(["owl:Thing", "owl:Nothing", "xsd:integer"]))
drawn_axioms = st.one_of(
    st.builds("{} rdfs:subClassOf {} .".format, names, above_names),
    st.builds("{} owl:equivalentClass {} .".format, names, above_names),
    st.builds("{} rdfs:subPropertyOf {} .".format, properties, properties),
    st.builds("{} owl:equivalentProperty {} .".format, properties, properties),
    st.builds("{} rdfs:domain {} .".format, properties, above_names),
    st.builds("{} rdfs:range {} .".format, properties, above_names),
    st.builds("{} owl:onProperty {} ; owl:someValuesFrom {} .".format, names, properties, above_names),
    st.builds("{} owl:onProperty {} ; owl:allValuesFrom {} .".format, names, properties, above_names),
    st.builds("{} owl:onProperty {} ; owl:hasValue {} .".format, names, properties, st.sampled_from([":v", "1", ":A"])),
    st.builds("{} owl:intersectionOf ( {} {} ) .".format, names, names, above_names),
    st.builds("{} owl:unionOf ( {} {} ) .".format, names, names, above_names),
)
# A class and a property that only going round a circle of axioms puts below themselves.
ROUND_PROPERTIES = [
    ":p owl:equivalentProperty :q .",
    ":A owl:onProperty :p ; owl:hasValue :v .",
    ":B owl:onProperty :p ; owl:hasValue :v .",
]
ROUND_CLASSES = [
    ":C rdfs:subClassOf :D . :D rdfs:subClassOf :C .",
    ":A owl:onProperty :p ; owl:someValuesFrom :C .",
    ":B owl:onProperty :p ; owl:someValuesFrom :C .",
]


@settings(max_examples=30, deadline=None)
@given(drawn=st.lists(drawn_axioms, min_size=2, max_size=18))
@example(drawn=ROUND_PROPERTIES)
@example(drawn=ROUND_CLASSES)
def test_nemo_and_owlrl_close_any_hierarchy_alike(drawn: list[str]) -> None:
    tables = axiom_tables(axioms_of("".join(drawn)))
    assert by_nemo(tables).triples == by_owlrl(tables).triples


@pytest.mark.parametrize("close", [by_nemo, by_owlrl])
@pytest.mark.parametrize("axioms", [ROUND_PROPERTIES, ROUND_CLASSES], ids=["properties", "classes"])
def test_restrictions_alike_by_a_circle_of_axioms_are_equivalent(
    close: Callable[[Tables], Axioms], axioms: list[str]
) -> None:
    a, b = "<http://example.org/A>", "<http://example.org/B>"
    assert (a, owl("equivalentClass"), b) in close(axiom_tables(axioms_of("".join(axioms)))).triples


def test_large_ontologies_go_to_nemo_and_small_ones_to_owlrl(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []

    def engine(name: str) -> Callable[[Tables], Axioms]:
        def close(tables: Tables) -> Axioms:
            called.append(name)
            return Axioms([])

        return close

    monkeypatch.setattr(reason_hierarchy, "by_nemo", engine("nemo"))
    monkeypatch.setattr(reason_hierarchy, "by_owlrl", engine("owlrl"))
    sub = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
    axioms: list[Axiom] = [
        (f"<http://e.org/{n}>", sub, "<http://e.org/top>") for n in range(reason_hierarchy.LARGE + 1)
    ]
    reason_hierarchy.close(Axioms(axioms[:3]))
    reason_hierarchy.close(Axioms(axioms))
    assert called == ["owlrl", "nemo"]
