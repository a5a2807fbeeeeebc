"""The limits of a query, and how a client is told which one it met and how to stay under it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from http import HTTPStatus

from castgraph.settings import Settings
from castgraph_server.problems import Problem


@dataclass(frozen=True)
class Limits:
    """What one query may use: seconds, bytes of memory, rows of result, and characters of its own."""

    seconds: float
    memory: int
    rows: int
    length: int

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The limits that are set."""
        return cls(settings.timeout, settings.memory_mb << 20, settings.max_rows, settings.max_query)

    def seconds_for(self, wanted: str | None, most: float | None = None) -> float:
        """The deadline of a request with that ``timeout=``; see :func:`deadline`."""
        return deadline(wanted, self.seconds, self.seconds if most is None else most)

    def check_length(self, query: str, *, in_address: bool) -> None:
        """Let a query pass, or refuse it for its length.

        Raises:
            Problem: 414 or 413.
        """
        if len(query) > self.length:
            status = HTTPStatus.REQUEST_URI_TOO_LONG if in_address else HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            raise Problem(status, f"The query has {len(query)} characters; this server takes {self.length}.")


def deadline(wanted: str | None, seconds: float, most: float) -> float:
    """The deadline of a request with that ``timeout=``, which may lower it, or raise it up to ``most``.

    Raises:
        Problem: 400, that is no number of seconds.
    """
    if not wanted:
        return seconds
    try:
        asked = float(wanted)
    except ValueError:
        asked = math.nan
    if not 0 < asked < math.inf:
        raise Problem(HTTPStatus.BAD_REQUEST, "The timeout is a number of seconds greater than 0, such as 2.5.")
    return min(asked, most)


def time_exceeded(seconds: float, most: float) -> Problem:
    """504: the query was stopped at its deadline."""
    raised = f" or raise timeout= (up to {most:g})" if seconds < most else ""
    return Problem(
        HTTPStatus.GATEWAY_TIMEOUT,
        f"The query was stopped after {seconds:g} seconds. Ask for less: name more of the terms, join on what the "
        f"patterns share, or add a LIMIT{raised}.",
        limit="time",
        seconds=seconds,
    )


def memory_exceeded(limits: Limits) -> Problem:
    """503: the query needed more memory than it may use."""
    megabytes = limits.memory >> 20
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        f"The query needed more than {megabytes} MB of memory. Sorting, grouping, DISTINCT and patterns that share no "
        "variable hold many rows at once: narrow them first.",
        limit="memory",
        megabytes=megabytes,
    )


def rows_exceeded(limits: Limits) -> Problem:
    """503: the result has more rows than a result may have."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        f"The result has more than {limits.rows} rows. Fetch it in parts with ORDER BY, LIMIT and OFFSET, or download "
        "the data set.",
        limit="rows",
        rows=limits.rows,
    )


def too_deep() -> Problem:
    """503: the query overflowed the stack of its worker."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The query is nested too deeply to be evaluated, or strings too much together. Flatten it, or ask it in parts.",
        limit="depth",
    )


def worker_lost() -> Problem:
    """503: the process that evaluated the query was ended from outside."""
    said = "The process that evaluated the query was ended from outside. It is replaced; ask again."
    return _come_again(said, "worker", seconds=1)


def queue_full(waiting: int) -> Problem:
    """503: too many queries are waiting already."""
    said = f"{waiting} queries are waiting for a worker, as many as may. Ask again later."
    return _come_again(said, "queue", seconds=2)


def queued_too_long(seconds: float) -> Problem:
    """503: no worker was free before the query's deadline."""
    said = f"The query waited {seconds:g} seconds for a worker, as long as it may take, and was not begun. Ask again later."
    return _come_again(said, "queue", seconds=2)


def _come_again(detail: str, limit: str, seconds: int) -> Problem:
    """503, with the time after which the same query may go through."""
    problem = Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, limit=limit)
    problem.headers["Retry-After"] = str(seconds)
    return problem
