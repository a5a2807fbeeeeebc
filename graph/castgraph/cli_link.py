"""``castgraph link``: a snapshot linked to other data sets, or one table to another."""

from __future__ import annotations

import getpass
import json
import sys
from pathlib import Path

import click

from castgraph.cli import data_option, explained, say, settings_with
from castgraph.errors import UsageError


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
    dry_run: bool,
    timeout: float,
    as_json: bool,
    data: Path | None,
) -> int:
    """Find which things of the graph are which in other data sets, say how sure, and keep the links.

    A TARGET is dbpedia, linkedmdb, movielens, wikidata, wikipedia-films, or NAME=WHERE to have its data from a file, a
    folder or an endpoint, or a description of your own (NAME.yaml). With --from and --to two files are linked to each
    other, and the links printed as an SSSOM table.
    """
    if bool(subjects) != bool(objects) or bool(subjects) == bool(targets):
        raise UsageError("name a TARGET, or two sides with --from FILE --to FILE")
    if subjects:
        return _link_files(subjects, objects, from_mapping, to_mapping, as_json=as_json)
    if from_mapping or to_mapping:
        raise UsageError("--from-mapping and --to-mapping go with --from and --to")
    if review and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("--review asks a person: it needs a terminal")
    from castgraph.build import ensure_snapshot
    from castgraph.linking.endpoint import Patience
    from castgraph.linking.kept import decided
    from castgraph.linking.review import review as review_links
    from castgraph.linking.runs import keep, run
    from castgraph.linking.targets import find_target
    from castgraph.relink import relink

    folder = settings_with(data=data).data
    found = [find_target(told) for told in targets]
    snapshot = ensure_snapshot(folder, progress=say)
    told = []
    for target in found:
        done = run(target, snapshot.open(), decided(folder, target.name), Patience(timeout), say)
        told.append(done)
        if not dry_run:
            decisions = list(review_links(done, reviewer or getpass.getuser())) if review else []
            keep(folder, done, snapshot.iris, decisions)
    if not dry_run:
        relink(folder, say)
    if as_json:
        shown = [one.linking.as_json() for one in told]
        click.echo(json.dumps(shown[0] if len(shown) == 1 else shown, ensure_ascii=False, indent=1))
        return 0
    for done in told:
        for one in done.linking.accepted:
            click.echo(
                f"= {one.subject_label or one.subject}  {one.object}  {one.object_label or ''}  {one.confidence:.3f}"
            )
        for one in done.linking.candidates:
            click.echo(
                f"? {one.subject_label or one.subject}  {one.object}  {one.object_label or ''}  {one.confidence:.3f}"
            )
        links = done.linking
        click.echo(
            f"{done.target.title}: {len(links.accepted)} links, {len(links.candidates)} uncertain, {links.rejected} pairs rejected"
        )
    return 0


def _link_files(
    subjects: tuple[Path, ...],
    objects: tuple[Path, ...],
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
