"""What castgraph's closure says of a graph: does it follow, is it consistent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Graph

from castgraph.reason import Closure, closure

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
OWL = "http://www.w3.org/2002/07/owl#"
A = ox.NamedNode(RDF + "type")
PREFIXES = f"""@prefix : <http://example.org/> . @prefix owl: <{OWL}> . @prefix rdf: <{RDF}> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

Triples = tuple[ox.Triple, ...]


def shared(path: str) -> Path:
    """A file or folder of ../shared; the test is skipped where it is absent."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"../shared/{path} is not here")
    return found


def triples(text: str | bytes, format_: ox.RdfFormat = ox.RdfFormat.TURTLE, base: str | None = None) -> Triples:
    """Parse with blank nodes and lexical forms as they are."""
    return tuple(quad.triple for quad in ox.parse(text, format=format_, base_iri=base))


@lru_cache(maxsize=200)
def close(given: Triples) -> Closure:
    """The closure with everything that is legal RDF."""
    return closure(given, Graph(), full=True)


def everything(given: Triples) -> ox.Store:
    """The given triples and all that follow, to be queried."""
    closed = close(given)
    store = ox.Store()
    store.extend(
        ox.Quad(t.subject, t.predicate, t.object)
        for part in (given, closed.inferred, closed.equality, closed.axioms, closed.full)
        for t in part
    )
    return store


def is_consistent(given: Triples) -> bool:
    """No rule found a contradiction."""
    return not close(given).violations


def follows(conclusion: Iterable[ox.Triple], given: Triples) -> bool:
    """Whether the conclusion follows.

    Its blank nodes stand for anything. What says "not" (that things are different, that something is of no class) no
    rule concludes: it follows where its opposite contradicts the premises.
    """
    positive, opposites = _opposites(tuple(conclusion))
    if any(is_consistent((*given, *opposite)) for opposite in opposites):
        return False
    pattern = " . ".join(" ".join(_variable(term) for term in (t.subject, t.predicate, t.object)) for t in positive)
    return bool(everything(given).query(f"ASK {{ {pattern} }}"))


def _variable(term: object) -> str:
    return f"?b{term.value}" if isinstance(term, ox.BlankNode) else str(term)


def _opposites(conclusion: Triples) -> tuple[Triples, list[Triples]]:
    """The conclusion without its negative statements, and the opposite of each of these."""

    def is_(name: str, triple: ox.Triple) -> bool:
        return triple.predicate.value == OWL + name

    known: dict[tuple[object, str], object] = {(t.subject, t.predicate.value): t.object for t in conclusion}
    used: set[ox.Triple] = {t for t in conclusion if t.object == ox.NamedNode(OWL + "Ontology")}
    opposites: list[Triples] = []
    same = ox.NamedNode(OWL + "sameAs")
    for triple in conclusion:
        if is_("differentFrom", triple):
            used.add(triple)
            opposites.append((ox.Triple(triple.subject, same, triple.object),))
        elif is_("members", triple) and known[triple.subject, A.value] == ox.NamedNode(OWL + "AllDifferent"):
            listed = list(_list(known, triple.object))
            opposites += [(ox.Triple(one, same, other),) for i, one in enumerate(listed) for other in listed[i + 1 :]]
            lists = {t for t in conclusion if t.predicate.value in (RDF + "first", RDF + "rest")}
            used |= {triple, ox.Triple(triple.subject, A, ox.NamedNode(OWL + "AllDifferent")), *lists}
        elif is_("complementOf", triple) and isinstance(triple.subject, ox.BlankNode):
            members = {t for t in conclusion if t.predicate == A and t.object == triple.subject}
            opposites += [(ox.Triple(member.subject, A, triple.object),) for member in members]
            used |= {triple, *members, ox.Triple(triple.subject, A, ox.NamedNode(OWL + "Class"))}
    return tuple(t for t in conclusion if t not in used), opposites


def _list(known: dict[tuple[object, str], object], node: object) -> Iterator[ox.NamedNode]:
    while (node, RDF + "first") in known:
        first = known[node, RDF + "first"]
        assert isinstance(first, ox.NamedNode)
        yield first
        node = known[node, RDF + "rest"]
