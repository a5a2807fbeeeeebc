"""The three captures, their fact sheets, and what they do and do not say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from castgraph.readers import read
from castgraph.records import Json, Node, Reading
from castgraph.sheets import reduce_to_sheet, write_sheets

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("tvguide", "imdb", "wikipedia")
Facts = Callable[..., list[object]]
Credits = Callable[[Reading], list[tuple[str | None, str | None]]]


@pytest.mark.captures
@pytest.mark.parametrize("page", PAGES)
def test_sheet_gives_the_same_records_on_the_same_lines(captures: Path, sheets: Path, page: str) -> None:
    capture, sheet = read(captures / f"{page}.txt"), read(sheets / f"{page}.txt")
    assert sheet.records == capture.records
    assert sheet.kept == capture.kept
    assert sheet.document.lines == capture.document.lines
    assert sheet.document.kind == capture.document.kind


@pytest.mark.captures
@pytest.mark.parametrize("page", PAGES)
def test_bundled_sheet_is_what_the_capture_reduces_to(captures: Path, sheets: Path, page: str) -> None:
    expected = reduce_to_sheet(read(captures / f"{page}.txt"))
    assert (sheets / f"{page}.txt").read_text(encoding="utf-8") == expected


@pytest.mark.captures
def test_nothing_in_the_captures_is_skipped(captures: Path) -> None:
    assert [read(captures / f"{page}.txt").skipped for page in PAGES] == [(), (), ()]


@pytest.mark.parametrize("page", PAGES)
def test_sheet_reduces_to_itself(sheets: Path, page: str) -> None:
    path = sheets / f"{page}.txt"
    assert reduce_to_sheet(read(path)) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_sheet_holds_no_sentences(sheets: Path, page: str) -> None:
    for line in (sheets / f"{page}.txt").read_text(encoding="utf-8").splitlines():
        assert len(line) <= 110


@pytest.mark.parametrize("page", PAGES)
def test_every_term_is_in_the_context(sheets: Path, data: Path, page: str) -> None:
    context = json.loads((ROOT / "ontology" / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    for path in (sheets / f"{page}.txt", data / f"{page}.txt", data / "page.html"):
        for node in _nodes([record.node for record in read(path).records]):
            assert node.keys() <= context.keys()
            assert str(node.get("type", "Work")) in context
            assert str(node["id"]).startswith("#")


@pytest.mark.parametrize("page", PAGES)
def test_every_literal_is_a_string(sheets: Path, page: str) -> None:
    for node in _nodes([record.node for record in read(sheets / f"{page}.txt").records]):
        for value in node.values():
            assert all(isinstance(part, str | dict) for part in (value if isinstance(value, list) else [value]))


def _nodes(value: Json | list[Node]) -> Iterator[Node]:
    if isinstance(value, list):
        for part in value:
            yield from _nodes(part)
    elif isinstance(value, dict):
        yield value
        yield from _nodes(list(value.values()))


def test_tv_guide_says_who_played_whom(sheets: Path, facts: Facts, credits_of: Credits) -> None:
    reading = read(sheets / "tvguide.txt")
    assert facts(reading, "name") == ["Race to Mars"]
    assert facts(reading, "storyYear") == ["2030"]
    assert credits_of(reading) == [
        ("Michael Riley", "Rick Erwin"),
        ("Lothaire Bluteau", "Antoine Hébert"),
        ("Pascale Bussieres", "Jackie Decelles"),
    ]
    assert [record.line for record in reading.records if "hasPerformance" in record.node] == [21, 23, 25]
    assert facts(reading, "name", "#season/1/episode/1") == ["Episode #1.1"]
    assert [cast(Node, node)["awardOutcome"] for node in facts(reading, "nomination")] == [
        "nominated",
        "nominated",
        "won",
    ]


def test_lost_performers_stay_unknown(sheets: Path, credits_of: Credits) -> None:
    credited = credits_of(read(sheets / "imdb.txt"))
    assert len(credited) == 14
    assert [credit for credit in credited if credit[0] is not None] == [
        ("Frank Schorpion", "Mikhail Cerenkov"),
        ("Vlasta Vrana", "Space Agency Narrator"),
        ("Elisa Bourreau", "Lucia Alarcon"),
    ]
    assert (None, "Hiromi Okuda") in credited


def test_character_listed_twice_has_two_performances(sheets: Path, facts: Facts) -> None:
    nodes = [cast(Node, node) for node in facts(read(sheets / "imdb.txt"), "hasPerformance")]
    twice = {str(node["id"]): node for node in nodes if "lucia-alarcon" in str(node["id"])}
    assert set(twice) == {"#performance/lucia-alarcon", "#performance/lucia-alarcon-2"}
    assert "performer" not in twice["#performance/lucia-alarcon"]
    assert "performer" in twice["#performance/lucia-alarcon-2"]


def test_similar_titles_that_lost_their_name_are_kept(sheets: Path, facts: Facts) -> None:
    reading = read(sheets / "imdb.txt")
    assert [facts(reading, "name", f"#similar/{number}") for number in range(1, 10)] == [
        ["Escape from Mars"], ["Mars"], ["Stranded"], [], ["Before Mars"], [], ["2010"], ["Mars I"], ["Mars Rising"],
    ]  # fmt: skip
    assert facts(reading, "name") == []
    for number in (4, 6):
        assert facts(reading, "director", f"#similar/{number}")
        assert facts(reading, "releaseYear", f"#similar/{number}") == []


def test_imdb_details_are_read(sheets: Path, facts: Facts) -> None:
    reading = read(sheets / "imdb.txt")
    assert facts(reading, "alternativeTitle") == ["Erster auf dem Mars"]
    assert facts(reading, "keyword") == ["tv mini series"]
    assert (facts(reading, "awardWins"), facts(reading, "awardNominations")) == (["1"], ["2"])
    (budget,) = (cast(Node, node) for node in facts(reading, "budget"))
    assert (budget["amount"], budget["currency"], budget["estimated"]) == ("12000000", "CAD", "true")
    assert facts(reading, "ratingValue", "#review/1") == ["9"]
    assert (facts(reading, "helpfulVotes", "#review/1"), facts(reading, "votes", "#review/1")) == (["27"], ["31"])


def test_wikipedia_infobox_is_read(sheets: Path, facts: Facts, credits_of: Credits) -> None:
    reading = read(sheets / "wikipedia.txt")
    assert reading.document.lines == 30
    assert set(facts(reading, "type")) == {"ScreenWork", "Series"}
    assert facts(reading, "firstAired") == ["2007-09-23"]
    assert credits_of(reading)[-1] == ("William Shatner", None)
    assert len(facts(reading, "executiveProducer")) == 3


def test_sheets_are_written_under_the_pages_names(sheets: Path, tmp_path: Path) -> None:
    written = write_sheets(sheets, tmp_path)
    assert [path.name for path in written] == ["imdb.txt", "tvguide.txt", "wikipedia.txt"]
