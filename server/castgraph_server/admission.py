"""How many requests one client may make: no limit, unless one is set (``rate_limit``).

Counted per address and server process, in memory. Behind a proxy all clients have the proxy's address: limit there
instead. Where a limit is set every request is answered by Flask, for what is answered before it would not be counted.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response

from castgraph.errors import CastgraphError
from castgraph.settings import Settings

EXEMPT = ("health.healthz", "health.readyz", "metrics", "static")
"""What operators and pages need is answered however often it is asked."""


def _tell_when_to_come_again(response: Response) -> Response:
    """Leave ``Retry-After`` to those who are refused: the limiter adds it to every response."""
    if response.status_code < HTTPStatus.BAD_REQUEST:
        del response.headers["Retry-After"]
    return response


def install(app: Flask, settings: Settings) -> None:
    """Limit an application's clients, where a limit is set; past it they are answered 429 with ``Retry-After``.

    Raises:
        CastgraphError: the setting is no rate.
    """
    if not settings.rate_limit:
        return
    from flask_limiter import Limiter
    from flask_limiter.util import get_remote_address
    from limits import parse_many

    try:
        parse_many(settings.rate_limit)
    except ValueError as error:
        raise CastgraphError(f"rate_limit: {settings.rate_limit!r} is no rate such as '60/minute'") from error
    app.after_request(_tell_when_to_come_again)  # before the limiter's own, so as to run after it
    limiter = Limiter(
        get_remote_address,
        app=app,
        default_limits=[settings.rate_limit],
        storage_uri="memory://",
        strategy="moving-window",
        headers_enabled=True,
    )
    for name in EXEMPT:
        if name in app.view_functions:
            limiter.exempt(app.view_functions[name])
