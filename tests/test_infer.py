"""``castgraph infer``: RDF files in, what follows from them out."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from castgraph.cli import main
from castgraph.cli_infer import Progress
from castgraph.reason import Step

PREFIXES = """@prefix : <http://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
AXIOMS = PREFIXES + ":directed rdfs:domain :Director . :Director rdfs:subClassOf :Person ."
DATA = PREFIXES + ":ana :directed :mars ."
INFERRED = {f"<http://example.org/ana> a <http://example.org/{name}>" for name in ("Director", "Person")}
FORMATS = {
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "ttl": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "rdf": ox.RdfFormat.RDF_XML,
    "owl": ox.RdfFormat.RDF_XML,
    "xml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
ENDINGS = [*FORMATS, *(f"{ending}.gz" for ending in FORMATS)]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["infer", *map(str, arguments)])


def write(path: Path, turtle: str) -> Path:
    """The Turtle in the format of the path's ending."""
    quads = ox.parse(turtle, format=ox.RdfFormat.TURTLE)
    text = ox.serialize((quad.triple for quad in quads), format=FORMATS[path.name.split(".")[1]])
    assert text is not None
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


def quads(path: Path) -> set[ox.Quad]:
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    return set(ox.parse(text, format=FORMATS[path.name.split(".")[1]]))


def triples(found: set[ox.Quad]) -> set[str]:
    return {str(quad.triple).replace("<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "a") for quad in found}


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_is_read_and_written(tmp_path: Path, ending: str) -> None:
    data, out = write(tmp_path / f"data.{ending}", DATA + AXIOMS), tmp_path / f"out.{ending}"
    result = run(data, "-o", out)
    assert result.exit_code == 0, result.output
    assert triples(quads(out)) == INFERRED
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([data.name, out.name])


@pytest.mark.parametrize("ending", ["nt", "ttl.gz", "owl"])
def test_the_ontology_may_be_a_file_of_its_own_and_is_not_written(tmp_path: Path, ending: str) -> None:
    data, ontology = write(tmp_path / "data.ttl", DATA), write(tmp_path / f"ontology.{ending}", AXIOMS)
    out = tmp_path / "out.nt"
    assert run(data, "--ontology", ontology, "--with-input", "-o", out).exit_code == 0
    assert triples(quads(out)) == INFERRED | {
        "<http://example.org/ana> <http://example.org/directed> <http://example.org/mars>"
    }


def test_a_folder_stands_for_the_rdf_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "deep").mkdir(parents=True)
    write(folder / "axioms.owl", AXIOMS)
    write(folder / "deep" / "data.nt.gz", DATA)
    (folder / "readme.md").write_text("no RDF")
    result = run(folder)
    assert {line.removesuffix(" .") for line in result.stdout.splitlines()} == {
        line.replace(" a ", " <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ") for line in INFERRED
    }
    assert "1 triple in, 2 inferred" in result.stderr


def test_inferred_triples_and_equality_have_graphs_of_their_own_and_the_input_keeps_its(tmp_path: Path) -> None:
    data = tmp_path / "data.trig"
    data.write_text(AXIOMS + ":said { :ana :directed :mars } :also { :ana owl:sameAs :anna }")
    out = tmp_path / "out.nq"
    assert run(data, "--with-input", "-o", out).exit_code == 0
    graphs = {
        graph: {str(quad.subject).rpartition("/")[2][:-1] + str(quad.object).rpartition("/")[2][:-1] for quad in quads(out)
                if str(quad.graph_name).endswith(f"{graph}>")}
        for graph in ("said", "also", "graph/inferred", "graph/equality")
    }  # fmt: skip
    assert graphs["said"] == {"anamars"}
    assert graphs["also"] == {"anaanna"}
    assert len(graphs["graph/inferred"]) == 2
    assert graphs["graph/equality"] >= {"annaana", "annamars"}


@pytest.mark.parametrize("ending", ["nt", "nq", "ttl"])
def test_blank_nodes_are_the_same_in_input_and_inference_and_apart_between_files(tmp_path: Path, ending: str) -> None:
    one, two = write(tmp_path / "1.nt", PREFIXES + "_:x :directed :mars ."), tmp_path / "2.ttl"
    two.write_text(AXIOMS + "_:x :saw :mars . [ :directed :venus ] .")
    out = tmp_path / f"out.{ending}"
    assert run(one, two, "--with-input", "-o", out).exit_code == 0
    store = ox.Store()
    store.extend(ox.Quad(*quad.triple) for quad in quads(out))
    ask = "PREFIX : <http://example.org/> ASK "
    assert store.query(ask + "{ ?x :directed :mars ; a :Person . FILTER NOT EXISTS { ?x :saw ?y } }")
    assert store.query(ask + "{ ?x :directed :venus ; a :Person }")
    assert not store.query(ask + "{ ?x :saw :mars ; a ?c }")


def test_anonymous_nodes_keep_their_identity_from_one_reading_to_the_next(tmp_path: Path) -> None:
    data = tmp_path / "data.ttl"
    data.write_text(PREFIXES + ":f a owl:FunctionalProperty . [ :f [ :name 'u' ], :y ] . :x a [ owl:unionOf ( :A ) ] .")
    out = tmp_path / "out.nt"
    assert run(data, "-o", out).exit_code == 0
    assert '<http://example.org/y> <http://example.org/name> "u"' in triples(quads(out))


def test_contradictions_are_listed_and_nothing_is_written(tmp_path: Path) -> None:
    data = write(tmp_path / "data.ttl", PREFIXES + ":A owl:disjointWith :B . :x a :A, :B .")
    result = run(data, "-o", tmp_path / "out.nt", "--json")
    assert result.exit_code == 3
    assert "cax-dw: <http://example.org/x> is both a" in result.stderr
    assert len(json.loads(result.stdout)["violations"]) == 1
    assert run(data).stdout == ""
    assert [path.name for path in tmp_path.iterdir()] == ["data.ttl"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("data.ttl", ":a :b", "data.ttl:1: "),
        ("data.nt", "<http://e.org/a> <http://e.org/b> <http://e.org/c> .\noops\n", "data.nt:2: "),
        ("data.csv", "a,b", "unknown file ending"),
        ("data.ttl.gz", "not gzipped", "data.ttl.gz:1: "),
    ],
)
def test_a_broken_input_is_named_and_the_old_output_stays(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    out = tmp_path / "out.nt"
    out.write_text("old")
    result = run(tmp_path / name, "-o", out)
    assert result.exit_code == 1
    assert said in result.stderr
    assert out.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "out.nt"])


@pytest.mark.parametrize(("out", "said"), [("out.doc", "unknown file ending"), ("no/out.nt", "there is no folder")])
def test_an_output_that_cannot_be_is_said(tmp_path: Path, out: str, said: str) -> None:
    result = run(write(tmp_path / "data.ttl", DATA), "-o", tmp_path / out)
    assert result.exit_code == 1
    assert said in result.stderr


def test_what_has_no_name_in_xml_cannot_be_written_as_rdf_xml(tmp_path: Path) -> None:
    data = tmp_path / "data.ttl"
    data.write_text(PREFIXES + "<http://example.org/1> a owl:SymmetricProperty . :a <http://example.org/1> :b .")
    result = run(data, "-o", tmp_path / "out.rdf")
    assert (result.exit_code, (tmp_path / "out.rdf").exists()) == (1, False)
    assert "Choose .ttl or .nt" in result.stderr


def test_full_adds_what_is_inferred_about_classes(tmp_path: Path) -> None:
    data = write(tmp_path / "data.ttl", AXIOMS + ":Person rdfs:subClassOf :Agent .")
    line = (
        "<http://example.org/Director> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <http://example.org/Agent> ."
    )
    assert line in run(data, "--full").stdout.splitlines()
    assert line not in run(data).stdout.splitlines()


def test_axioms_the_rules_cannot_use_are_named(tmp_path: Path) -> None:
    result = run(write(tmp_path / "data.ttl", PREFIXES + ":knows a owl:ReflexiveProperty ."))
    assert "castgraph: warning: <http://example.org/knows> is reflexive" in result.stderr


def test_the_summary_is_json_where_a_program_reads_it(tmp_path: Path) -> None:
    data = write(tmp_path / "data.ttl", DATA + AXIOMS + ":ana owl:sameAs :anna .")
    summary = json.loads(run(data, "-o", tmp_path / "out.nt", "--json").stdout)
    assert summary["inferred"] == len(quads(tmp_path / "out.nt"))
    assert summary["equality"] > 0
    assert run(data, "--json").exit_code == 2


def test_the_summary_tells_the_triples_of_each_rule_where_asked(tmp_path: Path) -> None:
    data = write(tmp_path / "data.ttl", DATA + AXIOMS + ":ana owl:sameAs :anna .")
    result = run(data, "-o", tmp_path / "out.nt", "--rules")
    said = dict(line.strip().rsplit(": ", 1) for line in result.stderr.splitlines()[1:])
    assert said == {"prp-dom": "1", "cax-sco": "1", "eq-rep": "3", "eq-sym, eq-trans": "1"}
    assert "other rules (told apart with --rules): 2" in run(data, "-o", tmp_path / "out.nt").stderr
    summary = json.loads(run(data, "-o", tmp_path / "out.nt", "--rules", "--json").stdout)
    assert sum(summary["rules"].values()) == summary["inferred"] == len(quads(tmp_path / "out.nt"))


def test_a_byte_order_mark_is_no_part_of_the_data(tmp_path: Path) -> None:
    data = tmp_path / "data.ttl"
    data.write_bytes(b"\xef\xbb\xbf" + (DATA + AXIOMS).encode())
    assert run(data, "-o", tmp_path / "out.ttl", "--with-input").exit_code == 0
    assert triples(quads(tmp_path / "out.ttl")) >= INFERRED


def test_a_file_cut_short_is_named(tmp_path: Path) -> None:
    for name in ("data.ttl.gz", "data.nt.gz"):
        whole = write(tmp_path / name, DATA + AXIOMS).read_bytes()
        (tmp_path / name).write_bytes(whole[:-20])
        result = run(tmp_path / name)
        assert result.exit_code == 1
        assert f"{name}:1: Compressed file ended before" in result.stderr


@pytest.mark.parametrize("ending", ["nq", "nt"])
def test_an_output_is_an_input_whose_labels_are_its_own(tmp_path: Path, ending: str) -> None:
    first, second = tmp_path / f"1.{ending}", tmp_path / f"2.{ending}"
    first.write_text("_:f1xx <http://example.org/p> <http://example.org/one> .\n")
    second.write_text("_:x <http://example.org/p> <http://example.org/two> .\n")
    out = tmp_path / f"out.{ending}"
    assert run(first, second, "--with-input", "-o", out).exit_code == 0
    assert len({str(quad.subject) for quad in quads(out)}) == 2


def test_characters_xml_cannot_have_are_refused_in_rdf_xml(tmp_path: Path) -> None:
    data = tmp_path / "data.ttl"
    data.write_text(DATA + AXIOMS + ':ana :name "a\\u0000b" .')
    result = run(data, "--with-input", "-o", tmp_path / "out.rdf")
    assert (result.exit_code, (tmp_path / "out.rdf").exists()) == (1, False)
    assert "RDF/XML cannot express the character U+0000. Choose .ttl or .nt." in result.stderr
    assert run(data, "--with-input", "-o", tmp_path / "out.nt").exit_code == 0


MAIN = [sys.executable, "-c", "from castgraph.cli import main; main()", "infer"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here, the disk that is always full")
def test_a_full_disk_is_one_error(tmp_path: Path) -> None:
    data = write(tmp_path / "data.ttl", DATA + AXIOMS)
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run([*MAIN, data], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr == "castgraph: cannot write: No space left on device.\n"


def test_a_reader_that_has_enough_is_no_error(tmp_path: Path) -> None:
    data = tmp_path / "data.nt"
    axiom = "<http://e.org/p> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/2002/07/owl#SymmetricProperty> .\n"
    data.write_text(axiom + "".join(f"<http://e.org/{n}> <http://e.org/p> <http://e.org/x> .\n" for n in range(20_000)))
    with subprocess.Popen([*MAIN, data], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().endswith(b" .\n")
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
        assert process.wait(timeout=60) == 0


def test_a_step_is_told_once_it_takes_long_and_then_again(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(seconds=0.2, again=0.3) as progress:
        progress(Step("quick"))
        progress(Step("slow"))
        time.sleep(0.35)
        progress(Step("slow", 1_000_000, share=0.5))
        time.sleep(0.35)
        progress(Step("also quick"))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "castgraph: slow: 0 s …"
    assert re.fullmatch(r"castgraph: slow: 1,000,000 triples, [\d,]+ triples/s, 50 %, \d s left …", lines[1])
    assert not any("quick" in line for line in lines)
