"""How a closed ontology becomes the tables of the rule file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rdflib import OWL, RDF, RDFS, BNode, URIRef

from castgraph.schema import XSD, Schema, members, ntriples, pairs

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

DATATYPES = frozenset({RDFS.Literal, RDF.langString, RDF.PlainLiteral, RDF.XMLLiteral, RDF.HTML, RDF.JSON})
CHARACTERISTICS = {
    "sym": OWL.SymmetricProperty,
    "trp": OWL.TransitiveProperty,
    "fp": OWL.FunctionalProperty,
    "ifp": OWL.InverseFunctionalProperty,
    "irp": OWL.IrreflexiveProperty,
    "asyp": OWL.AsymmetricProperty,
}
# Constructs that OWL 2 RL does not have; profile section 4.2.
OUTSIDE = {
    OWL.hasSelf: "owl:hasSelf",
    OWL.minCardinality: "owl:minCardinality",
    OWL.minQualifiedCardinality: "owl:minQualifiedCardinality",
    OWL.cardinality: "owl:cardinality",
    OWL.qualifiedCardinality: "owl:qualifiedCardinality",
    OWL.disjointUnionOf: "owl:disjointUnionOf",
    OWL.onProperties: "owl:onProperties",
    OWL.datatypeComplementOf: "owl:datatypeComplementOf",
    OWL.withRestrictions: "owl:withRestrictions",
}
# Expressions from which membership follows, but which do not follow from membership.
ONE_WAY = {OWL.someValuesFrom: "owl:someValuesFrom", OWL.unionOf: "owl:unionOf", OWL.oneOf: "owl:oneOf"}


class Layout:
    """Fills the tables. ``literals`` gives the N-Triples form of the IRIs that stand in for literals."""

    def __init__(self, stated: Graph, literals: dict[Node, str]) -> None:
        self._stated = stated
        self._literals = literals
        self._tables: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
        self._warnings: list[str] = []
        self._steps = 0

    def lay_out(self, closed: Graph) -> None:
        self._properties(closed)
        self._classes(closed)
        self._restrictions()
        self._assertions()
        self._warn()

    def schema(self) -> Schema:
        stated = self._stated
        differences: list[tuple[str, tuple[Node, ...]]] = [
            ("eq-diff1", pair) for pair in stated.subject_objects(OWL.differentFrom)
        ]
        for predicate, rule in ((OWL.members, "eq-diff2"), (OWL.distinctMembers, "eq-diff3")):
            for axiom, listed in stated.subject_objects(predicate):
                if (axiom, RDF.type, OWL.AllDifferent) in stated:
                    differences.append((rule, tuple(members(stated, listed))))
        return Schema(
            tables={name: frozenset(rows) for name, rows in self._tables.items()},
            warnings=tuple(sorted(self._warnings)),
            differences=tuple((rule, tuple(map(self._text, terms))) for rule, terms in differences),
            equalities=tuple((self._text(a), self._text(b)) for a, b in stated.subject_objects(OWL.sameAs)),
        )

    def _text(self, term: Node) -> str:
        return self._literals.get(term) or ntriples(term)

    def _add(self, table: str, *terms: Node) -> None:
        self._tables[table].add(tuple(map(self._text, terms)))

    # --- properties -----------------------------------------------------------------------------------------------------

    def _properties(self, closed: Graph) -> None:
        equivalent = _unordered(closed.subject_objects(OWL.equivalentProperty))
        for p, q in equivalent:
            self._add("eqp", p, q)
        for p, q in closed.subject_objects(RDFS.subPropertyOf):
            if p != q and (p, q) not in equivalent and (q, p) not in equivalent:
                self._add("sub_p", p, q)
        # Superclasses of a domain, and domains of superproperties, follow from the data: scm-dom1, scm-dom2, scm-rng1, 2.
        thing_matters = any(c != OWL.Thing for c in closed.objects(OWL.Thing, RDFS.subClassOf))
        for table, predicate in (("dom", RDFS.domain), ("rng", RDFS.range)):
            for p, c in self._stated.subject_objects(predicate):
                if (c != OWL.Thing or thing_matters) and not self._is_datatype(c):
                    self._add(table, p, c)
        for p, q in self._stated.subject_objects(OWL.inverseOf):
            self._add("inv", p, q)
        for table, characteristic in CHARACTERISTICS.items():
            for p in self._stated.subjects(RDF.type, characteristic):
                self._add(table, p)
        for p, listed in self._stated.subject_objects(OWL.propertyChainAxiom):
            self._steps_of("chain", p, list(members(self._stated, listed)), single="sub_p")
        for p, q in _unordered(self._stated.subject_objects(OWL.propertyDisjointWith)):
            self._add("pdw", p, q)
        for p, q in self._disjoint(OWL.AllDisjointProperties):
            self._add("adp", p, q)
        for c, listed in self._stated.subject_objects(OWL.hasKey):
            self._key(c, list(members(self._stated, listed)))
        used = {
            row for table in ("sub_p", "eqp", "dom", "rng", "inv", "sym", "trp", "chain") for row in self._tables[table]
        }
        for table, term in (("typing", RDF.type), ("same_as", OWL.sameAs)):
            if any(self._text(term) in row for row in used):
                self._add(table, term)

    def _steps_of(self, table: str, whole: Node, parts: list[Node], *, single: str) -> None:
        """A list as one row of two parts, or as a start, steps and an end; of one part, it is a row of ``single``."""
        if len(parts) == 1:
            row = (parts[0], whole) if single == "sub_p" else (whole, parts[0])
            self._add(single, *row)
        elif len(parts) == 2:
            self._add(table, whole, *parts)
        elif parts:
            step = self._step(table)
            self._tables[f"{table}_start"].add((step, self._text(parts[0]), self._text(parts[1])))
            for part in parts[2:-1]:
                step, before = self._step(table), step
                self._tables[f"{table}_step"].add((step, before, self._text(part)))
            self._tables[f"{table}_end"].add((self._text(whole), step, self._text(parts[-1])))

    def _key(self, c: Node, properties: list[Node]) -> None:
        step = ""
        for number, p in enumerate(properties):
            step, before = self._step("key"), step
            if number:
                self._tables["key_step"].add((step, before, self._text(p)))
            else:
                self._tables["key_start"].add((step, self._text(c), self._text(p)))
        if step:
            self._tables["key_end"].add((step,))

    def _step(self, table: str) -> str:
        self._steps += 1
        return f"{table} {self._steps}"  # cannot be a term: no N-Triples term starts with a letter

    # --- classes --------------------------------------------------------------------------------------------------------

    def _classes(self, closed: Graph) -> None:
        stated = self._stated
        done = _unordered(closed.subject_objects(OWL.equivalentClass))
        for c, d in done:
            self._add("eqc", c, d)
        done |= {(d, c) for c, d in done}
        for c, listed in stated.subject_objects(OWL.intersectionOf):
            parts = list(members(stated, listed))
            self._steps_of("inter", c, parts, single="eqc")
            if len(parts) > 1:
                for part in parts:
                    self._add("inter_part", c, part)
                    done.add((c, part))
        for c, listed in stated.subject_objects(OWL.unionOf):
            for part in members(stated, listed):
                self._add("uni", c, part)
                done.add((part, c))
        for c, listed in stated.subject_objects(OWL.oneOf):
            if not self._is_datatype(c):
                for member in members(stated, listed):
                    self._add("oneof", c, member)
        thing_matters = any(c != OWL.Thing for c in closed.objects(OWL.Thing, RDFS.subClassOf))
        for c, d in closed.subject_objects(RDFS.subClassOf):
            if c not in (d, OWL.Nothing) and (d != OWL.Thing or thing_matters) and (c, d) not in done:
                self._add("sub", c, d)
        for c, d in stated.subject_objects(OWL.complementOf):
            self._add("com", c, d)
        for c, d in _unordered(stated.subject_objects(OWL.disjointWith)):
            self._add("dw", c, d)
        for c, d in self._disjoint(OWL.AllDisjointClasses):
            self._add("adc", c, d)
        self._add("nothing", OWL.Nothing)

    def _disjoint(self, kind: Node) -> Iterator[tuple[Node, Node]]:
        for axiom in self._stated.subjects(RDF.type, kind):
            for listed in self._stated.objects(axiom, OWL.members):
                yield from pairs(members(self._stated, listed))

    # --- restrictions ---------------------------------------------------------------------------------------------------

    def _restrictions(self) -> None:
        stated = self._stated
        for c, p in stated.subject_objects(OWL.onProperty):
            for d in stated.objects(c, OWL.someValuesFrom):
                if d == OWL.Thing:
                    self._add("svf_any", c, p)
                else:
                    self._add("svf_val" if self._is_datatype(d) else "svf", c, p, d)
            for d in stated.objects(c, OWL.allValuesFrom):
                if not self._is_datatype(d):
                    self._add("avf", c, p, d)
            for value in stated.objects(c, OWL.hasValue):
                self._add("hv_val" if value in self._literals else "hv", c, p, value)
            for number in stated.objects(c, OWL.maxCardinality):
                self._at_most(c, number, "maxc", p)
            for number in stated.objects(c, OWL.maxQualifiedCardinality):
                for d in stated.objects(c, OWL.onClass):
                    self._at_most(c, number, "maxqc", p, *(() if d == OWL.Thing else (d,)))

    def _at_most(self, c: Node, number: Node, table: str, *rest: Node) -> None:
        count = self._text(number).split('"')[1].strip().lstrip("+").lstrip("0") or "0"
        if count in ("0", "1"):
            self._add(f"{table}{count}{'_any' if table == 'maxqc' and len(rest) == 1 else ''}", c, *rest)
        else:
            self._warnings.append(
                f"at most {count} values of {self._text(rest[0])}: OWL 2 RL has rules for 0 and 1 only"
            )

    def _assertions(self) -> None:
        stated = self._stated
        for axiom, x in stated.subject_objects(OWL.sourceIndividual):
            for p in stated.objects(axiom, OWL.assertionProperty):
                for y in stated.objects(axiom, OWL.targetIndividual):
                    self._add("not_rel", p, x, y)
                for v in stated.objects(axiom, OWL.targetValue):
                    self._add("not_val", p, x, v)

    # --- what the rules cannot use --------------------------------------------------------------------------------------

    def _warn(self) -> None:
        stated = self._stated
        for predicate, name in OUTSIDE.items():
            for subject in stated.subjects(predicate):
                on = stated.value(subject, OWL.onProperty) or subject
                self._warnings.append(f"{name} on {self._text(on)}: OWL 2 RL has no rule for it; it was not used")
        for p in stated.subjects(RDF.type, OWL.ReflexiveProperty):
            self._warnings.append(f"{self._text(p)} is reflexive: OWL 2 RL has no rule for it; it was not used")
        for predicate, name in ONE_WAY.items():
            for expression in stated.subjects(predicate):
                for c in stated.subjects(RDFS.subClassOf, expression):
                    if isinstance(expression, BNode):
                        self._warnings.append(
                            f"{self._text(c)} is a subclass of an {name} expression: OWL 2 RL infers nothing from it"
                        )

    def _is_datatype(self, c: Node) -> bool:
        known = isinstance(c, URIRef) and (c.startswith(XSD) or c in DATATYPES)
        return known or (c, RDF.type, RDFS.Datatype) in self._stated


def _unordered(pairs_: Iterable[tuple[Node, Node]]) -> set[tuple[Node, Node]]:
    """Each pair of different terms once, the lesser first."""
    return {(min(a, b, key=str), max(a, b, key=str)) for a, b in pairs_ if a != b}
