"""The server with faults, to show that the soak notices: ``python faulty_server.py [--leak] [--lose]``.

One that leaks keeps memory, files, threads and ended children, more each second. One that loses kills its query workers
so often that ordinary requests fail.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

kept: list[object] = []


def leak() -> None:
    """Keep more and more."""
    while True:
        time.sleep(0.25)
        kept.append(os.urandom(4 << 20))
        kept.append(os.open(os.devnull, os.O_RDONLY))
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        os.posix_spawn("/bin/true", ["true"], {})


def lose() -> None:
    """Kill query workers."""
    from tests.soak.census import take

    while True:
        time.sleep(0.02)
        for worker in take(os.getpid()).query_workers:
            if random.random() < 0.7:
                with suppress(ProcessLookupError):
                    os.kill(worker.pid, signal.SIGKILL)


def main() -> int:
    """See :func:`castgraph_server.__main__.main`."""
    from castgraph_server.__main__ import main as serve

    return serve()


def begin() -> None:
    """Begin with the faults that are asked for."""
    for fault in (leak, lose):
        if f"--{fault.__name__}" in sys.argv:
            threading.Thread(target=fault, daemon=True).start()


if __name__ == "__mp_main__":  # in the server processes, not in the one that looks after them
    begin()
if __name__ == "__main__":
    sys.exit(main())
