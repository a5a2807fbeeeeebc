"""What a short question asks for, whatever the order of its words: by the kinds of its names and a closed set of words.

The grammar reads sentences. People also put names first and what they want after (“jackie decelles race to mars who
plays her”), begin with what they know and end with a pronoun, or leave words out. Where a question speaks of one fact of
one thing, the kinds of its names tell what is missing: with a character and “plays” it is the performer. A frame lists
every word that such a question may have; with any other word (“not”, “first”, “almost”, “else”) it has no reading here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from castgraph.asking import frames_of_casts, frames_of_titles
from castgraph.asking.frame import POLITE, POLITE_WORDS, Frame
from castgraph.asking.meanings import Expression, Meaning, Name, names_in
from castgraph.asking.notation import Sense
from castgraph.asking.words import SIGNS, Word

PHRASES = {"C": "roles", "P": "people", "W": "works", "B": "books", "O": "the-occupied"}
"""The categories of the grammar that stand in frames, by the letter for one among the words; K is “that series”."""

FRAMES = (*frames_of_casts.FRAMES, *frames_of_titles.FRAMES)
"""All frames."""

SECOND = {"P": "Q", "W": "V"}
"""The letters of the second of two."""

Phrases: TypeAlias = Callable[[str, int], tuple[tuple[int, Meaning], ...]]
"""Where a phrase of a category that begins at a word can end, and what it means."""


@dataclass(frozen=True)
class _Span:
    """Words of a question that are a phrase, with what it means by the letters of what it may be."""

    meanings: Mapping[str, Meaning]
    start: int
    end: int


def readings(words: tuple[Word, ...], phrases: Phrases) -> tuple[Meaning, ...]:
    """What a question can mean by the frames; nothing where a word of it belongs to none.

    Args:
        words: the question.
        phrases: tells which words are a phrase that names something.
    """
    return _read(_tokens(words, phrases))


def open_readings(words: tuple[Word, ...], phrases: Phrases, barred: frozenset[str]) -> tuple[Meaning, ...]:
    """As :func:`readings`, with one name that nothing bears as it stands: all words in one place that no frame has.

    Args:
        words: the question.
        phrases: tells which words are a phrase that names something.
        barred: words that no name is made of.
    """
    tokens = _tokens(words, phrases)
    strange = [isinstance(one, str) and one not in SIGNS and one not in _KNOWN for one in tokens]
    if True not in strange:
        return ()
    first = strange.index(True)
    last = len(strange) - strange[::-1].index(True)
    before, after = tokens[max(first - 1, 0) : first], tokens[last : last + 1]
    is_cut = any(isinstance(one, _Span) for one in before) or any(
        isinstance(one, _Span) and set(one.meanings) != {"W"} for one in after
    )
    if is_cut or not all(strange[first:last]) or barred.intersection(map(str, tokens[first:last])):
        return ()
    start = sum(one.end - one.start if isinstance(one, _Span) else 1 for one in tokens[:first])
    end = start + last - first
    name = _Span({"C": Name("character", start, end), "P": Name("person", start, end)}, start, end)
    return _read([*tokens[:first], name, *tokens[last:]])


def _read(tokens: list[str | _Span]) -> tuple[Meaning, ...]:
    spans = [one for one in tokens if isinstance(one, _Span)]
    if not 0 < len(spans) <= _MOST_NAMES:
        return ()
    found: dict[Meaning, None] = {}
    for letters in _ways(spans):
        text = _text(tokens, iter(letters))
        for frame in FRAMES:
            if _fits(frame, text, letters):
                told = {
                    letter: span.meanings[_FIRST.get(letter, letter)]
                    for letter, span in zip(letters, spans, strict=True)
                }
                found[_filled(frame.meaning, told)] = None
    return tuple(found)


def _ways(spans: list[_Span]) -> Iterator[str]:
    """What the phrases may be, one letter for each; the second of two has a letter of its own."""
    for letters in product(*(one.meanings for one in spans)):
        told = ""
        for letter in letters:
            told += SECOND.get(letter, letter) if letter in told else letter
        yield told


def _tokens(words: tuple[Word, ...], phrases: Phrases) -> list[str | _Span]:
    """The words of a question with its longest phrases put together."""
    found: list[str | _Span] = []
    at = 0
    while at < len(words):
        span = _span_at(words, at, phrases)
        found.append(span or words[at].folded)
        at = span.end if span else at + 1
    return found


def _span_at(words: tuple[Word, ...], start: int, phrases: Phrases) -> _Span | None:
    """The longest phrase that begins at a word and names one thing, with its conditions."""
    if words[start].folded in SIGNS:
        return None
    found: dict[int, dict[str, Meaning]] = {}
    for letter, category in PHRASES.items():
        for end, meaning in phrases(category, start):
            if _names_one(meaning, letter) and not all(word.folded in _VOCABULARY for word in words[start:end]):
                found.setdefault(end, {}).setdefault(letter, meaning)
    if found:
        end = max(found)
        return _Span(found[end], start, end)
    if words[start].folded in ("that", "this") and start + 1 < len(words):
        kinds = phrases("form", start + 1)
        if kinds:
            end, kind = max(kinds, key=lambda one: one[0])
            return _Span({"K": Expression("all", (kind,))}, start, end)
    return None


def _names_one(meaning: Meaning, letter: str) -> bool:
    """Whether a phrase is a name, with conditions or without; for a book it may be that of its title."""
    match meaning:
        case Name():
            return True
        case Expression("and", parts):
            return any(isinstance(part, Name) for part in parts)
        case Expression("the", _):
            return letter in "BO" and next(names_in(meaning), None) is not None
    return False


def _text(tokens: list[str | _Span], letters: Iterator[str]) -> str:
    """The question with letters for its names, without what is only polite."""
    told = " ".join(next(letters) if isinstance(one, _Span) else one for one in tokens)
    return " ".join(POLITE.sub(" ", told).split()).strip(" ,;")


def _fits(frame: Frame, text: str, letters: str) -> bool:
    if len(set(letters)) < len(letters):
        return False
    if not set(frame.must) <= set(letters) <= set(frame.must + frame.may):
        return False
    if not all(word in frame.words for word in text.split() if word not in _LETTERS):
        return False
    return all(cue.search(text) for cue in frame.cues) and not any(one.search(text) for one in frame.never)


def _filled(told: Sense, names: Mapping[str, Meaning]) -> Meaning:
    """A meaning with names in their places; an argument whose name is not there is left out."""
    if isinstance(told, str):
        return names[told[1:]] if told.startswith("$") else told
    operator, *parts = told
    assert isinstance(operator, str)
    arguments: list[Meaning] = []
    named: list[tuple[str, Meaning]] = []
    for part in parts:
        if isinstance(part, tuple) and part[0] == "=":
            _, key, value = part
            assert isinstance(key, str)
            if not (isinstance(value, str) and value.startswith("$") and value[1:] not in names):
                named.append((key, _filled(value, names)))
        else:
            arguments.append(_filled(part, names))
    return Expression(operator, tuple(arguments), tuple(named))


_VOCABULARY = frozenset(word for frame in FRAMES for word in frame.words)
_KNOWN = _VOCABULARY | POLITE_WORDS
_FIRST = {second: first for first, second in SECOND.items()}
_LETTERS = frozenset({*PHRASES, *SECOND.values(), "K"})
_MOST_NAMES = 3
