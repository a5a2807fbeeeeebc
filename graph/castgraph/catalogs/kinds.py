"""Kinds: which mapping a table is read by. castgraph's own stand in ``kinds/``; a user's stand beside the tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from castgraph.catalogs.mapping import Mapping, read_mapping
from castgraph.catalogs.staging import split_line
from castgraph.catalogs.tables import head
from castgraph.errors import SourceError
from castgraph.readers.rdf import rdf_format

_YAML = (".yaml", ".yml")


@dataclass(frozen=True)
class Found:
    """What a folder of tables holds: tables with their mapping and header, RDF files, and files of no known kind."""

    tables: tuple[tuple[Path, Mapping, tuple[str, ...]], ...]
    rdf_files: tuple[Path, ...]
    passed_over: tuple[str, ...]


@cache
def shipped() -> tuple[Mapping, ...]:
    """The mappings castgraph ships, by name."""
    found = []
    for entry in sorted(files("castgraph.catalogs").joinpath("kinds").iterdir(), key=lambda entry: entry.name):
        mapping = read_mapping(Path(entry.name), entry.read_text(encoding="utf-8"))
        assert mapping is not None, entry.name
        found.append(mapping)
    return tuple(found)


def find(paths: Sequence[Path]) -> Found:
    """Find the tables meant and how each is read. A user's mapping goes before one of castgraph's own.

    Raises:
        SourceError: a file that was named itself fits no mapping; no table is found; a mapping is wrong.
    """
    every = list(dict.fromkeys(_files(paths)))
    own: list[Mapping] = []
    for path in every:
        if path.suffix.lower() in _YAML:
            mapping = read_mapping(path, path.read_text(encoding="utf-8"))
            if mapping is None:
                raise SourceError(path, "this YAML file is no mapping", expected="kind, columns and maps")
            own.append(mapping)
    tables, rdf, passed = [], [], []
    for path in every:
        if path.suffix.lower() in _YAML:
            continue
        if rdf_format(path) is not None:
            rdf.append(path)
            continue
        found = _fit(path, (*own, *shipped()))
        if found is not None:
            tables.append((path, *found))
        elif path in paths:
            raise SourceError(path, "no mapping fits this table", expected=_expected(own))
        else:
            passed.append(f"{path.name}: no mapping fits its name and first line")
    if not tables and not rdf:
        where = paths[0] if paths else Path()
        raise SourceError(where, "no table is found here", expected=_expected(own))
    return Found(tuple(tables), tuple(rdf), tuple(passed))


def _fit(path: Path, mappings: Sequence[Mapping]) -> tuple[Mapping, tuple[str, ...]] | None:
    """The mapping of a file and its header: among those that fit, the one that knows most of its columns."""
    lines = head(path, 1)
    fitting = []
    for mapping in mappings:
        if not lines:
            break
        header = split_line(lines[0], mapping.delimiter, mapping.quote) if mapping.header else mapping.columns
        if mapping.fits(path.name, header):
            fitting.append((mapping, header))
    return max(fitting, key=lambda one: (bool(one[0].files), len(one[0].columns)), default=None)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            if not path.exists():
                raise SourceError(path, "there is no such file", expected="a table, or a folder of tables")
            yield path
            continue
        for file in sorted(path.rglob("*")):
            if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts):
                yield file


def _expected(own: Sequence[Mapping]) -> str:
    kinds = ", ".join(mapping.kind for mapping in (*own, *shipped()))
    return f"a table of one of the kinds {kinds}, or a mapping file for it beside the table"
