"""A reading while it is being made: every reader writes its records, skipped lines and kept parts here."""

from __future__ import annotations

from collections import Counter

from castgraph.errors import SourceError
from castgraph.readers.text import Text
from castgraph.records import TITLE, Document, Json, Node, Reading, Record, Skipped

_SHOWN = 120


def _join(parts: list[str]) -> str:
    """The kept parts of a line; behind a heading that ends in a colon its value follows directly."""
    if len(parts) > 1 and parts[0].endswith(":"):
        return f"{parts[0]} {' … '.join(parts[1:])}"
    return " … ".join(parts)


class Draft:
    """Collects what one reader finds in one text."""

    def __init__(self, text: Text, kind: str, publisher: str, *, licence: str | None = None) -> None:
        self.text = text
        self.kind = kind
        self.publisher = publisher
        self.licence = licence
        self.url: str | None = None
        self.cast_rows: dict[str, list[Node]] = {}
        self._records: list[Record] = []
        self._skipped: list[Skipped] = []
        self._kept: dict[int, list[str]] = {}
        self._taken: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._doubles: Counter[str] = Counter()

    def state(self, line: int, subject: str = TITLE, /, **facts: Json) -> None:
        """Record facts of a thing, by default of the page's own title. An empty list states nothing."""
        stated = {term: value for term, value in facts.items() if value != []}
        if stated:
            self.record(line, {"id": subject, **stated})

    def record(self, line: int, node: Node) -> None:
        """Record a node that the line states."""
        self._records.append(Record(node, line))

    def end_cast_list(self) -> None:
        """Take what is stated so far as the page's cast list: its rows are :attr:`cast_rows`, by property."""
        own = [record.node for record in self._records if record.node["id"] == TITLE]
        for term in ("hasPerformance", "hasNarration"):
            self.cast_rows[term] = [value for node in own if isinstance(value := node.get(term), dict)]

    def keep(self, line: int, part: str) -> None:
        """Keep this part of the line for the fact sheet, unless it is kept already."""
        parts = self._kept.setdefault(line, [])
        if part not in parts:
            parts.append(part)

    def skip(self, line: int, reason: str, text: str | None = None) -> None:
        """Report a line with facts that could not be used; ``text`` where the reason holds for a part of it."""
        shown = " ".join((self.text.lines[line - 1] if text is None else text).split())
        shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
        self._skipped.append(Skipped(line, shown, reason))

    def fresh(self, wanted: str) -> str:
        """An identifier nothing else in the document has: the wanted one, or it with ``-2``, ``-3`` …"""
        chosen = wanted
        while chosen in self._taken:
            self._doubles[wanted] += 1
            chosen = f"{wanted}-{self._doubles[wanted] + 1}"
        self._taken.add(chosen)
        return chosen

    def numbered(self, wanted: str) -> str:
        """An identifier with the next free number behind it: ``#release/1``, ``#release/2`` …"""
        self._counts[wanted] += 1
        return self.fresh(f"{wanted}/{self._counts[wanted]}")

    def first_line(self) -> int:
        """The first line that states something; 0 where none does."""
        return min((record.line for record in self._records), default=0)

    def finish(self, *, marker: int, expected: str) -> Reading:
        """The reading, in the order of lines.

        Raises :class:`SourceError` at line ``marker``, which made the page look like one of its kind, where nothing
        was found.
        """
        if not self._records:
            problem = f"this looks like a page of kind {self.kind}, but it states nothing about a title"
            raise SourceError(self.text.path, problem, line=max(marker, 1), expected=expected)
        document = Document(
            path=self.text.path,
            kind=self.kind,
            publisher=self.publisher,
            sha256=self.text.sha256,
            lines=len(self.text.lines),
            url=self.url,
            licence=self.licence,
        )
        return Reading(
            document,
            records=tuple(sorted(self._records, key=lambda record: record.line)),
            skipped=tuple(sorted(self._skipped, key=lambda skipped: skipped.line)),
            kept={line: _join(parts) for line, parts in sorted(self._kept.items())},
        )
