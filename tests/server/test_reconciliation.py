"""The Reconciliation service: each answer has the shape that the specification's JSON schemas ask for (API 0.2), and is right."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from flask.testing import FlaskClient

# What the specification's schemas of version 0.2 require, in fewer words.
TEXT: dict[str, Any] = {"type": "string"}
NAMED = {"type": "object", "required": ["id", "name"], "properties": {"id": TEXT, "name": TEXT, "description": TEXT}}
PLACE = {"type": "object", "properties": {"service_url": TEXT, "service_path": TEXT}}
WITH_ID = {"type": "string", "pattern": r"\{\{id\}\}"}
MANIFEST = {
    "type": "object",
    "required": ["versions", "name", "identifierSpace", "schemaSpace"],
    "properties": {
        "versions": {"type": "array", "items": TEXT, "contains": {"const": "0.2"}},
        "name": TEXT,
        "identifierSpace": TEXT,
        "schemaSpace": TEXT,
        "documentation": TEXT,
        "serviceVersion": TEXT,
        "defaultTypes": {"type": "array", "items": NAMED, "uniqueItems": True},
        "view": {"type": "object", "required": ["url"], "properties": {"url": WITH_ID}},
        "preview": {
            "type": "object",
            "required": ["url", "width", "height"],
            "properties": {"url": WITH_ID, "width": {"type": "integer"}, "height": {"type": "integer"}},
        },
        "suggest": {"type": "object", "properties": {"entity": PLACE, "type": PLACE, "property": PLACE}},
        "extend": {
            "type": "object",
            "properties": {"propose_properties": PLACE, "property_settings": {"type": "array"}},
        },
    },
}
CANDIDATE = {
    "type": "object",
    "required": ["id", "name", "score"],
    "properties": {
        "id": TEXT,
        "name": TEXT,
        "description": TEXT,
        "score": {"type": "number"},
        "match": {"type": "boolean"},
        "type": {
            "type": "array",
            "items": {"type": "object", "required": ["id"], "properties": {"id": TEXT, "name": TEXT}},
        },
        "features": {
            "type": "array",
            "items": {"type": "object", "properties": {"id": TEXT, "value": {"type": ["boolean", "number"]}}},
        },
    },
}
RESULTS = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "required": ["result"],
        "properties": {"result": {"type": "array", "items": CANDIDATE}},
    },
}
SUGGESTED = {"type": "object", "required": ["result"], "properties": {"result": {"type": "array", "items": NAMED}}}


def only(name: str, type_: str) -> dict[str, Any]:
    return {"type": "object", "required": [name], "properties": {name: {"type": type_}}, "additionalProperties": False}


VALUE = {
    "oneOf": [
        {**NAMED, "additionalProperties": False},
        only("str", "string"),
        only("int", "integer"),
        only("float", "number"),
    ]
}
EXTENDED = {
    "type": "object",
    "required": ["rows", "meta"],
    "properties": {
        "meta": {"type": "array", "items": NAMED},
        "rows": {
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": {"type": "array", "items": VALUE}},
        },
    },
}


def asked(site: FlaskClient, address: str, schema: dict[str, Any], **form: object) -> Any:
    fields = {name: json.dumps(value) for name, value in form.items()}
    response = site.post(address, data=fields) if fields else site.get(address)
    assert response.status_code == 200, response.text
    assert response.headers["Access-Control-Allow-Origin"] == "*", "browsers on other sites ask"
    told = json.loads(response.data)
    jsonschema_rs.validate(schema, told)
    if fields and "?" not in address:
        assert json.loads(site.get(address, query_string=fields).data) == told, "GET and POST answer alike"
    return told


def one(site: FlaskClient, **query: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = asked(site, "/reconcile", RESULTS, queries={"q0": query})["q0"]["result"]
    return found


def test_the_manifest_says_what_the_service_does(site: FlaskClient) -> None:
    told = asked(site, "/reconcile", MANIFEST)
    assert told["identifierSpace"] == "https://w3id.org/castgraph/id/"
    for place in (*told["suggest"].values(), told["extend"]["propose_properties"]):
        assert site.get(place["service_path"]).status_code == 200


def test_a_name_is_reconciled_whatever_its_accents(site: FlaskClient) -> None:
    found = one(site, query="pascale bussieres", type="Person")
    assert (found[0]["id"], found[0]["match"]) == ("person/pascale-bussieres", True)
    assert found[0]["type"] == [{"id": "Person", "name": "Person"}]


def test_a_batch_is_answered_query_by_query(site: FlaskClient) -> None:
    told = asked(site, "/reconcile", RESULTS, queries={
        "q0": {"query": "Rick Erwin"}, "q1": {"query": "Michael Riley", "limit": 1}, "q2": {"query": "xqzw vvkj"},
    })  # fmt: skip
    assert told["q0"]["result"][0]["id"] == "character/race-to-mars-2007/rick-erwin"
    assert [one["id"] for one in told["q1"]["result"]] == ["person/michael-riley"]
    assert told["q2"]["result"] == []


def test_a_type_keeps_the_others_out(site: FlaskClient) -> None:
    assert {kind["id"] for one in one(site, query="Race to Mars", type=["ScreenWork"]) for kind in one["type"]} == {
        "ScreenWork"
    }
    assert one(site, query="Race to Mars", type="Person") == []
    assert one(site, query="Race to Mars", type="NoSuchType") == []


def test_properties_decide_between_namesakes(site: FlaskClient) -> None:
    right = one(
        site,
        query="Stranded",
        properties=[
            {"pid": "releaseYear", "v": 2001},
            {"pid": "director", "v": {"id": "person/maria-lidon", "name": "x"}},
        ],
    )
    wrong = one(site, query="Stranded", properties=[{"pid": "releaseYear", "v": "1987"}])
    assert right[0]["id"] == wrong[0]["id"] == "title/stranded-2001"
    assert wrong[0]["match"] is False
    assert right[0]["score"] > wrong[0]["score"]
    agreeing = {feature["id"]: feature["value"] for feature in right[0]["features"]}
    assert (agreeing["releaseYear"], agreeing["director"]) == (True, True), "a reconciled value counts by its id"
    assert {feature["id"]: feature["value"] for feature in wrong[0]["features"]}["releaseYear"] is False


def test_an_identifier_decides_without_a_name(site: FlaskClient) -> None:
    found = one(site, properties=[{"pid": "imdb", "v": "tt0183523"}])
    assert [(one["id"], one["match"], one["score"]) for one in found] == [
        ("title/race-to-mars-2007/similar-4", True, 100.0)
    ]


def test_values_are_had_for_what_was_reconciled(site: FlaskClient) -> None:
    race = "title/race-to-mars-2007"
    told = asked(site, "/reconcile", EXTENDED, extend={
        "ids": [race, "title/nothing"], "properties": [{"id": "director"}, {"id": "imdb"}, {"id": "releaseYear"}, {"id": "no such"}],
    })  # fmt: skip
    assert [one["id"] for one in told["meta"]] == ["director", "imdb", "releaseYear", "no such"]
    assert {"id": "person/george-mihalka", "name": "George Mihalka"} in told["rows"][race]["director"]
    assert told["rows"][race]["imdb"] == [{"str": "tt0824091"}]
    assert told["rows"][race]["no such"] == []
    assert told["rows"]["title/nothing"] == {"director": [], "imdb": [], "releaseYear": [], "no such": []}


@pytest.mark.parametrize(
    ("kind", "prefix", "id_"),
    [
        ("entity", "Mich", "person/michael-riley"),
        ("type", "film", "ScreenWork"),
        ("property", "direc", "director"),
        ("property", "imdb", "imdb"),
    ],
)
def test_what_is_typed_is_completed(site: FlaskClient, kind: str, prefix: str, id_: str) -> None:
    told = asked(site, f"/reconcile/suggest/{kind}?prefix={prefix}", SUGGESTED)
    assert id_ in {one["id"] for one in told["result"]}


def test_a_preview_may_be_shown_within_other_sites(site: FlaskClient) -> None:
    response = site.get("/reconcile/preview?id=title/stranded-2001")
    assert "Stranded" in response.text
    assert [policy for policy in response.headers.getlist("Content-Security-Policy") if "frame-ancestors *" in policy]
    assert len(response.headers.getlist("Content-Security-Policy")) == 1
    assert "frame-ancestors 'none'" in site.get("/page/title/stranded-2001").headers["Content-Security-Policy"]
    assert site.get("/reconcile/preview?id=title/nothing").status_code == 404


@pytest.mark.parametrize(
    "field",
    [
        {"queries": "{"}, {"queries": "[]"}, {"queries": '{"q": 1}'}, {"queries": '{"q": {}}'}, {"queries": '{"q": {"query": ""}}'},
        {"queries": '{"q": {"query": "x", "limit": 0}}'}, {"queries": '{"q": {"query": "x", "properties": [1]}}'},
        {"queries": json.dumps({str(n): {"query": "x"} for n in range(101)})}, {"queries": json.dumps({"q": {"query": "x" * 501}})},
        {"extend": "{}"}, {"extend": '{"ids": 1, "properties": []}'},
    ],
)  # fmt: skip
def test_what_is_no_query_is_refused(site: FlaskClient, field: dict[str, str]) -> None:
    response = site.post("/reconcile", data=field)
    assert response.status_code == 400
    assert json.loads(response.data)["detail"]
