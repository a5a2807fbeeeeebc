"""JSON values of schema.org's loose forms, made plain: a name may be a string, an object, a list, or a reference."""

from __future__ import annotations

import html
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Set
from decimal import Decimal

from castgraph.records import Json

Object = dict[str, Json]

_PREFIX = re.compile(r"^(?:https?://(?:www\.)?schema\.org/|schema:)")
_VOCABULARY = re.compile(r"https?://(?:www\.)?schema\.org/")
_INTEGER = re.compile(r"[0-9]{1,12}")
_DECIMAL = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
_DEEPEST = 40


def term(name: str) -> str:
    """A type or property without schema.org's prefix.

    >>> term("https://schema.org/Movie"), term("schema:name"), term("@id")
    ('Movie', 'name', '@id')
    """
    return _PREFIX.sub("", name)


def schema_prefixes(items: Iterable[Json]) -> Iterator[str]:
    """The prefixes that the contexts of JSON-LD's outermost objects give to schema.org's vocabulary.

    >>> list(schema_prefixes([{"@context": {"s": "https://schema.org/", "x": "https://example.org/"}}]))
    ['s']
    """
    for item in items:
        contexts = values(item.get("@context")) if isinstance(item, dict) else []
        for context in contexts:
            for prefix, meant in context.items() if isinstance(context, dict) else ():
                iri = meant.get("@id") if isinstance(meant, dict) else meant
                if isinstance(iri, str) and _VOCABULARY.fullmatch(iri) and not prefix.startswith("@"):
                    yield prefix


def expand(value: Json, prefixes: Set[str]) -> Json:
    """The value with properties and types under one of the prefixes written without it; contexts stay as they are."""
    if isinstance(value, list):
        return [expand(part, prefixes) for part in value]
    if not isinstance(value, dict):
        return value
    node: Object = {}
    for key, part in value.items():
        if key == "@context":
            node[key] = part
        elif key == "@type":
            node[key] = [_without(name, prefixes) if isinstance(name, str) else name for name in values(part)]
        else:
            node[_without(key, prefixes)] = expand(part, prefixes)
    return node


def _without(name: str, prefixes: Set[str]) -> str:
    prefix, colon, rest = name.partition(":")
    return rest if colon and rest and prefix in prefixes else name


def objects(items: Iterable[Json], depth: int = 0) -> Iterator[Object]:
    """The objects at the top of JSON-LD: of lists, of ``@graph``, and what a page names as its main entity."""
    for item in items:
        if isinstance(item, list) and depth < _DEEPEST:
            yield from objects(item, depth + 1)
        elif isinstance(item, dict):
            node = {term(key): value for key, value in item.items()}
            yield node
            if depth < _DEEPEST:
                yield from objects([node.get("@graph"), node.get("mainEntity")], depth + 1)


def types(node: Mapping[str, Json]) -> tuple[str, ...]:
    """The types of an object, without prefix."""
    return tuple(term(value) for value in values(node.get("@type")) if isinstance(value, str))


def values(value: Json) -> list[Json]:
    """The values of a property: those of a list, the one, or none."""
    if isinstance(value, dict) and isinstance(value.get("@list"), list):
        value = value["@list"]
    if isinstance(value, list):
        return [part for part in value if part is not None]
    return [] if value is None else [value]


def text(value: Json) -> str | None:
    """The text of a string, a number, a value object or a named object; None where there is none.

    >>> text("Ann &amp; Co  "), text({"@value": "Mars", "@language": "en"}), text({"@type": "Country", "name": "Canada"})
    ('Ann & Co', 'Mars', 'Canada')
    """
    if isinstance(value, dict):
        plain = {term(key): part for key, part in value.items()}
        inner = plain.get("@value", plain.get("name"))
        return None if isinstance(inner, dict) else text(inner)
    if isinstance(value, list):
        return next((found for part in value if not isinstance(part, list) and (found := text(part))), None)
    if isinstance(value, str):
        # A lone half of a surrogate pair is legal in JSON and in no other format.
        sound = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return unicodedata.normalize("NFC", " ".join(html.unescape(sound).split())) or None
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return format(Decimal(str(value)), "f")


def texts(value: Json) -> list[str]:
    """The texts of all values of a property."""
    return [found for part in values(value) if (found := text(part))]


def integer(value: Json) -> str | None:
    """A whole number without thousands separators, or None."""
    plain = (text(value) or "").replace(",", "")
    return plain if _INTEGER.fullmatch(plain) else None


def decimal(value: Json) -> str | None:
    """A decimal number, or None."""
    plain = text(value) or ""
    return plain if _DECIMAL.fullmatch(plain) else None
