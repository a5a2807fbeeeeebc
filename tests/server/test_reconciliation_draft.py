"""The Reconciliation service by the draft of version 1.0: each answer has the shape that its JSON schemas ask for."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from flask.testing import FlaskClient

from tests.server.test_reconciliation import CANDIDATE, NAMED, TEXT, VALUE

DRAFT = "/reconcile/draft"
DRAFT_MANIFEST = {
    "type": "object",
    "required": ["versions", "name", "view"],
    "properties": {
        "versions": {"type": "array", "items": TEXT, "contains": {"const": "1.0-draft"}},
        "name": TEXT,
        "documentation": TEXT,
        "serviceVersion": TEXT,
        "view": {
            "type": "object",
            "required": ["url"],
            "properties": {"url": {"type": "string", "pattern": r".*\{.*id.*\}.*"}},
        },
        "defaultTypes": {"type": "array", "items": NAMED, "uniqueItems": True},
        "suggest": {
            "type": "object",
            "required": ["entity", "property", "type"],
            "additionalProperties": {"type": "boolean"},
        },
        "preview": {
            "type": "object",
            "required": ["width", "height"],
            "additionalProperties": {"type": "integer"},
        },
        "extend": {
            "type": "object",
            "properties": {"proposeProperties": {"type": "boolean"}, "propertySettings": {"type": "array"}},
        },
        "standardizedScore": {"type": "boolean"},
    },
}
DRAFT_CANDIDATE = {
    **CANDIDATE,
    "required": ["id", "name"],
    "properties": {
        **CANDIDATE["properties"],  # type: ignore[dict-item]
        "score": {"type": "number", "minimum": 0, "maximum": 100},
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "name", "value"],
                "properties": {"id": TEXT, "name": TEXT, "value": {"type": ["boolean", "number"]}},
            },
        },
    },
}
DRAFT_RESULTS = {
    "type": "object",
    "required": ["results"],
    "properties": {
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["candidates"],
                "properties": {"candidates": {"type": "array", "items": DRAFT_CANDIDATE}},
            },
        }
    },
}
DRAFT_EXTENDED = {
    "type": "object",
    "required": ["rows", "meta"],
    "properties": {
        "meta": {"type": "array", "items": NAMED},
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "properties"],
                "properties": {
                    "id": TEXT,
                    "properties": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["id", "values"],
                            "properties": {"id": TEXT, "values": {"type": "array", "items": VALUE}},
                        },
                    },
                },
            },
        },
    },
}


def sent(site: FlaskClient, route: str, schema: dict[str, Any], **body: object) -> Any:
    response = site.post(DRAFT + route, json=body)
    assert response.status_code == 200, response.text
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    told = json.loads(response.data)
    jsonschema_rs.validate(schema, told)
    return told


def name(text: str) -> dict[str, object]:
    return {"matchType": "name", "propertyValue": text}


def having(pid: str, value: object, **more: object) -> dict[str, object]:
    return {"matchType": "property", "propertyId": pid, "propertyValue": value, **more}


def found(site: FlaskClient, *conditions: dict[str, object], **more: object) -> list[str]:
    told = sent(site, "/match", DRAFT_RESULTS, queries=[{"conditions": list(conditions), **more}])
    return [one["id"] for one in told["results"][0]["candidates"]]


def test_the_draft_has_a_manifest_of_its_own(site: FlaskClient) -> None:
    told = json.loads(site.get(DRAFT).data)
    jsonschema_rs.validate(DRAFT_MANIFEST, told)
    for route in ("/suggest/entity?prefix=mars", "/suggest/type", "/suggest/property", "/extend/propose"):
        assert site.get(DRAFT + route).status_code == 200
    assert site.get(f"{DRAFT}/preview?id=title/stranded-2001").status_code == 200
    asked_before = site.options(
        f"{DRAFT}/match", headers={"Origin": "https://x.example", "Access-Control-Request-Method": "POST"}
    )
    assert "POST" in asked_before.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in asked_before.headers["Access-Control-Allow-Headers"]


def test_a_batch_of_the_draft_is_answered_in_its_order(site: FlaskClient) -> None:
    queries = [
        {"conditions": [name(text)], "type": "Person", "limit": 1} for text in ("Michael Riley", "xqzw", "Tim Robbins")
    ]
    told = sent(site, "/match", DRAFT_RESULTS, queries=queries)
    assert [[one["id"] for one in result["candidates"]] for result in told["results"]] == [
        ["person/michael-riley"], [], ["person/tim-robbins"],
    ]  # fmt: skip
    assert sent(site, "/reconcile", DRAFT_RESULTS, queries=queries) == told, "by the name an earlier draft gives it"
    earlier = [{"conditions": [{"matchType": "name", "v": "Michael Riley"}]}]
    assert (
        sent(site, "/match", DRAFT_RESULTS, queries=earlier)["results"][0]["candidates"][0]["id"]
        == "person/michael-riley"
    )


def test_what_is_required_of_a_candidate_keeps_others_out(site: FlaskClient) -> None:
    stranded = name("Stranded")
    assert found(site, stranded, having("releaseYear", 1987))[0] == "title/stranded-2001"
    assert "title/stranded-2001" not in found(site, stranded, having("releaseYear", 1987, required=True))
    several = ["2001", "1987"]
    assert "title/stranded-2001" in found(site, stranded, having("releaseYear", several, required=True))
    assert "title/stranded-2001" not in found(
        site, stranded, having("releaseYear", several, required=True, matchQuantifier="all")
    )
    assert "title/stranded-2001" not in found(
        site, stranded, having("releaseYear", "2001", required=True, matchQuantifier="none")
    )
    assert found(site, having("imdb", "tt0183523")) == ["title/race-to-mars-2007/similar-4"]


def test_values_are_had_as_the_draft_writes_them(site: FlaskClient) -> None:
    race = "title/race-to-mars-2007"
    told = sent(
        site, "/extend", DRAFT_EXTENDED, ids=[race, "title/nothing"], properties=[{"id": "imdb"}, {"id": "director"}]
    )
    assert [row["id"] for row in told["rows"]] == [race, "title/nothing"]
    assert told["rows"][0]["properties"][0] == {"id": "imdb", "values": [{"str": "tt0824091"}]}
    assert told["rows"][1]["properties"] == [{"id": "imdb", "values": []}, {"id": "director", "values": []}]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400), ({"queries": {}}, 400), ({"queries": [1]}, 400), ({"queries": [{"conditions": []}]}, 400),
        ({"queries": [{"conditions": [{"matchType": "name"}]}]}, 400),
        ({"queries": [{"conditions": [{"matchType": "property", "propertyValue": "x"}]}]}, 400),
        ({"queries": [{"conditions": [{"matchType": "name", "propertyValue": "x"}], "limit": 0}]}, 400),
        ({"queries": [{"conditions": [{"matchType": "name", "propertyValue": "x"}]}] * 101}, 413),
    ],
)  # fmt: skip
def test_what_is_no_query_of_the_draft_is_refused(site: FlaskClient, body: dict[str, object], status: int) -> None:
    response = site.post(f"{DRAFT}/match", json=body)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert site.post(f"{DRAFT}/match", data="{", content_type="application/json").status_code == 400
