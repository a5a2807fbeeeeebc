"""Reads a Wikipedia article saved as wiki-like text: heading, Infobox and sections Cast. Its prose is not read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from castgraph.readers.cast_section import read_cast_sections
from castgraph.readers.draft import Draft
from castgraph.readers.headline import Headline, parse_headline
from castgraph.readers.infobox import is_of_television, plain_key, read_field, states_several
from castgraph.readers.text import Text, squeeze
from castgraph.records import Node, Reading

KIND = "wikipedia"

_TITLE = re.compile(r"= ?(?P<title>[^=\s](?:.*[^=\s])?) ?=")
_INFOBOX = re.compile(r"Infobox\b.{0,60}", re.IGNORECASE)
_FIELD = re.compile(r"[-*•] ?(?P<key>[^:]{1,40}?) ?:(?: (?P<value>.*))?")
_NAMES = {"name", "title"}
_SERIES = {"Series", "MiniSeries"}
_FOOTNOTE = re.compile(r"\[[^\[\]]{1,12}\]")
_ITEM = re.compile(r"[-*•] ?(?P<value>.+)")


class Field(NamedTuple):
    """One value of an Infobox: the key as printed, and the line on which the value stands."""

    line: int
    key: str
    value: str


def recognises(text: Text) -> int:
    """The line that shows the text to be a Wikipedia article, or 0: its heading at the top, or an Infobox."""
    lines = [(line.number, squeeze(line.text)) for line in text.numbered() if line.text.strip()]
    if _TITLE.fullmatch(lines[0][1]):
        return lines[0][0]
    for (number, plain), (_, following) in pairwise(lines):
        if _INFOBOX.fullmatch(plain) and _FIELD.fullmatch(following):
            return number
    return 0


def read(text: Text) -> Reading:
    """Read a Wikipedia article. The kind of work is stated only as far as heading and Infobox show it."""
    draft = Draft(text, KIND, "Wikipedia", licence="https://creativecommons.org/licenses/by-sa/4.0/")
    fields = list(_fields(draft))
    headline = _read_heading(draft, fields)
    read_cast_sections(draft)
    draft.end_cast_list()
    of_series = headline is not None and headline.type in _SERIES
    of_television = of_series or is_of_television({plain_key(field.key) for field in fields})
    names = {headline.name} if headline else set()
    for field in fields:
        if plain_key(field.key) in _NAMES:
            name = parse_headline(_FOOTNOTE.sub("", field.value).strip()).name
            if name and name not in names:
                draft.state(field.line, name=name)
            names.add(name)
        else:
            read_field(draft, field.line, field.key, field.value, of_television=of_television)
    if headline is None and draft.first_line():
        draft.state(draft.first_line(), type="ScreenWork")
    return draft.finish(marker=recognises(text), expected="a heading = Title = and an Infobox with lines - Key: value")


def _read_heading(draft: Draft, fields: list[Field]) -> Headline | None:
    """Record what the article's heading states: a name, a year, a type. None where the page has no heading."""
    for line in draft.text.numbered():
        heading = _TITLE.fullmatch(squeeze(line.text))
        if heading is None:
            continue
        headline = parse_headline(heading["title"])
        several = any(states_several(field.key, field.value) for field in fields)
        is_film = headline.type in {"Film", "TelevisionFilm"}
        if is_film and several:
            draft.skip(line.number, "a film by its heading, but the Infobox counts several parts")
        draft.keep(line.number, squeeze(line.text))
        year: Node = {"releaseYear": headline.year} if headline.year else {}
        draft.state(line.number, type="ScreenWork" if headline.type != "Work" else "Work", name=headline.name, **year)
        if headline.type not in {"Work", "ScreenWork"} and not (is_film and several):
            draft.state(line.number, type=headline.type)
        return headline
    return None


def _fields(draft: Draft) -> Iterator[Field]:
    """The Infobox's fields, in order. A key without a value may be followed by its values, one a line."""
    inside, key = False, ""
    for line in draft.text.numbered():
        plain = squeeze(line.text)
        if not plain:
            continue
        if not inside:
            inside, key = _INFOBOX.fullmatch(plain) is not None, ""
            if inside:
                draft.keep(line.number, plain)
            continue
        field = _FIELD.fullmatch(plain)
        item = _ITEM.fullmatch(plain)
        if field is not None:
            draft.keep(line.number, plain)
            value = (field["value"] or "").strip()
            key = "" if value else field["key"]
            if value:
                yield Field(line.number, field["key"], value)
        elif item is not None and key:
            draft.keep(line.number, plain)
            yield Field(line.number, key, item["value"])
        elif item is not None:
            draft.keep(line.number, plain)
            draft.skip(line.number, "not of the form - Key: value")
        else:
            inside = False
