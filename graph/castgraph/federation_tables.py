"""The answers of other endpoints in a query's text: each SERVICE gives its place to a table of solutions."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import pyoxigraph as ox

from castgraph import sparql
from castgraph.errors import ServiceError

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Functions: TypeAlias = dict[ox.NamedNode, Callable[..., Term | None]]

_BLANK = ox.NamedNode("urn:x-castgraph:blank")
_UNBLANK = ox.NamedNode("urn:x-castgraph:unblank")


@dataclass(frozen=True)
class Received:
    """An answer with solutions in it, as it came."""

    media_type: str
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What one call of a query was answered.

    Attributes:
        start, end: the place of the call in the query's text.
        variable: the variable that names the endpoint, where one does.
        names: the variables the answer may bind.
        is_silent: whether a failure is one empty solution.
        received: the answer of each endpoint asked; None where it failed and that is to be passed over.
    """

    start: int
    end: int
    variable: str | None
    names: frozenset[str]
    is_silent: bool
    received: tuple[tuple[str, Received | None], ...]

    def as_json(self) -> dict[str, Any]:
        """The answer for another process."""
        received = [(endpoint, got and (got.media_type, base64.b64encode(got.body).decode()))
                    for endpoint, got in self.received]  # fmt: skip
        return {**vars(self), "names": sorted(self.names), "received": received}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Answer:
        """An answer from another process."""
        received = tuple((endpoint, got and Received(got[0], base64.b64decode(got[1])))
                         for endpoint, got in told["received"])  # fmt: skip
        return cls(**{**told, "names": frozenset(told["names"]), "received": received})


@dataclass(frozen=True)
class Filled:
    """A query with tables for its calls, and the functions it then needs."""

    text: str
    functions: Functions
    _places: tuple[tuple[int, int, int, int], ...]  # in the query: start, end; here: start, end

    def position(self, line: int, column: int, query: str) -> tuple[int, int]:
        """Where in the query as given a place of this text is: line and column, from 1."""
        lines = self.text.split("\n")
        offset = sum(len(text) + 1 for text in lines[: line - 1]) + column - 1
        moved = 0
        for start, end, here_start, here_end in self._places:
            if offset < here_start:
                break
            if offset < here_end:
                return sparql.position(query, start)
            moved = end - here_end
        return sparql.position(query, min(max(offset + moved, 0), len(query)))


def skeleton(query: str, answers: Sequence[Answer]) -> str:
    """The query with empty groups for its calls: all of it that the person who asks has written for this engine."""
    return _replaced(query, answers, ["{ }"] * len(answers))[0]


def fill(query: str, answers: Sequence[Answer], most_rows: int) -> Filled:
    """Put the answers into the query.

    A table is a VALUES block. Blank nodes, which those cannot hold, are written as literals and turned back by a function.

    Raises:
        ServiceError: an answer has too many rows, or is not what it says it is.
    """
    blanks: dict[str, ox.BlankNode] = {}
    tables = [_table(answer, str(number), most_rows, blanks) for number, answer in enumerate(answers)]

    def unblank(term: Term) -> Term:
        is_blank = isinstance(term, ox.Literal) and term.datatype == _BLANK
        return blanks.get(term.value, term) if is_blank and isinstance(term, ox.Literal) else term

    text, places = _replaced(query, answers, tables)
    return Filled(text, {_UNBLANK: unblank} if blanks else {}, places)


def _replaced(
    query: str, answers: Sequence[Answer], texts: Sequence[str]
) -> tuple[str, tuple[tuple[int, int, int, int], ...]]:
    pieces: list[str] = []
    places: list[tuple[int, int, int, int]] = []
    at = length = 0
    for answer, text in sorted(zip(answers, texts, strict=True), key=lambda pair: pair[0].start):
        before = query[at : answer.start]
        here = length + len(before)
        pieces += [before, text]
        length = here + len(text)
        places.append((answer.start, answer.end, here, length))
        at = answer.end
    return "".join([*pieces, query[at:]]), tuple(places)


def _table(answer: Answer, number: str, most_rows: int, blanks: dict[str, ox.BlankNode]) -> str:
    groups = []
    for place, (endpoint, received) in enumerate(answer.received):
        bound = {answer.variable: str(ox.NamedNode(endpoint))} if answer.variable else {}
        try:
            rows = [{}] if received is None else _rows(endpoint, received, answer.names, most_rows)
        except ServiceError:
            if not answer.is_silent:
                raise
            rows = [{}]
        groups.append(_group(rows, bound, f"{number}-{place}-", blanks))
    return "{ " + " UNION ".join(groups) + " }"


def _rows(endpoint: str, received: Received, names: frozenset[str], most: int) -> list[dict[str, Term]]:
    """The solutions, with no variables but those asked for."""
    format_ = ox.QueryResultsFormat.from_media_type(received.media_type)
    rows: list[dict[str, Term]] = []
    try:
        results = ox.parse_query_results(received.body, format_) if format_ else None
        if not isinstance(results, ox.QuerySolutions):
            raise ServiceError(endpoint, "answered with no solutions to a SELECT")
        wanted = [(place, name.value) for place, name in enumerate(results.variables) if name.value in names]
        for solution in results:
            row = {name: term for place, name in wanted if (term := solution[place]) is not None}
            if any(isinstance(term, ox.Triple) for term in row.values()):
                raise ServiceError(endpoint, "answered with triples as terms, which are not taken over")
            rows.append(row)
            if len(rows) > most:
                said = f"the answer has more than {most} rows, as many as may be taken; ask it for less"
                raise ServiceError(endpoint, said, limit="rows")
    except (SyntaxError, ValueError) as error:
        raise ServiceError(endpoint, f"the answer is not the {received.media_type} it says it is") from error
    return rows


def _group(
    rows: Sequence[Mapping[str, Term]], bound: Mapping[str, str], scope: str, blanks: dict[str, ox.BlankNode]
) -> str:
    names = sorted({name for row in rows for name in row} - bound.keys())
    hiding = {name for row in rows for name, term in row.items() if isinstance(term, ox.BlankNode)}

    def cell(term: Term | None) -> str:
        if isinstance(term, ox.BlankNode):
            label = scope + term.value
            blanks.setdefault(label, ox.BlankNode())
            return str(ox.Literal(label, datatype=_BLANK))
        return "UNDEF" if term is None else str(term)

    taken = set(names) | bound.keys()
    inner = {name: next(new for n in range(len(taken) + 1) if (new := f"{name}__{n}") not in taken) for name in hiding}
    head = " ".join(f"?{inner.get(name, name)}" for name in [*names, *bound])
    fixed = " ".join(bound.values())
    for name in bound:  # an endpoint that binds the variable it was reached by has to agree
        rows = [row for row in rows if name not in row or str(row[name]) == bound[name]]
    lines = "\n".join(f"({' '.join(cell(row.get(name)) for name in names)} {fixed})" for row in rows)
    table = f"VALUES ({head}) {{ {lines} }}"
    if not hiding:
        return "{ " + table + " }"
    shown = " ".join(
        f"({_UNBLANK}(?{inner[name]}) AS ?{name})" if name in inner else f"?{name}" for name in [*names, *bound]
    )
    return f"{{ SELECT {shown} {{ {table} }} }}"
