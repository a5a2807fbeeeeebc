"""Two other endpoints, and the real server that is allowed to ask them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest

from tests.running import running, running_oxigraph
from tests.server.federation.endpoints import REMOTE, WAYS, Hostile, hostile_server


@pytest.fixture(scope="session")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Another SPARQL server, with facts of its own: the Rust program, as it is."""
    folder = tmp_path_factory.mktemp("other") / "store"
    store = ox.Store(str(folder))
    store.load(REMOTE, format=ox.RdfFormat.TURTLE)
    store.flush()
    del store
    with running_oxigraph(folder) as address:
        yield address


@pytest.fixture(scope="session")
def hostile() -> Iterator[str]:
    with hostile_server() as address, hostile_server() as elsewhere:
        Hostile.elsewhere = elsewhere
        yield address


@pytest.fixture(scope="session")
def federated(data: Path, oxigraph: str, hostile: str) -> Iterator[str]:
    """The real server, allowed to ask them."""
    listed = " ".join([oxigraph, *(f"{hostile}/{way}" for way in WAYS), f"http://127.1:{urlsplit(hostile).port}/fine"])
    with running(data, service_allow=listed, service_timeout=1, service_rows=1000, service_size=200_000) as address:
        yield address
