"""One question to somebody else's SPARQL endpoint, through SPARQLWrapper, with its known faults kept out.

SPARQLWrapper 2.0.0 has no time-out of its own, sends a redirected POST on as a GET without its query, and reports
most HTTP errors as urllib's. Here every call has a time-out, POST is not redirected, and every failure is one
:class:`~castgraph.errors.EndpointError` that names the endpoint.
"""

from __future__ import annotations

import time
import urllib.error
from collections.abc import Sequence
from http.client import HTTPException, HTTPResponse
from urllib.parse import urlsplit

from castgraph.errors import EndpointError, QuerySyntaxError
from castgraph.sparql import form

_LONGEST_GET = 2000  # characters of a URL that every server takes


def ask_endpoint(
    url: str,
    query: str,
    timeout: float,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
    *,
    most: int | None = None,
) -> tuple[str, bytes]:
    """Send a query and return the answer's media type and body.

    Short queries go by GET, whose redirects are safe; long ones by POST, where a redirect is an error. Of an answer at most
    ``most`` bytes are taken, in twice the time-out at the most: any longer is an error.

    Raises:
        EndpointError: the address is none, nothing answered in time, or the answer is an error.
        QuerySyntaxError: the endpoint says the query is malformed.
    """
    from SPARQLWrapper import GET, JSON, POST, RDFXML, SPARQLWrapper
    from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, SPARQLWrapperException

    from castgraph import __version__

    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        raise EndpointError(url, "not an http or https address")
    wrapper = SPARQLWrapper(url, agent=f"castgraph/{__version__} (+https://w3id.org/castgraph/; SPARQLWrapper)")
    wrapper.setTimeout(max(1, round(timeout)))
    wrapper.setMethod(GET if len(url) + len(query) < _LONGEST_GET else POST)
    wrapper.setQuery(query)
    wrapper.setReturnFormat(RDFXML if form(query).is_graph else JSON)
    for graph in default_graphs:
        wrapper.addParameter("default-graph-uri", graph)
    for graph in named_graphs:
        wrapper.addParameter("named-graph-uri", graph)
    try:
        answer = wrapper.query()
        sent_to = answer.geturl()
        if wrapper.method == POST and sent_to.split("?")[0] != url.split("?")[0]:
            raise EndpointError(url, f"redirects to {sent_to}, where a long query is lost; use that address itself")
        content_type = answer.info().get("content-type", "")
        return content_type.split(";")[0].strip().lower(), body_of(url, answer.response, most, timeout)
    except QueryBadFormed as error:
        raise QuerySyntaxError(f"{url} says the query is malformed: {_first_line(error)}") from error
    except urllib.error.HTTPError as error:
        raise EndpointError(url, f"answered HTTP {error.code} {error.reason}") from error
    except (urllib.error.URLError, TimeoutError, HTTPException, OSError) as error:
        reason = getattr(error, "reason", error)
        late = isinstance(reason, TimeoutError) or "timed out" in str(reason)
        raise EndpointError(
            url, f"no answer within {timeout:g} s" if late else f"cannot be reached: {reason}"
        ) from error
    except SPARQLWrapperException as error:
        raise EndpointError(url, _first_line(error)) from error


def body_of(url: str, response: HTTPResponse, most: int | None, timeout: float) -> bytes:
    """The body of a response, of at most so many bytes, within twice the time.

    Raises:
        EndpointError: it is larger, or takes longer.
    """
    if most is None:
        return response.read()
    body, until = bytearray(), time.monotonic() + 2 * timeout
    while piece := response.read1(65_536):
        body += piece
        if len(body) > most:
            raise EndpointError(url, f"the answer has more than {most:,} bytes, as many as may be taken")
        if time.monotonic() > until:
            raise EndpointError(url, f"no whole answer within {2 * timeout:g} s")
    return bytes(body)


def _first_line(error: Exception) -> str:
    """The part of SPARQLWrapper's message that says what went wrong."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip() and "Response:" not in line]
    return (lines[0] if lines else type(error).__name__)[:300]
