"""Where a query worker writes a result to: chunks for the server, with their rows counted."""

from __future__ import annotations

import socket
import time

from castgraph.formats import Format
from castgraph_server.frames import CHUNK, DATA, WHOLE, send

FIRST_CHUNK = 1 << 16
"""Bytes of result that are sent at first; what is no larger is sent as a whole."""

PATIENCE = 0.02
"""Seconds after which what there is of a chunk is sent, so that the first rows of a slow result are not held back."""

ROW_ENDS = {
    Format.JSON: (b"},{", 1),
    Format.XML: (b"<result>", 0),
    Format.CSV: (b"\n", -1),
    Format.TSV: (b"\n", -1),
    Format.N_TRIPLES: (b"\n", 0),
}
"""What stands at the end of each row, and how many rows more than such ends there are.

Exact for XML, TSV and N-Triples. A value in JSON or CSV may hold the same characters and then counts as a row.
"""


class TooManyRows(Exception):  # noqa: N818 - how a result is ended, not an error
    """The result has more rows than it may."""


class Output:
    """The file a result is serialised to: sends it in chunks, and counts the rows of each before it is sent.

    Args:
        connection: where to.
        row_end: see :data:`ROW_ENDS`; None where rows are not counted here.
        most_rows: rows the result may have.
    """

    def __init__(self, connection: socket.socket, row_end: tuple[bytes, int] | None, most_rows: int) -> None:
        self._connection = connection
        self._row_end, more = row_end or (b"", 0)
        self._most_ends = most_rows - more
        self._ends = 0
        self._chunk = bytearray()
        self._full = FIRST_CHUNK
        self._counted = 0  # bytes of the chunk whose rows are counted
        self._tail = b""
        self._sent_at = 0.0
        self.has_sent = False

    def write(self, data: bytes) -> int:
        """Take a piece of the result. Raises :class:`TooManyRows`."""
        if not self._sent_at:  # only now: the time to the first row is the query's own
            self._sent_at = time.monotonic()
        self._chunk += data
        if len(self._chunk) >= self._full or time.monotonic() - self._sent_at > PATIENCE:
            self.send_chunk()
        return len(data)

    def flush(self) -> None:
        """Nothing: Oxigraph flushes at the end, when it is known whether all fits into one chunk."""

    def count(self) -> None:
        """Count the rows of what was not sent yet. Raises :class:`TooManyRows`, with no more of it sent."""
        if self._row_end:
            over = len(self._row_end) - 1  # characters of an end that may stand before the place
            start = max(0, self._counted - over)
            if self._counted == 0 and over:
                self._ends += (self._tail + self._chunk[:over]).count(self._row_end)
            self._ends += self._chunk.count(self._row_end, start)
            self._counted = len(self._chunk)
            if self._ends > self._most_ends:
                raise TooManyRows

    def send_chunk(self) -> None:
        """Send what there is. Raises :class:`TooManyRows` instead, where that is the case."""
        self.count()
        self._send()

    def send_whole(self) -> bool:
        """Send all there is as the whole result; False where some was sent before."""
        if not self.has_sent:
            send(self._connection, WHOLE, self._chunk)
        return not self.has_sent

    def cut(self) -> None:
        """End after the last whole line, as well as if that were the end."""
        del self._chunk[self._chunk.rfind(b"\n") + 1 :]
        self._send()

    def _send(self) -> None:
        if self._chunk:
            send(self._connection, DATA, self._chunk)
            over = len(self._row_end) - 1
            self._tail = (self._tail + self._chunk[-over:])[-over:] if over > 0 else b""
            self._chunk, self._counted = bytearray(), 0
            self._full, self.has_sent = CHUNK, True
        self._sent_at = time.monotonic()
