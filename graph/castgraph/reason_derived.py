"""What the rule engine derived, as triples and violations again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from castgraph import engine
from castgraph.reason_equality import Representatives
from castgraph.reason_facts import SAME_AS, TYPE, Statement, Terms
from castgraph.reason_violations import Violation, violation
from castgraph.schema import VOCABULARIES, Schema


@dataclass(frozen=True)
class Derived:
    """The engine's results in ``folder``, as triples again."""

    folder: Path
    terms: Terms
    equal: Representatives
    schema: Schema

    def new_triples(self) -> Iterator[bytes]:
        """What the rules added, as N-Triples lines."""
        texts, variants = self.terms.texts, self.equal.variants
        alone, unwanted = self.equal.merged().isdisjoint, self._unwanted()
        for row in engine.byte_rows(self.folder, "new_type"):
            x, c = map(int, row)
            if c in unwanted:
                continue
            if alone((x, c)):
                yield b"%b %b %b .\n" % (texts[x], TYPE, texts[c])
            else:
                yield from (b"%b %b %b .\n" % (texts[y], TYPE, texts[d]) for y, d in variants((x, c)))
        for result in ("new_rel", "new_val"):
            for row in engine.byte_rows(self.folder, result):
                p, x, v = map(int, row)
                if p in unwanted:
                    continue
                if alone((p, x, v)):
                    yield b"%b %b %b .\n" % (texts[x], texts[p], texts[v])
                else:
                    yield from (b"%b %b %b .\n" % (texts[y], texts[q], texts[w]) for q, y, w in variants((p, x, v)))

    def _unwanted(self) -> frozenset[int]:
        """Classes and properties no triple is written of: vocabulary, anonymous ones, rdf:type and owl:sameAs as rel."""
        vocabulary = tuple(f"<{namespace}".encode() for namespace in VOCABULARIES)
        numbers = self.terms.numbers
        names = {term.encode() for rows in self.schema.tables.values() for row in rows for term in row}
        names |= {TYPE, SAME_AS}
        return frozenset(numbers[name] for name in names if name in numbers and name.startswith((b"_:", *vocabulary)))

    def write_equality(
        self,
        statements: Callable[[], Iterable[Statement]],
        axioms: frozenset[Statement],
        write: Callable[[Iterable[bytes]], None],
    ) -> dict[str, int]:
        """Write what equality adds to the statements as given, and the equalities themselves."""
        texts, equal, numbers = self.terms.texts, self.equal, self.terms.numbers
        merged = frozenset(texts[number] for number in equal.merged())
        touched = {statement for statement in statements() if not merged.isdisjoint(statement)}
        added: set[Statement] = set()
        for statement in touched:
            places = [(texts[m] for m in equal.members(numbers[t])) if t in numbers else (t,) for t in statement]
            subjects, predicates, objects = map(tuple, places)
            added.update((s, p, o) for s in subjects for p in predicates for o in objects)
        added -= touched
        same = {(texts[x], SAME_AS, texts[y]) for clique in equal.cliques() for x in clique for y in clique if x != y}
        same -= axioms
        write(b"%b %b %b .\n" % statement for statement in sorted(added | same))
        return {"eq-rep": len(added), "eq-sym, eq-trans": len(same)}

    def violations(self) -> tuple[Violation, ...]:
        """The contradictions found, in a fixed order."""
        texts = self.terms.texts
        found = {
            violation(rule, *(texts[int(term)].decode() if term else "" for term in places))
            for rule, *places in engine.rows(self.folder, "violation")
        }
        for rule, different in self.schema.differences:
            seen: dict[int, str] = {}
            for term in different:
                if (before := seen.setdefault(self.terms.number(term.encode()), term)) != term:
                    found.add(violation(rule, before, "", term, ""))
        return tuple(sorted(found, key=lambda each: (each.rule, each.message)))
