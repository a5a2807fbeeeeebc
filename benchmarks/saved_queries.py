"""The saved queries over a whole catalogue: the time of each on the snapshot of the cast tables in ``../shared``.

Each runs alone, in this process, as the endpoint's workers run it, to its last row; values of parameters are names that
the tables have. Wall clock and processor time are told, the best of three turns: on a quiet machine they are the same but for
what the disk takes. ``CASTGRAPH_BENCH_DATA`` names a folder whose snapshot is used again::

    python -m benchmarks --only saved-queries
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.catalog import CAST
from benchmarks.catalog_endpoint import _folder, _snapshot
from castgraph.catalog import SavedQuery, saved_queries
from castgraph.settings import Settings
from castgraph.store import LocalStore

EXAMPLES = {"person": "Samuel L. Jackson", "character": "Batman", "title": "Shrek"}
"""Names of the catalogue, for the parameters that a query must have."""

_TURNS = 3

_LONG = 0.5
"""Seconds from which a query is told that finds nothing here."""


def measure(quick: bool) -> Iterator[str]:
    """Rows and times of each query that can be asked of the catalogue; ``quick``: of those meant for catalogues, once."""
    if not CAST.is_dir():
        yield "The cast tables (`../shared/data/cast`) are not here."
        return
    deadline = Settings().timeout
    with _folder() as folder:
        store = _snapshot(folder / "cast").open()
        yield f"Of the endpoint's {deadline:g} s, over the cast tables:"
        yield ""
        yield "| query | for catalogues | rows | seconds | of processor |"
        yield "|---|---|---|---|---|"
        for name, query in saved_queries().items():
            is_meant = "catalogue" in query.keywords
            if (quick and not is_meant) or not _can_be_asked(query):
                continue
            rows, wall, processor = min(
                (_run(store, query) for _ in range(1 if quick else _TURNS)), key=lambda one: one[1]
            )
            if rows or is_meant or wall > _LONG:
                over = " (over)" if wall > deadline else ""
                yield f"| {name} | {'yes' if is_meant else ''} | {rows:,} | {wall:.2f}{over} | {processor:.2f} |"


def _can_be_asked(query: SavedQuery) -> bool:
    """Whether all it must be told is a name, and it asks no other endpoint."""
    return "SERVICE" not in query.sparql and all(
        one.name in EXAMPLES for one in query.parameters if one.required and one.default is None
    )


def _run(store: LocalStore, query: SavedQuery) -> tuple[int, float, float]:
    values = {one.name: EXAMPLES[one.name] for one in query.parameters if one.required and one.default is None}
    wall, processor = time.perf_counter(), time.process_time()
    found = sum(1 for _ in store.query(query.sparql, query.bindings(values)))  # type: ignore[misc, union-attr]
    return found, time.perf_counter() - wall, time.process_time() - processor
