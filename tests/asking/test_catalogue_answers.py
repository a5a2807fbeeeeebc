"""Answers from a table: each row is found under its line, and no answer is given for more things than are looked at."""

from __future__ import annotations

import csv
import gzip
import random
from dataclasses import dataclass

import pytest

from castgraph.answers import Basis, Status
from castgraph.asking.naming import MOST_MEANT
from castgraph.build import build
from castgraph.opened import OpenGraph, open_graph

FIRST = ("Ada", "Boris", "Carla", "Dieter", "Edda", "Femi", "Gösta", "Hana")
LAST = ("Lövelund", "Quillfeather", "Montecristo", "Wannabrook", "Fenwick")
ROLES = ("Pilot", "Baker", "Keeper", "Miller", "Weaver", "Surgeon")
COLUMNS = ("jw_person_id", "name", "character", "jw_title_id", "title", "year", "type", "imdb_id", "source")
GUARDS = MOST_MEANT + 1


@dataclass(frozen=True)
class Row:
    """A row of the table, and the line it stands on."""

    line: int
    person: str
    name: str
    character: str
    title_id: str
    title: str
    year: str


@dataclass(frozen=True)
class Catalogue:
    """A table and the graph made of it."""

    rows: tuple[Row, ...]
    graph: OpenGraph


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """A cast table with namesakes, a remake, a name that is two, and a role more often there than is looked at."""
    folder, data = tmp_path_factory.mktemp("table"), tmp_path_factory.mktemp("data")
    people = [f"{first} {last}" for first in FIRST for last in LAST]
    told = [
        (str(at), people[at % len(people)], f"{ROLES[at % 6]} {at}", f"t{at // 4}", f"Silent Rain {at // 4}", "2001")
        for at in range(200)
    ]
    told += [(str(900 + at), f"Extra {at}", "Guard", f"g{at}", f"Long Siege {at}", "1990") for at in range(GUARDS)]
    told += [
        ("801", "John Smith", "Otto", "r1", "Paper Lanterns", "1950"),
        ("802", "John Smith", "Vera", "r2", "Paper Lanterns", "2010"),
        ("803", "Salt and Pepper", "Waiters", "r2", "Paper Lanterns", "2010"),
    ]
    rows = tuple(Row(line, *one) for line, one in enumerate(told, 2))
    with gzip.open(folder / "cast.tsv.gz", "wt", newline="", encoding="utf-8") as file:
        out = csv.writer(file, delimiter="\t", lineterminator="\n")
        out.writerow(COLUMNS)
        out.writerows((*one, "MOVIE", "", "made") for one in told)
    build([], data, tables=[folder])
    return Catalogue(rows, open_graph(data))


def test_each_row_is_cited_with_its_line(catalogue: Catalogue) -> None:
    for row in random.Random(7).sample(catalogue.rows[:200], 50):
        for question, label in (
            (f"Who played {row.character} in {row.title}?", row.name),
            (f"Did {row.name} play {row.character} in {row.title}?", "yes"),
        ):
            reply = catalogue.graph.ask(question)
            assert [answer.label for answer in reply.answers] == [label], question
            (answer,) = reply.answers
            assert answer.basis is Basis.ASSERTED
            assert [source.line for source in answer.sources] == [row.line], question
            assert answer.sources[0].graph.endswith("/cast")


def test_a_cast_is_cited_with_the_line_of_each_row(catalogue: Catalogue) -> None:
    for title in ("Silent Rain 3", "Silent Rain 49"):
        told = {
            answer.label: [source.line for source in answer.sources]
            for answer in catalogue.graph.ask(f"Who starred in {title}?").answers
        }
        assert told == {row.name: [row.line] for row in catalogue.rows if row.title == title}


def test_titles_of_a_person_are_cited_with_all_their_rows(catalogue: Catalogue) -> None:
    person = "Salt and Pepper"
    (answer,) = catalogue.graph.ask(f"Which titles is {person} in?").answers
    assert (answer.label, [source.line for source in answer.sources]) == (
        "Paper Lanterns",
        [row.line for row in catalogue.rows if row.name == person],
    )


def test_a_name_that_reads_like_two_is_one(catalogue: Catalogue) -> None:
    reply = catalogue.graph.ask("Whom did Salt and Pepper play?")
    assert [answer.label for answer in reply.answers] == ["Waiters"]


def test_namesakes_are_offered_each_with_a_question_that_selects(catalogue: Catalogue) -> None:
    reply = catalogue.graph.ask("Whom did John Smith play?")
    assert reply.status is Status.AMBIGUOUS
    found = [catalogue.graph.ask(one.question or "") for one in reply.alternatives]
    assert [[answer.label for answer in one.answers] for one in found] == [["Otto"], ["Vera"]]


def test_remakes_are_told_apart_by_year(catalogue: Catalogue) -> None:
    assert catalogue.graph.ask("Who starred in Paper Lanterns?").status is Status.AMBIGUOUS
    reply = catalogue.graph.ask("Whom did John Smith play in Paper Lanterns (1950)?")
    assert [answer.label for answer in reply.answers] == ["Otto"]


def test_a_name_of_too_many_things_is_not_answered_for_some(catalogue: Catalogue) -> None:
    reply = catalogue.graph.ask("Who played Guard?")
    assert (reply.status, reply.answers) == (Status.AMBIGUOUS, ())
    assert f"{MOST_MEANT} and more" in (reply.message or "")


def test_two_slips_in_one_word_make_another_name(catalogue: Catalogue) -> None:
    assert catalogue.graph.ask("Whom did Boris Quilfether play?").status is Status.NOT_FOUND
    reply = catalogue.graph.ask("Which titles is Salt and Peper in?")
    assert [answer.label for answer in reply.answers] == ["Paper Lanterns"]
