"""The rule file ``ontology/owl2rl.rls``: read, listed by name, and cut down to the rules that can fire."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_NAME = re.compile(r'#\[name\("(?P<name>[^"]+)"\)\]')
_ELSEWHERE = re.compile(r"%: (?P<name>\S+) {2}(?P<where>.+)")
_TABLE = re.compile(r"@(?P<kind>import|export) (?P<predicate>\w+) .*format=\((?P<format>[^)]*)\)")
_ATOM = re.compile(r"(?P<negated>~?)\b(?P<predicate>[a-z]\w*)\(")


@dataclass(frozen=True)
class Rule:
    """One rule of the file. ``name`` is the specification's; None for the rules that only move facts."""

    name: str | None
    text: str
    head: str
    needs: frozenset[str]
    """Predicates that must hold something for the rule to fire."""


@dataclass(frozen=True)
class Program:
    """The rule file, taken apart.

    >>> program = owl2rl()
    >>> program.arity["chain"], "prp-spo2" in program.names(), program.elsewhere["eq-ref"]
    (3, True, 'adds only x owl:sameAs x')
    """

    rules: tuple[Rule, ...]
    tables: dict[str, str]
    """The import line of each table."""
    results: dict[str, str]
    """The export line of each result."""
    arity: dict[str, int]
    elsewhere: dict[str, str]
    """Rules of the specification that are no rule of the file: where they are done, or why they add nothing."""

    def names(self) -> tuple[str, ...]:
        """The specification's rules that are rules of the file, in its order, each once."""
        return tuple(dict.fromkeys(rule.name for rule in self.rules if rule.name))

    def over(self, filled: Collection[str]) -> str:
        """The program without the rules that cannot fire when only the tables ``filled`` hold anything.

        It derives the same: an empty table makes a join empty, but the engine would sort the other tables for it first.
        """
        rules = list(self.rules)
        holds = set(filled)
        while True:
            reachable = {rule.head for rule in rules if rule.needs <= holds}
            if reachable <= holds:
                break
            holds |= reachable
        rules = [rule for rule in rules if rule.needs <= holds]
        used = {atom["predicate"] for rule in rules for atom in _ATOM.finditer(rule.text)}
        lines = [line for table, line in self.tables.items() if table in used]
        for rule in rules:
            lines += [f'#[name("{rule.name}")]', rule.text] if rule.name else [rule.text]
        lines += [line for result, line in self.results.items() if result in used]
        return "\n".join(lines) + "\n"


@cache
def owl2rl() -> Program:
    """The bundled rule file."""
    return read(files("castgraph.ontology").joinpath("owl2rl.rls").read_text(encoding="utf-8"))


def read(text: str) -> Program:
    """Take a rule file apart.

    >>> read('#[name("cax-sco")]\\ntype(?x, ?d) :- sub(?c, ?d), type(?x, ?c) .').names()
    ('cax-sco',)
    """
    rules: list[Rule] = []
    tables: dict[str, str] = {}
    results: dict[str, str] = {}
    arity: dict[str, int] = {}
    elsewhere: dict[str, str] = {}
    name = None
    for line in text.splitlines():
        if match := _ELSEWHERE.match(line):
            elsewhere[match["name"]] = match["where"]
        elif match := _NAME.match(line):
            name = match["name"]
        elif match := _TABLE.match(line):
            (tables if match["kind"] == "import" else results)[match["predicate"]] = line
            arity[match["predicate"]] = match["format"].count(",") + 1
        elif line and not line.startswith("%"):
            head, _, body = line.partition(" :- ")
            needs = frozenset(atom["predicate"] for atom in _ATOM.finditer(body) if not atom["negated"])
            rules.append(Rule(name, line, head.partition("(")[0], needs))
            name = None
    return Program(tuple(rules), tables, results, arity, elsewhere)
