"""What closure() and infer_files() promise, whatever the rules."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse
from rdflib import Graph

from castgraph import engine
from castgraph.errors import OntologyError, ReasonerError, SourceError
from castgraph.reason import Reasoner, closure, infer_files

P, Q = NamedNode("http://example.org/p"), NamedNode("http://example.org/q")
SUBPROPERTY = Graph().parse(
    data="<http://example.org/p> <http://www.w3.org/2000/01/rdf-schema#subPropertyOf> <http://example.org/q> ."
)
XSD = "http://www.w3.org/2001/XMLSchema#"

SURVIVORS: list[Literal | BlankNode | NamedNode] = [
    Literal("05", datatype=NamedNode(XSD + "integer")),
    Literal("1.0E0", datatype=NamedNode(XSD + "double")),
    Literal("not a number", datatype=NamedNode(XSD + "integer")),
    Literal('a"b\tc\nd\\e', language="en"),
    Literal("Élise", language="fr-CA"),
    Literal(""),
    Literal("'"),
    Literal("e\u0301 😀"),
    Literal(" spaces  stay "),
    BlankNode("b0"),
    BlankNode("b0.x-y"),
    NamedNode("http://example.org/ünïcode?a=b&c=%20#d"),
]


@pytest.mark.parametrize("term", SURVIVORS, ids=str)
def test_terms_survive_exactly(term: Literal | BlankNode | NamedNode) -> None:
    subject = BlankNode("a1")
    assert closure([Triple(subject, P, term)], SUBPROPERTY).inferred == (Triple(subject, Q, term),)


@pytest.mark.parametrize("ending", ["nt", "ttl", "nt.gz"])
def test_terms_survive_in_files(tmp_path: Path, ending: str) -> None:
    lines = "".join(f"{Triple(NamedNode('http://example.org/s'), P, term)} .\n" for term in SURVIVORS).encode()
    source = tmp_path / f"in.{ending}"
    source.write_bytes(gzip.compress(lines) if ending.endswith("gz") else lines)
    out = tmp_path / "out.nt"
    summary = infer_files([source], SUBPROPERTY, out)
    found = {quad.triple for quad in parse(out.read_bytes(), format=RdfFormat.N_TRIPLES)}
    assert summary.inferred == len(SURVIVORS)
    if ending != "ttl":  # Turtle's blank nodes have no labels to keep
        assert found == {Triple(NamedNode("http://example.org/s"), Q, term) for term in SURVIVORS}
    else:
        literals = [term for term in SURVIVORS if isinstance(term, Literal)]
        assert set(literals) == {triple.object for triple in found if isinstance(triple.object, Literal)}


def test_one_term_written_in_two_ways_is_one_term(tmp_path: Path) -> None:
    source = tmp_path / "in.nt"
    source.write_text(
        '<http://example.org/s> <http://example.org/p> "\\u00e9" .\n'
        '<http://example.org/s> <http://example.org/p> "é"^^<http://www.w3.org/2001/XMLSchema#string> .\n'
        '  <http://example.org/s>   <http://example.org/q> "é" . # given already\n',
        encoding="utf-8",
    )
    assert infer_files([source], SUBPROPERTY, tmp_path / "out.nt").inferred == 0


def test_blank_nodes_of_two_files_stay_apart(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.nt").write_text(f"_:x <http://example.org/p> <http://example.org/{name}> .\n")
    infer_files([tmp_path / "a.nt", tmp_path / "b.nt"], SUBPROPERTY, tmp_path / "out.nt")
    found = [quad.triple for quad in parse((tmp_path / "out.nt").read_bytes(), format=RdfFormat.N_TRIPLES)]
    assert len({triple.subject for triple in found}) == 2


def test_a_broken_file_is_named_with_its_line_and_leaves_no_output(tmp_path: Path) -> None:
    source = tmp_path / "in.nt"
    source.write_text("<http://e.org/a> <http://e.org/b> <http://e.org/c> .\nthis is not RDF\n")
    with pytest.raises(SourceError, match=r"in\.nt:2: "):
        infer_files([source], SUBPROPERTY, tmp_path / "out.nt")
    with pytest.raises(SourceError, match="unknown file ending"):
        infer_files([tmp_path / "in.xyz"], SUBPROPERTY, tmp_path / "out.nt")
    assert {path.name for path in tmp_path.iterdir()} == {"in.nt"}


def test_axioms_may_stand_among_the_data_and_facts_in_the_ontology() -> None:
    fact = Triple(P, P, Q)
    both = Graph().parse(data=str(fact) + " .", format="nt") + SUBPROPERTY
    assert closure([], both).inferred == closure(both, Graph()).inferred == (Triple(P, Q, Q),)


def test_a_given_triple_is_not_inferred_again() -> None:
    assert closure([Triple(P, P, Q), Triple(P, Q, Q)], SUBPROPERTY).inferred == ()
    assert closure([], SUBPROPERTY).inferred == ()
    assert closure([], Graph()).inferred == ()


def test_axioms_outside_owl_2_rl_are_named() -> None:
    ontology = Graph().parse(
        data="""@prefix : <http://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        :C rdfs:subClassOf [ owl:onProperty :p ; owl:someValuesFrom :D ] , [ owl:onProperty :q ; owl:minCardinality 1 ] .
        :r a owl:ReflexiveProperty . :E owl:onProperty :s ; owl:maxCardinality 3 ."""
    )
    warnings = closure([], ontology).warnings
    for name in ("someValuesFrom", "minCardinality on <http://example.org/q>", "reflexive", "at most 3 values"):
        assert any(name in warning for warning in warnings), (name, warnings)
    assert len(warnings) == 4


def test_a_broken_list_is_an_ontology_error() -> None:
    broken = "<http://e.org/C> <http://www.w3.org/2002/07/owl#unionOf> <http://e.org/nowhere> ."
    with pytest.raises(OntologyError, match=r"list at <http://e\.org/nowhere> is broken"):
        closure([], Graph().parse(data=broken, format="nt"))


def test_owlrl_is_refused_where_there_are_keys() -> None:
    keyed = """@prefix owl: <http://www.w3.org/2002/07/owl#> .
        <http://e.org/C> owl:hasKey ( <http://e.org/p> ) ."""
    with pytest.raises(ReasonerError, match="unsound"):
        closure([], Graph().parse(data=keyed), reasoner=Reasoner.OWLRL)


@pytest.mark.parametrize("program", ["type(?x :- .", "type(?x, ?y) :- a(?x) .", "@import a :- nonsense{} ."])
def test_a_program_the_engine_refuses_is_one_error(tmp_path: Path, program: str) -> None:
    with pytest.raises(ReasonerError, match=r"the rule engine failed: .+ Nothing was written"):
        engine.run(tmp_path, program, ("type",))


def test_an_engine_without_memory_is_one_error_and_leaves_no_result(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("".join(f"{number}\n" for number in range(3000)))
    product = (
        "@import a :- tsv{resource='a.tsv', format=(string)} .\n"
        "b(?x, ?y, ?z) :- a(?x), a(?y), a(?z) .\n@export b :- tsv{resource='b.tsv', format=(string, string, string)} .\n"
    ).replace("'", '"')
    with pytest.raises(ReasonerError, match="memory"):
        engine.run(tmp_path, product, ("b",), memory_mb=400)
    assert not (tmp_path / "out" / "b.tsv").exists()


def test_importing_the_reasoner_loads_nothing_heavy() -> None:
    heavy = "{'owlrl', 'nmo_python', 'rdflib', 'pyoxigraph', 'reasonable', 'numpy'} & set(sys.modules)"
    script = f"import sys; import castgraph.reason; print({heavy})"
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()
    assert out == "set()"
