"""Saved queries: a page with its fields, its visible SPARQL and its result; the raw result for programs."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, Response, jsonify, render_template, request

from castgraph import sparql
from castgraph.catalog import SavedQuery, saved_queries, saved_query
from castgraph.errors import QueryError, QueryParameterError, QueryRefusedError
from castgraph.formats import Format
from castgraph.records import Json
from castgraph.settings import variable_of
from castgraph_server import answering
from castgraph_server.current import Served, served
from castgraph_server.executables import executables
from castgraph_server.negotiation import GRAPHS, HTML, PLAIN_JSON, RESULTS, NotAcceptableError, Offer, named
from castgraph_server.responses import data, mark, negotiated, serialise

blueprint = Blueprint("queries", __name__)


@blueprint.get("/queries")
def catalogue() -> Response:
    """All saved queries: as a list, as a page, or as SHACL executables."""
    queries = saved_queries().values()
    offer = negotiated((PLAIN_JSON, HTML, *GRAPHS))
    if offer is PLAIN_JSON:
        return jsonify([_as_json(query) for query in queries])
    if offer.format is not None:
        return data(serialise(executables(request.url_root), offer.format), offer.format)
    return Response(render_template("queries.html", queries=queries), mimetype="text/html")


@blueprint.get("/queries/<name>")
def one(name: str) -> Response:
    """One saved query; with a file ending, its result in that format."""
    name, offer = _split(name)
    query = saved_query(name)
    offers = _offers(query)
    if offer is None:
        offer = negotiated((*offers, HTML))
    elif offer not in offers:
        raise NotAcceptableError(offers)
    now = served()
    values = {key: value for key, value in request.args.items() if key not in ("format", "timeout") and value != ""}
    if offer.format is None:
        return _page(now, query, values)
    if (unchanged := mark(now, offer)) is not None:
        return unchanged
    return answering.respond(now, _asked(query, query.bindings(values)), offer.format, keep=True)


def _asked(query: SavedQuery, bindings: Mapping[str, sparql.Term]) -> answering.Query:
    return answering.query(sparql.bind(query.sparql, bindings), timeout=request.args.get("timeout"))


def example_values(query: SavedQuery) -> dict[str, str]:
    """A value for each parameter that needs one: its example."""
    return {
        parameter.name: parameter.example or ""
        for parameter in query.parameters
        if parameter.required and parameter.default is None
    }


def _split(name: str) -> tuple[str, Offer | None]:
    stem, dot, ending = name.rpartition(".")
    format_ = Format.of_extension(ending) if dot else None
    return (name, None) if format_ is None else (stem, named(format_.media_type, (*RESULTS, *GRAPHS)))


def _offers(query: SavedQuery) -> tuple[Offer, ...]:
    return GRAPHS if sparql.form(query.sparql).is_graph else RESULTS


def _page(now: Served, query: SavedQuery, values: Mapping[str, str]) -> Response:
    """The page. Required fields left open are filled with their examples, so that there is something to see."""
    filled = {**example_values(query), **values}
    shown, text, status = None, query.sparql, HTTPStatus.OK
    error: QueryError | None = None
    try:
        bindings = query.bindings(filled)
        text = sparql.bind(query.sparql, bindings)
        shown = answering.show(now, _asked(query, bindings))
    except QueryParameterError as problem:
        error, status = problem, HTTPStatus.BAD_REQUEST
    except QueryRefusedError as problem:
        if not query.is_federated:
            raise
        error = problem  # the page says what has to be set for it
    fields = [(parameter, filled.get(parameter.name, parameter.default or "")) for parameter in query.parameters]
    body = render_template(
        "query.html", saved=query, fields=fields, values=filled, table=shown, error=error, text=text,
        offers=_offers(query), setting=variable_of("service_allow"),
    )  # fmt: skip
    return Response(body, status=status, mimetype="text/html")


def _as_json(query: SavedQuery) -> dict[str, Json]:
    parameters: list[Json] = [
        {
            "name": parameter.name,
            "type": parameter.type,
            "description": parameter.description,
            "required": parameter.required,
            "example": parameter.example,
            "default": parameter.default,
        }
        for parameter in query.parameters
    ]
    return {
        "name": query.name,
        "title": query.title,
        "question": query.question,
        "description": query.description,
        "keywords": list(query.keywords),
        "parameters": parameters,
        "sparql": query.sparql,
        "url": f"/queries/{query.name}",
    }
