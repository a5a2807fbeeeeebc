"""The store of a snapshot with tables: N-Triples files go in by blocks, each core with one, both graphs of a file at once.

Given a whole file, Oxigraph holds millions of quads at once: 1.5 GB where blocks take 0.5 GB, in the same time. A block
that brings the quads of the named graph and of the default graph together writes its terms once (a quarter less to do).
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pyoxigraph as ox

from castgraph import search_index
from castgraph.catalogs import CatalogFile
from castgraph.iris import Iris
from castgraph.progress import Meter, Tell
from castgraph.records import Json
from castgraph.search_index import Entry, entries
from castgraph.snapshot import MODULUS, Digest, union
from castgraph.store import rows

_BLOCK = 24_000_000  # bytes, some 150,000 lines: a batch of the store's loader
_CORES = 2
_END = b" .\n"  # of a line; no literal of N-Triples has a line end in it


def load_facts(quads: Sequence[ox.Quad], folder: Path) -> dict[str, Json]:
    """Load the quads of other sources, into their graphs and the default graph."""
    store = ox.Store(str(folder))
    store.bulk_extend(quads)
    store.bulk_extend(ox.Quad(one.subject, one.predicate, one.object, ox.DefaultGraph()) for one in union(quads))
    store.flush()
    return _told(store, sorted({str(quad.graph_name.value) for quad in quads}))  # type: ignore[union-attr]


def load_equality(path: Path, iris: Iris, folder: Path) -> dict[str, Json]:
    """Load what equality adds into its graph."""
    store = ox.Store(str(folder))
    store.bulk_extend(_parsed(path, ox.NamedNode(iris.equality)))
    store.flush()
    return _told(store, [iris.equality] if path.stat().st_size else [])


def load_graph(file: CatalogFile, before: Mapping[str, Json], tell: Tell, folder: Path) -> dict[str, Json]:
    """Load a file into its graph, which holds what ``before`` says, and into the default graph."""
    graph = ox.NamedNode(file.graph)
    store = ox.Store(str(folder))
    end = f" {graph} .\n".encode()

    def into_both(block: bytes) -> None:
        _bulk_load(store, block.replace(_END, end) + block, ox.RdfFormat.N_QUADS)

    with ThreadPoolExecutor(1) as beside:
        hashing = beside.submit(_hashed, file)
        with Meter(tell, f"loading {file.title}", file.path.stat().st_size, "MB", scale=1_000_000) as meter:
            _each_block(file.path, _BLOCK // 2, into_both, meter)
        if file.apart is not None:
            store.bulk_extend(_parsed(file.apart, graph))
            store.bulk_extend(_parsed(file.apart, ox.DefaultGraph()))
        store.flush()
        with Meter(tell, f"hashing {file.title}"):
            summed = hashing.result()
    held = _count(store, graph) - cast("dict[str, int]", before["graphs"]).get(file.graph, 0)
    if held != summed.count:  # some lines are said twice, were said before, or stand apart
        summed = Digest()
        with Meter(tell, f"hashing the graph of {file.title}"):
            summed.add_quads(store.quads_for_pattern(None, None, None, graph))
        summed.sum -= int(cast("dict[str, str]", before["sums"]).get(file.graph, "0"), 16)
    return {"graphs": {file.graph: held}, "sums": {file.graph: f"{summed.sum % MODULUS:x}"}}


def _hashed(file: CatalogFile) -> Digest:
    summed = Digest()
    with file.path.open("rb") as lines:
        summed.add_lines(lines, file.graph)
    return summed


def load_inferred(path: Path, apart: Path, tell: Tell, folder: Path) -> dict[str, Json]:
    """Load what was inferred into the default graph."""
    store = ox.Store(str(folder))
    store.bulk_extend(_parsed(apart, ox.DefaultGraph()))
    with Meter(tell, "loading what was inferred", path.stat().st_size, "MB", scale=1_000_000) as meter:
        _each_block(path, _BLOCK, lambda block: _bulk_load(store, block, ox.RdfFormat.N_TRIPLES), meter)
    store.flush()
    return {}


def compact(store: ox.Store, tell: Tell, _: Path) -> dict[str, Json]:
    """Leave each index of the store in order, as queries want it."""
    with Meter(tell, "compacting the store"):
        store.optimize()
        store.flush()
        return {"quads": len(store)}


class Opened:
    """A store that is open for writing, as something to query: :class:`castgraph.store.GraphStore`."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store

    def query(self, query: str, bindings: object = None, dataset: object = None) -> ox.QuerySolutions:
        """Answer a SELECT query of castgraph's own over the default graph."""
        assert bindings is None
        assert dataset is None
        found = self._store.query(query)
        assert isinstance(found, ox.QuerySolutions)
        return found


def index_names(store: ox.Store, tell: Tell, folder: Path) -> dict[str, Json]:
    """Write the index of the store's names."""
    meter = Meter(tell, "indexing names", unit="names")

    def metered(found: Iterable[Entry]) -> Iterator[Entry]:
        for number, entry in enumerate(found, 1):
            if not number % 1000:
                meter.to(number)
            yield entry

    return {"names": search_index.build(folder, metered(entries(Opened(store))))}


def _bulk_load(store: ox.Store, block: bytes, format_: ox.RdfFormat) -> None:
    try:
        store.bulk_load(block, format=format_, lenient=True)
    except SyntaxError as error:  # castgraph wrote it
        raise AssertionError(f"a line that is no statement: {error}") from error


def _each_block(path: Path, size: int, work: Callable[[bytes], None], meter: Meter) -> None:
    """Do something with each block of a file, as many at a time as there are cores; the first error ends it."""
    free = threading.Semaphore(_CORES)
    under_way: list[Future[None]] = []

    def one(block: bytes) -> None:
        try:
            work(block)
            meter.add(len(block))
        finally:
            free.release()

    with ThreadPoolExecutor(_CORES) as pool, path.open("rb") as file:
        while block := file.read(size):
            block += file.readline()
            free.acquire()  # so that no more blocks are held than are worked on
            under_way.append(pool.submit(one, block))
            while under_way and under_way[0].done():
                under_way.pop(0).result()
        for done in under_way:
            done.result()


def _parsed(path: Path, graph: ox.NamedNode | ox.DefaultGraph) -> Iterator[ox.Quad]:
    """The triples of a file in a graph, blank nodes as they are."""
    for quad in ox.parse(path=str(path), format=ox.RdfFormat.N_TRIPLES):
        yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)


def _told(store: ox.Store, graphs: Sequence[str]) -> dict[str, Json]:
    """How many quads each graph holds, and the sum of their hashes."""
    counts: Counter[str] = Counter()
    sums: dict[str, Json] = {}
    for graph in graphs:
        summed = Digest()
        summed.add_quads(store.quads_for_pattern(None, None, None, ox.NamedNode(graph)))
        counts[graph], sums[graph] = summed.count, f"{summed.sum % MODULUS:x}"
    return {"graphs": cast("Json", dict(counts)), "sums": sums}


def _count(store: ox.Store, graph: ox.NamedNode) -> int:
    (row,) = rows(store.query(f"SELECT (COUNT(*) AS ?n) {{ GRAPH {graph} {{ ?s ?p ?o }} }}"))
    return int(row["n"].value)
