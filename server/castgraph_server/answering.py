"""People's queries, evaluated by the workers: as a response in a format, kept or streamed, or as a table for a page."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

import pyoxigraph as ox
from flask import Flask, Response, current_app, g, request

from castgraph import sparql
from castgraph.errors import SnapshotError
from castgraph.formats import Format
from castgraph.merges import must_be_merged
from castgraph.settings import Settings
from castgraph.sparql import Form
from castgraph.store import Dataset, Value, rows
from castgraph_server.access_log import QUERY
from castgraph_server.authorisation import authorisation
from castgraph_server.bridge import BROKEN, GONE
from castgraph_server.cache import KEEP, Cache, Kept
from castgraph_server.current import Served, holder
from castgraph_server.limits import Limits
from castgraph_server.outlet import UNREAD, outlet_of
from castgraph_server.problems import Problem
from castgraph_server.responses import data
from castgraph_server.results import SHOWN_ROWS, Table, table
from castgraph_server.services import Services
from castgraph_server.use import Begun, ClientGone, Question
from castgraph_server.workers import Piece, WorkerPool

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

logger = logging.getLogger(__name__)

_BEFORE_MARKER = {Format.CSV: '"', Format.XML: "</cut>", Format.RDF_XML: "</cut>"}
"""What makes the line that ends a broken result unreadable to a parser, where the text alone may not: in CSV a quote
that is never closed, in XML the end of what never began."""


_MERGED = (
    " The graphs the query names as its default graph share triples and are merged in memory first, under the same limit: "
    "name fewer, ask GRAPH, or SELECT DISTINCT without counting, for which nothing is merged."
)

_ALL = Dataset()

BEGUN = "castgraph.begun"
"""Key of the WSGI environment: the worker that is at the query of the request already."""


@dataclass(frozen=True)
class Query:
    """A query as a client asks it: the text, the graphs it sees, its deadline in seconds, the base of its IRIs."""

    text: str
    dataset: Dataset
    seconds: float
    base: str = ""


def query(text: str, dataset: Dataset = _ALL, timeout: str | None = None) -> Query:
    """A query of the request at hand: relative IRIs are taken from the request's address (RFC 3986, section 5.1.3).

    Raises:
        Problem: the timeout is no number of seconds.
    """
    set_ = limits()
    most = authorisation().seconds_above(set_.seconds) if timeout else None
    return Query(text, dataset, set_.seconds_for(timeout, most), base_of_request())


def base_of_request() -> str:
    """The address of the request at hand, without its query: what relative IRIs are taken from."""
    host = request.environ.get("HTTP_HOST", "localhost")
    return base_of(request.scheme, host, request.environ["PATH_INFO"])


@lru_cache(maxsize=100)
def base_of(scheme: str, host: str, path: str) -> str:
    """The base of the IRIs of a query that was sent to an address."""
    return quote(f"{scheme}://{host}{path}", safe=":/%[]")


def install(app: Flask, settings: Settings) -> None:
    """Give an application its workers and its cache."""
    size = settings.query_workers
    services = Services.of(settings)
    app.extensions["castgraph.pool"] = WorkerPool(Limits.of(settings), size, settings.query_queue, services)
    app.extensions["castgraph.cache"] = Cache(settings.cache_memory << 20)


def close(app: Flask) -> None:
    """End the workers of an application."""
    workers: WorkerPool = app.extensions["castgraph.pool"]
    workers.close()


def pool() -> WorkerPool:
    """The workers of the application that handles this request."""
    found: WorkerPool = current_app.extensions["castgraph.pool"]
    return found


def limits() -> Limits:
    """The limits of the application that handles this request."""
    return pool().limits


def respond(now: Served, asked: Query, format_: Format, *, keep: bool) -> Response:
    """The result of a query in a format that fits its form.

    A result that fits into one chunk is sent as a whole; a larger one is streamed. A stream that fails midway ends
    with a line no parser of its format takes, and then the connection is broken.

    Args:
        now: the snapshot asked.
        asked: the query.
        format_: how the result is written.
        keep: whether the same query on the same snapshot always has this result.

    Raises:
        QueryError, Problem: where the query fails before the first chunk.
    """
    cache: Cache = current_app.extensions["castgraph.cache"]
    request.environ[QUERY] = asked.text
    key = (asked.text, asked.dataset, asked.base, format_)
    snapshot = now.snapshot.id
    kept = cache.get(snapshot, key) if keep else None
    if kept is not None:
        request.environ[KEEP] = snapshot
        return data(kept.body, format_)
    try:
        pieces, (first, is_whole) = _start(now, asked, format_)
    except SnapshotError:
        now = _newer(now)  # two builds have replaced and removed the one this request began with
        snapshot = now.snapshot.id
        pieces, (first, is_whole) = _start(now, asked, format_)
    if is_whole:
        response = data(first, format_)
        if keep:
            cache.put(snapshot, key, Kept(first))
            request.environ[KEEP] = snapshot
        else:
            response.headers["Cache-Control"] = "no-store"
        return response

    def keep_whole(whole: bytes) -> None:
        cache.put(snapshot, key, Kept(whole))

    stream = _stream(pieces, first, format_, cache.largest if keep else 0, keep_whole, request.environ)
    response = Response(stream, content_type=format_.content_type)
    if not keep:
        response.headers["Cache-Control"] = "no-store"
    response.call_on_close(pieces.close)  # stops the query where the client stops reading
    return response


def _newer(now: Served) -> Served:
    """The snapshot that is served by now.

    Raises:
        SnapshotError: it is the same.
    """
    newer = holder().served()
    if newer is now:
        raise SnapshotError(f"{now.snapshot.path}: the store cannot be opened by a query worker")
    g.pop("etag", None)  # it was the older one's
    return newer


def show(now: Served, asked: Query) -> Table:
    """The first rows of the result of a query, for a page.

    Raises:
        QueryError, Problem: where the query fails.
    """
    request.environ[QUERY] = asked.text
    pieces, (first, is_whole) = _start(now, asked, Format.TSV, page=True)
    body = first if is_whole else first + b"".join(piece for piece, _ in pieces)
    match sparql.form(asked.text):
        case Form.ASK:
            answer = ox.parse_query_results(body, ox.QueryResultsFormat.JSON)
            return table(answer, now.names)
        case Form.SELECT:
            return table(ox.parse_query_results(body, ox.QueryResultsFormat.TSV), now.names)
    return table(ox.parse(body, ox.RdfFormat.N_TRIPLES), now.names)


def solutions(now: Served, asked: Query) -> Sequence[Mapping[str, Value]]:
    """As :func:`select`, as rows."""
    return rows(select(now, asked))


def select(now: Served, asked: Query, *, for_all: bool = False) -> ox.QuerySolutions | ox.QueryBoolean:
    """All solutions of a SELECT of ours, evaluated by a worker, so that other requests are answered meanwhile.

    ``for_all``: what comes of it serves other requests too, so it is not stopped where this one's client goes away.

    Raises:
        QueryError, Problem: where the query fails.
    """
    pieces, (first, _) = _start(now, asked, Format.TSV, for_all=for_all)
    body = first + b"".join(piece for piece, _ in pieces)
    return ox.parse_query_results(body, ox.QueryResultsFormat.TSV)


def _start(
    now: Served, asked: Query, format_: Format, *, page: bool = False, for_all: bool = False
) -> tuple[Generator[Piece, None, None], Piece]:
    """The result as it comes, and its first piece: a query that fails before that is told as a problem."""
    most_rows = SHOWN_ROWS + 1 if page else limits().rows
    asked_for = question(now, asked.text, asked.base, format_, most_rows, asked.dataset, page=page)
    begun: Begun | None = None if for_all else request.environ.pop(BEGUN, None)
    if begun is not None and begun.store != str(now.path_of_store):  # another snapshot is served by now
        begun = None
    environ = request.environ
    gone = None if for_all else environ.get(GONE)
    pieces = pool().ask(asked_for, asked.seconds, gone, begun, lambda: outlet_of(environ))
    try:
        return pieces, next(pieces, (b"", True))
    except ClientGone:
        raise Problem(503, "The client has gone away.") from None  # for the log alone
    except Problem as problem:
        if problem.members.get("limit") in ("time", "memory") and must_be_merged(asked.text, asked.dataset, asked.base):
            problem.detail += _MERGED
        raise


def question(
    now: Served, text: str, base: str, format_: Format, most_rows: int, dataset: Dataset = _ALL, *, page: bool = False
) -> Question:
    """A query as it is put to a worker."""
    return Question(
        store=now.path_of_store,
        query=text,
        dataset=dataset,
        format=Format.JSON if format_.is_graph else format_,
        graph_format=format_ if format_.is_graph else Format.N_TRIPLES,
        rows=most_rows,
        base=base,
        page=page,
    )


def _stream(
    pieces: Iterator[Piece],
    first: bytes,
    format_: Format,
    most_kept: int,
    keep: Callable[[bytes], None],
    environ: WSGIEnvironment,
) -> Iterator[bytes]:
    seen: list[bytes] | None = [first]
    size = len(first)
    yield first
    try:
        for piece, _ in pieces:
            size += len(piece)
            if seen is not None:
                seen = None if size > most_kept else [*seen, piece]
            environ[UNREAD] = seen is None
            yield piece
    except ClientGone:
        environ[BROKEN] = True
        return
    except Exception as error:  # noqa: BLE001 - the response has begun: what remains is to end it so that it shows
        detail = error.detail if isinstance(error, Problem) else "The server failed; its log says why."
        logger.warning("a result ended after %d bytes: %s", size, error)
        environ[BROKEN] = True
        yield f"\n{_BEFORE_MARKER.get(format_, '')}!!! This result is not whole. {detail}\n".encode()
        return
    if seen is not None:
        keep(b"".join(seen))
