"""JSON from services on the web, with bounds: on bytes and seconds, and on where a redirect may lead."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.parse import urlencode, urlsplit

from castgraph import __version__
from castgraph.errors import EndpointError
from castgraph.remote import body_of

MOST = 20_000_000
"""Bytes taken of one answer."""


@dataclass(frozen=True)
class Sent:
    """What is sent by POST."""

    body: bytes
    media_type: str

    @classmethod
    def form(cls, fields: Mapping[str, object]) -> Sent:
        """A form, the value of each field as JSON."""
        written = urlencode({name: json.dumps(value) for name, value in fields.items()})
        return cls(written.encode(), "application/x-www-form-urlencoded")

    @classmethod
    def json(cls, told: object) -> Sent:
        """A value as JSON."""
        return cls(json.dumps(told).encode(), "application/json")


def ask_json(url: str, sent: Sent | None, timeout: float, most: int = MOST) -> object:
    """The JSON that an address gives: to a GET, or to a POST of what is sent.

    Redirects of a GET are followed within the address's own origin; a POST is not redirected: what is sent would be lost.

    Args:
        url: an http or https address.
        sent: the body of a POST; None for a GET.
        timeout: seconds of silence, and half of those that the whole answer may take.
        most: bytes that the answer may have.

    Raises:
        EndpointError: no answer in time, an error, a redirect elsewhere, too much, or no JSON.
    """
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        raise EndpointError(url, "not an http or https address")
    agent = f"castgraph/{__version__} (+https://w3id.org/castgraph/)"
    headers = {"Accept": "application/json", "User-Agent": agent}
    if sent is not None:
        headers["Content-Type"] = sent.media_type
    request = urllib.request.Request(url, sent.body if sent else None, headers)  # noqa: S310 - the scheme was looked at
    try:
        with urllib.request.build_opener(_OwnOrigin).open(request, timeout=timeout) as answer:
            return json.loads(body_of(url, answer, most, timeout))
    except urllib.error.HTTPError as error:
        raise EndpointError(url, f"answered HTTP {error.code} {error.reason}") from error
    except (ValueError, RecursionError) as error:
        raise EndpointError(url, "answered with something that is no JSON") from error
    except (HTTPException, OSError) as error:
        reason = getattr(error, "reason", error)
        late = isinstance(reason, TimeoutError)
        raise EndpointError(
            url, f"no answer within {timeout:g} s" if late else f"cannot be reached: {reason}"
        ) from error


class _OwnOrigin(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        if req.data is not None:
            raise EndpointError(
                req.full_url, f"redirects to {newurl}, where what is sent is lost; use that address itself"
            )
        if urlsplit(newurl)[:2] != urlsplit(req.full_url)[:2]:
            raise EndpointError(
                req.full_url, f"redirects to {newurl}, which is another host's; use that address itself"
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)
