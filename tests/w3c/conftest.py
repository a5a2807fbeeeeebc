"""The server under test; without the suites every test here is skipped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.running import running
from tests.w3c.endpoint import Endpoint, publish_snapshot


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """One real server process for the whole session."""
    folder = tmp_path_factory.mktemp("w3c")
    publish_snapshot(folder, [])
    with running(folder) as address:
        under_test = Endpoint(address, folder)
        yield under_test
        under_test.close()
