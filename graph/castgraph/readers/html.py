"""Reads a saved HTML page that carries schema.org JSON-LD about a film, a series, a season or an episode."""

from __future__ import annotations

from urllib.parse import urlsplit

from castgraph.errors import SourceError
from castgraph.readers.draft import Draft
from castgraph.readers.html_work import WORKS, Source, WorkReader
from castgraph.readers.schema_org import Object, objects, text, types
from castgraph.readers.scripts import Page, parse_page
from castgraph.readers.text import Text
from castgraph.records import TITLE, Reading

KIND = "html"

_EXPECTED = "a script of type application/ld+json with schema.org data of a film or series"
_SIGNS = ("<!doctype html", "<html", "application/ld+json")


def recognises(text: Text) -> int:
    """The first line of an HTML page, or 0 where the text is none."""
    for line in text.numbered():
        plain = line.text.strip().casefold()
        if plain:
            begins = plain.startswith("<")
            return (
                line.number if begins and any(sign in part.casefold() for part in text.lines for sign in _SIGNS) else 0
            )
    return 0


def read(text: Text) -> Reading:
    """Read the JSON-LD of a page. There are no fact sheets of HTML pages, so no line is kept."""
    page = parse_page(text)
    draft = Draft(text, KIND, "")
    for script in page.scripts:
        if script.problem is not None:
            draft.skip(script.line, f"JSON-LD that cannot be parsed: {script.problem}")
    sources = [Source(script, node) for script in page.scripts for node in objects(script.items)]
    works = [source for source in sources if any(type_ in WORKS for type_ in types(source.node))]
    if works:
        main = min(works, key=lambda source: _rank(source.node, page))
        reader = WorkReader(draft, [source.node for source in sources])
        reader.read(main, TITLE)
        for source in works:
            if source is not main and not reader.is_read(source.node):
                reader.read(source, draft.numbered("#work"))
        draft.url = page.url or _address(main.node)
    draft.publisher = page.site_name or _host(draft.url) or text.path.name
    broken = next((script for script in page.scripts if script.problem is not None), None)
    if broken is not None and not works:
        problem = f"its JSON-LD cannot be parsed: {broken.problem}"
        raise SourceError(text.path, problem, line=broken.problem_line, expected=_EXPECTED)
    marker = page.scripts[0].line if page.scripts else recognises(text)
    return draft.finish(marker=marker, expected=_EXPECTED)


def _rank(node: Object, page: Page) -> tuple[bool, int]:
    """The page's own title comes first: what has the page's address, then the most telling type; then order."""
    is_page = page.url is not None and page.url.rstrip("/") == (_address(node) or "").rstrip("/")
    order = list(WORKS)
    return not is_page, min(order.index(type_) for type_ in types(node) if type_ in WORKS)


def _address(node: Object) -> str | None:
    stated = [text(node.get("url")), text(node.get("@id"))]
    return next((address for address in stated if address and address.startswith(("http://", "https://"))), None)


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url).hostname if url else None
    except ValueError:
        return None  # no address after all
