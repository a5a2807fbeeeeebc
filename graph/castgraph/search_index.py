"""The index of names: which things go by a name, exactly or nearly, among millions, on disk.

Tantivy keeps it, memory-mapped: it costs no memory until it is asked. Names are folded before they are written
(:func:`castgraph.names.fold`), so that case, accents and punctuation do not matter; what comes near is ranked by
rapidfuzz. Identifiers need no index of their own: the store looks ``film:identifier`` up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox
import tantivy
from rapidfuzz import fuzz

from castgraph.errors import SnapshotError
from castgraph.iris import FILM, MISSION, RDFS, SKOS
from castgraph.names import fold
from castgraph.store import GraphStore

KINDS: Mapping[str, str] = {
    "person": FILM + "Agent",
    "character": FILM + "Character",
    "title": FILM + "ScreenWork",
    "book": FILM + "Book",
    "genre": FILM + "Genre",
    "language": FILM + "Language",
    "place": FILM + "Place",
    "mission": MISSION + "Mission",
    "craft": MISSION + "Spacecraft",
    "event": MISSION + "Event",
}
"""The kinds of things that are looked up by name, and the class of each."""

KEYWORD, OCCUPATION = "keyword", "occupation"

VALUES: Mapping[str, str] = {KEYWORD: FILM + "keyword", OCCUPATION: MISSION + "occupation"}
"""The kinds of names that are values, not things, and the property of each: their entries have no IRI."""

MOST = 1000
"""Things of one name that are looked at: there are tens of thousands of characters called *Self*."""

FOLDER = "names"
"""The folder of a snapshot that holds its index."""

_CANDIDATES = 100
_HEAP = 64_000_000  # bytes that tantivy gathers before it writes


@dataclass(frozen=True, order=True)
class Entry:
    """A thing under one of its names."""

    iri: str
    kind: str  # a key of KINDS
    name: str  # as spelt
    year: int | None = None  # of a title


@dataclass(frozen=True)
class Hit:
    """An entry that a search found, and how like its name is to what was looked for, from 0 to 100."""

    entry: Entry
    likeness: float


_IS_NAMED = f"?thing <{SKOS}prefLabel> ?preferred ."
"""What no source names has a label that says what it is, which is no name, and no preferred one. Everything else has one
preferred label: to join it takes a quarter of the time that FILTER EXISTS takes."""


def entries(store: GraphStore) -> Iterator[Entry]:
    """Every name of everything of a graph that goes by one, and its keywords and occupations."""
    for kind, class_ in KINDS.items():
        if kind == "title":
            yield from _titles(store)
            continue
        found = store.query(f"SELECT ?thing ?name {{ ?thing a <{class_}> . {_IS_NAMED} ?thing <{RDFS}label> ?name }}")
        assert isinstance(found, ox.QuerySolutions)
        for thing, name in found:
            yield Entry(thing.value, kind, name.value)
    for kind, property_ in VALUES.items():
        values = store.query(f"SELECT DISTINCT ?value {{ ?thing <{property_}> ?value }}")
        assert isinstance(values, ox.QuerySolutions)
        for (value,) in values:
            yield Entry("", kind, value.value)


def _titles(store: GraphStore) -> Iterator[Entry]:
    """As people tell remakes apart, a title has a year; one with several is there once for each."""
    titles = f"""PREFIX film: <{FILM}>
    SELECT ?thing ?name ?year {{
      ?thing a film:ScreenWork . {_IS_NAMED} ?thing <{RDFS}label>|film:alternativeTitle ?name
      OPTIONAL {{ ?thing film:releaseYear ?released }}
      OPTIONAL {{ ?thing film:firstAired|(film:release/film:releaseDate) ?day }}
      BIND(COALESCE(STR(?released), SUBSTR(STR(?day), 1, 4)) AS ?year)
    }}"""
    found = store.query(titles)
    assert isinstance(found, ox.QuerySolutions)
    for thing, name, year in found:
        told = "" if year is None else year.value
        yield Entry(thing.value, "title", name.value, int(told) if told.isdecimal() else None)


def build(folder: Path, found: Iterable[Entry]) -> int:
    """Write an index of entries into an empty folder; gives how many there are."""
    return _write(tantivy.Index(_SCHEMA, path=str(folder)), found)


def index_store(store: GraphStore, snapshot: Path) -> int:
    """Write the index of a store's names into a snapshot's folder; gives how many names there are."""
    folder = snapshot / FOLDER
    folder.mkdir()
    return build(folder, entries(store))


class SearchIndex:
    """An index, opened for reading. Safe to share between threads."""

    def __init__(self, index: tantivy.Index) -> None:
        index.reload()
        self._searcher = index.searcher()

    @classmethod
    def open(cls, folder: Path) -> SearchIndex:
        """The index in a folder.

        Raises:
            SnapshotError: there is none, or it is damaged.
        """
        try:
            return cls(tantivy.Index.open(str(folder)))
        except ValueError as error:  # what tantivy raises, whatever is wrong
            raise SnapshotError(
                f"{folder}: the index of names cannot be opened ({error}); run castgraph build"
            ) from error

    @classmethod
    def in_memory(cls, found: Iterable[Entry]) -> SearchIndex:
        """An index of few entries, kept in memory."""
        index = tantivy.Index(_SCHEMA)
        _write(index, found)
        return cls(index)

    @cached_property
    def size(self) -> int:
        """How many entries there are."""
        return int(self._searcher.num_docs)

    def find(self, name: str, kind: str, limit: int = MOST) -> tuple[Entry, ...]:
        """The entries of a kind under a name, whatever its case, accents and punctuation; in order of IRI.

        A title is found by its name with its year, too: ``Dune (2021)``.
        """
        return self._entries([_term("kind", kind), _term("exact", fold(name))], limit)

    def number(self, name: str) -> int:
        """How many entries of any kind are under a name: a look at the list of terms, a hundredth of :meth:`find`."""
        return int(self._searcher.doc_freq("exact", fold(name)))

    def find_all(self, name: str, limit: int = MOST) -> tuple[Entry, ...]:
        """As :meth:`find`, of every kind."""
        return self._entries([_term("exact", fold(name))], limit)

    def containing(self, name: str, kind: str, limit: int) -> tuple[Entry, ...]:
        """The entries of a kind that have all words of a name among theirs, in order."""
        words = dict.fromkeys(fold(name).split())
        return self._entries([_term("kind", kind), *(_term("words", word) for word in words)], limit) if words else ()

    def matching(
        self, text: str, kinds: Sequence[str], limit: int, *, begun: bool = False, nearly: bool = False
    ) -> tuple[Entry, ...]:
        """The entries of some kinds that have every word of a text among theirs, short names first.

        Args:
            text: words of a name, in any order; a title's year is one of its words.
            kinds: which kinds of things.
            limit: how many entries at most: those beyond are not told.
            begun: whether the last word may be the beginning of one.
            nearly: whether words of more than three letters may differ by a letter, long ones by two; numbers may not.
        """
        words = list(dict.fromkeys(fold(text).split()))
        if not words:
            return ()
        one_of = tantivy.Query.boolean_query([(_SHOULD, _term("kind", kind)) for kind in kinds])
        wanted = [
            _word(word, fuzzy=nearly and not word.isdecimal(), is_last=begun and word == words[-1]) for word in words
        ]
        query = tantivy.Query.boolean_query([(_MUST, one) for one in (one_of, *wanted)])
        return tuple(self._documents(query, limit))

    def titles_of(self, iris: Sequence[str]) -> tuple[Entry, ...]:
        """The names of those things that are titles."""
        if not iris:
            return ()
        one_of = tantivy.Query.term_set_query(_SCHEMA, "iri", list(iris))
        return self._entries([_term("kind", "title"), one_of], MOST + 10 * len(iris))

    def search(
        self, text: str, kinds: Sequence[str] = tuple(KINDS), *, limit: int = 10, fuzzy: bool = True, least: float = 60
    ) -> tuple[Hit, ...]:
        """The things whose names are most like a text, each under its best name, the likest first.

        Args:
            text: words of a name, in any order, the last perhaps unfinished.
            kinds: which kinds of things.
            limit: how many hits at most.
            fuzzy: whether words may differ by a letter, long ones by two.
            least: the likeness a hit must have.
        """
        words = fold(text).split()
        if not words:
            return ()
        one_of = tantivy.Query.boolean_query([(_SHOULD, _term("kind", kind)) for kind in kinds])
        any_word = tantivy.Query.boolean_query(
            [(_SHOULD, _word(word, fuzzy=fuzzy, is_last=word is words[-1])) for word in words]
        )
        exact = tantivy.Query.boost_query(_term("exact", fold(text)), 20.0)
        query = tantivy.Query.boolean_query(
            [(_MUST, one_of), (_MUST, tantivy.Query.boolean_query([(_SHOULD, any_word), (_SHOULD, exact)]))]
        )
        wanted = fold(text)
        best: dict[str, Hit] = {}
        for entry in self._documents(query, max(_CANDIDATES, 4 * limit)):
            hit = Hit(entry, _likeness(wanted, entry))
            key = entry.iri or entry.name
            if hit.likeness >= least and (key not in best or hit.likeness > best[key].likeness):
                best[key] = hit
        return tuple(sorted(best.values(), key=lambda hit: (-hit.likeness, hit.entry))[:limit])

    def _entries(self, terms: Sequence[tantivy.Query], limit: int) -> tuple[Entry, ...]:
        query = tantivy.Query.boolean_query([(_MUST, term) for term in terms])
        return tuple(sorted(self._documents(query, limit)))

    def _documents(self, query: tantivy.Query, limit: int) -> Iterator[Entry]:
        for _, address in self._searcher.search(query, limit, count=False).hits:
            told = self._searcher.doc(address)
            year = told.get_first("year")
            yield Entry(
                str(told.get_first("iri")),
                str(told.get_first("kind")),
                str(told.get_first("name")),
                None if year is None else int(year),
            )


_MUST, _SHOULD = tantivy.Occur.Must, tantivy.Occur.Should


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in ("iri", "kind"):
        builder.add_text_field(field, stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("name", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("exact", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="basic")
    builder.add_unsigned_field("year", stored=True)
    return builder.build()


_SCHEMA = _schema()


def _write(index: tantivy.Index, found: Iterable[Entry]) -> int:
    writer = index.writer(_HEAP, num_threads=1)
    number = 0
    for number, entry in enumerate(found, 1):  # noqa: B007 - it is the count
        folded = fold(entry.name)
        exact = [folded] if entry.year is None else [folded, f"{folded} {entry.year}"]
        told: dict[str, object] = {
            "iri": entry.iri, "kind": entry.kind, "name": entry.name, "exact": exact, "words": exact[-1],
        }  # fmt: skip
        if entry.year is not None:
            told["year"] = entry.year
        writer.add_document(tantivy.Document(**told))
    writer.commit()
    writer.wait_merging_threads()
    return number


def _term(field: str, value: str) -> tantivy.Query:
    return tantivy.Query.term_query(_SCHEMA, field, value, "basic")


def _word(word: str, *, fuzzy: bool, is_last: bool) -> tantivy.Query:
    forms = [tantivy.Query.boost_query(_term("words", word), 3.0)]
    if fuzzy and len(word) > 3:
        forms.append(tantivy.Query.fuzzy_term_query(_SCHEMA, "words", word, 1 if len(word) < 8 else 2))
    if is_last and len(word) > 1:
        forms.append(tantivy.Query.fuzzy_term_query(_SCHEMA, "words", word, 0, prefix=True))
    return tantivy.Query.disjunction_max_query(forms)


def _likeness(wanted: str, entry: Entry) -> float:
    folded = fold(entry.name)
    named = fuzz.WRatio(wanted, folded)
    return max(named, fuzz.WRatio(wanted, f"{folded} {entry.year}")) if entry.year is not None else named
