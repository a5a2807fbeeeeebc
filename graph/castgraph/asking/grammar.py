"""Finds everything the words of a question can mean under a grammar: top-down, each category at each word once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Generic, TypeAlias, TypeVar

from castgraph.asking import notation
from castgraph.asking.meanings import Expression, Meaning, Name, Number, Place
from castgraph.asking.notation import Choice, Item, Literal, Part, Repeat, Rule, Sense, Sequence, within
from castgraph.asking.words import SIGNS, Word

START = "question"
LONGEST_NAME = 14
"""Words of the longest name looked for; a longer one can be quoted."""

MOST_STEPS = 60_000
"""Steps that finding the readings of one question may take, some 60 ms; questions that people ask take a tenth of it."""

Accepts: TypeAlias = Callable[[str, int, int], bool]
"""Tells whether the words from one to before another may name something of a kind."""

_Bindings: TypeAlias = tuple[tuple[str, Meaning], ...]


_DECADE = re.compile(r"(1[89]|20)?((?(1)[0-9]|[3-9])0) ?s")
"""“1990s”, “90s”: a decade without its century is told of the last one, where that cannot be this century's."""


class TooManyReadingsError(Exception):
    """A question has so many possible readings that looking at all of them was given up."""


@dataclass(frozen=True)
class Parse:
    """A meaning of a whole question, and the line of the grammar that gave it."""

    meaning: Meaning
    line: int


class Grammar:
    """The rules of one language."""

    def __init__(self, *texts: tuple[str, str]) -> None:
        self.rules: dict[str, list[Rule]] = {}
        for rule in notation.read(*texts):
            self.rules.setdefault(rule.category, []).append(rule)

    @classmethod
    def of(cls, language: str) -> Grammar:
        """The grammar that comes with castgraph for a language, by its name: ``english``.

        It is in the file of that name and those whose names begin with it: ``english-titles.grammar``.
        """
        folder = files("castgraph.asking")
        more = (file.name for file in folder.iterdir() if re.fullmatch(rf"{language}-\w+\.grammar", file.name))
        names = [f"{language}.grammar", *sorted(more)]
        return cls(*(((folder / name).read_text(encoding="utf-8"), name) for name in names))

    @cached_property
    def barred(self) -> frozenset[str]:
        """Words that no question has a meaning for, so that no open name is made of them."""
        return frozenset(word for rule in self.rules.get("barred", ()) for word in _words(rule))

    @cached_property
    def untold(self) -> frozenset[str]:
        """Words that ask for what no source tells of anybody, with what they ask besides."""
        return frozenset(word for rule in self.rules.get("untold", ()) for word in _words(rule))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word that a rule can say, but for those told to be names as likely (``nameable``)."""
        nameable = frozenset(word for rule in self.rules.get("nameable", ()) for word in _words(rule))
        return frozenset(word for rules in self.rules.values() for rule in rules for word in _words(rule)) - nameable

    @cached_property
    def beginnings(self) -> Mapping[str, frozenset[str] | None]:
        """The words a category can begin with, and kinds of names and numbers (``@title``); None where it can be nothing."""
        known: dict[str, frozenset[str] | None] = dict.fromkeys(self.rules, frozenset())
        while True:
            now = {
                category: _united(_beginnings(rule.said, known)[0] for rule in rules)
                for category, rules in self.rules.items()
            }
            if now == known:
                return known
            known = now

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of names and numbers that rules speak of: ``@title``, ``#year``."""
        parts = (item for rules in self.rules.values() for rule in rules for item in within(rule.said))
        return frozenset(part.category for part in parts if isinstance(part, Part) and part.category[0] in "@#")

    @cached_property
    def ways(self) -> Mapping[str, _Ways[Rule]]:
        """The rules of each category, by what they begin with."""
        return {category: _Ways(rules, map(self._beginnings_of, rules)) for category, rules in self.rules.items()}

    @cached_property
    def choices(self) -> Mapping[int, _Ways[Sequence]]:
        """The ways of each choice within a rule, by what they begin with; the choice goes by its identity."""
        items = (item for rules in self.rules.values() for rule in rules for item in within(rule.said))
        choices = {id(item): item for item in items if isinstance(item, Choice)}
        return {key: _Ways(choice.choices, map(self._beginnings_of, choice.choices)) for key, choice in choices.items()}

    def _beginnings_of(self, way: Rule | Sequence) -> frozenset[str] | None:
        """What a way can begin with; None where it can be nothing, and so begin with anything."""
        words, may_be_nothing = _beginnings(way.said if isinstance(way, Rule) else way, self.beginnings)
        return None if may_be_nothing else words

    def parse(self, words: tuple[Word, ...], accepts: Accepts) -> tuple[Parse, ...]:
        """All that a question can mean, in the order of the rules; each meaning once.

        Args:
            words: the question.
            accepts: which words may be a name; the fewer it takes, the fewer readings there are.

        Raises:
            TooManyReadingsError: they were not all found within :data:`MOST_STEPS`, or nest too deeply.
        """
        found: dict[Meaning, int] = {}
        try:
            for end, meaning, line in _Run(self, words, accepts).category(START, 0):
                if end == len(words):
                    found.setdefault(meaning, line)
        except RecursionError:  # words that begin a phrase, one after another: “a a a a …”
            raise TooManyReadingsError from None
        return tuple(Parse(meaning, line) for meaning, line in found.items())


_Way = TypeVar("_Way", Rule, Sequence)


class _Ways(Generic[_Way]):
    """Ways to go on, by what they begin with: at a word only a few of them can be."""

    def __init__(self, ways: Iterable[_Way], beginnings: Iterable[frozenset[str] | None]) -> None:
        self._ways: tuple[_Way, ...] = tuple(ways)
        self._always: list[int] = []
        self._by_beginning: dict[str, list[int]] = {}
        for number, words in enumerate(beginnings):
            if words is None:
                self._always.append(number)
            for word in words or ():
                self._by_beginning.setdefault(word, []).append(number)

    def that_can_begin(self, with_: Iterable[str]) -> tuple[_Way, ...]:
        """The ways that can begin with one of several words or kinds of names, in their order."""
        found = set(self._always).union(*(self._by_beginning.get(word, ()) for word in with_))
        return tuple(self._ways[number] for number in sorted(found))


class _Run:
    """One question being parsed: what each category can be at each word, kept."""

    def __init__(self, grammar: Grammar, words: tuple[Word, ...], accepts: Accepts) -> None:
        self._ways = grammar.ways
        self._choices = grammar.choices
        self._open: dict[tuple[int, int], tuple[Sequence, ...]] = {}
        self._words = words
        self._accepts = accepts
        self._known: dict[tuple[str, int], tuple[tuple[int, Meaning, int], ...]] = {}
        self._begun: dict[tuple[str, int], int] = {}
        self._lowest = 0
        self._names: dict[tuple[str, int], tuple[int, ...]] = {}
        self._kinds = grammar.kinds
        self._beginning: dict[int, frozenset[str]] = {}
        self._steps = 0

    def category(self, name: str, at: int) -> tuple[tuple[int, Meaning, int], ...]:
        """Where a category that begins at a word can end, with what it means there."""
        key = (name, at)
        if key in self._known:
            return self._known[key]
        if key in self._begun:  # a rule that begins with its own category adds nothing
            self._lowest = min(self._lowest, self._begun[key])
            return ()
        depth = self._begun[key] = len(self._begun)
        outer, self._lowest = self._lowest, depth
        found: dict[tuple[int, Meaning], int] = {}
        for rule in self._ways[name].that_can_begin(self._begins(at)):
            for end, bindings in self._items(rule.said.items, 0, at):
                self._step()
                meaning = meaning_of(rule.sense, bindings, Place(at, end))
                if meaning is not None:
                    found.setdefault((end, meaning), rule.line)
        told = tuple((end, meaning, line) for (end, meaning), line in found.items())
        if self._lowest >= depth:  # else it lacks what a category begun before it can be: it is not all
            self._known[key] = told
        del self._begun[key]
        self._lowest = min(self._lowest, outer)
        return told

    def _choice(self, choice: Choice, at: int) -> tuple[Sequence, ...]:
        """The ways of a choice that can begin at a word, as far as one word tells: most cannot."""
        key = (id(choice), at)
        if key not in self._open:
            self._open[key] = self._choices[key[0]].that_can_begin(self._begins(at))
        return self._open[key]

    def _begins(self, at: int) -> frozenset[str]:
        """What begins at a word: the word itself, names by their kinds and numbers."""
        if at == len(self._words):
            return frozenset()
        if at not in self._beginning:
            names = (kind for kind in self._kinds if kind[0] == "@" and self._named(kind[1:], at))
            numbers = (kind for kind in self._kinds if kind[0] == "#" and self._number(kind[1:], at) is not None)
            self._beginning[at] = frozenset([self._words[at].folded, *names, *numbers])
        return self._beginning[at]

    def _step(self) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise TooManyReadingsError

    def _items(self, items: tuple[Item, ...], index: int, at: int) -> Iterator[tuple[int, _Bindings]]:
        while index < len(items) and isinstance(word := items[index], Literal):  # the most, and needs no search
            self._step()
            if not self._says(word, at):
                return
            index, at = index + 1, at + 1
        if index == len(items):
            yield at, ()
        elif index == len(items) - 1:
            yield from self._item(items[index], at)
        else:
            for middle, first in self._item(items[index], at):
                for end, rest in self._items(items, index + 1, middle):
                    yield end, first + rest

    def _says(self, literal: Literal, at: int) -> bool:
        """Whether the word at a place is a word of the grammar."""
        return at < len(self._words) and (word := self._words[at]).folded == literal.word and not word.is_quoted

    def _item(self, item: Item, at: int) -> Iterator[tuple[int, _Bindings]]:
        self._step()
        match item:
            case Literal():
                if self._says(item, at):
                    yield at + 1, ()
            case Part():
                if item.category[0] == "@":
                    for end in self._named(item.category[1:], at):
                        yield end, ((item.label, Name(item.category[1:], at, end)),)
                elif item.category[0] == "#":
                    number = self._number(item.category[1:], at)
                    if number is not None:
                        yield at + 1, ((item.label, number),)
                else:
                    for end, meaning, _ in self.category(item.category, at):
                        yield end, ((item.label, meaning),)
            case Sequence():
                yield from self._items(item.items, 0, at)
            case Choice():
                for choice in self._choice(item, at):
                    yield from self._items(choice.items, 0, at)
            case Repeat():
                yield from self._repeated(item, at, item.most)

    def _repeated(self, item: Repeat, at: int, most: int) -> Iterator[tuple[int, _Bindings]]:
        if most:
            for middle, first in self._item(item.item, at):
                if middle > at:
                    for end, rest in self._repeated(item, middle, most - 1):
                        yield end, first + rest
        yield at, ()

    def _named(self, kind: str, at: int) -> tuple[int, ...]:
        key = (kind, at)
        if key not in self._names:
            self._names[key] = tuple(end for end in self._ends(at) if self._accepts(kind, at, end))
        return self._names[key]

    def _ends(self, at: int) -> Iterator[int]:
        """Where a name that begins at a word may end, the longest first. No name begins or ends with a comma."""
        if at < len(self._words) and self._words[at].folded not in SIGNS:
            for end in range(min(len(self._words), at + LONGEST_NAME), at, -1):
                if self._words[end - 1].folded not in SIGNS:
                    yield end

    def _number(self, kind: str, at: int) -> Number | None:
        if at >= len(self._words):
            return None
        text = self._words[at].folded.replace(" ", ".")  # "7.5" is folded to "7 5"
        if kind == "year":
            return Number(int(text)) if text.isascii() and text.isdigit() and len(text) == 4 else None
        if kind == "decade":
            told = _DECADE.fullmatch(text)
            return Number(int(told[1] or 19) * 100 + int(told[2])) if told else None
        try:
            return Number(float(text))
        except ValueError:
            return None


def meaning_of(sense: Sense, bindings: _Bindings, place: Place) -> Meaning | None:
    """A meaning with its parts put in; None where it needs a part that was left out. ``the`` keeps its place."""
    if isinstance(sense, str):
        if sense.isdecimal():
            return Number(int(sense))
        if not sense.startswith("$"):
            return sense
        return next((meaning for label, meaning in bindings if label == sense[1:]), None)
    operator, *written = sense
    assert isinstance(operator, str)
    arguments: list[Meaning] = []
    named: list[tuple[str, Meaning]] = []
    for one in written:
        if isinstance(one, str) and one.startswith("$*"):
            arguments += [meaning for label, meaning in bindings if label == one[2:]]
            continue
        if isinstance(one, tuple) and one[0] == "=":
            _, key, value = one
            assert isinstance(key, str)
            meaning = meaning_of(value, bindings, place)
            if meaning is not None:
                named.append((key, meaning))
            continue
        meaning = meaning_of(one, bindings, place)
        if meaning is not None:
            arguments.append(meaning)
        elif operator not in ("and", "performances"):
            return None
    if operator == "and" and len(arguments) == 1 and not named:
        return arguments[0]
    if operator == "the":
        arguments.append(place)
    return Expression(operator, tuple(arguments), tuple(named))


def _united(several: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    words: set[str] = set()
    for one in several:
        if one is None:
            return None
        words |= one
    return frozenset(words)


def _beginnings(item: Item, known: Mapping[str, frozenset[str] | None]) -> tuple[frozenset[str] | None, bool]:
    """The words an item can begin with, None for any, and whether it can be nothing."""
    match item:
        case Literal():
            return frozenset([item.word]), False
        case Part():
            return frozenset([item.category]) if item.category[0] in "@#" else known[item.category], False
        case Choice():
            both = [_beginnings(choice, known) for choice in item.choices]
            return _united(words for words, _ in both), any(nothing for _, nothing in both)
        case Repeat():
            return _beginnings(item.item, known)[0], True
        case Sequence():
            found: list[frozenset[str] | None] = []
            for one in item.items:
                words, may_be_nothing = _beginnings(one, known)
                found.append(words)
                if not may_be_nothing:
                    return _united(found), False
            return _united(found), True


def _words(rule: Rule) -> Iterator[str]:
    """The words a rule says as they are."""
    return (item.word for item in within(rule.said) if isinstance(item, Literal))
