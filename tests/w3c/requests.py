"""Requests as the protocol manifests write them (https://www.w3.org/TR/HTTP-in-RDF10/), and what should answer them."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from tests.w3c.manifests import MF, RDFS_LABEL, UT, Data, Entry, Manifest, Node

HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"

CODES = {"OK": "200", "Created": "201", "NoContent": "204", "BadRequest": "400", "NotFound": "404"}
"""Statuses by the names of http://www.w3.org/2011/http-statusCodes#."""


@dataclass(frozen=True)
class Expected:
    """What should come back. A status may be a class, such as ``2xx``."""

    statuses: tuple[str, ...]
    boolean: bool | None
    format: str | None
    headers: tuple[tuple[str, str], ...]
    body: str | None

    def takes(self, status: int) -> bool:
        """Whether a status is as expected."""
        return any(wanted in (str(status), f"{status // 100}xx") for wanted in self.statuses)


@dataclass(frozen=True)
class Request:
    """One request. ``body`` is encoded as the test says."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    expected: Expected


@dataclass(frozen=True)
class Exchange:
    """An entry's data, and its requests in their order."""

    entry: Entry
    data: Data
    requests: tuple[Request, ...]


def exchanges(start: str, type_: str) -> list[Exchange]:
    """The entries of a type, with their requests."""
    manifest = Manifest(start)
    return [
        Exchange(entry, _data(manifest, node), tuple(_request(manifest, row) for row in _requests(manifest, node)))
        for node, entry in manifest.entries()
        if entry.type == type_
    ]


def _data(manifest: Manifest, node: Node) -> Data:
    named = []
    for row in manifest.values(node, UT + "graphData"):
        assert isinstance(row, ox.BlankNode)
        label, file = manifest.value(row, RDFS_LABEL), manifest.value(row, UT + "graph")
        assert label is not None
        assert file is not None
        named.append((label.value, file.value))
    return Data(named=tuple(named))


def _requests(manifest: Manifest, node: Node) -> list[Node]:
    action = manifest.value(node, MF + "action")
    assert isinstance(action, ox.BlankNode)
    rows = manifest.value(action, HT + "requests")
    assert rows is not None
    return manifest.items(rows)


def _request(manifest: Manifest, node: Node) -> Request:
    response = manifest.value(node, HT + "resp")
    assert isinstance(response, ox.BlankNode)
    boolean, format_ = manifest.value(response, MF + "expectedBoolean"), manifest.value(response, MF + "expectedFormat")
    statuses = [value.value.rpartition("#")[2] for value in manifest.values(response, MF + "expectedStatus")]
    body = _body(manifest, response)
    return Request(
        method=_text(manifest, node, HT + "methodName"),
        path=_text(manifest, node, HT + "absolutePath"),
        headers=_headers(manifest, node),
        body=_body(manifest, node),
        expected=Expected(
            statuses=tuple(CODES.get(status, status.removeprefix("StatusCode")) for status in statuses),
            boolean=None if boolean is None else boolean.value == "true",
            format=None if format_ is None else format_.value,
            headers=_headers(manifest, response),
            body=None if body is None else body.decode(),
        ),
    )


def _headers(manifest: Manifest, node: Node) -> tuple[tuple[str, str], ...]:
    rows = manifest.value(node, HT + "headers")
    items = [] if rows is None else manifest.items(rows)
    return tuple((_text(manifest, row, HT + "fieldName"), _text(manifest, row, HT + "fieldValue")) for row in items)


def _body(manifest: Manifest, node: Node) -> bytes | None:
    body = manifest.value(node, HT + "body")
    if body is None:
        return None
    assert isinstance(body, ox.BlankNode)
    encoding = manifest.value(body, CNT + "characterEncoding")
    return _text(manifest, body, CNT + "chars").encode(encoding.value if encoding else "utf-8")


def _text(manifest: Manifest, node: Node, predicate: str) -> str:
    value = manifest.value(node, predicate)
    assert value is not None, (node, predicate)
    return value.value
