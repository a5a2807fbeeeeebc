"""Reads the cast table of an IMDb page, as text: "Performer ..." and, indented on the next line, the role.

Saved pages lose names. A role without a line "Performer ..." before it is a performance by somebody unknown, and a
performer without a role plays somebody unknown; neither is filled in from a neighbouring row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from castgraph.readers.credits import credit, parse_roles
from castgraph.readers.draft import Draft
from castgraph.readers.imdb_lines import Kind, kind_of
from castgraph.readers.prose import is_prose
from castgraph.readers.text import Line, squeeze
from castgraph.records import TITLE

_PERFORMER = re.compile(r"(?P<performer>\S.{0,79}?) ?(?:\.{3}|…)(?: (?P<role>.+))?")
_CHROME = re.compile(r"(?:See (?:full|more)|Edit\b|Create)\b.*", re.IGNORECASE)


def read_cast(draft: Draft, body: tuple[Line, ...], order: Iterator[int]) -> tuple[Line, ...]:
    """Record the performances of a cast table. Returns the lines after the table, unread."""
    pending: Line | None = None  # a performer whose role may follow
    previous = 0
    for index, line in enumerate(body):
        text = squeeze(line.text)
        indented = line.text[:1].isspace()
        performer = None if indented else _PERFORMER.fullmatch(text)
        if is_prose(text) or text.endswith("See full summary »") or _ends_table(text, line, indented, previous):
            if pending is not None:
                _record(draft, pending, None, order)
            return body[index:]
        if _CHROME.fullmatch(text):
            continue
        previous = line.number
        if performer is not None:
            draft.keep(line.number, text)
            if pending is not None:
                _record(draft, pending, None, order)
            pending = Line(line.number, performer["performer"].strip())
            if performer["role"]:
                _record(draft, pending, Line(line.number, performer["role"]), order)
                pending = None
        elif indented or pending is not None or _has_notes(text):
            # A sheet's role is indented by one space: that is how it is known from a performer.
            draft.keep(line.number, f" {text}")
            _record(draft, pending, Line(line.number, text), order)
            pending = None
        else:
            draft.keep(line.number, text)
            draft.skip(line.number, "neither indented like a role nor followed by ... like a performer")
    if pending is not None:
        _record(draft, pending, None, order)
    return ()


def _ends_table(text: str, line: Line, indented: bool, previous: int) -> bool:
    """Whether a line after a gap belongs to the next part of the page, which has no heading of its own."""
    apart = previous > 0 and line.number > previous + 1
    return apart and not indented and (kind_of(text) is not Kind.PROSE or not _PERFORMER.fullmatch(text))


def _has_notes(text: str) -> bool:
    """Whether episodes, years or the like stand behind the name, as only roles have them."""
    return any(role.episodes or role.years or role.notes for role in parse_roles(text))


def _record(draft: Draft, performer: Line | None, role: Line | None, order: Iterator[int]) -> None:
    first = performer or role
    assert first is not None  # a credit has one of them
    name = None if performer is None else performer.text
    credit(draft, first.number, TITLE, performer=name, role="" if role is None else role.text, order=next(order))
