"""Edits: what people changed since the sources were read. They are kept beside a snapshot and outlive a new build."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pyoxigraph as ox

from castgraph.records import Json
from castgraph.snapshot import Snapshot, read_json, write_json

FILE = "edits.json"


@dataclass(frozen=True)
class Edits:
    """Statements that were added and removed, each with its graph. No quad is in both."""

    added: frozenset[ox.Quad] = frozenset()
    removed: frozenset[ox.Quad] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)

    def then(self, later: Edits) -> Edits:
        """Both, one after the other.

        >>> quad = ox.Quad(ox.NamedNode("a:s"), ox.NamedNode("a:p"), ox.NamedNode("a:o"), ox.NamedNode("a:g"))
        >>> bool(Edits(added=frozenset([quad])).then(Edits(removed=frozenset([quad]))))
        False
        """
        added = (self.added - later.removed) | (later.added - self.removed)
        removed = (self.removed - later.added) | (later.removed - self.added)
        return Edits(added, removed)

    def write(self, folder: Path) -> None:
        """Write them into a snapshot's folder, as N-Quads in JSON."""
        write_json(folder / FILE, {"added": _lines(self.added), "removed": _lines(self.removed)})

    @classmethod
    def of(cls, snapshot: Snapshot) -> Edits:
        """The edits a snapshot holds; none where it is as it was built.

        Raises:
            SnapshotError: they cannot be read.
        """
        if not (snapshot.path / FILE).exists():
            return cls()
        told = read_json(snapshot.path / FILE)
        return cls(_quads(told["added"]), _quads(told["removed"]))


def _lines(quads: Iterable[ox.Quad]) -> list[Json]:
    return [*sorted(f"{quad} ." for quad in quads)]


def _quads(lines: Json) -> frozenset[ox.Quad]:
    text = "\n".join(cast("list[str]", lines))
    return frozenset(ox.parse(text, format=ox.RdfFormat.N_QUADS))
