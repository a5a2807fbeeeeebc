"""Mappings: what a table of some kind says, as a small YAML file (``kinds/*.yaml``, or one of the user's own).

::

    kind: shop-films                       # its name; also names the graph
    publisher: The Shop
    licence: https://example.org/licence   # optional
    recognise: {files: ["*films*.csv"]}    # optional; else by the header holding all of columns
    table: {delimiter: ",", quote: '"', missing: ["", "n/a"], header: true}
    columns: [ean, name, year, stars]
    maps:
      - thing: title
        ids: {shop: ean}                   # identifiers by scheme; imdb, tmdb, movielens and others join catalogues
        label: name
        type: Film
        facts: {releaseYear: {column: year, as: year}}
      - each: {column: stars, split: "|", name: star}   # one row for each part; also {json: [keys]} for JSON arrays
        performance: {title: {shop: ean}, performer: {slug: star}, name: star}

Each map makes one of three things of a row: ``thing`` (type, label, identifiers, facts), ``link`` (a property from one
thing to another) or ``performance`` (who, as whom, in what). ``where: {column: [values]}`` picks rows. A value is a
column, a template (``"tt{imdbId}"``), or a column with ``pattern``, ``replace``, ``split`` or
``json``, ``map`` and ``otherwise``, ``as``, ``plus``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Mapping_
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

import yaml

from castgraph.errors import SourceError

DATATYPES = {"integer", "year", "decimal", "string", "slug"}
THINGS = {"title", "person", "organization", "genre", "country", "language", "rating"}
SCHEMES = ("imdb", "tmdb", "movielens")
"""Identifier schemes that catalogues share, the one that names a thing first. Others follow, by name."""


@dataclass(frozen=True)
class Value:
    """A value made of a row: a column or a template of columns, and what is done to it, in this order."""

    template: str  # "{tconst}", "tt{imdbId}"
    pattern: str | None = None  # RE2 with one group: what of the text counts
    replace: tuple[tuple[str, str], ...] = ()  # RE2 and what stands for each match, in this order
    split: str | None = None  # the text is a list, parted by this
    json: bool = False  # the text is a JSON (or Python) list of texts
    map: Mapping_[str, str | None] = field(default_factory=dict)
    otherwise: str | None = None  # for what the map does not name; "keep" keeps it
    as_: str = "string"
    plus: int = 0

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it is made of."""
        return tuple(part.partition("}")[0] for part in self.template.split("{")[1:])


Ids = tuple[tuple[str, Value], ...]
"""Identifiers of a thing by scheme, in the order of :data:`SCHEMES`; ``slug`` stands for the name itself."""


@dataclass(frozen=True)
class Fact:
    """A property of a thing: a literal, or a thing called by its name (a genre, a country)."""

    property: str
    value: Value
    thing: str | None = None  # "genre": the object is id/genre/<slug>


@dataclass(frozen=True)
class Each:
    """One row for each part of a list: of a text by a separator, or of a JSON array of objects."""

    column: str
    name: str  # what the part is called; keys of an object are called name.key
    split: str | None
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Thing:
    """A map that describes a thing."""

    kind: str
    ids: Ids
    label: Value | None
    type: Value | str | None
    facts: tuple[Fact, ...]
    rating: tuple[Value, Value | None] | None  # grade and number of votes
    where: Mapping_[str, tuple[str, ...]]
    each: Each | None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a row that say something of the thing."""
        values = [value for _, value in self.ids] + [fact.value for fact in self.facts]
        values += [value for value in (self.label, self.type, *(self.rating or ())) if isinstance(value, Value)]
        return tuple(dict.fromkeys(column for value in values for column in value.columns))


@dataclass(frozen=True)
class Link:
    """A map that joins two things by a property."""

    subject: tuple[str, Ids]
    property: Value | str
    object: tuple[str, Ids]
    label: Value | None  # of the object
    where: Mapping_[str, tuple[str, ...]]
    each: Each | None


@dataclass(frozen=True)
class Performance:
    """A map that makes credits: the work, the performer, and the role as printed, which may hold several."""

    title: Ids
    performer: Ids
    name: Value | None
    role: Value | None
    note: Value | None  # said of the whole credit: "voice", "archive footage"
    order: Value | None
    episodes: Value | None
    where: Mapping_[str, tuple[str, ...]]
    each: Each | None


Map = Thing | Link | Performance


@dataclass(frozen=True)
class Mapping:
    """A kind of table: how it is recognised, how its lines are read, and what a row says."""

    path: Path
    kind: str
    publisher: str
    licence: str | None
    files: tuple[str, ...]
    delimiter: str
    quote: str | None
    missing: tuple[str, ...]
    header: bool
    columns: tuple[str, ...]
    maps: tuple[Map, ...]

    def fits(self, name: str, header: tuple[str, ...]) -> bool:
        """Whether a file of that name and first line is of this kind."""
        if self.files and not any(fnmatch(name.lower(), pattern.lower()) for pattern in self.files):
            return False
        return bool(self.files) if not self.header else set(self.columns) <= set(header)


def read_mapping(path: Path, text: str) -> Mapping | None:
    """Read a mapping file; None for YAML that is no mapping (it has no ``kind`` and ``maps``).

    Raises:
        SourceError: it is one, and says what cannot be meant.
    """
    try:
        told = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise SourceError(path, "this is no YAML", line=mark.line + 1 if mark else 1, expected="a mapping") from error
    if not isinstance(told, dict) or not {"kind", "maps"} <= set(told):
        return None
    return _Reader(path, text).mapping(told)


class _Reader:
    """Turns what the YAML says into values, and says where it cannot."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text
        self._columns: set[str] = set()

    def mapping(self, told: dict[str, object]) -> Mapping:
        self._keys("the mapping", told, {"kind", "publisher", "licence", "recognise", "table", "columns", "maps"})
        table = self._dict("table", told.get("table") or {})
        self._keys("table", table, {"delimiter", "quote", "missing", "header"})
        recognise = self._dict("recognise", told.get("recognise") or {})
        self._keys("recognise", recognise, {"files"})
        columns = tuple(self._texts("columns", told.get("columns")))
        if not columns:
            raise self._error("columns", "the mapping names no columns")
        self._columns = set(columns)
        delimiter = str(table.get("delimiter", "\t"))
        quote = table.get("quote")
        if len(delimiter) != 1 or (quote is not None and len(str(quote)) != 1):
            raise self._error("delimiter", "delimiter and quote are single characters")
        header = bool(table.get("header", True))
        files = tuple(self._texts("files", recognise.get("files") or []))
        if not header and not files:
            raise self._error("recognise", "a table without a header is recognised by recognise: {files: [...]}")
        return Mapping(
            path=self._path,
            kind=str(told["kind"]),
            publisher=str(told.get("publisher") or told["kind"]),
            licence=None if told.get("licence") is None else str(told["licence"]),
            files=files,
            delimiter=delimiter,
            quote=None if quote is None else str(quote),
            missing=tuple(self._texts("missing", table.get("missing") or [])),
            header=header,
            columns=columns,
            maps=tuple(self._map(self._dict("maps", one)) for one in self._list("maps", told["maps"])),
        )

    def _map(self, told: dict[str, object]) -> Map:
        kinds = {"thing", "link", "performance"} & set(told)
        if len(kinds) != 1:
            raise self._error("maps", "each map has one of thing, link or performance")
        before = set(self._columns)
        each = self._each(told["each"]) if "each" in told else None
        where = {
            self._column(name): tuple(self._texts("where", value))
            for name, value in self._dict("where", told.get("where") or {}).items()
        }
        try:
            if "thing" in told:
                return self._thing(told, where, each)
            if "link" in told:
                self._keys("link", told, {"link", "where", "each"})
                return self._link(self._dict("link", told["link"]), where, each)
            self._keys("performance", told, {"performance", "where", "each"})
            return self._performance(self._dict("performance", told["performance"]), where, each)
        finally:
            self._columns = before

    def _thing(self, told: dict[str, object], where: Mapping_[str, tuple[str, ...]], each: Each | None) -> Thing:
        self._keys("thing", told, {"thing", "ids", "label", "type", "facts", "rating", "where", "each"})
        rating = self._dict("rating", told["rating"]) if "rating" in told else None
        type_ = told.get("type")
        plain = isinstance(type_, str) and type_ not in self._columns
        return Thing(
            kind=self._kind(told["thing"]),
            ids=self._ids(told.get("ids")),
            label=self._optional(told.get("label")),
            type=str(type_) if plain else self._optional(type_),
            facts=tuple(self._fact(name, one) for name, one in self._dict("facts", told.get("facts") or {}).items()),
            rating=(self._value(rating["value"]), self._optional(rating.get("votes"))) if rating else None,
            where=where,
            each=each,
        )

    def _link(self, told: dict[str, object], where: Mapping_[str, tuple[str, ...]], each: Each | None) -> Link:
        self._keys("link", told, {"from", "property", "to", "label"})
        named = told.get("property")
        plain = isinstance(named, str) and named not in self._columns
        return Link(
            subject=self._end("from", told.get("from")),
            property=str(named) if plain else self._value(named),
            object=self._end("to", told.get("to")),
            label=self._optional(told.get("label")),
            where=where,
            each=each,
        )

    def _performance(
        self, told: dict[str, object], where: Mapping_[str, tuple[str, ...]], each: Each | None
    ) -> Performance:
        self._keys("performance", told, {"title", "performer", "name", "role", "note", "order", "episodes"})
        return Performance(
            title=self._ids(told.get("title")),
            performer=self._ids(told["performer"]) if "performer" in told else (),
            name=self._optional(told.get("name")),
            role=self._optional(told.get("role")),
            note=self._optional(told.get("note")),
            order=self._optional(told.get("order")),
            episodes=self._optional(told.get("episodes")),
            where=where,
            each=each,
        )

    def _end(self, key: str, told: object) -> tuple[str, Ids]:
        end = self._dict(key, told)
        if len(end) != 1:
            raise self._error(key, "an end of a link is one thing: {title: {imdb: tconst}}")
        ((kind, ids),) = end.items()
        return self._kind(kind), self._ids(ids)

    def _fact(self, name: str, told: object) -> Fact:
        thing = None
        if isinstance(told, dict):
            thing = told.get("thing")
            told = {key: value for key, value in told.items() if key != "thing"}
        return Fact(name, self._value(told), None if thing is None else self._kind(thing))

    def _each(self, told: object) -> Each:
        each = self._dict("each", told)
        self._keys("each", each, {"column", "name", "split", "json"})
        column = self._column(str(each.get("column")))
        name = str(each.get("name", column))
        keys = tuple(self._texts("json", each.get("json") or []))
        if bool(keys) == ("split" in each):
            raise self._error("each", "each has split: SEPARATOR or json: [keys]")
        self._columns |= {f"{name}.{key}" for key in keys} or {name}
        return Each(column, name, None if keys else str(each["split"]), keys)

    def _ids(self, told: object) -> Ids:
        ids = {scheme: self._value(one) for scheme, one in self._dict("ids", told).items()}
        if not ids:
            raise self._error("ids", "a thing needs an identifier, or slug: its name")

        def rank(scheme: str) -> tuple[int, str]:
            return (SCHEMES.index(scheme) if scheme in SCHEMES else 98 + (scheme == "slug"), scheme)

        return tuple(sorted(ids.items(), key=lambda one: rank(one[0])))

    def _kind(self, told: object) -> str:
        if told not in THINGS:
            raise self._error(str(told), f"{told} is no kind of thing; it is one of {', '.join(sorted(THINGS))}")
        return str(told)

    def _optional(self, told: object) -> Value | None:
        return None if told is None else self._value(told)

    def _value(self, told: object) -> Value:
        if isinstance(told, str):
            return Value(self._template(told))
        value = self._dict("value", told)
        keys = {"column", "pattern", "replace", "split", "json", "map", "otherwise", "as", "plus"}
        self._keys("value", value, keys)
        as_ = str(value.get("as", "string"))
        if as_ not in DATATYPES:
            raise self._error(as_, f"as: {as_} is none of {', '.join(sorted(DATATYPES))}")
        return Value(
            template=self._template(str(value.get("column"))),
            pattern=None if value.get("pattern") is None else str(value["pattern"]),
            replace=tuple(self._pair(one) for one in self._list("replace", value.get("replace") or [])),
            split=None if value.get("split") is None else str(value["split"]),
            json=bool(value.get("json", False)),
            map={
                str(name): None if to is None else " ".join(str(to).split())
                for name, to in self._dict("map", value.get("map") or {}).items()
            },
            otherwise=None if value.get("otherwise") is None else " ".join(str(value["otherwise"]).split()),
            as_=as_,
            plus=int(str(value.get("plus", 0))),
        )

    def _pair(self, told: object) -> tuple[str, str]:
        pair = self._texts("replace", told)
        if len(pair) != 2:
            raise self._error("replace", "replace is a list of pairs: [what, by what]")
        return pair[0], pair[1]

    def _template(self, told: str) -> str:
        if "{" not in told:
            return "{" + self._column(told) + "}"
        for part in told.split("{")[1:]:
            self._column(part.partition("}")[0])
        return told

    def _column(self, name: str) -> str:
        if name not in self._columns:
            raise self._error(name, f"no column is called {name}; there are {', '.join(sorted(self._columns))}")
        return name

    def _dict(self, key: str, told: object) -> dict[str, object]:
        if not isinstance(told, dict):
            raise self._error(key, f"{key} is no mapping of names")
        return {str(name): value for name, value in told.items()}

    def _list(self, key: str, told: object) -> list[object]:
        if not isinstance(told, list):
            raise self._error(key, f"{key} is no list")
        return told

    def _texts(self, key: str, told: object) -> list[str]:
        return [str(one) for one in self._list(key, told)]

    def _keys(self, what: str, told: Mapping_[str, object], known: set[str]) -> None:
        for key in told:
            if key not in known:
                raise self._error(key, f"{what} has no key {key}; it has {', '.join(sorted(known))}")

    def _error(self, word: str, problem: str) -> SourceError:
        whole = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
        line = next((number for number, one in enumerate(self._text.splitlines(), 1) if whole.search(one)), 1)
        return SourceError(self._path, problem, line=line, expected="a mapping as castgraph.catalogs.mapping tells")
