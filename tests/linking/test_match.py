"""Links are found where the evidence says so, and not where it does not."""

from __future__ import annotations

import pytest

from castgraph.linking import CLOSE_MATCH, SAME_AS, Entity, Linking, Outcome, Side
from castgraph.linking.enrichment import enriched
from castgraph.linking.match import link

# Titles that are there so that names have their usual rarity.
_OTHERS = tuple(
    Entity(f"other-{number}", names=(f"{first} {second}",), years=(1950 + number % 70,), work="film")
    for number, (first, second) in enumerate(
        (a, b)
        for a in "Silent Golden Broken Distant Hidden Burning Frozen Crooked Painted Restless".split()  # noqa: SIM905
        for b in "River Harbour Garden Winter Letter Mirror Station Orchard Voyage Promise".split()  # noqa: SIM905
    )
)


def _link(ours: tuple[Entity, ...], theirs: tuple[Entity, ...], *, unique: bool = True) -> Linking:
    return link(Side("ours", ours + _OTHERS[:50]), Side("theirs", theirs + _OTHERS, unique))


def _accepted(linking: Linking) -> set[tuple[str, str]]:
    return {(one.subject, one.object) for one in linking.accepted if not one.subject.startswith("other-")}


def test_equal_name_and_year_is_accepted_with_its_evidence() -> None:
    linking = _link(
        (Entity("a", names=("Race to Mars",), years=(2007,)),), (Entity("b", names=("Race to Mars (2007)",)),)
    )
    (found,) = (one for one in linking.accepted if one.subject == "a")
    assert (found.object, found.predicate, found.outcome) == ("b", SAME_AS, Outcome.ACCEPTED)
    assert {(one.field, one.level) for one in found.evidence} == {("name", "equal"), ("year", "equal")}
    assert all(one.weight > 0 for one in found.evidence)
    assert 0.9 < found.confidence < 1


def test_namesakes_of_other_years_are_not_linked() -> None:
    theirs = tuple(
        Entity(f"s{year}", names=("Stranded",), years=(year,)) for year in (1935, 1965, 1987, 2009, 2013, 2015)
    )
    linking = _link((Entity("a", names=("Stranded",), years=(2001,), work="film"),), theirs)
    assert not _accepted(linking)
    assert not [one for one in linking.candidates if one.subject == "a"]


def test_the_remake_of_the_same_name_is_told_by_its_director() -> None:
    theirs = (
        Entity("one", names=("The Silver Key",), directors=("Ann Other",)),
        Entity("two", names=("The Silver Key",), directors=("Bob Else",)),
    )
    for unique in (True, False):
        linking = _link((Entity("a", names=("Silver Key, The",), directors=("Else, Bob",)),), theirs, unique=unique)
        assert _accepted(linking) == {("a", "two")}


def test_a_sequel_by_the_same_people_is_not_its_first_part() -> None:
    cast = ("Ann Other", "Bob Else", "Cy Third")
    linking = _link(
        (Entity("a", names=("Purple Comet",), years=(1999,), cast=cast),),
        (Entity("b", names=("Purple Comet 2",), years=(2001,), cast=cast),),
    )
    assert not _accepted(linking)


def test_a_series_is_less_likely_a_film_of_its_name_than_a_film_is() -> None:
    theirs = (Entity("b", names=("Dust",), years=(2005,), work="film"),)
    sure = {}
    for work in ("film", "series"):
        linking = _link((Entity("a", names=("Dust",), years=(2003,), work=work),), theirs)
        sure[work] = max(
            (one.confidence for one in (*linking.accepted, *linking.candidates) if one.subject == "a"), default=0.0
        )
    assert sure["series"] < sure["film"] - 0.1


def test_the_series_of_another_year_is_no_film_of_its_name() -> None:
    theirs = tuple(Entity(f"m{year}", names=("Mars",), years=(year,), work="film") for year in (1968, 1998, 2004, 2010))
    linking = _link((Entity("a", names=("Mars",), years=(2016,), work="series"),), theirs)
    assert not _accepted(linking)
    assert not [one for one in linking.candidates if one.subject == "a"]


def test_a_title_without_a_name_is_found_by_its_cast() -> None:
    cast = ("Tim Robbins", "Gary Sinise", "Don Cheadle")
    linking = _link(
        (Entity("a", cast=cast, directors=("Brian De Palma",)),),
        (Entity("b", names=("Mission to Mars",), years=(2000,), cast=(*cast, "Connie Nielsen")),),
    )
    assert _accepted(linking) == {("a", "b")}


def test_a_title_without_a_name_and_cast_is_not_guessed_from_a_common_genre() -> None:
    theirs = tuple(Entity(f"d{n}", names=(f"Film {n}",), genres=("Drama", "Comedy")) for n in range(30))
    linking = _link((Entity("a", genres=("Drama", "Comedy")),), theirs)
    assert not _accepted(linking)


def test_equal_identifiers_are_enough_and_other_identifiers_are_too_much() -> None:
    ours = (Entity("a", names=("Mars I",), years=(2010,), identifiers=(("imdb", "tt1109488"),)),)
    same = (Entity("b", names=("Quite Otherwise",), years=(2010,), identifiers=(("imdb", "tt1109488"),)),)
    other = (Entity("b", names=("Mars I",), years=(2010,), identifiers=(("imdb", "tt0000001"),)),)
    assert _accepted(_link(ours, same)) == {("a", "b")}
    assert not _accepted(_link(ours, other))


def test_where_the_target_has_each_thing_once_one_link_is_accepted() -> None:
    ours = tuple(Entity(f"a{n}", names=("Purple Comet",), years=(1999,)) for n in (1, 2))
    linking = _link(ours, (Entity("b", names=("Purple Comet",), years=(1999,)),))
    assert len(_accepted(linking)) <= 1
    assert all(one.predicate == CLOSE_MATCH for one in linking.candidates)


def test_people_are_linked_by_name_and_works() -> None:
    ours = Side("ours", (Entity("p", "person", names=("Pascale Bussières",), titles=("Race to Mars",)),))
    theirs = Side(
        "theirs",
        (
            Entity("q", "person", names=("Bussieres, Pascale",), titles=("Race to Mars", "August 32nd on Earth")),
            Entity("r", "person", names=("Paul Gordon",), titles=("Mars",)),
            Entity("s", "title", names=("Pascale Bussières",)),
        ),
    )
    assert _accepted(link(ours, theirs)) == {("p", "q")}


def test_the_same_sides_give_the_same_links() -> None:
    ours = (Entity("a", names=("Mars I",), years=(2010,)), Entity("c", names=("Dust",)))
    theirs = (Entity("b", names=("Mars",), years=(2010,)), Entity("d", names=("Dust",), years=(1999,)))
    assert _link(ours, theirs).as_json() == _link(ours, theirs).as_json()


@pytest.mark.parametrize("side", [(), _OTHERS[:1]])
def test_empty_and_tiny_sides_are_linked_without_a_fuss(side: tuple[Entity, ...]) -> None:
    assert link(Side("a", side), Side("b", ())).accepted == ()
    assert link(Side("a", ()), Side("b", side)).accepted == ()


def test_a_side_gains_what_a_linked_side_knows_and_keeps_what_it_states() -> None:
    ours = Side("ours", (Entity("a", names=("Purple Comet",), years=(1999,), cast=()), *_OTHERS))
    theirs = Side("theirs", (Entity("b", names=("Purple Comet",), years=(1998, 1999), cast=("Ann Other",)), *_OTHERS))
    known = enriched(ours, theirs, link(ours, theirs))
    assert known.entities[0].cast == ("Ann Other",)
    assert known.entities[0].years == (1999,)
