"""Saved HTML pages with schema.org JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from castgraph.errors import SourceError
from castgraph.readers import read
from castgraph.records import Node, Reading

ReadPage = Callable[[str], Reading]
Facts = Callable[..., list[object]]
Credits = Callable[[Reading], list[tuple[str | None, str | None]]]


@pytest.fixture
def lamp(data: Path) -> Reading:
    return read(data / "page.html")


def page(*scripts: object) -> str:
    blocks = "".join(f'<script type="application/ld+json">{json.dumps(script)}</script>' for script in scripts)
    return f"<!doctype html><html><head>{blocks}</head><body></body></html>"


def names(nodes: list[object]) -> list[object]:
    return [cast(Node, node)["name"] for node in nodes]


def test_page_names_its_publisher_and_address(lamp: Reading) -> None:
    assert (lamp.document.publisher, lamp.document.url) == ("Norland Guide", "https://guide.example/lamp")


def test_cast_is_read_from_persons_roles_and_references(lamp: Reading, credits_of: Credits) -> None:
    assert credits_of(lamp) == [
        ("Tilda Marrow", None),
        ("Bastian Quill", "The Lighter"),
        ("Bastian Quill", "Old Lighter"),
        ("Sol Avery", None),
    ]


def test_facts_stand_on_their_own_lines(lamp: Reading) -> None:
    lines = {term: record.line for record in lamp.records for term in record.node if record.node["id"] == "#title"}
    assert (lines["director"], lines["keyword"], lines["lastAired"], lines["rating"]) == (28, 32, 34, 39)
    assert max(record.line for record in lamp.records if "hasPerformance" in record.node) == 26


def test_facts_of_the_series_are_read(lamp: Reading, facts: Facts) -> None:
    assert facts(lamp, "name") == ["The Lamp of Orvane & Friends"]
    assert facts(lamp, "type") == ["Series"]
    assert facts(lamp, "identifier") == ["tt9999999"]
    assert facts(lamp, "identifier", "#person/tilda-marrow") == ["nm0000000"]
    assert names(facts(lamp, "writer")) == ["Jo Vane"]
    assert names(facts(lamp, "genre")) == ["Drama", "Fantasy"]
    assert facts(lamp, "keyword") == ["lamp", "island"]
    assert (facts(lamp, "firstAired"), facts(lamp, "lastAired")) == (["2017-03-04"], ["2018-04-09"])
    assert facts(lamp, "runningTimeMinutes") == ["55"]
    assert facts(lamp, "numberOfEpisodes") == ["12"]
    assert facts(lamp, "storyYear") == ["1871"]


def test_seasons_and_episodes_are_parts(lamp: Reading, facts: Facts) -> None:
    assert facts(lamp, "partOf", "#season/1") == [{"id": "#title"}]
    assert facts(lamp, "partOf", "#season/1/episode/1") == [{"id": "#season/1"}]
    assert facts(lamp, "name", "#season/1/episode/1") == ["The First Wick"]


def test_review_is_read_without_prose_and_author(lamp: Reading) -> None:
    assert "somebody" not in repr(lamp.records)
    assert "prose" not in repr(lamp.records)


def test_broken_script_is_reported_with_its_line_and_the_others_are_read(lamp: Reading) -> None:
    assert [(skipped.line, skipped.reason[:32]) for skipped in lamp.skipped] == [
        (5, "JSON-LD that cannot be parsed: l"),
        (38, "award is stated as a text, not a"),
    ]


def test_page_whose_scripts_are_all_broken_is_refused(read_page: ReadPage) -> None:
    with pytest.raises(SourceError, match="cannot be parsed: line 3 of it: Expecting ':' delimiter") as raised:
        read_page('<html>\n<script type="application/ld+json">\n{"a": 1,\n"b" 2}\n</script></html>')
    assert raised.value.line == 4


@pytest.mark.parametrize(
    "wrapped",
    [
        "<!--\n{}\n-->",
        "//<![CDATA[\n{}\n//]]>",
        "/*<![CDATA[*/\n{}\n/*]]>*/",
        "<![CDATA[\n{}]]>",
        "// <!--\n{}\n// -->",
    ],
)
def test_json_ld_hidden_in_a_comment_is_read_on_its_lines(read_page: ReadPage, wrapped: str) -> None:
    script = wrapped.replace("{}", '{"@type": "Movie",\n"name": "Lamp --> Hat"}')
    reading = read_page(f'<html>\n<script type="application/ld+json">{script}</script></html>')
    assert [(record.line, record.node["name"]) for record in reading.records] == [(4, "Lamp --> Hat")]


def test_prefix_for_schema_org_is_expanded(read_page: ReadPage, facts: Facts, credits_of: Credits) -> None:
    reading = read_page(
        '<html><script type="application/ld+json">\n'
        '{"@context": {"s": "https://schema.org/", "x": "https://example.org/"}, "@type": "s:Movie",\n'
        '"s:name": "Lamp", "x:name": "Hat",\n'
        '"s:actor": {"@type": "s:PerformanceRole", "s:characterName": "Ines", "s:actor": {"s:name": "Ann Vale"}},\n'
        '"s:director": {"@type": "s:Person", "s:name": "Petra Lund"}}\n</script></html>'
    )
    assert (facts(reading, "name"), facts(reading, "type")) == (["Lamp"], ["Film"])
    assert credits_of(reading) == [("Ann Vale", "Ines")]
    assert [record.line for record in reading.records] == [3, 4, 5]


def test_film_has_releases_and_a_series_broadcasts(read_page: ReadPage, facts: Facts) -> None:
    film = read_page(page({"@type": "Movie", "name": "Lamp", "datePublished": "2017-03-04"}))
    assert facts(film, "type") == ["Film"]
    assert facts(film, "release") == [{"id": "#release/1", "type": "Release", "releaseDate": "2017-03-04"}]
    year = read_page(page({"@type": "http://schema.org/TVSeries", "name": "Lamp", "startDate": "2017"}))
    assert facts(year, "releaseYear") == ["2017"]


def test_episode_page_names_its_series_and_season(read_page: ReadPage, facts: Facts) -> None:
    reading = read_page(
        page(
            {
                "@type": "TVEpisode",
                "name": "The First Wick",
                "episodeNumber": "1",
                "partOfSeries": {"@type": "TVSeries", "name": "Lamp"},
                "partOfSeason": {"@type": "TVSeason", "seasonNumber": 2},
            }
        )
    )
    assert facts(reading, "type") == ["Episode"]
    assert facts(reading, "partOf") == [
        {"id": "#series/lamp", "type": "Series", "name": "Lamp"},
        {"id": "#season/1", "type": "Season", "seasonNumber": "2"},
    ]


def test_second_work_of_a_page_is_another_thing(read_page: ReadPage, facts: Facts) -> None:
    reading = read_page(page([{"@type": "Movie", "name": "Lamp"}], {"@type": "Movie", "name": "Hat"}))
    assert facts(reading, "name") == ["Lamp"]
    assert facts(reading, "name", "#work/1") == ["Hat"]


def test_odd_values_are_survived_and_reported(read_page: ReadPage, facts: Facts) -> None:
    reading = read_page(
        page(
            {
                "@type": "Movie",
                "name": {"@value": "Lamp \ud800", "@language": "en"},
                "actor": [None, {}, {"@type": "Person"}, [["nested"]], 7],
                "duration": "long",
                "numberOfSeasons": "many",
                "datePublished": "soon",
                "aggregateRating": {"ratingValue": "good"},
                "director": {"@type": "Organization", "url": "/company/co0000001"},
                "genre": {"@type": "Thing"},
            }
        )
    )
    assert facts(reading, "name") == ["Lamp \N{REPLACEMENT CHARACTER}"]
    assert len(reading.skipped) >= 5
