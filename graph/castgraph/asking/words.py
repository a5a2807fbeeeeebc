"""A question as words: folded for comparing, with their places in the text as typed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from castgraph.names import fold

_WORD = re.compile(
    r"(?P<quoted>“[^”]*”|«[^»]*»|„[^“”]*[“”]|\"[^\"]*\"|\[[^\]]*\])"
    r"|(?P<sign>[,;]|:(?=\s|$)|(?<!\S)[-–—](?=\s|$))"
    r"|(?P<word>(?:(?!:(?:\s|$))[^\s,;?!“”„«»\"\[\]])+)"
)
SIGNS = frozenset(",;")
"""Signs that count as words; a colon or dash between words is a comma."""

_CLITIC = re.compile(r"(.+)(['’](?:s|re|ve|d|ll))$", re.IGNORECASE)
_CONTRACTED = re.compile(r"(who|what|where|when|how)(s)", re.IGNORECASE)
"""“Whos” and “whats”, as people type them."""

_ELIDED = re.compile(r"((?:qu|[ldjmtscn])['’])(.+)$", re.IGNORECASE)


@dataclass(frozen=True)
class Word:
    """A word: its folded form, where it stands in the text, and whether quotation marks hold it together as a name."""

    folded: str
    start: int
    end: int
    is_quoted: bool = False


def split(text: str, *, elides: bool = False) -> tuple[Word, ...]:
    """The words of a question. A quoted part is one word; “who's” is two, and with ``elides`` so is “qu'est”.

    >>> [word.folded for word in split("Who's “Race to Mars” by?")]
    ['who', "'s", 'race to mars', 'by']
    """
    found: list[Word] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        if match["quoted"] is not None:
            found.append(Word(fold(text[start + 1 : end - 1]), start + 1, end - 1, is_quoted=True))
            continue
        if match["sign"] is not None:
            found.append(Word(match["sign"] if match["sign"] in SIGNS else ",", start, end))
            continue
        while elides and (elided := _ELIDED.match(text, start, end)):
            found.append(Word(fold(elided[1]), start, elided.end(1)))
            start = elided.end(1)
        clitic = _CLITIC.match(text[start:end]) or _CONTRACTED.fullmatch(text[start:end])
        if clitic:
            middle = start + len(clitic[1])
            found += [Word(_plain(clitic[1]), start, middle), Word("'" + fold(clitic[2]), middle, end)]
        else:
            found.append(Word(_plain(text[start:end]), start, end))
    return tuple(word for word in found if word.folded)


def _plain(word: str) -> str:
    """A word without the stop that ends a sentence; signs within a name are folded with the name."""
    return fold(word.rstrip(".")) if word.strip(".") else word


def text_of(text: str, words: tuple[Word, ...], start: int, end: int) -> str:
    """The text from one word to before another, as typed."""
    return text[words[start].start : words[end - 1].end].strip()
