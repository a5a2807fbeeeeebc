"""SPARQL 1.1 Protocol, sections 2.1 and 2.2: what query or update a request asks, over which graphs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl

from pyoxigraph import NamedNode
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.wrappers import Request

from castgraph.store import Dataset
from castgraph_server.problems import Problem

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"


@dataclass(frozen=True)
class Operation:
    """A query and the data set it is asked of. ``timeout`` (seconds) and ``format`` are as written; not yet looked at."""

    query: str
    dataset: Dataset
    timeout: str | None = None
    format: str | None = None


@dataclass(frozen=True)
class Update:
    """An update, and the data set its patterns are asked of (section 2.2)."""

    text: str
    dataset: Dataset
    timeout: str | None = None


def read_operation(request: Request) -> Operation | Update | None:
    """The operation of a request, or None for a GET without a query, which asks for a description.

    Raises:
        Problem: 400 for a query or an update missing or given twice, one of each, parameters of the other operation,
            graphs that are no IRIs, or text that is not UTF-8; 403 for an update that is not posted; 415 for a body of
            another media type, charset or encoding; 413 for a body that is too large.
    """
    parameters = _pairs(request.query_string)
    direct: list[str] = []
    if request.method in ("POST", "QUERY"):
        media_type, options = parse_options_header(request.headers.get("Content-Type"))
        media_type = media_type.lower()
        if media_type not in (FORM, QUERY, UPDATE) or (media_type == UPDATE and request.method == "QUERY"):
            detail = f"A query is posted as {FORM} or as {QUERY}, not as {media_type or 'a body without a type'}."
            raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail)
        if options.get("charset", "utf-8").lower() not in ("utf-8", "utf8", "us-ascii"):
            raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Queries are written in UTF-8; no other charset is read.")
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "A query is posted as it is; no content encoding is read.")
        body = _body(request)
        if media_type == FORM:
            parameters += _pairs(body)
        else:
            direct.append(_text(body))
            if media_type == UPDATE:
                return _update(direct, parameters)
        if request.method == "POST" and media_type == FORM and any(name == "update" for name, _ in parameters):
            if any(name == "update" for name, _ in _pairs(request.query_string)):
                raise Problem(HTTPStatus.BAD_REQUEST, "An update stands in the body, not in the address.")
            return _update([], parameters)
    if any(name == "update" for name, _ in parameters):
        if direct or any(name == "query" for name, _ in parameters):
            raise Problem(
                HTTPStatus.BAD_REQUEST, "The request holds a query and an update; the protocol asks for one of them."
            )
        raise Problem(
            HTTPStatus.FORBIDDEN, f"Updates are not offered here but in the body of a POST: {UPDATE}, or a form."
        )
    queries = direct + [value for name, value in parameters if name == "query"]
    if not queries and request.method in ("GET", "HEAD"):
        return None
    if len(queries) != 1:
        told = "no query" if not queries else f"{len(queries)} queries"
        raise Problem(HTTPStatus.BAD_REQUEST, f"The request holds {told}; the protocol asks for exactly one.")
    dataset = _dataset(parameters, "default-graph-uri", "named-graph-uri")
    format_ = next((value for name, value in parameters if name == "format"), None)
    return Operation(queries[0], dataset, _timeout(parameters), format_)


def _update(direct: list[str], parameters: list[tuple[str, str]]) -> Update:
    updates = direct + [value for name, value in parameters if name == "update"]
    if len(updates) != 1 or any(name == "query" for name, _ in parameters):
        raise Problem(HTTPStatus.BAD_REQUEST, "The request holds more than one update, or an update and a query.")
    return Update(updates[0], _dataset(parameters, "using-graph-uri", "using-named-graph-uri"), _timeout(parameters))


_GRAPHS = ("default-graph-uri", "named-graph-uri", "using-graph-uri", "using-named-graph-uri")


def _dataset(parameters: list[tuple[str, str]], default: str, named: str) -> Dataset:
    """The graphs that are asked for. A name that is for updates, in a query, would be passed over: it is refused."""
    for name, value in parameters:
        if name in _GRAPHS and name not in (default, named):
            raise Problem(HTTPStatus.BAD_REQUEST, f"{name} is not for this operation; it takes {default} and {named}.")
        if name in _GRAPHS:
            _check_iri(name, value)
    return Dataset(
        default=_different(value for name, value in parameters if name == default),
        named=_different(value for name, value in parameters if name == named),
    )


def _check_iri(name: str, value: str) -> None:
    try:
        NamedNode(value)
    except ValueError:
        raise Problem(HTTPStatus.BAD_REQUEST, f"{name}: {value!r} is no absolute IRI.") from None


def _timeout(parameters: list[tuple[str, str]]) -> str | None:
    """The deadline as the client wrote it."""
    told = [value for name, value in parameters if name == "timeout"]
    if len(told) > 1:
        raise Problem(HTTPStatus.BAD_REQUEST, "The request holds several timeouts; it may have one.")
    return told[0] if told else None


def _different(values: Iterable[str]) -> tuple[str, ...]:
    """Each value once: a graph named twice is one graph, but the engine would show its triples twice."""
    return tuple(dict.fromkeys(values))


def _body(request: Request) -> bytes:
    """The whole body. Werkzeug cuts a body without Content-Length off at the limit: that is a body too large."""
    body = request.get_data(cache=False)
    limit = request.max_content_length
    if request.content_length is None and limit is not None and len(body) >= limit:
        raise RequestEntityTooLarge
    return body


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    """The fields of an urlencoded text, each decoded once."""
    try:
        return parse_qsl(encoded.decode("ascii"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise Problem(HTTPStatus.BAD_REQUEST, "The parameters are not percent-encoded UTF-8.") from None


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, f"The query is not UTF-8: byte {error.start + 1} is wrong.") from None
