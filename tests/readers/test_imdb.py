"""IMDb title pages of other titles."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from castgraph.readers import read
from castgraph.readers.credits import parse_roles
from castgraph.readers.imdb_lines import Kind, kind_of
from castgraph.records import Node, Reading
from castgraph.sheets import reduce_to_sheet

ReadPage = Callable[[str], Reading]
Facts = Callable[..., list[object]]
Credits = Callable[[Reading], list[tuple[str | None, str | None]]]


@pytest.fixture
def lamp(data: Path) -> Reading:
    return read(data / "imdb.txt")


def names(nodes: list[object]) -> list[object]:
    return [cast(Node, node)["name"] for node in nodes]


def test_title_that_the_page_states_is_read(lamp: Reading, facts: Facts) -> None:
    assert facts(lamp, "name") == ["The Lamp of Orvane"]
    assert set(facts(lamp, "type")) == {"ScreenWork", "Series", "MiniSeries"}
    assert facts(lamp, "releaseYear") == ["2017"]
    assert facts(lamp, "endYear") == ["2018"]


def test_title_that_the_page_does_not_state_stays_without_a_name(read_page: ReadPage, facts: Facts) -> None:
    reading = read_page("Series cast summary:\nAnn ...\n Role\n")
    assert facts(reading, "name") == []


def test_cast_rows_of_every_form_are_read(lamp: Reading, credits_of: Credits) -> None:
    assert credits_of(lamp) == [
        ("Tilda Marrow", "Ines Calloway"),
        ("Tilda Marrow", "The Echo"),
        (None, "The Lighter"),
        ("Bastian Quill", None),
        ("Sol Avery", None),
        ("Odo Fenwick", "Harbour Master"),
        ("Wren Tallis", None),
        ("Ada Locke", "Old Ines"),
    ]


def test_credit_stands_on_its_first_line(lamp: Reading) -> None:
    lines = {
        str(node["id"]): record.line
        for record in lamp.records
        if isinstance(node := record.node.get("hasPerformance"), dict)
    }
    assert lines["#performance/ines-calloway"] == 9
    assert lines["#performance/the-lighter"] == 11


def test_role_names_what_it_is() -> None:
    (archive,) = parse_roles("Harbour Master (archive footage) (uncredited)")
    assert archive.is_archive
    assert archive.notes == ("archive footage", "uncredited")
    (voice,) = parse_roles("Robot (voice, uncredited) (1,004 episodes, 2004-2005)")
    assert voice.is_voice
    assert (voice.name, voice.episodes, voice.years, voice.end_years) == ("Robot", "1004", ("2004",), ("2005",))
    (several,) = parse_roles("Old Ines (as A. Locke) (2 episodes, 2017, 2019-2020)")
    assert (several.credited_as, several.years, several.end_years) == ("A. Locke", ("2017", "2019"), ("2020",))


def test_parentheses_of_a_name_stay_with_it() -> None:
    assert parse_roles("Ines (age 9) (2 episodes)")[0].name == "Ines (age 9)"


@pytest.mark.parametrize("role", ["Self", "Himself - Host", "Narrator", ""])
def test_role_without_a_character_gives_none(role: str) -> None:
    assert parse_roles(role)[0].character is None


@pytest.mark.parametrize("text", ["Space Agency Narrator (2 episodes, 2007)", "The Sports Narrator", "The Narrator"])
def test_narrator_with_a_name_of_its_own_narrates_as_a_character(text: str) -> None:
    (role,) = parse_roles(text)
    assert role.is_narration
    assert role.character == role.name


def test_name_with_a_narrator_in_it_is_a_character() -> None:
    assert not parse_roles("The Narrator's Wife")[0].is_narration


@pytest.mark.parametrize(
    "text",
    ["Narrator", "narrator (voice)", "Self - Narrator", "Narrator (Norlandic version)", "Co-Narrator (uncredited)"],
)
def test_role_of_the_narrator_is_a_narration_without_a_character(text: str) -> None:
    (role,) = parse_roles(text)
    assert role.is_narration
    assert role.character is None


def test_star_who_has_a_row_in_the_cast_is_credited_once(read_page: ReadPage, facts: Facts) -> None:
    stars = "Stars: Ann Vale, Bo Lee and Cy Roe\n"
    cast = "Series cast summary:\nDi Orr ...\n Una\nAnn Vale ...\n Ines (2 episodes, 2017)\nBo Lee ...\n\n"
    for page in (f"Lamp (2017)\n{stars}{cast}", f"Lamp (2017)\n{cast}{stars}"):
        nodes = [cast_node for cast_node in facts(read_page(page), "hasPerformance") if isinstance(cast_node, dict)]
        found = {node["performerAsCredited"]: (node.get("characterAsCredited"), node["creditOrder"]) for node in nodes}
        assert found == {
            "Di Orr": ("Una", "1"),
            "Ann Vale": ("Ines", "2"),
            "Bo Lee": (None, "3"),
            "Cy Roe": (None, "3"),
        }
        assert len(nodes) == 4


def test_star_of_a_similar_title_is_credited_there_too(read_page: ReadPage, facts: Facts) -> None:
    reading = read_page("Series cast summary:\nAnn ...\n Ines\n\nMore like this\nHat (2016)\nStars: Ann, Bo\n")
    assert len(facts(reading, "hasPerformance", "#similar/1")) == 2


@pytest.mark.parametrize(
    ("lines", "votes"),
    [
        ("7.2/10 (12,345 votes)", "12345"),
        ("7.2/10", None),
        ("7,2/10", None),
        ("7.2 / 10", None),
        ("Ratings: 7.2/10 from 12,345 users", "12345"),
        ("Your rating: 1 2 3 4 5 6 7 8 9 10 7.2/10 X", None),
        ("Your rating: 1 2 … 10 7.2/10 X", None),
        ("7.2/10\n12,345", "12345"),
        ("7.2/10\n\nfrom 12,345 users", "12345"),
        ("7\N{NO-BREAK SPACE}/ 10 (12\N{NARROW NO-BREAK SPACE}345 votes)", "12345"),
    ],
)
def test_rating_of_every_form_is_read(read_page: ReadPage, facts: Facts, lines: str, votes: str | None) -> None:
    reading = read_page(f"Lamp (2017)\n{lines}\nPlot Keywords:\n")
    (rating,) = (cast(Node, node) for node in facts(reading, "rating"))
    counted = [rating.get("ratingCount"), *facts(reading, "ratingCount", "#rating")]
    assert rating["ratingValue"] in {"7.2", "7"}
    assert rating["bestRating"] == "10"
    assert [count for count in counted if count] == ([votes] if votes else [])
    assert reading.skipped == ()
    assert read_page(reduce_to_sheet(reading)).records == reading.records


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("11/10", "not a rating"),
        ("Rating: 7.2", "not a rating"),
        ("7.2/10 (12K)", "not a rating"),
        ("7.2/10\n12K", "a rounded number"),
        ("Metascore: 74/100 (based on 12 reviews)", "Metascore"),
    ],
)
def test_what_looks_like_a_rating_and_is_none_is_reported(read_page: ReadPage, text: str, reason: str) -> None:
    (skipped,) = read_page(f"Lamp (2017)\n{text}\nPlot Keywords:\n").skipped
    assert reason in skipped.reason


def test_similar_titles_without_a_header_stay_titles_without_a_name(lamp: Reading, facts: Facts) -> None:
    assert len(facts(lamp, "similarTo")) == 5
    assert facts(lamp, "name", "#similar/2") == []
    assert facts(lamp, "type", "#similar/2") == ["ScreenWork"]
    assert facts(lamp, "storyYear", "#similar/2") == ["1920"]
    assert facts(lamp, "name", "#similar/5") == []


def test_unknown_kind_of_title_is_left_open_and_reported(lamp: Reading, facts: Facts) -> None:
    assert facts(lamp, "type", "#similar/3") == ["ScreenWork"]
    assert "Hologram" in next(skipped.reason for skipped in lamp.skipped if skipped.line == 40)


def test_title_nobody_voted_on_has_no_rating(lamp: Reading, facts: Facts) -> None:
    assert facts(lamp, "rating", "#similar/1") == []


def test_details_are_read(lamp: Reading, facts: Facts) -> None:
    assert names(facts(lamp, "genre")) == ["Drama", "Fantasy", "Mystery"]
    assert facts(lamp, "keyword") == ["lamp", "island"]
    assert names(facts(lamp, "country")) == ["Norland", "Sudland"]
    assert names(facts(lamp, "language")) == ["Norlandic"]
    assert names(facts(lamp, "filmingLocation")) == ["Port Orvane, Norland"]
    assert names(facts(lamp, "productionCompany")) == ["Wick Films", "Harbour Pictures, Inc."]
    assert facts(lamp, "alternativeTitle") == ["Orvanes Lampe"]
    assert facts(lamp, "runningTimeMinutes") == ["55"]
    assert facts(lamp, "budget") == [
        {"id": "#budget", "type": "MonetaryAmount", "amount": "1500000", "currency": "$", "estimated": "true"}
    ]
    (rating,) = (cast(Node, node) for node in facts(lamp, "rating"))
    assert (rating["ratingValue"], rating["ratingCount"]) == ("7.1", "1234")


def test_award_counts_add_up_as_the_page_words_them(lamp: Reading, facts: Facts) -> None:
    assert (facts(lamp, "awardWins"), facts(lamp, "awardNominations")) == (["5"], ["4"])


def test_what_cannot_be_used_is_reported(lamp: Reading) -> None:
    assert [skipped.line for skipped in lamp.skipped] == [40, 41, 49, 55, 59, 63]


def test_review_is_kept_without_its_words_and_author(lamp: Reading, facts: Facts) -> None:
    assert facts(lamp, "review") == [{"id": "#review/1", "type": "Review"}]
    assert facts(lamp, "ratingValue", "#review/1") == ["8"]
    assert facts(lamp, "reviewDate", "#review/1") == ["2018-04-09"]
    assert (facts(lamp, "helpfulVotes", "#review/1"), facts(lamp, "votes", "#review/1")) == (["3"], ["1004"])
    assert "1999" not in facts(lamp, "storyYear")
    for words in ("somebody", "headline", "prose", "wick@example.org"):
        assert words not in repr(lamp.records) + repr(lamp.kept)


def test_label_stands_with_the_value_below_it(read_page: ReadPage, facts: Facts) -> None:
    reading = read_page("Box Office\n\nOpening Weekend:\n\n$54,000\n\nBudget:\n\n$2 million\n\nTechnical Specs\n")
    assert [cast(Node, node)["amount"] for node in facts(reading, "budget")] == ["2000000"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2010 (1984)", Kind.HEADER),
        ("Crash (I) (2004)", Kind.HEADER),
        ("Mars (TV Series 2016– )", Kind.HEADER),
        ("Lost (TV Mini Series 2004–2005)", Kind.HEADER),
        ("Some Day (????)", Kind.HEADER),
        ("Robot (voice)", Kind.PROSE),
        ("Drama", Kind.GENRES),
        ("Frank", Kind.PROSE),
        ("Plot Summary | Add Synopsis", Kind.PROSE),
        ("6/10", Kind.RATING),
        ("2 wins.", Kind.AWARDS),
        ("Nominated for 1 Oscar. Another 1 win & 3 nominations.", Kind.AWARDS),
        ("The clerk loses a hat in 2001.", Kind.PROSE),
    ],
)
def test_lines_are_told_apart(text: str, kind: Kind) -> None:
    assert kind_of(text) is kind


def test_value_beside_its_heading_belongs_to_it(read_page: ReadPage, facts: Facts) -> None:
    reading = read_page("Also Known As: War\nRuntime: 120 min\nBudget: $150,000,000\nProduction Co: Wick Films\n")
    assert facts(reading, "alternativeTitle") == ["War"]
    assert facts(reading, "genre") == []
    assert facts(reading, "runningTimeMinutes") == ["120"]
    assert names(facts(reading, "productionCompany")) == ["Wick Films"]
    assert [cast(Node, node)["amount"] for node in facts(reading, "budget")] == ["150000000"]
