"""Short questions whose words are in no order of the grammar: read by their parts where the kinds of names tell what is missing."""

from __future__ import annotations

import pytest

from castgraph.answers import Status
from castgraph.ask import Asker
from tests.asking.golden import labels


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("jackie decelles race to mars who plays her", ["Pascale Bussières"]),
        ("jackie deceles race to mars who plays her", ["Pascale Bussières"]),
        ("Space Agency Narrator - who did that one?", ["Vlasta Vrana"]),
        ("the one who plays Rick Erwin, what is his name?", ["Michael Riley"]),
        ("Frank Schorpion in Race to Mars, who was he playing?", ["Mikhail Cerenkov"]),
        ("Who was Michael Riley in that series?", ["Rick Erwin"]),
        ("rick erwin thats michael riley isnt it", ["yes"]),
        ("How many eps was Rick Erwin in?", ["2"]),
        ("Race to Mars is a production of which company?", ["Galafilm Inc."]),
        ("Is there a film where Roy Scheider and John Lithgow both act, and which?", ["2010"]),
        ("Did Peter Hyams make something that is like Race to Mars?", ["2010"]),
        ("who are the main actors of the series mars from 2016", ["Alberto Ammann", "Clémentine Poidatz", "Jihae"]),
    ],
)
def test_the_kinds_of_names_tell_what_is_asked(asker: Asker, question: str, answers: list[str]) -> None:
    reply = asker.ask(question)
    assert reply.status is Status.ANSWERED, reply.message
    assert labels(reply) == answers
    assert all(answer.sources for answer in reply.answers)


@pytest.mark.parametrize(
    "question",
    [
        "Rick Erwin, who is he playing?",
        "Who did Rick Erwin play?",
        "Who is Michael Riley played by?",
        "Michael Riley, who plays him?",
        "rick erwin who almost played him",
        "Rick Erwin, who else played him?",
        "Does Rick Erwin play Michael Riley?",
        "Who cast Rick Erwin?",
        "Who hired Rick Erwin?",
        "From whom did Michael Riley get the role?",
        "What has Race to Mars directed?",
        "Which films was Peter Hyams fired from as director?",
        "How many parts does Michael Riley play?",
        "Who does not like Race to Mars?",
    ],
)
def test_an_order_or_a_word_that_turns_the_meaning_is_seen(asker: Asker, question: str) -> None:
    assert asker.ask(question).status is not Status.ANSWERED
