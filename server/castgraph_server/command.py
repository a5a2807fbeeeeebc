"""The ``castgraph serve`` command, which the command line finds through its entry point."""

from __future__ import annotations

import click

from castgraph.cli import explained, say, settings_with
from castgraph.cli_settings import settings_options


@click.command()
@settings_options(leave_out=("base", "endpoint_timeout"))
@explained
def serve(**given: object) -> None:
    """Serve the snapshot: site, SPARQL endpoint and answers. Builds the bundled snapshot first where there is none."""
    from castgraph.build import ensure_snapshot
    from castgraph_server.serve import serve as run_server

    settings = settings_with(**given)
    ensure_snapshot(settings.data, progress=say)
    run_server(settings)
