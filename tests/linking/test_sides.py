"""Tables and RDF files become sides; what does not fit is told with file and line."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from castgraph.errors import SourceError
from castgraph.linking.description import Description, read_description
from castgraph.linking.sides import read_side


def _file(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_usual_columns_need_no_mapping(tmp_path: Path) -> None:
    side = read_side(_file(tmp_path / "f.csv", "tconst,primaryTitle,startYear,genres\ntt1,Mars,2010,Comedy|Sci-Fi\n"))
    (entity,) = side
    assert (entity.id, entity.names, entity.years, entity.genres) == ("tt1", ("Mars",), (2010,), ("Comedy", "Sci-Fi"))


def test_a_mapping_names_columns_values_and_prefix(tmp_path: Path) -> None:
    table = _file(tmp_path / "f.tsv", "nr\tWhat\tKind\tPeople\n7\tMars@en\tSHOW\tA B,C D\n")
    mapping = _file(
        tmp_path / "m.yaml",
        "prefix: https://example.org/\nfields: {id: nr, names: What, work: Kind, cast: People}\n"
        "separators: {cast: ','}\nvalues: {work: {SHOW: series}}\nlanguage_tags: true\n",
    )
    (entity,) = read_side(table, mapping)
    assert (entity.id, entity.names, entity.work, entity.cast) == (
        "https://example.org/7",
        ("Mars",),
        "series",
        ("A B", "C D"),
    )


def test_rows_of_one_id_are_one_record_across_files(tmp_path: Path) -> None:
    movies = _file(tmp_path / "movies.csv", "movieId,title\n1,Mars (2010)\n")
    links = _file(tmp_path / "links.csv", "movieId,imdbId\n1,1109488\n")
    (entity,) = read_side([movies, links])
    assert entity.names == ("Mars (2010)",)
    assert entity.identifiers == (("imdb", "tt1109488"),)


def test_gzipped_json_is_read(tmp_path: Path) -> None:
    path = tmp_path / "films.json.gz"
    path.write_bytes(gzip.compress(b'[{"id": "a", "title": "Mars", "year": 2010, "cast": ["A", "B"]}]'))
    (entity,) = read_side(path)
    assert (entity.years, entity.cast) == ((2010,), ("A", "B"))


def test_a_comma_nobody_quoted_is_told_with_its_line(tmp_path: Path) -> None:
    path = _file(tmp_path / "f.csv", "id,title,genres\n1,Mars,Comedy\n2,Yes,God,Yes,Comedy\n")
    with pytest.raises(SourceError, match=r"f\.csv:3: 5 cells under 3 columns"):
        read_side(path)
    _, second = read_side(path, Description(surplus="title"))
    assert second.names == ("Yes,God,Yes",)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("f.csv", "title\nMars\n", r"f\.csv:2: no column id"),
        ("f.csv", "id,title\n,Mars\n", r"f\.csv:2: a record without an id"),
        ("f.csv", "", "an empty table"),
        ("f.json", '[{"id": "a"', r"f\.json:1: "),
        ("f.json", "[1]", "item 1 is no object"),
        ("f.nt", "<a:b> <c:d>\n", r"f\.nt:\d: "),
        ("f.docx", "x", r"files of ending \.docx"),
    ],
)
def test_what_does_not_fit_is_told(tmp_path: Path, name: str, text: str, said: str) -> None:
    label = "http://www.w3.org/2000/01/rdf-schema#label"
    with pytest.raises(SourceError, match=said):
        read_side(_file(tmp_path / name, text), Description(fields={"names": (label,)}) if name == "f.nt" else None)


@pytest.mark.parametrize("text", ["- a\n", "nonsense: 1\n", "fields: {nobody: x}\n", "kind: planet\n"])
def test_a_mapping_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError, match=r"m\.yaml"):
        read_description(_file(tmp_path / "m.yaml", text))


def test_rdf_values_stand_for_their_labels(tmp_path: Path) -> None:
    path = _file(
        tmp_path / "f.ttl",
        """@prefix e: <http://example.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        e:Mars_(film) a e:Film ; rdfs:label "Mars"@en, "Марс"@ru ; e:director e:Geoff_Marslett, e:x ; e:year "2010-03-01" .
        e:x rdfs:label "Somebody" . e:other a e:Book ; rdfs:label "Book" .""".replace(
            "e:Mars_(film)", "<http://example.org/Mars>"
        ),
    )
    described = Description(
        class_="http://example.org/Film",
        fields={
            "names": ("http://www.w3.org/2000/01/rdf-schema#label",),
            "directors": ("http://example.org/director",),
            "years": ("http://example.org/year",),
        },
    )
    (entity,) = read_side(path, described)
    assert entity.names == ("Mars", "Марс")
    assert entity.directors == ("Somebody",)  # an IRI without a label says nothing
    assert entity.years == (2010,)
    (entity,) = read_side(path, Description(**{**described.__dict__, "local_names": True}))
    assert set(entity.directors) == {"Geoff Marslett", "Somebody"}
