"""Where an answer comes from: the sources and lines of the statements it rests on, read off or proven."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from castgraph.answers import Basis, Source, basis_of, basis_of_all
from castgraph.errors import ReasonerError
from castgraph.iris import FILM, RDFS, Iris
from castgraph.proof import Place, Prover, Triple
from castgraph.proof_facts import SnapshotFacts
from castgraph.store import LocalStore


@dataclass(frozen=True)
class Support:
    """On what a statement rests, the sources in order, and the rule that gives it where it is inferred."""

    basis: Basis
    sources: tuple[Source, ...]
    rule: str | None = None


NO_SUPPORT = Support(Basis.ASSERTED, ())
"""Of what nothing is said."""
_ALTERNATIVE = FILM + "alternativeTitle"


class Evidence:
    """The sources of statements in one snapshot."""

    def __init__(self, store: LocalStore, iris: Iris) -> None:
        self._iris = iris
        self._facts = SnapshotFacts(store.raw, iris)
        self._prover: Prover | None = None

    def of(self, ways: Iterable[Sequence[Triple]]) -> Support:
        """On what an answer rests that was found in several ways, each by statements that it takes together.

        A way is inferred where one of its statements is, linked where only other data sets make one. The answer is linked
        where every way is: what our own sources say too does not hang on them.
        """
        several = list(ways)
        supports = {triple: self._one(triple) for way in several for triple in way}
        bases = {basis_of_all(supports[triple].basis for triple in way) for way in several if way}
        if not bases:
            return NO_SUPPORT
        basis = next(one for one in (Basis.INFERRED, Basis.ASSERTED, Basis.LINKED) if one in bases)
        sources = dict.fromkeys(source for support in supports.values() for source in support.sources)
        rule = next((support.rule for support in supports.values() if support.rule), None)
        return Support(basis, tuple(sources), rule)

    def _one(self, triple: Triple) -> Support:
        places = self._facts.places(triple)
        if places:
            sources = self._sources(places)
            return Support(basis_of(sources), sources)
        if self._prover is None:
            self._prover = Prover(self._facts)
        try:
            proof = self._prover.prove(triple)
        except ReasonerError:  # too long to be told: that it is inferred is all there is to say
            return Support(Basis.INFERRED, ())
        if proof is None:
            return NO_SUPPORT
        leaves = [self._sources(step.places) for step in proof.steps() if step.asserted]
        basis = Basis.LINKED if any(basis_of(leaf) is Basis.LINKED for leaf in leaves) else Basis.INFERRED
        return Support(basis, _in_order(source for leaf in leaves for source in leaf), proof.rule)

    def naming(self, thing: str, name: str) -> Support | None:
        """On what a thing's name rests, where only other data sets call it so; None where a source does, or nobody."""
        supports = (
            self._one((f"<{thing}>", f"<{one}>", str(ox.Literal(name)))) for one in (RDFS + "label", _ALTERNATIVE)
        )
        support = next((one for one in supports if one.sources), NO_SUPPORT)
        return support if support.basis is Basis.LINKED else None

    def _sources(self, places: Iterable[Place]) -> tuple[Source, ...]:
        told = (
            Source(place.source or place.graph, place.graph, place.line, place.record)
            for place in places
            if place.graph and place.graph not in self._own
        )
        return _in_order(told)

    @property
    def _own(self) -> frozenset[str]:
        """The graphs that no source wrote."""
        iris = self._iris
        return frozenset({iris.schema, iris.inferred, iris.identity, iris.provenance, iris.graph("alignment")})


def _in_order(sources: Iterable[Source]) -> tuple[Source, ...]:
    return tuple(sorted(set(sources), key=lambda one: (one.source, one.graph, one.line or 0, one.record)))
