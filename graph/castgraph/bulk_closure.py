"""The closure of tables and facts: what follows from files of N-Triples, as files of N-Triples."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Event
from typing import cast

import pyoxigraph as ox

from castgraph.errors import InconsistentDataError
from castgraph.iris import RDF, shorten
from castgraph.ontology_files import axioms
from castgraph.progress import Meter, Tell
from castgraph.reason_facts import Statement
from castgraph.reason_rounds import Sinks, infer
from castgraph.reason_sources import read, statements_of
from castgraph.records import Json

_PROPERTY = re.compile(rb" <([^>]*)> ")
_CLASS = re.compile(rf"<{re.escape(RDF)}type> <([^>]*)>".encode())
_TYPE = (RDF + "type").encode()


class StoppedError(Exception):
    """What went on beside the closure failed: the closure is of no use any more."""


def close(
    files: Sequence[Path],
    apart_files: Sequence[Path],
    asserted: Iterable[ox.Triple],
    stopped: Event,
    tell: Tell,
    folder: Path,
) -> dict[str, Json]:
    """Write what follows from files (statements with blank nodes in files apart) and facts: ``inferred.nt``, ``equality.nt``, and ``apart.nt``.

    In the last is what is inferred about terms, and every triple that may have a blank node: Oxigraph's loader of files
    would give the node another label.

    Raises:
        InconsistentDataError: the data contradict the ontology.
        StoppedError: ``stopped`` was set meanwhile.
    """
    facts = folder / "facts.nt"
    with facts.open("wb") as out:
        ox.serialize(asserted, out, format=ox.RdfFormat.N_TRIPLES)
        for path in apart_files:
            with path.open("rb") as statements:
                shutil.copyfileobj(statements, out)
    every = [facts, *files]  # the facts first: their blank nodes keep their labels
    size = sum(path.stat().st_size for path in every)
    counts: Counter[bytes] = Counter()

    def go_on() -> None:
        if stopped.is_set():
            raise StoppedError

    def source(only_axioms: bool) -> Iterator[Statement]:
        what = "looking for axioms" if only_axioms else "reading for the closure"
        meter = Meter(tell, what, size, "MB", scale=1_000_000)

        def moved(_: int, at: int) -> None:
            go_on()
            meter.to(at)

        return read(every, only_axioms=only_axioms, moved=moved)

    with (
        (folder / "inferred.nt").open("wb") as inferred,
        (folder / "equality.nt").open("wb") as equality,
        (folder / "apart.nt").open("wb") as apart,
        Meter(tell, "drawing consequences"),
    ):

        def write(blocks: Iterable[bytes]) -> None:
            for block in blocks:
                go_on()
                if b"_:" in block:
                    lines = block.splitlines(keepends=True)
                    apart.writelines(line for line in lines if b"_:" in line)
                    inferred.writelines(line for line in lines if b"_:" not in line)
                else:
                    inferred.write(block)
                counts.update(_PROPERTY.findall(block))
                counts.update(b"a " + class_ for class_ in _CLASS.findall(block))

        sinks = Sinks(write, equality.writelines, apart.writelines)
        outcome = infer(source, statements_of(axioms()), sinks, lambda *_: None)
    if outcome.violations:
        raise InconsistentDataError(tuple(str(violation) for violation in outcome.violations))
    del counts[_TYPE]
    by_property = {_shown(name.decode()): count for name, count in counts.most_common()}
    return {"inferred": cast("Json", by_property), "warnings": list(outcome.warnings)}


def _shown(name: str) -> str:
    return f"a {shorten(name[2:])}" if name.startswith("a ") else shorten(name)
