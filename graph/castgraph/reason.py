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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import Enum
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING

from castgraph.reason_memory import collector_paused
from castgraph.reason_violations import Violation

if TYPE_CHECKING:
    import pyoxigraph
    import rdflib

    from castgraph.reason_facts import Statement

__all__ = ["Closure", "Reasoner", "Step", "Summary", "Violation", "closure", "infer_files"]


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
    """New triples only: none that was given, no ontology, no reflexive ``owl:sameAs``, no ``owl:Thing`` types.

    Of things that are equal they name one only, the same in all triples.
    """
    violations: tuple[Violation, ...]
    """Where the data contradict the ontology. Violations are never triples."""
    warnings: tuple[str, ...]
    """Axioms that the rules cannot use, one sentence each."""
    milliseconds: float
    rules: Mapping[str, int] = field(default_factory=dict)
    """New triples per rule: what equality adds, and the others where asked for (:mod:`castgraph.reason_attribution`)."""
    equality: tuple[pyoxigraph.Triple, ...] = ()
    """What equality adds: ``owl:sameAs``, and given and inferred triples once more for each of the things that are equal.
    The reference reasoner puts all but ``owl:sameAs`` among the inferred."""
    axioms: tuple[pyoxigraph.Triple, ...] = ()
    """What is inferred about classes and properties; empty from the reference reasoner."""
    full: tuple[pyoxigraph.Triple, ...] = ()
    """Where asked for: everything else that follows and is legal RDF."""


@dataclass(frozen=True)
class Summary:
    """What :func:`infer_files` did; fields as in :class:`Closure`, triples counted.

    Where triples per rule were asked for, ``rules`` adds up to ``inferred``.
    """

    inferred: int
    """Triples written."""
    violations: tuple[Violation, ...]
    warnings: tuple[str, ...]
    milliseconds: float
    rules: Mapping[str, int] = field(default_factory=dict)
    equality: int = 0
    """Of these, what equality adds."""
    given: int = 0
    """Triples read, without axioms."""


@dataclass(frozen=True)
class Step:
    """What :func:`infer_files` is doing, as ``progress`` is told it; ``str(step)`` is its name."""

    name: str
    done: int = 0
    """How much of it is done so far, in ``unit``; 0 where that is not known."""
    unit: str = "triples"
    share: float | None = None
    """The part that is done, 0 to 1; None where the whole is not known."""

    def __str__(self) -> str:
        return self.name


@collector_paused()
def closure(
    triples: Iterable[pyoxigraph.Triple] | rdflib.Graph,
    ontology: rdflib.Graph,
    *,
    reasoner: Reasoner = Reasoner.NEMO,
    full: bool = False,
    by_rule: bool = False,
) -> Closure:
    """Everything that follows from ``triples`` under ``ontology`` by the rules of OWL 2 RL.

    Axioms may stand among the triples, and facts in the ontology; where axioms follow from facts, they are used in turn.
    Lexical forms, language tags and blank nodes come back as they went in. Raises ReasonerError where the engine fails,
    OntologyError where the ontology is broken.

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
        inferred, same, violations, warnings = reference(data, ontology)
        return Closure(inferred, violations, warnings, _milliseconds_since(started), equality=same)

    from castgraph.reason_rounds import Sinks, infer
    from castgraph.reason_sources import statement, statements_of

    source = statements_of(triples) if isinstance(triples, Graph) else [statement(triple) for triple in triples]
    lines: tuple[list[bytes], ...] = ([], [], [], [])
    sinks = Sinks(lines[0].extend, lines[1].extend, lines[2].extend, lines[3].extend if full else None)
    outcome = infer(lambda _: source, statements_of(ontology), sinks, _quietly, by_rule=by_rule)
    new, equality, axioms, rest = map(_triples, lines)
    milliseconds = _milliseconds_since(started)
    return Closure(new, outcome.violations, outcome.warnings, milliseconds, outcome.rules, equality, axioms, rest)


@collector_paused()
def infer_files(
    inputs: Sequence[Path],
    ontology: rdflib.Graph | Sequence[Path] | None,
    out: Path,
    *,
    equality: Path | None = None,
    full: bool = False,
    by_rule: bool = False,
    progress: Callable[[Step], None] | None = None,
) -> Summary:
    """Write what follows from the RDF files ``inputs`` to ``out`` as N-Triples, without holding the data in memory.

    The ontology is a graph or RDF files, which are read once and held; axioms may stand among the inputs as well. What equality adds goes to the file ``equality``, if given. With ``full``, inferred axioms and everything else that
    follows and is legal RDF go to ``out`` too (then every term is held in memory). With ``by_rule``, the summary says how many
    triples each rule added (which takes longer). ``progress`` is told each step, and how far it is, some thousand triples at a
    time.

    The files appear when they are whole, or not at all. Raises ReasonerError, OntologyError, and SourceError where an
    input cannot be read.
    """
    from castgraph.reason_rounds import Sinks, infer
    from castgraph.reason_sources import read, spooled, statements_of

    started = time.perf_counter()
    told = _Told(progress or _quietly)
    with ExitStack() as stack:
        main = stack.enter_context(_Output.open(out))
        apart = main if equality is None else stack.enter_context(_Output.open(equality))
        copied = 0

        def write(lines: Iterable[bytes]) -> None:
            main.write(told.writing(lines, main))

        def write_equality(lines: Iterable[bytes]) -> None:
            nonlocal copied
            before = apart.written
            apart.write(lines)
            copied += apart.written - before

        files = spooled(inputs, Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="castgraph-read-"))))
        told.total = sum(path.stat().st_size for path in files if path.exists())

        def source(only_axioms: bool) -> Iterator[Statement]:
            return chain(read(files, only_axioms=only_axioms, moved=told.moved), told.read())

        told.begin("reading axioms")
        besides = {"scm-* (axioms)": 0, "what only --full adds": 0}

        def write_as(kind: str) -> Callable[[Iterable[bytes]], None]:
            def write_counted(lines: Iterable[bytes]) -> None:
                before = main.written
                write(lines)
                besides[kind] += main.written - before

            return write_counted

        write_axioms, write_rest = map(write_as, besides)
        sinks = Sinks(write, write_equality, write_axioms if full else _drop, write_rest if full else None)
        if ontology is None or isinstance(ontology, Sequence):
            stated = list(read(ontology or (), first=len(files)))
        else:
            stated = statements_of(ontology)
        outcome = infer(source, stated, sinks, told.begin, by_rule=by_rule)
    written = main.written + (apart.written if apart is not main else 0)
    milliseconds = _milliseconds_since(started)
    rules = {**outcome.rules, **besides} if by_rule and full else outcome.rules
    return Summary(written, outcome.violations, outcome.warnings, milliseconds, rules, copied, outcome.given)


class _Told:
    """Tells of a step how far it is."""

    def __init__(self, progress: Callable[[Step], None]) -> None:
        self._progress = progress
        self._name = ""
        self._done = 0
        self.total = 0
        """Size of the input, in bytes."""

    def begin(self, name: str) -> None:
        self._name, self._done = name, 0
        self._progress(Step(name))

    def moved(self, statements: int, behind: int) -> None:
        self._done += statements
        self._progress(Step(self._name, self._done, share=min(1.0, behind / self.total) if self.total else None))

    def read(self) -> Iterator[Statement]:
        """Nothing; asked for after the last statement."""
        if self._name.endswith(": reading"):
            self.begin(self._name.replace("reading", "rules"))
        yield from ()

    def writing(self, lines: Iterable[bytes], out: _Output) -> Iterator[bytes]:
        for block in lines:
            self._name = "writing"
            self._progress(Step(self._name, out.written))
            yield block


class _Output:
    """A file that appears when it is whole, or not at all."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.written = 0

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[_Output]:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            unfinished = Path(file.name)
            try:
                yield cls(file)
                file.close()
                unfinished.chmod(0o644)
                unfinished.replace(path)
            finally:
                unfinished.unlink(missing_ok=True)

    def write(self, lines: Iterable[bytes]) -> None:
        for block in lines:
            self._file.write(block)
            self.written += block.count(b"\n")


def _triples(lines: list[bytes]) -> tuple[pyoxigraph.Triple, ...]:
    import pyoxigraph

    return tuple(quad.triple for quad in pyoxigraph.parse(b"".join(lines), format=pyoxigraph.RdfFormat.N_TRIPLES))


def _drop(lines: Iterable[bytes]) -> None:
    del lines


def _quietly(step: object) -> None:
    del step


def _milliseconds_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
