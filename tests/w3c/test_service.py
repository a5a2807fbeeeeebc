"""The W3C suite for SPARQL 1.1 Federated Query: each endpoint a test names is a server of its own, the Oxigraph program.

The tests' endpoints have no addresses on this machine, so their IRIs are written over with those of the servers. One
that is not to be there is a port on which nothing listens.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyoxigraph as ox
import pytest

from tests.running import running, running_oxigraph
from tests.w3c.comparison import read_expected as expected_of
from tests.w3c.comparison import result_of, same
from tests.w3c.endpoint import Endpoint, publish_snapshot, quads_of
from tests.w3c.manifests import QT, Data, Entry, Manifest, is_here, text_of

pytestmark = pytest.mark.skipif(not is_here(), reason="the W3C suites (../shared/w3c) are not here")

MF_ACTION = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#action"
NOWHERE = "http://invalid.endpoint.org/sparql"

EXPECTED = {
    "sparql11/service/service5": "the endpoint is a variable that the data bind: refused, for it must be known beforehand "
    "that each of its values is allowed",
}  # fmt: skip


class Refused(AssertionError):  # noqa: N818 - what has happened
    """The query was refused."""


def evaluations() -> list[tuple[Entry, Mapping[str, Data]]]:
    """The tests, each with the data of its endpoints."""
    if not is_here():
        return []
    manifest = Manifest("sparql11/service/manifest.ttl")
    found: list[tuple[Entry, Mapping[str, Data]]] = []
    for node, entry in manifest.entries():
        assert not isinstance(node, ox.Literal)
        action = manifest.value(node, MF_ACTION)
        assert isinstance(action, ox.BlankNode)
        services = {}
        for row in manifest.values(action, QT + "serviceData"):
            assert isinstance(row, ox.BlankNode)
            name, file = manifest.value(row, QT + "endpoint"), manifest.value(row, QT + "data")
            assert name is not None
            assert file is not None
            services[name.value] = Data((file.value,))
        found.append((entry, services))
    return found


def syntax_tests() -> list[Entry]:
    """The tests of the syntax of SERVICE."""
    return [entry for _, entry in Manifest("sparql11/syntax-fed/manifest.ttl").entries()] if is_here() else []


@contextmanager
def endpoints(services: Mapping[str, Data], folder: Path) -> Iterator[dict[str, str]]:
    """The servers of a test: their addresses by the IRIs the test gives them."""
    with ExitStack() as stack, socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, and not listened on
        addresses = {NOWHERE: f"http://127.0.0.1:{nobody.getsockname()[1]}/query"}
        for number, (name, data) in enumerate(services.items()):
            path = folder / str(number)
            path.mkdir(parents=True)
            store = ox.Store(str(path))
            store.extend(quads_of(data))
            store.flush()
            del store
            addresses[name] = stack.enter_context(running_oxigraph(path))
        yield addresses


def moved(text: str, addresses: Mapping[str, str]) -> str:
    """A text with the servers' addresses in the places of the test's."""
    for name, address in addresses.items():
        text = text.replace(name, address)
    return text


@pytest.mark.parametrize(
    ("entry", "services"),
    [
        pytest.param(entry, services, id=entry.name, marks=pytest.mark.xfail(
            entry.name in EXPECTED, reason=EXPECTED.get(entry.name, ""), strict=True, raises=Refused))
        for entry, services in evaluations()
    ],
)  # fmt: skip
def test_a_federated_query_has_the_result_the_suite_expects(
    entry: Entry, services: Mapping[str, Data], tmp_path: Path
) -> None:
    assert entry.result is not None
    with endpoints(services, tmp_path / "others") as addresses:
        data = tmp_path / "data"
        text = "".join(f"{quad.subject} {quad.predicate} {quad.object} .\n" for quad in quads_of(entry.data))
        publish_snapshot(data, list(ox.parse(moved(text, addresses), format=ox.RdfFormat.TURTLE)))
        with running(data, service_allow=" ".join(addresses.values())) as address:
            endpoint = Endpoint(address, data)
            query = moved(text_of(entry.query), addresses)
            answer = endpoint.ask(query.encode(), "application/sparql-results+json")
            endpoint.close()
        if answer.status == 403:
            raise Refused(answer.body.decode())
        assert answer.status == 200, answer.body
        found = result_of(ox.parse_query_results(answer.body, ox.QueryResultsFormat.JSON))
        assert same(expected_of(entry.result), found), found


@pytest.mark.parametrize("entry", [pytest.param(entry, id=entry.name) for entry in syntax_tests()])
def test_the_syntax_of_service_is_understood(entry: Entry, endpoint: Endpoint) -> None:
    """By default all of it is refused (403), as a query of someone who may not, not as a text that is none (400)."""
    assert entry.type == "PositiveSyntaxTest11"
    assert endpoint.ask(text_of(entry.query).encode(), "*/*").status == 403


def test_all_tests_of_the_suite_are_here() -> None:
    assert len(evaluations()) == 7
    assert len(syntax_tests()) == 3
