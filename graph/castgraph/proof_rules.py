"""The rules of OWL 2 RL as the specification has them, read backwards: from a conclusion to premises it may rest on.

Patterns stand in the order in which they are looked up once the conclusion is known. Lists and literals are beyond
patterns: rules with lists are functions in :mod:`castgraph.proof_lists`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from castgraph.proof_facts import Triple, first
from castgraph.proof_knowledge import SAME, A, Knowledge
from castgraph.schema import OWL, RDF, RDFS

# OWL 2 Profiles, section 4.3, tables 4 to 9: NAME  CONCLUSION <- PREMISES. "=" is owl:sameAs; ?one is the number 1.
_RULES = """
eq-sym    ?x = ?y <- ?y = ?x
eq-trans  ?x = ?z <- ?x = ?y . ?y = ?z
eq-rep-s  ?t ?p ?o <- ?s = ?t . ?s ?p ?o
eq-rep-p  ?s ?q ?o <- ?p = ?q . ?s ?p ?o
eq-rep-o  ?s ?p ?u <- ?o = ?u . ?s ?p ?o
prp-dom   ?x a ?c <- ?p rdfs:domain ?c . ?x ?p ?y
prp-rng   ?y a ?c <- ?p rdfs:range ?c . ?x ?p ?y
prp-fp    ?y = ?z <- ?p a owl:FunctionalProperty . ?x ?p ?y . ?x ?p ?z
prp-ifp   ?x = ?w <- ?p a owl:InverseFunctionalProperty . ?x ?p ?y . ?w ?p ?y
prp-symp  ?y ?p ?x <- ?p a owl:SymmetricProperty . ?x ?p ?y
prp-trp   ?x ?p ?z <- ?p a owl:TransitiveProperty . ?x ?p ?y . ?y ?p ?z
prp-spo1  ?x ?q ?y <- ?p rdfs:subPropertyOf ?q . ?x ?p ?y
prp-eqp1  ?x ?q ?y <- ?p owl:equivalentProperty ?q . ?x ?p ?y
prp-eqp2  ?x ?p ?y <- ?p owl:equivalentProperty ?q . ?x ?q ?y
prp-inv1  ?y ?q ?x <- ?p owl:inverseOf ?q . ?x ?p ?y
prp-inv2  ?y ?p ?x <- ?p owl:inverseOf ?q . ?x ?q ?y
cls-svf1  ?x a ?c <- ?c owl:someValuesFrom ?d . ?c owl:onProperty ?p . ?x ?p ?y . ?y a ?d
cls-svf2  ?x a ?c <- ?c owl:someValuesFrom owl:Thing . ?c owl:onProperty ?p . ?x ?p ?y
cls-avf   ?y a ?d <- ?c owl:allValuesFrom ?d . ?c owl:onProperty ?p . ?x ?p ?y . ?x a ?c
cls-hv1   ?x ?p ?v <- ?c owl:onProperty ?p . ?c owl:hasValue ?v . ?x a ?c
cls-hv2   ?x a ?c <- ?c owl:hasValue ?v . ?c owl:onProperty ?p . ?x ?p ?v
cls-maxc2  ?y = ?z <- ?c owl:maxCardinality ?one . ?c owl:onProperty ?p . ?x ?p ?y . ?x ?p ?z . ?x a ?c
cls-maxqc3  ?y = ?z <- ?c owl:maxQualifiedCardinality ?one . ?c owl:onProperty ?p . ?c owl:onClass ?d . ?x ?p ?y . ?x ?p ?z . ?x a ?c . ?y a ?d . ?z a ?d
cls-maxqc4  ?y = ?z <- ?c owl:maxQualifiedCardinality ?one . ?c owl:onProperty ?p . ?c owl:onClass owl:Thing . ?x ?p ?y . ?x ?p ?z . ?x a ?c
cax-sco   ?x a ?d <- ?c rdfs:subClassOf ?d . ?x a ?c
cax-eqc1  ?x a ?d <- ?c owl:equivalentClass ?d . ?x a ?c
cax-eqc2  ?x a ?c <- ?c owl:equivalentClass ?d . ?x a ?d
scm-cls   ?c rdfs:subClassOf ?c <- ?c a owl:Class
scm-cls   ?c owl:equivalentClass ?c <- ?c a owl:Class
scm-cls   ?c rdfs:subClassOf owl:Thing <- ?c a owl:Class
scm-cls   owl:Nothing rdfs:subClassOf ?c <- ?c a owl:Class
scm-sco   ?a rdfs:subClassOf ?c <- ?a rdfs:subClassOf ?b . ?b rdfs:subClassOf ?c
scm-eqc1  ?a rdfs:subClassOf ?b <- ?a owl:equivalentClass ?b
scm-eqc1  ?b rdfs:subClassOf ?a <- ?a owl:equivalentClass ?b
scm-eqc2  ?a owl:equivalentClass ?b <- ?a rdfs:subClassOf ?b . ?b rdfs:subClassOf ?a
scm-op    ?p rdfs:subPropertyOf ?p <- ?p a owl:ObjectProperty
scm-op    ?p owl:equivalentProperty ?p <- ?p a owl:ObjectProperty
scm-dp    ?p rdfs:subPropertyOf ?p <- ?p a owl:DatatypeProperty
scm-dp    ?p owl:equivalentProperty ?p <- ?p a owl:DatatypeProperty
scm-spo   ?p rdfs:subPropertyOf ?r <- ?p rdfs:subPropertyOf ?q . ?q rdfs:subPropertyOf ?r
scm-eqp1  ?p rdfs:subPropertyOf ?q <- ?p owl:equivalentProperty ?q
scm-eqp1  ?q rdfs:subPropertyOf ?p <- ?p owl:equivalentProperty ?q
scm-eqp2  ?p owl:equivalentProperty ?q <- ?p rdfs:subPropertyOf ?q . ?q rdfs:subPropertyOf ?p
scm-dom1  ?p rdfs:domain ?d <- ?p rdfs:domain ?c . ?c rdfs:subClassOf ?d
scm-dom2  ?p rdfs:domain ?c <- ?q rdfs:domain ?c . ?p rdfs:subPropertyOf ?q
scm-rng1  ?p rdfs:range ?d <- ?p rdfs:range ?c . ?c rdfs:subClassOf ?d
scm-rng2  ?p rdfs:range ?c <- ?q rdfs:range ?c . ?p rdfs:subPropertyOf ?q
scm-hv    ?c rdfs:subClassOf ?d <- ?c owl:hasValue ?v . ?c owl:onProperty ?p . ?d owl:hasValue ?v . ?d owl:onProperty ?q . ?p rdfs:subPropertyOf ?q
scm-svf1  ?c rdfs:subClassOf ?d <- ?c owl:someValuesFrom ?y . ?c owl:onProperty ?p . ?d owl:someValuesFrom ?z . ?d owl:onProperty ?p . ?y rdfs:subClassOf ?z
scm-svf2  ?c rdfs:subClassOf ?d <- ?c owl:someValuesFrom ?y . ?c owl:onProperty ?p . ?d owl:someValuesFrom ?y . ?d owl:onProperty ?q . ?p rdfs:subPropertyOf ?q
scm-avf1  ?c rdfs:subClassOf ?d <- ?c owl:allValuesFrom ?y . ?c owl:onProperty ?p . ?d owl:allValuesFrom ?z . ?d owl:onProperty ?p . ?y rdfs:subClassOf ?z
scm-avf2  ?c rdfs:subClassOf ?d <- ?c owl:allValuesFrom ?y . ?c owl:onProperty ?p . ?d owl:allValuesFrom ?y . ?d owl:onProperty ?q . ?q rdfs:subPropertyOf ?p
"""
_KEYWORDS = {"a": A, "=": SAME}
_NAMESPACES = {"rdfs": RDFS, "owl": OWL, "rdf": RDF}
_ONE = re.compile(r'"\s*\+?0*1\s*"(?:\^\^.*)?')

Bindings = Mapping[str, str]
Backwards = Callable[[Knowledge, Triple], Iterator[tuple[Triple, ...]]]
"""The sets of premises from which a rule concludes a triple."""


@dataclass(frozen=True)
class Pattern:
    """A rule without lists."""

    name: str
    head: Triple
    body: tuple[Triple, ...]

    def __call__(self, known: Knowledge, goal: Triple) -> Iterator[tuple[Triple, ...]]:
        if goal[1] == SAME and self.name in ("eq-rep-s", "eq-rep-o"):
            return  # of equalities, eq-sym and eq-trans say as much
        bound: dict[str, str] = {}
        for place, term in zip(self.head, goal, strict=True):
            if place[0] == "?":
                if bound.setdefault(place, term) != term:
                    return
            elif place != term:
                return
        yield from self._solve(known, 0, bound)

    def _solve(self, known: Knowledge, at: int, bound: Bindings) -> Iterator[tuple[Triple, ...]]:
        if at == len(self.body):
            yield ()
            return
        pattern = self.body[at]
        s, p, o = (bound.get(place) if place[0] == "?" else place for place in pattern)
        assert p is not None, f"{self.name}: the predicate is known by now"
        open_ = [place for place in pattern if place[0] == "?" and place not in bound]
        if s is not None and o is not None:
            found: Iterator[Triple] = iter([(s, p, o)] if known.possible((s, p, o)) else [])
        elif any(place in later for place in open_ for later in self.body[at + 1 :]) or "?one" in open_:
            found = (triple for triple, _ in known.match(s, p, o))
        else:
            found = first(known.match(s, p, o))
        for triple in found:
            new = {place: term for place, term in zip(pattern, triple, strict=True) if place in open_}
            if "?one" in new and not _ONE.fullmatch(new["?one"]):
                continue
            for rest in self._solve(known, at + 1, {**bound, **new}):
                yield (triple, *rest)


@cache
def patterns() -> tuple[Pattern, ...]:
    """The rules without lists, in the specification's order."""

    def triple(text: str) -> Triple:
        s, p, o = (_term(word) for word in text.split())
        return s, p, o

    found = []
    for line in _RULES.strip().splitlines():
        name, rule = line.split(maxsplit=1)
        head, _, body = rule.partition(" <- ")
        found.append(Pattern(name, triple(head), tuple(map(triple, body.split(" . ")))))
    return tuple(found)


def _term(word: str) -> str:
    if word[0] == "?" or word in _KEYWORDS:
        return _KEYWORDS.get(word, word)
    prefix, _, name = word.partition(":")
    return f"<{_NAMESPACES[prefix]}{name}>"
