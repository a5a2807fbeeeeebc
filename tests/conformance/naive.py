"""A plain forward-chainer for tests: the specification's tables (``tables.txt``) run to their fix-point over a set.

It knows nothing of castgraph and does nothing cleverly: one agenda of facts, each joined with all others by every rule.
Terms are N-Triples strings; literals may be subjects here, as in the specification. Table 8 is Python below, for the
datatypes the tests use. Left out are the rules without premises, which hold of the vocabulary alone: prp-ap, cls-thing,
cls-nothing1, dt-type1.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import permutations
from pathlib import Path

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
_PREFIXES = {"rdf": RDF, "rdfs": "http://www.w3.org/2000/01/rdf-schema#", "owl": OWL, "xsd": XSD}
TYPE, SAME = f"<{RDF}type>", f"<{OWL}sameAs>"

Triple = tuple[str, str, str]
Atom = tuple[str, ...]
"""The kind ("T" for a triple, else the name before the bracket), then the terms or ``?variables``."""


@dataclass(frozen=True)
class Rule:
    """One line of the tables; no conclusions means ``false``."""

    name: str
    premises: tuple[Atom, ...]
    conclusions: tuple[Atom, ...]


@cache
def rules() -> tuple[Rule, ...]:
    """The tables."""
    found = []
    for line in Path(__file__).with_name("tables.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, body, head = re.split(r" {2}(?:=> {2})?", line)
            found.append(Rule(name, _atoms(body), () if head == "false" else _atoms(head)))
    return tuple(found)


def _atoms(text: str) -> tuple[Atom, ...]:
    atoms: list[Atom] = []
    for part in text.split(" . "):
        if match := re.fullmatch(r"(\w+)\((.+)\)", part):
            atoms.append((match[1], *map(_term, match[2].split())))
        else:
            atoms.append(("T", *map(_term, part.split())))
    return tuple(atoms)


def _term(text: str) -> str:
    if text.startswith("?"):
        return text
    if text == "=":
        return SAME
    if text in ("0", "1"):
        return f'"{text}"^^<{XSD}nonNegativeInteger>'
    prefix, _, name = text.partition(":")
    return f"<{_PREFIXES[prefix]}{name}>"


class Facts:
    """A set of facts that finds those matching an atom."""

    def __init__(self) -> None:
        self.all: set[Atom] = set()
        self._at: defaultdict[tuple[str, int, str], set[Atom]] = defaultdict(set)
        """The facts by kind, place and term; place 0 holds all of the kind."""

    def add(self, fact: Atom) -> bool:
        if fact in self.all:
            return False
        self.all.add(fact)
        for place, term in enumerate(fact):
            self._at[fact[0], place, term].add(fact)
        return True

    def candidates(self, atom: Atom) -> set[Atom]:
        """The facts that match an atom, and perhaps others."""
        places = [self._at[atom[0], place, term] for place, term in enumerate(atom) if term[0] != "?"]
        return min(places, key=len)


def _unify(atom: Atom, fact: Atom, bound: dict[str, str]) -> dict[str, str] | None:
    if atom[0] != fact[0]:
        return None
    found = dict(bound)
    for term, value in zip(atom[1:], fact[1:], strict=True):
        if (found.setdefault(term, value) if term[0] == "?" else term) != value:
            return None
    return found


def _filled(atom: Atom, bound: dict[str, str]) -> Atom:
    return tuple(bound.get(term, term) for term in atom)


def _size(choice: tuple[set[Atom], Atom]) -> int:
    return len(choice[0])


def _solutions(premises: tuple[Atom, ...], facts: Facts, bound: dict[str, str]) -> Iterator[dict[str, str]]:
    if not premises:
        yield bound
        return
    # The premise with the fewest facts first.
    candidates, chosen = min(((facts.candidates(_filled(atom, bound)), atom) for atom in premises), key=_size)
    rest = tuple(atom for atom in premises if atom is not chosen)
    for fact in candidates:
        found = _unify(chosen, fact, bound)
        if found is not None:
            yield from _solutions(rest, facts, found)


def closure(triples: Iterable[Triple], *, generalised: bool = True) -> tuple[set[Triple], set[str]]:
    """All triples that follow from ``triples``, themselves included, and the names of the rules that find ``false``.

    Where not ``generalised``, literals are subjects only of their datatypes and of other literals of the same value.
    """
    facts, false = Facts(), set()
    agenda: list[Atom] = [("T", *triple) for triple in dict.fromkeys(triples)]
    agenda += _literal_facts({term for fact in agenda for term in fact if term.startswith('"')})
    while agenda:
        fact = agenda.pop()
        if not (generalised or _is_plain(fact)) or not facts.add(fact):
            continue
        if _is_misfit(fact):
            false.add("dt-not-type")
        for rule in rules():
            for number, premise in enumerate(rule.premises):
                start = _unify(premise, fact, {})
                if start is None:
                    continue
                rest = rule.premises[:number] + rule.premises[number + 1 :]
                for bound in _solutions(rest, facts, start):
                    if not rule.conclusions:
                        false.add(rule.name)
                    agenda += [_filled(atom, bound) for atom in rule.conclusions]
    return {(s, p, o) for kind, s, p, o in (fact for fact in facts.all if len(fact) == 4) if kind == "T"}, false


# --- Table 8, for the datatypes the tests use ---------------------------------------------------------------------------

_WHOLE = re.compile(r"[+-]?\d+")


def _value(literal: str) -> tuple[str, object] | None:
    """The value with the kind of its value space; None where the literal is ill-typed."""
    text, _, after = literal[1:].rpartition('"')
    if after.startswith("@"):
        return "lang", (text, after.lower())
    datatype = after[3:-1].removeprefix(XSD) if after else "string"
    if datatype == "string":
        return "string", text
    if datatype == "boolean":
        return ("boolean", text in ("true", "1")) if text in ("true", "false", "1", "0") else None
    if datatype in ("integer", "nonNegativeInteger", "decimal"):
        try:
            number = Decimal(text)
        except InvalidOperation:
            return None
        whole = _WHOLE.fullmatch(text) is not None
        if (datatype != "decimal" and not whole) or (datatype == "nonNegativeInteger" and number < 0):
            return None
        return "number", number
    raise NotImplementedError(f"the tests use no {datatype}")


def _is_of(literal: str, datatype: str) -> bool:
    value = _value(literal)
    if value is None:
        return False
    kind, content = value
    if datatype in ("integer", "nonNegativeInteger", "decimal"):
        whole = isinstance(content, Decimal) and content == content.to_integral_value()
        return kind == "number" and (
            datatype == "decimal" or (whole and (datatype == "integer" or content >= 0))  # type: ignore[operator]
        )
    return kind == datatype


_DATATYPES = ("string", "boolean", "integer", "nonNegativeInteger", "decimal")


def _is_plain(fact: Atom) -> bool:
    if fact[0] != "T":
        return True
    _, s, p, o = fact
    if s.startswith('"'):
        return o.startswith(f"<{XSD}") if p == TYPE else o.startswith('"') and p in (SAME, f"<{OWL}differentFrom>")
    return not (p == SAME and o.startswith('"'))


def _literal_facts(literals: set[str]) -> list[Atom]:
    """dt-type2, dt-eq and dt-diff."""
    facts: list[Atom] = [
        ("T", literal, TYPE, f"<{XSD}{name}>") for literal in literals for name in _DATATYPES if _is_of(literal, name)
    ]
    for one, other in permutations(literals, 2):
        values = _value(one), _value(other)
        if None not in values:
            facts.append(("T", one, SAME if values[0] == values[1] else f"<{OWL}differentFrom>", other))
    return facts


def _is_misfit(fact: Atom) -> bool:
    """dt-not-type."""
    if fact[0] != "T" or fact[2] != TYPE or not fact[1].startswith('"'):
        return False
    name = fact[3][1:-1].removeprefix(XSD)
    return name in _DATATYPES and not _is_of(fact[1], name)
