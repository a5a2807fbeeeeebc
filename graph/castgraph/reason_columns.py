"""Instance data in columns: for each property, class or literal property the numbers of the things that have it.

Four bytes for each place of a fact, and everything that is done with them is done a column at a time.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, repeat

from castgraph.reason_facts import TYPE, Statement, Terms, Uses
from castgraph.reason_instances import Tag
from castgraph.reason_literals import Misfit, misfits

BATCH = 8192
LARGE = 2**18
REMEMBERED = 20_000  # of the literals of a property, to look into each once


@dataclass(frozen=True)
class Columns:
    """Facts by tag: subjects and objects for ``rel`` and ``val``, things alone for ``type`` and ``has``."""

    pairs: dict[Tag, tuple[array[int], array[int]]] = field(default_factory=dict)
    things: dict[Tag, array[int]] = field(default_factory=dict)

    def tags(self) -> frozenset[Tag]:
        return frozenset((*self.pairs, *self.things))

    def add(self, other: Columns) -> None:
        """Take in the facts of another, which may be the same in part."""
        for tag, (xs, ys) in other.pairs.items():
            known = self.pairs.get(tag)
            self.pairs[tag] = (xs, ys) if known is None else distinct(known[0] + xs, known[1] + ys)
        for tag, column in other.things.items():
            self.things[tag] = distinct_things(self.things[tag] + column) if tag in self.things else column


def read(statements: Iterable[Statement], uses: Uses, terms: Terms, unfit: list[Misfit]) -> tuple[Columns, int]:
    """The statements some rule can use, no fact twice; and how many statements there are.

    Adds the literals that do not fit to ``unfit``.
    """
    ranges = uses.ranges
    strict = frozenset(p for p, datatypes in ranges.items() if misfits(b'""', datatypes))
    fitting: defaultdict[bytes, set[bytes]] = defaultdict(set)
    given = 0
    number = terms.numbers
    links, values = _pairs(uses.links), _pairs(uses.values)
    existence: dict[bytes, array[int]] = {name: array("I") for name in uses.existence}
    add_link = {name: (xs.append, ys.append) for name, (xs, ys) in links.items()}
    add_value = {name: (xs.append, ys.append) for name, (xs, ys) in values.items()}
    add_existence = {name: xs.append for name, xs in existence.items()}
    types: defaultdict[bytes, array[int]] = defaultdict(lambda: array("I"))
    classes = uses.classes
    for given, (subject, predicate, object_) in enumerate(statements, 1):  # noqa: B007
        if object_[0] == 34:  # a quotation mark: a literal
            end = object_[-1]
            if (end == 62 or (end != 34 and predicate in ranges) or predicate in strict) and (
                object_ not in fitting[predicate]
            ):
                wrong = misfits(object_, ranges.get(predicate, ()))
                unfit += ((subject, predicate, object_, datatype) for datatype in wrong)
                if not wrong and len(fitting[predicate]) < REMEMBERED:
                    fitting[predicate].add(object_)
            if (add_one := add_existence.get(predicate)) is not None:
                add_one(number[subject])
            elif (add := add_value.get(predicate)) is not None:
                add[0](number[subject])
                add[1](number[object_])
        elif (add := add_link.get(predicate)) is not None:
            add[0](number[subject])
            add[1](number[object_])
        elif predicate == TYPE:
            if (column := types.get(object_)) is not None:
                column.append(number[subject])
            elif classes is None or object_ in classes:
                types[object_].append(number[subject])
    columns = Columns(
        {
            (kind, name.decode()): distinct(*columns)
            for kind, found in (("rel", links), ("val", values))
            for name, columns in found.items()
            if columns[0]
        },
        {
            (kind, name.decode()): distinct_things(column)
            for kind, found in (("has", existence), ("type", types))
            for name, column in found.items()
            if column
        },
    )
    return columns, given


def _pairs(names: Iterable[bytes]) -> dict[bytes, tuple[array[int], array[int]]]:
    return {name: (array("I"), array("I")) for name in names}


def distinct_things(column: array[int]) -> array[int]:
    """The things without repetition."""
    found = set(column)
    return column if len(found) == len(column) else array("I", found)


def distinct(xs: array[int], ys: array[int]) -> tuple[array[int], array[int]]:
    """The pairs without repetition."""
    found = set(packed(xs, ys))
    return (xs, ys) if len(found) == len(xs) else unpacked(found)


def packed(xs: array[int], ys: array[int]) -> memoryview:
    """Each pair as one number.

    >>> one, other = array("I", [1, 2]), array("I", [3, 4])
    >>> unpacked(set(packed(one, other)) - set(packed(one, array("I", [3, 3]))))
    (array('I', [2]), array('I', [4]))
    """
    both = array("I", bytes(8 * len(xs)))
    both[0::2], both[1::2] = xs, ys
    return memoryview(both).cast("B").cast("Q")


def unpacked(pairs: Iterable[int]) -> tuple[array[int], array[int]]:
    """The columns of packed pairs."""
    both = array("I", memoryview(array("Q", pairs)).cast("B").cast("I").tobytes())
    return both[0::2], both[1::2]


def lines(subjects: array[int], middle: bytes, objects: array[int], texts: list[bytes]) -> Iterator[bytes]:
    """N-Triples, some thousand lines at a time; ``middle`` is what stands between subject and object."""
    text: Callable[[int], bytes] = texts.__getitem__
    for at in range(0, len(subjects), BATCH):
        places = zip(
            map(text, subjects[at : at + BATCH]), repeat(middle), map(text, objects[at : at + BATCH]), repeat(b" .\n")
        )
        yield b"".join(chain.from_iterable(places))


def lines_about(subjects: array[int], rest: bytes, texts: list[bytes]) -> Iterator[bytes]:
    """N-Triples that say the same of every subject."""
    text: Callable[[int], bytes] = texts.__getitem__
    for at in range(0, len(subjects), BATCH):
        yield b"".join(chain.from_iterable(zip(map(text, subjects[at : at + BATCH]), repeat(rest))))


def gathered(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks put together until they are large enough to be worth writing."""
    held: list[bytes] = []
    size = 0
    for block in blocks:
        held.append(block)
        size += len(block)
        if size > LARGE:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)
