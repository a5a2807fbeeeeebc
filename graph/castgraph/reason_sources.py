"""Where statements come from: graphs in memory and RDF files, as N-Triples terms."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

from castgraph.errors import SourceError
from castgraph.reason_facts import TYPE, Statement
from castgraph.schema import OWL, RDF, RDFS, is_axiom, ntriples

if TYPE_CHECKING:
    import pyoxigraph
    from rdflib import Graph

    from castgraph.progress import Meter

CHUNK = 2**16
BATCH = 1024
# A line of N-Triples in the form everybody writes. Escapes, spaces to spare and explicit xsd:string go the long way,
# through a parser, since the same term could be written in two ways there.
_LINE = re.compile(
    rb'(<[^\x00-\x20<>"{}|^`\\]++>|_:[A-Za-z0-9]++) (<[^\x00-\x20<>"{}|^`\\]++>) '
    rb'(<[^\x00-\x20<>"{}|^`\\]++>|_:[A-Za-z0-9]++'
    rb'|"[^"\\\n\r]*+"(?:@[a-z]++|\^\^<(?!http://www\.w3\.org/2001/XMLSchema#string>)[^\x00-\x20<>"{}|^`\\]++>)?+) \.\n'
)
_MAYBE_AXIOM = re.compile(f"{RDF}(?:first|rest)|{RDFS}|{OWL}".encode())
# What every line with an axiom has in it; the lines with only what is named here have none.
_AXIOM_HINT = re.compile(
    rb"<http://www\.w3\.org/(?:2002/07/owl#(?!Thing>|NamedIndividual>)|1999/02/22-rdf-syntax-ns#(?:first|rest)>"
    rb"|2000/01/rdf-schema#(?!label>|comment>|seeAlso>|isDefinedBy>))"
)

Source = Callable[[bool], Iterable[Statement]]
"""Gives the same statements at each call; called with True, it may leave out statements that are no axioms."""


def statement(triple: pyoxigraph.Triple) -> Statement:
    """A pyoxigraph triple as text."""
    return str(triple.subject).encode(), str(triple.predicate).encode(), str(triple.object).encode()


def statements_of(graph: Graph) -> list[Statement]:
    """The triples of an rdflib graph as text, without those RDF does not allow (literals as subjects)."""
    from rdflib import Literal, URIRef
    from rdflib.term import Node

    known: dict[Node, bytes] = {}

    def text(term: Node) -> bytes:
        found = known.get(term)
        if found is None:
            found = known[term] = ntriples(term).encode()
        return found

    return [(text(s), text(p), text(o)) for s, p, o in graph if isinstance(p, URIRef) and not isinstance(s, Literal)]


def axioms_and_facts(source: Source, extra: Sequence[Statement]) -> tuple[Graph, Callable[[], Iterator[Statement]]]:
    """The axioms among the statements, as a graph, and a way to read the other statements (``extra`` first) again."""
    from rdflib import Graph

    axioms: list[bytes] = []
    for subject, predicate, object_ in source(True):
        if _speaks_of_schema(predicate, object_):
            axioms.append(b"%b %b %b .\n" % (subject, predicate, object_))

    def facts() -> Iterator[Statement]:
        if axioms:
            found = (each for each in source(False) if not _speaks_of_schema(each[1], each[2]))
            return chain(extra, found)
        return chain(extra, source(False))

    graph = Graph()
    if axioms:
        _add(graph, b"".join(axioms))
    return graph, facts


def _speaks_of_schema(predicate: bytes, object_: bytes) -> bool:
    if predicate == TYPE:
        return _MAYBE_AXIOM.match(object_, 1) is not None and is_axiom(RDF + "type", object_[1:-1].decode())
    return _MAYBE_AXIOM.match(predicate, 1) is not None and is_axiom(predicate[1:-1].decode(), "")


def _add(graph: Graph, lines: bytes) -> None:
    """Add N-Triples to an rdflib graph with blank nodes and lexical forms as they are."""
    from pyoxigraph import RdfFormat, parse

    from castgraph.reason_owlrl import to_rdflib

    for quad in parse(lines, format=RdfFormat.N_TRIPLES):
        graph.add(to_rdflib(quad.triple))


def read(paths: Sequence[Path], *, only_axioms: bool = False, meter: Meter | None = None) -> Iterator[Statement]:
    """The statements of RDF files, by file ending; ``.gz`` too. Graph names are dropped.

    With ``only_axioms``, statements that are no axioms may be left out, and are where that is quick.
    Blank nodes of the second file and later ones get a prefix, since the same label means another node there.
    Blank nodes without a label get another at each reading, but for :func:`spooled` files.
    A meter is told of the bytes read of files that are not compressed.
    Raises SourceError where a file cannot be read as RDF.
    """
    return chain.from_iterable(
        _apart(number, statements) if number else statements
        for number, path in enumerate(paths)
        for statements in _read(path, only_axioms, meter)
    )


def spooled(paths: Sequence[Path], folder: Path) -> list[Path]:
    """The files with those that may have blank nodes without a label replaced by N-Triples files in ``folder``.

    They can then be read again and again, with the same blank nodes. Raises SourceError as :func:`read`.
    """
    found = []
    for number, path in enumerate(paths):
        if _ending(path) not in (".nt", ".nq"):
            spool = folder / f"{number}.nt"
            with spool.open("wb") as file:
                for statements in _read(path, only_axioms=False):
                    file.writelines(b"%b %b %b .\n" % each for each in statements)
            path = spool
        found.append(path)
    return found


def _apart(number: int, statements: Iterable[Statement]) -> Iterator[Statement]:
    prefix = f"_:f{number}x".encode()
    for each in statements:
        s, p, o = (prefix + term[2:] if term.startswith(b"_:") else term for term in each)
        yield s, p, o


def _ending(path: Path) -> str:
    return (path.with_suffix("") if path.suffix == ".gz" else path).suffix


def _read(path: Path, only_axioms: bool, meter: Meter | None = None) -> Iterator[Iterable[Statement]]:
    import pyoxigraph

    ending = _ending(path)
    format_ = pyoxigraph.RdfFormat.from_extension(ending.removeprefix("."))
    if format_ is None:
        raise SourceError(path, f"unknown file ending {ending!r}", expected=".nt, .nq, .ttl, .trig, .rdf or .jsonld")
    try:
        with _open(path, meter) as file:
            if format_ == pyoxigraph.RdfFormat.N_TRIPLES:
                yield from _blocks(path, file, only_axioms)
            else:
                base = path.absolute().as_uri()
                quads = pyoxigraph.parse(file, format=format_, base_iri=base)
                while batch := [statement(quad.triple) for quad in islice(quads, BATCH)]:
                    yield batch
    except OSError as error:
        raise SourceError(path, str(error), expected="a readable file") from error
    except SyntaxError as error:
        raise SourceError(path, error.msg, line=error.lineno or 1, expected=f"{format_.name}") from error


def _open(path: Path, meter: Meter | None) -> IO[bytes]:
    from castgraph.progress import MeteredFile

    if path.suffix == ".gz":
        return gzip.open(path, "rb")  # type: ignore[return-value]
    return path.open("rb") if meter is None else MeteredFile(path, meter)  # type: ignore[return-value]


def _blocks(path: Path, file: IO[bytes], only_axioms: bool) -> Iterator[Iterable[Statement]]:
    """N-Triples in chunks: a chunk of plain lines is taken apart at once, any other by the parser."""
    done = 0
    rest = b""
    while chunk := file.read(CHUNK):
        cut = chunk.rfind(b"\n") + 1
        if not cut:
            rest += chunk
            continue
        block, rest = rest + chunk[:cut], chunk[cut:]
        lines = block.count(b"\n")
        if not only_axioms or _may_have_axioms(block):
            found = _LINE.findall(block)
            yield found if len(found) == lines else _parsed(path, block, done)
        done += lines
    if rest:
        yield _parsed(path, rest + b"\n", done)


def _may_have_axioms(block: bytes) -> bool:
    # An escape may hide a name; to look for one byte first is fifteen times faster.
    hidden = b"\\" in block and (b"\\u" in block or b"\\U" in block)
    return hidden or _AXIOM_HINT.search(block) is not None


def _parsed(path: Path, block: bytes, lines_before: int) -> Iterator[Statement]:
    import pyoxigraph

    try:
        for quad in pyoxigraph.parse(block, format=pyoxigraph.RdfFormat.N_TRIPLES):
            yield statement(quad.triple)
    except SyntaxError as error:
        line = lines_before + (error.lineno or 1)
        raise SourceError(path, error.msg, line=line, expected="N-Triples") from error
