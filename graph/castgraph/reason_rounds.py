"""The rules run, again and again, until neither equality nor axioms among what they infer bring anything new."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from castgraph import engine, reason_quick
from castgraph.reason_axioms import DIFFERENT, SAME, SUB_CLASS, THING, Axiom, Axioms
from castgraph.reason_derived import Derived
from castgraph.reason_equality import Representatives
from castgraph.reason_facts import Statement, Terms, Uses, write_facts, write_schema
from castgraph.reason_literals import Misfit, misfits
from castgraph.reason_reflection import VOCABULARY, derived_axioms, is_reflective
from castgraph.reason_rules import owl2rl
from castgraph.schema import Schema, build

if TYPE_CHECKING:
    from castgraph.reason_sources import Source
    from castgraph.reason_violations import Violation

Lines = Iterable[bytes]


@dataclass(frozen=True)
class Sinks:
    """Where the triples go, as N-Triples lines."""

    inferred: Callable[[Lines], None]
    equality: Callable[[Lines], None]
    """What equality adds: ``owl:sameAs``, and every triple once more for each equal thing in it."""
    axioms: Callable[[Lines], None]
    """What is inferred about classes and properties."""
    full: Callable[[Lines], None] | None = None
    """Everything else that is true and legal RDF; None where it is not wanted."""


@dataclass(frozen=True)
class Outcome:
    violations: tuple[Violation, ...]
    warnings: tuple[str, ...]
    rules: Mapping[str, int]
    given: int


def infer(
    source: Source,
    ontology: Sequence[Statement],
    sinks: Sinks,
    progress: Callable[[str], None],
    *,
    by_rule: bool = False,
) -> Outcome:
    """Infer from ``source``, which is read several times, under ``ontology``; ``by_rule`` counts the triples of each rule."""
    from castgraph.reason_sources import axioms_and_facts, only

    more_axioms, read = axioms_and_facts(source, extra=list(only(False, ontology)))
    said = frozenset((*only(True, ontology), *more_axioms))
    run = _Run(Axioms(_decoded(said)), read, progress)
    with tempfile.TemporaryDirectory(prefix="castgraph-infer-") as name:
        copies: set[Statement] = set()
        quick = sinks.full is None and not by_rule and run.quickly(Path(name), sinks.inferred, copies)
        if not quick:
            run.rounds(Path(name))
            progress("writing")
        derived = Derived(Path(name), run.terms, run.equal, run.schema, run.misfits)
        unnamed: set[Statement] | None = None if sinks.full is None else set()
        if not quick:
            sinks.inferred(derived.new_triples(copies, unnamed))
        rules: dict[str, int] = {}
        if by_rule:
            progress("counting by rule")
            rules.update(derived.by_rule(run.filled))
        if run.equal:
            added, same = derived.equality(read, said)
            rules |= {"eq-rep": len(added | copies), "eq-sym, eq-trans": len(same)}
            sinks.equality(_lines(added | copies | same))
        sinks.axioms(run.axiom_lines())
        if sinks.full is not None:
            from castgraph.reason_full import legal

            sinks.full(legal(run.known, unnamed or (), read, written=_encoded(run.inferred_axioms())))
        return Outcome(derived.violations(), run.schema.warnings, rules, run.given)


class _Run:
    """What the rounds know, and learn."""

    def __init__(
        self, axioms: Axioms, read: Callable[[], Iterator[Statement]], progress: Callable[[str], None]
    ) -> None:
        self._stated = self.known = axioms
        self._read = read
        self._progress = progress
        self.schema: Schema = build(axioms)
        self._schema_of = axioms
        self.misfits: list[Misfit] = []
        self.given = 0
        self.filled: set[str] = set()
        """The tables that had rows in the last round."""
        self._begin()

    def _begin(self) -> None:
        """Begin with what is stated to be equal. Of equal things the one that has its number first will stand for all."""
        self.terms, self.equal = Terms(), Representatives()
        for pair in self.schema.equalities:
            one, other = (self.terms.number(term.encode()) for term in pair)
            self.equal.merge(one, other)
        self.terms.unite(self.equal)

    def quickly(self, folder: Path, write: Callable[[Lines], None], copies: set[Statement]) -> bool:
        """Write what follows by the quick way; False where that does not lead there, then nothing is written or remembered.

        ``copies`` are filled as by :meth:`Derived.new_triples`.
        """
        if self._write_quickly(folder, write, copies):
            return True
        self._begin()
        return False

    def _write_quickly(self, folder: Path, write: Callable[[Lines], None], copies: set[Statement]) -> bool:
        if is_reflective(self.schema.terms):
            return False
        names = {term.encode() for term in self.schema.terms}
        number = 0
        while names.isdisjoint(self._merged_texts()):
            number += 1
            self._progress(f"round {number}: reading")
            self.misfits = _unfit(self._stated)
            known = len(self.equal.merged())
            write_all = self._copying(write, copies) if self.equal else write
            given = reason_quick.infer(
                folder, self._read(), self.schema, self.terms, self.misfits, write_all, self._learn_equal
            )
            if given is not None:
                self.given = given
                return True
            if len(self.equal.merged()) == known:
                return False
        return False

    def _learn_equal(self, rows: Iterable[engine.Row]) -> bool:
        news = self.equal.merge_groups((row[:4], int(row[4])) for row in rows)
        if news:
            self.terms.unite(self.equal)
        return news

    def _copying(self, write: Callable[[Lines], None], copies: set[Statement]) -> Callable[[Lines], None]:
        """Writing that says of every one of equal things, in ``copies``, what is said of their representative."""
        texts, numbers = self.terms.texts, self.terms.numbers
        others = {texts[clique[0]]: clique for clique in self.equal.cliques()}

        def forms(term: bytes) -> list[bytes]:
            return [texts[each] for each in self.equal.members(numbers[term])] if term in others else [term]

        def write_all(blocks: Lines) -> None:
            for block in blocks:
                for line in block.splitlines():
                    s, p, o = line[:-2].split(b" ", 2)
                    if s in others or o in others:
                        copies.update((x, p, y) for x in forms(s) for y in forms(o))
                        copies.discard((s, p, o))
                write((block,))

        return write_all

    def rounds(self, folder: Path) -> None:
        number = 0
        while True:
            self._close_schema()
            number += 1
            reflective = is_reflective(self.schema.terms)
            self.misfits = _unfit(self._stated)
            self._progress(f"round {number}: reading")
            filled = write_schema(folder, self.schema.tables, self.terms)
            cliques = [[self.terms.texts[term] for term in clique] for clique in self.equal.cliques()]
            uses = Uses.of(self.schema.tables, cliques)
            filled |= write_facts(
                folder, self._statements(reflective), uses, self.terms, self.schema.tables, self.misfits
            )
            self.filled = filled
            self._progress(f"round {number}: rules over {self.given:,} triples")
            engine.run(folder, owl2rl().over(filled), tuple(owl2rl().results))
            news = self._learn_equal(engine.rows(folder, "equal"))
            found = derived_axioms(folder, self.terms.texts) - self.known.triples if reflective else frozenset()
            if not news and not found:
                return
            self.known = Axioms(self.known.triples | found)

    def axiom_lines(self) -> Iterator[bytes]:
        """The inferred axioms as N-Triples; worked out when the first is asked for."""
        yield from _lines(_encoded(self.inferred_axioms()))

    def inferred_axioms(self) -> frozenset[Axiom]:
        """The axioms that follow and were not stated, said of every one of equal things."""
        found = self.schema.closed | self._renamed().triples
        merged = {text.decode() for text in self._merged_texts()}
        every = set()
        for triple in found:
            if merged.isdisjoint(triple) or triple[1] in (SAME, DIFFERENT):
                every.add(triple)
            else:
                every.update(self._variants(triple))
        return frozenset(
            t
            for t in every - self._stated.triples
            if t[1] != SAME and not t[0].startswith('"') and t[1:] != (SUB_CLASS, THING)
        )

    def _variants(self, triple: Axiom) -> Iterator[Axiom]:
        numbers = (self.terms.number(term.encode()) for term in triple)
        for s, p, o in self.equal.variants(numbers):
            yield self.terms.texts[s].decode(), self.terms.texts[p].decode(), self.terms.texts[o].decode()

    def _statements(self, reflective: bool) -> Iterator[Statement]:
        self.given = 0
        if reflective:
            yield from _encoded(self.known.triples | self.schema.closed)
        for self.given, statement in enumerate(self._read(), 1):  # noqa: B020
            yield statement

    def _close_schema(self) -> None:
        """Close the ontology again where its axioms are more, or some of their terms have become equal."""
        renamed = self._renamed()
        if renamed.triples != self._schema_of.triples:
            from castgraph.reason_layout import differences

            self._progress("closing the ontology again")
            self.schema = replace(build(renamed), differences=tuple(differences(self.known)))
            self._schema_of = renamed

    def _renamed(self) -> Axioms:
        names: dict[str, str] = {}
        for clique in self.equal.cliques():
            texts = [self.terms.texts[term].decode() for term in clique]
            first = next((text for text in texts if text.startswith(VOCABULARY)), texts[0])
            names.update((text, first) for text in texts)
        return self.known.renamed(names)

    def _merged_texts(self) -> Iterator[bytes]:
        return (self.terms.texts[number] for number in self.equal.merged())


def _unfit(axioms: Axioms) -> list[Misfit]:
    """The ill-typed literals in the ontology."""
    return [
        (s.encode(), p.encode(), o.encode(), datatype)
        for s, p, o in axioms.triples
        if o.startswith('"')
        for datatype in misfits(o.encode(), ())
    ]


def _decoded(statements: Iterable[Statement]) -> Iterator[Axiom]:
    return ((s.decode(), p.decode(), o.decode()) for s, p, o in statements)


def _encoded(axioms: Iterable[Axiom]) -> Sequence[Statement]:
    return [(s.encode(), p.encode(), o.encode()) for s, p, o in sorted(axioms)]


def _lines(statements: Iterable[Statement]) -> Iterator[bytes]:
    return (b"%b %b %b .\n" % statement for statement in sorted(statements))
