"""Reads the section Cast of a Wikipedia article: entries ``* Performer as Character``, and nothing that follows the role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

from castgraph.readers.credits import credit, parse_roles
from castgraph.readers.draft import Draft
from castgraph.readers.lists import split_people
from castgraph.readers.prose import is_prose
from castgraph.readers.text import Line, squeeze
from castgraph.records import TITLE

_HEADING = re.compile(r"(?P<level>={2,6}) ?(?P<words>[^=\s](?:[^=]*[^=\s])?) ?(?P=level)")
_CAST = re.compile(
    r"(?:(?:main|full|principal|supporting|recurring|guest) )?cast(?: (?:and|&) characters)?|cast list", re.IGNORECASE
)
_VOICES = re.compile(r"(?:[A-Za-z]+ )?(?:voice cast|voices|voice actors)(?: (?:and|&) characters)?", re.IGNORECASE)
_NEXT_PART = re.compile(r"=[^=].*=|Infobox\b.{0,60}", re.IGNORECASE)
_ENTRY = re.compile(r"(?P<bullet>[-*•]) ?(?P<performer>\S.{0,99}?) as (?P<role>\S.*)")
_BULLET = re.compile(r"[-*•]")
_FOOTNOTE = re.compile(r"\[[^\[\]]{1,12}\]")
_PARENTHESES = re.compile(r"\([^()]*\)")
_VOICE_OF = re.compile(r"(?:the )?voice of (?P<role>\S.*)", re.IGNORECASE)
# Behind the role: a dash, a colon, a comma, "who", or the end of the sentence. Not the point of "Prof." or "J.".
_DESCRIPTION = re.compile(
    r"\s+[–—-]+(?:\s|$)|\s*[:;—](?:\s|$)|,(?!\s*(?:Jr|Sr|M\.?D|Ph\.?D|Esq|I{2,3}|IV)\b)|\s+(?:who|whose|whom|which)\b"
    r"|(?<=, [JS]r\.)\s(?=[A-Z])|(?<=[a-z]{3})(?<!Prof)(?<!Capt)(?<!Insp)(?<!Comm)\.(?:\s|$)"
)
_PARTICLES = {"al", "and", "bin", "da", "de", "del", "della", "der", "di", "du", "el", "la", "le", "of", "san", "the",
              "ten", "van", "von", "y"}  # fmt: skip
_LONGEST_NAME = 8  # words


def read_cast_sections(draft: Draft) -> None:
    """Record a performance for each entry of the sections Cast and Voice cast, on the entry's line."""
    order = count(1)
    for line, voiced in _entries(draft):
        plain = squeeze(_FOOTNOTE.sub("", squeeze(line.text)))
        match = _ENTRY.fullmatch(plain)
        role = _without_description(match["role"]) if match else ""
        performers = [name for name, _ in split_people(match["performer"])] if match else []
        if match is None or not role or is_prose(role) or not all(map(_is_name, performers)):
            draft.skip(line.number, "not of the form * Performer as Character")
            continue
        draft.keep(line.number, f"{match['bullet']} {match['performer']} as {role}")
        if spoken := _VOICE_OF.fullmatch(role):
            role, voiced = spoken["role"], True
        if voiced and not all(part.is_voice for part in parse_roles(role)):
            role = f"{role} (voice)"
        for performer in performers:
            credit(draft, line.number, TITLE, performer=performer, role=role, order=next(order))


def _entries(draft: Draft) -> Iterator[tuple[Line, bool]]:
    """The list entries of the sections, each with whether it stands under a heading of voices."""
    open_headings: list[tuple[int, bool]] = []  # from the section's own down: level, and whether it is of voices
    for line in draft.text.numbered():
        plain = squeeze(line.text)
        heading = _HEADING.fullmatch(plain)
        if heading:
            level, words = len(heading["level"]), heading["words"]
            closes = bool(open_headings)  # then a sheet needs it too, so that it closes there what it closes here
            open_headings = [parent for parent in open_headings if parent[0] < level]
            voiced = _VOICES.fullmatch(words) is not None
            if open_headings or voiced or _CAST.fullmatch(words):
                open_headings.append((level, voiced))
            if closes or open_headings:
                draft.keep(line.number, plain)
        elif open_headings and _NEXT_PART.fullmatch(plain):
            open_headings = []
            draft.keep(line.number, plain)
        elif open_headings and _BULLET.match(plain):
            yield line, any(voiced for _, voiced in open_headings)


def _without_description(text: str) -> str:
    """The role at the start of an entry's text, with its parentheses.

    >>> _without_description("Ines (voice): the keeper, aged 9"), _without_description("Dr. J. Roe, Jr. – a doctor.")
    ('Ines (voice)', 'Dr. J. Roe, Jr.')
    """
    masked = _PARENTHESES.sub(lambda match: "(" + "_" * (len(match[0]) - 2) + ")", text)
    end = _DESCRIPTION.search(masked)
    return (text[: end.start()] if end else text).strip()


def _is_name(text: str) -> bool:
    """Whether a text may be somebody's name: few words, none of them in lower case but particles of names."""
    words = text.split()
    return 0 < len(words) <= _LONGEST_NAME and not any(word[0].islower() and word not in _PARTICLES for word in words)
