"""Links found, right and wrong, on five sets whose true links are known; identifiers are hidden from the matcher.

Each set is linked by the same code with the same thresholds, and by the rule that people write first (equal titles, and
whatever else the two sides share). After the table, the misses and the wrong links are listed by reason. Reads
``../shared/data``; prints that it is absent where it is.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.links_case import Case, line_of, reasons_of
from benchmarks.links_catalogue import large
from benchmarks.links_dbpedia import dbpedia
from benchmarks.links_sides import DATA
from benchmarks.links_small import limes, nine, silk
from castgraph.linking.match import link


def measure(quick: bool) -> Iterator[str]:
    """The table of all sets, then what was missed and what was wrong, by reason."""
    if not DATA.is_dir():
        yield f"{DATA} is absent: nothing to link."
        return
    yield "| set | links | right | wrong | precision | recall | F1 | peer: F1 at precision | seconds | reach |"
    yield "|---|---:|---:|---:|---:|---:|---:|---|---:|---|"
    reasons: list[str] = []
    yield from nine(reasons)
    for make in (limes, silk, dbpedia):
        yield from _row(make(), reasons)
    if not quick:
        yield from large(reasons)
    yield ""
    yield from reasons


def _row(case: Case, reasons: list[str]) -> Iterator[str]:
    started = time.perf_counter()
    linking = link(case.subjects, case.objects)
    case.seconds = time.perf_counter() - started
    yield line_of(case, linking)
    reasons += reasons_of(case, linking)
