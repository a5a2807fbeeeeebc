"""Names of titles and people as they are compared: every form a catalogue may give the same name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from castgraph.names import fold

_ARTICLES = frozenset(
    [
        "the",
        "a",
        "an",
        "le",
        "la",
        "les",
        "un",
        "une",
        "der",
        "die",
        "das",
        "ein",
        "eine",
        "el",
        "los",
        "las",
        "il",
        "lo",
        "gli",
        "i",
        "det",
        "den",
        "de",
        "het",
        "o",
        "os",
        "as",
        "en",
        "ett",
        "et",
    ]
)
# "Matrix, The", "Misérables, Les"; MovieLens tables write a semicolon for the comma.
_ARTICLE_LAST = re.compile(r"^(?P<rest>.+?)\s*[,;]\s*(?P<article>\w{1,3}|L')$", re.UNICODE)
_LAST_BRACKET = re.compile(r"^(?P<rest>.*?)\s*\((?P<inside>[^()]*(?:\([^()]*\)[^()]*)*)\)\s*$")
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
# What stands in brackets to tell namesakes apart: "(1962 film)", "(TV Series 2016– )", "(1937 American film)", "(serial)".
_DISAMBIGUATOR = re.compile(
    r"^(?:(?:1[89]|20)\d\d(?:\s*[-–—]\s*(?:(?:1[89]|20)\d\d)?\s*)?|[IVX]+)?[\s,/]*(?:(?P<words>(?:[\w.-]+\s+){0,2}"
    r"(?P<kind>films?|movie|tv|television|serial|series|mini-?series|franchise|documentary|short|anime|video|special))"
    r"(?:\s+(?:series|film|movie|special|short|mini-?series))?)?\s*(?:(?:1[89]|20)\d\d\s*[-–—]?\s*(?:(?:1[89]|20)\d\d)?)?\s*$",
    re.IGNORECASE,
)
_ALSO_KNOWN = re.compile(r"^(?:a\.?k\.?a\.?|also known as|aka|orig(?:inal title)?[.:]?)\s*:?\s+", re.IGNORECASE)
_NUMERALS = {
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "xi": "11",
    "xii": "12",
}
_NUMERALS |= {
    word: str(number)
    for number, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], start=1
    )
}
_NUMERALS |= {
    word: str(number)
    for number, word in zip(
        range(20, 100, 10), ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], strict=True
    )
}
_FRACTION = re.compile("(?=[¼-¾⅐-⅞])")
_WORDS = {"&": " and ", "+": " plus "}
_SUBTITLE = re.compile(r"\s*(?::|\s[-–—]\s|;\s)\s*")
_FIRST_OF_A_SERIES = re.compile(r"^(?P<rest>.+?) (?:(?:part|chapter|volume|vol) 1|i)$")
_MISREAD = re.compile("[Â-ßà-ï][\u0080-¿]")
_VOWELS = re.compile(r"[aeiouyhw\s]|(.)(?=\1)")


@dataclass(frozen=True, slots=True)
class TitleForms:
    """The forms of a title's names: ``wholes`` are names, ``parts`` what is left without subtitle or number.

    ``tokens`` are the words of all names, ``sketches`` the names without vowels, ``years`` those in brackets, ``numbers``
    the numbers in the best name. ``series`` is whether the brackets say that it is a series; None where they do not say.
    """

    wholes: frozenset[str]
    parts: frozenset[str]
    sketches: frozenset[str]
    tokens: frozenset[str]
    years: tuple[int, ...]
    numbers: frozenset[str]
    series: bool | None


def title_forms(names: tuple[str, ...]) -> TitleForms:
    """Every form of the names of a title.

    >>> forms = title_forms(("Léon: The Professional (a.k.a. The Professional) (Léon) (1994)",))
    >>> sorted(forms.wholes), forms.years
    (['leon', 'leon the professional', 'professional'], (1994,))
    >>> sorted(title_forms(("Matrix, The (1999)",)).wholes), sorted(title_forms(("Mars I",)).parts)
    (['matrix'], ['mars'])
    """
    stated: list[str] = []
    years: list[int] = []
    series: bool | None = None
    for name in names:
        rest = repaired(name).strip()
        while match := _LAST_BRACKET.match(rest):
            if not match["rest"]:
                rest = match["inside"]
                break
            inside = match["inside"].strip()
            disambiguator = _DISAMBIGUATOR.match(inside)
            if disambiguator:
                years += [int(year) for year in _YEAR.findall(inside)[:1]]
                if disambiguator["words"]:
                    series = (
                        any(word in inside.lower() for word in ("series", "serial", "tv"))
                        and "film" not in inside.lower()
                    )
            else:
                stated.append(_ALSO_KNOWN.sub("", inside))
            rest = match["rest"]
        stated.insert(0, rest)
    wholes: set[str] = set()
    parts: set[str] = set()
    for name in stated:
        turned = article_first(name)
        whole = title_key(turned)
        if not whole:
            continue
        wholes.add(whole)
        pieces = [piece for piece in _SUBTITLE.split(turned) if piece]
        if len(pieces) > 1:
            parts.update(title_key(piece) for piece in (pieces[0], pieces[-1], " ".join(pieces[:-1])))
        if first := _FIRST_OF_A_SERIES.match(whole):
            parts.add(first["rest"])
    best = title_key(article_first(stated[0])) if stated else ""
    parts = {part for part in parts if part} - wholes
    return TitleForms(
        frozenset(wholes),
        frozenset(parts),
        frozenset(sketch for whole in wholes if len(sketch := _VOWELS.sub("", whole)) > 3),
        frozenset(token for whole in wholes for token in whole.split()),
        tuple(years),
        frozenset(token for token in best.split() if token.isdigit()),
        series,
    )


@lru_cache(maxsize=400_000)
def title_key(name: str) -> str:
    """A title as it is compared: folded, numerals in digits, without the leading article.

    >>> title_key("The Golden Age Arc II & More"), title_key("The The")
    ('golden age arc 2 and more', 'the')
    """
    for sign, word in _WORDS.items():
        name = name.replace(sign, word)
    tokens = fold(_FRACTION.sub(" ", name)).split()
    if len(tokens) > 1 and tokens[0] in _ARTICLES:
        tokens = tokens[1:]
    if len(tokens) > 1:
        tokens = tokens[:1] + [_NUMERALS.get(token, token) for token in tokens[1:]]
    return " ".join(tokens)


def article_first(name: str) -> str:
    """A title with an article moved to its end put right.

    >>> article_first("Matrix, The"), article_first("The Martian, "), article_first("Peck on the Cheek;A")
    ('The Matrix', 'The Martian', 'A Peck on the Cheek')
    """
    name = name.strip().rstrip(",;").strip()
    match = _ARTICLE_LAST.match(name)
    if match and fold(match["article"]) in _ARTICLES | {"l"}:
        glue = "" if match["article"].endswith("'") else " "
        return f"{match['article']}{glue}{match['rest']}"
    return name


def repaired(name: str) -> str:
    """A name whose UTF-8 was read as Latin-1 somewhere on its way, put right; any other name as it is.

    >>> repaired("Rikki og mÃ¦ndene"), repaired("Amélie")
    ('Rikki og mændene', 'Amélie')
    """
    if not _MISREAD.search(name):
        return name
    for encoding in ("latin-1", "cp1252"):
        try:
            return name.encode(encoding).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return name


_QUALIFIER = re.compile(r"\s*\([^()]*\)\s*$")
_GENERATION = {"jr": "junior", "sr": "senior", "junior": "junior", "senior": "senior"}


@lru_cache(maxsize=400_000)
def person_key(name: str) -> str:
    """A person's name as it is compared: folded, without qualifiers, given name first, without Jr.

    >>> person_key("George Pollock (director)"), person_key("De Palma, Brian"), person_key("Jack Haley, Jr.")
    ('george pollock', 'brian de palma', 'jack haley')
    """
    name = _QUALIFIER.sub("", repaired(name))
    head, comma, tail = name.partition(",")
    if comma and fold(tail) not in _GENERATION and "," not in tail:
        name = f"{tail} {head}"
    return " ".join(token for token in fold(name).split() if token not in _GENERATION) or fold(name)


def generation(name: str) -> str:
    """Whether a person's name says junior or senior; empty where it says neither.

    >>> generation("Edward Peil Sr."), generation("Jack Haley, Jr."), generation("Senior Wences")
    ('senior', 'junior', '')
    """
    words = fold(_QUALIFIER.sub("", name)).split()
    return _GENERATION.get(words[-1], "") if len(words) > 2 else ""


@lru_cache(maxsize=400_000)
def person_short(name_key: str) -> str:
    """The first and the last word of a person's key: what is left where a middle name is spelled out or not.

    >>> person_short("william alexander graham")
    'william graham'
    """
    tokens = name_key.split()
    return f"{tokens[0]} {tokens[-1]}" if len(tokens) > 2 else name_key
