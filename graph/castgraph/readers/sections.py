"""How a page of lines falls into sections: a heading, and the lines until the next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from castgraph.readers.text import Line, squeeze

PREAMBLE = ""
"""Name of the section before the first heading."""


@dataclass(frozen=True)
class Section:
    """A part of a page. ``heading`` is squeezed, without a value; ``body`` holds the lines that are not blank."""

    name: str
    line: int  # of the heading; 0 for the preamble
    heading: str
    body: tuple[Line, ...]


def split(lines: Iterable[Line], headings: Mapping[str, re.Pattern[str]]) -> tuple[Section, ...]:
    """Split a page at its headings; the preamble is always there, and first.

    A heading is a whole line that one of the patterns matches. Where the pattern has a group ``value`` that matched,
    that text is the first line of the body.

    >>> pattern = re.compile("Country:(?P<value>.*)")
    >>> split([Line(1, "Chrome"), Line(2, "Country: Canada")], {"country": pattern})[1].body
    (Line(number=2, text='Canada'),)
    """
    name, start, heading = PREAMBLE, 0, ""
    body: list[Line] = []
    sections: list[Section] = []
    for line in lines:
        plain = squeeze(line.text)
        found = next(((key, match) for key, pattern in headings.items() if (match := pattern.fullmatch(plain))), None)
        if found is None:
            if plain:
                body.append(line)
            continue
        sections.append(Section(name, start, heading, tuple(body)))
        name, start, heading, body = found[0], line.number, plain, []
        value = found[1].groupdict().get("value") or ""
        if value.strip():
            heading = plain[: found[1].start("value")].rstrip()
            body.append(Line(line.number, value.strip()))
    sections.append(Section(name, start, heading, tuple(body)))
    return tuple(sections)
