"""The real server with a test's data as its snapshot: one process, its snapshot swapped from test to test."""

from __future__ import annotations

import http.client
import select
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox

from castgraph.iris import DEFAULT_BASE
from castgraph.snapshot import building, digest, publish, verify, write_json
from tests.w3c.manifests import Data, file_of

TOKEN = "a-token-for-the-tests-of-castgraph"
"""What the writable server is told to take writes from."""

CODECS = {"ttl": ox.RdfFormat.TURTLE, "rdf": ox.RdfFormat.RDF_XML, "nt": ox.RdfFormat.N_TRIPLES}


def quads_of(data: Data) -> list[ox.Quad]:
    """A test's files as quads: default graph and named graphs as the test says."""
    found: list[ox.Quad] = []
    named = [(ox.NamedNode(name), address) for name, address in data.named]
    files: list[tuple[ox.NamedNode | ox.DefaultGraph, str]] = [(ox.DefaultGraph(), file) for file in data.default]
    for graph, address in [*files, *named]:
        parsed = ox.parse(
            file_of(address).read_bytes(),
            format=CODECS[address.rpartition(".")[2]],
            base_iri=address,
            rename_blank_nodes=True,  # a label means nothing outside its file
        )
        found += [ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in parsed]
    return found


def publish_snapshot(folder: Path, quads: Sequence[ox.Quad]) -> None:
    """Make quads the current snapshot of a data folder.

    A snapshot's default graph is whatever its writer wrote there (the union of the named graphs, for castgraph's own
    data); here it is the test's default graph. So queries run as they always do, without any dataset parameter.
    """
    with building(folder) as there:
        store = ox.Store(str(there / "store"))
        store.extend(quads)
        store.flush()
        counts = Counter(quad.graph_name for quad in store)
        graphs = {graph.value: number for graph, number in counts.items() if isinstance(graph, ox.NamedNode)}
        default = counts[ox.DefaultGraph()]
        manifest = {"castgraph": "0", "base": DEFAULT_BASE, "built": "2026-11-20T12:00:00Z", "bundled": False,
                    "quads": len(store) - default, "triples": default, "graphs": graphs, "sources": [], "inferred": 0}  # fmt: skip
        del store
        write_json(there / "manifest.json", manifest)
        write_json(there / "report.json", {})
        write_json(there / "decisions.json", [])
        publish(folder, there, digest(quads), verify=verify)


@dataclass(frozen=True)
class Answer:
    """An HTTP response. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The content type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0]


@dataclass
class Endpoint:
    """The server under test. ``folder`` is the data folder it serves from."""

    address: str
    folder: Path
    _data: Data | None = None
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def serve(self, data: Data) -> None:
        """Have the server answer from a test's data; it notices the swapped pointer by itself."""
        if data != self._data:
            self.serve_quads(quads_of(data))
            self._data = data

    def serve_quads(self, quads: Sequence[ox.Quad]) -> None:
        """Have the server answer from quads."""
        publish_snapshot(self.folder, quads)
        self._data = None

    def send(self, method: str, target: str, body: bytes | None = None, **headers: str) -> Answer:
        """One request as it is given; header names are written with underscores."""
        kept = self._connection.sock if self._connection is not None else None
        if kept is not None and select.select([kept], [], [], 0)[0]:  # the server has ended what was idle too long
            self.close()
        if self._connection is None:
            self._connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            self._connection.request(method, target, body=body, headers=named)
            response = self._connection.getresponse()
            told = {name.lower(): value for name, value in response.getheaders()}
            answer = Answer(response.status, told, response.read())
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if answer.status >= 400 and body:  # a body refused may be left unread; then the server ends the connection
            self.close()
        return answer

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def ask(self, query: bytes, accept: str) -> Answer:
        """A query, posted directly."""
        return self.send("POST", "/sparql", query, Content_Type="application/sparql-query", Accept=accept)
