"""Run the benchmarks and print their tables: ``python -m benchmarks [--only NAME] [--quick]``.

A benchmark is a module of this package with a function ``measure(quick: bool) -> Iterator[str]`` that yields lines of
Markdown. Everything is measured in one run on one machine; read the ratios, not the seconds.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules


def benchmarks() -> dict[str, Callable[[bool], Iterator[str]]]:
    """The benchmark modules of this package by name."""
    names = sorted(module.name for module in iter_modules([str(Path(__file__).parent)]) if module.name != "__main__")
    modules = {name: import_module(f"benchmarks.{name}") for name in names}
    return {name.replace("_", "-"): module.measure for name, module in modules.items() if hasattr(module, "measure")}


def machine() -> str:
    """The machine in one line: cores, memory, Python."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores, {memory:.0f} GB, {platform.machine()}, Python {platform.python_version()}"


def main() -> int:
    available = benchmarks()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", action="append", choices=list(available), help="run this one (may be repeated)")
    parser.add_argument("--quick", action="store_true", help="leave out the large sizes")
    arguments = parser.parse_args()
    print(f"Measured in one run: {machine()}.\n")
    for name in arguments.only or available:
        print(f"## {name}\n", flush=True)
        for line in available[name](arguments.quick):
            print(line, flush=True)
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
