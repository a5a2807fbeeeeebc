"""Where statements come from: graphs in memory and RDF files, as N-Triples terms."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

from castgraph.errors import CastgraphError, SourceError
from castgraph.reason_facts import TYPE, Statement
from castgraph.schema import OWL, RDF, RDFS, is_axiom, ntriples

if TYPE_CHECKING:
    import pyoxigraph
    from rdflib import Graph

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

# Labels that look as if this module had given them.
_GIVEN_HERE = re.compile(rb"_:f[0-9]+x")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Moved = Callable[[int, int], None]
"""Told, some thousand statements at a time, how many more were read, and how many bytes of the files are behind them."""
Source = Callable[[bool], Iterable[Statement]]
"""Gives the same statements at each call; called with True, it may leave out statements that are no axioms."""


def statement(triple: pyoxigraph.Triple) -> Statement:
    """A pyoxigraph triple as text. Raises CastgraphError for a triple about a triple (RDF 1.2)."""
    object_ = str(triple.object)
    if object_[0] == "<" and " " in object_:
        raise CastgraphError(f"<<( {object_} )>> is a triple term of RDF 1.2, which the rules of OWL 2 RL do not know.")
    return str(triple.subject).encode(), str(triple.predicate).encode(), object_.encode()


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


def axioms_and_facts(
    source: Source, extra: Sequence[Statement]
) -> tuple[list[Statement], Callable[[], Iterator[Statement]]]:
    """The axioms among the statements, and a way to read the other statements (``extra`` first) again."""
    axioms = list(only(True, source(True)))

    def facts() -> Iterator[Statement]:
        return chain(extra, only(False, source(False)) if axioms else source(False))

    return axioms, facts


def only(axioms: bool, statements: Iterable[Statement]) -> Iterator[Statement]:
    """The statements that are axioms, or those that are not."""
    predicates = _Known(lambda predicate: _speaks_of_schema(predicate, b""))
    classes = _Known(lambda class_: _speaks_of_schema(TYPE, class_))
    return (e for e in statements if (classes[e[2]] if e[1] == TYPE else predicates[e[1]]) is axioms)


class _Known(dict[bytes, bool]):
    """What was found out about terms, each looked into once."""

    def __init__(self, look_into: Callable[[bytes], bool]) -> None:
        super().__init__()
        self._look_into = look_into

    def __missing__(self, term: bytes) -> bool:
        self[term] = found = self._look_into(term)
        return found


def _speaks_of_schema(predicate: bytes, object_: bytes) -> bool:
    if predicate == TYPE:
        return _MAYBE_AXIOM.match(object_, 1) is not None and is_axiom(RDF + "type", object_[1:-1].decode())
    return _MAYBE_AXIOM.match(predicate, 1) is not None and is_axiom(predicate[1:-1].decode(), "")


def read(
    paths: Sequence[Path], *, only_axioms: bool = False, first: int = 0, moved: Moved = lambda *_: None
) -> Iterator[Statement]:
    """The statements of RDF files, by file ending; ``.gz`` too. Graph names are dropped.

    With ``only_axioms``, statements that are no axioms may be left out, and are where that is quick.
    Blank nodes get labels that are apart between files, by :func:`label`, the first file having the number ``first``.
    Blank nodes without a label get another at each reading, but for :func:`spooled` files.
    Raises SourceError where a file cannot be read as RDF.
    """

    def blocks() -> Iterator[Iterable[Statement]]:
        behind = 0
        for number, path in enumerate(paths, first):
            yield from _read(path, number, only_axioms, moved, behind)
            behind += path.stat().st_size

    return chain.from_iterable(blocks())


def label(number: int, given: bytes) -> bytes:
    """The label, as N-Triples, of a blank node with the label ``given`` in the file with this number.

    Those of the first file stay as they are, unless they look like one given here.

    >>> label(0, b"_:x"), label(2, b"_:x"), label(0, b"_:f2xx")
    (b'_:x', b'_:f2xx', b'_:f0xf2xx')
    """
    if number or _GIVEN_HERE.match(given):
        return b"_:f%dx%b" % (number, given[2:])
    return given


def spooled(paths: Sequence[Path], folder: Path) -> list[Path]:
    """The files with those that may have blank nodes without a label replaced by N-Triples files in ``folder``.

    They can then be read again and again, with the same blank nodes. Raises SourceError as :func:`read`.
    """
    found = []
    for number, path in enumerate(paths):
        if _ending(path) not in (".nt", ".nq"):
            spool = folder / f"{number}.nt"
            with spool.open("wb") as file:
                for statements in _read(path, None, only_axioms=False):
                    file.writelines(b"%b %b %b .\n" % each for each in statements)
            path = spool
        found.append(path)
    return found


def _apart(number: int, statements: Iterable[Statement]) -> Iterator[Statement]:
    for each in statements:
        s, p, o = each
        if s[0] == 95 or o[0] == 95:  # an underscore: a blank node
            yield (label(number, s) if s[0] == 95 else s), p, (label(number, o) if o[0] == 95 else o)
        else:
            yield each


def _ending(path: Path) -> str:
    return (path.with_suffix("") if path.suffix == ".gz" else path).suffix


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The file to read from, unzipped, behind a byte order mark. Raises SourceError where it cannot be read."""
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            if file.read(len(_BYTE_ORDER_MARK)) != _BYTE_ORDER_MARK:
                file.seek(0)
            yield file  # type: ignore[misc]
    except (OSError, EOFError, zlib.error) as error:  # gzip raises the last two where a file is cut short or damaged
        raise SourceError(path, str(error), expected="a readable file") from error


def _read(
    path: Path, number: int | None, only_axioms: bool, moved: Moved = lambda *_: None, behind: int = 0
) -> Iterator[Iterable[Statement]]:
    """Blocks of statements; with a number, their blank nodes have the labels of the file with that number."""
    import pyoxigraph

    ending = _ending(path)
    format_ = pyoxigraph.RdfFormat.from_extension(ending.removeprefix("."))
    if format_ is None:
        raise SourceError(path, f"unknown file ending {ending!r}", expected=".nt, .nq, .ttl, .trig, .rdf or .jsonld")
    with opened(path) as file:
        raw = file.fileobj if isinstance(file, gzip.GzipFile) else file
        try:
            if format_ == pyoxigraph.RdfFormat.N_TRIPLES:
                for count, found in _blocks(path, file, number, only_axioms):
                    moved(count, behind + raw.tell())
                    yield found
                return
            base = path.absolute().as_uri()
            quads = pyoxigraph.parse(file, format=format_, base_iri=base)
            while batch := [statement(quad.triple) for quad in islice(quads, BATCH)]:
                moved(len(batch), behind + raw.tell())
                yield batch if number is None else _apart(number, batch)
        except SyntaxError as error:
            raise SourceError(path, error.msg, line=error.lineno or 1, expected=f"{format_.name}") from error


def _blocks(
    path: Path, file: IO[bytes], number: int | None, only_axioms: bool
) -> Iterator[tuple[int, Iterable[Statement]]]:
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
        found: Iterable[Statement] = ()
        if not only_axioms or _may_have_axioms(block):
            plain = _LINE.findall(block)
            found = plain if len(plain) == lines and _is_utf_8(block) else _parsed(path, block, done)
            if number is not None and (b"_:" if number else b"_:f") in block:
                found = _apart(number, found)
        yield lines, found
        done += lines
    if rest:
        last = _parsed(path, rest + b"\n", done)
        yield 1, last if number is None else _apart(number, last)


def _is_utf_8(block: bytes) -> bool:
    try:
        return block.isascii() or bool(block.decode())
    except UnicodeDecodeError:
        return False


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
