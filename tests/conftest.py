"""What the tests share: the bundled snapshot, built once, and the full captures where they are."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from castgraph.build import build
from castgraph.snapshot import Snapshot
from castgraph.store import LocalStore
from tests.side_by_side import turn

if TYPE_CHECKING:
    from castgraph.ask import Asker

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

settings.register_profile("castgraph", deadline=None)  # no test is timed: a busy machine is no fault
settings.load_profile("castgraph")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Where tests run side by side, one that is marked ``alone`` runs, with its fixtures, while no other does."""
    with turn(alone=item.get_closest_marker("alone") is not None):
        return (yield)


@pytest.fixture(scope="session")
def bundled_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the bundled snapshot. Tests read it and leave it as it is; those that change it copy it."""
    folder = tmp_path_factory.mktemp("bundled")
    build([], folder)
    return folder


@pytest.fixture(scope="session")
def data(bundled_data: Path) -> Path:
    """The data folder a folder of tests reads: the bundled snapshot, where it has none of its own."""
    return bundled_data


@pytest.fixture(scope="session")
def snapshot(data: Path) -> Snapshot:
    """The bundled snapshot."""
    from castgraph.snapshot import current

    found = current(data)
    assert found is not None
    return found


@pytest.fixture(scope="session")
def store(snapshot: Snapshot) -> LocalStore:
    """The bundled snapshot's store."""
    return snapshot.open()


@pytest.fixture(scope="session")
def asker(store: LocalStore, snapshot: Snapshot) -> Asker:
    """Answers questions over the bundled snapshot."""
    from castgraph.ask import Asker

    return Asker(store, snapshot.iris)


@pytest.fixture(scope="session")
def captures() -> Path:
    """The folder of the full captures."""
    folder = SHARED / "captures"
    if not folder.is_dir():
        pytest.skip("the full captures (../shared/captures) are not here")
    return folder
