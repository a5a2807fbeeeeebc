"""Which things a name in a question means: exactly, by words of it, or nearly; over the index of names of a graph."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import pyoxigraph as ox

from castgraph.answers import Thing
from castgraph.asking.naming import MOST_MEANT, Candidate
from castgraph.iris import FILM, SKOS
from castgraph.names import fold
from castgraph.search_index import KINDS, VALUES, Entry, SearchIndex, entries
from castgraph.store import GraphStore, rows

_IDENTIFIER = re.compile(r"(?=\S*\d{3})[\w.:/-]{4,40}")
"""What may be an identifier: one word with digits, as tt0824091."""

_REMEMBERED = 10_000
"""Names that are remembered before all is forgotten: some hundred questions have as many."""


class NameIndex:
    """Names to things, and things to what they are best called: :class:`castgraph.asking.naming.Names`.

    Safe to share between threads. Remembers what was looked up last.
    """

    def __init__(self, store: GraphStore, index: SearchIndex | None = None) -> None:
        """Without an index, one is made in memory."""
        self._store = store
        self._index = index or SearchIndex.in_memory(entries(store))
        self._folded: dict[str, str] = {}
        self._named: dict[str, Mapping[str, tuple[Entry, ...]]] = {}
        self._found: dict[tuple[str, str], tuple[Thing, ...]] = {}
        self._near: dict[tuple[str, tuple[str, ...], int], tuple[Candidate, ...]] = {}

    def has(self, name: str, kind: str) -> bool:
        """Whether anything of a kind goes by a name or has it as an identifier: as :meth:`find`, but sooner known."""
        return kind in self._by_kind(name)

    def is_alone(self, name: str, kind: str, thing: Thing) -> bool:
        """Whether a name means that thing and nothing else of a kind."""
        found = {entry.iri or entry.name for entry in self._by_kind(name).get(kind, ())}
        return found == {thing.iri or thing.label}

    def find(self, name: str, kind: str) -> tuple[Thing, ...]:
        """The things of a kind that go by a name or have it as an identifier, in order of IRI.

        Case, accents and punctuation make no difference. No more than the first thousand, where very many do.
        """
        key = (self._fold(name), kind)
        things = self._found.get(key)
        if things is None:
            things = self._found[key] = self._things(self._by_kind(name).get(kind, ()))
        return things

    def _fold(self, name: str) -> str:
        folded = self._folded.get(name)
        if folded is None:
            folded = self._folded[name] = fold(name)
        return folded

    def _by_kind(self, name: str) -> Mapping[str, tuple[Entry, ...]]:
        """What goes by a name, by kind: most words of a question are no name, which is quickly known."""
        folded = self._fold(name)
        known = self._named.get(folded)
        if known is None:
            if len(self._named) > _REMEMBERED:
                self._forget()
            known = self._named[folded] = self._look_up(name)
        return known

    def _look_up(self, name: str) -> Mapping[str, tuple[Entry, ...]]:
        found: dict[str, tuple[Entry, ...]] = {}
        number = self._index.number(name)
        if number > MOST_MEANT:
            found = {kind: self._index.find(name, kind, MOST_MEANT) for kind in (*KINDS, *VALUES)}
        elif number:
            found = _grouped(self._index.find_all(name, MOST_MEANT))
        identified = self._identified(name) if _IDENTIFIER.fullmatch(name.strip()) else {}
        return {**identified, **{kind: one for kind, one in found.items() if one}}

    def _forget(self) -> None:
        for remembered in (self._folded, self._named, self._found, self._near):
            remembered.clear()

    def containing(self, name: str, kind: str, limit: int) -> tuple[Candidate, ...]:
        """The things of a kind that have all words of a name in theirs, in the order of their names."""
        return self._candidates([(0, entry) for entry in self._index.containing(name, kind, limit)])

    def like(self, name: str, kinds: Iterable[str], limit: int) -> tuple[Candidate, ...]:
        """The names most like one that nobody has, the nearest first; none that is not alike."""
        folded = self._fold(name)
        key = (folded, tuple(dict.fromkeys(kinds)), limit)
        like = self._near.get(key)
        if like is None:
            hits = self._index.search(name, key[1], limit=4 * limit, least=70)
            near = [(_distance(folded, hit.entry), hit.entry) for hit in hits]
            like = self._near[key] = self._candidates(sorted(near, key=lambda one: one[0])[:limit])
        return like

    def identifier(self, thing: Thing) -> str | None:
        """A public identifier of a thing, by which :meth:`find` finds it too; None where it has none."""
        if not thing.iri:
            return None
        query = f"SELECT ?id {{ {ox.NamedNode(thing.iri)} <{FILM}identifier> ?id }} ORDER BY ?id LIMIT 1"
        return next((row["id"].value for row in rows(self._store.query(query))), None)

    def title_in_words(self, title: Thing) -> str | None:
        """A title's name, with its year where one is known; None where it has no name."""
        return self.titles_in_words((title,))[0]

    def titles_in_words(self, things: Sequence[Thing]) -> Sequence[str | None]:
        """The names of things, titles with their year where one is known; None for what has no name."""
        years: dict[str, int] = {}
        for entry in self._index.titles_of([one.iri for one in things if one.iri and one.label]):
            if entry.year is not None:
                years[entry.iri] = min(entry.year, years.get(entry.iri, entry.year))
        return [f"{one.label} ({years[one.iri]})" if one.iri in years else one.label for one in things]

    def _things(self, found: Iterable[Entry]) -> tuple[Thing, ...]:
        """The things of entries, each by the name it is best known by."""
        spelt: dict[str, str] = {}
        values = []
        for entry in found:
            if entry.iri:
                spelt.setdefault(entry.iri, entry.name)
            else:
                values.append(Thing("", entry.name))
        best = self._best_names(list(spelt))
        return (*(Thing(iri, best.get(iri, name) or None) for iri, name in spelt.items()), *dict.fromkeys(values))

    def _identified(self, name: str) -> Mapping[str, tuple[Entry, ...]]:
        """What has an identifier, by kind; in whatever case it is typed."""
        typed = name.strip()
        spelt = " ".join(str(ox.Literal(one)) for one in dict.fromkeys((typed, typed.lower(), typed.upper())))
        query = f"SELECT DISTINCT ?thing ?class {{ VALUES ?id {{ {spelt} }} ?thing <{FILM}identifier> ?id ; a ?class }}"
        kinds = {class_: kind for kind, class_ in KINDS.items()}
        found = ((row["thing"].value, kinds.get(row["class"].value)) for row in rows(self._store.query(query)))
        return _grouped(sorted(Entry(thing, kind, "") for thing, kind in found if kind))

    def _candidates(self, found: Sequence[tuple[int, Entry]]) -> tuple[Candidate, ...]:
        best = self._best_names([entry.iri for _, entry in found if entry.iri])
        return tuple(
            Candidate(Thing(entry.iri, best.get(entry.iri, entry.name)), entry.kind, entry.name, distance)
            for distance, entry in found
        )

    def _best_names(self, iris: Sequence[str]) -> dict[str, str]:
        if not iris:
            return {}
        asked = " ".join(str(ox.NamedNode(iri)) for iri in dict.fromkeys(iris))
        found = rows(
            self._store.query(f"SELECT ?thing ?best {{ VALUES ?thing {{ {asked} }} ?thing <{SKOS}prefLabel> ?best }}")
        )
        return {row["thing"].value: row["best"].value for row in sorted(found, key=lambda row: row["best"].value)}


def _grouped(found: Iterable[Entry]) -> dict[str, tuple[Entry, ...]]:
    """Entries by kind."""
    groups: dict[str, list[Entry]] = {}
    for entry in found:
        groups.setdefault(entry.kind, []).append(entry)
    return {kind: tuple(group) for kind, group in groups.items()}


def _distance(folded: str, entry: Entry) -> int:
    """How many slips lie between a text and an entry's name, its year told or not."""
    from rapidfuzz.distance import OSA

    name = fold(entry.name)
    told = [name] if entry.year is None else [name, f"{name} {entry.year}"]
    return min(OSA.distance(folded, one) for one in told)
