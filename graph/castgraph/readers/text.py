"""A source file as text: bytes in, lines out, numbered as an editor numbers them."""

from __future__ import annotations

import codecs
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from castgraph.errors import SourceError

_LINE_END = re.compile(r"\r\n|\r|\n")  # not str.splitlines: editors do not break lines at U+2028 or form feeds
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_NO_BREAK = str.maketrans(dict.fromkeys("\u00a0\u202f\u2007", " "))
_EXPECTED = "a text file in UTF-8, UTF-16 with a byte order mark, or Windows-1252"


class Line(NamedTuple):
    """One line of a source: its number, from 1, and its text without the line end."""

    number: int
    text: str


@dataclass(frozen=True)
class Text:
    """A decoded source file, in Unicode normal form C, no-break spaces as spaces."""

    path: Path
    sha256: str  # of the file's bytes
    lines: tuple[str, ...]

    def numbered(self) -> Iterator[Line]:
        """The lines with their numbers."""
        return (Line(number, text) for number, text in enumerate(self.lines, start=1))


def load(path: Path) -> Text:
    """Read a source file. Raises :class:`SourceError` where it is missing, no regular file, empty or not text."""
    try:
        refuse_irregular(path)
        data = path.read_bytes()
    except FileNotFoundError:
        raise SourceError(path, "there is no such file", expected="the path of a saved page") from None
    except (OSError, ValueError) as error:  # ValueError: a path that no file can have
        raise SourceError(path, f"the file cannot be read: {error}", expected="a readable file") from error
    return parse(path, data)


def refuse_irregular(path: Path) -> None:
    """Raise :class:`SourceError` for a folder, and for a pipe or device, which may never end or never answer."""
    if path.is_dir():
        raise SourceError(path, "this is a folder", expected="a file")
    if path.exists() and not path.is_file():
        raise SourceError(path, "this is no regular file", expected="a file, no pipe, socket or device")


def parse(path: Path, data: bytes) -> Text:
    r"""Decode the bytes of a source file.

    >>> parse(Path("page.txt"), b"Caf\xe9\r\nSecond line").lines
    ('Café', 'Second line')
    """
    decoded = _decode(path, data)
    if not decoded.strip():
        raise SourceError(path, "the file is empty", expected="a saved page with facts about a title")
    if "\0" in decoded:
        line = decoded.count("\n", 0, decoded.index("\0")) + 1
        raise SourceError(path, "the file is binary (it holds NUL bytes)", line=line, expected=_EXPECTED)
    lines = _LINE_END.split(unicodedata.normalize("NFC", decoded).translate(_NO_BREAK))
    if not lines[-1]:
        lines.pop()  # the end of the last line begins no new one
    # A page break of a printed page stands before the first word of its next line, and indents nothing.
    return Text(path, hashlib.sha256(data).hexdigest(), tuple(line.lstrip("\v\f") for line in lines))


def squeeze(text: str) -> str:
    r"""The text with every run of white space, no-break spaces included, as one space.

    >>> squeeze("\xa0 \xa0 1 2   X\xa0")
    '1 2 X'
    """
    return " ".join(text.split())


def _decode(path: Path, data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decode_as(path, data, "utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decode_as(path, data, _declared_encoding(data) or "cp1252")


def _decode_as(path: Path, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(path, f"the bytes are not {encoding} text", line=line, expected=_EXPECTED) from error


def _declared_encoding(data: bytes) -> str | None:
    """The encoding an HTML page declares in its head, where Python knows it as one of text."""
    declared = _META_CHARSET.search(data[:4096])
    if declared is None:
        return None
    name = declared.group(1).decode("ascii")
    try:
        "".encode(name)  # refuses an unknown name, and codecs such as hex that are not of text
    except LookupError:
        return None
    # The page is not UTF-8, whatever it says; a declared UTF-16 would have made the declaration unreadable.
    return None if name.lower().replace("_", "-").startswith(("utf", "idna", "punycode", "undefined")) else name
