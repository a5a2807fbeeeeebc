"""RDF files among tables are streamed: nothing is lost or renamed on the way, and memory does not grow with them."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from castgraph.build import build
from castgraph.catalogs import read_catalogs
from castgraph.check import check_snapshot
from castgraph.errors import SourceError
from castgraph.iris import FILM, RDFS, SKOS, Iris
from castgraph.name_index import NameIndex
from castgraph.store import rows
from tests.catalogs.tables import CAST

TURTLE = f"""@prefix film: <{FILM}> . @prefix rdfs: <{RDFS}> . @prefix e: <https://example.org/> .
e:lamp a film:Film ; rdfs:label "The Lamp" ; film:identifier "justwatch:tm1" ; film:hasPerformance [
  film:performer e:ann ; film:performerAsCredited "Ann \\"A\\" Vale" ] .
e:ann rdfs:label "Ann Vale", "Ann V\u00e0le" .
e:ann rdfs:comment \"\"\"two .
lines .\"\"\" .
"""
TRIG = f'<https://example.org/g> {{ <https://example.org/lamp> <{FILM}releaseYear> 2001 . _:x <{RDFS}label> "a node" }}'
ROW = CAST + "1\tBo Lind\tTom\ttm1\tThe Lamp\t2001\tMOVIE\t\ta\n"


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("catalogue")
    (folder / "lamp.ttl").write_text(TURTLE, encoding="utf-8")
    (folder / "more.trig.gz").write_bytes(gzip.compress(TRIG.encode()))
    (folder / "cast.tsv").write_text(ROW, encoding="utf-8")
    return folder


def test_every_statement_stands_in_its_graph_and_in_the_default_graph(catalogue: Path, tmp_path: Path) -> None:
    snapshot, report = build([], tmp_path, tables=[catalogue])
    store = snapshot.open().raw
    own, named = snapshot.iris.graph("rdf", "lamp"), "https://example.org/g"
    expected = ox.Store()
    expected.load(TURTLE.encode(), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(own))
    expected.load(TRIG.encode(), format=ox.RdfFormat.TRIG)
    found = ox.Dataset(quad for quad in store if str(getattr(quad.graph_name, "value", "")) in (own, named))
    wanted = ox.Dataset(expected)
    for dataset in (found, wanted):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert found == wanted
    union = {quad.triple for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph())}
    assert {quad.triple for quad in store if str(getattr(quad.graph_name, "value", "")) in (own, named)} <= union
    assert check_snapshot(tmp_path).missing == 0
    told = {source.file.rpartition("/")[2]: source.records for source in report.sources if source.kind == "rdf"}
    assert told == {"lamp.ttl": 9, "more.trig.gz": 2}


def test_a_table_speaks_of_the_things_of_rdf_files(catalogue: Path, tmp_path: Path) -> None:
    """By its identifier, the film of the row is the film of the Turtle file; what follows from both is inferred."""
    snapshot, _ = build([], tmp_path, tables=[catalogue])
    query = f"SELECT ?who {{ <https://example.org/lamp> <{FILM}castMember> ?who }}"
    assert len(list(rows(snapshot.open().query(query)))) == 2
    names = NameIndex(snapshot.open(), snapshot.names())
    assert [thing.iri for thing in names.find("the lamp", "title")] == ["https://example.org/lamp"]
    preferred = f"SELECT ?name {{ <https://example.org/ann> <{SKOS}prefLabel> ?name }}"
    assert [row["name"].value for row in rows(snapshot.open().query(preferred))] == ["Ann Vàle"]


def test_the_same_files_give_the_same_snapshot(catalogue: Path, tmp_path: Path) -> None:
    one, other = (build([], tmp_path / name, tables=[catalogue])[0].id for name in ("one", "other"))
    assert one == other


@pytest.mark.parametrize(
    ("name", "contents", "problem"),
    [
        ("a.nt", b'<http://e/a> <http://e/b> "c" .\n<http://e/a> <http://e/b .\n', "a.nt:2"),
        ("a.ttl", b"# nothing\n", "no triple in it"),
        ("a.nt.gz", gzip.compress(b'<http://e/a> <http://e/b> "c" .\n' * 999, mtime=0)[:-9], "cannot be read"),
    ],
)
def test_an_rdf_file_that_cannot_be_used_is_named(tmp_path: Path, name: str, contents: bytes, problem: str) -> None:
    (tmp_path / name).write_bytes(contents)
    with pytest.raises(SourceError, match=problem):
        read_catalogs([tmp_path / name], tmp_path, Iris(), lambda _: None)


READ = """
import resource, sys
from pathlib import Path
from castgraph.catalogs import read_catalogs
from castgraph.iris import Iris
(file, *_) = read_catalogs([Path(sys.argv[1])], Path(sys.argv[1]).parent, Iris(), lambda _: None).files
print(file.quads, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000)
"""


def peak(file: Path, triples: int) -> int:
    """Megabytes that a process takes which reads a file of so many triples."""
    with file.open("w", encoding="utf-8") as out:
        for number in range(triples):
            out.write(
                f'<https://example.org/thing/{number}> <https://example.org/is> "a text of some length {number}" .\n'
            )
    told = subprocess.run([sys.executable, "-c", READ, str(file)], capture_output=True, check=True, text=True)
    quads, megabytes = map(int, told.stdout.split())
    assert quads == triples
    return megabytes


def test_memory_does_not_grow_with_a_file(tmp_path: Path) -> None:
    """Held as quads, 200,000 triples take 90 MB."""
    assert peak(tmp_path / "large.nt", 200_000) - peak(tmp_path / "small.nt", 2_000) < 30
