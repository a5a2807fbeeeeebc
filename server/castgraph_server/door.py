"""The door: the ASGI application the server runs. Plain queries are answered here, all else by Flask behind it.

Flask, its hooks and the hand-over between threads take 0.3 ms a request, several times what a look-up takes. So what was
answered before is answered from the cache, and a plain query goes straight to a worker. Whatever turns out not to be
plain (it takes long, its result is large, it fails) is handed to Flask, with the worker that is at it: there is one
place that knows how to stream, to stop and to tell a problem.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from http import HTTPStatus
from io import BytesIO
from tempfile import SpooledTemporaryFile
from time import perf_counter
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.http import parse_accept_header, parse_etags

from castgraph.settings import Settings
from castgraph_server import answering, encoding, plain, responses
from castgraph_server.access_log import QUERY, AccessLog
from castgraph_server.authorisation import Authorisation
from castgraph_server.bridge import Bridge, ClientLeft, Receive, Scope, Send, TooSlow, environ_of, read_body
from castgraph_server.cache import KEEP, Cache, Headers, Kept
from castgraph_server.current import Served, SnapshotHolder
from castgraph_server.hot import HotLanes
from castgraph_server.metrics import Metrics
from castgraph_server.plain import PATH, Plain
from castgraph_server.problems import MOST_TAKEN, SLOW_BODY
from castgraph_server.use import Begun
from castgraph_server.workers import WorkerPool

if TYPE_CHECKING:
    from tempfile import SpooledTemporaryFile as Body

THREADS = 64
"""Most threads for what Flask answers, besides those that wait for query workers; they come as they are needed."""

KIND = "sparql.endpoint"
"""What metrics call a request answered here: the name Flask has for it."""

REFUSED = "refused"
"""What metrics call what was refused before it was read as a request."""

WHOLE = "castgraph.whole"
"""Key of the ASGI scope: writes a whole response at once, and tells whether it could."""

POLITE = 1.0
"""Seconds a body that will be refused may take to come, and more as it comes."""

LAST_WORDS = 0.3
"""Seconds to tell clients whose queries the end of the server has stopped."""

_Key = tuple[bytes, bytes | None, bytes | None, bytes | None]

_SERVED = "castgraph.served"
_UNINVITED = "castgraph.uninvited"  # the client waits to be told to send its body: to receive anything would tell it to
_CONDITIONS = {b"if-none-match", b"expect"}
_OF_BODIES = {b"content-length", b"content-type", b"content-encoding"}


class Door:
    """The ASGI application over a Flask application; close it by the lifespan protocol."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        found = app.extensions
        self._app = app
        self._settings = settings
        self._pool: WorkerPool = found["castgraph.pool"]
        self._cache: Cache = found["castgraph.cache"]
        self._holder: SnapshotHolder = found["castgraph.snapshot"]
        self._metrics: Metrics = found["castgraph.metrics"]
        self._log: AccessLog = found["castgraph.log"]
        self._authorisation: Authorisation = found["castgraph.authorisation"]
        self._is_limited = bool(settings.rate_limit)
        self._lanes: HotLanes | None = None
        self._bridge = Bridge(app.wsgi_app, THREADS + settings.query_queue + 2 * settings.query_workers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        try:
            await self._answer(scope, receive, send)
        except ClientLeft:  # before its request was whole: nothing was begun
            return

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = perf_counter()
        is_query = scope["path"] == PATH and scope["method"] in ("GET", "POST")
        headers = plain.headers_of(scope["headers"]) if is_query else None
        if headers is None:
            await self._ask_flask(scope, receive, send)
        elif scope["method"] == "GET":
            await self._get(scope, headers, receive, send, began)
        else:
            await self._post(scope, headers, receive, send, began)

    def kept(self, address: bytes, headers: list[tuple[bytes, bytes]], scope: Scope) -> Kept | None:
        """The whole response to a GET of :data:`PATH` with that query string, where it is kept; logged as answered.

        Else ``scope`` is told the snapshot that was looked at, for the same request to be answered from it at once.
        """
        began = perf_counter()
        named = None if self._is_limited else plain.headers_of(headers)  # what is limited is counted by Flask
        if named is None or _has_body(named) or not _CONDITIONS.isdisjoint(named):
            return None
        served = self._holder.now()
        if served is None:
            return None
        kept = self._cache.peek(served.snapshot.id, _key(address, named))
        if kept is not None:
            seconds = perf_counter() - began
            self._metrics.count(KIND, 200, seconds)
            self._log.write(_client(scope), "GET", PATH, 200, len(kept.body), seconds, kept.query)
        else:
            scope[_SERVED] = served
        return kept

    def refused(self, client: tuple[str, int] | None, status: int, size: int) -> None:
        """Count and log what was refused before it was read as a request: it has neither method nor path."""
        self._metrics.count(REFUSED, status, 0.0)
        self._log.write(client[0] if client else None, None, None, status, size, 0.0)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._pool.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._pool.close()
        self._bridge.close()
        await asyncio.sleep(LAST_WORDS)
        await send({"type": "lifespan.shutdown.complete"})

    async def _get(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send, began: float) -> None:
        address = scope["query_string"]
        if not address or self._is_limited or _has_body(headers):
            await self._ask_flask(scope, receive, send)
            return
        key = _key(address, headers)
        served = scope.pop(_SERVED, None) or self._holder.now()
        if served is None:
            await self._ask_flask(scope, receive, send, key=key)
            return
        kept = self._cache.get(served.snapshot.id, key)
        if kept is not None:
            await self._tell_kept(scope, kept, headers.get(b"if-none-match"), send, began)
            return
        asked = plain.read("GET", address, headers, self._pool.limits.length)
        begun: Begun | None = None
        if asked is not None and not self._authorisation.is_in(asked.query):  # Flask refuses a token in an address
            answer = await self._evaluate(served, asked)
            if isinstance(answer, bytes):
                tag = responses.etag(served.snapshot.id, asked.host, PATH, address.decode("latin-1"), asked.offer)
                told, body = _encoded(answer, asked, headers.get(b"accept-encoding"), tag)
                kept = Kept(body, told, asked.query)
                self._cache.put(served.snapshot.id, key, kept)
                await self._tell(scope, kept, send, began)
                return
            begun = answer
        await self._ask_flask(scope, receive, send, begun=begun, key=key)

    async def _post(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send, began: float
    ) -> None:
        length = headers.get(b"content-length", b"")
        served = self._holder.now()
        is_small = length.isdigit() and int(length) <= 3 * self._settings.max_query
        if self._is_limited or served is None or not is_small or b"authorization" in headers:
            await self._ask_flask(scope, receive, send)
            return
        body = await self._body(receive, self._settings.max_body)
        begun: Begun | None = None
        if isinstance(body, SpooledTemporaryFile):
            asked = plain.read("POST", scope["query_string"], headers, self._pool.limits.length, body.read())
            body.seek(0)
            if asked is not None:
                answer = await self._evaluate(served, asked)
                if isinstance(answer, bytes):
                    body.close()
                    told, content = _encoded(answer, asked, headers.get(b"accept-encoding"), None)
                    await self._tell(scope, Kept(content, told, asked.query), send, began)
                    return
                begun = answer
        await self._ask_flask(scope, receive, send, body=body, begun=begun)

    async def _evaluate(self, served: Served, asked: Plain) -> bytes | Begun | None:
        """The result of a plain query, or the worker that is at it, or nothing."""
        if self._lanes is None:
            self._lanes = HotLanes(self._pool, asyncio.get_running_loop())
        limits = self._pool.limits
        base = answering.base_of("http", asked.host, PATH)
        question = answering.question(served, asked.query, base, asked.format, limits.rows)
        return await self._lanes.ask(question.as_request(limits.seconds))

    async def _tell(self, scope: Scope, answer: Kept, send: Send, began: float, status: int = 200) -> None:
        at_once = scope.get(WHOLE) if status == 200 else None
        if at_once is None or not at_once(answer):
            await send({"type": "http.response.start", "status": status, "headers": answer.headers})
            await send({"type": "http.response.body", "body": answer.body})
        seconds = perf_counter() - began
        self._metrics.count(KIND, status, seconds)
        self._log.write(_client(scope), scope["method"], PATH, status, len(answer.body), seconds, answer.query)

    async def _tell_kept(self, scope: Scope, kept: Kept, wanted: bytes | None, send: Send, began: float) -> None:
        if wanted is not None:
            etag = next((value for name, value in kept.headers if name == b"etag"), b"").decode().strip('"')
            tags = parse_etags(wanted.decode("latin-1"))
            if tags.star_tag or tags.contains_weak(etag):
                headers = tuple(pair for pair in kept.headers if pair[0] not in _OF_BODIES)
                await self._tell(scope, Kept(b"", headers, kept.query), send, began, 304)
                return
        await self._tell(scope, kept, send, began)

    async def _ask_flask(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        body: Body[bytes] | HTTPStatus | None = None,
        begun: Begun | None = None,
        key: _Key | None = None,
    ) -> None:
        try:
            if body is None:
                body = await self._body_for(scope, receive)
            environ = environ_of(scope, BytesIO() if isinstance(body, HTTPStatus) else body)
            environ[SLOW_BODY] = body is HTTPStatus.REQUEST_TIMEOUT
            environ[answering.BEGUN] = begun
            sent = await self._bridge.answer(environ, _nothing if scope.get(_UNINVITED) else receive, send)
            if sent is not None and key is not None and environ.get(KEEP) is not None:
                self._cache.put(environ[KEEP], key, Kept(sent[1], sent[0], environ.get(QUERY)))
        finally:
            if begun is not None:
                self._pool.drop(begun)
            if body is not None and not isinstance(body, HTTPStatus):
                body.close()

    async def _body_for(self, scope: Scope, receive: Receive) -> Body[bytes] | HTTPStatus:
        """The body of a request, as far as it may be read; raises :class:`ClientLeft`."""
        headers = dict(scope["headers"])
        if not _has_body(headers):
            return SpooledTemporaryFile()
        most = self._app.config["MAX_CONTENT_LENGTH"]
        shown = headers.get(b"authorization")
        if shown is not None and self._authorisation.check(shown.decode("latin-1")):
            most = max(most, self._authorisation.largest_body)
        length = headers.get(b"content-length", b"")
        if length.isdigit() and int(length) > most:
            # Flask refuses it by its length. Of what is being sent it is read as far as is polite, for clients that send on
            # while they are answered tell of a broken pipe where they should tell the problem.
            if b"expect" in headers:
                scope[_UNINVITED] = True
            else:
                with suppress(TooSlow):
                    (await read_body(receive, MOST_TAKEN, POLITE)).close()
            return SpooledTemporaryFile()
        return await self._body(receive, most)

    async def _body(self, receive: Receive, most: int) -> Body[bytes] | HTTPStatus:
        try:
            return await read_body(receive, most, self._settings.body_timeout)
        except TooSlow:
            return HTTPStatus.REQUEST_TIMEOUT


async def _nothing() -> None:
    """Receive where nothing is to be received."""
    await asyncio.get_running_loop().create_future()


def _key(address: bytes, headers: dict[bytes, bytes]) -> _Key:
    return address, headers.get(b"accept"), headers.get(b"host"), headers.get(b"accept-encoding")


def _has_body(headers: dict[bytes, bytes]) -> bool:
    return headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers


def _client(scope: Scope) -> str | None:
    return scope["client"][0] if scope["client"] else None


def _encoded(body: bytes, asked: Plain, accepted: bytes | None, tag: str | None) -> tuple[Headers, bytes]:
    """The headers and the body of a result, in the encoding the client takes."""
    chosen = None
    if accepted is not None and len(body) >= encoding.SMALLEST:
        chosen = encoding.choose(parse_accept_header(accepted.decode("latin-1")).quality)
    more = []
    if chosen is not None:
        body = encoding.compress(body, chosen)
        more.append((b"content-encoding", chosen.encode()))
    if tag is not None:
        more.append((b"etag", f'"{tag}-{chosen}"'.encode() if chosen else f'"{tag}"'.encode()))
    return (
        (b"content-type", asked.format.content_type.encode()), (b"content-length", b"%d" % len(body)), *_ALWAYS, *more,
    ), body  # fmt: skip


_ALWAYS = (
    *((name.lower().encode(), value.encode()) for name, value in responses.ALWAYS.items()),
    (b"cache-control", b"no-cache"),
    (b"vary", b"Accept, Accept-Encoding"),
)
"""What Flask's hooks give every response at this address (responses.py, encoding.py)."""
