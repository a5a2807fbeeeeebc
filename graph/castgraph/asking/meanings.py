"""What a question means: an expression over sets of things, before any name in it is looked up.

An expression is a :class:`Name`, a :class:`Number`, a plain word (a class or relation of the vocabulary), or an
:class:`Expression` of the operators below. A set may be

==================================  ==========================================================================
``(all film)``                      everything of a class
``(of director SET)``               what a relation leads to: the directors of these titles
``(with director SET)``             what a relation comes from: the titles directed by these people
``(performances performer=SET …)``  credits: by these people, of these characters, in these titles, of this kind
``(and SET SET …)``                 what is in all of them
``(but SET SET)``                   what is in the first and not in the second
``(where year at-least 2010)``      what has a value that compares so; with ``decade 1990``, one of the 1990s
``(or SET SET …)``                  what is in any of them
``(both SET SET)``                  what is in any of them; but what is ``with`` them is with each of them
``(the SET)``                       the one thing in it: of several the asker has to choose
==================================  ==========================================================================

and a question ``(list SET)``, ``(pairs SET)``, ``(holds SET)``, ``(count-episodes SET)``, ``(value ATTRIBUTE SET)``,
``(credited SET)``, ``(and-how SET)``, ``(similar SET …)``, ``(awards SET)``, ``(together QUESTION …)``,
``(first-of QUESTION …)``, ``(about NAME)`` for all that is told of one person or character, and ``(count SET)``.
``(the (kin father NAME))`` is the character that is called the father of another; a name stands for it once looked up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Name:
    """Words of a question that name something: of which kind, and between which words they stand."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Number:
    """A number in a question."""

    value: float


@dataclass(frozen=True)
class Place:
    """The words of a question that a part of a meaning was read from."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"


@dataclass(frozen=True)
class Expression:
    """An operator with what it is applied to, by position and by name."""

    operator: str
    arguments: tuple[Meaning, ...] = ()
    named: tuple[tuple[str, Meaning], ...] = ()

    def get(self, name: str) -> Meaning | None:
        """A named argument, or None."""
        return dict(self.named).get(name)

    def __str__(self) -> str:
        told = [self.operator, *(str(one) for one in self.arguments), *(f"{key}={value}" for key, value in self.named)]
        return f"({' '.join(told)})"


Meaning: TypeAlias = Expression | Name | Number | Place | str


def names_in(meaning: Meaning) -> Iterator[Name]:
    """The names in a meaning, from left to right."""
    if isinstance(meaning, Name):
        yield meaning
    elif isinstance(meaning, Expression):
        for argument in meaning.arguments:
            yield from names_in(argument)
        for _, argument in meaning.named:
            yield from names_in(argument)


def definites_in(meaning: Meaning) -> Iterator[Expression]:
    """The parts of a meaning that speak of one thing, ``(the SET)``, from left to right."""
    if isinstance(meaning, Expression):
        if meaning.operator == "the":
            yield meaning
        for argument in (*meaning.arguments, *(argument for _, argument in meaning.named)):
            yield from definites_in(argument)


def identifies(meaning: Meaning) -> bool:
    """Whether a question for people names whom it is about: the one who plays this character, whom this performer plays."""
    match meaning:
        case Expression(
            "list", (Expression("of", (("performer" | "character") as side, Expression("performances") as of)),)
        ):
            told = of.get("character" if side == "performer" else "performer")
            return isinstance(told, Name) or (isinstance(told, Expression) and told.operator == "and")
    return False


def narrows(meaning: Meaning, other: Meaning) -> bool:
    """Whether a question for a list asks for what another asks for, and more of it: for a part of the same things.

    >>> films, by = Expression("all", ("film",)), Expression("with", ("director", Name("person", 3, 4)))
    >>> narrows(Expression("list", (Expression("and", (by, films)),)), Expression("list", (by,)))
    True
    """
    match meaning, other:
        case Expression("list", (set_,)), Expression("list", (wider,)):
            return set(_conditions(set_)) >= set(_conditions(wider))
    return False


def _conditions(set_: Meaning) -> Iterator[Meaning]:
    """What a thing has to be to be in a set."""
    if isinstance(set_, Expression) and set_.operator == "and":
        for part in set_.arguments:
            yield from _conditions(part)
    else:
        yield set_
