"""Python's collector of reference cycles, kept out of the way while millions of terms are held."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Collect no reference cycles meanwhile. Also a decorator.

    The collector would look at all objects again and again while they are made (a third of the time with a large ontology),
    and what the reasoner makes holds no cycles. Memory is freed as ever where nothing refers to it any more.

    >>> with collector_paused():
    ...     gc.isenabled()
    False
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
