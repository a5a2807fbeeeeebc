"""Changes that are wrong in themselves are refused with the status and the place of what is wrong."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from tests.running import running
from tests.server.updates.site import (
    FORM,
    TOKEN,
    TURTLE,
    TV_GUIDE,
    UPDATE,
    Site,
    refused,
)


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
        ("/sparql?default-graph-uri=a:g", UPDATE, "INSERT {} WHERE {}", 400),
        ("/sparql?named-graph-uri=a:g", FORM, "update=INSERT+DATA+%7B%7D", 400),
        ("/sparql?timeout=soon", UPDATE, "INSERT DATA {}", 400),
        ("/sparql?timeout=1&timeout=2", UPDATE, "INSERT DATA {}", 400),
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


def a_file(name: str, text: str) -> str:
    """A part of a form."""
    return (
        f'--X\r\nContent-Disposition: form-data; name="{name}"; filename="{name}.ttl"\r\n'
        f"Content-Type: text/turtle\r\n\r\n{text}\r\n"
    )


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize(
    "body",
    [
        a_file("a", "<a:s> <a:p> 1 ."),
        a_file("a", "<a:s> <a:p> 1 .") + a_file("b", "<a:s> <a:p> 2 .")[:-10],
        "--X\r\nbroken",
        "--Y--\r\n",
        "--X--\r\n",
        "",
    ],
    ids=["no end", "a part without end", "a head without end", "another boundary", "no part", "nothing"],
)
def test_a_form_that_breaks_off_changes_nothing(site: Site, method: str, body: str) -> None:
    type_ = "multipart/form-data; boundary=X"
    refused(site, lambda: site.write(method, TV_GUIDE, body, Content_Type=type_), 400)


def test_the_method_query_changes_nothing(site: Site) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content_Type": UPDATE}
    refused(site, lambda: site.send("QUERY", "/sparql", b"INSERT DATA { <a:s> <a:p> 1 }", **headers), 415)
    told = site.send("OPTIONS", "/sparql").headers
    assert (UPDATE in told["Accept-Post"], UPDATE in told["Accept-Query"]) == (True, False)


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
