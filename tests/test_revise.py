"""A change to a snapshot, made in process: what it leaves on disk does not depend on who still holds what."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from castgraph import changes
from castgraph.build import build
from castgraph.draft import Draft
from castgraph.revise import revise
from castgraph.snapshot import verify


def test_a_draft_that_somebody_still_holds_is_closed_before_its_files_are_read(tmp_path: Path) -> None:
    build([], tmp_path)
    held: list[Draft] = []

    def change(draft: Draft) -> None:
        held.append(draft)  # as the frame of an exception does that a library caught
        changes.update(draft, 'INSERT DATA { <a:s> <a:p> _:b . _:b <a:p> "text" }')

    revision = revise(tmp_path, change)
    assert not hasattr(held[0], "store")
    verify(revision.snapshot)
    store = ox.Store(str(revision.snapshot.path / "store"))  # whoever writes must be alone: nobody has it open any more
    assert len(list(store.quads_for_pattern(ox.NamedNode("a:s"), None, None, None))) == 2
