"""Sides at SPARQL endpoints: what an endpoint says of the things that ours might be, asked for in batches and pages."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import unquote

import pyoxigraph as ox

from castgraph.errors import EndpointError
from castgraph.linking.description import Description
from castgraph.linking.entities import Entity, Side
from castgraph.linking.tables import merge
from castgraph.linking.targets import Target, TargetSide
from castgraph.remote import ask_endpoint

_LATER = (429, 502, 503, 504)
"""What an endpoint answers when it may answer later."""


@dataclass(frozen=True)
class Patience:
    """How long an endpoint is waited for: seconds of each answer, tries, and the seconds between them.

    The pause doubles from ``pause``; where the endpoint names one (``Retry-After``), it is obeyed, up to ``longest``.
    """

    timeout: float = 60.0
    tries: int = 4
    pause: float = 1.0
    longest: float = 120.0


def ask_patiently(url: str, query: str, patience: Patience, progress: Callable[[str], None]) -> tuple[str, bytes]:
    """Ask an endpoint, again where it says that it may answer later. Gives media type and body.

    Raises:
        EndpointError: it did not answer, however often it was asked, or asked for more patience than there is.
    """
    for number in range(1, patience.tries + 1):
        try:
            return ask_endpoint(url, query, patience.timeout)
        except EndpointError as error:
            pause = _pause(error, patience, number)
            if pause is None or number == patience.tries:
                raise
            if pause > patience.longest:
                raise EndpointError(url, f"asks to be left alone for {pause:g} s; try again then") from error
            progress(f"{error}; asking again in {pause:g} s")
            time.sleep(pause)
    raise AssertionError("the last try returns or raises")


def _pause(error: EndpointError, patience: Patience, number: int) -> float | None:
    """Seconds until an endpoint is asked again; None where that is no use."""
    from SPARQLWrapper.SPARQLExceptions import EndPointInternalError

    doubled = patience.pause * 2.0 ** (number - 1)
    cause = error.__cause__
    if isinstance(cause, EndPointInternalError):  # SPARQLWrapper's word for 500
        return doubled
    if not isinstance(cause, HTTPError):
        return doubled if isinstance(cause, OSError | HTTPException) else None
    if cause.code not in _LATER:
        return None
    told = cause.headers.get("Retry-After")
    if told is None:
        return doubled
    if told.strip().isdigit():
        return float(told)
    try:
        moment = email.utils.parsedate_to_datetime(told)
    except ValueError:  # neither seconds nor a date
        return doubled
    until = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def endpoint_side(
    target: Target, side: TargetSide, ours: Side, patience: Patience, progress: Callable[[str], None]
) -> Side:
    """What an endpoint says of the things that ours might be.

    Queries come in the order of the description: things that one of them found by an identifier are not looked for by the
    next. ``$imdb`` (or another scheme) stands for identifiers of ours, ``$names`` for names, ``$directors`` for the
    directors of titles without a name; a query without any is for all there is.

    Raises:
        EndpointError: the endpoint does not answer as it should.
    """
    assert target.endpoint is not None
    left = [entity for entity in ours if entity.kind == side.description.kind]
    found: dict[str, list[Entity]] = {}
    for query in side.queries:
        placeholder = next((one for one in _placeholders(target) if f"${one} " in query), None)
        for wanted in _batches(left, placeholder, target.batch):
            text = query.replace(f"${placeholder} ", wanted + " ")
            for entity in _entities(target.endpoint, text, side.description, target.page, patience, progress):
                found.setdefault(entity.id, []).append(entity)
        if placeholder not in (None, "names", "directors"):
            known = {pair for several in found.values() for one in several for pair in one.identifiers}
            left = [entity for entity in left if not known & set(entity.identifiers)]
        progress(f"{target.title}: {len(found):,} things found")
    merged = tuple(one[0] if len(one) == 1 else merge(one) for one in found.values())
    return Side(target.title, merged, side.description.unique, target.things)


def _placeholders(target: Target) -> tuple[str, ...]:
    return ("names", "directors", "imdb", "tmdb", "wikidata", "freebase", *target.patterns)


def _batches(ours: Sequence[Entity], placeholder: str | None, size: int) -> Iterator[str]:
    """What stands in the query for a placeholder, some of ours at a time."""
    if placeholder is None:
        yield ""
        return
    values = list(dict.fromkeys(text for entity in ours for text in _values(entity, placeholder)))
    for start in range(0, len(values), size):
        yield " ".join(_written(text, placeholder) for text in values[start : start + size])


def _values(entity: Entity, placeholder: str) -> Iterable[str]:
    if placeholder == "names":
        return entity.names
    if placeholder == "directors":
        return () if entity.names else entity.directors
    return (value for scheme, value in entity.identifiers if scheme == placeholder)


def _written(text: str, placeholder: str) -> str:
    """A value as SPARQL writes it. Names are asked for with and without a language: RDF tells those apart."""
    plain = str(ox.Literal(text))
    return f"{plain} {plain}@en" if placeholder in ("names", "directors") else plain


def _entities(
    url: str, query: str, described: Description, page: int, patience: Patience, progress: Callable[[str], None]
) -> Iterator[Entity]:
    """The entities that the rows of an answer make, page by page until one is not full."""
    raw: dict[str, dict[str, list[str]]] = {}
    offset = 0
    while True:
        paged = f"{query.rstrip()}\nORDER BY ?id\nLIMIT {page} OFFSET {offset}"
        rows = list(_rows(url, paged, patience, progress))
        for row in rows:
            [id_variable] = described.fields["id"]
            thing = row.get(id_variable)
            if not isinstance(thing, ox.NamedNode):
                raise EndpointError(url, f"answered a row without an IRI for ?{id_variable}")
            told = raw.setdefault(thing.value, {id_variable: [thing.value]})
            for name, value in row.items():
                if name != id_variable and (text := _text(value, described)) is not None:
                    values = told.setdefault(name, [])
                    if text not in values:
                        values.append(text)
        if len(rows) < page:
            break
        offset += page
    plain = replace(described, prefix="")
    for told in raw.values():
        yield plain.entity(told, Path(url), 1)


def _rows(url: str, query: str, patience: Patience, progress: Callable[[str], None]) -> Iterator[Mapping[str, object]]:
    media_type, body = ask_patiently(url, query, patience, progress)
    format_ = ox.QueryResultsFormat.from_media_type(media_type)
    if format_ is None:
        raise EndpointError(url, f"answered with {media_type or 'no media type'}, which is no SPARQL result")
    try:
        solutions = ox.parse_query_results(body, format_)
        assert isinstance(solutions, ox.QuerySolutions)
        names = [variable.value for variable in solutions.variables]
        for solution in solutions:
            yield {name: term for name, term in zip(names, solution, strict=True) if term is not None}
    except (SyntaxError, ValueError) as error:
        raise EndpointError(url, f"the answer is not the {media_type} it says it is: {error}") from error


def _text(value: object, described: Description) -> str | None:
    if isinstance(value, ox.Literal):
        return value.value
    if isinstance(value, ox.NamedNode):
        return unquote(value.value.rpartition("/")[2]).replace("_", " ") if described.local_names else value.value
    return None
