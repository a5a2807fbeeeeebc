"""Problems: what went wrong, as RFC 9457 JSON, as text, or as a page, by what the client takes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException

from castgraph.errors import (
    CastgraphError,
    EndpointError,
    QueryParameterError,
    QueryRefusedError,
    QuerySyntaxError,
    SnapshotError,
    UnknownQueryError,
)
from castgraph.records import Json
from castgraph_server.negotiation import HTML, NotAcceptableError, Offer, best

logger = logging.getLogger(__name__)

STATUS_OF: Mapping[type[CastgraphError], HTTPStatus] = {
    QuerySyntaxError: HTTPStatus.BAD_REQUEST,
    QueryParameterError: HTTPStatus.BAD_REQUEST,
    QueryRefusedError: HTTPStatus.FORBIDDEN,
    UnknownQueryError: HTTPStatus.NOT_FOUND,
    EndpointError: HTTPStatus.BAD_GATEWAY,
    SnapshotError: HTTPStatus.SERVICE_UNAVAILABLE,
    CastgraphError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""The one table from errors to HTTP status. An error not listed has the status of its nearest ancestor."""

SLOW_BODY = "castgraph.slow"
"""Key of the WSGI environment: set where the body of a request did not come in time."""

MOST_TAKEN = 4_000_000
"""Bytes of a refused body that are read before it is refused."""

PROBLEM_JSON = Offer("json", "application/problem+json", ("application/json", "application/ld+json"))
TEXT = Offer("text", "text/plain")


class Problem(Exception):  # noqa: N818 - the name of the thing in RFC 9457
    """A request that cannot be answered: status, what happened, and what to do."""

    def __init__(self, status: int, detail: str, **members: Json) -> None:
        self.status = HTTPStatus(status)
        self.detail = detail
        self.members = members
        self.headers: dict[str, str] = {}
        super().__init__(detail)

    def as_json(self) -> dict[str, Json]:
        """The problem object, ``type`` left at its default ``about:blank``."""
        return {"title": self.status.phrase, "status": self.status.value, "detail": self.detail, **self.members}


def problem_of(error: CastgraphError) -> Problem:
    """The problem an error is told as."""
    status = next(STATUS_OF[class_] for class_ in type(error).__mro__ if class_ in STATUS_OF)
    if isinstance(error, QuerySyntaxError) and error.line is not None:
        return Problem(status, error.problem, line=error.line, column=error.column)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:  # the message may name files of this machine: it is in the log
        logger.error("%s %s: %s", request.method, request.path, error)
        return Problem(status, "The server cannot answer this now; its log says why.")
    return Problem(status, str(error))


def respond(problem: Problem) -> Response:
    """The response that tells a problem."""
    _take_body()
    offer = best(request.headers.get("Accept"), (PROBLEM_JSON, HTML, TEXT)) or PROBLEM_JSON
    if offer is HTML:
        body, media_type = render_template("problem.html", problem=problem), "text/html"
    elif offer is TEXT:
        at = problem.members
        where = f"line {at['line']}, column {at['column']}: " if "line" in at else ""
        body = f"{problem.status.phrase}\n{where}{problem.detail}\n"
        media_type = "text/plain"
    else:
        body, media_type = current_app.json.dumps(problem.as_json()) + "\n", PROBLEM_JSON.media_type
    response = Response(body, status=problem.status, mimetype=media_type)
    response.headers.update(problem.headers)
    return response


def _take_body() -> None:
    """Read what was sent and nobody read, within limits.

    For a server that answers and closes while the client still sends, closes before the client has read the answer:
    clients then tell of a broken pipe where they should tell the problem.
    """
    left = min(request.content_length or 0, MOST_TAKEN)
    while left > 0 and (piece := request.environ["wsgi.input"].read(min(left, 65_536))):
        left -= len(piece)


def install(app: Flask) -> None:
    """Tell every error as a problem."""
    app.before_request(_refuse_slow_body)
    app.register_error_handler(Problem, respond)
    app.register_error_handler(CastgraphError, lambda error: respond(problem_of(error)))
    app.register_error_handler(NotAcceptableError, _tell_not_acceptable)
    app.register_error_handler(HTTPException, _tell_http)
    app.register_error_handler(Exception, _tell_unknown)


def _refuse_slow_body() -> None:
    if request.environ.get(SLOW_BODY):
        problem = Problem(HTTPStatus.REQUEST_TIMEOUT, "The body of the request did not come in time.")
        problem.headers["Connection"] = "close"
        raise problem


def _tell_not_acceptable(error: NotAcceptableError) -> Response:
    detail = "Nothing on offer is what the request accepts. Use Accept or ?format= with one of those on offer."
    offered: list[Json] = [{"format": offer.name, "mediaType": offer.media_type} for offer in error.offers]
    return respond(Problem(HTTPStatus.NOT_ACCEPTABLE, detail, offered=offered))


def _tell_http(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400 or error.response is not None:
        return error  # a redirect, or a response made on purpose
    problem = Problem(error.code, _DETAILS.get(error.code, "{}").format(error.description or ""))
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            problem.headers[name] = value
    return respond(problem)


_DETAILS: Mapping[int, str] = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not answer to that method; the Allow header lists what it does.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The request body is larger than this server takes.",
    HTTPStatus.TOO_MANY_REQUESTS: "More requests came from this address than {}. Ask again later.",
}


def _tell_unknown(error: Exception) -> Response:
    logger.exception("%s %s failed", request.method, request.path, exc_info=error)
    return respond(Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "The server failed; its log says why."))
