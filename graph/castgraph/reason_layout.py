"""How a closed ontology becomes the tables of the rule file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from castgraph import reason_impossible
from castgraph.reason_axioms import (
    DIFFERENT,
    NOTHING,
    SAME,
    SUB_CLASS,
    SUB_PROPERTY,
    THING,
    XSD,
    A,
    Axioms,
    owl,
    rdfs,
)
from castgraph.reason_extremes import DATATYPES, thing_matters
from castgraph.reason_outside import number_of, warnings
from castgraph.schema import Schema, terms_of

EVERYTHING = frozenset({THING, rdfs("Resource")})
UNIVERSAL = frozenset({owl("topObjectProperty"), owl("topDataProperty")})
CHARACTERISTICS = {
    "sym": owl("SymmetricProperty"),
    "trp": owl("TransitiveProperty"),
    "fp": owl("FunctionalProperty"),
    "ifp": owl("InverseFunctionalProperty"),
    "irp": owl("IrreflexiveProperty"),
    "asyp": owl("AsymmetricProperty"),
}


def lay_out(stated: Axioms, closed: Axioms) -> Schema:
    """The schema of the ontology ``stated``, of which ``closed`` is the hierarchy."""
    layout = _Layout(stated, closed)
    layout.properties(closed)
    layout.classes(closed)
    layout.restrictions()
    layout.impossible()
    layout.assertions()
    layout.vocabulary()
    return Schema(
        tables={name: frozenset(rows) for name, rows in layout.tables.items()},
        warnings=warnings(stated),
        differences=tuple(differences(stated)),
        equalities=tuple(pair for pair in stated.pairs(SAME) if not any(term.startswith('"') for term in pair)),
        closed=closed.triples,
    )


def differences(stated: Axioms) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is stated to be different from each other, with the rule that minds."""
    for pair in stated.pairs(DIFFERENT):
        yield "eq-diff1", pair
    groups = frozenset(stated.of_type(owl("AllDifferent")))
    for predicate, rule in ((owl("members"), "eq-diff2"), (owl("distinctMembers"), "eq-diff3")):
        for axiom, head in stated.pairs(predicate):
            if axiom in groups:
                yield rule, tuple(stated.members(head))


class _Layout:
    """Fills the tables."""

    def __init__(self, stated: Axioms, closed: Axioms) -> None:
        self._stated = stated
        self.tables: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
        self._steps = 0
        self._datatypes = frozenset(stated.of_type(rdfs("Datatype")))
        # What is the same as a datatype, or part of one, is a datatype too.
        pairs = closed.pairs(SUB_CLASS)
        above = set(filter(self._is_datatype, {d for _, d in pairs}))
        empty = {NOTHING, *(c for c, d in pairs if d == NOTHING)}  # below everything that is asked for, datatypes too
        self._datatypes |= {c for c, d in pairs if d in above and c not in empty}
        self._thing_matters = thing_matters(stated) or any(
            d not in EVERYTHING for each in EVERYTHING for d in closed.objects(each, SUB_CLASS)
        )
        self._above: defaultdict[str, set[str]] = defaultdict(set)
        self._below: defaultdict[str, set[str]] = defaultdict(set)
        for c, d in pairs:
            if d in above and self._is_datatype(c):
                self._above[c].add(d)
                self._below[d].add(c)

    def _add(self, table: str, *terms: str) -> None:
        self.tables[table].add(terms)

    def _is_datatype(self, c: str) -> bool:
        return c.startswith(f"<{XSD}") or c in DATATYPES or c in self._datatypes

    # --- properties -----------------------------------------------------------------------------------------------------

    def properties(self, closed: Axioms) -> None:
        stated = self._stated
        equivalent = _unordered(closed.pairs(owl("equivalentProperty")))
        self.tables["eqp"] |= equivalent
        for p, q in closed.pairs(SUB_PROPERTY):
            if q not in UNIVERSAL and (p, q) not in equivalent and (q, p) not in equivalent:
                self._add("sub_p", p, q)
        # Superclasses of a domain, and domains of superproperties, follow from the data: scm-dom1, scm-dom2, scm-rng1, 2.
        for table, predicate in (("dom", rdfs("domain")), ("rng", rdfs("range"))):
            for p, c in stated.pairs(predicate):
                if table == "rng" and self._is_datatype(c):
                    for datatype in {c, *self._above[c]}:
                        self._add("rng_val", p, datatype)
                elif (c not in EVERYTHING or self._thing_matters) and not self._is_datatype(c):
                    self._add(table, p, c)
        self.tables["inv"] |= set(stated.pairs(owl("inverseOf")))
        for table, characteristic in CHARACTERISTICS.items():
            self.tables[table] |= {(p,) for p in stated.of_type(characteristic)}
        for p, parts in stated.lists(owl("propertyChainAxiom")):
            self._steps_of("chain", p, parts, single="sub_p")
        self.tables["pdw"] |= _unordered(stated.pairs(owl("propertyDisjointWith")), same=True)
        for p, q in self._disjoint(owl("AllDisjointProperties")):
            self._add("adp", p, q)
        for c, keys in stated.lists(owl("hasKey")):
            self._key(c, keys)

    def _steps_of(self, table: str, whole: str, parts: Sequence[str], *, single: str) -> None:
        """A list as one row of two parts, or as a start, steps and an end; of one part, it is a row of ``single``."""
        if len(parts) == 1:
            self._add(single, *((parts[0], whole) if single == "sub_p" else (whole, parts[0])))
        elif len(parts) == 2:
            self._add(table, whole, *parts)
        elif parts:
            step = self._step(table)
            self._add(f"{table}_start", step, parts[0], parts[1])
            for part in parts[2:-1]:
                step, before = self._step(table), step
                self._add(f"{table}_step", step, before, part)
            self._add(f"{table}_end", whole, step, parts[-1])

    def _key(self, c: str, properties: Sequence[str]) -> None:
        step = ""
        for number, p in enumerate(properties):
            step, before = self._step("key"), step
            if number:
                self._add("key_step", step, before, p)
            else:
                self._add("key_start", step, c, p)
        if step:
            self._add("key_end", step)

    def _step(self, table: str) -> str:
        self._steps += 1
        return f"{table} {self._steps}"  # cannot be a term: no N-Triples term starts with a letter

    # --- classes --------------------------------------------------------------------------------------------------------

    def classes(self, closed: Axioms) -> None:
        stated = self._stated
        done = _unordered(closed.pairs(owl("equivalentClass")))
        self.tables["eqc"] |= done
        done |= {(d, c) for c, d in done}
        for c, parts in stated.lists(owl("intersectionOf")):
            self._steps_of("inter", c, parts, single="eqc")
            if len(parts) > 1:
                for part in parts:
                    self._add("inter_part", c, part)
                    done.add((c, part))
        for c, parts in stated.lists(owl("unionOf")):
            for part in parts:
                self._add("uni", c, part)
                done.add((part, c))
        for c, parts in stated.lists(owl("oneOf")):
            if not self._is_datatype(c):
                for member in parts:
                    if not member.startswith('"'):
                        self._add("oneof", c, member)
        self.tables["sub"] |= {
            (c, d)
            for c, d in closed.pairs(SUB_CLASS)
            if c not in (d, NOTHING) and (d not in EVERYTHING or self._thing_matters) and (c, d) not in done
        }
        self.tables["com"] |= set(stated.pairs(owl("complementOf")))
        self.tables["dw"] |= _unordered(stated.pairs(owl("disjointWith")), same=True)
        for c, d in self._disjoint(owl("AllDisjointClasses")):
            self._add("adc", c, d)
        self._add("nothing", NOTHING)

    def _disjoint(self, kind: str) -> Iterator[tuple[str, str]]:
        for axiom in self._stated.of_type(kind):
            for head in self._stated.objects(axiom, owl("members")):
                yield from combinations(self._stated.members(head), 2)

    # --- restrictions ---------------------------------------------------------------------------------------------------

    def restrictions(self) -> None:
        stated = self._stated
        for c, p in stated.pairs(owl("onProperty")):
            for d in stated.objects(c, owl("someValuesFrom")):
                if d in EVERYTHING:
                    self._add("svf_any", c, p)
                elif self._is_datatype(d):
                    for datatype in {d, *self._below[d]}:
                        self._add("svf_val", c, p, datatype)
                else:
                    self._add("svf", c, p, d)
            for d in stated.objects(c, owl("allValuesFrom")):
                if self._is_datatype(d):
                    for datatype in {d, *self._above[d]}:
                        self._add("avf_val", c, p, datatype)
                else:
                    self._add("avf", c, p, d)
            for value in stated.objects(c, owl("hasValue")):
                self._add("hv_val" if value.startswith('"') else "hv", c, p, value)
            for number in stated.objects(c, owl("maxCardinality")):
                self._at_most(c, number, "maxc", p)
            for number in stated.objects(c, owl("maxQualifiedCardinality")):
                for d in stated.objects(c, owl("onClass")):
                    self._at_most(c, number, "maxqc", p, *(() if d == THING else (d,)))

    def _at_most(self, c: str, number: str, table: str, *rest: str) -> None:
        count = number_of(number)
        if count in ("0", "1"):
            self._add(f"{table}{count}{'_any' if table == 'maxqc' and len(rest) == 1 else ''}", c, *rest)

    def impossible(self) -> None:
        """Properties that can have no literal value."""
        for table, *row in list(reason_impossible.rows(self.tables, self._stated)):
            self._add(table, *row)

    def assertions(self) -> None:
        stated = self._stated
        for axiom, x in stated.pairs(owl("sourceIndividual")):
            for p in stated.objects(axiom, owl("assertionProperty")):
                for y in stated.objects(axiom, owl("targetIndividual")):
                    self._add("not_rel", p, x, y)
                for v in stated.objects(axiom, owl("targetValue")):
                    self._add("not_val", p, x, v)

    def vocabulary(self) -> None:
        """Mark rdf:type and owl:sameAs where some axiom uses them as properties."""
        used = terms_of(self.tables) | {term for pair in self._stated.pairs(SAME) for term in pair}
        for table, term in (("typing", A), ("same_as", SAME)):
            if term in used:
                self._add(table, term)


def _unordered(pairs: Iterable[tuple[str, str]], *, same: bool = False) -> set[tuple[str, ...]]:
    """Each pair once, the lesser first; a term with itself only where ``same``."""
    return {(min(a, b), max(a, b)) for a, b in pairs if same or a != b}
