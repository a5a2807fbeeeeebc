"""Overrules: what people decided about identity, in a file that outlives every build."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from castgraph.errors import SourceError
from castgraph.mentions import Handle
from castgraph.readers.curated import parse_yaml


@dataclass(frozen=True)
class Overrule:
    """A person's word: these mentions are one thing (``same``), or no two of them are."""

    same: bool
    handles: tuple[Handle, ...]
    because: str
    by: str
    where: str


def read_overrules(path: Path) -> tuple[Overrule, ...]:
    """Read a file of decisions made by people.

    Raises:
        SourceError: the file is no such file; names the row.
    """
    rows = parse_yaml(path) or []
    expected = "a list of rows with `same:` or `different:` (two or more FILE#LOCAL-ID), `because:` and `by:`"
    if not isinstance(rows, list):
        raise SourceError(path, "no list", expected=expected)
    found = []
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or len({"same", "different"} & set(row)) != 1 or not {"because", "by"} <= set(row):
            raise SourceError(path, f"row {number} is no decision", expected=expected)
        told = row.get("same") or row.get("different")
        if not isinstance(told, list) or len(told) < 2 or not all(isinstance(one, str) and "#" in one for one in told):
            raise SourceError(path, f"row {number} names no two mentions", expected=expected)
        handles = tuple(Handle(one.split("#", 1)[0], "#" + one.split("#", 1)[1]) for one in told)
        found.append(Overrule("same" in row, handles, str(row["because"]), str(row["by"]), f"{path}: row {number}"))
    return tuple(found)
