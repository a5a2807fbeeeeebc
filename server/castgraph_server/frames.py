"""What a server process and its query workers say to each other: frames over a socket, each with its length.

A frame is one byte that tells its kind, four bytes of length, and the content. Requests and endings are JSON; data is
the result as it goes to the client. A result that fits into one chunk comes as one frame, with no ending after it.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping
from typing import TypeAlias

Told: TypeAlias = Mapping[str, object]

REQUEST, WHOLE, DATA, END, FAILURE = b"Q", b"W", b"D", b"E", b"F"

_HEAD = struct.Struct("!cI")


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


class Receiver:
    """Frames as they come in. A timeout of the socket leaves what has come, so that one may ask again."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._come = bytearray()
        self._room = memoryview(bytearray(1 << 16))  # kept, for fresh memory of that size costs as much as a query

    def frame(self) -> tuple[bytes, bytes]:
        """The next frame: its kind and content.

        Raises:
            Closed: the other side is gone.
            TimeoutError: the socket's timeout passed first.
        """
        while True:
            if len(self._come) >= _HEAD.size:
                kind, length = _HEAD.unpack_from(self._come)
                end = _HEAD.size + length
                if len(self._come) >= end:
                    content = bytes(memoryview(self._come)[_HEAD.size : end])
                    del self._come[:end]
                    return kind, content
            try:
                size = self._connection.recv_into(self._room)
            except ConnectionResetError as error:
                raise Closed from error
            if not size:
                raise Closed
            self._come += self._room[:size]
