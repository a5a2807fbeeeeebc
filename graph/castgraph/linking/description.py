"""How a side is laid out: which column or property holds which field. The same few keys for tables and RDF.

::

    name: MovieLens
    unique: true                  # one record for each thing (the default)
    prefix: https://movielens.org/movies/     # ids become IRIs
    fields: {id: movieId, names: title, genres: genres}
    separators: {genres: "|"}
    replace: {";": ","}           # in every value
    values: {work: {MOVIE: film, SHOW: series}}
    constants: {work: film}
    identifiers: {imdb: imdbId}
    numbered: true                # a record without an id goes by its file and line
    surplus: title                # takes the cells a row has too many: a comma nobody quoted
    language_tags: true           # "Brazil@en" is "Brazil"
    format: ttl                   # of an RDF file whose ending does not say
    class: http://dbpedia.org/ontology/Film   # RDF: only its instances
    local_names: true             # RDF: an IRI without a label stands for the name in its end

A field may name several columns or properties. A side needs no description where its columns have usual names.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from castgraph.errors import SourceError
from castgraph.linking.entities import Entity
from castgraph.readers.curated import parse_yaml

FIELDS = ("id", "names", "years", "work", "genres", "directors", "cast", "roles", "titles", "countries", "runtime")
_KEYS = {
    "name", "kind", "unique", "prefix", "fields", "separators", "replace", "values", "constants", "identifiers",
    "numbered", "surplus", "language_tags", "format", "class", "local_names",
}  # fmt: skip
_USUAL = {
    "id": ("id", "iri", "uri", "movieid", "tconst", "nconst", "subject_id"),
    "names": ("title", "name", "names", "label", "primarytitle", "originaltitle", "primaryname", "alternative_title"),
    "years": ("year", "years", "release_year", "startyear", "date", "release_date", "birthyear", "released"),
    "work": ("type", "kind", "titletype", "work"),
    "genres": ("genre", "genres"),
    "directors": ("director", "directors"),
    "cast": ("cast", "actors", "stars", "starring"),
    "roles": ("role", "roles", "characters"),
    "titles": ("titles", "known_for", "knownfortitles"),
    "countries": ("country", "countries", "production_countries"),
    "runtime": ("runtime", "runtimeminutes", "duration"),
}
_USUAL_IDENTIFIERS = {
    "imdb": ("imdb", "imdb_id", "imdbid"),
    "tmdb": ("tmdb", "tmdb_id", "tmdbid"),
    "wikidata": ("wikidata", "qid"),
}
_WORKS = {
    "film": "film", "movie": "film", "tvmovie": "film", "tv movie": "film", "television film": "film", "feature": "film",
    "short": "film", "video": "film", "show": "series", "series": "series", "tvseries": "series", "tv series": "series",
    "television series": "series",
}  # fmt: skip
_LANGUAGE_TAG = re.compile(r"@[a-z]{2,3}(-[A-Za-z0-9]+)*$")
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_NUMBER = re.compile(r"\d+(\.\d+)?")
_SPLIT = re.compile(r"\s*[|;]\s*")
_SPLIT_FIELDS = {"genres", "directors", "cast", "roles", "titles", "countries"}


@dataclass(frozen=True)
class Description:
    """The layout of a side; see the module. Field names map to the columns or properties that hold them."""

    name: str | None = None
    kind: str = "title"
    unique: bool = True
    prefix: str = ""
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    separators: Mapping[str, str] = field(default_factory=dict)
    replace: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    identifiers: Mapping[str, str] = field(default_factory=dict)
    numbered: bool = False
    surplus: str | None = None
    language_tags: bool = False
    format: str | None = None
    class_: str | None = None
    local_names: bool = False

    def for_columns(self, columns: Sequence[str]) -> Description:
        """The description with the usual meaning of columns it does not name."""
        known = {column.strip().casefold(): column for column in columns}
        fields = dict(self.fields)
        for name, usual in _USUAL.items():
            if name not in fields and (found := tuple(known[one] for one in usual if one in known)):
                fields[name] = found
        identifiers = dict(self.identifiers)
        for scheme, usual in _USUAL_IDENTIFIERS.items():
            for one in usual:
                if scheme not in identifiers and one in known and not self.identifiers:
                    identifiers[scheme] = known[one]
        return Description(**{**self.__dict__, "fields": fields, "identifiers": identifiers})

    def entity(self, raw: Mapping[str, Sequence[str]], path: Path, line: int | None = None) -> Entity:
        """The entity that the raw values of a record make; ``line`` is that of a table.

        Raises:
            SourceError: a record without an id, or a runtime that is no number.
        """
        stated = {name: self._texts(name, raw) for name in FIELDS}
        ids = self._clean(raw, self.fields.get("id", ()))
        if not ids and self.numbered:
            ids = [f"{path.name}#{line}"]
        if not ids:
            raise SourceError(
                path,
                "a record without an id",
                line=line or 1,
                expected="a value in " + _named(self.fields.get("id", ("id",))),
            )
        years = tuple(dict.fromkeys(int(match) for text in stated["years"] for match in _YEAR.findall(text)[:1]))
        runtimes = [
            match for text in stated["runtime"] if (match := _NUMBER.fullmatch(text.removesuffix(" min").strip()))
        ]
        work = stated["work"][0] if stated["work"] else None
        return Entity(
            id=self.prefix + (ids[0][1:-1] if ids[0].startswith("<") and ids[0].endswith(">") else ids[0]),
            kind=self.kind,
            names=stated["names"],
            years=years,
            work=_WORKS.get(work.casefold()) if work else None,
            genres=stated["genres"],
            directors=stated["directors"],
            cast=stated["cast"],
            roles=stated["roles"],
            titles=stated["titles"],
            countries=stated["countries"],
            runtime=float(runtimes[0][0]) if runtimes else None,
            identifiers=tuple(
                (scheme, identifier(scheme, value))
                for scheme, column in self.identifiers.items()
                for value in self._clean(raw, (column,))
            ),
            line=line,
        )

    def _texts(self, name: str, raw: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
        texts: list[str] = []
        for text in self._clean(raw, self.fields.get(name, ())):
            texts += self._parts(name, text)
        if not texts and name in self.constants:
            texts = [self.constants[name]]
        translated = self.values.get(name, {})
        return tuple(dict.fromkeys(translated.get(text, text) for text in texts))

    def _clean(self, raw: Mapping[str, Sequence[str]], columns: Sequence[str]) -> list[str]:
        found = []
        for column in columns:
            for text in raw.get(column, ()):
                for old, new in self.replace.items():
                    text = text.replace(old, new)
                if self.language_tags:
                    text = _LANGUAGE_TAG.sub("", text)
                if text := text.strip():
                    found.append(text)
        return found

    def _parts(self, name: str, text: str) -> list[str]:
        if text.startswith("[") and text.endswith("]"):
            try:
                listed = ast.literal_eval(text)
            except (ValueError, SyntaxError):
                return [text]
            return [str(one).strip() for one in listed if str(one).strip()]
        if name in self.separators:
            return [part.strip() for part in text.split(self.separators[name]) if part.strip()]
        return [part for part in _SPLIT.split(text) if part] if name in _SPLIT_FIELDS else [text]


def identifier(scheme: str, value: str) -> str:
    """An identifier in its usual form, so that the same one is written the same on both sides.

    >>> identifier("imdb", "0114709"), identifier("imdb", "tt0114709"), identifier("tmdb", "862.0")
    ('tt0114709', 'tt0114709', '862')
    """
    value = value.strip().removesuffix(".0")
    if scheme == "imdb" and value.isdigit():
        return f"tt{value.zfill(7)}"
    return value


def read_description(path: Path) -> Description:
    """Read a description from a YAML file.

    Raises:
        SourceError: the file is no description; says what is wrong.
    """
    return description_of(parse_yaml(path), path)


def description_of(told: object, path: Path) -> Description:
    """The description that parsed YAML tells; ``path`` is for the error."""
    if not isinstance(told, dict) or not set(told) <= _KEYS:
        wrong = sorted(map(str, set(told) - _KEYS)) if isinstance(told, dict) else "no mapping"
        raise SourceError(
            path, f"no description of a side: {wrong}", expected="a mapping with " + ", ".join(sorted(_KEYS))
        )
    fields = {name: _names(columns) for name, columns in (told.get("fields") or {}).items()}
    if unknown := sorted(set(fields) - set(FIELDS)):
        raise SourceError(path, f"fields: {_named(unknown)} unknown", expected=_named(FIELDS))
    if told.get("kind", "title") not in ("title", "person"):
        raise SourceError(path, f"kind: {told['kind']!r}", expected="title or person")
    return Description(
        name=told.get("name"),
        kind=told.get("kind", "title"),
        unique=bool(told.get("unique", True)),
        prefix=told.get("prefix", ""),
        fields=fields,
        separators=told.get("separators") or {},
        replace=told.get("replace") or {},
        values=told.get("values") or {},
        constants=told.get("constants") or {},
        identifiers=told.get("identifiers") or {},
        numbered=bool(told.get("numbered", False)),
        surplus=told.get("surplus"),
        language_tags=bool(told.get("language_tags", False)),
        format=told.get("format"),
        class_=told.get("class"),
        local_names=bool(told.get("local_names", False)),
    )


def _names(columns: object) -> tuple[str, ...]:
    return tuple(map(str, columns)) if isinstance(columns, list) else (str(columns),)


def _named(names: Sequence[str]) -> str:
    return ", ".join(names)
