"""The straight road: whole tables to a snapshot, without a Python object for each row, in steps that can be resumed.

::

    tables ──catalogs──▶ N-Triples, a file for each graph ──┬─reason──▶ inferred.nt ─┐
    pages ──build──▶ facts.nt, facts.nq ────────────────────┴────────────────────────┴──▶ store ──▶ names ──▶ snapshot

What is inferred stands in the default graph alone, not in a named graph as well: it is more than half of all triples, and
each costs three times as much in a named graph (docs/decisions/2026-11-20-catalogues-are-loaded-from-files.md).
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import cast

import pyoxigraph as ox

from castgraph import search_index
from castgraph.catalogs import CatalogFile, CatalogReading, Known, read_catalogs
from castgraph.errors import InconsistentDataError
from castgraph.iris import FILM, RDF, SKOS, Iris, shorten
from castgraph.ontology_files import axioms
from castgraph.progress import Meter, Tell
from castgraph.provenance import catalog_provenance_quads
from castgraph.reason_facts import Statement
from castgraph.reason_rounds import Sinks, infer
from castgraph.reason_sources import read, statements_of
from castgraph.records import Json
from castgraph.search_index import Entry, entries
from castgraph.snapshot import MODULUS, Digest, union
from castgraph.steps import Steps
from castgraph.store import LocalStore, rows

_PROPERTY = re.compile(rb" <([^>]*)> ")
_CLASS = re.compile(rf"<{re.escape(RDF)}type> <([^>]*)>".encode())
_TYPE = (RDF + "type").encode()
_BLOCK = 24_000_000  # bytes, some 170,000 lines: a batch of the store's loader
_CORES = 2


@dataclass(frozen=True)
class Loaded:
    """What the folder of a snapshot holds after a build by the straight road."""

    id: str
    quads: int  # of all named graphs
    triples: int  # of the default graph
    names: int  # in the index
    graphs: Mapping[str, int]
    inferred: Mapping[str, int]  # triples by property, types by class
    warnings: tuple[str, ...]
    files: tuple[CatalogFile, ...]
    tables: Mapping[str, Json]  # the report on the tables


def load(
    paths: Sequence[Path],
    quads: Sequence[ox.Quad],
    asserted: Iterable[ox.Triple],
    snapshot: str,
    steps: Steps,
    iris: Iris,
    tell: Tell,
) -> Loaded:
    """Build what tables and facts come to, in the folder ``snapshot`` among those of the steps.

    Args:
        paths: tables, mapping files, folders of them.
        quads: what other sources come to, with all graphs about them, without inferences.
        asserted: of these, what consequences are drawn from.
        snapshot: name of the snapshot's folder.
        steps: does what is not done yet.
        iris: where IRIs are made.
        tell: told of the progress.

    Raises:
        SourceError: a table cannot be used.
        InconsistentDataError: the data contradict the ontology.
        ReasonerError: the rule engine failed.
        OSError: the disk is full, say.
    """
    known = known_from(quads)
    told = steps.run("tables", lambda folder: _as_json(read_catalogs(paths, folder, iris, tell, known=known)))
    files = tuple(_catalog_file(one) for one in cast("list[dict[str, Json]]", told["files"]))
    facts = list(dict.fromkeys((*quads, *(one for file in files for one in catalog_provenance_quads(file, iris)))))
    closed = steps.run("closure", lambda folder: _close([file.path for file in files], asserted, folder, tell))
    inferred = steps.folder("closure")
    store = f"{snapshot}/store"

    def into_store(name: str, work: Callable[[Path], Mapping[str, Json]]) -> Mapping[str, Json]:
        return steps.run(name, work, folder=store, goes_on=True)

    first = into_store("store-facts", partial(_load_facts, facts))
    parts = [first, into_store("store-equality", partial(_load_equality, inferred / "equality.nt", iris))]
    for number, file in enumerate(files, 1):
        parts.append(into_store(f"store-{number}", partial(_load_graph, file, first, tell)))
    into_store("store-inferred", partial(_load_inferred, inferred / "inferred.nt", inferred / "apart.nt", tell))
    size = into_store("store-compact", partial(_compact, tell))
    names = steps.run("names", partial(_index_names, steps.folder(store), tell), folder=f"{snapshot}/names")
    graphs: Counter[str] = Counter()
    summed = Digest()
    for part in parts:
        graphs.update(cast("dict[str, int]", part["graphs"]))
        summed.sum += sum(int(one, 16) for one in cast("dict[str, str]", part["sums"]).values())
    shutil.copyfile(str(told["problems"]), steps.folder(snapshot) / "problems.tsv")
    return Loaded(
        id=summed.name(),
        quads=graphs.total(),
        triples=cast("int", size["quads"]) - graphs.total(),
        names=cast("int", names["names"]),
        graphs=dict(sorted(graphs.items())),
        inferred=cast("dict[str, int]", closed["inferred"]),
        warnings=tuple(cast("list[str]", closed["warnings"])),
        files=files,
        tables=cast("dict[str, Json]", told["report"]),
    )


def known_from(quads: Iterable[ox.Quad]) -> Known:
    """What tables need to know of other sources: who has which identifier, and who has a preferred label."""
    identifiers: dict[str, str] = {}
    labelled: set[str] = set()
    for quad in quads:
        if quad.predicate.value == SKOS + "prefLabel":
            labelled.add(quad.subject.value)  # type: ignore[union-attr]
        elif quad.predicate.value == FILM + "identifier" and isinstance(quad.subject, ox.NamedNode):
            identifiers.setdefault(quad.object.value, quad.subject.value)  # type: ignore[union-attr]
    return Known(identifiers, labelled)


def _as_json(reading: CatalogReading) -> dict[str, Json]:
    files = [
        {name: str(value) if isinstance(value, Path) else value for name, value in asdict(file).items()}
        for file in reading.files
    ]
    return {"files": cast("Json", files), "report": reading.report.as_json(), "problems": str(reading.problems)}


def _catalog_file(told: Mapping[str, Json]) -> CatalogFile:
    source = told["source"]
    values = {**told, "path": Path(str(told["path"])), "source": None if source is None else Path(str(source))}
    return CatalogFile(**values)  # type: ignore[arg-type]


def _close(files: Sequence[Path], asserted: Iterable[ox.Triple], folder: Path, tell: Tell) -> dict[str, Json]:
    """Write what follows from files and facts: ``inferred.nt``, ``equality.nt``, and ``apart.nt``.

    In the last is what is inferred about terms, and every triple that may have a blank node: Oxigraph's loader of files
    would give the node another label.
    """
    facts = folder / "facts.nt"
    with facts.open("wb") as out:
        ox.serialize(asserted, out, format=ox.RdfFormat.N_TRIPLES)
    every = [facts, *files]  # the facts first: their blank nodes keep their labels
    size = sum(path.stat().st_size for path in every)
    counts: Counter[bytes] = Counter()

    def source(only_axioms: bool) -> Iterator[Statement]:
        what = "looking for axioms" if only_axioms else "reading for the closure"
        meter = Meter(tell, what, size, "MB", scale=1_000_000)
        return read(every, only_axioms=only_axioms, moved=lambda _, at: meter.to(at))

    with (
        (folder / "inferred.nt").open("wb") as inferred,
        (folder / "equality.nt").open("wb") as equality,
        (folder / "apart.nt").open("wb") as apart,
        Meter(tell, "drawing consequences"),
    ):

        def write(blocks: Iterable[bytes]) -> None:
            for block in blocks:
                if b"_:" in block:
                    lines = block.splitlines(keepends=True)
                    apart.writelines(line for line in lines if b"_:" in line)
                    inferred.writelines(line for line in lines if b"_:" not in line)
                else:
                    inferred.write(block)
                counts.update(_PROPERTY.findall(block))
                counts.update(b"a " + class_ for class_ in _CLASS.findall(block))

        sinks = Sinks(write, equality.writelines, apart.writelines)
        outcome = infer(source, statements_of(axioms()), sinks, lambda *_: None)
    if outcome.violations:
        raise InconsistentDataError(tuple(str(violation) for violation in outcome.violations))
    del counts[_TYPE]
    by_property = {_shown(name.decode()): count for name, count in counts.most_common()}
    return {"inferred": cast("Json", by_property), "warnings": list(outcome.warnings)}


def _shown(name: str) -> str:
    return f"a {shorten(name[2:])}" if name.startswith("a ") else shorten(name)


def _load_facts(quads: Sequence[ox.Quad], folder: Path) -> dict[str, Json]:
    """Load the quads of other sources, into their graphs and the default graph."""
    store = ox.Store(str(folder))
    store.bulk_extend(quads)
    store.bulk_extend(ox.Quad(one.subject, one.predicate, one.object, ox.DefaultGraph()) for one in union(quads))
    store.flush()
    return _told(store, sorted({str(quad.graph_name.value) for quad in quads}))  # type: ignore[union-attr]


def _load_equality(path: Path, iris: Iris, folder: Path) -> dict[str, Json]:
    store = ox.Store(str(folder))
    store.bulk_extend(_parsed(path, ox.NamedNode(iris.equality)))
    store.flush()
    return _told(store, [iris.equality] if path.stat().st_size else [])


def _load_graph(file: CatalogFile, before: Mapping[str, Json], tell: Tell, folder: Path) -> dict[str, Json]:
    """Load a file into its graph, which holds what ``before`` says, and into the default graph; then remove it."""
    graph = ox.NamedNode(file.graph)
    store = ox.Store(str(folder))
    with Meter(tell, f"loading {file.title}", 2 * file.path.stat().st_size, "MB", scale=1_000_000) as meter:
        _bulk_load(store, file.path, (graph, ox.DefaultGraph()), meter)
    store.flush()
    summed = Digest()
    with Meter(tell, f"hashing {file.title}"):
        with file.path.open("rb") as lines:
            summed.add_lines(lines, file.graph)
        held = _count(store, graph) - cast("dict[str, int]", before["graphs"]).get(file.graph, 0)
        if held != summed.count:  # some lines are said twice, or were said before
            summed = Digest()
            summed.add_quads(store.quads_for_pattern(None, None, None, graph))
            summed.sum -= int(cast("dict[str, str]", before["sums"]).get(file.graph, "0"), 16)
    file.path.unlink()
    return {"graphs": {file.graph: held}, "sums": {file.graph: f"{summed.sum % MODULUS:x}"}}


def _load_inferred(path: Path, apart: Path, tell: Tell, folder: Path) -> dict[str, Json]:
    """Load what was inferred into the default graph, then remove it."""
    store = ox.Store(str(folder))
    store.bulk_extend(_parsed(apart, ox.DefaultGraph()))
    with Meter(tell, "loading what was inferred", path.stat().st_size, "MB", scale=1_000_000) as meter:
        _bulk_load(store, path, (ox.DefaultGraph(),), meter)
    store.flush()
    path.unlink()
    return {}


def _parsed(path: Path, graph: ox.NamedNode | ox.DefaultGraph) -> Iterator[ox.Quad]:
    """The triples of a file in a graph, blank nodes as they are."""
    for quad in ox.parse(path=str(path), format=ox.RdfFormat.N_TRIPLES):
        yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)


def _bulk_load(store: ox.Store, path: Path, graphs: Sequence[ox.NamedNode | ox.DefaultGraph], meter: Meter) -> None:
    """Load a file into each of the graphs, two blocks at a time: each core has one, and memory holds no more.

    Given a whole file, Oxigraph holds millions of quads at once: 1.5 GB where this takes 0.4 GB, in the same time.
    """

    def load_one(block: bytes, graph: ox.NamedNode | ox.DefaultGraph) -> None:
        try:
            store.bulk_load(block, format=ox.RdfFormat.N_TRIPLES, to_graph=graph, lenient=True)
        except SyntaxError as error:  # the reader of the tables wrote it
            raise AssertionError(f"{path}: {error}") from error
        meter.add(len(block))

    with ThreadPoolExecutor(_CORES) as pool:
        for blocks in _blocks(path):
            for done in [pool.submit(load_one, block, graph) for block in blocks for graph in graphs]:
                done.result()


def _blocks(path: Path) -> Iterator[list[bytes]]:
    """A file in blocks of whole lines, as many at a time as there are cores."""
    with path.open("rb") as file:
        while blocks := [block + file.readline() for _ in range(_CORES) if (block := file.read(_BLOCK))]:
            yield blocks


def _compact(tell: Tell, folder: Path) -> dict[str, Json]:
    store = ox.Store(str(folder))
    with Meter(tell, "compacting the store"):
        store.optimize()
        store.flush()
        return {"quads": len(store)}


def _index_names(store: Path, tell: Tell, folder: Path) -> dict[str, Json]:
    meter = Meter(tell, "indexing names", unit="names")

    def metered(found: Iterable[Entry]) -> Iterator[Entry]:
        for entry in found:
            meter.add(1)
            yield entry

    return {"names": search_index.build(folder, metered(entries(LocalStore(store))))}


def _told(store: ox.Store, graphs: Sequence[str]) -> dict[str, Json]:
    """How many quads each graph holds, and the sum of their hashes."""
    counts: dict[str, Json] = {}
    sums: dict[str, Json] = {}
    for graph in graphs:
        summed = Digest()
        summed.add_quads(store.quads_for_pattern(None, None, None, ox.NamedNode(graph)))
        counts[graph], sums[graph] = summed.count, f"{summed.sum % MODULUS:x}"
    return {"graphs": counts, "sums": sums}


def _count(store: ox.Store, graph: ox.NamedNode) -> int:
    (row,) = rows(store.query(f"SELECT (COUNT(*) AS ?n) {{ GRAPH {graph} {{ ?s ?p ?o }} }}"))
    return int(row["n"].value)
