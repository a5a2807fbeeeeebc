"""The SPARQL endpoint against the Rust server, as in :mod:`benchmarks.endpoint`, over a whole catalogue.

The same workloads, clients, turns and ratios, over the snapshot of the cast tables in ``../shared``: real names with their
skew, things with hundreds of statements beside things with five. The snapshot is built into a temporary folder; where the
environment variable ``CASTGRAPH_BENCH_DATA`` names a folder it is kept there, and found there by the next run::

    python -m benchmarks --only catalog-endpoint
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

import pyoxigraph as ox

from benchmarks import endpoint
from benchmarks.catalog import CAST
from castgraph.iris import FILM, RDFS
from castgraph.snapshot import Snapshot, current

ROWS = 400_000
"""Rows of the large result."""

SAMPLE = 20_000
"""Characters, and titles, that are asked for one after another."""

_number = count()


@dataclass(frozen=True)
class Sample:
    """Things of a catalogue to ask for: characters by names that nobody else has, titles by address."""

    characters: Sequence[str]
    titles: Sequence[str]


def measure(quick: bool) -> Iterator[str]:
    """Rates of both servers, their ratio, and how small queries fare beside runaway ones."""
    if not CAST.is_dir():
        yield "The cast tables (`../shared/data/cast`) are not here."
        return
    seconds = 1.5 if quick else 3.0
    with _folder() as folder:
        data = folder / "cast"
        snapshot = _snapshot(data)
        sample = _sample(snapshot)
        with endpoint._castgraph(data) as ours, endpoint._oxigraph(snapshot.path / "store") as theirs:
            yield (
                f"The cast tables, {snapshot.manifest['triples']:,} triples with the closure in the default graph and "
                f"{snapshot.manifest['quads']:,} in named graphs; {endpoint.CONNECTIONS} keep-alive connections; best of "
                f"{endpoint.TURNS} turns of {seconds:g} s each, up to {endpoint.LONGEST_TURN:g} s where an answer takes long."
            )
            yield ""
            yield from endpoint.compared((ours, theirs), workloads(sample), seconds)
            yield ""
            yield from endpoint._beside_runaways(ours, _each_another(sample.characters, _cast_of), seconds)


def workloads(sample: Sample) -> dict[str, Callable[[], str]]:
    """The queries of :mod:`benchmarks.endpoint`, in the terms of a catalogue."""
    top = (
        f"SELECT ?p (COUNT(DISTINCT ?w) AS ?n) {{ ?performance <{FILM}performanceIn> ?w ; <{FILM}performer> ?p }} "
        "GROUP BY ?p ORDER BY DESC(?n) LIMIT 10 # %d"
    )
    return {
        "cast look-up, each another": _each_another(sample.characters, _cast_of),
        "one pattern, each another": _each_another(sample.titles, _title_of),
        "cast look-up, repeated": lambda: _cast_of(sample.characters[0]),
        "one pattern, repeated": lambda: _title_of(sample.titles[0]),
        "heavy: actors by works": lambda: top % next(_number),
        f"large: {ROWS:,} rows": lambda: f"SELECT * {{ ?s ?p ?o }} LIMIT {ROWS} # {next(_number)}",
    }


def _each_another(things: Sequence[str], query: Callable[[str], str]) -> Callable[[], str]:
    def make() -> str:
        number = next(_number)
        return f"{query(things[number % len(things)])} # {number}"

    return make


def _cast_of(character: str) -> str:
    return (
        f"PREFIX film: <{FILM}> PREFIX rdfs: <{RDFS}> SELECT ?performer ?title WHERE {{ "
        f"?character rdfs:label {ox.Literal(character)} . ?performance film:character ?character ; "
        "film:performer/rdfs:label ?performer ; film:performanceIn ?work . ?work rdfs:label ?title }"
    )


def _title_of(work: str) -> str:
    return f"SELECT ?title {{ <{work}> <{RDFS}label> ?title }}"


def _sample(snapshot: Snapshot) -> Sample:
    store = snapshot.open()
    characters = store.query(
        f"SELECT ?name {{ ?one a <{FILM}Character> ; <{RDFS}label> ?name }} "
        "GROUP BY ?name HAVING(COUNT(?one) = 1) ORDER BY SHA1(?name)"
    )
    titles = store.query(f"SELECT ?one {{ ?one a <{FILM}ScreenWork> }} ORDER BY SHA1(STR(?one))")
    assert isinstance(characters, ox.QuerySolutions)
    assert isinstance(titles, ox.QuerySolutions)
    return Sample(
        [row[0].value for row in islice(characters, SAMPLE)], [row[0].value for row in islice(titles, SAMPLE)]
    )


@contextmanager
def _folder() -> Iterator[Path]:
    if kept := os.environ.get("CASTGRAPH_BENCH_DATA"):
        yield Path(kept)
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _snapshot(data: Path) -> Snapshot:
    """The snapshot in a data folder, built there where there is none."""
    if current(data) is None:
        castgraph = str(Path(sys.executable).with_name("castgraph"))
        subprocess.run(
            [castgraph, "build", "--catalog", str(CAST), "--out", str(data)], check=True, capture_output=True
        )
    snapshot = current(data)
    assert snapshot is not None
    return snapshot
