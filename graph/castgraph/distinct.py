"""N-Triples files of any size counted and compared by DuckDB: in bounded memory, no row in Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from castgraph.iris import RDF
from castgraph.statistics import Distinct

MEMORY_MB = 1_000
"""What the counting holds in memory; beyond that it writes beside the files."""

_LINE = 8_000_000  # bytes a line may have; DuckDB's buffers are multiples of it
_NO_LETTER = "\x01"  # in no N-Triples line: control characters are escaped there


def count_terms(files: Iterable[Path], scratch: Path) -> Distinct:
    """Count the different terms of N-Triples files together; a triple may stand in several, or twice in one.

    Terms are told apart by 64-bit hashes of what is written: among a hundred million, one pair in a thousand such counts
    falls together.

    Args:
        files: files as castgraph writes them: a statement a line, single spaces between its parts.
        scratch: an existing folder for what does not fit into memory.

    Raises:
        OSError: a file cannot be read, or the disk is full.
    """
    paths = [str(path) for path in files if path.stat().st_size]
    if not paths:
        return Distinct(0, 0, 0)
    with _connected(scratch, "the terms of the graph cannot be counted") as connection:
        connection.execute(_READ, [paths])
        entities, subjects, objects = (_number(connection, query) for query in _COUNTS)
    return Distinct(entities, subjects, objects)


def write_unheld(expected: Iterable[Path], held: Path, out: Path, scratch: Path) -> None:
    """Write the lines of N-Triples files that another does not hold, by 64-bit hashes of the lines as written.

    Args:
        expected: files whose lines should be in the other; a line may stand there more than once.
        held: the other file.
        out: written: each line that is not held, as often as it is expected.
        scratch: an existing folder for what does not fit into memory.

    Raises:
        OSError: a file cannot be read, or the disk is full.
    """
    out.touch()
    paths = [str(path) for path in expected if path.stat().st_size]
    if not paths:
        return
    with _connected(scratch, "the triples cannot be compared") as connection:
        connection.execute("CREATE TEMP TABLE held (line UBIGINT)")
        if held.stat().st_size:
            connection.execute(_HELD, [[str(held)]])
        target = str(out).replace("'", "''")
        connection.execute(f"COPY ({_UNHELD}) TO '{target}' ({_AS_IT_IS})", [paths])


@contextmanager
def _connected(scratch: Path, failed: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in a file that spills beside it, gone afterwards; its failures are those of the disk."""
    file = scratch / "terms.duckdb"
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{MEMORY_MB}MB",
        "temp_directory": str(scratch / "spill"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,
    }
    try:
        with duckdb.connect(str(file), config=settings) as connection:
            connection.execute("SET enable_progress_bar = false")  # standard output is for results
            yield connection
    except duckdb.Error as error:
        raise OSError(f"{failed}: {error}") from error
    finally:
        file.unlink(missing_ok=True)


_LINES = f"""read_csv(?, columns = {{'line': 'VARCHAR'}}, delim = '{_NO_LETTER}', quote = '', escape = '', header = false,
    auto_detect = false, strict_mode = false, new_line = '\\n', max_line_size = {_LINE}, buffer_size = {4 * _LINE})"""

_HELD = f"INSERT INTO held SELECT hash(line) FROM {_LINES}"  # noqa: S608 - constants alone
_UNHELD = f"SELECT line FROM {_LINES} WHERE hash(line) NOT IN (FROM held)"  # noqa: S608 - constants alone
_AS_IT_IS = f"FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '{_NO_LETTER}'"

_READ = f"""CREATE TEMP TABLE terms AS
WITH lines AS (
  SELECT line, split_part(line, ' ', 1) AS subject, split_part(line, ' ', 2) AS predicate FROM {_LINES}
)
SELECT hash(subject) AS subject, hash(substr(line, length(subject) + length(predicate) + 3)) AS object,
  predicate = '<{RDF}type>' AND starts_with(subject, '<') AS is_entity
FROM lines"""  # noqa: S608 - constants alone

_COUNTS = (
    "SELECT count(*) FROM (SELECT DISTINCT subject FROM terms WHERE is_entity)",
    "SELECT count(*) FROM (SELECT DISTINCT subject FROM terms)",
    "SELECT count(*) FROM (SELECT DISTINCT object FROM terms)",
)


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])
