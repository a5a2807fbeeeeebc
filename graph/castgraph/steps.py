"""Steps of a long build: each is done once; after an interruption the next run goes on with the first unfinished one.

::

    building-catalog-5c1f…/
      tables/  closure/  …        what a step wrote
      tables.step.json            the step is whole: its result, and the fingerprint of what it was made from

A step's fingerprint takes in that of the step before: where an input has changed, the step and all after it are done
again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from castgraph.progress import Tell
from castgraph.records import Json


class Steps:
    """The steps of one build, in one folder."""

    def __init__(self, folder: Path, fingerprint: str, tell: Tell) -> None:
        self._folder = folder
        self._fingerprint = fingerprint
        self._tell = tell

    def folder(self, name: str) -> Path:
        """Where a step writes."""
        return self._folder / name

    def run(
        self, name: str, work: Callable[[Path], Mapping[str, Json]], *, folder: str | None = None, goes_on: bool = False
    ) -> Mapping[str, Json]:
        """What the step gives: from its record where it was finished before, else from doing it.

        Args:
            name: the step.
            work: does the step in a folder and gives what later steps need to know, as JSON.
            folder: the folder's path, where it is not the step's name.
            goes_on: whether the folder may hold what an earlier step, or this one, wrote before; else it is empty.
        """
        self._fingerprint = hashlib.sha256(f"{self._fingerprint} {name}".encode()).hexdigest()
        record = self._folder / f"{name}.step.json"
        done = _read(record)
        if done is not None and done.get("fingerprint") == self._fingerprint:
            self._tell(f"{name}: done before the interruption")
            result = done["result"]
            assert isinstance(result, dict)
            return result
        record.unlink(missing_ok=True)
        place = self.folder(folder or name)
        if not goes_on:
            shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True, exist_ok=True)
        try:
            result = dict(work(place))
        except Exception:
            if not goes_on:
                shutil.rmtree(place, ignore_errors=True)  # so that a full disk is not full any more
            raise
        _write(record, {"fingerprint": self._fingerprint, "result": result})
        return result


def fingerprint(words: Iterable[str], files: Iterable[Path]) -> str:
    """Of what a build is made from: words such as versions, and files by name, size and time of change.

    Raises:
        OSError: a file cannot be looked at.
    """
    summed = hashlib.sha256()
    for word in words:
        summed.update(f"{word}\0".encode())
    for path in files:
        found = path.stat()
        summed.update(f"{path.resolve()}\0{found.st_size}\0{found.st_mtime_ns}\0".encode())
    return summed.hexdigest()


def _read(record: Path) -> Mapping[str, Json] | None:
    try:
        found = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none yet, or cut off in the middle: the step counts as not done
        return None
    return found if isinstance(found, dict) else None


def _write(record: Path, value: Mapping[str, object]) -> None:
    """Whole or not at all, and on disk before the next step builds on it."""
    unfinished = record.with_suffix(".tmp")
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(record)
