"""Catalogues: whole tables of titles, people and roles, mapped to N-Triples without a Python object per row.

::

    tables ──lines──▶ columns ──identify──▶ credits, things ──write──▶ one N-Triples file per graph, and a report

Each kind of table is described by a mapping file (``kinds/*.yaml``); DuckDB runs what the mapping says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from castgraph.iris import Iris
from castgraph.records import Json


@dataclass(frozen=True)
class CatalogFile:
    """The statements of one graph, as plain N-Triples: UTF-8, one space between terms, a line for each statement.

    A line may occur more than once. The graph of preferred labels has no source.
    """

    path: Path
    graph: str  # IRI of the graph the statements belong to
    quads: int  # lines of the file
    title: str  # what to call the source: "IMDb, title.principals.tsv.gz"
    kind: str  # the mapping's name, such as "imdb-principals"; "labels" for the preferred labels
    publisher: str
    licence: str | None = None  # IRI
    source: Path | None = None  # the table
    sha256: str | None = None  # of the table's bytes
    lines: int | None = None  # of the table, header included
    apart: Path | None = (
        None  # of an RDF file: the statements with blank nodes, which stand in none of the others' files
    )


@dataclass(frozen=True)
class TableReport:
    """What became of each row of a table: ``rows == used + merged + left_out``."""

    file: Path
    kind: str
    rows: int  # lines that are no header
    used: int
    merged: int  # said again what an earlier row of the table says
    left_out: Mapping[str, int]  # reason → rows
    doubtful: Mapping[str, int]  # reason → rows that were used and want a look

    def as_json(self) -> dict[str, Json]:
        """For ``report.json``."""
        return {
            "file": self.file.name,
            "kind": self.kind,
            "rows": self.rows,
            "used": self.used,
            "merged": self.merged,
            "left_out": dict(self.left_out),
            "doubtful": dict(self.doubtful),
        }


@dataclass(frozen=True)
class CatalogReport:
    """What became of the rows of all tables, and which files no mapping fits."""

    tables: tuple[TableReport, ...]
    passed_over: tuple[str, ...] = ()  # files of no known kind, in words

    def as_json(self) -> dict[str, Json]:
        """For ``report.json``."""
        return {"tables": [table.as_json() for table in self.tables], "passed_over": list(self.passed_over)}


@dataclass(frozen=True)
class CatalogReading:
    """What was made of the tables, and of RDF files among them."""

    files: tuple[CatalogFile, ...]
    report: CatalogReport
    problems: Path  # TSV with header: file, line, outcome ("left out", "merged", "doubtful"), reason, text


@dataclass(frozen=True)
class Known:
    """What the graph already holds from other sources, so that one identifier never becomes two things."""

    identifiers: Mapping[str, str] = field(default_factory=dict)
    """``film:identifier`` (such as ``tt0824091``) → IRI of the thing that has it."""
    labelled: Set[str] = frozenset()
    """IRIs that have their ``skos:prefLabel`` already."""


def read_catalogs(
    paths: Sequence[Path],
    out: Path,
    iris: Iris,
    progress: Callable[[str], None],
    *,
    known: Known | None = None,
    memory_mb: int = 2048,
    threads: int = 2,
) -> CatalogReading:
    """Map tables to N-Triples files in a folder.

    Args:
        paths: tables, RDF files, mapping files of the user's, and folders of them.
        out: an existing folder for the files, the list of problems and DuckDB's scratch files.
        iris: where IRIs are made.
        progress: told what goes on, with rate and time left for steps over a second.
        known: what other sources of the same build have already named.
        memory_mb: how much memory DuckDB may take before it works on disk.
        threads: how many threads DuckDB uses.

    Raises:
        SourceError: a table or mapping cannot be used at all; names file and line.
    """
    from castgraph.catalogs.reading import read

    return read(paths, out, iris, progress, known or Known(), memory_mb, threads)
