"""Review: the uncertain links, one by one in a terminal, with what both sides say; a person decides."""

from __future__ import annotations

from collections.abc import Iterator

import click

from castgraph.linking.entities import Entity, Link, less_than_certain
from castgraph.linking.runs import Run, decision
from castgraph.linking.sssom import Mapped

_FIELDS = (
    "names",
    "years",
    "work",
    "genres",
    "directors",
    "cast",
    "roles",
    "titles",
    "countries",
    "runtime",
    "identifiers",
)
_MOST = 6


def review(done: Run, reviewer: str) -> Iterator[Mapped]:
    """Ask about each candidate, the surest first: the same, not the same, later, or enough for now.

    Each decision is given as soon as it is made. An interrupt or the end of the input is taken as enough.
    """
    candidates = done.linking.candidates
    chosen: dict[str, str] = {}
    for number, one in enumerate(candidates, start=1):
        sure = less_than_certain(one.confidence, 3)
        click.echo(f"\n{number} of {len(candidates)}  {done.target.title}  confidence {sure}", err=True)
        for line in _beside(done, one):
            click.echo(line, err=True)
        if one.subject in chosen:
            click.echo(f"  you said that what is here is {chosen[one.subject]}", err=True)
        for part in one.evidence:
            click.echo(f"  {part.weight:+6.1f} bits  {part.field} {part.level}", err=True)
        answer = _answer()
        if answer == "q":
            return
        if answer != "l":
            if answer == "y":
                chosen[one.subject] = one.object
            yield decision(done, one, same=answer == "y", reviewer=reviewer)


def _answer() -> str:
    try:
        answer: str = click.prompt(
            "the same? [y]es, [n]o, [l]ater, [q]uit", type=click.Choice(["y", "n", "l", "q"]), show_choices=False,
            default="l", err=True,
        )  # fmt: skip
    except click.Abort:
        click.echo("\nenough; what was decided is kept", err=True)
        return "q"
    return answer


def _beside(done: Run, one: Link) -> Iterator[str]:
    """Both sides, field by field: what is said here, and below it what the target says."""
    ours, theirs = done.ours.get(one.subject), done.theirs.get(one.object)
    yield f"  {'here':12} {one.subject}"
    yield f"  {'there':12} {one.object}"
    for name in _FIELDS:
        left, right = _said(ours, name), _said(theirs, name)
        if left or right:
            yield f"  {name:12} {left or '(not stated)'}"
            yield f"  {'':12} {right or '(not stated)'}"


def _said(entity: Entity | None, name: str) -> str:
    value = getattr(entity, name, None)
    if not value:
        return ""
    if not isinstance(value, tuple):
        return str(value)
    texts = [":".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in value]
    return ", ".join(texts[:_MOST]) + (f", … ({len(texts)})" if len(texts) > _MOST else "")
