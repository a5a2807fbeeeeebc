"""Whole catalogues, from tables to a verified snapshot: time, memory and disk for each row, and how they grow.

Each build runs in a process of its own, the command a user would run; its peak memory is that of the process and of its
children, whichever is larger, and its steps' times are those the command tells. ``--quick`` leaves out one million
principals; ten million are built where ``CASTGRAPH_BENCH_PRINCIPALS`` says 10000000 (an hour, and 50 GB of disk)::

    make bench-catalog
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.growth_chart import write_chart
from benchmarks.imdb_generator import write_dump

CAST = Path(__file__).resolve().parents[2] / "shared" / "data" / "cast"
IMDB = 95_000_000
"""Principals of the full IMDb, of which there is one row each."""

CHART = Path("catalog-growth.svg")


@dataclass(frozen=True)
class Built:
    """What building a catalogue took."""

    rows: int
    seconds: float
    processor: float  # seconds of all cores together
    megabytes: int  # peak of memory
    disk: int  # bytes of the snapshot
    statements: int
    inferred: int

    def line(self, name: str) -> str:
        """A row of the report's table."""
        return (
            f"| {name} | {self.rows:,} | {self.statements:,} + {self.inferred:,} | {self.seconds:.1f} s "
            f"({self.processor:.0f} s of processor) | {self.seconds / self.rows * 1e6:.0f} µs | {self.megabytes:,} MB "
            f"| {self.disk / 1e6:,.0f} MB | {self.disk / self.rows:,.0f} B |"
        )


def measure(quick: bool) -> Iterator[str]:
    """The real tables, then generated dumps of growing size; the report's last line says what a full IMDb would take."""
    yield "| catalogue | rows | statements + inferred | time | per row | memory | disk | per row |"
    yield "|---|---|---|---|---|---|---|---|"
    if CAST.is_dir():
        yield measured([CAST], 184_034).line("cast tables (`../shared`)")
    most = int(os.environ.get("CASTGRAPH_BENCH_PRINCIPALS", "100000" if quick else "1000000"))
    grown: list[Built] = []
    size = 100_000
    while size <= most:
        with tempfile.TemporaryDirectory(prefix="castgraph-bench-") as folder:
            write_dump(Path(folder), size)
            grown.append(measured([Path(folder)], size))
        yield grown[-1].line(f"{size:,} principals")
        size *= 10
    yield ""
    yield from _told(grown)


def measured(tables: Sequence[Path], rows: int) -> Built:
    """Build tables in a child process."""
    with tempfile.TemporaryDirectory(prefix="castgraph-bench-") as folder:
        command = [sys.executable, "-c", _CHILD, folder, *map(str, tables)]
        started = time.perf_counter()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        told = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout)
        seconds = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        disk = sum(path.stat().st_size for path in Path(folder, "snapshots").rglob("*") if path.is_file())
        return Built(rows, seconds, processor, told["megabytes"], disk, told["quads"], told["inferred"])


_CHILD = """
import json, resource, sys
from pathlib import Path
from castgraph.build import build
snapshot, report = build([], Path(sys.argv[1]), tables=[Path(path) for path in sys.argv[2:]])
peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024
print(json.dumps({"megabytes": peak, "quads": report.quads, "inferred": report.inferred_triples}))
"""


def _told(grown: Sequence[Built]) -> Iterator[str]:
    write_chart(CHART, "seconds", [(one.rows, one.seconds) for one in grown], (IMDB, "full IMDb"))
    yield f"Growth is drawn in `{CHART}`."
    if len(grown) > 1:
        last, before = grown[-1], grown[-2]
        ratio = (last.seconds / last.rows) / (before.seconds / before.rows)
        yield f"Time per row at {last.rows:,} is {ratio:.2f} times that at {before.rows:,}."
        memory = (last.megabytes - before.megabytes) / (last.rows - before.rows) * (IMDB - last.rows) + last.megabytes
        yield (
            f"The full IMDb ({IMDB:,} principals), as straight lines say: {last.seconds / last.rows * IMDB / 3600:.1f} h, "
            f"{memory / 1000:,.0f} GB of memory, {last.disk / last.rows * IMDB / 1e9:,.0f} GB of disk. The closure breaks "
            "first: the dictionary of its terms and the rule engine's tables are held in memory."
        )
