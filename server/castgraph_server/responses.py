"""Responses that depend on the snapshot alone: serialised data, and conditional GET by the snapshot's identity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import sha256

import pyoxigraph as ox
from flask import Flask, Response, g, request

from castgraph import __version__
from castgraph.formats import Format
from castgraph.iris import PREFIXES
from castgraph_server.authorisation import authorisation
from castgraph_server.current import Served
from castgraph_server.negotiation import Offer, negotiate
from castgraph_server.protocol import UPDATE

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}

ALWAYS = {
    **SECURITY_HEADERS,
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Location, Retry-After",
}
"""Headers of every response."""

WRITES = frozenset({"PUT", "DELETE"})
"""Methods that write. POST asks as well: what writes by it says so."""

QUERY_TYPES = "application/sparql-query, application/x-www-form-urlencoded"
"""The media types of bodies that hold a query."""


def negotiated(offers: Sequence[Offer], wanted: str | None = None) -> Offer:
    """The offer this request gets, by ``?format=`` or the Accept header; ``wanted`` is a format= that was read already.

    Raises:
        NotAcceptableError: none of them.
    """
    # Looking for the field first: reading the fields of a long address takes longer than all the rest.
    if wanted is None and "format=" in request.environ.get("QUERY_STRING", ""):
        wanted = request.args.get("format")
    return _negotiate(request.environ.get("HTTP_ACCEPT"), tuple(offers), wanted or None)


_negotiate = lru_cache(maxsize=1000)(negotiate)


def data(body: bytes | str, format_: Format) -> Response:
    """A response in a format that knows its content type."""
    return Response(body, content_type=format_.content_type)


def serialise(triples: Iterable[ox.Triple], format_: Format) -> bytes:
    """A graph as bytes, with the usual prefixes where the format has any."""
    assert isinstance(format_.codec, ox.RdfFormat)
    body = ox.serialize(triples, format=format_.codec, prefixes=dict(PREFIXES))
    assert body is not None  # bytes, for no output was named
    return body


def tag(served: Served, offer: Offer, variant: str = "") -> str:
    """The strong ETag of what a snapshot, the address of the request at hand and a media type determine together."""
    environ = request.environ  # request.url takes ten times as long
    address = (environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
    return etag(served.snapshot.id, request.host, *address, offer, variant)


def mark(served: Served, offer: Offer, variant: str = "") -> Response | None:
    """Give the response to come a strong ETag, made without evaluating anything; 304 where the client has it.

    Only for what a snapshot, an address and a media type determine together, with ``variant`` for what else does.
    """
    g.etag = tag(served, offer, variant)
    if "HTTP_IF_NONE_MATCH" not in request.environ:
        return None
    if request.method in ("GET", "HEAD") and request.if_none_match.contains(g.etag):
        return Response(status=304)
    return None


def etag(snapshot: str, host: str, path: str, query: str, offer: Offer, variant: str = "") -> str:
    """The strong ETag of what a snapshot, an address and a media type determine together."""
    whole = "\n".join((snapshot, __version__, host, path, query, offer.media_type, variant))
    return sha256(whole.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def install(app: Flask) -> None:
    """Give every response its headers."""
    app.after_request(_finish)


def _finish(response: Response) -> Response:
    headers = response.headers
    for name, value in ALWAYS.items():
        if name not in headers:  # a preview, which other sites show within their pages, has a policy of its own
            headers.add(name, value)
    if request.method in WRITES or "is_write" in g:  # pages of other sites may read, not write
        del headers["Access-Control-Allow-Origin"], headers["Access-Control-Expose-Headers"]
    if request.method == "OPTIONS":
        allowed = [name for name in headers.get("Allow", "GET, HEAD, OPTIONS").split(", ") if name not in WRITES]
        headers["Access-Control-Allow-Methods"] = ", ".join(allowed)
        headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match"
        headers["Access-Control-Max-Age"] = "86400"
        if request.path == "/sparql":
            headers["Accept-Query"] = QUERY_TYPES
            headers["Accept-Post"] = f"{QUERY_TYPES}, {UPDATE}" if authorisation().writable else QUERY_TYPES
        return response
    if request.endpoint == "static":
        return response
    headers.setdefault("Cache-Control", "no-cache")
    if "Vary" in headers:
        response.vary.add("Accept")
    else:
        headers["Vary"] = "Accept"
    if request.method in ("GET", "HEAD") and response.status_code in (200, 304):
        if "etag" in g:
            headers["ETag"] = f'"{g.etag}"'
        elif response.status_code == 200 and "no-store" not in headers["Cache-Control"] and not response.is_streamed:
            response.add_etag()
            response.make_conditional(request)
    return response
