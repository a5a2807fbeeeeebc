"""What the SQL makes of texts is what castgraph makes of them in Python."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from castgraph.catalogs import roles, terms
from castgraph.catalogs.engine import Engine
from castgraph.catalogs.tables import inspect
from castgraph.errors import CatalogError
from castgraph.names import slug
from castgraph.readers.credits import _SAID_BY_TYPE, _type, parse_roles
from castgraph.readers.text import squeeze
from tests.catalogs.tables import SHARED


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 2}) as connection:
        for macro in (*terms.MACROS, *roles.MACROS):
            connection.execute(macro)
        yield connection


# Letters as names have them; compatibility signs (ligatures, fractions of a third) are outside what the SQL folds.
LATIN = st.text(
    st.one_of(
        st.characters(min_codepoint=0x20, max_codepoint=0x7E),
        st.characters(min_codepoint=0xC0, max_codepoint=0x17F, exclude_characters="ŉĿŀĲĳſ"),
        st.sampled_from("\u00a0\u2003–—’«»…"),
    ),
    max_size=30,
)


@given(LATIN)
@example("_")
@settings(max_examples=200, deadline=None)
def test_slugs_are_those_of_python(database: duckdb.DuckDBPyConnection, name: str) -> None:
    (found,) = database.execute("SELECT slug(squeeze(?))", [name]).fetchall()[0]
    wanted = slug(squeeze(name)) if squeeze(name) else None
    assert found == wanted


@given(st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_literals_are_n_triples(database: duckdb.DuckDBPyConnection, text: str) -> None:
    (found,) = database.execute("SELECT literal(squeeze(?))", [text.replace("\0", "")]).fetchall()[0]
    if found is not None:
        (triple,) = ox.parse(f"<x:s> <x:p> {found} .\n", format=ox.RdfFormat.N_TRIPLES)
        assert isinstance(triple.object, ox.Literal)
        assert triple.object.value.split() == ox.Literal(triple.object.value).value.split()
        assert f"{triple.object}" == found  # as Oxigraph writes it


PARTS = st.sampled_from(
    ["Rick", "Nick O.", "Self", "Himself - Host", "(voice)", "(uncredited)", "(archive footage)", "(as Bo Lind)", " / ",
     "/", "Y / O", "(segment \"X, Y\")", "(3 episodes, 2004-2005)", "Narrator", "Additional Voices", "(young)", "-", "",
     "(", "(singing voice)", "(voice, uncredited)", "…"]
)  # fmt: skip


def roles_in_sql(database: duckdb.DuckDBPyConnection, table: str) -> dict[str, list[tuple[object, ...]]]:
    read = roles.roles(f"SELECT text FROM {table}", "text", "NULL")
    columns = "printed, character, notes, credited_as, performance_type"
    rows = database.execute(f"SELECT text, list(({columns}) ORDER BY part) FROM ({read}) GROUP BY text").fetchall()
    return {str(text): [(p, c, sorted(n), a, k) for p, c, n, a, k in told] for text, told in rows}


def roles_in_python(text: str) -> list[tuple[object, ...]]:
    return [
        (
            role.name or None,
            role.character,
            sorted({note for note in role.notes if note.casefold() not in _SAID_BY_TYPE}),
            role.credited_as,
            None if _type(role) == "Performance" else _type(role),
        )
        for role in parse_roles(text)
    ]


@given(
    st.lists(st.lists(PARTS, min_size=1, max_size=6).map(" ".join).map(squeeze).filter(bool), min_size=1, max_size=20)
)
@settings(max_examples=50, deadline=None)
def test_roles_are_parted_as_in_python(database: duckdb.DuckDBPyConnection, texts: list[str]) -> None:
    whole = [(text,) for text in sorted(set(texts)) if text.count("(") == text.count(")")]
    if whole:
        database.execute("CREATE OR REPLACE TABLE role (text VARCHAR)")
        database.executemany("INSERT INTO role VALUES (?)", whole)
        assert roles_in_sql(database, "role") == {text: roles_in_python(text) for (text,) in whole}


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared/data")
def test_every_role_of_the_cast_table_is_parted_as_in_python(database: duckdb.DuckDBPyConnection) -> None:
    with gzip.open(SHARED / "cast" / "cast.tsv.gz", "rt", encoding="utf-8", newline="\n") as lines:
        texts = sorted({squeeze(line.split("\t")[2]) for line in lines})
    database.execute("CREATE OR REPLACE TABLE role AS SELECT unnest(?) AS text", [texts])
    found = roles_in_sql(database, "role")
    different = [text for text in texts if found[text] != roles_in_python(text)]
    assert [text for text in different if text.count("(") == text.count(")")] == []  # the others are mended
    assert len(different) < 10


LINES = st.text(st.characters(exclude_characters="\n\r\0\x02\x1f", exclude_categories=["Cs"]), max_size=8)


@given(st.lists(LINES, max_size=12), st.sampled_from(["\n", "\r\n"]), st.booleans())
@settings(max_examples=60, deadline=None)
def test_every_line_keeps_its_number(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str, closed: bool
) -> None:
    folder = tmp_path_factory.mktemp("lines")
    text = end.join(["first", *lines]) + (end if closed else "")
    (folder / "table.txt").write_bytes(text.encode())
    told = inspect(folder / "table.txt", folder)
    wanted = ["first", *lines] if closed or not lines or lines[-1] else ["first", *lines[:-1]]
    with Engine(folder, [folder], memory_mb=500, threads=1, progress=lambda _: None) as engine:
        engine.load_lines("raw", told.readable, "reading", told.lines)
        found = [str(one[0] or "") for one in engine.rows("SELECT text FROM raw ORDER BY rowid")]
    assert told.lines == len(wanted)
    assert [one.lstrip("\ufeff") for one in found] == [one.lstrip("\ufeff") for one in wanted]


def test_sql_reaches_no_file_outside_the_folders_given(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / "a.txt").write_text("secret\n")
    with Engine(inside, [inside], memory_mb=500, threads=1, progress=lambda _: None) as engine:
        assert engine.rows(f"SELECT size FROM read_text('{inside}/a.txt')")
        with pytest.raises(CatalogError, match="disabled by configuration"):
            engine.run(f"CREATE TABLE x AS SELECT size FROM read_text('{outside}/a.txt')")


def test_a_long_statement_tells_how_far_it_is_and_prints_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """DuckDB prints a bar of its own where it takes Python for interactive, and counts nothing where it does not."""
    told: list[str] = []
    with Engine(tmp_path, [tmp_path], memory_mb=500, threads=1, progress=told.append) as engine:
        number = 60_000_000
        while not told:  # until it takes more than a second, on whichever machine
            engine.run(f"SELECT count(*) FROM range({number}) AS a(x) WHERE hash(x) % 7 = 1", "counting", number)
            number *= 2
    assert any("%, " in line and "rows/s" in line for line in told)
    assert capfd.readouterr().out == ""
