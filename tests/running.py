"""The real server, in a process of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PROGRAM = (sys.executable, "-m", "castgraph_server")

_END_WITH_PARENT = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG, which outlives execve
os.execv(sys.argv[1], sys.argv[1:])
"""


def ending_with_us(command: Sequence[str]) -> list[str]:
    """A command whose process is told to end when this one ends, even if that is killed. On Linux; elsewhere as it is."""
    return [sys.executable, "-IS", "-c", _END_WITH_PARENT, *command] if sys.platform == "linux" else [*command]


class Server:
    """A server process that runs, or has ended. What it says on standard error is read as it comes, into ``log``."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process.pid
        self.address = ""
        self._popen = process
        self._said: list[str] = []
        self._has_address = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def log(self) -> str:
        """What it has said so far."""
        return "".join(self._said)

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs."""
        return self._popen.poll()

    def wait_until_up(self) -> None:
        """Wait until it answers."""
        self._has_address.wait(60)
        if not self.address:
            raise AssertionError(f"the server ended: {self.log}")
        wait_until_up(self.address)

    def send(self, signal_: signal.Signals) -> None:
        """Send its main process a signal."""
        self._popen.send_signal(signal_)

    def wait(self, seconds: float = 10) -> int:
        """Wait for its end; its exit code. Raises :class:`subprocess.TimeoutExpired`."""
        return self._popen.wait(seconds)

    def stop(self) -> None:
        """Ask it to end, as a service manager does; where it does not, kill it and its server processes."""
        self._popen.terminate()
        try:
            self._popen.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process, signal.SIGKILL)
            self._popen.wait()
        self._reader.join(5)

    def _read(self) -> None:
        assert self._popen.stderr is not None
        for line in self._popen.stderr:
            self._said.append(line)
            match = re.search(r"serves (http://\S+)/", line)
            if match:
                self.address = match[1]
                self._has_address.set()
        self._has_address.set()


@contextmanager
def started(data: Path, program: Sequence[str] = PROGRAM, **settings: object) -> Iterator[Server]:
    """The real server in a process of its own on a free port. It is gone afterwards, whatever happens."""
    environment = {**os.environ, "CASTGRAPH_DATA": str(data), "CASTGRAPH_PORT": "0"}
    environment |= {f"CASTGRAPH_{name.upper()}": str(value) for name, value in settings.items()}
    with subprocess.Popen(
        ending_with_us(program), env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        server = Server(process)
        try:
            server.wait_until_up()
            yield server
        finally:
            server.stop()


@contextmanager
def running(data: Path, **settings: object) -> Iterator[str]:
    """The real server in a process of its own on a free port; its address. It is gone afterwards, whatever happens."""
    with started(data, PROGRAM, **settings) as server:
        yield server.address


def wait_until_up(address: str) -> None:
    """Wait until the server answers."""
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{address} does not answer")


@contextmanager
def running_oxigraph(store: Path) -> Iterator[str]:
    """A second SPARQL server, the Oxigraph program, over a store of its own; its endpoint."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    binary = Path(sysconfig.get_path("scripts")) / "oxigraph"
    command = [str(binary), "serve", "--location", str(store), "--bind", f"127.0.0.1:{port}"]
    with subprocess.Popen(ending_with_us(command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(200):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            else:
                raise AssertionError("the oxigraph server did not start")
            yield f"http://127.0.0.1:{port}/query"
        finally:
            process.kill()
