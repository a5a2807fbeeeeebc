"""A proof for people: a tree of lines, with names beside IRIs, axioms in words, and the places of asserted triples."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from castgraph.proof_facts import Place, Triple, parse
from castgraph.proof_knowledge import FIRST, REST, A, Knowledge
from castgraph.proof_terms import Names
from castgraph.schema import OWL, RDFS, is_axiom

if TYPE_CHECKING:
    from castgraph.proof import Step

_SHOWN_DEEP = 4  # expressions within expressions
_ON = f"<{OWL}onProperty>"
_RESTRICTIONS = {
    f"<{OWL}someValuesFrom>": "some",
    f"<{OWL}allValuesFrom>": "only",
    f"<{OWL}hasValue>": "value",
    f"<{OWL}maxCardinality>": "max",
    f"<{OWL}maxQualifiedCardinality>": "max",
}
_COMBINATIONS = {f"<{OWL}intersectionOf>": " and ", f"<{OWL}unionOf>": " or "}
_ONE_OF, _INVERSE, _ON_CLASS, _NOT = (f"<{OWL}{n}>" for n in ("oneOf", "inverseOf", "onClass", "complementOf"))
_DEFINING = frozenset({_ON, _ON_CLASS, _ONE_OF, *_RESTRICTIONS, *_COMBINATIONS})
_KINDS = {
    "SymmetricProperty": "{s} is symmetric: it holds both ways",
    "TransitiveProperty": "{s} is transitive: what it links in two steps, it links in one",
    "FunctionalProperty": "nothing has two different values of {s}",
    "InverseFunctionalProperty": "no two different things have the same {s}",
    "Class": "{s} is a class",
    "ObjectProperty": "{s} is a property",
    "DatatypeProperty": "{s} is a property with literal values",
}
_WORDS = {
    f"<{RDFS}subClassOf>": "every {s} is a {o}",
    f"<{RDFS}subPropertyOf>": "what has {s} has it also as {o}",
    f"<{RDFS}domain>": "whatever has {s} is a {o}",
    f"<{RDFS}range>": "every value of {s} is a {o}",
    f"<{OWL}inverseOf>": "{s} is {o} read backwards",
    f"<{OWL}equivalentClass>": "{s} and {o} have the same members",
    f"<{OWL}equivalentProperty>": "{s} and {o} say the same",
    f"<{OWL}hasKey>": "members of {s} that agree in all of {o} are the same",
    f"<{OWL}intersectionOf>": "the members of {s} are those of all of {o}",
    f"<{OWL}unionOf>": "the members of {s} are those of any of {o}",
    f"<{OWL}oneOf>": "the members of {s} are {o}",
    f"<{OWL}sameAs>": "{s} and {o} are one and the same",
    **{f"<{OWL}{kind}>": words for kind, words in _KINDS.items()},
}
_CHAIN = f"<{OWL}propertyChainAxiom>"


class Text:
    """Writes proofs over one closed graph."""

    def __init__(self, known: Knowledge, names: Names) -> None:
        self._known = known
        self._names = names
        self._named: set[str] = set()

    def lines(self, step: Step) -> Iterator[str]:
        """The proof as a tree. Of an axiom used several times, the words stand where it is first used; so do names."""
        self._named.clear()
        yield from self._tree(step, "", "", set())

    def triple(self, triple: Triple) -> str:
        """A triple in short terms, with names beside those that have one."""
        s, p, o = triple
        if is_axiom(p[1:-1], o[1:-1]):
            return f"{self.term(s)} {self._predicate(p)} {self.term(o)}"
        return f"{self._with_name(s)} {self._predicate(p)} {self._with_name(o)}"

    def term(self, term: str, depth: int = 0) -> str:
        """A term in short form; anonymous classes and properties as expressions, lists in parentheses."""
        if not term.startswith("_:") or depth > _SHOWN_DEEP:
            return self._names.write(term)

        def one(predicate: str) -> str | None:
            return next(iter(self._known.objects(term, predicate)), None)

        def all_of(listed: str, joint: str) -> str:
            parts, _ = self._known.whole(listed)
            return joint.join(self.term(part, depth + 1) for part in parts)

        if one(FIRST):
            return f"({all_of(term, ' ')})"
        on = one(_ON)
        for predicate, word in _RESTRICTIONS.items():
            if on and (filler := one(predicate)):
                if word == "max":
                    qualified = one(_ON_CLASS)
                    filler = str(parse(filler).value) + (f" {self.term(qualified, depth + 1)}" if qualified else "")
                else:
                    filler = self.term(filler, depth + 1)
                return f"[{self.term(on, depth + 1)} {word} {filler}]"
        for predicate, joint in _COMBINATIONS.items():
            if listed := one(predicate):
                return f"[{all_of(listed, joint)}]"
        if listed := one(_ONE_OF):
            return f"{{{all_of(listed, ', ')}}}"
        if other := one(_NOT):
            return f"[not {self.term(other, depth + 1)}]"
        if other := one(_INVERSE) or next(iter(self._known.subjects(_INVERSE, term)), None):
            return f"[inverse of {self._names.write(other)}]"
        return term

    def places(self, places: tuple[Place, ...]) -> Iterator[tuple[str, str]]:
        """Where a triple is asserted, graph by graph: source with lines, and the graph."""
        for (graph, source), several in groupby(places, key=lambda place: (place.graph, place.source)):
            told = list(several)
            lines = [str(place.line) for place in told if place.line is not None]
            where = f", line{'s' if len(lines) > 1 else ''} {', '.join(lines)}" if lines else ""
            where += "".join(f", {record}" for record in dict.fromkeys(place.record for place in told) if record)
            yield f"{source or 'graph'}{where}", self._names.write(f"<{graph}>") if graph else ""

    def _tree(self, step: Step, first: str, rest: str, told: set[Triple]) -> Iterator[str]:
        premises = [premise for premise in step.premises if not self._defines(premise)]
        yield f"{first}{self.triple(step.triple)}"
        bar = rest + ("│ " if premises else "  ")
        if not step.asserted:
            yield f"{bar}by {step.rule}{', about the ontology' if str(step.rule).startswith('scm-') else ''}"
        elif is_axiom(step.triple[1][1:-1], step.triple[2][1:-1]):
            if step.triple not in told:
                told.add(step.triple)
                where = "; ".join(", ".join(filter(None, place)) for place in self.places(step.places))
                yield f"{bar}axiom: {self._words(step.triple)}  [{where}]"
        else:
            for source, graph in self.places(step.places):
                yield f"{bar}asserted: {source}" + (f"  [{graph}]" if graph else "")
        for number, premise in enumerate(premises, 1):
            last = number == len(premises)
            yield from self._tree(premise, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  "), told)

    @staticmethod
    def _defines(step: Step) -> bool:
        """True for parts of lists and of anonymous classes: they are shown where the list or class is."""
        s, p, _ = step.triple
        return step.asserted and (p in (FIRST, REST) or (s.startswith("_:") and p in _DEFINING))

    def _words(self, triple: Triple) -> str:
        s, p, o = triple
        if p == _CHAIN:
            parts, _ = self._known.whole(o)
            return f"{' followed by '.join(map(self.term, parts))} makes {self.term(s)}"
        words = _WORDS.get(o if p == A else p)
        return words.format(s=self.term(s), o=self.term(o)) if words else self.triple(triple)

    def _predicate(self, predicate: str) -> str:
        return "a" if predicate == A else self.term(predicate)

    def _with_name(self, term: str) -> str:
        text = self.term(term)
        if not text.startswith(("id/", "<")) or term in self._named:
            return text
        self._named.add(term)
        labels = self._known.facts.labels(term)
        return f"{text} ({labels[0]})" if labels else text
