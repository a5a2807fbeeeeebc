"""The command line. Each command parses, calls one library function, prints, and returns an exit code.

Exit codes: 0 done; 1 a failure, explained on stderr; 2 wrong usage; 3 inconsistent data; 4 a question without an answer.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from importlib.metadata import entry_points
from pathlib import Path
from typing import ParamSpec

import click

from castgraph import __version__
from castgraph.errors import CastgraphError, QueryParameterError
from castgraph.settings import Settings, help_of, variable_of

_P = ParamSpec("_P")
_EXIT_NO_ANSWER = 4
_FORMATS = ("table", "json", "xml", "csv", "tsv", "ttl", "nt", "rdf", "jsonld")


def explained(command: Callable[_P, int | None]) -> Callable[_P, None]:
    """Turns a failure castgraph can explain into its message on stderr and its exit code."""

    @wraps(command)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            code = command(*args, **kwargs)
        except CastgraphError as error:
            click.echo(f"castgraph: {error}", err=True)
            sys.exit(error.exit_code)
        except BrokenPipeError:  # whoever read our output has enough
            sys.stderr.close()
            sys.exit(0)
        sys.exit(code or 0)

    return run


def data_option(flag: str) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """The option that names the data folder."""
    default = str(Settings().data)
    return click.option(
        flag,
        "data",
        type=click.Path(path_type=Path, file_okay=False),
        help=f"{help_of('data')}  [env: {variable_of('data')}; default: {default}]",
    )


def settings_with(**given: object) -> Settings:
    """The settings from the environment, with what was given on the command line instead."""
    told = {name: value for name, value in given.items() if value is not None}
    return replace(Settings.from_environment(), **told)  # type: ignore[arg-type]


class _Commands(click.Group):
    """The commands here, and those that other packages register in the entry-point group ``castgraph.commands``.

    The server registers ``serve`` that way: the library does not depend on it.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *entry_points(group="castgraph.commands").names})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        for entry in entry_points(group="castgraph.commands", name=cmd_name):
            command: click.Command = entry.load()
            return command
        return None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="castgraph")
def main() -> None:
    """Who played whom: facts from title pages as linked data, inferred with OWL 2 RL and served over SPARQL."""


@main.command()
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--catalog",
    "tables",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A table of titles, people or roles, or a folder of them; may be repeated.",
)
@data_option("--out")
@click.option("--base", help=help_of("base"))
@click.option("--reasoner", type=click.Choice(["nemo", "owlrl"]), default="nemo", help="Which engine infers.")
@click.option("--discard-edits", is_flag=True, help="Leave out what updates changed; it is written to a file.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@explained
def build(
    sources: tuple[Path, ...],
    tables: tuple[Path, ...],
    data: Path | None,
    base: str | None,
    reasoner: str,
    discard_edits: bool,
    as_json: bool,
) -> None:
    """Build a snapshot from SOURCES: captures, HTML pages, RDF files, curated YAML, or folders of them.

    Whole tables, such as IMDb's, are given with --catalog: a build of any size, which goes on where it was interrupted
    when it is asked for again. Without any source, the bundled facts about Race to Mars are built. What updates changed
    is kept.
    """
    from castgraph.build import build as build_snapshot
    from castgraph.iris import Iris
    from castgraph.reason import Reasoner

    settings = settings_with(data=data, base=base)
    snapshot, report = build_snapshot(
        sources,
        settings.data,
        tables=tables,
        iris=Iris(settings.base),
        reasoner=Reasoner(reasoner),
        keep_edits=not discard_edits,
        progress=say,
    )
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
    else:
        for line in report.lines():
            click.echo(line)
        click.echo(f"Written to {snapshot.path}")


@main.command()
@click.argument("query")
@click.option("-p", "--parameter", "parameters", multiple=True, metavar="NAME=VALUE", help="Value of a parameter.")
@click.option("--format", "format_name", type=click.Choice(_FORMATS), help="How to print the result.  [default: table]")
@click.option("--endpoint", metavar="URL", help="Ask this SPARQL endpoint instead of the snapshot.")
@click.option("--timeout", type=float, help=help_of("endpoint_timeout"))
@click.option("--service-allow", metavar="URLS", help=help_of("service_allow"))
@data_option("--data")
@explained
def query(
    query: str,
    parameters: tuple[str, ...],
    format_name: str | None,
    endpoint: str | None,
    timeout: float | None,
    service_allow: str | None,
    data: Path | None,
) -> None:
    """Run a saved QUERY by name, a .rq file, or a query from standard input (-)."""
    from castgraph.catalog import parse_saved_query, saved_query
    from castgraph.results import render
    from castgraph.store import GraphStore, RemoteStore

    settings = settings_with(data=data, endpoint_timeout=timeout, service_allow=service_allow)
    if query == "-":
        saved = parse_saved_query(Path("standard-input"), sys.stdin.read())
    elif query.endswith(".rq") or Path(query).is_file():
        saved = parse_saved_query(Path(query), _read(Path(query)))
    else:
        saved = saved_query(query)
    store: GraphStore
    if endpoint:
        store = RemoteStore(endpoint, settings.endpoint_timeout)
    else:
        from castgraph.build import ensure_snapshot
        from castgraph.federation import FederatedStore

        store = FederatedStore(ensure_snapshot(settings.data, progress=say).open(), settings)
    results = store.query(saved.sparql, saved.bindings(_pairs(parameters)))
    sys.stdout.buffer.write(render(results, format_name))
    sys.stdout.buffer.flush()


@main.command()
@click.argument("question", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print the reply as JSON.")
@data_option("--data")
@explained
def ask(question: tuple[str, ...], as_json: bool, data: Path | None) -> int:
    """Answer a QUESTION such as "Who played Rick Erwin?", with its sources."""
    from castgraph.answers import Status
    from castgraph.ask import Asker
    from castgraph.build import ensure_snapshot
    from castgraph.name_index import NameIndex
    from castgraph.results import reply_lines

    snapshot = ensure_snapshot(settings_with(data=data).data, progress=say)
    store = snapshot.open()
    reply = Asker(store, snapshot.iris, NameIndex(store, snapshot.names())).ask(" ".join(question))
    if as_json:
        click.echo(json.dumps(reply.as_json(), ensure_ascii=False, indent=1))
    else:
        for line in reply_lines(reply):
            click.echo(line)
    return 0 if reply.status is Status.ANSWERED else _EXIT_NO_ANSWER


@main.command()
@data_option("--data")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@explained
def check(data: Path | None, as_json: bool) -> int:
    """Check the snapshot: whole on disk, consistent with the ontology, and conforming to the SHACL shapes."""
    from castgraph.check import check_snapshot

    checked = check_snapshot(settings_with(data=data).data, say)
    if as_json:
        click.echo(json.dumps(checked.as_json(), ensure_ascii=False, indent=1))
    else:
        for line in checked.lines():
            click.echo(line)
    return checked.exit_code


def say(message: str) -> None:
    """Progress goes to stderr."""
    click.echo(f"castgraph: {message} …", err=True)


def _pairs(parameters: Sequence[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for parameter in parameters:
        name, sign, value = parameter.partition("=")
        if not sign or not name:
            raise QueryParameterError(f"-p {parameter!r}: write NAME=VALUE")
        pairs[name] = value
    return pairs


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CastgraphError(f"{path}: cannot be read ({error})") from error
