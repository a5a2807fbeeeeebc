"""Questions in words, as the forms that can be answered. A form is a row: patterns of words, and what they ask for.

Only the words are looked at here; which things the names mean is found in :mod:`castgraph.ask`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Asked(Enum):
    """What a question asks for."""

    PERFORMERS = "performers of a character"
    CHARACTERS = "characters a person played"
    CAST = "who played whom in a title"


@dataclass(frozen=True)
class Question:
    """A question's form and the names in it, as typed. ``title`` narrows to one title, or is the title asked about."""

    asked: Asked
    name: str | None
    title: str | None


_PLAYED = r"(?:play(?:ed|s|ing)?|portray(?:ed|s|ing)?|act(?:ed|s)? as|star(?:red|s)? as|perform(?:ed|s)?)"
_WAS = r"(?:was|were|is|are|has been|'s|’s)"
_DID = r"(?:did|does|do|has|have)"
_ROLE = r"(?:characters?|roles?|parts?|people)"
_TITLE_WORDS = r"(?:the )?(?:mini-?series|series|show|film|movie)?"

_FORMS: tuple[tuple[Asked, str], ...] = (
    (Asked.CAST, rf"who(?:m)? (?:all )?{_PLAYED} who(?:m)?(?: all)?(?: in (?P<title>.+))?"),
    (Asked.CAST, r"(?:what is |who is |show |list )?(?:the )?(?:full |whole )?cast (?:of|list of|in) (?P<title>.+)"),
    (Asked.CAST, rf"who (?:is|was|are|were) in (?:the cast of )?{_TITLE_WORDS} ?(?P<title>.+)"),
    (Asked.CAST, r"who (?:acted|acts|starred|stars|appeared|appears) in (?P<title>.+)"),
    (Asked.CHARACTERS, rf"who(?:m)? {_DID} (?P<name>.+?) {_PLAYED}(?: in (?P<title>.+))?"),
    (Asked.CHARACTERS, rf"(?:which|what) {_ROLE} {_DID} (?P<name>.+?) {_PLAYED}(?: in (?P<title>.+))?"),
    (Asked.CHARACTERS, rf"(?:which|what) {_ROLE} {_WAS} {_PLAYED} by (?P<name>.+?)(?: in (?P<title>.+))?"),
    (Asked.PERFORMERS, rf"who {_WAS} (?P<name>.+?) {_PLAYED} by(?: in (?P<title>.+))?"),
    (Asked.PERFORMERS, rf"by whom {_WAS} (?P<name>.+?) {_PLAYED}(?: in (?P<title>.+))?"),
    (Asked.PERFORMERS, rf"who {_PLAYED} (?:the (?:character|role|part) (?:of )?)?(?P<name>.+)"),
    (Asked.PERFORMERS, rf"who {_WAS} (?:the )?(?:actor|actress|performer) (?:who|that) {_PLAYED} (?P<name>.+)"),
    (Asked.PERFORMERS, rf"(?:which|what) (?:actor|actress|performer|person) {_PLAYED} (?P<name>.+)"),
)
_COMPILED = tuple((asked, re.compile(pattern, re.IGNORECASE)) for asked, pattern in _FORMS)

FORMS_IN_WORDS = (
    "Who played {character}?",
    "Whom did {performer} play?",
    "Who played whom in {title}?",
)
"""One question of each form, to be shown to whoever asks outside them."""


def parse(text: str) -> tuple[Question, ...]:
    """The ways a question can be read, the likeliest first; none where it is outside the forms.

    A name may hold words that look like the form ("The Man in Black"): the longer name is the first reading, the one
    split at "in" the next.

    >>> parse("who played Rick Erwin in Race to Mars?")[1]
    Question(asked=<Asked.PERFORMERS: 'performers of a character'>, name='Rick Erwin', title='Race to Mars')
    """
    cleaned = " ".join(text.split()).rstrip("?!. ").strip()
    found: list[Question] = []
    for asked, pattern in _COMPILED:
        match = pattern.fullmatch(cleaned)
        if match is None:
            continue
        groups = match.groupdict()
        name, title = _bare(groups.get("name")), _bare(groups.get("title"))
        if asked is not Asked.CAST and name is not None and title is None:
            found.append(Question(asked, name, None))
            for split in re.finditer(r" (?:in|from|of) ", name, re.IGNORECASE):
                found.append(Question(asked, name[: split.start()], _bare(name[split.end() :])))
        else:
            found.append(Question(asked, name, title))
        break
    return tuple(found)


def _bare(name: str | None) -> str | None:
    """A name without quotes around it."""
    if name is None:
        return None
    bare = name.strip()
    for left, right in ('""', "''", "“”", "„“", "‘’", "«»"):
        if len(bare) > 2 and bare.startswith(left) and bare.endswith(right):
            bare = bare[1:-1].strip()
    return bare or None
