"""Staging: the lines of a table as rows of named columns, and the lines that are none."""

from __future__ import annotations

from castgraph.catalogs.engine import Engine
from castgraph.catalogs.mapping import Mapping
from castgraph.catalogs.tables import TableText
from castgraph.catalogs.terms import sql_name, sql_text

_UNEVEN = r"[\x00-\x08\x0b-\x1f\x7f]|[^\x00-\x7e]"


def split_line(line: str, delimiter: str, quote: str | None) -> tuple[str, ...]:
    """The fields of a header line.

    >>> split_line('id,"a, b"', ",", '"')
    ('id', 'a, b')
    """
    import csv

    if quote is None:
        return tuple(field.strip() for field in line.split(delimiter))
    return tuple(field.strip() for field in next(csv.reader([line], delimiter=delimiter, quotechar=quote), []))


def stage(engine: Engine, number: int, text: TableText, mapping: Mapping, header: tuple[str, ...]) -> None:
    """Make the table ``t<number>`` of the rows that have the columns of the header; list the lines that have not.

    Each line stands on its own: a quote that does not close harms its line and no other.
    """
    raw, name = f"raw{number}", f"t{number}"
    step = f"reading {text.path.name}"
    engine.load_lines(raw, text.readable, step, text.lines)
    columns = [f"{_column(mapping, header.index(column) + 1)} AS {sql_name(column)}" for column in mapping.columns]
    first = 1 if mapping.header else 0
    plain, opened, closed = _fields(mapping)
    lines = f"SELECT rowid + 1 AS line, text, {_quoted(mapping)} AS quoted FROM {raw} WHERE rowid >= {first} AND text IS NOT NULL"
    parsed = (
        f"SELECT line, text, CASE WHEN quoted IS NULL OR NOT closed THEN {plain} ELSE {opened} END AS fields, closed, "
        f"{_odd(mapping)} AS odd FROM (SELECT *, {closed} AS closed FROM ({lines}))"
    )
    engine.run(
        f"CREATE TABLE {name} AS SELECT line, {', '.join(columns)} FROM ({parsed}) WHERE len(fields) = {len(header)}",
        step,
        text.lines,
    )
    engine.run(
        f"INSERT INTO problem SELECT {number}, rowid + 1, 'left out', 'the line is empty' FROM {raw} "
        f"WHERE rowid >= {first} AND text IS NULL"
    )
    if engine.count(f"SELECT count(text) FROM {raw} WHERE rowid >= {first}") > engine.count(
        f"SELECT count(*) FROM {name}"
    ):
        engine.run(
            f"INSERT INTO problem SELECT {number}, line, 'left out', len(fields) || ' fields where the table has "
            f"{len(header)}' || CASE WHEN closed THEN '' ELSE '; a quote does not close' END FROM ({parsed}) "
            f"WHERE len(fields) <> {len(header)}",
            step,
            text.lines,
        )
    if mapping.quote is not None:
        engine.run(
            f"INSERT INTO problem SELECT {number}, line, 'doubtful', 'a quote does not close: taken as a sign like others' "
            f"FROM ({parsed}) WHERE contains(text, {sql_text(mapping.quote)}) AND NOT closed AND len(fields) = {len(header)}"
        )
    if text.readable != text.path:
        engine.run(
            f"INSERT INTO problem SELECT {number}, rowid + 1, 'doubtful', 'bytes that are no UTF-8, or control characters' "
            f"FROM {raw} WHERE contains(text, chr(65533))"
        )


def _column(mapping: Mapping, place: int) -> str:
    field = f"fields[{place}]"
    for missing in mapping.missing:
        field = f"nullif({field}, {sql_text(missing)})"
    return f"CASE WHEN odd THEN squeeze({field}) ELSE nullif({field}, '') END"


def _odd(mapping: Mapping) -> str:
    """SQL for whether a line has white space or signs that its fields must be freed of: most lines have not."""
    d = _class(mapping.delimiter)
    return f"regexp_matches(text, {sql_text(f' {d}|{d} |  |^ | $|' + _UNEVEN)}) OR contains(text, {sql_text(mapping.quote or chr(0xFFFD))})"


def _quoted(mapping: Mapping) -> str:
    """SQL for the fields of a line with quotes, as they stand there; NULL for a line without."""
    if mapping.quote is None:
        return "NULL"
    q, d = _class(mapping.quote), _class(mapping.delimiter)
    pattern = f"{d}({q}(?:[^{q}]|{q}{q})*{q}|[^{q}{d}][^{d}]*|)"
    return (
        f"CASE WHEN contains(text, {sql_text(mapping.quote)}) "
        f"THEN regexp_extract_all({sql_text(mapping.delimiter)} || text, {sql_text(pattern)}, 1) END"
    )


def _fields(mapping: Mapping) -> tuple[str, str, str]:
    """SQL for the fields of a line without quotes, of one with quotes, and for whether its quotes close."""
    plain = f"string_split(text, {sql_text(mapping.delimiter)})"
    if mapping.quote is None:
        return plain, plain, "TRUE"
    quote = sql_text(mapping.quote)
    opened = (
        f"list_transform(quoted, lambda f: CASE WHEN length(f) > 1 AND starts_with(f, {quote}) AND ends_with(f, {quote}) "
        f"THEN replace(substr(f, 2, length(f) - 2), {quote} || {quote}, {quote}) ELSE f END)"
    )
    closed = (
        "CASE WHEN quoted IS NULL THEN TRUE "
        "ELSE list_sum(list_transform(quoted, lambda f: length(f) + 1)) = length(text) + 1 END"
    )
    return plain, opened, closed


def _class(sign: str) -> str:
    """A character in a regular expression of RE2, inside a class or outside."""
    return sign if sign.isalnum() or sign in "\"',;:\t" else "\\" + sign
