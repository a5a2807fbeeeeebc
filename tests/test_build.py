"""A build gives a whole snapshot or none: whatever goes wrong, the last good one keeps serving."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from castgraph.ask import Asker
from castgraph.build import build, ensure_snapshot, understand
from castgraph.check import check_snapshot
from castgraph.errors import InconsistentDataError, SnapshotError, SourceError
from castgraph.iris import Iris
from castgraph.reason import Reasoner
from castgraph.shapes import Severity, check_shapes
from castgraph.snapshot import building, current
from castgraph.sources import read_sources
from castgraph.store import LocalStore, rows

FACTS = Path(__file__).resolve().parent.parent / "graph" / "facts"
BUILD = [sys.executable, "-c", "from castgraph.cli import main; main()", "build"]


def quads_in(data: Path) -> int:
    snapshot = current(data)
    assert snapshot is not None
    return len(snapshot.open().raw)


def test_the_bundled_snapshot_passes_every_check(data: Path) -> None:
    checked = check_snapshot(data)
    assert checked.exit_code == 0
    assert checked.missing == 0
    assert not [finding for finding in checked.findings if finding.severity is Severity.VIOLATION]


def test_every_thing_has_a_label_but_a_title_without_a_name(store: LocalStore) -> None:
    without = store.query(
        """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        SELECT DISTINCT ?thing {
          ?thing a ?class FILTER(CONTAINS(STR(?thing), "/id/")) FILTER NOT EXISTS { ?thing rdfs:label ?label }
        }"""
    )
    things = sorted(row["thing"].value.partition("/id/")[2] for row in rows(without))
    assert things == ["title/race-to-mars-2007/similar-4", "title/race-to-mars-2007/similar-6"]


def test_nemo_and_owlrl_infer_the_same() -> None:
    sources = read_sources([FACTS])
    nemo, owlrl = (set(understand(sources, Iris(), one).closure.inferred) for one in (Reasoner.NEMO, Reasoner.OWLRL))
    assert nemo == owlrl
    assert len(nemo) > 1000


def test_only_new_triples_are_inferred() -> None:
    known = understand(read_sources([FACTS]), Iris())
    asserted = {quad.triple for quad in known.asserted()}
    assert not asserted & set(known.closure.inferred)
    assert not any(triple.subject == triple.object for triple in known.closure.inferred)


@pytest.mark.parametrize("delay", [0.3, 0.6, 0.9, 1.2, 1.6, 2.0, 2.5, 3.0])
def test_a_killed_build_leaves_the_last_good_snapshot(tmp_path: Path, data: Path, delay: float) -> None:
    build([FACTS / "tvguide.txt"], tmp_path)
    before = current(tmp_path)
    assert before is not None
    process = subprocess.Popen(
        [*BUILD, "--out", str(tmp_path)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
    )
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    after = current(tmp_path)
    assert after is not None
    if after.id != before.id:
        assert quads_in(tmp_path) == quads_in(data), "a snapshot that was switched to is whole"
    else:
        assert quads_in(tmp_path) > 0
    ensured, _ = build([FACTS / "wikipedia.txt"], tmp_path)
    assert quads_in(tmp_path) > 0
    assert not list(tmp_path.glob("building-*")), "what a dead build left is removed by the next"
    assert ensured == current(tmp_path)


@pytest.mark.parametrize(
    ("name", "contents", "problem"),
    [
        ("empty.txt", b"", "empty"),
        ("binary.txt", b"\x00\x01\x02\xff" * 50, "binary|NUL"),
        ("shopping.txt", b"milk\nbread\n", "expected"),
        ("page.html", b"<html><body>hello</body></html>", "expected"),
        ("broken.ttl", b"@prefix a: <http://a/> .\na:b a:c .\n", "broken.ttl:2"),
        ("empty.nt", b"", "no triple"),
        ("facts.yaml", b"a: [", "YAML"),
        ("other.yaml", b"a: b", "curated facts"),
        ("remote.jsonld", b'{"@context": "http://127.0.0.1:9/context.jsonld", "name": "x"}', "remote.jsonld"),
    ],
)
def test_a_bad_source_is_named_and_nothing_is_changed(tmp_path: Path, name: str, contents: bytes, problem: str) -> None:
    data, bad = tmp_path / "data", tmp_path / name
    build([FACTS / "tvguide.txt"], data)
    before = current(data)
    bad.write_bytes(contents)
    with pytest.raises(SourceError, match=problem) as caught:
        build([FACTS / "imdb.txt", bad], data)
    assert f"{name}:" in str(caught.value)
    assert "(expected " in str(caught.value)
    assert current(data) == before
    assert len(list((data / "snapshots").iterdir())) == 1
    assert not list(data.glob("building-*"))


def test_a_missing_file_and_an_empty_folder_are_named(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    for path in (tmp_path / "gone.txt", tmp_path / "nothing"):
        with pytest.raises(SourceError, match=path.name):
            build([path], tmp_path / "data")


def test_a_citation_beyond_the_page_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "tvguide.txt").write_bytes((FACTS / "tvguide.txt").read_bytes())
    (tmp_path / "more.yaml").write_text(
        "cites: tvguide.txt\nkind: tv-guide\npublisher: TV Guide\nrecords:\n"
        "  - {line: 999, words: [x], node: {id: '#title', type: ScreenWork, storyYear: '2030'}}\n"
    )
    with pytest.raises(SourceError, match=r"more\.yaml:\d+: cites line 999"):
        build([tmp_path], tmp_path / "data")


@pytest.mark.parametrize("node", ["{id: '#title', nam: Dust}", "{id: '#title', type: MiniSeriez}"])
def test_a_misspelt_term_of_curated_facts_is_an_error(tmp_path: Path, node: str) -> None:
    file = tmp_path / "more.yaml"
    file.write_text(f"cites: x.txt\nkind: imdb\npublisher: IMDb\nrecords:\n  - {{line: 1, words: [x], node: {node}}}\n")
    with pytest.raises(SourceError, match=r"more\.yaml:5: '(nam|MiniSeriez)' is no term"):
        build([file], tmp_path / "data")


def test_data_that_contradict_the_ontology_are_reported_not_written(tmp_path: Path) -> None:
    data = tmp_path / "data"
    file = tmp_path / "wrong.ttl"
    file.write_text(
        "@prefix film: <https://w3id.org/castgraph/film#> . @prefix x: <http://example.org/> .\n"
        "x:a a film:Person , film:Organization ."
    )
    with pytest.raises(InconsistentDataError, match="cax-d") as caught:
        build([file], data)
    assert caught.value.exit_code == 3
    assert "http://example.org/a" in str(caught.value)
    assert current(data) is None


def test_rdf_files_with_data_and_axioms_are_closed(tmp_path: Path) -> None:
    data_file, axioms = tmp_path / "mine.nt.gz", tmp_path / "axioms.ttl"
    with gzip.open(data_file, "wt") as out:
        out.write("<http://example.org/ann> <http://example.org/leads> <http://example.org/dust> .\n")
        out.write(
            '<http://example.org/ann> <http://example.org/age> "05"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
        )
    axioms.write_text(
        "@prefix x: <http://example.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "x:leads rdfs:subPropertyOf x:knows ; rdfs:domain x:Leader . x:leads rdfs:range <https://w3id.org/castgraph/film#Film> ."
    )
    snapshot, report = build([data_file, axioms], tmp_path / "data")
    store = snapshot.open()
    assert store.query("ASK { <http://example.org/ann> <http://example.org/knows> <http://example.org/dust> }")
    assert store.query("ASK { <http://example.org/dust> a <https://w3id.org/castgraph/film#Work> }")
    graphs = {
        row["g"].value
        for row in rows(store.query("SELECT DISTINCT ?g { GRAPH ?g { ?s <http://example.org/leads> ?o } }"))
    }
    assert graphs == {snapshot.iris.graph("rdf", "mine")}
    assert report.sources[0].quads == 2


def test_a_performance_from_an_rdf_file_is_answered(tmp_path: Path) -> None:
    file = tmp_path / "cast.ttl"
    file.write_text(
        """@prefix film: <https://w3id.org/castgraph/film#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix x: <http://example.org/> .
        x:dust a film:Film ; rdfs:label "Dust" ; film:hasPerformance x:credit .
        x:credit film:performer x:ann ; film:character x:oak .
        x:ann rdfs:label "Ann Lee" . x:oak rdfs:label "Captain Oak" ."""
    )
    snapshot, _ = build([file], tmp_path / "data")
    reply = Asker(snapshot.open(), snapshot.iris).ask("Who played Captain Oak?")
    assert [answer.label for answer in reply.answers] == ["Ann Lee"]
    assert [(source.source, source.line) for source in reply.answers[0].sources] == [("cast.ttl", None)]


def test_two_builds_at_once_do_not_meet(tmp_path: Path) -> None:
    with building(tmp_path), pytest.raises(SnapshotError, match="another castgraph build"):
        build([], tmp_path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SnapshotError, match="cannot be written"):
        build([], tmp_path / "file")


def test_a_damaged_snapshot_is_noticed(tmp_path: Path) -> None:
    snapshot, _ = build([FACTS / "tvguide.txt"], tmp_path)
    manifest = json.loads((snapshot.path / "manifest.json").read_text())
    (snapshot.path / "manifest.json").write_text(json.dumps({**manifest, "quads": 1}))
    with pytest.raises(SnapshotError, match="manifest"):
        check_snapshot(tmp_path)
    rebuilt, _ = build([FACTS / "tvguide.txt"], tmp_path)
    assert rebuilt.id.startswith(snapshot.id)
    assert check_snapshot(tmp_path).exit_code == 0


def test_a_changed_store_is_noticed(tmp_path: Path) -> None:
    snapshot, _ = build([FACTS / "tvguide.txt"], tmp_path)
    store = ox.Store(str(snapshot.path / "store"))
    one = next(quad for quad in store if isinstance(quad.graph_name, ox.NamedNode))
    store.remove(one)
    store.add(ox.Quad(one.subject, one.predicate, ox.Literal("changed"), one.graph_name))
    store.flush()
    del store
    with pytest.raises(SnapshotError, match="it was changed"):
        check_snapshot(tmp_path)


def test_old_snapshots_are_removed_but_the_last(tmp_path: Path) -> None:
    for name in ("tvguide", "imdb", "wikipedia"):
        build([FACTS / f"{name}.txt"], tmp_path)
    assert len(list((tmp_path / "snapshots").iterdir())) == 2


def test_an_older_bundled_snapshot_is_built_again(tmp_path: Path) -> None:
    snapshot = ensure_snapshot(tmp_path)
    manifest = json.loads((snapshot.path / "manifest.json").read_text())
    stamp = (snapshot.path / "manifest.json").stat().st_mtime_ns
    assert ensure_snapshot(tmp_path) == snapshot
    assert (snapshot.path / "manifest.json").stat().st_mtime_ns == stamp
    (snapshot.path / "manifest.json").write_text(json.dumps({**manifest, "fingerprint": "older"}))
    ensure_snapshot(tmp_path)
    assert (snapshot.path / "manifest.json").stat().st_mtime_ns != stamp


def test_an_own_snapshot_is_never_replaced_by_the_bundled(tmp_path: Path) -> None:
    snapshot, _ = build([FACTS / "tvguide.txt"], tmp_path)
    assert ensure_snapshot(tmp_path) == snapshot


def test_a_shape_finds_what_is_wrong() -> None:
    film, x = "https://w3id.org/castgraph/film#", "http://example.org/"
    type_ = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    triples = [
        ox.Triple(ox.NamedNode(x + "p"), type_, ox.NamedNode(film + "Performance")),
        ox.Triple(ox.NamedNode(x + "r"), type_, ox.NamedNode(film + "AwardNomination")),
        ox.Triple(ox.NamedNode(x + "r"), ox.NamedNode(film + "awardOutcome"), ox.Literal("lost")),
    ]
    messages = {finding.message for finding in check_shapes(triples) if finding.severity is Severity.VIOLATION}
    assert "a performance names neither a performer nor a character" in messages
    assert "an award nomination is won or nominated" in messages
