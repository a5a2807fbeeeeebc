"""Results that are asked for again: a bounded store of bytes, and the door in front of Flask that answers from it.

What is kept holds for one snapshot; when another is served, all of it is dropped.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from werkzeug.http import parse_etags

from castgraph_server.current import SnapshotHolder

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

KEEP = "castgraph.keep"
"""Key of the WSGI environment: the snapshot a response may be kept for, set by who makes it."""

_ENTRY = 500
"""Bytes an entry takes beside its body, roughly."""


@dataclass(frozen=True)
class Kept:
    """A response: status line, headers, body. Of a result kept by its query only the body counts."""

    body: bytes
    status: str = "200 OK"
    headers: tuple[tuple[str, str], ...] = ()


class Cache:
    """The results used last, as many as fit into so many bytes, none larger than an eighth. Safe to share."""

    def __init__(self, most: int) -> None:
        self.largest = most // 8
        self.hits = self.misses = 0
        self.size = 0
        self._most = most
        self._snapshot: str | None = None
        self._kept: OrderedDict[Hashable, tuple[Kept, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, snapshot: str, key: Hashable) -> Kept | None:
        """What is kept under a key for this snapshot."""
        with self._lock:
            if snapshot == self._snapshot and key in self._kept:
                self._kept.move_to_end(key)
                self.hits += 1
                return self._kept[key][0]
        self.misses += 1
        return None

    def put(self, snapshot: str, key: Hashable, kept: Kept) -> None:
        """Keep a response; what was used longest ago makes room."""
        size = len(kept.body) + _ENTRY
        if size > self.largest:
            return
        with self._lock:
            if snapshot != self._snapshot:
                self._kept.clear()
                self._snapshot, self.size = snapshot, 0
            if key in self._kept:
                self.size -= self._kept.pop(key)[1]
            self._kept[key] = (kept, size)
            self.size += size
            while self.size > self._most:
                self.size -= self._kept.popitem(last=False)[1][1]


class CachingDoor:
    """WSGI middleware: answers GET requests whose response was kept, conditional ones too; Flask sees the others."""

    def __init__(self, application: WSGIApplication, cache: Cache, holder: SnapshotHolder) -> None:
        self._application = application
        self._cache = cache
        self._holder = holder

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        if environ["REQUEST_METHOD"] != "GET" or environ["PATH_INFO"] != "/sparql" or not environ.get("QUERY_STRING"):
            return self._application(environ, start_response)
        key = (
            environ["QUERY_STRING"],
            environ.get("HTTP_ACCEPT"),
            environ.get("HTTP_HOST"),
            environ.get("HTTP_ACCEPT_ENCODING"),
        )
        snapshot = self._holder.id_now()
        kept = self._cache.get(snapshot, key) if snapshot is not None else None
        if kept is None:
            return self._ask(environ, start_response, key)
        status, headers = kept.status, list(kept.headers)
        wanted = environ.get("HTTP_IF_NONE_MATCH")
        if wanted is not None:
            etag = next((value for name, value in headers if name == "ETag"), "")
            tags = parse_etags(wanted)
            if tags.star_tag or tags.contains_weak(etag.strip('"')):
                start_response("304 NOT MODIFIED", [pair for pair in headers if pair[0] not in _OF_BODIES])
                return [b""]
        start_response(status, headers)
        return [kept.body]

    def _ask(self, environ: WSGIEnvironment, start_response: StartResponse, key: Hashable) -> Iterable[bytes]:
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
            started.append((status, headers))
            return start_response(status, headers)

        body = self._application(environ, start)
        snapshot = environ.get(KEEP)
        if snapshot is None or not started or not started[0][0].startswith("200"):
            return body
        try:
            whole = b"".join(body)
        finally:
            if hasattr(body, "close"):
                body.close()
        status, headers = started[0]
        self._cache.put(snapshot, key, Kept(whole, status, tuple(headers)))
        return [whole]


_OF_BODIES = {"Content-Length", "Content-Type", "Content-Encoding"}
