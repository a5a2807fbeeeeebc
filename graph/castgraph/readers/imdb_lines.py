"""What one line of an IMDb page says of a title: its name and year, genres, rating, awards, the people who made it."""

from __future__ import annotations

import re
from enum import Enum

from castgraph.readers.credits import credit, is_listed
from castgraph.readers.draft import Draft
from castgraph.readers.imdb_rating import is_rating, read_rating
from castgraph.readers.lists import person, split_people
from castgraph.readers.prose import is_prose
from castgraph.readers.text import Line, squeeze
from castgraph.records import TITLE, Json, named


class Kind(Enum):
    """Kinds of lines, in the order in which a title's block prints them."""

    HEADER = 0
    GENRES = 1
    RATING = 2
    AWARDS = 3
    PROSE = 4
    DIRECTOR = 5
    CREATOR = 6
    WRITER = 7
    STARS = 8


_HEADER = re.compile(
    r"(?P<name>\S.{0,149}?)(?: \([IVXLC]+\))? "
    r"\((?:(?P<label>[A-Za-z][A-Za-z -]*?) ?)?(?P<first>[0-9]{4})?(?:(?P<dash>[–—-]) ?(?P<last>[0-9]{4})?)?"
    r"(?:\?{4})?\)(?: \((?P<behind>[A-Za-z][A-Za-z -]{1,30})\))?"
)
_TYPES = {
    "": "Film",  # IMDb prints a film's year alone
    "tv movie": "TelevisionFilm",
    "tv short": "TelevisionFilm",
    "tv series": "Series",
    "tv mini series": "MiniSeries",
    "tv miniseries": "MiniSeries",
    "mini series": "MiniSeries",
    "tv episode": "Episode",
    "tv special": "ScreenWork",
    "short": "Film",
    "video": "Film",
}

_GENRE = re.compile(r"[A-Z][A-Za-z]{1,14}(?:-[A-Z][A-Za-z]{1,10})?")
GENRES = frozenset(
    [
        "Action",
        "Adventure",
        "Adult",
        "Animation",
        "Biography",
        "Comedy",
        "Crime",
        "Documentary",
        "Drama",
        "Family",
        "Fantasy",
        "Film-Noir",
        "Game-Show",
        "History",
        "Horror",
        "Music",
        "Musical",
        "Mystery",
        "News",
        "Reality-TV",
        "Romance",
        "Sci-Fi",
        "Short",
        "Sport",
        "Talk-Show",
        "Thriller",
        "War",
        "Western",
    ]
)
"""IMDb's genres: a lone word is a genre only when it is one of them."""

_AWARDS = re.compile(
    r"(?:(?:(?P<won>Won|Nominated for) (?P<number>[0-9]{1,4}) [A-Z][^.]{1,60}\. ?(?:Another )?)?"
    r"(?:(?P<wins>[0-9,]{1,6}) wins?)?(?: & )?(?:(?P<nominations>[0-9,]{1,6}) nominations?)?\.?)"
    r"(?: See more awards ?»?)?",
    re.IGNORECASE,
)

_CREDITS = {
    Kind.DIRECTOR: (re.compile(r"Directors?\s*:(?P<names>.*)"), "director"),
    Kind.CREATOR: (re.compile(r"Creators?\s*:(?P<names>.*)"), "creator"),
    Kind.WRITER: (re.compile(r"Writers?\s*:(?P<names>.*)"), "writer"),
    Kind.STARS: (re.compile(r"Stars?\s*:(?P<names>.*)"), ""),
}
_MORE = re.compile(r"\s*\|.*$|\s*»$|\s*See (?:full|more)\b.*$|,? [0-9]+ more credits?.*$")


def looks_like_genres(text: str) -> bool:
    """Whether a line has the shape of genres, known ones or not."""
    return all(_GENRE.fullmatch(part.strip()) for part in text.split("|"))


def kind_of(text: str) -> Kind:
    """What kind of line a squeezed text is; prose where it is no other.

    >>> kind_of("Mars (TV Series 2016)").name, kind_of("Drama | Sci-Fi").name, kind_of("Star: Ann Vale").name
    ('HEADER', 'GENRES', 'STARS')
    """
    for kind, (pattern, _) in _CREDITS.items():
        if pattern.fullmatch(text):
            return kind
    if _genres(text):
        return Kind.GENRES
    if is_rating(text):
        return Kind.RATING
    if text and _AWARDS.fullmatch(text) and any(letter.isdigit() for letter in text):
        return Kind.AWARDS
    if not is_prose(text) and (match := _HEADER.fullmatch(text)) and _has_inside(match):
        return Kind.HEADER
    return Kind.PROSE


def read_line(draft: Draft, line: Line, work: str) -> Kind:
    """Record what a line says of a work, and keep it. Prose is left to the caller."""
    text = squeeze(line.text)
    kind = kind_of(text)
    if kind is Kind.HEADER:
        _read_header(draft, line.number, text, work)
    elif kind is Kind.GENRES:
        draft.state(line.number, work, genre=[named("Genre", genre) for genre in _genres(text)])
    elif kind is Kind.RATING:
        read_rating(draft, line.number, text, work)
    elif kind is Kind.AWARDS:
        text = _read_awards(draft, line.number, text, work)
    elif kind is not Kind.PROSE:
        text = _read_people(draft, line.number, text, work, kind)
    if kind is not Kind.PROSE:
        draft.keep(line.number, text)
    return kind


def _has_inside(header: re.Match[str]) -> bool:
    """Whether the parentheses state a year or a known label: "Robot (voice)" is no title."""
    return bool(header["first"]) or "????" in header[0] or _plain_label(header) in _TYPES.keys() - {""}


def _plain_label(header: re.Match[str]) -> str:
    return (header["label"] or header["behind"] or "").casefold().replace("-", " ").strip()


def _read_header(draft: Draft, line: int, text: str, work: str) -> None:
    match = _HEADER.fullmatch(text)
    assert match is not None  # it is what made this a header
    type_ = _TYPES.get(_plain_label(match))
    if type_ is None:
        draft.skip(line, f"unknown kind of title: {match['label']}")
    facts: dict[str, Json] = {"type": type_ or "ScreenWork", "name": match["name"]}
    if match["first"]:
        facts["releaseYear"] = match["first"]
    if match["last"]:
        facts["endYear"] = match["last"]
    draft.state(line, work, **facts)


def _genres(text: str) -> tuple[str, ...]:
    words = tuple(part.strip() for part in text.split("|"))
    known = sum(word in GENRES for word in words)
    return words if known and all(_GENRE.fullmatch(word) for word in words) else ()


def _read_awards(draft: Draft, line: int, text: str, work: str) -> str:
    match = _AWARDS.fullmatch(text)
    assert match is not None  # it is what made this an awards line
    counted = {key: int((match[key] or "0").replace(",", "") or "0") for key in ("number", "wins", "nominations")}
    won = (match["won"] or "").casefold() == "won"
    # "Won 3 Oscars. Another 2 wins": the source counts five.
    wins = counted["wins"] + (counted["number"] if won else 0)
    nominations = counted["nominations"] + (0 if won else counted["number"])
    if wins:
        draft.state(line, work, awardWins=str(wins))
    if nominations:
        draft.state(line, work, awardNominations=str(nominations))
    return text.split(" See more")[0]


def _read_people(draft: Draft, line: int, text: str, work: str, kind: Kind) -> str:
    pattern, term = _CREDITS[kind]
    match = pattern.fullmatch(text)
    assert match is not None  # it is what made this a credit
    printed = _MORE.sub("", match["names"]).strip()
    people = split_people(printed)
    for order, (name, qualifier) in enumerate(people, start=1):
        if kind is Kind.STARS and work == TITLE and is_listed(draft, name):
            continue  # the row of the cast table is the same credit, and says more
        if kind is Kind.STARS:
            credit(draft, line, work, performer=name, role="", order=order)
        elif qualifier is not None:
            draft.skip(line, f"the ontology has no term for the qualifier of {name}: ({qualifier})")
    if term:
        credited: list[Json] = [person(name) for name, _ in people]
        draft.state(line, work, **{term: credited})
    return f"{text[: match.start('names')]} {printed}".strip()
