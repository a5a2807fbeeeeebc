"""How many of the inferred triples each rule gave.

A triple often follows in several ways, and from others that follow from it in turn. It counts for one rule: the first, in the
order of the rule file, that gives it in one step from the closure. So the counts add up to the triples. They are worked out
when the closure is known, by one more program made of the same rules, in which no rule asks for what another one gives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from castgraph import engine
from castgraph.reason_instances import FACTS, SINKS
from castgraph.reason_rules import Rule, owl2rl, read

Wanted = Callable[[str, tuple[int, ...]], bool]
"""Whether a fact is a triple that is written: its predicate (``type``, ``rel``, ``val``) and its terms."""


@dataclass(frozen=True)
class _Given:
    """What one rule gives and no rule before it does: the predicate that holds it."""

    rule: str
    fact: str
    predicate: str


def count(folder: Path, filled: Collection[str], wanted: Wanted) -> Mapping[str, int]:
    """The triples per rule, by the specification's names, of the closure whose tables are in ``folder``.

    ``filled`` are the tables with rows. Raises ReasonerError where the engine fails.
    """
    program, given = _program(folder, filled)
    found: Counter[str] = Counter()
    if given:
        engine.run(folder, program, [each.predicate for each in given])
        for each in given:
            rows = (tuple(map(int, row)) for row in engine.byte_rows(folder, each.predicate))
            found[each.rule] += sum(1 for row in rows if wanted(each.fact, row))
    return {rule: found[rule] for rule in owl2rl().names() if found[rule]}


def _program(folder: Path, filled: Collection[str]) -> tuple[str, list[_Given]]:
    kept = read(owl2rl().over(filled))
    new = sorted(fact for fact in FACTS if (folder / "out" / f"new_{fact}.tsv").exists())
    lines = [
        owl2rl().results[f"new_{fact}"].replace("@export", "@import").replace('resource="', 'resource="out/')
        for fact in new
    ]
    lines += kept.tables.values()
    rules = [each for each in kept.rules if each.head not in SINKS and not each.head.startswith("new_")]
    givers = [each for each in rules if each.name and each.head in new and not _is_of_values(each)]
    lines += [each.text for each in _steps(rules, givers)]
    for fact in new:
        arguments = _arguments(fact)
        lines.append(f"{fact}({arguments}) :- new_{fact}({arguments}) .")
    given: list[_Given] = []
    for rule in sorted(givers, key=lambda rule: rule.head != "rel"):  # stable: apart from that, as in the file
        lines += _given(given, str(rule.name), rule.head, rule.text.partition(" :- "))
    if "typing" in filled and "type" in new:
        # rdf:type is a property of axioms here: what a rule gives of it as a property is a type.
        for each in [each for each in given if each.fact == "rel"]:
            body = f"typing(?t), {each.predicate}(?t, ?x, ?c) ."
            lines += _given(given, each.rule, "type", ("type(?x, ?c)", "", body))
    for each in given:
        formats = ", ".join(["string"] * owl2rl().arity[f"new_{each.fact}"])
        lines.append(f'@export {each.predicate} :- tsv{{resource="{each.predicate}.tsv", format=({formats})}} .')
    return "\n".join(lines) + "\n", given


def _given(before: list[_Given], rule: str, fact: str, parts: tuple[str, str, str]) -> Iterator[str]:
    """The rule that gives what this one does first; it is added to those ``before``."""
    head, _, body = parts
    terms = head.removeprefix(fact)
    others = "".join(f", ~{each.predicate}{terms}" for each in before if each.fact == fact)
    before.append(_Given(rule, fact, f"by{len(before)}"))
    yield f"{before[-1].predicate}{terms} :- {body.removesuffix(' .')}, new_{fact}{terms}{others} ."


def _steps(rules: list[Rule], givers: list[Rule]) -> list[Rule]:
    """The rules for what the givers ask for besides facts (``path``, ``both``), and those that only move given facts."""
    kept = [each for each in rules if _is_of_values(each) or any(need.startswith("given_") for need in each.needs)]
    needed = {need for each in givers for need in each.needs} - FACTS
    while True:
        more = [each for each in rules if each.head in needed and each not in kept]
        if not more:
            return kept
        kept += more
        needed |= {need for each in more for need in each.needs} - FACTS


def _is_of_values(rule: Rule) -> bool:
    """True where the rule gives a value that several literals have: nothing that is ever written."""
    return "same_value" in rule.needs


def _arguments(fact: str) -> str:
    return ", ".join(f"?v{place}" for place in range(owl2rl().arity[f"new_{fact}"]))
