"""A catalogue's build gives a whole snapshot or none, in steps: what was done before an interruption is not done again."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from benchmarks.imdb_generator import write_dump
from castgraph.ask import Asker
from castgraph.build import build
from castgraph.check import check_snapshot
from castgraph.errors import SnapshotError, SourceError
from castgraph.name_index import NameIndex
from castgraph.ontology_files import axioms
from castgraph.reason import closure
from castgraph.snapshot import Snapshot, current
from castgraph.store import rows
from castgraph_server.current import Served
from castgraph_server.entity import read_entity

FACTS = Path(__file__).resolve().parents[2] / "graph" / "facts"
BUILD = [sys.executable, "-c", "from castgraph.cli import main; main()", "build"]
FILM = "PREFIX film: <https://w3id.org/castgraph/film#>"


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dump in IMDb's form with 2,000 principals."""
    folder = tmp_path_factory.mktemp("imdb")
    write_dump(folder, 2000)
    return folder


@pytest.fixture(scope="module")
def built(dump: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The snapshot of the dump."""
    return build([], tmp_path_factory.mktemp("built"), tables=[dump])[0]


def ask_count(snapshot: Snapshot, query: str) -> int:
    (row,) = rows(snapshot.open().query(query))
    return int(row["n"].value)


def told_of_a_build_whose_files_may_not_grow_beyond(most: int, dump: Path, data: Path) -> str:
    """What a build says on standard error that the system refuses to write larger files; it explains its failure."""

    def allow_small_files_only() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    done = subprocess.run(
        [*BUILD, "--catalog", str(dump), "--out", str(data)],
        preexec_fn=allow_small_files_only,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_every_triple_of_the_default_graph_is_there_once(built: Snapshot) -> None:
    store = built.open().raw
    triples = [quad.triple for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph())]
    assert len(triples) == len(set(triples)) == built.manifest["triples"]
    told = {quad.triple for quad in store if not isinstance(quad.graph_name, ox.DefaultGraph)}
    assert told <= set(triples), "the default graph is the union of all graphs, and what was inferred"


def test_the_closure_is_that_of_the_reasoner_in_memory(built: Snapshot) -> None:
    store, iris = built.open().raw, built.iris
    own = {iris.schema, iris.identity, iris.provenance, iris.graph("alignment")}
    asserted = [
        quad.triple
        for quad in store
        if isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value not in own - {iris.identity}
    ]
    expected = closure(asserted, axioms())
    union = {quad.triple for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph())}
    told = {quad.triple for quad in store if not isinstance(quad.graph_name, ox.DefaultGraph)}
    assert union - told == {*expected.inferred, *expected.axioms} - told
    assert len(expected.inferred) == built.manifest["inferred"]


def test_the_same_tables_give_the_same_snapshot(built: Snapshot, dump: Path, tmp_path: Path) -> None:
    again, _ = build([], tmp_path, tables=[dump])
    assert again.id == built.id
    assert check_snapshot(tmp_path).snapshot.id == built.id, "the name is that of the quads in the store, too"


def test_a_catalogue_stands_beside_the_pages(dump: Path, tmp_path: Path) -> None:
    snapshot, report = build([FACTS], tmp_path, tables=[dump])
    asker = Asker(snapshot.open(), snapshot.iris, NameIndex(snapshot.open(), snapshot.names()))
    assert [answer.label for answer in asker.ask("Who played Rick Erwin?").answers] == ["Michael Riley"]
    principals = next(source for source in report.sources if "principals" in source.kind)
    assert principals.records == 2000
    assert ask_count(snapshot, f"{FILM} SELECT (COUNT(*) AS ?n) {{ ?who film:played ?whom }}") > 500
    assert not list(tmp_path.glob("building-*"))


def test_names_of_a_catalogue_are_found(built: Snapshot) -> None:
    query = f"{FILM} SELECT ?name {{ ?who a film:Person ; rdfs:label ?name }} ORDER BY ?name LIMIT 1"
    (row,) = rows(built.open().query(f"PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> {query}"))
    name = row["name"].value
    index = built.names()
    assert index is not None
    assert {entry.name for entry in index.find(name.upper(), "person")} == {name}
    assert index.search(name[:-1], ("person",))[0].entry.name.startswith(name[:3])
    assert index.size == built.manifest["names"]


class InterruptedBuildError(Exception):
    """Raised in the middle of a build."""


def interrupt_at(words: str) -> Callable[[str], None]:
    def tell(message: str) -> None:
        if words in message:
            raise InterruptedBuildError(message)

    return tell


def test_an_interrupted_build_goes_on_with_the_first_unfinished_step(
    dump: Path, built: Snapshot, tmp_path: Path
) -> None:
    build([FACTS / "tvguide.txt"], tmp_path)
    before = current(tmp_path)
    with pytest.raises(InterruptedBuildError):
        build([], tmp_path, tables=[dump], progress=interrupt_at("verifying"))
    assert current(tmp_path) == before
    (remains,) = tmp_path.glob("building-catalog-*")
    told: list[str] = []
    snapshot, _ = build([], tmp_path, tables=[dump], progress=told.append)
    assert snapshot.id == built.id
    assert {"tables: done before the interruption", "names: done before the interruption"} <= set(told)
    assert not remains.exists()


def test_a_changed_table_is_read_again(dump: Path, tmp_path: Path) -> None:
    table = tmp_path / "name.basics.tsv"
    table.write_bytes((dump / "name.basics.tsv").read_bytes())
    with pytest.raises(InterruptedBuildError):
        build([], tmp_path / "data", tables=[table], progress=interrupt_at("verifying"))
    with table.open("a", encoding="utf-8") as file:
        file.write("nm9999999\tAda Added\t\\N\t\\N\tactor\t\\N\n")
    told: list[str] = []
    snapshot, _ = build([], tmp_path / "data", tables=[table], progress=told.append)
    assert not [line for line in told if "before the interruption" in line]
    assert NameIndex(snapshot.open(), snapshot.names()).find("Ada Added", "person")
    assert not list((tmp_path / "data").glob("building-*"))


KILLED = """
import os, signal, sys
from pathlib import Path
from castgraph import steps
from castgraph.build import build

write = steps._write

def write_and_die(record, value):
    if record.name.removesuffix(".step.json") + " is next" == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)
    write(record, value)
    if record.name.removesuffix(".step.json") + " is there" == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)

steps._write = write_and_die
build([], Path(sys.argv[1]), tables=[Path(sys.argv[2])])
"""
"""A build that kills itself when a step's work is done: just before that is recorded, or just after."""

STEPS = ("tables", "store-facts", "closure", "store-1", "store-7", "store-inferred", "store-compact", "names")
MOMENTS = (*(f"{step} is there" for step in STEPS), "store-1 is next", "store-inferred is next")


def kill_at(moment: str, table: Path, data: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(data), str(table), moment], stderr=subprocess.DEVNULL)
    assert killed.returncode == -signal.SIGKILL


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_build_is_gone_on_with(dump: Path, built: Snapshot, tmp_path: Path, moment: str) -> None:
    build([FACTS / "tvguide.txt"], tmp_path)
    before = current(tmp_path)
    kill_at(moment, dump, tmp_path)
    assert current(tmp_path) == before
    told: list[str] = []
    snapshot, _ = build([], tmp_path, tables=[dump], progress=told.append)
    assert snapshot.id == built.id
    assert (f"{moment.partition(' ')[0]}: done before the interruption" in told) == moment.endswith("there")
    assert check_snapshot(tmp_path).missing == 0


def test_a_disk_that_fills_while_the_store_is_loaded_spoils_nothing(
    dump: Path, built: Snapshot, tmp_path: Path
) -> None:
    build([FACTS / "tvguide.txt"], tmp_path)
    before = current(tmp_path)
    kill_at("closure is there", dump, tmp_path)

    said = told_of_a_build_whose_files_may_not_grow_beyond(30_000, dump, tmp_path)
    assert "closure: done before the interruption" in said
    assert str(tmp_path) in said.splitlines()[-1]
    assert current(tmp_path) == before
    snapshot, _ = build([], tmp_path, tables=[dump])
    assert snapshot.id == built.id
    assert check_snapshot(tmp_path).missing == 0


def test_every_thing_has_a_label(built: Snapshot) -> None:
    """A title without a name would have none; in the dump, each has one."""
    thing = f"FILTER(STRSTARTS(STR(?thing), '{built.iris.thing('')}'))"
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    assert not ask_count(
        built,
        f"SELECT (COUNT(DISTINCT ?thing) AS ?n) {{ ?thing a ?class {thing} FILTER NOT EXISTS {{ ?thing {label} [] }} }}",
    )


def test_each_step_tells_what_it_took(built: Snapshot) -> None:
    told = json.loads((built.path / "steps.json").read_text())
    assert {"tables", "closure", "store-inferred", "store-compact", "names"} <= set(told)
    assert all(step["seconds"] > 0 and step["megabytes"] > 10 and step["disk"] > 0 for step in told.values())


def test_a_full_disk_is_told_and_the_old_snapshot_stays(dump: Path, tmp_path: Path) -> None:
    build([FACTS / "tvguide.txt"], tmp_path)
    before = current(tmp_path)

    said = told_of_a_build_whose_files_may_not_grow_beyond(200_000, dump, tmp_path)
    assert str(tmp_path) in said.splitlines()[-1]
    assert current(tmp_path) == before
    build([], tmp_path, tables=[dump])
    assert current(tmp_path) != before


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone\.tsv"):
        build([], tmp_path / "data", tables=[tmp_path / "gone.tsv"])


def test_a_folder_that_cannot_be_written_is_named(dump: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SnapshotError, match="cannot be written"):
        build([], tmp_path / "file", tables=[dump])


def test_what_was_inferred_from_tables_is_shown_and_explained(built: Snapshot) -> None:
    (row,) = rows(built.open().query(f"{FILM} SELECT ?who ?whom {{ ?who film:played ?whom }} ORDER BY ?who LIMIT 1"))
    told = subprocess.run(
        [
            *(*BUILD[:-1], "explain", row["who"].value, "film:played", row["whom"].value),
            *("--data", str(built.path.parents[1]), "--json"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(told.stdout)["rule"] == "prp-spo2"
    entity = read_entity(Served(built), row["who"].value)
    assert entity is not None
    played = next(group for group in entity.facts if str(group.property.iri).endswith("#played"))
    assert all(fact.is_inferred for fact in played.facts)
