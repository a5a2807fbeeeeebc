"""Joins of two facts, a column at a time: what a chain of two or ``someValuesFrom`` derives from facts no join derives.

The rule engine could do them. But it would have to be handed the facts as text, sort them, and hand back what it derived,
which takes three times as long as the joins do here, and a process more in memory. Whatever goes on for several steps is
left to the engine.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable
from itertools import compress

from castgraph.reason_columns import Columns, distinct, distinct_things
from castgraph.reason_instances import Atom, Instance, Tag

Fact = tuple[Tag, "tuple[array[int], ...]"]
"""A tag and columns of facts with it."""
MANY = 2**20
"""When so many pairs were derived since the last time, repetitions are dropped."""


def derive(joins: Iterable[Instance], facts: Iterable[Fact]) -> Columns:
    """What joins of two (:attr:`Form.joins_two`) derive from facts, of which a tag may come several times.

    >>> from castgraph.reason_instances import Form
    >>> places = ("rel", ("?x", "?y")), (("rel", ("?x", "?z")), ("rel", ("?z", "?y")))
    >>> played = Instance(Form("prp-spo2", "chain", *places), (), Atom(("rel", "played"), ("?x", "?y")),
    ...                   (Atom(("rel", "gave"), ("?x", "?z")), Atom(("rel", "character"), ("?z", "?y"))))
    >>> gave, character = (array("I", [1, 2]), array("I", [8, 9])), (array("I", [8, 9, 9]), array("I", [5, 6, 7]))
    >>> derive([played], [(("rel", "gave"), gave), (("rel", "character"), character)]).pairs
    {('rel', 'played'): (array('I', [1, 2, 2]), array('I', [5, 6, 7]))}
    """
    joins = tuple(joins)
    wanted = {atom.tag for each in joins for atom in each.body}
    found: defaultdict[Tag, list[tuple[array[int], ...]]] = defaultdict(list)
    for tag, columns in facts:
        if tag in wanted:
            found[tag].append(columns)
    whole = {tag: _joined_up(several) for tag, several in found.items()}
    del found
    derived: defaultdict[Tag, list[tuple[array[int], ...]]] = defaultdict(list)
    for each in joins:
        one, other = each.body
        if one.tag in whole and other.tag in whole:
            columns = _join(each.head.places, one, whole[one.tag], other, whole[other.tag])
            if columns[0]:
                derived[each.head.tag].append(columns)
    result = Columns()
    for tag, several in derived.items():
        columns = _joined_up(several)
        if len(columns) == 1:
            result.things[tag] = distinct_things(*columns)
        else:
            result.pairs[tag] = distinct(*columns)
    return result


def _joined_up(several: list[tuple[array[int], ...]]) -> tuple[array[int], ...]:
    if len(several) == 1:
        return several[0]
    return tuple(array("I", b"".join(parts)) for parts in zip(*several, strict=True))


def _join(
    head: tuple[str, ...], one: Atom, ones: tuple[array[int], ...], other: Atom, others: tuple[array[int], ...]
) -> tuple[array[int], ...]:
    left, right = dict(zip(one.places, ones, strict=True)), dict(zip(other.places, others, strict=True))
    shared = next(place for place in one.places if place != "_" and place in right)
    if set(head) <= set(left):
        return _kept(head, left, left[shared], right[shared])
    if set(head) <= set(right):
        return _kept(head, right, right[shared], left[shared])
    x, y = head
    if x in left:
        return _matched(left[x], left[shared], right[shared], right[y])
    ys, xs = _matched(left[y], left[shared], right[shared], right[x])
    return xs, ys


def _kept(
    head: tuple[str, ...], columns: dict[str, array[int]], keys: array[int], partners: array[int]
) -> tuple[array[int], ...]:
    """The rows that have a partner."""
    has_partner = set(partners).__contains__
    return tuple(array("I", compress(columns[place], map(has_partner, keys))) for place in head)


def _matched(xs: array[int], x_keys: array[int], y_keys: array[int], ys: array[int]) -> tuple[array[int], array[int]]:
    """Each of ``xs`` with each of ``ys`` that has the same key."""
    by_key = dict(zip(y_keys, ys, strict=True))
    if len(by_key) == len(ys):
        return _looked_up(xs, x_keys, by_key)
    by_key = dict(zip(x_keys, xs, strict=True))
    if len(by_key) == len(xs):
        found_ys, found_xs = _looked_up(ys, y_keys, by_key)
        return found_xs, found_ys
    del by_key
    lists: defaultdict[int, list[int]] = defaultdict(list)
    for key, y in zip(y_keys, ys, strict=True):
        lists[key].append(y)
    found = array("I"), array("I")
    limit = MANY
    for x, key in zip(xs, x_keys, strict=True):
        if key in lists:
            partners = lists[key]
            found[0].extend([x] * len(partners))
            found[1].extend(partners)
            if len(found[0]) > limit:
                found = distinct(*found)
                limit = 2 * len(found[0]) + MANY
    return found


def _looked_up(xs: array[int], keys: array[int], by_key: dict[int, int]) -> tuple[array[int], array[int]]:
    has_value = by_key.__contains__
    return (
        array("I", compress(xs, map(has_value, keys))),
        array("I", map(by_key.__getitem__, filter(has_value, keys))),
    )
