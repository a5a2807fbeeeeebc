"""Files to sides: each kind of file by its reader."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from castgraph.errors import SourceError
from castgraph.linking import rdf, tables
from castgraph.linking.description import Description, read_description
from castgraph.linking.entities import Side


def read_side(paths: Sequence[Path] | Path, mapping: Path | Description | None = None) -> Side:
    """The side in tables (CSV, TSV, JSON) or RDF files, by their endings; ``mapping`` says what columns mean.

    Raises:
        SourceError: a file cannot be read or does not fit its mapping; names file and line.
    """
    several = [paths] if isinstance(paths, Path) else list(paths)
    description = read_description(mapping) if isinstance(mapping, Path) else mapping or Description()
    endings = {Path(path.name.removesuffix(".gz")).suffix.lower() for path in several}
    if endings <= set(tables.ENDINGS):
        return tables.read_table(several, description)
    if endings <= set(rdf.ENDINGS):
        return rdf.read_rdf(several, description)
    raise SourceError(
        several[0], f"files of ending {', '.join(sorted(endings))}", expected=", ".join(tables.ENDINGS + rdf.ENDINGS)
    )
