"""Query results as tables for people."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox

from castgraph.store import Results
from castgraph_server.terms import Names, Shown

SHOWN_ROWS = 500
"""Rows of a result a page shows; the files hold all."""


@dataclass(frozen=True)
class Table:
    """A result as a page shows it. ``answer`` is set for ASK and has no rows."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Shown | None, ...], ...] = ()
    is_cut: bool = False
    answer: bool | None = None


def table(results: Results | ox.QuadParser, names: Names, limit: int = SHOWN_ROWS) -> Table:
    """The first rows of a result. A graph may come as parsed quads."""
    if isinstance(results, ox.QueryBoolean):
        return Table(answer=bool(results))
    rows: list[tuple[Shown | None, ...]]
    if isinstance(results, ox.QueryTriples | ox.QuadParser):
        columns: tuple[str, ...] = ("subject", "predicate", "object")
        rows = [
            (names.show(triple.subject), names.show(triple.predicate), names.show(triple.object))
            for triple in islice(results, limit + 1)
        ]
    else:
        columns = tuple(variable.value for variable in results.variables)
        rows = [
            tuple(None if term is None else names.show(term) for term in solution)
            for solution in islice(results, limit + 1)
        ]
    return Table(columns, tuple(rows[:limit]), is_cut=len(rows) > limit)
