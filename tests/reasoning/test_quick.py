"""The quick way and the rule file as it stands lead to the same closure."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse
from rdflib import Graph

from benchmarks.film_generator import film_lines
from castgraph import reason_joins, reason_quick
from castgraph.reason import Closure, closure, infer_files
from castgraph.reason_columns import Columns, distinct, gathered, packed, unpacked
from castgraph.reason_instances import Tag
from castgraph.reason_joins import derive
from castgraph.reason_plan import plan
from castgraph.reason_quick import reduced
from castgraph.reason_work import facts_of
from castgraph.schema import Table

from .conftest import PREFIXES, closed, short

AXIOMS = (
    ":A rdfs:subClassOf :B .",
    ":B rdfs:subClassOf :C .",
    ":C owl:equivalentClass :D .",
    ":E owl:intersectionOf (:A :F) .",
    ":E owl:intersectionOf (:A :F :G) .",
    ":G owl:unionOf (:B :H) .",
    ":A owl:disjointWith :H .",
    "[] a owl:AllDisjointClasses ; owl:members (:C :F :G) .",
    ":F owl:complementOf :H .",
    ":p rdfs:domain :A .",
    ":q rdfs:range :F .",
    ":p rdfs:subPropertyOf :q .",
    ":q rdfs:subPropertyOf :r .",
    ":r owl:equivalentProperty :s .",
    ":p owl:inverseOf :s .",
    ":q a owl:SymmetricProperty .",
    ":r a owl:TransitiveProperty .",
    ":s a owl:TransitiveProperty .",
    ":p a owl:IrreflexiveProperty .",
    ":q a owl:AsymmetricProperty .",
    ":r owl:propertyDisjointWith :s .",
    ":r owl:propertyChainAxiom (:p :q) .",
    ":t owl:propertyChainAxiom (:p :q :r) .",
    ":t owl:propertyChainAxiom (:t :s :p :q) .",
    ":n owl:propertyChainAxiom (:p :n) .",
    ":n rdfs:subPropertyOf :m .",
    ":m rdfs:domain :H .",
    "[] owl:onProperty :q ; owl:someValuesFrom :F ; rdfs:subClassOf :A .",
    "[] owl:onProperty :s ; owl:someValuesFrom :G ; rdfs:subClassOf :H .",
    "[] owl:onProperty :t ; owl:someValuesFrom owl:Thing ; rdfs:subClassOf :F .",
    ":A rdfs:subClassOf [ owl:onProperty :r ; owl:allValuesFrom :B ] .",
    ":B rdfs:subClassOf [ owl:onProperty :q ; owl:maxCardinality 0 ] .",
    ":A rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue :x ] .",
    ":r a owl:FunctionalProperty .",
    ":B owl:hasKey (:n) .",
)
THINGS = ("x", "y", "z", "u")
FACTS = st.one_of(
    st.builds("_:{} :{} _:{} .".format, st.sampled_from(THINGS), st.sampled_from("pqrst"), st.sampled_from(THINGS)),
    st.builds("_:{} a :{} .".format, st.sampled_from(THINGS), st.sampled_from("ABCDEFGH")),
    st.builds('_:{} :{} "{}" .'.format, st.sampled_from(THINGS), st.sampled_from("nmp"), st.sampled_from("ab")),
)


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether the quick way led to the closure, each time it was tried."""
    ways: list[bool] = []
    quick = reason_quick.infer

    def watched(*arguments: object) -> int | None:
        number = quick(*arguments)  # type: ignore[arg-type]
        ways.append(number is not None)
        return number

    monkeypatch.setattr(reason_quick, "infer", watched)
    return ways


def found(result: Closure) -> tuple[set[str], list[str]]:
    assert len(result.inferred) == len(set(result.inferred)), "a triple is inferred twice"
    return {short(triple) for triple in result.inferred}, sorted(f"{v.rule} {v.message}" for v in result.violations)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sets(st.sampled_from(AXIOMS), min_size=1), st.lists(FACTS, min_size=1, max_size=12))
def test_both_ways_lead_to_the_same_closure(
    monkeypatch: pytest.MonkeyPatch, axioms: set[str], facts: list[str]
) -> None:
    turtle = PREFIXES + "".join(sorted(axioms)) + "".join(facts)
    # Read once, since a blank node without a label has another name at each reading.
    triples = [quad.triple for quad in parse(turtle, format=RdfFormat.TURTLE)]
    quick = found(closure(triples, Graph()))
    with monkeypatch.context() as patch:
        patch.setattr(reason_quick, "infer", lambda *_: None)
        assert found(closure(triples, Graph())) == quick


def test_film_data_go_the_quick_way(tmp_path: Path, ontology: Graph, taken: list[bool]) -> None:
    source = tmp_path / "films.nt"
    source.write_text("".join(film_lines(3000)), encoding="utf-8")
    summary = infer_files([source], ontology, tmp_path / "quick.nt")
    lines = (tmp_path / "quick.nt").read_text(encoding="utf-8").splitlines()
    assert taken == [True]
    assert summary.given >= 3000
    assert summary.inferred == len(lines) == len(set(lines)) > 4000


def test_a_fact_stated_twice_is_inferred_from_once(tmp_path: Path, ontology: Graph, taken: list[bool]) -> None:
    source = tmp_path / "films.nt"
    source.write_text("".join(film_lines(500)) * 2, encoding="utf-8")
    infer_files([source], ontology, tmp_path / "out.nt")
    lines = (tmp_path / "out.nt").read_text(encoding="utf-8").splitlines()
    assert taken == [True]
    assert len(lines) == len(set(lines))


def test_a_constant_in_a_rule_leads_round_the_quick_way(taken: list[bool]) -> None:
    assert found(closed("[] owl:onProperty :p ; owl:hasValue :v ; rdfs:subClassOf :C . :x :p :v ."))[0] == {"x a C"}
    assert taken == [False]


# --- the plan -----------------------------------------------------------------------------------------------------------


def tables(**rows: str) -> dict[str, Table]:
    """``sub="A B, B C"`` is a table of two rows."""
    return {name: frozenset(tuple(row.split()) for row in text.split(",")) for name, text in rows.items()}


def tags(*names: str) -> frozenset[Tag]:
    return frozenset((kind, name) for kind, _, name in (each.partition(" ") for each in names))


def test_without_joins_the_engine_has_nothing_to_do() -> None:
    way = plan(tables(sub="A B", dom="p A", inv="p q", sym="q"), tags("rel p", "type A"))
    assert way is not None
    assert not way.once.tables
    assert not way.again.tables
    assert {atom.tag for atom in way.echo(("rel", "p"))} == tags("rel p", "rel q", "type A", "type B")


def test_the_engine_sees_only_what_joins_can_use() -> None:
    way = plan(tables(chain="c p q", sub="A B", inv="p r", dom="p A"), tags("rel r", "rel q", "rel s", "type A"))
    assert way is not None
    assert [{atom.tag for atom in each.body} for each in way.joins] == [tags("rel p", "rel q")]
    assert not way.once.tables
    assert not way.again.tables


def test_the_engine_sees_only_what_longer_joins_can_use() -> None:
    way = plan(
        tables(chain_start="1 p q", chain_end="c 1 s", sub="A B", inv="p r", dom="p A"),
        tags("rel r", "rel q", "rel s", "rel t", "type A"),
    )
    assert way is not None
    assert way.once.load == tags("rel p", "rel q", "rel s")
    assert set(way.once.tables) == {"chain_start", "chain_end"}
    assert not way.joins
    assert not way.again.tables


def test_the_engine_is_knownwhat_joins_of_two_derive_where_it_can_use_it() -> None:
    way = plan(tables(trp="c", chain="c q r"), tags("rel q", "rel r", "rel c"))
    assert way is not None
    assert [each.head.tag for each in way.joins] == [("rel", "c")]
    assert way.depends
    other = plan(tables(trp="p", chain="c q r"), tags("rel p", "rel q", "rel r"))
    assert other is not None
    assert not other.depends


def test_joins_over_what_joins_derive_are_done_again_and_again() -> None:
    way = plan(tables(trp="p", chain="c q r, q q r"), tags("rel p", "rel q", "rel r"))
    assert way is not None
    assert way.once.tables == {}
    assert way.again.tables == tables(trp="p", chain="c q r, q q r")


def test_a_join_that_one_of_its_facts_makes_needless_is_left_out() -> None:
    way = plan(tables(svf="C p A", rng="p A", sub="C D"), tags("rel p"))
    assert way is not None
    assert not way.once.tables
    assert ("type", "D") in {atom.tag for atom in way.echo(("rel", "p"))}


def test_a_rule_of_another_form_makes_no_plan() -> None:
    assert plan(tables(oneof="C x"), tags("type C")) is None


# --- columns ------------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))))
def test_pairs_survive_packing_and_stand_once(pairs: list[tuple[int, int]]) -> None:
    xs, ys = array("I", [x for x, _ in pairs]), array("I", [y for _, y in pairs])
    assert list(zip(*unpacked(packed(xs, ys)), strict=True)) == pairs
    once = list(zip(*distinct(xs, ys), strict=True))
    assert len(once) == len(set(pairs))
    assert set(once) == set(pairs)


@given(st.lists(st.binary(max_size=5)))
def test_gathered_blocks_say_the_same(blocks: list[bytes]) -> None:
    def one_by_one() -> Iterator[bytes]:
        yield from blocks

    assert b"".join(gathered(one_by_one())) == b"".join(blocks)


# --- joins of two -------------------------------------------------------------------------------------------------------

PAIRS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), unique=True)


@pytest.mark.parametrize("many", [2**20, 0])
@given(ps=PAIRS, qs=PAIRS, members=st.sets(st.integers(0, 5)))
def test_joins_of_two_find_what_nested_loops_find(
    many: int, ps: list[tuple[int, int]], qs: list[tuple[int, int]], members: set[int]
) -> None:
    way = plan(tables(chain="c p q", svf="A p B"), tags("rel p", "rel q", "type B"))
    assert way is not None
    assert len(way.joins) == 2
    known = Columns(
        {("rel", "p"): columns(ps), ("rel", "q"): columns(qs)}, {("type", "B"): array("I", sorted(members))}
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reason_joins, "MANY", many)  # 0: repetitions are dropped all the time
        derived = derive(way.joins, facts_of(way, known.tags(), known))
    chained = list(zip(*derived.pairs.get(("rel", "c"), ((), ())), strict=True))
    assert sorted(chained) == sorted({(x, z) for x, y in ps for other, z in qs if y == other})
    assert sorted(derived.things.get(("type", "A"), ())) == sorted({x for x, y in ps if y in members})


def columns(pairs: list[tuple[int, int]]) -> tuple[array[int], array[int]]:
    return array("I", [x for x, _ in pairs]), array("I", [y for _, y in pairs])


@given(st.sets(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef"))))
def test_what_is_reduced_leads_to_the_same(pairs: set[tuple[str, str]]) -> None:
    less = reduced(frozenset(pairs))
    assert less <= pairs
    assert transitive(set(less)) == transitive(pairs)


def transitive(pairs: set[tuple[str, str]] | set[tuple[str, ...]]) -> set[tuple[str, ...]]:
    closed: set[tuple[str, ...]] = set(pairs)
    while more := {(a, d) for a, b in closed for c, d in closed if b == c} - closed:
        closed |= more
    return closed
