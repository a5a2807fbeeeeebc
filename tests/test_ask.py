"""Questions are answered exactly, from the line of the source, or the reply says why not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castgraph.answers import Basis, Reply, Status
from castgraph.ask import Asker
from castgraph.store import LocalStore


def labels(reply: Reply) -> list[str]:
    return [answer.label for answer in reply.answers]


@pytest.mark.parametrize(
    "question",
    [
        "Who played Rick Erwin?",
        "who plays rick erwin",
        "WHO PORTRAYED RICK ERWIN IN RACE TO MARS?",
        "Who was Rick Erwin played by?",
        "By whom was Rick Erwin played in Race to Mars?",
        "Who played the character Rick Erwin?",
        "Which actor plays Rick Erwin in “Race to Mars”?",
    ],
)
def test_who_played_a_character(asker: Asker, question: str) -> None:
    reply = asker.ask(question)
    assert reply.status is Status.ANSWERED
    assert labels(reply) == ["Michael Riley"]
    (answer,) = reply.answers
    assert answer.basis is Basis.ASSERTED
    assert [(source.source, source.line) for source in answer.sources] == [("TV Guide", 21)]


def test_the_query_used_gives_the_answer(asker: Asker, store: LocalStore) -> None:
    reply = asker.ask("Who played Rick Erwin?")
    assert reply.sparql is not None
    assert "Michael Riley" in {row["performerName"].value for row in store.query(reply.sparql) if row["performerName"]}  # type: ignore[union-attr]


def test_unknown_is_an_answer_and_says_who_lists_the_character(asker: Asker) -> None:
    reply = asker.ask("Who played Hiromi Okuda?")
    assert reply.status is Status.UNKNOWN
    assert reply.answers == ()
    assert reply.message == "IMDb (line 85, 2 episodes) lists Hiromi Okuda; none of the sources names the performer."


def test_a_second_credit_without_a_name_is_told(asker: Asker) -> None:
    reply = asker.ask("Who played Lucia Alarcon?")
    assert labels(reply) == ["Elisa Bourreau"]
    assert reply.message == "IMDb lists Lucia Alarcon once more (line 84) without naming the performer."


def test_a_spelling_of_one_source_finds_the_character_of_all(asker: Asker) -> None:
    assert labels(asker.ask("Who played Antoine Hebert?")) == ["Lothaire Bluteau"]
    assert labels(asker.ask("who played JACKIE DECELLES")) == ["Pascale Bussières"]


def test_a_possessive_name_is_a_character(asker: Asker) -> None:
    assert asker.ask("Who played Rick Erwin's Father?").status is Status.UNKNOWN


@pytest.mark.parametrize(
    "question", ["Whom did Frank Schorpion play?", "What roles does Frank Schorpion play in Race to Mars?"]
)
def test_whom_did_a_person_play(asker: Asker, question: str) -> None:
    assert labels(asker.ask(question)) == ["Mikhail Cerenkov"]


def test_a_star_without_a_character_is_unknown(asker: Asker) -> None:
    reply = asker.ask("Whom did Tim Robbins play?")
    assert reply.status is Status.UNKNOWN
    assert reply.message is not None
    assert "none of the sources names a character" in reply.message


def test_a_director_played_nobody_as_far_as_sources_say(asker: Asker) -> None:
    assert asker.ask("Whom did Brian De Palma play?").status is Status.UNKNOWN


def test_a_narrator_is_told_as_one(asker: Asker) -> None:
    cast = asker.ask("Who played whom in Race to Mars?").answers
    assert {one.label for one in cast if one.note == "as narrator"} == {
        "William Shatner narrates",
        "Vlasta Vrana played Space Agency Narrator",
    }
    message = asker.ask("Whom did William Shatner play in Race to Mars?").message
    assert message is not None
    assert "as narrator" in message


def test_another_verb_is_another_question(asker: Asker) -> None:
    assert asker.ask("Who voiced Rick Erwin?").status is Status.UNKNOWN
    assert asker.ask("Who painted Rick Erwin?").status is Status.NOT_UNDERSTOOD


def test_a_year_tells_which_title_is_meant(asker: Asker) -> None:
    assert len(asker.ask("Who played whom in Race to Mars (2007)?").answers) == 15
    assert asker.ask("Who played whom in Race to Mars (1999)?").status is Status.NOT_FOUND


def test_who_played_whom(asker: Asker) -> None:
    reply = asker.ask("Who played whom in Race to Mars?")
    assert reply.status is Status.ANSWERED
    pairs = {
        (answer.performer.label if answer.performer else None, answer.character.label if answer.character else None)
        for answer in reply.answers
    }
    assert ("Michael Riley", "Rick Erwin") in pairs
    assert ("Elisa Bourreau", "Lucia Alarcon") in pairs
    assert (None, "Lucia Alarcon") in pairs
    assert (None, "Hiromi Okuda") in pairs
    assert ("William Shatner", None) in pairs
    assert (None, "Rick Erwin") not in pairs
    assert ("Michael Riley", None) not in pairs
    assert len(reply.answers) == 15
    riley = next(answer for answer in reply.answers if answer.performer and answer.performer.label == "Michael Riley")
    assert [(source.source, source.line) for source in riley.sources] == [("TV Guide", 21)], "only who states the pair"
    assert riley.note == "IMDb names only the character (line 79); Wikipedia names only the performer (line 6)"


def test_a_pair_has_both_keys_in_json(asker: Asker) -> None:
    told = asker.ask("Who played whom in Race to Mars?").as_json()["answers"]
    assert isinstance(told, list)
    assert all(isinstance(answer, dict) and {"performer", "character"} <= set(answer) for answer in told)


@pytest.mark.parametrize(
    "question", ["Who played Rick Irvine?", "Who played Robinson Crusoe?", "Whom did Meryl Streep play?"]
)
def test_a_name_nobody_has_is_not_replaced(asker: Asker, question: str) -> None:
    reply = asker.ask(question)
    assert reply.status is Status.NOT_FOUND
    assert reply.answers == ()


def test_the_nearest_names_are_suggested(asker: Asker) -> None:
    assert "Who played Rick Erwin?" in asker.ask("Who played Rick Irvine?").suggestions


def test_a_typing_error_is_seen_through_and_told(asker: Asker) -> None:
    reply = asker.ask("Who played Rick Erwim?")
    assert labels(reply) == ["Michael Riley"]
    assert reply.message == "“Rick Erwim” was read as Rick Erwin."


def test_a_title_where_a_name_is_asked_for_leads_on(asker: Asker) -> None:
    assert "Who played whom in Race to Mars?" in asker.ask("Who played Race to Mars?").suggestions


def test_another_title_is_not_answered_for(asker: Asker) -> None:
    assert asker.ask("Who played Rick Erwin in Stranded?").status is Status.UNKNOWN
    assert asker.ask("Who played Rick Erwin in Nowhere Land?").status is Status.NOT_FOUND


@pytest.mark.parametrize("question", ["", "?", "what is love", "Who killed Laura Palmer?", "who played", "x" * 5000])
def test_what_is_outside_the_forms_is_not_guessed(asker: Asker, question: str) -> None:
    reply = asker.ask(question)
    assert reply.status in (Status.NOT_UNDERSTOOD, Status.NOT_FOUND)
    assert reply.answers == ()


def test_the_suggested_questions_can_be_answered(asker: Asker) -> None:
    suggestions = asker.ask("what is love").suggestions
    assert len(suggestions) == 3
    assert all(asker.ask(question).status is Status.ANSWERED for question in suggestions)


@given(st.text(max_size=60))
def test_any_text_gets_a_reply(asker: Asker, question: str) -> None:
    assert asker.ask(f"who played {question}").status in Status


def test_any_name_gets_a_reply(asker: Asker) -> None:
    for name in ('"', "\\", "}", "<x>", "?s", "' OR 1=1", "\x00", "𝓡𝓲𝓬𝓴", "Rick\nErwin in in in"):
        assert asker.ask(f"Who played {name}?").status in Status


def test_namesakes_in_two_titles_are_offered_for_choice(tmp_path: object) -> None:
    import pyoxigraph as ox

    from castgraph.iris import FILM, RDFS, SKOS, Iris
    from castgraph.name_index import NameIndex
    from castgraph.search_index import SearchIndex, entries

    class MemoryStore(LocalStore):
        """A store in memory with the same door."""

        def __init__(self) -> None:
            self.store = self._store = ox.Store()

        def query(self, query: str, *_: object, **__: object) -> ox.QuerySolutions:
            return self.store.query(query, use_default_graph_as_union=True)  # type: ignore[return-value]

    memory = MemoryStore()

    def add(s: str, p: str, o: ox.NamedNode | ox.Literal) -> None:
        memory.store.add(ox.Quad(ox.NamedNode(s), ox.NamedNode(p), o, ox.NamedNode("http://x/g")))

    add("http://x/g", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", ox.NamedNode(FILM + "SourceGraph"))
    for title in ("Dust", "Rain"):
        work, ada, performance = (f"http://x/{title}{part}" for part in ("", "/ada", "/1"))
        for thing, class_, name in ((work, "ScreenWork", title), (ada, "Character", "Ada")):
            add(thing, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", ox.NamedNode(FILM + class_))
            add(thing, RDFS + "label", ox.Literal(name))
            add(thing, SKOS + "prefLabel", ox.Literal(name))
        add(work, FILM + "hasPerformance", ox.NamedNode(performance))
        add(performance, FILM + "character", ox.NamedNode(ada))
    assert len(NameIndex(memory, SearchIndex.in_memory(entries(memory))).find("ada", "character")) == 2
    reply = Asker(memory, Iris()).ask("Who played Ada?")
    assert reply.status is Status.AMBIGUOUS
    assert {one.question for one in reply.alternatives} == {"Who played Ada in Dust?", "Who played Ada in Rain?"}
    assert Asker(memory, Iris()).ask("Who played Ada in Dust?").status is Status.UNKNOWN
