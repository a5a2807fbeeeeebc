"""A writable server over the bundled snapshot, as a client sees it."""

from __future__ import annotations

import http.client
import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from castgraph.iris import Iris
from castgraph.snapshot import Snapshot, current

TOKEN = "a-secret-that-only-editors-know-42"
FORM, UPDATE, TURTLE = "application/x-www-form-urlencoded", "application/sparql-update", "text/turtle"
IRIS = Iris()
PREFIXES = (
    "PREFIX film: <https://w3id.org/castgraph/film#>\n"
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
    "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>\n"
    "PREFIX person: <https://w3id.org/castgraph/id/person/> PREFIX role: <https://w3id.org/castgraph/id/character/>\n"
    "PREFIX credit: <https://w3id.org/castgraph/id/performance/>\n"
    "PREFIX graph: <https://w3id.org/castgraph/graph/>\n"
)
CREDIT = "<https://w3id.org/castgraph/id/performance/race-to-mars-2007/tv-guide/rick-erwin>"
RILEY, ERWIN = (
    f"<https://w3id.org/castgraph/id/{path}>"
    for path in ("person/michael-riley", "character/race-to-mars-2007/rick-erwin")
)
PLAYED = "<https://w3id.org/castgraph/film#played>"
TV_GUIDE = IRIS.graph("tv-guide", "race-to-mars-2007")


@dataclass(frozen=True)
class Answer:
    """A response."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def told(self) -> dict[str, object]:
        """The body as JSON."""
        told: dict[str, object] = json.loads(self.body)
        return told


@dataclass(frozen=True)
class Site:
    """A running server and its data folder."""

    address: str
    data: Path

    def send(self, method: str, target: str, body: bytes | None = None, **headers: str) -> Answer:
        """One request as it is given."""
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, target, body, named)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def update(self, text: str, target: str = "/sparql", **headers: str) -> Answer:
        """An update with the token."""
        given = {"Content_Type": UPDATE, "Authorization": f"Bearer {TOKEN}", **headers}
        return self.send("POST", target, (PREFIXES + text).encode(), **given)

    def write(self, method: str, graph: str, body: str = "", **headers: str) -> Answer:
        """A graph store operation with the token, on a graph named indirectly."""
        given = {"Content_Type": TURTLE, "Authorization": f"Bearer {TOKEN}", **headers}
        return self.send(method, f"/graphs?graph={quote(graph, safe='')}", body.encode(), **given)

    def ask(self, pattern: str) -> bool:
        """Whether a pattern matches."""
        query = urlencode({"query": f"{PREFIXES}ASK {{ {pattern} }}"})
        answer = self.send("GET", f"/sparql?{query}", Accept="application/sparql-results+json")
        assert answer.status == 200, answer
        return bool(answer.told["boolean"])

    @property
    def counts(self) -> dict[str, float]:
        """What /metrics tells of changes: by outcome, and how often each step was taken."""
        told = self.send("GET", "/metrics").body.decode()
        pattern = r'^castgraph_update(?:s_total|_step_seconds_count)\{\w+="([^"]+)"\} (\S+)$'
        return {name: float(number) for name, number in re.findall(pattern, told, re.MULTILINE)}

    @contextmanager
    def begun(self, text: str) -> Iterator[None]:
        """An update that is sent and not waited for: at the end of the block its client goes away."""
        body = text.encode()
        head = (
            f"POST /sparql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
            f"Content-Type: {UPDATE}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", urlsplit(self.address).port or 0), timeout=20) as connection:
            connection.sendall(head.encode() + body)
            yield

    @property
    def snapshot(self) -> Snapshot:
        """The current snapshot."""
        found = current(self.data)
        assert found is not None
        return found


def refused(site: Site, act: Callable[[], Answer], status: int) -> Answer:
    """The answer of what is refused with a status, and changes nothing."""
    before = (site.snapshot.id, site.snapshot.path.stat().st_ino)
    answer = act()
    assert answer.status == status, answer
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (site.snapshot.id, site.snapshot.path.stat().st_ino) == before
    return answer


RUNAWAY = "INSERT { <a:s> <a:p> ?n } WHERE { SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } }"
"""An update that takes very long."""


def runaway(site: Site, target: str = "/sparql") -> Answer:
    """An update that takes very long, sent."""
    return site.update(RUNAWAY, target)


def until(holds: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def writers_of(site: Site) -> list[int]:
    """The writer processes that have a file of this data folder open."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if b"castgraph_server/writer.py" in (process / "cmdline").read_bytes():
                opened = [file.readlink() for file in (process / "fd").iterdir()]
                found += [int(process.name)] if any(one.is_relative_to(site.data) for one in opened) else []
        except OSError:
            continue
    return found
