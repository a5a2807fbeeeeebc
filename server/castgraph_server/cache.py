"""Results that are asked for again: a bounded store of bytes.

What is kept holds for one snapshot; when another is served, all of it is dropped.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import TypeAlias

KEEP = "castgraph.keep"
"""Key of the WSGI environment: the snapshot a response may be kept for, set by who makes it."""

_ENTRY = 1_000
"""Bytes an entry takes beside its body, roughly."""


Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]
"""The headers of a response as ASGI has them: names in lower case."""


@dataclass(frozen=True)
class Kept:
    """A response with status 200: body, headers, and the query it answers. Of one kept by its query only the body counts."""

    body: bytes
    headers: Headers = ()
    query: str | None = None

    @cached_property
    def head(self) -> bytes:
        """The headers as they are sent, with the line that ends them."""
        return b"".join(b"%s: %s\r\n" % pair for pair in self.headers) + b"\r\n"


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
        kept = self.peek(snapshot, key)
        self.misses += kept is None
        return kept

    def peek(self, snapshot: str, key: Hashable) -> Kept | None:
        """Likewise, where not to find it is no miss, for it is looked for once more."""
        with self._lock:
            if snapshot != self._snapshot or key not in self._kept:
                return None
            self._kept.move_to_end(key)
            self.hits += 1
            return self._kept[key][0]

    def put(self, snapshot: str, key: Hashable, kept: Kept) -> None:
        """Keep a response; what was used longest ago makes room."""
        size = len(kept.body) + len(kept.query or "") + _ENTRY
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
