"""The classes of things, worked out once for each combination of classes that things have."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from castgraph.reason_columns import lines_about
from castgraph.reason_facts import TYPE, Terms
from castgraph.reason_instances import SINKS, Atom, Instance, Tag
from castgraph.reason_plan import Plan

FEW = 50


class Types:
    """The classes of all things, as far as known.

    Every thing is in a state, which is the combination of classes it has; what follows from it is worked out once.
    """

    def __init__(self, plan: Plan, terms: Terms, unwanted: frozenset[str]) -> None:
        self._plan, self._terms = plan, terms
        self._classes = _Classes(unwanted)
        self._states = _States()
        self._state = array("I", bytes(4 * len(terms.texts)))
        self._written = self._state[:]
        self._closed: dict[int, tuple[frozenset[int], list[Atom]]] = {0: (frozenset(), [])}
        self._unary: defaultdict[Tag, list[Instance]] = defaultdict(list)
        for each in plan.unary:
            for tag in {atom.tag for atom in each.body}:
                self._unary[tag].append(each)
        self._asked = self._classes.numbers(key for predicate, key in self._unary if predicate == "type")

    def learn(self, effects: Iterable[tuple[frozenset[str], str | None, array[int]]]) -> None:
        """Each thing of a column has these classes; the class in second place, which is one of them, is given."""
        merged: defaultdict[tuple[frozenset[str], str | None], list[array[int]]] = defaultdict(list)
        for classes, stated, column in effects:
            if classes:
                merged[classes, stated].append(column)
        numbers = self._classes.numbers
        numbers(chain.from_iterable(classes for classes, _ in merged))
        state = self._state
        for (classes, stated), columns in merged.items():
            onward = self._states.onward(numbers(classes), numbers((stated,) if stated else ()))
            for x in set().union(*columns):
                state[x] = onward[state[x]]

    def lines(self) -> Iterator[bytes]:
        """The types that are new since the last call, as N-Triples, thousands of lines at a time."""
        texts = self._terms.texts
        things: defaultdict[tuple[int, int], array[int]] = defaultdict(lambda: array("I"))
        for x, (old, new) in enumerate(zip(self._written, self._state, strict=True)):
            if old != new:
                things[old, new].append(x)
        self._written = self._state[:]
        rest = self._classes.rests.__getitem__
        for (old, new), column in things.items():
            classes = self._close(new)[0] - self._close(old)[0] - self._states.known[new][1]
            rests = list(map(rest, sorted(classes)))
            if rests and len(column) < FEW:
                yield b"".join([text + text.join(rests) for text in map(texts.__getitem__, column)])
            else:
                for each in rests:
                    yield from lines_about(column, each, texts)

    def violations(self) -> Iterator[tuple[str, ...]]:
        """The rules that things break by their classes, as rows of the engine's result ``violation``."""
        broken = {state: heads for state in set(self._state) if (heads := self._close(state)[1])}
        if broken:
            for x, state in enumerate(self._state):
                for head in broken.get(state, ()):
                    yield tuple(_cell(place, x, self._terms) for place in head.places)

    def _close(self, state: int) -> tuple[frozenset[int], list[Atom]]:
        """The classes that follow from a state, of those that are to be written; and the contradictions."""
        found = self._closed.get(state)
        if found is None:
            classes = self._states.known[state][0]
            broken: set[Atom] = set()
            if not self._asked.isdisjoint(classes):
                names, broken = _close(map(self._classes.names.__getitem__, classes), self._unary, self._plan)
                classes = self._classes.numbers(names)
            found = self._closed[state] = classes - self._classes.unwanted, sorted(broken, key=lambda head: head.places)
        return found


class _Classes:
    """Classes by number."""

    def __init__(self, unwanted: frozenset[str]) -> None:
        self.names: list[str] = []
        self.rests: list[bytes] = []
        """What stands after the subject in a line that states the class."""
        self.unwanted: set[int] = set()
        self._unwanted = unwanted
        self._numbers: dict[str, int] = {}

    def numbers(self, names: Iterable[str]) -> frozenset[int]:
        """The numbers of some classes; new ones get theirs in alphabetical order."""
        known = self._numbers
        names = frozenset(names)
        for name in sorted(name for name in names if name not in known):
            number = known[name] = len(known)
            self.names.append(name)
            self.rests.append(b" %b %b .\n" % (TYPE, name.encode()))
            if name in self._unwanted:
                self.unwanted.add(number)
        return frozenset(map(known.__getitem__, names))


class _States:
    """Combinations of classes things may have, and of those given; number 0 is none."""

    def __init__(self) -> None:
        self.known: list[tuple[frozenset[int], frozenset[int]]] = [(frozenset(), frozenset())]
        self._numbers = {self.known[0]: 0}

    def onward(self, classes: frozenset[int], stated: frozenset[int]) -> _Onward:
        return _Onward(self, classes, stated)

    def number(self, classes: frozenset[int], stated: frozenset[int]) -> int:
        state = (classes, stated)
        number = self._numbers.get(state)
        if number is None:
            number = self._numbers[state] = len(self.known)
            self.known.append(state)
        return number


class _Onward(dict[int, int]):
    """From each combination to that with some classes more."""

    def __init__(self, states: _States, classes: frozenset[int], stated: frozenset[int]) -> None:
        super().__init__()
        self._states, self._classes, self._stated = states, classes, stated

    def __missing__(self, state: int) -> int:
        classes, stated = self._states.known[state]
        self[state] = number = self._states.number(classes | self._classes, stated | self._stated)
        return number


def _close(classes: Iterable[str], unary: Mapping[Tag, list[Instance]], plan: Plan) -> tuple[frozenset[str], set[Atom]]:
    """What follows from having these classes: classes, and contradictions."""
    known: set[Tag] = {("type", c) for c in classes}
    new, broken = list(known), set()
    while new:
        for each in unary.get(new.pop(), ()):
            if not all(atom.tag in known for atom in each.body):
                continue
            if each.head.predicate in SINKS:
                broken.add(each.head)
                continue
            heads = (
                {atom.tag for atom in plan.echo(each.head.tag)} if each.head.predicate == "type" else {each.head.tag}
            )
            new += heads - known
            known |= heads
    return frozenset(key for predicate, key in known if predicate == "type"), broken


def _cell(place: str, x: int, terms: Terms) -> str:
    if place.startswith("?"):
        return str(x)
    text = place[1:-1]
    return str(terms.number(text.encode())) if text[:1] in ("<", "_") else text
