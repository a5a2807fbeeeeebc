"""MetaQA's questions over its knowledge base, which castgraph reads as a catalogue like any other.

A question counts where the knowledge base holds its answers: each is in some row as subject or object. Its form is the
question with the bracketed name left out. Names are asked without the brackets.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.asking_cast import folded

_BRACKETS = re.compile(r"\[([^\]]*)\]")


@dataclass(frozen=True)
class Asked:
    """A question, its form and its answers, folded."""

    form: str
    text: str
    right: frozenset[str]


def read(path: Path, sample: int | None, seed: int) -> Sequence[Asked]:
    """The questions of a file, or so many of them, drawn with a seed."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        text, answers = line.split("\t")
        right = frozenset(folded(answer) for answer in answers.split("|"))
        found.append(Asked(_BRACKETS.sub("…", text), _BRACKETS.sub(r"\1", text), right))
    return random.Random(seed).sample(found, sample) if sample is not None and sample < len(found) else found


def names(path: Path) -> frozenset[str]:
    """All names and values of the knowledge base, folded."""
    rows = (line.split("|") for line in path.read_text(encoding="utf-8").splitlines())
    return frozenset(folded(part) for subject, _, value in rows for part in (subject, value))
