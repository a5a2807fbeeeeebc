"""The settings: printed, taken from the environment and from options, and refused where they are wrong."""

from __future__ import annotations

import json
import subprocess
import sysconfig
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from castgraph.settings import Settings, variable_of
from tests.running import started

CASTGRAPH = str(Path(sysconfig.get_path("scripts")) / "castgraph")
PROMISED = (
    "DATA",
    "TIMEOUT",
    "MEMORY_MB",
    "MAX_ROWS",
    "SERVICE_ALLOW",
    "WORKERS",
)  # design.md, "Interfaces others rely on"


def _settings(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CASTGRAPH, "settings", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": "", **environment},
        check=False,
    )


def test_all_settings_are_printed_with_value_default_and_help() -> None:
    done = _settings("--json", CASTGRAPH_MAX_ROWS="5", CASTGRAPH_TOKEN="a secret of twenty bytes")
    rows = {row["variable"]: row for row in json.loads(done.stdout)}
    assert rows.keys() == {variable_of(name) for name in Settings.__dataclass_fields__}
    assert rows.keys() >= {f"CASTGRAPH_{name}" for name in PROMISED}
    assert (rows["CASTGRAPH_MAX_ROWS"]["value"], rows["CASTGRAPH_MAX_ROWS"]["default"]) == (5, 10_000_000)
    assert rows["CASTGRAPH_MAX_ROWS"]["is_set"]
    assert not rows["CASTGRAPH_PORT"]["is_set"]
    assert all(row["help"].endswith(".") for row in rows.values())
    assert "secret of twenty" not in done.stdout

    lines = _settings(CASTGRAPH_MAX_ROWS="5").stdout.splitlines()
    assert "CASTGRAPH_MAX_ROWS=5  (default: 10000000)" in lines
    assert "CASTGRAPH_SERVICE_ALLOW=" in lines


def test_a_misspelt_variable_is_told_and_a_wrong_value_refused() -> None:
    done = _settings(CASTGRAPH_TIMOUT="3")
    assert (done.returncode, done.stderr) == (0, "castgraph: CASTGRAPH_TIMOUT is set, but there is no such setting\n")
    done = _settings(CASTGRAPH_TIMEOUT="soon")
    assert done.returncode == 2
    assert "CASTGRAPH_TIMEOUT: 'soon' is no float" in done.stderr


def test_a_server_takes_a_setting_as_an_option(data: Path) -> None:
    with started(data, [CASTGRAPH, "serve", "--max-rows", "3"]) as server, pytest.raises(HTTPError) as refused:
        urlopen(f"{server.address}/sparql?{urlencode({'query': 'SELECT * { ?s ?p ?o } LIMIT 4'})}", timeout=20)
    assert refused.value.code == 503
    assert json.load(refused.value)["rows"] == 3
