"""Questions as people type them: no answer is wrong, nearly all that the sources answer is answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from castgraph.answers import Reply, Status
from castgraph.ask import Asker
from castgraph.asking.query import prefixed
from castgraph.store import LocalStore, rows
from tests.asking.golden import Gold, Label, Outcome, given_instead, golds, judge, questions, told

SETS = ("authoring", "measuring", "blind")
GOLDS = golds()
LEAST_ANSWERED = 0.97
LEAST_REFUSED_FOR_THE_RIGHT_REASON = 0.9


@pytest.fixture(scope="module")
def replies(asker: Asker) -> Mapping[str, Reply]:
    """The reply to each question of both sets, asked once."""
    return {question.text: asker.ask(question.text) for name in SETS for question in questions(name)}


def test_the_sets_are_as_large_and_as_varied_as_promised() -> None:
    everything = [question for name in SETS for question in questions(name)]
    assert len({question.text for question in everything}) == len(everything) >= 2000
    assert sum(not question.gold.is_answerable for question in questions("measuring")) >= 100
    assert sum(not question.gold.is_answerable for question in everything) >= len(everything) / 5
    assert {question.gold.name for question in everything} | given_instead() == set(GOLDS), "each fact is asked for"


@pytest.mark.parametrize("gold", [gold for gold in GOLDS.values() if gold.sparql], ids=lambda gold: gold.name)
def test_what_is_right_is_what_the_graph_says(store: LocalStore, gold: Gold) -> None:
    assert gold.looked_up(store) == (gold.answers or gold.choice)


def test_names_nobody_has_are_nobodys(store: LocalStore) -> None:
    labels = [row["label"].value.casefold() for row in rows(store.query(prefixed("SELECT DISTINCT ?label { ?x rdfs:label ?label }")))]  # fmt: skip
    for gold in GOLDS.values():
        for word in gold.absent:
            assert not any(word in label for label in labels), word


@dataclass(frozen=True)
class Asked:
    """How the questions of a set ended: counts by whether the sources answer, and each failure in words."""

    outcomes: Counter[tuple[bool, Outcome]]
    failures: dict[Outcome, list[str]]

    def share(self, *, is_answerable: bool) -> float:
        """The part of the questions that ended rightly."""
        of_all = sum(count for (answerable, _), count in self.outcomes.items() if answerable is is_answerable)
        return self.outcomes[is_answerable, Outcome.RIGHT] / of_all


@pytest.fixture(scope="module")
def asked(replies: Mapping[str, Reply]) -> dict[str, Asked]:
    return {name: _judged(replies, name) for name in SETS}


def _judged(replies: Mapping[str, Reply], name: str) -> Asked:
    outcomes: Counter[tuple[bool, Outcome]] = Counter()
    failures: dict[Outcome, list[str]] = {outcome: [] for outcome in Outcome}
    for question in questions(name):
        reply = replies[question.text]
        outcome = judge(reply, question.gold)
        outcomes[question.gold.is_answerable, outcome] += 1
        found = ", ".join(sorted(map(str, told(reply, question.gold.answers))))
        failures[outcome].append(f"{question.text!r} [{question.gold.name}]: {reply.status.value} {found}")
    return Asked(outcomes, failures)


@pytest.mark.parametrize("name", SETS)
def test_no_answer_is_wrong(asked: dict[str, Asked], name: str) -> None:
    assert asked[name].failures[Outcome.WRONG] == []


MISSING = pytest.mark.xfail(
    reason="75 % when measured (174 of 232): wordings of independent voices are missing (issue 7)"
)


@pytest.mark.parametrize("name", ["authoring", "measuring", pytest.param("blind", marks=MISSING)])
def test_nearly_all_that_the_sources_answer_is_answered(asked: dict[str, Asked], name: str) -> None:
    assert asked[name].share(is_answerable=True) >= LEAST_ANSWERED, "\n".join(asked[name].failures[Outcome.MISSED])


@pytest.mark.parametrize("name", SETS)
def test_what_is_refused_is_refused_for_the_right_reason(asked: dict[str, Asked], name: str) -> None:
    others = "\n".join(asked[name].failures[Outcome.REFUSED])
    assert asked[name].share(is_answerable=False) >= LEAST_REFUSED_FOR_THE_RIGHT_REASON, others


@pytest.mark.parametrize("gold", [gold for gold in GOLDS.values() if gold.lines], ids=lambda gold: gold.name)
def test_answers_cite_the_lines_they_are_said_on(replies: Mapping[str, Reply], gold: Gold) -> None:
    asked_for = [question for name in SETS for question in questions(name) if question.gold.name == gold.name]
    answered = [reply for question in asked_for if (reply := replies[question.text]).status is Status.ANSWERED]
    assert answered
    for reply in answered:
        cited = {(source.source, source.line) for answer in reply.answers for source in answer.sources}
        assert set(gold.lines) <= cited


def test_a_wrong_answer_is_seen() -> None:
    """The judge itself can fail: what is not what the sources say is wrong, and an answer to what has none is too."""
    from castgraph.answers import Answer, Basis, Reply

    def reply(*labels: Label) -> Reply:
        return Reply(
            "", Status.ANSWERED, answers=tuple(Answer(str(label), None, Basis.ASSERTED, ()) for label in labels)
        )

    riley, okuda = GOLDS["performer of Rick Erwin"], GOLDS["performer of Okuda"]
    assert judge(reply("Michael Riley"), riley) is Outcome.RIGHT
    assert judge(reply("Michael Riley", "Tim Robbins"), riley) is Outcome.WRONG
    assert judge(reply("Michael Riley"), okuda) is Outcome.WRONG
    assert judge(Reply("", Status.UNKNOWN), riley) is Outcome.MISSED
    assert judge(Reply("", Status.UNKNOWN), okuda) is Outcome.RIGHT
    assert judge(Reply("", Status.NOT_FOUND), okuda) is Outcome.REFUSED
