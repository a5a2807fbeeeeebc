"""Wikipedia articles about other titles."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from castgraph.readers import read
from castgraph.readers.lists import split_people
from castgraph.records import Node, Reading
from castgraph.sheets import reduce_to_sheet

ReadPage = Callable[[str], Reading]
Facts = Callable[..., list[object]]
Credits = Callable[[Reading], list[tuple[str | None, str | None]]]


def names(nodes: list[object]) -> list[object]:
    return [cast(Node, node)["name"] for node in nodes]


def test_another_infobox_is_read_under_its_own_keys(data: Path, facts: Facts, credits_of: Credits) -> None:
    reading = read(data / "wikipedia.txt")
    assert facts(reading, "name") == ["The Lamp of Orvane"]
    assert names(facts(reading, "creator")) == ["Petra Lund"]
    assert names(facts(reading, "writer")) == ["Jo Vane", "Ken Roe, Jr.", "Ada Locke"]
    assert names(facts(reading, "productionCompany")) == ["Wick Films", "Harbour Pictures, Inc."]
    assert (facts(reading, "firstAired"), facts(reading, "lastAired")) == (["2017-03-04"], ["2018-04-09"])
    assert credits_of(reading) == [
        ("Tilda Marrow", "Ines Calloway"),
        ("Bastian Quill", None),
        ("Sol Avery", None),
        ("Una Pell", "The Echo"),
    ]
    assert reading.document.licence == "https://creativecommons.org/licenses/by-sa/4.0/"


def test_unknown_and_unusable_fields_are_reported(data: Path) -> None:
    reading = read(data / "wikipedia.txt")
    assert [(skipped.line, skipped.reason) for skipped in reading.skipped] == [
        (5, "the ontology has no term for the qualifier of Ada Locke: (season 1)"),
        (19, "unknown field: Wick count"),
        (21, "not a full date: day, month and year"),
    ]


def test_only_the_infobox_is_read(data: Path, facts: Facts) -> None:
    assert facts(read(data / "wikipedia.txt"), "director") == []


@pytest.mark.parametrize(
    ("fields", "types"),
    [
        ("- Num Episodes: 2", {"ScreenWork", "Series"}),
        ("- Num Episodes: 1", {"ScreenWork"}),
        ("- Network: One", {"ScreenWork"}),
        ("- Network: One\n- Running time: 90 minutes", {"ScreenWork"}),
        ("- Release date: 4 March 2017 (Norland)", {"ScreenWork", "Film"}),
        ("- Running time: 90 minutes\n- Num Episodes: 4", {"ScreenWork", "Series"}),
    ],
)
def test_kind_of_work_follows_the_infobox_only(read_page: ReadPage, facts: Facts, fields: str, types: set[str]) -> None:
    assert set(facts(read_page(f"= Title =\n\nInfobox\n{fields}\n"), "type")) == types


def test_release_names_its_country(read_page: ReadPage, facts: Facts) -> None:
    reading = read_page("= Title =\nInfobox film\n- Release date: 4 March 2017 (Norland), 5 March 2017 (Sudland)\n")
    releases = [cast(Node, node) for node in facts(reading, "release")]
    assert [(node["releaseDate"], cast(Node, node["releaseCountry"])["name"]) for node in releases] == [
        ("2017-03-04", "Norland"),
        ("2017-03-05", "Sudland"),
    ]


def test_order_and_case_of_keys_do_not_matter(read_page: ReadPage) -> None:
    fields = ["- Director: Ann Vale", "- STARRING: Bo Lee", "- Network: One", "- num episodes: 3"]
    forward = read_page("\n".join(["= Title =", "Infobox", *fields]))
    backward = read_page("\n".join(["= Title =", "Infobox", *reversed(fields)]))
    assert sorted(repr(record.node) for record in forward.records) == sorted(
        repr(record.node) for record in backward.records
    )


def test_article_without_a_heading_or_an_infobox_is_still_read(read_page: ReadPage, facts: Facts) -> None:
    assert facts(read_page("= Title =\n\nProse.\n"), "name") == ["Title"]
    nameless = read_page("Infobox\n- Director: Ann Vale\n")
    assert facts(nameless, "name") == []
    assert facts(nameless, "type") == ["ScreenWork"]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Gordon Carroll, David Giler and Walter Hill", ["Gordon Carroll", "David Giler", "Walter Hill"]),
        ("Ann Vale, Bo Lee, and Cy Roe", ["Ann Vale", "Bo Lee", "Cy Roe"]),
        ("Joel Coen and Ethan Coen", ["Joel Coen", "Ethan Coen"]),
        ("Tom Hanks & Meg Ryan", ["Tom Hanks", "Meg Ryan"]),
        ("Moby, Cher and Enya", ["Moby", "Cher", "Enya"]),
        ("Penn & Teller", ["Penn & Teller"]),
        ("Key and Peele", ["Key and Peele"]),
        ("Penn & Teller, Ann Vale", ["Penn & Teller", "Ann Vale"]),
        ("Joel Silver, Larry and Andy Roe", ["Joel Silver", "Larry and Andy Roe"]),
        ("Lamp and Wick Productions", ["Lamp and Wick Productions"]),
        ("Ann Vale as Tom and Jerry", ["Ann Vale as Tom and Jerry"]),
        ("Ann Vale as Ines and Bo Lee as Una", ["Ann Vale as Ines", "Bo Lee as Una"]),
        ("Ann Vale (story and script)", ["Ann Vale"]),
        ("Ann Vale (story and script) & Bo Lee (script)", ["Ann Vale", "Bo Lee"]),
        ("Sandy Anderson", ["Sandy Anderson"]),
    ],
)
def test_people_joined_by_and_are_several_where_that_can_be_told(text: str, people: list[str]) -> None:
    assert [name for name, _ in split_people(text)] == people


@pytest.mark.parametrize("field", ["Production company", "Studio", "Network"])
@pytest.mark.parametrize("name", ["Simon and Schuster", "A & E", "Old Wick Films and New Lamp Pictures"])
def test_company_is_not_split_at_and(read_page: ReadPage, facts: Facts, field: str, name: str) -> None:
    reading = read_page(f"= Title =\nInfobox\n- {field}: {name}\n")
    assert names(facts(reading, "broadcaster" if field == "Network" else "productionCompany")) == [name]


CAST = """= Lamp =
Infobox film
- Starring: Ann Vale, Bo Lee and Cy Roe
- Narrated: Gil Noe

== Cast ==
* Ann Vale as Ines Calloway, a keeper of lamps. She is old.
- Bo Lee as The Lighter (uncredited) – somebody
* Di Orr as Robot (voice): it walks[1]
* Ed Poe as Dr. J. Roe, Jr.
* many others as extras
* Cy Roe

=== Voice cast ===
* Gil Noe as Narrator
* Hal Coe as Echo

=== Others ===
* Ida May and Jo Ray as Twins

== Plot ==
* Bob Who as Nobody
"""


def test_section_cast_says_who_played_whom(read_page: ReadPage, facts: Facts, credits_of: Credits) -> None:
    reading = read_page(CAST)
    assert credits_of(reading) == [
        ("Cy Roe", None),
        ("Ann Vale", "Ines Calloway"),
        ("Bo Lee", "The Lighter"),
        ("Di Orr", "Robot"),
        ("Ed Poe", "Dr. J. Roe, Jr."),
        ("Gil Noe", None),
        ("Hal Coe", "Echo"),
        ("Ida May", "Twins"),
        ("Jo Ray", "Twins"),
    ]
    nodes = [cast(Node, node) for node in facts(reading, "hasPerformance")]
    assert [node["performerAsCredited"] for node in nodes if node["type"] == "VoicePerformance"] == [
        "Di Orr",
        "Hal Coe",
    ]
    assert [record.line for record in reading.records if "hasNarration" in record.node] == [15]
    assert [skipped.line for skipped in reading.skipped] == [11, 12]


def test_sheet_of_a_cast_has_no_descriptions_and_gives_the_same_records(read_page: ReadPage) -> None:
    reading = read_page(CAST)
    sheet = reduce_to_sheet(reading)
    for words in ("keeper", "somebody", "walks", "Nobody"):
        assert words not in sheet
    assert read_page(sheet).records == reading.records


@pytest.mark.parametrize("heading", ["== Cast ==", "==Cast and characters==", "=== Main cast ==="])
def test_headings_of_a_cast_are_known(read_page: ReadPage, credits_of: Credits, heading: str) -> None:
    assert credits_of(read_page(f"= Lamp =\n\n{heading}\n• Ann Vale as Ines\n")) == [("Ann Vale", "Ines")]


@pytest.mark.parametrize(
    ("heading", "name", "year", "types"),
    [
        ("Alien Dawn (film)", "Alien Dawn", [], {"ScreenWork", "Film"}),
        ("Alien Dawn (2011 film)", "Alien Dawn", ["2011"], {"ScreenWork", "Film"}),
        ("Lamp (TV series)", "Lamp", [], {"ScreenWork", "Series"}),
        ("Lamp (2009 American TV series)", "Lamp", ["2009"], {"ScreenWork", "Series"}),
        ("Lamp (miniseries)", "Lamp", [], {"ScreenWork", "MiniSeries"}),
        ("Lamp (book)", "Lamp", [], {"Work"}),
        ("(500) Days of Summer", "(500) Days of Summer", [], {"ScreenWork"}),
        ("Birdman or (The Unexpected)", "Birdman or (The Unexpected)", [], {"ScreenWork"}),
    ],
)
def test_disambiguator_is_no_part_of_the_name(
    read_page: ReadPage, facts: Facts, heading: str, name: str, year: list[str], types: set[str]
) -> None:
    reading = read_page(f"= {heading} =\n")
    assert (facts(reading, "name"), facts(reading, "releaseYear")) == ([name], year)
    assert set(facts(reading, "type")) == types


def test_kind_in_the_heading_does_not_contradict_the_infobox(read_page: ReadPage, facts: Facts) -> None:
    counted = read_page("= Lamp (film) =\nInfobox\n- Num episodes: 4\n")
    assert set(facts(counted, "type")) == {"ScreenWork", "Series"}
    assert "heading" in counted.skipped[0].reason
    series = read_page("= Lamp (TV series) =\nInfobox\n- Running time: 55 minutes\n")
    assert set(facts(series, "type")) == {"ScreenWork", "Series"}


def test_infobox_names_the_title(read_page: ReadPage, facts: Facts) -> None:
    assert facts(read_page("Infobox\n- Name: Lamp\n"), "name") == ["Lamp"]
    same = read_page("= Lamp (film) =\nInfobox\n- Name: Lamp\n")
    assert (facts(same, "name"), same.skipped) == (["Lamp"], ())
    assert facts(read_page("= Lamp =\nInfobox\n- Title: The Lamp\n"), "name") == ["Lamp", "The Lamp"]
