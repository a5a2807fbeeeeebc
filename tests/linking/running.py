"""The command line in tests of links, and what a folder's graph says after it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from castgraph.cli import main
from castgraph.snapshot import Snapshot, current
from castgraph.store import rows


def run(*arguments: object) -> Result:
    done = CliRunner().invoke(main, list(map(str, arguments)))
    assert done.exit_code == 0, done.stderr
    return done


def snapshot_of(folder: Path) -> Snapshot:
    found = current(folder)
    assert found is not None
    return found


def asked(folder: Path, question: str) -> Any:
    done = CliRunner().invoke(main, ["ask", question, "--data", str(folder), "--json"])
    return json.loads(done.stdout)


def said(folder: Path, query: str) -> list[dict[str, str]]:
    prefixes = "PREFIX film: <https://w3id.org/castgraph/film#> PREFIX prov: <http://www.w3.org/ns/prov#> "
    prefixes += "PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "
    prefixes += (
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
    )
    found = rows(snapshot_of(folder).open().query(prefixes + query))
    return [{name: term.value for name, term in row.items()} for row in found]


def performances(folder: Path, work: str) -> list[dict[str, str]]:
    return said(
        folder,
        f"SELECT * {{ GRAPH ?g {{ <{work}> film:hasPerformance ?p . ?p film:performer ?who . OPTIONAL {{ ?p film:character ?whom }} }} }}",
    )
