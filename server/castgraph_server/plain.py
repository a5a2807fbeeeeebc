"""Plain queries: requests so ordinary that Flask need not look at them, found by a few comparisons.

What is the least unusual (a further parameter, a condition, a token, a header given twice, a query that may have another
result next time, a media type nobody offers) is none of them, and is answered by Flask. Both ways give the same response.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, unquote_to_bytes

from castgraph import sparql
from castgraph.errors import QuerySyntaxError
from castgraph.formats import Format
from castgraph_server.hot import LARGEST
from castgraph_server.negotiation import GRAPHS, RESULTS, NotAcceptableError, Offer, negotiate
from castgraph_server.protocol import FORM, QUERY
from castgraph_server.sparql import OFFERED_TOO, is_lasting

PATH = "/sparql"

UNUSUAL = frozenset(
    name.encode()
    for name in ("authorization", "content-encoding", "expect", "if-match", "if-modified-since", "if-none-match",
                 "if-range", "if-unmodified-since", "range", "x-http-method-override")
)  # fmt: skip
"""Headers that make a request one for Flask."""

_HOST = re.compile(r"[A-Za-z0-9.\-]+(?::\d+)?")
_USUAL_PORTS = (":80", ":443")
_BODIES = (FORM, QUERY)


@dataclass(frozen=True)
class Plain:
    """A query, how its result is written, and the host it was sent to."""

    query: str
    offer: Offer
    format: Format
    host: str


def headers_of(headers: list[tuple[bytes, bytes]]) -> dict[bytes, bytes] | None:
    """The headers by name, None where one is given twice."""
    named = dict(headers)
    return named if len(named) == len(headers) else None


def read(method: str, address: bytes, headers: Mapping[bytes, bytes], longest: int, body: bytes = b"") -> Plain | None:
    """The plain query of a request to :data:`PATH`, None where it is none.

    Args:
        method: GET or POST.
        address: the part of the address behind the question mark.
        headers: by name, in lower case.
        longest: characters a query may have.
        body: what was posted.
    """
    if not UNUSUAL.isdisjoint(headers):
        return None
    host = headers.get(b"host", b"").decode("latin-1")
    if not _HOST.fullmatch(host) or host.endswith(_USUAL_PORTS):
        return None
    posted = ""
    try:
        pairs = fields_of(address) if address else []
        if method == "POST":
            media_type, _, options = headers.get(b"content-type", b"").decode("latin-1").lower().partition(";")
            if media_type not in _BODIES or options.strip() not in ("", "charset=utf-8"):
                return None
            if media_type == FORM:
                pairs += fields_of(body)
            else:
                posted = body.decode("utf-8")
                pairs.append(("query", posted))
    except UnicodeDecodeError:
        return None
    named = dict(pairs)
    query = named.get("query")
    if not query or len(named) != len(pairs) or named.keys() - _PARAMETERS or len(query) > min(longest, LARGEST):
        return None
    if "service" in query.lower() or not is_lasting(query):
        return None
    try:
        form = sparql.form(query)
    except QuerySyntaxError:
        return None
    accept = headers.get(b"accept")
    offer = _offer(None if accept is None else accept.decode("latin-1"), form.is_graph, named.get("format") or None)
    if offer is None or offer.format is None:
        return None
    return Plain(query, offer, offer.format, host)


def fields_of(form: bytes) -> list[tuple[str, str]]:
    """The fields of a form, such as the part of an address behind the question mark; raises UnicodeDecodeError.

    >>> fields_of(b"query=ASK+%7B%7D")
    [('query', 'ASK {}')]
    """
    if (
        form.startswith(_ALONE) and b"&" not in form and form.isascii()
    ):  # most are so; in general it takes twice as long
        return [("query", unquote_to_bytes(form[len(_ALONE) :].replace(b"+", b" ")).decode())]
    return parse_qsl(form.decode("ascii"), keep_blank_values=True, errors="strict")


_ALONE = b"query="
_PARAMETERS = {"query", "format"}


@lru_cache(maxsize=1000)
def _offer(accept: str | None, is_graph: bool, wanted: str | None) -> Offer | None:
    try:
        return negotiate(accept, (*(GRAPHS if is_graph else RESULTS), *OFFERED_TOO), wanted)
    except NotAcceptableError:
        return None
