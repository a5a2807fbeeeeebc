"""Saved queries: one ``.rq`` file each, with a ``#+`` header in YAML that says what it answers.

::

    #+ title: Who played a character
    #+ question: Who played Rick Erwin?
    #+ description: Every performance of the character, by source.
    #+ keywords: [cast, performances]
    #+ parameters:
    #+   character: {type: name, required: true, example: Rick Erwin, description: Name of the character}
    SELECT … WHERE { … ?character … }

A parameter is a variable of the query. Its ``type`` is ``name`` or ``string`` (a plain literal), ``integer``,
``decimal``, ``date`` or ``iri``. Values are bound as terms, never pasted as text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import pyoxigraph as ox
import yaml

from castgraph.errors import QueryParameterError, SourceError, UnknownQueryError
from castgraph.iris import XSD
from castgraph.sparql import Term, tokens

_PARAMETER_TYPES = ("name", "string", "integer", "decimal", "date", "iri")
_HEADER_KEYS = {"title", "question", "description", "keywords", "parameters"}


@dataclass(frozen=True)
class Parameter:
    """A parameter of a saved query. ``example`` is a value the bundled facts answer."""

    name: str
    type: str
    description: str
    required: bool
    example: str | None
    default: str | None

    def term(self, value: str) -> Term:
        """The value as an RDF term of the parameter's type.

        Raises:
            QueryParameterError: the value is not of that type.
        """
        if self.type == "iri":
            try:
                return ox.NamedNode(value)
            except ValueError as error:
                raise QueryParameterError(f"{self.name}: {value!r} is no IRI") from error
        pattern = {
            "integer": r"[+-]?\d+",
            "decimal": r"[+-]?(\d+(\.\d*)?|\.\d+)",
            "date": r"\d{4}-\d\d-\d\d",
        }.get(self.type)
        if pattern is None:
            return ox.Literal(value)
        if not re.fullmatch(pattern, value):
            raise QueryParameterError(f"{self.name}: {value!r} is no {self.type}")
        return ox.Literal(value, datatype=ox.NamedNode(XSD + self.type))


@dataclass(frozen=True)
class SavedQuery:
    """A question somebody has, as SPARQL."""

    name: str
    title: str
    question: str
    description: str
    keywords: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    text: str  # the whole file, header and all: a valid query as it stands

    @property
    def sparql(self) -> str:
        """The query without its header."""
        return "".join(line for line in self.text.splitlines(keepends=True) if not line.startswith("#+")).lstrip()

    @property
    def is_federated(self) -> bool:
        """Whether it asks other endpoints (``SERVICE``): they have to be among those that may be asked."""
        return any(token.kind == "word" and token.text.upper() == "SERVICE" for token in tokens(self.sparql))

    def bindings(self, values: Mapping[str, str]) -> dict[str, Term]:
        """The terms to bind: the values given, and the defaults of the parameters not given.

        Raises:
            QueryParameterError: a value is missing, unknown or of the wrong type.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in values:
            if name not in known:
                takes = f"it takes: {', '.join(known)}" if known else "it takes none"
                raise QueryParameterError(f"the query {self.name} has no parameter {name!r}; {takes}")
        bound: dict[str, Term] = {}
        for name, parameter in known.items():
            value = values.get(name, parameter.default)
            if value is not None:
                bound[name] = parameter.term(value)
            elif parameter.required:
                hint = f", such as {parameter.example}" if parameter.example else ""
                raise QueryParameterError(f"the query {self.name} needs a value for {name!r}{hint}")
        return bound


@cache
def saved_queries() -> Mapping[str, SavedQuery]:
    """The queries castgraph ships, by name, in alphabetical order."""
    return {name: saved_query(name) for name in _names()}


@cache
def saved_query(name: str) -> SavedQuery:
    """The saved query of that name.

    Raises:
        UnknownQueryError: there is none; the message names the nearest.
    """
    if name not in _names():
        from rapidfuzz.process import extractOne

        nearest = extractOne(name, _names())
        hint = f"; the nearest is {nearest[0]}" if nearest else ""
        raise UnknownQueryError(f"no saved query is called {name!r}{hint}")
    file = files("castgraph.queries").joinpath(f"{name}.rq")
    return parse_saved_query(Path(f"{name}.rq"), file.read_text(encoding="utf-8"))


def _names() -> list[str]:
    found = (entry.name for entry in files("castgraph.queries").iterdir())
    return sorted(name.removesuffix(".rq") for name in found if name.endswith(".rq"))


def parse_saved_query(path: Path, text: str) -> SavedQuery:
    """Read a query file. A file without a header is a query too, called by its file name.

    Raises:
        SourceError: the header is no YAML or says what it should not.
    """
    header = "".join(
        line.removeprefix("#+ ").removeprefix("#+") for line in text.splitlines(keepends=True) if line.startswith("#+")
    )
    try:
        told = yaml.safe_load(header) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise SourceError(
            path, "the #+ header is no YAML", line=mark.line + 1 if mark else 1, expected="YAML after #+"
        ) from error
    if not isinstance(told, dict) or not set(told) <= _HEADER_KEYS:
        raise SourceError(
            path, "the #+ header has keys that are not known", expected=f"keys among {sorted(_HEADER_KEYS)}"
        )
    parameters = tuple(_parameter(path, name, row or {}) for name, row in (told.get("parameters") or {}).items())
    return SavedQuery(
        name=path.stem,
        title=str(told.get("title", path.stem)),
        question=str(told.get("question", "")),
        description=str(told.get("description", "")),
        keywords=tuple(str(word) for word in told.get("keywords", ())),
        parameters=parameters,
        text=text,
    )


def _parameter(path: Path, name: str, row: Mapping[str, object]) -> Parameter:
    type_ = str(row.get("type", "string"))
    if type_ not in _PARAMETER_TYPES:
        raise SourceError(path, f"parameter {name}: type {type_!r}", expected=f"one of {', '.join(_PARAMETER_TYPES)}")

    def text(key: str) -> str | None:
        return None if row.get(key) is None else str(row[key])

    return Parameter(
        name=name,
        type=type_,
        description=text("description") or "",
        required=bool(row.get("required", False)),
        example=text("example"),
        default=text("default"),
    )
