"""The ``castgraph explain`` command, which the command line finds through its entry point."""

from __future__ import annotations

import json
from pathlib import Path

import click

from castgraph.cli import data_option, explained, say, settings_with

_EXIT_DOES_NOT_FOLLOW = 4


@click.command()
@click.argument("subject")
@click.argument("predicate")
@click.argument("object_", metavar="OBJECT")
@click.option("--json", "as_json", is_flag=True, help="Print the proof as JSON.")
@data_option("--data")
@explained
def explain(subject: str, predicate: str, object_: str, as_json: bool, data: Path | None) -> int:
    """Prove that SUBJECT PREDICATE OBJECT holds: the rules, down to asserted triples with source and line.

    Terms are prefixed names (film:played), IRIs (http://… or in <>), names below the base (id/person/michael-riley), or
    literals in quotes ('"Rick Erwin"'); "a" is rdf:type. Exit code 4: it does not follow.
    """
    from castgraph.build import ensure_snapshot
    from castgraph.proof import Prover
    from castgraph.proof_terms import Names, Position

    settings = settings_with(data=data)
    snapshot = ensure_snapshot(settings.data, progress=say)
    names = Names(snapshot.iris.base)
    triple = (
        names.read(subject, Position.SUBJECT),
        names.read(predicate, Position.PREDICATE),
        names.read(object_, Position.OBJECT),
    )
    prover = Prover.of(snapshot)
    step = prover.prove(triple)
    if as_json:
        nothing = {"triple": list(triple), "rule": None, "premises": []}
        click.echo(json.dumps(nothing if step is None else step.as_json(), ensure_ascii=False, indent=1))
    else:
        for line in prover.lines(step, names) if step else prover.refusal(triple, names):
            click.echo(line)
    return 0 if step else _EXIT_DOES_NOT_FOLLOW
