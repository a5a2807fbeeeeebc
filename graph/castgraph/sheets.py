"""Fact sheets: pages reduced to their facts, without the pages' sentences, each fact on its line of the page.

    python -m castgraph.sheets ../shared/captures graph/facts

makes the bundled sheets. Reading a sheet gives the same records, on the same lines, as reading its page.
"""

from __future__ import annotations

import sys
from pathlib import Path

from castgraph.errors import CastgraphError, SourceError
from castgraph.readers import read
from castgraph.records import Reading

_USAGE = "usage: python -m castgraph.sheets CAPTURES_DIR OUT_DIR"


def reduce_to_sheet(reading: Reading) -> str:
    """The fact sheet of a page: as many lines as the page, empty but for the parts that state facts.

    Raises :class:`SourceError` for a page whose facts do not stand on lines of their own (HTML).
    """
    if not reading.kept:
        problem = f"a page of kind {reading.document.kind} has no fact sheet"
        raise SourceError(reading.document.path, problem, expected="a page saved as text")
    return "".join(f"{reading.kept.get(number, '')}\n" for number in range(1, reading.document.lines + 1))


def write_sheets(captures: Path, out: Path) -> tuple[Path, ...]:
    """Write the sheet of every ``.txt`` page of one folder into another, under the page's name."""
    pages = sorted(captures.glob("*.txt"))
    if not pages:
        raise SourceError(captures, "there is no page in this folder", expected="saved pages, named *.txt")
    sheets = {out / page.name: reduce_to_sheet(read(page)) for page in pages}
    for path, sheet in sheets.items():
        path.write_text(sheet, encoding="utf-8", newline="\n")
    return tuple(sheets)


def _main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(_USAGE, file=sys.stderr)  # noqa: T201 - a command line of its own
        return 2
    try:
        for path in write_sheets(Path(arguments[0]), Path(arguments[1])):
            print(path)  # noqa: T201 - results go to stdout
    except CastgraphError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
