"""What a proof may rest on: the closure of a graph, with the places where each asserted triple stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from castgraph.iris import DCTERMS, FILM, PROV, RDF, RDFS, SKOS
from castgraph.store import in_their_graphs
from castgraph.table_lines import lines_of

if TYPE_CHECKING:
    import pyoxigraph as ox
    import rdflib

    from castgraph.iris import Iris

Triple: TypeAlias = tuple[str, str, str]
"""Subject, predicate and object, in N-Triples form. Inside a proof the predicate may be a blank node, the subject a literal."""

LABELS = (SKOS + "prefLabel", RDFS + "label")
"""What says how a thing is called, the best first."""


@dataclass(frozen=True, order=True)
class Place:
    """Where a triple is asserted. ``graph`` is empty for a graph without a name; ``line`` is None where none is known."""

    graph: str = ""
    source: str = ""
    """The publisher of the source, or the graph's title where nobody published it."""
    line: int | None = None
    record: str = ""
    """The IRI under which another data set says it; empty where the source is none."""


class Facts(Protocol):
    """A closed graph: what is asserted, axioms included, and what was inferred."""

    def match(self, subject: str | None, predicate: str, object_: str | None) -> Iterator[tuple[Triple, bool]]:
        """The triples of the closure that match, None for anything; True with those that are asserted."""
        ...

    def asserted(self, triple: Triple) -> bool:
        """True for a triple that proofs may rest on."""
        ...

    def places(self, triple: Triple) -> tuple[Place, ...]:
        """Where a triple is asserted, in order; none where it is not."""
        ...

    def labels(self, term: str) -> list[str]:
        """What a thing is called: preferred names first."""
        ...

    def knows(self, term: str) -> bool:
        """True for a term of any triple."""
        ...


class SnapshotFacts:
    """A snapshot's store, looked up triple by triple: nothing is read before it is needed."""

    def __init__(self, store: ox.Store, iris: Iris) -> None:
        import pyoxigraph as ox

        self._store = store
        self._provenance = ox.NamedNode(iris.provenance)
        self._inferred = ox.NamedNode(iris.inferred)
        derived = {iris.inferred, iris.graph("equality")}
        self._derived = frozenset(map(ox.NamedNode, derived))
        sources = self._store.quads_for_pattern(
            None, ox.NamedNode(RDF + "type"), ox.NamedNode(FILM + "SourceGraph"), self._provenance
        )
        self._given = frozenset({quad.subject for quad in sources} | {ox.NamedNode(iris.schema)}) - self._derived
        self._names: dict[str, str] = {}

    def match(self, subject: str | None, predicate: str, object_: str | None) -> Iterator[tuple[Triple, bool]]:
        """See :meth:`Facts.match`. Facts are what source graphs, the ontology and the closure hold."""
        if not predicate.startswith("<") or (subject or "").startswith('"'):
            return
        found: dict[Triple, bool] = {}
        for quad in self._quads(subject, predicate, object_):
            if quad.graph_name in self._given or quad.graph_name in self._derived:
                triple = (str(quad.subject), str(quad.predicate), str(quad.object))
                asserted = quad.graph_name in self._given
                if asserted and not found.get(triple):
                    yield triple, True
                found[triple] = asserted or found.get(triple, False)
        yield from ((triple, False) for triple, asserted in found.items() if not asserted)

    def asserted(self, triple: Triple) -> bool:
        """See :meth:`Facts.asserted`: in a source's graph, or in the ontology."""
        return any(asserted for _, asserted in self.match(*triple))

    def places(self, triple: Triple) -> tuple[Place, ...]:
        """See :meth:`Facts.places`. Every graph but the derived ones counts, with the lines its provenance knows, or its rows."""
        import pyoxigraph as ox

        if not triple[1].startswith("<") or triple[0].startswith('"'):
            return ()
        s, p, o = map(parse, triple)
        every = (quad.graph_name for quad in self._quads(*triple) if quad.graph_name not in self._derived)
        graphs = {_text(graph) for graph in every if hasattr(graph, "value")}  # the union of all graphs has no name
        lines: dict[str, list[int]] = {}
        records: dict[str, list[str]] = {}
        for statement in self._statements(s, p, o) if graphs else ():
            told = [int(_text(line)) for line in self._objects(statement, FILM + "sourceLine")]
            for graph in self._objects(statement, FILM + "statedIn"):
                lines.setdefault(_text(graph), []).extend(told)
                under = map(_text, self._objects(statement, PROV + "wasDerivedFrom"))
                records.setdefault(_text(graph), []).extend(under)
        for graph in graphs.difference(lines):  # of a table, say: its rows tell their lines themselves
            lines[graph] = [*lines_of(self._store, ox.Quad(s, p, o, ox.NamedNode(graph)))]  # type: ignore[arg-type]
        return tuple(
            Place(graph, self._name(graph), line, record)
            for graph in sorted(graphs)
            for line in sorted(lines.get(graph, ())) or (None,)
            for record in sorted(records.get(graph, ())) or ("",)
        )

    def labels(self, term: str) -> list[str]:
        """What a thing is called: preferred names first."""
        if not term.startswith("<"):
            return []
        found = (sorted({str(q.object) for q in self._quads(term, f"<{p}>", None)}) for p in LABELS)
        return [_text(parse(label)) for labels in found for label in labels if label.startswith('"')]

    def knows(self, term: str) -> bool:
        """See :meth:`Facts.knows`."""
        patterns = ((term, None, None), (None, term, None), (None, None, term))
        return any(True for s, p, o in patterns if not (p or "").startswith("_:") for _ in self._quads(s, p, o))

    def _quads(self, subject: str | None, predicate: str | None, object_: str | None) -> Iterator[ox.Quad]:
        s, p, o = (None if term is None else parse(term) for term in (subject, predicate, object_))
        found = self._store.quads_for_pattern(s, p, o, None)  # type: ignore[arg-type]
        return in_their_graphs(self._store, found, self._inferred)

    def _statements(self, s: object, p: object, o: object) -> list[object]:
        """The descriptions of a statement: those of its subject, a title say, are many, those of both its ends few."""
        of_object = set(self._subjects(RDF + "object", o))
        both = of_object.intersection(self._subjects(RDF + "subject", s)) if of_object else ()
        return [one for one in both if p in self._objects(one, RDF + "predicate")]

    def _subjects(self, predicate: str, object_: object) -> list[object]:
        named = parse(f"<{predicate}>")
        return [q.subject for q in self._store.quads_for_pattern(None, named, object_, self._provenance)]  # type: ignore[arg-type]

    def _objects(self, subject: object, predicate: str) -> list[object]:
        named = parse(f"<{predicate}>")
        return [q.object for q in self._store.quads_for_pattern(subject, named, None, self._provenance)]  # type: ignore[arg-type]

    def _name(self, graph: str) -> str:
        if graph not in self._names:
            node = parse(f"<{graph}>")
            told = self._objects(node, DCTERMS + "publisher") or self._objects(node, DCTERMS + "title")
            self._names[graph] = min(map(_text, told), default="")
        return self._names[graph]


class GraphFacts:
    """An rdflib graph and what follows from it by :func:`castgraph.reason.closure`, in memory."""

    def __init__(self, graph: rdflib.Graph) -> None:
        from rdflib import Graph

        from castgraph.reason import closure
        from castgraph.reason_sources import statements_of

        self._asserted: dict[Triple, None] = {}
        for statement in sorted(statements_of(graph)):
            s, p, o = (term.decode() for term in statement)
            self._asserted[s, p, o] = None
        self._by: dict[tuple[str | None, str, str | None], list[Triple]] = defaultdict(list)
        closed = closure(graph, Graph())
        derived = (*closed.inferred, *closed.equality, *closed.axioms)
        inferred = ((str(each.subject), str(each.predicate), str(each.object)) for each in derived)
        for triple in dict.fromkeys((*self._asserted, *sorted(inferred))):
            s, p, o = triple
            for key in ((s, p, o), (s, p, None), (None, p, o), (None, p, None)):
                self._by[key].append(triple)

    def match(self, subject: str | None, predicate: str, object_: str | None) -> Iterator[tuple[Triple, bool]]:
        """See :meth:`Facts.match`."""
        for triple in self._by.get((subject, predicate, object_), ()):
            yield triple, triple in self._asserted

    def asserted(self, triple: Triple) -> bool:
        """See :meth:`Facts.asserted`."""
        return triple in self._asserted

    def places(self, triple: Triple) -> tuple[Place, ...]:
        """See :meth:`Facts.places`: in the graph, which has no name here."""
        return (Place(),) if triple in self._asserted else ()

    def labels(self, term: str) -> list[str]:
        """What a thing is called: preferred names first."""
        return [
            _text(parse(label))
            for predicate in LABELS
            for (_, _, label), _ in self.match(term, f"<{predicate}>", None)
            if label.startswith('"')
        ]

    def knows(self, term: str) -> bool:
        """See :meth:`Facts.knows`."""
        return any(term in triple for triples in self._by.values() for triple in triples)


def parse(term: str) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """A term in N-Triples form.

    >>> parse('"05"^^<http://www.w3.org/2001/XMLSchema#integer>').value
    '05'
    """
    import pyoxigraph as ox

    if term.startswith("<"):
        return ox.NamedNode(term[1:-1])
    if term.startswith("_:"):
        return ox.BlankNode(term[2:])
    (quad,) = ox.parse(f"<x:s> <x:p> {term} .", format=ox.RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, ox.Literal), "neither an IRI nor a blank node"
    return quad.object


def _text(term: object) -> str:
    return str(getattr(term, "value", term))


def first(found: Iterable[tuple[Triple, bool]]) -> Iterator[Triple]:
    """The first asserted triple, or all where none is: an asserted premise needs no proof, so no other is better."""
    derived = []
    for triple, asserted in found:
        if asserted:
            yield triple
            return
        derived.append(triple)
    yield from derived
