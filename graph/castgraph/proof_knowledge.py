"""A closed graph as proofs look at it: what it writes down, what may follow beside that, and its lists."""

from __future__ import annotations

from collections.abc import Iterator

from castgraph.proof_facts import Facts, Triple
from castgraph.schema import OWL, RDF, RDFS, VOCABULARIES, is_axiom

A, SAME, THING, NOTHING = f"<{RDF}type>", f"<{OWL}sameAs>", f"<{OWL}Thing>", f"<{OWL}Nothing>"
SUB_CLASS, SUB_PROPERTY = f"<{RDFS}subClassOf>", f"<{RDFS}subPropertyOf>"
FIRST, REST, NIL = f"<{RDF}first>", f"<{RDF}rest>", f"<{RDF}nil>"
_RESTRICTING = [f"<{OWL}{name}>" for name in ("someValuesFrom", "allValuesFrom", "hasValue")]


class Knowledge:
    """A closed graph, and what may follow from it though the closure does not write it down."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def match(self, subject: str | None, predicate: str, object_: str | None) -> Iterator[tuple[Triple, bool]]:
        """As :meth:`Facts.match`, and the candidates that must be proved before they count."""
        if predicate.startswith("_:"):
            yield from self._of_inverse(subject, predicate, object_)
            return
        seen = set()
        for triple, asserted in self.facts.match(subject, predicate, object_):
            seen.add(triple)
            yield triple, asserted
        for triple in self._unwritten(subject, predicate, object_):
            if triple not in seen:
                seen.add(triple)
                yield triple, False

    def objects(self, subject: str, predicate: str) -> list[str]:
        """What a subject has as predicate."""
        return [triple[2] for triple, _ in self.facts.match(subject, predicate, None)]

    def subjects(self, predicate: str, object_: str) -> list[str]:
        """What has an object as predicate."""
        return [triple[0] for triple, _ in self.facts.match(None, predicate, object_)]

    def possible(self, triple: Triple) -> bool:
        """False for a triple that cannot follow: the closure would have it."""
        if self.unwritten(triple) or any(True for _ in self.facts.match(*triple)):
            return True
        s, p, o = triple
        return o.startswith('"') and any(same_value(other, o) for other in self.objects(s, p))

    @staticmethod
    def unwritten(triple: Triple) -> bool:
        """True for a triple of a kind that closures leave out: of anonymous classes, of vocabulary, about axioms.

        >>> Knowledge.unwritten(("<x:a>", A, "_:restriction")), Knowledge.unwritten(("<x:a>", A, "<x:Film>"))
        (True, False)
        """
        s, p, o = triple
        if p == A and (o.startswith("_:") or o[1:].startswith(VOCABULARIES)):
            return True
        return p.startswith("_:") or s.startswith('"') or (p != SAME and p != A and is_axiom(p[1:-1], ""))

    def _of_inverse(self, subject: str | None, predicate: str, object_: str | None) -> Iterator[tuple[Triple, bool]]:
        """A property without a name is the inverse of another, and holds of the same things."""
        inverse = f"<{OWL}inverseOf>"
        for other in dict.fromkeys((*self.objects(predicate, inverse), *self.subjects(inverse, predicate))):
            for (s, _, o), _ in self.facts.match(object_, other, subject):
                yield (o, predicate, s), False

    def _unwritten(self, subject: str | None, predicate: str, object_: str | None) -> Iterator[Triple]:
        if predicate == SUB_CLASS and (subject is None) != (object_ is None):
            for other in self._akin(subject or object_ or ""):
                yield (subject or other, predicate, object_ or other)
            if subject is not None:
                for other in self._beside(subject, f"<{OWL}equivalentClass>"):
                    yield (subject, predicate, other)
                for listed in self.objects(subject, f"<{OWL}intersectionOf>"):
                    for part, _ in self.members(listed):
                        yield (subject, predicate, part)
                for listed in self.lists_with(subject):
                    for union in self.subjects(f"<{OWL}unionOf>", listed):
                        yield (subject, predicate, union)
                if subject != THING and self._thing_is_below():
                    yield (subject, predicate, THING)
        elif predicate == SUB_PROPERTY and subject is not None and object_ is None:
            for other in self._beside(subject, f"<{OWL}equivalentProperty>"):
                yield (subject, predicate, other)

    def _thing_is_below(self) -> bool:
        """True where owl:Thing is below another class, so that all classes are."""
        return (
            any(self.objects(THING, SUB_CLASS))
            or any(self._beside(THING, f"<{OWL}equivalentClass>"))
            or any(self.subjects(f"<{OWL}unionOf>", listed) for listed in self.lists_with(THING))
        )

    def _akin(self, restriction: str) -> Iterator[str]:
        """Restrictions with which a restriction shares its property or its filler."""
        for predicate in _RESTRICTING:
            for filler in self.objects(restriction, predicate):
                yield from self.subjects(predicate, filler)
                for on in self.objects(restriction, f"<{OWL}onProperty>"):
                    for other in self.subjects(f"<{OWL}onProperty>", on):
                        if self.objects(other, predicate):
                            yield other

    def _beside(self, subject: str, predicate: str) -> Iterator[str]:
        yield from self.objects(subject, predicate)
        yield from self.subjects(predicate, subject)

    def members(self, head: str) -> list[tuple[str, tuple[Triple, ...]]]:
        """The members of a list, each with the triples of the list up to and including it."""
        found: list[tuple[str, tuple[Triple, ...]]] = []
        cells: tuple[Triple, ...] = ()
        seen: set[str] = set()
        while head != NIL and head not in seen:
            seen.add(head)
            firsts, rests = self._stated(head, FIRST), self._stated(head, REST)
            if len(firsts) != 1 or len(rests) != 1:
                return []
            cells = (*cells, (head, FIRST, firsts[0]))
            found.append((firsts[0], cells))
            cells = (*cells, (head, REST, rests[0]))
            head = rests[0]
        return found

    def _stated(self, subject: str, predicate: str) -> list[str]:
        """The asserted objects; equality may have added others to a list."""
        return [triple[2] for triple, asserted in self.facts.match(subject, predicate, None) if asserted]

    def whole(self, head: str) -> tuple[list[str], tuple[Triple, ...]]:
        """The members of a list, and all its triples."""
        parts = self.members(head)
        if not parts:
            return [], ()
        cells = parts[-1][1]
        return [part for part, _ in parts], (*cells, (cells[-1][0], REST, NIL))

    def lists_with(self, member: str) -> Iterator[str]:
        """The heads of the lists that have a member."""
        for cell in self.subjects(FIRST, member):
            head, seen = cell, {cell}
            while (before := self.subjects(REST, head)) and before[0] not in seen:
                head = before[0]
                seen.add(head)
            yield head


def same_value(one: str, other: str) -> bool:
    """True where two terms are literals with one value, though perhaps written in two ways."""
    from castgraph.reason_datatypes import key

    return one.startswith('"') and other.startswith('"') and key(one.encode()) == key(other.encode())
