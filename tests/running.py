"""The real server, in a process of its own."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running(data: Path, **settings: object) -> Iterator[str]:
    """The real server in a process of its own on a free port; its address. It is gone afterwards, whatever happens."""
    environment = {**os.environ, "CASTGRAPH_DATA": str(data), "CASTGRAPH_PORT": "0"}
    environment |= {f"CASTGRAPH_{name.upper()}": str(value) for name, value in settings.items()}
    with subprocess.Popen(
        [sys.executable, "-m", "castgraph_server"], env=environment, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            yield _address(process)
        finally:
            process.terminate()
            try:
                process.communicate(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.communicate()


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        match = re.search(r"serves (http://\S+)/", line)
        if match:
            wait_until_up(match[1])
            return match[1]
    raise AssertionError(f"the server ended: {said}")


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
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
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
