"""The clients of the soak: people with ordinary requests, and those who ask too much, leave, or never finish."""

from __future__ import annotations

import http.client
import json
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import quote, urlencode, urlsplit

CSV, RESULTS, FORM = "text/csv", "application/sparql-results+json", "application/x-www-form-urlencoded"

CAST = """PREFIX film: <https://w3id.org/castgraph/film#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?who { ?person film:played ?role ; skos:prefLabel ?who . ?role skos:prefLabel "Rick Erwin" }"""
BUILT = "SELECT ?n { <https://example.org/soak> <http://www.w3.org/1999/02/22-rdf-syntax-ns#value> ?n }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
HOG = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"
HUGE = "SELECT * {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }} LIMIT {}"

CUT = "a cut result that says so"
"""The outcome where a result was ended midway, with the line no parser takes."""


class Unexpected(Exception):  # noqa: N818 - an outcome, counted by its text
    """What came back is not what was promised."""


@dataclass
class Record:
    """What the clients saw: outcomes by kind, and the seconds ordinary requests took. Safe to share."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    failures: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def note(self, kind: str, outcome: str, seconds: float | None = None, *, is_failure: bool = False) -> None:
        """Count an outcome."""
        with self._lock:
            (self.failures if is_failure else self.outcomes)[kind, outcome] += 1
            if seconds is not None:
                self.seconds.append(seconds)

    def seen(self, kind: str, outcome: str) -> int:
        """How often a kind of client had an outcome."""
        return self.outcomes[kind, outcome]


class Client:
    """One connection, kept alive, that asks one thing after another."""

    def __init__(self, address: str, most_rows: int, seconds: float, built: Callable[[], int]) -> None:
        parts = urlsplit(address)
        self.host, self.port = parts.hostname or "", parts.port or 80
        self.most_rows = most_rows
        self.seconds = seconds
        self.built = built
        self._connection = http.client.HTTPConnection(self.host, self.port, timeout=60)

    def ask(self, method: str, target: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        """Send a request and read the whole answer."""
        try:
            self._connection.request(
                method, target, body, {name.replace("_", "-"): value for name, value in headers.items()}
            )
            response = self._connection.getresponse()
            return response.status, response.read()
        except BaseException:
            self._connection.close()
            raise

    def query(self, text: str, accept: str = CSV, **fields: object) -> tuple[int, bytes]:
        """Ask a query by GET."""
        return self.ask("GET", f"/sparql?{urlencode({'query': text, **fields})}", Accept=accept)

    def leave(self, request: bytes, reads: int, *, rudely: bool) -> None:
        """Send something on a connection of its own, from an address of its own, read a little, and go away.

        An address of its own (Linux answers on all of 127.0.0.0/8), for the server tells by addresses who has gone.
        """
        own = f"127.0.{random.randrange(1, 255)}.{random.randrange(1, 255)}"
        with socket.create_connection((self.host, self.port), 30, (own, 0)) as connection:
            connection.sendall(request)
            while reads > 0 and (came := connection.recv(1 << 16)):
                reads -= len(came)
            time.sleep(random.uniform(0, 0.3))
            if rudely:  # a reset instead of an ending
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


_number = count()


def _expect(came: tuple[int, bytes], content: bytes) -> str:
    status, body = came
    if status != 200 or content not in body:
        raise Unexpected(f"{status} {body[:200]!r}, where {content!r} was to be expected")
    return "right"


def cast(client: Client) -> str:
    """A query nobody asked before."""
    return _expect(client.query(f"{CAST} # {next(_number)}"), b"Michael Riley")


def repeated(client: Client) -> str:
    """A query the cache knows."""
    return _expect(client.query(CAST), b"Michael Riley")


def posted(client: Client) -> str:
    """A query in a form."""
    body = urlencode({"query": f"{CAST} # {next(_number)}"}).encode()
    return _expect(client.ask("POST", "/sparql", body, Accept=RESULTS, Content_Type=FORM), b"Michael Riley")


def newest(client: Client) -> str:
    """What the newest build says: never less than the build that was finished when the request was sent."""
    least = client.built()
    status, body = client.query(BUILT, CSV)
    _, _, found = body.decode().partition("\r\n")
    if status != 200 or not found.strip().isdigit() or int(found) < least:
        raise Unexpected(f"{status} {body[:200]!r}, where build {least} or a later one was to be expected")
    return "right"


def question(client: Client) -> str:
    """A question in words."""
    target = f"/ask?q={quote('Who played Rick Erwin?')}"
    return _expect(client.ask("GET", target, Accept="application/json"), b"Michael Riley")


def page(client: Client) -> str:
    """A page for people."""
    return _expect(client.ask("GET", "/page/person/michael-riley", Accept="text/html"), b"Michael Riley")


def turtle(client: Client) -> str:
    """A thing's data."""
    return _expect(client.ask("GET", "/data/person/michael-riley.ttl"), b"Michael Riley")


def saved(client: Client) -> str:
    """A saved query."""
    return _expect(client.ask("GET", "/queries/who-played-whom", Accept=CSV), b"Rick Erwin")


def ready(client: Client) -> str:
    """An operator's look."""
    return _expect(client.ask("GET", "/readyz"), b'"ready"')


ORDINARY = (cast, repeated, posted, newest, question, page, turtle, saved, ready)
"""Requests that never fail, whatever others do."""


def _limit(came: tuple[int, bytes], *expected: str) -> str:
    status, body = came
    outcome = f"{status} {json.loads(body)['limit']}" if status in (503, 504) else f"{status} {body[:200]!r}"
    if outcome not in expected:
        raise Unexpected(outcome)
    return outcome


def runaway(client: Client) -> str:
    """A query that would never end."""
    return _limit(client.query(f"{RUNAWAY} # {next(_number)}", timeout=client.seconds), "504 time", "503 worker")


def hog(client: Client) -> str:
    """A query that wants more memory than it may have."""
    return _limit(
        client.query(f"{HOG} # {next(_number)}", timeout=client.seconds), "503 memory", "504 time", "503 worker"
    )


def huge(client: Client) -> str:
    """A result as large as it may be, read to its end."""
    return _rows(client, client.most_rows, "whole")


def too_many(client: Client) -> str:
    """A result one row larger than it may be."""
    return _rows(client, client.most_rows + 1, CUT)


def _rows(client: Client, rows: int, expected: str) -> str:
    try:
        status, body = client.query(f"{HUGE.format(rows)} # {next(_number)}", "text/tab-separated-values")
    except http.client.IncompleteRead:
        return CUT  # the connection was broken before the end: no client takes that for a whole result
    if status != 200:
        return _limit((status, body), "503 worker", "504 time")
    end = body[-400:].decode("utf-8", "replace")
    if "This result is not whole" in end:
        return CUT if expected == CUT or "ended from outside" in end or "stopped after" in end else end
    found = body.count(b"\n") - 1
    if expected == CUT or found != rows:
        raise Unexpected(f"{found} of {rows} rows, and nothing says that some are missing")
    return "whole"


def gone(client: Client) -> str:
    """Somebody who asks for much and leaves midway."""
    text, reads = random.choice([(RUNAWAY, 0), (HUGE.format(client.most_rows), 100_000), (CAST, 0)])
    target = f"/sparql?{urlencode({'query': f'{text} # {next(_number)}', 'timeout': client.seconds})}"
    head = f"GET {target} HTTP/1.1\r\nHost: soak\r\nAccept: text/csv\r\n\r\n"
    client.leave(head.encode(), reads, rudely=random.random() < 0.5)
    return "left"


def half(client: Client) -> str:
    """Somebody who never finishes a request."""
    head = "POST /sparql HTTP/1.1\r\nHost: soak\r\nContent-Type: application/sparql-query\r\nContent-Length: 500\r\n\r\nASK"
    client.leave(head[: random.randrange(5, len(head))].encode(), 0, rudely=random.random() < 0.5)
    return "left"


DEMANDING: dict[Callable[[Client], str], str] = {
    runaway: "504 time", hog: "503 memory", huge: "whole", too_many: CUT, gone: "left", half: "left",
}  # fmt: skip
"""Requests no server can simply answer, and the outcome that shows that the limit in question was met."""
