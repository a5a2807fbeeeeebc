"""``castgraph explain`` as people and programs meet it: run as a process, and in the library."""

from __future__ import annotations

import json
import subprocess
import sysconfig
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from castgraph.build import build
from castgraph.errors import ReasonerError
from castgraph.iris import OWL, RDF, Iris
from castgraph.proof import Place, Prover, Step, explain
from castgraph.proof_facts import SnapshotFacts
from castgraph.proof_knowledge import Knowledge
from castgraph.proof_search import Search
from castgraph.proof_terms import Names
from castgraph.snapshot import Snapshot, write_json, write_store
from castgraph.store import LocalStore

CASTGRAPH = str(Path(sysconfig.get_path("scripts")) / "castgraph")
BASE = "https://w3id.org/castgraph/"
FILM = BASE + "film#"
RILEY, ERWIN = "id/person/michael-riley", "id/character/race-to-mars-2007/rick-erwin"
CREDIT = "id/performance/race-to-mars-2007/tv-guide/rick-erwin"
TV_GUIDE = BASE + "graph/tv-guide/race-to-mars-2007"
SCHEMA = BASE + "graph/schema"


def run(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CASTGRAPH, "explain", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env={"PATH": "", "CASTGRAPH_DATA": str(data), "PYTHONIOENCODING": "utf-8"},
        check=False,
    )


def test_a_proof_is_printed_as_a_tree_with_rules_names_axioms_sources_and_lines(data: Path) -> None:
    done = run(data, RILEY, "film:played", ERWIN)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"{RILEY} (Michael Riley) film:played {ERWIN} (Rick Erwin)",
        "│ by prp-spo2",
        "├─ film:played owl:propertyChainAxiom (film:gave film:character)",
        "│    axiom: film:gave followed by film:character makes film:played  [Ontology, graph/schema]",
        f"├─ {RILEY} film:gave {CREDIT} (Michael Riley as Rick Erwin (TV Guide))",
        "│  │ by prp-inv2",
        "│  ├─ film:gave owl:inverseOf film:performer",
        "│  │    axiom: film:gave is film:performer read backwards  [Ontology, graph/schema]",
        f"│  └─ {CREDIT} film:performer {RILEY}",
        "│       asserted: TV Guide, line 21  [graph/tv-guide/race-to-mars-2007]",
        f"└─ {CREDIT} film:character {ERWIN}",
        "     asserted: TV Guide, line 21  [graph/tv-guide/race-to-mars-2007]",
    ]


def test_conclusions_about_the_ontology_are_marked_and_proved_from_axioms(data: Path) -> None:
    assert run(data, "film:MiniSeries", "rdfs:subClassOf", "film:ScreenWork").stdout.splitlines() == [
        "film:MiniSeries rdfs:subClassOf film:ScreenWork",
        "│ by scm-sco, about the ontology",
        "├─ film:MiniSeries rdfs:subClassOf film:Series",
        "│    axiom: every film:MiniSeries is a film:Series  [Ontology, graph/schema]",
        "└─ film:Series rdfs:subClassOf film:ScreenWork",
        "     axiom: every film:Series is a film:ScreenWork  [Ontology, graph/schema]",
    ]


def test_the_words_of_an_axiom_stand_where_it_is_first_used(data: Path) -> None:
    event = "id/event/race-to-mars-2007"
    told = run(data, f"{event}/departure", "mission:precedes", f"{event}/base-2095").stdout
    assert told.count("mission:precedes a owl:TransitiveProperty") > 3
    assert told.count("axiom: mission:precedes is transitive") == 1


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("owl:onProperty :p ; owl:someValuesFrom [ owl:unionOf ( :A :B ) ]", "[<x:p> some [<x:A> or <x:B>]]"),
        ("owl:onProperty [ owl:inverseOf :p ] ; owl:allValuesFrom :A", "[[inverse of <x:p>] only <x:A>]"),
        ("owl:onProperty :p ; owl:hasValue 'v'", '[<x:p> value "v"]'),
        ("owl:onProperty :p ; owl:maxQualifiedCardinality 1 ; owl:onClass :A", "[<x:p> max 1 <x:A>]"),
        ("owl:intersectionOf ( :A [ owl:oneOf ( :a :b ) ] )", "[<x:A> and {<x:a>, <x:b>}]"),
        ("owl:complementOf :A", "[not <x:A>]"),
    ],
)
def test_anonymous_classes_are_shown_as_what_they_are(expression: str, shown: str) -> None:
    graph = rdflib.Graph().parse(
        data=f"""@prefix : <x:> . @prefix owl: <{OWL}> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        [ {expression} ] rdfs:subClassOf :D ."""
    )
    prover = Prover.of(graph)
    ((anonymous, sub, d),) = graph.triples((None, rdflib.RDFS.subClassOf, None))
    step = prover.prove((anonymous.n3(), sub.n3(), d.n3()))
    assert step is not None
    lines = list(prover.lines(step, Names(BASE)))
    assert lines == [f"{shown} rdfs:subClassOf <x:D>", f"  axiom: every {shown} is a <x:D>  [graph]"]


def test_json_has_the_promised_shape(data: Path) -> None:
    done = run(data, RILEY, "film:played", ERWIN, "--json")
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert set(told) == {"triple", "rule", "premises"}
    assert told["triple"] == [f"<{BASE}{RILEY}>", f"<{FILM}played>", f"<{BASE}{ERWIN}>"]
    assert told["rule"] == "prp-spo2"
    leaf = told["premises"][-1]
    assert leaf == {
        "triple": [f"<{BASE}{CREDIT}>", f"<{FILM}character>", f"<{BASE}{ERWIN}>"],
        "asserted_in": TV_GUIDE,
        "source": "TV Guide",
        "line": 21,
    }
    axiom = told["premises"][0]
    assert (axiom["asserted_in"], axiom["source"], axiom["line"]) == (SCHEMA, "Ontology", None)
    assert "prp-inv2" in {premise.get("rule") for premise in told["premises"]}


def test_an_asserted_triple_tells_every_source_and_line(data: Path) -> None:
    told = json.loads(run(data, RILEY, "rdfs:label", '"Michael Riley"', "--json").stdout)
    assert "rule" not in told
    places = [(place["source"], place["line"]) for place in (told, *told["also"])]
    assert places == [("TV Guide", 21), ("Wikipedia", 6)]
    text = run(data, RILEY, "a", "film:Person").stdout
    assert "asserted: TV Guide, line 21" in text
    assert "asserted: Wikipedia, line 6" in text
    assert " by " not in text


def test_what_does_not_follow_is_said_with_exit_code_4_and_nothing_is_invented(data: Path) -> None:
    other = "id/character/race-to-mars-2007/jackie-decelles"
    done = run(data, RILEY, "film:played", other)
    assert done.returncode == 4
    assert "does not follow" in done.stdout
    assert "asserted" not in done.stdout
    told = run(data, RILEY, "film:played", other, "--json")
    assert told.returncode == 4
    assert json.loads(told.stdout)["rule"] is None
    assert json.loads(told.stdout)["premises"] == []


def test_a_name_nobody_has_is_pointed_out(data: Path) -> None:
    done = run(data, "id/person/micheal-riley", "film:played", ERWIN)
    assert done.returncode == 4
    assert done.stdout.splitlines()[1:] == ["  nothing is known of id/person/micheal-riley"]


@pytest.mark.parametrize(
    ("terms", "problem"),
    [
        (("movie:x", "a", "film:Person"), "unknown prefix 'movie'"),
        (('"Ana"', "a", "film:Person"), "a literal can only be the object"),
        ((RILEY, '"a"', "film:Person"), "a literal can only be the object"),
        ((RILEY, "_:b", "film:Person"), "a blank node cannot be the predicate"),
        ((RILEY, "a", "Person"), "object 'Person': not an IRI or a name"),
        ((RILEY, "a", "<not an iri>"), "not an IRI or a name"),
        ((RILEY, "rdfs:label", '"Michael'), "not a literal"),
        ((RILEY, "rdfs:label", '"a" . <x:a> <x:b> "c"'), "not a literal"),
        ((RILEY, "rdfs:label", "''@"), "not a literal"),
        ((RILEY, "rdfs:label", '"5"^^number:int'), "unknown prefix 'number'"),
    ],
)
def test_a_term_that_is_none_is_refused_with_what_to_write(data: Path, terms: tuple[str, ...], problem: str) -> None:
    done = run(data, *terms)
    assert (done.returncode, done.stdout) == (1, "")
    assert problem in done.stderr
    assert "write" in done.stderr or "known are" in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_usage_is_exit_code_2(data: Path) -> None:
    assert run(data, RILEY, "film:played").returncode == 2
    assert run(data, RILEY, "film:played", ERWIN, "--no-such-option").returncode == 2


def test_any_explanation_takes_less_than_a_second(snapshot: Snapshot, store: LocalStore) -> None:
    """Of the longest proofs, each by a prover that knows nothing yet."""
    follows, inferred = ox.NamedNode(BASE + "mission#follows"), ox.NamedNode(snapshot.iris.inferred)
    quads = list(store.raw.quads_for_pattern(None, follows, None, inferred))
    assert len(quads) > 300
    prover = Prover.of(snapshot)
    proofs = [prover.prove((str(q.subject), str(q.predicate), str(q.object))) for q in quads]
    longest = sorted(filter(None, proofs), key=lambda step: -sum(1 for _ in step.steps()))[:5]
    for step in longest:
        started = time.process_time()
        assert explain(snapshot, step.triple) == step
        assert time.process_time() - started < 1


def test_an_rdflib_graph_is_explained_too() -> None:
    graph = rdflib.Graph().parse(
        data="""@prefix : <http://e.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
        :partOf a owl:TransitiveProperty . :a :partOf :b . :b :partOf :c ."""
    )
    a, part_of, c = (rdflib.URIRef(f"http://e.org/{name}") for name in ("a", "partOf", "c"))
    step = explain(graph, (a, part_of, c))
    assert isinstance(step, Step)
    assert (step.rule, len(step.premises)) == ("prp-trp", 3)
    assert all(premise.asserted and premise.places == (Place(),) for premise in step.premises)
    assert step.as_json()["premises"][1]["asserted_in"] is None  # type: ignore[index, call-overload]
    assert explain(graph, (c, part_of, a)) is None


SAME = "<http://www.w3.org/2002/07/owl#sameAs>"


def snapshot_of(folder: Path, **graphs: str) -> Snapshot:
    """A snapshot with what is given as Turtle in the graphs of these names; ``said`` is a source."""
    iris = Iris()
    quads = [
        ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(iris.graph(name)))
        for name, lines in graphs.items()
        for quad in ox.parse(lines, format=ox.RdfFormat.TURTLE)
    ]
    source = f"<{iris.graph('said')}> <{RDF}type> <{FILM}SourceGraph> <{iris.provenance}> ."
    quads += ox.parse(source, format=ox.RdfFormat.N_QUADS)
    write_store(folder / "store", quads)
    write_json(folder / "manifest.json", {"base": iris.base})
    return Snapshot(folder)


def test_equality_in_a_graph_of_its_own_is_used_and_shown(tmp_path: Path) -> None:
    snapshot = snapshot_of(
        tmp_path,
        said=f"<x:a> {SAME} <x:b> . <x:b> {SAME} <x:c> . <x:a> <x:p> <x:d> .",
        equality=f"<x:b> {SAME} <x:a> . <x:c> {SAME} <x:b> . <x:a> {SAME} <x:c> . <x:c> {SAME} <x:a> . <x:c> <x:p> <x:d> .",
    )
    step = explain(snapshot, ("<x:c>", "<x:p>", "<x:d>"))
    assert step is not None
    assert [each.rule for each in step.steps()] == ["eq-rep-s", "eq-trans", None, None, None]
    back = explain(snapshot, ("<x:c>", SAME, "<x:a>"))
    assert back is not None
    assert {each.rule for each in back.steps()} == {"eq-sym", "eq-trans", None}


def test_no_reason_is_invented_for_a_triple_that_the_closure_has_without_one(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path, said="<x:a> <x:p> <x:b> .", inferred="<x:a> <x:p> <x:c> .")
    with pytest.raises(ReasonerError, match="no proof was found"):
        explain(snapshot, ("<x:a>", "<x:p>", "<x:c>"))


def test_circles_prove_nothing(tmp_path: Path) -> None:
    inverse = f"<x:p> <{OWL}inverseOf> <x:q> ."
    snapshot = snapshot_of(tmp_path, said=inverse, inferred="<x:a> <x:p> <x:b> . <x:b> <x:q> <x:a> .")
    with pytest.raises(ReasonerError, match="no proof was found"):
        explain(snapshot, ("<x:a>", "<x:p>", "<x:b>"))


def test_a_hopeless_search_ends_with_an_error(snapshot: Snapshot) -> None:
    known = Knowledge(SnapshotFacts(snapshot.open().raw, snapshot.iris))
    step = explain(snapshot, (f"<{BASE}{RILEY}>", f"<{FILM}played>", f"<{BASE}{ERWIN}>"))
    assert step is not None
    with pytest.raises(ReasonerError, match="among the 3 triples nearest"):
        Search(known, limit=3)(step.triple)


def test_the_input_is_not_changed() -> None:
    graph = rdflib.Graph().parse(data="<x:p> <http://www.w3.org/2000/01/rdf-schema#domain> <x:C> . <x:a> <x:p> <x:b> .")
    before = set(graph)
    assert explain(graph, ("<x:a>", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "<x:C>")) is not None
    assert set(graph) == before


def test_axioms_and_facts_of_a_file_are_told_with_the_file(tmp_path: Path) -> None:
    file = tmp_path / "voyage.ttl"
    file.write_text(
        """@prefix : <http://e.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        :before a owl:TransitiveProperty . :a :before :b ; rdfs:label "start" . :b :before [ :before :d ] ."""
    )
    build([file], tmp_path / "data")
    done = run(tmp_path / "data", "http://e.org/a", "http://e.org/before", "http://e.org/d")
    assert done.returncode == 0, done.stderr
    assert "<http://e.org/a> (start) <http://e.org/before> <http://e.org/d>" in done.stdout
    assert "<http://e.org/before> is transitive" in done.stdout
    assert "asserted: voyage.ttl  [graph/rdf/voyage]" in done.stdout
