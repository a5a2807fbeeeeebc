"""What readers hand on: JSON-LD records, each with the line of the source it was read from.

A record's node uses the terms of ``ontology/context.jsonld``. Its identifiers are local to the document,
written as fragments: ``#title`` for the page's own title, ``#character/hiromi-okuda`` for another thing. A thing
may be described by many records; the ``id`` joins them. Which global IRI a local identifier gets is decided later,
by :mod:`castgraph.identity`. Literals are strings, so that their spelling survives; the context gives the datatype.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Node: TypeAlias = "dict[str, Json]"

TITLE = "#title"
"""Local identifier of the title a page is about."""


@dataclass(frozen=True)
class Document:
    """A file that was read: what kind of page it is, who published it, and how to recognise it again."""

    path: Path
    kind: str  # the reader's name: "tv-guide", "imdb", "wikipedia", "html"; "curated/imdb" for facts read by a person
    publisher: str  # "TV Guide", "IMDb", …; for HTML the host or the file's name
    sha256: str
    lines: int
    url: str | None = None  # address of the page, where the file itself states it
    licence: str | None = None  # IRI of the licence the publisher offers the page under
    cites: Path | None = None  # for curated facts: the document whose lines they cite
    curator: str | None = None

    @property
    def cited(self) -> Path:
        """The document that the line numbers are of."""
        return self.cites or self.path


@dataclass(frozen=True)
class Record:
    """One JSON-LD node and the line, from 1, that states it."""

    node: Node
    line: int


@dataclass(frozen=True)
class Skipped:
    """A line a reader could not use, and why. Prose that holds no fact of the page kind is not listed."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True)
class Reading:
    """All that was read from one document, in the order of its lines."""

    document: Document
    records: tuple[Record, ...]
    skipped: tuple[Skipped, ...] = ()
    kept: Mapping[int, str] = field(default_factory=dict)
    """For each line the reader used, the part that states facts: a fact sheet is these, each on its line."""


def local_id(kind: str, name: str) -> str:
    """The local identifier of a named thing in its document: ``#person/michael-riley``.

    Two names that differ only in case, accents or punctuation get the same identifier.

    >>> local_id("person", "Antoine Hébert")
    '#person/antoine-hebert'
    """
    from castgraph.names import slug

    return f"#{kind}/{slug(name)}"


def named(type_: str, name: str) -> Node:
    """A node for a named thing: its local identifier, type and name.

    >>> named("Person", "Michael Riley")
    {'id': '#person/michael-riley', 'type': 'Person', 'name': 'Michael Riley'}
    """
    return {"id": local_id(_KEBAB.sub("-", type_).lower(), name), "type": type_, "name": name}


_KEBAB = re.compile(r"(?<=[a-z])(?=[A-Z])")
