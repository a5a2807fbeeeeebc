"""``python -m tests.soak``: put the real server under mixed load, print what was seen, fail where a promise is broken.

Environment: ``SOAK_MINUTES`` (5), ``SOAK_ROUND`` (seconds of load in a round, 25), ``SOAK_CLIENTS`` (ordinary ones at a time, 4),
``SOAK_WORKERS`` (server processes, 1), ``SOAK_KILL_EVERY`` (seconds between two kills of a query worker, 1).
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tests.soak.course import Plan, soak
from tests.soak.verdict import broken, report


def main() -> int:
    """0 where all promises were kept, else 1."""

    def told(name: str, default: float) -> float:
        return float(os.environ.get(f"SOAK_{name}", default))

    seconds = told("ROUND", 25)
    plan = Plan(
        rounds=max(2, round(60 * told("MINUTES", 5) / (seconds + 4))),  # it takes a few seconds to become quiet
        seconds=seconds,
        clients=int(told("CLIENTS", 4)),
        workers=int(told("WORKERS", 1)),
        kill_every=told("KILL_EVERY", 1),
    )
    with tempfile.TemporaryDirectory() as folder:
        found = soak(plan, Path(folder) / "data", say=lambda line: sys.stderr.write(f"{line}\n"))
    sys.stdout.writelines(f"{line}\n" for line in report(found))
    return 1 if broken(found) else 0


if __name__ == "__main__":
    sys.exit(main())
