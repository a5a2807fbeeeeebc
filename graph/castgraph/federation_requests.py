"""A request to another endpoint for somebody else's query: to a checked address, with an end to everything.

The standard library's HTTP client, and neither urllib nor SPARQLWrapper, which uses it: both follow redirects to any
host, go through proxies the environment names, look names up out of sight, and wait without end for a sender that sends
a byte now and then. Here a name is looked up once, each address checked, and the checked one is connected to; nothing
is sent that tells who asks; one clock holds for all of it.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlencode, urljoin, urlsplit

import pyoxigraph as ox

from castgraph import __version__
from castgraph.errors import ServiceError
from castgraph.federation_allowed import Allowed
from castgraph.federation_tables import Received
from castgraph.settings import Settings

Gone = Callable[[], bool]

MOST_REDIRECTS = 3
_LONGEST_GET = 2000  # characters of an address that every server takes
_REDIRECTS = {301, 302, 303, 307, 308}
_ACCEPT = "application/sparql-results+json, application/sparql-results+xml;q=0.8, text/tab-separated-values;q=0.5"
_TICK = 0.2


@dataclass(frozen=True)
class ServiceLimits:
    """What one request to another endpoint may take: seconds, bytes of answer, rows."""

    seconds: float
    size: int
    rows: int

    @classmethod
    def of(cls, settings: Settings) -> ServiceLimits:
        """Those that are set."""
        return cls(settings.service_timeout, settings.service_size, settings.service_rows)


def ask_service(
    endpoint: str, query: str, allowed: Allowed, limits: ServiceLimits, gone: Gone | None = None
) -> Received:
    """Ask an endpoint. Redirects are followed within its origin only.

    Args:
        endpoint: one of those allowed.
        query: a SELECT.
        allowed: the addresses that may be connected to.
        limits: the seconds hold for everything, looking up the name and all redirects included.
        gone: tells whether nobody waits for the answer any more; then the request ends as if it were late.

    Raises:
        ServiceError: the endpoint fails; the message says how, and no more of what it said than its status.
    """
    clock = _Clock(endpoint, limits.seconds, gone)
    try:
        return _ask(endpoint, query, allowed, limits, clock)
    except ServiceError:
        clock.check()
        raise
    except ssl.SSLError as error:
        clock.check()
        raise ServiceError(endpoint, f"no secure connection: {error.reason or 'TLS failed'}") from error
    except http.client.IncompleteRead as error:
        clock.check()
        raise ServiceError(endpoint, "the answer broke off") from error
    except http.client.HTTPException as error:
        clock.check()
        raise ServiceError(endpoint, f"the answer is no HTTP ({type(error).__name__})") from error
    except OSError as error:
        clock.check()
        raise ServiceError(endpoint, f"cannot be reached: {error.strerror or type(error).__name__}") from error


def _ask(endpoint: str, query: str, allowed: Allowed, limits: ServiceLimits, clock: _Clock) -> Received:
    address = endpoint
    encoded = urlencode({"query": query})
    is_short = len(endpoint) + len(encoded) < _LONGEST_GET
    if is_short:
        address += ("&" if urlsplit(endpoint).query else "?") + encoded
    for _ in range(1 + MOST_REDIRECTS):
        parts = urlsplit(address)
        connection = _connection(parts, allowed, clock)
        try:
            with clock.running(connection):
                connection.request(
                    "GET" if is_short else "POST",
                    quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (f"?{parts.query}" if parts.query else ""),
                    body=None if is_short else encoded.encode("ascii"),
                    headers=_headers(is_short),
                )
                answer = connection.getresponse()
                if answer.status not in _REDIRECTS:
                    return _receive(endpoint, answer, limits)
                told = answer.getheader("Location")
                if not told or not is_short:
                    raise ServiceError(endpoint, f"answered {answer.status}, a redirect that cannot be followed")
                address = urljoin(address, told)
                if _origin(urlsplit(address)) != _origin(parts):
                    raise ServiceError(endpoint, "redirects to another host, where it is not followed")
        finally:
            connection.close()
    raise ServiceError(endpoint, f"redirects more than {MOST_REDIRECTS} times")


def _headers(is_short: bool) -> dict[str, str]:
    headers = {
        "Accept": _ACCEPT,
        "Accept-Encoding": "identity",
        "User-Agent": f"castgraph/{__version__} (SPARQL federation)",
        "Connection": "close",
    }
    return headers if is_short else {**headers, "Content-Type": "application/x-www-form-urlencoded"}


def _receive(endpoint: str, answer: http.client.HTTPResponse, limits: ServiceLimits) -> Received:
    if answer.status != 200:
        raise ServiceError(endpoint, f"answered HTTP {answer.status}")
    media_type = (answer.getheader("Content-Type") or "").partition(";")[0].strip().lower()
    format_ = ox.QueryResultsFormat.from_media_type(media_type)
    if format_ is None or format_ == ox.QueryResultsFormat.CSV:  # CSV does not tell IRIs from text
        raise ServiceError(endpoint, f"answered with {media_type[:100] or 'no media type'}, which is no SPARQL result")
    if (answer.getheader("Content-Encoding") or "identity").lower() != "identity":
        raise ServiceError(endpoint, "answered in a content encoding that was not asked for")
    body = bytearray()
    while piece := answer.read1(65_536):
        body += piece
        if len(body) > limits.size:
            said = f"the answer has more than {limits.size} bytes, as many as may be taken; ask it for less"
            raise ServiceError(endpoint, said, limit="size")
    if answer.length:  # as many bytes were announced and did not come
        raise ServiceError(endpoint, "the answer broke off")
    return Received(media_type, bytes(body))


def _origin(parts: SplitResult) -> tuple[str, str | None, int]:
    try:
        port = parts.port
    except ValueError:
        port = -1
    return parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80)


class _Clock:
    """The end of a request: shuts its connection down when the time is over, or nobody waits any more."""

    def __init__(self, endpoint: str, seconds: float, gone: Gone | None) -> None:
        self.endpoint = endpoint
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self._gone = gone
        self._is_over = False

    @property
    def left(self) -> float:
        """Seconds left; never quite none, for a socket takes that as no limit at all."""
        return max(0.001, self._end - time.monotonic())

    def check(self) -> None:
        """Raises ServiceError where the time is over."""
        if self._is_over or time.monotonic() >= self._end:
            raise ServiceError(self.endpoint, f"no whole answer within {self._seconds:g} seconds", limit="time")

    @contextmanager
    def running(self, connection: http.client.HTTPConnection) -> Iterator[None]:
        """While this lasts the connection ends with the clock, whatever is waited for on it."""
        connection.connect()
        sock = connection.sock
        done = threading.Event()
        watch = threading.Thread(target=self._watch, args=(sock, done), name="service", daemon=True)
        watch.start()
        try:
            yield
        finally:
            done.set()
            watch.join()
            self.check()

    def _watch(self, sock: socket.socket, done: threading.Event) -> None:
        while not done.wait(min(_TICK, self.left)):
            if time.monotonic() >= self._end or (self._gone is not None and self._gone()):
                self._is_over = True
                try:
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)  # a TLS socket's own would wait for the other side
                except OSError:
                    return  # it ended by itself
                return


def _connection(parts: SplitResult, allowed: Allowed, clock: _Clock) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if parts.scheme == "https":
        return _Secure(host, port, allowed, clock)
    return _Plain(host, port, allowed, clock)


class _Plain(http.client.HTTPConnection):
    """A connection to an address that was checked."""

    def __init__(self, host: str, port: int, allowed: Allowed, clock: _Clock) -> None:
        super().__init__(host, port)
        self._allowed, self._clock = allowed, clock

    def connect(self) -> None:
        """See :meth:`http.client.HTTPConnection.connect`."""
        if self.sock is None:
            self.sock = _connect(self.host, self.port, self._allowed, self._clock)


class _Secure(http.client.HTTPSConnection):
    """As :class:`_Plain`, with TLS, the certificate checked for the name."""

    def __init__(self, host: str, port: int, allowed: Allowed, clock: _Clock) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, port, context=self._tls)
        self._allowed, self._clock = allowed, clock

    def connect(self) -> None:
        """See :meth:`http.client.HTTPSConnection.connect`."""
        if self.sock is None:
            plain = _connect(self.host, self.port, self._allowed, self._clock)
            plain.settimeout(self._clock.left)
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


def _connect(host: str, port: int, allowed: Allowed, clock: _Clock) -> socket.socket:
    """A socket to the first address of a host that takes a connection, each checked beforehand."""
    failure: OSError = OSError("the name has no address")
    for family, address in _look_up(host, port, clock):
        if not allowed.may_connect(address[0], host):
            raise ServiceError(clock.endpoint, "its name leads to an address that is not public and not listed")
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(clock.left)
            sock.connect(address)
        except OSError as error:
            sock.close()
            failure = error
            continue
        return sock
    raise failure


def _look_up(host: str, port: int, clock: _Clock) -> list[tuple[int, tuple[str, int]]]:
    """The addresses of a host. The system's look-up cannot be stopped, so it is left alone when the time is over."""
    found: list[tuple[int, tuple[str, int]]] = []
    failed: list[OSError] = []

    def look() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend((family, address) for family, *_, address in rows)  # type: ignore[misc]
        except OSError as error:
            failed.append(error)
        except UnicodeError:
            failed.append(OSError("the name is none"))

    thread = threading.Thread(target=look, name="look-up", daemon=True)
    thread.start()
    thread.join(clock.left)
    clock.check()
    if failed:
        raise failed[0]
    return found
