"""OWL 2 RL closure of film data: castgraph, owlrl and reasonable, each in a process of its own.

- ``castgraph``, ``owlrl``: from N-Triples on disk to the closure in a file. ``castgraph-keys``: likewise, with two key
  axioms and works listed twice, which reasonable and owlrl cannot do.
- ``reasonable``: from N-Triples on disk to its closure in memory, which is without property chains.
- ``castgraph-graph``, ``owlrl-graph``: from an rdflib graph in memory to new triples in memory; both must find the same.

A second table has ontologies of two sizes over as many things (:mod:`benchmarks.ontology_generator`), ontology and data
read from N-Triples files.

Peak memory is that of the process and all below it: the sum of what each of them holds at the same moment (resident, so
pages that two processes share count twice), looked at every 10 ms. It includes Python and the libraries. Where the machine is shared, read the ratios: they are of one run.
Each job runs as often as ``REPEATS`` says, in turn with the others of its group; the best run counts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from benchmarks.film_generator import KEYS, film_lines
from benchmarks.ontology_generator import data_lines, ontology_lines

ONTOLOGY = Path(__file__).parents[1] / "ontology"
MODULES = (ONTOLOGY / "film.ttl", ONTOLOGY / "mission.ttl")
OWLRL_LIMIT = 100_000  # it would take hours
REASONABLE_LIMIT = 1_000_000  # it would take 25 GB
LIMIT_SECONDS = 900
ONTOLOGIES = ((10, 10), (10_000, 1_000))  # classes, properties
THINGS = 200_000
REPEATS = 3
LONG = 30  # seconds; a job that takes longer is not repeated


def measure(quick: bool) -> Iterator[str]:
    """The table, one line for each size and reasoner."""
    sizes = (8_000, 80_000) if quick else (8_000, 80_000, 800_000, 8_000_000)
    yield "| triples in | reasoner | seconds | triples out | peak MB | bytes per triple in | times castgraph's time |"
    yield "|---:|---|---:|---:|---:|---:|---:|"
    with tempfile.TemporaryDirectory() as name:
        for size in sizes:
            data, keyed = Path(name) / f"{size}.nt", Path(name) / f"{size}-keys.nt"
            for path in (data, keyed):
                with path.open("w", encoding="utf-8") as file:
                    file.writelines(film_lines(size, duplicates=path is keyed))
            files = ["castgraph"]
            files += ["reasonable"] if size <= REASONABLE_LIMIT else []
            files += ["owlrl"] if size <= OWLRL_LIMIT and not (quick and size > 10_000) else []
            graphs = ["castgraph-graph", "owlrl-graph"] if "owlrl" in files else []
            yield from _group(size, [(reasoner, data) for reasoner in files])
            yield from _group(size, [(reasoner, data) for reasoner in graphs])
            yield from _group(size, [("castgraph-keys", keyed)])
        yield ""
        yield from _ontologies(Path(name), THINGS // 10 if quick else THINGS)


def _ontologies(folder: Path, things: int) -> Iterator[str]:
    """The table of ontologies, which ends in how much longer the larger takes."""
    yield "| classes | properties | things | seconds | times the smaller's | triples out | times the smaller's |"
    yield "|---:|---:|---:|---:|---:|---:|---:|"
    runs: dict[tuple[int, int], list[tuple[float, int, int]]] = {size: [] for size in ONTOLOGIES}
    for _ in range(REPEATS):
        for classes, properties in ONTOLOGIES:
            data = folder / f"{things}-{classes}.nt"
            if not data.exists():
                with data.open("w", encoding="utf-8") as file:
                    file.writelines(data_lines(things, classes, properties))
                with _ontology(data).open("w", encoding="utf-8") as file:
                    file.writelines(ontology_lines(classes, properties))
            result = _in_a_process("castgraph-ontology", data)
            if isinstance(result, str):
                yield f"| {classes:,} | {properties:,} | {things:,} | {result} | | | |"
                return
            runs[classes, properties].append(result)
    least, fewest = 0.0, 0
    for (classes, properties), found in runs.items():
        seconds, triples = min(each[0] for each in found), found[0][1]
        least, fewest = least or seconds, fewest or triples
        yield (
            f"| {classes:,} | {properties:,} | {things:,} | {seconds:.2f} | {seconds / least:.2f} "
            f"| {triples:,} | {triples / fewest:.2f} |"
        )


def _ontology(data: Path) -> Path:
    return data.with_suffix(".ontology.nt")


def _group(size: int, group: list[tuple[str, Path]]) -> Iterator[str]:
    runs: dict[str, list[tuple[float, int, int]]] = {reasoner: [] for reasoner, _ in group}
    failed: dict[str, str] = {}
    for turn in range(REPEATS):
        for reasoner, data in group:
            if reasoner in failed or (turn and runs[reasoner][0][0] > LONG):
                continue
            result = _in_a_process(reasoner, data)
            if isinstance(result, str):
                failed[reasoner] = result
            else:
                runs[reasoner].append(result)
    base = 0.0
    for reasoner, _ in group:
        if reasoner in failed:
            yield f"| {size:,} | {reasoner} | {failed[reasoner]} | | | | |"
            continue
        times, counts, peaks = zip(*runs[reasoner], strict=True)
        seconds, out, peak = min(times), max(counts), max(peaks)
        base = base or seconds
        yield (
            f"| {size:,} | {reasoner} | {seconds:.2f} | {out:,} | {peak / 1e6:,.0f} | {peak / size:,.0f} "
            f"| {seconds / base:.1f} |"
        )
    if "owlrl-graph" in runs and not failed:
        found = {out for results in runs.values() for _, out, _ in results}
        if len(found) > 1:
            raise ValueError(f"castgraph and owlrl infer different numbers of triples from the same data: {found}")


def _in_a_process(reasoner: str, data: Path) -> tuple[float, int, int] | str:
    """Seconds, triples and peak bytes of one job; or what went wrong."""
    command = [sys.executable, "-m", "benchmarks.reasoning", reasoner, str(data)]
    job = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    peak, started = 0, time.monotonic()
    while job.poll() is None:
        peak = max(peak, _resident(job.pid))
        if time.monotonic() - started > LIMIT_SECONDS:
            job.kill()
            job.communicate()
            return f"over {LIMIT_SECONDS} s"
        time.sleep(0.01)
    out, errors = job.communicate()
    if job.returncode:
        return f"failed ({errors.strip().rpartition(chr(10))[2] or job.returncode})"
    result = json.loads(out)
    return result["seconds"], result["triples"], peak


def _resident(process: int) -> int:
    """Resident bytes of a process and all below it (Linux)."""
    total = 0
    with suppress(OSError, ValueError, IndexError):
        total = int(Path(f"/proc/{process}/statm").read_text().split()[1]) * 4096
        command = Path(f"/proc/{process}/cmdline").read_bytes()
        for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
            # A child that has not begun its own program yet is still in the memory of its parent.
            if Path(f"/proc/{child}/cmdline").read_bytes() != command:
                total += _resident(int(child))
    return total


# --- the jobs -----------------------------------------------------------------------------------------------------------


def _castgraph(data: Path, axioms: str = "") -> Callable[[], int]:
    from rdflib import Graph

    from castgraph.reason import infer_files

    def job() -> int:
        ontology = Graph()
        for module in MODULES:
            ontology.parse(module)
        if axioms:
            ontology.parse(data=axioms)
        return infer_files([data], ontology, data.with_suffix(".out.nt")).inferred

    return job


def _castgraph_with_ontology(data: Path) -> Callable[[], int]:
    from castgraph.reason import infer_files

    return lambda: infer_files([data], [_ontology(data)], data.with_suffix(".out.nt")).inferred


def _owlrl(data: Path) -> Callable[[], int]:
    from owlrl import DeductiveClosure, OWLRL_Semantics
    from rdflib import Graph

    def job() -> int:
        graph = Graph()
        for path in (*MODULES, data):
            graph.parse(path)
        DeductiveClosure(OWLRL_Semantics).expand(graph)
        graph.serialize(data.with_suffix(".owlrl.nt"), format="nt", encoding="utf-8")
        return len(graph)

    return job


def _reasonable(data: Path) -> Callable[[], int]:
    from reasonable import PyReasoner

    def job() -> int:
        reasoner = PyReasoner()
        turtle = data.with_suffix(".ttl")  # N-Triples is Turtle; reasonable goes by the ending
        turtle.unlink(missing_ok=True)
        turtle.symlink_to(data)
        for path in (*MODULES, turtle):
            reasoner.load_file(str(path))
        return len(reasoner.reason())

    return job


def _graph(data: Path, reasoner: str) -> Callable[[], int]:
    from rdflib import Graph

    from castgraph.reason import Reasoner, closure

    ontology = Graph()
    for module in MODULES:
        ontology.parse(module)
    graph = Graph().parse(data, format="nt")
    return lambda: len(closure(graph, ontology, reasoner=Reasoner(reasoner)).inferred)


def _main(reasoner: str, data: Path) -> None:
    job = {
        "castgraph": lambda: _castgraph(data),
        "castgraph-keys": lambda: _castgraph(data, KEYS),
        "castgraph-ontology": lambda: _castgraph_with_ontology(data),
        "castgraph-graph": lambda: _graph(data, "nemo"),
        "owlrl-graph": lambda: _graph(data, "owlrl"),
        "owlrl": lambda: _owlrl(data),
        "reasonable": lambda: _reasonable(data),
    }[reasoner]()
    started = time.perf_counter()
    triples = job()
    print(json.dumps({"seconds": time.perf_counter() - started, "triples": triples}))


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]))
