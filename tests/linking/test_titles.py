"""One title is written in many ways; the compared forms are the same for all of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castgraph.linking.titles import article_first, person_key, repaired, title_forms, title_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Matrix, The (1999)", "The Matrix"),
        ("Misérables, Les (2012)", "Les Misérables"),
        ("The Martian, ", "The Martian"),
        ("Kill or Cure (1962 film)", "Kill or Cure"),
        ("Flash Gordon (serial)", "Flash Gordon"),
        ("Mars (TV Series 2016– )", "Mars"),
        ("Death Note (2006–2007)", "DEATH NOTE"),
        ("Seven (a.k.a. Se7en) (1995)", "Se7en"),
        ("Paint It Yellow (Rang De Basanti) (2006)", "Rang De Basanti"),
        ("Rikki og mÃ¦ndene", "Rikki og mændene"),
        ("Harold & Kumar", "Harold and Kumar"),
        ("Mannequin Two: On the Move", "Mannequin 2: On the Move"),
        ("Halloween II", "Halloween 2"),
        ("Naked Gun 33⅓", "Naked Gun 33 1/3"),
        ("Cafe\u0301 Society", "Caf\u00e9 Society"),
    ],
)
def test_the_same_title_written_otherwise_shares_a_form(one: str, other: str) -> None:
    assert title_forms((one,)).wholes & title_forms((other,)).wholes


@pytest.mark.parametrize(("one", "other"), [("Mars", "Mars Rising"), ("Rocky II", "Rocky III"), ("2010", "2001")])
def test_other_titles_share_none(one: str, other: str) -> None:
    assert not title_forms((one,)).wholes & title_forms((other,)).wholes


def test_the_first_of_a_series_goes_by_its_name_without_the_number() -> None:
    assert "mars" in title_forms(("Mars I",)).parts
    assert "air force" not in title_forms(("Air Force One",)).parts


def test_a_subtitle_leaves_its_title_as_a_part() -> None:
    assert "2010" in title_forms(("2010: The Year We Make Contact (1984)",)).parts


def test_brackets_say_the_year_and_whether_it_is_a_series() -> None:
    assert title_forms(("Mars (TV Series 2016– )",)).years == (2016,)
    assert title_forms(("Mars (TV Series 2016– )",)).series is True
    assert title_forms(("Kill or Cure (1962 film)",)).series is False
    assert title_forms(("Mars (2010)",)).series is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("George Pollock (director)", "George Pollock"),
        ("Gene Fowler, Jr.", "Gene Fowler Jr. (Director)"),
        ("D. J. Caruso", "D.J. Caruso"),
        ("De Palma, Brian", "Brian De Palma"),
        ("Pascale Bussières", "Pascale Bussieres"),
    ],
)
def test_the_same_person_written_otherwise_has_one_key(one: str, other: str) -> None:
    assert person_key(one) == person_key(other)


@given(st.text(max_size=60))
def test_any_text_has_forms_and_its_key_stays_when_made_again(name: str) -> None:
    title_forms((name,))
    assert repaired(repaired(name)) is not None
    assert article_first(article_first(name)) == article_first(article_first(article_first(name)))
    assert title_key(title_key(name)) is not None
    person_key(name)
