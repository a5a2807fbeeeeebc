"""``castgraph link``: a snapshot linked to other data sets, or one table to another."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from castgraph.cli import data_option, explained, say, settings_with
from castgraph.errors import UsageError

if TYPE_CHECKING:
    from castgraph.linking.claims import Claims
    from castgraph.linking.runs import Run
    from castgraph.linking.sssom import Mapped
    from castgraph.linking.targets import Target
    from castgraph.snapshot import Snapshot


@click.command()
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option(
    "--from",
    "subjects",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A table or RDF file to link from, without a snapshot.",
)
@click.option("--to", "objects", type=click.Path(path_type=Path), multiple=True, help="A table or RDF file to link to.")
@click.option("--from-mapping", type=click.Path(path_type=Path), help="What the columns of --from mean (YAML).")
@click.option("--to-mapping", type=click.Path(path_type=Path), help="What the columns of --to mean (YAML).")
@click.option("--review", is_flag=True, help="Decide on what is uncertain, one by one, in the terminal.")
@click.option("--reviewer", help="Whose word a decision is.  [default: the user's name]")
@click.option("--fetch", "is_fetch", is_flag=True, help="Bring in what the target says of the titles linked to it.")
@click.option("--dry-run", is_flag=True, help="Only tell what is found; write nothing.")
@click.option(
    "--timeout", type=float, default=60.0, show_default=True, help="Seconds an endpoint may take for each answer."
)
@click.option("--json", "as_json", is_flag=True, help="Print the links as JSON.")
@data_option("--data")
@explained
def link(
    targets: tuple[str, ...],
    subjects: tuple[Path, ...],
    objects: tuple[Path, ...],
    from_mapping: Path | None,
    to_mapping: Path | None,
    review: bool,
    reviewer: str | None,
    is_fetch: bool,
    dry_run: bool,
    timeout: float,
    as_json: bool,
    data: Path | None,
) -> int:
    """Find which things of the graph are which in other data sets, say how sure, and keep the links.

    A TARGET is dbpedia, linkedmdb, movielens, wikidata, wikipedia-films, or NAME=WHERE to have its data from a file, a
    folder or an endpoint, or a description of your own (NAME.yaml). With --from and --to two files are linked to each
    other, and the links printed as an SSSOM table.

    With --fetch, what the target says of the titles that are linked to it (names, years, makers, who played whom) comes
    into the graph as its claim, in a named graph of its own with its licence, and stays until it is fetched again.
    """
    if bool(subjects) != bool(objects) or bool(subjects) == bool(targets):
        raise UsageError("name a TARGET, or two sides with --from FILE --to FILE")
    if subjects:
        if is_fetch or review:
            raise UsageError("--fetch and --review go with a TARGET")
        return _link_files(subjects, objects, from_mapping, to_mapping, as_json=as_json)
    if from_mapping or to_mapping:
        raise UsageError("--from-mapping and --to-mapping go with --from and --to")
    if review and dry_run:
        raise UsageError("--review keeps what is decided, and --dry-run keeps nothing: choose one")
    if review and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("--review asks a person: it needs a terminal")
    from castgraph.build import ensure_snapshot
    from castgraph.linking.targets import find_target
    from castgraph.relink import relink

    folder = settings_with(data=data).data
    found = [find_target(told) for told in targets]
    snapshot = ensure_snapshot(folder, progress=say)
    if snapshot.has_tables and is_fetch and not dry_run:
        raise UsageError(
            "--fetch: a snapshot built from tables (castgraph build --catalog) takes links alone; see with --dry-run what there is"
        )
    asked = _Asked(folder, snapshot, (reviewer or getpass.getuser()) if review else None, is_fetch, dry_run, timeout)
    told = [_link_target(target, asked) for target in found]
    if not dry_run:
        relink(folder, say)
    if as_json:
        shown = [_as_json(done, claims) for done, claims in told]
        click.echo(json.dumps(shown[0] if len(shown) == 1 else shown, ensure_ascii=False, indent=1))
        return 0
    for done, claims in told:
        for line in (*_links_in_words(done), *_claims_in_words(claims)):
            click.echo(line)
    return 0


@dataclass(frozen=True)
class _Asked:
    """What the command was asked to do with each target; ``reviewer`` is None where nobody reviews."""

    folder: Path
    snapshot: Snapshot
    reviewer: str | None
    is_fetch: bool
    is_dry: bool
    timeout: float


def _link_target(target: Target, asked: _Asked) -> tuple[Run, Claims | None]:
    from castgraph.linking.claims import write_claims
    from castgraph.linking.fetch import fetch
    from castgraph.linking.kept import decided
    from castgraph.linking.patience import Patience
    from castgraph.linking.review import review
    from castgraph.linking.runs import keep, run, settled, titles_linked
    from castgraph.linking.unlinked import unlinked

    patience = Patience(asked.timeout)
    done = run(target, unlinked(asked.snapshot), decided(asked.folder, target.name), patience, say)
    decisions: list[Mapped] = []
    if not asked.is_dry:
        keep(asked.folder, done, asked.snapshot.iris)
    for decided_now in review(done, asked.reviewer) if asked.reviewer and not asked.is_dry else ():
        decisions.append(decided_now)
        keep(asked.folder, done, asked.snapshot.iris, decisions)  # at once: whatever happens next, it was said
    if decisions:
        done = settled(done, decisions)
    if not asked.is_fetch:
        return done, None
    others = [row.object for row in titles_linked(asked.folder, asked.snapshot, done, decisions)]
    claims = fetch(target, others, done.theirs, patience, say)
    if not asked.is_dry:
        write_claims(asked.folder, claims)
    return done, claims


def _as_json(done: Run, claims: Claims | None) -> dict[str, object]:
    from castgraph.linking.claims import as_json

    told: dict[str, object] = done.linking.as_json(done.target.predicate)
    return told if claims is None else {**told, "fetched": as_json(claims)}


def _links_in_words(done: Run) -> Iterator[str]:
    from castgraph.linking.entities import less_than_certain

    links = done.linking
    for sign, some in (("=", links.accepted), ("?", links.candidates)):
        for one in some:
            sure = less_than_certain(one.confidence, 3)
            yield f"{sign} {one.subject_label or one.subject}  {one.object}  {one.object_label or ''}  {sure}"
    yield (
        f"{done.target.title}: {len(links.accepted)} links, {len(links.candidates)} uncertain, {links.rejected} pairs rejected"
    )


def _claims_in_words(claims: Claims | None) -> Iterator[str]:
    if claims is None:
        return
    for record in claims.records:
        for claim in record.claims:
            yield f"+ {record.iri}  {claim.field}  {claim.value}" + (f" as {claim.role}" if claim.role else "")
    yield f"{claims.title}: {len(claims)} facts of {len(claims.records)} titles" + (
        f", licence {claims.licence}" if claims.licence else ""
    )


def _link_files(
    subjects: Sequence[Path],
    objects: Sequence[Path],
    from_mapping: Path | None,
    to_mapping: Path | None,
    *,
    as_json: bool,
) -> int:
    from castgraph.linking.match import link as match
    from castgraph.linking.sides import read_side
    from castgraph.linking.sssom import linking_text

    linking = match(read_side(subjects, from_mapping), read_side(objects, to_mapping), progress=say)
    if as_json:
        click.echo(json.dumps(linking.as_json(), ensure_ascii=False, indent=1))
    else:
        click.echo(linking_text(linking), nl=False)
    return 0
