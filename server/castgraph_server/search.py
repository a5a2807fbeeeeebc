"""Search for things by name or identifier: as a page, or as JSON for programs and for suggestions while typing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, render_template, request

from castgraph.names import fold
from castgraph.search import MOST_FOUND, search
from castgraph.search_index import KINDS
from castgraph_server.current import Served, served
from castgraph_server.hits import Hit, brief, identified
from castgraph_server.negotiation import HTML, PLAIN_JSON
from castgraph_server.problems import Problem
from castgraph_server.questions import SECONDS_FOR_NAMES, WorkerStore
from castgraph_server.responses import mark, negotiated

blueprint = Blueprint("search", __name__)

LONGEST, MOST_WORDS = 200, 24
"""Characters and words that are searched for at most."""

LIMIT, MOST = 10, 50
"""Things on a page: where nothing else is asked for, and at most."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for. ``kinds`` is empty where every kind is."""

    text: str
    kinds: tuple[str, ...]
    limit: int
    offset: int

    def address(self, offset: int) -> str:
        """The address of another page of the same search."""
        fields: list[tuple[str, object]] = [("q", self.text), *(("type", kind) for kind in self.kinds)]
        if self.limit != LIMIT:
            fields.append(("limit", self.limit))
        return "/search?" + urlencode([*fields, *([("offset", offset)] if offset else [])])


@blueprint.get("/search")
def find() -> Response:
    """The things of a name or an identifier, the likeliest first."""
    offer = negotiated((PLAIN_JSON, HTML))
    wanted = _wanted()
    if not wanted.text and offer is PLAIN_JSON:
        raise Problem(400, "Say what to look for with ?q=, for example /search?q=Michael+Riley")
    now = served()
    if (unchanged := mark(now, offer)) is not None:
        return unchanged
    hits, has_more = _page(now, wanted)
    beyond = wanted.offset + wanted.limit
    following = wanted.address(beyond) if has_more and beyond + wanted.limit <= MOST_FOUND else None
    before = wanted.address(max(0, wanted.offset - wanted.limit)) if wanted.offset else None
    if offer is PLAIN_JSON:
        return jsonify(
            {
                "query": wanted.text,
                "types": list(wanted.kinds),
                "offset": wanted.offset,
                "limit": wanted.limit,
                "results": [hit.as_json() for hit in hits],
                "next": following,
            }
        )
    body = render_template(
        "search.html", wanted=wanted, hits=hits, following=following, before=before, kinds=tuple(KINDS)
    )
    return Response(body, mimetype="text/html")  # fmt: skip


def _page(now: Served, wanted: Wanted) -> tuple[list[Hit], bool]:
    """The things of one page, and whether there are more."""
    taken = list(islice(_found(now, wanted), wanted.offset, wanted.offset + wanted.limit + 1))
    return [brief(now, iri, how, name, year) for iri, how, name, year in taken[: wanted.limit]], len(
        taken
    ) > wanted.limit


def _found(now: Served, wanted: Wanted) -> Iterator[tuple[str, str, str | None, int | None]]:
    """What the text identifies, then what it names: address, how it was found, name and year where they are known."""
    seen = set()
    for iri in identified(now, wanted.text):
        if not wanted.kinds or brief(now, iri, "").kind in wanted.kinds:
            seen.add(iri)
            yield iri, "the identifier", None, None
    if wanted.text:
        index = now.search_index(WorkerStore(now, SECONDS_FOR_NAMES))
        for one in search(index, now.store.raw, wanted.text, wanted.kinds or tuple(KINDS)):
            if one.entry.iri not in seen:
                yield one.entry.iri, one.match.value, one.entry.name, one.entry.year


def _wanted() -> Wanted:
    """The fields of the request at hand.

    Raises:
        Problem: 400, one of them is not as it must be.
    """
    text = " ".join(request.args.get("q", "").split())
    if len(text) > LONGEST or len(fold(text).split()) > MOST_WORDS:
        raise Problem(400, f"What is looked for has at most {LONGEST} characters and {MOST_WORDS} words.")
    if not text.isprintable():
        raise Problem(400, "What is looked for holds characters that no name has.")
    kinds = _kinds(request.args.getlist("type"))
    limit, offset = _number("limit", LIMIT, 1, MOST), _number("offset", 0, 0, MOST_FOUND)
    if offset + limit > MOST_FOUND:
        raise Problem(400, f"`offset` and `limit` reach to the first {MOST_FOUND} things; say more of the name.")
    return Wanted(text, kinds, limit, offset)


def _kinds(asked: Sequence[str]) -> tuple[str, ...]:
    kinds = tuple(dict.fromkeys(kind for one in asked for kind in one.split(",") if kind))
    if not set(kinds) <= set(KINDS):
        raise Problem(400, f"`type` is one of {', '.join(KINDS)}.")
    return kinds


def _number(name: str, default: int, least: int, most: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and least <= int(text) <= most):
        raise Problem(400, f"`{name}` is a whole number from {least} to {most}.")
    return int(text)
