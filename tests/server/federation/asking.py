"""Queries as a client asks them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode


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
