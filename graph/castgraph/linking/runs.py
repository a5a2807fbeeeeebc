"""Runs: a snapshot linked to a target, with people's decisions kept, and the outcome written where builds read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from castgraph.errors import UsageError
from castgraph.iris import DEFAULT_BASE, Iris
from castgraph.linking.endpoint import endpoint_side
from castgraph.linking.entities import Entity, Link, Linking, Outcome, Side, less_than_certain
from castgraph.linking.kept import decided, decided_file, found_file, read_kept, read_of_sources, write_rows
from castgraph.linking.linksets import linksets
from castgraph.linking.match import link
from castgraph.linking.patience import Patience
from castgraph.linking.reconciliation import reconciled_side
from castgraph.linking.sides import read_side
from castgraph.linking.snapshot_side import snapshot_side
from castgraph.linking.sssom import MANUAL, Mapped, MappingSet, found
from castgraph.linking.targets import Target, TargetSide
from castgraph.snapshot import Snapshot
from castgraph.store import GraphStore


@dataclass(frozen=True)
class Run:
    """What came of linking to a target, with the entities of both sides for whoever reviews it."""

    target: Target
    linking: Linking
    ours: dict[str, Entity]
    theirs: dict[str, Entity]


def run(
    target: Target, store: GraphStore, decisions: Iterable[Mapped], patience: Patience, progress: Callable[[str], None]
) -> Run:
    """Link the things of a graph to a target.

    What a person decided is not found again: an accepted pair keeps its place, a rejected one does not come back.

    Raises:
        UsageError: nothing says how the target's data are had.
        SourceError: a file of the target cannot be read.
        EndpointError: its endpoint does not answer as it should.
    """
    if not target.sides or not (target.endpoint or target.files or target.reconcile):
        raise UsageError(
            f"{target.name}: nothing says where its data are; try {target.name}=FILE or FOLDER, or an endpoint"
        )
    if missing := [str(file) for file in target.files if not file.is_file()]:
        raise UsageError(f"{target.name}: no {', '.join(missing)}; say where its data are: {target.name}=FOLDER")
    linkings: list[Linking] = []
    ours: dict[str, Entity] = {}
    theirs: dict[str, Entity] = {}
    for side in target.sides:
        mine = snapshot_side(store, people=side.description.kind == "person")
        progress(f"{target.title}: {len(mine):,} {side.description.kind}s here")
        other = _side(target, side, mine, patience, progress)
        ours |= {one.id: one for one in mine}
        theirs |= {one.id: one for one in other}
        if len(mine) and len(other):
            linkings.append(link(mine, other, progress=progress))
    return Run(target, _settled(target, linkings, tuple(decisions)), ours, theirs)


def _side(target: Target, side: TargetSide, mine: Side, patience: Patience, progress: Callable[[str], None]) -> Side:
    if target.files:
        return read_side(target.files, side.description)
    if target.reconcile:
        return reconciled_side(target, side, mine, patience, progress)
    return endpoint_side(target, side, mine, patience, progress)


def _settled(target: Target, linkings: Iterable[Linking], decisions: tuple[Mapped, ...]) -> Linking:
    """All links together, as far as no person decided otherwise."""
    several = list(linkings)
    word = {(row.subject, row.object): row for row in decisions}
    chosen = {row.subject for row in decisions if not row.negated} | {
        row.object for row in decisions if not row.negated
    }
    accepted: list[Link] = []
    candidates: list[Link] = []
    rejected = sum(one.rejected for one in several)
    for one in (pair for each in several for pair in (*each.accepted, *each.candidates)):
        row = word.get((one.subject, one.object))
        if row is not None and row.negated:
            rejected += 1
        elif row is not None:
            accepted.append(_as(one, Outcome.ACCEPTED))
        elif one.outcome is Outcome.ACCEPTED and not {one.subject, one.object} & chosen:
            accepted.append(one)
        else:
            candidates.append(_as(one, Outcome.CANDIDATE))
    return Linking("castgraph", target.name, tuple(accepted), tuple(candidates), rejected)


def settled(done: Run, decisions: Iterable[Mapped]) -> Run:
    """A run with what a person decided on it: its accepted links and candidates as they are now."""
    return replace(done, linking=_settled(done.target, (done.linking,), tuple(decisions)))


def _as(one: Link, outcome: Outcome) -> Link:
    if one.outcome is outcome:
        return one
    return Link(one.subject, one.object, one.confidence, outcome, one.evidence, one.subject_label, one.object_label)


def keep(data: Path, done: Run, iris: Iris, decisions: Iterable[Mapped] = ()) -> None:
    """Write what was found, and what was decided on it just now, to the files that builds in the data folder read."""
    header: dict[str, object] = {
        "mapping_set_id": iris.links(done.target.name),
        "mapping_set_title": f"castgraph to {done.target.title}",
        "object_source": done.target.homepage or done.target.name,
    }
    prefixes = {"thing": iris.thing("")} if iris.base != DEFAULT_BASE else {}
    found_now, word = _outcome(data, done, decisions)
    write_rows(found_file(data, done.target.name), found_now, header, prefixes)
    if word:
        write_rows(decided_file(data, done.target.name), word, header, prefixes)


def _outcome(data: Path, done: Run, decisions: Iterable[Mapped]) -> tuple[tuple[Mapped, ...], tuple[Mapped, ...]]:
    """The rows of both files: what was found and nobody decided on, and all that people decided."""
    today = datetime.now(UTC).date().isoformat()
    known = decided(data, done.target.name)
    word = {(row.subject, row.object): row for row in (*known, *decisions)}
    links = [one for one in (*done.linking.accepted, *done.linking.candidates) if (one.subject, one.object) not in word]
    return tuple(found(links, done.target.predicate, today)), tuple(word.values())


def titles_linked(data: Path, snapshot: Snapshot, done: Run, decisions: Iterable[Mapped] = ()) -> tuple[Mapped, ...]:
    """The links of titles that hold after a run, those that came with the sources included. Writes nothing."""
    name = done.target.name
    written = {found_file(data, name), decided_file(data, name)}
    kept = [one for one in read_kept(data) if one.path not in written]
    now = zip((found_file(data, name), decided_file(data, name)), _outcome(data, done, decisions), strict=True)
    sets = [*read_of_sources(snapshot.path), *kept, *(MappingSet(rows, path=path) for path, rows in now)]
    holding = next((one.holding for one in linksets(sets, snapshot.iris) if one.target.name == name), ())
    titles = {entity.id for entity in done.ours.values() if entity.kind == "title"}
    return tuple(row for row in holding if row.subject in titles)


def decision(done: Run, one: Link, *, same: bool, reviewer: str) -> Mapped:
    """A person's word on a link, as it is kept."""
    return Mapped(
        subject=one.subject,
        predicate=done.target.predicate,
        object=one.object,
        justification=MANUAL,
        negated=not same,
        confidence=None,
        subject_label=one.subject_label,
        object_label=one.object_label,
        reviewer=reviewer,
        date=datetime.now(UTC).date().isoformat(),
        comment=f"proposed with confidence {less_than_certain(one.confidence, 3)}: "
        + "; ".join(f"{part.field} {part.level}" for part in one.evidence),
    )
