"""Where the parts of a question can be read in several ways, the asker chooses; what is turned or dangling is not read."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from castgraph.answers import Status
from castgraph.ask import Asker
from castgraph.iris import FILM, RDFS, SKOS, Iris
from castgraph.store import LocalStore

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


class MemoryStore(LocalStore):
    """A store in memory with the same door."""

    def __init__(self) -> None:
        self.store = self._store = ox.Store()

    def query(self, query: str, *_: object, **__: object) -> ox.QuerySolutions:
        return self.store.query(query, use_default_graph_as_union=True)  # type: ignore[return-value]

    def say(self, subject: str, property_: str, object_: ox.NamedNode | ox.Literal) -> None:
        """Add a statement to the one graph there is."""
        graph = ox.NamedNode("http://x/g")
        self.store.add(ox.Quad(ox.NamedNode(subject), ox.NamedNode(property_), object_, graph))

    def name(self, thing: str, class_: str, name: str) -> None:
        """Add a thing with its name."""
        self.say(thing, TYPE, ox.NamedNode(FILM + class_))
        self.say(thing, RDFS + "label", ox.Literal(name))
        self.say(thing, SKOS + "prefLabel", ox.Literal(name))


@pytest.fixture
def memory() -> MemoryStore:
    """Ada Reed, who acts in Rain, and a character of her name in Dust."""
    made = MemoryStore()
    made.say("http://x/g", TYPE, ox.NamedNode(FILM + "SourceGraph"))
    for title, person, character in (("Dust", "Cora Bell", "Ada Reed"), ("Rain", "Ada Reed", "Ben Lake")):
        performance = f"http://x/{title}/1"
        made.name(f"http://x/{title}", "ScreenWork", title)
        made.name(f"http://x/{title}/person", "Person", person)
        made.say(f"http://x/{title}/person", TYPE, ox.NamedNode(FILM + "Agent"))
        made.name(f"http://x/{title}/character", "Character", character)
        made.say(f"http://x/{title}", FILM + "hasPerformance", ox.NamedNode(performance))
        made.say(performance, TYPE, ox.NamedNode(FILM + "Performance"))
        made.say(performance, FILM + "performer", ox.NamedNode(f"http://x/{title}/person"))
        made.say(performance, FILM + "character", ox.NamedNode(f"http://x/{title}/character"))
        made.say(f"http://x/{title}", FILM + "contributor", ox.NamedNode(f"http://x/{title}/person"))
    return made


def test_readings_with_different_answers_are_offered_for_choice(memory: MemoryStore) -> None:
    reply = Asker(memory, Iris()).ask("titles please, ada reed, in which")
    assert reply.status is Status.AMBIGUOUS, reply
    assert reply.answers == ()
    first, second = (one.reading for one in reply.alternatives)
    assert first == "titles Ada Reed appears in"
    assert "the character Ada Reed" in second


@pytest.mark.parametrize("question", ["who directed race to mars for", "who directed race to mars for whom"])
def test_a_word_that_asks_for_somebody_else_is_not_dropped(asker: Asker, question: str) -> None:
    assert asker.ask(question).status is Status.NOT_UNDERSTOOD


def test_who_a_father_is_is_not_answered_from_his_name(asker: Asker) -> None:
    assert asker.ask("Who is Rick Erwin's father?").status is not Status.ANSWERED


def test_a_crew_is_not_its_actors(asker: Asker) -> None:
    crew = ["Antoine Hébert", "Hiromi Okuda", "Rick Erwin"]
    assert sorted(one.label for one in asker.ask("project olympus crew, who").answers) == crew


def test_a_word_of_the_grammar_is_no_name_cut_short(asker: Asker) -> None:
    assert asker.ask("Who played Rick Erwin before 2000?").status is Status.NOT_UNDERSTOOD
