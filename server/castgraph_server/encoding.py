"""Content encoding (RFC 9110, section 8.4): zstd and gzip for those who take them, streams included.

Each encoding of a representation has a strong ETag of its own: that of the plain one with ``-zstd`` or ``-gzip``.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from flask import Flask, Response, g, request
from werkzeug.http import parse_etags

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

SMALLEST = 1_000
"""Bytes below which a body is sent as it is: a packet holds it anyway."""

_LEVELS = {"zstd": 3, "gzip": 5}
"""The encodings, the one preferred among equals first; with levels that cost little time."""

_TEXTS = ("text/", "application/json", "application/javascript", "application/n-triples")


class _Compressor(Protocol):
    def take(self, chunk: bytes) -> bytes: ...
    def end(self) -> bytes: ...


class _Gzip:
    def __init__(self) -> None:
        self._compressor = zlib.compressobj(_LEVELS["gzip"], wbits=31)  # no time in its header: same body, same bytes

    def take(self, chunk: bytes) -> bytes:
        return self._compressor.compress(chunk) + self._compressor.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        return self._compressor.flush(zlib.Z_FINISH)


class _Zstd:
    def __init__(self) -> None:
        self._compressor = zstd.ZstdCompressor(level=_LEVELS["zstd"])

    def take(self, chunk: bytes) -> bytes:
        return self._compressor.compress(chunk, mode=zstd.ZstdCompressor.FLUSH_BLOCK)

    def end(self) -> bytes:
        return self._compressor.flush()


_COMPRESSORS: dict[str, Callable[[], _Compressor]] = {"zstd": _Zstd, "gzip": _Gzip}


class _Stream:
    """A stream, compressed chunk by chunk as it comes. Closing it closes what it is made from."""

    def __init__(self, chunks: Iterable[str] | Iterable[bytes], encoding: str) -> None:
        self._chunks = chunks
        self._compressed = self._compress(_COMPRESSORS[encoding]())

    def _compress(self, compressor: _Compressor) -> Iterator[bytes]:
        for chunk in self._chunks:
            if chunk:
                yield compressor.take(chunk.encode() if isinstance(chunk, str) else chunk)
        yield compressor.end()

    def __iter__(self) -> Iterator[bytes]:
        return self._compressed

    def close(self) -> None:
        close = getattr(self._chunks, "close", None)
        if close is not None:
            close()


def compress(body: bytes, encoding: str) -> bytes:
    """A body in an encoding.

    >>> zlib.decompress(compress(b"abc", "gzip"), wbits=31)
    b'abc'
    """
    return zstd.compress(body, _LEVELS["zstd"]) if encoding == "zstd" else zlib.compress(body, _LEVELS["gzip"], 31)


def choose(accepted: Callable[[str], float]) -> str | None:
    """The encoding to send: the one with the highest quality, None for the body as it is.

    >>> choose({"gzip": 1.0, "zstd": 0.5}.get)
    'gzip'

    Args:
        accepted: the quality of a coding by its name, 0 for one that is not taken.
    """
    qualities = {encoding: accepted(encoding) or 0.0 for encoding in _LEVELS}
    best = max(qualities, key=lambda encoding: qualities[encoding])
    return best if qualities[best] > 0 and qualities[best] >= (accepted("identity") or 0.0) else None


def install(app: Flask) -> None:
    """Encode every response that gains by it. To be installed before what sets ETags, so as to run after it."""
    app.before_request(_read_tags)
    app.after_request(_encode)


def _wanted() -> str | None:
    accepted = request.accept_encodings
    return choose(accepted.quality) if accepted else None


def _read_tags() -> None:
    """Rewrite If-None-Match to the plain tags, so that nobody else has to know of encodings.

    A tag of another encoding than the one to be sent names another representation: it is left out. Weak tags, which
    caches on the way make of strong ones, match too (RFC 9110, section 13.1.2).
    """
    given = request.environ.get("HTTP_IF_NONE_MATCH")
    if given is None or given.strip() == "*":
        return
    wanted = _wanted()
    plain = {}
    for tag in parse_etags(given).as_set(include_weak=True):
        stem, _, ending = tag.rpartition("-")
        if ending == wanted:
            plain[stem] = tag
        elif ending not in _LEVELS:
            plain[tag] = tag
    g.tags = plain
    request.environ["HTTP_IF_NONE_MATCH"] = ", ".join(f'"{tag}"' for tag in plain) or '""'


def _encode(response: Response) -> Response:
    media_type = response.mimetype or ""
    if not media_type.startswith(_TEXTS) and not media_type.endswith(("+json", "+xml", "/xml")):
        if response.status_code == 304:
            _tell_tag_given(response)
        return response
    response.vary.add("Accept-Encoding")
    encoding = _wanted()
    if response.status_code == 304:
        _tell_tag_given(response)
    if (
        encoding is None
        or response.status_code in (204, 206, 304)
        or "Content-Encoding" in response.headers
        or (not response.is_streamed and len(response.get_data()) < SMALLEST)
    ):
        return response
    if response.direct_passthrough:
        response.direct_passthrough = False
        response.set_data(compress(response.get_data(), encoding))
    elif response.is_streamed:
        response.response = _Stream(response.response, encoding)
        response.headers.pop("Content-Length", None)
    else:
        response.set_data(compress(response.get_data(), encoding))
    response.headers["Content-Encoding"] = encoding
    tag, is_weak = response.get_etag()
    if tag is not None:
        response.set_etag(f"{tag}-{encoding}", weak=bool(is_weak))
    return response


def _tell_tag_given(response: Response) -> None:
    """Name the representation the client has by the tag it knows it by."""
    response.vary.add("Accept-Encoding")
    tag, _ = response.get_etag()
    if tag is not None and "tags" in g:
        response.set_etag(g.tags.get(tag, tag))
