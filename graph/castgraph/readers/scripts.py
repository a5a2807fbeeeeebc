"""The JSON-LD scripts of an HTML page: found and parsed by extruct, each knowing its lines in the file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import lxml.etree  # type: ignore[import-untyped]

from castgraph.readers.schema_org import expand, schema_prefixes
from castgraph.readers.text import Text
from castgraph.records import Json

# What hides a script from old browsers, or from XML, at its start and at its end.
_START = re.compile(r"\s*+(?:(?://|/\*)\s*+)?(?:<!--|<!\[CDATA\[)[ \t]*(?:\*/)?")
_END = re.compile(r"(?://|/\*)?[ \t]{0,8}(?:-->|\]\]>)[ \t]{0,8}(?:\*/)?\Z")
_ESCAPE = re.compile(r'\\(?:u[0-9a-fA-F]{4}|["/\\])')


@dataclass(frozen=True)
class Script:
    """One JSON-LD script. ``problem`` says why it has no items where it could not be parsed."""

    line: int  # on which it begins
    lines: tuple[str, ...]  # of the file, JSON's escapes of letters and signs decoded
    items: tuple[Json, ...]
    problem: str | None = None
    problem_line: int = 0  # of the file

    def line_of(self, key: str, value: str, start: int = 0) -> int:
        """The line on which a value of a key stands, at or after line ``start``; else the key's, or the script's."""
        rest = range(max(start - self.line, 0), len(self.lines))
        quoted = f'"{key}"'
        key_at = next((index for index in rest if quoted in self.lines[index]), 0)
        found = (index for index in range(key_at, len(self.lines)) if value in self.lines[index])
        return self.line + next(found, key_at)


@dataclass(frozen=True)
class Page:
    """What an HTML page says about itself, and its JSON-LD scripts."""

    site_name: str | None
    url: str | None
    scripts: tuple[Script, ...]


def parse_page(text: Text) -> Page:
    """Find the JSON-LD scripts of a page. Nothing that they or the page refer to is fetched."""
    from extruct.utils import parse_html  # takes a while to import, and most builds read no page of this kind

    try:
        tree = parse_html("\n".join(text.lines).encode(), encoding="UTF-8")
    except (lxml.etree.LxmlError, ValueError):
        return Page(None, None, ())  # no element in it
    scripts = tuple(_scripts(text, tree))
    names = tree.xpath("//meta[@property='og:site_name']/@content")
    addresses = tree.xpath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content")
    absolute = [str(address) for address in addresses if re.match(r"https?://", str(address))]
    return Page(
        site_name=" ".join(str(names[0]).split()) or None if names else None,
        url=absolute[0] if absolute else None,
        scripts=scripts,
    )


def _scripts(text: Text, tree: lxml.etree._Element) -> Iterator[Script]:
    from extruct.jsonld import JsonLdExtractor

    for element in tree.iter("script"):
        media_type = str(element.get("type") or "").split(";")[0].strip().casefold()
        if media_type != "application/ld+json":
            continue
        element.set("type", "application/ld+json")  # as extruct expects it, without parameters
        content = str(element.text or "")
        first = min(max(int(element.sourceline or 1), 1), len(text.lines))
        lines = tuple(_unescape(line) for line in text.lines[first - 1 : first + content.count("\n")])
        element.text = _unwrap(content)
        try:
            items = cast("list[Json]", JsonLdExtractor().extract_items(element))
            prefixes = frozenset(schema_prefixes(items))
            expanded = tuple(expand(item, prefixes) for item in items) if prefixes else tuple(items)
        except (ValueError, RecursionError) as error:
            at = error.lineno if isinstance(error, json.JSONDecodeError) else 1
            problem = f"line {at} of it: {error.msg}" if isinstance(error, json.JSONDecodeError) else str(error)
            yield Script(first, lines, (), problem, min(first + at - 1, len(text.lines)))
        else:
            for prefix in prefixes:
                lines = tuple(line.replace(f'"{prefix}:', '"') for line in lines)
            yield Script(first, lines, expanded)


def _unwrap(content: str) -> str:
    """A script's JSON without the comment or CDATA marks around it; its line ends stay, so that lines count the same."""
    rest = content.rstrip()
    if end := _END.search(rest, max(len(rest) - 30, 0)):
        rest = rest[: end.start()]
    start = _START.match(rest)
    return "\n" * start[0].count("\n") + rest[start.end() :] if start else rest


def _unescape(line: str) -> str:
    if "\\" not in line:
        return line
    return _ESCAPE.sub(lambda match: str(json.loads(f'"{match[0]}"')), line)
