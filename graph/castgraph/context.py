"""The JSON-LD context of records: the one mapping from field names to properties."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from castgraph.records import Json


@cache
def context() -> dict[str, Json]:
    """The JSON-LD context every record is read under."""
    document: dict[str, dict[str, Json]] = json.loads(
        files("castgraph.ontology").joinpath("context.jsonld").read_text(encoding="utf-8")
    )
    return document["@context"]
