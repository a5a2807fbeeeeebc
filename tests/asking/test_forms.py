"""Each form of question the README promises, asked of the bundled snapshot in several wordings."""

from __future__ import annotations

import pytest

from castgraph.answers import Basis, Status
from castgraph.ask import Asker
from tests.asking.golden import labels


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("who's rick erwin played by?", ["Michael Riley"]),
        ("whos rick erwin played by", ["Michael Riley"]),
        ("Who plays Rick Erwin in the series from 2007?", ["Michael Riley"]),
        ("hello, could you please tell me who played rick erwin, thanks", ["Michael Riley"]),
        ("What was the name of the actor who played Rick Erwin?", ["Michael Riley"]),
        ("rick erwin actor", ["Michael Riley"]),
        ("Rick Erwin's actor", ["Michael Riley"]),
        ("Whats the name of the actor playing Lucia Alarcon", ["Elisa Bourreau"]),
        ("Who played the commander of Project Olympus?", ["Michael Riley"]),
        ("Whom did Riley play?", ["Rick Erwin"]),
        ("Who is Michael Riley in Race to Mars?", ["Rick Erwin"]),
        ("How many episodes of Race to Mars was Hiromi Okuda in?", ["2"]),
        ("Which actors are in both Race to Mars and Mars Rising?", ["William Shatner"]),
        ("Who directed Before Mars and 2010?", ["Lloyd Lee Choi", "Peter Hyams"]),
        ("director race to mars", ["George Mihalka"]),
        ("Who directed the titles that Gary Sinise stars in?", ["Brian De Palma"]),
        ("Who wrote the book Race to Mars?", ["Dana Berry"]),
        ("Who wrote the companion book?", ["Dana Berry"]),
        ("Who wrote Race to Mars?", ["Garfield Reeves-Stevens", "Judith Reeves-Stevens"]),
        ("Who narrated Race to Mars?", ["Vlasta Vrana", "William Shatner"]),
        ("When did Race to Mars first air?", ["2007-09-23"]),
        ("When and where did Race to Mars first air, on what channel?", ["2007-09-23", "Canada", "Discovery Channel Canada"]),
        ("Which awards did Race to Mars win?", ["2008 Gemini: Best Cross Platform Project"]),
        ("Did Race to Mars win an award?", ["yes"]),
        ("Is Mars Rising a documentary?", ["yes"]),
        ("Didn't Michael Riley play Rick Erwin?", ["yes"]),
        ("Did Tim Robbins play Rick Erwin?", ["no"]),
        ("Who commanded Project Olympus?", ["Rick Erwin"]),
        ("Who was the commander of the mission in Race to Mars?", ["Rick Erwin"]),
        ("Which craft took part in Project Olympus?", ["Atlantis", "Gagarin", "Shirase", "Terra Nova"]),
        ("How is the Terra Nova propelled?", ["NTR"]),
        ("Why did the crew fall ill?", ["Carbon monoxide poisons the crew"]),
        ("What caused the crew's illness?", ["Carbon monoxide poisons the crew"]),
        ("What was the suspected cause of the crew's illness?", ["infection by Martian microbes"]),
        ("How did Hiromi Okuda die?", ["The well explodes"]),
        ("What did the explosion cause?", ["Hiromi is killed"]),
        ("What happened right after the crew fell ill?", ["Rick Erwin refuses to open the sealed samples"]),
        ("What happened to Hiromi?", ["Hiromi is killed", "Hiromi's arm is broken"]),
        ("What happened in 2030?", ["The crew departs for Mars"]),
        ("When did the mission depart?", ["2030"]),
        ("Which countries were the crew from?", ["Canada", "France", "Japan", "Russia", "United States"]),
        ("Which countries operate the Chinese mission?", ["China"]),
        ("Something like Race to Mars since 2010", ["Before Mars", "Mars", "Mars I"]),
        ("Qui a joué Rick Erwin dans Race to Mars ?", ["Michael Riley"]),
        ("Qui est-ce qui joue Rick Erwin ?", ["Michael Riley"]),
        ("Wer hat in Race to Mars Rick Erwin gespielt?", ["Michael Riley"]),
        ("Wen spielte Michael Riley?", ["Rick Erwin"]),
        ("Wer führte Regie bei Erster auf dem Mars?", ["George Mihalka"]),
    ],
)  # fmt: skip
def test_a_question_has_these_answers(asker: Asker, question: str, answers: list[str]) -> None:
    reply = asker.ask(question)
    assert reply.status is Status.ANSWERED, reply.message
    assert labels(reply) == answers
    assert all(answer.sources for answer in reply.answers), "each answer tells its sources"
    assert reply.reading
    assert reply.sparql


@pytest.mark.parametrize(
    "question",
    [
        "Who played Hiromi Okuda?",
        "who played Haber",
        "who played 'Bull' Haber",
        "Who played Rick Erwin's Father?",
        "Who was uncredited in Race to Mars?",
        "Which characters were played by people from Canada?",
        "What is Race to Mars rated?",
        "Who played the same character as Elisa Bourreau?",
    ],
)
def test_what_no_source_tells_is_unknown(asker: Asker, question: str) -> None:
    reply = asker.ask(question)
    assert reply.status is Status.UNKNOWN
    assert reply.answers == ()
    assert reply.message


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Who is the best actor?", "“best”"),
        ("Who killed Laura Palmer?", "“killed”"),
        ("who did not play Rick Erwin", "“not”"),
        ("How many Oscars did Race to Mars win?", "“many”"),
        ("Who played Rick Erwin before 2000?", "“2000”"),
        ("Who played Rick Erwin in Race to Mars last week?", "“week”"),
        ("Which actors in Race to Mars are Canadian?", "“Canadian”"),
        ("Which films were directed by women?", "“women”"),
    ],
)
def test_a_condition_that_is_not_understood_is_not_dropped(asker: Asker, question: str, words: str) -> None:
    reply = asker.ask(question)
    assert reply.status is Status.NOT_UNDERSTOOD
    assert reply.answers == ()
    assert reply.message is not None
    assert words in reply.message, "the words that could not be placed are told"


def test_known_names_are_not_called_unplaced(asker: Asker) -> None:
    message = asker.ask("Who frobbed Project Olympus?").message
    assert message is not None
    assert message.endswith("Nothing could be made of “frobbed”.")


@pytest.mark.parametrize("question", ["Who frobbed Michael Riley?", "Who frobbed Race to Mars?"])
def test_what_can_be_asked_instead_is_answered(asker: Asker, question: str) -> None:
    suggestions = asker.ask(question).suggestions
    assert suggestions
    assert all(asker.ask(one).status is Status.ANSWERED for one in suggestions)


def test_one_thing_of_several_is_chosen_by_the_asker(asker: Asker) -> None:
    reply = asker.ask("Who commanded the mission?")
    assert reply.status is Status.AMBIGUOUS
    chosen = {one.reading: asker.ask(one.question or "") for one in reply.alternatives}
    assert labels(chosen["Project Olympus"]) == ["Rick Erwin"]
    assert labels(chosen["the mission in Stranded (2001)"]) == ["Andre Vishniac"]


def test_each_choice_selects_its_reading(asker: Asker) -> None:
    for question in ("who played Erwin?", "What happened after the landing on Mars?"):
        reply = asker.ask(question)
        assert reply.status is Status.AMBIGUOUS
        assert len(reply.alternatives) > 1
        for choice in reply.alternatives:
            assert choice.question is not None
            assert asker.ask(choice.question).status in (Status.ANSWERED, Status.UNKNOWN)


def test_sources_that_disagree_are_told(asker: Asker) -> None:
    reply = asker.ask("How long did the mission last?")
    assert {answer.label: answer.note for answer in reply.answers} == {
        "P582D": "582 days; through “Project Olympus”",
        "P2Y": "2 years; through “Project Olympus”",
    }
    assert reply.message == "The sources disagree: P582D (Wikipedia) and P2Y (IMDb and TV Guide)."


def test_episodes_are_counted_through_the_character_where_only_that_is_counted(asker: Asker) -> None:
    (answer,) = asker.ask("In how many episodes does Michael Riley appear?").answers
    assert answer.label == "2"
    assert answer.basis is Basis.INFERRED
    assert answer.note == "the episodes of the character Rick Erwin, in a credit that names no performer"


def test_the_rule_of_an_inferred_answer_is_told(asker: Asker) -> None:
    told = asker.ask("Who appeared in Race to Mars?").as_json()["answers"]
    assert isinstance(told, list)
    rules = {row["label"]: row.get("rule") for row in told if isinstance(row, dict)}
    assert rules["William Shatner"] == "prp-spo1", "a narration is a performance"
    assert rules["Elisa Bourreau"] is None, "a source says it"


def test_the_way_to_an_answer_is_told(asker: Asker) -> None:
    notes = {answer.label: answer.note for answer in asker.ask("Who directed Before Mars and 2010?").answers}
    assert notes == {"Lloyd Lee Choi": "through “Before Mars”", "Peter Hyams": "through “2010”"}


def test_how_somebody_died_is_told(asker: Asker) -> None:
    (answer,) = asker.ask("Who died, and how?").answers
    assert answer.label == "Hiromi Okuda"
    assert answer.note == "Hiromi is killed, because: The well explodes (the falling beam crushes the spacesuit)"


def test_why_titles_are_alike_is_told(asker: Asker) -> None:
    notes = {answer.label: answer.note or "" for answer in asker.ask("What is like Race to Mars, and why?").answers}
    assert "both with William Shatner" in notes["Mars Rising"]


def test_performers_who_are_not_named_are_not_left_out(asker: Asker) -> None:
    reply = asker.ask("Who played Rick Erwin and Lynn Erwin?")
    assert [(answer.label, answer.note) for answer in reply.answers] == [("Michael Riley", "as Rick Erwin")]
    assert reply.message is not None
    assert "Lynn Erwin; none of the sources names the performer" in reply.message


def test_credited_names_are_told(asker: Asker) -> None:
    (answer,) = asker.ask("Who played Antoine Hébert as credited?").answers
    assert (answer.label, answer.credited) == ("Lothaire Bluteau", "Lothaire Bluteau")


def test_part_of_a_name_is_read_and_told(asker: Asker) -> None:
    assert asker.ask("Whom did Riley play?").message == "“Riley” was read as Michael Riley."


def test_a_slip_in_a_word_of_the_question_is_told(asker: Asker) -> None:
    reply = asker.ask("Who playde Rick Erwin?")
    assert labels(reply) == ["Michael Riley"]
    assert reply.message == "“playde” was read as “played”."


def test_the_sex_of_performers_is_told_by_no_source(asker: Asker) -> None:
    reply = asker.ask("Who are the actresses in Stranded?")
    assert reply.status is Status.UNKNOWN
    assert not reply.answers
    assert "woman or a man" in (reply.message or "")
    (other,) = reply.alternatives
    assert other.question == "Who are the actors in Stranded?"
    assert asker.ask(other.question).status is Status.ANSWERED


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Which actress played Jackie Decelles?", "Pascale Bussières"),
        ("Quelle actrice joue Jackie Decelles ?", "Pascale Bussières"),
        ("Welche Schauspielerin spielt Jackie Decelles?", "Pascale Bussières"),
        ("Which woman does Pascale Bussières play?", "Jackie Decelles"),
    ],
)
def test_who_plays_whom_is_told_with_that_no_source_tells_the_sex(asker: Asker, question: str, answer: str) -> None:
    reply = asker.ask(question)
    assert labels(reply) == [answer]
    assert "woman or a man" in (reply.message or "")


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("Who is the engineer in Stranded?", ["Luca Baglioni"]),
        ("What's the name of the pilot in Stranded?", ["Susana Sánchez"]),
        ("The engineer in Stranded, what's his name?", ["Luca Baglioni"]),
        ("Which astronaut did Lothaire Bluteau play?", ["Antoine Hébert"]),
        ("Who played the astronaut in Race to Mars?", ["Lothaire Bluteau"]),
        ("Is Luca Baglioni an engineer?", ["yes"]),
        ("What did Discovery Channel Canada air?", ["Race to Mars"]),
        ("Who directed the Canadian miniseries Race to Mars?", ["George Mihalka"]),
        ("What movie is Luca Baglioni from?", ["Stranded"]),
    ],
)
def test_what_things_are_tells_which_is_meant(asker: Asker, question: str, answers: list[str]) -> None:
    assert labels(asker.ask(question)) == answers


def test_of_several_with_an_occupation_the_asker_chooses(asker: Asker) -> None:
    reply = asker.ask("Who is the astrobiologist?")
    assert reply.status is Status.AMBIGUOUS
    assert {label for one in reply.alternatives for label in labels(asker.ask(one.question or ""))} == {
        "Fidel Rodrigo",
        "Hiromi Okuda",
    }


@pytest.mark.parametrize("question", ["Who played Rick's dad?", "Who plays the father of Rick Erwin in Race to Mars?"])
def test_a_character_is_known_by_its_kin(asker: Asker, question: str) -> None:
    reply = asker.ask(question)
    assert reply.status is Status.UNKNOWN
    assert "was read as Rick Erwin's Father" in (reply.message or "")


def test_kin_that_nobody_is_called_is_not_found(asker: Asker) -> None:
    reply = asker.ask("Who played Rick Erwin's mother?")
    assert reply.status is Status.NOT_FOUND
    assert "“Rick Erwin's mother”" in (reply.message or "")


def test_who_somebody_is_tells_all_that_is_told_of_them(asker: Asker) -> None:
    character = {answer.label: answer for answer in asker.ask("Who is Rick Erwin?").answers}
    assert set(character) == {"Michael Riley", "Race to Mars", "Project Olympus"}
    assert (character["Michael Riley"].note or "").startswith("performers of the character Rick Erwin")
    assert all(answer.sources for answer in character.values())
    assert labels(asker.ask("Who is Peter Hyams?")) == ["2010"]


def test_a_number_that_no_source_tells_is_not_counted_out(asker: Asker) -> None:
    reply = asker.ask("How many characters are there in Race to Mars?")
    assert reply.status is Status.UNKNOWN
    assert "they list 13: Rick Erwin, " in (reply.message or "")
    assert "There may be others" in (reply.message or "")
    assert labels(asker.ask("How many episodes does Race to Mars have?")) == ["2"], "this one a source tells"


def test_a_credit_without_a_performer_names_none(asker: Asker) -> None:
    (answer,) = asker.ask("Who plays Michael Riley's role?").answers
    assert {source.source for source in answer.sources} == {"TV Guide"}


def test_that_something_airs_again_is_not_when_it_first_did(asker: Asker) -> None:
    assert asker.ask("When does Race to Mars air again?").status is Status.NOT_UNDERSTOOD


@pytest.mark.parametrize(
    ("question", "plain"),
    [
        ("In the film 2010, who was the director?", "Who was the director in the film 2010?"),
        ("Race to Mars: who directed it?", "Who directed Race to Mars?"),
        ("I was just wondering who it was that directed Race to Mars", "Who directed Race to Mars?"),
    ],
)
def test_the_order_of_words_makes_no_difference(asker: Asker, question: str, plain: str) -> None:
    assert (
        [answer.label for answer in asker.ask(question).answers]
        == [answer.label for answer in asker.ask(plain).answers]
        != []
    )


def test_every_means_each_and_is_not_read_as_some(asker: Asker) -> None:
    assert asker.ask("Which actor appears in every title like Race to Mars?").status is not Status.ANSWERED
