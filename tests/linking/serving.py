"""Other data sets on loopback: a real SPARQL server with data of their shape, and one that falters."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

from castgraph.linking.patience import Patience
from tests.running import running_oxigraph

PREFIXES = """
@prefix wd: <http://www.wikidata.org/entity/> .
@prefix wdt: <http://www.wikidata.org/prop/direct/> .
@prefix p: <http://www.wikidata.org/prop/> .
@prefix ps: <http://www.wikidata.org/prop/statement/> .
@prefix pq: <http://www.wikidata.org/prop/qualifier/> .
@prefix wikibase: <http://wikiba.se/ontology#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix dbo: <http://dbpedia.org/ontology/> .
@prefix dbr: <http://dbpedia.org/resource/> .
@prefix movie: <http://data.linkedmdb.org/resource/movie/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
"""
FAST = Patience(timeout=20, tries=3, pause=0.01, longest=2)


def silent(_: str) -> None:
    """Progress nobody reads."""


@contextmanager
def serving(tmp_path: Path, data: str = "", files: tuple[Path, ...] = ()) -> Iterator[str]:
    store = ox.Store(str(tmp_path / "store"))
    store.load((PREFIXES + data).encode(), format=ox.RdfFormat.TURTLE)
    for file in files:
        store.load(path=str(file), format=ox.RdfFormat.TURTLE)
    store.flush()
    del store
    with running_oxigraph(tmp_path / "store") as endpoint:
        yield endpoint


class Faltering(BaseHTTPRequestHandler):
    """Answers with what its server has prepared, one after the other; keeps what it was sent."""

    def do_GET(self) -> None:
        self._answer(urlsplit(self.path).query)

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _answer(self, query: str) -> None:
        server = self.server
        assert isinstance(server, Prepared)
        server.asked.append((dict(self.headers), parse_qs(query)))
        status, headers, body = server.answers.pop(0)
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


Answer = tuple[int, dict[str, str], bytes]
ROWS: Answer = (
    200,
    {"Content-Type": "application/sparql-results+json"},
    json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": []}}).encode(),
)


class Prepared(ThreadingHTTPServer):
    def __init__(self, answers: list[Answer]) -> None:
        self.answers = answers
        self.asked: list[tuple[dict[str, str], dict[str, list[str]]]] = []
        super().__init__(("127.0.0.1", 0), Faltering)


@contextmanager
def faltering(*answers: Answer) -> Iterator[tuple[str, Prepared]]:
    with Prepared(list(answers)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/sparql", server
        server.shutdown()
