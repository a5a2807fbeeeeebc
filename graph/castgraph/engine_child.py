"""Nemo at work in the current folder, for :mod:`castgraph.engine`: run as a file, since importing castgraph takes time."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path


def _main() -> int:
    job = json.loads(Path("job.json").read_text(encoding="utf-8"))
    _end_with_parent()
    if job["memory_mb"]:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (job["memory_mb"] * 2**20,) * 2)
    import nmo_python as nemo

    try:
        engine = nemo.NemoEngine(nemo.load_string(Path("program.rls").read_text(encoding="utf-8")))
        engine.reason()
        out = nemo.NemoOutputManager("out", overwrite=True)
        Path("out").mkdir(exist_ok=True)
        for result in job["results"]:
            engine.write_result(result, out)
    except BaseException as error:  # noqa: BLE001 - a Rust panic is a BaseException; this is the outermost boundary
        print(" ".join(f"{type(error).__name__}: {error}".split()), file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _end_with_parent() -> None:
    """Where the system can (Linux): be killed when the parent is, which cannot stop its child then."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


if __name__ == "__main__":
    code = _main()
    sys.stderr.flush()
    os._exit(code)  # no time spent on freeing what the operating system frees anyway
