"""Mentions: what each document says of each thing it speaks of, gathered from its records.

A mention is one thing in one document. Its handle, ``imdb.txt#character/hiromi-okuda``, is how people name it in an
overrule file. Curated facts speak of the document they cite: their mentions are that document's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from castgraph.records import TITLE, Document, Node, Reading

SCREEN_WORKS = {"ScreenWork", "Film", "TelevisionFilm", "Series", "MiniSeries", "Work"}
PERFORMANCES = {"Performance", "VoicePerformance", "Narration", "ArchivePerformance"}
EVENTS = {
    "Event", "Loss", "Departure", "Landing", "Failure", "Fraud", "Injury", "Death", "Illness", "Discovery",
    "Explosion", "Request", "Decision", "Repair", "NaturalEvent", "Return",
}  # fmt: skip
SPACECRAFT = {"Spacecraft", "CargoLander", "SurfaceHabitat", "Lander", "CrewTransferVehicle", "RoboticLander"}
AGENTS = {"Agent", "Person", "Organization", "Broadcaster"}
VOCABULARY = {"Genre", "Language", "Place", "Country", "PropulsionSystem"}

_BETWEEN_TITLES = {"similarTo", "companionTo", "usesFootageOf"}


@dataclass(frozen=True, order=True)
class Handle:
    """Names a mention: the document and the thing's identifier in it."""

    document: str
    local: str

    def __str__(self) -> str:
        return f"{self.document}{self.local}"


@dataclass
class Mention:
    """What one document says of one thing. Links run both ways; ``of`` is the link as seen from the other side."""

    handle: Handle
    order: int
    source: Document
    line: int
    types: set[str] = field(default_factory=set)
    names: list[str] = field(default_factory=list)
    facts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    links: list[tuple[str, Handle]] = field(default_factory=list)
    of: list[tuple[str, Handle]] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The handle, the name where there is one, and the line: for people."""
        name = f"“{self.names[0]}”, " if self.names else ""
        return f"{self.handle} ({name}line {self.line})"

    def fact(self, key: str) -> str | None:
        """The first value of a literal fact."""
        values = self.facts.get(key)
        return values[0] if values else None

    def targets(self, *keys: str) -> list[Handle]:
        """What the mention links to by any of these properties."""
        return [target for key, target in self.links if key in keys]

    @property
    def kind(self) -> str:
        """What sort of thing it is, as far as identity goes: the word that begins its IRI."""
        return kind_of(self.types)


def kind_of(types: Iterable[str]) -> str:
    """The word for a thing of these types in its IRI.

    >>> kind_of({"TelevisionFilm"}), kind_of({"Landing"}), kind_of({"AwardWin"})
    ('title', 'event', 'nomination')
    """
    told = set(types)
    for kind, members in _KINDS:
        if told & members:
            return kind
    return "thing"


_KINDS: tuple[tuple[str, set[str]], ...] = (
    ("book", {"Book"}),
    ("season", {"Season"}),
    ("episode", {"Episode"}),
    ("title", SCREEN_WORKS | {"AwardedWork"}),
    ("character", {"Character", "CrewMember", "Commander"}),
    ("performance", PERFORMANCES),
    ("person", {"Person", "Performer", "Narrator"}),
    ("organization", {"Organization", "Broadcaster"}),
    ("agent", {"Agent", "Director"}),
    ("event", EVENTS),
    ("spacecraft", SPACECRAFT),
    ("mission", {"Mission"}),
    ("nomination", {"AwardNomination", "AwardWin"}),
    ("base", {"Base"}),
    ("country", {"Country"}),
    ("place", {"Place"}),
    ("genre", {"Genre"}),
    ("language", {"Language"}),
    ("propulsion", {"PropulsionSystem"}),
    ("release", {"Release"}),
    ("budget", {"MonetaryAmount"}),
    ("rating", {"Rating"}),
    ("review", {"Review"}),
)


@dataclass(frozen=True)
class Mentions:
    """All mentions of all documents, in the order of the sources."""

    by_handle: dict[Handle, Mention]

    def __iter__(self) -> Iterator[Mention]:
        return iter(self.by_handle.values())

    def __getitem__(self, handle: Handle) -> Mention:
        return self.by_handle[handle]

    def owner(self, mention: Mention) -> Mention | None:
        """The title a thing belongs to: the nearest one along what the document says of it, else the page's own.

        Links between titles, and things that belong to no title in particular, are not followed.
        """
        seen, ring = {mention.handle}, [mention]
        while ring:
            for near in ring:
                if near.kind in ("title", "book") and near is not mention:
                    return near
            following: list[Mention] = []
            for near in ring:
                for key, handle in (*near.links, *near.of):
                    further = self.by_handle[handle]
                    if key in _BETWEEN_TITLES or handle in seen or further.types & (AGENTS | VOCABULARY):
                        continue
                    seen.add(handle)
                    following.append(further)
            ring = following
        return self.by_handle.get(Handle(mention.handle.document, TITLE))


def document_keys(readings: Sequence[Reading]) -> list[str]:
    """How each document is called in handles: its file name, with as many folders as make it unique.

    Curated facts take the name of the document they cite.
    """
    pages = [reading.document.path for reading in readings if not reading.document.cites]

    def cited(document: Document) -> Path:
        """The page whose lines are meant: the one read now that has the cited one's name, wherever it lies."""
        alike = [page for page in pages if document.cites and page.name == document.cites.name]
        return alike[0] if alike and document.cited not in alike else document.cited

    paths = [cited(reading.document) for reading in readings]
    keys: list[str] = []
    for path in paths:
        length = 1
        while length < len(path.parts) and any(
            other != path and other.parts[-length:] == path.parts[-length:] for other in paths
        ):
            length += 1
        keys.append("/".join(path.parts[-length:]))
    return keys


def collect(readings: Sequence[Reading]) -> Mentions:
    """Gather the mentions of all documents."""
    by_handle: dict[Handle, Mention] = {}
    for reading, key in zip(readings, document_keys(readings), strict=True):
        for record in reading.records:
            _walk(by_handle, key, reading.document, record.node, record.line)
    return Mentions(by_handle)


def _walk(by_handle: dict[Handle, Mention], key: str, document: Document, node: Node, line: int) -> Mention:
    """Add what a node says, and what the nodes inside it say."""
    handle = Handle(key, str(node["id"]))
    mention = by_handle.get(handle)
    if mention is None:
        mention = by_handle[handle] = Mention(handle, len(by_handle), document, line)
    for term, value in node.items():
        for one in value if isinstance(value, list) else [value]:
            if term == "type":
                mention.types.add(str(one))
            elif term == "name":
                if str(one) not in mention.names:
                    mention.names.append(str(one))
            elif isinstance(one, dict):
                target = _walk(by_handle, key, document, one, line)
                mention.links.append((term, target.handle))
                target.of.append((term, handle))
            elif term != "id" and str(one) not in mention.facts[term]:
                mention.facts[term].append(str(one))
    return mention
