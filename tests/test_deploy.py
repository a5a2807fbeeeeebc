"""The files for operators name only what there is, and keep the promises they are read for."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from castgraph.cli import main
from castgraph.settings import Settings, variable_of
from castgraph_server import create_app
from castgraph_server.serve import SHUTDOWN_SECONDS
from tests.conftest import ROOT

DOCKERFILE, COMPOSE, UNIT = ROOT / "Dockerfile", ROOT / "compose.yaml", ROOT / "docs" / "deploy" / "castgraph.service"
FILES = (DOCKERFILE, COMPOSE, UNIT, ROOT / "README.md")
MB = {"m": 1, "g": 1024}


def service() -> dict[str, Any]:
    """The service of the compose file."""
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]["castgraph"]
    return found


def megabytes(text: str) -> int:
    """A size as Docker and systemd write it."""
    return int(text[:-1]) * MB[text[-1].lower()]


def given(text: str) -> dict[str, str]:
    """Settings as ``CASTGRAPH_NAME=value`` or ``CASTGRAPH_NAME: value``."""
    return {name: value.strip('"') for name, value in re.findall(r"(CASTGRAPH_\w+)[=:] *(\S+)", text)}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_only_settings_that_exist_are_named(file: Path) -> None:
    named = set(re.findall(r"CASTGRAPH_[A-Z_]*[A-Z]", file.read_text(encoding="utf-8")))
    assert named
    assert named <= {variable_of(row.name) for row in fields(Settings)}


@pytest.mark.parametrize("file", [DOCKERFILE, COMPOSE, UNIT], ids=lambda file: file.name)
def test_the_settings_are_accepted(file: Path) -> None:
    text = file.read_text(encoding="utf-8").replace("%S", "/var/lib").replace("%L", "/var/log")
    settings = Settings.from_environment(given(text))
    assert settings != Settings()


def test_the_commands_exist() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in (DOCKERFILE, COMPOSE, UNIT))
    asked = set(re.findall(r"(?:bin/castgraph|run .* castgraph) (\w+)", text)) | set(
        re.findall(r'CMD \["(\w+)"\]', text)
    )
    assert asked == {"serve", "build"}
    assert asked <= set(main.list_commands(click.Context(main)))


def test_the_image_is_given_every_package() -> None:
    copied = {words[1] for line in DOCKERFILE.read_text().splitlines() if (words := line.split())[:1] == ["COPY"]}
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())
    rooms = set(told["tool"]["setuptools"]["package-dir"].values())
    assert {room.split("/")[0] for room in rooms} <= copied
    assert {told["project"]["readme"], *told["project"]["license-files"], "requirements.lock"} <= set(
        DOCKERFILE.read_text().split()
    )
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert all((ROOT / name).exists() for name in sent)
    assert {room.split("/")[0] for room in rooms} | {"pyproject.toml", "requirements.lock", "README.md"} <= sent


def test_health_is_looked_at_where_it_is_told() -> None:
    (told,) = re.findall(r"CMD (\[.*readyz.*\])", DOCKERFILE.read_text())
    check = service()["healthcheck"]["test"]
    assert yaml.safe_load(told) == check[1:]
    path = re.search(r":8000(/\w+)", check[-1])
    assert path
    assert path[1] in {rule.rule for rule in create_app(Settings()).url_map.iter_rules()}


def test_nothing_runs_as_root_or_may_write_where_it_need_not() -> None:
    compose = service()
    assert re.search(r"^USER 10001$", DOCKERFILE.read_text(), re.MULTILINE)
    assert compose["read_only"] is True
    assert compose["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in compose["security_opt"]
    unit = UNIT.read_text()
    for line in ("DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet="):
        assert f"\n{line}\n" in unit


def test_queries_meet_their_own_limits_before_the_services() -> None:
    unit = UNIT.read_text()
    unit_limit = re.search(r"^MemoryMax=(\w+)$", unit, re.MULTILINE)
    assert unit_limit
    for named, limit in ((given(unit), unit_limit[1]), (service()["environment"], service()["mem_limit"])):
        settings = Settings.from_environment({name: value for name, value in named.items() if "LOG" not in name})
        queries = 2 * settings.query_workers * settings.memory_mb
        assert queries + settings.cache_memory + 512 <= megabytes(limit)  # 512: the server and its idle workers


def test_requests_in_flight_are_given_their_time() -> None:
    stop = re.search(r"^TimeoutStopSec=(\d+)$", UNIT.read_text(), re.MULTILINE)
    assert stop
    assert int(stop[1]) > SHUTDOWN_SECONDS
    assert int(service()["stop_grace_period"].removesuffix("s")) > SHUTDOWN_SECONDS
    assert "\nKillMode=mixed\n" in UNIT.read_text()  # else systemd ends the query workers at once


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    copy = tmp_path / UNIT.name  # the program is not installed here
    copy.write_text(UNIT.read_text().replace("/opt/castgraph/bin/castgraph", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if UNIT.name in line]  # it exits with 0 whatever it finds
    assert (done.returncode, said) == (0, [])
