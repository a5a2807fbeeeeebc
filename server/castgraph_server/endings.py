"""How queries end that have no result: counted by cause, and told as the problem or the error they are."""

from __future__ import annotations

from collections import Counter

from castgraph.errors import QueryRefusedError, QuerySyntaxError, ServiceError, SnapshotError
from castgraph_server import limits
from castgraph_server.limits import Limits
from castgraph_server.problems import Problem
from castgraph_server.process import Death
from castgraph_server.services import service_failed


class Endings:
    """The queries of a server process that were stopped, counted; made into problems."""

    def __init__(self, limits: Limits) -> None:
        self.killed: Counter[str] = Counter()
        self._limits = limits

    def stopped(self, death: Death, seconds: float) -> Problem:
        """Count a query whose worker ended, and tell it as a problem."""
        self.killed[death.value] += 1
        match death:
            case Death.MEMORY:
                return limits.memory_exceeded(self._limits)
            case Death.DEPTH:
                return limits.too_deep()
            case Death.TIME:
                return limits.time_exceeded(seconds, self._limits.seconds)
        return limits.worker_lost()

    def problem(self, told: dict[str, object]) -> Exception:
        """What a worker says failed, as the error to be raised."""
        problem = str(told.get("problem"))
        match told["kind"]:
            case "rows":
                self.killed["rows"] += 1
                return limits.rows_exceeded(self._limits)
            case "memory":
                return self.stopped(Death.MEMORY, 0)
            case "syntax":
                line, column = told["line"], told["column"]
                assert line is None or isinstance(line, int)
                assert column is None or isinstance(column, int)
                return QuerySyntaxError(problem, line=line, column=column)
            case "refused":
                return QueryRefusedError(problem)
            case "store":
                return SnapshotError(problem)
            case "service":
                return service_failed(ServiceError(str(told["endpoint"]), problem, limit=str(told["limit"] or "")))
        return RuntimeError(f"a query worker failed: {problem}")
