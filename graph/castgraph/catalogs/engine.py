"""The engine: DuckDB, held to its memory and its folders, telling how far a long step has come."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

import duckdb

from castgraph.catalogs import roles, terms
from castgraph.catalogs.tables import BLANK, SEPARATOR
from castgraph.catalogs.terms import sql_name, sql_text
from castgraph.errors import CatalogError

_QUIET = 1.0
"""Seconds before a step tells of itself."""
_LINE = 8_000_000
"""Bytes a line may have. DuckDB's buffers are multiples of it."""


class Engine:
    """A DuckDB database, which reads and writes only below the folders it is given.

    It is in memory, where tables spill to the scratch folder as they must; with ``on_disk`` it is in a scratch file, which
    takes a quarter more time and never holds more memory than it may.
    """

    def __init__(
        self,
        scratch: Path,
        folders: Sequence[Path],
        *,
        memory_mb: int,
        threads: int,
        progress: Callable[[str], None],
        on_disk: bool = False,
    ) -> None:
        self._file = scratch / "catalogs.duckdb"
        self._progress = progress
        self._connection = duckdb.connect(
            str(self._file) if on_disk else ":memory:",
            config={
                "memory_limit": f"{memory_mb}MB",
                "threads": threads,
                "temp_directory": str(scratch / "spill"),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        allowed = ", ".join(sql_text(str(folder)) for folder in (*folders, scratch))
        self.run(f"SET allowed_directories = [{allowed}]")
        # A mapping file is data of the user's: what it says must not reach other files or the network.
        self.run("SET enable_external_access = false")
        self.run("SET enable_progress_bar = true")  # or it does not count how far a statement has come
        self.run("SET enable_progress_bar_print = false")  # standard output is for results
        self.run("SET checkpoint_threshold = '1GB'")  # the file is for this run alone
        for macro in (*terms.MACROS, *roles.MACROS):
            self.run(macro)

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
        for left in (self._file, self._file.with_name(self._file.name + ".wal")):
            left.unlink(missing_ok=True)

    def load_lines(self, name: str, path: Path, step: str, rows: int) -> None:
        """Make a table of a file's lines: its ``rowid`` plus one is the line's number; an empty line is NULL."""
        self.run(
            f"""CREATE TABLE {sql_name(name)} AS SELECT text FROM read_csv({sql_text(str(path))},
            columns = {{'text': 'VARCHAR'}}, delim = '{SEPARATOR}', quote = '', escape = '', nullstr = '{BLANK}',
            header = false, auto_detect = false, strict_mode = false, new_line = '\\n', max_line_size = {_LINE}, buffer_size = {4 * _LINE})""",
            step,
            rows,
        )

    def load_columns(self, into: str, path: Path, columns: Sequence[str]) -> None:
        """Add the lines of a file, parted as :data:`SEPARATOR` says, to columns of a table: ``label (iri, label)``."""
        if path.stat().st_size:
            types = ", ".join(f"{sql_text(column)}: 'VARCHAR'" for column in columns)
            self.run(
                f"""INSERT INTO {into} SELECT * FROM read_csv({sql_text(str(path))}, columns = {{{types}}},
                delim = '{SEPARATOR}', quote = '', escape = '', header = false, auto_detect = false, strict_mode = false, new_line = '\\n',
                max_line_size = {_LINE}, buffer_size = {4 * _LINE})"""
            )

    def write(self, select: str, path: Path, step: str, *, in_order: bool = True) -> None:
        """Write the texts of a one-column query to a file, each as it is, a line end behind it.

        Not in order, several threads write.
        """
        self.run(f"SET preserve_insertion_order = {str(in_order).lower()}")
        self.run(
            f"""COPY ({select}) TO {sql_text(str(path))}
            (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '{SEPARATOR}')""",
            step,
        )
        self.run("SET preserve_insertion_order = true")  # line numbers are places in tables

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """The few rows of a small query."""
        return self._connection.execute(sql).fetchall()

    def count(self, sql: str) -> int:
        """The one number a query gives."""
        return int(str(self.rows(sql)[0][0]))

    def fill(self, sql: str, values: Sequence[Sequence[str]]) -> None:
        """Run a statement with each of a few rows of values."""
        if values:
            self._connection.executemany(sql, values)

    def run(self, sql: str, step: str | None = None, rows: int = 0) -> None:
        """Run a statement. One that takes more than a second tells its rate and the time left.

        Raises:
            CatalogError: DuckDB could not carry it out: no room on the disk, too little memory.
        """
        started = time.monotonic()
        failure: list[duckdb.Error] = []

        def work() -> None:
            try:
                self._connection.execute(sql)
            except duckdb.Error as error:
                failure.append(error)

        if step is None:
            work()
        else:
            worker = threading.Thread(target=work, daemon=True)
            worker.start()
            while worker.is_alive():
                worker.join(_QUIET)
                if worker.is_alive():
                    self._progress(self._how_far(step, rows, time.monotonic() - started))
        if failure:
            raise CatalogError(f"{step or 'preparing the tables'}: {failure[0]}") from failure[0]

    def _how_far(self, step: str, rows: int, seconds: float) -> str:
        share = self._connection.query_progress() / 100
        if not 0 < share <= 1:
            return f"{step}: {seconds:.0f} s"
        rate = f", {rows * share / seconds:,.0f} rows/s" if rows else ""
        return f"{step}: {share:.0%}{rate}, about {seconds / share - seconds:.0f} s left"
