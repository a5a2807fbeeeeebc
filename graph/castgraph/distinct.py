"""How many different terms N-Triples files hold, counted by DuckDB: at any size, in bounded memory, no row in Python."""

from __future__ import annotations

from collections.abc import Iterable
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
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{MEMORY_MB}MB",
        "temp_directory": str(scratch / "spill"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    try:
        with duckdb.connect(str(scratch / "terms.duckdb"), config=settings) as connection:
            connection.execute("SET enable_progress_bar = false")  # standard output is for results
            connection.execute(_READ, [paths])
            entities, subjects, objects = (_number(connection, query) for query in _COUNTS)
    except duckdb.Error as error:
        raise OSError(f"the terms of the graph cannot be counted: {error}") from error
    finally:
        (scratch / "terms.duckdb").unlink(missing_ok=True)
    return Distinct(entities, subjects, objects)


_READ = f"""CREATE TEMP TABLE terms AS
WITH lines AS (
  SELECT line, split_part(line, ' ', 1) AS subject, split_part(line, ' ', 2) AS predicate FROM read_csv(?,
    columns = {{'line': 'VARCHAR'}}, delim = '{_NO_LETTER}', quote = '', escape = '', header = false, auto_detect = false,
    strict_mode = false, new_line = '\\n', max_line_size = {_LINE}, buffer_size = {4 * _LINE})
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
