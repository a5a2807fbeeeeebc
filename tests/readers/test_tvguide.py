"""TV Guide listings of other titles."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from castgraph.readers import read
from castgraph.records import Node, Reading

ReadPage = Callable[[str], Reading]
Facts = Callable[..., list[object]]
Credits = Callable[[Reading], list[tuple[str | None, str | None]]]


def test_another_listing_is_read(data: Path, facts: Facts, credits_of: Credits) -> None:
    reading = read(data / "tvguide.txt")
    assert (reading.document.kind, reading.document.publisher) == ("tv-guide", "TV Guide")
    assert facts(reading, "name") == ["The Lamp of Orvane"]
    assert facts(reading, "storyYear") == ["1871"]
    assert credits_of(reading)[:2] == [("Tilda Marrow", "Ines Calloway"), ("Bastian Quill", "The Lighter")]


def test_performer_without_a_role_does_not_shift_the_pairs(data: Path, credits_of: Credits) -> None:
    assert ("Odo Fenwick", None) in credits_of(read(data / "tvguide.txt"))


def test_crew_are_no_characters(data: Path, facts: Facts, credits_of: Credits) -> None:
    reading = read(data / "tvguide.txt")
    assert [cast(Node, node)["name"] for node in facts(reading, "director")] == ["Petra Lund"]
    assert [cast(Node, node)["type"] for node in facts(reading, "hasNarration")] == ["Narration"]
    assert ("Sol Avery", None) in credits_of(reading)


def test_other_jobs_are_read_as_contributors_and_reported(read_page: ReadPage, facts: Facts) -> None:
    reading = read_page("Title\n\nCast & Crew\nAnn\nRole\nBo\nCinematographer\n")
    assert [cast(Node, node)["name"] for node in facts(reading, "contributor")] == ["Bo"]
    assert [skipped.line for skipped in reading.skipped] == [7]


def test_odd_list_is_reported_and_not_guessed(read_page: ReadPage, credits_of: Credits) -> None:
    reading = read_page("Title\n\nCast & Crew\nAnn\nRole\nBo\n")
    assert credits_of(reading) == []
    assert [skipped.line for skipped in reading.skipped] == [4, 5, 6]


def test_job_is_the_end_of_a_pair_in_an_odd_list(read_page: ReadPage, credits_of: Credits, facts: Facts) -> None:
    reading = read_page("Title\n\nCast & Crew\nAnn\nRole\nBo\nDirector\nCy\n")
    assert credits_of(reading) == [("Ann", "Role"), ("Cy", None)]
    assert [cast(Node, node)["name"] for node in facts(reading, "director")] == ["Bo"]


def test_lines_that_all_stand_alone_are_not_paired(read_page: ReadPage, credits_of: Credits) -> None:
    reading = read_page("Title\n\nCast & Crew\n\nAnn\n\nBo\n")
    assert credits_of(reading) == []
    assert len(reading.skipped) == 2


def test_episodes_belong_to_their_season(data: Path, facts: Facts) -> None:
    reading = read(data / "tvguide.txt")
    assert facts(reading, "seasonNumber", "#season/2") == ["2"]
    assert facts(reading, "partOf", "#season/2/episode/1") == [{"id": "#season/2"}]
    assert facts(reading, "name", "#season/2/episode/1") == ["The First Wick"]
    assert facts(reading, "firstAired", "#season/2/episode/1") == ["2018-03-04"]
    assert facts(reading, "name", "#season/2/episode/2") == []


def test_awards_keep_a_category_with_dashes_and_need_none(data: Path, facts: Facts) -> None:
    reading = read(data / "tvguide.txt")
    won, nominated = (cast(Node, node) for node in facts(reading, "nomination"))
    assert (won["type"], won["awardCategory"], won["awardOutcome"]) == ("AwardWin", "Best Lamp - Indoors", "won")
    assert (nominated["type"], "awardCategory" in nominated) == ("AwardNomination", False)
    assert [skipped.line for skipped in reading.skipped] == [47]


def test_listing_without_a_title_names_nothing(read_page: ReadPage, facts: Facts) -> None:
    reading = read_page("In the year 1871, a lamp is lit.\n\nCast & Crew\nAnn\nRole\n")
    assert facts(reading, "name") == []
    assert facts(reading, "storyYear") == ["1871"]


@pytest.mark.parametrize("title", ["X", "In the Year 2889", "Who's Afraid of the Lamp?", "M.A.S.H."])
def test_odd_titles_are_titles(read_page: ReadPage, facts: Facts, title: str) -> None:
    assert facts(read_page(f"{title}\n\nCast & Crew\nAnn\nRole\n"), "name") == [title]


def test_listing_with_a_title_alone_is_read(read_page: ReadPage, facts: Facts) -> None:
    assert facts(read_page("By joining TV Guide, you agree.\n\nThe Lamp of Orvane\n"), "name") == ["The Lamp of Orvane"]
