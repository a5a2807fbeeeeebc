"""A snapshot and a remote endpoint answer alike, and neither reaches out to anybody else."""

from __future__ import annotations

import http.server
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from castgraph.catalog import saved_query
from castgraph.cli import main
from castgraph.errors import EndpointError, QueryError, QueryRefusedError, QuerySyntaxError, UsageError
from castgraph.federation_allowed import Allowed
from castgraph.snapshot import Snapshot
from castgraph.store import Dataset, LocalStore, RemoteStore, rows
from tests.running import running_oxigraph


def test_a_triple_that_several_sources_state_is_one_row(store: LocalStore) -> None:
    query = """PREFIX film: <https://w3id.org/castgraph/film#>
        SELECT ?name { ?c a film:Character ; <http://www.w3.org/2000/01/rdf-schema#label> ?name FILTER(?name = "Rick Erwin") }"""
    assert len(rows(store.query(query))) == 1


def test_graphs_can_be_selected(store: LocalStore, snapshot: Snapshot) -> None:
    graph = snapshot.iris.graph("tv-guide", "race-to-mars-2007")
    count = f"SELECT (COUNT(*) AS ?n) FROM <{graph}> {{ ?s ?p ?o }}"
    inside = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    in_from = rows(store.query(count))[0]["n"].value
    in_dataset = rows(store.query(inside, dataset=Dataset(default=(graph,))))[0]["n"].value
    in_graph = rows(store.query(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"))[0]["n"].value
    everywhere = rows(store.query(inside))[0]["n"].value
    assert int(in_from) == int(in_dataset) == int(in_graph) > 0
    assert int(everywhere) > int(in_from)


def test_a_graph_the_store_does_not_have_is_empty_and_never_fetched(store: LocalStore, listener: Listener) -> None:
    query = f"SELECT * FROM <{listener.url}/data.ttl> {{ ?s ?p ?o }}"
    assert rows(store.query(query)) == []
    assert listener.requests == 0


def test_service_is_refused_before_anything_is_sent(store: LocalStore, listener: Listener) -> None:
    for service in (f"SERVICE <{listener.url}>", f"SERVICE SILENT <{listener.url}>", "SERVICE ?endpoint"):
        query = f"SELECT * {{ VALUES ?endpoint {{ <{listener.url}> }} {service} {{ ?s ?p ?o }} }}"
        with pytest.raises(QueryRefusedError, match="SERVICE"):
            store.query(query)
    assert listener.requests == 0


def test_a_syntax_error_says_where(store: LocalStore) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        store.query("SELECT ?s\nWHERE { ?s ?p }")
    assert (caught.value.line, caught.value.column) == (2, 16)
    assert "\\u{" not in str(caught.value)


def test_an_update_is_no_query(store: LocalStore) -> None:
    with pytest.raises(QueryError):
        store.query("INSERT DATA { <a:b> <a:c> 1 }")


@pytest.fixture(scope="module")
def oxigraph(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A second SPARQL server: the Oxigraph binary, over a copy of the bundled store."""
    folder = tmp_path_factory.mktemp("oxigraph") / "store"
    shutil.copytree(snapshot.path / "store", folder)
    with running_oxigraph(folder) as address:
        yield address


@pytest.mark.parametrize("name", ["unknown-performers", "mission-craft", "disagreements"])
def test_a_remote_endpoint_answers_as_the_snapshot_does(store: LocalStore, oxigraph: str, name: str) -> None:
    query = saved_query(name).sparql
    assert rows(RemoteStore(oxigraph).query(query)) == rows(store.query(query))


def test_a_remote_graph_is_the_local_graph(store: LocalStore, oxigraph: str) -> None:
    saved = saved_query("title-graph")
    bindings = saved.bindings({"title": "Race to Mars"})
    local, remote = store.query(saved.sparql, bindings), RemoteStore(oxigraph).query(saved.sparql, bindings)
    assert isinstance(local, ox.QueryTriples)
    assert isinstance(remote, ox.QueryTriples)
    assert set(local) == set(remote)


def test_a_remote_ask_is_a_boolean(oxigraph: str) -> None:
    assert bool(RemoteStore(oxigraph).query("ASK { ?s ?p ?o }")) is True


def test_a_long_query_arrives_whole(oxigraph: str) -> None:
    query = f"SELECT ?x {{ VALUES ?x {{ {' '.join(str(number) for number in range(3000))} }} }}"
    assert len(rows(RemoteStore(oxigraph).query(query))) == 3000


def test_a_remote_syntax_error_is_a_syntax_error(oxigraph: str) -> None:
    with pytest.raises(QuerySyntaxError):
        RemoteStore(oxigraph).query("SELECT ?x WHERE { ?x }")


class Listener:
    """An HTTP server that counts what reaches it and answers as it is told."""

    def __init__(self) -> None:
        outer = self
        self.requests = 0
        self.status, self.headers, self.body, self.delay = 200, {"Content-Type": "text/plain"}, b"hello", 0.0

        class Handler(http.server.BaseHTTPRequestHandler):
            timeout: ClassVar[float] = 5

            def do_GET(self) -> None:
                outer.requests += 1
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                time.sleep(outer.delay)
                self.send_response(outer.status)
                for header in outer.headers.items():
                    self.send_header(*header)
                self.end_headers()
                self.wfile.write(outer.body)

            do_POST = do_GET  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Quiet."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.close()


def test_an_endpoint_that_does_not_answer_in_time_is_named(listener: Listener) -> None:
    listener.delay = 2.5
    with pytest.raises(EndpointError, match=f"{listener.url}.*no answer within 1 s"):
        RemoteStore(listener.url, timeout=1).query("ASK {}")


def test_an_endpoint_that_is_not_there_is_named() -> None:
    with pytest.raises(EndpointError, match="cannot be reached"):
        RemoteStore("http://127.0.0.1:9/sparql").query("ASK {}")


def test_an_answer_that_is_no_sparql_result_is_an_error(listener: Listener) -> None:
    with pytest.raises(EndpointError, match="text/plain"):
        RemoteStore(listener.url).query("ASK {}")


def test_a_broken_answer_is_an_error(listener: Listener) -> None:
    listener.headers, listener.body = {"Content-Type": "application/sparql-results+json"}, b'{"head": {'
    with pytest.raises(EndpointError, match="is not the"):
        RemoteStore(listener.url).query("ASK {}")


@pytest.mark.parametrize("status", [403, 404, 429, 500, 503])
def test_an_http_error_keeps_its_status(listener: Listener, status: int) -> None:
    listener.status = status
    with pytest.raises(EndpointError, match=f"{status}|{listener.url}"):
        RemoteStore(listener.url).query("ASK {}")


def test_a_redirected_post_does_not_lose_its_query(listener: Listener) -> None:
    listener.status, listener.headers = 302, {"Location": f"{listener.url}/elsewhere", "Content-Type": "text/plain"}
    with pytest.raises(EndpointError):
        RemoteStore(listener.url).query(f"ASK {{ ?s ?p '{'x' * 3000}' }}")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "localhost:1234", "ftp://x/y", ""])
def test_only_http_addresses_are_asked(url: str) -> None:
    with pytest.raises(EndpointError, match="not an http"):
        RemoteStore(url).query("ASK {}")


def test_the_command_line_asks_the_endpoints_it_is_given(data: Path, oxigraph: str) -> None:
    query = f"SELECT (COUNT(*) AS ?n) {{ SERVICE <{oxigraph}> {{ ?s a ?type }} }}"
    command = ["query", "-", "--data", str(data), "--format", "csv"]
    refused = CliRunner().invoke(main, command, input=query)
    assert refused.exit_code == 1
    assert "SERVICE is not answered here" in refused.stderr
    answered = CliRunner().invoke(main, [*command, "--service-allow", oxigraph], input=query)
    assert answered.exit_code == 0, answered.stderr
    assert int(answered.stdout.split()[1]) > 100
    failed = CliRunner().invoke(
        main,
        [*command, "--service-allow", "http://127.0.0.1:9/x"],
        input=query.replace(oxigraph, "http://127.0.0.1:9/x"),
    )
    assert failed.exit_code == 1
    assert "http://127.0.0.1:9/x: cannot be reached" in failed.stderr


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
    "224.0.0.1", "::1", "::", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "ff02::1"])  # fmt: skip
def test_only_public_addresses_are_connected_to_unless_listed(address: str) -> None:
    assert not Allowed.of("http://example.org/sparql").may_connect(address, "example.org")
    family = (
        "::/0"
        if ":" in address and ":ffff:" not in address and "ff9b" not in address and "2002" not in address
        else "0.0.0.0/0"
    )
    assert Allowed.of(f"http://example.org/sparql {family}").may_connect(address, "example.org")


@pytest.mark.parametrize(
    "setting", ["example.org", "ftp://x/", "http://", "http://u:p@x/", "http://x/#a", "10.0.0.1/8", "http://x:99999/"]
)
def test_a_list_of_endpoints_that_cannot_be_read_is_wrong_usage(setting: str) -> None:
    with pytest.raises(UsageError, match="service_allow"):
        Allowed.of(setting)
