"""What the fields of a Wikipedia Infobox state, under the many names that infoboxes of films and series give them."""

from __future__ import annotations

import re
from collections.abc import Callable, Set

from castgraph.readers.credits import credit, is_listed, narration
from castgraph.readers.draft import Draft
from castgraph.readers.lists import Stated, person, split_list, split_people
from castgraph.readers.quantities import dates, dates_in, minutes, money
from castgraph.records import TITLE, Json, Node, named

_Read = Callable[[Draft, int, str, str], None]

_AS = re.compile(r"(?P<performer>.+?) as (?P<role>.+)")
_COUNT = re.compile(r"(?P<count>[0-9]{1,6})(?: ?(?:\(.*\)|episodes?|seasons?|series|parts?))?", re.IGNORECASE)
_YEAR = re.compile(r"[0-9]{4}")
_FOOTNOTE = re.compile(r"\[[^\[\]]{1,12}\]")
_PARENTHESIS = re.compile(r"\(([^()]*)\)")
_SEVERAL = {"num episodes", "no. of episodes", "number of episodes", "episodes", "num seasons", "no. of seasons",
            "number of seasons", "seasons", "num series", "no. of series"}  # fmt: skip
_ON_AIR = {"network", "original network", "channel", "original channel", "first aired", "last aired"}


def is_of_television(keys: Set[str]) -> bool:
    """Whether the Infobox has a field of television; ``keys`` are all its keys, in lower case."""
    return bool(keys & (_SEVERAL | _ON_AIR))


def states_several(key: str, value: str) -> bool:
    """Whether a field states more than one episode or season: that makes a work a series."""
    match = _COUNT.fullmatch(_FOOTNOTE.sub("", value).strip())
    return plain_key(key) in _SEVERAL and match is not None and int(match["count"]) > 1


def plain_key(key: str) -> str:
    """A key as the table of fields has it: in lower case, white space squeezed."""
    return " ".join(key.casefold().split())


def read_field(draft: Draft, line: int, key: str, value: str, *, of_television: bool) -> None:
    """Record what one field states; ``of_television`` where the page shows it is no film of the cinema."""
    plain = plain_key(key)
    reader, term = _FIELDS.get(plain) or _FIELDS.get(plain.removesuffix("(s)")) or (None, "")
    if reader is None:
        draft.skip(line, f"unknown field: {key}")
        return
    value = _FOOTNOTE.sub("", value).strip()
    reader(draft, line, term, value)
    # Television films have a network and a first broadcast too: only more than one part makes a series,
    # and only a field of the cinema without one of television makes a film.
    if states_several(key, value):
        draft.state(line, type="Series")
    elif reader in {_read_release, _read_running_time} and not of_television:
        draft.state(line, type="Film")


def _read_people(draft: Draft, line: int, term: str, value: str) -> None:
    people: list[Json] = [person(name) for name in _names(draft, line, split_people(value))]
    draft.state(line, TITLE, **{term: people})


def _read_things(type_: str) -> _Read:
    def read(draft: Draft, line: int, term: str, value: str) -> None:
        things: list[Json] = [
            named(type_, name) for name in _names(draft, line, split_list(value.replace(" / ", ", ")))
        ]
        draft.state(line, TITLE, **{term: things})

    return read


_read_companies = _read_things("Organization")
_read_broadcasters = _read_things("Broadcaster")
_read_countries = _read_things("Country")
_read_languages = _read_things("Language")
_read_genres = _read_things("Genre")
_read_places = _read_things("Place")


def _names(draft: Draft, line: int, stated: tuple[Stated, ...]) -> list[str]:
    for name, qualifier in stated:
        if qualifier is not None:
            draft.skip(line, f"the ontology has no term for the qualifier of {name}: ({qualifier})")
    return [name for name, _ in stated]


def _read_cast(draft: Draft, line: int, term: str, value: str) -> None:
    for order, (name, qualifier) in enumerate(split_people(value), start=1):
        match = _AS.fullmatch(name)
        performer, role = (match["performer"], match["role"]) if match else (name, "")
        notes = [f"({qualifier})"] if qualifier else []
        if is_listed(draft, performer, role, narrates=term == "narration"):
            continue  # the section Cast has the same credit, and says more
        if term == "narration":
            narration(draft, line, TITLE, performer=performer, role=" ".join([role, *notes]).strip())
            continue
        if term == "voice" and qualifier != "voice":
            notes.append("(voice)")
        place = order if term == "performance" else None  # the voices are no part of the list under Starring
        credit(draft, line, TITLE, performer=performer, role=" ".join([role, *notes]).strip(), order=place)


def _read_text(draft: Draft, line: int, term: str, value: str) -> None:
    titles: list[Json] = [*_names(draft, line, split_list(value))]
    draft.state(line, TITLE, **{term: titles})


def _read_count(draft: Draft, line: int, term: str, value: str) -> None:
    match = _COUNT.fullmatch(value)
    if match is None:
        draft.skip(line, "not a number")
        return
    draft.state(line, TITLE, **{term: match["count"]})


def _read_aired(draft: Draft, line: int, term: str, value: str) -> None:
    found = dates(value)
    if _YEAR.fullmatch(value):
        draft.state(line, TITLE, **{"releaseYear" if term == "firstAired" else "endYear": value})
    elif len(found) == 2 and term == "firstAired":
        draft.state(line, firstAired=found[0], lastAired=found[1])
    elif len(found) == 1:
        draft.state(line, TITLE, **{term: found[0]})
    else:
        draft.skip(line, "not a full date: day, month and year")


def _read_release(draft: Draft, line: int, term: str, value: str) -> None:
    """Read releases: a date each, with a country in parentheses behind it where that is stated."""
    if _YEAR.fullmatch(value):
        draft.state(line, releaseYear=value)
        return
    found = dates(value)
    places = [place.strip() for place in _PARENTHESIS.findall(value) if place.strip() and not dates_in(place)]
    if not found:
        draft.skip(line, "not a full date: day, month and year")
    elif len(places) not in {0, len(found)}:
        draft.skip(line, "which country belongs to which date cannot be told")
    for index, iso in enumerate(found):
        node: Node = {"id": draft.numbered("#release"), "type": "Release", "releaseDate": iso}
        if len(places) == len(found):
            node["releaseCountry"] = named("Country", places[index])
        draft.state(line, TITLE, **{term: node})


def _read_running_time(draft: Draft, line: int, term: str, value: str) -> None:
    time = minutes(_PARENTHESIS.sub("", value))
    if time is None:
        draft.skip(line, "not a single running time")
        return
    draft.state(line, TITLE, **{term: time})


def _read_budget(draft: Draft, line: int, term: str, value: str) -> None:
    budget = money(_PARENTHESIS.sub("", value))
    if budget is None:
        draft.skip(line, "not a budget: a currency and one sum")
        return
    node: Node = {"id": draft.fresh("#budget"), "type": "MonetaryAmount", "amount": budget.amount}
    node["currency"] = budget.currency
    if "(estimated)" in value:
        node["estimated"] = "true"
    draft.state(line, TITLE, **{term: node})


def _table() -> dict[str, tuple[_Read, str]]:
    rows: list[tuple[_Read, str, str]] = [
        (_read_people, "writer", "writer; writers; written by; screenplay; screenplay by; screenwriter; story by; teleplay by"),
        (_read_people, "director", "director; directors; directed by"),
        (_read_people, "producer", "producer; producers; produced by"),
        (_read_people, "executiveProducer", "executive producer; executive producers"),
        (_read_people, "creator", "creator; creators; created by; developed by"),
        (_read_people, "composer", "composer; composers; music; music by"),
        (_read_cast, "performance", "starring; stars; cast; presenter; presented by"),
        (_read_cast, "voice", "voices; voices of; voice cast"),
        (_read_cast, "narration", "narrated; narrated by; narrator; narrators"),
        (_read_companies, "productionCompany", "production company; production companies; studio; company; studios"),
        (_read_broadcasters, "broadcaster", "network; networks; original network; channel; original channel"),
        (_read_countries, "country", "country; countries; country of origin; countries of origin"),
        (_read_languages, "language", "language; languages; original language; original languages"),
        (_read_genres, "genre", "genre; genres"),
        (_read_places, "filmingLocation", "location; locations; filming location; filming locations"),
        (_read_text, "alternativeTitle", "also known as; alternative title; alternative titles; alternate title"),
        (_read_count, "numberOfEpisodes", "num episodes; no. of episodes; number of episodes; episodes"),
        (_read_count, "numberOfSeasons", "num seasons; no. of seasons; number of seasons; seasons; num series; no. of series"),
        (_read_aired, "firstAired", "first aired; original release; original run; originally aired"),
        (_read_aired, "lastAired", "last aired"),
        (_read_release, "release", "release date; release dates; released; release; initial release"),
        (_read_running_time, "runningTimeMinutes", "running time; runtime; run time"),
        (_read_budget, "budget", "budget"),
    ]  # fmt: skip
    return {key.strip(): (read, term) for read, term, keys in rows for key in keys.split(";")}


_FIELDS = _table()
