"""Ratings and votes as IMDb pages print them: ``7.2/10 (12,345 votes)``, ``Ratings: 7,2 / 10 from 12 345 users``."""

from __future__ import annotations

import re

from castgraph.readers.draft import Draft
from castgraph.readers.prose import is_prose
from castgraph.records import TITLE, Node

_COUNT = r"[0-9]{1,3}(?:[,.' ][0-9]{3})+|[0-9]{1,12}"
_VOTERS = r"(?:(?:IMDb )?(?:users?|votes?|ratings?))?"
_RATING = re.compile(
    r"(?:(?:(?:IMDb|Your|User) )?ratings? ?:? )?(?P<scale>1 2 (?:3 4 5 6 7 8 9|…|\.\.\.) 10 )?"
    r"(?P<value>10(?:[.,]0+)?|[0-9](?:[.,][0-9]+)?|-) ?/ ?10(?: X)?"
    rf"(?: ?(?P<open>\()?(?:from )?(?P<votes>{_COUNT})(?(open)(?: {_VOTERS})?\)|)(?: {_VOTERS})?)?(?: X)?",
    re.IGNORECASE,
)
_VOTES = re.compile(rf"\(?(?:from )?(?P<votes>{_COUNT})(?: {_VOTERS})?\)?", re.IGNORECASE)
_LIKE_A_RATING = re.compile(
    r"(?<![0-9/])[0-9]+(?:[.,][0-9]+)? ?/ ?10(?![0-9/])|^(?:(?:IMDb|Your|User) )?ratings? ?:.*[0-9]", re.IGNORECASE
)
_ABBREVIATED = re.compile(r"\(?[0-9]+(?:[.,][0-9]+)? ?[KM]\)?(?: votes| users)?")
_METASCORE = re.compile(r"\bmetascore\b", re.IGNORECASE)


def is_rating(text: str) -> bool:
    """Whether a squeezed line is a rating out of ten.

    >>> is_rating("7,2 / 10 (12,345 votes)"), is_rating("Ratings: 7.2/10 from 1,234 users"), is_rating("11/10")
    (True, True, False)
    """
    return _RATING.fullmatch(text) is not None


def read_rating(draft: Draft, line: int, text: str, work: str) -> str:
    """Record a rating. Returns its identifier where the votes it was made from may follow on the next line, or ""."""
    match = _RATING.fullmatch(text)
    assert match is not None  # it is what made this a rating
    draft.keep(line, text)
    if match["value"] == "-":
        return ""  # nobody has voted yet
    node: Node = {
        "id": draft.fresh("#rating" if work == TITLE else f"{work}/rating"),
        "type": "Rating",
        "ratingValue": match["value"].replace(",", "."),
        "bestRating": "10",
    }
    if match["scale"]:
        node["worstRating"] = "1"
    if match["votes"]:
        node["ratingCount"] = _digits(match["votes"])
    draft.state(line, work, rating=node)
    return "" if match["votes"] else str(node["id"])


def count_votes(text: str) -> str | None:
    """How many votes a line below a rating states, or None.

    >>> count_votes("from 12,345 users"), count_votes("12K")
    ('12345', None)
    """
    match = _VOTES.fullmatch(text)
    return _digits(match["votes"]) if match else None


def why_no_rating(text: str, *, after_rating: bool = False) -> str | None:
    """Why a line that looks like a rating, or like the votes below one, states none; None where it does not look so."""
    if is_prose(text):
        return None
    if _METASCORE.search(text):
        return "the ontology has no term for a Metascore"
    if after_rating and _ABBREVIATED.fullmatch(text):
        return "a rounded number of votes"
    return "not a rating of the form 7.2/10 (12,345 votes)" if _LIKE_A_RATING.search(text) else None


def _digits(count: str) -> str:
    return "".join(letter for letter in count if letter.isdecimal())
