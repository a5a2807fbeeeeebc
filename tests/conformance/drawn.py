"""Random small ontologies and data, as Turtle: what tests of reasoning draw from."""

from __future__ import annotations

from hypothesis import strategies as st

CLASSES = [":A", ":B", ":C"]
PROPERTIES = [":p", ":q", ":r"]
THINGS = [":a", ":b", ":c"]
VALUES = ['"x"', '"y"@en', "1", "2"]
classes, properties, things, values = map(st.sampled_from, (CLASSES, PROPERTIES, THINGS, VALUES))


def one(template: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Turtle with ``{}`` for each part."""
    return st.tuples(*parts).map(lambda filled: template.format(*filled))


def listed(parts: st.SearchStrategy[str], least: int = 1) -> st.SearchStrategy[str]:
    return st.lists(parts, min_size=least, max_size=3).map(" ".join)


extremes = st.sampled_from(["owl:Thing", "owl:Nothing"])
named = st.one_of(classes, classes, classes, classes, extremes)

restrictions = st.one_of(
    one("[ a owl:Restriction ; owl:onProperty {} ; owl:someValuesFrom {} ]", properties, classes),
    one("[ a owl:Restriction ; owl:onProperty {} ; owl:someValuesFrom {} ]", properties, st.sampled_from(
        ["owl:Thing", "owl:Nothing", "xsd:integer", "xsd:string"])),
    one("[ a owl:Restriction ; owl:onProperty {} ; owl:allValuesFrom {} ]", properties, named),
    one("[ a owl:Restriction ; owl:onProperty {} ; owl:hasValue {} ]", properties, st.one_of(things, values)),
    one('[ a owl:Restriction ; owl:onProperty {} ; owl:maxCardinality "{}"^^xsd:nonNegativeInteger ]', properties,
        st.sampled_from("01")),
    one('[ a owl:Restriction ; owl:onProperty {} ; owl:maxQualifiedCardinality "{}"^^xsd:nonNegativeInteger ; owl:onClass {} ]',
        properties, st.sampled_from("01"), st.one_of(classes, st.just("owl:Thing"))),
)  # fmt: skip
expressions = st.one_of(
    restrictions,
    one("[ a owl:Class ; owl:intersectionOf ( {} ) ]", listed(st.one_of(named, restrictions))),
    one("[ a owl:Class ; owl:unionOf ( {} ) ]", listed(named)),
    one("[ a owl:Class ; owl:oneOf ( {} ) ]", listed(things)),
    one("[ a owl:Class ; owl:complementOf {} ]", classes),
)
kinds = st.sampled_from(["Symmetric", "Transitive", "Functional", "InverseFunctional", "Irreflexive", "Asymmetric"])
class_axioms = st.one_of(
    one("{} rdfs:subClassOf {}", named, st.one_of(named, expressions)),
    one("{} rdfs:subClassOf {}", expressions, named),
    one("{} owl:equivalentClass {}", named, st.one_of(named, expressions)),
    one("{} owl:disjointWith {}", named, named),
    one("{} owl:hasKey ( {} )", named, listed(properties)),
    one("{} a owl:Class", classes),
    one("[] a owl:AllDisjointClasses ; owl:members ( {} )", listed(classes, 2)),
)
property_axioms = st.one_of(
    one("{} rdfs:subPropertyOf {}", properties, properties),
    one("{} owl:equivalentProperty {}", properties, properties),
    one("{} owl:inverseOf {}", properties, properties),
    one("{} owl:propertyDisjointWith {}", properties, properties),
    one("{} rdfs:domain {}", properties, st.one_of(classes, expressions)),
    one("{} rdfs:range {}", properties, st.one_of(classes, expressions)),
    one("{} a owl:{}Property", properties, kinds),
    one("{} owl:propertyChainAxiom ( {} )", properties, listed(properties)),
    one("[] a owl:AllDisjointProperties ; owl:members ( {} )", listed(properties, 2)),
)
axioms = st.one_of(class_axioms, property_axioms)
facts = st.one_of(
    one("{} a {}", things, st.one_of(classes, classes, expressions)),
    *[one("{} {} {}", things, properties, things)] * 3,
    one("{} {} {}", things, properties, values),
)
equalities = st.one_of(
    one("{} owl:sameAs {}", things, things),
    one("{} owl:differentFrom {}", things, things),
    one("[] a owl:AllDifferent ; owl:members ( {} )", listed(things, 2)),
    one("[] a owl:AllDifferent ; owl:distinctMembers ( {} )", listed(things, 2)),
    one("[] owl:sourceIndividual {} ; owl:assertionProperty {} ; owl:targetIndividual {}", things, properties, things),
    one("[] owl:sourceIndividual {} ; owl:assertionProperty {} ; owl:targetValue {}", things, properties, values),
)
of_schema = st.one_of(one("{} owl:sameAs {}", classes, classes), one("{} owl:sameAs {}", properties, properties))


def document(*parts: st.SearchStrategy[list[str]]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(lambda groups: " .\n".join(line for group in groups for line in group) + " .")


def some(parts: st.SearchStrategy[str], most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(parts, min_size=(most + 1) // 2, max_size=most)
