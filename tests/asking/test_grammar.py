"""Grammar files are read or refused with the line; parsing finds every reading, and gives up where there are too many."""

from __future__ import annotations

import pytest

from castgraph.ask import Asker
from castgraph.asking.grammar import Grammar, TooManyReadingsError
from castgraph.asking.interpretation import LANGUAGES, grammar
from castgraph.asking.meanings import Expression, Name, Number, Place
from castgraph.asking.notation import NotationError
from castgraph.asking.vocabulary import ATTRIBUTES, CLASSES, GENRES, MISSION_CLASSES, NATIONS, RELATIONS
from castgraph.asking.words import split

SMALL = """
BE = is | was
question = who <does:d> => (list $d)
does = directed <works:w> => (of director $w)
    | BE the director of <works:w> => (of director $w)
works = @title
    | films [from #year:y] {with @person:p} => (and (all film) (where release-year is $y) $*p)
    | the film => (the (all film))
"""


def meanings(text: str, known: dict[str, str]) -> list[str]:
    words = split(text)

    def accepts(kind: str, start: int, end: int) -> bool:
        return known.get(" ".join(word.folded for word in words[start:end])) == kind

    return [str(parse.meaning) for parse in Grammar((SMALL, "small")).parse(words, accepts)]


def test_a_question_is_composed() -> None:
    words = split("Who was the director of Dune?")
    (parse,) = Grammar((SMALL, "small")).parse(words, lambda _, start, end: (start, end) == (5, 6))
    assert parse.meaning == Expression("list", (Expression("of", ("director", Name("title", 5, 6))),))
    assert parse.line == 3, "the question’s rule"


def test_what_is_left_out_is_left_out_of_the_meaning() -> None:
    assert meanings("who directed films", {}) == [str(Expression("list", (Expression("of", ("director", Expression("all", ("film",)))),)))]  # fmt: skip
    (told,) = meanings("who directed films from 1999 with ada with bo", {"ada": "person", "bo": "person"})
    assert str(Expression("where", ("release-year", "is", Number(1999)))) in told
    assert told.count("Name(kind='person'") == 2


def test_what_is_definite_keeps_its_place() -> None:
    words = split("who directed the film")
    (parse,) = Grammar((SMALL, "small")).parse(words, lambda *_: False)
    assert isinstance(parse.meaning, Expression)
    assert Place(2, 4) in parse.meaning.arguments[0].arguments[1].arguments  # type: ignore[union-attr]


def test_words_that_are_not_all_read_give_no_reading() -> None:
    assert meanings("who directed films badly", {}) == []


@pytest.mark.parametrize(
    "text",
    [
        "question = who <nobody> => x",
        "question = who (is => x",
        "question = WHOM is => x",
        "question = who is => (list",
        "question = who <question:q> is @title =>",
        "question = who is in @title => everybody",
    ],
)
def test_a_grammar_that_cannot_be_read_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(NotationError, match=r"bad\.grammar.*\b1\b"):
        Grammar((text, "bad.grammar"))


def test_what_names_something_may_not_be_left_out_of_a_meaning() -> None:
    """A condition that a rule reads and does not mean would be dropped in silence."""
    with pytest.raises(NotationError, match=r"dropping\.grammar:1: what w names is left out"):
        Grammar(("question = who is in <works:w> => everybody\nworks = @title", "dropping.grammar"))
    for language in LANGUAGES:
        assert grammar(language).rules


def test_a_grammar_may_be_in_several_files() -> None:
    words = ("BE = is | was\nquestion = who BE <people:p> => $p", "a"), ("people = @person\n    | BE late => late", "b")
    (parse,) = Grammar(*words).parse(split("who was is late"), lambda *_: False)
    assert parse.meaning == "late"


@pytest.mark.parametrize(
    ("said", "meant"), [("1990s", 1990), ("90s", 1990), ("’90s", 1990), ("1890s", 1890), ("2010s", 2010)]
)
def test_decades_are_numbers(said: str, meant: int) -> None:
    decades = Grammar(("question = films of the #decade:d => (where release-year decade $d)", "decades"))
    (parse,) = decades.parse(split(f"films of the {said}"), lambda *_: False)
    assert parse.meaning == Expression("where", ("release-year", "decade", Number(meant)))


@pytest.mark.parametrize("said", ["1990", "95s", "1995s", "20s", "90"])
def test_what_may_be_another_decade_is_none(said: str) -> None:
    decades = Grammar(("question = films of the #decade:d => (where release-year decade $d)", "decades"))
    assert decades.parse(split(f"films of the {said}"), lambda *_: False) == ()


def test_a_colon_and_a_dash_between_words_are_commas() -> None:
    assert [word.folded for word in split("Mars: who – Riley-Ross - 7:30?")] == [
        "mars", ",", "who", ",", "riley ross", ",", "7 30"
    ]  # fmt: skip


def test_too_many_readings_are_given_up() -> None:
    bad = "question = <a> => $a\na = @x\n    | @x:y <a:z> => (and $y $z)\n"
    with pytest.raises(TooManyReadingsError):
        Grammar((bad, "bad")).parse(split("w " * 40), lambda *_: True)


def test_of_readings_the_one_of_the_earlier_rule_comes_first() -> None:
    """However the rules are looked up by the words they begin with."""
    both = Grammar(
        ("question = [well] who <a> => (list $a)\n    | <b> => $b\na = sings => a\nb = who sings => b", "both")
    )
    assert [parse.line for parse in both.parse(split("who sings"), lambda *_: False)] == [1, 2]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Why was the drill destroyed?", ["A dust devil strikes"]),
        ("Why did the equipment fail?", ["A subcontractor commits fraud"]),  # what the event is about comes first
        ("What was destroyed?", ["The drilling equipment is destroyed"]),  # and no other failure
    ],
)
def test_events_are_found_by_what_they_are_about(asker: Asker, said: str, found: list[str]) -> None:
    assert [answer.label for answer in asker.ask(said).answers] == found


@pytest.mark.parametrize(
    "said",
    [
        "What happened after the thrusters were destroyed?",  # they malfunctioned
        "Which crew member of Project Olympus is a doctor?",
        "When did Hiromi die?",
        "Who died on Earth?",
        "Why did Rick Erwin die?",
        "Who commanded the crew before Rick Erwin?",
        "Which four craft did the Chinese mission have?",
    ],
)
def test_what_is_not_so_of_an_event_is_not_answered(asker: Asker, said: str) -> None:
    assert asker.ask(said).answers == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_a_meaning_is_in_the_vocabulary(language: str) -> None:
    def check(sense: object) -> None:
        if not isinstance(sense, tuple):
            return
        match sense:
            case ("of" | "with", str(relation), _):
                assert relation in RELATIONS or relation.startswith("$"), relation
            case ("all", str(word)):
                assert word in {**CLASSES, **MISSION_CLASSES, **GENRES, **NATIONS} or word.startswith("$"), word
            case ("value" | "where", str(attribute), *_):
                assert attribute in ATTRIBUTES or attribute.startswith("$"), attribute
            case _:
                pass
        for one in sense:
            check(one)

    for rules in grammar(language).rules.values():
        for rule in rules:
            check(rule.sense)
