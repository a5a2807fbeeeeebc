"""The names in a graph: finds the things a name means, and the names nearest to one that nobody has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from castgraph.answers import Thing
from castgraph.iris import FILM, SKOS
from castgraph.names import fold
from castgraph.store import GraphStore, rows

_NAMES = f"""
PREFIX film: <{FILM}>
PREFIX skos: <{SKOS}>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?thing ?name ?best ?class ?year WHERE {{
  VALUES ?class {{ film:Person film:Character film:ScreenWork }}
  ?thing a ?class ; rdfs:label|film:alternativeTitle|film:characterAsCredited ?name .
  OPTIONAL {{ ?thing skos:prefLabel ?best }}
  OPTIONAL {{ ?thing film:releaseYear ?stated }}
  OPTIONAL {{ ?thing film:firstAired|(film:release/film:releaseDate) ?day }}
  BIND(COALESCE(STR(?stated), SUBSTR(STR(?day), 1, 4)) AS ?year)
}}
"""


@dataclass(frozen=True)
class Named:
    """A thing with a name, and what sort of thing it is: person, character or title."""

    thing: Thing
    kind: str


class NameIndex:
    """Folded names to things. Made once per snapshot; safe to share between threads."""

    def __init__(self, store: GraphStore) -> None:
        self._by_name: dict[tuple[str, str], dict[str, Named]] = defaultdict(dict)
        self._spelling: dict[tuple[str, str], str] = {}
        self._year: dict[str, str] = {}
        kinds = {FILM + "Person": "person", FILM + "Character": "character", FILM + "ScreenWork": "title"}
        for row in rows(store.query(_NAMES)):
            thing, name, class_ = row["thing"].value, row["name"].value, row["class"].value
            best = row["best"].value if "best" in row else name
            spellings = [name]
            if kinds[class_] == "title" and "year" in row:  # as people tell remakes apart: Dune (2021)
                self._year[thing] = min(self._year.get(thing, "9999"), row["year"].value)
                spellings.append(f"{name} ({row['year'].value})")
            for spelling in spellings:
                key = (kinds[class_], fold(spelling))
                self._by_name[key][thing] = Named(Thing(thing, best), kinds[class_])
                self._spelling.setdefault(key, spelling)

    def find(self, name: str, kind: str) -> tuple[Thing, ...]:
        """The things of a kind that go by a name, whatever its case, accents and punctuation; in order of IRI."""
        found = self._by_name.get((kind, fold(name)), {})
        return tuple(named.thing for _, named in sorted(found.items()))

    def title_in_words(self, title: Thing) -> str | None:
        """A title's name, with its year where one is known; None where it has no name."""
        year = self._year.get(title.iri)
        return f"{title.label} ({year})" if title.label and year else title.label

    def nearest(self, name: str, kinds: Iterable[str], limit: int = 3) -> tuple[tuple[str, str], ...]:
        """The names most like one that nobody has, each with its kind; none that is not alike."""
        from rapidfuzz import fuzz, process

        wanted = set(kinds)
        choices = {key: key[1] for key in self._by_name if key[0] in wanted}
        matches = process.extract(fold(name), choices, scorer=fuzz.WRatio, limit=limit, score_cutoff=70)
        return tuple((key[0], self._spelling[key]) for _, _, key in matches)
