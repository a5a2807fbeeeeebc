"""What counts as a source: encodings, line ends, and files that are none."""

from __future__ import annotations

import codecs
import os
from pathlib import Path

import pytest

from castgraph.errors import SourceError
from castgraph.readers import read
from castgraph.readers.curated import parse_yaml
from castgraph.readers.text import parse

PAGE = "= Café Orvane =\n\nInfobox\n- Director: Petra Lüd\n- First Aired: 2017-03-04\n"


@pytest.mark.parametrize(
    "data",
    [
        PAGE.encode(),
        codecs.BOM_UTF8 + PAGE.encode(),
        codecs.BOM_UTF16_LE + PAGE.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + PAGE.encode("utf-16-be"),
        PAGE.encode("cp1252"),
        PAGE.replace("\n", "\r\n").encode(),
        PAGE.replace("\n", "\r").encode(),
        PAGE.replace("é", "e\N{COMBINING ACUTE ACCENT}").encode(),
        PAGE.rstrip().encode(),
    ],
    ids=["utf-8", "bom", "utf-16-le", "utf-16-be", "cp1252", "crlf", "cr", "nfd", "no-last-line-end"],
)
def test_encoding_and_line_ends_do_not_change_what_is_read(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(data)
    plain = tmp_path / "plain.txt"
    plain.write_bytes(PAGE.encode())
    assert read(path).records == read(plain).records
    assert read(path).document.lines == 5


def test_line_numbers_are_an_editors() -> None:
    text = parse(Path("page"), "one\u2028still one\x0cand one\r\ntwo\rthree\n".encode())
    assert len(text.lines) == 3


@pytest.mark.parametrize("space", ["\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "\N{FIGURE SPACE}"])
def test_no_break_space_is_a_space(space: str) -> None:
    assert parse(Path("page"), f"In the{space}year\n".encode()).lines == ("In the year",)


def test_page_break_at_the_start_of_a_line_is_dropped_and_breaks_none() -> None:
    assert parse(Path("page"), b"one\n\x0ctwo\n\x0b\x0c\n three\n").lines == ("one", "two", "", " three")


@pytest.mark.parametrize("name", ["page.txt", "page.yaml"])
def test_pipe_and_device_are_refused_at_once(tmp_path: Path, name: str) -> None:
    pipe = tmp_path / name
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(SourceError, match="no regular file"):
            read(path)
        with pytest.raises(SourceError, match="no regular file"):
            parse_yaml(path)


def test_page_in_a_declared_encoding_is_read() -> None:
    data = '<html><head><meta charset="iso-8859-2"></head>Łódź</html>'.encode("iso-8859-2")
    assert "Łódź" in parse(Path("page.html"), data).lines[0]


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"", 1, "empty"),
        (b" \n\n", 1, "empty"),
        (codecs.BOM_UTF8, 1, "empty"),
        (b"one\ntwo\x00", 2, "binary"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", 3, "binary"),
        (b"one\n\x81", 2, "not cp1252 text"),
        (codecs.BOM_UTF16_LE + b"a", 1, "not utf-16 text"),
        (b"\n\nA shopping list\nmilk\n", 3, "no page of a known kind"),
    ],
)
def test_file_that_is_no_page_is_refused_at_its_line(tmp_path: Path, data: bytes, line: int, message: str) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(data)
    with pytest.raises(SourceError, match=message) as raised:
        read(path)
    assert (raised.value.path, raised.value.line) == (path, line)
    assert raised.value.expected


def test_error_for_an_unknown_kind_lists_the_kinds(tmp_path: Path) -> None:
    path = tmp_path / "imdb.txt"  # the name does not make it one
    path.write_text("milk\neggs\n")
    with pytest.raises(SourceError) as raised:
        read(path)
    for kind in ("html", "wikipedia", "tv-guide", "imdb"):
        assert kind in raised.value.expected


def test_missing_file_folder_and_impossible_path_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        read(tmp_path / "missing.txt")
    with pytest.raises(SourceError, match="folder"):
        read(tmp_path)
    with pytest.raises(SourceError):
        read(Path("a\0b"))


@pytest.mark.parametrize(
    ("page", "line"),
    [
        ("Cast & Crew See All\n\nAwards\n", 1),
        ("x\nPlot Keywords:\nGenres:\n", 2),
        ("<html>\n<script type='application/ld+json'>\n{}\n</script></html>", 2),
        ("<html>\n<p>nothing</p></html>", 1),
    ],
)
def test_page_that_states_nothing_is_refused_at_the_line_that_marks_its_kind(
    tmp_path: Path, page: str, line: int
) -> None:
    path = tmp_path / "page"
    path.write_text(page)
    with pytest.raises(SourceError, match="states nothing about a title") as raised:
        read(path)
    assert raised.value.line == line
