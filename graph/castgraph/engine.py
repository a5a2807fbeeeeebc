"""Nemo, the rule engine, in a child process.

The engine panics on bad programs, prints to stderr, and can be killed for want of memory; in a process of its own
each of these becomes one :class:`~castgraph.errors.ReasonerError`. The child works in a folder: it reads the tables the
program imports (``NAME.tsv``), and writes the results it exports (``out/NAME.tsv``) and the proofs asked for.

``python -m castgraph.engine`` is the child; nobody else needs to call it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from castgraph.errors import ReasonerError

Row = tuple[str, ...]
THRIFTY = {"MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}
"""Settings of the C library (glibc): large blocks go back to the system when they are free. An eighth less at the peak."""


@dataclass(frozen=True)
class Fact:
    """A fact of the program: its predicate and its terms."""

    predicate: str
    terms: Row

    def __str__(self) -> str:
        return f"{self.predicate}({', '.join(map(json.dumps, self.terms))})"


@dataclass(frozen=True)
class Proof:
    """Why a fact holds: the rule's name and the proofs of what it rests on. A given fact rests on nothing."""

    fact: Fact
    rule: str | None = None
    premises: tuple[Proof, ...] = ()


def run(
    folder: Path,
    program: str,
    results: Sequence[str],
    *,
    explain: Sequence[Fact] = (),
    memory_mb: int | None = None,
) -> tuple[Proof | None, ...]:
    """Run ``program`` over the tables in ``folder``; :func:`rows` reads the ``results``.

    Returns a proof for each fact of ``explain``, None where the fact does not hold. ``memory_mb`` limits the child's
    address space. Raises ReasonerError where the engine fails; then there are no results.
    """
    return start(folder, program, results, explain=explain, memory_mb=memory_mb).wait()


def start(
    folder: Path,
    program: str,
    results: Sequence[str],
    *,
    explain: Sequence[Fact] = (),
    memory_mb: int | None = None,
) -> Running:
    """As :func:`run`, without waiting for the end."""
    for result in results:  # of a run before
        (folder / "out" / f"{result}.tsv").unlink(missing_ok=True)
    (folder / "program.rls").write_text(program, encoding="utf-8")
    job = {"results": list(results), "explain": [str(fact) for fact in explain], "memory_mb": memory_mb}
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    command = [sys.executable, "-m", "castgraph.engine"]
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

    def wait(self) -> tuple[Proof | None, ...]:
        """The proofs asked for, once the engine has ended. Raises ReasonerError where it failed."""
        if self.child.wait():
            for result in self.results:
                (self.folder / "out" / f"{result}.tsv").unlink(missing_ok=True)
            errors = (self.folder / "errors.txt").read_text(encoding="utf-8", errors="replace")
            raise ReasonerError(
                f"the rule engine {_what_happened(self.child.returncode, errors)}. Nothing was written."
            )
        proofs: list[dict[str, Any] | None] = json.loads((self.folder / "proofs.json").read_text(encoding="utf-8"))
        return tuple(None if proof is None else _proof(proof) for proof in proofs)

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


def _proof(tree: dict[str, Any]) -> Proof:
    return Proof(
        Fact(tree["predicate"], tuple(tree["terms"])),
        tree["rule"],
        tuple(_proof(premise) for premise in tree["premises"]),
    )


# --- the child ----------------------------------------------------------------------------------------------------------


def _main() -> int:
    job = json.loads(Path("job.json").read_text(encoding="utf-8"))
    if job["memory_mb"]:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (job["memory_mb"] * 2**20,) * 2)
    import nmo_python as nemo

    try:
        engine = nemo.NemoEngine(nemo.load_string(Path("program.rls").read_text(encoding="utf-8")))
        engine.reason()
        out = nemo.NemoOutputManager("out", overwrite=True)
        Path("out").mkdir(exist_ok=True)
        for result in job["results"]:
            engine.write_result(result, out)
        proofs = [(trace := engine.trace(fact)) and _tree(trace.dict()) for fact in job["explain"]]
    except BaseException as error:  # noqa: BLE001 - a Rust panic is a BaseException; this is the outermost boundary
        print(" ".join(f"{type(error).__name__}: {error}".split()), file=sys.stderr)  # noqa: T201
        return 1
    Path("proofs.json").write_text(json.dumps(proofs), encoding="utf-8")
    return 0


def _tree(trace: Mapping[str, Any]) -> dict[str, Any]:
    """A trace as Nemo gives it, with the head of each rule application filled in."""
    if "fact" in trace:
        predicate, terms = _atom(trace["fact"])
        return {"predicate": predicate, "terms": [json.loads(term) for term in terms], "rule": None, "premises": []}
    values = {
        name: json.loads(value) if str(value)[:1] == '"' else value for name, value in trace["assignment"].items()
    }
    predicate, terms = _atom(trace["rule"].partition(" :- ")[0])
    filled = [str(values.get(term, term)) if term[0] == "?" else term.strip('"') for term in terms]
    premises = [_tree(premise) for premise in trace["subtraces"]]
    return {"predicate": predicate, "terms": filled, "rule": trace.get("name"), "premises": premises}


def _atom(text: str) -> tuple[str, list[str]]:
    predicate, _, rest = text.partition("(")
    return predicate, rest.strip().removesuffix(")").split(", ")


if __name__ == "__main__":
    code = _main()
    sys.stderr.flush()
    os._exit(code)  # no time spent on freeing what the operating system frees anyway
