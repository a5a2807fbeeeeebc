"""The SPARQL endpoint: queries by GET and POST, a form for browsers, a service description for programs."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from castgraph import sparql
from castgraph.catalog import saved_queries
from castgraph.errors import QueryError, QuerySyntaxError
from castgraph.iris import PREFIXES
from castgraph_server import answering, description, updates
from castgraph_server.access_log import QUERY
from castgraph_server.authorisation import authorisation
from castgraph_server.current import Served, served
from castgraph_server.negotiation import GRAPHS, HTML, RESULTS, Offer
from castgraph_server.problems import STATUS_OF
from castgraph_server.protocol import Operation, Update, read_operation
from castgraph_server.queries import example_values
from castgraph_server.responses import data, mark, negotiated, serialise
from castgraph_server.results import Table

blueprint = Blueprint("sparql", __name__)

_NEVER_THE_SAME = {"NOW", "RAND", "UUID", "STRUUID", "BNODE", "SERVICE"}
_MAY_CHANGE = ("now", "rand", "uuid", "bnode", "service", "\\")

OFFERED_TOO = (HTML,)
"""What results are offered as besides the formats of their kind."""

CAST_QUERY = (
    "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("film", "skos"))
    + """
# Who played whom? OPTIONAL keeps the roles whose performer no source names.
SELECT ?title ?character ?performer WHERE {
  ?work film:hasPerformance ?performance ; skos:prefLabel ?title .
  ?performance film:character/skos:prefLabel ?character .
  OPTIONAL { ?performance film:performer/skos:prefLabel ?performer }
}
ORDER BY ?title ?character
LIMIT 100
"""
)


@blueprint.route("/sparql", methods=["GET", "POST", "QUERY"])
def endpoint() -> Response:
    """Answer a query, or tell what the endpoint is where none is asked."""
    updates.admit_body()
    operation = read_operation(request)
    if operation is None:
        return _introduction()
    if isinstance(operation, Update):
        return updates.respond(operation)
    request.environ[QUERY] = operation.query
    limits = answering.limits()
    limits.check_length(operation.query, in_address=request.method in ("GET", "HEAD"))
    offer = _offer_for(operation)
    now = served()
    if offer.format is None:
        return _page(now, operation)
    keep = is_lasting(operation.query)
    if keep and (unchanged := mark(now, offer)) is not None:
        return unchanged
    return answering.respond(now, _query(operation), offer.format, keep=keep)


def is_lasting(query: str) -> bool:
    """Whether a query always has the same result on the same snapshot.

    >>> is_lasting("SELECT ?now { ?now a <http://rand> }"), is_lasting("SELECT (NOW() AS ?x) {}")
    (True, False)
    """
    lower = query.lower()  # a search that ignores case takes ten times as long
    return not any(word in lower for word in _MAY_CHANGE) or not sparql.keywords(query) & _NEVER_THE_SAME


def _query(operation: Operation) -> answering.Query:
    return answering.query(operation.query, operation.dataset, operation.timeout)


def _introduction() -> Response:
    """The form for browsers; for others the service description (SPARQL 1.1 Service Description)."""
    offer = negotiated((*GRAPHS, HTML))
    now = served()
    if offer.format is None:
        return _form(CAST_QUERY)
    writable = authorisation().writable
    federates = bool(answering.pool().services.allowed.endpoints)
    if (unchanged := mark(now, offer, f"{federates} {writable}")) is not None:
        return unchanged
    told = description.service(now, request.url_root, federates=federates, writable=writable)
    return data(serialise(told, offer.format), offer.format)


def _offer_for(operation: Operation) -> Offer:
    try:
        asked = sparql.form(operation.query)
    except QuerySyntaxError:
        if negotiated((*RESULTS, *GRAPHS, HTML), operation.format) is HTML:
            return HTML  # the form tells the error beside the query
        raise
    return negotiated((*(GRAPHS if asked.is_graph else RESULTS), *OFFERED_TOO), operation.format)


def _page(now: Served, operation: Operation) -> Response:
    """The form with the result under it, or with what is wrong with the query."""
    try:
        shown = answering.show(now, _query(operation))
    except QueryError as error:
        status = next(STATUS_OF[class_] for class_ in type(error).__mro__ if class_ in STATUS_OF)
        return _form(operation.query, operation, error=error, status=status)
    return _form(operation.query, operation, shown)


def _form(
    query: str,
    operation: Operation | None = None,
    shown: Table | None = None,
    error: QueryError | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    offers: tuple[Offer, ...] = ()
    if operation is not None and error is None:
        offers = GRAPHS if sparql.form(query).is_graph else RESULTS
    examples = [
        (saved, sparql.bind(saved.sparql, saved.bindings(example_values(saved)))) for saved in saved_queries().values()
    ]
    files = [(offer, _address(operation, offer)) for offer in offers if operation is not None]
    body = render_template(
        "sparql.html", query=query, operation=operation, table=shown, error=error, files=files, examples=examples
    )
    return Response(body, status=status, mimetype="text/html")


def _address(operation: Operation, offer: Offer) -> str:
    """The address of the whole result in one format."""
    fields = [("query", operation.query), ("format", offer.name)]
    fields += [("default-graph-uri", iri) for iri in operation.dataset.default]
    fields += [("named-graph-uri", iri) for iri in operation.dataset.named]
    return "/sparql?" + urlencode(fields)
