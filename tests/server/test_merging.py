"""A merge of graphs that is too large to be made: which limit it met is told, and the next query is answered."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.server.conftest import Build, Run

TRIPLES = 20_000
ONE, OTHER = "http://example.org/one", "http://example.org/other"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, build: Build) -> Path:
    """A data folder with two graphs of the same triples."""
    folder = tmp_path_factory.mktemp("large")
    text = "x" * 1_200  # 24 MB in all: more than the least that a query may be allowed
    said = (f'<http://example.org/{number}> <http://example.org/says> "{number} {text}" .' for number in range(TRIPLES))
    facts = "\n".join(said)
    build(folder, "bbb222", f"<{ONE}> {{ {facts} }} <{OTHER}> {{ {facts} }}")
    return folder


def ask(address: str, query: str, **parameters: str) -> tuple[int, str]:
    """The status and the body of a query's answer, as CSV or JSON."""
    sent = urlencode({"query": query, "format": "csv", **parameters})
    try:
        with urllib.request.urlopen(f"{address}/sparql?{sent}", timeout=60) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


COUNT = f"SELECT (COUNT(*) AS ?n) FROM <{ONE}> FROM <{OTHER}> {{ ?s ?says ?text }}"
DISTINCT = f"SELECT DISTINCT ?says FROM <{ONE}> FROM <{OTHER}> {{ ?s ?says ?text }}"


def test_a_merge_that_takes_too_long_is_told_so(large: Path, run: Run) -> None:
    with run(large) as address:
        status, body = ask(address, COUNT, timeout="0.05")
        assert status == 504
        told = json.loads(body)
        assert told["limit"] == "time"
        assert "merged in memory first" in told["detail"]
        assert ask(address, COUNT) == (200, f"n\r\n{TRIPLES}\r\n")
        assert ask(address, DISTINCT) == (200, "says\r\nhttp://example.org/says\r\n")


def test_a_merge_that_takes_too_much_memory_is_told_so(large: Path, run: Run) -> None:
    with run(large, memory_mb=16) as address:
        status, body = ask(address, COUNT)
        assert status == 503, body
        told = json.loads(body)
        assert told["limit"] == "memory"
        assert "merged in memory first" in told["detail"]
        assert ask(address, DISTINCT) == (200, "says\r\nhttp://example.org/says\r\n")
