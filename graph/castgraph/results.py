"""Query results and replies as text for a terminal or a file."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from castgraph.answers import Basis, Reply, Status
from castgraph.errors import UsageError
from castgraph.formats import GRAPH_FORMATS, RESULT_FORMATS, Format
from castgraph.iris import PREFIXES, shorten
from castgraph.store import Results


def render(results: Results, format_name: str | None) -> bytes:
    """Write results in a format by its short name: ``table`` (the default) for people, others as they are defined.

    Raises:
        UsageError: the format cannot hold this kind of result.
    """
    if format_name in (None, "table"):
        if isinstance(results, ox.QuerySolutions):
            return table(results).encode()
        if isinstance(results, ox.QueryBoolean):
            return b"yes\n" if results else b"no\n"
        return ox.serialize(results, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b""
    format_ = Format.of_extension(str(format_name))
    fitting = GRAPH_FORMATS if isinstance(results, ox.QueryTriples) else RESULT_FORMATS
    if format_ not in fitting:
        names = ", ".join(one.extension for one in fitting)
        raise UsageError(f"--format {format_name}: this query's result can be written as {names} or table")
    written: bytes | None = results.serialize(format=format_.codec)  # type: ignore[arg-type]
    text = written or b""
    return text if text.endswith(b"\n") else text + b"\n"


def table(solutions: ox.QuerySolutions) -> str:
    """Solutions as columns of text, IRIs shortened by the known prefixes."""
    header = [variable.value for variable in solutions.variables]
    rows = [[_cell(term) for term in solution] for solution in solutions]
    widths = [max([len(name), *(len(row[column]) for row in rows)]) for column, name in enumerate(header)]

    def line(cells: list[str]) -> str:
        return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()

    ruled = [line(header), line(["─" * width for width in widths]), *(line(row) for row in rows)]
    return "\n".join(ruled) + f"\n({len(rows)} row{'' if len(rows) == 1 else 's'})\n"


def _cell(term: object) -> str:
    if term is None:
        return "—"
    if isinstance(term, ox.NamedNode):
        return shorten(term.value)
    return str(term.value).replace("\n", " ") if isinstance(term, (ox.Literal, ox.BlankNode)) else str(term)


def reply_lines(reply: Reply) -> Iterator[str]:
    """A reply in lines: what was understood, the answers with their sources, and what else could be meant."""
    if reply.reading:
        yield f"Understood: {reply.reading}"
    if reply.message and reply.status is not Status.ANSWERED:
        yield reply.message
    for answer in reply.answers:
        by = f" by {answer.rule}" if answer.rule else ""
        told = "" if answer.basis is Basis.ASSERTED else f" ({answer.basis.value}{by})"
        said = ", ".join(source.where for source in answer.sources)
        yield f"  {answer.label}{told}" + (f"  [{said}]" if said else "")
        if answer.note:
            yield f"    {answer.note}"
    if reply.message and reply.status is Status.ANSWERED:
        yield reply.message
    for alternative in reply.alternatives:
        yield f"  {alternative.reading}: " + (
            f"ask “{alternative.question}”" if alternative.question else str(alternative.iri)
        )
    if reply.suggestions:
        yield "Did you mean:"
        for suggestion in reply.suggestions:
            yield f"  {suggestion}"
