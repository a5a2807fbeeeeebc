"""The soak in short, on the real server; and that it notices a server that leaks, and one that fails."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.soak.course import Plan, soak
from tests.soak.verdict import broken, report

FAULTY = str(Path(__file__).with_name("faulty_server.py"))

pytestmark = pytest.mark.alone


def test_the_server_keeps_its_promises_under_load(tmp_path: Path) -> None:
    found = soak(Plan(rounds=3, seconds=5, noise=80), tmp_path / "data")
    assert not broken(found), "\n".join(report(found))


def test_a_server_that_leaks_is_noticed(tmp_path: Path) -> None:
    plan = Plan(rounds=2, seconds=4, clients=1, patience=0, noise=80)
    said = "\n".join(broken(soak(plan, tmp_path / "data", (sys.executable, FAULTY, "--leak"))))
    assert "what is held grows: server by" in said
    assert "what is held grows: files by" in said
    assert "what is held grows: threads by" in said
    assert "processes were not cleared up" in said


def test_a_server_that_fails_ordinary_requests_is_noticed(tmp_path: Path) -> None:
    plan = Plan(rounds=1, seconds=4, patience=0)
    said = broken(soak(plan, tmp_path / "data", (sys.executable, FAULTY, "--lose")))
    assert any(promise.startswith("an ordinary request failed") for promise in said), said
