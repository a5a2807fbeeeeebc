"""Reads a grammar file: what may be said, and what it means.

A rule is ``category = what is said => what it means``; further ways to say it follow on lines that begin with ``|``.
What is said is a sequence of

=================  ==========================================================================================
``word``           a word, in its folded form
``WORD``           a class of words, defined by ``WORD = one | another | two words``
``<works>``        another category; ``<works:whole>`` calls its meaning ``whole``, else it goes by its category
``@person``        a name of that kind; ``@person:a`` calls it ``a``
``#year``          a number; ``#year:from`` calls it ``from``; ``#decade``: “1990s”, “'90s”
``[ … ]``          what may be left out
``( … | … )``      one of several
``{ … }``          any number of times, also none
=================  ==========================================================================================

What it means is an expression (:mod:`castgraph.asking.meanings`): ``$works`` stands for the meaning of a part, and
``$*mods`` for all meanings of a repeated one. An argument that needs a part which was left out is left out with it.
A rule without a meaning means what its only part means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from castgraph.asking.words import SIGNS
from castgraph.names import fold

_TOKEN = re.compile(r"=>|[\[\](){}|]|<[a-z-]+(?::[a-z]+)?>|@[a-z]+(?::[a-z]+)?|#[a-z]+(?::[a-z]+)?|[^\s\[\](){}|]+")
_SENSE = re.compile(r"[()]|[^\s()]+")


class NotationError(Exception):
    """A grammar file cannot be read: file, line, and why."""


@dataclass(frozen=True)
class Literal:
    """A word said as it is."""

    word: str


@dataclass(frozen=True)
class Part:
    """A category, a name (``@``) or a number (``#``), and what its meaning is called."""

    category: str
    label: str


@dataclass(frozen=True)
class Sequence:
    """One item after another."""

    items: tuple[Item, ...]


@dataclass(frozen=True)
class Choice:
    """One of several sequences."""

    choices: tuple[Sequence, ...]


@dataclass(frozen=True)
class Repeat:
    """A sequence any number of times; with ``most`` 1 it is optional."""

    item: Sequence | Choice
    most: int


Item: TypeAlias = Literal | Part | Sequence | Choice | Repeat
Sense: TypeAlias = "str | tuple[Sense, ...]"
"""A meaning as written: a word, or an operator with its arguments."""


def within(item: Item) -> Iterator[Item]:
    """An item and every item in it, from the outside in."""
    yield item
    match item:
        case Sequence():
            for one in item.items:
                yield from within(one)
        case Choice():
            for choice in item.choices:
                yield from within(choice)
        case Repeat():
            yield from within(item.item)


@dataclass(frozen=True)
class Rule:
    """A way to say something of a category, and its meaning; where it was written."""

    category: str
    said: Sequence
    sense: Sense
    line: int


def read(*texts: tuple[str, str]) -> tuple[Rule, ...]:
    """The rules of a grammar in one or more files, each its text and its name; classes of words are shared.

    Raises:
        NotationError: with the file and line.
    """
    classes: dict[str, Choice] = {}
    rules = [(file, rule) for text, file in texts for rule in _rules(text, file, classes)]
    known = {rule.category for _, rule in rules}
    for file, rule in rules:
        for part in _parts(rule):
            if part.category[0] not in "@#" and part.category not in known:
                raise NotationError(f"{file}:{rule.line}: nothing says what <{part.category}> is")
    telling = _telling([rule for _, rule in rules])
    for file, rule in rules:
        for part in _parts(rule):
            if part.category in telling and part.label not in _labels_in(rule.sense):
                raise NotationError(f"{file}:{rule.line}: what {part.label} names is left out of the meaning")
    return tuple(rule for _, rule in rules)


def _parts(rule: Rule) -> Iterator[Part]:
    return (item for item in within(rule.said) if isinstance(item, Part))


def _telling(rules: list[Rule]) -> set[str]:
    """The categories that a name or number may be said in: a rule that leaves one out would drop a condition."""
    found = {part.category for rule in rules for part in _parts(rule) if part.category[0] in "@#"}
    while more := {rule.category for rule in rules if any(part.category in found for part in _parts(rule))} - found:
        found |= more
    return found


def _labels_in(sense: Sense) -> set[str]:
    """The parts that a meaning uses."""
    if isinstance(sense, str):
        return {sense.lstrip("$*")} if sense.startswith("$") else set()
    return {label for one in sense for label in _labels_in(one)}


def _rules(text: str, file: str, classes: dict[str, Choice]) -> Iterator[Rule]:
    """The rules of a file; its classes of words are added to those known."""
    for head, body in _statements(text, file):
        for line, one in _alternatives(body):
            try:
                if head.isupper():
                    words = (_said(word, classes)[0] for word in one.split("|"))
                    classes[head] = Choice((*(classes[head].choices if head in classes else ()), *words))
                    continue
                said, arrow, sense = one.partition("=>")
                sequence, labels = _said(said, classes)
                yield Rule(head, sequence, read_sense(sense) if arrow else _only(labels), line)
            except ValueError as error:
                raise NotationError(f"{file}:{line}: {error}") from error


Lines: TypeAlias = list[tuple[int, str]]
"""Lines of a file with their numbers."""


def _statements(text: str, file: str) -> Iterator[tuple[str, Lines]]:
    """The definitions: what is defined, and the lines that define it."""
    gathered: list[tuple[str, Lines]] = []
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.split(" ;")[0].rstrip() if not line.startswith(";") else ""
        if not bare:
            continue
        if bare[0].isspace() and gathered:
            gathered[-1][1].append((number, bare.strip()))
            continue
        head, equals, body = bare.partition(" = ")
        if not equals:
            raise NotationError(f"{file}:{number}: expected NAME = …")
        gathered.append((head.strip(), [(number, body)]))
    yield from gathered


def _alternatives(body: Lines) -> Lines:
    """The ways of a rule: each on lines of its own, the first with the name, the others after ``|``."""
    found: Lines = []
    for number, line in body:
        if not found or (line.startswith("|") and not _is_open(found[-1][1])):
            found.append((number, line.removeprefix("|")))
        else:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line}")
    return found


def _is_open(text: str) -> bool:
    """True where a bracket of a rule is not closed yet: what follows belongs to it."""
    return sum(text.count(opening) - text.count(closing) for opening, closing in ("()", "[]", "{}")) > 0


def _said(text: str, classes: dict[str, Choice]) -> tuple[Sequence, list[str]]:
    tokens = _TOKEN.findall(text)
    labels: list[str] = []
    sequence, rest = _sequence(tokens, 0, classes, labels)
    if rest != len(tokens):
        raise ValueError(f"{tokens[rest]!r} closes nothing")
    if not sequence.items:
        raise ValueError("nothing is said")
    return sequence, labels


def _sequence(tokens: list[str], at: int, classes: dict[str, Choice], labels: list[str]) -> tuple[Sequence, int]:
    items: list[Item] = []
    while at < len(tokens) and tokens[at] not in ("]", ")", "}", "|"):
        sign = tokens[at]
        at += 1
        if sign in ("[", "(", "{"):
            choice, at = _choice(tokens, at, {"[": "]", "(": ")", "{": "}"}[sign], classes, labels)
            items.append(choice if sign == "(" else Repeat(choice, 1 if sign == "[" else 99))
        elif sign[0] in "<@#":
            category, _, label = sign.strip("<>").partition(":")
            items.append(Part(category, label or category.lstrip("@#")))
            labels.append(label or category.lstrip("@#"))
        elif sign.isupper() and sign.replace("-", "").isalpha():
            if sign not in classes:
                raise ValueError(f"the class of words {sign} is not defined above")
            items.append(classes[sign])
        else:
            items.append(Literal(_folded(sign)))
    return Sequence(tuple(items)), at


def _folded(word: str) -> str:
    """A word as :mod:`castgraph.asking.words` gives it: “d'” and “'s” keep their signs."""
    if word.startswith("'"):
        return "'" + fold(word)
    return word if word in SIGNS else fold(word)


def _choice(
    tokens: list[str], at: int, closing: str, classes: dict[str, Choice], labels: list[str]
) -> tuple[Choice, int]:
    choices: list[Sequence] = []
    while True:
        sequence, at = _sequence(tokens, at, classes, labels)
        choices.append(sequence)
        if at >= len(tokens):
            raise ValueError(f"{closing!r} is missing")
        at += 1
        if tokens[at - 1] == closing:
            return Choice(tuple(choices)), at
        if tokens[at - 1] != "|":
            raise ValueError(f"expected {closing!r}, found {tokens[at - 1]!r}")


def read_sense(text: str) -> Sense:
    """A meaning as rules write it.

    >>> read_sense("(list (of director $works))")
    ('list', ('of', 'director', '$works'))
    """
    tokens = _SENSE.findall(text)
    sense, at = _one_sense(tokens, 0)
    if at != len(tokens):
        raise ValueError(f"{tokens[at]!r} stands after the meaning")
    return sense


def _one_sense(tokens: list[str], at: int) -> tuple[Sense, int]:
    if at >= len(tokens):
        raise ValueError("the meaning is not whole")
    if tokens[at].endswith("=") and len(tokens[at]) > 1:
        value, after = _one_sense(tokens, at + 1)
        return ("=", tokens[at][:-1], value), after
    if tokens[at] != "(":
        key, equals, word = tokens[at].partition("=")
        return (("=", key, word) if equals and key and word else tokens[at]), at + 1
    inner: list[Sense] = []
    at += 1
    while at < len(tokens) and tokens[at] != ")":
        one, at = _one_sense(tokens, at)
        inner.append(one)
    if at >= len(tokens):
        raise ValueError("a bracket of the meaning is not closed")
    return tuple(inner), at + 1


def _only(labels: list[str]) -> Sense:
    if len(set(labels)) != 1:
        raise ValueError("a rule without a meaning has exactly one part")
    return f"${labels[0]}"
