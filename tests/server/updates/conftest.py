"""A real writable server over a copy of the bundled snapshot."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import running
from tests.server.updates.site import (
    TOKEN,
    Site,
)


@pytest.fixture(scope="module")
def site(bundled_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A writable server; each test changes things of its own, or puts back what it changed."""
    folder = tmp_path_factory.mktemp("writable") / "data"
    shutil.copytree(bundled_data, folder, symlinks=True)
    with running(folder, writable=1, token=TOKEN, update_wait=1, max_body=10_000, max_update=100_000) as address:
        yield Site(address, folder)


@pytest.fixture
def fresh(bundled_data: Path, tmp_path: Path) -> Path:
    """A data folder of a test's own."""
    shutil.copytree(bundled_data, tmp_path / "data", symlinks=True)
    return tmp_path / "data"
