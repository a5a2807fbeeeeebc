"""The triples that speak of classes and properties, as N-Triples terms, found by predicate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from castgraph.errors import OntologyError

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"

Axiom = tuple[str, str, str]


def rdf(name: str) -> str:
    return f"<{RDF}{name}>"


def rdfs(name: str) -> str:
    return f"<{RDFS}{name}>"


def owl(name: str) -> str:
    """A term of the OWL vocabulary, as N-Triples.

    >>> owl("Thing")
    '<http://www.w3.org/2002/07/owl#Thing>'
    """
    return f"<{OWL}{name}>"


A, FIRST, REST, NIL = rdf("type"), rdf("first"), rdf("rest"), rdf("nil")
SUB_CLASS, SUB_PROPERTY = rdfs("subClassOf"), rdfs("subPropertyOf")
SAME, DIFFERENT = owl("sameAs"), owl("differentFrom")
THING, NOTHING = owl("Thing"), owl("Nothing")


class Axioms:
    """Axioms, each once.

    >>> axioms = Axioms([("<http://e.org/Film>", SUB_CLASS, "<http://e.org/Work>")])
    >>> axioms.pairs(SUB_CLASS), axioms.objects("<http://e.org/Film>", SUB_CLASS), axioms.pairs(A)
    ([('<http://e.org/Film>', '<http://e.org/Work>')], ['<http://e.org/Work>'], [])
    """

    def __init__(self, triples: Iterable[Axiom]) -> None:
        self.triples = frozenset(triples)
        self._objects: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._of_type: defaultdict[str, list[str]] = defaultdict(list)
        for subject, predicate, object_ in sorted(self.triples):
            self._objects[predicate][subject].append(object_)
            if predicate == A:
                self._of_type[object_].append(subject)

    def __contains__(self, triple: Axiom) -> bool:
        return triple in self.triples

    def pairs(self, predicate: str) -> list[tuple[str, str]]:
        """Subject and object of every triple with the predicate, in a fixed order."""
        if predicate not in self._objects:
            return []
        return [(subject, object_) for subject, objects in self._objects[predicate].items() for object_ in objects]

    def objects(self, subject: str, predicate: str) -> list[str]:
        """The objects of the triples with subject and predicate."""
        return self._objects[predicate].get(subject, []) if predicate in self._objects else []

    def of_type(self, class_: str) -> list[str]:
        """What is stated to be of a class."""
        return self._of_type.get(class_, [])

    def members(self, head: str) -> list[str]:
        """The members of an RDF list; of members that a closure added, stated to be the same as another, that other one.

        Raises OntologyError where the list is broken or goes round in a circle.
        """
        found: list[str] = []
        seen: set[str] = set()
        while head != NIL:
            first, rest = self._one(self.objects(head, FIRST)), self._one(self.objects(head, REST))
            if first is None or rest is None or head in seen:
                raise OntologyError(f"the list at {head} is broken: every part needs one rdf:first and one rdf:rest.")
            seen.add(head)
            found.append(first)
            head = rest
        return found

    def _one(self, terms: list[str]) -> str | None:
        """The only term, or the first of terms stated to be the same as it."""
        if any((terms[0], SAME, each) not in self and (each, SAME, terms[0]) not in self for each in terms[1:]):
            return None
        return terms[0] if terms else None

    def lists(self, predicate: str) -> Iterator[tuple[str, list[str]]]:
        """Subject and list members of every triple with the predicate."""
        for subject, head in self.pairs(predicate):
            yield subject, self.members(head)

    def renamed(self, names: Mapping[str, str]) -> Axioms:
        """The axioms with some terms replaced; what is said about equality itself stays as it is."""
        if not names:
            return self
        get = names.get
        return Axioms(
            (s, p, o) if p in (SAME, DIFFERENT) else (get(s, s), get(p, p), get(o, o)) for s, p, o in self.triples
        )
