"""From the words of a question to what it means: the readings of the grammars whose names the graph knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TypeAlias

from castgraph.answers import Thing
from castgraph.asking.grammar import Accepts, Grammar, Parse, TooManyReadingsError
from castgraph.asking.kin import kin_in, with_name
from castgraph.asking.meanings import Expression, Meaning, Name, Place, names_in
from castgraph.asking.naming import Match, Names, Resolved, resolve
from castgraph.asking.words import Word, split, text_of

LANGUAGES = ("english", "french", "german")
"""The languages questions are understood in, in the order they are tried."""

ELIDING = frozenset({"french"})
"""The languages whose short words lose their vowel before another: “qu’est”."""

LookUp: TypeAlias = Callable[[str, str], Resolved | None]
"""Finds the things a name means, by its text and kind."""

_MAIN_KINDS = ("person", "character", "title")
_COMMON_NOUNS = frozenset({"occupation"})
"""Kinds whose names are words like others: none is taken for one that is not."""

_MOST_OPEN = 40
"""Readings looked at for a question with a name that nothing bears exactly."""


@dataclass(frozen=True)
class Interpretation:
    """A meaning whose names are found: the things they mean, and how each name fits."""

    question: str
    meaning: Meaning
    names: dict[Name, Resolved]
    texts: dict[Name, str]  # the names as typed
    places: dict[Name, tuple[int, int]]  # and where in the question they stand
    words: tuple[Word, ...] = ()

    @property
    def things(self) -> dict[Name, Sequence[Thing]]:
        """The things by name."""
        return {name: resolved.things for name, resolved in self.names.items()}

    def asking_for(self, name: Name, text: str) -> str:
        """The question with another text in the place of a name."""
        start, end = self.places[name]
        return self.question[:start] + text + self.question[end:]

    def text_of(self, place: Place) -> str:
        """The words of the question at a place."""
        return text_of(self.question, self.words, place.start, place.end)

    @property
    def untold(self) -> Place | None:
        """Where the question asks for what no source tells of anybody; None where it does not."""
        words = frozenset[str]().union(*(grammar(language).untold for language in LANGUAGES))
        named = {at for name in self.names for at in range(name.start, name.end)}
        found = (at for at, word in enumerate(self.words) if at not in named and word.folded in words)
        return next((Place(at, at + 1) for at in found), None)

    def with_text(self, place: Place, text: str) -> str:
        """The question with another text at a place."""
        start, end = self.words[place.start].start, self.words[place.end - 1].end
        return self.question[:start] + text + self.question[end:]


@dataclass(frozen=True)
class Unknown:
    """A reading with a name that nothing in the graph bears."""

    meaning: Meaning
    name: Name
    text: str


@dataclass(frozen=True)
class Interpreted:
    """What a question can mean; where nothing is found, the names nobody bears and the words nothing is made of."""

    readings: tuple[Interpretation, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    unplaced: tuple[str, ...] = ()


@cache
def grammar(language: str) -> Grammar:
    """The grammar of a language, read once."""
    return Grammar.of(language)


@dataclass
class Interpreter:
    """Understands questions about one graph."""

    names: Names
    languages: Sequence[str] = LANGUAGES

    def interpret(self, question: str) -> Interpreted:
        """What a question can mean, the likeliest reading first.

        First with the names the graph has; only where that gives nothing, with names cut short or mistyped.
        """
        best: Interpreted | None = None
        for language in self.languages:
            words = split(question, elides=language in ELIDING)
            readings = tuple(self._exact(question, words, language))
            if readings:
                return self._with_kin(readings)
        for language in self.languages:
            words = split(question, elides=language in ELIDING)
            found = self._open(question, words, language)
            if found.readings:
                found = self._with_kin(found.readings)
            if found.readings:
                return found
            if best is None or (found.unknown and not best.unknown):
                best = found
        assert best is not None
        return best

    def _with_kin(self, readings: Sequence[Interpretation]) -> Interpreted:
        """Readings with somebody's kin looked up by name; where nobody goes by it, that name is unknown."""
        found: list[Interpretation] = []
        unknown: list[Unknown] = []
        for reading in readings:
            if asks_for_another_time(reading) or _is_about_kin(reading):
                continue
            kin = kin_in(reading.meaning)
            if kin is None:
                found.append(reading)
                continue
            text = reading.text_of(kin.place)
            things = kin.found(reading.names[kin.of].things, lambda name: self.names.find(name, "character"))
            if not things:
                unknown.append(Unknown(reading.meaning, kin.of, text))
                continue
            labels = {thing.label for thing in things}
            resolved = Resolved(things, Match.PART, labels.pop() if len(labels) == 1 else None)
            span = (reading.words[kin.place.start].start, reading.words[kin.place.end - 1].end)
            found.append(
                replace(
                    reading,
                    meaning=with_name(reading.meaning, kin),
                    names={**reading.names, kin.of: resolved},
                    texts={**reading.texts, kin.of: text},
                    places={**reading.places, kin.of: span},
                )
            )
        return Interpreted(tuple(found), () if found else tuple(unknown))

    def _exact(self, question: str, words: tuple[Word, ...], language: str) -> Iterator[Interpretation]:
        def is_known(kind: str, start: int, end: int) -> bool:
            return self.names.has(text_of(question, words, start, end), kind)

        for parse in sorted(_parses(language, words, is_known), key=lambda parse: len(set(names_in(parse.meaning)))):
            yield read(question, words, parse.meaning, lambda text, kind: Resolved(self.names.find(text, kind)))

    def _open(self, question: str, words: tuple[Word, ...], language: str) -> Interpreted:
        rules = grammar(language)
        strange = [word.is_quoted or word.folded not in rules.vocabulary for word in words]
        if not any(strange):
            return Interpreted(unplaced=self._unplaced(question, words, rules))

        def may_be(kind: str, start: int, end: int) -> bool:
            if self.names.has(text_of(question, words, start, end), kind):
                return True
            if kind in _COMMON_NOUNS:
                return False
            cuts = (start > 0 and strange[start - 1] and strange[start]) or (
                end < len(words) and strange[end - 1] and strange[end]
            )
            named = (word for word, is_strange in zip(words[start:end], strange[start:end], strict=True) if is_strange)
            return not cuts and any(word.is_quoted or not _is_number(question, word) for word in named)

        readings: list[tuple[int, Interpretation]] = []
        unknown: list[Unknown] = []
        parses = _parses(language, words, may_be)
        for parse in sorted(parses, key=lambda parse: _looseness(parse.meaning, strange))[:_MOST_OPEN]:
            reading = read(question, words, parse.meaning, partial(resolve, self.names))
            missing = next((name for name in reading.texts if name not in reading.names), None)
            if missing is None:
                readings.append((sum(one.match is Match.SLIP for one in reading.names.values()), reading))
            elif not self._is_overfull(question, words, missing, rules):
                unknown.append(Unknown(parse.meaning, missing, reading.texts[missing]))
        readings.sort(key=lambda reading: reading[0])
        unplaced = () if readings or unknown else self._unplaced(question, words, rules)
        return Interpreted(tuple(one for _, one in readings), tuple(unknown), unplaced)

    def _is_overfull(self, question: str, words: tuple[Word, ...], name: Name, rules: Grammar) -> bool:
        """Whether an unknown name is rather a known one with other words of the question around it.

        Then it is the question that is not understood, not the name that is not found.
        """
        if any(word.folded in rules.barred for word in words[name.start : name.end]):
            return True
        known: set[int] = set()
        for start in range(name.start, name.end - 1):
            for end in range(name.end, start + 1, -1):
                text = text_of(question, words, start, end)
                if (start, end) != (name.start, name.end) and any(self.names.has(text, kind) for kind in _MAIN_KINDS):
                    known.update(range(start, end))
                    break
        rest = [words[at] for at in range(name.start, name.end) if at not in known]
        is_number = (_is_number(question, word) for word in rest)
        return bool(known) and all(
            number or word.folded in rules.vocabulary for number, word in zip(is_number, rest, strict=True)
        )

    def _unplaced(self, question: str, words: tuple[Word, ...], rules: Grammar) -> tuple[str, ...]:
        """The words that no form has and no name is made of."""
        kinds = ("person", "character", "title", "mission", "event", "craft", "genre", "language", "place")
        known = rules.vocabulary - rules.barred
        placed = [not word.is_quoted and word.folded in known for word in words]
        for start in range(len(words)):
            for end in range(len(words), start, -1):
                text = text_of(question, words, start, end)
                if not all(placed[start:end]) and any(self.names.has(text, kind) for kind in kinds):
                    placed[start:end] = [True] * (end - start)
        return tuple(
            question[word.start : word.end] for word, is_placed in zip(words, placed, strict=True) if not is_placed
        )


def _parses(language: str, words: tuple[Word, ...], accepts: Accepts) -> tuple[Parse, ...]:
    """The parses of a question; none where looking for all of them takes too long: then it is not understood."""
    try:
        return grammar(language).parse(words, accepts)
    except TooManyReadingsError:
        return ()


def read(question: str, words: tuple[Word, ...], meaning: Meaning, look_up: LookUp) -> Interpretation:
    """A meaning of a question with its names looked up; those that are not found are left out of its ``names``."""
    places = {name: (words[name.start].start, words[name.end - 1].end) for name in names_in(meaning)}
    texts = {name: question[start:end] for name, (start, end) in places.items()}
    found = {name: look_up(text, name.kind) for name, text in texts.items()}
    resolved = {name: one for name, one in found.items() if one is not None}
    return Interpretation(question, meaning, resolved, texts, places, words)


def asks_for_another_time(reading: Interpretation) -> bool:
    """Whether a question is when a title airs once more (“When does X air again?”), which is not when it first did."""
    match reading.meaning:
        case Expression("value", ("first-aired" | "last-aired" | "release", _)):
            return reading.words[-1].folded == "again"
    return False


def _is_number(question: str, word: Word) -> bool:
    """Whether a word is a number, and not the year in brackets after a title, which is part of a name."""
    return word.folded.isdecimal() and question[word.start] != "("


def _is_about_kin(reading: Interpretation) -> bool:
    """Whether it is asked who somebody's father is, where a source has him by that name alone: it does not say who."""
    match reading.meaning:
        case Expression("about", (Name() as name,)):
            return any(word.folded == "'s" for word in reading.words[name.start : name.end])
    return False


def _looseness(meaning: Meaning, strange: Sequence[bool]) -> tuple[int, int]:
    """How much a reading takes for names that the grammar has words for: the less, the likelier."""
    names = list(names_in(meaning))
    taken = sum(not strange[at] for name in names for at in range(name.start, name.end))
    return taken, len(names)
