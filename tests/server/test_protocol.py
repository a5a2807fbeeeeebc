"""The SPARQL 1.1 Protocol over the wire: methods, media types, parameters, and the status of whatever is wrong."""

from __future__ import annotations

import gzip
import http.client
import json
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox
import pytest

from castgraph.iris import FILM, Iris

ASK = "ASK { ?s ?p ?o }"
FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
IMDB, TV_GUIDE = (Iris().graph(source, "copper-comet-2019") for source in ("imdb", "tv-guide"))
YEARS = f"SELECT ?year WHERE {{ ?title <{FILM}releaseYear> ?year FILTER(?year = 2019) }}"
"""Both sources state this one triple."""


@dataclass(frozen=True)
class Answer:
    """A response as it came over the wire."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def media_type(self) -> str:
        """The content type without parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0]

    def json(self) -> object:
        """The body, which is JSON."""
        return json.loads(self.body)


def ask(server: str, method: str, target: str, body: bytes | str | None = None, **headers: str) -> Answer:
    """One request on a connection of its own; header names are written with underscores."""
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=30)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, target, body=body.encode() if isinstance(body, str) else body, headers=named)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def at(**fields: str) -> str:
    """The endpoint's address with parameters."""
    return f"/sparql?{urlencode({name.replace('_', '-'): value for name, value in fields.items()})}"


@pytest.mark.parametrize(
    ("method", "target", "body", "content_type"),
    [
        ("GET", at(query=ASK), None, None),
        ("POST", "/sparql", ASK, QUERY),
        ("POST", "/sparql", ASK, "Application/SPARQL-Query"),
        ("POST", "/sparql", ASK, f'{QUERY}; charset="utf-8"'),
        ("POST", "/sparql", ASK, f"{QUERY};charset=UTF-8;x=y"),
        ("POST", "/sparql", urlencode({"query": ASK}), FORM),
        ("POST", "/sparql", urlencode({"query": ASK, "unknown": "1"}), f"{FORM}; charset=utf-8"),
        ("POST", at(named_graph_uri=IMDB, default_graph_uri=IMDB), ASK, QUERY),
        ("POST", at(default_graph_uri=IMDB), urlencode({"query": ASK}), FORM),
        ("QUERY", "/sparql", ASK, QUERY),
        ("QUERY", "/sparql", urlencode({"query": ASK}), FORM),
        ("QUERY", at(default_graph_uri=IMDB), ASK, QUERY),
    ],
)
def test_every_way_to_ask_is_answered(
    server: str, method: str, target: str, body: str | None, content_type: str | None
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    answer = ask(server, method, target, body, **headers)
    assert (answer.status, answer.media_type) == (200, "application/sparql-results+json")
    assert answer.json() == {"head": {}, "boolean": True}


@pytest.mark.parametrize("address", [at(query=ASK), "/sparql", "/graphs?default", "/.well-known/void"])
def test_head_is_get_without_its_body(server: str, address: str) -> None:
    given, told = ask(server, "GET", address), ask(server, "HEAD", address)
    assert (told.status, told.body) == (200, b"")
    for name in ("Content-Type", "ETag", "Vary"):
        assert told.headers[name] == given.headers[name]


def test_options_tell_methods_and_media_types(server: str) -> None:
    told = ask(server, "OPTIONS", "/sparql")
    assert {method.strip() for method in told.headers["Allow"].split(",")} >= {
        "GET",
        "HEAD",
        "POST",
        "QUERY",
        "OPTIONS",
    }
    for name in ("Accept-Query", "Accept-Post"):
        assert {one.strip() for one in told.headers[name].split(",")} == {FORM, QUERY}


@pytest.mark.parametrize("method", ["GET", "POST", "QUERY"])
def test_other_sites_scripts_may_ask(server: str, method: str) -> None:
    wanted = {"Origin": "https://example.org", "Access_Control_Request_Method": method,
              "Access_Control_Request_Headers": "content-type"}  # fmt: skip
    told = ask(server, "OPTIONS", "/sparql", **wanted)
    assert told.status in (200, 204)
    assert told.headers["Access-Control-Allow-Origin"] == "*"
    assert method in told.headers["Access-Control-Allow-Methods"]
    assert "content-type" in told.headers["Access-Control-Allow-Headers"].lower()
    answer = ask(server, "GET", at(query=ASK), Origin="https://example.org")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(
    ("method", "target", "body", "headers", "status"),
    [
        ("POST", "/sparql", ASK, {"Content_Type": "text/plain"}, 415),
        ("QUERY", "/sparql", ASK, {"Content_Type": "text/plain"}, 415),
        ("QUERY", "/sparql", ASK, {}, 415),
        ("QUERY", at(query=ASK), None, {}, 415),
        ("QUERY", "/sparql", "", {"Content_Type": FORM}, 400),
        ("POST", "/sparql", ASK, {"Content_Type": f"{QUERY}; charset=latin-1"}, 415),
        ("QUERY", "/sparql", "INSERT DATA {}", {"Content_Type": "application/sparql-update"}, 415),
        ("GET", at(query=ASK, default_graph_uri="relative"), None, {}, 400),
        ("GET", at(query=ASK, using_graph_uri=IMDB), None, {}, 400),
        ("POST", at(using_named_graph_uri=IMDB), ASK, {"Content_Type": QUERY}, 400),
        ("GET", at(query=ASK) + "&timeout=1&timeout=2", None, {}, 400),
        ("GET", at(query=ASK, update="DROP ALL"), None, {}, 400),
        ("POST", at(update="DROP ALL"), ASK, {"Content_Type": QUERY}, 400),
        ("POST", "/sparql", gzip.compress(ASK.encode(), mtime=0), {"Content_Type": QUERY, "Content_Encoding": "gzip"}, 415),
        ("POST", at(query=ASK), ASK, {"Content_Type": QUERY}, 400),
        ("POST", "/sparql", "", {"Content_Type": QUERY}, 400),
        ("GET", "/sparql?query=", None, {}, 400),
        ("GET", "/sparql?query=%ED%A0%80", None, {}, 400),
        ("GET", at(query="ASK {"), None, {}, 400),
        ("GET", at(query=ASK, default_graph_uri="not an iri"), None, {}, 400),
        ("GET", at(query=ASK, named_graph_uri="relative"), None, {}, 400),
        ("GET", at(query=ASK), None, {"Accept": "image/png"}, 406),
        ("GET", at(query=ASK), None, {"Accept": "text/turtle"}, 406),
        ("GET", at(query=ASK), None, {"Accept": "application/sparql-results+json;q=0"}, 406),
        ("GET", at(query="ASK { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }"), None, {}, 403),
        ("POST", "/sparql", "DROP ALL", {"Content_Type": "application/sparql-update"}, 403),
        ("POST", "/sparql", "update=DROP+ALL", {"Content_Type": FORM}, 403),
        ("PUT", "/sparql", ASK, {"Content_Type": QUERY}, 405),
        ("DELETE", "/sparql", None, {}, 405),
        ("POST", "/sparql", b"#" * 1_000_001, {"Content_Type": QUERY}, 413),
    ],
)  # fmt: skip
def test_what_is_wrong_has_its_status(
    server: str, method: str, target: str, body: str | bytes | None, headers: dict[str, str], status: int
) -> None:
    answer = ask(server, method, target, body, **headers)
    assert (answer.status, answer.media_type) == (status, "application/problem+json")
    told = answer.json()
    assert isinstance(told, dict)
    assert told["status"] == status
    assert told["detail"]
    if status == 405:
        assert "QUERY" in answer.headers["Allow"]


def test_an_address_longer_than_any_server_reads_is_414(server: str) -> None:
    assert ask(server, "GET", at(query="#" * 100_000)).status == 414


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/problem+json", "application/problem+json"),
        ("application/json", "application/problem+json"),
        ("application/sparql-results+json", "application/problem+json"),
        ("text/turtle", "application/problem+json"),
        ("text/plain", "text/plain"),
        ("text/html, */*;q=0.1", "text/html"),
        ("text/html;q=0.1, text/plain;q=0.2", "text/plain"),
        ("*/*", "application/problem+json"),
    ],
)
def test_problems_come_as_the_client_takes_them(server: str, accept: str, media_type: str) -> None:
    answer = ask(server, "GET", "/sparql?query=ASK&query=ASK", Accept=accept)
    assert (answer.status, answer.media_type) == (400, media_type)
    assert b"2 queries" in answer.body


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/csv;q=0.2, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"),
        ("application/*;q=0.5, text/csv;q=0.4", "application/sparql-results+json"),
        ("text/*;q=0.5, text/csv;q=0, application/*;q=0.1", "text/tab-separated-values"),
        ("application/sparql-results+json;q=0.000, */*;q=0.001", "application/sparql-results+xml"),
        ("application/sparql-results+xml; charset=utf-8", "application/sparql-results+xml"),
        ("", "application/sparql-results+json"),
        (",,", "application/sparql-results+json"),
        ("image/png, *", "application/sparql-results+json"),
        ("text/csv; q=.2, application/sparql-results+xml; q=.3", "application/sparql-results+xml"),
    ],
)
def test_accept_is_read_by_quality(server: str, accept: str, media_type: str) -> None:
    select = "SELECT ?s WHERE { ?s ?p ?o } LIMIT 1"
    assert ask(server, "GET", at(query=select), Accept=accept).media_type == media_type


@pytest.mark.parametrize("method", ["POST", "QUERY"])
@pytest.mark.parametrize("more", [{}, {"timeout": "5"}])  # without it the quick way answers, with it Flask
def test_the_format_may_stand_in_the_form(server: str, method: str, more: dict[str, str]) -> None:
    fields = {"query": "SELECT ?s WHERE { ?s ?p ?o } LIMIT 1", "format": "csv", **more}
    answer = ask(server, method, "/sparql", urlencode(fields), Content_Type=FORM)
    assert (answer.status, answer.media_type) == (200, "text/csv")
    assert ask(server, method, "/sparql", urlencode(fields | {"format": "exe"}), Content_Type=FORM).status == 406


def test_parameters_are_decoded_once(server: str) -> None:
    query = 'SELECT ("%41+%2B" AS ?x) {}'
    for answer in (
        ask(server, "GET", at(query=query)),
        ask(server, "POST", "/sparql", urlencode({"query": query}), Content_Type=FORM),
        ask(server, "POST", "/sparql", query, Content_Type=QUERY),
    ):
        assert b'"%41+%2B"' in answer.body


def test_relative_iris_are_resolved_against_the_address_of_the_endpoint(server: str) -> None:
    answer = ask(server, "POST", "/sparql", "SELECT (<x> AS ?x) {}", Content_Type=QUERY)
    assert f"{server}/x".encode() in answer.body


def rows(server: str, query: str, graphs: tuple[str, ...] = ()) -> int:
    fields = [("query", query), ("format", "csv"), *(("default-graph-uri", graph) for graph in graphs)]
    return ask(server, "GET", f"/sparql?{urlencode(fields)}").body.count(b"\n") - 1


def test_one_graph_asked_for_is_one_graph(server: str) -> None:
    assert rows(server, YEARS) == rows(server, YEARS, (IMDB,)) == rows(server, YEARS, (TV_GUIDE,)) == 1
    assert rows(server, YEARS, (IMDB, IMDB)) == 1


def test_graphs_that_share_no_triple_are_merged_as_rdf_merges(server: str) -> None:
    both = (IMDB, Iris().graph("inferred"))
    every = "SELECT * WHERE { ?s ?p ?o }"
    merged = set[ox.Triple]()
    for graph in both:
        body = ask(server, "GET", f"/graphs?{urlencode({'graph': graph, 'format': 'nt'})}").body
        merged |= {quad.triple for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)}
    assert rows(server, every, both) == len(merged)


EVERY = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
COUNT = f"SELECT (COUNT(*) AS ?n) WHERE {{ ?title <{FILM}releaseYear> 2019 }}"


def csv(server: str, query: str, **graphs: tuple[str, ...]) -> list[str]:
    """The rows of a query, each as a line of CSV."""
    named = [(f"{kind}-graph-uri", graph) for kind, iris in graphs.items() for graph in iris]
    body = ask(server, "GET", f"/sparql?{urlencode([('query', query), ('format', 'csv'), *named])}").body
    return body.decode().splitlines()[1:]


def test_graphs_named_by_the_protocol_are_merged_as_rdf_merges(server: str) -> None:
    assert rows(server, YEARS, (IMDB, TV_GUIDE)) == 1
    assert csv(server, COUNT, default=(IMDB, TV_GUIDE)) == ["1"]
    every = csv(server, EVERY, default=(IMDB, TV_GUIDE))
    assert sorted(every) == sorted({*csv(server, EVERY, default=(IMDB,)), *csv(server, EVERY, default=(TV_GUIDE,))})


@pytest.mark.parametrize(
    "clauses",
    [
        f"FROM <{IMDB}> FROM <{TV_GUIDE}>",
        f"from<{TV_GUIDE}>\n# FROM nowhere\nfrom<{IMDB}>",
        "FROM g:imdb\\/copper-comet-2019 FROM g:tv-guide\\/copper-comet-2019",
        "FROM <imdb/copper-comet-2019> FROM <tv-guide/copper-comet-2019>",
        f"FROM <{IMDB}> FROM <{TV_GUIDE}> FROM <{IMDB}> FROM <http://example.org/nowhere>",
        f"FROM <{IMDB.replace('imdb', chr(92) + 'u0069mdb')}> FROM <{TV_GUIDE}>",
    ],
)
def test_graphs_named_by_from_are_merged_as_rdf_merges(server: str, clauses: str) -> None:
    prologue = f"BASE <{Iris().graph('')}> PREFIX g: <{Iris().graph('')}>\n"
    for query, found in ((YEARS, ["2019"]), (COUNT, ["1"])):
        assert csv(server, prologue + query.replace("WHERE", f"{clauses} WHERE")) == found


def test_beside_a_merge_the_named_graphs_are_those_asked_for(server: str) -> None:
    inside = f"GRAPH ?g {{ ?title <{FILM}releaseYear> 2019 }}"
    query = f"SELECT ?g WHERE {{ ?title <{FILM}releaseYear> 2019 . {inside} }}"
    assert csv(server, query, default=(IMDB, TV_GUIDE), named=(TV_GUIDE,)) == [TV_GUIDE]
    assert csv(server, query, default=(IMDB, TV_GUIDE)) == []
    clauses = f"FROM <{IMDB}> FROM <{TV_GUIDE}> FROM NAMED <{IMDB}>"
    assert csv(server, query.replace("WHERE", f"{clauses} WHERE")) == [IMDB]
    assert csv(server, query.replace("WHERE", f"{clauses} WHERE"), default=(IMDB,), named=(TV_GUIDE,)) == [TV_GUIDE]


def test_where_duplicates_do_not_count_the_merge_is_right(server: str) -> None:
    assert rows(server, YEARS.replace("SELECT", "SELECT DISTINCT"), (IMDB, TV_GUIDE)) == 1
