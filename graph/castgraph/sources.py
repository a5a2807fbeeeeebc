"""Sources: finds out what each given file is and reads it, in the order given; folders in the order of their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from castgraph.errors import SourceError
from castgraph.linking.claims import Claims
from castgraph.linking.sssom import MappingSet, is_sssom, read_sssom
from castgraph.overrules import Overrule, read_overrules
from castgraph.readers import read
from castgraph.readers.curated import check_citations, parse_yaml, read_curated
from castgraph.readers.rdf import RdfFile, rdf_format, read_rdf
from castgraph.records import Reading
from castgraph.snapshot import LOCK


@dataclass(frozen=True)
class Sources:
    """All that was read: pages and curated facts as records, RDF files as quads, and people's decisions; links."""

    readings: tuple[Reading, ...]
    rdf_files: tuple[RdfFile, ...]
    overrules: tuple[Overrule, ...]
    links: tuple[MappingSet, ...] = ()
    claims: tuple[Claims, ...] = ()  # what came along the links that are kept in the data folder


def read_sources(paths: Sequence[Path]) -> Sources:
    """Read files and folders.

    Raises:
        SourceError: the first source that cannot be used, with file, line and what was expected.
    """
    readings: list[Reading] = []
    rdf_files: list[RdfFile] = []
    overrules: list[Overrule] = []
    links: list[MappingSet] = []
    seen: set[Path] = set()
    for path in listed_files(paths):
        if path.resolve() in seen:
            continue
        seen.add(path.resolve())
        format_ = rdf_format(path)
        if format_ is not None:
            rdf_files.append(read_rdf(path, format_))
        elif is_sssom(path):
            links.append(read_sssom(path))
        elif path.suffix.lower() in (".yaml", ".yml"):
            told = parse_yaml(path)
            if isinstance(told, list):
                overrules.extend(read_overrules(path))
            else:
                readings.append(read_curated(path, told))
        else:
            readings.append(read(path))
    check_citations(readings)
    return Sources(tuple(readings), tuple(rdf_files), tuple(overrules), tuple(links))


def listed_files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files meant: a folder stands for the files in it, at any depth.

    Hidden files and Python code are not meant, nor what castgraph itself has written there.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        written = {lock.parent for lock in path.rglob(LOCK)}
        inside = [
            file
            for file in sorted(path.rglob("*"))
            if file.is_file()
            and not written & set(file.parents)
            and file.suffix != ".py"
            and not any(part.startswith((".", "__")) for part in file.relative_to(path).parts)
        ]
        if not inside:
            raise SourceError(path, "the folder holds no file", expected="captures, HTML, YAML or RDF files")
        yield from inside
