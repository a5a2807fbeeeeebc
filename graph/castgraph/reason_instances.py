"""The rules of ``ontology/owl2rl.rls`` with their schema tables filled in.

A rule says ``head :- TABLE(...), facts``. For each row of the table it becomes an :class:`Instance`, which speaks of
single properties and classes: of the row ``film:gave film:performer`` of ``inv``, the rule prp-inv1 makes
``rel[film:performer](?y, ?x) :- rel[film:gave](?x, ?y)``. What such instances have to do with each other can be worked out
before any data are touched; :mod:`castgraph.reason_plan` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from castgraph.reason_rules import Rule, owl2rl
from castgraph.schema import Table

Tag = tuple[str, str]
"""A predicate of the program and the property, class or step it speaks of: ``("rel", "<…#gave>")``."""
Places = tuple[str, tuple[str, ...]]
"""A predicate and its places but the property, class or step."""

FACTS = frozenset({"type", "rel", "val"})
SINKS = frozenset({"violation", "equal", "one_value"})
"""Results no rule asks for again."""
_ATOM = re.compile(r'(?P<predicate>[a-z]\w*)\((?P<terms>(?:[^()"]|"[^"]*"|\([^()]*\))*)\)')
_TERM = re.compile(r'"[^"]*"|#?\w+\([^()]*\)|[^,\s]+')


class Atom(NamedTuple):
    """A predicate and its property, class or step, and its other places: variables, or terms in quotation marks."""

    tag: Tag
    places: tuple[str, ...]

    @property
    def predicate(self) -> str:
        return self.tag[0]

    @property
    def key(self) -> str:
        return self.tag[1]


@dataclass(frozen=True)
class Form:
    """A rule without regard to the rows of its table: what all its instances have in common."""

    rule: str
    table: str
    head: Places
    body: tuple[Places, ...]
    is_linear: bool = field(init=False)
    """True where one fact is enough: the rule needs no join."""
    is_unary: bool = field(init=False)
    """True where the rule looks at the classes of one thing only."""
    joins_two: bool = field(init=False)
    """True where two facts with one thing in common make a fact that needs nothing else."""

    def __post_init__(self) -> None:
        makes_fact = self.head[0] in FACTS
        linear = (
            makes_fact
            and len(self.body) == 1
            and _distinct(self.body[0][1])
            and set(self.head[1]) <= set(self.body[0][1])
        )
        unary = self.head[0] not in SINKS - {"violation"} and (
            all(predicate in ("type", "both") for predicate, _ in self.body)
            and len({places for _, places in self.body}) == 1
        )
        named = [place for _, places in self.body for place in places if place != "_"]
        two = (
            makes_fact
            and len(self.body) == 2
            and all(predicate in FACTS and _distinct(places) for predicate, places in self.body)
            and len(named) == len(set(named)) + 1
            and _distinct(self.head[1])
            and set(self.head[1]) <= set(named)
        )
        for name, value in (("is_linear", linear), ("is_unary", unary), ("joins_two", two)):
            object.__setattr__(self, name, value)

    @cached_property
    def taken(self) -> tuple[int, ...]:
        """Of a linear rule: in which place of the body's fact each place of the head stands."""
        return tuple(self.body[0][1].index(place) for place in self.head[1])


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """A rule for one row of its table."""

    form: Form
    row: tuple[str, ...]
    head: Atom
    body: tuple[Atom, ...]


def is_join(rule: Rule) -> bool:
    """True for a rule that needs two facts, or one with one thing in two places.

    >>> {rule.name: is_join(rule) for rule in owl2rl().rules if rule.name in ("cax-sco", "prp-trp", "prp-irp")}
    {'prp-irp': True, 'prp-trp': True, 'cax-sco': False}
    """
    atoms = [terms for predicate, terms in _atoms(rule.text.partition(" :- ")[2]) if predicate not in _tables()]
    variables = [term for terms in atoms for term in terms if term != "_"]
    return len(atoms) > 1 or (len(atoms) == 1 and len(variables) > len(set(variables)))


def instances(rule: Rule, tables: Mapping[str, Table]) -> Iterator[Instance] | None:
    """The rule for each row of its table; None for a rule of another form.

    That is: not exactly one table, a fact whose property or class the table does not give, or a constant in a fact.
    """
    (head_predicate, head_terms), *rest = (
        *_atoms(rule.text.partition(" :- ")[0]),
        *_atoms(rule.text.partition(" :- ")[2]),
    )
    schema = [atom for atom in rest if atom[0] in _tables()]
    facts = [atom for atom in rest if atom[0] not in _tables()]
    if len(schema) != 1 or not facts or "~" in rule.text:
        return None
    table, columns = schema[0]
    known = set(columns)
    if len(known) < len(columns) or any(not column.startswith("?") for column in columns):
        return None
    for predicate, terms in facts:
        key = terms[_key(predicate)]
        others = _without(terms, _key(predicate))
        if key not in known or any(term in known or term[0] not in "?_" for term in others):
            return None
    key = ""
    if head_predicate not in SINKS:
        key, others = head_terms[_key(head_predicate)], _without(head_terms, _key(head_predicate))
        if key not in known or any(term in known for term in others):
            return None
    form = Form(
        rule.name or "",
        table,
        (head_predicate, head_terms if head_predicate in SINKS else others),
        tuple((predicate, _without(terms, _key(predicate))) for predicate, terms in facts),
    )
    keys = tuple(columns.index(terms[_key(predicate)]) for predicate, terms in facts)
    return _filled(form, columns, key, keys, tables.get(table, frozenset()))


def _filled(form: Form, columns: tuple[str, ...], key: str, keys: tuple[int, ...], rows: Table) -> Iterator[Instance]:
    predicate, places = form.head
    at = columns.index(key) if key else 0
    body = [(asked, terms, column) for (asked, terms), column in zip(form.body, keys, strict=True)]
    for row in rows:
        if key:
            head = Atom((predicate, row[at]), places)
        else:
            values = dict(zip(columns, row, strict=True))
            head = Atom((predicate, ""), tuple(f'"{values[term]}"' if term in values else term for term in places))
        yield Instance(form, row, head, tuple(Atom((asked, row[column]), terms) for asked, terms, column in body))


def _atoms(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for match in _ATOM.finditer(text):
        yield match["predicate"], tuple(_TERM.findall(match["terms"]))


def _tables() -> frozenset[str]:
    """What the ontology fills; ``has`` is imported too, but from the data."""
    return frozenset(owl2rl().tables) - {"has"}


def _key(predicate: str) -> int:
    return 1 if predicate == "type" else 0


def _without(terms: tuple[str, ...], place: int) -> tuple[str, ...]:
    return terms[:place] + terms[place + 1 :]


def _distinct(places: tuple[str, ...]) -> bool:
    named = [place for place in places if place != "_"]
    return len(named) == len(set(named))
