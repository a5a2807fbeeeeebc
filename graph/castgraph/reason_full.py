"""What is true besides, and nobody asks for: with it, the closure is whole as far as RDF can write it down.

Reflexive ``owl:sameAs``, ``owl:Thing`` types, each class under itself, axiomatic triples: eq-ref, prp-ap, cls-thing,
cls-nothing1, dt-type1, scm-cls, scm-op, scm-dp, scm-dom, scm-rng.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from castgraph.reason_axioms import OWL, RDF, RDFS, XSD, Axiom, Axioms, owl, rdf, rdfs
from castgraph.reason_axioms import A as A_TEXT
from castgraph.reason_facts import SAME_AS, TYPE, Statement
from castgraph.reason_hierarchy import close, trivial

THING = owl("Thing").encode()
ANNOTATION_PROPERTIES = (
    *map(rdfs, ("label", "comment", "seeAlso", "isDefinedBy")),
    *map(owl, ("deprecated", "versionInfo", "priorVersion", "backwardCompatibleWith", "incompatibleWith")),
)
DATATYPES = (
    *map(rdf, ("PlainLiteral", "XMLLiteral")), rdfs("Literal"),
    *(f"<{XSD}{name}>" for name in (
        "decimal", "integer", "nonNegativeInteger", "nonPositiveInteger", "positiveInteger", "negativeInteger", "long",
        "int", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte", "float", "double",
        "string", "normalizedString", "token", "language", "Name", "NCName", "NMTOKEN", "boolean", "hexBinary",
        "base64Binary", "anyURI", "dateTime", "dateTimeStamp",
    )),
)  # fmt: skip


def legal(
    axioms: Axioms,
    others: Iterable[Statement],
    read: Callable[[], Iterable[Statement]],
    written: Iterable[Statement] = (),
) -> Iterator[bytes]:
    """As N-Triples lines: ``others``, and what the rules above add to them, to the axioms and to the statements read.

    Nothing that ``axioms``, the statements read or those ``written`` say already.
    """
    said: set[Statement] = {*written, *(_encoded(axiom) for axiom in axioms.triples)}
    found: set[Statement] = {*others}
    found |= {_encoded(axiom) for axiom in trivial(axioms) | close(axioms, domains=True).triples | _axiomatic()}
    terms: set[bytes] = set()
    for statement in (*said, *found):
        terms.update(statement)
    things: set[bytes] = set()
    for statement in read():
        subject, predicate, object_ = statement
        terms.update(statement)
        things.add(subject)
        if predicate == TYPE:
            if object_ == THING:
                said.add(statement)
        else:
            things.add(object_)
            if predicate == SAME_AS:
                said.add(statement)
    vocabulary = tuple(f"<{namespace}".encode() for namespace in (OWL, RDF, RDFS, XSD))
    found.update((x, TYPE, THING) for x in things if not x.startswith((b'"', *vocabulary)))
    found.update((x, SAME_AS, x) for x in terms if not x.startswith(b'"'))
    return (b"%b %b %b .\n" % each for each in sorted(found - said) if not each[0].startswith(b'"'))


def _axiomatic() -> frozenset[Axiom]:
    found = {(p, A_TEXT, owl("AnnotationProperty")) for p in ANNOTATION_PROPERTIES}
    return frozenset(found | {(datatype, A_TEXT, rdfs("Datatype")) for datatype in DATATYPES})


def _encoded(axiom: Axiom) -> Statement:
    return axiom[0].encode(), axiom[1].encode(), axiom[2].encode()
