"""Patience with servers: how long they are waited for, and when they are asked again."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from typing import TypeVar
from urllib.error import HTTPError

from castgraph.errors import EndpointError

_T = TypeVar("_T")

_LATER = (429, 502, 503, 504)
"""What an endpoint answers when it may answer later."""


@dataclass(frozen=True)
class Patience:
    """How long an endpoint is waited for: seconds of each answer, tries, and the seconds between them.

    The pause doubles from ``pause``; where the endpoint names one (``Retry-After``), it is obeyed, up to ``longest``.
    """

    timeout: float = 60.0
    tries: int = 4
    pause: float = 1.0
    longest: float = 120.0


def patiently(ask: Callable[[], _T], url: str, patience: Patience, progress: Callable[[str], None]) -> _T:
    """What a request gives, made again where the server says that it may answer later.

    ``ask`` raises an EndpointError, caused by what the standard library or SPARQLWrapper raised.

    Raises:
        EndpointError: no answer, however often it was asked for, or more patience was asked for than there is.
    """
    for number in range(1, patience.tries + 1):
        try:
            return ask()
        except EndpointError as error:
            pause = _pause(error, patience, number)
            if pause is None or number == patience.tries:
                raise
            if pause > patience.longest:
                raise EndpointError(url, f"asks to be left alone for {pause:g} s; try again then") from error
            progress(f"{error}; asking again in {pause:g} s")
            time.sleep(pause)
    raise AssertionError("the last try returns or raises")


def _pause(error: EndpointError, patience: Patience, number: int) -> float | None:
    """Seconds until an endpoint is asked again; None where that is no use."""
    from SPARQLWrapper.SPARQLExceptions import EndPointInternalError

    doubled = patience.pause * 2.0 ** (number - 1)
    cause = error.__cause__
    if isinstance(cause, EndPointInternalError):  # SPARQLWrapper's word for 500
        return doubled
    if not isinstance(cause, HTTPError):
        return doubled if isinstance(cause, OSError | HTTPException) else None
    if cause.code not in _LATER:
        return None
    told = cause.headers.get("Retry-After")
    if told is None:
        return doubled
    if told.strip().isdigit():
        return float(told)
    try:
        moment = email.utils.parsedate_to_datetime(told)
    except ValueError:  # neither seconds nor a date
        return doubled
    until = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
