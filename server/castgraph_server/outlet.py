"""A way for large results from a query worker's socket to a client's, past the interpreter.

What a server process does with a piece of a result is to pass it on. Read and written, each byte of it is copied four
times; ``splice`` (Linux) hands the memory it stands in from one socket to the other.
"""

from __future__ import annotations

import fcntl
import os
import select
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from castgraph_server.frames import CHUNK, Closed, Parcel
from castgraph_server.use import ClientGone

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

OUTLET = "castgraph.outlet"
"""Key of the WSGI environment: the outlet of a response whose body is sent as it is, where there is one."""

UNREAD = "castgraph.unread"
"""Key of the WSGI environment: set by who makes a body when nobody but the client is to see the rest of it."""

PASSED = "castgraph.passed"
"""Key of the WSGI environment: bytes of the body that have gone by an outlet."""

LOOK = 1.0
"""Seconds a wait for a socket lasts before it is looked whether the client is still there."""


def outlet_of(environ: WSGIEnvironment) -> Outlet | None:
    """The outlet of a response, where there is one and nobody else is to see what is left of the body."""
    found: Outlet | None = environ.get(OUTLET) if environ.get(UNREAD) else None
    return found


class Outlet:
    """Sends chunks of an HTTP/1.1 response (RFC 9112, section 7.1) on a client's connection. For one thread.

    Args:
        way: waits until nothing else is to be sent, and gives a descriptor of the connection, to be closed here: not the event
            loop's own, whose number another connection may have when this client has gone.
        gone: tells whether the client has gone away, or is not to be waited for any more.
        stall: seconds after which a client that takes nothing counts as gone.
        environ: is told how much has gone this way.
    """

    def __init__(
        self, way: Callable[[], int], gone: Callable[[], bool], stall: float, environ: WSGIEnvironment
    ) -> None:
        self._way = way
        self._gone = gone
        self._stall = stall
        self._environ = environ
        self._client: socket.socket | None = None
        self._out = self._in = -1

    def _open(self) -> socket.socket:
        self._client = socket.socket(fileno=self._way())
        self._client.setblocking(False)  # as it is: the event loop's socket is the same
        self._out, self._in = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        with suppress(OSError):  # where the system gives no more, it goes in smaller parts
            fcntl.fcntl(self._in, fcntl.F_SETPIPE_SZ, CHUNK)
        return self._client

    def close(self) -> None:
        """Let go of the connection, which stays open."""
        if self._client is not None:
            self._client.close()
            self._client = None
            os.close(self._in)
            os.close(self._out)

    def pass_on(self, parcel: Parcel) -> None:
        """Send what a parcel holds as a chunk.

        Raises:
            ClientGone: the client has gone away, or takes nothing.
            Closed: the worker has ended.
        """
        client, size = self._client or self._open(), len(parcel)
        try:
            self._send(client, b"%x\r\n" % size + parcel.come, socket.MSG_MORE)
            while parcel.left:
                self._send_held(client, self._take(parcel))
            self._send(client, b"\r\n")
        except (BrokenPipeError, ConnectionResetError) as error:
            raise ClientGone from error
        self._environ[PASSED] = self._environ.get(PASSED, 0) + size

    def _take(self, parcel: Parcel) -> int:
        """Have some of a parcel in the pipe, which is empty; how much."""
        source = parcel.connection.fileno()
        while True:
            try:
                taken = os.splice(source, self._in, parcel.left, flags=_AT_ONCE)
            except BlockingIOError:
                self._wait(source, select.POLLIN)
                continue
            except ConnectionResetError as error:
                raise Closed from error
            if not taken:
                raise Closed
            parcel.left -= taken
            return taken

    def _send_held(self, client: socket.socket, held: int) -> None:
        """Send so many bytes that are in the pipe."""
        while held:
            try:
                held -= os.splice(self._out, client.fileno(), held, flags=_AT_ONCE | os.SPLICE_F_MORE)
            except BlockingIOError:
                self._wait(client.fileno(), select.POLLOUT)

    def _send(self, client: socket.socket, data: bytes, flags: int = 0) -> None:
        while data:
            try:
                data = data[client.send(data, flags) :]
            except BlockingIOError:
                self._wait(client.fileno(), select.POLLOUT)

    def _wait(self, descriptor: int, event: int) -> None:
        """Wait until a descriptor is ready, as long as the client is there."""
        end = time.monotonic() + self._stall
        poll = select.poll()
        poll.register(descriptor, event)
        while not poll.poll(LOOK * 1000):
            if self._gone() or time.monotonic() > end:
                raise ClientGone


_AT_ONCE = os.SPLICE_F_MOVE | os.SPLICE_F_NONBLOCK
