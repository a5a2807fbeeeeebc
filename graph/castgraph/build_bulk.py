"""Builds a snapshot from whole tables, beside other sources: as :mod:`castgraph.build`, by the straight road."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from castgraph.build import all_quads, bundled_fingerprint, gather, kept_edits, manifest, source_reports
from castgraph.bulk import Loaded, load
from castgraph.errors import SnapshotError, SourceError, UsageError
from castgraph.iris import Iris
from castgraph.linking.kept import keep_of_sources, read_kept
from castgraph.linking.linksets import linksets, passed_over
from castgraph.linking.sssom import MappingSet
from castgraph.ontology_files import axioms
from castgraph.progress import Tell
from castgraph.reason import closure
from castgraph.records import Json
from castgraph.relink import relink
from castgraph.relink_catalogue import SpokenOf
from castgraph.report import BuildReport, SourceReport
from castgraph.settle import Contents
from castgraph.shapes import check_shapes
from castgraph.snapshot import Snapshot, building, publish, verify, write_json
from castgraph.sources import Sources, listed_files, read_sources
from castgraph.steps import Steps, fingerprint

_SNAPSHOT = "snapshot"


def build_with_tables(
    paths: Sequence[Path], tables: Sequence[Path], data: Path, iris: Iris, tell: Tell, *, keep_edits: bool = True
) -> tuple[Snapshot, BuildReport]:
    """Build a snapshot from tables and other sources, and make it the current one; see :func:`castgraph.build.build`.

    An interrupted build leaves its finished steps in the data folder; the same build goes on from there.

    Raises:
        SnapshotError: the data folder cannot be written, for want of room, say.
    """
    started = time.monotonic()
    tables = [path.resolve() for path in tables]
    missing = next((path for path in tables if not path.exists()), None)
    if missing is not None:
        raise SourceError(missing, "there is no such file or folder", expected="a table or a folder of tables")
    every = [path for path in listed_files([*paths, *tables]) if path.exists()]
    mark = fingerprint([bundled_fingerprint(), iris.base], every)
    tell("reading the sources")
    sources = read_sources(paths) if paths else Sources((), (), ())
    known = gather(replace(sources, links=()), iris)  # links may be of what the tables speak of: they come last
    asserted = [quad.triple for quad in known.asserted()]
    with building(data, keep_as=f"catalog-{mark[:16]}") as folder:
        if kept_edits(data, keep_edits, tell):
            raise UsageError("--catalog: a snapshot with tables takes no updates; leave them out with --discard-edits")
        steps = Steps(folder, mark, tell)
        try:
            loaded = load(tables, all_quads(known, known.asserted(), []), asserted, _SNAPSHOT, steps, iris, tell)
            report = BuildReport(
                sources=(*source_reports(known, sources), *_table_reports(loaded)),
                decisions=known.decisions,
                inferred=dict(loaded.inferred),
                warnings=(*loaded.warnings, *known.passed_over),
                findings=check_shapes((*asserted, *closure(asserted, axioms()).inferred)),
                quads=loaded.quads,
                snapshot=loaded.id,
                seconds=time.monotonic() - started,
                tables=loaded.tables,
            )
            made = folder / _SNAPSHOT
            _write_reports(made, report, loaded, iris)
            write_json(made / "steps.json", steps.spent())
            keep_of_sources(made, sources.links)
            tell("verifying the snapshot")
            snapshot = publish(data, made, loaded.id, verify)
        except OSError as error:
            raise SnapshotError(
                f"{data}: cannot be written ({error.strerror or error}). The snapshot there was is as it was. "
                "The same command goes on with what was not done yet."
            ) from error

    sets = (*sources.links, *read_kept(data))
    return _linked(data, report, sets, tell) if sets else (snapshot, report)


def _linked(data: Path, report: BuildReport, sets: Sequence[MappingSet], tell: Tell) -> tuple[Snapshot, BuildReport]:
    """Bring links into the snapshot that was just built."""
    tell("bringing the links in")
    snapshot = relink(data, tell)
    unknown = passed_over(linksets(sets, snapshot.iris), SpokenOf(snapshot.open().raw))
    report = replace(
        report,
        snapshot=snapshot.id,
        quads=cast("int", snapshot.manifest["quads"]),
        warnings=(*report.warnings, *unknown),
    )
    write_json(snapshot.path / "report.json", report.as_json())
    return snapshot, report


def _table_reports(loaded: Loaded) -> list[SourceReport]:
    return [
        SourceReport(
            file=str(file.source or file.title),
            kind=file.kind,
            publisher=file.publisher,
            graph=file.graph,
            records=file.quads if file.lines is None else max(0, file.lines - 1),
            quads=loaded.graphs[file.graph],
            skipped=(),
        )
        for file in loaded.files
        if file.source is not None
    ]


def _write_reports(folder: Path, report: BuildReport, loaded: Loaded, iris: Iris) -> None:
    write_json(folder / "report.json", report.as_json())
    write_json(folder / "decisions.json", [decision.as_json() for decision in report.decisions])
    held = Contents(loaded.quads, loaded.triples, dict(loaded.graphs), dict(loaded.inferred))
    told: dict[str, Json] = manifest(report, iris, held, loaded.names, bundled=False)
    write_json(folder / "manifest.json", {**told, "sum": f"{loaded.sum:x}", "tables": loaded.tables})
