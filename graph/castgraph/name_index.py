"""The names in a graph, held in memory: finds the things a name means, and the names nearest to one that nobody has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from castgraph.answers import Thing
from castgraph.asking.naming import Candidate
from castgraph.iris import FILM, MISSION, RDFS, SKOS
from castgraph.names import fold
from castgraph.store import GraphStore, rows

KINDS = {
    FILM + "Agent": "person",
    FILM + "Character": "character",
    FILM + "ScreenWork": "title",
    FILM + "Book": "book",
    FILM + "Genre": "genre",
    FILM + "Language": "language",
    FILM + "Place": "country",
    MISSION + "Mission": "mission",
    MISSION + "Spacecraft": "craft",
    MISSION + "Event": "event",
}
"""The kinds of names by the class of what bears them."""

_NAMES = f"""
PREFIX film: <{FILM}>
PREFIX skos: <{SKOS}>
PREFIX rdfs: <{RDFS}>
SELECT ?thing ?name ?best ?class ?year WHERE {{
  VALUES ?class {{ {" ".join(f"<{one}>" for one in KINDS)} }}
  ?thing a ?class ; rdfs:label|film:alternativeTitle|film:characterAsCredited ?name .
  OPTIONAL {{ ?thing skos:prefLabel ?best }}
  OPTIONAL {{ ?thing film:releaseYear ?stated }}
  OPTIONAL {{ ?thing film:firstAired|(film:release/film:releaseDate) ?day }}
  BIND(COALESCE(STR(?stated), SUBSTR(STR(?day), 1, 4)) AS ?year)
}}
"""

_IDENTIFIERS = f"""
PREFIX film: <{FILM}>
PREFIX skos: <{SKOS}>
SELECT ?thing ?identifier ?best ?class WHERE {{
  VALUES ?class {{ {" ".join(f"<{one}>" for one in KINDS)} }}
  ?thing a ?class ; film:identifier ?identifier .
  OPTIONAL {{ ?thing skos:prefLabel ?best }}
}}
"""

_KEYWORDS = f"SELECT DISTINCT ?keyword WHERE {{ ?work <{FILM}keyword> ?keyword }}"


class NameIndex:
    """Folded names to things. Made once per snapshot; safe to share between threads."""

    def __init__(self, store: GraphStore) -> None:
        self._by_name: dict[tuple[str, str], dict[str, Thing]] = defaultdict(dict)
        self._by_word: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._spelling: dict[tuple[str, str], str] = {}
        self._year: dict[str, str] = {}
        self._identifier: dict[str, str] = {}
        self._identified: dict[tuple[str, str], dict[str, Thing]] = defaultdict(dict)
        for row in rows(store.query(_NAMES)):
            thing, name = row["thing"].value, row["name"].value
            best = row["best"].value if "best" in row else name
            kind, spellings = KINDS[row["class"].value], [name]
            if kind == "title" and "year" in row:  # as people tell remakes apart: Dune (2021)
                self._year[thing] = min(self._year.get(thing, "9999"), row["year"].value)
                spellings.append(f"{name} ({row['year'].value})")
            for spelling in spellings:
                self._add(kind, spelling, Thing(thing, best))
        for row in rows(store.query(_IDENTIFIERS)):
            thing, identifier = row["thing"].value, row["identifier"].value
            known = Thing(thing, row["best"].value if "best" in row else None)
            self._identified[KINDS[row["class"].value], fold(identifier)][thing] = known
            self._identifier[thing] = min(identifier, self._identifier.get(thing, identifier))
        for row in rows(store.query(_KEYWORDS)):
            self._add("keyword", row["keyword"].value, Thing("", row["keyword"].value))

    def _add(self, kind: str, spelling: str, thing: Thing) -> None:
        key = (kind, fold(spelling))
        self._by_name[key][thing.iri or spelling] = thing
        self._spelling.setdefault(key, spelling)
        for word in key[1].split():
            self._by_word[kind, word].add(key[1])

    def find(self, name: str, kind: str) -> tuple[Thing, ...]:
        """The things of a kind that go by a name or have it as an identifier, in order of IRI.

        Case, accents and punctuation make no difference.
        """
        key = (kind, fold(name))
        found = self._by_name.get(key) or self._identified.get(key, {})
        return tuple(thing for _, thing in sorted(found.items()))

    def containing(self, name: str, kind: str, limit: int) -> tuple[Candidate, ...]:
        """The things of a kind that have all words of a name in theirs."""
        words = fold(name).split()
        keys = set.intersection(*(self._by_word.get((kind, word), set()) for word in words)) if words else set()
        return tuple(self._candidates(((kind, key) for key in sorted(keys)), 0))[:limit]

    def like(self, name: str, kinds: Iterable[str], limit: int) -> tuple[Candidate, ...]:
        """The names most like one that nobody has, the nearest first; none that is not alike."""
        from rapidfuzz import fuzz, process
        from rapidfuzz.distance import OSA

        wanted, folded = set(kinds), fold(name)
        choices = {key: key[1] for key in self._by_name if key[0] in wanted}
        matches = process.extract(folded, choices, scorer=fuzz.WRatio, limit=limit, score_cutoff=70)
        near = sorted(((OSA.distance(folded, key[1]), key) for _, _, key in matches), key=lambda one: one[0])
        return tuple(one for distance, key in near for one in self._candidates([key], distance))

    def _candidates(self, keys: Iterable[tuple[str, str]], distance: int) -> Iterable[Candidate]:
        for kind, key in keys:
            for _, thing in sorted(self._by_name[kind, key].items()):
                yield Candidate(thing, kind, self._spelling[kind, key], distance)

    def identifier(self, thing: Thing) -> str | None:
        """A public identifier of a thing; None where it has none."""
        return self._identifier.get(thing.iri)

    def title_in_words(self, title: Thing) -> str | None:
        """A title's name, with its year where one is known; None where it has no name."""
        year = self._year.get(title.iri)
        return f"{title.label} ({year})" if title.label and year else title.label
