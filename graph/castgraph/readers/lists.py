"""Names that pages print one after the other: split, and freed of footnote marks and qualifiers."""

from __future__ import annotations

import re
from typing import NamedTuple

from castgraph.readers.text import squeeze
from castgraph.records import Node, named

_FOOTNOTE = re.compile(r"\[[^\[\]]{1,12}\]")
_BREAK = re.compile(
    r"<br\s*/?>|[;•·]|,(?!\s*(?:Jr|Sr|Inc|Ltd|LLC|LLP|Co|Corp|S\.?A|GmbH|Esq|M\.?D|Ph\.?D|I{2,3}|IV)\b)", re.IGNORECASE
)
_QUALIFIER = re.compile(r"\s*\(([^()]*)\)$")
_COMPANY = re.compile(
    r"\b(?:Inc|Ltd|LLC|Corp|GmbH|Company|Corporation|Productions?|Pictures|Films?|Studios?|Entertainment|Media|Television"
    r"|Network|Channel|Broadcasting|Group)\b\.?",
)


_JOINER = re.compile(r"(?:^|\s+)(?:and|&amp;|&)\s+", re.IGNORECASE)
_PARENTHESES = re.compile(r"\([^()]*\)")
_ROLE = re.compile(r"\sas\s")


class Stated(NamedTuple):
    """A name of a list and what stands in parentheses behind it."""

    name: str
    qualifier: str | None


def split_list(text: str) -> tuple[Stated, ...]:
    """The names of a list, in order; a comma before ``Jr.`` or ``Inc.`` or inside parentheses does not split.

    >>> [name for name, _ in split_list("Ada Vale, Ken Roe, Jr. (pilot, finale), Vale Films, Inc.[1]")]
    ['Ada Vale', 'Ken Roe, Jr.', 'Vale Films, Inc.']
    """
    depth, start = 0, 0
    parts: list[str] = []
    plain = _FOOTNOTE.sub("", text)
    breaks = {match.start(): match.end() for match in _BREAK.finditer(plain)}
    for index, letter in enumerate(plain):
        depth = max(0, depth + (letter == "(") - (letter == ")"))
        if index in breaks and depth == 0 and index >= start:
            parts.append(plain[start:index])
            start = breaks[index]
    parts.append(plain[start:])
    return tuple(stated for part in parts if (stated := _stated(part)).name)


def split_people(text: str) -> tuple[Stated, ...]:
    """The people of a list, which may be joined by "and" or "&"; a pair that goes by one name stays whole.

    >>> [name for name, _ in split_people("Ada Vale, Ken Roe, Jr. & Bo Lee")]
    ['Ada Vale', 'Ken Roe, Jr.', 'Bo Lee']
    >>> [name for name, _ in split_people("Ada Vale and Bo Lee")], [name for name, _ in split_people("Lamp & Wick")]
    (['Ada Vale', 'Bo Lee'], ['Lamp & Wick'])
    """
    listed = split_list(text)
    last = len(listed) - 1
    return tuple(
        stated
        for index, whole in enumerate(listed)
        for part in _joined(_printed(whole), ends_list=0 < index == last)
        if (stated := _stated(part)).name
    )


def _joined(part: str, *, ends_list: bool) -> list[str]:
    """The people in one entry of a list. Where it cannot be told whether they are several, the entry is one."""
    outside = _PARENTHESES.sub(lambda match: "_" * len(match[0]), part)
    joiners = list(_JOINER.finditer(outside))
    if joiners and joiners[0].start() == 0 and ends_list:
        return _joined(part[joiners[0].end() :], ends_list=False)  # "A, B, and C"
    ends = [0, *(joiner.end() for joiner in joiners)]
    starts = [*(joiner.start() for joiner in joiners), len(part)]
    pieces = [part[end:start] for end, start in zip(ends, starts, strict=True) if part[end:start]]
    if len(pieces) < 2 or _COMPANY.search(part) or (_ROLE.search(part) and not all(map(_ROLE.search, pieces))):
        return [part]
    if all(" " in _stated(piece).name for piece in pieces):
        return pieces
    head, tail = part[: joiners[-1].start()], part[joiners[-1].end() :]
    # "Larry and Andy Roe" may share a family name: no list of "Larry" and "Andy Roe".
    return [head, tail] if ends_list and (" " in head or " " not in _stated(tail).name) else [part]


def _printed(stated: Stated) -> str:
    return stated.name if stated.qualifier is None else f"{stated.name} ({stated.qualifier})"


def person(name: str) -> Node:
    """A node for somebody credited by name: a person, or an agent where the name reads like a company's.

    >>> person("Ada Vale")["type"], person("Vale Films")["type"]
    ('Person', 'Agent')
    """
    return named("Agent" if _COMPANY.search(name) else "Person", name)


def _stated(part: str) -> Stated:
    plain = squeeze(part).strip(",").strip()
    match = _QUALIFIER.search(plain)
    if match is None or match.start() == 0:
        return Stated(plain, None)
    return Stated(plain[: match.start()].strip(), match[1].strip() or None)
