"""Runs the application under Granian: worker processes, one listening address, clean shutdown."""

from __future__ import annotations

import logging
import os
import socket
from dataclasses import replace
from functools import partial

from flask import Flask
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from castgraph.errors import CastgraphError
from castgraph.settings import Settings, variable_of
from castgraph_server.app import create_app
from castgraph_server.authorisation import Authorisation

logger = logging.getLogger(__name__)

THREADS = 64
"""Most threads of a server process, besides those that wait for query workers; they come as they are needed. pyoxigraph holds the interpreter's lock while it
evaluates (two queries in two threads take as long as one after the other, measured), so threads make nothing faster:
one thread answered 1,590 look-ups a second where two to eight answered 1,050 to 1,100. But a request body is read on
the thread, so that as many clients as there are threads can hold up everybody by sending slowly: with four threads,
four did. Processes are what uses more cores."""

SHUTDOWN_SECONDS = 10
"""How long requests in flight may go on after SIGINT or SIGTERM."""


class News(logging.Filter):
    """Leaves out Granian's advice on the number of threads, which is meant as it is."""

    def filter(self, record: logging.LogRecord) -> bool:
        """See :meth:`logging.Filter.filter`."""
        return "Configuration allows spawning" not in record.getMessage()


_LOGGING = {
    "filters": {"news": {"()": "castgraph_server.serve.News"}},  # by name: worker processes get this pickled
    "formatters": {
        "generic": {"()": "logging.Formatter", "fmt": "%(asctime)s %(levelname)s %(message)s"},
        "access": {"()": "logging.Formatter", "fmt": "%(message)s"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "generic",
            "filters": ["news"],
            "stream": "ext://sys.stderr",
        },
        "access": {"class": "logging.StreamHandler", "formatter": "access", "stream": "ext://sys.stderr"},
    },
    "loggers": {
        "_granian": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "granian.access": {"handlers": ["access"], "level": "INFO", "propagate": False},
        "castgraph_server": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM.

    Port 0 takes any free port; the log line on standard error says which.

    Raises:
        CastgraphError: the address cannot be listened on, or the workers died.
    """
    Authorisation(settings)  # a wrong token is told now, not by each worker
    os.environ.pop(variable_of("token"), None)  # no process that the server starts is to have it
    settings = replace(settings, port=_free_port(settings.host, settings.port))
    server = Server(
        target="castgraph_server:create_app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=THREADS + settings.query_queue + 2 * settings.query_workers,  # those wait for queries
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=SHUTDOWN_SECONDS,
        log_level=LogLevels.warning,
        log_dictconfig=_LOGGING,
    )
    server.on_startup(partial(_announce, settings))
    try:
        # The loader is pickled into each worker: the settings travel as they are, not through the environment.
        server.serve(target_loader=partial(load, settings), wrap_loader=False)
    except (OSError, RuntimeError) as error:
        raise CastgraphError(f"{settings.host}:{settings.port}: cannot be served on ({error})") from error
    except SystemExit as error:
        raise CastgraphError("the server's worker processes died; the log above says why") from error


def load(settings: Settings) -> Flask:
    """The application of one server process, with its query workers started."""
    app = create_app(settings)
    app.extensions["castgraph.pool"].start()
    return app


def _free_port(host: str, port: int) -> int:
    """The port, proven free. Granian shares ports (SO_REUSEPORT), so it would silently join another server."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            return int(probe.getsockname()[1])
    except OSError as error:
        said = error.strerror or str(error)
        raise CastgraphError(
            f"{host}:{port}: cannot be listened on ({said}); choose another --port or --host"
        ) from error


def _announce(settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    logger.info("castgraph serves http://%s:%d/", host, settings.port)
