"""Addresses: the IRI of every thing, from what is known of it. Readable, and the same from every run."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from castgraph.evidence import season_of, years
from castgraph.identity import Clusters
from castgraph.iris import Iris
from castgraph.mentions import Handle, Mention
from castgraph.names import fold, has_accents, slug
from castgraph.records import TITLE

_OF_A_SOURCE = frozenset({"nomination", "release", "budget", "rating", "review"})
"""Kinds of things of which each source tells its own."""
_WORDS = {"nomination": "Award nomination"}


@dataclass(frozen=True)
class Addresses:
    """The IRI of each mention, and the name each thing is best known by."""

    iri: dict[Handle, str]
    label: dict[str, str]
    titles: dict[str, str]  # document → path of its own title, such as race-to-mars-2007
    described: dict[str, str]  # what a thing without a name is, in words; a title without a name has none

    def named(self, handle: Handle) -> str:
        """What to call a mentioned thing: its name, what it is, or else how its document calls it."""
        iri = self.iri[handle]
        return self.label.get(iri) or self.described.get(iri) or str(handle)


def assign(clusters: Clusters, iris: Iris) -> Addresses:
    """Give each cluster its IRI. Two clusters never share one: the later, in source order, gets a number."""
    assigner = _Assigner(clusters, iris)
    for kinds in (("title",), ("book",), ("season", "episode")):  # what belongs to a title is addressed below it
        assigner.run(kinds)
    assigner.run(None)
    return assigner.result()


class _Assigner:
    def __init__(self, clusters: Clusters, iris: Iris) -> None:
        self._clusters = clusters
        self._mentions = clusters.mentions
        self._iris = iris
        self._members = clusters.members()
        self._path: dict[Handle, str] = {}  # cluster → path below id/
        self._taken: set[str] = set()
        self._numbers: Counter[str] = Counter()

    def run(self, kinds: tuple[str, ...] | None) -> None:
        for root, members in self._members.items():
            kind = _kind(members)
            if root in self._path or (kinds is not None and kind not in kinds):
                continue
            wanted = self._wanted(kind, members)
            path, number = wanted, 2
            while path in self._taken:
                path, number = f"{wanted}-{number}", number + 1
            self._taken.add(path)
            self._path[root] = path

    def result(self) -> Addresses:
        iri = {mention.handle: self._iris.thing(self._path_of(mention)) for mention in self._mentions}
        label = {
            self._iris.thing(self._path[root]): best_name([name for mention in members for name in mention.names])
            for root, members in self._members.items()
            if any(mention.names for mention in members)
        }
        for root, members in self._members.items():
            if _kind(members) == "performance":
                label[self._iris.thing(self._path[root])] = self._credit_in_words(members[0])
        titles: dict[str, str] = {}
        for mention in self._mentions:
            if mention.handle.local == TITLE:
                titles[mention.handle.document] = self._path_of(mention).split("/", 1)[1]
        described = {
            self._iris.thing(self._path[root]): self._in_words(members, label)
            for root, members in self._members.items()
            if _kind(members) not in ("title", "book") and self._iris.thing(self._path[root]) not in label
        }
        return Addresses(iri, label, titles, described)

    def _path_of(self, mention: Mention) -> str:
        return self._path[self._clusters.root(mention.handle)]

    def _wanted(self, kind: str, members: list[Mention]) -> str:
        """The path a cluster would have if no other wanted it."""
        names = [name for mention in members for name in mention.names]
        if kind in ("title", "book"):
            return f"{kind}/{self._title(members, names)}"
        if kind in ("season", "episode"):
            return self._episode(kind, members)
        owner = self._owner(members)
        first = members[0]
        if kind == "performance" or kind in _OF_A_SOURCE:
            source = first.source.kind.rpartition("/")[2]
            if kind == "performance":
                return f"performance/{owner}/{source}/{self._credit(first)}"
            place = f"{kind}/{owner}/{source}"
            self._numbers[place] += 1
            return f"{place}/{self._numbers[place]}"
        if kind in ("character", "mission", "spacecraft", "base"):
            return f"{kind}/{owner}/{slug(best_name(names)) if names else slug(first.handle.local.rpartition('/')[2])}"
        if kind == "event":
            return f"event/{owner}/{slug(first.handle.local.rpartition('/')[2])}"
        if names:
            return f"{kind}/{slug(best_name(names))}"
        return f"{kind}/{owner}/{slug(first.handle.local)}"

    def _title(self, members: list[Mention], names: list[str]) -> str:
        stated = sorted({year for mention in members for year in mention.facts.get("releaseYear", ())})
        told = stated or sorted({year for mention in members for year in years(self._mentions, mention)})
        if names:
            return "-".join([slug(best_name(names)), *told[:1]])
        for mention in members:
            for listing in self._listing(mention):
                if listing.handle != mention.handle:  # the nameless title of a list is called by its place there
                    return f"{self._path_of(listing).split('/', 1)[1]}/{slug(mention.handle.local)}"
        return "-".join(["untitled", slug(PurePath(members[0].handle.document).stem), *told[:1]])

    def _listing(self, mention: Mention) -> Iterator[Mention]:
        """The titles that list this one as similar, as far as they have an address."""
        for key, handle in mention.of:
            if key == "similarTo" and self._clusters.root(handle) in self._path:
                yield self._mentions[handle]

    def _episode(self, kind: str, members: list[Mention]) -> str:
        owner = self._owner(members)
        seasons = [season for season in (season_of(self._mentions, mention) for mention in members) if season]
        if kind == "season":
            number = next((mention.fact("seasonNumber") for mention in members if mention.fact("seasonNumber")), None)
            return f"title/{owner}/season-{number or slug(members[0].handle.local)}"
        number = next((mention.fact("episodeNumber") for mention in members if mention.fact("episodeNumber")), None)
        # Sources that number a mini-series' parts without a season must not give them another address.
        season = f"season-{seasons[0]}-" if seasons and seasons[0] != "1" else ""
        return f"title/{owner}/{season}episode-{number or slug(members[0].handle.local)}"

    def _owner(self, members: list[Mention]) -> str:
        for mention in members:
            owner = self._mentions.owner(mention)
            if owner is not None and self._clusters.root(owner.handle) in self._path:
                return self._path_of(owner).split("/", 1)[1]
        return slug(PurePath(members[0].handle.document).stem)

    def _in_words(self, members: list[Mention], label: dict[str, str]) -> str:
        """What a thing without a name is: “Rating of Escape from Mars (IMDb)”, “Season 1 of Race to Mars”."""
        kind = _kind(members)
        owners = (self._mentions.owner(mention) for mention in members)
        addresses = [self._iris.thing(self._path_of(owner)) for owner in owners if owner is not None]
        owner = next((label[iri] for iri in addresses if iri in label), "a title without a name")
        number = next((mention.fact(f"{kind}Number") for mention in members if mention.fact(f"{kind}Number")), None)
        what = " ".join(filter(None, (_WORDS.get(kind, kind.capitalize()), number)))
        by_source = f" ({members[0].source.publisher})" if kind in _OF_A_SOURCE else ""
        return f"{what} of {owner}{by_source}"

    def _credit_in_words(self, performance: Mention) -> str:
        """A credit for people: “Michael Riley as Rick Erwin (TV Guide)”, with what the source does not name left open."""
        names = {
            key: [name for handle in performance.targets(key) for name in self._mentions[handle].names]
            for key in ("performer", "character")
        }
        performer = names["performer"][0] if names["performer"] else "unknown performer"
        character = f" as {names['character'][0]}" if names["character"] else ""
        return f"{performer}{character} ({performance.source.publisher})"

    def _credit(self, performance: Mention) -> str:
        """The readable name of a credit: its character, else its performer."""
        for key in ("character", "performer"):
            for handle in performance.targets(key):
                names = self._mentions[handle].names
                if names:
                    return slug(names[0])
        return slug(performance.handle.local.rpartition("/")[2])


def _kind(members: list[Mention]) -> str:
    """The kind of a cluster: the most telling one that its mentions have."""
    kinds = [mention.kind for mention in members]
    for vague, telling in (("agent", ("person", "organization")), ("place", ("country", "base"))):
        if vague in kinds:
            return next((kind for kind in kinds if kind in telling), vague)
    return kinds[0]


def best_name(names: list[str]) -> str:
    """Of several spellings, the one that says most: the longest without accents, then the accented, then the commonest.

    >>> best_name(["Hiromi", "Hiromi Okuda"]), best_name(["Antoine Hebert", "Antoine Hébert", "Antoine Hebert"])
    ('Hiromi Okuda', 'Antoine Hébert')
    """
    counts = Counter(names)
    ranks = defaultdict(int, counts)
    return max(names, key=lambda name: (len(fold(name)), has_accents(name), ranks[name], name))
