"""The classes of things: written class by class, and closed once for each combination of classes that rules look at."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from castgraph.reason_columns import distinct_things, lines_about
from castgraph.reason_facts import TYPE, Terms
from castgraph.reason_instances import SINKS, Atom, Instance, Tag
from castgraph.reason_plan import Plan


class Types:
    """The classes of all things, as far as known.

    Rules over several classes of one thing (intersections, disjoint classes) ask for few classes. Every thing is in a
    state, which is the combination of these classes that it has; what follows from it is worked out once.
    """

    def __init__(self, plan: Plan, terms: Terms, unwanted: frozenset[str]) -> None:
        self._plan, self._terms, self._unwanted = plan, terms, unwanted
        self._given: defaultdict[str, list[array[int]]] = defaultdict(list)
        self._known: defaultdict[str, list[array[int]]] = defaultdict(list)
        self._written: dict[str, int] = {}
        """How many of the columns known of a class are written."""
        self._unary: defaultdict[Tag, list[Instance]] = defaultdict(list)
        for each in plan.unary:
            for tag in {atom.tag for atom in each.body}:
                self._unary[tag].append(each)
        self._asked = frozenset(key for predicate, key in self._unary if predicate == "type")
        self._states = _States()
        self._state = array("I", bytes(4 * len(terms.texts) if self._asked else 0))
        self._closed: dict[int, tuple[frozenset[str], list[Atom]]] = {}

    def learn(self, effects: Iterable[tuple[frozenset[str], str | None, array[int]]]) -> None:
        """Each thing of a column has these classes; the class in second place is given."""
        asked: defaultdict[frozenset[str], list[array[int]]] = defaultdict(list)
        for classes, stated, column in effects:
            for name in classes:
                self._known[name].append(column)
            if stated is not None:
                self._given[stated].append(column)
            if combined := classes & self._asked:
                asked[combined].append(column)
        state = self._state
        for combined, columns in asked.items():
            onward = self._states.onward(combined)
            for x in set().union(*columns):
                state[x] = onward[state[x]]
        if asked:
            self._learn_more()

    def _learn_more(self) -> None:
        """Take in the classes that follow from several."""
        more = {number for number in set(self._state) if self._close(number)[0]}
        if more:
            things: defaultdict[int, array[int]] = defaultdict(lambda: array("I"))
            for x, number in enumerate(self._state):
                if number in more:
                    things[number].append(x)
            for number, column in things.items():
                for name in self._close(number)[0]:
                    self._known[name].append(column)

    def lines(self) -> Iterator[bytes]:
        """The types that are new since the last call, as N-Triples, thousands of lines at a time."""
        texts = self._terms.texts
        for name in sorted(self._known.keys() - self._unwanted):
            columns, before = self._known[name], self._written.get(name, 0)
            if len(columns) == before:
                continue
            self._written[name] = len(columns)
            known = columns[:before] + self._given.get(name, [])
            if len(columns) == 1 and not known:
                things = distinct_things(columns[0])
            else:
                found = set().union(*columns[before:])
                found.difference_update(*known)
                things = array("I", found)
                del found
            yield from lines_about(things, b" %b %b .\n" % (TYPE, name.encode()), texts)

    def violations(self) -> Iterator[tuple[str, ...]]:
        """The rules that things break by their classes, as rows of the engine's result ``violation``."""
        broken = {state: heads for state in set(self._state) if (heads := self._close(state)[1])}
        if broken:
            for x, state in enumerate(self._state):
                for head in broken.get(state, ()):
                    yield tuple(_cell(place, x, self._terms) for place in head.places)

    def _close(self, state: int) -> tuple[frozenset[str], list[Atom]]:
        """The classes that follow from those of a state together, and the contradictions."""
        found = self._closed.get(state)
        if found is None:
            classes = self._states.known[state]
            closed, broken = _close(classes, self._unary, self._plan)
            found = self._closed[state] = closed - classes, sorted(broken, key=lambda head: head.places)
        return found


class _States:
    """Combinations of classes things may have; number 0 is none."""

    def __init__(self) -> None:
        self.known: list[frozenset[str]] = [frozenset()]
        self._numbers = {self.known[0]: 0}

    def onward(self, classes: frozenset[str]) -> _Onward:
        return _Onward(self, classes)

    def number(self, classes: frozenset[str]) -> int:
        number = self._numbers.get(classes)
        if number is None:
            number = self._numbers[classes] = len(self.known)
            self.known.append(classes)
        return number


class _Onward(dict[int, int]):
    """From each combination to that with some classes more."""

    def __init__(self, states: _States, classes: frozenset[str]) -> None:
        super().__init__()
        self._states, self._classes = states, classes

    def __missing__(self, state: int) -> int:
        self[state] = number = self._states.number(self._states.known[state] | self._classes)
        return number


def _close(
    classes: frozenset[str], unary: Mapping[Tag, list[Instance]], plan: Plan
) -> tuple[frozenset[str], set[Atom]]:
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
