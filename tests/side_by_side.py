"""Tests run side by side in several processes (``make test``); those marked ``alone`` run while no other does."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PLACES = (Path(__file__).parent, Path(__file__))
"""A folder and a file that all processes have, to be locked (``flock(2)``). Nothing is written to them."""


@contextmanager
def turn(*, alone: bool, places: tuple[Path, Path] = PLACES) -> Iterator[None]:
    """Wait until a test may run, and hold up the tests that may not run meanwhile.

    Whoever waits to be alone waits for the tests that run, and is overtaken by none that come later.
    """
    with _opened(places[0]) as queue, _opened(places[1]) as running:
        fcntl.flock(queue, fcntl.LOCK_EX)
        try:
            fcntl.flock(running, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        finally:
            fcntl.flock(queue, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(running, fcntl.LOCK_UN)  # closing is not enough: a process that was forked may have it open


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
