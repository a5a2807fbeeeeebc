"""A Reconciliation service as a target: another castgraph server, asked over HTTP; and services that falter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from castgraph.build import build
from castgraph.cli import main
from castgraph.errors import EndpointError, SourceError, UsageError
from castgraph.iris import Iris
from castgraph.linking.claims import claims_file, read_claims
from castgraph.linking.entities import Entity, Side
from castgraph.linking.reconciliation import read_manifest, reconciled_side
from castgraph.linking.runs import run
from castgraph.linking.targets import Target, find_target, read_target
from castgraph.linking.web import ask_json
from castgraph.snapshot import Snapshot
from tests.linking.serving import FAST, Answer, Prepared, faltering, silent
from tests.running import running

OURS, THEIRS = "https://w3id.org/castgraph/id/", "https://films.example/id/"
TARGET = """
title: Another castgraph
kind: reconciliation
endpoint: {endpoint}
licence: https://creativecommons.org/publicdomain/zero/1.0/
types: {{title: ScreenWork, person: Person}}
sides:
  - description:
      kind: title
      fields: {{years: releaseYear, directors: director, cast: castMember, genres: genre, runtime: runningTimeMinutes}}
      identifiers: {{imdb: imdb}}
  - description: {{kind: person, fields: {{}}, identifiers: {{imdb: imdb}}}}
"""
MANIFEST = {"versions": ["0.2"], "name": "Test", "identifierSpace": THEIRS, "schemaSpace": "https://films.example/"}
JSON = {"Content-Type": "application/json"}


def described(folder: Path, endpoint: str) -> Target:
    file = folder / "another.yaml"
    file.write_text(TARGET.format(endpoint=endpoint))
    return read_target(file)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a second castgraph's Reconciliation service, under another base."""
    folder = tmp_path_factory.mktemp("other")
    build([], folder, iris=Iris("https://films.example/"))
    with running(folder) as address:
        yield f"{address}/reconcile"


@pytest.mark.parametrize("root", ["", "/draft"], ids=["0.2", "1.0-draft"])
def test_another_castgraph_is_linked_over_its_service(
    tmp_path: Path, other: str, snapshot: Snapshot, root: str
) -> None:
    target = described(tmp_path, other + root)
    if root:  # by the draft's manifest ids are put after the server's own address
        sides = tuple(replace(side, description=replace(side.description, prefix=THEIRS)) for side in target.sides)
        target = replace(target, sides=sides)
    done = run(target, snapshot.open(), (), FAST, silent)
    links = {one.subject.removeprefix(OURS): one.object.removeprefix(THEIRS) for one in done.linking.accepted}
    assert {ours for ours, theirs in links.items() if ours != theirs} == set()
    assert {"title/race-to-mars-2007", "title/stranded-2001", "person/tim-robbins"} <= set(links)
    assert "title/race-to-mars-2007/similar-4" in links, "a title without a name, by its IMDb number"
    [stranded] = [one for one in done.linking.accepted if one.subject == OURS + "title/stranded-2001"]
    fields = {part.field: part.level for part in stranded.evidence}
    assert fields["year"] == "equal"
    assert {"name", "director", "cast"} <= set(fields), "facts had by data extension are compared"


def test_what_the_service_knows_can_be_fetched(tmp_path: Path, folder: Path, other: str) -> None:
    described(tmp_path, other)
    done = CliRunner().invoke(main, ["link", str(tmp_path / "another.yaml"), "--fetch", "--data", str(folder)])
    assert done.exit_code == 0, done.stderr
    claims = read_claims(claims_file(folder, "another"))
    [stranded] = [record for record in claims.records if record.iri == THEIRS + "title/stranded-2001"]
    assert {(one.field, one.value) for one in stranded.claims} >= {("name", "Stranded"), ("year", "2001")}
    assert claims.origin == other


@contextmanager
def service(*answers: object) -> Iterator[tuple[Target, Prepared]]:
    """A service that gives a manifest and then these answers, as JSON where they are no whole answers."""
    prepared: list[Answer] = [
        one if isinstance(one, tuple) else (200, JSON, json.dumps(one).encode()) for one in (MANIFEST, *answers)
    ]
    with faltering(*prepared) as (url, server):
        yield Target("test", "Test", reconcile=url, sides=find_target("wikidata").sides), server


def asked(target: Target) -> Side:
    ours = Side("ours", (Entity("https://x.example/1", names=("Stranded",), years=(2001,)),))
    side = find_target("wikidata").sides[0]
    return reconciled_side(target, side, ours, FAST, silent)


def test_a_service_is_asked_again_when_it_says() -> None:
    result = {"q0": {"result": [{"id": "a", "name": "Stranded", "score": 1}]}}
    with service((429, {"Retry-After": "1"}, b""), (503, {}, b""), result) as (target, server):
        assert [one.id for one in asked(target)] == [THEIRS + "a"]
    assert len(server.asked) == 4
    [query] = json.loads(server.asked[-1][1]["queries"][0]).values()
    assert query["query"] == "Stranded"
    assert query["properties"] == [{"pid": "date", "v": ["2001"]}]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({}, "does not answer each"),
        ({"q0": {}}, "without a result"),
        ({"q0": {"result": [{"id": 1}]}}, "without id and name"),
        ((200, JSON, b"<html>"), "no JSON"),
        ((404, {}, b""), "HTTP 404"),
        ((302, {"Location": "http://127.0.0.1:9/elsewhere"}, b""), "use that address itself"),
        ((307, {"Location": "/moved"}, b""), "use that address itself"),
    ],
)
def test_what_is_no_answer_is_told(answer: object, told: str) -> None:
    with service(answer) as (target, _), pytest.raises(EndpointError, match=told):
        asked(target)


def test_redirects_of_a_manifest_stay_with_its_host() -> None:
    body = json.dumps(MANIFEST).encode()
    with faltering((302, {"Location": "/other"}, b""), (200, JSON, body)) as (url, _):
        assert ask_json(url, None, 5) == MANIFEST
    with (
        faltering((302, {"Location": "http://localhost:9/"}, b"")) as (url, _),
        pytest.raises(EndpointError, match="another host"),
    ):
        ask_json(url, None, 5)


def test_no_more_is_read_than_may_be() -> None:
    with faltering((200, JSON, b'"' + b"x" * 1000 + b'"')) as (url, _), pytest.raises(EndpointError, match="100 bytes"):
        ask_json(url, None, 5, most=100)


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ([], "no manifest"),
        ({"name": "x", "versions": ["3.0"], "identifierSpace": THEIRS}, "3.0"),
        ({"name": "x", "versions": ["0.2"]}, "which IRIs"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_told(told: object, problem: str) -> None:
    with pytest.raises(EndpointError, match=problem):
        read_manifest("https://films.example/reconcile", told)


@pytest.mark.parametrize(
    ("told", "iri"),
    [
        ({"name": "x", "identifierSpace": "http://www.wikidata.org/entity/"}, "http://www.wikidata.org/entity/Q%201"),
        ({"name": "x", "versions": ["1.0-draft"], "view": {"url": "https://films.example/id/{+id}"}}, "https://films.example/id/Q%201"),
        ({"name": "x", "identifierSpace": "urn:x", "view": {"url": "https://films.example/?id={{id}}"}}, "https://films.example/?id=Q%201"),
    ],
)  # fmt: skip
def test_ids_become_iris_as_the_manifest_says(told: object, iri: str) -> None:
    service_ = read_manifest("https://films.example/reconcile", told)
    assert service_.iri("Q 1") == iri
    assert service_.iri("https://x.example/1") == "https://x.example/1"


@pytest.mark.parametrize("lines", ["kind: table\nendpoint: https://x.example/", "kind: reconciliation"])
def test_a_description_of_no_service_is_refused(tmp_path: Path, lines: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"title: x\n{lines}\n")
    with pytest.raises(SourceError):
        read_target(file)


def test_a_table_is_at_no_endpoint() -> None:
    with pytest.raises(UsageError, match="FOLDER"):
        find_target("movielens=http://127.0.0.1:9/")
