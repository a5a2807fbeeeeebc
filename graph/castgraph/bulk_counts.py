"""What a snapshot with tables holds, counted as it is built: terms in the files it is loaded from, statements in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import pyoxigraph as ox

from castgraph import statistics
from castgraph.bulk_store import Opened
from castgraph.distinct import count_terms
from castgraph.progress import Meter, Tell
from castgraph.records import Json
from castgraph.snapshot import union, write_json
from castgraph.statistics import Distinct
from castgraph.store import rows


def terms(files: Sequence[Path], quads: Sequence[ox.Quad], tell: Tell, folder: Path) -> dict[str, Json]:
    """How many different terms the files, and the quads that are loaded beside them, hold."""
    facts = folder / "facts.nt"
    with facts.open("wb") as out:
        ox.serialize(union(quads), out, format=ox.RdfFormat.N_TRIPLES)
    with Meter(tell, "counting terms"):
        return {**vars(count_terms([*files, facts], folder))}


def write_statistics(store: ox.Store, counted: Mapping[str, Json], tell: Tell, snapshot: Path) -> dict[str, Json]:
    """Write the counts of a snapshot into its folder; ``counted`` is what :func:`terms` gave."""
    opened = Opened(store)
    with Meter(tell, "counting statements"):
        counts = statistics.count(
            lambda query: rows(opened.query(query)), Distinct(**cast("dict[str, int]", dict(counted)))
        )
    write_json(snapshot / statistics.FILE, vars(counts))
    return {}
