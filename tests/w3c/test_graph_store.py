"""The W3C suite for the Graph Store HTTP Protocol: reads are answered as it expects, writes are refused while off.

The suite writes a graph and reads it back. Here each write is sent and must be refused; then the graph as it would have
been is made the server's snapshot, and the reads that follow are sent and compared.
"""

from __future__ import annotations

from email import message_from_bytes
from urllib.parse import parse_qs, unquote, urlsplit

import pyoxigraph as ox
import pytest

from castgraph.iris import Iris
from tests.w3c.comparison import Graph, same
from tests.w3c.endpoint import Endpoint
from tests.w3c.manifests import is_here
from tests.w3c.requests import Exchange, Request, exchanges

pytestmark = pytest.mark.skipif(not is_here(), reason="the W3C suites (../shared/w3c) are not here")

NEW = "http://www.example/gsp/new-graph"
"""What a store might call a graph that was posted without a name."""


def store_exchanges() -> list[Exchange]:
    """The entries of the suite."""
    return exchanges("sparql11/graph-store-protocol/manifest.ttl", "GraphStoreProtocolTest") if is_here() else []


def target(request: Request) -> tuple[str, ox.NamedNode | ox.DefaultGraph]:
    """Our address for a request of the suite, and the graph it speaks of.

    A graph named directly stands below ``/graph/``, where this server's graphs have their addresses; ``/gsp`` is
    ``/graphs`` here.
    """
    path, query = urlsplit(request.path).path, urlsplit(request.path).query.replace("$LOCATION$", NEW)
    if path != "/gsp":
        return "/graph" + path, ox.NamedNode(Iris().graph(unquote(path.lstrip("/"))))
    name = parse_qs(query)["graph"][0] if "graph=" in query else NEW
    return f"/graphs?{query}", ox.DefaultGraph() if query == "default" else ox.NamedNode(name)


def texts(request: Request) -> list[bytes]:
    """The Turtle texts in a body: one, or those of a form."""
    type_ = dict(request.headers).get("content-type", "")
    body = request.body or b""
    if not type_.startswith("multipart/"):
        return [body]
    message = message_from_bytes(f"Content-Type: {type_}\r\n\r\n".encode() + body)
    parts = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
    return [part for part in parts if isinstance(part, bytes)]


def triples(text: bytes) -> list[ox.Triple]:
    """A Turtle text's triples, its blank nodes its own."""
    return [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)]


@pytest.mark.parametrize("exchange", store_exchanges(), ids=lambda one: one.entry.name)
def test_graphs_are_read_as_the_suite_expects(endpoint: Endpoint, exchange: Exchange) -> None:
    graphs: dict[ox.NamedNode | ox.DefaultGraph, list[ox.Triple]] = {}
    endpoint.serve_quads([])
    for request in exchange.requests:
        address, graph = target(request)
        headers = {name.replace("-", "_"): value for name, value in request.headers}
        answer = endpoint.send(request.method, address, request.body, **headers)
        if request.method in ("GET", "HEAD"):
            assert request.expected.takes(answer.status), answer
            for name, value in request.expected.headers:
                assert answer.headers[name] == value
            if request.expected.body is not None:
                wanted = Graph(frozenset(triples(request.expected.body.encode())))
                assert same(wanted, Graph(frozenset(triples(answer.body))))
            assert request.method == "GET" or answer.body == b""
            continue
        assert answer.status in (403, 405), answer
        kept = graphs.pop(graph, []) if request.method == "POST" else []
        if request.method != "DELETE":
            graphs[graph] = kept + [triple for text in texts(request) for triple in triples(text)]
        else:
            graphs.pop(graph, None)
        quads = [ox.Quad(one.subject, one.predicate, one.object, name) for name, all_ in graphs.items() for one in all_]
        endpoint.serve_quads(quads)


def test_all_entries_are_run() -> None:
    assert len(store_exchanges()) == 13
