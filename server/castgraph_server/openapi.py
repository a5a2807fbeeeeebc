"""The routes as rows of data, and the OpenAPI 3.1 document made from them."""

from __future__ import annotations

from dataclasses import dataclass

from castgraph import __version__
from castgraph.linking.targets import ready_made
from castgraph.records import Json
from castgraph.search_index import KINDS
from castgraph_server.negotiation import GRAPHS, HTML, PLAIN_JSON, RESULTS, Offer

_HTML, _JSON = (HTML,), (PLAIN_JSON,)


@dataclass(frozen=True)
class Route:
    """A route: what it promises, what it takes, what it gives. A parameter in braces is part of the path."""

    path: str
    summary: str
    gives: tuple[Offer, ...]
    takes: tuple[tuple[str, str], ...] = ()  # query parameters and what they mean
    required: tuple[str, ...] = ()
    statuses: tuple[int, ...] = ()
    success: int = 200


_PREFIX = ("prefix", "The text.")
_FORMAT = ("format", "Short name or media type of the representation; beats the Accept header.")
_QUERY = ("query", "A SPARQL 1.1 query. Without it, the form or the service description.")
_TIMEOUT = ("timeout", "Seconds the query may take, where that is less than the server allows.")
_DATASET = (
    ("default-graph-uri", "A graph of the default graph; may be repeated."),
    ("named-graph-uri", "A named graph; may be repeated."),
)
_EVALUATED = (304, 400, 403, 406, 414, 429, 503, 504)
"""What may become of a query that is asked by GET."""

_SCHEMES = tuple((scheme, target.title) for target in ready_made().values() for scheme in target.patterns)

ROUTES = (
    Route("/", "The first page.", _HTML, statuses=(503,)),
    Route("/sparql", "SPARQL 1.1 Query, or what the endpoint is.", (*RESULTS, *GRAPHS, HTML),
          (_QUERY, *_DATASET, _TIMEOUT, _FORMAT), statuses=_EVALUATED),
    Route("/ask", "An answer to a question, with its sources.", (PLAIN_JSON, HTML),
          (("q", "The question, such as: Who played Rick Erwin?"), _FORMAT), ("q",), (400, 406, 503)),
    Route("/search", "Things by name or identifier, the likeliest first.", (PLAIN_JSON, HTML),
          (("q", "A name, in part or misspelt, or an identifier: tt0824091, tmdb:862, an IRI."),
           ("type", f"Only things of a kind: {', '.join(KINDS)}; may be repeated."),
           ("limit", "How many on a page: 1 to 50, otherwise 10."), ("offset", "How many to pass over: the first 200 can be had."),
           _FORMAT), (), (304, 400, 406, 503)),
    Route("/queries", "The saved queries; as RDF, they are SHACL executables.", (PLAIN_JSON, HTML, *GRAPHS),
          (_FORMAT,), statuses=(304, 406)),
    Route("/queries/{name}", "A saved query, or its result: .csv, .json, … at the end of the name, or by Accept. "
          "Its parameters are query parameters.", (*RESULTS, *GRAPHS, HTML), (_TIMEOUT, _FORMAT), (),
          (*_EVALUATED, 404)),
    Route("/id/{path}", "A thing: sends to its page or its data.", (HTML, *GRAPHS), (_FORMAT,), (), (404, 406), 303),
    Route("/page/{path}", "The page of a thing.", _HTML, (("from", "Place in the cast, from 0, of the first credit shown."),),
          statuses=(304, 400, 404, 503)),
    Route("/data/{path}", "The description of a thing, in the format its ending names.", GRAPHS, (), (),
          (304, 404, 503)),
    Route("/graphs", "The named graphs; or one graph's triples (Graph Store HTTP Protocol, indirect).",
          (PLAIN_JSON, HTML, *GRAPHS), (("graph", "IRI of a graph."), ("default", "The default graph."), _FORMAT), (),
          (304, 400, 404, 406, 503)),
    Route("/graph/{path}", "A named graph: its provenance and statements, or its triples (Graph Store HTTP Protocol, "
          "direct).", (HTML, *GRAPHS), (_FORMAT,), (), (304, 400, 404, 406, 503)),
    Route("/ontology/{name}", "A module of the ontology: film or mission.", (*GRAPHS, HTML), (_FORMAT,), (),
          (304, 404, 406)),
    Route("/.well-known/void", "The data set, described in VoID and DCAT.", GRAPHS, (_FORMAT,), (), (304, 406, 503)),
    Route("/links", "The data sets that are linked to.", (PLAIN_JSON, HTML), (_FORMAT,), (), (304, 406, 503)),
    Route("/links/{name}", "The links to a data set, with their evidence: an SSSOM table, or RDF.",
          (HTML, Offer("tsv", "text/tab-separated-values"), *GRAPHS),
          (("open", "Adds the links nobody decided on, and those a person rejected; SSSOM and page only."), _FORMAT), (),
          (304, 404, 406, 503)),
    Route("/lookup", "From one identifier of another data set to the thing here.", _HTML,
          (*tuple((scheme, f"An identifier of {title}.") for scheme, title in _SCHEMES), ("iri", "Its IRI there.")), (),
          (400, 404, 503), 303),
    Route("/reconcile", "A Reconciliation service (API 0.2): its manifest, or the answer to a batch.", _JSON,
          (("queries", "A JSON object of queries by key."), ("extend", "A JSON object with ids and properties.")), (),
          (400, 413, 503)),
    Route("/reconcile/suggest/entity", "Things whose names begin like a text.", _JSON, (_PREFIX,), (), (400, 503)),
    Route("/reconcile/suggest/type", "Types whose names hold a text.", _JSON, (_PREFIX,), (), (400,)),
    Route("/reconcile/suggest/property", "Properties whose names hold a text.", _JSON, (_PREFIX,), (), (400, 503)),
    Route("/reconcile/properties", "Properties that values can be had of.", _JSON,
          (("type", "A type."), ("limit", "How many at most.")), (), (503,)),
    Route("/reconcile/preview", "A thing in a few words, for pages of other sites.", _HTML,
          (("id", "The thing, by its path below id/."),), (), (404, 503)),
    Route("/reconcile/draft", "The same service by the draft of API 1.0: its manifest.", _JSON, (), (), (503,)),
    Route("/reconcile/draft/match", "Candidates for a batch of queries.", _JSON, (), (), (400, 413, 503)),
    Route("/reconcile/draft/reconcile", "The same, by an earlier draft's name.", _JSON, (), (), (400, 413, 503)),
    Route("/reconcile/draft/extend", "Values of properties of things.", _JSON, (), (), (400, 413, 503)),
    Route("/reconcile/draft/extend/propose", "Properties that values can be had of.", _JSON,
          (("type", "A type."), ("limit", "How many at most.")), (), (503,)),
    Route("/reconcile/draft/suggest/entity", "Things whose names begin like a text.", _JSON, (_PREFIX,), (), (400, 503)),
    Route("/reconcile/draft/suggest/type", "Types whose names hold a text.", _JSON, (_PREFIX,), (), (400,)),
    Route("/reconcile/draft/suggest/property", "Properties whose names hold a text.", _JSON, (_PREFIX,), (), (400, 503)),
    Route("/reconcile/draft/preview", "A thing in a few words, for pages of other sites.", _HTML,
          (("id", "The thing, by its path below id/."),), (), (404, 503)),
    Route("/healthz", "The process answers.", _JSON),
    Route("/readyz", "A snapshot is being served.", _JSON, statuses=(503,)),
    Route("/metrics", "Counters and gauges for Prometheus.", (Offer("text", "text/plain"),)),
    Route("/openapi.json", "This document.", _JSON),
)  # fmt: skip
"""Every route there is; a test compares them with the application's."""


_JSON_POSTED = tuple(f"/reconcile/draft/{name}" for name in ("match", "reconcile", "extend"))
"""Routes that take JSON by POST alone."""

METHODS = {"/sparql": ("get", "post"), "/reconcile": ("get", "post"), **dict.fromkeys(_JSON_POSTED, ("post",))}
"""The methods described of a route, where they are others than GET. OpenAPI 3.1 has no word for QUERY."""


def document(root: str, *, writable: bool = False) -> dict[str, Json]:
    """The OpenAPI document of a server at an address that ends in ``/``; where it is ``writable``, of updates too."""
    paths: dict[str, Json] = {}
    for route in ROUTES:
        operations: dict[str, Json] = {"get": _operation(route)}
        if route.path == "/sparql":
            operations["post"] = _posted(route, writable=writable)
        if route.path == "/reconcile":
            operations["post"] = _reconciled(route)
        if route.path in _JSON_POSTED:
            operations = {"post": _json_posted(route)}
        if writable and route.path in ("/graphs", "/graph/{path}"):
            operations |= {method: _written(route, method) for method in ("put", "post", "delete")}
        paths[route.path] = operations
    components: dict[str, Json] = {"schemas": {"Problem": _PROBLEM}}
    if writable:
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "castgraph",
            "version": __version__,
            "summary": "Who played whom: facts from title pages as linked data.",
        },
        "servers": [{"url": root.rstrip("/")}],
        "paths": paths,
        "components": components,
    }


def _operation(route: Route) -> dict[str, Json]:
    in_path: list[Json] = [
        {"name": part[1:-1], "in": "path", "required": True, "schema": {"type": "string"}}
        for part in route.path.split("/")
        if part.startswith("{")
    ]
    in_query: list[Json] = [
        {
            "name": name,
            "in": "query",
            "description": meaning,
            "required": name in route.required,
            "schema": {"type": "array", "items": {"type": "string"}}
            if (name, meaning) in _DATASET
            else {"type": "string"},
        }
        for name, meaning in route.takes
    ]
    return {"summary": route.summary, "parameters": [*in_path, *in_query], "responses": _responses(route)}


def _written(route: Route, method: str) -> dict[str, Json]:
    """A write of the Graph Store HTTP Protocol."""
    read = _operation(route)
    told = Route(route.path, _WRITES[method], (PLAIN_JSON,), statuses=_WRITTEN)
    operation: dict[str, Json] = {
        "summary": told.summary,
        "parameters": read["parameters"],
        "security": [{"token": []}],
        "responses": _responses(told),
    }
    if method != "delete":
        content: dict[str, Json] = {offer.media_type: {"schema": {"type": "string"}} for offer in GRAPHS}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _posted(route: Route, *, writable: bool) -> dict[str, Json]:
    fields: dict[str, Json] = {name: {"type": "string"} for name in ("query", "timeout", "format")}
    for name, _ in _DATASET:
        fields[name] = {"type": "array", "items": {"type": "string"}}
    content: dict[str, Json] = {
        _FORM: {"schema": {"type": "object", "properties": fields, "required": ["query"]}},
        "application/sparql-query": {"schema": {"type": "string"}},
    }
    statuses: tuple[int, ...] = _POSTED
    if writable:
        content[_UPDATE] = {"schema": {"type": "string"}}
        properties: dict[str, Json] = {**fields, "update": {"type": "string"}}
        for name in _USING:
            properties[name] = {"type": "array", "items": {"type": "string"}}
        either: list[Json] = [{"required": ["query"]}, {"required": ["update"]}]
        content[_FORM] = {"schema": {"type": "object", "properties": properties, "oneOf": either}}
        statuses = tuple(sorted({*_POSTED, *_WRITTEN}))
    gives = (*route.gives, PLAIN_JSON) if writable else route.gives
    responses = _responses(Route(route.path, route.summary, gives, statuses=statuses))
    return {
        "summary": f"SPARQL 1.1 Query{' and Update' if writable else ''} by POST.",
        **({"security": [{}, {"token": []}]} if writable else {}),
        "requestBody": {"required": True, "content": content},
        "responses": responses,
    }


def _json_posted(route: Route) -> dict[str, Json]:
    return {
        "summary": route.summary,
        "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}, "required": True},
        "responses": _responses(route),
    }


def _reconciled(route: Route) -> dict[str, Json]:
    """A batch of queries, or data extension, by POST."""
    fields: dict[str, Json] = {name: {"type": "string", "description": meaning} for name, meaning in route.takes}
    return {
        "summary": route.summary,
        "requestBody": {"content": {_FORM: {"schema": {"type": "object", "properties": fields}}}},
        "responses": _responses(route),
    }


def _responses(route: Route) -> dict[str, Json]:
    told: dict[str, Json] = {}
    if route.success == 303:
        told["303"] = {"description": "Where to go on.", "headers": {"Location": {"schema": {"type": "string"}}}}
    else:
        told["200"] = {
            "description": route.summary,
            "content": {media_type: {} for media_type in dict.fromkeys(offer.media_type for offer in route.gives)},
        }
    problem: Json = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status in route.statuses:
        told[str(status)] = {"description": "Not modified."} if status == 304 else {
            "description": _MEANINGS[status], "content": problem
        }  # fmt: skip
    return told


_FORM, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-update"
_USING = ("using-graph-uri", "using-named-graph-uri")

_WRITES = {
    "put": "Let a graph hold what is sent, and nothing else. With the token.",
    "post": "Add what is sent to a graph. With the token.",
    "delete": "Delete a graph. With the token.",
}

_WRITTEN = (400, 401, 403, 404, 409, 412, 413, 415, 429, 503, 504)
"""What may become of a change."""

_POSTED = (400, 403, 406, 413, 415, 429, 503, 504)
"""What may become of a query that is posted."""

_MEANINGS = {
    400: "The request is wrong; line and column are given for a query.",
    401: "The token is missing or wrong.",
    403: "The request asks for something not done here: SERVICE, updates.",
    404: "There is no such thing here.",
    409: "The data would contradict the ontology, or what is to be deleted follows from other statements.",
    412: "The graph is not as the client last saw it (If-Match).",
    406: "None of the representations on offer is accepted.",
    413: "The body, or the query in it, is too large.",
    414: "The query, or the address it is in, is too long.",
    415: "The body is of a media type, or in a charset or an encoding, that is not read.",
    429: "The client asks more often than it may; Retry-After tells when to ask again.",
    503: "No snapshot is being served, or the query met a limit: `limit` says which, Retry-After when to try again.",
    504: "The query took longer than it may.",
}

_PROBLEM: Json = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["title", "status", "detail"],
    "properties": {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "line": {"type": "integer", "description": "Line of the query, from 1."},
        "column": {"type": "integer", "description": "Column of the query, from 1."},
        "limit": {"type": "string", "description": "The limit a query met: time, memory, rows, depth, worker, queue."},
        "offered": {"type": "array", "items": {"type": "object"}, "description": "The representations on offer."},
    },
}
