"""Steps of a long build: each is done once; after an interruption the next run goes on with the first unfinished one.

::

    building-catalog-5c1f…/
      tables/  closure/  …        what a step wrote
      tables.step.json            the step is whole: its result, what it took, and the fingerprint of the build

Steps may go side by side, each in a thread of its own. Where an input of the build has changed, all are done again.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

from castgraph.progress import Tell
from castgraph.records import Json


@dataclass(frozen=True)
class Spent:
    """What a step took."""

    seconds: float
    megabytes: float  # the most memory that the process, or a child of it, held up to the step's end
    disk: float  # megabytes in the build's folder at its end


class Steps:
    """The steps of one build, in one folder."""

    def __init__(self, folder: Path, fingerprint: str, tell: Tell) -> None:
        self._folder = folder
        self._fingerprint = fingerprint
        self._tell = tell
        self._spent: dict[str, Spent] = {}

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
        record = self._folder / f"{name}.step.json"
        done = _read(record)
        if done is not None and done.get("fingerprint") == self._fingerprint:
            self._tell(f"{name}: done before the interruption")
            result = done["result"]
            assert isinstance(result, dict)
            self._spent[name] = Spent(**cast("dict[str, float]", done["spent"]))
            return result
        record.unlink(missing_ok=True)
        started = time.monotonic()
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
        spent = self._spent[name] = Spent(time.monotonic() - started, _peak(), size_of(self._folder))
        _write(record, {"fingerprint": self._fingerprint, "result": result, "spent": asdict(spent)})
        return result

    def spent(self) -> dict[str, Json]:
        """What each step took, as JSON, in the order in which they ended; of those done before an interruption, too."""
        return {name: cast("Json", asdict(spent)) for name, spent in self._spent.items()}


def size_of(folder: Path) -> float:
    """Megabytes of the files in a folder, at any depth; files may vanish meanwhile."""
    total = 0
    for file in folder.rglob("*"):
        with suppress(FileNotFoundError):
            total += file.stat().st_size if file.is_file() else 0
    return total / 1e6


def _peak() -> float:
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(who).ru_maxrss for who in whose) / 1000


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
