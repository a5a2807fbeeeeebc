"""The straight road: whole tables to a snapshot, without a Python object for each row, in steps that can be resumed.

::

    tables ──catalogs──▶ N-Triples, a file for each graph ──┬──────────────────────▶ store ──▶ compacted ──▶ snapshot
    pages ──build──▶ facts ─────────────────────────────────┴─reason─▶ inferred.nt ───▲ └──▶ names ─────────────▲

What stands above and below in one place goes on at the same time: the closure is drawn while what is stated is loaded, names
are indexed while the store is compacted.

What is inferred stands in the default graph alone, not in a named graph as well: it is more than half of all triples, and
each costs three times as much in a named graph (docs/decisions/2026-11-20-catalogues-are-loaded-from-files.md).
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from threading import Event
from typing import cast

import pyoxigraph as ox

from castgraph.bulk_closure import close
from castgraph.bulk_counts import terms, write_statistics
from castgraph.bulk_store import compact, index_names, load_equality, load_facts, load_graph, load_inferred
from castgraph.catalogs import CatalogFile, CatalogReading, Known, read_catalogs
from castgraph.iris import FILM, SKOS, Iris
from castgraph.progress import Tell
from castgraph.provenance import catalog_provenance_quads
from castgraph.records import Json
from castgraph.snapshot import MODULUS, Digest
from castgraph.steps import Steps

Part = Mapping[str, Json]
"""What a step loaded into the store: quads by graph, and the sums of their hashes."""


@dataclass(frozen=True)
class Loaded:
    """What the folder of a snapshot holds after a build by the straight road."""

    id: str
    sum: int  # what the name is the hash of
    quads: int  # of all named graphs
    triples: int  # of the default graph
    names: int  # in the index
    graphs: Mapping[str, int]
    inferred: Mapping[str, int]  # triples by property, types by class
    warnings: tuple[str, ...]
    files: tuple[CatalogFile, ...]
    tables: Mapping[str, Json]  # the report on the tables


def load(
    paths: Sequence[Path],
    quads: Sequence[ox.Quad],
    asserted: Iterable[ox.Triple],
    snapshot: str,
    steps: Steps,
    iris: Iris,
    tell: Tell,
) -> Loaded:
    """Build what tables and facts come to, in the folder ``snapshot`` among those of the steps.

    Args:
        paths: tables, mapping files, folders of them.
        quads: what other sources come to, with all graphs about them, without inferences.
        asserted: of these, what consequences are drawn from.
        snapshot: name of the snapshot's folder.
        steps: does what is not done yet.
        iris: where IRIs are made.
        tell: told of the progress.

    Raises:
        SourceError: a table cannot be used.
        InconsistentDataError: the data contradict the ontology.
        ReasonerError: the rule engine failed.
        OSError: the disk is full, say.
    """
    known = known_from(quads)
    told = steps.run("tables", lambda folder: _as_json(read_catalogs(paths, folder, iris, tell, known=known)))
    files = tuple(_catalog_file(one) for one in cast("list[dict[str, Json]]", told["files"]))
    facts = list(dict.fromkeys((*quads, *(one for file in files for one in catalog_provenance_quads(file, iris)))))
    store = f"{snapshot}/store"
    stopped = Event()
    with ThreadPoolExecutor(1) as beside:
        apart = [file.apart for file in files if file.apart is not None]
        stated = [file.path for file in files]
        work = partial(close, stated, apart, asserted, stopped, tell)
        closing = beside.submit(steps.run, "closure", work)
        try:
            parts = _load_stated(files, facts, closing, partial(_into_store, steps, store), tell)
            closed = closing.result()
        except BaseException:
            stopped.set()  # or the closure would be waited for
            raise
    inferred = steps.folder("closure")
    graph = [*stated, *apart, inferred / "inferred.nt", inferred / "apart.nt"]
    counted = steps.run("terms", partial(terms, graph, facts, tell))
    for path in (*stated, *apart):  # what is recorded as loaded and counted is not needed again
        path.unlink(missing_ok=True)
    parts += _load_inferred(steps, store, iris, tell)
    size, names = _finish(steps, snapshot, store, counted, tell)
    graphs: Counter[str] = Counter()
    summed = Digest()
    for part in parts:
        graphs.update(cast("dict[str, int]", part["graphs"]))
        summed.sum += sum(int(one, 16) for one in cast("dict[str, str]", part["sums"]).values())
    shutil.copyfile(str(told["problems"]), steps.folder(snapshot) / "problems.tsv")
    return Loaded(
        id=summed.name(),
        sum=summed.sum % MODULUS,
        quads=graphs.total(),
        triples=cast("int", size["quads"]) - graphs.total(),
        names=cast("int", names["names"]),
        graphs=dict(sorted(graphs.items())),
        inferred=cast("dict[str, int]", closed["inferred"]),
        warnings=tuple(cast("list[str]", closed["warnings"])),
        files=files,
        tables=cast("dict[str, Json]", told["report"]),
    )


def _into_store(steps: Steps, store: str, name: str, work: Callable[[Path], Part]) -> Part:
    """Do a step that adds to the store."""
    return steps.run(name, work, folder=store, goes_on=True)


def _load_stated(
    files: Sequence[CatalogFile],
    facts: Sequence[ox.Quad],
    closing: Future[Part],
    into_store: Callable[[str, Callable[[Path], Part]], Part],
    tell: Tell,
) -> list[Part]:
    """Load facts and files into the store while the closure is drawn, which reads the same files."""
    first = into_store("store-facts", partial(load_facts, facts))
    parts = [first]
    for number, file in enumerate(files, 1):
        if closing.done():
            closing.result()  # raises what went wrong there, before more is loaded in vain
        parts.append(into_store(f"store-{number}", partial(load_graph, file, first, tell)))
    return parts


def _load_inferred(steps: Steps, store: str, iris: Iris, tell: Tell) -> list[Part]:
    """Load what follows, into the default graph alone, and what equality adds, into its graph."""
    inferred = steps.folder("closure")
    equality = _into_store(steps, store, "store-equality", partial(load_equality, inferred / "equality.nt", iris))
    work = partial(load_inferred, inferred / "inferred.nt", inferred / "apart.nt", tell)
    _into_store(steps, store, "store-inferred", work)
    (inferred / "inferred.nt").unlink(missing_ok=True)
    return [equality]


def _finish(steps: Steps, snapshot: str, store: str, counted: Part, tell: Tell) -> tuple[Part, Part]:
    """Compact the store, index its names and count it, side by side: how many quads it holds, and how many names."""
    held = ox.Store(str(steps.folder(store)))
    with ThreadPoolExecutor(1) as beside:
        naming = beside.submit(steps.run, "names", partial(index_names, held, tell), folder=f"{snapshot}/names")
        size = _into_store(steps, store, "store-compact", partial(compact, held, tell))
        counting = partial(write_statistics, held, counted, tell)
        steps.run("statistics", counting, folder=snapshot, goes_on=True)
        return size, naming.result()


def known_from(quads: Iterable[ox.Quad]) -> Known:
    """What tables need to know of other sources: who has which identifier, and who has a preferred label."""
    identifiers: dict[str, str] = {}
    labelled: set[str] = set()
    for quad in quads:
        if quad.predicate.value == SKOS + "prefLabel":
            labelled.add(quad.subject.value)  # type: ignore[union-attr]
        elif quad.predicate.value == FILM + "identifier" and isinstance(quad.subject, ox.NamedNode):
            identifiers.setdefault(quad.object.value, quad.subject.value)  # type: ignore[union-attr]
    return Known(identifiers, labelled)


def _as_json(reading: CatalogReading) -> dict[str, Json]:
    files = [
        {name: str(value) if isinstance(value, Path) else value for name, value in asdict(file).items()}
        for file in reading.files
    ]
    return {"files": cast("Json", files), "report": reading.report.as_json(), "problems": str(reading.problems)}


def _catalog_file(told: Mapping[str, Json]) -> CatalogFile:
    source = told["source"]
    apart = told["apart"]
    values = {
        **told,
        "path": Path(str(told["path"])),
        "source": None if source is None else Path(str(source)),
        "apart": None if apart is None else Path(str(apart)),
    }
    return CatalogFile(**values)  # type: ignore[arg-type]
