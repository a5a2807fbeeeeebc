"""Checks the closure of a snapshot with tables, from file to file: no triple becomes a Python object.

::

    store ─┬─ source graphs ──▶ said.nt ──reason──▶ inferred.nt ──┐
           ├─ graphs about them ──▶ about.nt                      ├─ hashes compared by DuckDB ──▶ what is missing
           └─ default graph ──▶ held.nt ──────────────────────────┘

Every line of the named graphs is hashed on its way: together they are what the snapshot is named after.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import IO, cast

import pyoxigraph as ox

from castgraph.bulk_closure import close
from castgraph.distinct import write_unheld
from castgraph.errors import InconsistentDataError
from castgraph.iris import OUTSIDE_DEFAULT_UNION
from castgraph.progress import Meter, Tell
from castgraph.snapshot import Digest, Snapshot

_DEFAULT = ox.DefaultGraph()


@dataclass(frozen=True)
class CheckedTables:
    """What checking found. ``missing`` counts triples, stated or inferred, that the default graph lacks."""

    name: str
    """What the quads hash to: the snapshot should be called so."""
    violations: tuple[str, ...]
    missing: int


def check_tables(snapshot: Snapshot, store: ox.Store, tell: Tell) -> CheckedTables:
    """Hash what is stated, draw its consequences once more, and look for each triple in the default graph.

    Takes disk for the statements and consequences as N-Triples in the folder for temporary files.

    Raises:
        OSError: that folder is full.
    """
    with tempfile.TemporaryDirectory(prefix="castgraph-check-") as name, ThreadPoolExecutor(1) as beside:
        folder = Path(name)
        graphs = _Written(snapshot, store, folder, tell)
        stopped = Event()
        closing = beside.submit(_violations, graphs.said, folder, stopped, tell)
        try:
            held = folder / "held.nt"
            triples = cast("int", snapshot.manifest["triples"])
            with held.open("wb") as file, Meter(tell, "reading the default graph", triples, "triples") as meter:
                store.dump(_Lines(file, meter), ox.RdfFormat.N_TRIPLES, from_graph=_DEFAULT)  # type: ignore[arg-type]
            violations = closing.result()
        except BaseException:
            stopped.set()
            raise
        expected = [graphs.said, graphs.about, *(() if violations else (folder / "inferred.nt", folder / "apart.nt"))]
        unheld = folder / "unheld.nt"
        with Meter(tell, "comparing with what follows"):
            write_unheld(expected, held, unheld, folder)
        return CheckedTables(graphs.name, violations, sum(1 for _ in _absent(store, unheld)))


def _violations(said: Path, folder: Path, stopped: Event, tell: Tell) -> tuple[str, ...]:
    """Write the consequences of a file of statements into the folder; what contradicts the ontology, if anything does."""
    try:
        close([], [said], [], stopped, tell, folder)
    except InconsistentDataError as error:
        return error.violations
    return ()


def _absent(store: ox.Store, path: Path) -> Iterator[ox.Quad]:
    """Of a file's triples, those the default graph has not, however a number in them is written."""
    for quad in ox.parse(path=str(path), format=ox.RdfFormat.N_TRIPLES):
        if ox.Quad(quad.subject, quad.predicate, quad.object, _DEFAULT) not in store:
            yield quad


class _Written:
    """The named graphs of a store, written to files: ``said`` of the sources, ``about`` of castgraph's own in the union."""

    def __init__(self, snapshot: Snapshot, store: ox.Store, folder: Path, tell: Tell) -> None:
        self.said, self.about = folder / "said.nt", folder / "about.nt"
        iris = snapshot.iris
        quads = cast("int", snapshot.manifest["quads"])
        summed = Digest()
        with (
            self.said.open("wb") as said,
            self.about.open("wb") as about,
            (folder / "outside.nt").open("wb") as outside,
            Meter(tell, "reading the statements", quads, "quads") as meter,
        ):
            for graph in store.named_graphs():
                iri = str(graph.value)
                is_said = iri not in iris.own_graphs and not iris.is_linkset(iri)
                file = said if is_said else outside if iri.endswith(OUTSIDE_DEFAULT_UNION) else about
                lines = _Lines(file, meter, summed, iri)
                store.dump(lines, ox.RdfFormat.N_TRIPLES, from_graph=graph)  # type: ignore[arg-type]
        if not snapshot.id.startswith(summed.name()):  # a dump may write a term as nobody else does: ask the store
            summed = Digest()
            with Meter(tell, "hashing the statements", quads, "quads") as meter:
                for graph in store.named_graphs():
                    summed.add_quads(_metered(store.quads_for_pattern(None, None, None, graph), meter))
        self.name = summed.name()


def _metered(quads: Iterable[ox.Quad], meter: Meter) -> Iterator[ox.Quad]:
    for number, quad in enumerate(quads, 1):
        if not number % 1000:
            meter.add(1000)
        yield quad


class _Lines:
    """A file that counts the lines that pass, and hashes them as those of a graph."""

    def __init__(self, file: IO[bytes], meter: Meter, summed: Digest | None = None, graph: str = "") -> None:
        self._file, self._meter, self._summed, self._graph = file, meter, summed, graph
        self._begun: Sequence[bytes] = ()  # parts of a line whose end has not come yet

    def write(self, data: bytes) -> int:
        """Take some bytes of N-Triples, whole lines or not."""
        if self._summed is not None:
            *whole, rest = b"".join((*self._begun, data)).split(b"\n")
            self._summed.add_lines((line + b"\n" for line in whole), self._graph)
            self._begun = (rest,) if rest else ()
        self._meter.add(data.count(b"\n"))
        return self._file.write(data)

    def flush(self) -> None:
        """For whoever expects a file."""
        self._file.flush()
