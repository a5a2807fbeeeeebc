"""The question sets: what is asked, what the sources say to it, and how a reply compares with that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from castgraph.answers import Reply, Status
from castgraph.asking.query import prefixed
from castgraph.store import GraphStore, rows

FOLDER = Path(__file__).parent / "questions"

Label = str | tuple[str, str]
"""An answer: its label, or performer and character."""


@dataclass(frozen=True)
class Gold:
    """What a question asks for and what is right to reply.

    Exactly one of ``answers`` and ``statuses`` is filled: a question has answers, or it must not be answered.
    """

    name: str
    sparql: str | None
    answers: frozenset[Label] = frozenset()
    others: frozenset[Label] = frozenset()  # that are right as well
    statuses: frozenset[Status] = frozenset()
    absent: tuple[str, ...] = ()
    choice: frozenset[str] = frozenset()
    lines: tuple[tuple[str, int], ...] = ()

    @property
    def is_answerable(self) -> bool:
        """Whether the sources answer it."""
        return bool(self.answers)

    def looked_up(self, store: GraphStore) -> frozenset[Label]:
        """What its query finds in the graph."""
        assert self.sparql is not None
        found: set[Label] = set()
        for row in rows(store.query(prefixed(self.sparql))):
            values = {key: term.value for key, term in row.items()}
            found.add(values["label"] if "label" in values else (values["performer"], values["character"]))
        return frozenset(found)


@dataclass(frozen=True)
class Question:
    """A question and what it asks for."""

    text: str
    gold: Gold


class Outcome(Enum):
    """How a reply compares with what is right."""

    RIGHT = "right"
    WRONG = "wrong"  # answered, and not with what the sources say
    MISSED = "missed"  # not answered, though the sources do
    REFUSED = "refused"  # not answered, rightly, but for another reason than the right one


def judge(reply: Reply, gold: Gold) -> Outcome:
    """Compare a reply with what is right. A wrong answer is the worst fault; a missed one is a lesser."""
    if reply.status is not Status.ANSWERED:
        if gold.is_answerable:
            return Outcome.MISSED
        return Outcome.RIGHT if reply.status in gold.statuses else Outcome.REFUSED
    return Outcome.RIGHT if any(answers and told(reply, answers) == answers for answers in (gold.answers, gold.others)) else Outcome.WRONG  # fmt: skip


def told(reply: Reply, like: frozenset[Label]) -> frozenset[Label]:
    """The answers of a reply in the shape of others: pairs where those are, otherwise labels.

    Pairs that lack a side are left out, and of a reply in pairs to a question for people the performers are told.
    """
    has_pairs = any(answer.performer or answer.character for answer in reply.answers)
    if any(isinstance(label, tuple) for label in like):
        return frozenset(
            (answer.performer.label or "", answer.character.label or "")
            for answer in reply.answers
            if answer.performer and answer.character
        )
    if has_pairs:
        return frozenset(answer.performer.label or "" for answer in reply.answers if answer.performer)
    return frozenset(_plain(answer.label) for answer in reply.answers)


def _plain(label: str) -> str:
    """A label with a date as the sources' data has it, however it is put for reading."""
    try:
        return datetime.strptime(label, "%d %B %Y").date().isoformat()
    except ValueError:
        return label


@cache
def golds() -> Mapping[str, Gold]:
    """What can be asked for, by name: of ``golds.yaml``, which has the queries, and ``golds-*.yaml``."""
    files = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("golds*.yaml"))]
    rows_: Mapping[str, Any] = {name: row for read in files for name, row in read["golds"].items()}
    read = {"golds": rows_, "queries": {name: query for one in files for name, query in one.get("queries", {}).items()}}
    return {name: _gold(name, row, read) for name, row in rows_.items()}


def labels(reply: Reply) -> list[str]:
    """What a reply answers with, in order of the alphabet."""
    return sorted(answer.label for answer in reply.answers)


def given_instead() -> set[str]:
    """The names of the facts that answer a question for another as well."""
    files = (yaml.safe_load(file.read_text(encoding="utf-8")) for file in FOLDER.glob("golds*.yaml"))
    return {row["or"] for read in files for row in read["golds"].values() if "or" in row}


@cache
def questions(name: str) -> Sequence[Question]:
    """The questions of a set: ``authoring``, which the ``voices-*.yaml`` belong to, ``measuring`` or ``blind``.

    Raises:
        KeyError: one asks for something that ``golds.yaml`` does not have.
    """
    known = golds()
    files = [FOLDER / f"{name}.yaml", *(sorted(FOLDER.glob("voices-*.yaml")) if name == "authoring" else ())]
    sets: list[Mapping[str, list[str]]] = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    return [Question(text, known[gold]) for read in sets for gold, texts in read.items() for text in texts]


def _gold(name: str, row: Mapping[str, Any], read: Mapping[str, Any]) -> Gold:
    others = read["golds"][row["or"]]["answers"] if "or" in row else ()
    status = row.get("status", ())
    return Gold(
        name,
        _sparql(row, read["queries"]),
        frozenset(_labels(row.get("answers", ()))),
        frozenset(_labels(others)),
        frozenset(Status(one) for one in ([status] if isinstance(status, str) else status)),
        tuple(row.get("absent", ())),
        frozenset(row.get("choice", ())),
        tuple((source, line) for source, lines in row.get("lines", {}).items() for line in lines),
    )


def _labels(answers: Sequence[str | Sequence[str]]) -> Iterator[Label]:
    for answer in answers:
        yield answer if isinstance(answer, str) else (answer[0], answer[1])


def _sparql(row: Mapping[str, Any], queries: Mapping[str, str]) -> str | None:
    if "query" not in row:
        return None
    of = row["of"] if row["query"] == "all" else '"{}"'.format(row["of"])
    return queries[row["query"]].replace("$x", of).replace("$r", row.get("by", ""))
