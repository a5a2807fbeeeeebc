"""The files of links in a data folder, which every build there reads: what was found, and what people decided.

::

    DATA/links/
      dbpedia.sssom.tsv                what the last run of `castgraph link dbpedia` found; written anew by each
      dbpedia.decided.sssom.tsv        what people decided; nothing but a person's word changes it
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from castgraph.linking.sssom import ENDING, Mapped, MappingSet, read_sssom, sssom_text

FOLDER = "links"


def read_kept(data: Path) -> tuple[MappingSet, ...]:
    """The links kept in a data folder.

    Raises:
        SourceError: one of the files cannot be read.
    """
    return tuple(read_sssom(path) for path in sorted((data / FOLDER).glob("*" + ENDING)))


def keep_of_sources(snapshot: Path, sets: Sequence[MappingSet]) -> None:
    """Copy the links that came with the sources of a snapshot into it, for whoever brings its links up to date."""
    if sets:
        (snapshot / FOLDER).mkdir()
    for number, one in enumerate(sets):
        shutil.copy(one.path, snapshot / FOLDER / f"{one.target}.{number}{ENDING}")


def read_of_sources(snapshot: Path) -> tuple[MappingSet, ...]:
    """The links that came with the sources of a snapshot."""
    return tuple(read_sssom(path) for path in sorted((snapshot / FOLDER).glob("*" + ENDING)))


def found_file(data: Path, target: str) -> Path:
    """The file of what was found by a program."""
    return data / FOLDER / (target + ENDING)


def decided_file(data: Path, target: str) -> Path:
    """The file of what people decided."""
    return data / FOLDER / f"{target}.decided{ENDING}"


def decided(data: Path, target: str) -> tuple[Mapped, ...]:
    """What people decided about the links to a target."""
    path = decided_file(data, target)
    return read_sssom(path).rows if path.is_file() else ()


def write_rows(path: Path, rows: tuple[Mapped, ...], header: dict[str, object], prefixes: dict[str, str]) -> None:
    """Write a file of links in one step: whoever reads it sees the old one or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(sssom_text(rows, header=header, prefixes=prefixes), encoding="utf-8")
    beside.replace(path)
