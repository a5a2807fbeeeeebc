"""A question as a set of parts, whatever their order: the names in it, years, and cues; each word belongs to one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from castgraph.asking.grammar import LONGEST_NAME
from castgraph.asking.lexicon import FILLER, Lexicon
from castgraph.asking.naming import Names, Resolved
from castgraph.asking.words import SIGNS, Word, text_of

KINDS = ("person", "character", "title", "mission", "occupation")
"""The kinds of names that frames take."""

_MOST_RUNS = 2
"""Runs of strange words that are looked up as names cut short or mistyped: each costs two look-ups for each kind."""

_LEAST_LETTERS = 3
"""Letters of a word that may be a name cut short."""

_MOST_WORDS = 40
"""Words of the longest question that is read so."""


@dataclass(frozen=True)
class Part:
    """Some words of a question, from one to before another: a cue, a year, or a name that may be of several kinds."""

    start: int
    end: int
    cue: str = ""
    year: int | None = None
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finder:
    """Takes a question apart.

    Args:
        names: the names of the graph.
        lexicon: what the words of the language say.
        barred: words with force, which no name is made of.
        look_up: finds the things a name means, by its text and kind, cut short or mistyped too.
        vocabulary: words of the grammar, of which alone no name is made that is cut short: “before” is not *Before Mars*.
    """

    names: Names
    lexicon: Lexicon
    barred: frozenset[str]
    look_up: Callable[[str, str], Resolved | None]
    vocabulary: frozenset[str] = frozenset()

    def exact(self, question: str, words: tuple[Word, ...]) -> Sequence[Part] | None:
        """The parts, from left to right, without filler; None where a word belongs to none, or names overlap."""
        parts = self._parts(question, words)
        return None if parts is None or any(_is_strange(part) for part in parts) else parts

    def open(self, question: str, words: tuple[Word, ...]) -> Sequence[Part] | None:
        """The parts, where strange words may be names cut short or mistyped."""
        parts = self._parts(question, words)
        strange = [part for part in parts or () if _is_strange(part)]
        if parts is None or not 0 < len(strange) <= _MOST_RUNS:
            return None
        named: dict[Part, Part] = {}
        for run in strange:
            kinds = self._kinds_of(question, words, run)
            if not kinds:
                return None
            named[run] = Part(run.start, run.end, kinds=kinds)
        return [named.get(part, part) for part in parts]

    def _parts(self, question: str, words: tuple[Word, ...]) -> Sequence[Part] | None:
        if len(words) > _MOST_WORDS or self._is_barred(question, words):
            return None
        found = self._longest(question, words)
        if found is None or self._has_year_in_brackets(question, words, found):
            return None
        parts: list[Part] = []
        at = 0
        for name in (*found, Part(len(words), len(words))):
            parts += self._between(words, at, name.start)
            parts.append(name)
            at = name.end
        return parts[:-1]

    @staticmethod
    def _has_year_in_brackets(question: str, words: tuple[Word, ...], names: Sequence[Part]) -> bool:
        """Whether a year in brackets is part of no name: then it is one of a name nobody has."""
        named = {at for name in names if name.end > name.start + 1 for at in range(name.start, name.end)}
        return any(
            _year(word) is not None and question[word.start] == "(" for at, word in enumerate(words) if at not in named
        )

    def _is_barred(self, question: str, words: tuple[Word, ...]) -> bool:
        spelt = [question[word.start : word.end].casefold() for word in words]
        said = [word for word in spelt if word not in SIGNS]
        return not self.lexicon.barred.isdisjoint(spelt) or not self.lexicon.barred_last.isdisjoint(said[-1:])

    def _between(self, words: tuple[Word, ...], at: int, end: int) -> Iterator[Part]:
        """The parts of words that are no known name: cues, years, and runs of strange words."""
        begun = at
        while at < end:
            said = self.lexicon.at(words, at, end)
            year = _year(words[at])
            if said is None and year is None and words[at].folded not in SIGNS:
                at += 1
                continue
            if begun < at:
                yield Part(begun, at)
            stop = said[0] if said else at + 1
            if said and said[1] != FILLER:
                yield Part(at, stop, cue=said[1])
            elif year is not None:
                yield Part(at, stop, year=year)
            begun = at = stop
        if begun < at:
            yield Part(begun, at)

    def _longest(self, question: str, words: tuple[Word, ...]) -> Sequence[Part] | None:
        """The longest names in a question, in order; None where two overlap: which is meant is not known."""
        found: list[Part] = []
        for start in range(len(words)):
            for end in range(min(len(words), start + LONGEST_NAME), start, -1):
                if found and end <= found[-1].end:
                    break
                kinds = self._named(question, words, start, end)
                if kinds:
                    if found and start < found[-1].end:
                        return None
                    found.append(Part(start, end, kinds=kinds, year=_year(words[start]) if end == start + 1 else None))
                    break
        return found

    def _named(self, question: str, words: tuple[Word, ...], start: int, end: int) -> tuple[str, ...]:
        """The kinds of things that words name; none where they only say what any question says."""
        said = words[start:end]
        if said[0].folded in SIGNS or said[-1].folded in SIGNS or not any(self._can_name(word) for word in said):
            return ()
        text = text_of(question, words, start, end)
        return tuple(kind for kind in KINDS if self.names.has(text, kind))

    def _can_name(self, word: Word) -> bool:
        return word.is_quoted or (
            word.folded not in self.lexicon.words and word.folded not in self.barred and word.folded not in SIGNS
        )

    def _kinds_of(self, question: str, words: tuple[Word, ...], run: Part) -> tuple[str, ...]:
        said = words[run.start : run.end]
        text = text_of(question, words, run.start, run.end)
        if all(word.folded in self.vocabulary and not word.is_quoted for word in said):
            return ()
        if len(text) < _LEAST_LETTERS or any(word.folded in self.barred or word.folded.isdecimal() for word in said):
            return ()
        return tuple(kind for kind in KINDS if kind != "occupation" and self.look_up(text, kind) is not None)


def _is_strange(part: Part) -> bool:
    return not part.cue and part.year is None and not part.kinds


def _year(word: Word) -> int | None:
    text = word.folded
    is_year = text.isascii() and text.isdecimal() and len(text) == 4 and 1880 <= int(text) <= 2100
    return int(text) if is_year and not word.is_quoted else None
