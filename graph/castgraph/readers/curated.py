"""Reads curated facts: what a person read from a document's prose, as YAML, each fact with the line it stands on.

The nodes are JSON-LD under the same context as every reader's, and speak of the things of the document they cite by
the same local identifiers. A named node without an ``id`` gets the one its type and name give it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import yaml

from castgraph.context import context
from castgraph.errors import SourceError
from castgraph.readers.text import refuse_irregular
from castgraph.records import Document, Json, Node, Reading, Record, named

_EXPECTED = "curated facts: `cites:`, `kind:`, `publisher:` and `records:` with `line:`, `words:` and `node:` each"


def parse_yaml(path: Path) -> object:
    """The contents of a YAML file.

    Raises:
        SourceError: it cannot be read or is no YAML; names the line.
    """
    try:
        refuse_irregular(path)
        return cast("object", yaml.safe_load(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(path, f"cannot be read ({error})", expected="a YAML file in UTF-8") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise SourceError(
            path, f"no YAML: {getattr(error, 'problem', error)}", line=line, expected=_EXPECTED
        ) from error


def read_curated(path: Path, told: object) -> Reading:
    """The facts of a parsed file.

    Raises:
        SourceError: a record lacks a part, or the cited document is there and has no such line.
    """
    if not isinstance(told, dict) or not {"cites", "kind", "publisher", "records"} <= set(told):
        raise SourceError(path, "no curated facts", expected=_EXPECTED)
    contents = path.read_bytes()
    positions = _record_lines(contents.decode("utf-8-sig"))
    cites = path.parent / str(told["cites"])
    records = []
    for row, position in zip(cast("list[object]", told["records"] or []), positions, strict=True):
        if not isinstance(row, dict) or not isinstance(row.get("line"), int) or not isinstance(row.get("node"), dict):
            raise SourceError(
                path, "a record without `line:` (a number) and `node:`", line=position, expected=_EXPECTED
            )
        if row["line"] < 1:
            raise SourceError(path, f"cites line {row['line']}", line=position, expected="a line number from 1")
        records.append(Record(_identified(path, row["node"], position), row["line"]))
    document = Document(
        path=path,
        kind=f"curated/{told['kind']}",
        publisher=str(told["publisher"]),
        sha256=hashlib.sha256(contents).hexdigest(),
        lines=contents.count(b"\n"),
        licence=str(told["licence"]) if told.get("licence") else None,
        cites=cites,
        curator=str(told["curator"]) if told.get("curator") else None,
    )
    return Reading(document, tuple(records))


def _identified(path: Path, node: Node, position: int) -> Node:
    """The node with identifiers where it had none, literals as strings."""
    if "id" not in node:
        if not isinstance(node.get("type"), str) or not isinstance(node.get("name"), str):
            raise SourceError(
                path, "a node with neither `id:` nor `type:` and `name:`", line=position, expected=_EXPECTED
            )
        node = {**named(str(node["type"]), str(node["name"])), **node}
    for key, value in node.items():
        told = (value if isinstance(value, list) else [value]) if key == "type" else [key]
        for term in told:
            if term not in context():
                raise SourceError(path, f"{term!r} is no term", line=position, expected="terms of context.jsonld")
    if not str(node["id"]).startswith("#"):
        raise SourceError(path, f"id {node['id']!r}", line=position, expected="an id that begins with #")
    return {key: _value(path, value, position) for key, value in node.items()}


def _value(path: Path, value: Json, position: int) -> Json:
    if isinstance(value, dict):
        return _identified(path, value, position)
    if isinstance(value, list):
        return [_value(path, one, position) for one in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _record_lines(text: str) -> Iterator[int]:
    """The line of each record in the file itself, for messages."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if isinstance(root, yaml.MappingNode):
        for key, value in root.value:
            if key.value == "records" and isinstance(value, yaml.SequenceNode):
                yield from (item.start_mark.line + 1 for item in value.value)


def check_citations(readings: list[Reading]) -> None:
    """See that every line that curated facts cite exists in the document, where that document is at hand.

    Raises:
        SourceError: a cited line is beyond the document's end.
    """
    lengths = {reading.document.path.name: reading.document.lines for reading in readings if not reading.document.cites}
    for reading in readings:
        cites = reading.document.cites
        if cites is None or cites.name not in lengths:
            continue
        for record in reading.records:
            if record.line > lengths[cites.name]:
                problem = f"cites line {record.line} of {cites.name}, which has {lengths[cites.name]} lines"
                raise SourceError(reading.document.path, problem, expected="a line that exists")
