"""Changes over HTTP: SPARQL 1.1 Update, and the writes of the SPARQL 1.1 Graph Store HTTP Protocol.

For those who show the token, where the server is writable. The answer comes when the change is in force, with a report
as JSON; of a change that fails nothing remains.
"""

from __future__ import annotations

from hashlib import sha256
from http import HTTPStatus
from urllib.parse import quote
from uuid import uuid4

import pyoxigraph as ox
from flask import Blueprint, Response, current_app, g, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header

from castgraph.formats import GRAPH_FORMATS, Format
from castgraph.records import Json
from castgraph_server import answering
from castgraph_server.access_log import QUERY
from castgraph_server.authorisation import authorisation
from castgraph_server.bridge import GONE
from castgraph_server.current import Served, holder, served
from castgraph_server.limits import deadline
from castgraph_server.negotiation import GRAPHS
from castgraph_server.problems import Problem
from castgraph_server.protocol import Update
from castgraph_server.responses import tag
from castgraph_server.use import ClientGone
from castgraph_server.writing import Job, writers

blueprint = Blueprint("updates", __name__)

_ENCODINGS = ("-zstd", "-gzip")
"""What encodings add to the tag of a representation."""


def admit_body() -> None:
    """Take larger bodies from those who show the token to a writable server."""
    allowed = authorisation()
    if allowed.writable and "HTTP_AUTHORIZATION" in request.environ and allowed.look():
        request.max_content_length = max(current_app.config["MAX_CONTENT_LENGTH"], allowed.largest_body)


def respond(update: Update) -> Response:
    """Carry out an update.

    Raises:
        Problem, QuerySyntaxError: it was not carried out, and nothing is changed.
    """
    g.is_write = True
    authorisation().require()
    text = update.text.encode()
    request.environ[QUERY] = f"update {sha256(text).hexdigest()}"  # logs hold the hash, never the text
    return _carry_out(
        Job("update", answering.base_of_request(), ((None, text),), dataset=update.dataset, only_if=_only_if()),
        update.timeout,
    )


@blueprint.put("/graphs")
def put_indirectly() -> Response:
    """Replace a graph (section 5.3)."""
    return _write("replace", _named())


@blueprint.post("/graphs")
def post_indirectly() -> Response:
    """Add to a graph (section 5.5); without a name, to a new one."""
    if not request.args:
        return _write("merge", served().iris.graph("new", uuid4().hex), is_new=True)
    return _write("merge", _named())


@blueprint.delete("/graphs")
def delete_indirectly() -> Response:
    """Delete a graph (section 5.4)."""
    return _write("delete", _named())


@blueprint.put("/graph/<path:path>")
def put_directly(path: str) -> Response:
    """Replace the graph at this address."""
    return _write("replace", _checked(served().iris.graph(path)))


@blueprint.post("/graph/<path:path>")
def post_directly(path: str) -> Response:
    """Add to the graph at this address."""
    return _write("merge", _checked(served().iris.graph(path)))


@blueprint.delete("/graph/<path:path>")
def delete_directly(path: str) -> Response:
    """Delete the graph at this address."""
    return _write("delete", _checked(served().iris.graph(path)))


def _named() -> str | None:
    """The graph named in the address; None for the default graph."""
    named, default = request.args.getlist("graph"), "default" in request.args
    if len(named) + default != 1:
        raise Problem(HTTPStatus.BAD_REQUEST, "Name one graph: either ?graph=IRI once, or ?default.")
    return None if default else _checked(named[0])


def _checked(iri: str) -> str:
    try:
        return ox.NamedNode(iri).value
    except ValueError:
        raise Problem(HTTPStatus.BAD_REQUEST, f"{iri!r} is no absolute IRI.") from None


def _write(kind: str, graph: str | None, *, is_new: bool = False) -> Response:
    g.is_write = True
    authorisation().require()
    admit_body()
    now = served()
    if graph is None:
        if kind != "merge":
            detail = "The default graph is the union of all graphs: it cannot be replaced or deleted. Name a graph."
            raise Problem(HTTPStatus.FORBIDDEN, detail)
        graph = now.iris.edits
    parts = () if kind == "delete" else _parts()
    hashed = sha256(b"".join(part for _, part in parts)).hexdigest()
    request.environ[QUERY] = f"{request.method} {hashed}"
    job = Job(kind, graph, parts, graph=graph, only_if=_only_if(now, graph))
    response = _carry_out(job, request.args.get("timeout"))
    if is_new:
        response.status_code = HTTPStatus.CREATED
        base = now.iris.base
        path = quote(graph.removeprefix(base), safe="/")
        response.headers["Location"] = request.url_root + path
    return response


def _parts() -> tuple[tuple[Format, bytes], ...]:
    """The graphs in the body: one, or the files of a form (section 5.5)."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "A graph is sent as it is; no content encoding is read.")
    if "Content-Range" in request.headers:
        raise Problem(HTTPStatus.BAD_REQUEST, "A graph is sent whole; Content-Range is not taken (RFC 9110, 14.5).")
    if request.mimetype == "multipart/form-data":
        return _files()
    format_ = _format(request.headers.get("Content-Type"))
    body = request.get_data(cache=False)
    most = request.max_content_length
    if request.content_length is None and most is not None and len(body) >= most:
        raise RequestEntityTooLarge
    return ((format_, body),)


def _files() -> tuple[tuple[Format, bytes], ...]:
    """The graphs of a form. A form that breaks off is refused, for what of it was read would pass for all of it."""
    parser = request.make_form_data_parser()
    parser.silent = False
    try:
        parsed = parser.parse(request.stream, request.mimetype, request.content_length, request.mimetype_params)
    except ValueError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, f"The form cannot be read: {error}.") from None
    _, fields, files = parsed
    texts = [(_format(file.content_type), file.read()) for all_ in files.listvalues() for file in all_]
    # A part without a file name is a field: its type is lost, and is taken to be Turtle.
    texts += [(Format.TURTLE, value.encode()) for values in fields.listvalues() for value in values]
    if not texts:
        raise Problem(HTTPStatus.BAD_REQUEST, "The form holds no graph.")
    return tuple(texts)


def _format(content_type: str | None) -> Format:
    media_type, options = parse_options_header(content_type)
    charset = options.get("charset", "utf-8").lower()
    for format_ in GRAPH_FORMATS:
        if media_type.lower() == format_.media_type or media_type.lower() in format_.aliases:
            if charset in ("utf-8", "utf8", "us-ascii"):
                return format_
            raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Graphs are written in UTF-8; no other charset is read.")
    known = ", ".join(format_.media_type for format_ in GRAPH_FORMATS)
    told = media_type or "a body without a type"
    raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"A graph is sent as one of {known}, not as {told}.")


def _only_if(now: Served | None = None, graph: str | None = None) -> str | None:
    """The snapshot a conditional change is meant for; None for an unconditional one (RFC 9110, section 13).

    Raises:
        Problem: 412, the condition does not hold.
    """
    if "If-Match" not in request.headers and "If-None-Match" not in request.headers:
        return None
    now = now or served()
    current = {now.snapshot.id}
    exists = True
    if graph is not None:
        current |= {tag(now, offer) for offer in GRAPHS}
        exists = any(True for _ in now.store.raw.quads_for_pattern(None, None, None, ox.NamedNode(graph)))

    def matches(tags: str) -> bool:
        if tags.strip() == "*":
            return exists
        given = {
            one.strip().removeprefix("W/").strip('"') for one in tags.split(",") if not one.strip().startswith("W/")
        }
        plain = {one.removesuffix(encoding) for one in given for encoding in _ENCODINGS}
        return exists and bool((given | plain) & current)

    wanted = ", ".join(request.headers.getlist("If-Match"))
    if wanted and not matches(wanted):
        raise Problem(HTTPStatus.PRECONDITION_FAILED, "The graph is not as If-Match says; read it again.")
    unwanted = request.environ.get("HTTP_IF_NONE_MATCH", "").strip()
    if unwanted and matches(unwanted):
        raise Problem(HTTPStatus.PRECONDITION_FAILED, "The graph is as If-None-Match says it must not be.")
    return now.snapshot.id


def _carry_out(job: Job, timeout: str | None) -> Response:
    usual = writers().seconds
    seconds = deadline(timeout, usual, authorisation().seconds_above(usual))
    try:
        told: dict[str, Json] = writers().carry_out(job, seconds, request.environ.get(GONE))
    except ClientGone:
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "The client has gone away.") from None  # for the log alone
    created = told.pop("created", False)
    holder().served()  # opens the new snapshot, before anybody is told of it
    response: Response = jsonify(told)
    if created and job.kind in ("replace", "merge"):
        response.status_code = HTTPStatus.CREATED
    if job.kind != "replace":  # RFC 9110, section 9.3.4: what was put is not kept byte by byte, so it has no tag here
        response.set_etag(str(told["snapshot"]))
    response.headers["Cache-Control"] = "no-store"
    return response
