"""The makers of questions at scale judge by the tables alone: held against small tables with known answers."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from benchmarks.asking_cast import NOBODY, Cast, Generator, Noise, folded, is_right
from benchmarks.asking_metaqa import Asked, KnowledgeBase, read

CAST = [
    ("1", "Ada Lövelund", "Grace Harbour", "t1", "Silent Rain", "2001"),
    ("2", "Boris Quillfeather", "Grace Harbour", "t2", "Silent Rain", "2019"),
    ("3", "Carla Montecristo", "Otto Fenwick", "t1", "Silent Rain", "2001"),
    ("3", "Carla Monte-Cristo", "Vera Fenwick", "t3", "Paper Lanterns", "2010"),
    ("4", "Ada Lövelund", "Nils Ümbra", "t3", "Paper Lanterns", "2010"),
    ("5", "Dieter Wannabrook", "Self", "t3", "Paper Lanterns", "2010"),
]


@pytest.fixture
def cast(tmp_path: Path) -> Cast:
    with gzip.open(tmp_path / "titles.tsv.gz", "wt", newline="") as file:
        rows = csv.writer(file, delimiter="\t")
        rows.writerow(["id", "title", "release_year"])
        rows.writerows({(title, name, year) for *_, title, name, year in CAST})
    with gzip.open(tmp_path / "cast.tsv.gz", "wt", newline="") as file:
        rows = csv.writer(file, delimiter="\t")
        rows.writerow(["jw_person_id", "name", "character", "jw_title_id", "title", "year"])
        rows.writerows(CAST)
    return Cast(tmp_path)


def test_the_same_seed_makes_the_same_questions_of_each_form_and_noise(cast: Cast) -> None:
    forms = ("who played a character in a title", "who played a character", "which titles is a person in")
    generators = [Generator(cast, 7), Generator(cast, 7)]
    for generator in generators:
        generator.forms = {form: generator.forms[form] for form in forms}
    made = list(generators[0].questions(3))
    assert made == list(generators[1].questions(3))
    assert {(asked.form, asked.noise) for asked in made} == {(form, noise) for form in forms for noise in Noise}
    assert NOBODY in Generator(cast, 7).forms


def test_what_is_ambiguous_is_read_from_the_table(cast: Cast) -> None:
    generator = Generator(cast, 1)
    generator.forms = {
        form: generator.forms[form] for form in ("who played a character", "which titles is a person in")
    }
    for asked in generator.questions(30):
        text = folded(asked.text)
        if "grace harbour" in text or "ada lovelund" in text:
            assert asked.is_ambiguous
        elif asked.noise is not Noise.TYPO:
            assert len(asked.right) == 1


def test_remakes_are_told_apart_by_year_and_people_by_any_spelling(cast: Cast) -> None:
    generator = Generator(cast, 1)
    generator.forms = {"who": generator.forms["who was in a title"]}
    for asked in generator.questions(20):
        assert not asked.is_ambiguous
        if "2001" in asked.text:
            assert is_right(asked, ["Ada Lovelund", "Carla Monte-Cristo"], cast)
            assert not is_right(asked, ["Ada Lovelund"], cast)
            assert not is_right(asked, ["Ada Lovelund", "Carla Montecristo", "Boris Quillfeather"], cast)


def test_a_knowledge_base_holds_what_a_path_leads_to(tmp_path: Path) -> None:
    (tmp_path / "kb.txt").write_text("Rain|directed_by|Ada\nDust|directed_by|Ada\nRain|has_genre|Drama\n")
    (tmp_path / "qa.txt").write_text("who directed [Rain]\tAda\nwhich films did [Ada] direct\tRain\n")
    known = KnowledgeBase(tmp_path / "kb.txt")
    directed, films = sorted(read(tmp_path / "qa.txt", None, 0), key=lambda asked: asked.form)[::-1]
    assert (directed.text, directed.form, directed.name) == ("who directed Rain", "who directed …", "rain")
    assert known.holds(directed, 1)
    assert not known.holds(films, 1), "Dust is missing among the answers"
    also = Asked("", "", "rain", frozenset({"dust"}))
    assert known.holds(also, 2), "the name itself is left out"
