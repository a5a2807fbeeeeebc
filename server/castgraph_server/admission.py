"""How many requests one client may make: no limit, unless one is set (``rate_limit``).

Counted per address and server process, in memory. Behind a proxy all clients have the proxy's address: limit there
instead. What the cache in front of Flask answers costs nothing and is not counted.
"""

from __future__ import annotations

from flask import Flask

from castgraph.errors import CastgraphError
from castgraph.settings import Settings

EXEMPT = ("health.healthz", "health.readyz", "metrics", "static")
"""What operators and pages need is answered however often it is asked."""


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
