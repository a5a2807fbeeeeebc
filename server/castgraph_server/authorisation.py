"""Who may change the graph or ask for more time: whoever shows the token (RFC 6750), in the Authorization header only."""

from __future__ import annotations

import hmac
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qsl, unquote_plus

from flask import Flask, current_app, request

from castgraph.errors import UsageError
from castgraph.settings import Settings
from castgraph_server.problems import Problem

LEAST = 16
"""Characters a token has at least: it can be tried as often as one likes."""

_NAMES = {"access_token", "token"}


class Authorisation:
    """What the bearer of the token may do.

    Raises:
        UsageError: the token cannot be read, or is too short; or writing is on and there is none.
    """

    def __init__(self, settings: Settings) -> None:
        token = settings.token or _read(settings.token_file)
        if token and len(token) < LEAST:
            raise UsageError(f"token: it has fewer than {LEAST} characters; make one with: openssl rand -hex 32")
        if settings.writable and not token:
            raise UsageError("writable: nobody could write without a token; set CASTGRAPH_TOKEN or --token-file")
        self.writable = settings.writable
        self.most_seconds = settings.most_timeout
        self.largest_body = settings.max_update
        self._token = token
        self._digest = _digest(token) if token else b""

    def look(self) -> bool | None:
        """Whether the request at hand shows the token; None where it shows none at all."""
        return self.check(request.headers.get("Authorization", ""))

    def check(self, header: str) -> bool | None:
        """Whether an Authorization header shows the token; None where it shows none at all."""
        scheme, _, given = header.strip().partition(" ")
        if scheme.lower() != "bearer" or not self._token:
            return None
        return hmac.compare_digest(_digest(given.strip()), self._digest)  # of equal length: no length is told either

    def is_in(self, text: str) -> bool:
        """Whether a text holds the token."""
        return bool(self._token) and self._token in text

    def is_shown(self) -> bool:
        """Whether the request at hand shows the token, and not another one.

        Raises:
            Problem: 401, it shows another one.
        """
        seen = self.look()
        if seen is False:
            raise _unauthorised("The token is not the one this server knows.", 'error="invalid_token"')
        return bool(seen)

    def require(self) -> None:
        """Let the request at hand change the graph, or refuse it.

        Raises:
            Problem: 403, nothing is changed here; 401, the token is missing or wrong.
        """
        if not self.writable:
            raise Problem(
                HTTPStatus.FORBIDDEN, "Updates are not offered here: the server was not started with --writable."
            )
        if not self.is_shown():
            raise _unauthorised("To change the graph, send the token: Authorization: Bearer TOKEN.")

    def seconds_above(self, seconds: float) -> float:
        """The longest deadline the request at hand may ask for, where others may ask for ``seconds``."""
        return max(seconds, self.most_seconds) if self.is_shown() else seconds

    def refuse_token_in_address(self) -> None:
        """Refuse a request that shows a token where logs and referrers keep it.

        Raises:
            Problem: 400.
        """
        written = request.environ.get("QUERY_STRING", "")
        if "token" not in written.lower() and (not self._token or self._token not in unquote_plus(written)):
            return
        pairs = parse_qsl(written, keep_blank_values=True)
        if any(name.lower() in _NAMES or (self._token and self._token in value) for name, value in pairs):
            raise Problem(
                HTTPStatus.BAD_REQUEST,
                "A token in an address is not taken, for addresses are logged on the way: send it in the "
                "Authorization header. Change the token if this was it.",
            )


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogateescape")).digest()


def _read(file: str) -> str:
    if not file:
        return ""
    try:
        token = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"token_file: {file} cannot be read ({error})") from error
    if not token:
        raise UsageError(f"token_file: {file} is empty")
    return token


def _unauthorised(detail: str, *more: str) -> Problem:
    problem = Problem(HTTPStatus.UNAUTHORIZED, detail)
    problem.headers["WWW-Authenticate"] = ", ".join(('Bearer realm="castgraph"', *more))
    return problem


def install(app: Flask, settings: Settings) -> None:
    """Give an application its authorisation.

    Raises:
        UsageError: see :class:`Authorisation`.
    """
    made = Authorisation(settings)
    app.extensions["castgraph.authorisation"] = made
    app.before_request(made.refuse_token_in_address)


def authorisation() -> Authorisation:
    """The authorisation of the application that handles this request."""
    found: Authorisation = current_app.extensions["castgraph.authorisation"]
    return found
