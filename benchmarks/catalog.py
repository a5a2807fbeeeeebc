"""Whole catalogues, from tables to a verified snapshot: time, memory and disk for each row and step, and how they grow.

Each build runs in a process of its own, the command a user would run; its peak memory is that of the process or of a
child of it, whichever is larger. ``--quick`` stops at 100,000 principals; without, 300,000 and 1 million are built. Ten
million are built too where ``CASTGRAPH_BENCH_PRINCIPALS`` says 10000000::

    make bench-catalog
    CASTGRAPH_BENCH_PRINCIPALS=10000000 CASTGRAPH_BENCH_DATA=FOLDER make bench-catalog

With ``CASTGRAPH_BENCH_DATA`` the dumps and what was measured stay in that folder: run again, the command goes on where it
was interrupted, within a build as well.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.growth_chart import write_chart
from benchmarks.imdb_generator import write_dump

CAST = Path(__file__).resolve().parents[2] / "shared" / "data" / "cast"
SIZES = (300_000, 1_000_000, 10_000_000)
IMDB = 95_000_000
"""Principals of the full IMDb, of which there is one row each."""

CHARTS = {"seconds": "catalog-growth.svg", "megabytes": "catalog-growth-memory.svg", "disk": "catalog-growth-disk.svg"}


@dataclass(frozen=True)
class Built:
    """What building a catalogue took."""

    rows: int
    seconds: float
    processor: float  # seconds of all cores together
    megabytes: int  # peak of memory
    disk: float  # megabytes of the snapshot
    statements: int
    inferred: int
    steps: Mapping[str, Mapping[str, float]]  # seconds, megabytes and disk (of all that is there) at its end
    resumed: bool  # the seconds are then those of the steps

    def line(self, name: str) -> str:
        """A row of the report's table."""
        return (
            f"| {name} | {self.rows:,} | {self.statements:,} + {self.inferred:,} | {self.seconds:.1f} s"
            f"{', resumed' if self.resumed else f' ({self.processor:.0f} s of processor)'} "
            f"| {self.seconds / self.rows * 1e6:.0f} µs | {self.megabytes:,} MB "
            f"| {self.disk:,.0f} MB | {self.disk / self.rows * 1e6:,.0f} B |"
        )


def measure(quick: bool) -> Iterator[str]:
    """The real tables, then generated dumps of growing size; then each step, and what a full IMDb would take."""
    yield "| catalogue | rows | statements + inferred | time | per row | memory | disk | per row |"
    yield "|---|---|---|---|---|---|---|---|"
    kept = os.environ.get("CASTGRAPH_BENCH_DATA")
    most = int(os.environ.get("CASTGRAPH_BENCH_PRINCIPALS", "1000000"))
    sizes = (100_000,) if quick else tuple(size for size in SIZES if size <= most) or (most,)
    with tempfile.TemporaryDirectory(prefix="castgraph-bench-") as scratch:
        folder = Path(kept or scratch)
        folder.mkdir(parents=True, exist_ok=True)
        grown: list[Built] = []
        if CAST.is_dir():
            cast = measured(folder / "cast", [CAST], 184_034)
            yield cast.line("cast tables (`../shared`)")
        for size in sizes:
            grown.append(measured(folder / str(size), [_dump(folder, size)], size))
            yield grown[-1].line(f"{size:,} principals")
    yield ""
    yield from _by_step(grown)
    yield ""
    yield from _told(grown)


def _dump(folder: Path, principals: int) -> Path:
    """The generated dump of a size, whole."""
    whole = folder / f"dump-{principals}"
    if not whole.is_dir():
        unfinished = folder / f"dump-{principals}.tmp"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        write_dump(unfinished, principals)
        unfinished.rename(whole)
    return whole


def measured(folder: Path, tables: Sequence[Path], rows: int) -> Built:
    """Build tables in a child process, or what was measured before; the snapshot goes, what it took stays."""
    record = folder.with_suffix(".json")
    if record.is_file():
        return Built(**json.loads(record.read_text(encoding="utf-8")))
    resumed = any(folder.glob("building-catalog-*/*.step.json"))
    command = [sys.executable, "-c", _CHILD, str(folder), *map(str, tables)]
    started = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told: dict[str, Any] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout)
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    disk = sum(path.stat().st_size for path in (folder / "snapshots").rglob("*") if path.is_file()) / 1e6
    steps = told.pop("steps")
    seconds = _one_after_another(steps) if resumed else seconds
    built = Built(rows, seconds, processor, disk=disk, steps=steps, resumed=resumed, **told)
    shutil.rmtree(folder)
    record.write_text(json.dumps(asdict(built)), encoding="utf-8")
    return built


_CHILD = """
import json, resource, sys
from pathlib import Path
from castgraph.build import build
from castgraph.snapshot import read_json
snapshot, report = build([], Path(sys.argv[1]), tables=[Path(path) for path in sys.argv[2:]])
steps = read_json(snapshot.path / "steps.json")
peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1000
peak = max(peak, *(round(step["megabytes"]) for step in steps.values()))
told = {"megabytes": peak, "statements": report.quads, "inferred": report.inferred_triples, "steps": steps}
print(json.dumps(told))
"""


def _groups(steps: Mapping[str, Mapping[str, float]]) -> dict[str, list[str]]:
    """The steps as they are told of: tables, closure, store (each file), inferred, compact, names."""
    groups: dict[str, list[str]] = {}
    for name in steps:
        stem = name.removeprefix("store-")
        told = "load what is stated" if name != stem and (stem.isdecimal() or stem == "facts") else name
        groups.setdefault(told, []).append(name)
    return groups


def _seconds(built: Built) -> dict[str, float]:
    return {told: sum(built.steps[name]["seconds"] for name in names) for told, names in _groups(built.steps).items()}


def _one_after_another(steps: Mapping[str, Mapping[str, float]]) -> float:
    """The seconds of all steps, of two that go side by side the longer."""
    took = {told: sum(steps[name]["seconds"] for name in names) for told, names in _groups(steps).items()}
    beside = (("closure", "load what is stated"), ("store-compact", "names"))
    shorter = sum(min(took.get(one, 0), took.get(other, 0)) for one, other in beside)
    return sum(took.values()) - shorter


def _by_step(grown: Sequence[Built]) -> Iterator[str]:
    """Each step at each size: seconds for a million rows, memory and disk at its end."""
    yield "| step | " + " | ".join(f"{one.rows:,} principals" for one in grown) + " |"
    yield "|---" * (len(grown) + 1) + "|"
    for told, names in _groups(grown[-1].steps).items():
        cells = []
        for one in grown:
            last = one.steps.get(names[-1], {"megabytes": 0, "disk": 0})
            took = _seconds(one).get(told, 0)
            cells.append(
                f"{took:.1f} s ({took / one.rows * 1e6:.1f} µs a row), up to {last['megabytes']:,.0f} MB, "
                f"{last['disk']:,.0f} MB of disk"
            )
        yield f"| {told} | {' | '.join(cells)} |"
    yield ""
    yield "Closure and loading go side by side, as do compacting and the index of names."


def _told(grown: Sequence[Built]) -> Iterator[str]:
    for what, chart in CHARTS.items():
        write_chart(Path(chart), what, [(one.rows, getattr(one, what)) for one in grown], (IMDB, "full IMDb"))
    yield f"Growth is drawn in {', '.join(f'`{chart}`' for chart in CHARTS.values())}."
    if len(grown) < 2:
        return
    last, before = grown[-1], grown[-2]
    ratio = (last.seconds / last.rows) / (before.seconds / before.rows)
    yield f"Time per row at {last.rows:,} is {ratio:.2f} times that at {before.rows:,}."
    ahead = (IMDB - last.rows) / (last.rows - before.rows)
    memory = {
        name: step["megabytes"] + (step["megabytes"] - before.steps[name]["megabytes"]) * ahead
        for name, step in last.steps.items()
        if name in before.steps and name != "tables"  # which keeps to a limit, and goes on on disk
    }
    disk = max(step["disk"] for step in last.steps.values()) / last.rows * IMDB
    have = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e6
    breaking = next((f"`{name}` is the first to need more ({need / 1000:,.0f} GB)" for name, need in memory.items() if need > have), "all steps would do with it")  # fmt: skip
    yield (
        f"The full IMDb ({IMDB:,} principals), as straight lines say: {last.seconds / last.rows * IMDB / 3600:.1f} h, "
        f"{max(memory.values()) / 1000:,.0f} GB of memory, {disk / 1000:,.0f} GB of disk at the fullest. "
        f"Of the {have / 1000:,.0f} GB of memory here, {breaking}."
    )
