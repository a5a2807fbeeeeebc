"""The servers under test, one that only reads and one that is writable; without the suites every test here is skipped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.running import running
from tests.w3c.endpoint import TOKEN, Endpoint, publish_snapshot


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """One real server process for the whole session."""
    folder = tmp_path_factory.mktemp("w3c")
    publish_snapshot(folder, [])
    with running(folder) as address:
        under_test = Endpoint(address, folder)
        yield under_test
        under_test.close()


@pytest.fixture(scope="session")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """One writable server process for the whole session; every test begins by having it serve its own data."""
    folder = tmp_path_factory.mktemp("writable")
    publish_snapshot(folder, [])
    with running(folder, writable=1, token=TOKEN) as address:
        under_test = Endpoint(address, folder)
        yield under_test
        under_test.close()
