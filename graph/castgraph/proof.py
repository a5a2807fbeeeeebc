"""Why a triple holds: its proof, from the rules of OWL 2 RL down to asserted triples and where they are asserted.

::

    ana played rick                               prp-spo2
    ├── played propertyChainAxiom (gave character)   asserted: the ontology
    ├── ana gave credit-7                         prp-inv2
    │   ├── gave inverseOf performer                 asserted: the ontology
    │   └── credit-7 performer ana                   asserted: TV Guide, line 21
    └── credit-7 character rick                      asserted: TV Guide, line 21

The rules are the specification's own, read backwards over the closure; the rule engine is not asked. Equality appears as
the rules ``eq-*``, although the closure was computed with representatives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from castgraph.errors import ReasonerError
from castgraph.proof_facts import Facts, GraphFacts, Place, SnapshotFacts, Triple
from castgraph.proof_knowledge import Knowledge

if TYPE_CHECKING:
    import pyoxigraph
    import rdflib

    from castgraph.proof_search import Application
    from castgraph.proof_terms import Names
    from castgraph.records import Json
    from castgraph.snapshot import Snapshot

DEEPEST = 250
"""Rules one below the other in a proof. Deeper ones could be neither read nor nested in JSON."""

__all__ = ["Place", "Prover", "Step", "Triple", "explain"]


@dataclass(frozen=True)
class Step:
    """A triple and why it holds: ``rule`` concludes it from ``premises``, or it is asserted in ``places``.

    Terms are in N-Triples form. Types of literals (``dt-type2``) rest on nothing but the literal.
    """

    triple: Triple
    rule: str | None = None
    premises: tuple[Step, ...] = ()
    places: tuple[Place, ...] = ()

    @property
    def asserted(self) -> bool:
        """True for a triple that needs no rule."""
        return self.rule is None

    def steps(self) -> Iterator[Step]:
        """This step and all below it, from the top."""
        yield self
        for premise in self.premises:
            yield from premise.steps()

    def as_json(self) -> dict[str, Json]:
        """The proof as ``castgraph explain --json`` prints it.

        A triple asserted in several places has the others in ``also``.
        """
        triple: list[Json] = list(self.triple)
        if self.rule is not None:
            return {"triple": triple, "rule": self.rule, "premises": [premise.as_json() for premise in self.premises]}
        places: list[dict[str, Json]] = [
            {"asserted_in": place.graph or None, "source": place.source or None, "line": place.line}
            for place in self.places
        ]
        return {"triple": triple, **places[0], **({"also": list(places[1:])} if places[1:] else {})}


class Prover:
    """Proves triple after triple over one graph.

    Args:
        facts: the closed graph.
    """

    def __init__(self, facts: Facts) -> None:
        from castgraph.proof_search import Search

        self._known = Knowledge(facts)
        self._search = Search(self._known)

    @classmethod
    def of(cls, where: Snapshot | rdflib.Graph) -> Prover:
        """A prover over a snapshot, or over an rdflib graph of facts and axioms, whose closure is computed first.

        Raises:
            ReasonerError: the rule engine failed on the graph.
            SnapshotError: the snapshot's store cannot be opened.
        """
        from castgraph.snapshot import Snapshot

        if isinstance(where, Snapshot):
            return cls(SnapshotFacts(where.open().raw, where.iris))
        return cls(GraphFacts(where))

    def prove(self, triple: Triple) -> Step | None:
        """A short proof, or None where the triple does not follow.

        Raises:
            ReasonerError: the closure has the triple, and no proof was found: it is of other data or rules; or the
                proof is too long to be found or told.
        """
        if places := self._known.facts.places(triple):
            return Step(triple, places=places)
        if not self._known.possible(triple):
            return None
        applications = self._search(triple)
        if applications is None:
            if self._known.unwritten(triple):
                return None
            raise ReasonerError(
                f"{' '.join(triple)} is in the closure, but no proof was found. Build the snapshot again; "
                "if that does not help, please report it."
            )
        return self._step(triple, applications)

    def lines(self, step: Step, names: Names) -> Iterator[str]:
        """A proof for people: a tree of lines in short terms, with names beside IRIs and axioms in words."""
        from castgraph.proof_text import Text

        return Text(self._known, names).lines(step)

    def refusal(self, triple: Triple, names: Names) -> Iterator[str]:
        """That a triple does not follow, and which of its terms the graph does not know at all."""
        from castgraph.proof_text import Text

        yield f"{Text(self._known, names).triple(triple)}: does not follow from the sources and the ontology"
        for term in dict.fromkeys(triple):
            if not term.startswith('"') and not self._known.facts.knows(term):
                yield f"  nothing is known of {names.write(term)}"

    def _step(self, goal: Triple, applications: dict[Triple, Application]) -> Step:
        """The proof as a tree, made from the leaves up: a premise used twice is one step."""
        made: dict[Triple, Step] = {}
        depth: dict[Triple, int] = {}
        open_ = [goal]
        while open_:
            triple = open_[-1]
            application = applications.get(triple)
            missing = [premise for premise in application.premises if premise not in made] if application else []
            if missing:
                open_ += missing
                continue
            open_.pop()
            if application is None:
                made[triple], depth[triple] = Step(triple, places=self._known.facts.places(triple)), 1
                continue
            premises = tuple(made[premise] for premise in application.premises)
            made[triple] = Step(triple, application.rule, premises)
            depth[triple] = 1 + max((depth[premise] for premise in application.premises), default=0)
            if depth[triple] > DEEPEST:
                raise ReasonerError(f"the proof of {' '.join(goal)} is more than {DEEPEST} rules deep.")
        return made[goal]


def explain(
    where: Snapshot | rdflib.Graph, triple: pyoxigraph.Triple | tuple[object, object, object] | Triple
) -> Step | None:
    """Why ``triple`` holds in a snapshot, or in an rdflib graph of facts and axioms; None where it does not follow.

    The triple may be pyoxigraph's, rdflib's, or text in N-Triples form. To explain many, keep a :class:`Prover`.

    >>> from rdflib import Graph, RDF, URIRef
    >>> graph = Graph().parse(data='''
    ...     @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix ex: <http://example.org/> .
    ...     ex:directed rdfs:domain ex:Director . ex:ana ex:directed ex:mars .''')
    >>> ana, director, person = (URIRef(f"http://example.org/{name}") for name in ("ana", "Director", "Person"))
    >>> step = explain(graph, (ana, RDF.type, director))
    >>> step.rule, [premise.triple[1] for premise in step.premises]
    ('prp-dom', ['<http://www.w3.org/2000/01/rdf-schema#domain>', '<http://example.org/directed>'])
    >>> explain(graph, (ana, RDF.type, person)) is None
    True

    Raises:
        ReasonerError: the rule engine failed, or the closure has a triple of which no proof was found.
    """
    return Prover.of(where).prove(_texts(triple))


def _texts(triple: object) -> Triple:
    from rdflib.term import Node

    from castgraph.schema import ntriples

    if not isinstance(triple, tuple):
        terms = [str(getattr(triple, place)) for place in ("subject", "predicate", "object")]
    else:
        terms = [ntriples(term) if isinstance(term, Node) else str(term) for term in triple]
    s, p, o = terms
    return s, p, o
