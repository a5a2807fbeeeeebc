"""A data folder of one's own with the bundled facts."""

from __future__ import annotations

from pathlib import Path

import pytest

from castgraph.build import build


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build([], tmp_path / "data")
    return tmp_path / "data"
