"""Axioms that the rules of OWL 2 RL cannot use, or can use in one direction only: each is named in a warning.

OWL 2 Profiles, section 4.2, says which expressions may stand below ``rdfs:subClassOf`` and which above it.
"""

from __future__ import annotations

from collections.abc import Iterator

from castgraph.reason_axioms import DIFFERENT, OWL, SAME, SUB_CLASS, THING, A, Axioms, owl, rdfs

UNKNOWN = ["hasSelf", "minCardinality", "minQualifiedCardinality", "disjointUnionOf", "onProperties", "onDataRange"]
DATA_RANGES = ["datatypeComplementOf", "withRestrictions"]
# Stated of a class, or of an expression: what may stand below, and what above.
ONLY_BELOW = ["someValuesFrom", "unionOf", "oneOf"]
ONLY_ABOVE = ["allValuesFrom", "complementOf", "maxCardinality", "maxQualifiedCardinality"]
NAMES = ["subClassOf", "subPropertyOf", "domain", "range"]
"""Of RDFS: where a literal can stand for no class or property."""
_CLASSES = """AllDifferent AllDisjointClasses AllDisjointProperties Annotation AnnotationProperty AsymmetricProperty Axiom
    Class DataRange DatatypeProperty DeprecatedClass DeprecatedProperty FunctionalProperty InverseFunctionalProperty
    IrreflexiveProperty NamedIndividual NegativePropertyAssertion Nothing ObjectProperty Ontology OntologyProperty
    ReflexiveProperty Restriction SymmetricProperty Thing TransitiveProperty"""
_PROPERTIES = """allValuesFrom annotatedProperty annotatedSource annotatedTarget assertionProperty backwardCompatibleWith
    bottomDataProperty bottomObjectProperty cardinality complementOf datatypeComplementOf deprecated differentFrom
    disjointUnionOf disjointWith distinctMembers equivalentClass equivalentProperty hasKey hasSelf hasValue imports
    incompatibleWith intersectionOf inverseOf maxCardinality maxQualifiedCardinality members minCardinality
    minQualifiedCardinality onClass onDataRange onDatatype onProperties onProperty oneOf priorVersion propertyChainAxiom
    propertyDisjointWith qualifiedCardinality sameAs someValuesFrom sourceIndividual targetIndividual targetValue
    topDataProperty topObjectProperty unionOf versionIRI versionInfo withRestrictions"""
VOCABULARY = {kind: frozenset(map(owl, names.split())) for kind, names in (("c", _CLASSES), ("p", _PROPERTIES))}
"""The terms of OWL 2, classes and properties."""
UNIVERSAL = ["topObjectProperty", "bottomObjectProperty", "topDataProperty", "bottomDataProperty"]


def warnings(stated: Axioms) -> tuple[str, ...]:
    """One sentence for each axiom that the rules cannot use wholly.

    >>> warnings(Axioms([("<http://e.org/p>", A, owl("ReflexiveProperty"))]))
    ('<http://e.org/p> is reflexive: OWL 2 RL has no rule for it; it was not used',)
    """
    found = {*_expressions(stated), *_one_way(stated), *_properties(stated), *_misspelt(stated), *_incomplete(stated)}
    return tuple(sorted(found))


def _expressions(stated: Axioms) -> Iterator[str]:
    for name in UNKNOWN:
        for c, _ in stated.pairs(owl(name)):
            yield f"owl:{name} on {_described(stated, c)}: OWL 2 RL has no rule for it; it was not used"
    for name in ("cardinality", "qualifiedCardinality"):
        for c, number in stated.pairs(owl(name)):
            yield (
                f"owl:{name} {number_of(number)} on {_described(stated, c)}: OWL 2 RL has no rule for it; it was not used "
                f"(owl:{'maxC' if name == 'cardinality' else 'maxQualifiedC'}ardinality 0 or 1 would be)"
            )
    for name in ("maxCardinality", "maxQualifiedCardinality"):
        for c, number in stated.pairs(owl(name)):
            if number_of(number) not in ("0", "1"):
                yield f"at most {number_of(number)} values of {_described(stated, c)}: OWL 2 RL has rules for 0 and 1 only"
    for name in DATA_RANGES:
        for c, _ in stated.pairs(owl(name)):
            yield f"owl:{name} on {_named(stated, c)}: OWL 2 RL has no rule for it; values were not checked against it"


def _one_way(stated: Axioms) -> Iterator[str]:
    equivalent = stated.pairs(owl("equivalentClass"))
    below = [*stated.pairs(SUB_CLASS), *equivalent, *((d, c) for c, d in equivalent)]
    kinds = {c: name for name in (*ONLY_BELOW, *ONLY_ABOVE) for c, _ in stated.pairs(owl(name))}
    values = {c for c, number in stated.pairs(owl("maxCardinality")) if number_of(number) in ("0", "1")}
    values |= {c for c, number in stated.pairs(owl("maxQualifiedCardinality")) if number_of(number) in ("0", "1")}
    parts = {c: members for name in ("intersectionOf",) for c, members in stated.lists(owl(name))}
    for c, d in below:
        for part in (d, *parts.get(d, ())):
            if kinds.get(part) in ONLY_BELOW and part.startswith("_:"):
                yield (
                    f"{_named(stated, c)} is a subclass of an owl:{kinds[part]} expression"
                    f"{_on(stated, part)}: OWL 2 RL infers nothing from it"
                )
        for part in (c, *parts.get(c, ())):
            if kinds.get(part) in ONLY_ABOVE and part.startswith("_:") and (part in values or "max" not in kinds[part]):
                yield (
                    f"an owl:{kinds[part]} expression{_on(stated, part)} is a subclass of {_named(stated, d)}: "
                    f"OWL 2 RL does not find its members"
                )
        if c == THING and d != THING:
            yield f"owl:Thing is a subclass of {_named(stated, d)}: only things of a known class become members"


def _properties(stated: Axioms) -> Iterator[str]:
    for p in stated.of_type(owl("ReflexiveProperty")):
        yield f"{p} is reflexive: OWL 2 RL has no rule for it; it was not used"
    used = {term for s, p, o in stated.triples if p not in (A, SAME, DIFFERENT) for term in (s, o)}
    for name in UNIVERSAL:
        if owl(name) in used:
            yield f"owl:{name}: OWL 2 RL has no rule for it"
    for name in (owl("real"), owl("rational")):
        if name in used:
            yield f"{name} is not a datatype of OWL 2 RL: values were not checked against it"
    for datatype in stated.of_type(rdfs("Datatype")):
        if stated.objects(datatype, owl("oneOf")) or stated.objects(datatype, owl("unionOf")):
            yield f"{_named(stated, datatype)} is a data range: OWL 2 RL has no rule for it; values were not checked"


def _misspelt(stated: Axioms) -> Iterator[str]:
    """Terms that are none of OWL 2, and literals in the place of names."""
    for s, p, o in stated.triples:
        if p.startswith(f"<{OWL}") and p not in VOCABULARY["p"]:
            yield f"{p} is no property of OWL 2: what it says of {_named(stated, s)} was not used"
        if p == A and o.startswith(f"<{OWL}") and o not in VOCABULARY["c"]:
            yield f"{o} is no class of OWL 2: what it says of {_named(stated, s)} was not used"
    names = [
        *map(rdfs, NAMES),
        *map(owl, ("equivalentClass", "equivalentProperty", "disjointWith", "inverseOf", "sameAs")),
    ]
    for p in (*names, owl("onProperty"), owl("complementOf"), owl("propertyDisjointWith")):
        for s, o in stated.pairs(p):
            if o.startswith('"'):
                yield f"{p} of {_named(stated, s)} is the literal {o}, where a name is wanted: it was not used"


def _incomplete(stated: Axioms) -> Iterator[str]:
    parts = {
        "NegativePropertyAssertion": ("sourceIndividual", "assertionProperty", "targetIndividual or targetValue"),
        "AllDifferent": ("members or distinctMembers",),
        "AllDisjointClasses": ("members",),
        "AllDisjointProperties": ("members",),
        "Restriction": ("onProperty or onProperties",),
    }
    for kind, wanted in parts.items():
        for axiom in stated.of_type(owl(kind)):
            for part in wanted:
                if not any(stated.objects(axiom, owl(name)) for name in part.split(" or ")):
                    yield f"an owl:{kind} has no owl:{part}: it was not used"
    for c, members in stated.lists(owl("oneOf")):
        if any(member.startswith('"') for member in members) and c not in stated.of_type(rdfs("Datatype")):
            yield f"{_named(stated, c)} lists literals and is not stated to be an rdfs:Datatype: they were not used"
    for name in ("intersectionOf", "unionOf", "members", "propertyChainAxiom", "hasKey"):
        for c, members in stated.lists(owl(name)):
            if any(member.startswith('"') for member in members):
                yield f"owl:{name} of {_named(stated, c)} lists literals, where names are wanted"


def number_of(literal: str) -> str:
    """The number that a cardinality literal gives, in its shortest form.

    >>> number_of('"01"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger>')
    '1'
    """
    if not literal.startswith('"'):
        return literal
    return literal.split('"')[1].strip().lstrip("+").lstrip("0") or "0"


def _on(stated: Axioms, c: str) -> str:
    properties = stated.objects(c, owl("onProperty"))
    return f" on {_named(stated, properties[0])}" if properties else ""


def _described(stated: Axioms, c: str) -> str:
    properties = stated.objects(c, owl("onProperty"))
    return _named(stated, properties[0] if properties else c)


def _named(stated: Axioms, term: str) -> str:
    """A term as people know it: an inverse of a property, a list of classes, or its name."""
    if not term.startswith("_:"):
        return term
    for inverse in stated.objects(term, owl("inverseOf")):
        return f"the inverse of {inverse}"
    for name in ("intersectionOf", "unionOf", "oneOf"):
        for head in stated.objects(term, owl(name)):
            return f"an owl:{name} of {', '.join(stated.members(head)[:3])}"
    if stated.objects(term, owl("onProperty")):
        return f"a restriction{_on(stated, term)}"
    return term
