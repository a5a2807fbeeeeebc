"""Links in SSSOM files (https://mapping-commons.github.io/sssom/): tab-separated rows under a header of YAML comments.

A file holds what a program found, or what a person decided: a row whose justification is ``semapv:ManualMappingCuration``
is a person's word, and ``predicate_modifier`` ``Not`` says that the two are not one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from castgraph import __version__
from castgraph.errors import SourceError
from castgraph.iris import DEFAULT_BASE, OWL, RDFS, SCHEMA, SKOS
from castgraph.linking.entities import CLOSE_MATCH, Link, Linking, less_than_certain

ENDING = ".sssom.tsv"
MANUAL = "semapv:ManualMappingCuration"
FOUND = "semapv:CompositeMatching"
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"

PREFIXES = {
    "owl": OWL,
    "rdfs": RDFS,
    "schema": SCHEMA,
    "skos": SKOS,
    "semapv": "https://w3id.org/semapv/vocab/",
    "sssom": "https://w3id.org/sssom/",
    "thing": DEFAULT_BASE + "id/",
}
"""Prefixes every file may use; its ``curie_map`` adds others."""

_COLUMNS = (
    "subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label",
    "mapping_justification", "confidence", "reviewer_label", "mapping_date", "comment",
)  # fmt: skip
_NEEDED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
_EXPECTED = "an SSSOM table: " + ", ".join(_NEEDED) + ", separated by tabs"


@dataclass(frozen=True)
class Mapped:
    """One row: a link, or a person's word that there is none. IRIs are written out; ``line`` is that of its file.

    ``justification`` keeps its prefix. ``comment`` says what speaks for the link.
    """

    subject: str
    predicate: str
    object: str
    justification: str
    negated: bool = False
    confidence: float | None = None
    subject_label: str | None = None
    object_label: str | None = None
    reviewer: str | None = None
    date: str | None = None
    comment: str | None = None
    line: int = field(default=0, compare=False)

    @property
    def is_manual(self) -> bool:
        """Whether a person decided it."""
        return self.justification == MANUAL


@dataclass(frozen=True)
class MappingSet:
    """The rows of a file, with what its header says."""

    rows: tuple[Mapped, ...]
    header: Mapping[str, object] = field(default_factory=dict)
    path: Path = Path("links" + ENDING)

    @property
    def target(self) -> str:
        """The data set the links lead to: what the name of the file begins with."""
        return self.path.name.split(".")[0]


def is_sssom(path: Path) -> bool:
    """Whether a file is one of links, by its name."""
    return path.name.endswith(ENDING)


def read_sssom(path: Path) -> MappingSet:
    """Read a file of links.

    Raises:
        SourceError: it is no SSSOM table; names the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(path, f"cannot be read ({error})", expected=_EXPECTED) from error
    lines = text.splitlines(keepends=True)
    comments = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    header = _header(path, lines[:comments])
    prefixes = {**PREFIXES, **_curie_map(path, header)}
    rows = csv.DictReader(io.StringIO("".join(lines[comments:]), newline=""), dialect="excel-tab", strict=True)
    try:
        if missing := [name for name in _NEEDED if name not in (rows.fieldnames or ())]:
            raise SourceError(path, f"no column {', '.join(missing)}", line=comments + 1, expected=_EXPECTED)
        return MappingSet(tuple(_row(path, comments + rows.line_num, row, prefixes) for row in rows), header, path)
    except csv.Error as error:
        raise SourceError(path, str(error), line=comments + rows.line_num, expected=_EXPECTED) from error


def _header(path: Path, lines: Sequence[str]) -> dict[str, object]:
    try:
        told = yaml.safe_load("".join(line[1:] for line in lines)) if lines else {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise SourceError(
            path, "the header is no YAML", line=mark.line + 1 if mark else 1, expected=_EXPECTED
        ) from error
    if not isinstance(told, dict | None):
        raise SourceError(path, "the header is no YAML mapping", expected=_EXPECTED)
    return {str(key): value for key, value in (told or {}).items()}


def _curie_map(path: Path, header: Mapping[str, object]) -> dict[str, str]:
    told = header.get("curie_map") or {}
    if not isinstance(told, dict) or not all(isinstance(iri, str) for iri in told.values()):
        raise SourceError(path, "curie_map: is no mapping of prefixes to IRIs", expected=_EXPECTED)
    return {str(prefix): str(iri) for prefix, iri in told.items()}


def _row(path: Path, line: int, row: Mapping[str | None, object], prefixes: Mapping[str, str]) -> Mapped:
    if None in row or None in row.values():
        raise SourceError(path, "another number of cells than columns", line=line, expected=_EXPECTED)
    told = {str(name): str(value).strip() for name, value in row.items() if str(value).strip()}
    if missing := [name for name in _NEEDED if name not in told]:
        raise SourceError(path, f"no {', '.join(missing)}", line=line, expected=_EXPECTED)
    if (modifier := told.get("predicate_modifier")) not in (None, "Not"):
        raise SourceError(path, f"predicate_modifier {modifier!r}", line=line, expected="Not, or nothing")
    return Mapped(
        subject=_iri(path, line, told["subject_id"], prefixes),
        predicate=_iri(path, line, told["predicate_id"], prefixes),
        object=_iri(path, line, told["object_id"], prefixes),
        justification=told["mapping_justification"],
        negated=modifier is not None,
        confidence=_confidence(path, line, told.get("confidence")),
        subject_label=told.get("subject_label"),
        object_label=told.get("object_label"),
        reviewer=told.get("reviewer_label"),
        date=told.get("mapping_date"),
        comment=told.get("comment"),
        line=line,
    )


def _iri(path: Path, line: int, text: str, prefixes: Mapping[str, str]) -> str:
    prefix, colon, local = text.partition(":")
    if colon and prefix in prefixes:
        return prefixes[prefix] + local
    if text.startswith(("http://", "https://")) and not set(text) & set(' <>"{}|\\^`'):
        return text
    raise SourceError(path, f"{text!r} is no IRI, and its prefix is not in curie_map", line=line, expected=_EXPECTED)


def _confidence(path: Path, line: int, text: str | None) -> float | None:
    try:
        told = None if text is None else float(text)
    except ValueError:
        told = -1.0
    if told is not None and not 0 <= told <= 1:
        raise SourceError(path, f"confidence {text!r}", line=line, expected="a number from 0 to 1")
    return told


def sssom_text(
    rows: Iterable[Mapped], *, header: Mapping[str, object] | None = None, prefixes: Mapping[str, str] | None = None
) -> str:
    """Rows as an SSSOM file. ``header`` is what is said of them all; ``prefixes`` shorten IRIs, beside :data:`PREFIXES`."""
    known = {**PREFIXES, **(prefixes or {})}
    kept = list(rows)
    used = {prefix for row in kept for prefix in _prefixes_of(row, known)}
    return "".join(_lines(kept, header, {prefix: known[prefix] for prefix in used}))


def sssom_lines(
    rows: Iterable[Mapped], *, header: Mapping[str, object] | None = None, prefixes: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The same, line by line, for very many rows: its header tells every prefix that might be used."""
    return _lines(rows, header, {**PREFIXES, **(prefixes or {})})


def _lines(rows: Iterable[Mapped], header: Mapping[str, object] | None, prefixes: Mapping[str, str]) -> Iterator[str]:
    told: dict[str, object] = {
        "curie_map": dict(sorted(prefixes.items())),
        "license": LICENCE,
        "mapping_tool": "castgraph",
        "mapping_tool_version": __version__,
        **(header or {}),
    }
    yield from (
        f"#{line}\n" for line in yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=10_000).splitlines()
    )
    yield _line(_COLUMNS)
    for row in rows:
        subject, predicate, object_ = (_short(iri, prefixes) for iri in (row.subject, row.predicate, row.object))
        confidence = None if row.confidence is None else confidence_text(row.confidence)
        yield _line(
            (subject, row.subject_label, predicate, "Not" if row.negated else None, object_, row.object_label,
             row.justification, confidence, row.reviewer, row.date, row.comment)
        )  # fmt: skip


def confidence_text(confidence: float) -> str:
    """A confidence in four digits; it shows as 1 only where it is.

    >>> confidence_text(1.0), confidence_text(0.99999), confidence_text(0.5)
    ('1', '0.9999', '0.5')
    """
    text = f"{confidence:.4g}"
    return "0.9999" if text == "1" and confidence < 1 else text


def _line(cells: Iterable[str | None]) -> str:
    table = io.StringIO(newline="")
    csv.writer(table, dialect="excel-tab", lineterminator="\n").writerow(cells)
    return table.getvalue()


def _prefixes_of(row: Mapped, prefixes: Mapping[str, str]) -> Iterator[str]:
    for iri in (row.subject, row.predicate, row.object):
        if (prefix := _prefix(iri, prefixes)) is not None:
            yield prefix
    if (prefix := row.justification.partition(":")[0]) in prefixes:
        yield prefix


def _prefix(iri: str, prefixes: Mapping[str, str]) -> str | None:
    fitting = [prefix for prefix, namespace in prefixes.items() if iri.startswith(namespace)]
    return max(fitting, key=lambda prefix: len(prefixes[prefix])) if fitting else None


def _short(iri: str, prefixes: Mapping[str, str]) -> str:
    prefix = _prefix(iri, prefixes)
    return iri if prefix is None else f"{prefix}:{iri.removeprefix(prefixes[prefix])}"


def found(links: Iterable[Link], predicate: str | None = None, date: str | None = None) -> Iterator[Mapped]:
    """Links that a program found, as rows. ``predicate`` is that of accepted ones, where it is not their own."""
    for one in links:
        yield Mapped(
            subject=one.subject,
            predicate=one.predicate if one.predicate == CLOSE_MATCH else predicate or one.predicate,
            object=one.object,
            justification=FOUND,
            confidence=float(less_than_certain(one.confidence)),
            subject_label=one.subject_label,
            object_label=one.object_label,
            date=date,
            comment="; ".join(f"{part.field} {part.level}" for part in one.evidence) or None,
        )


def linking_text(linking: Linking) -> str:
    """What was found between two sides, as an SSSOM file: the accepted links and the candidates."""
    header: dict[str, object] = {"subject_source": linking.subjects, "object_source": linking.objects}
    return sssom_text(found((*linking.accepted, *linking.candidates)), header=header)
