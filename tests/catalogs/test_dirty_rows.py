"""Rows as they are: each is read right, or listed with file, line and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.catalogs.tables import CAST, Told, tell

ROWS = [
    '1\tAnn Vale\t"Rick\t(voice)"\ttm1\tLamp\t2001\tMOVIE\ttt0000001\ta',  # 2: a tab inside quotes
    '2\t"Joe L.\t"\tBand\ttm1\tLamp\t2001\tMOVIE\ttt0000001\ta',  # 3
    "3\tBo Lind\tKing / Queen (uncredited)\ttm1\tLamp\t2001\tMOVIE\ttt0000001\ta",  # 4: a double role
    "4\tCy Moss\tSelf - Host (archive footage)\ttm1\tLamp\t2001\tMOVIE\ttt0000001\ta",  # 5
    "5\tDi Orr\t(voice)\ttm1\tLamp\t2001\tMOVIE\ttt0000001\ta",  # 6: a voice without a character
    '6\tEd Poe\t"Unclosed\ttm1\tLamp\t2001\tMOVIE\ttt0000001\ta',  # 7: a quote that does not close
    "7\tFay Quin\tGuard\t\t\t\t\t\ta",  # 8: no title
    "\t\tGhost\ttm1\tLamp\t2001\tMOVIE\ttt0000001\ta",  # 9: a character whom nobody is named for
    "\tGus Roe\tPilot\ttm1\tLamp\t2001\tMOVIE\ttt0000001\ta",  # 10: a name without an identifier
    "8\tHal Sims\tPilot\ttm1\tLamp\ttwo thousand\tMOVIE\ttt0000001\ta",  # 11: a year as words
    "1\tA. Vale\tRick (voice)\ttm1\tLamp\t2001\tMOVIE\ttt0000001\tb",  # 12: the credit again, the person spelled otherwise
    "too\tfew",  # 13
    "",  # 14
    "9\tIda Tew\tMan (voice\ttm1\tLamp\t2001\tMOVIE\ttt0000001\ta",  # 15: a parenthesis lost
    "10\tJo Ude\tNora (Mud\ttm1\tLamp\t2001\tMOVIE\ttt0000001\ta",  # 16: one that cannot be mended
    "11\tKit Vox\tRachel 11 Y / O (as Kitty Vox)\ttm1\tLamp\t2001\tMOVIE\ttt0000001\ta",  # 17
    '12\tLou Wye\t"Patricio ""Pato"" \\ L"\ttm1\tLamp\t2001\tMOVIE\ttt0000001\ta',  # 18
    "13\t\t\ttm1\tLamp\t2001\tMOVIE\ttt0000001\ta",  # 19: an identifier alone
    "14\tMo Xan\tNarrator\ttm1\tLamp\t2001\tMOVIE\tnm0000001\ta",  # 20: an identifier that is none of a title
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return tell(tmp_path_factory.mktemp("dirty"), {"cast.tsv": CAST + "\n".join(ROWS) + "\n"})


def credit(told: Told, name: str) -> dict[str, list[str]]:
    path = f"performance/tt0000001/cast/{name}"
    keys = (
        "performer",
        "character",
        "characterAsCredited",
        "performerAsCredited",
        "creditNote",
        "rdf:type",
        "sourceLine",
    )
    return {key: values for key in keys if (values := told.objects(path, key))}


def test_a_tab_inside_quotes_is_white_space(told: Told) -> None:
    assert credit(told, "justwatch-2-band")["performerAsCredited"] == ["Joe L."]


def test_a_double_role_is_two_performances_and_its_note_holds_for_both(told: Told) -> None:
    for name in ("king", "queen"):
        found = credit(told, f"justwatch-3-{name}")
        assert found["character"] == [f"character/tt0000001/{name}"]
        assert found["creditNote"] == ["uncredited"]
        assert found["sourceLine"] == ["4"]


def test_who_appears_as_themselves_plays_no_character(told: Told) -> None:
    found = credit(told, "justwatch-4-self-host-archive")
    assert "character" not in found
    assert found["characterAsCredited"] == ["Self - Host"]
    assert found["rdf:type"] == ["https://w3id.org/castgraph/film#ArchivePerformance"]


def test_a_voice_without_a_character_has_none(told: Told) -> None:
    assert credit(told, "justwatch-5-voice") == {
        "performer": ["person/justwatch-5"],
        "performerAsCredited": ["Di Orr"],
        "rdf:type": ["https://w3id.org/castgraph/film#VoicePerformance"],
        "sourceLine": ["6"],
    }


def test_an_unbalanced_quote_harms_its_own_line_alone(told: Told) -> None:
    assert credit(told, "justwatch-6-unclosed")["characterAsCredited"] == ['"Unclosed']
    assert ("cast.tsv", 7, "doubtful", "a quote does not close: taken as a sign like others") in told.problems()


def test_unknown_performer_is_not_invented(told: Told) -> None:
    assert credit(told, "ghost-line-9") == {
        "character": ["character/tt0000001/ghost"],
        "characterAsCredited": ["Ghost"],
        "sourceLine": ["9"],
    }


def test_a_name_without_identifier_is_known_within_its_title_alone(told: Told) -> None:
    assert credit(told, "gus-roe-pilot")["performer"] == ["person/tt0000001/gus-roe"]
    assert told.objects("person/tt0000001/gus-roe", "rdfs:label") == ["Gus Roe"]


def test_rows_that_say_the_same_are_one_credit_with_both_lines_and_both_names(told: Told) -> None:
    found = credit(told, "justwatch-1-rick-voice")
    assert found["sourceLine"] == ["12", "2"]
    assert found["performerAsCredited"] == ["A. Vale", "Ann Vale"]
    assert told.objects("person/justwatch-1", "rdfs:label") == ["A. Vale", "Ann Vale"]
    assert told.objects("person/justwatch-1", "skos:prefLabel") == ["Ann Vale"]
    assert ("cast.tsv", 12, "merged", "an earlier row says the same") in told.problems()


def test_a_lost_parenthesis_is_mended_where_it_is_plain(told: Told) -> None:
    assert credit(told, "justwatch-9-man-voice")["characterAsCredited"] == ["Man"]
    assert ("cast.tsv", 16, "doubtful", "the parentheses of the role do not close: Nora (Mud") in told.problems()


def test_the_name_as_credited_is_kept(told: Told) -> None:
    found = credit(told, "justwatch-11-rachel-11-y-o")
    assert found["performerAsCredited"] == ["Kitty Vox"]
    assert told.objects("person/justwatch-11", "rdfs:label") == ["Kit Vox"]


def test_quotes_and_backslashes_survive(told: Told) -> None:
    assert credit(told, "justwatch-12-patricio-pato-l")["characterAsCredited"] == ['Patricio "Pato" \\ L']


def test_what_is_no_identifier_of_a_title_is_listed_and_the_catalogues_own_leads(told: Told) -> None:
    assert told.subjects("performer", "person/justwatch-14") == ["performance/tt0000001/cast/justwatch-14-narrator"]
    reason = "the IMDb identifier of a title cannot be nm0000001"
    assert ("cast.tsv", 20, "doubtful", reason) in told.problems()


def test_what_cannot_be_used_is_listed_with_its_line_and_the_counts_add_up(told: Told) -> None:
    listed = {(line, reason) for _, line, outcome, reason in told.problems() if outcome == "left out"}
    assert listed == {(8, "names no title"), (13, "2 fields where the table has 9"), (14, "the line is empty")}
    (table,) = told.reading.report.tables
    assert (table.rows, table.used, table.merged) == (19, 15, 1)
    assert ("cast.tsv", 11, "doubtful", "releaseYear two thousand is no year from 1870 to 2200") in told.problems()


def test_bytes_that_are_no_utf8_and_odd_line_ends_keep_their_lines(tmp_path: Path) -> None:
    row = b"%d\tAn\xffn\x1f\tRick\ttm1\tLamp\t2001\tMOVIE\t\ta"
    table = b"\xef\xbb\xbf" + CAST.encode().replace(b"\n", b"\r\n") + b"\r\n\n".join(row % number for number in (1, 2))
    told = tell(tmp_path, {"cast.tsv": table})
    assert told.objects("performance/justwatch-tm1/cast/justwatch-2-rick", "sourceLine") == ["4"]
    assert ("cast.tsv", 2, "doubtful", "bytes that are no UTF-8, or control characters") in told.problems()
    assert ("cast.tsv", 3, "left out", "the line is empty") in told.problems()


PRINCIPALS = "tconst\tordering\tnconst\tcategory\tjob\tcharacters\n"
BASICS = "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres\n"
AKAS = "titleId\tordering\ttitle\tregion\tlanguage\ttypes\tattributes\tisOriginalTitle\n"
RATINGS = "tconst\taverageRating\tnumVotes\n"


def test_what_a_used_row_says_and_nobody_can_read_is_listed(tmp_path: Path) -> None:
    told = tell(
        tmp_path,
        {
            "title.basics.tsv": f"{BASICS}tt0000001\tmovie\t\\N\t\\N\t0\t1999\t\\N\t90\tDrama\n",
            "title.principals.tsv": f"{PRINCIPALS}"
            'tt0000001\t1\tnm0000001\tactor\t\\N\t["Rick\n'
            'tt0000001\tlast\tnm0000002\tactor\t\\N\t["Maya"]\n',
            "title.ratings.tsv": f"{RATINGS}tt0000001\t8.5\tmany\n",
        },
    )
    assert sorted(told.problems()) == [
        ("title.basics.tsv", 2, "doubtful", "no name of the title"),
        ("title.principals.tsv", 2, "doubtful", 'characters holds no list: ["Rick'),
        ("title.principals.tsv", 3, "doubtful", "creditOrder last is no whole number above zero"),
        ("title.ratings.tsv", 2, "doubtful", "ratingCount many is no whole number above zero"),
    ]
    assert told.objects("performance/tt0000001/title-principals/nm0000002-maya", "characterAsCredited") == ["Maya"]


def test_a_row_that_adds_nothing_is_left_out(tmp_path: Path) -> None:
    told = tell(
        tmp_path,
        {
            "title.akas.tsv": f"{AKAS}tt0000001\t1\tEins\tDE\t\\N\t\\N\t\\N\t0\ntt0000001\t2\t\\N\tFR\t\\N\t\\N\t\\N\t0\n",
            "title.ratings.tsv": f"{RATINGS}tt0000001\teight\t10\n",
        },
    )
    nothing = "nothing that can be read is said of the title"
    assert [one for one in told.problems() if one[2] == "left out"] == [
        ("title.akas.tsv", 3, "left out", nothing),
        ("title.ratings.tsv", 2, "left out", nothing),
    ]


def test_lists_inside_a_row_are_read_or_listed_one_by_one(tmp_path: Path) -> None:
    crew = '"[{""id"": 8, ""job"": ""Director"", ""name"": ""Bo""}, {""id"": null, ""job"": ""Editor"", ""name"": ""Cy""}]"'
    told = tell(
        tmp_path,
        {
            "tmdb_5000_credits.csv": f"movie_id,title,cast,crew\n1,One,[],[]\n2,Two,none,{crew}\n,Three,[],[]\n4,Four,no,no\n"
        },
    )
    assert sorted(problem[1:] for problem in told.problems()) == [
        (3, "doubtful", "a part of crew has no identifier of the person"),
        (3, "doubtful", "cast holds no list"),
        (4, "left out", "no identifier of the title"),
        (5, "doubtful", "crew holds no list"),
        (5, "left out", "cast holds no list"),
    ]
    assert told.objects("title/tmdb-1", "rdfs:label") == ["One"], "a title without cast and crew is one"
    assert told.objects("title/tmdb-2", "director") == ["person/tmdb-8"]
