"""Claims: what another data set states of things that are linked to it, as it states them, and the files they are kept in.

::

    DATA/links/
      wikidata.claims.json             what the last `castgraph link wikidata --fetch` brought; written anew by each

Claims are kept by the target's own records, not by things of ours: which thing a record speaks of is what the links say,
in each build anew. A link that is rejected later takes what came with it along.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

from castgraph.errors import SourceError
from castgraph.linking.kept import FOLDER

ENDING = ".claims.json"
FIELDS = ("name", "alternative", "year", "genre", "director", "writer", "composer", "performer")
"""What may be claimed of a title; the names of people and genres, with an IRI where the target has one."""
_EXPECTED = "claims, as castgraph link --fetch writes them"


@dataclass(frozen=True)
class Claim:
    """One fact of a record: a field of :data:`FIELDS`, and its value as text.

    ``iri`` is the target's own for whom the value names, None where it has none. ``role`` is the name of the character,
    of a performer for whom the target states one.
    """

    field: str
    value: str
    iri: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class Record:
    """What a target states under one of its IRIs. ``line`` is the row of a table, None of what has no rows."""

    iri: str
    claims: tuple[Claim, ...]
    line: int | None = None


@dataclass(frozen=True)
class Claims:
    """What was brought in from a target: from where, under which licence, and when (ISO 8601, UTC)."""

    target: str
    title: str
    origin: str  # the address of an endpoint or service, or the names of files
    retrieved: str
    records: tuple[Record, ...]
    licence: str | None = None
    sha256: str | None = None  # of the files, one after the other

    def __len__(self) -> int:
        return sum(len(record.claims) for record in self.records)


def claims_file(data: Path, target: str) -> Path:
    """The file of what was brought in from a target."""
    return data / FOLDER / (target + ENDING)


def write_claims(data: Path, claims: Claims) -> None:
    """Write a file of claims in one step: whoever reads it sees the old one or the new."""
    path = claims_file(data, claims.target)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(json.dumps(as_json(claims), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    beside.replace(path)


def as_json(claims: Claims) -> object:
    """Claims as their file has them: what is None is left out."""
    return _without_none(asdict(claims))


def read_kept_claims(data: Path) -> tuple[Claims, ...]:
    """The claims kept in a data folder, by target.

    Raises:
        SourceError: one of the files cannot be read.
    """
    return tuple(read_claims(path) for path in sorted((data / FOLDER).glob("*" + ENDING)))


def read_claims(path: Path) -> Claims:
    """Read a file of claims.

    Raises:
        SourceError: it is none; says where.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Claims(
            target=path.name.removesuffix(ENDING),
            title=_text(told, "title"),
            origin=_text(told, "origin"),
            retrieved=_text(told, "retrieved"),
            records=tuple(map(_record, told["records"])),
            licence=told.get("licence"),
            sha256=told.get("sha256"),
        )
    except json.JSONDecodeError as error:
        raise SourceError(path, error.msg, line=error.lineno, expected=_EXPECTED) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(path, f"cannot be read ({error})", expected=_EXPECTED) from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise SourceError(path, f"not what it should be: {error}", expected=_EXPECTED) from error


def _record(told: Mapping[str, object]) -> Record:
    line = told.get("line")
    if not isinstance(line, int | None):
        raise TypeError(f"line {line!r} is no number")
    claims = tuple(_claim(one) for one in cast("list[Mapping[str, object]]", told["claims"]))
    return Record(_iri(_text(told, "iri")), claims, line)


def _claim(told: Mapping[str, object]) -> Claim:
    field = _text(told, "field")
    if field not in FIELDS:
        raise ValueError(f"field {field!r} is none of {', '.join(FIELDS)}")
    iri = _text(told, "iri") if "iri" in told else None
    return Claim(
        field, _text(told, "value"), _iri(iri) if iri else None, _text(told, "role") if "role" in told else None
    )


def _text(told: Mapping[str, object], name: str) -> str:
    value = told[name]
    if not isinstance(value, str) or not value:
        raise TypeError(f"{name}: {value!r} is no text")
    return value


def is_web_iri(text: str) -> bool:
    """Whether a text is the IRI of something on the web, as it may stand in a claim."""
    return text.startswith(("http://", "https://")) and not set(text) & set(' <>"{}|\\^`')


def _iri(text: str) -> str:
    if not is_web_iri(text):
        raise ValueError(f"{text!r} is no IRI")
    return text


def _without_none(told: object) -> object:
    if isinstance(told, dict):
        return {name: _without_none(value) for name, value in told.items() if value is not None}
    return [_without_none(value) for value in told] if isinstance(told, list | tuple) else told
