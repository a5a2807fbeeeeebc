"""The words of meanings and what they are in the graph: classes, relations between things, attributes with values."""

from __future__ import annotations

from dataclasses import dataclass

from castgraph.iris import FILM, MISSION


@dataclass(frozen=True)
class Step:
    """A property from one thing to the next, or the other way round."""

    property: str
    is_inverse: bool = False


@dataclass(frozen=True)
class Relation:
    """A road from things to things, step by step, and how both its ends are told.

    ``to`` and ``from_`` are phrases with a place for the other end: “directors of {}”, “titles directed by {}”.
    """

    steps: tuple[Step, ...]
    to: str
    from_: str


def _film(*names: str) -> tuple[Step, ...]:
    return tuple(Step(FILM + name.lstrip("^"), name.startswith("^")) for name in names)


def _mission(*names: str) -> tuple[Step, ...]:
    return tuple(Step(MISSION + name.lstrip("^"), name.startswith("^")) for name in names)


RELATIONS = {
    # of titles
    "director": Relation(_film("director"), "directors of {}", "titles directed by {}"),
    "writer": Relation(_film("writer"), "writers of {}", "titles written by {}"),
    "producer": Relation(_film("producer"), "producers of {}", "titles produced by {}"),
    "executive-producer": Relation(
        _film("executiveProducer"), "executive producers of {}", "titles executive-produced by {}"
    ),
    "author": Relation(_film("author"), "authors of {}", "titles by the author {}"),
    "creator": Relation(_film("creator"), "creators of {}", "titles created by {}"),
    "composer": Relation(_film("composer"), "composers of {}", "titles with music by {}"),
    "narrator": Relation(_film("hasNarration", "performer"), "narrators of {}", "titles narrated by {}"),
    "contributor": Relation(_film("contributor"), "people who worked on {}", "titles {} worked on"),
    "cast-member": Relation(_film("hasPerformance", "performer"), "cast of {}", "titles {} appears in"),
    "character-in": Relation(_film("hasPerformance", "character"), "characters of {}", "titles with {}"),
    "has-character": Relation(_film("hasCharacter"), "characters of {}", "titles with {}"),
    "appears-in": Relation(_film("^hasCharacter"), "titles with {}", "characters in {}"),
    "company": Relation(_film("productionCompany"), "production companies of {}", "titles produced by {}"),
    "channel": Relation(_film("broadcaster"), "channels that showed {}", "titles shown by {}"),
    "genre": Relation(_film("genre"), "genres of {}", "titles of the genre {}"),
    "language": Relation(_film("language"), "languages of {}", "titles in {}"),
    "country": Relation(_film("country"), "countries of {}", "titles from {}"),
    "keyword": Relation(_film("keyword"), "keywords of {}", "titles with the keyword {}"),
    "similar": Relation(_film("similarTo"), "titles like {}", "titles like {}"),
    "companion": Relation(_film("companionTo"), "companions of {}", "titles that are companions of {}"),
    "footage": Relation(_film("usesFootageOf"), "titles {} uses footage of", "titles that use footage of {}"),
    "part": Relation(_film("hasPart"), "parts of {}", "what {} is part of"),
    "nomination": Relation(_film("nomination"), "award nominations of {}", "titles with the nomination {}"),
    "release-country": Relation(
        _film("release", "releaseCountry"), "countries {} was released in", "titles released in {}"
    ),
    "nationality": Relation((Step("https://schema.org/nationality"),), "countries {} come from", "people from {}"),
    "location": Relation(_film("filmingLocation"), "filming locations of {}", "titles filmed in {}"),
    # of performances
    "performer": Relation(_film("performer"), "performers of {}", "performances by {}"),
    "character": Relation(_film("character"), "characters in {}", "performances of {}"),
    "performed-in": Relation(_film("^hasPerformance"), "titles of {}", "performances in {}"),
    # of missions and events
    "depicted-in": Relation(_mission("depictedIn"), "titles that show {}", "events in {}"),
    "commander": Relation(_mission("commander"), "commanders of {}", "missions commanded by {}"),
    "crew": Relation(_mission("crewMember"), "crew of {}", "missions with {} in the crew"),
    "craft": Relation(_mission("hasCraft"), "craft of {}", "missions with the craft {}"),
    "crew-country": Relation(_mission("crewCountry"), "countries of the crew of {}", "missions with a crew from {}"),
    "operating-country": Relation(_mission("operatingCountry"), "countries that operate {}", "missions of {}"),
    "destination": Relation(_mission("destination"), "destinations of {}", "missions to {}"),
    "rival": Relation(_mission("rivalOf"), "rivals of {}", "rivals of {}"),
    "propulsion": Relation(_mission("propulsion"), "propulsion of {}", "craft driven by {}"),
    "cause": Relation(_mission("^causes"), "causes of {}", "what {} caused"),
    "effect": Relation(_mission("causes"), "what {} caused", "causes of {}"),
    "next": Relation(_mission("directlyPrecedes"), "what came right after {}", "what came right before {}"),
    "after": Relation(_mission("precedes"), "what came after {}", "what came before {}"),
    "event-of": Relation(_film("^partOf"), "events of {}", "missions {} is part of"),
    "participant": Relation(_mission("participant"), "participants in {}", "events of {}"),
    "victim": Relation(_mission("victim"), "victims of {}", "what befell {}"),
    "occupation": Relation(_mission("occupation"), "occupations of {}", "characters with the occupation {}"),
    "place": Relation(_mission("place"), "places of {}", "events at {}"),
    "named-after": Relation(_mission("namedAfter"), "whom {} is named after", "what is named after {}"),
}

CLASSES = {
    "title": "ScreenWork", "film": "Film", "series": "Series", "miniseries": "MiniSeries", "episode": "Episode",
    "season": "Season", "book": "Book", "person": "Person", "agent": "Agent", "character": "Character",
    "performance": "Performance", "voice": "VoicePerformance", "narration": "Narration",
    "archive": "ArchivePerformance", "genre": "Genre", "win": "AwardWin", "nomination": "AwardNomination",
}  # fmt: skip
"""Classes of the film ontology by the word of a meaning."""

MISSION_CLASSES = {
    "mission": "Mission", "craft": "Spacecraft", "lander": "Lander", "event": "Event", "loss": "Loss",
    "departure": "Departure", "landing": "Landing", "failure": "Failure", "fraud": "Fraud", "injury": "Injury",
    "death": "Death", "illness": "Illness", "discovery": "Discovery", "explosion": "Explosion", "request": "Request",
    "destruction": "Failure", "decision": "Decision", "repair": "Repair", "storm": "NaturalEvent", "return": "Return", "commander": "Commander",
    "crew-member": "CrewMember", "cargo-lander": "CargoLander", "habitat": "SurfaceHabitat",
    "transfer-vehicle": "CrewTransferVehicle", "robotic-lander": "RoboticLander",
}  # fmt: skip
"""Classes of the mission ontology by the word of a meaning."""

DESCRIBED = {"destruction": "destroy"}
"""Kinds of events that have no class of their own: what the name of an event of the wider class says of it."""

GENRES = {"documentary": "Documentary", "comedy": "Comedy", "drama": "Drama", "thriller": "Thriller",
          "animated": "Animation"}  # fmt: skip
"""Nouns that tell the genre of a title, by the name sources give it."""

NATIONS = {
    "american": "United States", "australian": "Australia", "british": "United Kingdom", "canadian": "Canada",
    "chinese": "China", "french": "France", "german": "Germany", "indian": "India", "italian": "Italy",
    "japanese": "Japan", "russian": "Russia", "spanish": "Spain",
}  # fmt: skip
"""Words for the country of a title, by the name sources give it."""

OTHER_KINDS = {"film": ("Series", "Season", "Episode", "Book"), "title": ("Season", "Episode")}
"""What a loose word leaves out. A “film” may be a title whose kind no source states, but none that is known as a series;
among “titles” the parts of a series are not counted."""


def class_iri(word: str) -> str:
    """The class a word of a meaning stands for."""
    return FILM + CLASSES[word] if word in CLASSES else MISSION + MISSION_CLASSES[word]


@dataclass(frozen=True)
class Attribute:
    """A value of things, by the roads to it: the first road that leads anywhere is taken."""

    roads: tuple[tuple[Step, ...], ...]
    told: str
    is_single: bool = True  # of two values at most one is right
    otherwise: tuple[str, ...] = ()  # how values of the roads after the first are told, where it is not the same


ATTRIBUTES = {
    "release-year": Attribute((_film("releaseYear"),), "release year of {}"),
    "release": Attribute((_film("release", "releaseDate"), _film("releaseYear"), _film("firstAired")), "release of {}"),
    "first-aired": Attribute(
        (_film("firstAired"), _film("release", "releaseDate"), _film("releaseYear")),
        "first airing of {}",
        otherwise=("release of {}", "release year of {}"),
    ),
    "published": Attribute((_film("publishedIn"), _film("releaseYear")), "publication of {}"),
    "last-aired": Attribute((_film("lastAired"),), "last airing of {}"),
    "rating": Attribute((_film("rating", "ratingValue"),), "rating of {}"),
    "running-time": Attribute((_film("runningTimeMinutes"),), "running time of {} in minutes"),
    "episodes": Attribute((_film("numberOfEpisodes"),), "number of episodes of {}"),
    "episode-number": Attribute((_film("episodeNumber"),), "number of the episode {}"),
    "seasons": Attribute((_film("numberOfSeasons"),), "number of seasons of {}"),
    "alternative-title": Attribute(
        (_film("alternativeTitle"),), "other titles of {}, in whatever language", is_single=False
    ),
    "keyword": Attribute((_film("keyword"),), "keywords of {}", is_single=False),
    "budget": Attribute((_film("budget", "amount"),), "budget of {}"),
    "story-year": Attribute((_film("storyYear"),), "year in which {} is set"),
    "duration": Attribute((_mission("duration"),), "duration of {}"),
    "crew-size": Attribute((_mission("crewSize"),), "number of people in the crew of {}"),
    "men-in-crew": Attribute((_mission("menInCrew"),), "number of men in the crew of {}"),
    "women-in-crew": Attribute((_mission("womenInCrew"),), "number of women in the crew of {}"),
    "suspected-cause": Attribute((_mission("suspectedCause"),), "suspected cause of {}", is_single=False),
    "event-year": Attribute((_mission("inYear"),), "year of {}"),
    "occupation": Attribute((_mission("occupation"),), "occupation of {}", is_single=False),
    "outcome": Attribute((_mission("outcome"),), "outcome of {}", is_single=False),
    "award-wins": Attribute((_film("awardWins"),), "number of awards won by {}"),
    "award-nominations": Attribute((_film("awardNominations"),), "number of award nominations of {}"),
}
