"""Whose turn it is: a bounded number of short and of long queries at a time, and a bounded queue before them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_LOOK = 1.0
"""Seconds after which one that waits looks whether its client is still there."""


class Full(Exception):  # noqa: N818 - told as a limit that was met
    """As many wait already as may."""


class TooLate(Exception):  # noqa: N818 - told as a limit that was met
    """The place was not free in time."""


class NotWanted(Exception):  # noqa: N818 - nobody is left to tell
    """Nobody waits for the result any more."""


class Places:
    """Places for ``size`` short and as many long queries; ``queue`` more may wait. Safe to share between threads."""

    def __init__(self, size: int, queue: int) -> None:
        self.size = size
        self.queue = queue
        self.short = self.long = self.waiting = 0
        self._free = threading.Condition()

    def enter(self) -> bool:
        """Take a place where one is free."""
        with self._free:
            is_free = self.short < self.size
            self.short += is_free
        return is_free

    def wait(self, seconds: float, gone: Callable[[], bool] | None) -> None:
        """Take a place when one is free.

        Raises:
            Full, TooLate, NotWanted: none was taken.
        """
        end = time.monotonic() + seconds
        with self._free:
            if self.short >= self.size:
                if self.waiting >= self.queue:
                    raise Full
                self.waiting += 1
                try:
                    while not self._free.wait_for(lambda: self.short < self.size, timeout=_LOOK):
                        if gone is not None and gone():
                            raise NotWanted
                        if time.monotonic() > end:
                            raise TooLate
                finally:
                    self.waiting -= 1
            self.short += 1

    def move_aside(self) -> bool:
        """Turn the place of a short query into that of a long one, as far as there is room; whether it was done."""
        with self._free:
            if self.long >= self.size:
                return False
            self.long += 1
            self.short -= 1
            self._free.notify()
            return True

    def leave(self, *, long: bool = False) -> None:
        """Give a place back."""
        with self._free:
            if long:
                self.long -= 1
            else:
                self.short -= 1
            self._free.notify()
