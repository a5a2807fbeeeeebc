"""Which snapshot is served, and what happens when it changes."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from castgraph.settings import Settings
from castgraph.snapshot import Snapshot
from castgraph_server import create_app
from castgraph_server.current import SnapshotHolder

OTHER = '<graph/identity> { <id/person/ann> skos:prefLabel "Ann" . }'


def content(response: TestResponse) -> Any:
    """The JSON of a response."""
    return json.loads(response.data)


def test_without_a_snapshot_the_server_says_what_to_do(tmp_path: Path) -> None:
    client = create_app(Settings(data=tmp_path / "none")).test_client()
    for address in ("/", "/readyz", "/sparql?query=ASK{}", "/page/person/ann"):
        response = client.get(address)
        assert response.status_code == 503
        assert "castgraph build" in content(response)["detail"]
        assert str(tmp_path) not in response.text
    assert client.get("/healthz").status_code == 200


def test_a_first_snapshot_is_noticed(tmp_path: Path, build: Callable[..., Snapshot]) -> None:
    client = create_app(Settings(data=tmp_path)).test_client()
    assert client.get("/readyz").status_code == 503
    build(tmp_path, "one", OTHER)
    assert content(client.get("/readyz")) == {"status": "ready", "snapshot": "one"}


def test_a_new_snapshot_is_served_and_requests_in_flight_keep_the_old(
    tmp_path: Path, build: Callable[..., Snapshot]
) -> None:
    build(tmp_path, "one")
    holder = SnapshotHolder(tmp_path)
    in_flight = holder.served()
    build(tmp_path, "two", OTHER)
    assert holder.served().snapshot.id == "two"
    person = "ASK { <https://w3id.org/castgraph/id/person/zoe-quill> ?p ?o }"
    assert in_flight.store.query(person)
    assert not holder.served().store.query(person)


@pytest.mark.parametrize("damage", ["store", "manifest", "pointer"])
def test_a_broken_snapshot_leaves_the_old_one_serving(
    tmp_path: Path, build: Callable[..., Snapshot], damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    build(tmp_path, "one")
    client = create_app(Settings(data=tmp_path)).test_client()
    assert content(client.get("/readyz"))["snapshot"] == "one"
    new = build(tmp_path, "two", OTHER)
    if damage == "store":
        shutil.rmtree(new.path / "store")
        (new.path / "store").write_text("no store")
    elif damage == "manifest":
        (new.path / "manifest.json").unlink()
    else:
        (tmp_path / "current").unlink()
    with caplog.at_level(logging.ERROR):
        ready = client.get("/readyz")
    assert (ready.status_code, content(ready)["snapshot"]) == (200, "one")
    assert "the snapshot before it is served" in content(ready)["problem"]
    assert "the snapshot before it stays" in caplog.text
    assert client.get("/page/person/zoe-quill").status_code == 200


def test_each_snapshot_has_etags_of_its_own(tmp_path: Path, build: Callable[..., Snapshot]) -> None:
    client = create_app(Settings(data=tmp_path)).test_client()
    build(tmp_path, "one")
    before = client.get("/sparql?query=ASK{}").headers["ETag"]
    build(tmp_path, "two", OTHER)
    response = client.get("/sparql?query=ASK{}", headers={"If-None-Match": before})
    assert (response.status_code, response.headers["ETag"] == before) == (200, False)
