"""Tests take turns: side by side, but for one that is alone."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from threading import Thread

import pytest

from tests.side_by_side import turn


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """Places of this test's own: it has its turn itself."""
    (tmp_path / "running").touch()
    return tmp_path, tmp_path / "running"


def somebody_waits(queue: Path) -> bool:
    descriptor = os.open(queue, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def test_others_run_side_by_side(places: tuple[Path, Path]) -> None:
    with turn(alone=False, places=places), turn(alone=False, places=places):
        assert not somebody_waits(places[0])


def test_one_that_is_alone_waits_for_those_that_run_and_goes_before_those_that_come_later(
    places: tuple[Path, Path],
) -> None:
    had_their_turn: list[str] = []

    def take_turn(name: str, alone: bool) -> None:
        with turn(alone=alone, places=places):
            had_their_turn.append(name)

    with turn(alone=False, places=places):
        one = Thread(target=take_turn, args=("alone", True))
        one.start()
        while not somebody_waits(places[0]):
            time.sleep(0.01)
        later = Thread(target=take_turn, args=("later", False))
        later.start()
        assert had_their_turn == []
    one.join()
    later.join()
    assert had_their_turn == ["alone", "later"]


def test_none_runs_beside_one_that_is_alone(places: tuple[Path, Path]) -> None:
    had_their_turn: list[str] = []

    def take_turn() -> None:
        with turn(alone=False, places=places):
            had_their_turn.append("other")

    with turn(alone=True, places=places):
        other = Thread(target=take_turn)
        other.start()
        while not somebody_waits(places[0]):
            time.sleep(0.01)
        had_their_turn.append("alone")
    other.join()
    assert had_their_turn == ["alone", "other"]
