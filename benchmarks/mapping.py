"""One table to the same triples, by castgraph's mapping and by morph-kgc's RML, in one run, in turn.

The table is the cast table, made plain first, so that RML can say of it what castgraph says: white space squeezed, letters in
normal form C, each row's line number and class as columns of their own. Both engines run in processes of their own, start to end; the lines
they write are sorted and compared. castgraph's preferred names, which RML cannot choose, are made in its time and left
out of the comparison. morph-kgc stands in ``.venv-morph``, which ``make bench-catalog`` sets up.
"""

from __future__ import annotations

import csv
import gzip
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

CAST = Path(__file__).resolve().parents[2] / "shared" / "data" / "cast" / "cast.tsv.gz"
MORPH = Path(__file__).resolve().parents[1] / ".venv-morph" / "bin" / "python"
MAPPINGS = Path(__file__).parent / "morph"
_CLASSES = {"MOVIE": "Film", "SHOW": "Series"}
_TURNS = 3


@dataclass(frozen=True)
class Ran:
    """What a run of an engine took."""

    seconds: float
    processor: float  # seconds of all its processes
    megabytes: int  # of its largest process


def measure(quick: bool) -> Iterator[str]:
    """Rows a second of both, the best of three turns each, and whether they say the same."""
    if not CAST.is_file() or not MORPH.is_file():
        yield f"Left out: {CAST if not CAST.is_file() else MORPH} is not here."
        return
    with tempfile.TemporaryDirectory(prefix="castgraph-bench-") as name:
        folder = Path(name)
        rows = write_table(folder / "cast.tsv")
        settings = [("1 process", 1)] if quick else [("1 process", 1), ("2 processes", 2)]
        commands = {"castgraph": castgraph(folder), **{f"morph-kgc, {told}": morph(folder, n) for told, n in settings}}
        best: dict[str, Ran] = {}
        for _ in range(1 if quick else _TURNS):
            for engine, command in commands.items():
                ran = run(command)
                best[engine] = min((ran, best.get(engine, ran)), key=lambda one: one.seconds)
        yield f"The cast table, {rows:,} rows, best of {1 if quick else _TURNS} turns."
        yield ""
        yield "| engine | seconds | of processor | rows a second | largest process |"
        yield "|---|---|---|---|---|"
        for engine, ran in best.items():
            yield (
                f"| {engine} | {ran.seconds:.2f} | {ran.processor:.2f} | {rows / ran.seconds:,.0f} | {ran.megabytes:,} MB |"
            )
        yield ""
        own = best.pop("castgraph")
        peer = min(best.values(), key=lambda one: one.seconds)
        least = min(best.values(), key=lambda one: one.processor)
        yield (
            f"castgraph maps {peer.seconds / own.seconds:.2f} times the rows a second of morph-kgc's fastest, with "
            f"{least.processor / own.processor:.2f} times the rows per second of processor time."
        )
        yield _compared(folder)


def write_table(path: Path) -> int:
    """Write the cast table as plain TSV, lines and classes told; gives its rows."""
    columns = ["jw_person_id", "name", "character", "jw_title_id", "title", "year", "type", "imdb_id"]
    number = 0
    with gzip.open(CAST, "rt", encoding="utf-8") as stored, path.open("w", encoding="utf-8", newline="\n") as out:
        out.write("\t".join([*columns, "class", "row"]) + "\n")
        for row in csv.DictReader(stored, delimiter="\t"):
            told = [normalize("NFC", " ".join((row[column] or "").replace('"', "'").split())) for column in columns]
            if not all(told[place] for place in (0, 1, 3, 4, 5)):
                continue  # RML says nothing of an empty field; a row that castgraph lists is another matter
            number += 1
            out.write("\t".join([*told, _CLASSES[row["type"]], str(number + 1)]) + "\n")
    return number


def castgraph(folder: Path) -> list[str]:
    """The command that maps the table with castgraph."""
    (folder / "own").mkdir()
    return [sys.executable, "-c", _OWN, str(folder / "cast.tsv"), str(MAPPINGS / "cast.yaml"), str(folder / "own")]


_OWN = """
import sys
from pathlib import Path
from unicodedata import normalize
from castgraph.catalogs import read_catalogs
from castgraph.iris import Iris
read_catalogs([Path(sys.argv[1]), Path(sys.argv[2])], Path(sys.argv[3]), Iris(), lambda _: None)
"""


def morph(folder: Path, processes: int) -> list[str]:
    """The command that maps the table with morph-kgc."""
    mapping = folder / "cast.rml.ttl"
    told = (MAPPINGS / "cast.rml.ttl").read_text(encoding="utf-8").replace("CAST_TSV", str(folder / "cast.tsv"))
    mapping.write_text(told, encoding="utf-8")
    settings = folder / f"morph-{processes}.ini"
    settings.write_text(
        "[CONFIGURATION]\noutput_format = N-TRIPLES\nlogging_level = ERROR\n"
        f"output_file = {folder / 'morph.nt'}\nnumber_of_processes = {processes}\n[cast]\nmappings = {mapping}\n",
        encoding="utf-8",
    )
    return [str(MORPH), "-m", "morph_kgc", str(settings)]


def run(command: Sequence[str]) -> Ran:
    """Run a command to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Ran(seconds, processor, usage.ru_maxrss // 1000)


def _compared(folder: Path) -> str:
    own = set((folder / "own" / "000-cast.nt").read_bytes().splitlines())
    theirs = set((folder / "morph.nt").read_bytes().splitlines())
    if own == theirs:
        return f"Both write the same {len(own):,} triples."
    return (
        f"They differ: castgraph writes {len(own):,} triples, {len(own - theirs):,} of them its own; morph-kgc writes "
        f"{len(theirs):,}, {len(theirs - own):,} of them its own."
    )
