"""“And” is each of them, “or” is any of them: in yes/no questions, in lists, and in the reading that is told."""

from __future__ import annotations

import pytest

from castgraph.answers import Status
from castgraph.ask import Asker


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Did Michael Riley and Tim Robbins play Rick Erwin?", "no"),
        ("Did both Riley and Bluteau play Rick Erwin?", "no"),
        ("Did Michael Riley play Rick Erwin and Antoine Hébert?", "no"),
        ("Did Michael Riley or Tim Robbins play Rick Erwin?", "yes"),
        ("Did Michael Riley play Rick Erwin or Antoine Hébert?", "yes"),
        ("Are Michael Riley and Lothaire Bluteau in Race to Mars?", "yes"),
        ("Did Race to Mars win an award?", "yes"),
    ],
)
def test_yes_is_said_where_each_part_is_so(asker: Asker, question: str, answer: str) -> None:
    assert [one.label for one in asker.ask(question).answers] == [answer]


@pytest.mark.parametrize(
    "question",
    [
        "Are Michael Riley and Tim Robbins in Race to Mars?",
        "Did Michael Riley, Lothaire Bluteau and Tim Robbins star in Race to Mars?",
        "Is Michael Riley in Race to Mars and Mars Rising?",
        "Was 2010 directed by Peter Hyams and María Lidón?",
        "Did Rick Erwin and Hiromi die?",
        "Are Mars I and Stranded comedies?",
        "Did Race to Mars and Stranded win awards?",
        "Is there a film with Tim Robbins and Michael Riley?",
        "Which films are directed by Peter Hyams and María Lidón?",
        "Who played both Rick Erwin and Antoine Hébert?",
    ],
)
def test_what_is_told_of_a_part_alone_is_not_told_of_all(asker: Asker, question: str) -> None:
    reply = asker.ask(question)
    assert reply.status is Status.UNKNOWN, reply
    assert not reply.answers


def test_what_is_so_and_what_is_not_told_is_said(asker: Asker) -> None:
    reply = asker.ask("Is Michael Riley in Race to Mars and Mars Rising?")
    assert reply.message == (
        "The sources say so of performances by Michael Riley in Race to Mars. "
        "No source says so of performances by Michael Riley in Mars Rising, and none says otherwise."
    )


def test_every_part_has_its_sources(asker: Asker) -> None:
    (answer,) = asker.ask("Are Michael Riley and Elisa Bourreau in Race to Mars?").answers
    assert {(one.source, one.line) for one in answer.sources} >= {("TV Guide", 21), ("IMDb", 94)}


def test_the_part_that_is_not_so_is_named(asker: Asker) -> None:
    (answer,) = asker.ask("Did Michael Riley play Rick Erwin and Antoine Hébert?").answers
    assert (
        answer.note
        == "performances by Michael Riley of the character Antoine Hébert: the sources name Lothaire Bluteau"
    )


def test_which_of_several_it_was_is_told(asker: Asker) -> None:
    (answer,) = asker.ask("Did Michael Riley or Tim Robbins play Rick Erwin?").answers
    assert answer.note == "Michael Riley as Rick Erwin"


def test_the_reading_tells_and_from_or(asker: Asker) -> None:
    assert asker.ask("Who directed Stranded and 2010?").reading == "directors of Stranded and 2010"
    assert asker.ask("Who directed Stranded or 2010?").reading == "directors of Stranded or 2010"


def test_of_several_things_the_one_nothing_is_told_of_is_named(asker: Asker) -> None:
    reply = asker.ask("When were Race to Mars and Mars Rising released?")
    assert [one.label for one in reply.answers] == ["2007-09-23"]
    assert reply.message == "None of the sources tells this of Mars Rising."


def test_who_wrote_a_book_is_its_author(asker: Asker) -> None:
    reply = asker.ask("The companion book to Race to Mars - who wrote it?")
    assert [one.label for one in reply.answers] == ["Dana Berry"]


def test_a_sum_of_money_has_its_currency(asker: Asker) -> None:
    (answer,) = asker.ask("What was the budget of Race to Mars?").answers
    assert (answer.label, answer.note) == ("12000000", "CAD 12,000,000 (estimated)")
