"""Reads a Wikipedia article saved as wiki-like text: the heading and the Infobox. Its prose is not read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from castgraph.readers.draft import Draft
from castgraph.readers.infobox import read_field
from castgraph.readers.text import Text, squeeze
from castgraph.records import TITLE, Reading

KIND = "wikipedia"

_TITLE = re.compile(r"= ?(?P<title>[^=\s](?:.*[^=\s])?) ?=")
_INFOBOX = re.compile(r"Infobox\b.{0,60}", re.IGNORECASE)
_FIELD = re.compile(r"[-*•] ?(?P<key>[^:]{1,40}?) ?:(?: (?P<value>.*))?")
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
    """Read a Wikipedia article. The kind of work is stated only as far as the Infobox shows it."""
    draft = Draft(text, KIND, "Wikipedia", licence="https://creativecommons.org/licenses/by-sa/4.0/")
    titled = False
    for line in text.numbered():
        heading = _TITLE.fullmatch(squeeze(line.text))
        if heading and not titled:
            draft.record(line.number, {"id": TITLE, "type": "ScreenWork", "name": heading["title"]})
            draft.keep(line.number, squeeze(line.text))
            titled = True
    fields = list(_fields(draft))
    keys = {" ".join(field.key.casefold().split()) for field in fields}
    for field in fields:
        read_field(draft, field.line, field.key, field.value, keys)
    if not titled and draft.first_line():
        draft.state(draft.first_line(), type="ScreenWork")
    return draft.finish(marker=recognises(text), expected="a heading = Title = and an Infobox with lines - Key: value")


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
