"""Sides in tables: CSV, TSV and JSON, plain or gzipped."""

from __future__ import annotations

import csv
import gzip
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, cast

from castgraph.errors import SourceError
from castgraph.linking.description import Description
from castgraph.linking.entities import Entity, Side

ENDINGS = (".csv", ".tsv", ".txt", ".json", ".jsonl")


def read_table(paths: Sequence[Path], description: Description | None = None) -> Side:
    """The side in one or more tables. Rows of the same id are one record, in whichever table they stand.

    Raises:
        SourceError: a file cannot be read, a column is missing, a row has cells too many; names file and line.
    """
    described = description or Description()
    found: dict[str, list[Entity]] = {}
    for path in paths:
        for entity in _entities(path, described):
            found.setdefault(entity.id, []).append(entity)
    merged = tuple(one[0] if len(one) == 1 else merge(one) for one in found.values())
    return Side(described.name or ", ".join(path.name for path in paths), merged, described.unique)


def merge(records: Sequence[Entity]) -> Entity:
    """Records of the same id as one: what any of them states, the first first."""

    def joined(name: str) -> tuple[object, ...]:
        return tuple(dict.fromkeys(value for record in records for value in getattr(record, name)))

    lists = ("names", "years", "genres", "directors", "cast", "roles", "titles", "countries", "identifiers")
    values: dict[str, object] = {name: joined(name) for name in lists}
    values["work"] = next((record.work for record in records if record.work), None)
    values["runtime"] = next((record.runtime for record in records if record.runtime), None)
    values["line"] = records[0].line
    return Entity(records[0].id, records[0].kind, **values)  # type: ignore[arg-type]


def _entities(path: Path, described: Description) -> Iterator[Entity]:
    rows = _json_rows(path) if _ending(path) in (".json", ".jsonl") else _csv_rows(path, described)
    known: dict[tuple[str, ...], Description] = {}
    for line, row in rows:
        columns = tuple(row)
        if columns not in known:
            known[columns] = described.for_columns(columns)
            if not described.numbered and not set(known[columns].fields.get("id", ())) & set(columns):
                wanted = ", ".join(known[columns].fields.get("id", ("id",)))
                raise SourceError(
                    path, f"no column {wanted}", line=line, expected="an id, or a mapping file that names it"
                )
        yield known[columns].entity(row, path, line)


def _csv_rows(path: Path, described: Description) -> Iterator[tuple[int, Mapping[str, Sequence[str]]]]:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        with _open(path) as file:
            first = file.readline()
            file.seek(0)
            reader = csv.reader(file, delimiter="\t" if "\t" in first else ",")
            header = [column.strip() for column in next(reader, [])]
            if not header:
                raise SourceError(path, "an empty table", expected="a header line")
            wide = header.index(described.surplus) if described.surplus in header else None
            for cells in reader:
                if not cells:
                    continue
                extra = len(cells) - len(header)
                if extra > 0 and wide is not None:
                    cells[wide : wide + extra + 1] = [",".join(cells[wide : wide + extra + 1])]
                elif extra:
                    raise SourceError(
                        path,
                        f"{len(cells)} cells under {len(header)} columns",
                        line=reader.line_num,
                        expected="one cell for each column; quote cells that hold the separator, or name the column "
                        "that takes the surplus in a mapping file (surplus:)",
                    )
                yield reader.line_num, {column: (cell,) for column, cell in zip(header, cells, strict=True)}
    except (OSError, UnicodeDecodeError, csv.Error, EOFError) as error:
        raise SourceError(path, f"cannot be read ({error})", expected="a table in UTF-8") from error


def _json_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Sequence[str]]]]:
    try:
        with _open(path) as file:
            if _ending(path) == ".jsonl":
                rows = [(number, json.loads(line)) for number, line in enumerate(file, start=1) if line.strip()]
            else:
                rows = list(enumerate(json.load(file), start=1))
    except json.JSONDecodeError as error:
        raise SourceError(path, error.msg, line=error.lineno, expected="JSON") from error
    except (OSError, UnicodeDecodeError, EOFError, TypeError) as error:
        raise SourceError(path, f"cannot be read ({error})", expected="a JSON list of objects, in UTF-8") from error
    for number, row in rows:
        if not isinstance(row, dict):
            raise SourceError(path, f"item {number} is no object", expected="a JSON list of objects")
        yield number, {key: _json_values(value) for key, value in row.items()}


def _json_values(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _ending(path: Path) -> str:
    return Path(path.name.removesuffix(".gz")).suffix.lower()


def _open(path: Path) -> IO[str]:
    if path.name.endswith(".gz"):
        return cast(IO[str], gzip.open(path, "rt", encoding="utf-8-sig", newline=""))
    return path.open(encoding="utf-8-sig", newline="")
