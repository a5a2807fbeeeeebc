"""Sides in RDF dumps: the instances of a class, each field from the properties that a description names."""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TypeAlias, cast
from urllib.parse import unquote

import pyoxigraph as ox

from castgraph.errors import SourceError
from castgraph.linking.description import Description
from castgraph.linking.entities import Side

_Triple: TypeAlias = tuple[str, str, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]
_A = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LABELS = ("http://www.w3.org/2000/01/rdf-schema#label", "http://xmlns.com/foaf/0.1/name", "http://schema.org/name")
_ENDINGS = {
    "nt": "nt",
    "nq": "nq",
    "ttl": "ttl",
    "trig": "trig",
    "rdf": "rdf",
    "xml": "rdf",
    "owl": "rdf",
    "jsonld": "jsonld",
}
ENDINGS = tuple(f".{ending}" for ending in _ENDINGS)


def read_rdf(paths: Sequence[Path], description: Description) -> Side:
    """The side in one or more RDF files: each subject that has a value for ``names`` and, where one is described, the class.

    A value that is an IRI stands for its label; without one, for its local name where the description allows that, else for
    nothing.

    Raises:
        SourceError: a file is not RDF of its format, or the description names no property for the names.
    """
    wanted = {property_ for properties in description.fields.values() for property_ in properties}
    wanted |= set(description.identifiers.values())
    if not description.fields.get("names"):
        raise SourceError(paths[0], "no property for names", expected="a mapping file with fields: {names: IRI}")
    stated: dict[str, dict[str, list[ox.Literal | ox.NamedNode]]] = defaultdict(lambda: defaultdict(list))
    labels: dict[str, str] = {}
    typed: set[str] = set()
    for path in paths:
        for subject, property_, value in _triples(path, description):
            if property_ in wanted and isinstance(value, ox.Literal | ox.NamedNode):
                stated[subject][property_].append(value)
            if property_ in _LABELS and isinstance(value, ox.Literal) and _english(value):
                labels.setdefault(subject, value.value)
            if property_ == _A and isinstance(value, ox.NamedNode) and value.value == description.class_:
                typed.add(subject)
    entities = []
    names = set(description.fields["names"])
    for subject, properties in stated.items():
        if (description.class_ and subject not in typed) or not names & set(properties):
            continue
        raw = {
            property_: [text for value in _preferred(values) if (text := _text(value, labels, description)) is not None]
            for property_, values in properties.items()
        }
        described = Description(
            **{**description.__dict__, "fields": {**description.fields, "id": ("@id",)}, "prefix": ""}
        )
        entities.append(described.entity({**raw, "@id": [subject]}, paths[0]))
    return Side(description.name or ", ".join(path.name for path in paths), tuple(entities), description.unique)


def _triples(path: Path, description: Description) -> Iterator[_Triple]:
    ending = description.format or Path(path.name.removesuffix(".gz")).suffix.lstrip(".").lower()
    format_ = ox.RdfFormat.from_extension(_ENDINGS.get(ending, ending))
    if format_ is None:
        raise SourceError(path, f"ending {ending!r}", expected=", ".join(ENDINGS))
    try:
        if path.name.endswith(".gz"):
            with gzip.open(path) as file:
                yield from _plain(ox.parse(cast(IO[bytes], file), format=format_))
        else:
            yield from _plain(ox.parse(path=str(path), format=format_))
    except SyntaxError as error:
        raise SourceError(path, error.msg, line=error.lineno or 1, expected=f"RDF in {format_.name}") from error
    except (OSError, ValueError, EOFError) as error:
        raise SourceError(path, f"cannot be read ({error})", expected=f"RDF in {format_.name}") from error


def _plain(quads: Iterable[ox.Quad]) -> Iterator[_Triple]:
    for quad in quads:
        if isinstance(quad.subject, ox.NamedNode):
            yield quad.subject.value, quad.predicate.value, quad.object


def _english(value: ox.Literal) -> bool:
    return value.language is None or value.language.split("-")[0] == "en"


def _preferred(values: Sequence[ox.Literal | ox.NamedNode]) -> list[ox.Literal | ox.NamedNode]:
    """English and untagged values first: the best name is the one the other side most likely has."""
    return sorted(values, key=lambda value: not (isinstance(value, ox.NamedNode) or _english(value)))


def _text(value: ox.Literal | ox.NamedNode, labels: dict[str, str], description: Description) -> str | None:
    if isinstance(value, ox.Literal):
        return value.value
    if value.value in labels:
        return labels[value.value]
    if description.local_names:
        return unquote(value.value.rstrip("/").rpartition("/")[2].rpartition("#")[2]).replace("_", " ")
    return None
