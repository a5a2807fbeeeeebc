"""Readers: from one saved page to its records. One module per kind of page; each a function from text to a reading.

The kind is recognised by what a page says, never by its file's name. A new kind is one row of :data:`READERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from castgraph.errors import SourceError
from castgraph.readers import html, imdb, tvguide, wikipedia
from castgraph.readers.text import Text, load
from castgraph.records import Reading

__all__ = ["READERS", "Reader", "read", "read_text"]


@dataclass(frozen=True)
class Reader:
    """How one kind of page is recognised and read."""

    kind: str
    looks_like: str  # what a person sees on such a page
    recognises: Callable[[Text], int]  # the line, from 1, that shows the kind; 0 where none does
    read: Callable[[Text], Reading]


# In this order: a Wikipedia article or an HTML page shows itself in its first lines, the other two by headings.
READERS = (
    Reader(html.KIND, "a saved HTML page with schema.org JSON-LD", html.recognises, html.read),
    Reader(wikipedia.KIND, "a Wikipedia article as text with an Infobox", wikipedia.recognises, wikipedia.read),
    Reader(tvguide.KIND, "a TV Guide listing as text", tvguide.recognises, tvguide.read),
    Reader(imdb.KIND, "an IMDb title page as text", imdb.recognises, imdb.read),
)
"""The kinds of pages that can be read."""


def read(path: Path) -> Reading:
    """Read one saved page.

    Raises :class:`SourceError`, naming file, line and what was expected, where the file is missing, a folder, empty,
    not text, or no page of a known kind that states anything about a title.
    """
    return read_text(load(path))


def read_text(text: Text) -> Reading:
    """Read a page that is loaded already. Raises :class:`SourceError` like :func:`read`."""
    for reader in READERS:
        if reader.recognises(text):
            return reader.read(text)
    known = "; ".join(f"{reader.kind}: {reader.looks_like}" for reader in READERS)
    line = next((line.number for line in text.numbered() if line.text.strip()), 1)
    raise SourceError(text.path, "this is no page of a known kind", line=line, expected=f"one of {known}")
