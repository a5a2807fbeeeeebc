"""The bundled titles against MovieLens and a list of films: every one that is there, and none of the traps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from castgraph.linking import Linking, Side
from castgraph.linking.description import Description
from castgraph.linking.enrichment import enriched
from castgraph.linking.match import link
from castgraph.linking.sides import read_side
from castgraph.linking.snapshot_side import snapshot_side
from castgraph.snapshot import Snapshot

DATA = Path(__file__).parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(
    not (DATA / "movielens").is_dir(), reason="needs MovieLens in ../shared, which is not shipped"
)


@pytest.fixture(scope="module")
def movielens() -> Side:
    described = Description(name="MovieLens", surplus="title", replace={";": ","}, constants={"work": "film"})
    side = read_side(DATA / "movielens" / "movies.csv", described)
    films = Description(name="films", numbered=True, fields={"id": ("href",)}, constants={"work": "film"})
    known = read_side(sorted((DATA / "films").glob("*.json")), films)
    return enriched(side, known, link(side, known))


@pytest.fixture(scope="module")
def linking(snapshot: Snapshot, movielens: Side) -> Linking:
    ours = snapshot_side(snapshot.open())
    hidden = tuple(replace(entity, identifiers=()) for entity in ours)  # the bundled identifiers would tell
    return link(replace(ours, entities=hidden), movielens)


def _titles(linking: Linking) -> dict[str, str]:
    start = "https://w3id.org/castgraph/id/title/"
    return {one.subject.removeprefix(start): str(one.object_label).strip() for one in linking.accepted}


def test_every_title_that_is_there_is_found_and_no_other(linking: Linking) -> None:
    assert _titles(linking) == {
        "race-to-mars-2007": "Race to Mars (2007)",
        "escape-from-mars-1999": "Escape from Mars (1999)",
        "2010-1984": "2010: The Year We Make Contact (1984)",
        "mars-i-2010": "Mars (2010)",
        "race-to-mars-2007/similar-4": "Mission to Mars (2000)",
        "race-to-mars-2007/similar-6": "Space Odyssey: Voyage to the Planets (2004)",
    }


@pytest.mark.parametrize("trap", ["stranded-2001", "mars-2016", "mars-rising-2007", "before-mars-2016"])
def test_what_is_not_there_is_not_even_a_candidate(linking: Linking, trap: str) -> None:
    assert not [one for one in (*linking.accepted, *linking.candidates) if one.subject.endswith(trap)]


def test_a_title_without_a_name_says_what_it_was_found_by(linking: Linking) -> None:
    (found,) = (one for one in linking.accepted if one.subject.endswith("similar-4"))
    assert found.subject_label is None
    assert {one.field for one in found.evidence} == {"genres", "cast", "context"}
