"""The sides that several sets share, from ``../shared/data``."""

from __future__ import annotations

from pathlib import Path

from castgraph.linking import Side
from castgraph.linking.description import Description
from castgraph.linking.sides import read_side

DATA = Path(__file__).parents[2] / "shared" / "data"
MOVIELENS = Description(name="MovieLens", surplus="title", replace={";": ","}, constants={"work": "film"})


def movielens_side() -> Side:
    """MovieLens, without its identifiers."""
    return read_side(DATA / "movielens" / "movies.csv", MOVIELENS)


def films_side() -> Side:
    """The film lists of Wikipedia."""
    described = Description(name="films", numbered=True, fields={"id": ("href",)}, constants={"work": "film"})
    return read_side(sorted((DATA / "films").glob("*.json")), described)
