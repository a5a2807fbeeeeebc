"""Checking a snapshot with tables: what was changed behind its back is told, and so is how far a long check has come."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from benchmarks.imdb_generator import write_dump
from castgraph import progress
from castgraph.build import build
from castgraph.check import check_snapshot
from castgraph.errors import SnapshotError
from castgraph.iris import FILM
from castgraph.snapshot import Snapshot, current

DEFAULT = ox.DefaultGraph()
PLAYED = ox.NamedNode(FILM + "played")
PERFORMER = ox.NamedNode(FILM + "performer")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The snapshot of a dump in IMDb's form with 300 principals."""
    folder = tmp_path_factory.mktemp("imdb")
    write_dump(folder, 300)
    return build([], tmp_path_factory.mktemp("built"), tables=[folder])[0]


def changed(built: Snapshot, folder: Path, change: Callable[[ox.Store], None]) -> Path:
    """A copy of the data folder whose store was changed."""
    shutil.copytree(built.path.parents[1], folder, symlinks=True)
    snapshot = current(folder)
    assert snapshot is not None
    store = ox.Store(str(snapshot.path / "store"))
    change(store)
    store.flush()
    return folder


def one_of(store: ox.Store, predicate: ox.NamedNode, graph: ox.DefaultGraph | None) -> ox.Quad:
    found = store.quads_for_pattern(None, predicate, None, graph)
    return next(quad for quad in found if graph is not None or not isinstance(quad.graph_name, ox.DefaultGraph))


def replaced(store: ox.Store, quad: ox.Quad) -> None:
    """A quad is exchanged for another, so that the number of quads stays."""
    store.remove(quad)
    store.add(ox.Quad(quad.subject, quad.predicate, ox.NamedNode("https://example.org/else"), quad.graph_name))


def test_a_whole_snapshot_is_found_whole(built: Snapshot) -> None:
    checked = check_snapshot(built.path.parents[1])
    assert (checked.exit_code, checked.missing, checked.violations) == (0, 0, ())
    assert "closure complete" in list(checked.lines())


def test_an_inferred_triple_that_is_gone_is_told(built: Snapshot, tmp_path: Path) -> None:
    data = changed(built, tmp_path / "data", lambda store: replaced(store, one_of(store, PLAYED, DEFAULT)))
    checked = check_snapshot(data)
    assert (checked.exit_code, checked.missing) == (1, 1)
    assert "1 triples are missing of what follows" in list(checked.lines())


def test_a_stated_triple_that_the_default_graph_lacks_is_told(built: Snapshot, tmp_path: Path) -> None:
    data = changed(built, tmp_path / "data", lambda store: replaced(store, one_of(store, PERFORMER, DEFAULT)))
    assert check_snapshot(data).missing == 1


def test_a_stated_triple_that_was_changed_is_told(built: Snapshot, tmp_path: Path) -> None:
    data = changed(built, tmp_path / "data", lambda store: replaced(store, one_of(store, PERFORMER, None)))
    with pytest.raises(SnapshotError, match="it was changed"):
        check_snapshot(data)


def test_a_quad_that_is_gone_is_told(built: Snapshot, tmp_path: Path) -> None:
    data = changed(built, tmp_path / "data", lambda store: store.remove(one_of(store, PLAYED, DEFAULT)))
    with pytest.raises(SnapshotError, match="where the manifest says"):
        check_snapshot(data)


def test_progress_has_a_rate_and_the_time_left(built: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    class Eager(progress.Meter):
        """Tells at once what otherwise is told after a second."""

        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(*args, **{**kwargs, "first": 0.0})  # type: ignore[arg-type]

    monkeypatch.setattr("castgraph.check_tables.Meter", Eager)
    told: list[str] = []
    check_snapshot(built.path.parents[1], told.append)
    for step in ("reading the statements", "reading the default graph"):
        (first, *_) = (line for line in told if line.startswith(step))
        assert " a second, " in first
        assert first.endswith(" left")
