"""Search over an index of names: the order in which things are told."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from castgraph.search import MOST_FOUND, Match, search
from castgraph.search_index import Entry, SearchIndex

BASE = "https://example.org/"
ENTRIES = [
    *(Entry(f"{BASE}character/john-{number}", "character", "John") for number in range(8)),
    Entry(BASE + "title/john-wick", "title", "John Wick", 2014),
    Entry(BASE + "title/john-wick-2", "title", "John Wick: Chapter 2", 2017),
    Entry(BASE + "person/john-johnson", "person", "John Johnson"),
    Entry(BASE + "person/jon-jonson", "person", "Jón Jónson"),
    Entry(BASE + "event/john-wakes", "event", "John wakes"),
    *(Entry(f"{BASE}person/extra-{number}", "person", f"Extra {number}") for number in range(150)),
    *(Entry(f"{BASE}title/extra-{number}", "title", f"Extra {number}") for number in range(150)),
]
SAID = {
    BASE + "title/john-wick-2": 9,
    BASE + "title/john-wick": 3,
    BASE + "character/john-5": 7,
    BASE + "event/john-wakes": 20,
}


@pytest.fixture(scope="module")
def store() -> ox.Store:
    """A store that says more of some things than of others."""
    made = ox.Store()
    for iri, number in SAID.items():
        made.extend(ox.Quad(ox.NamedNode(iri), ox.NamedNode(BASE + "says"), ox.Literal(one)) for one in range(number))
    return made


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    return SearchIndex.in_memory(ENTRIES)


def found(index: SearchIndex, store: ox.Store, text: str, *kinds: str) -> list[str]:
    told = search(index, store, text, kinds) if kinds else search(index, store, text)
    return [one.entry.iri.removeprefix(BASE) for one in told]


def test_namesakes_beyond_three_wait_until_all_else_is_told(index: SearchIndex, store: ox.Store) -> None:
    every = found(index, store, "john")
    assert every[0] == "character/john-5", "most is said of it"
    assert [one.partition("/")[0] for one in every[:3]] == ["character"] * 3
    assert "character" not in {one.partition("/")[0] for one in every[3:-5]}
    assert len(every) == len(set(every)) == 13
    assert len(found(index, store, "john", "character")) == 8


def test_that_of_which_most_is_said_comes_first_and_events_last(index: SearchIndex, store: ox.Store) -> None:
    assert found(index, store, "john", "title", "event") == ["title/john-wick-2", "title/john-wick", "event/john-wakes"]


def test_the_year_is_a_word_of_a_title(index: SearchIndex, store: ox.Store) -> None:
    assert found(index, store, "wick 2014") == ["title/john-wick"]


def test_the_looser_the_later(index: SearchIndex, store: ox.Store) -> None:
    told = [(one.entry.iri.removeprefix(BASE), one.match) for one in search(index, store, "john johnson")]
    assert told == [("person/john-johnson", Match.NAME), ("person/jon-jonson", Match.SIMILAR)]
    similar = {one.entry.iri.removeprefix(BASE): one.match for one in search(index, store, "jhon wikc")}
    assert similar == {"title/john-wick": Match.SIMILAR, "title/john-wick-2": Match.SIMILAR}
    assert {one.match for one in search(index, store, "wick xylophone")} == {Match.SOME}


def test_a_search_ends(index: SearchIndex, store: ox.Store) -> None:
    assert len(found(index, store, "extra")) == MOST_FOUND
    assert found(index, store, "!!!") == found(index, store, "") == []
