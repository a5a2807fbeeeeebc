"""Snapshots: a built graph on disk, never changed afterwards, with an atomic pointer to the current one.

::

    DATA/
      current -> snapshots/3f0c9a…       a symbolic link, replaced in one step
      snapshots/3f0c9a…/
        manifest.json                    what it was built from, counts, version
        decisions.json  report.json      identity decisions; what the build reported
        statistics.json                  counts by class, property and graph; a snapshot may have none
        links/                           the links that came with the sources, as SSSOM files
        edits.json                       what was changed by updates since the sources were read
        problems.tsv                     of a catalogue: the rows left out, merged or doubtful, and why
        steps.json                       of a catalogue: the seconds, memory and disk that each step of the build took
        store/                           the Oxigraph database, opened read-only
        names/                           the index of names, memory-mapped
      building-12345/                    of a build under way, or of one that died; removed by the next build
      building-catalog-5c1f…/            of one that the same build goes on with
      castgraph-build.lock

A snapshot's name is the hash of its quads: the same facts give the same snapshot, on every machine.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

import pyoxigraph as ox

from castgraph import statistics
from castgraph.errors import BusyError, InconsistentDataError, SnapshotError, SourceError
from castgraph.iris import OUTSIDE_DEFAULT_UNION, Iris
from castgraph.records import Json
from castgraph.statistics import Statistics
from castgraph.store import LocalStore

if TYPE_CHECKING:
    from castgraph.search_index import SearchIndex

LOCK = "castgraph-build.lock"
"""Held during a build; marks a folder as a data folder."""

KEPT = 2
"""Snapshots kept: the current one and the one before, which a server may still be reading."""


@dataclass(frozen=True)
class Snapshot:
    """A built graph on disk."""

    path: Path

    @property
    def id(self) -> str:
        """Hash of the quads: names the snapshot, and serves as its ETag."""
        return self.path.name

    @cached_property
    def manifest(self) -> dict[str, Json]:
        """What the snapshot was built from, by which version, and how much it holds."""
        return read_json(self.path / "manifest.json")

    @property
    def has_tables(self) -> bool:
        """Whether it was built from tables (``castgraph build --catalog``), in part at least."""
        return "tables" in self.manifest

    @property
    def iris(self) -> Iris:
        """The IRIs of this snapshot's graphs and things."""
        return Iris(str(self.manifest["base"]))

    def report(self) -> dict[str, Json]:
        """The report of the build, as ``castgraph build --json`` printed it."""
        return read_json(self.path / "report.json")

    def statistics(self) -> Statistics | None:
        """The counts made by the build, or None where it made none."""
        file = self.path / statistics.FILE
        return Statistics.from_json(read_json(file)) if file.is_file() else None

    def open(self) -> LocalStore:
        """The store, opened for reading."""
        return LocalStore(self.path / "store")

    def names(self) -> SearchIndex | None:
        """The index of names, opened for reading, or None where the build made none."""
        from castgraph.search_index import FOLDER, SearchIndex

        folder = self.path / FOLDER
        return SearchIndex.open(folder) if folder.is_dir() else None


def current(data: Path) -> Snapshot | None:
    """The snapshot the pointer names, or None where nothing was built yet.

    Raises:
        SnapshotError: the pointer names a snapshot that is not whole.
    """
    pointer = data / "current"
    try:
        target = pointer.readlink()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SnapshotError(f"{pointer}: not the pointer castgraph writes ({error})") from error
    snapshot = Snapshot(data / target)
    if not (snapshot.path / "manifest.json").is_file():
        raise SnapshotError(f"{snapshot.path}: the snapshot is not whole; run castgraph build")
    return snapshot


@contextmanager
def building(data: Path, wait: float = 0.0, keep_as: str | None = None) -> Iterator[Path]:
    """A folder to build in, beside the snapshots: empty, and gone afterwards, whatever happens.

    Args:
        data: the data folder.
        wait: seconds to wait while another build or an update holds it.
        keep_as: under this name the folder stays where the build is interrupted, and the next build that gives the same
            name goes on in it; the remains of every other build are removed.

    Raises:
        BusyError: another build, or an update, holds this data folder.
        SnapshotError: the folder cannot be written.
    """
    try:
        (data / "snapshots").mkdir(parents=True, exist_ok=True)
        lock = (data / LOCK).open("w")
    except OSError as error:
        raise SnapshotError(f"{data}: cannot be written ({error.strerror})") from error
    with lock:
        _take(lock, data, wait)
        folder = data / f"building-{keep_as or os.getpid()}"
        for remains in data.glob("building-*"):  # the lock is ours: whoever left them is dead
            if keep_as is None or remains != folder:
                shutil.rmtree(remains)
        folder.mkdir(exist_ok=keep_as is not None)
        is_over = keep_as is None
        try:
            yield folder
            is_over = True
        except (SourceError, InconsistentDataError):  # the input must change: nothing here would be used again
            is_over = True
            raise
        finally:
            if is_over:
                shutil.rmtree(folder, ignore_errors=True)


def _take(lock: IO[str], data: Path, wait: float) -> None:
    """Take the lock of a data folder."""
    end = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= end:
                raise BusyError(
                    f"{data}: another castgraph build or an update is at work here; wait for it, or use --out"
                ) from error
            time.sleep(0.05)
        except OSError as error:
            raise SnapshotError(f"{data}: cannot be locked ({error.strerror})") from error
        else:
            return


def publish(data: Path, folder: Path, id_: str, verify: Callable[[Snapshot], None]) -> Snapshot:
    """Move a built folder to its name, verify it there, and point to it. Readers see the old or the new, nothing else.

    Args:
        data: the data folder, held by :func:`building`.
        folder: what was built.
        id_: hash of the quads.
        verify: raises SnapshotError where a snapshot is not as it should be; nothing is pointed to it then.
    """
    verify(Snapshot(folder))
    snapshot = Snapshot(data / "snapshots" / id_)
    if _holds(snapshot, verify):  # the same quads again: the store stays, the newer build's reports replace the older's
        for report in folder.glob("*.json"):
            report.replace(snapshot.path / report.name)
    else:
        number = 2
        while snapshot.path.exists():  # damaged, perhaps still in use: it keeps its name
            snapshot, number = Snapshot(data / "snapshots" / f"{id_}-{number}"), number + 1
        _sync(folder)
        folder.rename(snapshot.path)
    pointer = data / f"current-{os.getpid()}"
    pointer.unlink(missing_ok=True)
    pointer.symlink_to(Path("snapshots") / snapshot.id)
    pointer.replace(data / "current")
    _remove_old(data, keep=snapshot)
    return snapshot


def _holds(snapshot: Snapshot, verify: Callable[[Snapshot], None]) -> bool:
    """Whether a snapshot is there and whole."""
    try:
        verify(snapshot)
    except SnapshotError:
        return False
    return True


def _sync(folder: Path) -> None:
    """Bring the small files to disk before the pointer: a power cut must not leave a pointer to nothing."""
    for file in folder.glob("*.json"):
        with file.open("rb") as handle:
            os.fsync(handle.fileno())


def _remove_old(data: Path, keep: Snapshot) -> None:
    """Remove all but the newest snapshots."""
    snapshots = sorted((data / "snapshots").iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in [path for path in snapshots if path != keep.path][KEPT - 1 :]:
        shutil.rmtree(path, ignore_errors=True)


def union(quads: Iterable[ox.Quad]) -> dict[ox.Triple, None]:
    """The triples a query sees by default: those of all graphs but link candidates and equality, each once."""
    return {
        quad.triple: None
        for quad in quads
        if not (isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value.endswith(OUTSIDE_DEFAULT_UNION))
    }


def write_store(path: Path, quads: Sequence[ox.Quad]) -> list[ox.Quad]:
    """Write the Oxigraph store of a snapshot: the quads, and their union as the default graph.

    Gives the quads as the store holds them, without the default graph.

    The union is written out because Oxigraph, asked to form it, answers with a triple once for every graph that
    holds it, where RDF merges them; and because one graph is faster to query than a union of many.
    """
    store = ox.Store(str(path))
    store.bulk_extend(quads)
    store.bulk_extend(ox.Quad(one.subject, one.predicate, one.object, ox.DefaultGraph()) for one in union(quads))
    store.optimize()
    store.flush()
    return list(named_quads(store))


def named_quads(store: ox.Store) -> Iterator[ox.Quad]:
    """What a store holds beside the union: the quads of the named graphs, graph by graph."""
    for graph in store.named_graphs():
        yield from store.quads_for_pattern(None, None, None, graph)


MODULUS = 2**256


class Digest:
    """The name of a snapshot: a hash of the quads of its named graphs, in whatever order they come, each once.

    The sum, modulo 2^256, of the BLAKE2b hash of each quad's N-Triples line, keyed with the hash of its graph's IRI: a
    set of any size is hashed as it streams by. (Sums of hashes can be forged with effort; names are no signatures.)

    Quads are taken as the store gives them back, which writes some numbers another way than they came ("0.90" as "0.9").
    """

    def __init__(self) -> None:
        self.sum = 0  # of the hashes so far, perhaps beyond the modulus
        self.count = 0

    def add_quads(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads of named graphs, no quad twice."""
        keys: dict[object, bytes] = {}
        blake, number = hashlib.blake2b, int.from_bytes
        for quad in quads:
            graph = quad.graph_name
            key = keys.get(graph)
            if key is None:
                key = keys[graph] = _key(str(graph))
            line = f"{quad.subject} {quad.predicate} {quad.object} .\n"
            self.sum += number(blake(line.encode(), digest_size=32, key=key).digest(), "little")
            self.count += 1

    def add_lines(self, lines: Iterable[bytes], graph: str) -> None:
        """Add a graph's quads as the lines of an N-Triples file, no line twice, terms written as the store writes them."""
        key = _key(f"<{graph}>")
        blake, number, total, count = hashlib.blake2b, int.from_bytes, 0, 0
        for count, line in enumerate(lines, 1):  # noqa: B007 - it is the count
            total += number(blake(line, digest_size=32, key=key).digest(), "little")
        self.sum += total
        self.count += count

    def name(self) -> str:
        """The hash, as 16 hexadecimal digits."""
        total = (self.sum % MODULUS).to_bytes(32, "little")
        return hashlib.blake2b(total, digest_size=8).hexdigest()


def digest(quads: Iterable[ox.Quad]) -> str:
    """The name of a snapshot with these quads."""
    summed = Digest()
    summed.add_quads(quads)
    return summed.name()


def _key(graph: str) -> bytes:
    return hashlib.blake2b(graph.encode(), digest_size=32).digest()


def verify(snapshot: Snapshot) -> None:
    """See that a snapshot holds what its manifest says, readable by whoever opens it next.

    Raises:
        SnapshotError: it does not.
    """
    told = snapshot.manifest
    expected = int(cast("int", told.get("quads", 0))) + int(cast("int", told.get("triples", 0)))
    found = len(snapshot.open().raw)
    if found != expected:
        raise SnapshotError(f"{snapshot.path}: holds {found} quads where the manifest says {expected}")
    names = told.get("names")
    if names is not None:
        index = snapshot.names()
        if index is None or index.size != names:
            raise SnapshotError(f"{snapshot.path}: its index of names does not hold the {names} of the manifest")


def write_json(path: Path, value: object) -> None:
    """Write a report as JSON that people can read too."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_json(path: Path) -> dict[str, Json]:
    """Read a report.

    Raises:
        SnapshotError: it cannot be read.
    """
    try:
        return cast("dict[str, Json]", json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise SnapshotError(f"{path}: cannot be read ({error}); run castgraph build") from error
