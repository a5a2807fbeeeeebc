"""Properties that hold for every input, not for chosen ones."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from castgraph.errors import SourceError
from castgraph.readers import READERS, Reader, read_text
from castgraph.readers.text import parse
from castgraph.records import Reading
from castgraph.sheets import reduce_to_sheet

DATA = Path(__file__).parent / "data"
PIECES = [
    piece
    for name in ("tvguide.txt", "imdb.txt", "wikipedia.txt")
    for piece in (DATA / name).read_text(encoding="utf-8").splitlines()
] + ["= X =", "Infobox", "- Starring: A, B as C", "Cast", " Role", "Ann ...", "Written by Z", "Box Office", "$5"]
PIECES += [
    "== Cast ==",
    "=== Voice cast ===",
    "== Plot ==",
    "* Ann Vale as Ines (voice), a keeper. She is.",
    "- A B as C – d",
    "* Ada Locke as Narrator[1]: who",
    "* somebody",
    "- Name: Y (film)",
    "- Starring: Ann Vale and Bo Lee",
]
PIECES += ["Stars: Ann, Tilda Marrow and Bo", "7,2 / 10", "(12,345 votes)", "Ratings: 7.2/10 (12K)", "Metascore: 7/100"]
PAGES = st.lists(st.sampled_from(PIECES) | st.text(max_size=30), max_size=40).map("\n".join)

IMDB_SECTIONS = [
    "Series cast summary:\nAnn Vale ...\n Ines (2 episodes, 2017)\n Lost Role (1 episode, 2018)\n",
    "Plot Keywords:\nlamp | island |\nDrama | Sci-Fi\n",
    "People who liked this also liked...\nPaper Tide (2011)\nDrama\nStars: Jo Vane\nComedy\nStars: Una Pell\n",
    "Release Date:\n\n4 March 2017 (Norland)\n",
    "Also Known As:\n\nOrvanes Lampe\n",
    "Box Office\n\nCAD 1,000 (estimated)\n",
    "Technical Specs\n\nRuntime: 55 min\n",
    "User Reviews\n\n3 October 2007 | by nobody\n9 out of 10 stars.\n",
]
TV_GUIDE_SECTIONS = [
    "Cast & Crew See All\n\nAnn Vale\nInes\nBo Lee\nThe Lighter\n",
    "Season 1 Episode Guide See All\n\nEpisode 1\n\nThe Wick\n",
    "Awards\n\n  • 2008 - Glim - Best Lamp - winner\n",
    "Where to Watch\n",
]


def read_or_refuse(data: bytes) -> Reading | None:
    refused: SourceError | None = None
    try:
        return read_text(parse(Path("page"), data))
    except SourceError as error:
        refused = error
    assert refused.line >= 1
    assert refused.expected
    return None


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    read_or_refuse(data)


@given(PAGES)
def test_any_page_is_read_or_refused_and_its_records_are_sound(page: str) -> None:
    reading = read_or_refuse(page.encode())
    if reading is None:
        return
    assert reading.records
    for record in reading.records:
        assert 1 <= record.line <= reading.document.lines
        json.dumps(record.node, ensure_ascii=False).encode()


@given(PAGES, st.sampled_from(READERS))
def test_every_reader_survives_pages_of_other_kinds(page: str, reader: Reader) -> None:
    with contextlib.suppress(SourceError):
        assert reader.read(parse(Path("page"), page.encode())).records


@given(PAGES)
@example("In the year 2030, a long description\n\nCast & Crew\nAnn\nRole\n")
def test_sheet_of_any_page_gives_the_pages_records(page: str) -> None:
    reading = read_or_refuse(page.encode())
    if reading is None or not reading.kept:
        return
    sheet = read_or_refuse(reduce_to_sheet(reading).encode())
    assert sheet is not None
    assert sheet.records == reading.records


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.sampled_from(["2017-03-04", "7.1"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["@type", "@id", "@graph", "@value", "name", "actor", "characterName", "review", "reviewRating", "episode",
             "aggregateRating", "ratingValue", "containsSeason", "genre", "datePublished", "partOfSeason", "url"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["name", "actor", "director", "review", "containsSeason", "genre"]), JSON))
def test_any_json_ld_is_read_or_refused(work: dict[str, object]) -> None:
    script = json.dumps({"@type": "TVSeries", **work}).replace("</", "<\\/")
    reading = read_or_refuse(f'<html>\n<script type="application/ld+json">\n{script}\n</script>'.encode())
    assert reading is not None
    for record in reading.records:
        assert 1 <= record.line <= reading.document.lines
        json.dumps(record.node, ensure_ascii=False).encode()


@given(st.permutations(IMDB_SECTIONS))
def test_order_of_imdb_sections_does_not_change_the_facts(sections: list[str]) -> None:
    assert _facts("Lamp (2017)", sections) == _facts("Lamp (2017)", IMDB_SECTIONS)


@given(st.permutations(TV_GUIDE_SECTIONS))
def test_order_of_tv_guide_sections_does_not_change_the_facts(sections: list[str]) -> None:
    assert _facts("Lamp", sections) == _facts("Lamp", TV_GUIDE_SECTIONS)


@given(st.sets(st.sampled_from(IMDB_SECTIONS), min_size=2))
def test_missing_sections_take_only_their_own_facts(sections: set[str]) -> None:
    assert _facts("Lamp (2017)", sorted(sections)) <= _facts("Lamp (2017)", IMDB_SECTIONS)


def _facts(title: str, sections: list[str]) -> Counter[str]:
    reading = read_or_refuse("\n\n".join([title, *sections]).encode())
    assert reading is not None
    return Counter(json.dumps(record.node, sort_keys=True) for record in reading.records)
