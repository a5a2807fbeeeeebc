"""Content encodings over HTTP: who gets which, their tags, and streams."""

from __future__ import annotations

import gzip
import http.client
import sys
import zlib
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Response
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from castgraph_server.encoding import SMALLEST, _Stream, choose, compress

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

DECODE = {"gzip": gzip.decompress, "zstd": zstd.decompress}
ALL = "SELECT * WHERE { ?s ?p ?o }"
LARGE = [
    "/graphs?default", "/graphs?default&format=jsonld", "/.well-known/void", "/sparql", "/ontology/film",
    "/queries", "/page/title/copper-comet-2019", "/openapi.json", "/static/site.css",
    "/sparql?query=SELECT+*+WHERE+%7B+%3Fs+%3Fp+%3Fo+%7D",
]  # fmt: skip


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
@pytest.mark.parametrize("address", LARGE)
def test_large_bodies_are_encoded_for_those_who_take_it(client: FlaskClient, address: str, encoding: str) -> None:
    plain, encoded = client.get(address), client.get(address, headers={"Accept-Encoding": encoding})
    assert plain.status_code == 200
    assert "Content-Encoding" not in plain.headers
    assert encoded.headers["Content-Encoding"] == encoding
    assert DECODE[encoding](encoded.data) == plain.data
    assert len(encoded.data) < len(plain.data)
    assert "accept-encoding" in plain.vary.as_set() & encoded.vary.as_set()
    assert plain.headers["ETag"] != encoded.headers["ETag"]
    assert not encoded.headers["ETag"].startswith("W/")


@pytest.mark.parametrize("address", LARGE)
def test_each_encoding_has_a_strong_tag_that_answers_to_itself(client: FlaskClient, address: str) -> None:
    tags = set()
    for encoding in ("", "gzip", "zstd"):
        headers = {"Accept-Encoding": encoding}
        tag = client.get(address, headers=headers).headers["ETag"]
        tags.add(tag)
        again = client.get(address, headers={**headers, "If-None-Match": tag})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
        assert "accept-encoding" in again.vary.as_set()
        weak = client.get(address, headers={**headers, "If-None-Match": f'"other", W/{tag}'})
        assert weak.status_code == 304
    assert len(tags) == 3


def test_the_tag_of_one_encoding_is_not_that_of_another(client: FlaskClient) -> None:
    tag = client.get("/ontology/film", headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    for encoding in ("zstd", "identity"):
        response = client.get("/ontology/film", headers={"Accept-Encoding": encoding, "If-None-Match": tag})
        assert response.status_code == 200


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        (None, None),
        ("", None),
        ("gzip", "gzip"),
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd;q=0.5, gzip", "gzip"),
        ("*", "zstd"),
        ("zstd;q=0, *;q=0.5", "gzip"),
        ("gzip;q=0", None),
        ("identity, gzip;q=0.5", None),
        ("br, deflate", None),
    ],
)
def test_the_encoding_goes_by_quality(client: FlaskClient, accept: str | None, encoding: str | None) -> None:
    response = client.get("/ontology/film", headers={} if accept is None else {"Accept-Encoding": accept})
    assert response.headers.get("Content-Encoding") == encoding


def test_small_bodies_are_sent_as_they_are(client: FlaskClient) -> None:
    response = client.get("/sparql?query=ASK{}", headers={"Accept-Encoding": "gzip"})
    assert len(response.data) < SMALLEST
    assert "Content-Encoding" not in response.headers
    again = client.get(
        "/sparql?query=ASK{}", headers={"Accept-Encoding": "gzip", "If-None-Match": response.headers["ETag"]}
    )
    assert again.status_code == 304


def test_head_tells_what_get_would(client: FlaskClient) -> None:
    for address in LARGE:
        given, told = (
            client.open(address, method=method, headers={"Accept-Encoding": "gzip"}) for method in ("GET", "HEAD")
        )
        assert told.data == b""
        for name in ("ETag", "Content-Encoding", "Content-Type", "Vary"):
            assert told.headers.get(name) == given.headers.get(name)


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_what_is_streamed_arrives_as_it_is_made(encoding: str) -> None:
    made: list[int] = []

    def chunks() -> Iterator[bytes]:
        for number in range(5):
            made.append(number)
            yield f"chunk {number}\n".encode() * 10

    stream = iter(_Stream(chunks(), encoding))
    first = next(stream)
    assert made == [0]
    if encoding == "zstd":
        assert zstd.ZstdDecompressor().decompress(first) == b"chunk 0\n" * 10
    rest = b"".join(stream)
    assert DECODE[encoding](first + rest) == b"".join(f"chunk {number}\n".encode() * 10 for number in range(5))


def test_closing_an_encoded_stream_closes_what_is_behind_it() -> None:
    closed = []

    class Source:
        def __iter__(self) -> Iterator[bytes]:
            return iter([b"x"])

        def close(self) -> None:
            closed.append(True)

    Response(_Stream(Source(), "gzip")).close()  # never read: the client was gone
    assert closed == [True]


@given(st.binary(max_size=5000), st.sampled_from(["gzip", "zstd"]))
def test_encoding_loses_nothing(body: bytes, encoding: str) -> None:
    assert DECODE[encoding](compress(body, encoding)) == body


@given(st.fixed_dictionaries({name: st.floats(0, 1) for name in ("gzip", "zstd", "identity")}))
def test_no_encoding_is_sent_that_is_taken_less_gladly(qualities: dict[str, float]) -> None:
    chosen = choose(lambda name: qualities[name])
    best = max(qualities["gzip"], qualities["zstd"])
    if chosen is None:
        assert best == 0 or best < qualities["identity"]
    else:
        assert qualities[chosen] == best > 0


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_large_result_begins_before_it_is_whole(server: str, encoding: str) -> None:
    query = "SELECT ?a ?d WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 500000"
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=60)
    try:
        connection.request(
            "GET",
            f"/sparql?{urlencode({'query': query, 'format': 'tsv'})}",
            headers={"Accept-Encoding": encoding},
        )
        response = connection.getresponse()
        assert response.headers["Content-Encoding"] == encoding
        assert response.headers["Content-Length"] is None
        decompress = zstd.ZstdDecompressor().decompress if encoding == "zstd" else zlib.decompressobj(31).decompress
        begun = decompress(response.read1(4096))
        assert begun.startswith(b"?a\t?d\n")
    finally:
        connection.close()
