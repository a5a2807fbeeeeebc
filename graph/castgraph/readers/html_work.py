"""What schema.org JSON-LD states of a work, property by property."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from castgraph.readers.credits import credit
from castgraph.readers.draft import Draft
from castgraph.readers.lists import person
from castgraph.readers.prose import STORY_YEAR
from castgraph.readers.quantities import dates, minutes
from castgraph.readers.schema_org import Object, decimal, integer, term, text, texts, types, values
from castgraph.readers.scripts import Script
from castgraph.records import TITLE, Json, Node, named

WORKS = {
    "Movie": "Film",
    "TVMiniSeries": "MiniSeries",
    "TVSeries": "Series",
    "TVEpisode": "Episode",
    "TVSeason": "Season",
    "Episode": "Episode",
    "CreativeWorkSeason": "Season",
    "CreativeWork": "Work",
}
"""schema.org's types of works, the ones that say most of a page first, and the ontology's."""

_PEOPLE = {
    "director": "director",
    "directors": "director",
    "creator": "creator",
    "author": "writer",
    "producer": "producer",
    "musicBy": "composer",
}
_NAMED = {"countryOfOrigin": ("country", "Country"), "inLanguage": ("language", "Language")}
_COUNTS = {
    "numberOfEpisodes": "numberOfEpisodes",
    "numberOfSeasons": "numberOfSeasons",
    "episodeNumber": "episodeNumber",
    "seasonNumber": "seasonNumber",
}
_PARTS = {
    "containsSeason": "season",
    "season": "season",
    "seasons": "season",
    "episode": "episode",
    "episodes": "episode",
}
_WITHOUT_TERM = {"award", "awards", "contentRating"}
_IDENTIFIER = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:tt|nm|co)[0-9]{7,9}|(?<=wikidata\.org/wiki/)Q[0-9]{1,12})(?![A-Za-z0-9])"
)
_ISO_DATE = re.compile(r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:T.*)?")
_YEAR = re.compile(r"[0-9]{4}")
_DEEPEST = 3  # series, season, episode


@dataclass(frozen=True)
class Source:
    """An object and the script it stands in; ``start`` is a line at or before it, 0 where that is not known."""

    script: Script
    node: Object
    start: int = 0

    def line_of(self, key: str, value: str) -> int:
        """The line that states this value of a property."""
        return self.script.line_of(key, value, self.start)


class WorkReader:
    """Reads works into a draft. References (``@id``) are looked up among the page's own objects only."""

    def __init__(self, draft: Draft, known: list[Object]) -> None:
        self._draft = draft
        self._by_id = {name: node for node in known if isinstance(name := node.get("@id"), str) and len(node) > 1}
        self._read: dict[int, Mapping[str, Json]] = {}  # by identity; held, so that no other object gets it
        self._ids: set[str] = set()

    def is_read(self, node: Mapping[str, Json]) -> bool:
        """Whether this object, or one with its ``@id``, has been read."""
        name = node.get("@id")
        return id(node) in self._read or (isinstance(name, str) and name in self._ids)

    def read(self, source: Source, work: str, depth: int = 0) -> None:
        """Record what an object states of a work."""
        node = source.node
        self._read[id(node)] = node
        if isinstance(name := node.get("@id"), str):
            self._ids.add(name)
        known = [type_ for type_ in WORKS if type_ in types(node)]
        kind = WORKS[known[0]] if known else "ScreenWork"
        facts: dict[str, Json] = {"type": kind}
        raw_name = _raw(node.get("name"))
        if title := text(node.get("name")):
            facts["name"] = title
        line = source.line_of("name", raw_name) if raw_name else source.line_of("@type", known[0] if known else "")
        self._draft.state(line, work, **facts)
        for key, value in node.items():
            if key in {"actor", "actors"}:
                self._read_cast(source, work, key, value)
            elif key in _PARTS and depth < _DEEPEST:
                self._read_parts(source, work, key, value, depth)
            elif key in {"partOfSeries", "partOfTVSeries", "partOfSeason"}:
                self._read_whole(source, work, key, value)
            elif key in {"datePublished", "startDate", "endDate"}:
                self._read_date(source, work, kind, key, value)
            elif key in {"aggregateRating", "review", "reviews"}:
                self._read_grades(source, work, key, value)
            else:
                self._read_property(source, work, key, value)

    def _read_property(self, source: Source, work: str, key: str, value: Json) -> None:
        for part in values(value):
            raw = _raw(part)
            line = source.line_of(key, raw)
            plain = text(part)
            if key in _PEOPLE:
                self._read_agent(line, work, _PEOPLE[key], part)
            elif key == "productionCompany":
                self._read_agent(line, work, key, part, "Organization")
            elif key in {"sameAs", "url", "@id"} and plain:
                self._draft.state(line, work, identifier=list(_IDENTIFIER.findall(plain)))
            elif key == "identifier":
                self._read_identifier(line, work, part)
            elif key in _WITHOUT_TERM and plain:
                self._draft.skip(line, f"{key} is stated as a text, not as facts", plain)
            elif plain:
                self._read_text(line, work, key, plain)

    def _read_text(self, line: int, work: str, key: str, plain: str) -> None:
        draft = self._draft
        if key in {"alternateName", "alternativeHeadline"}:
            draft.state(line, work, alternativeTitle=plain)
        elif key == "genre" and not plain.startswith(("http://", "https://")):
            draft.state(line, work, genre=[named("Genre", genre) for genre in _split(plain)])
        elif key == "keywords":
            draft.state(line, work, keyword=list(_split(plain)))
        elif key in _NAMED:
            draft.state(line, work, **{_NAMED[key][0]: named(_NAMED[key][1], plain)})
        elif key in _COUNTS:
            if (number := integer(plain)) is None:
                draft.skip(line, f"{key} is not a number", plain)
            else:
                draft.state(line, work, **{_COUNTS[key]: number})
        elif key in {"duration", "timeRequired"}:
            if (time := minutes(plain)) is None:
                draft.skip(line, f"{key} is not a length of time", plain)
            else:
                draft.state(line, work, runningTimeMinutes=time)
        elif key == "description":
            for match in STORY_YEAR.finditer(plain):
                draft.state(line, work, storyYear=match[1])

    def _read_agent(self, line: int, work: str, property_: str, value: Json, type_: str | None = None) -> None:
        node = self._resolve(value)
        name = text(node if node else value)
        if name is None:
            self._draft.skip(line, f"{property_} without a name")
            return
        stated = next((kind for kind in ("Person", "Organization") if kind in types(node)), None)
        wanted = type_ or stated
        agent = named(wanted, name) if wanted else person(name)
        if identifiers := _identifiers(node):
            agent["identifier"] = identifiers
        self._draft.state(line, work, **{property_: agent})

    def _read_cast(self, source: Source, work: str, key: str, value: Json) -> None:
        for order, part in enumerate(values(value), start=1):
            role = self._resolve(part)
            characters = texts(role.get("characterName"))
            # A role wraps the person under the name of the property it qualifies.
            wrapped = next((role[inner] for inner in ("actor", "performer") if inner in role), part)
            actor = self._resolve(next(iter(values(wrapped)), None))
            name = text(actor if actor else wrapped)
            line = source.line_of(key, _raw(wrapped) or _raw(part))
            if name is None and not characters:
                self._draft.skip(line, "an actor without a name")
                continue
            printed = " / ".join(characters)
            credit(self._draft, line, work, performer=name, role=printed, order=order)
            if name and (identifiers := _identifiers(actor)):
                self._draft.state(line, str(named("Person", name)["id"]), identifier=identifiers)

    def _read_parts(self, source: Source, work: str, key: str, value: Json, depth: int) -> None:
        kind = _PARTS[key]
        for part in values(value):
            node = self._resolve(part)
            if not node or self.is_read(node):
                continue
            owner = "#" if work == TITLE else f"{work}/"
            number = integer(node.get("seasonNumber" if kind == "season" else "episodeNumber"))
            local = self._draft.fresh(f"{owner}{kind}/{number}") if number else self._draft.numbered(f"{owner}{kind}")
            line = source.line_of(key, _raw(node) or f'"{key}"')
            self._draft.state(line, local, type=kind.capitalize(), partOf={"id": work})
            self.read(Source(source.script, node, line), local, depth + 1)

    def _read_whole(self, source: Source, work: str, key: str, value: Json) -> None:
        for part in values(value):
            node = self._resolve(part)
            name = text(node if node else part)
            line = source.line_of(key, _raw(part))
            if key != "partOfSeason":
                if name:
                    self._draft.state(line, work, partOf=named("Series", name))
                continue
            season: Node = {"id": self._draft.numbered("#season"), "type": "Season"}
            if number := integer(node.get("seasonNumber")):
                season["seasonNumber"] = number
            if name:
                season["name"] = name
            self._draft.state(line, work, partOf=season)

    def _read_date(self, source: Source, work: str, kind: str, key: str, value: Json) -> None:
        for stated in texts(value):
            line = source.line_of(key, stated)
            on_air = kind in {"Series", "MiniSeries", "Season", "Episode"}
            match = _ISO_DATE.fullmatch(stated)
            found = dates(match["date"] if match else stated)
            if _YEAR.fullmatch(stated):
                self._draft.state(line, work, **{"endYear" if key == "endDate" else "releaseYear": stated})
            elif len(found) != 1:
                self._draft.skip(line, f"{key} is not a full date", stated)
            elif key == "endDate":
                self._draft.state(line, work, lastAired=found[0])
            elif on_air or key == "startDate":
                self._draft.state(line, work, firstAired=found[0])
            else:
                release = self._draft.numbered("#release" if work == TITLE else f"{work}/release")
                node: Node = {"id": release, "type": "Release", "releaseDate": found[0]}
                self._draft.state(line, work, release=node)

    def _read_grades(self, source: Source, work: str, key: str, value: Json) -> None:
        owner = "#" if work == TITLE else f"{work}/"
        for part in values(value):
            node = self._resolve(part)
            is_rating = key == "aggregateRating"
            grade = node if is_rating else self._resolve(next(iter(values(node.get("reviewRating"))), None))
            facts: dict[str, Json] = {}
            for name in ("ratingValue", "bestRating", "worstRating"):
                if number := decimal(grade.get(name)):
                    facts[name] = number
            line = source.line_of(key, _raw(grade.get("ratingValue")))
            if is_rating and (count := integer(node.get("ratingCount"))):
                facts["ratingCount"] = count
            if not is_rating and (found := dates((text(node.get("datePublished")) or "").partition("T")[0])):
                facts["reviewDate"] = found[0]
            if not facts.keys() & {"ratingValue", "reviewDate"}:
                self._draft.skip(line, f"{key} without a grade")
            elif is_rating:
                rating: Node = {"id": self._draft.fresh(f"{owner}rating"), "type": "Rating", **facts}
                self._draft.state(line, work, rating=rating)
            else:
                review: Node = {"id": self._draft.numbered(f"{owner}review"), "type": "Review", **facts}
                self._draft.state(line, work, review=review)

    def _read_identifier(self, line: int, work: str, value: Json) -> None:
        plain = {term(key): part for key, part in value.items()} if isinstance(value, dict) else {"value": value}
        if stated := text(plain.get("value")):
            self._draft.state(line, work, identifier=stated)

    def _resolve(self, value: Json) -> Object:
        """The object a value is or refers to; an empty one for a text."""
        if not isinstance(value, dict):
            return {}
        node = {term(key): part for key, part in value.items()}
        name = node.get("@id")
        if set(node) <= {"@id", "@type"} and isinstance(name, str):
            return self._by_id.get(name, node)
        return node


def _identifiers(node: Mapping[str, Json]) -> list[Json]:
    """IMDb's and Wikidata's identifiers in an object's addresses."""
    found: dict[str, None] = {}
    for key in ("@id", "url", "sameAs"):
        for address in texts(node.get(key)):
            found |= dict.fromkeys(_IDENTIFIER.findall(address))
    return list(found)


def _raw(value: Json) -> str:
    """How a value is written in the file, for looking up its line: no entity decoded, no space squeezed."""
    if isinstance(value, dict):
        plain = {term(key): part for key, part in value.items()}
        inner = plain.get("@value", plain.get("name", plain.get("@id")))
        return inner if isinstance(inner, str) else ""
    if isinstance(value, list):
        return next((found for part in value if not isinstance(part, list) and (found := _raw(part))), "")
    return value if isinstance(value, str) else text(value) or ""


def _split(listed: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in listed.split(",") if part.strip()))
