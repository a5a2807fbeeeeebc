"""Inference from RDF files of any format to a file of any format.

The reasoner reads its input several times, so whatever is not line-based is written out as N-Quads first: blank nodes
keep one label that way. Nothing is written where the data are inconsistent, or where anything fails.
"""

from __future__ import annotations

import gzip
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from castgraph.errors import CastgraphError, InconsistentDataError, SourceError

if TYPE_CHECKING:
    import pyoxigraph as ox

    from castgraph.reason import Step, Summary

_FORMATS: Mapping[str, str] = {
    "nt": "N_TRIPLES", "nq": "N_QUADS", "ttl": "TURTLE", "trig": "TRIG", "rdf": "RDF_XML", "owl": "RDF_XML",
    "xml": "RDF_XML", "jsonld": "JSON_LD",
}  # fmt: skip
ENDINGS = tuple(f".{ending}" for ending in _FORMATS)
"""File endings that are RDF; each may be followed by ``.gz``."""

_XML_NAME = re.compile(r"[^\W\d][\w.-]*$")
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no way to write."""


@dataclass(frozen=True)
class Graphs:
    """The IRIs of the graphs in which inferred triples stand, where the format has named graphs."""

    inferred: str
    equality: str


def infer(
    inputs: Sequence[Path],
    out: Path | IO[bytes],
    graphs: Graphs,
    *,
    ontology: Sequence[Path] = (),
    with_input: bool = False,
    full: bool = False,
    by_rule: bool = False,
    progress: Callable[[Step], None] | None = None,
) -> Summary:
    """Write what follows from RDF files under an ontology, which may stand among the data, by the rules of OWL 2 RL.

    Args:
        inputs: RDF files, each told by its ending, and folders of them.
        out: a file, written in the format of its ending; or an open one, written as N-Triples.
        graphs: where inferred triples go in N-Quads and TriG: what follows, and the copies for equal things.
        ontology: more files; they are used, and are no part of the input.
        with_input: write the input, too; in its own graphs, where the format has them.
        full: write what is inferred about classes and properties, too, and all that is legal RDF.
        by_rule: say in the summary how many triples each rule added; it takes several times as long.
        progress: told each step, and how far it is.

    Raises:
        InconsistentDataError: the data contradict the ontology; nothing is written.
        SourceError: an input is no RDF, or broken.
        CastgraphError: the output cannot be written; the reasoner failed.
        BrokenPipeError: whoever reads the open file has enough.
    """
    from castgraph.reason import Step, infer_files

    format_ = _format(out) if isinstance(out, Path) else "N_TRIPLES"
    if format_ is None:
        raise CastgraphError(f"{out}: unknown file ending. Write one of {', '.join(ENDINGS)}, each also with .gz.")
    told = progress or _quietly
    beside = out.parent if isinstance(out, Path) else None
    if beside is not None and not beside.is_dir():
        raise CastgraphError(f"{out}: there is no folder {beside}. Make it first.")
    with _disk_failures_told(), tempfile.TemporaryDirectory(dir=beside, prefix=".castgraph-infer-") as name:
        folder = Path(name)
        given = [_lines_of(path, folder / str(number), told) for number, path in enumerate(_files(inputs))]
        axioms = [_lines_of(path, folder / f"o{number}", told) for number, path in enumerate(_files(ontology))]
        result = _Result(folder / "inferred.nt", folder / "equality.nt", given if with_input else [], graphs)
        summary = infer_files(
            given,
            axioms,
            result.inferred,
            equality=result.equality,
            full=full,
            by_rule=by_rule,
            progress=told,
        )
        if summary.violations:
            raise InconsistentDataError(tuple(map(str, summary.violations)))
        told(Step(f"writing {out if isinstance(out, Path) else 'the output'}"))
        if isinstance(out, Path):
            unfinished = folder / "out"
            with _open(unfinished, out.suffix == ".gz") as file:
                result.write(file, format_)
            unfinished.replace(out)
        else:
            result.write(out, format_)
    return summary


@contextmanager
def _disk_failures_told() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        raise CastgraphError(f"cannot write{where}: {error.strerror or error}.") from error


def _format(path: Path) -> str | None:
    plain = path.with_suffix("") if path.suffix == ".gz" else path
    return _FORMATS.get(plain.suffix.removeprefix(".").lower())


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """The RDF files meant: of a folder, those in it at any depth."""
    for path in paths:
        if path.is_dir():
            inside = [file for file in sorted(path.rglob("*")) if _format(file) and file.is_file()]
            if not inside:
                raise SourceError(path, "the folder holds no RDF file", expected=", ".join(ENDINGS))
            yield from inside
        elif not path.is_file():
            raise SourceError(path, "there is no such file", expected="an RDF file or a folder of them")
        elif _format(path) is None:
            raise SourceError(path, f"unknown file ending {path.suffix!r}", expected=", ".join(ENDINGS))
        else:
            yield path


def _open(path: Path, zipped: bool) -> AbstractContextManager[IO[bytes]]:
    return gzip.open(path, "wb") if zipped else path.open("wb")  # type: ignore[return-value]


def _quietly(step: Step) -> None:
    del step


def _lines_of(path: Path, spool: Path, told: Callable[[Step], None]) -> Path:
    """The file itself where it is line-based, else its triples or quads, written to ``spool`` with a file ending."""
    import pyoxigraph as ox

    from castgraph.reason import Step
    from castgraph.reason_sources import opened

    format_ = _format(path)
    if format_ in ("N_TRIPLES", "N_QUADS"):
        return path
    codec = getattr(ox.RdfFormat, str(format_))
    lines_format = ox.RdfFormat.N_QUADS if codec.supports_datasets else ox.RdfFormat.N_TRIPLES
    spool = spool.with_suffix(f".{lines_format.file_extension}")
    size = path.stat().st_size or 1

    class Told:
        """The file, which tells how far it has been read."""

        def read(self, length: int = -1) -> bytes:
            behind = raw.tell()
            told(Step(f"reading {path}", round(behind / 1e6), "MB", behind / size))
            return file.read(length)

    with opened(path) as file, spool.open("wb") as lines:
        raw = file.fileobj if isinstance(file, gzip.GzipFile) else file
        try:
            quads = ox.parse(Told(), format=codec, base_iri=path.absolute().as_uri())  # type: ignore[arg-type]
            ox.serialize(
                quads if codec.supports_datasets else (quad.triple for quad in quads), lines, format=lines_format
            )
        except SyntaxError as error:
            raise SourceError(path, error.msg, line=error.lineno or 1, expected=str(format_)) from error
    return spool


@dataclass(frozen=True)
class _Result:
    """What the reasoner wrote, and the input that goes with it."""

    inferred: Path
    equality: Path
    given: Sequence[Path]
    graphs: Graphs

    def write(self, file: IO[bytes], format_: str) -> None:
        if format_ == "N_TRIPLES":
            self._write_lines(file)
            return
        import pyoxigraph as ox

        codec = getattr(ox.RdfFormat, format_)
        if codec.supports_datasets:
            ox.serialize(self._quads(), file, format=codec)
        elif codec == ox.RdfFormat.RDF_XML:
            ox.serialize(_fit_for_xml(self._quads()), file, format=codec)
        else:
            ox.serialize((quad.triple for quad in self._quads()), file, format=codec)

    def _write_lines(self, file: IO[bytes]) -> None:
        from castgraph.reason_sources import read

        for statement in read(self.given):
            file.write(b"%b %b %b .\n" % statement)
        for part in (self.inferred, self.equality):
            with part.open("rb") as lines:
                shutil.copyfileobj(lines, file)

    def _quads(self) -> Iterator[ox.Quad]:
        import pyoxigraph as ox

        from castgraph.reason_sources import opened

        for number, path in enumerate(self.given):
            codec = getattr(ox.RdfFormat, str(_format(path)))
            with opened(path) as file:
                for quad in ox.parse(file, format=codec):
                    yield _apart(quad, number)
        for path, graph in ((self.inferred, self.graphs.inferred), (self.equality, self.graphs.equality)):
            node = ox.NamedNode(graph)
            for quad in ox.parse(path=path, format=ox.RdfFormat.N_TRIPLES):
                yield ox.Quad(quad.subject, quad.predicate, quad.object, node)


def _fit_for_xml(quads: Iterator[ox.Quad]) -> Iterator[ox.Triple]:
    """The triples, each with a property whose IRI ends as an XML name does: it will be the name of an element."""
    import pyoxigraph as ox

    for quad in quads:
        if not _XML_NAME.search(quad.predicate.value):
            raise CastgraphError(f"RDF/XML cannot express the property {quad.predicate}. Choose .ttl or .nt.")
        if isinstance(quad.object, ox.Literal) and (found := _NOT_XML.search(quad.object.value)):
            raise CastgraphError(f"RDF/XML cannot express the character U+{ord(found[0]):04X}. Choose .ttl or .nt.")
        yield quad.triple


def _apart(quad: ox.Quad, number: int) -> ox.Quad:
    """The quad with the blank node labels that the reasoner gives those of the ``number``-th file."""
    import pyoxigraph as ox

    from castgraph.reason_sources import label

    def told_apart(node: ox.BlankNode) -> ox.BlankNode:
        return ox.BlankNode(label(number, str(node).encode())[2:].decode())

    subject, object_, graph = quad.subject, quad.object, quad.graph_name
    if not any(isinstance(term, ox.BlankNode) for term in (subject, object_, graph)):
        return quad
    return ox.Quad(
        told_apart(subject) if isinstance(subject, ox.BlankNode) else subject,
        quad.predicate,
        told_apart(object_) if isinstance(object_, ox.BlankNode) else object_,
        told_apart(graph) if isinstance(graph, ox.BlankNode) else graph,
    )
