"""The ``castgraph infer`` command, which the command line finds through its entry point."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from castgraph.cli import explained, say, settings_with
from castgraph.errors import InconsistentDataError

if TYPE_CHECKING:
    from castgraph.reason import Step, Summary

_EXISTING = click.Path(path_type=Path, exists=True)


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT…", type=_EXISTING)
@click.option(
    "--ontology", "ontology", multiple=True, metavar="FILE", type=_EXISTING, help="More axioms; may be repeated."
)
@click.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="Where to write.  [default: stdout]")
@click.option("--with-input", is_flag=True, help="Write the input, too.")
@click.option("--full", is_flag=True, help="Write what is inferred about classes and properties, too.")
@click.option(
    "--rules", "by_rule", is_flag=True, help="Say how many triples each rule added; takes several times as long."
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON; needs -o.")
@explained
def infer(
    inputs: tuple[Path, ...],
    ontology: tuple[Path, ...],
    out: Path | None,
    with_input: bool,
    full: bool,
    by_rule: bool,
    as_json: bool,
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
    with _stopped_in_order(), Progress() as progress:
        try:
            summary = infer_to(
                inputs,
                out or sys.stdout.buffer,
                Graphs(iris.inferred, iris.graph("equality")),
                ontology=ontology,
                with_input=with_input,
                full=full,
                by_rule=by_rule,
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
    """Tells of each step that takes over a second, once it does, and then every ``again`` seconds: how far, how fast."""

    def __init__(self, seconds: float = 1.0, again: float = 5.0) -> None:
        self._seconds, self._again = seconds, again
        self._step: tuple[float, Step] | None = None
        self._over = threading.Event()
        self._teller = threading.Thread(target=self._tell, daemon=True)

    def __enter__(self) -> Progress:
        self._teller.start()
        return self

    def __call__(self, step: Step) -> None:
        began, before = self._step or (0.0, None)
        self._step = (began if before and before.name == step.name else time.monotonic()), step

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._teller.join()

    def _tell(self) -> None:
        told: tuple[float, float] = (0.0, 0.0)
        while not self._over.wait(self._seconds / 10):
            if self._step is None:
                continue
            began, step = self._step
            now = time.monotonic()
            due = told[1] + self._again if told[0] == began else began + self._seconds
            if now >= due:
                told = began, now
                say(_how_far(step, now - began))


def _how_far(step: Step, seconds: float) -> str:
    """A step in words, with its rate and the time left where they are known.

    >>> from castgraph.reason import Step
    >>> _how_far(Step("reading", 1_200_000, share=0.25), 3.0)
    'reading: 1,200,000 triples, 400,000 triples/s, 25 %, 9 s left'
    """
    told = [f"{step.done:,} {step.unit}, {step.done / seconds:,.0f} {step.unit}/s"] if step.done else []
    if step.share:
        told.append(f"{step.share:.0%}, {seconds * (1 - step.share) / step.share:.0f} s left".replace("%", " %"))
    return f"{step.name}: {', '.join(told) or f'{seconds:.0f} s'}"


@contextmanager
def _stopped_in_order() -> Iterator[None]:
    """Told to stop (SIGTERM), the command ends as it does otherwise: no temporary file and no rule engine stays behind."""

    def stop(*_: object) -> NoReturn:
        sys.exit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


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
    others = summary.inferred - sum(summary.rules.values())
    rules = {"other rules (told apart with --rules)": others, **summary.rules} if summary.rules else {}
    return lines + [f"  {rule}: {count:,}" for rule, count in rules.items() if count]
