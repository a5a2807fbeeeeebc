"""Runs the application under uvicorn: server processes on one listening socket, clean shutdown."""

from __future__ import annotations

import logging
import os
import socket
from dataclasses import replace
from functools import partial

from uvicorn.config import Config
from uvicorn.supervisors import Multiprocess

from castgraph.errors import CastgraphError
from castgraph.settings import Settings, variable_of
from castgraph_server.app import create_app
from castgraph_server.authorisation import Authorisation
from castgraph_server.connection import Connection
from castgraph_server.door import Door

logger = logging.getLogger(__name__)

SHUTDOWN_SECONDS = 5
"""How long requests in flight may go on after SIGINT or SIGTERM."""

MOST_CONNECTIONS = 1000
"""Connections to a server process; more are answered 503."""

_SPEECHLESS = ("without completing response", "Unsupported upgrade request", "No supported WebSocket library")


class News(logging.Filter):
    """Leaves out what uvicorn says of responses that are broken off on purpose, and of clients' whims."""

    def filter(self, record: logging.LogRecord) -> bool:
        """See :meth:`logging.Filter.filter`."""
        return not any(said in record.getMessage() for said in _SPEECHLESS)


_LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"news": {"()": "castgraph_server.serve.News"}},  # by name: server processes get this pickled
    "formatters": {"generic": {"()": "logging.Formatter", "fmt": "%(asctime)s %(levelname)s %(message)s"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "generic",
            "filters": ["news"],
            "stream": "ext://sys.stderr",
        },
    },
    "loggers": {
        "uvicorn": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "castgraph_server": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM.

    Port 0 takes any free port; the log line on standard error says which.

    Raises:
        CastgraphError: the address cannot be listened on, or the server processes cannot start.
    """
    Authorisation(settings)  # a wrong token is told now, not by each process
    os.environ.pop(variable_of("token"), None)  # no process that the server starts is to have it
    listening = _listen(settings.host, settings.port)
    settings = replace(settings, port=listening.getsockname()[1])
    config = Config(
        partial(load, settings),  # pickled into each process: the settings travel as they are
        factory=True,
        interface="asgi3",
        lifespan="on",
        loop="uvloop",
        http=Connection,
        ws="none",
        workers=settings.workers,
        log_config=_LOGGING,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        timeout_worker_healthcheck=60,  # a query of ours holds the interpreter while it is evaluated
    )
    with listening:
        _announce(settings)
        supervisor = Multiprocess(config, [listening])
        supervisor.run()
    if any(process.exitcode not in (0, None) and process.exitcode > 0 for process in supervisor.processes):
        raise CastgraphError("the server's processes died; the log above says why")


def load(settings: Settings) -> Door:
    """The application of one server process."""
    return Door(create_app(settings), settings)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(2048)  # clients that come before the processes are up wait
            listening.set_inheritable(True)
        except OSError:
            listening.close()
            raise
    except OSError as error:
        said = error.strerror or str(error)
        raise CastgraphError(
            f"{host}:{port}: cannot be listened on ({said}); choose another --port or --host"
        ) from error
    return listening


def _announce(settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    logger.info("castgraph serves http://%s:%d/", host, settings.port)
