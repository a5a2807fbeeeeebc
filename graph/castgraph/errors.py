"""Everything castgraph raises on purpose, as one tree.

::

    CastgraphError                  catch this to catch everything below; str() is a message for people
    ├── UsageError                  asked for in a way that cannot be meant (exit code 2)
    ├── SourceError                 a source cannot be used: names file, line and what was expected
    ├── CatalogError                the tables of a catalogue could not be worked through: disk full, too little memory
    ├── IdentityError               the overrule file asks for something impossible
    ├── OntologyError               an ontology cannot be read or laid out as schema tables
    ├── ReasonerError               the rule engine failed; nothing was written
    ├── InconsistentDataError       the data contradict the ontology (exit code 3)
    ├── SnapshotError               a snapshot is missing or damaged
    │   ├── BusyError               a build or an update is at work in the data folder
    │   └── OutdatedError           the snapshot is not the one a change was meant for
    └── QueryError                  a query cannot be answered, an update not carried out
        ├── QuerySyntaxError        not SPARQL, or calls an unknown function: carries line and column
        ├── QueryRefusedError       asks for something this endpoint does not do (SERVICE, updates)
        ├── StillHoldsError         an update deletes what follows from other statements
        ├── UnknownQueryError       no saved query of that name
        ├── QueryParameterError     a parameter is missing, unknown or of the wrong kind
        └── EndpointError           a remote endpoint did not answer as it should
            └── ServiceError        one that a query asks by SERVICE: carries the limit it met, if any
"""

from __future__ import annotations

from pathlib import Path


class CastgraphError(Exception):
    """Something castgraph can explain: the message says what happened, where, and what to do."""

    exit_code = 1


class UsageError(CastgraphError):
    """Something was asked for in a way that cannot be meant: a setting out of range, a format that does not fit."""

    exit_code = 2


class SourceError(CastgraphError):
    """A source cannot be used. ``str(error)`` reads ``FILE:LINE: PROBLEM (expected EXPECTED)``."""

    def __init__(self, path: Path | str, problem: str, *, line: int = 1, expected: str) -> None:
        self.path = Path(path)
        self.line = line
        self.problem = problem
        self.expected = expected
        super().__init__(f"{path}:{line}: {problem} (expected {expected})")


class CatalogError(CastgraphError):
    """The tables of a catalogue could not be worked through: no room on the disk, too little memory."""


class IdentityError(CastgraphError):
    """An identity decision cannot be carried out."""


class OntologyError(CastgraphError):
    """An ontology cannot be read, closed or laid out as schema tables."""


class ReasonerError(CastgraphError):
    """The rule engine failed. Nothing was written."""


class InconsistentDataError(CastgraphError):
    """The data contradict the ontology; ``violations`` names rule and facts of each contradiction."""

    exit_code = 3

    def __init__(self, violations: tuple[str, ...]) -> None:
        self.violations = violations
        shown = "\n".join(f"  {violation}" for violation in violations[:20])
        more = f"\n  … and {len(violations) - 20} more" if len(violations) > 20 else ""
        super().__init__(f"the data contradict the ontology in {len(violations)} place(s):\n{shown}{more}")


class SnapshotError(CastgraphError):
    """A snapshot is missing, damaged, or another build holds the data directory."""


class BusyError(SnapshotError):
    """A build or an update is at work in the data folder. It will be over soon."""


class OutdatedError(SnapshotError):
    """The current snapshot is not the one a change was meant for. ``current`` names it."""

    def __init__(self, current: str) -> None:
        self.current = current
        super().__init__(
            f"the graph was changed meanwhile: its snapshot is {current} now; read it again, and try again"
        )


class QueryError(CastgraphError):
    """A query cannot be answered."""


class QuerySyntaxError(QueryError):
    """The text is not a SPARQL query. ``line`` and ``column`` count from 1, and are None where unknown."""

    def __init__(self, problem: str, *, line: int | None = None, column: int | None = None) -> None:
        self.problem = problem
        self.line = line
        self.column = column
        where = f"line {line}, column {column}: " if line is not None else ""
        super().__init__(f"{where}{problem}")


class QueryRefusedError(QueryError):
    """The query asks for something this endpoint does not do."""


class StillHoldsError(QueryError):
    """An update deletes a triple that holds all the same. ``reason`` says why, ``premises`` what it follows from."""

    def __init__(self, triple: str, reason: str, premises: tuple[str, ...] = ()) -> None:
        self.triple = triple
        self.reason = reason
        self.premises = premises
        rests = f": {' ; '.join(premises)}. Delete what it follows from" if premises else ""
        super().__init__(f"{triple} cannot be deleted: {reason}{rests}. Nothing was changed")


class UnknownQueryError(QueryError):
    """No saved query has that name."""


class QueryParameterError(QueryError):
    """A parameter of a saved query is missing, unknown, or of the wrong kind."""

    exit_code = 2


class EndpointError(QueryError):
    """A remote SPARQL endpoint did not answer as it should."""

    def __init__(self, url: str, problem: str) -> None:
        self.url = url
        self.problem = problem
        super().__init__(f"{url}: {problem}")


class ServiceError(EndpointError):
    """An endpoint a query asks by SERVICE did not answer as it should.

    ``limit`` is ``time``, ``size`` or ``rows`` where a limit was met.
    """

    def __init__(self, url: str, problem: str, *, limit: str | None = None) -> None:
        self.limit = limit
        super().__init__(url, problem)
