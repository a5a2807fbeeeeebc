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

from castgraph.reason_rules import Rule, owl2rl
from castgraph.schema import Table

Tag = tuple[str, str]
"""A predicate of the program and the property, class or step it speaks of: ``("rel", "<…#gave>")``."""

FACTS = frozenset({"type", "rel", "val"})
SINKS = frozenset({"violation", "equal", "one_value"})
"""Results no rule asks for again."""
_ATOM = re.compile(r'(?P<predicate>[a-z]\w*)\((?P<terms>(?:[^()"]|"[^"]*"|\([^()]*\))*)\)')
_TERM = re.compile(r'"[^"]*"|#?\w+\([^()]*\)|[^,\s]+')


@dataclass(frozen=True, slots=True)
class Atom:
    """A predicate, its property, class or step, and its other places: variables, or terms in quotation marks."""

    predicate: str
    key: str
    places: tuple[str, ...]

    @property
    def tag(self) -> Tag:
        return self.predicate, self.key


@dataclass(frozen=True, slots=True)
class Instance:
    """A rule for one row of its table."""

    rule: str
    table: str
    row: tuple[str, ...]
    head: Atom
    body: tuple[Atom, ...]
    is_linear: bool = field(init=False, compare=False)
    """True where one fact is enough: the rule needs no join."""

    def __post_init__(self) -> None:
        linear = self.head.predicate in FACTS and len(self.body) == 1 and _distinct(self.body[0].places)
        object.__setattr__(self, "is_linear", linear)

    @property
    def is_unary(self) -> bool:
        """True where the rule looks at the classes of one thing only."""
        return self.head.predicate not in SINKS - {"violation"} and (
            all(atom.predicate in ("type", "both") for atom in self.body) and len({a.places for a in self.body}) == 1
        )


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
    if head_predicate not in SINKS:
        key, others = head_terms[_key(head_predicate)], _without(head_terms, _key(head_predicate))
        if key not in known or any(term in known for term in others):
            return None
    return _filled(rule.name or "", table, columns, (head_predicate, head_terms), facts, tables.get(table, frozenset()))


def _filled(
    name: str,
    table: str,
    columns: tuple[str, ...],
    head: tuple[str, tuple[str, ...]],
    facts: list[tuple[str, tuple[str, ...]]],
    rows: Table,
) -> Iterator[Instance]:
    for row in rows:
        values = dict(zip(columns, row, strict=True))
        predicate, terms = head
        if predicate in SINKS:
            filled = Atom(predicate, "", tuple(f'"{values[term]}"' if term in values else term for term in terms))
        else:
            filled = Atom(predicate, values[terms[_key(predicate)]], _without(terms, _key(predicate)))
        body = tuple(Atom(p, values[t[_key(p)]], _without(t, _key(p))) for p, t in facts)
        yield Instance(name, table, row, filled, body)


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
