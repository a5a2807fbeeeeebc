"""How changes end: counted by outcome, timed by step, and told as the problem or the error they are."""

from __future__ import annotations

import logging
from collections import Counter
from http import HTTPStatus
from threading import Lock

from castgraph.errors import QuerySyntaxError
from castgraph.records import Json
from castgraph_server.problems import Problem
from castgraph_server.use import ClientGone

logger = logging.getLogger(__name__)

RETRY_AFTER = 5
"""Seconds after which a change that found the folder busy may be sent again."""

OUTCOMES = (
    *("done", "unchanged", "refused", "conflict", "outdated", "time", "memory", "depth", "queue", "client", "worker"),
    "failure",
)
"""How a change may end. ``refused`` is what is wrong in itself; from ``time`` on nothing is wrong with the change."""


class Tally:
    """The changes of a server process, counted, and the seconds their steps took. Safe to share between threads."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self._steps: dict[str, tuple[int, float]] = {}
        self._lock = Lock()

    def ended(self, outcome: str) -> None:
        """Count a change."""
        with self._lock:
            self.outcomes[outcome] += 1

    def took(self, step: str, seconds: float) -> None:
        """Count a step, whether it was finished or stopped."""
        with self._lock:
            number, total = self._steps.get(step, (0, 0.0))
            self._steps[step] = (number + 1, total + seconds)

    @property
    def steps(self) -> dict[str, tuple[int, float]]:
        """How often each step was taken, and the seconds it took in all."""
        with self._lock:
            return dict(sorted(self._steps.items()))


_BY_STATUS = {HTTPStatus.CONFLICT: "conflict", HTTPStatus.PRECONDITION_FAILED: "outdated"}


def outcome_of(error: Exception) -> str:
    """The outcome of a change that ended with an error.

    >>> outcome_of(Problem(504, "too late", limit="time")), outcome_of(Problem(404, "no such graph"))
    ('time', 'refused')
    """
    if isinstance(error, ClientGone):
        return "client"
    if isinstance(error, QuerySyntaxError):
        return "refused"
    if not isinstance(error, Problem):
        return "failure"
    limit = error.members.get("limit")
    if isinstance(limit, str):
        return limit
    return _BY_STATUS.get(error.status, "refused" if error.status < HTTPStatus.INTERNAL_SERVER_ERROR else "failure")


def problem_of(told: dict[str, Json]) -> Exception:
    """What a writer says failed, as the error to be raised."""
    said = str(told["problem"])
    match told["kind"]:
        case "syntax":
            line, column = told["line"], told["column"]
            return QuerySyntaxError(
                said, line=line if isinstance(line, int) else None, column=column if isinstance(column, int) else None
            )
        case "conflict":
            members = told["members"]
            assert isinstance(members, dict)
            return Problem(HTTPStatus.CONFLICT, said, **members)
        case "outdated":
            return Problem(HTTPStatus.PRECONDITION_FAILED, said)
        case "busy":
            return busy("A build or another change is at work.")
        case "parameter":
            return Problem(HTTPStatus.BAD_REQUEST, said)
        case "refused":
            return Problem(HTTPStatus.FORBIDDEN, said)
        case "missing":
            return Problem(HTTPStatus.NOT_FOUND, said)
        case "memory":
            return too_much()
    logger.error("a change failed: %s", said)
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "The change failed, and nothing was changed; the log says why.")


def too_much() -> Problem:
    """503: the change needed more memory than it may use."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The change needed more memory than it may use; nothing was changed. Change less at a time.",
        limit="memory",
    )


def busy(detail: str, limit: str = "queue") -> Problem:
    """503: somebody else is at work, or was; the same change may go through later."""
    problem = Problem(HTTPStatus.SERVICE_UNAVAILABLE, f"{detail} Send the change again later.", limit=limit)
    problem.headers["Retry-After"] = str(RETRY_AFTER)
    return problem
