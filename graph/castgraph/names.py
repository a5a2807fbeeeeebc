"""Names of people, characters and titles: how they are compared and how they become part of an IRI."""

from __future__ import annotations

import re
import unicodedata

_SEPARATORS = re.compile(r"[^\w]+", re.UNICODE)
# Letters that Unicode does not decompose, as catalogues usually transliterate them.
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"})
_APOSTROPHES = re.compile(r"['’‘ʼ`´]")


def fold(name: str) -> str:
    """The form in which names are compared: no case, no accents, no punctuation, single spaces.

    Folding is idempotent and blind to Unicode normalisation forms. A name of signs alone folds to itself.

    >>> fold("Pascale  Bussières"), fold("Max 'Bull' Haber"), fold("Rick Erwin's Father")
    ('pascale bussieres', 'max bull haber', 'rick erwins father')
    """
    plain = name.lower() if name.isascii() else _plain(name)  # the short way to the same, for most names
    folded = _SEPARATORS.sub(" ", _APOSTROPHES.sub("", plain)).replace("_", " ")
    return " ".join(folded.split()) or " ".join(name.split())


def _plain(name: str) -> str:
    """Without case and accents."""
    decomposed = unicodedata.normalize("NFKD", name.casefold()).casefold()
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).translate(_LETTERS)


def slug(name: str) -> str:
    """The readable part of an IRI: the folded name, in ASCII where the script allows, joined by hyphens.

    Letters of other scripts stay (IRIs allow them); signs are dropped; a name of signs alone becomes their code points.

    >>> slug("Lucia Alarcon"), slug("2010"), slug("火星"), slug("…")
    ('lucia-alarcon', '2010', '火星', 'u2026')
    """
    folded = fold(name)
    joined = unicodedata.normalize("NFC", re.sub(r"[^\w]+", "-", folded).strip("-"))
    return joined or "-".join(f"u{ord(letter):x}" for letter in folded if not letter.isspace()) or "unnamed"


def has_accents(name: str) -> bool:
    """True where the name carries marks that folding removes: of two spellings, the one that says more.

    >>> has_accents("Bussières"), has_accents("Bussieres")
    (True, False)
    """
    return any(unicodedata.combining(letter) for letter in unicodedata.normalize("NFD", name))
