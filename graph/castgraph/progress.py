"""Progress of long steps: how much is done, how fast, and how long the rest will take."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType

Tell = Callable[[str], None]
"""Takes one line of progress."""

SECONDS = 2.0
"""Between one line of progress and the next; the first comes after one second."""


class Meter:
    """Tells of a step that takes over a second: how much is done and how fast; with a total, how long it still takes.

    >>> told: list[str] = []
    >>> with Meter(told.append, "reading", 4, "rows", first=0.0) as meter:
    ...     meter.to(1)
    >>> told[0].startswith("reading: 1 of 4 rows, ")
    True

    Where nobody counts (``total`` 0, :meth:`to` is never called), a line every few seconds says that it goes on.
    """

    def __init__(
        self, tell: Tell, what: str, total: int = 0, unit: str = "", *, scale: int = 1, first: float = 1.0
    ) -> None:
        """``scale`` is how much of what is counted makes one ``unit``: 1,000,000 bytes one MB."""
        self._tell, self._what, self._total, self._unit, self._scale = tell, what, total, unit, scale
        self._started = time.monotonic()
        self._next = self._started + first
        self._done = 0
        self._over = threading.Event()
        self._beat = threading.Thread(target=self._go_on, daemon=True)

    def __enter__(self) -> Meter:
        if not self._total:
            self._beat.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()

    def to(self, done: int) -> None:
        """So much is done. Cheap to call often."""
        self._done = done
        now = time.monotonic()
        if now >= self._next:
            self._next = now + SECONDS
            self._tell(self._line(now - self._started))

    def add(self, done: int) -> None:
        """So much more is done."""
        self.to(self._done + done)

    def _line(self, seconds: float) -> str:
        rate = self._done / seconds if seconds > 0 else 0.0
        left = f", {duration((self._total - self._done) / rate)} left" if self._total and rate else ""
        of = f" of {self._total // self._scale:,}" if self._total else ""
        return f"{self._what}: {self._done // self._scale:,}{of} {self._unit}, {rate / self._scale:,.0f} a second{left}"

    def _go_on(self) -> None:
        wait = 1.0
        while not self._over.wait(wait):
            wait = SECONDS * 2
            self._tell(f"{self._what}: {duration(time.monotonic() - self._started)} so far")


def duration(seconds: float) -> str:
    """A time in words.

    >>> duration(7.2), duration(95), duration(7300)
    ('7 s', '1 min 35 s', '2 h 1 min')
    """
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
