"""Flask behind an ASGI server: each request on a thread, with what WSGI alone cannot tell.

A body is read whole before a thread is taken, within a time and a size, so that clients that send slowly hold up nobody.
The application learns when the client has gone, and can have the connection broken, so that a result that ends too
early is not taken for a whole one. A client that does not read gives its thread back after a while.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any, TypeAlias, TypeVar
from urllib.parse import unquote_to_bytes

from castgraph_server.cache import Headers
from castgraph_server.outlet import OUTLET, Outlet
from castgraph_server.use import ClientGone

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

Scope: TypeAlias = dict[str, Any]
_Result = TypeVar("_Result")
Receive: TypeAlias = Callable[[], Any]
Send: TypeAlias = Callable[[dict[str, Any]], Any]

GONE = "castgraph.gone"
"""Key of the WSGI environment: tells whether the client has gone away."""

BROKEN = "castgraph.broken"
"""Key of the WSGI environment: set by who finds that what was sent is not a whole response."""

PIECE = 1 << 20
"""Bytes of a body that are kept in memory; larger ones go to a temporary file."""

_SLOWEST = 100_000
"""Bytes a second a large body may come at, when its first seconds are over."""

_OTHER_BODIES = {b"content-length", b"content-encoding"}
"""Headers of bodies that are no chunks of what the query workers send."""

_A_MOMENT = 0.001
"""Seconds after which it is looked again whether the event loop has written all it had."""

STALL = 45.0
"""Seconds a client may take over a piece of a response."""


TRANSPORT = "castgraph.transport"
"""Key of the ASGI scope and of the WSGI environment: the transport of an HTTP/1.1 connection (:mod:`connection`)."""


class ClientLeft(Exception):  # noqa: N818 - nobody is left to tell
    """The client went away before it had sent its request."""


class TooSlow(Exception):  # noqa: N818 - told as a problem
    """The body did not come in time."""


async def read_body(receive: Receive, most: int, seconds: float) -> SpooledTemporaryFile[bytes]:
    """The body of a request, or as much of one that is larger as shows that: one byte more than ``most``.

    Raises:
        ClientLeft, TooSlow: it did not come.
    """
    body: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(PIECE)  # noqa: SIM115 - closed by who reads it
    size, loop = 0, asyncio.get_running_loop()
    try:
        async with asyncio.timeout(seconds) as limit:
            began = loop.time()
            more = True
            while more and size <= most:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientLeft
                piece, more = message.get("body", b""), message.get("more_body", False)
                body.write(piece[: most + 1 - size])
                size += len(piece)
                limit.reschedule(began + seconds + size / _SLOWEST)
    except TimeoutError:
        body.close()
        raise TooSlow from None
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return body


def environ_of(scope: Scope, body: IO[bytes]) -> WSGIEnvironment:
    """The WSGI environment of a request (PEP 3333)."""
    server, client = scope.get("server") or ("localhost", 80), scope.get("client")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        TRANSPORT: scope.get(TRANSPORT),
    }
    if client is not None:
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = client[0], str(client[1])
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    return environ


class Bridge:
    """Answers ASGI requests with a WSGI application, on threads of its own."""

    def __init__(self, application: WSGIApplication, threads: int) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._is_over = threading.Event()

    async def answer(self, environ: WSGIEnvironment, receive: Receive, send: Send) -> tuple[Headers, bytes] | None:
        """Answer a request whose body has been read; what was sent, where that was a whole response with status 200."""
        call = _Call(self._application, environ, send, asyncio.get_running_loop(), self._is_over)
        watch = asyncio.ensure_future(call.watch(receive))
        running = call.loop.run_in_executor(self._threads, call.run)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:  # the server ends, and with it the query: there is time to tell that
            return await running
        finally:
            watch.cancel()

    def close(self) -> None:
        """Take no more requests, and wait for no client."""
        self._is_over.set()
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Call:
    """One request on its thread."""

    def __init__(
        self,
        application: WSGIApplication,
        environ: WSGIEnvironment,
        send: Send,
        loop: asyncio.AbstractEventLoop,
        is_over: threading.Event,
    ) -> None:
        self.loop = loop
        self._is_over = is_over
        self._application = application
        self._environ = environ
        self._send = send
        self._is_gone = False
        self._started: tuple[int, Headers] | None = None
        self._on_its_way: Future[None] | None = None
        environ[GONE] = lambda: self._is_gone

    async def watch(self, receive: Receive) -> None:
        """Notice when the client goes away."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self._is_gone = True

    def run(self) -> tuple[Headers, bytes] | None:
        """Answer; on a thread."""
        body = self._application(self._environ, self._start)
        try:
            if isinstance(body, list | tuple):
                return self._whole(b"".join(body))
            return self._stream(body)
        finally:
            getattr(body, "close", lambda: None)()

    def _start(self, status: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
        told = tuple((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers)
        self._started = int(status[:3]), told
        return self._refuse

    def _refuse(self, data: bytes) -> None:
        raise NotImplementedError("write() of PEP 3333: Flask does not use it")

    def _whole(self, body: bytes) -> tuple[Headers, bytes] | None:
        assert self._started is not None
        status, headers = self._started
        self._await(self._send_whole(status, headers, body))
        return (headers, body) if status == 200 and self._is_small() else None

    async def _send_whole(self, status: int, headers: Headers, body: bytes) -> None:
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})

    def _stream(self, body: Iterable[bytes]) -> tuple[Headers, bytes] | None:
        pieces = iter(body)
        first = next(pieces, b"")
        second = next(pieces, None) if self._is_small() else b""
        if second is None:
            return self._whole(first)
        assert self._started is not None
        status, headers = self._started
        self._await(self._send({"type": "http.response.start", "status": status, "headers": headers}))
        outlet = self._offer_outlet(headers)
        try:
            for piece in (first, second):
                self._piece(piece)
            for piece in pieces:
                if self._is_gone:
                    return None
                self._piece(piece)
            self._arrive()
        finally:
            if outlet is not None:
                outlet.close()
        if not self._environ.get(BROKEN):
            self._await(self._send({"type": "http.response.body", "body": b""}))
        return None

    def _offer_outlet(self, headers: Headers) -> Outlet | None:
        """An outlet for the rest of a body, where it is sent in chunks and as it is."""
        transport: asyncio.Transport | None = self._environ[TRANSPORT]
        named = {name for name, _ in headers}
        if transport is None or self._environ["REQUEST_METHOD"] == "HEAD" or named & _OTHER_BODIES:
            return None
        outlet = Outlet(partial(self._way_to, transport), self._is_hopeless, STALL, self._environ)
        self._environ[OUTLET] = outlet
        return outlet

    def _way_to(self, transport: asyncio.Transport) -> int:
        """A descriptor of the client's connection, when all that was sent before has left this process."""

        async def ready() -> int:
            while transport.get_write_buffer_size() and not transport.is_closing():
                await asyncio.sleep(_A_MOMENT)
            if transport.is_closing():
                raise ClientGone
            return os.dup(transport.get_extra_info("socket").fileno())

        self._arrive()
        found = self._await(ready())
        if found is None:
            raise ClientGone
        return found

    def _is_hopeless(self) -> bool:
        return self._is_gone or self._is_over.is_set()

    def _is_small(self) -> bool:
        """Whether the length is known, so that the end shows at once and costs no wait."""
        return self._started is not None and any(name == b"content-length" for name, _ in self._started[1])

    def _piece(self, piece: bytes) -> None:
        """Have a piece sent when the one before it was: meanwhile the next is made."""
        if piece:
            self._arrive()
            message = {"type": "http.response.body", "body": piece, "more_body": True}
            self._on_its_way = asyncio.run_coroutine_threadsafe(self._send(message), self.loop)

    def _arrive(self) -> None:
        """Wait for the piece that is on its way."""
        sent, self._on_its_way = self._on_its_way, None
        if sent is not None:
            self._wait_for(sent)

    def _await(self, sent: Coroutine[Any, Any, _Result]) -> _Result | None:
        return self._wait_for(asyncio.run_coroutine_threadsafe(sent, self.loop))

    def _wait_for(self, future: Future[_Result]) -> _Result | None:
        """What comes of something the event loop does; None where the client has gone away."""
        end = time.monotonic() + STALL
        while not self._is_gone:
            try:
                return future.result(1.0)
            except TimeoutError:
                self._is_gone = self._is_over.is_set() or time.monotonic() > end
        future.cancel()
        return None
