"""A client's connection: uvicorn's protocol, with a time and a size for the head of a request, and a way for what is kept.

uvicorn 0.54 waits for ever for a head that does not come, and takes one of any size. What the cache holds is written at
once where nothing is in the way of it, for an ASGI task takes longer than all the rest.
"""

from __future__ import annotations

import asyncio
import json
import re
from functools import partial
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from castgraph_server.bridge import TRANSPORT, Scope, Send
from castgraph_server.cache import Kept
from castgraph_server.door import WHOLE, Door
from castgraph_server.plain import PATH

HEAD_SECONDS = 20.0
"""Within so long the head of a request must have come; a connection's first from when it is made."""

LAST_SECONDS = 1.0
"""Within so long a client that was refused must have read why."""

LARGEST_HEAD = 200_000
"""Bytes the head of a request may have, its address included."""

_KEPT_FOR = PATH.encode() + b"?"

MOST_CONNECTIONS = 1000
"""Connections to a server process. One more takes the place of one on which nothing is asked; else it is refused (503)."""

LONGEST_ADDRESS = 65_535
"""Bytes an address may have: httptools counts no further."""


_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)(?::\d*)?")
"""A host and perhaps a port (RFC 3986, section 3.2)."""

_LONG_ADDRESS = HTTPStatus.REQUEST_URI_TOO_LONG, "The address is longer than this server reads; use POST."
_LARGE_HEAD = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The head of the request is too large."


async def _send_unchunked(cycle: RequestResponseCycle, send: Send, message: dict[str, Any]) -> None:
    """Send to a client that knows no chunks (HTTP/1.0): a body of unknown length ends with the connection.

    One that breaks off ends with the line that says so, as every broken result does.
    """
    if message["type"] == "http.response.start":
        if all(name != b"content-length" for name, _ in message["headers"]):
            cycle.chunked_encoding = False
    else:
        cycle.expected_content_length = max(cycle.expected_content_length, len(message.get("body", b"")))
    await send(message)


class Connection(HttpToolsProtocol):
    """One connection; requests on it come one after another."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._is_in_head = True
        self._head_size = 0  # of what came before the data at hand
        self._data_size = 0
        self._is_answered = self._is_refused = False
        self._idle_since = 0.0
        self._late: asyncio.TimerHandle | None = None
        self._problem = HTTPStatus.BAD_REQUEST, "That is no HTTP request this server can read."

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See :class:`asyncio.Protocol`."""
        super().connection_made(transport)
        self._idle_since = self.loop.time()
        if len(self.connections) > MOST_CONNECTIONS and not self._make_room():
            self.connections.discard(self)
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "This server has as many connections as it takes.")
            return
        self._late = self.loop.call_later(HEAD_SECONDS, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """See :class:`asyncio.Protocol`."""
        if self._late is not None:
            self._late.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """See :class:`asyncio.Protocol`."""
        self._data_size = len(data)
        if not self._is_refused:
            super().data_received(data)
        if self._is_refused:  # what its client sends on is taken and thrown away
            return
        if not self._is_in_head:
            if self.timeout_keep_alive_task is None and self._is_idle():
                # Line breaks between requests: uvicorn has put its timer out, and would wait for ever.
                self._late = self._late or self.loop.call_later(HEAD_SECONDS, self.transport.abort)
            elif self._late is not None:
                self._late.cancel()
                self._late = None
            return
        self._head_size += len(data)
        if self._head_size > LARGEST_HEAD:
            self._refuse(*(_LONG_ADDRESS if len(self.url) > LONGEST_ADDRESS else _LARGE_HEAD))
        elif self._late is None:
            self._late = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def on_message_begin(self) -> None:
        """Called by the parser."""
        self._is_in_head, self._head_size = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Called by the parser."""
        self._is_in_head = False
        if len(self.url) > LONGEST_ADDRESS:
            self._problem = _LONG_ADDRESS
            raise ValueError("the address is too long")  # comes back as an error of the parser
        if self._head_size + self._data_size > LARGEST_HEAD and self._size_of_head() > LARGEST_HEAD:
            self._problem = _LARGE_HEAD
            raise ValueError("the head is too large")
        hosts = [value for name, value in self.headers if name == b"host"]
        if len(hosts) != 1 and self.parser.get_http_version() == "1.1":
            self._problem = HTTPStatus.BAD_REQUEST, "A request has one Host header (RFC 9112, section 3.2)."
            raise ValueError("no host, or several")
        if hosts and not _HOST.fullmatch(hosts[0]):
            self._problem = HTTPStatus.BAD_REQUEST, "The Host header names no host (RFC 9112, section 3.2)."
            raise ValueError("no host")
        if self.parser.get_http_version() == "1.1":  # others get no chunks
            cast("Scope", self.scope)[TRANSPORT] = self.transport
        self._is_answered = self._answer_kept()
        if not self._is_answered:
            super().on_headers_complete()
            if self.cycle is None:
                return
            if self.parser.get_http_version() == "1.1":
                cast("Scope", self.cycle.scope)[WHOLE] = partial(self._answer_whole, self.cycle)
            else:
                send = cast("Send", self.cycle.send)
                self.cycle.send = partial(_send_unchunked, self.cycle, send)  # type: ignore[method-assign]

    def on_message_complete(self) -> None:
        """Called by the parser."""
        if not self._is_answered:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Called when a response has been sent."""
        self._idle_since = self.loop.time()
        super().on_response_complete()

    def _size_of_head(self) -> int:
        """Bytes of the address and the headers."""
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def _is_idle(self) -> bool:
        """Whether there is no request: none yet, or all of them answered."""
        return self.cycle is None or self.cycle.response_complete

    def _make_room(self) -> bool:
        """Close the connection that has been idle longest, one with half a head last; False where none is idle."""
        others = (other for other in self.connections if other is not self and isinstance(other, Connection))
        idle = [other for other in others if other._is_idle()]
        if not idle:
            return False
        closed = min(idle, key=lambda other: (other._is_in_head and other._head_size > 0, other._idle_since))
        self.connections.discard(closed)
        closed.transport.close()
        return True

    def _answer_kept(self) -> bool:
        """Answer from the cache; whether it was done."""
        parser = self.parser
        if (
            not self.url.startswith(_KEPT_FOR)
            or parser.get_method() != b"GET"
            or not parser.should_keep_alive()
            or parser.get_http_version() != "1.1"
            or (self.cycle is not None and not self.cycle.response_complete)
            or self.flow.write_paused
            or self.transport.is_closing()
            or not isinstance(self.app, Door)
        ):
            return False
        kept = self.app.kept(self.url[len(_KEPT_FOR) :], self.headers, cast("Scope", self.scope))
        if kept is None:
            return False
        self._write(kept)
        self.on_response_complete()
        return True

    def _answer_whole(self, cycle: RequestResponseCycle, kept: Kept) -> bool:
        """Answer a request in one piece, where uvicorn writes head and body apart; False where something is in its way."""
        if not cycle.keep_alive or cycle.disconnected or self.flow.write_paused or self.transport.is_closing():
            return False
        self._write(kept)
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        cycle.message_event.set()
        cycle.on_response()
        return True

    def _write(self, kept: Kept) -> None:
        date = b"".join(b"%s: %s\r\n" % pair for pair in self.server_state.default_headers)
        self.transport.write(b"".join((b"HTTP/1.1 200 OK\r\n", date, kept.head, kept.body)))

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the message is for the log
        """Called for what is no HTTP."""
        self._refuse(*self._problem)

    def _refuse(self, status: HTTPStatus, detail: str) -> None:
        """Refuse what is no request, and end the connection.

        It ends when the client ends it, or after :data:`LAST_SECONDS`: what a client sends to a connection that is closed
        wipes out what it has not read of the answer. It is closed at once where there was no room for it, or where
        something else is being answered, which would be written after the end.
        """
        if self._is_refused or self.transport.is_closing():
            return
        told = {"title": status.phrase, "status": status.value, "detail": detail}
        body = json.dumps(told).encode() + b"\n"
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: application/problem+json\r\n"
            f"content-length: {len(body)}\r\naccess-control-allow-origin: *\r\nconnection: close\r\n\r\n"
        )
        self._is_refused = True
        self.transport.write(head.encode() + body)
        if self._late is not None:
            self._late.cancel()
        if self in self.connections and self._is_idle():
            self.transport.write_eof()
            self.flow.resume_reading()
            self._late = self.loop.call_later(LAST_SECONDS, self.transport.abort)
        else:
            self.transport.close()
        if isinstance(self.app, Door):
            self.app.refused(self.client, status, len(body))
