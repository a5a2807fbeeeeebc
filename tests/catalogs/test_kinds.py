"""Each kind of table, and a table of a kind that castgraph does not know."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from castgraph.catalogs import Known, read_catalogs
from castgraph.catalogs.kinds import shipped
from castgraph.catalogs.mapping import Fact, Link, Thing, Value, read_mapping
from castgraph.errors import SourceError
from castgraph.iris import FILM, Iris
from castgraph.ontology_files import axioms
from tests.catalogs.tables import CAST, tell

PRINCIPALS = r"""tconst	ordering	nconst	category	job	characters
tt0000001	1	nm0000001	actor	\N	["Rick","The \"Pilot\""]
tt0000001	2	nm0000002	self	\N	["Self - Host"]
tt0000001	3	nm0000003	archive_footage	\N	["Self"]
tt0000001	4	nm0000001	director	\N	\N
tt0000001	5	nm0000004	actress	\N	\N
tt0000001	6	nm0000005	cook	\N	\N
"""
BASICS = r"""tconst	titleType	primaryTitle	originalTitle	isAdult	startYear	endYear	runtimeMinutes	genres
tt0000001	tvMiniSeries	Lamp "X"	Lampe	0	2001	2002	\N	Drama,Sci-Fi
tt0000002	tvEpisode	Light	Light	0	2001	\N	0	\N
"""


def test_imdbs_tables_make_one_title_with_its_people(tmp_path: Path) -> None:
    told = tell(
        tmp_path,
        {
            "title.principals.tsv.gz": gzip.compress(PRINCIPALS.encode()),
            "title.basics.tsv": BASICS,
            "name.basics.tsv": "nconst\tprimaryName\tbirthYear\tdeathYear\tprimaryProfession\tknownForTitles\n"
            "nm0000001\tAnn Vale\t1950\t\\N\tactress\ttt0000001\n",
            "title.ratings.tsv": "tconst\taverageRating\tnumVotes\ntt0000001\t7.0\t12\n",
            "title.episode.tsv": "tconst\tparentTconst\tseasonNumber\tepisodeNumber\ntt0000002\ttt0000001\t1\t3\n",
            "title.akas.tsv": "titleId\tordering\ttitle\tregion\tlanguage\ttypes\tattributes\tisOriginalTitle\n"
            "tt0000001\t1\tDie Lampe\tDE\t\\N\t\\N\t\\N\t0\n",
        },
    )
    title, base = "title/tt0000001", "performance/tt0000001/title-principals"
    assert told.objects(title, "rdfs:label") == ['Lamp "X"']
    assert told.objects(title, "alternativeTitle") == ["Die Lampe", "Lampe"]
    assert told.objects(title, "genre") == ["genre/drama", "genre/sci-fi"]
    assert told.objects(title, "endYear") == ["2002"]
    assert told.objects(title, "director") == ["person/nm0000001"]
    assert told.objects(f"{base}/nm0000001-rick", "character") == ["character/tt0000001/rick"]
    assert told.objects(f"{base}/nm0000001-the-pilot", "characterAsCredited") == ['The "Pilot"']
    assert told.objects(f"{base}/nm0000002-self-host", "character") == []
    assert told.objects(f"{base}/nm0000003-self-archive", "rdf:type") == [FILM + "ArchivePerformance"]
    assert told.objects(f"{base}/nm0000004", "creditOrder") == ["5"]
    assert told.objects("rating/tt0000001/title-ratings", "ratingValue") == ["7"]
    assert told.objects("title/tt0000002", "partOf") == [title]
    assert told.objects("title/tt0000002", "rdf:type") == [FILM + "Episode"]
    assert {(file, line, reason) for file, line, _, reason in told.problems()} == {
        ("title.principals.tsv.gz", 7, "no rule of the mapping fits the row"),
        ("title.basics.tsv", 3, "runningTimeMinutes 0 is no whole number above zero"),
    }


def test_tmdbs_credits_are_json_inside_csv(tmp_path: Path) -> None:
    cast = '[{""cast_id"": 1, ""character"": ""Rick / Nick"", ""id"": 7, ""name"": ""Ann, V."", ""order"": 0}]'
    crew = '[{""job"": ""Director"", ""id"": 8, ""name"": ""Bo""}, {""job"": ""Gaffer"", ""id"": 9, ""name"": ""Cy""}]'
    rows = f'movie_id,title,cast,crew\n5,Lamp,"{cast}","{crew}"\n6,Broken,"[{{",[]\n'
    told = tell(tmp_path, {"tmdb_5000_credits.csv": rows})
    path = "performance/tmdb-5/tmdb-5000-credits/tmdb-7-nick"
    assert told.objects(path, "performerAsCredited") == ["Ann, V."]
    assert told.objects(path, "creditOrder") == ["1"]
    assert told.objects("title/tmdb-5", "director") == ["person/tmdb-8"]
    assert told.objects("title/tmdb-5", "contributor") == ["person/tmdb-9"]
    assert told.objects("title/tmdb-5", "identifier") == ["tmdb:5"]
    assert [problem[1:] for problem in told.problems()] == [(3, "doubtful", "cast holds no list")]
    assert told.objects("title/tmdb-6", "rdfs:label") == ["Broken"]


MOVIES = """movieId,title,genres
1,City of Lost Children;The (Cité des enfants perdus;La) (1995),Drama|Sci-Fi
2,Cry;the Beloved Country (1995),Drama
3,Atalante;L' (1934),(no genres listed)
"""


def test_movielens_titles_get_their_article_and_their_imdb_address(tmp_path: Path) -> None:
    told = tell(tmp_path, {"movies.csv": MOVIES, "links.csv": "movieId,imdbId,tmdbId\n1,0112682,902\n2,0112749,\n"})
    assert told.objects("title/tt0112682", "rdfs:label") == ["The City of Lost Children"]
    assert told.objects("title/tt0112682", "alternativeTitle") == ["La Cité des enfants perdus"]
    assert told.objects("title/tt0112682", "releaseYear") == ["1995"]
    assert told.objects("title/tt0112682", "identifier") == ["movielens:1", "tmdb:902", "tt0112682"]
    assert told.objects("title/tt0112749", "rdfs:label") == ["Cry, the Beloved Country"]
    assert told.objects("title/movielens-3", "rdfs:label") == ["L'Atalante"]
    assert told.objects("title/movielens-3", "genre") == []


def test_metaqas_triples_are_read_by_name(tmp_path: Path) -> None:
    rows = "Lamp|starred_actors|Ann Vale\nLamp|release_year|2001\nLamp|has_tags|oil\nLamp|has_imdb_votes|famous\n"
    told = tell(tmp_path, {"kb.txt": rows})
    assert told.objects("title/metaqa-lamp", "releaseYear") == ["2001"]
    assert told.objects("title/metaqa-lamp", "keyword") == ["oil"]
    assert told.subjects("performer", "person/metaqa-ann-vale") == ["performance/metaqa-lamp/kb/metaqa-ann-vale"]
    assert [problem[1:] for problem in told.problems()] == [(4, "left out", "no rule of the mapping fits the row")]


OWN = """
kind: shop-films
publisher: The Shop
table: {delimiter: ";", quote: '"', missing: ["n/a"]}
columns: [ean, name, year, stars]
maps:
  - thing: title
    ids: {shop: ean}
    label: name
    type: Film
    facts: {releaseYear: {column: year, as: year}}
  - each: {column: stars, split: "|", name: star}
    performance: {title: {shop: ean}, performer: {shop: {column: star, as: slug}}, name: star}
"""


def test_another_table_needs_a_mapping_file_and_no_python(tmp_path: Path) -> None:
    told = tell(tmp_path, {"films.csv": "year;ean;name;stars\n2001;4 5/6;Lamp;Ann Vale|Bo Lind\n", "shop.yaml": OWN})
    assert told.objects("title/shop-4%205%2F6", "rdfs:label") == ["Lamp"]
    assert told.subjects("performer", "person/shop-bo-lind") == ["performance/shop-4%205%2F6/films/shop-bo-lind"]
    assert told.reading.files[0].publisher == "The Shop"


def test_the_words_of_a_mapping_cannot_become_sql(tmp_path: Path) -> None:
    evil = OWN.replace("The Shop", "x'); DROP TABLE t0; --").replace('"n/a"', '"\'; DROP TABLE t0; --"')
    told = tell(tmp_path, {"films.csv": "ean;name;year;stars\n1;La'mp;2001;A'nn\n", "shop.yaml": evil})
    assert told.objects("title/shop-1", "rdfs:label") == ["La'mp"]


@pytest.mark.parametrize(
    ("wrong", "by", "problem"),
    [
        ("label: name", "label: nam", "9: no column is called nam"),
        ("thing: title", "thing: titel", "7: titel is no kind of thing"),
        ("as: year", "as: yaer", "11: as: yaer is none of"),
        ("kind: shop", "kind: shop: x", "2: this is no YAML"),
    ],
)
def test_a_wrong_mapping_is_told_with_its_line(tmp_path: Path, wrong: str, by: str, problem: str) -> None:
    with pytest.raises(SourceError, match=f"shop.yaml:{problem}"):
        tell(tmp_path, {"films.csv": "ean;name;year;stars\n", "shop.yaml": OWN.replace(wrong, by, 1)})


def test_a_table_of_no_known_kind_is_passed_over_in_a_folder_and_an_error_by_name(tmp_path: Path) -> None:
    told = tell(tmp_path, {"cast.tsv": CAST + "1\tA\tB\ttm1\tC\t2001\tMOVIE\t\ta\n", "notes.txt": "hello\n"})
    assert told.reading.report.passed_over == ("notes.txt: no mapping fits its name and first line",)
    with pytest.raises(SourceError, match="no mapping fits this table"):
        read_catalogs([tmp_path / "tables" / "notes.txt"], tmp_path / "out", Iris(), lambda _: None)


@pytest.mark.parametrize(
    ("name", "contents", "problem"),
    [
        ("cast.tsv", b"", "the file is empty|no mapping fits"),
        ("cast.tsv.gz", gzip.compress(CAST.encode() * 5000, mtime=0)[:-40], "cannot be read"),
        ("cast.tsv.gz", b"no gzip", "cannot be read"),
        ("cast.tsv", b"\0\1\2", "no mapping fits this table"),
        ("rules.yaml", b"- 1\n", "this YAML file is no mapping"),
        ("cast.csv", b"a,b\n1,2\n", "no mapping fits this table"),
    ],
)
def test_a_table_that_cannot_be_used_is_named_with_what_is_wrong(
    tmp_path: Path, name: str, contents: bytes, problem: str
) -> None:
    (tmp_path / name).write_bytes(contents)
    with pytest.raises(SourceError, match=rf"{name}.*({problem})"):
        read_catalogs([tmp_path / name], tmp_path, Iris(), lambda _: None)


def test_a_folder_without_a_table_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    with pytest.raises(SourceError, match=r"notes.*no table is found here"):
        read_catalogs([tmp_path / "notes"], tmp_path, Iris(), lambda _: None)


def test_every_performance_says_in_words_who_played_whom_in_which_source(tmp_path: Path) -> None:
    """The cast row names its performer itself; IMDb's leaves that to another table, or to nobody."""
    principals = "tconst\tordering\tnconst\tcategory\tjob\tcharacters\n"
    told = tell(
        tmp_path,
        {
            "cast.tsv": CAST
            + "1\tAnn Vale\tTom (voice)\ttm1\tC\t2001\tMOVIE\t\ta\n2\tBo Lind\t\ttm1\tC\t2001\tMOVIE\t\ta\n",
            "title.principals.tsv": principals + 'tt1\t1\tnm1\tactor\t\\N\t["Jo"]\ntt1\t2\tnm2\tself\t\\N\t\\N\n',
            "name.basics.tsv": "nconst\tprimaryName\tbirthYear\tdeathYear\tprimaryProfession\tknownForTitles\n"
            "nm1\tCy Dunn\t\\N\t\\N\tactor\t\\N\n",
        },
    )
    words = {label for path in told.subjects("performer") for label in told.objects(path, "rdfs:label")}
    assert words == {
        "Ann Vale as Tom (JustWatch catalogues)",
        "Bo Lind (JustWatch catalogues)",
        "Cy Dunn as Jo (IMDb)",
        "nm0000002 (IMDb)",
    }


def test_catalogues_that_share_an_identifier_speak_of_one_thing(tmp_path: Path) -> None:
    """The cast row of tm1 has no IMDb identifier; another table tells which it is."""
    titles = "id\ttitle\ttype\trelease_year\truntime\tgenres\tproduction_countries\tseasons\timdb_id\timdb_score\timdb_votes\n"
    told = tell(
        tmp_path,
        {
            "cast.tsv": CAST + "1\tAnn\tRick\ttm1\t\t\t\t\ta\n2\tBo\tNick\ttm2\tOrb\t2001\tMOVIE\ttt0000002\ta\n",
            "titles.tsv": titles
            + "tm1\tLamp\tMOVIE\t2001\t90\t['scifi']\t['CA', 'XX']\t\ttt0000001\t8.20\t10.0\n"
            + "tm2\tOrb\tMOVIE\t2001\t90\t[]\t[]\t\ttt0000003\t\t\n",
            "title.basics.tsv": BASICS,
        },
    )
    assert told.objects("title/tt0000001", "hasPerformance") == ["performance/tt0000001/cast/justwatch-1-rick"]
    assert told.objects("title/tt0000001", "genre") == ["genre/drama", "genre/sci-fi"]
    assert told.objects("title/tt0000001", "country") == ["country/canada"]
    # One calls it a film, the other a mini-series: neither is stated, since it cannot be both.
    assert told.objects("title/tt0000001", "rdf:type") == [FILM + "ScreenWork"]
    # tm2 has two IMDb identifiers: its things stay one, and the rows that disagree are listed.
    assert told.subjects("identifier", "justwatch:tm2") == told.subjects("rdfs:label", "Orb")
    assert len(told.subjects("rdfs:label", "Orb")) == 1
    assert sum("is not taken for it" in reason for *_, reason in told.problems()) == 1


def test_an_identifier_that_a_page_states_keeps_the_pages_address(tmp_path: Path) -> None:
    page = Iris().thing("title", "lamp-2001")
    known = Known({"tt0000001": page}, frozenset({page}))
    told = tell(tmp_path, {"cast.tsv": CAST + "1\tAnn\tRick\ttm1\tLamp\t2001\tMOVIE\ttt0000001\ta\n"}, known)
    assert told.objects("title/lamp-2001", "identifier") == ["justwatch:tm1", "tt0000001"]
    assert told.objects("performance/lamp-2001/cast/justwatch-1-rick", "character") == ["character/lamp-2001/rick"]
    assert told.subjects("rdfs:label", "Lamp") == ["title/lamp-2001"]
    assert told.objects("title/lamp-2001", "skos:prefLabel") == []


def test_a_foreign_address_is_kept_as_well(tmp_path: Path) -> None:
    known = Known({"tt0000001": "https://films.example/x"})
    told = tell(tmp_path, {"cast.tsv": CAST + "1\tAnn\tRick\ttm1\tLamp\t2001\tMOVIE\ttt0000001\ta\n"}, known)
    assert told.subjects("rdfs:label", "Lamp") == ["https://films.example/x"]


def test_every_run_says_the_same(tmp_path: Path) -> None:
    files = {"title.principals.tsv": PRINCIPALS, "title.basics.tsv": BASICS}
    first, second = (tell(tmp_path / name, files) for name in ("first", "second"))
    assert set(first.store) == set(second.store)


def test_the_terms_of_every_shipped_mapping_are_in_the_ontology() -> None:
    known = {str(subject) for subject in axioms().subjects()}

    def terms(value: Value | str | None) -> set[str]:
        if isinstance(value, Value):
            return {to for to in (*value.map.values(), value.otherwise) if to}
        return {value} if value else set()

    for mapping in shipped():
        used: set[str] = set()
        for one in mapping.maps:
            if isinstance(one, Thing):
                used |= terms(one.type) | {fact.property for fact in one.facts if isinstance(fact, Fact)}
            elif isinstance(one, Link):
                used |= terms(one.property)
        assert {FILM + name for name in used} <= known, mapping.kind
    assert len(shipped()) >= 12


def test_yaml_that_is_no_mapping_is_none() -> None:
    assert read_mapping(Path("x.yaml"), "- 1\n") is None
