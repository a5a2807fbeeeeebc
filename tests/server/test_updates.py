"""Changes over HTTP by a real writable server: who may make them, what becomes of the graph, and what when they fail."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pyoxigraph as ox
import pytest

from castgraph.build import build, bundled_fingerprint, ensure_snapshot
from castgraph.edits import Edits
from castgraph.errors import UsageError
from castgraph.iris import RDFS, Iris
from castgraph.proof import Prover
from castgraph.settings import Settings
from castgraph.snapshot import Snapshot, building, current
from castgraph_server import create_app
from tests.running import running, started

TOKEN = "a-secret-that-only-editors-know-42"
FORM, UPDATE, TURTLE = "application/x-www-form-urlencoded", "application/sparql-update", "text/turtle"
IRIS = Iris()
PREFIXES = (
    "PREFIX film: <https://w3id.org/castgraph/film#>\n"
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
    "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>\n"
    "PREFIX person: <https://w3id.org/castgraph/id/person/> PREFIX role: <https://w3id.org/castgraph/id/character/>\n"
    "PREFIX credit: <https://w3id.org/castgraph/id/performance/>\n"
    "PREFIX graph: <https://w3id.org/castgraph/graph/>\n"
)
CREDIT = "<https://w3id.org/castgraph/id/performance/race-to-mars-2007/tv-guide/rick-erwin>"
RILEY, ERWIN = (
    f"<https://w3id.org/castgraph/id/{path}>"
    for path in ("person/michael-riley", "character/race-to-mars-2007/rick-erwin")
)
PLAYED = "<https://w3id.org/castgraph/film#played>"
TV_GUIDE = IRIS.graph("tv-guide", "race-to-mars-2007")


@dataclass(frozen=True)
class Answer:
    """A response."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def told(self) -> dict[str, object]:
        """The body as JSON."""
        told: dict[str, object] = json.loads(self.body)
        return told


@dataclass(frozen=True)
class Site:
    """A running server and its data folder."""

    address: str
    data: Path

    def send(self, method: str, target: str, body: bytes | None = None, **headers: str) -> Answer:
        """One request as it is given."""
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, target, body, named)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def update(self, text: str, target: str = "/sparql", **headers: str) -> Answer:
        """An update with the token."""
        given = {"Content_Type": UPDATE, "Authorization": f"Bearer {TOKEN}", **headers}
        return self.send("POST", target, (PREFIXES + text).encode(), **given)

    def write(self, method: str, graph: str, body: str = "", **headers: str) -> Answer:
        """A graph store operation with the token, on a graph named indirectly."""
        given = {"Content_Type": TURTLE, "Authorization": f"Bearer {TOKEN}", **headers}
        return self.send(method, f"/graphs?graph={quote(graph, safe='')}", body.encode(), **given)

    def ask(self, pattern: str) -> bool:
        """Whether a pattern matches."""
        query = urlencode({"query": f"{PREFIXES}ASK {{ {pattern} }}"})
        answer = self.send("GET", f"/sparql?{query}", Accept="application/sparql-results+json")
        assert answer.status == 200, answer
        return bool(answer.told["boolean"])

    @property
    def snapshot(self) -> Snapshot:
        """The current snapshot."""
        found = current(self.data)
        assert found is not None
        return found


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the bundled snapshot, to be copied."""
    folder = tmp_path_factory.mktemp("bundled")
    build([], folder)
    return folder


@pytest.fixture(scope="module")
def site(bundled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A writable server; each test changes things of its own, or puts back what it changed."""
    folder = tmp_path_factory.mktemp("writable") / "data"
    shutil.copytree(bundled, folder, symlinks=True)
    with running(folder, writable=1, token=TOKEN, update_wait=1, max_body=10_000, max_update=100_000) as address:
        yield Site(address, folder)


@pytest.fixture
def fresh(bundled: Path, tmp_path: Path) -> Path:
    """A data folder of a test's own."""
    shutil.copytree(bundled, tmp_path / "data", symlinks=True)
    return tmp_path / "data"


def refused(site: Site, act: Callable[[], Answer], status: int) -> Answer:
    """The answer of what is refused with a status, and changes nothing."""
    before = (site.snapshot.id, site.snapshot.path.stat().st_ino)
    answer = act()
    assert answer.status == status, answer
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (site.snapshot.id, site.snapshot.path.stat().st_ino) == before
    return answer


# Who may


WRITES: list[tuple[str, str, str, str]] = [
    ("POST", "/sparql", UPDATE, "INSERT DATA { <a:s> <a:p> 1 }"),
    ("POST", "/sparql", FORM, urlencode({"update": "INSERT DATA { <a:s> <a:p> 1 }"})),
    ("PUT", "/graphs?graph=http%3A%2F%2Fexample.org%2Fg", TURTLE, "<a:s> <a:p> 1 ."),
    ("POST", "/graphs?default", TURTLE, "<a:s> <a:p> 1 ."),
    ("POST", "/graphs", TURTLE, "<a:s> <a:p> 1 ."),
    ("PUT", "/graph/imdb/race-to-mars-2007", TURTLE, "<a:s> <a:p> 1 ."),
    ("DELETE", "/graph/imdb/race-to-mars-2007", TURTLE, ""),
]


@pytest.mark.parametrize(("method", "target", "type_", "body"), WRITES)
@pytest.mark.parametrize("shown", [None, "Bearer wrong", f"Bearer {TOKEN}x", f"Basic {TOKEN}", f"Bearer {TOKEN[:-1]}"])
def test_without_the_token_nothing_is_changed(
    site: Site, method: str, target: str, type_: str, body: str, shown: str | None
) -> None:
    headers = {"Content_Type": type_, **({"Authorization": shown} if shown else {})}
    answer = refused(site, lambda: site.send(method, target, body.encode(), **headers), 401)
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="castgraph"')
    assert ("invalid_token" in answer.headers["WWW-Authenticate"]) == (shown or "").startswith("Bearer")


def test_a_server_that_is_not_writable_changes_nothing(fresh: Path) -> None:
    with running(fresh, token=TOKEN) as address:
        site = Site(address, fresh)
        for method, target, type_, body in WRITES:
            headers = {"Content_Type": type_, "Authorization": f"Bearer {TOKEN}"}
            status = 403 if target == "/sparql" else 405
            refused(site, lambda: site.send(method, target, body.encode(), **headers), status)  # noqa: B023


@pytest.mark.parametrize("name", ["access_token", "token", "x"])
def test_a_token_in_an_address_is_refused_and_not_logged(fresh: Path, tmp_path: Path, name: str) -> None:
    log = tmp_path / "access.log"
    with running(fresh, writable=1, token=TOKEN, access_log=log) as address:
        site = Site(address, fresh)
        given = urlencode({name: TOKEN})
        refused(site, lambda: site.update("INSERT DATA { <a:s> <a:p> 1 }", f"/sparql?{given}"), 400)
        refused(site, lambda: site.send("GET", f"/sparql?query=ASK%7B%7D&{given}", Accept="application/json"), 400)
    assert len(log.read_text().splitlines()) >= 2
    assert TOKEN not in log.read_text()


def test_logs_hold_an_updates_hash_and_never_its_text(fresh: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    with running(fresh, writable=1, token=TOKEN, access_log=log, slow_query=0) as address:
        assert Site(address, fresh).update('INSERT DATA { <a:s> <a:p> "confidential" }').status == 200
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert next(line for line in lines if line["path"] == "/sparql")["query"]
    assert "confidential" not in log.read_text()


def test_no_process_of_the_server_has_the_token_in_its_environment(site: Site) -> None:
    held, seen = [], 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        assert TOKEN.encode() not in command
        if b"castgraph_server/worker.py" in command:
            seen += 1
            if TOKEN.encode() in environment:
                held.append(process)
    assert seen
    assert not held


def test_a_token_that_is_no_secret_is_refused_at_the_start(tmp_path: Path) -> None:
    for wrong in ({"writable": True}, {"writable": True, "token": "short"}, {"token_file": str(tmp_path / "none")}):
        with pytest.raises(UsageError):
            create_app(Settings(data=tmp_path, **wrong))
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    create_app(Settings(data=tmp_path, writable=True, token_file=str(tmp_path / "token")))
    assert TOKEN not in repr(Settings(token=TOKEN))


def test_serve_says_what_a_writable_server_lacks(fresh: Path) -> None:
    castgraph = Path(sysconfig.get_path("scripts")) / "castgraph"
    command: list[str | Path] = [castgraph, "serve", "--writable", "--data", fresh, "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--token-file" in done.stderr


@pytest.mark.parametrize("is_rude", [False, True])
@pytest.mark.parametrize("is_chunked", [False, True])
@pytest.mark.parametrize("type_", [UPDATE, FORM])
def test_an_update_that_breaks_off_is_none(fresh: Path, type_: str, is_chunked: bool, is_rude: bool) -> None:
    """What has come of it may be an update of its own, and another one than was meant."""
    text = f"INSERT DATA {{ GRAPH <{TV_GUIDE}> {{ <http://example.org/cut> <{RDFS}label> 'cut' }} }} ;"
    body = (f"update={quote(text)}" if type_ == FORM else text).encode()
    said = f"{len(body):x}\r\n".encode() + body + b"\r\n" if is_chunked else body
    length = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {len(body) + 50}"
    head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: {type_}\r\n{length}\r\n\r\n"
    with started(fresh, writable=1, token=TOKEN, body_timeout=5) as server:
        site = Site(server.address, fresh)
        before = site.snapshot.id
        with socket.create_connection(("127.0.0.1", urlsplit(server.address).port or 0), timeout=20) as connection:
            connection.sendall(head.encode() + said)
            if is_rude:  # a reset
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                connection.shutdown(socket.SHUT_WR)
                assert not connection.recv(100)
        assert not site.ask("<http://example.org/cut> ?p ?o")
        assert site.update("INSERT DATA { }").status == 200  # it has its turn after anything begun before
        assert site.snapshot.id == before
        assert "Traceback" not in server.log


def test_the_token_gives_more_time_up_to_the_ceiling(fresh: Path) -> None:
    runaway = urlencode({"query": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "timeout": "60"})
    with running(fresh, token=TOKEN, timeout=0.3, most_timeout=1.5) as address:
        site = Site(address, fresh)
        for shown, seconds in ("", 0.3), (f"Bearer {TOKEN}", 1.5):
            answer = site.send("GET", f"/sparql?{runaway}", Accept="application/json", Authorization=shown)
            assert (answer.status, answer.told["seconds"]) == (504, seconds)
        assert site.send("GET", f"/sparql?{runaway}", Authorization="Bearer wrong").status == 401


def test_other_sites_may_read_and_not_write(site: Site) -> None:
    read = site.send("GET", f"/graphs?graph={quote(TV_GUIDE, safe='')}", Accept=TURTLE, Origin="http://evil.example")
    assert read.headers["Access-Control-Allow-Origin"] == "*"
    asked = site.send("OPTIONS", "/graphs", Origin="http://evil.example", Access_Control_Request_Method="PUT")
    assert not {"PUT", "DELETE"} & set(asked.headers["Access-Control-Allow-Methods"].split(", "))
    assert "authorization" not in asked.headers["Access-Control-Allow-Headers"].lower()
    for method, target, type_, body in WRITES:
        answer = site.send(method, target, body.encode(), Content_Type=type_, Origin="http://evil.example")
        assert "Access-Control-Allow-Origin" not in answer.headers


# What becomes of the graph


def test_what_is_inserted_is_in_force_with_all_that_follows_when_the_answer_comes(site: Site) -> None:
    answer = site.update(
        """INSERT DATA { credit:new film:performer person:ana ; film:character role:new .
        person:ana rdfs:label "Ana" }"""
    )
    assert answer.status == 200, answer
    assert answer.told["added"] == 3
    assert answer.headers["ETag"] == f'"{site.snapshot.id}"'
    assert site.ask("person:ana film:played role:new")
    assert site.ask("GRAPH graph:edits { person:ana rdfs:label 'Ana' }")
    assert site.ask("GRAPH graph:inferred { person:ana film:played role:new }")
    assert site.ask("person:ana skos:prefLabel 'Ana'")
    assert site.ask("GRAPH graph:provenance { graph:edits a film:SourceGraph }")
    ana, new = (f"<{IRIS.thing(*path)}>" for path in (("person", "ana"), ("character", "new")))
    step = Prover.of(site.snapshot).prove((ana, PLAYED, new))
    assert step is not None
    assert step.rule == "prp-spo2"
    manifest = site.snapshot.manifest
    assert isinstance(manifest["revised"], dict)
    assert manifest["revised"]["by"] == "update"
    assert manifest["revised"]["parent"] == answer.told["parent"]


def test_a_deleted_fact_takes_what_follows_and_its_line_with_it_and_comes_back_as_it_was(site: Site) -> None:
    assert site.ask(f"{RILEY} {PLAYED} {ERWIN}")
    before = site.snapshot.id
    located = f"GRAPH graph:provenance {{ ?s rdf:subject {CREDIT} ; rdf:predicate film:performer }}"
    assert site.ask(located)
    answer = site.update(f"DELETE DATA {{ {CREDIT} film:performer {RILEY} }}")
    assert (answer.status, answer.told["removed"]) == (200, 1), answer
    assert not site.ask(f"{RILEY} {PLAYED} {ERWIN}")
    assert not site.ask(located)
    assert Prover.of(site.snapshot).prove((RILEY, PLAYED, ERWIN)) is None
    assert site.ask(f"GRAPH graph:provenance {{ <{TV_GUIDE}> skos:editorialNote ?note }}")
    again = site.update(f"INSERT DATA {{ GRAPH <{TV_GUIDE}> {{ {CREDIT} film:performer {RILEY} }} }}")
    assert again.status == 200
    assert site.ask(f"{RILEY} {PLAYED} {ERWIN}")
    assert site.snapshot.id != before  # what is stated by an update has no line
    assert not site.ask(located)


def test_the_pattern_of_an_update_sees_what_queries_see(site: Site) -> None:
    answer = site.update(
        "INSERT { GRAPH <http://example.org/seen> { ?who <http://example.org/seen> true } } "
        f"WHERE {{ ?who {PLAYED} {ERWIN} ; skos:prefLabel ?name FILTER(STRSTARTS(?name, 'Michael')) }}"
    )
    assert (answer.status, answer.told["added"]) == (200, 1)
    assert site.ask(f"{RILEY} <http://example.org/seen> true")
    assert site.write("DELETE", "http://example.org/seen").status == 200


def test_what_follows_from_other_statements_cannot_be_deleted_by_name(site: Site) -> None:
    answer = refused(site, lambda: site.update(f"DELETE DATA {{ {RILEY} {PLAYED} {ERWIN} }}"), 409)
    assert "prp-spo2" in str(answer.told["detail"])
    assert any(CREDIT in one for one in answer.told["premises"])  # type: ignore[attr-defined]
    answer = refused(site, lambda: site.update(f"DELETE WHERE {{ ?who {PLAYED} {ERWIN} }}"), 409)
    assert "prp-spo2" in str(answer.told["detail"])


def test_what_a_pattern_could_not_delete_is_told(site: Site) -> None:
    assert (
        site.update(
            "INSERT DATA { person:bo a film:Person ; rdfs:label 'Bo'  . credit:bo film:performer person:bo }"
        ).status
        == 200
    )
    answer = site.update("DELETE WHERE { person:bo ?p ?o }")
    assert (answer.status, answer.told["removed"]) == (200, 2)
    kept = answer.told["kept"]
    assert isinstance(kept, dict)
    types = {one["triple"].rpartition("#")[2].rstrip(">") for one in kept["shown"]}
    assert {"Person", "Performer"} <= types  # for the credit still says so
    assert all(one["graphs"] == [IRIS.inferred] for one in kept["shown"])
    assert not site.ask("person:bo skos:prefLabel ?name")  # nobody names it any more


@pytest.mark.parametrize(
    "graph", ["schema", "inferred", "equality", "identity", "provenance", "alignment", "candidates"]
)
def test_the_graphs_castgraph_makes_cannot_be_written(site: Site, graph: str) -> None:
    iri = IRIS.graph(graph)
    answer = refused(site, lambda: site.update(f"INSERT DATA {{ GRAPH <{iri}> {{ <a:s> <a:p> 1 }} }}"), 403)
    assert "graph/edits" in str(answer.told["detail"])
    refused(site, lambda: site.write("PUT", iri, "<a:s> <a:p> 1 ."), 403)
    refused(site, lambda: site.update(f"ADD <{TV_GUIDE}> TO <{iri}>"), 403)
    if graph not in ("equality", "candidates"):  # those hold nothing
        refused(site, lambda: site.write("DELETE", iri), 403)
        refused(site, lambda: site.update(f"DROP GRAPH <{iri}>"), 403)


def test_data_that_contradict_the_ontology_are_refused_with_the_violations(site: Site) -> None:
    answer = refused(site, lambda: site.update("INSERT DATA { person:ana a film:Person , film:Organization }"), 409)
    violations = answer.told["violations"]
    assert isinstance(violations, list)
    assert any("person/ana" in one for one in violations)


@pytest.mark.parametrize(
    ("second", "status"),
    [
        ("INSERT DATA { GRAPH graph:inferred { <a:s> <a:p> 2 } }", 403),
        ("COPY <http://example.org/none> TO <http://example.org/other>", 400),
        ("INSERT { ?s <a:p> ?n } WHERE { ?s <a:p> 1 BIND(<http://example.org/function>(1) AS ?n) }", 400),
        ("INSERT DATA { <a:s> <a:p> }", 400),
        ("LOAD SILENT <http://127.0.0.1:9/>", 403),
        ("DELETE DATA { " + f"{RILEY} {PLAYED} {ERWIN}" + " }", 409),
    ],
)
def test_a_failed_second_operation_changes_nothing(site: Site, second: str, status: int) -> None:
    refused(site, lambda: site.update(f"INSERT DATA {{ <a:first> <a:p> 1 }} ; {second}"), status)
    assert not site.ask("<a:first> ?p ?o")


def test_each_operation_sees_what_those_before_it_did(site: Site) -> None:
    answer = site.update(
        "INSERT DATA { <a:step> <a:p> 1 } ;\n"
        "PREFIX a: <a:>\n"
        "DELETE { ?s ?p 1 } INSERT { ?s ?p 2 } WHERE { ?s ?p 1 . FILTER(?s = a:step) GRAPH graph:edits { ?s ?p 1 } } ;\n"
        "INSERT { GRAPH <http://example.org/count> { <a:count> <a:p> ?n } } WHERE { SELECT (COUNT(*) AS ?n) { <a:step> ?p ?o } }"
    )
    assert (answer.status, answer.told["added"]) == (200, 2), answer
    assert site.ask("<a:step> <a:p> 2 . <a:count> <a:p> 1")
    assert not site.ask("<a:step> <a:p> 1")
    assert site.update("DROP GRAPH <http://example.org/count>").status == 200


@pytest.mark.parametrize(
    "text", ["", "# nothing", "PREFIX a: <a:>", "DELETE DATA { <a:none> <a:p> 1 }", "INSERT DATA {}"]
)
def test_an_update_that_changes_nothing_makes_no_snapshot(site: Site, text: str) -> None:
    before = site.snapshot.id
    answer = site.update(text)
    assert (answer.status, answer.told["snapshot"], answer.told["added"]) == (200, before, 0), answer


def test_a_graph_is_put_added_to_and_deleted(site: Site) -> None:
    graph = "http://example.org/written"
    assert site.write("PUT", graph, "<#a> <a:p> 1 .").status == 201
    assert site.ask(f"GRAPH <{graph}> {{ <{graph}#a> <a:p> 1 }}")
    assert site.write("POST", graph, "<#a> <a:p> 2 .").status == 200
    assert site.write("PUT", graph, "<#a> <a:p> 3 .").status == 200
    assert site.ask(f"<{graph}#a> <a:p> 3 FILTER NOT EXISTS {{ <{graph}#a> <a:p> 1 }}")
    assert site.write("DELETE", graph).status == 200
    refused(site, lambda: site.write("DELETE", graph), 404)
    assert not site.ask(f"GRAPH graph:provenance {{ <{graph}> ?p ?o }}")


# What is wrong with a request


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("INSERT DATA { <a:s> <a:p> }", 8, 27),
        ("INSERT DATA { <a:s> <a:p> 1 } ;\nINSERT { ?s ?p } WHERE {}", 9, 16),
        ("PREFIX a: <a:> INSERT DATA { a:s a:p 1 } ; PREFIX b: <b:>\n  DELETE { b:s b:p ] } WHERE {}", 9, 20),
        ("INSERT DATA { _:x <a:p> 1 } ; INSERT DATA { _:x <a:p> 1 }", 8, 45),
    ],
)
def test_a_syntax_error_is_told_with_its_place(site: Site, text: str, line: int, column: int) -> None:
    answer = refused(site, lambda: site.update(text), 400)
    assert (answer.told["line"], answer.told["column"]) == (line, column), answer


def test_a_wrong_graph_is_told_with_its_place(site: Site) -> None:
    answer = refused(site, lambda: site.write("PUT", "http://example.org/g", "<a:s> <a:p> 1 .\n<a:s> <a:p> ; ] ."), 400)
    assert answer.told["line"] == 2


@pytest.mark.parametrize(
    ("target", "type_", "body", "status"),
    [
        ("/sparql", "text/plain", "INSERT DATA {}", 415),
        ("/sparql", f"{UPDATE}; charset=utf-16", "INSERT DATA {}", 415),
        ("/sparql", FORM, "update=CLEAR+ALL&update=CLEAR+ALL", 400),
        ("/sparql", FORM, "update=CLEAR+ALL&query=ASK%7B%7D", 400),
        ("/sparql?update=CLEAR+ALL", FORM, "update=CLEAR+ALL", 400),
        ("/sparql?using-graph-uri=relative", UPDATE, "INSERT {} WHERE {}", 400),
        ("/sparql?using-graph-uri=a:g", UPDATE, "INSERT {} USING <a:h> WHERE {}", 400),
        ("/sparql?timeout=soon", UPDATE, "INSERT DATA {}", 400),
        ("/sparql", UPDATE, f"INSERT DATA {{ <a:s> <a:p> '{'x' * 100_000}' }}", 413),
        ("/graphs", "text/csv", "a,b", 415),
        ("/graphs", "", "a,b", 415),
        ("/graphs?graph=relative", TURTLE, "", 400),
        ("/graphs?graph=a:g&default", TURTLE, "", 400),
        ("/graphs", TURTLE, f"<a:s> <a:p> '{'x' * 100_000}' .", 413),
        ("/sparql", UPDATE, "CLEAR DEFAULT", 403),
        ("/sparql", UPDATE, "COPY DEFAULT TO <a:g>", 403),
    ],
)
def test_a_wrong_request_has_its_status(site: Site, target: str, type_: str, body: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content_Type": type_}
    refused(site, lambda: site.send("POST", target, body.encode(), **headers), status)


def test_larger_bodies_are_taken_from_the_bearer_of_the_token_alone(fresh: Path) -> None:
    body = f"INSERT DATA {{ <a:s> <a:p> '{'x' * 50_000}' }}".encode()
    with running(fresh, writable=1, token=TOKEN, max_body=10_000, max_update=60_000) as address:
        site = Site(address, fresh)
        assert site.send("POST", "/sparql", body, Content_Type=UPDATE).status == 413
        assert site.send("POST", "/sparql", body, Content_Type=UPDATE, Authorization=f"Bearer {TOKEN}").status == 200


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <{}>",
        "LOAD SILENT <{}> INTO GRAPH <a:g>",
        "INSERT DATA {{ <a:s> <a:p> 1 }} ; load <{}>",
        "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{}> {{ ?s ?p ?o }} }}",
        "INSERT {{ ?s ?p ?o }} WHERE {{ BIND(<{}> AS ?g) SERVICE SILENT ?g {{ ?s ?p ?o }} }}",
        "INSERT {{ ?s ?p ?o }} WHERE {{ \\u0053ERVICE <{}> {{ ?s ?p ?o }} }}",
        "DELETE {{ ?s ?p ?o }} USING <{}> WHERE {{ ?s ?p ?o }}",
    ],
)
def test_an_update_fetches_nothing(site: Site, text: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        answer = site.update(text.format(address))
        assert answer.status == (200 if "USING" in text else 403), answer
        with pytest.raises(TimeoutError):
            listener.accept()


def test_a_remote_context_is_not_fetched(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        body = json.dumps({"@context": f"http://127.0.0.1:{listener.getsockname()[1]}/", "@id": "a:s", "a:p": 1})
        graph = "http://example.org/context"
        refused(site, lambda: site.write("PUT", graph, body, Content_Type="application/ld+json"), 400)
        with pytest.raises(TimeoutError):
            listener.accept()


# Conditions, and others at work


def test_a_condition_that_does_not_hold_changes_nothing(site: Site) -> None:
    graph = "http://example.org/conditional"
    target = f"/graphs?graph={quote(graph, safe='')}"
    refused(site, lambda: site.write("PUT", graph, "<a:s> <a:p> 0 .", If_Match="*"), 412)
    assert site.write("PUT", graph, "<a:s> <a:p> 1 .", If_None_Match="*").status == 201
    refused(site, lambda: site.write("PUT", graph, "<a:s> <a:p> 2 .", If_None_Match="*"), 412)
    seen = site.send("GET", target, Accept=TURTLE, Accept_Encoding="gzip").headers["ETag"]
    assert site.write("PUT", graph, "<a:s> <a:p> 3 .", If_Match=seen).status == 200
    refused(site, lambda: site.write("PUT", graph, "<a:s> <a:p> 4 .", If_Match=seen), 412)
    refused(site, lambda: site.write("DELETE", graph, If_Match=seen), 412)
    refused(site, lambda: site.write("DELETE", graph, If_Match=f'W/"{site.snapshot.id}"'), 412)
    refused(site, lambda: site.update("INSERT DATA { <a:s> <a:p> 5 }", If_Match=seen), 412)
    tag = site.update("INSERT DATA { <a:s> <a:p> 5 }", If_Match=f'"{site.snapshot.id}"').headers["ETag"]
    assert site.write("DELETE", graph, If_Match=tag).status == 200


def test_a_change_waits_for_others_for_a_while_and_is_then_told_to_come_again(site: Site) -> None:
    with building(site.data):
        answer = refused(site, lambda: site.update("INSERT DATA { <a:busy> <a:p> 1 }"), 503)
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.told["limit"] == "queue"
    held = building(site.data)
    held.__enter__()
    threading.Timer(0.5, lambda: held.__exit__(None, None, None)).start()
    assert site.update("INSERT DATA { <a:busy> <a:p> 1 }").status == 200


def test_changes_at_the_same_time_are_all_made(fresh: Path) -> None:
    with running(fresh, writable=1, token=TOKEN, workers=2, update_wait=60) as address:
        site, answers = Site(address, fresh), []
        threads = [
            threading.Thread(target=lambda n=n: answers.append(site.update(f"INSERT DATA {{ <a:both> <a:p> {n} }}")))
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [answer.status for answer in answers] == [200] * 4
        assert site.ask("<a:both> <a:p> 0 , 1 , 2 , 3")
        assert len({answer.told["snapshot"] for answer in answers}) == 4


def test_readers_see_the_old_graph_or_the_new_and_never_a_mix(fresh: Path) -> None:
    query = urlencode({"query": "SELECT ?a ?b { <a:x> <a:a> ?a . <a:x> <a:b> ?b }"})
    seen: list[tuple[str, str]] = []
    over = threading.Event()
    with running(fresh, writable=1, token=TOKEN) as address:
        site = Site(address, fresh)

        def read() -> None:
            while not over.is_set():
                answer = site.send("GET", f"/sparql?{query}", Accept="text/csv")
                assert answer.status == 200, answer
                seen.extend(tuple(row.split(",")) for row in answer.body.decode().split()[1:])  # type: ignore[misc]

        assert site.update("INSERT DATA { <a:x> <a:a> 0 ; <a:b> 0 }").status == 200
        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        for number in range(1, 5):
            answer = site.update(
                f"DELETE {{ <a:x> ?p ?o }} INSERT {{ <a:x> ?p {number} }} WHERE {{ GRAPH graph:edits {{ <a:x> ?p ?o }} }}"
            )
            assert answer.status == 200, answer
            assert site.ask(f"<a:x> <a:a> {number} ; <a:b> {number}")  # in force before the answer
        over.set()
        for reader in readers:
            reader.join()
    assert len(set(seen)) > 1
    assert all(a == b for a, b in seen)


# What ends a writer


def runaway(site: Site, target: str = "/sparql") -> Answer:
    return site.update(
        "INSERT { <a:s> <a:p> ?n } WHERE { SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } }", target
    )


def test_a_runaway_update_is_stopped_at_its_deadline(site: Site) -> None:
    answer = refused(site, lambda: runaway(site, "/sparql?timeout=1"), 504)
    assert (answer.told["limit"], answer.told["seconds"]) == ("time", 1)
    assert not writers_of(site)
    assert site.update("INSERT DATA { <a:after> <a:p> 1 }").status == 200


def test_an_update_takes_no_more_memory_than_it_may(fresh: Path) -> None:
    with running(fresh, writable=1, token=TOKEN, update_memory=512) as address:
        site = Site(address, fresh)
        hog = "INSERT { GRAPH <a:g> { ?a ?e ?i } } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        assert refused(site, lambda: site.update(hog), 503).told["limit"] == "memory"
        assert site.update("INSERT DATA { <a:after> <a:p> 1 }").status == 200


def writers_of(site: Site) -> list[int]:
    """The writer processes of this folder's server."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            if b"castgraph_server/writer.py" in command and (process / "cwd").readlink() == Path.cwd():
                found.append(int(process.name))
        except OSError:
            continue
    return found


def test_a_writer_killed_midway_leaves_everything_as_it_was(site: Site) -> None:
    answers: list[Answer] = []
    thread = threading.Thread(target=lambda: answers.append(runaway(site)))
    before = (site.snapshot.id, sorted(path.name for path in (site.data / "snapshots").iterdir()))
    thread.start()
    while not list(site.data.glob("building-*/store/CURRENT")):  # it has begun to change its copy
        time.sleep(0.02)
    folder = next(site.data.glob("building-*"))
    writer = int(folder.name.rpartition("-")[2])
    assert "Seccomp:\t2" in Path(f"/proc/{writer}/status").read_text()  # the kernel keeps it off the network
    os.kill(writer, signal.SIGKILL)
    thread.join()
    assert (answers[0].status, answers[0].told["limit"]) == (503, "worker")
    assert (site.snapshot.id, sorted(path.name for path in (site.data / "snapshots").iterdir())) == before
    assert site.update("INSERT DATA { <a:next> <a:p> 1 }").status == 200
    assert not list(site.data.glob("building-*"))


def test_no_writer_outlives_its_server(fresh: Path) -> None:
    with running(fresh, writable=1, token=TOKEN) as address:
        site = Site(address, fresh)

        def try_it() -> None:
            with pytest.raises(OSError):
                runaway(site)

        thread = threading.Thread(target=try_it)
        thread.start()
        while not list(fresh.glob("building-*/store/CURRENT")):
            time.sleep(0.02)
        writer = int(next(fresh.glob("building-*")).name.rpartition("-")[2])
        server = _parent(writer)
        for process in (_parent(server), server):  # the one that would start another first
            os.kill(process, signal.SIGKILL)
        end = time.monotonic() + 10
        while Path(f"/proc/{writer}").exists() and "Z" not in _state(writer):
            assert time.monotonic() < end
            time.sleep(0.05)
    thread.join()


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


# What outlives a build


def test_edits_outlive_a_build_and_are_left_out_only_where_asked(fresh: Path) -> None:
    with running(fresh, writable=1, token=TOKEN) as address:
        site = Site(address, fresh)
        original = site.snapshot.id
        text = f"DELETE DATA {{ {CREDIT} film:performer {RILEY} }} ; INSERT DATA {{ person:ana rdfs:label 'Ana' }}"
        assert site.update(text).status == 200
        edited = site.snapshot.id
        said: list[str] = []
        rebuilt, _ = build([], fresh, progress=said.append)
        assert rebuilt.id == edited  # exactly the same graph: the update and the build agree
        assert any("1 statements added and 1 removed" in line for line in said)
        assert site.ask("person:ana rdfs:label 'Ana'")
        assert not site.ask(f"{RILEY} {PLAYED} {ERWIN}")
        manifest = rebuilt.path / "manifest.json"
        manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "fingerprint": "of an older castgraph"}))
        assert ensure_snapshot(fresh).id == edited  # built again, for castgraph is newer; the edits are there
        assert json.loads(manifest.read_text())["fingerprint"] == bundled_fingerprint()
        without, _ = build([], fresh, keep_edits=False, progress=said.append)
        assert (without.id, bool(Edits.of(without))) == (original, False)
        saved = json.loads((fresh / f"edits-{edited}.json").read_text())
        assert [len(saved["added"]), len(saved["removed"])] == [1, 1]
        assert list(ox.parse(saved["added"][0], format=ox.RdfFormat.N_QUADS))


# What the server says of itself


def test_a_writable_server_says_so(site: Site, server: str) -> None:
    sd = "<http://www.w3.org/ns/sparql-service-description#SPARQL11Update>"
    assert sd in site.send("GET", "/sparql", Accept="application/n-triples").body.decode()
    assert sd not in Site(server, site.data).send("GET", "/sparql", Accept="application/n-triples").body.decode()
    for address, is_writable in (site.address, True), (server, False):
        told = Site(address, site.data).send("GET", "/openapi.json").told
        paths = told["paths"]
        assert isinstance(paths, dict)
        assert ("put" in paths["/graphs"], "delete" in paths["/graph/{path}"]) == (is_writable, is_writable)
        assert (UPDATE in paths["/sparql"]["post"]["requestBody"]["content"]) == is_writable
