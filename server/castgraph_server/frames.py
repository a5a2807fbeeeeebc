"""What a server process and its query workers say to each other: frames over a socket, each with its length.

A frame is one byte that tells its kind, four bytes of length, and the content. Requests and endings are JSON; data is
the result as it goes to the client. A result that fits into one chunk comes as one frame, with no ending after it.

A worker may be sent further requests while it is at one: it answers them in order, each with one last frame (a whole
result, an ending or a failure). Requests it has not begun can be taken back: those it answers with a failure.
"""

from __future__ import annotations

import json
import socket
import struct
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import TypeAlias

Told: TypeAlias = Mapping[str, object]

REQUEST, WHOLE, DATA, END, FAILURE = b"Q", b"W", b"D", b"E", b"F"

UP = b"U"
"""Said by a worker once, before all else: its program is loaded, and a query's time begins."""

TAKE_BACK = b"B"
"""Told to a worker: the last requests, as many as the one byte of content says, are taken back if not begun."""

_HEAD = struct.Struct("!cI")


CHUNK = 1 << 18
"""Bytes of a large result that are sent at once: each chunk costs the server a tenth of a millisecond, whatever its size."""

_ROOM = 1 << 16
"""Bytes received at once, where not all are data of one frame."""


class Closed(Exception):  # noqa: N818 - not an error: the other side is gone
    """The other side has gone away."""


def send(connection: socket.socket, kind: bytes, content: bytes | bytearray) -> None:
    """Send a frame.

    Raises:
        Closed: nobody is there to take it.
    """
    try:
        if len(content) < 4096:
            connection.sendall(_HEAD.pack(kind, len(content)) + content)
        else:
            connection.sendall(_HEAD.pack(kind, len(content)))
            connection.sendall(content)
    except (BrokenPipeError, ConnectionResetError) as error:
        raise Closed from error


def tell(connection: socket.socket, kind: bytes, told: Told) -> None:
    """Send a frame of JSON."""
    send(connection, kind, json.dumps(told).encode())


class Parcel:
    """The content of a frame of data, of which some has come, and the rest is to be taken from the socket.

    Nothing else may be received before that.
    """

    def __init__(self, connection: socket.socket, come: bytes, left: int) -> None:
        self.connection = connection
        self.come = come
        self.left = left
        self._size = len(come) + left

    def __len__(self) -> int:
        return self._size


class Receiver:
    """Frames as they come in. A timeout of the socket leaves what has come, so that one may ask again.

    The content of a large frame of data is received apart, as it is passed on: what comes by ``_come`` is copied twice.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._come = bytearray()
        self._room = memoryview(bytearray(_ROOM))  # kept, for fresh memory of that size costs as much as a query
        self._parts: list[bytes] = []  # of a large frame of data
        self._left = 0  # bytes that it lacks

    def frame(self) -> tuple[bytes, bytes]:
        """The next frame: its kind and content.

        Raises:
            Closed: the other side is gone.
            TimeoutError: the socket's timeout passed first.
        """
        while (found := self.cut()) is None:
            self.read()
        return found

    def cut(self) -> tuple[bytes, bytes] | None:
        """The next frame of what has come, None where it has not come whole."""
        if self._parts:
            if self._left:
                return None
            content, self._parts = b"".join(self._parts), []
            return DATA, content
        if len(self._come) < _HEAD.size:
            return None
        kind, length = _HEAD.unpack_from(self._come)
        end = _HEAD.size + length
        if len(self._come) < end:
            if kind == DATA:
                self._parts, self._left = [bytes(self._come[_HEAD.size :])], end - len(self._come)
                self._come.clear()
            return None
        content = bytes(memoryview(self._come)[_HEAD.size : end])
        del self._come[:end]
        return kind, content

    def parcel(self) -> Parcel | None:
        """The content of the next frame, where its head has come and tells that it is data."""
        if len(self._come) < _HEAD.size:
            return None
        kind, length = _HEAD.unpack_from(self._come)
        if kind != DATA:
            return None
        end = _HEAD.size + length
        come = bytes(memoryview(self._come)[_HEAD.size : end])
        del self._come[:end]
        return Parcel(self._connection, come, length - len(come))

    @property
    def kind(self) -> bytes:
        """The kind of the next frame, which may not have come whole; empty where nothing has come."""
        return DATA if self._parts else bytes(self._come[:1])

    def read(self, flags: int = 0, *, head: bool = False) -> None:
        """Receive once; with ``head`` no more than the head of a frame, where it has not come.

        Raises:
            Closed: the other side is gone.
            TimeoutError, BlockingIOError: there is nothing, as the socket and the flags have it.
        """
        try:
            if self._left:
                self._parts.append(self._connection.recv(self._left, flags))
                size = len(self._parts[-1])
                self._left -= size
            else:
                most = max(0, _HEAD.size - len(self._come)) if head else 0  # 0: as much as there is room for
                size = self._connection.recv_into(self._room, most, flags)
                self._come += self._room[:size]
        except ConnectionResetError as error:
            raise Closed from error
        if not size:
            raise Closed


class Requests:
    """What a worker is asked, in order."""

    def __init__(self, connection: socket.socket) -> None:
        self._frames = Receiver(connection)
        self._asked: deque[bytes | None] = deque()

    def next(self) -> bytes | None:
        """The next request; None for one that was taken back.

        Raises:
            Closed: the other side is gone.
        """
        if self._asked:  # sent while another was evaluated: it may have been taken back meanwhile
            with suppress(BlockingIOError):
                self._frames.read(socket.MSG_DONTWAIT)
            self._sort()
        while not self._asked:
            self._frames.read()
            self._sort()
        return self._asked.popleft()

    def _sort(self) -> None:
        while (found := self._frames.cut()) is not None:
            kind, content = found
            if kind == TAKE_BACK:
                for place in range(max(0, len(self._asked) - content[0]), len(self._asked)):
                    self._asked[place] = None
            else:
                assert kind == REQUEST
                self._asked.append(content)
