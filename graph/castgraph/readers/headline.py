"""The heading of a Wikipedia article: the title's name, and what stands in parentheses to tell it from others."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TYPES = {
    "film": "Film",
    "movie": "Film",
    "feature film": "Film",
    "animated film": "Film",
    "short film": "Film",
    "documentary film": "Film",
    "tv film": "TelevisionFilm",
    "tv movie": "TelevisionFilm",
    "television film": "TelevisionFilm",
    "television movie": "TelevisionFilm",
    "series": "Series",
    "tv series": "Series",
    "television series": "Series",
    "animated series": "Series",
    "web series": "Series",
    "tv programme": "Series",
    "tv program": "Series",
    "tv show": "Series",
    "miniseries": "MiniSeries",
    "mini-series": "MiniSeries",
    "tv miniseries": "MiniSeries",
    "television miniseries": "MiniSeries",
    "limited series": "MiniSeries",
    "anime": "ScreenWork",
    "documentary": "ScreenWork",
    "tv special": "ScreenWork",
    "film series": "Work",  # several films
    "franchise": "Work",
    "book": "Work",
    "novel": "Work",
    "short story": "Work",
    "comics": "Work",
    "play": "Work",
    "musical": "Work",
    "video game": "Work",
}
_KINDS = "|".join(map(re.escape, sorted(_TYPES, key=len, reverse=True)))
# The year; then where it is from, which is passed over: "1998 American", "U.S."; then the kind.
_DISAMBIGUATOR = re.compile(
    rf"(?P<name>.*\S) ?\((?:(?P<year>(?:18|19|20)[0-9]{{2}})(?: |(?=\))))?(?:(?:[A-Z][A-Za-z.-]{{1,20}} ?){{0,3}}?"
    rf"(?P<kind>(?i:{_KINDS})))?\)"
)


@dataclass(frozen=True)
class Headline:
    """A title's name; year and type where the heading states them."""

    name: str
    year: str | None = None
    type: str = "ScreenWork"


def parse_headline(text: str) -> Headline:
    """Take a title's name and what tells it from others apart. Other parentheses belong to the name.

    >>> parse_headline("Alien Dawn (2011 film)")
    Headline(name='Alien Dawn', year='2011', type='Film')
    >>> parse_headline("(500) Days of Summer").name, parse_headline("Lamp (U.S. TV series)").type
    ('(500) Days of Summer', 'Series')
    """
    match = _DISAMBIGUATOR.fullmatch(text)
    if match is None or not (match["year"] or match["kind"]):
        return Headline(text)
    return Headline(match["name"], match["year"], _TYPES[match["kind"].casefold()] if match["kind"] else "ScreenWork")
