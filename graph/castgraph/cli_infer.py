"""The ``castgraph infer`` command, which the command line finds through its entry point."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from castgraph.cli import explained, say, settings_with
from castgraph.errors import InconsistentDataError

if TYPE_CHECKING:
    from castgraph.reason import Summary

_EXISTING = click.Path(path_type=Path, exists=True)


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT…", type=_EXISTING)
@click.option(
    "--ontology", "ontology", multiple=True, metavar="FILE", type=_EXISTING, help="More axioms; may be repeated."
)
@click.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="Where to write.  [default: stdout]")
@click.option("--with-input", is_flag=True, help="Write the input, too.")
@click.option("--full", is_flag=True, help="Write what is inferred about classes and properties, too.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON; needs -o.")
@explained
def infer(
    inputs: tuple[Path, ...], ontology: tuple[Path, ...], out: Path | None, with_input: bool, full: bool, as_json: bool
) -> None:
    """Write what follows from the RDF in INPUT… by the rules of OWL 2 RL: inferred triples only.

    INPUT is any number of files and folders: .ttl, .nt, .nq, .trig, .rdf, .owl, .xml, .jsonld, each also .gz. Axioms may
    stand among the data. The ending of OUT says its format; in .nq and .trig, inferred triples have graphs of their own.

    Exit code 3: the data contradict the ontology. The contradictions are listed, and nothing is written.
    """
    from castgraph.infer import Graphs
    from castgraph.infer import infer as infer_to
    from castgraph.iris import Iris

    if as_json and out is None:
        raise click.UsageError("--json prints the summary on stdout, where the triples would go: name a file with -o.")
    iris = Iris(settings_with().base)
    with Progress() as progress:
        try:
            summary = infer_to(
                inputs,
                out or sys.stdout.buffer,
                Graphs(iris.inferred, iris.graph("equality")),
                ontology=ontology,
                with_input=with_input,
                full=full,
                progress=progress,
            )
        except InconsistentDataError as error:
            if as_json:
                click.echo(json.dumps({"violations": error.violations}, ensure_ascii=False, indent=1))
            raise
    sys.stdout.buffer.flush()
    for warning in summary.warnings:
        click.echo(f"castgraph: warning: {warning}", err=True)
    if as_json:
        click.echo(json.dumps(_as_json(summary), ensure_ascii=False, indent=1))
    else:
        for line in _lines(summary):
            click.echo(line, err=True)


class Progress:
    """Tells of each step that takes over a second, once it does."""

    def __init__(self, seconds: float = 1.0) -> None:
        self._seconds = seconds
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Progress:
        self("reading")
        return self

    def __call__(self, step: str) -> None:
        self._stop()
        self._timer = threading.Timer(self._seconds, say, [step])
        self._timer.daemon = True
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


def _as_json(summary: Summary) -> dict[str, object]:
    return {
        "given": summary.given,
        "inferred": summary.inferred,
        "equality": summary.equality,
        "milliseconds": round(summary.milliseconds, 1),
        "rules": dict(summary.rules),
        "warnings": list(summary.warnings),
        "violations": [],
    }


def _lines(summary: Summary) -> list[str]:
    seconds = summary.milliseconds / 1000
    rate = f", {round(summary.given / seconds):,} triples/s" if summary.given and seconds > 1 else ""
    triples = "triple" if summary.given == 1 else "triples"
    lines = [f"{summary.given:,} {triples} in, {summary.inferred:,} inferred, {seconds:.1f} s{rate}"]
    return lines + [f"  {rule}: {count:,}" for rule, count in summary.rules.items() if count]
