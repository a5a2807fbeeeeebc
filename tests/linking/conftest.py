"""A data folder of one's own with the bundled facts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def folder(bundled_data: Path, tmp_path: Path) -> Path:
    shutil.copytree(bundled_data, tmp_path / "data", symlinks=True)
    return tmp_path / "data"
