"""The start of a query worker's process: its program is loaded, and the store opened, while others go first.

That takes a tenth of a second of processor time, and workers are replaced when others are busy. So it is done on a
thread of low priority; the process has the usual one again afterwards, which a whole process could not be given back.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

from castgraph_server.seal import seal

if TYPE_CHECKING:
    from castgraph_server.worker import Worker

STACK = 256 << 20
"""Bytes of stack a query may use; only what it touches takes memory."""

LOADING = 10
"""How much higher the "nice" is that a worker's program is loaded at."""


def main(descriptor: int, line: int, memory: int, store: str) -> None:
    """Serve the connection with that descriptor; see :func:`castgraph_server.worker.serve`.

    ``store`` is opened beforehand, where there is one of that path; the path may be empty.
    """
    is_sealed = seal()  # first of all, for it holds for this thread and those it starts
    loaded: list[Worker] = []

    def load() -> None:
        os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0) + LOADING)  # of this thread alone
        from castgraph_server.worker import Worker

        loaded.append(Worker(descriptor, memory, is_sealed=is_sealed))
        loaded[0].prepare(store)

    threading.stack_size(STACK)  # of this thread too: the C library keeps its stack for the next
    thread = threading.Thread(target=load)
    thread.start()
    thread.join()
    if loaded:
        from castgraph_server.worker import serve

        serve(loaded[0], line)
    os._exit(not loaded)  # the stores are read-only: nothing is to be saved


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
