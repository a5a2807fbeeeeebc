"""The Graph Store HTTP Protocol's reads over the wire, and whole graphs as streams."""

from __future__ import annotations

import http.client
import threading
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from castgraph.formats import GRAPH_FORMATS, Format
from castgraph.iris import Iris
from castgraph_server.dumps import AHEAD, CHUNK, Dump

IMDB = Iris().graph("imdb", "copper-comet-2019")
DIRECT, INDIRECT = "/graph/imdb/copper-comet-2019", f"/graphs?graph={quote(IMDB, safe='')}"


def ask(server: str, method: str, target: str, **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=30)
    try:
        connection.request(method, target, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize("format_", GRAPH_FORMATS)
def test_a_graph_named_directly_or_indirectly_is_the_same(server: str, format_: Format) -> None:
    answers = [ask(server, "GET", address, Accept=format_.media_type) for address in (DIRECT, INDIRECT)]
    assert [status for status, _, _ in answers] == [200, 200]
    assert {headers["Content-Type"] for _, headers, _ in answers} == {format_.content_type}
    assert answers[0][2] == answers[1][2]
    assert isinstance(format_.codec, ox.RdfFormat)
    assert list(ox.parse(answers[0][2], format=format_.codec))


@pytest.mark.parametrize("address", [DIRECT, INDIRECT, "/graphs?default"])
@pytest.mark.parametrize("format_", GRAPH_FORMATS)
def test_a_graph_the_client_has_is_not_sent_again(server: str, address: str, format_: Format) -> None:
    status, headers, body = ask(server, "GET", address, Accept=format_.media_type)
    assert (status, bool(body), headers["ETag"].startswith('"')) == (200, True, True)
    again = ask(server, "GET", address, Accept=format_.media_type, If_None_Match=headers["ETag"])
    assert (again[0], again[2], again[1]["ETag"]) == (304, b"", headers["ETag"])
    told = ask(server, "HEAD", address, Accept=format_.media_type)
    assert (told[0], told[2]) == (200, b"")
    for name in ("ETag", "Content-Type", "Vary"):
        assert told[1][name] == headers[name]


def test_formats_have_tags_of_their_own(server: str) -> None:
    tags = {ask(server, "HEAD", INDIRECT, Accept=format_.media_type)[1]["ETag"] for format_ in GRAPH_FORMATS}
    assert len(tags) == len(GRAPH_FORMATS)


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/graphs?graph=http%3A%2F%2Fexample.org%2Fnone", 404),
        ("HEAD", "/graphs?graph=http%3A%2F%2Fexample.org%2Fnone", 404),
        ("GET", "/graph/none", 404),
        ("GET", "/graphs?graph=relative", 400),
        ("GET", "/graphs?graph=", 400),
        ("GET", f"{INDIRECT}&default", 400),
        ("PUT", INDIRECT, 405),
        ("POST", "/graphs?default", 405),
        ("DELETE", DIRECT, 405),
        ("PATCH", DIRECT, 405),
    ],
)
def test_what_is_wrong_has_its_status(server: str, method: str, address: str, status: int) -> None:
    answer = ask(server, method, address, Accept="text/turtle")
    assert answer[0] == status
    assert answer[1]["Content-Type"] == "application/problem+json"
    if status == 405:
        assert "GET" in answer[1]["Allow"]


def test_a_graph_is_not_given_as_what_it_is_not(server: str) -> None:
    assert ask(server, "GET", INDIRECT, Accept="text/csv")[0] == 406


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> ox.Store:
    """A store whose default graph is larger than what a dump writes ahead."""
    path = tmp_path_factory.mktemp("large") / "store"
    store = ox.Store(str(path))
    value, count = "x" * 500, 2 * AHEAD * CHUNK // 500
    store.bulk_extend(ox.Quad(ox.NamedNode(f"a:{n}"), ox.NamedNode("a:p"), ox.Literal(value)) for n in range(count))
    return store


def writers() -> int:
    return sum(thread.name == "dump" for thread in threading.enumerate())


def test_a_large_graph_is_written_as_it_is_taken(large: ox.Store) -> None:
    dump = Dump(large, ox.DefaultGraph(), Format.N_TRIPLES)
    chunks = iter(dump)
    first = next(chunks)
    time.sleep(0.2)
    assert writers() == 1  # it waits: nobody takes what it wrote
    whole = first + b"".join(chunks)
    assert len(whole) > AHEAD * CHUNK
    assert whole.count(b"\n") == len(large)


def test_a_dump_nobody_reads_on_ends(large: ox.Store) -> None:
    dump = Dump(large, ox.DefaultGraph(), Format.TURTLE)
    next(iter(dump))
    dump.close()
    deadline = time.monotonic() + 10
    while writers() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert writers() == 0


def test_a_dump_nobody_began_to_read_writes_nothing(large: ox.Store) -> None:
    Dump(large, ox.DefaultGraph(), Format.TURTLE).close()
    assert writers() == 0


class Broken:
    """A store that fails after some bytes, as one on a failing disc would."""

    def dump(self, out: object, *_: object, **__: object) -> None:
        assert hasattr(out, "write")
        out.write(b"<a:b> <a:c> 1 .\n")
        raise OSError("the disc is gone: /secret/path")


@pytest.mark.parametrize("format_", GRAPH_FORMATS)
def test_a_dump_that_fails_midway_reads_as_broken(format_: Format, caplog: pytest.LogCaptureFixture) -> None:
    body = b"".join(Dump(Broken(), ox.DefaultGraph(), format_))  # type: ignore[arg-type]
    assert b"secret" not in body
    assert isinstance(format_.codec, ox.RdfFormat)
    with pytest.raises(SyntaxError):
        list(ox.parse(body, format=format_.codec))


def test_the_list_of_graphs_is_given_too(client: FlaskClient, tmp_path: Path) -> None:
    assert client.get("/graphs").mimetype == "application/json"
    assert client.get("/graphs", headers={"Accept": "text/html"}).mimetype == "text/html"
