"""Endpoints for a federated query to ask: what an honest one holds, and one that does what endpoints should not."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar
from urllib.parse import urlsplit

REMOTE = """
@prefix ex: <http://example.org/> .
<https://w3id.org/castgraph/id/person/zoe-quill> ex:born 1961 ; ex:knows [ ex:name "a friend" ] , [ ex:name "another" ] .
ex:odd ex:text "} SERVICE <http://x/> { \\"\\"\\" ' \\\\u0041 \\n" ; ex:label "Zoë"@fr-CA .
"""
ZOE = "<https://w3id.org/castgraph/id/person/zoe-quill>"


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


WAYS = ("fine", "other-host", "other-scheme", "same-host", "circle", "slow-head", "slow-body", "silent", "endless", "many",
        "page", "broken", "cut", "error", "no-http", "boolean", "more-variables")  # fmt: skip
