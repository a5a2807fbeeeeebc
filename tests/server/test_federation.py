"""SERVICE reaches the endpoints that are listed and nobody else, within limits, and tells the truth about failures."""

from __future__ import annotations

import http.server
import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

import pyoxigraph as ox
import pytest

from tests.running import running, running_oxigraph

REMOTE = """
@prefix ex: <http://example.org/> .
<https://w3id.org/castgraph/id/person/zoe-quill> ex:born 1961 ; ex:knows [ ex:name "a friend" ] , [ ex:name "another" ] .
ex:odd ex:text "} SERVICE <http://x/> { \\"\\"\\" ' \\\\u0041 \\n" ; ex:label "Zoë"@fr-CA .
"""
ZOE = "<https://w3id.org/castgraph/id/person/zoe-quill>"


@pytest.fixture(scope="module")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Another SPARQL server, with facts of its own: the Rust program, as it is."""
    folder = tmp_path_factory.mktemp("other") / "store"
    store = ox.Store(str(folder))
    store.load(REMOTE, format=ox.RdfFormat.TURTLE)
    store.flush()
    del store
    with running_oxigraph(folder) as address:
        yield address


class Hostile(http.server.BaseHTTPRequestHandler):
    """Does what endpoints should not; the path says what."""

    seen: ClassVar[list[tuple[str, str, dict[str, str]]]] = []
    elsewhere = ""
    FINE = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"fine"}}]}}'

    def do_GET(self) -> None:
        Hostile.seen.append((self.command, self.path, dict(self.headers)))
        try:
            getattr(self, urlsplit(self.path).path.strip("/").replace("-", "_"))()
        except OSError:
            return  # the client had enough

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def tell(self, body: bytes, kind: str = "application/sparql-results+json", status: int = 200, **more: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def fine(self) -> None:
        self.tell(self.FINE)

    def other_host(self) -> None:
        self.tell(b"", status=302, Location=f"{Hostile.elsewhere}/secret")

    def other_scheme(self) -> None:
        self.tell(b"", status=302, Location="file:///etc/passwd")

    def same_host(self) -> None:
        self.tell(b"", status=307, Location="/fine")

    def circle(self) -> None:
        self.tell(b"", status=302, Location="/circle")

    def slow_head(self) -> None:
        for byte in b"HTTP/1.0 200 OK\r\nX-Slow: " + b"a" * 1000:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(0.1)

    def slow_body(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.end_headers()
        for _ in range(1000):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.1)

    def silent(self) -> None:
        time.sleep(30)

    def endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.end_headers()
        while True:
            self.wfile.write(b" " * 65_536)

    def many(self) -> None:
        row = b'{"x":{"type":"literal","value":"v"}}'
        self.tell(b'{"head":{"vars":["x"]},"results":{"bindings":[' + b",".join([row] * 5000) + b"]}}")

    def page(self) -> None:
        self.tell(b"<html>", "text/html")

    def broken(self) -> None:
        self.tell(self.FINE[:40])

    def cut(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", "5000")
        self.end_headers()
        self.wfile.write(self.FINE)

    def error(self) -> None:
        self.tell(b"Traceback: secret", "text/plain", 500)

    def no_http(self) -> None:
        self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")

    def boolean(self) -> None:
        self.tell(b'{"head":{},"boolean":true}')

    def more_variables(self) -> None:
        self.tell(b'{"head":{"vars":["x","s"]},"results":{"bindings":[{"x":{"type":"literal","value":"fine"},'
                  b'"s":{"type":"uri","value":"http://example.org/not-asked-for"}}]}}')  # fmt: skip

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def hostile_server() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def hostile() -> Iterator[str]:
    with hostile_server() as address, hostile_server() as elsewhere:
        Hostile.elsewhere = elsewhere
        yield address


WAYS = ("fine", "other-host", "other-scheme", "same-host", "circle", "slow-head", "slow-body", "silent", "endless", "many",
        "page", "broken", "cut", "error", "no-http", "boolean", "more-variables")  # fmt: skip


@pytest.fixture(scope="module")
def federated(data: Path, oxigraph: str, hostile: str) -> Iterator[str]:
    """The real server, allowed to ask them."""
    listed = " ".join([oxigraph, *(f"{hostile}/{way}" for way in WAYS), f"http://127.1:{urlsplit(hostile).port}/fine"])
    with running(data, service_allow=listed, service_timeout=1, service_rows=1000, service_size=200_000) as address:
        yield address


def ask(server: str, query: str, accept: str = "application/sparql-results+json") -> tuple[int, dict[str, str], Any]:
    body = urlencode({"query": query}).encode()
    request = urllib.request.Request(f"{server}/sparql", body, {"Accept": accept})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return (
                answer.status,
                {name.lower(): value for name, value in answer.headers.items()},
                json.loads(answer.read()),
            )
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), json.loads(error.read())


def rows(server: str, query: str) -> list[dict[str, str]]:
    status, _, told = ask(server, query)
    assert status == 200, told
    return [{name: term["value"] for name, term in row.items()} for row in told["results"]["bindings"]]


def test_facts_of_two_servers_are_joined(federated: str, oxigraph: str) -> None:
    query = (
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX ex: <http://example.org/>"
        f"SELECT ?name ?year {{ ?who skos:prefLabel ?name SERVICE <{oxigraph}> {{ ?who ex:born ?year }} }}"
    )
    assert rows(federated, query) == [{"name": "Zoë Quill", "year": "1961"}]


def test_a_prefixed_name_names_an_endpoint(federated: str, oxigraph: str) -> None:
    query = f"PREFIX there: <{oxigraph[:-5]}> SELECT * {{ SERVICE there:query {{ {ZOE} <http://example.org/born> ?year }} }}"
    assert rows(federated, query) == [{"year": "1961"}]


def test_values_come_over_as_they_are(federated: str, oxigraph: str) -> None:
    query = f"SELECT * {{ SERVICE <{oxigraph}> {{ ?s <http://example.org/text> ?text ; <http://example.org/label> ?label }} }}"
    _, _, told = ask(federated, query)
    [row] = told["results"]["bindings"]
    assert row["text"]["value"] == '} SERVICE <http://x/> { """ \' \\u0041 \n'
    assert row["label"] == {"type": "literal", "value": "Zoë", "xml:lang": "fr-CA"} or (
        row["label"]["value"], row["label"]["xml:lang"].lower()) == ("Zoë", "fr-ca")  # fmt: skip


def test_blank_nodes_stay_blank_and_apart(federated: str, oxigraph: str) -> None:
    query = f"""PREFIX ex: <http://example.org/> SELECT ?friend ?name {{
      SERVICE <{oxigraph}> {{ ?s ex:knows ?friend OPTIONAL {{ ?friend ex:name ?name }} }} FILTER(ISBLANK(?friend)) }}"""
    found = rows(federated, query)
    assert sorted(row["name"] for row in found) == ["a friend", "another"]
    assert len({row["friend"] for row in found}) == 2


def test_a_service_may_be_optional_and_asked_twice(federated: str, oxigraph: str) -> None:
    query = f"""PREFIX ex: <http://example.org/> SELECT ?s ?year ?none {{
      SERVICE <{oxigraph}> {{ ?s ex:born ?year }} OPTIONAL {{ SERVICE <{oxigraph}> {{ ?s ex:none ?none }} }} }}"""
    assert rows(federated, query) == [{"s": ZOE[1:-1], "year": "1961"}]


def test_a_pattern_without_variables_is_true_or_not(federated: str, oxigraph: str) -> None:
    for year, expected in ((1961, True), (1962, False)):
        query = f"ASK {{ SERVICE <{oxigraph}> {{ {ZOE} <http://example.org/born> {year} }} }}"
        assert ask(federated, query)[2]["boolean"] is expected


def test_a_variable_asks_the_endpoints_listed_beside_it(federated: str, oxigraph: str, hostile: str) -> None:
    query = f"""SELECT ?where ?x ?year {{ VALUES ?where {{ <{oxigraph}> <{hostile}/fine> }}
      SERVICE ?where {{ {ZOE} <http://example.org/born> ?year . BIND(1 AS ?x) }} }}"""
    assert sorted(rows(federated, query), key=lambda row: row["where"] == oxigraph) == [
        {"where": f"{hostile}/fine", "x": "fine"},
        {"where": oxigraph, "x": "1", "year": "1961"},
    ]


def test_a_graph_is_made_of_two_servers_facts(federated: str, oxigraph: str) -> None:
    query = f"CONSTRUCT {{ ?s <a:b> ?y }} {{ SERVICE <{oxigraph}> {{ ?s <http://example.org/born> ?y }} }}"
    _, _, told = ask(federated, query, "application/ld+json")
    assert "1961" in json.dumps(told)


def test_no_federated_result_is_kept(federated: str, oxigraph: str) -> None:
    query = f"SELECT * {{ SERVICE <{oxigraph}> {{ ?s <http://example.org/born> ?year }} }}"
    _, headers, _ = ask(federated, query)
    assert headers["cache-control"] == "no-store"
    assert "etag" not in headers


def test_a_query_with_service_but_for_its_name_is_no_federated_one(federated: str) -> None:
    assert rows(federated, 'SELECT ?service { VALUES ?service { "SERVICE <http://x> {}" } }')


NOT_LISTED = {
    "a host": "SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o }",
    "silently": "SERVICE SILENT <http://127.0.0.1:9/sparql> { ?s ?p ?o }",
    "one that begins like a listed one": "SERVICE <LISTED/../admin> { ?s ?p ?o }",
    "one with an escape": r"SERVICE <http://127.0.0.1:9/\u0071uery> { ?s ?p ?o }",
    "one inside": "SERVICE <LISTED> { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "one silently inside": "SERVICE <LISTED> { OPTIONAL { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } } }",
    "a variable inside": "SERVICE <LISTED> { ?s ?p ?e SERVICE ?e { ?s ?p ?o } }",
    "a variable": "?s ?p ?e SERVICE ?e { ?s ?p ?o }",
    "a variable, silently": "?s ?p ?e SERVICE SILENT ?e { ?s ?p ?o }",
    "a variable listed elsewhere": "{ VALUES ?e { <LISTED> } } ?s ?p ?e SERVICE ?e { ?s ?p ?o }",
    "a variable listed with another": "VALUES ?e { <LISTED> <http://127.0.0.1:9/> } SERVICE ?e { ?s ?p ?o }",
    "a variable listed in a row": "VALUES (?x ?e) { (1 <http://127.0.0.1:9/>) } SERVICE ?e { ?s ?p ?o }",
    "a relative one": "SERVICE <query> { ?s ?p ?o }",
    "one after a comparison that looks like an IRI": "BIND(1 AS ?a) FILTER(?a<'>'||?a>'' ) SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } FILTER('' = '')",
    "one after a comment that looks like an IRI": "BIND(1 AS ?a) FILTER(true||?a<#>'''\n1) SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } #'''\n",
    "one beside a listed one": "SERVICE <LISTED> { ?s ?p ?o } SERVICE <http://127.0.0.1:9/> { ?s ?p ?o }",
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_LISTED)
def test_nobody_else_is_asked(federated: str, hostile: str, name: str) -> None:
    Hostile.seen.clear()
    status, _, told = ask(federated, f"SELECT * {{ {NOT_LISTED[name].replace('LISTED', hostile + '/fine')} }}")
    assert status in (400, 403), told
    assert not Hostile.seen  # all targets are looked at before one is asked


@pytest.mark.parametrize("name", NOT_LISTED)
def test_nobody_is_asked_by_default(server: str, hostile: str, name: str) -> None:
    Hostile.seen.clear()
    status, _, told = ask(server, f"SELECT * {{ {NOT_LISTED[name].replace('LISTED', hostile + '/fine')} }}")
    assert status == 403, told
    assert not Hostile.seen


FAILURES = {
    "other-host": (502, "redirects to another host", None),
    "other-scheme": (502, "redirects to another host", None),
    "circle": (502, "redirects more than", None),
    "slow-head": (504, "no whole answer within 1 seconds", "service time"),
    "slow-body": (504, "no whole answer within 1 seconds", "service time"),
    "silent": (504, "no whole answer within 1 seconds", "service time"),
    "endless": (502, "more than 200000 bytes", "service size"),
    "many": (502, "more than 1000 rows", "service rows"),
    "page": (502, "text/html, which is no SPARQL result", None),
    "broken": (502, "is not the application/sparql-results+json it says it is", None),
    "cut": (502, "broke off", None),
    "error": (502, "answered HTTP 500", None),
    "no-http": (502, "no HTTP", None),
    "boolean": (502, "no solutions", None),
}


@pytest.mark.parametrize("way", FAILURES)
def test_a_failing_endpoint_is_named_with_what_failed(federated: str, hostile: str, way: str) -> None:
    Hostile.seen.clear()
    status, _, told = ask(federated, f"SELECT * {{ SERVICE <{hostile}/{way}> {{ ?s ?p ?x }} }}")
    expected, said, limit = FAILURES[way]
    assert (status, told["endpoint"], told.get("limit")) == (expected, f"{hostile}/{way}", limit)
    assert said in told["detail"]
    assert "secret" not in json.dumps(told)
    assert all("secret" not in path for _, path, _ in Hostile.seen)


@pytest.mark.parametrize("way", FAILURES)
def test_silent_makes_a_failure_one_empty_solution(federated: str, hostile: str, way: str) -> None:
    query = f"SELECT * {{ VALUES ?here {{ 1 }} SERVICE SILENT <{hostile}/{way}> {{ ?s ?p ?x }} }}"
    assert rows(federated, query) == [{"here": "1"}]


def test_a_redirect_within_the_origin_is_followed(federated: str, hostile: str) -> None:
    assert rows(federated, f"SELECT * {{ SERVICE <{hostile}/same-host> {{ ?s ?p ?x }} }}") == [{"x": "fine"}]


def test_an_endpoint_cannot_bind_what_it_was_not_asked_for(federated: str, hostile: str) -> None:
    query = f"SELECT * {{ VALUES ?s {{ <a:b> }} SERVICE <{hostile}/more-variables> {{ <a:b> ?p ?x }} }}"
    assert rows(federated, query) == [{"s": "a:b", "x": "fine"}]


def test_the_request_is_a_polite_one_and_tells_nothing_of_who_asks(federated: str, hostile: str) -> None:
    for padding in ("", "#" * 3000 + "\n"):
        Hostile.seen.clear()
        rows(
            federated,
            f"PREFIX ex: <http://example.org/>{padding} SELECT * {{ SERVICE <{hostile}/fine> {{ ?s ex:p ?x }} }}",
        )
        [(method, path, headers)] = Hostile.seen
        assert method == ("POST" if padding else "GET")
        assert headers["User-Agent"].startswith("castgraph/")
        assert headers["Accept"].startswith("application/sparql-results+json")
        assert not {"Authorization", "Cookie", "X-Forwarded-For", "Referer"} & set(headers)
        if not padding:
            [query] = parse_qs(urlsplit(path).query)["query"]
            assert "PREFIX ex:" in query
            assert query.endswith("SELECT * WHERE { ?s ex:p ?x }")


def test_proxies_of_the_environment_are_not_used(data: Path, hostile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    with running(data, service_allow=f"{hostile}/fine") as address:
        assert rows(address, f"SELECT * {{ SERVICE <{hostile}/fine> {{ ?s ?p ?x }} }}") == [{"x": "fine"}]


def test_a_name_that_leads_to_a_private_address_is_not_connected_to(federated: str, data: Path, hostile: str) -> None:
    """What counts is the address connected to: ``127.1`` is a name to the list, and the system finds the loopback address."""
    endpoint = f"http://127.1:{urlsplit(hostile).port}/fine"
    Hostile.seen.clear()
    status, _, told = ask(federated, f"SELECT * {{ SERVICE <{endpoint}> {{ ?s ?p ?x }} }}")
    assert (status, "not public and not listed" in told["detail"]) == (502, True)
    assert not Hostile.seen
    with running(data, service_allow=f"{endpoint} 127.0.0.0/8 ::1/128") as address:
        assert rows(address, f"SELECT * {{ SERVICE <{endpoint}> {{ ?s ?p ?x }} }}") == [{"x": "fine"}]


def test_a_query_asks_others_only_so_many_times(federated: str, hostile: str) -> None:
    Hostile.seen.clear()
    status, _, told = ask(federated, f"SELECT * {{ {f'SERVICE <{hostile}/fine> {{ ?s ?p ?x }} ' * 11} }}")
    assert (status, "more than 10 times" in told["detail"]) == (403, True)
    assert not Hostile.seen


def test_the_time_holds_for_all_endpoints_together(federated: str, hostile: str) -> None:
    query = f"SELECT * {{ SERVICE SILENT <{hostile}/silent> {{ ?s ?p ?x }} SERVICE <{hostile}/fine> {{ ?a ?b ?x }} }}"
    status, _, told = ask(federated, query)
    assert (status, told["endpoint"]) == (504, f"{hostile}/fine")


def test_a_syntax_error_is_where_the_query_has_it(federated: str, hostile: str) -> None:
    service = f"SERVICE <{hostile}/fine> {{\n ?s ?p ?x }}"
    places = []
    for pattern in (service, "{\n ?s ?p ?x }"):
        status, _, told = ask(federated, f"SELECT * {{\n {pattern}\n ?s ?p }}")
        assert status == 400, told
        places.append((told["line"], told["column"]))
    assert places[0] == places[1] == (4, 9)


def test_an_unknown_function_is_told_with_its_place(federated: str, server: str, hostile: str) -> None:
    for address, before in ((server, ""), (federated, f"SERVICE <{hostile}/fine> {{ ?s ?p ?x }}")):
        query = f"PREFIX ex: <http://example.org/>\nSELECT * {{ {before}\nBIND(ex:f(1) AS ?y) }}"
        status, _, told = ask(address, query)
        assert (status, told["line"], told["column"]) == (400, 3, 6)
        assert "<http://example.org/f>" in told["detail"]


def test_the_kernel_keeps_a_worker_off_the_network(hostile: str) -> None:
    """The engine itself, given a SERVICE in plain sight, reaches nobody once sealed."""
    code = f"""
import pyoxigraph as ox
from castgraph_server.seal import seal
query = "SELECT * {{ SERVICE <{hostile}/fine> {{ ?s ?p ?x }} }}"
print(len(list(ox.Store().query(query))))
assert seal()
try:
    list(ox.Store().query(query))
except OSError as error:
    print(error)
"""
    Hostile.seen.clear()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["1", "Permission", "denied", "(os", "error", "13)"]
    assert len(Hostile.seen) == 1


def test_the_workers_of_a_server_are_sealed(data: Path) -> None:
    with running(data) as address:
        rows(address, "SELECT * { BIND(1 AS ?x) }")
        deadline = time.monotonic() + 20
        workers = [path.parent for path in Path("/proc").glob("[0-9]*/cmdline") if _is_worker_over(path, data)]
        assert workers
        for folder in workers:
            while "Seccomp:\t2" not in (folder / "status").read_text():  # those that stand by are still coming up
                assert time.monotonic() < deadline
                time.sleep(0.05)


def _is_worker_over(path: Path, data: Path) -> bool:
    try:
        words = path.read_bytes().split(b"\0")
        environment = (path.parent / "environ").read_bytes()
    except OSError:
        return False
    return (
        any(word.endswith(b"castgraph_server/start_worker.py") for word in words)
        and f"CASTGRAPH_DATA={data}".encode() in environment
    )


def test_the_service_description_says_whether_it_federates(federated: str, server: str) -> None:
    for address, expected in ((federated, True), (server, False)):
        request = urllib.request.Request(f"{address}/sparql", headers={"Accept": "text/turtle"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert (b"BasicFederatedQuery" in answer.read()) is expected
