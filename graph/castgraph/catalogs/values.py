"""Values in SQL: what a mapping says of a column, as an expression over the columns of a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from castgraph.catalogs.mapping import Each, Value
from castgraph.catalogs.terms import sql_name, sql_text, typed

_CHECKS = {
    "integer": "is no whole number above zero",
    "year": "is no year from 1870 to 2200",
    "decimal": "is no decimal number",
    "slug": "",
    "string": "",
}


@dataclass(frozen=True)
class Expression:
    """SQL for a value. ``told`` is the text before it was checked: not NULL where the row says something."""

    sql: str
    told: str
    is_list: bool
    as_: str

    @property
    def problem(self) -> str:
        """What is wrong where something is told and the value is NULL."""
        return _CHECKS[self.as_] or "is not among the values the mapping knows"

    @property
    def literal(self) -> str:
        """SQL for the value as a literal of N-Triples; of a list, for its element ``one``."""
        value = "one" if self.is_list else self.sql
        datatype = {"integer": "integer", "year": "integer", "decimal": "decimal"}.get(self.as_)
        return typed(value, datatype) if datatype else f"literal({value})"


def expression(value: Value) -> Expression:
    """Compile a value."""
    text = _template(value.template)
    if value.pattern is not None:
        text = f"nullif(trim(regexp_extract({text}, {sql_text(value.pattern)}, 1)), '')"
    for what, by in value.replace:
        text = f"regexp_replace({text}, {sql_text(what)}, {sql_text(by)}, 'g')"
    if value.replace:
        text = f"squeeze({text})"
    if value.json or value.split is not None:
        if value.json:
            # A JSON list, or one as Python prints it.
            items = (
                f"coalesce(TRY(from_json({text}, '[\"VARCHAR\"]')), "
                f"TRY(from_json(replace({text}, '''', '\"'), '[\"VARCHAR\"]')))"
            )
        else:
            items = f"string_split({text}, {sql_text(str(value.split))})"
        items = f"list_transform({items}, lambda i: squeeze(i))"
        one = _checked(_mapped("i", value), value)
        listed = f"list_filter(list_transform({items}, lambda i: {one}), lambda o: o IS NOT NULL)"
        return Expression(f"list_distinct({listed})", text, True, value.as_)
    return Expression(_checked(_mapped(text, value), value), text, False, value.as_)


def condition(where: Mapping[str, tuple[str, ...]]) -> str:
    """SQL for a map's ``where``."""
    if not where:
        return "TRUE"
    parts = (f"{sql_name(column)} IN ({', '.join(map(sql_text, values))})" for column, values in where.items())
    return " AND ".join(parts)


def each_source(table: str, each: Each | None) -> str:
    """SQL for the rows a map works on: the table's, or one for each part of a list."""
    if each is None:
        return f"SELECT *, 0 AS place FROM {sql_name(table)}"
    column, items = sql_name(each.column), each_items(each)
    if not each.keys:
        return (
            f"SELECT * EXCLUDE (part), squeeze(part) AS {sql_name(each.name)} FROM (SELECT *, unnest({items}) AS part, "
            f"generate_subscripts({items}, 1) AS place FROM {sql_name(table)} WHERE {column} IS NOT NULL)"
        )
    keys = ", ".join(f"squeeze(part[{sql_text(key)}]) AS {sql_name(f'{each.name}.{key}')}" for key in each.keys)
    return (
        f"SELECT * EXCLUDE (part), {keys} FROM (SELECT *, unnest({items}) AS part, "
        f"generate_subscripts({items}, 1) AS place FROM {sql_name(table)})"
    )


def each_items(each: Each) -> str:
    """SQL for the list that a map takes one by one; NULL where the column holds none."""
    column = sql_name(each.column)
    if not each.keys:
        return f"string_split({column}, {sql_text(str(each.split))})"
    shape = "[{" + ", ".join(f'"{key}": "VARCHAR"' for key in each.keys) + "}]"
    return f"TRY(from_json({column}, {sql_text(shape)}))"


def _template(template: str) -> str:
    """SQL for a template, NULL where one of its columns is."""
    parts = []
    for number, piece in enumerate(template.split("{")):
        column, brace, rest = piece.partition("}")
        if number and brace:
            parts.append(sql_name(column))
            piece = rest
        if piece:
            parts.append(sql_text(piece))
    return parts[0] if len(parts) == 1 else "(" + " || ".join(parts) + ")"


def _mapped(text: str, value: Value) -> str:
    if not value.map:
        return text
    cases = " ".join(
        f"WHEN {sql_text(name)} THEN {'NULL' if to is None else sql_text(to)}" for name, to in value.map.items()
    )
    otherwise = text if value.otherwise == "keep" else "NULL" if value.otherwise is None else sql_text(value.otherwise)
    return f"CASE {text} {cases} ELSE {otherwise} END"


def _checked(text: str, value: Value) -> str:
    """The text in the canonical form of its datatype, NULL where it is none."""
    if value.as_ == "slug":
        return f"slug({text})"
    if value.as_ == "decimal":
        number = f"TRY_CAST({text} AS DECIMAL(18, 6))"
        return f"nullif(regexp_replace(regexp_replace(CAST({number} AS VARCHAR), '0+$', ''), '\\.$', ''), '')"
    if value.as_ in ("integer", "year"):
        # "4.0" is a whole number too: tables that passed through data frames print it so.
        number = f"TRY_CAST(regexp_extract({text}, '^\\s*([0-9]{{1,18}})(?:\\.0*)?\\s*$', 1) AS BIGINT)"
        number = f"({number} + {value.plus})" if value.plus else number
        low, high = (1870, 2200) if value.as_ == "year" else (1, 10**18)
        return f"CAST(CASE WHEN {number} BETWEEN {low} AND {high} THEN {number} END AS VARCHAR)"
    return text
