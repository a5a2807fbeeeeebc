"""Building small catalogues and looking at what is read from them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from castgraph.catalogs import CatalogReading, Known, read_catalogs
from castgraph.iris import DEFAULT_BASE, FILM, RDF, RDFS, SKOS, Iris

CAST = "jw_person_id\tname\tcharacter\tjw_title_id\ttitle\tyear\ttype\timdb_id\tsource\n"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


@dataclass(frozen=True)
class Statements:
    """The statements of all graphs, to be looked up."""

    store: ox.Store

    def objects(self, path: str, property_: str) -> list[str]:
        """Values of a property of a thing, by its path below ``id/``; IRIs of things as paths."""
        quads = self.store.quads_for_pattern(ox.NamedNode(f"{DEFAULT_BASE}id/{path}"), term(property_), None, None)
        return sorted({str(quad.object.value).removeprefix(f"{DEFAULT_BASE}id/") for quad in quads})  # type: ignore[union-attr]

    def subjects(self, property_: str, value: str | None = None) -> list[str]:
        """Paths of the things that have a property, with that value where one is given."""
        quads = self.store.quads_for_pattern(None, term(property_), None, None)
        return sorted(
            {
                str(quad.subject.value).removeprefix(f"{DEFAULT_BASE}id/")  # type: ignore[union-attr]
                for quad in quads
                if value is None or str(quad.object.value).removeprefix(f"{DEFAULT_BASE}id/") == value  # type: ignore[union-attr]
            }
        )


@dataclass(frozen=True)
class Told(Statements):
    """What was read, with the statements of all graphs parsed back: the proof that they are N-Triples."""

    reading: CatalogReading

    def problems(self) -> list[tuple[str, int, str, str]]:
        """The rows listed: file, line, outcome, reason."""
        rows = self.reading.problems.read_text(encoding="utf-8").splitlines()
        return [(f[0], int(f[1]), f[2], f[3]) for f in csv.reader(rows[1:], delimiter="\t", quoting=csv.QUOTE_NONE)]


def term(name: str) -> ox.NamedNode:
    prefix, _, local = name.rpartition(":")
    return ox.NamedNode({"": FILM, "rdf": RDF, "rdfs": RDFS, "skos": SKOS}[prefix] + local)


def tell(folder: Path, files: Mapping[str, str | bytes], known: Known | None = None) -> Told:
    """Write a catalogue into a folder and read it."""
    tables, out = folder / "tables", folder / "out"
    for place in (tables, out):
        place.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (tables / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(tables, out, known)


def read(tables: Path, out: Path, known: Known | None = None) -> Told:
    reading = read_catalogs([tables], out, Iris(), lambda _: None, known=known, memory_mb=1000)
    store = ox.Store()
    for file in reading.files:
        store.bulk_load(path=str(file.path), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(file.graph))
    for table in reading.report.tables:
        assert table.rows == table.used + table.merged + sum(table.left_out.values()), table
    return Told(store, reading)
