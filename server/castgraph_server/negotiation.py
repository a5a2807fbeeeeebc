"""Content negotiation (RFC 9110, section 12): which of the representations on offer a client is given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from castgraph.formats import GRAPH_FORMATS, RESULT_FORMATS, Format


@dataclass(frozen=True)
class Offer:
    """A representation a resource can be given in.

    ``name`` is what ``?format=`` and file endings call it. ``aliases`` are media types that clients ask for when they
    mean this one; they match only where a client names them. ``format`` is None for pages and plain JSON.
    """

    name: str
    media_type: str
    aliases: tuple[str, ...] = ()
    format: Format | None = None


HTML = Offer("html", "text/html", ("application/xhtml+xml",))
PLAIN_JSON = Offer("json", "application/json")


def offer_of(format_: Format) -> Offer:
    """The offer of a format.

    >>> offer_of(Format.TURTLE).name
    'ttl'
    """
    return Offer(format_.extension, format_.media_type, format_.aliases, format_)


RESULTS = tuple(offer_of(format_) for format_ in RESULT_FORMATS)
GRAPHS = tuple(offer_of(format_) for format_ in GRAPH_FORMATS)


class NotAcceptableError(Exception):
    """None of the representations on offer is one the client takes."""

    def __init__(self, offers: Sequence[Offer]) -> None:
        self.offers = tuple(offers)
        super().__init__("on offer: " + ", ".join(f"{offer.media_type} (format={offer.name})" for offer in offers))


def negotiate(accept: str | None, offers: Sequence[Offer], wanted: str | None = None) -> Offer:
    """The offer to answer with: what ``?format=`` names, else what the Accept header likes best.

    >>> negotiate("text/csv;q=0.5, application/json", RESULTS).name
    'json'
    >>> negotiate("text/csv", RESULTS, wanted="tsv").name
    'tsv'

    Args:
        accept: the Accept header; None where there is none, which takes anything.
        offers: what the resource has, the one it likes best first.
        wanted: the value of ``?format=``, a short name or a media type.

    Raises:
        NotAcceptableError: nothing on offer is acceptable.
    """
    chosen = named(wanted, offers) if wanted is not None else best(accept, offers)
    if chosen is None:
        raise NotAcceptableError(offers)
    return chosen


_OTHER_NAMES = {
    "application/sparql-results+json": ("srj",),
    "application/sparql-results+xml": ("srx",),
    "text/turtle": ("turtle", "n3"),
    "application/n-triples": ("ntriples", "n-triples"),
    "application/rdf+xml": ("rdf+xml", "rdfxml", "xml"),
    "application/ld+json": ("json-ld", "json"),
}
"""What clients, SPARQLWrapper among them, write after ``format=`` besides. Turtle is part of N3."""


def named(wanted: str, offers: Sequence[Offer]) -> Offer | None:
    """The offer of that short name or media type. A ``+`` that a URL turned into a space is one again."""
    name = wanted.strip().lower().replace(" ", "+")
    for offer in offers:
        if name in (offer.name, offer.media_type):
            return offer
    also = (offer for offer in offers if name in (*offer.aliases, *_OTHER_NAMES.get(offer.media_type, ())))
    return next(also, None)


def best(accept: str | None, offers: Sequence[Offer]) -> Offer | None:
    """The offer with the highest quality; among equals the one named most exactly, then the resource's favourite.

    >>> best("text/turtle;q=0, */*", GRAPHS).name
    'nt'
    """
    if accept is None or not accept.strip(", "):
        return offers[0]
    parsed = parse_accept_header(_BARE_POINT.sub(r"\1=0.", accept), Accept)
    ranges = [(_bare(item), quality) for item, quality in parsed]
    ranked = [
        (-quality, -exactness, place, offer)
        for place, offer in enumerate(offers)
        for quality, exactness in [_quality(offer, ranges)]
        if quality > 0
    ]
    return min(ranked, key=lambda row: row[:3])[3] if ranked else None


_BARE_POINT = re.compile(r"(;\s*q)\s*=\s*\.", re.IGNORECASE)
"""How Java's own client begins a quality (``*; q=.2``); the grammar asks for a nought before the point."""


def _bare(item: str) -> str:
    """A media range without its parameters: ``charset=utf-8`` changes nothing, for everything here is UTF-8.

    A lone ``*``, which clients of old send, is ``*/*``.
    """
    name = item.split(";", 1)[0].strip().lower()
    return "*/*" if name == "*" else name


def _quality(offer: Offer, ranges: Sequence[tuple[str, float]]) -> tuple[float, int]:
    """Quality and exactness of the range that fits an offer most exactly (RFC 9110, section 12.5.1)."""
    exact = [quality for range_, quality in ranges if range_ == offer.media_type]
    aliased = [quality for range_, quality in ranges if range_ in offer.aliases]
    family = f"{offer.media_type.split('/', 1)[0]}/*"
    for exactness, fitting in (
        (3, exact),
        (2, [quality for quality in aliased if quality > 0]),
        (1, [quality for range_, quality in ranges if range_ == family]),
        (0, [quality for range_, quality in ranges if range_ == "*/*"]),
    ):
        if fitting:
            return max(fitting), exactness
    return 0.0, 0
