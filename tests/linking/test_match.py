"""Links are found where the evidence says so, and not where it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from castgraph.linking import CLOSE_MATCH, SAME_AS, Entity, Linking, Outcome, Side
from castgraph.linking.enrichment import enriched
from castgraph.linking.match import ACCEPT, link

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


def test_a_number_for_a_name_is_the_film_of_its_year_and_not_another_that_begins_so() -> None:
    theirs = (
        Entity("contact", names=("2010: The Year We Make Contact",), years=(1984,), work="film"),
        Entity("whale", names=("2010: Moby Dick",), years=(2010,), work="film"),
    )
    assert _accepted(_link((Entity("a", names=("2010",), years=(1984,), work="film"),), theirs)) == {("a", "contact")}


def test_a_series_whose_name_no_film_has_is_no_film_of_half_its_name() -> None:
    theirs = (
        Entity("mars", names=("Mars",), years=(2004,), work="film"),
        Entity("rising", names=("Rising Sun",), years=(1993,), work="film"),
        Entity("race", names=("Race to Mars",), years=(2007,), work="film"),
    )
    linking = _link((Entity("a", names=("Mars Rising",), years=(2007,), work="series"),), theirs)
    assert not [one for one in (*linking.accepted, *linking.candidates) if one.subject == "a"]


def test_the_first_of_a_series_is_the_film_without_a_number_of_its_year() -> None:
    theirs = tuple(Entity(f"m{year}", names=("Mars",), years=(year,), work="film") for year in (1968, 1998, 2004, 2010))
    linking = _link((Entity("a", names=("Mars I",), years=(2010,), work="film"),), theirs)
    assert _accepted(linking) == {("a", "m2010")}


@pytest.mark.parametrize(("name", "others"), [("Dust", True), ("Whirling Anemometers", False)])
def test_a_year_apart_is_no_obstacle_to_a_name_that_is_found_once(name: str, others: bool) -> None:
    theirs = [Entity("b", names=(name,), years=(2005,), work="film")]
    theirs += [Entity(f"b{n}", names=(name,), years=(2009 + 3 * n,), work="film") for n in range(4 if others else 0)]
    linking = _link((Entity("a", names=(name,), years=(2004,), work="film"),), tuple(theirs))
    sure = next(one.confidence for one in (*linking.accepted, *linking.candidates) if one.object == "b")
    assert sure < 0.95 if others else sure > 0.95


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


_CREW = tuple(
    Entity(f"crew-{number}", "person", names=(f"{first} {second}",), titles=("Race to Mars", f"Play {number}"))
    for number, (first, second) in enumerate(
        (a, b)
        for a in "Ada Bert Cleo Dirk Ewa Finn Gus Hana John Ines".split()  # noqa: SIM905
        for b in "Abbott Birch Castle Dunn Eklund Farr Williams Hurst".split()  # noqa: SIM905
    )
)


def _people(ours: Entity, *theirs: Entity, population: int = 0) -> dict[str, float]:
    """How sure it is that our person is each of theirs, both sides among the same crew."""
    linking = link(Side("ours", (ours, *_CREW)), Side("theirs", (*theirs, *_CREW), population=population))
    return {one.object: one.confidence for one in (*linking.accepted, *linking.candidates) if one.subject == ours.id}


def test_a_namesake_in_other_works_is_not_the_person_where_the_works_are_known_to_both_sides() -> None:
    ours = Entity("p", "person", names=("Jo Quill",), titles=("Race to Mars",))
    sure = _people(
        ours,
        Entity("namesake", "person", names=("Jo Quill",), titles=("Play 7",)),
        Entity("same", "person", names=("Quill, Jo",), titles=("Race to Mars",)),
    )
    assert sure["same"] > ACCEPT  # all of the crew are in Race to Mars: it tells less than a work of few would
    assert sure.get("namesake", 0.0) < 0.2


def test_works_that_the_other_side_does_not_list_say_nothing_of_a_person() -> None:
    ours = Entity("p", "person", names=("Jo Quill",), titles=("A Winter Alone",))
    apart = _people(ours, Entity("q", "person", names=("Jo Quill",), titles=("Second Spring",)))
    contradicted = _people(
        ours,
        Entity("q", "person", names=("Jo Quill",), titles=("Second Spring",)),
        Entity("r", "person", names=("Una Moor",), titles=("A Winter Alone",)),
    )
    assert contradicted["q"] < apart["q"]


def test_an_equal_name_alone_is_no_link_among_all_the_people_there_are() -> None:
    ours = Entity("p", "person", names=("Jo Quill",), titles=("A Winter Alone",))
    everyone = 10_000_000
    by_name = _people(ours, Entity("q", "person", names=("Jo Quill",)), population=everyone)
    by_work = _people(ours, Entity("q", "person", names=("Jo Quill",), titles=("A Winter Alone",)), population=everyone)
    assert by_name.get("q", 0.0) < ACCEPT < by_work["q"]


def test_a_common_name_says_less_of_a_person_than_a_rare_one() -> None:
    rare = _people(Entity("p", "person", names=("Zebulon Tarn",)), Entity("q", "person", names=("Zebulon Tarn",)))
    common = _people(
        Entity("p", "person", names=("John Farr Williams",)), Entity("q", "person", names=("John Farr Williams",))
    )
    assert common["q"] < rare["q"]


def test_father_and_son_are_two() -> None:
    ours = Entity("p", "person", names=("Edward Peil Sr.",), titles=("Race to Mars",))
    son = Entity("son", "person", names=("Edward Peil Jr.",), titles=("Race to Mars",))
    assert "son" not in _people(ours, son)
    assert _people(ours, replace(son, names=("Edward Peil",)))["son"] > ACCEPT


def test_two_performers_of_one_role_are_not_one_person() -> None:
    ours = Entity("p", "person", names=("Jo Quill",), titles=("Race to Mars",), roles=("Captain Hale",))
    assert not _people(
        ours, Entity("q", "person", names=("Una Moor",), titles=("Race to Mars",), roles=("Captain Hale",))
    )


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
