"""Who asked what, and how long it took: one JSON object a line, and the slow queries in the server's own log.

A query is told by its hash, so that the log says which queries come again without holding what people asked. Times are
those until the response is sent, streams included. Requests answered from the cache in front of Flask are logged too.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from castgraph.errors import UsageError
from castgraph_server.outlet import PASSED

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

QUERY = "castgraph.query"
"""Key of the WSGI environment: the text of the query a request asked, set by who evaluates it."""

logger = logging.getLogger(__name__)


def _opened(file: str) -> TextIO:
    try:
        return Path(file).open("a", buffering=1, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"access_log: {file} cannot be written ({error.strerror})") from error


class AccessLog:
    """WSGI middleware that writes the logs.

    Args:
        application: what is logged.
        file: where each request is written to; ``-`` is standard error, an empty name nowhere.
        slow: seconds after which a query goes to the server's log.

    Raises:
        UsageError: the file cannot be written.
    """

    def __init__(self, application: WSGIApplication, file: str, slow: float) -> None:
        self._application = application
        self._slow = slow
        self._file: TextIO | None = None
        if file:
            self._file = sys.stderr if file == "-" else _opened(file)
            if file != "-":
                weakref.finalize(self, self._file.close)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        begun = time.perf_counter()
        started: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
            started.append(status)
            return start_response(status, headers)

        body = self._application(environ, start)
        if isinstance(body, list):
            self._write(environ, started, begun, sum(map(len, body)))
            return body
        return self._counted(body, environ, started, begun)

    def _counted(
        self, body: Iterable[bytes], environ: WSGIEnvironment, started: list[str], begun: float
    ) -> Iterator[bytes]:
        size = 0
        try:
            for chunk in body:
                size += len(chunk)
                yield chunk
        finally:
            if hasattr(body, "close"):
                body.close()
            self._write(environ, started, begun, size + environ.get(PASSED, 0))

    def _write(self, environ: WSGIEnvironment, started: list[str], begun: float, size: int) -> None:
        status = int(started[0].split(" ", 1)[0]) if started else None
        seconds = time.perf_counter() - begun
        self.write(
            environ.get("REMOTE_ADDR"), environ["REQUEST_METHOD"], environ["PATH_INFO"], status, size, seconds,
            environ.get(QUERY),
        )  # fmt: skip

    def write(
        self, client: str | None, method: str | None, path: str | None, status: int | None, size: int, seconds: float,
        query: str | None = None,
    ) -> None:  # fmt: skip
        """Log a request that was answered."""
        if self._file is None and seconds <= self._slow:
            return
        hashed = sha256(query.encode("utf-8", "surrogatepass")).hexdigest()[:16] if query is not None else None
        if query is not None and seconds > self._slow:
            logger.warning("slow query %s took %.1f s, status %s: %.500r", hashed, seconds, status, query)
        if self._file is None:
            return
        told = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "client": client,
            "method": method,
            "path": path,
            "status": status,
            "bytes": size,
            "milliseconds": round(seconds * 1000, 2),
            "query": hashed,
        }
        self._file.write(json.dumps(told) + "\n")
