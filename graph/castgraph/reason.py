"""OWL 2 RL inference: what follows from data under an ontology, and where the data contradict it.

::

    ontology ──close──▶ schema tables ─┐
                                       ├──fixed rule program on Nemo──▶ new triples, violations, equal things
    data ──terms to numbers────────────┘         ▲                                            │
                                                 └────────── representatives, again ──────────┘

:func:`closure` works on graphs in memory, :func:`infer_files` from files to a file.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from castgraph import engine
from castgraph.reason_derived import Derived
from castgraph.reason_equality import Representatives
from castgraph.reason_facts import Terms, Uses, write_facts, write_schema
from castgraph.reason_rules import owl2rl
from castgraph.reason_violations import Violation

if TYPE_CHECKING:
    import pyoxigraph
    import rdflib

    from castgraph.reason_sources import Source

__all__ = ["Closure", "Reasoner", "Summary", "Violation", "closure", "infer_files"]


class Reasoner(Enum):
    """Who computes the closure."""

    NEMO = "nemo"
    """The fixed rule program on the Nemo rule engine."""
    OWLRL = "owlrl"
    """owlrl over everything, the reference on small data; never with ``owl:hasKey``, on which it is unsound."""


@dataclass(frozen=True)
class Closure:
    """What follows from the data."""

    inferred: tuple[pyoxigraph.Triple, ...]
    """New triples only: none that was given, no ontology, no reflexive ``owl:sameAs``, no ``owl:Thing`` types."""
    violations: tuple[Violation, ...]
    """Where the data contradict the ontology. Violations are never triples."""
    warnings: tuple[str, ...]
    """Axioms that the rules cannot use, one sentence each."""
    milliseconds: float
    rules: Mapping[str, int] = field(default_factory=dict)
    """New triples per rule, for the rules where it is known without tracing each triple (equality)."""


@dataclass(frozen=True)
class Summary:
    """What :func:`infer_files` did; fields as in :class:`Closure`."""

    inferred: int
    violations: tuple[Violation, ...]
    warnings: tuple[str, ...]
    milliseconds: float
    rules: Mapping[str, int] = field(default_factory=dict)


def closure(
    triples: Iterable[pyoxigraph.Triple] | rdflib.Graph,
    ontology: rdflib.Graph,
    *,
    reasoner: Reasoner = Reasoner.NEMO,
) -> Closure:
    """Everything that follows from ``triples`` under ``ontology`` by the rules of OWL 2 RL.

    Axioms may stand among the triples, and facts in the ontology. Lexical forms, language tags and blank nodes come
    back as they went in. Raises ReasonerError where the engine fails, OntologyError where the ontology is broken.

    >>> from pyoxigraph import NamedNode, Triple
    >>> from rdflib import Graph
    >>> ontology = Graph().parse(data='''
    ...     @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix ex: <http://example.org/> .
    ...     ex:directed rdfs:domain ex:Director .''')
    >>> data = [Triple(*(NamedNode(f"http://example.org/{name}") for name in ("ana", "directed", "mars")))]
    >>> [str(triple.object) for triple in closure(data, ontology).inferred]
    ['<http://example.org/Director>']
    """
    from rdflib import Graph

    started = time.perf_counter()
    if reasoner is Reasoner.OWLRL:
        from castgraph.reason_owlrl import graph_of, reference

        data = triples if isinstance(triples, Graph) else graph_of(triples)
        inferred, violations, warnings = reference(data, ontology)
        return Closure(inferred, violations, warnings, _milliseconds_since(started))

    import pyoxigraph

    from castgraph.reason_sources import statement, statements_of

    source = statements_of(triples) if isinstance(triples, Graph) else [statement(triple) for triple in triples]
    lines: list[bytes] = []
    outcome = _infer(lambda _: source, ontology, lines.extend)
    inferred = tuple(quad.triple for quad in pyoxigraph.parse(b"".join(lines), format=pyoxigraph.RdfFormat.N_TRIPLES))
    return Closure(inferred, outcome.violations, outcome.warnings, _milliseconds_since(started), outcome.rules)


def infer_files(inputs: Sequence[Path], ontology: rdflib.Graph, out: Path) -> Summary:
    """Write what follows from the RDF files ``inputs`` to ``out`` as N-Triples, without holding the data in memory.

    ``out`` appears when it is whole, or not at all. Raises ReasonerError, OntologyError, and SourceError where an input
    cannot be read.
    """
    from castgraph.reason_sources import read

    started = time.perf_counter()
    written = 0
    with tempfile.NamedTemporaryFile(dir=out.parent, prefix=f".{out.name}.", delete=False) as file:
        unfinished = Path(file.name)
        try:

            def write(lines: Iterable[bytes]) -> None:
                nonlocal written
                rest = iter(lines)
                while batch := list(islice(rest, 10_000)):
                    file.write(b"".join(batch))
                    written += len(batch)

            outcome = _infer(lambda only_axioms: read(inputs, only_axioms=only_axioms), ontology, write)
            file.close()
            unfinished.chmod(0o644)
            unfinished.replace(out)
        finally:
            unfinished.unlink(missing_ok=True)
    return Summary(written, outcome.violations, outcome.warnings, _milliseconds_since(started), outcome.rules)


@dataclass(frozen=True)
class _Outcome:
    violations: tuple[Violation, ...]
    warnings: tuple[str, ...]
    rules: Mapping[str, int]


def _infer(source: Source, ontology: rdflib.Graph, write: Callable[[Iterable[bytes]], None]) -> _Outcome:
    """Run the rules until equality brings nothing new, and hand the new triples to ``write`` as N-Triples lines.

    ``source`` is read several times.
    """
    from castgraph.reason_sources import axioms_and_facts, statements_of
    from castgraph.schema import build, split

    axioms, facts = split(ontology)
    more_axioms, statements = axioms_and_facts(source, extra=statements_of(facts))
    schema = build(axioms + more_axioms)
    terms, equal = Terms(), Representatives()
    for pair in schema.equalities:
        one, other = (terms.number(term.encode()) for term in pair)
        equal.merge(one, other)
    terms.unite(equal)
    uses = Uses.of(schema.tables)
    with tempfile.TemporaryDirectory(prefix="castgraph-infer-") as name:
        folder = Path(name)
        while True:
            filled = write_schema(folder, schema.tables, terms)
            filled |= write_facts(folder, statements(), uses, terms)
            engine.run(folder, owl2rl().over(filled), tuple(owl2rl().results))
            groups = ((row[:4], int(row[4])) for row in engine.rows(folder, "equal"))
            if not equal.merge_groups(groups):
                break
            terms.unite(equal)
        derived = Derived(folder, terms, equal, schema)
        write(derived.new_triples())
        rules = {}
        if equal:
            rules = derived.write_equality(statements, frozenset(statements_of(axioms + more_axioms)), write)
        return _Outcome(derived.violations(), schema.warnings, rules)


def _milliseconds_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
