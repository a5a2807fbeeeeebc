"""Tables as text: what a file is, and its lines numbered as an editor numbers them, whatever is wrong with them."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from castgraph.errors import SourceError
from castgraph.readers.text import refuse_irregular

_CHUNK = 1 << 22
_EXPECTED = "a table as text: TSV, CSV or another delimiter, plain or .gz"
BLANK = "\x02"
"""Stands in a regular copy for a line that is empty, which DuckDB would not count."""
SEPARATOR = "\x1f"
"""What DuckDB is told separates columns, so that it takes each line whole. No regular line holds it."""
_REPLACED = str.maketrans({"\0": "\ufffd", BLANK: "\ufffd", SEPARATOR: "\ufffd", "\r": " "})


@dataclass(frozen=True)
class TableText:
    """A table's text: where its lines can be read, one line a line, and how to recognise the file again."""

    path: Path
    readable: Path  # the file itself, or a copy whose every line DuckDB counts as one
    sha256: str  # of the file's bytes as stored
    lines: int


def head(path: Path, lines: int = 5, limit: int = 1 << 20) -> list[str]:
    """The first lines of a file, without their ends; of a file that is no text, an empty list."""
    refuse_irregular(path)
    try:
        with _opened(path) as stream:
            start = stream.read(limit)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(path, f"cannot be read ({error})", expected=_EXPECTED) from error
    if b"\0" in start and not start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return []
    return start.decode(_encoding(start), errors="replace").lstrip("\ufeff").splitlines()[:lines]


def inspect(path: Path, scratch: Path) -> TableText:
    """Hash a table, count its lines, and copy it where DuckDB would miscount or refuse them.

    What is no UTF-8 becomes U+FFFD in the copy, as do control characters that cannot stand in a line.

    Raises:
        SourceError: the file cannot be read, or is empty.
    """
    try:
        regular, lines = _is_regular(path)
        readable = path
        if not regular:
            readable = scratch / f"{hashlib.sha256(str(path).encode()).hexdigest()[:16]}.txt"
            lines = _copy(path, readable)
        with path.open("rb") as stored:
            sha256 = hashlib.file_digest(stored, "sha256").hexdigest()
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(path, f"cannot be read ({error})", expected=_EXPECTED) from error
    if lines == 0:
        raise SourceError(path, "the file is empty", expected=_EXPECTED)
    return TableText(path, readable, sha256, lines)


def count_lines(path: Path) -> int:
    """How many lines a file has that ends in a line end."""
    lines, room = 0, bytearray(_CHUNK // 8)  # one small piece of memory, used again and again
    with path.open("rb", buffering=0) as stream:
        while read := stream.readinto(room):
            lines += room.count(b"\n", 0, read)
    return lines


def _opened(path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path)) if path.suffix.lower() == ".gz" else path.open("rb")


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _encoding(start: bytes) -> str:
    return "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8"


def _is_regular(path: Path) -> tuple[bool, int]:
    """Whether DuckDB sees the lines of a file as they are, and how many there are."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines, last = 0, b"\n"  # a line end before the first: an empty first line is one of the irregular ones
    with _opened(path) as stream:
        for number, chunk in enumerate(_chunks(stream)):
            seen = last + chunk
            odd = any(sign in chunk for sign in (b"\r", b"\0", BLANK.encode(), SEPARATOR.encode()))
            if odd or b"\n\n" in seen or (number == 0 and chunk.startswith(codecs.BOM_UTF8)):
                return False, 0
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                return False, 0
            lines += chunk.count(b"\n")
            last = chunk[-1:]
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False, 0
    return True, lines + (last != b"\n")


def _copy(path: Path, readable: Path) -> int:
    """Write the regular copy; returns its lines. A line ends at LF or CR LF; a CR alone is white space."""
    lines, left = 0, ""
    with _opened(path) as stream, readable.open("w", encoding="utf-8", newline="") as out:
        start = stream.read(_CHUNK)
        decoder = codecs.getincrementaldecoder(_encoding(start))(errors="replace")
        text = decoder.decode(start).lstrip("\ufeff")
        chunks = _chunks(stream)
        while True:
            whole, end, left = (left + text).rpartition("\n")
            if end:
                regular = "\n" + whole.replace("\r\n", "\n").removesuffix("\r").translate(_REPLACED) + "\n"
                while "\n\n" in regular:
                    regular = regular.replace("\n\n", f"\n{BLANK}\n")
                lines += regular.count("\n") - 1
                out.write(regular[1:])
            following = next(chunks, None)
            if following is None:
                break
            text = decoder.decode(following)
        left += decoder.decode(b"", final=True)
        if left:
            out.write(left.removesuffix("\r").translate(_REPLACED) + "\n")
            lines += 1
    return lines
