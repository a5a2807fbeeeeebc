"""Nemo, the rule engine, in a child process.

The engine panics on bad programs, prints to stderr, and can be killed for want of memory; in a process of its own
each of these becomes one :class:`~castgraph.errors.ReasonerError`. The child works in a folder: it reads the tables the
program imports (``NAME.tsv``), and writes the results it exports (``out/NAME.tsv``).

:mod:`castgraph.engine_child` is the child.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from castgraph.errors import ReasonerError

Row = tuple[str, ...]
THRIFTY = {"MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}
"""Settings of the C library (glibc): large blocks go back to the system when they are free. An eighth less at the peak."""


def run(
    folder: Path,
    program: str,
    results: Sequence[str],
    *,
    memory_mb: int | None = None,
) -> None:
    """Run ``program`` over the tables in ``folder``; :func:`rows` reads the ``results``.

    ``memory_mb`` limits the child's address space. Raises ReasonerError where the engine fails; then there are no results.
    """
    with start(folder, program, results, memory_mb=memory_mb) as running:
        running.wait()


def start(
    folder: Path,
    program: str,
    results: Sequence[str],
    *,
    memory_mb: int | None = None,
) -> Running:
    """As :func:`run`, without waiting for the end."""
    for result in results:  # of a run before
        (folder / "out" / f"{result}.tsv").unlink(missing_ok=True)
    (folder / "program.rls").write_text(program, encoding="utf-8")
    job = {"results": list(results), "memory_mb": memory_mb}
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    command = [sys.executable, "-P", str(Path(__file__).with_name("engine_child.py"))]
    with (folder / "errors.txt").open("wb") as errors:
        child = subprocess.Popen(  # noqa: S603
            command, cwd=folder, stdout=subprocess.DEVNULL, stderr=errors, env=os.environ | THRIFTY
        )
    return Running(folder, child, tuple(results))


@dataclass(frozen=True)
class Running:
    """The engine at work. Used as a context, it is stopped where it has not ended by then."""

    folder: Path
    child: subprocess.Popen[bytes]
    results: tuple[str, ...]

    def wait(self) -> None:
        """Wait until the results are there. Raises ReasonerError where the engine failed."""
        if self.child.wait():
            for result in self.results:
                (self.folder / "out" / f"{result}.tsv").unlink(missing_ok=True)
            errors = (self.folder / "errors.txt").read_text(encoding="utf-8", errors="replace")
            raise ReasonerError(
                f"the rule engine {_what_happened(self.child.returncode, errors)}. Nothing was written."
            )

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()


def rows(folder: Path, result: str) -> Iterator[Row]:
    """The rows of a result; none where no rule could derive one."""
    for row in byte_rows(folder, result):
        yield tuple(value.decode() for value in row)


def byte_rows(folder: Path, result: str) -> Iterator[list[bytes]]:
    """As :func:`rows`, undecoded: for results of millions of rows."""
    path = folder / "out" / f"{result}.tsv"
    if path.exists():
        with path.open("rb") as lines:
            for line in lines:
                yield line.rstrip(b"\n").split(b"\t")


def _what_happened(code: int, stderr: str) -> str:
    said = [line for line in stderr.splitlines() if line.strip()]
    detail = f": {said[-1][:300]}" if said else ""
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = str(-code)
        return f"was killed ({name}), most likely for want of memory{detail}"
    if "emory" in detail:
        return f"ran out of memory{detail}"
    return f"failed{detail}"
