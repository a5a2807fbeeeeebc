"""Reads an IMDb title page, saved as text, in its classic layout.

Its parts are read by modules of their own: :mod:`.imdb_lines` (what one line says of a title), :mod:`.imdb_cast`,
:mod:`.imdb_similar` and :mod:`.imdb_details` (releases, money, companies, reviews).
"""

from __future__ import annotations

import re
from itertools import count

from castgraph.readers.draft import Draft
from castgraph.readers.imdb_cast import read_cast
from castgraph.readers.imdb_details import DETAILS, read_detail, read_reviews
from castgraph.readers.imdb_lines import Kind, kind_of, read_line
from castgraph.readers.imdb_rating import count_votes, read_rating, why_no_rating
from castgraph.readers.imdb_similar import read_similar
from castgraph.readers.prose import is_prose, read_story_years, read_summary_credit
from castgraph.readers.sections import PREAMBLE, split
from castgraph.readers.text import Line, Text, squeeze
from castgraph.records import TITLE, Reading

KIND = "imdb"


def _heading(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{words})\s*:?", re.IGNORECASE)


_SERIES_CAST = _heading("Series cast summary|Series cast")
_HEADINGS = {
    "similar": _heading(r"People who liked this also liked\W*|More like this"),
    "series cast": _SERIES_CAST,
    "cast": _heading(
        r"Cast|Cast overview, first billed only|Cast \(in credits order\).*|Complete(?:,)? credited cast|Credited cast"
        r"|Rest of cast listed alphabetically"
    ),
    "story": _heading(r"Storyline|Plot Summary(?: \| .*)?"),
    "keywords": re.compile(r"Plot Keywords\s*(?::(?P<value>.*))?", re.IGNORECASE),
    "genres": re.compile(r"Genres?\s*:(?P<value>.*)", re.IGNORECASE),
    "reviews": _heading("User Reviews?"),
    **{name: detail.heading for name, detail in DETAILS.items()},
    "other": _heading(
        r"Taglines|Frequently Asked Questions|Contribute to This Page|Did You Know\?|Trivia|Goofs|Quotes|Connections"
        r"|Soundtracks|Crazy Credits|Photos|Videos|Details|Official Sites|Message Boards|Recently Viewed|Certificate"
        r"|Parents Guide|Motion Picture Rating.*|Episodes|Critic Reviews|Related (?:News|Lists|Items).*"
    ),
}
_ABOUT_THE_TITLE = {PREAMBLE, "story", "keywords", "genres"}
_STRONG = {"similar", "series cast", "keywords"}
_WEAK = {"cast", "release", "aka", "locations", "budget", "companies", "specs", "reviews"}
_SCALE = "1 2 3 4 5 6 7 8 9 10 "


def recognises(text: Text) -> int:
    """The line that shows the text to be an IMDb title page, or 0: one telling heading, or two of the common ones."""
    weak = 0
    for line in text.numbered():
        plain = squeeze(line.text)
        if plain.startswith(_SCALE) or any(_HEADINGS[name].fullmatch(plain) for name in _STRONG):
            return line.number
        if any(_HEADINGS[name].fullmatch(plain) for name in _WEAK):
            if weak:
                return weak
            weak = line.number
    return 0


def read(text: Text) -> Reading:
    """Read an IMDb title page. Where it does not state its own title, the title stays without a name."""
    draft = Draft(text, KIND, "IMDb")
    order = count(1)
    stars: list[Line] = []  # read last, when it is known whom the cast table lists
    for section in split(text.numbered(), _HEADINGS):
        if section.name != PREAMBLE:
            draft.keep(section.line, section.heading)
        if section.name in _ABOUT_THE_TITLE:
            _read_about(draft, section.body, section.name, stars)
        elif section.name == "similar":
            read_similar(draft, section.body)
        elif section.name in {"cast", "series cast"}:
            if section.name == "series cast":
                draft.state(section.line, type="Series")  # the page says so itself
            _read_about(draft, read_cast(draft, section.body, order), "story", stars)
        elif section.name == "reviews":
            read_reviews(draft, section.body)
        elif section.name in DETAILS:
            _read_about(draft, read_detail(draft, section), "story", stars)
    draft.end_cast_list()
    for line in stars:
        read_line(draft, line, TITLE)
    if draft.first_line():
        draft.state(draft.first_line(), type="ScreenWork")
    return draft.finish(marker=recognises(text), expected="a cast, similar titles or details of the title")


def _read_about(draft: Draft, body: tuple[Line, ...], section: str, stars: list[Line]) -> None:
    """Read lines that speak of the page's own title; only the preamble states its name, and the keywords' keywords.

    Lines of stars are left for later, in ``stars``.
    """
    titled = section != PREAMBLE
    rating = ""  # the line before was a rating without votes: its identifier
    for line in body:
        plain = squeeze(line.text)
        kind = kind_of(plain)
        rated, rating = rating, ""
        if kind is Kind.HEADER and titled:
            draft.skip(line.number, "a name and a year where none is expected")
        elif kind is Kind.STARS:
            stars.append(line)
        elif kind is Kind.RATING:
            rating = read_rating(draft, line.number, plain, TITLE)
        elif rated and (votes := count_votes(plain)):
            draft.state(line.number, rated, ratingCount=votes)
            draft.keep(line.number, plain)
        elif kind is not Kind.PROSE:
            titled = titled or kind is Kind.HEADER
            read_line(draft, line, TITLE)
        else:
            if section == "keywords" and (listed := _keywords(plain)):
                draft.state(line.number, keyword=list(listed))
                draft.keep(line.number, " | ".join(listed) + " |")
            else:
                read_story_years(draft, line)
                read_summary_credit(draft, line)
                if reason := why_no_rating(plain, after_rating=bool(rated)):
                    draft.skip(line.number, reason)
                elif section == PREAMBLE and "|" in plain and re.search("[0-9]", plain) and not is_prose(plain):
                    draft.skip(line.number, "several facts on one line, in no known form")


def _keywords(text: str) -> tuple[str, ...]:
    """The keywords of a line ``mars | space | See All (2) »``; none where the line is not of that form.

    >>> _keywords("tv mini series | See All (1) »")
    ('tv mini series',)
    """
    parts = [part.strip() for part in text.split("|")]
    words = tuple(part for part in parts if part and not re.match(r"See (?:All|More)\b", part, re.IGNORECASE))
    return words if len(parts) > 1 and all(word == word.casefold() and len(word) <= 60 for word in words) else ()
