"""Targets: the data sets that can be linked to, each described in a small YAML file.

::

    title: DBpedia
    homepage: https://www.dbpedia.org/
    licence: https://creativecommons.org/licenses/by-sa/3.0/
    predicate: owl:sameAs                      # of accepted links: schema:sameAs where the IRIs are those of pages
    identifiers: {dbpedia: "http://dbpedia.org/resource/{}"}   # what IRIs are made of; several patterns as a list
    endpoint: https://dbpedia.org/sparql       # or files: [movies.csv]
    kind: reconciliation                       # where the endpoint is a Reconciliation service, and no SPARQL endpoint
    types: {title: ScreenWork}                 # what such a service calls our titles and people
    sides:
      - description: {kind: title, fields: {…}}     # see linking/description.py; variables of the query, columns, properties
        queries: [SELECT …]                    # with $identifiers or $names where batches of ours go
    claims: SELECT …                           # what --fetch brings in, of the records in $others; see linking/fetch.py

Ready-made targets are shipped; another is a file of one's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import cast

from castgraph.errors import SourceError, UsageError
from castgraph.iris import OWL
from castgraph.linking.description import Description, description_of
from castgraph.linking.sssom import PREFIXES
from castgraph.readers.curated import parse_yaml

_KEYS = {
    "title", "homepage", "licence", "predicate", "identifiers", "kind", "endpoint", "files", "sides", "claims",
    "batch", "page", "things", "types",
}  # fmt: skip
_EXPECTED = "a target: title:, and where needed " + ", ".join(sorted(_KEYS - {"title"}))


@dataclass(frozen=True)
class TargetSide:
    """How one kind of entity is had from a target: the layout, and the queries for an endpoint."""

    description: Description
    queries: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """A data set that can be linked to; see the module. ``predicate`` is an IRI; ``patterns`` are by scheme."""

    name: str
    title: str
    homepage: str | None = None
    licence: str | None = None
    predicate: str = OWL + "sameAs"
    patterns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    endpoint: str | None = None
    files: tuple[Path, ...] = ()
    reconcile: str | None = None  # the address of a Reconciliation service
    sides: tuple[TargetSide, ...] = ()
    claims: str | None = None
    batch: int = 50  # of ours in one question to an endpoint
    page: int = 2000  # rows of one answer
    things: int = 200_000  # films or people an endpoint has, about: what it was asked for by name is a choice of these
    types: Mapping[str, str] = field(default_factory=dict)  # of a Reconciliation service, by kind

    def iris(self, scheme: str, value: str) -> Iterator[str]:
        """The IRIs an identifier may stand for."""
        for pattern in self.patterns.get(scheme, ()):
            yield pattern.replace("{}", value)

    def values(self, iri: str) -> Iterator[str]:
        """The identifiers an IRI is made of: of the longest pattern that fits."""
        for patterns in self.patterns.values():
            for pattern in sorted(patterns, key=len, reverse=True):
                before, _, after = pattern.partition("{}")
                if iri.startswith(before) and iri.endswith(after) and len(iri) > len(before) + len(after):
                    yield iri[len(before) : len(iri) - len(after)]
                    break


@cache
def ready_made() -> Mapping[str, Target]:
    """The targets that are shipped, by name."""
    with as_file(files("castgraph.linking") / "target_files") as folder:
        return {file.stem: read_target(file) for file in sorted(folder.glob("*.yaml"))}


def target_of(name: str) -> Target:
    """The target of that name; one of which nothing is known but its name, where none is shipped."""
    return ready_made().get(name) or Target(name, name)


def find_target(told: str) -> Target:
    """The target meant on the command line: ``dbpedia``, ``mine.yaml``, or ``dbpedia=WHERE`` to have it from elsewhere.

    Raises:
        UsageError: there is none of that name.
        SourceError: a file does not describe one.
    """
    name, equals, where = told.partition("=")
    if not equals and (name.endswith((".yaml", ".yml")) or "/" in name):
        return read_target(Path(name))
    if name not in ready_made():
        names = ", ".join(sorted(one.name for one in ready_made().values() if one.sides or one.reconcile))
        raise UsageError(f"no target {name!r}; there are {names}, and files of your own (NAME.yaml)")
    target = ready_made()[name]
    return moved(target, where) if equals else target


def moved(target: Target, where: str) -> Target:
    """The same target somewhere else: an endpoint's address, or the file or folder that holds its data."""
    changed = {**target.__dict__}
    if where.startswith(("http://", "https://")):
        if not target.reconcile and not any(side.queries for side in target.sides):
            raise UsageError(f"{target.name} is had from files: {target.name}=FILE or FOLDER")
        return Target(**{**changed, "reconcile" if target.reconcile else "endpoint": where})
    path = Path(where)
    names = [file.name for file in target.files]
    found = [path / name for name in names if (path / name).is_file()] if path.is_dir() and names else [path]
    if path.is_dir() and not names:
        found = sorted(file for file in path.iterdir() if file.is_file())
    if path.is_dir() and not found:
        raise UsageError(f"{path}: holds none of {', '.join(names)}")
    return Target(**{**changed, "files": tuple(found), "endpoint": None, "reconcile": None})


def read_target(path: Path) -> Target:
    """Read a description of a target.

    Raises:
        SourceError: the file describes none; says what is wrong.
    """
    told = parse_yaml(path)
    if not isinstance(told, dict) or "title" not in told or not set(told) <= _KEYS:
        wrong = ", ".join(sorted(map(str, set(told) - _KEYS))) if isinstance(told, dict) else "no mapping"
        raise SourceError(path, f"no target ({wrong or 'no title'})", expected=_EXPECTED)
    name = path.name.split(".")[0]
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        raise SourceError(path, f"a target cannot be called {name!r}", expected="small letters, digits and hyphens")
    if "claims" in told and "$others " not in str(told["claims"]):
        raise SourceError(path, "claims: asks for nothing in particular", expected="VALUES ?id { $others }")
    if told.get("kind", "reconciliation") != "reconciliation":
        raise SourceError(path, f"kind: {told['kind']!r}", expected="reconciliation, or nothing")
    is_service = "kind" in told
    if is_service and not isinstance(told.get("endpoint"), str):
        raise SourceError(path, "a service without an address", expected="endpoint: https://…")
    return Target(
        name=name,
        title=str(told["title"]),
        homepage=told.get("homepage"),
        licence=told.get("licence"),
        predicate=_iri(path, str(told.get("predicate", "owl:sameAs"))),
        patterns={scheme: _texts(patterns) for scheme, patterns in (told.get("identifiers") or {}).items()},
        endpoint=None if is_service else told.get("endpoint"),
        files=tuple(path.parent / file for file in _texts(told.get("files") or [])),
        reconcile=told.get("endpoint") if is_service else None,
        sides=tuple(_side(path, side, str(told["title"])) for side in told.get("sides") or ()),
        claims=told.get("claims"),
        batch=_number(path, told.get("batch", 50)),
        page=_number(path, told.get("page", 2000)),
        things=_number(path, told.get("things", 200_000)),
        types=told.get("types") or {},
    )


def _side(path: Path, told: object, title: str) -> TargetSide:
    if not isinstance(told, dict) or not set(told) <= {"description", "queries"}:
        raise SourceError(path, "a side that is none", expected="description:, and queries: for an endpoint")
    described = {"name": title, **cast("dict[str, object]", told.get("description") or {})}
    return TargetSide(description_of(described, path), _texts(told.get("queries") or []))


def _texts(told: object) -> tuple[str, ...]:
    return tuple(map(str, told)) if isinstance(told, Sequence) and not isinstance(told, str) else (str(told),)


def _number(path: Path, told: object) -> int:
    if not isinstance(told, int) or told < 1:
        raise SourceError(path, f"{told!r} is no number from 1", expected=_EXPECTED)
    return told


def _iri(path: Path, text: str) -> str:
    prefix, _, local = text.partition(":")
    if prefix in PREFIXES:
        return PREFIXES[prefix] + local
    if text.startswith(("http://", "https://")):
        return text
    raise SourceError(path, f"predicate: {text!r}", expected="an IRI, or one with the prefix owl, schema or skos")
