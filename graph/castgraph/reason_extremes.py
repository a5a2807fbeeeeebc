"""What ``scm-cls`` says of ``owl:Thing`` and ``owl:Nothing``, told where an axiom can use it.

Every class is below ``owl:Thing``, and ``owl:Nothing`` is below every class. Told always, that would be most of a closed
hierarchy, and nearly always to no use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from castgraph.reason_axioms import NOTHING, SUB_CLASS, THING, XSD, A, Axioms, owl, rdf, rdfs

DATATYPES = frozenset({rdfs("Literal"), *map(rdf, ("langString", "PlainLiteral", "XMLLiteral", "HTML", "JSON"))})
CLASS_TYPES = (owl("Class"), rdfs("Class"), owl("Restriction"))
DOMAIN, RANGE = rdfs("domain"), rdfs("range")

_FILLERS = frozenset({owl("someValuesFrom"), owl("allValuesFrom"), owl("onClass")})
_SAYS_NOTHING_OF_THING = frozenset({SUB_CLASS, DOMAIN, RANGE, A, *_FILLERS})
_BOTH = (SUB_CLASS, *map(owl, ("equivalentClass", "disjointWith", "complementOf")))
_SUBJECTS = tuple(map(owl, ("onProperty", "intersectionOf", "unionOf", "oneOf", "hasKey")))
_LISTS = tuple(map(owl, ("intersectionOf", "unionOf")))


def thing_matters(axioms: Axioms) -> bool:
    """True where a rule can ask for the members of ``owl:Thing``: it is a subclass, a part of a list, disjoint, has a key.

    >>> thing_matters(Axioms([(THING, SUB_CLASS, "<x:A>")])), thing_matters(Axioms([("<x:A>", SUB_CLASS, THING)]))
    (True, False)
    """
    return any(
        (s == THING and (p, o) != (SUB_CLASS, THING) and p != A) or (o == THING and p not in _SAYS_NOTHING_OF_THING)
        for s, p, o in axioms.triples
    )


def classes(axioms: Axioms) -> frozenset[str]:
    """Whatever is declared to be a class, or stands where a class must stand, but for datatypes."""
    found = {c for kind in CLASS_TYPES for c in axioms.of_type(kind)}
    for predicate in _BOTH:
        found.update(term for pair in axioms.pairs(predicate) for term in pair)
    for predicate in (DOMAIN, RANGE, *_FILLERS):
        found.update(c for _, c in axioms.pairs(predicate))
    for predicate in _SUBJECTS:
        found.update(c for c, _ in axioms.pairs(predicate))
    for predicate in _LISTS:
        found.update(part for _, parts in axioms.lists(predicate) for part in parts)
    for group in axioms.of_type(owl("AllDisjointClasses")):
        found.update(c for head in axioms.objects(group, owl("members")) for c in axioms.members(head))
    return frozenset(c for c in found if not is_datatype(axioms, c))


def is_datatype(axioms: Axioms, c: str) -> bool:
    """True for a literal, for the datatypes of the specification, and for what is declared to be one."""
    return c.startswith(('"', f"<{XSD}")) or c in DATATYPES or (c, A, rdfs("Datatype")) in axioms


def below_thing(axioms: Axioms) -> Iterator[tuple[str, str]]:
    """The classes with ``owl:Thing``, where it matters who is a member of that."""
    if thing_matters(axioms):
        yield from ((c, THING) for c in classes(axioms) if c != THING)


def between_fillers(axioms: Axioms, fillers: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What ``scm-svf1`` and ``scm-avf1`` ask of fillers of restrictions: that they are below ``owl:Thing``, where that is
    one, and above ``owl:Nothing``, where an axiom names it."""
    named = [c for c in fillers if not is_datatype(axioms, c)]
    if THING in named:
        yield from ((c, THING) for c in named)
    if any(NOTHING in (s, o) for s, p, o in axioms.triples if p not in (DOMAIN, RANGE, A)):
        yield from ((NOTHING, c) for c in named)
