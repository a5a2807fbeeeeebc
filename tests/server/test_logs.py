"""The access log of a real server: a line for each request, with the hash of the query it asks, however it is answered."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.running import running
from tests.server.test_protocol import QUERY, ask

SELECT = "SELECT ?s WHERE { ?s ?p ?o } LIMIT 3"


@pytest.mark.parametrize("rate_limit", ["", "1000/minute"])
def test_every_query_is_logged_with_its_hash_however_it_is_answered(
    data: Path, tmp_path: Path, rate_limit: str
) -> None:
    log = tmp_path / "access.log"
    wrong, harmful = "SELECT nonsense", "ASK { SERVICE <http://example.org/> { ?s ?p ?o } }"
    with running(data, access_log=log, rate_limit=rate_limit) as server:

        def get(query: str, **headers: str) -> int:
            return ask(server, "GET", f"/sparql?query={quote(query)}", **headers).status

        told = [(SELECT, get(SELECT)) for _ in range(5)]  # the last ones from the cache
        tag = ask(server, "HEAD", f"/sparql?query={quote(SELECT)}").headers["ETag"]
        told += [(SELECT, 200), (SELECT, get(SELECT, If_None_Match=tag)), (SELECT, get(SELECT, Accept="image/png"))]
        told += [(wrong, get(wrong)), (harmful, get(harmful))]
        told += [(SELECT, ask(server, "POST", "/sparql", SELECT, Content_Type=QUERY).status) for _ in range(2)]
    assert [status for _, status in told] == [200] * 6 + [304, 406, 400, 403, 200, 200]
    written = log.read_text()
    lines = [json.loads(line) for line in written.splitlines()]
    asked = [(line["query"], line["status"]) for line in lines if line["path"] == "/sparql"]
    assert asked == [(sha256(query.encode()).hexdigest()[:16], status) for query, status in told]
    assert "SELECT" not in written
