"""The queries at work and the places they hold: who is moved out of the way, and who loses a place to others."""

from __future__ import annotations

import threading
import time

from castgraph_server.places import Places
from castgraph_server.use import Use

SLOW = 2.0
"""Seconds after which a piece of a result that its client has not taken may cost the query its place."""


class Occupancy:
    """The queries that hold places. Safe to share between threads."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._uses: set[Use] = set()
        self._lock = threading.Lock()

    def add(self, use: Use) -> None:
        """Count a query that has taken a place for a short one."""
        self._uses.add(use)

    def move_aside(self, use: Use) -> None:
        """Let others have the place of a query that takes long, as far as there is room for long ones."""
        with self._lock:
            if not use.is_aside and not use.has_left:
                use.is_aside = self._places.move_aside()

    def leave(self, use: Use) -> bool:
        """Count a query no more; False where that was done."""
        with self._lock:
            self._uses.discard(use)
            if use.has_left:
                return False
            use.has_left = True
            self._places.leave(long=use.is_aside)
            return True

    def evict(self, stall: float) -> list[Use]:
        """Take the places of queries whose clients do not take their results; those queries are to be stopped.

        What is untaken for :data:`SLOW` seconds is moved to the places for long queries. Where those are taken and
        others wait, it goes: as many queries as wait, longest untaken first. After ``stall`` seconds any goes.
        """
        now, wanted = time.monotonic(), self._places.waiting
        untaken = [(since, use) for use in tuple(self._uses) if (since := use.handed_over_at) is not None]
        evicted = []
        for since, use in sorted(untaken, key=lambda pair: pair[0]):
            seconds = now - since
            if seconds >= min(SLOW, stall):
                self.move_aside(use)
            is_in_the_way = seconds >= SLOW and wanted > 0 and not use.is_aside
            if (is_in_the_way or seconds > stall) and self.leave(use):
                wanted -= is_in_the_way
                evicted.append(use)
        return evicted
