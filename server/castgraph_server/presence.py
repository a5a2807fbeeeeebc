"""Whether a client is still there, as far as a WSGI application can tell.

Granian tells an application the client's address but not its port, nor that a connection was closed; it closes its own
end at once, though. So the system is asked for its connections: where none from the client's address is left, every
client there has gone away. Several clients behind one address, a proxy, say, are not told apart; for them a query is
stopped when its result is written, or at its deadline.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_ESTABLISHED = "01"

FRESH = 0.1
"""Seconds for which the list of connections is used again."""


class Connections:
    """The addresses that have a connection to a port. Safe to share between threads."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._lock = threading.Lock()
        self._read_at = 0.0
        self._clients: frozenset[str] | None = None

    def has(self, client: str) -> bool:
        """Whether an address has a connection; True where that cannot be told."""
        with self._lock:
            if time.monotonic() - self._read_at > FRESH:
                self._clients = self._read()
                self._read_at = time.monotonic()
            return self._clients is None or plain(client) in self._clients

    def _read(self) -> frozenset[str] | None:
        found = set()
        try:
            for table in _TABLES:
                for line in table.read_text().splitlines()[1:] if table.exists() else ():
                    _, local, remote, state, *_ = line.split()
                    if state == _ESTABLISHED and int(local.rpartition(":")[2], 16) == self._port:
                        found.add(address(remote.rpartition(":")[0]))
        except (OSError, ValueError):
            return None
        return frozenset(found)


def address(written: str) -> str:
    """An address as the kernel's tables write it: words of four bytes in the machine's order.

    >>> address("0100007F"), address("0000000000000000FFFF00000100007F")
    ('127.0.0.1', '127.0.0.1')
    """
    words = (bytes.fromhex(written[at : at + 8])[::-1] for at in range(0, len(written), 8))
    return plain(str(ipaddress.ip_address(b"".join(words))))


def plain(text: str) -> str:
    """An address, without the wrapping of IPv4 in IPv6."""
    parsed = ipaddress.ip_address(text)
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return str(mapped or parsed)


_ports: dict[int, Connections] = {}


def watch(environ: WSGIEnvironment) -> Callable[[], bool] | None:
    """Tells whether the client of a request has gone away; None where that cannot be told."""
    client = environ.get("REMOTE_ADDR")
    if environ.get("SERVER_SOFTWARE") != "Granian" or not client:
        return None
    port = int(environ["SERVER_PORT"])
    connections = _ports.setdefault(port, Connections(port))
    return lambda: not connections.has(client)
