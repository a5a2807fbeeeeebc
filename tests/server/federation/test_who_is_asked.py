"""SERVICE reaches the endpoints that are listed and nobody else."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.running import running
from tests.server.federation.asking import ask, rows
from tests.server.federation.endpoints import Hostile

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
