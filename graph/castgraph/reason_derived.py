"""What the rule engine derived, as triples and violations again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from castgraph import engine, reason_attribution
from castgraph.reason_equality import Representatives
from castgraph.reason_facts import SAME_AS, TYPE, Statement, Terms
from castgraph.reason_literals import VALUE, Misfit, different
from castgraph.reason_violations import Violation, violation
from castgraph.schema import VOCABULARIES, Schema


@dataclass(frozen=True)
class Derived:
    """The engine's results in ``folder``, as triples again."""

    folder: Path
    terms: Terms
    equal: Representatives
    schema: Schema
    misfits: Sequence[Misfit] = ()
    """Given literals that are no values of their datatypes."""

    def new_triples(self, copies: set[Statement], unnamed: set[Statement] | None = None) -> Iterator[bytes]:
        """What the rules added, as N-Triples lines, each said of the first of equal things.

        What they thereby say of the others is put into ``copies``; and into ``unnamed``, where given, what is said of
        anonymous classes and properties and of the vocabulary, which is left out otherwise.
        """
        texts, variants = self.terms.texts, self.equal.variants
        alone, unwanted, a = self.equal.merged().isdisjoint, self._unwanted(), self.terms.number(TYPE)

        def triples() -> Iterator[tuple[int, int, int]]:
            for row in engine.byte_rows(self.folder, "new_type"):
                x, c = map(int, row)
                yield x, a, c
            for result in ("new_rel", "new_val"):
                for row in engine.byte_rows(self.folder, result):
                    p, x, v = map(int, row)
                    if p != a:  # of which new_type speaks
                        yield x, p, v

        for triple in triples():
            x, p, v = triple
            if p in unwanted or (p == a and v in unwanted):
                if unnamed is not None and texts[p].startswith(b"<"):
                    unnamed.update((texts[y], texts[q], texts[w]) for y, q, w in variants(triple))
            elif alone(triple):
                yield b"%b %b %b .\n" % (texts[x], texts[p], texts[v])
            else:
                first, *others = variants(triple)
                yield b"%b %b %b .\n" % tuple(texts[term] for term in first)
                copies.update((texts[y], texts[q], texts[w]) for y, q, w in others)

    def by_rule(self, filled: Collection[str]) -> Mapping[str, int]:
        """How many of the new triples each rule gave, where the tables ``filled`` have rows."""
        unwanted, a = self._unwanted(), self.terms.number(TYPE)

        def wanted(fact: str, row: tuple[int, ...]) -> bool:
            return row[1] not in unwanted if fact == "type" else row[0] not in unwanted and row[0] != a

        return reason_attribution.count(self.folder, filled, wanted)

    def _unwanted(self) -> frozenset[int]:
        """Classes and properties no triple is written of: vocabulary, anonymous ones, literals, owl:sameAs as rel."""
        vocabulary = tuple(f"<{namespace}".encode() for namespace in VOCABULARIES)
        numbers = self.terms.numbers
        names = {term.encode() for term in self.schema.terms}
        names = {name for name in names if name.startswith((b"_:", b'"', *vocabulary))} | {SAME_AS}
        if TYPE in names:  # then any term may be a class
            names |= {name for name in numbers if name.startswith(vocabulary)}
        return frozenset(numbers[name] for name in names if name in numbers and name != TYPE)

    def equality(
        self, statements: Callable[[], Iterable[Statement]], axioms: frozenset[Statement]
    ) -> tuple[set[Statement], set[Statement]]:
        """What equality adds to the statements as given, and the equalities themselves, without those stated."""
        texts, equal, numbers = self.terms.texts, self.equal, self.terms.numbers
        merged = frozenset(texts[number] for number in equal.merged())
        touched = {statement for statement in statements() if not merged.isdisjoint(statement)}
        added: set[Statement] = set()
        for statement in touched:
            places = [(texts[m] for m in equal.members(numbers[t])) if t in numbers else (t,) for t in statement]
            subjects, predicates, objects = map(tuple, places)
            added.update((s, p, o) for s in subjects for p in predicates for o in objects)
        same = {(texts[x], SAME_AS, texts[y]) for clique in equal.cliques() for x in clique for y in clique if x != y}
        return added - touched, same - axioms

    def violations(self) -> tuple[Violation, ...]:
        """The contradictions found, in a fixed order."""
        texts = self.terms.texts

        def text(number: str) -> str:
            # A value with several literals is shown as the simplest of them.
            return texts[int(number)].removeprefix(VALUE).decode() if number else ""

        found = {violation(rule, *map(text, places)) for rule, *places in engine.rows(self.folder, "violation")}
        found |= {violation("dt-not-type", *(term.decode() for term in misfit)) for misfit in self.misfits}
        allowed: defaultdict[tuple[str, ...], list[bytes]] = defaultdict(list)
        for row in engine.rows(self.folder, "one_value"):
            if not (literal := texts[int(row[4])]).startswith(VALUE):
                allowed[row[:4]].append(literal)
        for (_, x, p, _), literals in allowed.items():
            if clash := different(literals):
                one, other = (literal.decode() for literal in clash)
                found.add(violation("dt-diff", texts[int(x)].decode(), texts[int(p)].decode(), one, other))
        for rule, different_terms in self.schema.differences:
            seen: dict[int, str] = {}
            for term in different_terms:
                number = self.terms.number(term.encode())
                if number in seen:
                    found.add(violation(rule, seen[number], "", term, ""))
                seen.setdefault(number, term)
        return tuple(sorted(found, key=lambda each: (each.rule, each.message)))
