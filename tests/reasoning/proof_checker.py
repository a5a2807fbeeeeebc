"""A checker of proofs, straight from the specification's tables. It shares nothing with the prover but the data type."""

from __future__ import annotations

from collections.abc import Callable

from castgraph.proof import Step, Triple

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"

TYPE = f"<{RDF}type>"
SUB, SUBP, DOM, RNG = (f"<{RDFS}{name}>" for name in ("subClassOf", "subPropertyOf", "domain", "range"))
Premises = frozenset[Triple]
Check = Callable[[str, str, str, Premises], bool]


def owl(name: str) -> str:
    return f"<{OWL}{name}>"


SAME, INV, ON, THING = owl("sameAs"), owl("inverseOf"), owl("onProperty"), owl("Thing")
SVF, AVF, HV = owl("someValuesFrom"), owl("allValuesFrom"), owl("hasValue")


def pairs(t: Premises, predicate: str) -> list[tuple[str, str]]:
    return [(s, o) for s, p, o in t if p == predicate]


def is_list(t: Premises, head: str) -> list[str] | None:
    """The members of a whole list."""
    found = []
    firsts, rests = dict(pairs(t, f"<{RDF}first>")), dict(pairs(t, f"<{RDF}rest>"))
    while head != f"<{RDF}nil>":
        if head not in firsts or head not in rests:
            return None
        found.append(firsts[head])
        head = rests[head]
    return found


def in_list(t: Premises, head: str, member: str) -> bool:
    firsts, rests = dict(pairs(t, f"<{RDF}first>")), dict(pairs(t, f"<{RDF}rest>"))
    while head in firsts:
        if firsts[head] == member:
            return True
        head = rests.get(head, "")
    return False


def walks(t: Premises, start: str, road: list[str] | None, end: str) -> bool:
    at = {start}
    for step in road or ():
        at = {o for s, p, o in t if p == step and s in at}
    return bool(road) and end in at


def two_of(t: Premises, a: str, b: str, p: str) -> list[str]:
    """The subjects with both a and b as p."""
    return [s for s, o in pairs(t, p) if o == a and (s, p, b) in t]


def at_most_one(t: Premises, predicate: str) -> list[tuple[str, str]]:
    """The restrictions that allow one value, and their properties."""
    return [(c, p) for c, n in pairs(t, predicate) if n.startswith('"1"') for d, p in pairs(t, ON) if c == d]


def shares_key(t: Premises, x: str, y: str, c: str, listed: str) -> bool:
    properties = is_list(t, listed)
    both = (x, TYPE, c) in t and (y, TYPE, c) in t and bool(properties)
    return both and all(any((y, p, v) in t for s, v in pairs(t, p) if s == x) for p in properties or ())


def restrictions(t: Premises, kind: str, c: str) -> list[tuple[str, str]]:
    return [(p, f) for d, p in pairs(t, ON) if d == c for e, f in pairs(t, kind) if e == c]


def below(t: Premises, kind: str, c: str, d: str, *, same_property: bool, up: bool = True) -> bool:
    for p, f in restrictions(t, kind, c):
        for q, g in restrictions(t, kind, d):
            if same_property and p == q and (f, SUB, g) in t:
                return True
            if not same_property and f == g and (((p, SUBP, q) if up else (q, SUBP, p)) in t):
                return True
    return False


def is_class(t: Premises, c: str) -> bool:
    """Declared as a class, or used as one in an axiom."""
    both = (SUB, *map(owl, ("equivalentClass", "disjointWith", "complementOf")))
    lists = [x for kind in ("intersectionOf", "unionOf") for _, x in pairs(t, owl(kind))]
    lists += [x for group, x in pairs(t, owl("members")) if (group, TYPE, owl("AllDisjointClasses")) in t]
    return (
        (c, TYPE, owl("Class")) in t
        or any(
            c == s
            for use in (*both, ON, *map(owl, ("intersectionOf", "unionOf", "oneOf", "hasKey")))
            for s, _ in pairs(t, use)
        )
        or any(c == o for use in (*both, SVF, AVF, owl("onClass"), DOM, RNG) for _, o in pairs(t, use))
        or any(in_list(t, listed, c) for listed in lists)
    )


CHECKS: dict[str, Check] = {
    "eq-sym": lambda s, p, o, t: p == SAME and (o, SAME, s) in t,
    "dt-eq": lambda s, p, o, t: p == SAME and s.startswith('"') and o.startswith('"') and not t,
    "eq-trans": lambda s, p, o, t: p == SAME and any((s, SAME, y) in t for y, z in pairs(t, SAME) if z == o),
    "eq-rep-s": lambda s, p, o, t: any((x, p, o) in t for x, y in pairs(t, SAME) if y == s),
    "eq-rep-p": lambda s, p, o, t: any((s, x, o) in t for x, y in pairs(t, SAME) if y == p),
    "eq-rep-o": lambda s, p, o, t: any((s, p, x) in t for x, y in pairs(t, SAME) if y == o),
    "prp-dom": lambda s, p, o, t: p == TYPE and any(c == o and any(x == s for x, _ in pairs(t, q)) for q, c in pairs(t, DOM)),
    "prp-rng": lambda s, p, o, t: p == TYPE and any(c == o and any(y == s for _, y in pairs(t, q)) for q, c in pairs(t, RNG)),
    "prp-fp": lambda s, p, o, t: p == SAME and any(two_of(t, s, o, f) for f, k in pairs(t, TYPE) if k == owl("FunctionalProperty")),
    "prp-ifp": lambda s, p, o, t: p == SAME
    and any((o, f, y) in t for f, k in pairs(t, TYPE) if k == owl("InverseFunctionalProperty") for x, y in pairs(t, f) if x == s),
    "prp-symp": lambda s, p, o, t: (p, TYPE, owl("SymmetricProperty")) in t and (o, p, s) in t,
    "prp-trp": lambda s, p, o, t: (p, TYPE, owl("TransitiveProperty")) in t and walks(t, s, [p, p], o),
    "prp-spo1": lambda s, p, o, t: any(r == p and (s, q, o) in t for q, r in pairs(t, SUBP)),
    "prp-spo2": lambda s, p, o, t: any(
        q == p and walks(t, s, is_list(t, listed), o) for q, listed in pairs(t, owl("propertyChainAxiom"))
    ),
    "prp-eqp1": lambda s, p, o, t: any(r == p and (s, q, o) in t for q, r in pairs(t, owl("equivalentProperty"))),
    "prp-eqp2": lambda s, p, o, t: any(q == p and (s, r, o) in t for q, r in pairs(t, owl("equivalentProperty"))),
    "prp-inv1": lambda s, p, o, t: any(r == p and (o, q, s) in t for q, r in pairs(t, INV)),
    "prp-inv2": lambda s, p, o, t: any(q == p and (o, r, s) in t for q, r in pairs(t, INV)),
    "prp-key": lambda s, p, o, t: p == SAME and any(shares_key(t, s, o, c, listed) for c, listed in pairs(t, owl("hasKey"))),
    "cls-int1": lambda s, p, o, t: p == TYPE
    and any(
        c == o and bool(is_list(t, listed)) and all((s, TYPE, d) in t for d in is_list(t, listed) or ())
        for c, listed in pairs(t, owl("intersectionOf"))
    ),
    "cls-int2": lambda s, p, o, t: p == TYPE
    and any((s, TYPE, c) in t and in_list(t, listed, o) for c, listed in pairs(t, owl("intersectionOf"))),
    "cls-uni": lambda s, p, o, t: p == TYPE
    and any(
        c == o and any(x == s and in_list(t, listed, d) for x, d in pairs(t, TYPE)) for c, listed in pairs(t, owl("unionOf"))
    ),
    "cls-oo": lambda s, p, o, t: p == TYPE and any(c == o and in_list(t, listed, s) for c, listed in pairs(t, owl("oneOf"))),
    "cls-svf1": lambda s, p, o, t: p == TYPE
    and any((y, TYPE, f) in t for q, f in restrictions(t, SVF, o) for x, y in pairs(t, q) if x == s),
    "cls-svf2": lambda s, p, o, t: p == TYPE
    and any(f == THING and any(x == s for x, _ in pairs(t, q)) for q, f in restrictions(t, SVF, o)),
    "cls-avf": lambda s, p, o, t: p == TYPE
    and any(f == o and (x, q, s) in t for x, c in pairs(t, TYPE) for q, f in restrictions(t, AVF, c)),
    "cls-hv1": lambda s, p, o, t: any((p, o) in restrictions(t, HV, c) for x, c in pairs(t, TYPE) if x == s),
    "cls-hv2": lambda s, p, o, t: p == TYPE and any((s, q, v) in t for q, v in restrictions(t, HV, o)),
    "cls-maxc2": lambda s, p, o, t: p == SAME
    and any((x, TYPE, c) in t for c, q in at_most_one(t, owl("maxCardinality")) for x in two_of(t, s, o, q)),
    "cls-maxqc3": lambda s, p, o, t: p == SAME
    and any(
        (x, TYPE, c) in t and any((s, TYPE, d) in t and (o, TYPE, d) in t for e, d in pairs(t, owl("onClass")) if e == c)
        for c, q in at_most_one(t, owl("maxQualifiedCardinality"))
        for x in two_of(t, s, o, q)
    ),
    "cls-maxqc4": lambda s, p, o, t: p == SAME
    and any(
        (x, TYPE, c) in t and (c, owl("onClass"), THING) in t
        for c, q in at_most_one(t, owl("maxQualifiedCardinality"))
        for x in two_of(t, s, o, q)
    ),
    "cax-sco": lambda s, p, o, t: p == TYPE and any(d == o and (s, TYPE, c) in t for c, d in pairs(t, SUB)),
    "cax-eqc1": lambda s, p, o, t: p == TYPE and any(d == o and (s, TYPE, c) in t for c, d in pairs(t, owl("equivalentClass"))),
    "cax-eqc2": lambda s, p, o, t: p == TYPE and any(c == o and (s, TYPE, d) in t for c, d in pairs(t, owl("equivalentClass"))),
    "dt-type2": lambda s, p, o, t: s.startswith('"') and p == TYPE and not t,
    "scm-cls": lambda s, p, o, t: p == SUB
    and ((o in (s, THING) and is_class(t, s)) or (s == owl("Nothing") and is_class(t, o))),
    "scm-op": lambda s, p, o, t: (
        p == SUBP and s == o and ((s, TYPE, owl("ObjectProperty")) in t or any(q == o for _, q in pairs(t, ON)))
    ),
    "scm-sco": lambda s, p, o, t: p == SUB and walks(t, s, [SUB, SUB], o),
    "scm-eqc1": lambda s, p, o, t: p == SUB and bool(t & {(s, owl("equivalentClass"), o), (o, owl("equivalentClass"), s)}),
    "scm-eqc2": lambda s, p, o, t: p == owl("equivalentClass") and {(s, SUB, o), (o, SUB, s)} <= t,
    "scm-spo": lambda s, p, o, t: p == SUBP and walks(t, s, [SUBP, SUBP], o),
    "scm-eqp1": lambda s, p, o, t: p == SUBP and bool(t & {(s, owl("equivalentProperty"), o), (o, owl("equivalentProperty"), s)}),
    "scm-eqp2": lambda s, p, o, t: p == owl("equivalentProperty") and {(s, SUBP, o), (o, SUBP, s)} <= t,
    "scm-dom1": lambda s, p, o, t: p == DOM and walks(t, s, [DOM, SUB], o),
    "scm-dom2": lambda s, p, o, t: p == DOM and walks(t, s, [SUBP, DOM], o),
    "scm-rng1": lambda s, p, o, t: p == RNG and walks(t, s, [RNG, SUB], o),
    "scm-rng2": lambda s, p, o, t: p == RNG and walks(t, s, [SUBP, RNG], o),
    "scm-hv": lambda s, p, o, t: p == SUB and below(t, HV, s, o, same_property=False),
    "scm-svf1": lambda s, p, o, t: p == SUB and below(t, SVF, s, o, same_property=True),
    "scm-svf2": lambda s, p, o, t: p == SUB and below(t, SVF, s, o, same_property=False),
    "scm-avf1": lambda s, p, o, t: p == SUB and below(t, AVF, s, o, same_property=True),
    "scm-avf2": lambda s, p, o, t: p == SUB and below(t, AVF, s, o, same_property=False, up=False),
    "scm-int": lambda s, p, o, t: p == SUB and any(c == s and in_list(t, x, o) for c, x in pairs(t, owl("intersectionOf"))),
    "scm-uni": lambda s, p, o, t: p == SUB and any(c == o and in_list(t, x, s) for c, x in pairs(t, owl("unionOf"))),
}  # fmt: skip


def check(step: Step, above: frozenset[Triple] = frozenset()) -> None:
    """Each step follows by its rule, needs all its premises, and does not rest on itself; leaves are asserted."""
    assert step.triple not in above, f"{step.triple} rests on itself"
    if step.rule is None:
        assert step.places
        assert not step.premises
        return
    t = frozenset(premise.triple for premise in step.premises)
    follows = CHECKS[step.rule]
    assert follows(*step.triple, t), f"{step.rule} does not give {step.triple} from {sorted(t)}"
    for each in t:
        assert not follows(*step.triple, t - {each}), f"{step.rule} does not need {each} for {step.triple}"
    for premise in step.premises:
        check(premise, above | {step.triple})
