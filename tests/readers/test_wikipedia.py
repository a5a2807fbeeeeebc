"""Wikipedia articles about other titles."""

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
