"""The ``castgraph serve`` command, which the command line finds through its entry point."""

from __future__ import annotations

from pathlib import Path

import click

from castgraph.cli import data_option, explained, say, settings_with
from castgraph.settings import help_of


@click.command()
@data_option("--data")
@click.option("--host", help=help_of("host"))
@click.option("--port", type=int, help=help_of("port"))
@click.option("--workers", type=int, help=help_of("workers"))
@click.option("--writable", is_flag=True, default=None, help=help_of("writable"))
@click.option("--token-file", type=click.Path(dir_okay=False), help=help_of("token_file"))
@explained
def serve(
    data: Path | None,
    host: str | None,
    port: int | None,
    workers: int | None,
    writable: bool | None,
    token_file: str | None,
) -> None:
    """Serve the snapshot: site, SPARQL endpoint and answers. Builds the bundled snapshot first where there is none."""
    from castgraph.build import ensure_snapshot
    from castgraph_server.serve import serve as run_server

    settings = settings_with(data=data, host=host, port=port, workers=workers, writable=writable, token_file=token_file)
    ensure_snapshot(settings.data, progress=say)
    run_server(settings)
