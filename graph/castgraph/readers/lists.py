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
