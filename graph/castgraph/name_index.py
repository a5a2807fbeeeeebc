"""Which things go by a name: the exact look-up behind questions, and the nearest names when there is none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from castgraph.answers import Thing
from castgraph.iris import SKOS
from castgraph.search_index import MOST, SearchIndex, entries
from castgraph.store import GraphStore, rows


class NameIndex:
    """Names to things, and things to what they are best called. Safe to share between threads."""

    def __init__(self, store: GraphStore, index: SearchIndex | None = None) -> None:
        """Without an index, one is made in memory."""
        self._store = store
        self._index = index or SearchIndex.in_memory(entries(store))

    def find(self, name: str, kind: str) -> tuple[Thing, ...]:
        """The things of a kind that go by a name, whatever its case, accents and punctuation; in order of IRI.

        No more than the first thousand, where very many do.
        """
        spelt: dict[str, str] = {}
        for entry in self._index.find(name, kind, MOST):
            spelt.setdefault(entry.iri, entry.name)
        best = self._best_names(list(spelt))
        return tuple(Thing(iri, best.get(iri, name)) for iri, name in spelt.items())

    def title_in_words(self, title: Thing) -> str | None:
        """A title's name, with its year where one is known; None where it has no name."""
        years = [entry.year for entry in self._index.entries_of(title.iri) if entry.year is not None]
        return f"{title.label} ({min(years)})" if title.label and years else title.label

    def nearest(self, name: str, kinds: Iterable[str], limit: int = 3) -> tuple[tuple[str, str], ...]:
        """The names most like one that nobody has, each with its kind; none that is not alike."""
        hits = self._index.search(name, tuple(kinds), limit=4 * limit, least=70)
        return tuple(dict.fromkeys((hit.entry.kind, hit.entry.name) for hit in hits))[:limit]

    def _best_names(self, iris: Sequence[str]) -> dict[str, str]:
        if not iris:
            return {}
        asked = " ".join(str(ox.NamedNode(iri)) for iri in iris)
        found = rows(
            self._store.query(f"SELECT ?thing ?best {{ VALUES ?thing {{ {asked} }} ?thing <{SKOS}prefLabel> ?best }}")
        )
        return {row["thing"].value: row["best"].value for row in sorted(found, key=lambda row: row["best"].value)}
