"""Which things a name in a question means: exactly, by words of it, or nearly; over the index of names of a graph."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from castgraph.answers import Thing
from castgraph.asking.naming import Candidate
from castgraph.iris import FILM, SKOS
from castgraph.names import fold
from castgraph.search_index import KINDS, MOST, Entry, SearchIndex, entries
from castgraph.store import GraphStore, rows

_IDENTIFIER = re.compile(r"(?=\S*\d{3})[\w.:/-]{4,40}")
"""What may be an identifier: one word with digits, as tt0824091."""


class NameIndex:
    """Names to things, and things to what they are best called: :class:`castgraph.asking.naming.Names`.

    Safe to share between threads. Remembers what was looked up, so it is made anew for every few questions.
    """

    def __init__(self, store: GraphStore, index: SearchIndex | None = None) -> None:
        """Without an index, one is made in memory."""
        self._store = store
        self._index = index or SearchIndex.in_memory(entries(store))
        self._found: dict[tuple[str, str], tuple[Thing, ...]] = {}

    def find(self, name: str, kind: str) -> tuple[Thing, ...]:
        """The things of a kind that go by a name or have it as an identifier, in order of IRI.

        Case, accents and punctuation make no difference. No more than the first thousand, where very many do.
        """
        key = (fold(name), kind)
        if key not in self._found:
            self._found[key] = self._things(self._index.find(name, kind, MOST)) or self._identified(name, kind)
        return self._found[key]

    def containing(self, name: str, kind: str, limit: int) -> tuple[Candidate, ...]:
        """The things of a kind that have all words of a name in theirs, in the order of their names."""
        return self._candidates([(0, entry) for entry in self._index.containing(name, kind, limit)])

    def like(self, name: str, kinds: Iterable[str], limit: int) -> tuple[Candidate, ...]:
        """The names most like one that nobody has, the nearest first; none that is not alike."""
        from rapidfuzz.distance import OSA

        folded = fold(name)
        hits = self._index.search(name, tuple(kinds), limit=4 * limit, least=70)
        near = [(_distance(OSA.distance, folded, hit.entry), hit.entry) for hit in hits]
        return self._candidates(sorted(near, key=lambda one: one[0])[:limit])

    def identifier(self, thing: Thing) -> str | None:
        """A public identifier of a thing, by which :meth:`find` finds it too; None where it has none."""
        if not thing.iri:
            return None
        query = f"SELECT ?id {{ {ox.NamedNode(thing.iri)} <{FILM}identifier> ?id }} ORDER BY ?id LIMIT 1"
        return next((row["id"].value for row in rows(self._store.query(query))), None)

    def title_in_words(self, title: Thing) -> str | None:
        """A title's name, with its year where one is known; None where it has no name."""
        years = [entry.year for entry in self._index.entries_of(title.iri) if entry.year is not None]
        return f"{title.label} ({min(years)})" if title.label and years else title.label

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
        return (*(Thing(iri, best.get(iri, name)) for iri, name in spelt.items()), *dict.fromkeys(values))

    def _identified(self, name: str, kind: str) -> tuple[Thing, ...]:
        identifier = name.strip()
        if kind not in KINDS or not _IDENTIFIER.fullmatch(identifier):
            return ()
        query = (
            f"SELECT DISTINCT ?thing ?best {{ ?thing <{FILM}identifier> {ox.Literal(identifier)} ; a <{KINDS[kind]}> . "
            f"OPTIONAL {{ ?thing <{SKOS}prefLabel> ?best }} }} ORDER BY ?thing"
        )
        found = rows(self._store.query(query))
        return tuple(Thing(row["thing"].value, row["best"].value if "best" in row else None) for row in found)

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


def _distance(measure: object, folded: str, entry: Entry) -> int:
    """How many slips lie between a text and an entry's name, its year told or not."""
    assert callable(measure)
    name = fold(entry.name)
    told = [name] if entry.year is None else [name, f"{name} {entry.year}"]
    return min(int(measure(folded, one)) for one in told)
