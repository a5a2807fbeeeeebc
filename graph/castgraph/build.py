"""Builds a snapshot: reads the sources, decides identity, infers, checks, writes. One direction, no way back."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path

import pyoxigraph as ox

from castgraph import __version__, search_index, statistics
from castgraph.addresses import Addresses, assign
from castgraph.draft import Draft
from castgraph.edits import FILE as EDITS_FILE
from castgraph.edits import Edits
from castgraph.errors import InconsistentDataError, UsageError
from castgraph.identity import Decision, decide
from castgraph.iris import Iris
from castgraph.linking.claimed import claimed_quads
from castgraph.linking.claims import read_kept_claims
from castgraph.linking.kept import keep_of_sources, read_kept
from castgraph.linking.linksets import Linkset, linkset_quads, linksets, passed_over
from castgraph.mentions import collect, document_keys
from castgraph.names import slug
from castgraph.ontology_files import ALIGNMENT, AXIOMS, axioms, ontology_quads
from castgraph.provenance import (
    decision_quads,
    described_quads,
    file_provenance_quads,
    label_quads,
    linked_label_quads,
    own_graph_quads,
    provenance_quads,
)
from castgraph.quads import SourceQuads, source_quads
from castgraph.readers.rdf import RdfFile
from castgraph.reason import Closure, Reasoner, closure
from castgraph.records import Json, Reading
from castgraph.report import BuildReport, SourceReport, by_property
from castgraph.settle import Contents, Settled, settle
from castgraph.shapes import check_shapes
from castgraph.snapshot import Snapshot, building, current, digest, publish, union, verify, write_json, write_store
from castgraph.sources import Sources, read_sources
from castgraph.store import LocalStore


@dataclass(frozen=True)
class Knowledge:
    """Everything a build knows before it is written: pure values, so that it can be made and compared without a disk."""

    iris: Iris
    sources: tuple[SourceQuads, ...]
    rdf: tuple[tuple[RdfFile, dict[str, tuple[ox.Quad, ...]]], ...]
    addresses: Addresses
    decisions: tuple[Decision, ...]
    schema: tuple[ox.Quad, ...]
    closure: Closure
    links: tuple[Linkset, ...]
    linked: tuple[ox.Quad, ...]  # what data sets say that are linked to
    linked_provenance: tuple[ox.Quad, ...]
    passed_over: tuple[str, ...]  # overrules and links that could not be looked at, in words

    def asserted(self) -> list[ox.Quad]:
        """What the sources say, each statement in its source's graph, and data sets that are linked to in theirs."""
        return [*self.said(), *self.linked]

    def said(self) -> list[ox.Quad]:
        """What the sources say, each statement in its source's graph."""
        return [*(quad for source in self.sources for quad in source.quads()), *self.rdf_quads()]

    def rdf_quads(self) -> list[ox.Quad]:
        """What the RDF files say."""
        return [quad for _, graphs in self.rdf for quads in graphs.values() for quad in quads]

    def spoken_of(self) -> set[str]:
        """The things that the sources say something of."""
        return {quad.subject.value for quad in self.said() if isinstance(quad.subject, ox.NamedNode)}

    def inferred(self) -> list[ox.Quad]:
        """What follows from it, axioms included; what equality adds is apart."""
        graph = ox.NamedNode(self.iris.inferred)
        told = dict.fromkeys((*self.closure.inferred, *self.closure.axioms))
        return [ox.Quad(one.subject, one.predicate, one.object, graph) for one in told]

    def equality(self) -> list[ox.Quad]:
        """What equality adds: the equal things, and the statements of each for the others."""
        graph = ox.NamedNode(self.iris.equality)
        return [ox.Quad(one.subject, one.predicate, one.object, graph) for one in self.closure.equality]


def _silent(_: str) -> None:
    """No progress is told."""


def bundled_fingerprint() -> str:
    """Changes whenever a build of the bundled facts might give something else: facts, ontology, rules or version."""
    summed = hashlib.sha256(__version__.encode())
    for package in ("castgraph.facts", "castgraph.ontology"):
        for folder in (files(package), files(package) / "links"):
            if not folder.is_dir():
                continue
            for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
                if entry.is_file() and not entry.name.endswith(".py"):
                    summed.update(entry.name.encode() + entry.read_bytes())
    return summed.hexdigest()


def build(
    paths: Sequence[Path],
    data: Path,
    *,
    tables: Sequence[Path] = (),
    iris: Iris | None = None,
    reasoner: Reasoner = Reasoner.NEMO,
    keep_edits: bool = True,
    progress: Callable[[str], None] = _silent,
) -> tuple[Snapshot, BuildReport]:
    """Build a snapshot from sources, the bundled facts where none are given, and make it the current one.

    Nothing changes for readers until the new snapshot is whole and verified; whatever goes wrong before leaves the
    old one as it was. What updates changed in the old one is changed in the new one too; without ``keep_edits`` it is
    left out, and written to a file beside the snapshots. ``tables`` are whole tables of titles, people and roles, and
    folders of them.

    Raises:
        SourceError: a source cannot be used.
        IdentityError: an overrule cannot be carried out.
        InconsistentDataError: the data contradict the ontology.
        ReasonerError: the rule engine failed.
        SnapshotError: the data folder cannot be written, or another build is at work in it.
    """
    iris = iris or Iris()
    if tables:
        from castgraph.build_bulk import build_with_tables

        if reasoner is not Reasoner.NEMO:
            raise UsageError("--catalog: only the nemo reasoner closes tables")
        return build_with_tables(paths, tables, data, iris, progress, keep_edits=keep_edits)
    started = time.monotonic()
    progress("reading the sources")
    if paths:
        sources = read_sources(paths)
    else:
        with as_file(files("castgraph.facts")) as facts:
            sources = read_sources([facts])
    progress("deciding identity and inferring")
    kept = replace(sources, links=(*sources.links, *read_kept(data)), claims=read_kept_claims(data))
    known = understand(kept, iris, reasoner)
    if known.closure.violations:
        raise InconsistentDataError(tuple(str(violation) for violation in known.closure.violations))
    progress("checking shapes")
    asserted, inferred = known.asserted(), known.inferred()
    findings = check_shapes(quad.triple for quad in (*asserted, *inferred))
    quads = all_quads(known, asserted, inferred)
    with building(data) as folder:
        progress("writing the snapshot")
        id_ = digest(write_store(folder / "store", quads))
        counts = Counter(str(quad.graph_name.value) for quad in quads)  # type: ignore[union-attr]
        held = Contents(len(quads), len(union(quads)), dict(sorted(counts.items())), by_property(inferred))
        edits = kept_edits(data, keep_edits, progress)
        if edits:
            settled = _with_edits(folder / "store", edits, iris, reasoner, progress)
            id_, held, findings = settled.id, settled.contents, settled.findings
        edits.write(folder)
        keep_of_sources(folder, sources.links)
        write_json(folder / statistics.FILE, vars(statistics.count_store(LocalStore(folder / "store"))))
        names = search_index.index_store(LocalStore(folder / "store"), folder)
        report = BuildReport(
            sources=tuple(source_reports(known, sources)),
            decisions=known.decisions,
            inferred=held.inferred,
            warnings=(*known.closure.warnings, *known.passed_over),
            findings=findings,
            quads=held.quads,
            snapshot=id_,
            seconds=time.monotonic() - started,
        )
        _write_reports(folder, held, known, report, names, bundled=not paths)
        return publish(data, folder, id_, verify), report


def kept_edits(data: Path, keep: bool, progress: Callable[[str], None]) -> Edits:
    """The edits to keep: those of the snapshot that is about to be replaced."""
    replaced = current(data)
    edits = Edits.of(replaced) if replaced is not None else Edits()
    if not edits or replaced is None:
        return edits
    told = f"{len(edits.added)} statements added and {len(edits.removed)} removed by updates"
    if keep:
        progress(f"keeping {told}")
        return edits
    aside = data / f"edits-{replaced.id}.json"
    shutil.copy(replaced.path / EDITS_FILE, aside)
    progress(f"leaving out {told}; they are written to {aside}")
    return Edits()


def _with_edits(store: Path, edits: Edits, iris: Iris, reasoner: Reasoner, progress: Callable[[str], None]) -> Settled:
    """Make edits to a store that was just built."""
    draft = Draft(ox.Store(str(store)), iris)
    draft.apply(edits)
    settled = settle(draft, reasoner, progress)
    draft.close()
    return settled


def ensure_snapshot(data: Path, progress: Callable[[str], None] = _silent) -> Snapshot:
    """The current snapshot; the bundled facts' one is built where there is none, or where it is of an older castgraph.

    Raises:
        SnapshotError: the folder cannot be written, or what is there is not whole.
    """
    snapshot = current(data)
    if snapshot is not None and (
        not snapshot.manifest.get("bundled") or snapshot.manifest.get("fingerprint") == bundled_fingerprint()
    ):
        return snapshot
    return build([], data, progress=progress)[0]


def understand(sources: Sources, iris: Iris, reasoner: Reasoner = Reasoner.NEMO) -> Knowledge:
    """From what was read to what is known: identity decided, statements made, consequences drawn. Writes nothing."""
    known = gather(sources, iris)
    return replace(known, closure=closure([quad.triple for quad in known.asserted()], axioms(), reasoner=reasoner))


def gather(sources: Sources, iris: Iris) -> Knowledge:
    """As :func:`understand`, without consequences."""
    clusters = decide(collect(sources.readings), sources.overrules)
    addresses = assign(clusters, iris)
    keys = document_keys(sources.readings)
    graphs = _graph_iris(sources.readings, keys, addresses, iris)
    told = tuple(
        source_quads(reading, key, graph, addresses)
        for reading, key, graph in zip(sources.readings, keys, graphs, strict=True)
    )
    rdf = tuple((file, _rdf_graphs(file, iris)) for file in sources.rdf_files)
    links = linksets(sources.links, iris)
    known = Knowledge(
        iris=iris,
        sources=told,
        rdf=rdf,
        addresses=addresses,
        decisions=tuple(clusters.decisions),
        schema=tuple(quad for name in AXIOMS for quad in ontology_quads(name, iris.schema)),
        closure=Closure((), (), (), 0.0),
        links=links,
        linked=(),
        linked_provenance=(),
        passed_over=tuple(
            f"an overrule names {handle}, but no source of that name is read" for handle in clusters.passed_over
        ),
    )
    linked, provenance = claimed_quads(sources.claims, links, iris, known.said())
    return replace(
        known,
        linked=tuple(linked),
        linked_provenance=tuple(provenance),
        passed_over=(*known.passed_over, *passed_over(links, known.spoken_of())),
    )


def _graph_iris(readings: Sequence[Reading], keys: Sequence[str], addresses: Addresses, iris: Iris) -> list[str]:
    """The graph of each source: its kind and the title it is about, numbered where two sources are alike in both."""
    found: list[str] = []
    for reading, key in zip(readings, keys, strict=True):
        about = addresses.titles.get(key, slug(Path(key).stem))
        wanted = iris.graph(*reading.document.kind.split("/"), about)
        graph, number = wanted, 2
        while graph in found:
            graph, number = f"{wanted}-{number}", number + 1
        found.append(graph)
    return found


def _rdf_graphs(file: RdfFile, iris: Iris) -> dict[str, tuple[ox.Quad, ...]]:
    """An RDF file's quads by graph. Triples without a graph go to one named after the file."""
    graphs: dict[str, dict[ox.Quad, None]] = {}
    own = iris.graph("rdf", slug(file.path.name.split(".")[0]))
    for quad in file.quads:
        graph = own if isinstance(quad.graph_name, ox.DefaultGraph) else str(quad.graph_name.value)
        named = ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph))
        graphs.setdefault(graph, {})[named] = None
    return {graph: tuple(quads) for graph, quads in graphs.items()}


def all_quads(known: Knowledge, asserted: list[ox.Quad], inferred: list[ox.Quad]) -> list[ox.Quad]:
    """Every quad of the snapshot, each once."""
    quads = [*asserted, *inferred, *known.schema]
    quads += ontology_quads(ALIGNMENT, known.iris.graph("alignment"))
    quads += label_quads(known.addresses, known.rdf_quads(), known.iris)
    quads += described_quads(known.addresses, known.said(), known.iris)
    quads += decision_quads(known.decisions, known.addresses, known.iris)
    for source in known.sources:
        quads += provenance_quads(source, known.addresses, known.iris)
    for file, graphs in known.rdf:
        quads += file_provenance_quads(file, graphs, known.iris)
    quads += linkset_quads(known.links, known.iris, known.spoken_of())
    quads += known.linked_provenance
    quads += linked_label_quads(known.linked, known.said(), known.iris)
    quads += own_graph_quads(known.iris)
    quads += known.equality()
    return list(dict.fromkeys(quads))


def source_reports(known: Knowledge, sources: Sources) -> list[SourceReport]:
    """What came of each source that is no table."""
    told = [
        SourceReport(
            file=str(source.reading.document.path),
            kind=source.reading.document.kind,
            publisher=source.reading.document.publisher,
            graph=source.graph,
            records=len(source.reading.records),
            quads=len(source.statements),
            skipped=source.reading.skipped,
        )
        for source in known.sources
    ]
    return told + [
        SourceReport(str(file.path), "rdf", file.path.name, None, len(file.quads), len(file.quads), ())
        for file in sources.rdf_files
    ]


def manifest(report: BuildReport, iris: Iris, held: Contents, names: int, *, bundled: bool) -> dict[str, Json]:
    """What a snapshot says of itself: what it was built from, by which version, and how much it holds."""
    return {
        "castgraph": __version__,
        "base": iris.base,
        "built": datetime.now(UTC).isoformat(timespec="seconds"),
        "bundled": bundled,
        "fingerprint": bundled_fingerprint() if bundled else None,
        **held.as_json(),
        "names": names,
        "sources": [{**source.as_json(), "file": Path(source.file).name} for source in report.sources],
    }


def _write_reports(
    folder: Path, held: Contents, known: Knowledge, report: BuildReport, names: int, *, bundled: bool
) -> None:
    write_json(folder / "report.json", report.as_json())
    write_json(folder / "decisions.json", [decision.as_json() for decision in report.decisions])
    write_json(folder / "manifest.json", manifest(report, known.iris, held, names, bundled=bundled))
