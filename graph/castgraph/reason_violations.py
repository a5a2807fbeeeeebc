"""Contradictions in words: which rule was broken, by which facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyoxigraph import Triple

_A = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_SAME = "<http://www.w3.org/2002/07/owl#sameAs>"

# For each rule that concludes "false": the sentence, and the facts it names. x has y as p; c and q as the rule has them.
_RULES: dict[str, tuple[str, tuple[str, ...]]] = {
    "prp-irp": ("{x} has itself as {p}, which is irreflexive", ("x p x",)),
    "prp-asyp": ("{x} and {y} have each other as {p}, which is asymmetric", ("x p y", "y p x")),
    "prp-pdw": ("{x} has {y} both as {p} and as {q}, which are disjoint", ("x p y", "x q y")),
    "prp-adp": ("{x} has {y} both as {p} and as {q}, which are disjoint", ("x p y", "x q y")),
    "prp-npa1": ("{x} has {y} as {p}, which is stated to be false", ("x p y",)),
    "prp-npa2": ("{x} has {y} as {p}, which is stated to be false", ("x p y",)),
    "cls-nothing2": ("{x} is of a class that can have no members", ("x a p",)),
    "cls-com": ("{x} is both a {p} and a {q}, which is its complement", ("x a p", "x a q")),
    "cls-maxc1": ("{x} has {y} as {p}, of which its class {q} allows none", ("x a q", "x p y")),
    "cls-maxqc1": ("{x} has {y} as {p}, of which its class {q} allows none of that kind", ("x a q", "x p y")),
    "cls-maxqc2": ("{x} has {y} as {p}, of which its class {q} allows none", ("x a q", "x p y")),
    "cax-dw": ("{x} is both a {p} and a {q}, which are disjoint", ("x a p", "x a q")),
    "cax-adc": ("{x} is both a {p} and a {q}, which are disjoint", ("x a p", "x a q")),
    "dt-not-type": ("{x} has {y} as {p}, which is no value of {q}", ("x p y",)),
    "dt-diff": ("{x} has the different values {y} and {q} as {p}, of which it can have but one", ("x p y", "x p q")),
    "eq-diff1": ("{x} and {y} are the same, and stated to be different", ("x = y",)),
    "eq-diff2": ("{x} and {y} are the same, and stated to be all different", ("x = y",)),
    "eq-diff3": ("{x} and {y} are the same, and stated to be all different", ("x = y",)),
}
# The same where the member of a class is a literal y, which is x's value of p; no triple can say that it is a member.
_OF_LITERALS = {
    "cls-nothing2": ("{x} has {y} as {p}, which would be a {q}: a class that can have no members", ("x p y",)),
    "cls-com": ("{x} has {y} as {p}, whose values would be of {q} and of its complement", ("x p y",)),
    "cax-dw": ("{x} has {y} as {p}, whose values would be of {q} and of a class disjoint with it", ("x p y",)),
    "cax-adc": ("{x} has {y} as {p}, whose values would be of {q} and of a class disjoint with it", ("x p y",)),
}
_LONGEST = 200
"""Characters of a literal that a sentence shows."""


@dataclass(frozen=True)
class Violation:
    """A contradiction: the rule's name in the specification, what is wrong in words, and the facts that clash.

    The facts are triples of the closure: given ones or inferred ones.
    """

    rule: str
    message: str
    facts: tuple[Triple, ...] = ()

    def __str__(self) -> str:
        return f"{self.rule}: {self.message}"


def violation(rule: str, x: str, p: str, y: str, q: str) -> Violation:
    """The violation of ``rule`` by terms in N-Triples form, in the places the rule file gives them.

    >>> str(violation("prp-irp", "<http://e.org/a>", "<http://e.org/before>", "<http://e.org/a>", ""))
    'prp-irp: <http://e.org/a> has itself as <http://e.org/before>, which is irreflexive'
    """
    from pyoxigraph import RdfFormat, parse

    message, facts = (_OF_LITERALS if y and rule in _OF_LITERALS else _RULES)[rule]
    places = {"x": x, "p": p, "y": y, "q": q, "a": _A, "=": _SAME}
    triples = [tuple(places[place] for place in fact.split()) for fact in facts]
    # A property without a name (the inverse of another) cannot be a triple's predicate: such a fact is left out.
    lines = "\n".join(" ".join(triple) + " ." for triple in triples if triple[1].startswith("<"))
    shown = {place: _shortened(term) for place, term in places.items()}
    return Violation(
        rule, message.format(**shown), tuple(quad.triple for quad in parse(lines, format=RdfFormat.N_TRIPLES))
    )


def _shortened(term: str) -> str:
    if len(term) <= _LONGEST or not term.startswith('"'):
        return term
    return f'{term[:_LONGEST]}…"{term[term.rindex(chr(34)) + 1 :]}'
