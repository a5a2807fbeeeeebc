"""Sides at SPARQL endpoints: what an endpoint says of the things that ours might be, asked for in batches and pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from urllib.parse import unquote

import pyoxigraph as ox

from castgraph.errors import EndpointError, UsageError
from castgraph.linking.description import Description
from castgraph.linking.entities import Entity, Side
from castgraph.linking.patience import Patience, patiently
from castgraph.linking.tables import merge
from castgraph.linking.targets import Target, TargetSide
from castgraph.remote import ask_endpoint

_SELECTED = re.compile(r"\bSELECT\s+(?:DISTINCT\s+)?((?:[?$]\w+\s+)+)", re.IGNORECASE)


def ask_patiently(
    url: str, query: str, patience: Patience, progress: Callable[[str], None], most: int | None = None
) -> tuple[str, bytes]:
    """Ask an endpoint, again where it says that it may answer later. Gives media type and body, of at most so many bytes.

    Raises:
        EndpointError: it did not answer, however often it was asked, or asked for more patience than there is.
    """
    return patiently(lambda: ask_endpoint(url, query, patience.timeout, most=most), url, patience, progress)


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
    for rows in pages(url, query, page, patience, progress):
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
    plain = replace(described, prefix="")
    for told in raw.values():
        yield plain.entity(told, Path(url))


def pages(
    url: str,
    query: str,
    size: int,
    patience: Patience,
    progress: Callable[[str], None],
    most: int | None = None,
) -> Iterator[list[Mapping[str, object]]]:
    """The rows of a SELECT by pages of a size, until one is not full; see :func:`select`.

    The rows are ordered by every variable: by fewer, each page might order those that tie in another way.
    """
    variables = _SELECTED.search(query)
    if variables is None:
        raise UsageError("a query of a target selects its variables by name: SELECT ?id ?name …")
    for number in count():
        asked = f"{query.rstrip()}\nORDER BY {variables[1]}\nLIMIT {size} OFFSET {number * size}"
        rows = list(select(url, asked, patience, progress, most))
        yield rows
        if len(rows) < size:
            return


def select(
    url: str, query: str, patience: Patience, progress: Callable[[str], None], most: int | None = None
) -> Iterator[Mapping[str, object]]:
    """The rows of an endpoint's answer to a SELECT, of at most so many bytes, unbound variables left out.

    Raises:
        EndpointError: it did not answer, or not with rows, or with more.
    """
    media_type, body = ask_patiently(url, query, patience, progress, most)
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
        return local_name(value.value) if described.local_names else value.value
    return None


def text_of(term: object) -> str | None:
    """The text of an IRI or a literal; None of anything else."""
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else None


def local_name(iri: str) -> str:
    """The name an IRI is made of.

    >>> local_name("http://dbpedia.org/resource/Brian_De_Palma")
    'Brian De Palma'
    """
    return unquote(iri.rpartition("/")[2]).replace("_", " ")
