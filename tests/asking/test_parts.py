"""Questions in orders no grammar has are read by their parts, those that ask for anything else are not."""

from __future__ import annotations

import re

import pytest
import yaml

from castgraph.answers import Status
from castgraph.ask import Asker
from castgraph.asking.arrangement import arrangements
from castgraph.asking.interpretation import ELIDING, LANGUAGES, Interpreter, grammar
from castgraph.asking.lexicon import FILLER, Lexicon, LexiconError, lexicon
from castgraph.asking.parts import Finder
from castgraph.asking.parts_reader import PartsReader
from castgraph.asking.signatures import KINDS_OF_TITLES, MAKERS, QUESTION_WORDS, SOFT, frames
from castgraph.asking.vocabulary import ATTRIBUTES, CLASSES, GENRES, MISSION_CLASSES, RELATIONS
from castgraph.asking.words import split
from castgraph.name_index import NameIndex
from castgraph.snapshot import Snapshot
from castgraph.store import LocalStore
from tests.asking.golden import FOLDER, Outcome, Question, golds, judge

FORCE = {
    "english": [
        "not",
        "no",
        "never",
        "nobody",
        "none",
        "without",
        "except",
        "only",
        "but",
        "or",
        "best",
        "worst",
        "first",
        "last",
        "most",
        "least",
        "next",
        "before",
        "after",
        "until",
        "while",
        "if",
        "would",
        "could",
        "should",
        "might",
        "will",
        "almost",
        "nearly",
        "every",
        "all",
        "half",
        "than",
        "unless",
    ],
    "french": [
        "ne",
        "pas",
        "jamais",
        "aucun",
        "sans",
        "sauf",
        "seul",
        "seulement",
        "ou",
        "meilleur",
        "pire",
        "premier",
        "dernier",
        "plus",
        "moins",
        "avant",
        "après",
        "si",
        "presque",
        "chaque",
        "tous",
    ],
    "german": [
        "nicht",
        "kein",
        "keine",
        "nie",
        "niemand",
        "ohne",
        "außer",
        "nur",
        "beste",
        "erste",
        "letzte",
        "mehr",
        "weniger",
        "vor",
        "nach",
        "bevor",
        "wenn",
        "würde",
        "hätte",
        "fast",
        "jeder",
        "alle",
    ],
}
"""Words that turn what is asked into something else."""

KNOWN_EXACTLY = {"english": {"last", "or", "no", "all", "if"}, "french": {"non"}, "german": {"hatte", "wurde"}}
"""Those of them that are part of phrases with an exact meaning: “or later”; “hätte” and “würde” are barred as spelt."""


@pytest.fixture(scope="module")
def names(store: LocalStore) -> NameIndex:
    return NameIndex(store)


@pytest.fixture(scope="module")
def asker(store: LocalStore, snapshot: Snapshot, names: NameIndex) -> Asker:
    return Asker(store, snapshot.iris, names)


def orders() -> list[Question]:
    known = golds()
    read: dict[str, list[str]] = yaml.safe_load((FOLDER / "orders.yaml").read_text(encoding="utf-8"))
    return [Question(str(text), known[gold]) for gold, texts in read.items() for text in texts]


def near_misses() -> list[str]:
    read: dict[str, list[str]] = yaml.safe_load((FOLDER / "orders-refused.yaml").read_text(encoding="utf-8"))
    return [str(text) for texts in read.values() for text in texts]


def readings(names: NameIndex, question: str) -> list[str]:
    return [re.sub(r"Name\(kind='(\w+)', start=(\d+), end=(\d+)\)", r"\1:\2-\3", str(reading.meaning))
            for reading in PartsReader(names).readings(question)]  # fmt: skip


def test_questions_in_any_order_are_answered_and_none_wrongly(asker: Asker) -> None:
    asked = [(question, judge(asker.ask(question.text), question.gold)) for question in orders()]
    assert [question.text for question, outcome in asked if outcome is Outcome.WRONG] == []
    answerable = [outcome for question, outcome in asked if question.gold.is_answerable]
    assert len(answerable) >= 170
    assert answerable.count(Outcome.RIGHT) / len(answerable) >= 0.97
    assert [question.text for question, outcome in asked if outcome is Outcome.REFUSED] == []


@pytest.mark.parametrize("question", near_misses())
def test_a_question_for_something_else_is_not_answered(asker: Asker, question: str) -> None:
    assert asker.ask(question).status is not Status.ANSWERED


def test_the_near_misses_are_as_many_as_promised() -> None:
    assert len(set(near_misses())) == len(near_misses()) >= 200


def test_a_question_keeps_the_places_of_its_names(names: NameIndex) -> None:
    assert readings(names, "jackie decelles, race to mars, who plays her") == [
        "(list (of performer (performances character=character:0-2 work=title:3-6)))"
    ]


def test_the_subject_of_a_verb_decides_what_is_asked(names: NameIndex) -> None:
    assert readings(names, "michael riley plays which guy") == [
        "(list (of character (performances performer=person:0-2)))"
    ]
    assert readings(names, "who plays michael riley") == []
    assert readings(names, "rick erwin plays who") == []
    assert readings(names, "what does race to mars direct") == []


def test_a_kind_or_year_beside_a_title_narrows_it(names: NameIndex) -> None:
    (told,) = readings(names, "the film stranded from 2001, who was the director")
    assert told == "(list (of director (and title:2-3 (all film) (where release-year is Number(value=2001)))))"


def test_an_exact_name_comes_before_one_cut_short_and_slips_are_told(asker: Asker, names: NameIndex) -> None:
    assert readings(names, "decelles, played by whom") != []
    reply = asker.ask("jackie deceles, played by whom")
    assert [answer.label for answer in reply.answers] == ["Pascale Bussières"]
    assert reply.message is not None
    assert "“jackie deceles” was read as Jackie Decelles" in reply.message


def test_what_the_grammar_reads_is_left_to_it(asker: Asker, names: NameIndex) -> None:
    question = "Who played Rick Erwin?"
    assert Interpreter(names).interpret(question).readings
    assert asker.ask(question).reading == "performers of the character Rick Erwin in Race to Mars"


@pytest.mark.parametrize(
    "question", ["", "?", ",", "who", "rick erwin", "who " * 100, "“rick erwin” " * 5, "2010 2010"]
)
def test_what_says_too_little_or_too_much_is_not_read(names: NameIndex, question: str) -> None:
    assert readings(names, question) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_with_force_is_in_no_lexicon_but_with_an_exact_meaning(language: str) -> None:
    known = lexicon(language, elides=language in ELIDING)
    alone = {phrase[0] for phrase in known.cues if len(phrase) == 1}
    forceful = {word.folded for force in FORCE[language] for word in split(force)}
    assert forceful & alone <= KNOWN_EXACTLY[language]
    fillers = {phrase[0] for phrase, cue in known.cues.items() if cue == FILLER and len(phrase) == 1}
    assert not fillers & grammar(language).barred


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_cue_of_a_lexicon_has_a_frame(language: str) -> None:
    used = frozenset[str]().union(*(frame.allowed for frame in frames()), KINDS_OF_TITLES, QUESTION_WORDS, SOFT)
    cues = set(lexicon(language, elides=language in ELIDING).cues.values()) - {FILLER}
    assert cues - used <= {"mission", "project", "people", "casting", "doing", "passive", "other-people"}, (
        "nouns of names; verbs nobody answers"
    )


def test_frames_speak_of_what_the_vocabulary_has() -> None:
    known = {*RELATIONS, *ATTRIBUTES, *CLASSES, *MISSION_CLASSES, *GENRES, "is", "at-least"}
    assert {word for frame in frames() for word in _words(frame.sense)} <= known
    assert set(MAKERS) <= set(RELATIONS)


def _words(sense: object) -> set[str]:
    """The words of a meaning as written: no operators, no places, no names of arguments."""
    if isinstance(sense, tuple):
        return {word for one in sense[2 if sense[0] == "=" else 1 :] for word in _words(one)}
    return set() if str(sense).startswith("$") else {str(sense)}


def test_overlapping_names_are_not_chosen_between(names: NameIndex) -> None:
    finder = Finder(names, lexicon("english"), frozenset(), lambda *_: None)
    question = "who directed race to mars rising"
    assert finder.exact(question, split(question)) is None


def test_each_place_is_filled_once(names: NameIndex) -> None:
    finder = Finder(names, lexicon("english"), frozenset(), lambda *_: None)
    question = "who played rick erwin, hiromi okuda"
    parts = finder.exact(question, split(question))
    assert parts is not None
    (arranged,) = arrangements(parts, ("character", "character"))
    assert not arranged.fills(("character", "title?"))
    assert PartsReader(names).readings(question) == ()


@pytest.mark.parametrize("text", ["play who", " play", "who = a | b\nplay = b"])
def test_a_broken_lexicon_is_refused_with_the_line(text: str) -> None:
    with pytest.raises(LexiconError, match=r"small:\d+"):
        Lexicon.read(text, "small")


def test_the_longest_phrase_is_taken() -> None:
    known = Lexicon.read("; none\nplay = played\nplayed-by = played by\n | portrayed by\n", "small")
    words = split("played by whom")
    assert known.at(words, 0, 3) == (2, "played-by")
    assert known.at(words, 0, 1) == (1, "play")
    assert known.at(words, 2, 3) is None
