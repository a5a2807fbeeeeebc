"""RDF files among tables: streamed to N-Triples, a file for each graph, whatever their size.

Held in memory are only the names of blank nodes, and the identifiers by which tables speak of the same things.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from castgraph.catalogs import CatalogFile
from castgraph.catalogs.tables import SEPARATOR
from castgraph.errors import SourceError
from castgraph.iris import FILM, RDFS, SKOS, Iris
from castgraph.names import slug
from castgraph.progress import Meter, Tell
from castgraph.readers.rdf import numbered, rdf_format
from castgraph.readers.text import refuse_irregular

_OPEN = 64  # files written to at a time
_STEP = 10_000  # statements between two looks at how far the file is read


@dataclass(frozen=True)
class Streamed:
    """What RDF files say, on disk."""

    files: tuple[CatalogFile, ...]
    identifiers: Mapping[str, str]  # film:identifier → IRI of the thing
    labels: Path  # IRI and label of a thing on each line, parted by SEPARATOR
    labelled: Path  # on each line the IRI of a thing that has its skos:prefLabel


def stream(paths: Sequence[Path], out: Path, iris: Iris, tell: Tell) -> Streamed:
    """Write the statements of RDF files to a folder. Triples without a graph go to one named after their file.

    Raises:
        SourceError: a file cannot be read, has a syntax error (names the line) or no triple.
    """
    files: list[CatalogFile] = []
    identifiers: dict[str, str] = {}
    with (out / "rdf-labels.txt").open("wb") as labels, (out / "rdf-labelled.txt").open("wb") as labelled:
        for number, path in enumerate(paths):
            names = _Names(identifiers, labels, labelled)
            with _Graphs(out, number, path, iris) as graphs:
                for quad in _quads(path, tell):
                    graphs.add(quad)
                    names.add(quad)
            if not graphs.counts:
                raise SourceError(path, "no triple in it", expected="RDF")
            files += graphs.files()
    return Streamed(tuple(files), identifiers, out / "rdf-labels.txt", out / "rdf-labelled.txt")


@dataclass
class _Names:
    """Notes what things are called, and identified by."""

    identifiers: dict[str, str]
    labels: IO[bytes]
    labelled: IO[bytes]

    def add(self, quad: ox.Quad) -> None:
        if not isinstance(quad.subject, ox.NamedNode):
            return
        name, thing = quad.predicate.value, quad.subject.value
        if name == FILM + "identifier":
            self.identifiers.setdefault(str(cast("ox.Literal", quad.object).value), thing)
        elif name == SKOS + "prefLabel":
            self.labelled.write(f"{thing}\n".encode())
        elif name == RDFS + "label":
            label = " ".join(str(cast("ox.Literal", quad.object).value).replace(SEPARATOR, " ").split())
            self.labels.write(f"{thing}{SEPARATOR}{label}\n".encode())


@dataclass
class _Graphs:
    """The files of an RDF file's graphs; those written to last are open."""

    out: Path
    number: int
    path: Path
    iris: Iris
    counts: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    opened: OrderedDict[Path, IO[bytes]] = field(default_factory=OrderedDict)

    def __enter__(self) -> _Graphs:
        return self

    def __exit__(self, *_: object) -> None:
        with ExitStack() as stack:
            for file in self.opened.values():
                stack.callback(file.close)

    def add(self, quad: ox.Quad) -> None:
        graph = self._graph(quad)
        self.places.setdefault(graph, len(self.places))
        self.counts[graph] = self.counts.get(graph, 0) + 1
        has_blank = isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)
        self._file(self._place(graph, apart=has_blank)).write(
            f"{quad.subject} {quad.predicate} {quad.object} .\n".encode()
        )

    def files(self) -> Iterator[CatalogFile]:
        """What was written."""
        with self.path.open("rb") as stored:
            sha256 = hashlib.file_digest(stored, "sha256").hexdigest()
        for graph, count in self.counts.items():
            plain, apart = (self._place(graph, apart=one) for one in (False, True))
            plain.touch()
            yield CatalogFile(
                path=plain,
                graph=graph,
                quads=count,
                title=self.path.name,
                kind="rdf",
                publisher=self.path.name,
                source=self.path,
                sha256=sha256,
                apart=apart if apart.exists() else None,
            )

    def _graph(self, quad: ox.Quad) -> str:
        if isinstance(quad.graph_name, ox.NamedNode):
            return quad.graph_name.value
        own = self.iris.graph("rdf", slug(self.path.name.split(".")[0]))
        return own if isinstance(quad.graph_name, ox.DefaultGraph) else f"{own}-{quad.graph_name.value}"

    def _place(self, graph: str, *, apart: bool) -> Path:
        return self.out / f"rdf-{self.number:03}-{self.places[graph]:05}{'-apart' if apart else ''}.nt"

    def _file(self, place: Path) -> IO[bytes]:
        file = self.opened.pop(place, None)
        if file is None:
            if len(self.opened) == _OPEN:
                self.opened.popitem(last=False)[1].close()
            file = place.open("ab")
        self.opened[place] = file
        return file


def _quads(path: Path, tell: Tell) -> Iterator[ox.Quad]:
    """The quads of a file as they are read, blank nodes numbered after a mark of the file."""
    format_ = rdf_format(path)
    assert format_ is not None, path
    refuse_irregular(path)
    mark = hashlib.sha256(str(path).encode()).hexdigest()[:8]
    try:
        with (
            path.open("rb") as stored,
            Meter(tell, f"reading {path.name}", path.stat().st_size, "MB", scale=10**6) as meter,
        ):
            text = gzip.GzipFile(fileobj=stored) if path.suffix.lower() == ".gz" else stored
            parsed = ox.parse(cast("IO[bytes]", text), format=format_, base_iri=path.absolute().as_uri())
            for number, quad in enumerate(numbered(parsed, mark)):
                if not number % _STEP:
                    meter.to(stored.tell())
                yield quad
    except (SyntaxError, ValueError) as error:
        found = re.search(r"(?:line |at )(\d+)", str(error))
        line = getattr(error, "lineno", None) or (int(found[1]) if found else 1)
        raise SourceError(path, str(error), line=line, expected=f"RDF in {format_.name}") from error
    except (EOFError, gzip.BadGzipFile) as error:
        raise SourceError(path, f"cannot be read ({error})", expected=f"RDF in {format_.name}") from error
