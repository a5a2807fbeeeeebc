"""The hierarchy of classes and properties, closed by the ``scm-*`` rules.

owlrl closes small ontologies, in process; the rules of ``ontology/owl2rl.rls`` close large ones on Nemo, for which owlrl
would take minutes. Both give the same; a test holds them to it on random ontologies. owlrl leaves out one thing: that what goes
round in a circle is below itself. The rules that ask for it, those that compare restrictions, find it in the tables:
:func:`axiom_tables` has every class and property that a restriction names below itself.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from castgraph.reason_axioms import NOTHING, SUB_CLASS, SUB_PROPERTY, THING, A, Axiom, Axioms, owl
from castgraph.reason_extremes import CLASS_TYPES, DOMAIN, RANGE, below_thing, between_fillers

if TYPE_CHECKING:
    from rdflib import Graph

LARGE = 2_000
"""More triples about hierarchy than this are closed by Nemo."""

EQUIVALENT_CLASS, EQUIVALENT_PROPERTY = owl("equivalentClass"), owl("equivalentProperty")
RESTRICTIONS = {"ax_some": owl("someValuesFrom"), "ax_all": owl("allValuesFrom"), "ax_value": owl("hasValue")}
LISTS = {"ax_part": owl("intersectionOf"), "ax_either": owl("unionOf")}
PAIRS = {
    "ax_sub": SUB_CLASS,
    "ax_eqc": EQUIVALENT_CLASS,
    "ax_sub_p": SUB_PROPERTY,
    "ax_eqp": EQUIVALENT_PROPERTY,
    "ax_dom": DOMAIN,
    "ax_rng": RANGE,
}
RESULTS = {
    "sub_class": SUB_CLASS,
    "eq_class": EQUIVALENT_CLASS,
    "sub_prop": SUB_PROPERTY,
    "eq_prop": EQUIVALENT_PROPERTY,
    "all_dom": DOMAIN,
    "all_rng": RANGE,
}
PROPERTY_TYPES = (
    owl("ObjectProperty"), owl("DatatypeProperty"), owl("FunctionalProperty"), owl("InverseFunctionalProperty"),
    owl("TransitiveProperty"), owl("SymmetricProperty"), owl("AsymmetricProperty"), owl("IrreflexiveProperty"),
)  # fmt: skip

Tables = dict[str, set[tuple[str, ...]]]


def close(axioms: Axioms, *, domains: bool = False) -> Axioms:
    """What is above what: the stated and inferred ``rdfs:subClassOf``, ``owl:equivalentClass``, ``rdfs:subPropertyOf``
    and ``owl:equivalentProperty``, without what is trivial (of a thing with itself, above ``owl:Nothing``, under
    ``owl:Thing`` unless stated). With ``domains``, ``rdfs:domain`` and ``rdfs:range`` too, which the rules for data do
    not need inferred.

    Raises OntologyError where a list is broken, ReasonerError where an engine fails.
    """
    tables = axiom_tables(axioms)
    if not domains:
        tables["ax_dom"] = tables["ax_rng"] = set()
    large = sum(map(len, tables.values())) > LARGE
    return (by_nemo if large else by_owlrl)(tables)


def axiom_tables(axioms: Axioms) -> Tables:
    """The axioms about hierarchy as the tables that the ``scm-*`` rules read."""
    tables: Tables = {name: set(axioms.pairs(predicate)) for name, predicate in PAIRS.items()}
    for name, predicate in RESTRICTIONS.items():
        fillers = axioms.pairs(predicate)
        tables[name] = {(c, p, filler) for c, filler in fillers for p in axioms.objects(c, owl("onProperty"))}
    for name, predicate in LISTS.items():
        tables[name] = {(c, part) for c, parts in axioms.lists(predicate) for part in parts}
    # Whatever stands where a class or a property must stand is one, declared or not: the specification's scm-cls,
    # scm-op and scm-dp ask for a declaration, which ontologies forget.
    fillers_ = {row[2] for name in ("ax_some", "ax_all") for row in tables[name]}
    restricted = {row[1] for name in RESTRICTIONS for row in tables[name]}
    tables["ax_class"] = {(c,) for c in fillers_}
    tables["ax_property"] = {(p,) for p in restricted}
    tables["ax_sub"] |= {*below_thing(axioms), *between_fillers(axioms, fillers_)}
    return tables


def by_nemo(tables: Tables) -> Axioms:
    """The closed hierarchy, by the ``scm-*`` rules of the rule file."""
    from castgraph import engine
    from castgraph.reason_rules import owl2rl

    numbers: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix="castgraph-schema-") as name:
        folder = Path(name)
        for table, rows in tables.items():
            with (folder / f"{table}.tsv").open("w", encoding="ascii") as file:
                for row in sorted(rows):
                    file.write("\t".join(str(numbers.setdefault(term, len(numbers))) for term in row) + "\n")
        engine.run(folder, owl2rl().over({table for table, rows in tables.items() if rows}), tuple(RESULTS))
        texts = list(numbers)
        return _useful(
            (texts[int(low)], predicate, texts[int(high)])
            for result, predicate in RESULTS.items()
            for low, high in engine.byte_rows(folder, result)
        )


def by_owlrl(tables: Tables) -> Axioms:
    """The closed hierarchy, by owlrl. It sees no individuals, literals or declarations: it would infer about them at
    length, and to no use here."""
    from rdflib import Graph, URIRef

    terms: dict[str, URIRef] = {}

    def node(text: str) -> URIRef:
        # Every term gets an IRI of its own: owlrl would reason about literals as subjects, and about its vocabulary.
        return terms.setdefault(text, URIRef(f"urn:castgraph:term:{len(terms)}"))

    graph = Graph()

    def add(subject: str, predicate: str, object_: str) -> None:
        graph.add((node(subject), URIRef(predicate[1:-1]), node(object_)))

    for table, predicate in PAIRS.items():
        for one, other in tables[table]:
            add(one, predicate, other)
    for table, predicate in RESTRICTIONS.items():
        for c, p, filler in tables[table]:
            add(c, owl("onProperty"), p)
            add(c, predicate, filler)
    for table in LISTS:  # a part of an intersection is above it, a part of a union below: scm-int, scm-uni
        for c, part in tables[table]:
            add(*((c, SUB_CLASS, part) if table == "ax_part" else (part, SUB_CLASS, c)))
    for (c,) in tables["ax_class"]:
        add(c, SUB_CLASS, c)
    for (p,) in tables["ax_property"]:
        add(p, SUB_PROPERTY, p)
    owlrl_closure(graph)
    texts = {iri: text for text, iri in terms.items()}
    wanted = {predicate[1:-1]: predicate for predicate in RESULTS.values()}
    return _useful(
        (texts[s], wanted[str(p)], texts[o])  # type: ignore[index]
        for s, p, o in graph
        if str(p) in wanted and s in texts and o in texts
    )


def owlrl_closure(graph: Graph) -> None:
    """Run owlrl over a graph, in place."""
    from owlrl import DeductiveClosure, OWLRL_Semantics

    DeductiveClosure(OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(graph)


def _useful(triples: Iterable[Axiom]) -> Axioms:
    return Axioms(triple for triple in triples if triple[0] != triple[2] and triple[0] != NOTHING)


def trivial(axioms: Axioms) -> frozenset[Axiom]:
    """What ``scm-cls``, ``scm-op`` and ``scm-dp`` add for declared classes and properties, in legal RDF."""
    classes = {c for kind in CLASS_TYPES for c in axioms.of_type(kind)} | {THING, NOTHING}
    properties = {p for kind in PROPERTY_TYPES for p in axioms.of_type(kind)}
    found = {(c, predicate, c) for c in classes for predicate in (SUB_CLASS, EQUIVALENT_CLASS)}
    found |= {(p, predicate, p) for p in properties for predicate in (SUB_PROPERTY, EQUIVALENT_PROPERTY)}
    found |= {(c, SUB_CLASS, THING) for c in classes} | {(NOTHING, SUB_CLASS, c) for c in classes}
    return frozenset(found | {(THING, A, owl("Class")), (NOTHING, A, owl("Class"))})
