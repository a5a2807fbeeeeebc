"""The rules of OWL 2 RL that read lists or literals, backwards: see :mod:`castgraph.proof_rules`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice, product

from castgraph.proof_facts import Triple, first
from castgraph.proof_knowledge import NOTHING, SAME, SUB_CLASS, SUB_PROPERTY, THING, A, Knowledge, same_value
from castgraph.proof_rules import Backwards, patterns
from castgraph.schema import OWL, RDFS

_CHAIN, _KEY = f"<{OWL}propertyChainAxiom>", f"<{OWL}hasKey>"
_INTERSECTION, _UNION, _ONE_OF = (f"<{OWL}{name}>" for name in ("intersectionOf", "unionOf", "oneOf"))
_REFLEXIVE = (SUB_CLASS, f"<{OWL}equivalentClass>", SUB_PROPERTY, f"<{OWL}equivalentProperty>")
_PAIRS_OF_CLASSES = (SUB_CLASS, *(f"<{OWL}{name}>" for name in ("equivalentClass", "disjointWith", "complementOf")))
_TO_CLASSES = (
    *(f"<{OWL}{name}>" for name in ("someValuesFrom", "allValuesFrom", "onClass")),
    f"<{RDFS}domain>",
    f"<{RDFS}range>",
    *_PAIRS_OF_CLASSES,
)
_FROM_CLASSES = (*_PAIRS_OF_CLASSES, f"<{OWL}onProperty>", _INTERSECTION, _UNION, _ONE_OF, _KEY)
_ENOUGH = 16  # ways to share the values of a key: one asserted way is as good as all

Premises = Iterator[tuple[Triple, ...]]


def chain(known: Knowledge, goal: Triple) -> Premises:
    """prp-spo2: a road from subject to object along the properties of a chain."""
    start, p, end = goal

    def roads(at: str, properties: list[str]) -> Premises:
        if len(properties) == 1:
            if known.possible((at, properties[0], end)):
                yield ((at, properties[0], end),)
            return
        for triple, _ in known.match(at, properties[0], None):
            if not triple[2].startswith('"'):
                for rest in roads(triple[2], properties[1:]):
                    yield (triple, *rest)

    for listed in known.objects(p, _CHAIN):
        properties, cells = known.whole(listed)
        if properties:
            for road in roads(start, properties):
                yield ((p, _CHAIN, listed), *cells, *road)


def key(known: Knowledge, goal: Triple) -> Premises:
    """prp-key: two members of a class that share a value of each property of its key."""
    x, p, y = goal
    if p != SAME or x == y:
        return
    for (c, _, listed), _ in known.match(None, _KEY, None):
        properties, cells = known.whole(listed)
        if not properties or not all(known.possible((each, A, c)) for each in (x, y)):
            continue
        shared: list[list[tuple[Triple, Triple]]] = []
        for q in properties:
            values = (triple[2] for triple, _ in known.match(x, q, None))
            shared.append([((x, q, v), (y, q, v)) for v in values if known.possible((y, q, v))])
        for way in islice(product(*shared), _ENOUGH):
            yield ((c, _KEY, listed), *cells, (x, A, c), (y, A, c), *(triple for both in way for triple in both))


def intersection(known: Knowledge, goal: Triple) -> Premises:
    """cls-int1: a member of every part is a member of the intersection."""
    x, p, c = goal
    if p == A:
        for listed in known.objects(c, _INTERSECTION):
            parts, cells = known.whole(listed)
            if parts and all(known.possible((x, A, part)) for part in parts):
                yield ((c, _INTERSECTION, listed), *cells, *((x, A, part) for part in parts))


def part_of_intersection(known: Knowledge, goal: Triple) -> Premises:
    """cls-int2: a member of the intersection is a member of every part."""
    x, p, part = goal
    if p == A:
        for axiom in _axioms_with(known, part, _INTERSECTION):
            if known.possible((x, A, axiom[0][0])):
                yield (*axiom, (x, A, axiom[0][0]))


def union(known: Knowledge, goal: Triple) -> Premises:
    """cls-uni: a member of a part is a member of the union."""
    x, p, c = goal
    if p == A:
        for listed in known.objects(c, _UNION):
            for part, cells in known.members(listed):
                if known.possible((x, A, part)):
                    yield ((c, _UNION, listed), *cells, (x, A, part))


def one_of(known: Knowledge, goal: Triple) -> Premises:
    """cls-oo: what a class lists as its members are its members."""
    x, p, c = goal
    if p == A:
        for listed in known.objects(c, _ONE_OF):
            yield from (((c, _ONE_OF, listed), *cells) for member, cells in known.members(listed) if member == x)


def thing(known: Knowledge, goal: Triple) -> Premises:
    """cax-sco, where the superclass is owl:Thing: every class is below it, so one starts from the member's classes."""
    x, p, c = goal
    if p == A and c == THING:
        for triple, _ in known.match(x, A, None):
            yield ((triple[2], SUB_CLASS, THING), triple)


def literal_type(_: Knowledge, goal: Triple) -> Premises:
    """dt-type2: a literal is a value of its datatype, and of wider ones."""
    literal, p, datatype = goal
    if p == A and literal.startswith('"'):
        from castgraph.reason_datatypes import is_of

        if is_of(literal.encode(), datatype.encode()):
            yield ()


def literal_equality(_: Knowledge, goal: Triple) -> Premises:
    """dt-eq: two literals with one value are the same."""
    one, p, other = goal
    if p == SAME and one.startswith('"') and other.startswith('"') and one != other and same_value(one, other):
        yield ()


def equal_literal(known: Knowledge, goal: Triple) -> Premises:
    """eq-rep-o, for a literal that is written in another way than in the closure."""
    s, p, value = goal
    if value.startswith('"') and p != SAME:
        for triple, _ in known.match(s, p, None):
            if triple[2] != value and same_value(triple[2], value):
                yield ((triple[2], SAME, value), triple)


def class_by_use(known: Knowledge, goal: Triple) -> Premises:
    """scm-cls for a class that is not declared as one, but used as one in an axiom: it is below itself and owl:Thing."""
    low, p, high = goal
    if p == SUB_CLASS and low == NOTHING:
        yield from _uses(known, high)
    elif (p == SUB_CLASS and high in (low, THING)) or (p == _REFLEXIVE[1] and low == high):
        yield from _uses(known, low)


def _uses(known: Knowledge, c: str) -> Premises:
    """Asserted axioms in which ``c`` stands as a class."""
    patterns_ = [*((None, use, c) for use in _TO_CLASSES), *((c, use, None) for use in _FROM_CLASSES)]
    for pattern in patterns_:
        yield from ((triple,) for triple, asserted in known.facts.match(*pattern) if asserted)
    for use in (_INTERSECTION, _UNION):
        yield from _axioms_with(known, c, use)
    for group, *cells in _axioms_with(known, c, f"<{OWL}members>"):
        if known.facts.asserted(disjoint := (group[0], A, f"<{OWL}AllDisjointClasses>")):
            yield (disjoint, group, *cells)


def property_by_use(known: Knowledge, goal: Triple) -> Premises:
    """scm-op for a property that is not declared as one, but used as one in an axiom: it is below itself."""
    q, p, other = goal
    if q == other and p in _REFLEXIVE[2:]:
        yield from ((triple,) for triple in first(known.facts.match(None, f"<{OWL}onProperty>", q)))


def schema_intersection(known: Knowledge, goal: Triple) -> Premises:
    """scm-int: an intersection is below each part."""
    c, p, part = goal
    if p == SUB_CLASS:
        yield from (axiom for axiom in _axioms_with(known, part, _INTERSECTION) if axiom[0][0] == c)


def schema_union(known: Knowledge, goal: Triple) -> Premises:
    """scm-uni: a part is below the union."""
    part, p, c = goal
    if p == SUB_CLASS:
        yield from (axiom for axiom in _axioms_with(known, part, _UNION) if axiom[0][0] == c)


def _axioms_with(known: Knowledge, member: str, predicate: str) -> Iterator[tuple[Triple, ...]]:
    """The axioms whose list has a member: the axiom first, then the list up to the member."""
    for listed in dict.fromkeys(known.lists_with(member)):
        for owner in known.subjects(predicate, listed):
            for part, cells in known.members(listed):
                if part == member:
                    yield ((owner, predicate, listed), *cells)


@cache
def rules() -> tuple[tuple[str, Backwards], ...]:
    """All rules with a conclusion that is a triple, by the specification's names; some names stand for several."""
    return (
        *((pattern.name, pattern) for pattern in patterns()),
        ("prp-spo2", chain),
        ("prp-key", key),
        ("cls-int1", intersection),
        ("cls-int2", part_of_intersection),
        ("cls-uni", union),
        ("cls-oo", one_of),
        ("cax-sco", thing),
        ("dt-type2", literal_type),
        ("dt-eq", literal_equality),
        ("eq-rep-o", equal_literal),
        ("scm-cls", class_by_use),
        ("scm-op", property_by_use),
        ("scm-int", schema_intersection),
        ("scm-uni", schema_union),
    )
