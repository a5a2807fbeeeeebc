"""Runs the application under uvicorn: server processes on one listening socket, clean shutdown."""

from __future__ import annotations

import logging
import os
import resource
import socket
from contextlib import suppress
from dataclasses import replace
from functools import partial

from uvicorn.config import Config
from uvicorn.supervisors import Multiprocess

from castgraph.errors import CastgraphError
from castgraph.settings import Settings, variable_of
from castgraph_server import answering
from castgraph_server.app import create_app
from castgraph_server.connection import MOST_CONNECTIONS, Connection
from castgraph_server.door import Door

logger = logging.getLogger(__name__)

SHUTDOWN_SECONDS = 10
"""How long requests in flight may go on after SIGINT or SIGTERM: as long as a query may take, by default."""

MOST_FILES = 65_536
"""Files a server process may have open, where the system lets it: connections are files."""

FEW_POOLS = ("MALLOC_ARENA_MAX", "2")
"""For the C library (glibc) of the processes started, unless they are told another: the fewer pools threads take their
memory from, the fewer gaps grow in them under mixed load."""

_SPEECHLESS = ("without completing response", "Unsupported upgrade request", "No supported WebSocket library")


class News(logging.Filter):
    """Leaves out what uvicorn says of responses that are broken off on purpose, and of clients' whims."""

    def filter(self, record: logging.LogRecord) -> bool:
        """See :meth:`logging.Filter.filter`."""
        return not any(said in record.getMessage() for said in _SPEECHLESS)


class Supervisor(Multiprocess):
    """Looks after the server processes; when they are told to end, nobody is let in any more."""

    def terminate_all(self) -> None:
        """End the server processes: those who come from now on are refused, and can go elsewhere."""
        for listening in self.sockets:
            listening.close()
        super().terminate_all()


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
        CastgraphError: a setting is wrong, the address cannot be listened on, or the server processes cannot start.
    """
    answering.close(create_app(settings))  # a setting it cannot be made with is told now, not by each process for ever
    os.environ.pop(variable_of("token"), None)  # no process that the server starts is to have it
    os.environ.setdefault(*FEW_POOLS)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if -1 < soft < MOST_FILES:  # -1: no limit; many systems give 1,024, as many as connections alone take
        resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_FILES if hard == -1 else min(hard, MOST_FILES), hard))
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
        limit_concurrency=MOST_CONNECTIONS + 1,  # of requests; Connection bounds what its name says
        timeout_keep_alive=30,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        timeout_worker_healthcheck=60,  # a query of ours holds the interpreter while it is evaluated
    )
    with listening:
        _announce(settings)
        supervisor = Supervisor(config, [listening])
        supervisor.run()
    if any(process.exitcode not in (0, None) and process.exitcode > 0 for process in supervisor.processes):
        raise CastgraphError("the server's processes died; the log above says why")


def load(settings: Settings) -> Door:
    """The application of one server process."""
    for descriptor in os.listdir("/proc/self/fd"):  # noqa: PTH208 - numbers, not paths
        with suppress(OSError):  # the listing's own
            # What multiprocessing handed on is inheritable: query workers would hold the listening socket open.
            os.set_inheritable(int(descriptor), int(descriptor) < 3)
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
