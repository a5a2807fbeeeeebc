"""Reads RDF files: data, axioms or both. Every quad is taken as it is; blank nodes are kept apart by file."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from castgraph.errors import SourceError
from castgraph.readers.text import refuse_irregular

SUFFIXES = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".n3": ox.RdfFormat.N3,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
}


@dataclass(frozen=True)
class RdfFile:
    """An RDF file: its quads, those without a graph in the default graph."""

    path: Path
    sha256: str
    quads: tuple[ox.Quad, ...]


def rdf_format(path: Path) -> ox.RdfFormat | None:
    """The format a file's ending names, or None. A ``.gz`` after it is looked through."""
    return SUFFIXES.get(Path(path.stem).suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower())


def read_rdf(path: Path, format_: ox.RdfFormat) -> RdfFile:
    """Read an RDF file. Contexts of JSON-LD that would have to be fetched are an error, never fetched.

    Raises:
        SourceError: it cannot be read, or has a syntax error; names the line.
    """
    expected = f"RDF in {format_.name}"
    refuse_irregular(path)
    try:
        stored = path.read_bytes()
        contents = gzip.decompress(stored) if path.suffix.lower() == ".gz" else stored
    except (OSError, EOFError) as error:
        raise SourceError(path, f"cannot be read ({error})", expected=expected) from error
    sha256 = hashlib.sha256(stored).hexdigest()
    try:
        parsed = ox.parse(contents, format=format_, base_iri=path.absolute().as_uri())
        quads = tuple(numbered(parsed, sha256[:8]))
    except (SyntaxError, ValueError) as error:
        match = re.search(r"(?:line |at )(\d+)", str(error))
        line = getattr(error, "lineno", None) or (int(match[1]) if match else 1)
        raise SourceError(path, str(error), line=line, expected=expected) from error
    if not quads:
        raise SourceError(path, "no triple in it", expected=expected)
    return RdfFile(path, sha256, quads)


def numbered(quads: Iterable[ox.Quad], mark: str) -> Iterator[ox.Quad]:
    """The quads with their blank nodes numbered in the order they come, after a mark of their file.

    So those of two files never become one, and the same file gives the same quads in every run.
    """
    names: dict[ox.BlankNode, ox.BlankNode] = {}

    def term(value: object) -> object:
        if isinstance(value, ox.BlankNode):
            return names.setdefault(value, ox.BlankNode(f"f{mark}b{len(names)}"))
        return value

    for quad in quads:
        yield ox.Quad(term(quad.subject), quad.predicate, term(quad.object), term(quad.graph_name))  # type: ignore[arg-type]
