"""MetaQA's questions over its knowledge base, which castgraph reads as a catalogue like any other.

The knowledge base keys films by name alone, so that remakes run together, and lacks rows that the answers were made from.
A question counts where the knowledge base holds its answer: where one relation from the name in brackets (two for
questions of two hops), in any direction, leads to exactly the answers. What such a path comes back to, the name itself,
MetaQA leaves out of the answers; that is told apart. Names are asked without the brackets; the form of a question is what
is left without its name.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from benchmarks.asking_cast import folded

_BRACKETS = re.compile(r"\[([^\]]*)\]")
_fold = lru_cache(maxsize=None)(folded)


@dataclass(frozen=True)
class Asked:
    """A question, its form, the name it is about and its answers, folded."""

    form: str
    text: str
    name: str
    right: frozenset[str]


def read(path: Path, sample: int | None, seed: int) -> Sequence[Asked]:
    """The questions of a file, or so many of them, drawn with a seed."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        text, answers = line.split("\t")
        right = frozenset(map(_fold, answers.split("|")))
        name = _BRACKETS.findall(text)[0]
        found.append(Asked(_BRACKETS.sub("…", text), _BRACKETS.sub(r"\1", text), _fold(name), right))
    return random.Random(seed).sample(found, sample) if sample is not None and sample < len(found) else found


class KnowledgeBase:
    """The rows, to be followed from any name in both directions."""

    def __init__(self, path: Path) -> None:
        self._from: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for line in path.read_text(encoding="utf-8").splitlines():
            subject, relation, value = line.split("|")
            self._from[_fold(subject)][relation].add(_fold(value))
            self._from[_fold(value)]["^" + relation].add(_fold(subject))

    def holds(self, asked: Asked, hops: int) -> bool:
        """Whether some path of so many relations leads from the name to exactly the answers, but for the name itself."""
        return any(found - {asked.name} == asked.right - {asked.name} for found in self._reached(asked.name, hops))

    def _reached(self, name: str, hops: int) -> Iterator[set[str]]:
        for values in list(self._from.get(name, {}).values()):
            if hops == 1:
                yield values
                continue
            further: dict[str, set[str]] = defaultdict(set)
            for value in values:
                for second, found in self._from.get(value, {}).items():
                    further[second] |= found
            yield from further.values()
