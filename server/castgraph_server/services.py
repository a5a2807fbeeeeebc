"""Federated queries of a server process: whom they may ask, how many at a time, and how a failure is told."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from http import HTTPStatus
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from castgraph.errors import ServiceError
from castgraph.federation import ask_others
from castgraph.federation_allowed import Allowed
from castgraph.federation_requests import Gone, ServiceLimits
from castgraph.settings import Settings
from castgraph_server.problems import Problem

if TYPE_CHECKING:
    from castgraph_server.use import Question

_SERVICE = re.compile("service", re.IGNORECASE)


class Services:
    """Asks other endpoints for queries that may. Safe to share between threads.

    Args:
        allowed: the endpoints.
        most: what one answer may be, and how long a query may wait for all.
        at_once: queries that may wait for others at a time.
    """

    def __init__(self, allowed: Allowed, most: ServiceLimits, at_once: int) -> None:
        self.allowed = allowed
        self.most = most
        self._room = BoundedSemaphore(at_once)

    @classmethod
    def of(cls, settings: Settings) -> Services:
        """Those that are set. Raises UsageError where the list cannot be read."""
        return cls(Allowed.of(settings.service_allow), ServiceLimits.of(settings), 2 * settings.query_workers)

    @classmethod
    def none(cls) -> Services:
        """Asks nobody."""
        return cls(Allowed(), ServiceLimits(0, 0, 0), 1)

    def ask(self, question: Question, seconds: float, gone: Gone | None) -> tuple[Question, float]:
        """The question with what others answered to it, and the seconds left of its deadline.

        Nothing is done for a query without SERVICE, nor here for one while nobody may be asked: the worker refuses it.

        Raises:
            QueryRefusedError, QuerySyntaxError: as :func:`castgraph.federation.calls` does.
            Problem: 502 or 504, an endpoint failed; 503, too many queries ask others already.
        """
        if not self.allowed.endpoints or not _SERVICE.search(question.query):
            return question, seconds
        if not self._room.acquire(blocking=False):
            raise _too_many()
        started = time.monotonic()
        try:
            within = replace(self.most, seconds=min(self.most.seconds, seconds))
            answers = ask_others(question.query, self.allowed, within, question.base, gone)
        except ServiceError as error:
            raise service_failed(error) from error
        finally:
            self._room.release()
        left = max(0.001, seconds - (time.monotonic() - started))
        return replace(question, services=answers, service_rows=self.most.rows), left


def service_failed(error: ServiceError) -> Problem:
    """502 or 504: an endpoint the query asks failed. It is named, with what went wrong and the limit it met."""
    status = HTTPStatus.GATEWAY_TIMEOUT if error.limit == "time" else HTTPStatus.BAD_GATEWAY
    problem = Problem(status, f"SERVICE <{error.url}>: {error.problem}.", endpoint=error.url)
    if error.limit:
        problem.members["limit"] = f"service {error.limit}"
    return problem


def _too_many() -> Problem:
    said = "As many queries as may wait for other endpoints do so already. Ask again later."
    problem = Problem(HTTPStatus.SERVICE_UNAVAILABLE, said, limit="services")
    problem.headers["Retry-After"] = "2"
    return problem
