"""What a query asks of other endpoints (SPARQL 1.1 Federated Query), found in its text.

The engine never sees ``SERVICE``. Each pattern of a query that asks another endpoint is sent there first, as a query of
its own, and its solutions take the pattern's place as a table (:mod:`castgraph.federation_tables`). That is what the
standard's section 4 says a service means: the solutions of its pattern, joined with the rest.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from castgraph import sparql
from castgraph.errors import QueryRefusedError, QuerySyntaxError, ServiceError
from castgraph.federation_allowed import Allowed
from castgraph.federation_requests import Gone, ServiceLimits, ask_service
from castgraph.federation_tables import Answer, Received
from castgraph.settings import Settings
from castgraph.sparql import Token
from castgraph.store import Dataset, LocalStore, Results, Services

MOST_CALLS = 10
"""Requests one query may have sent."""

_SERVICE = re.compile("service", re.IGNORECASE)


@dataclass(frozen=True)
class Call:
    """One ``SERVICE`` of a query.

    Attributes:
        start: offset of the word in the query's text.
        end: offset after the brace that closes its pattern.
        targets: the endpoints asked: one, or those a variable may be bound to.
        variable: the variable's name, without its sign.
        is_silent: whether a failure is one empty solution.
        names: the variables of the pattern.
        query: what is asked.
    """

    start: int
    end: int
    targets: tuple[str, ...]
    variable: str | None
    is_silent: bool
    names: frozenset[str]
    query: str


def calls(query: str, allowed: Allowed, base: str = "") -> tuple[Call, ...]:
    """What a query asks of others, in the order of its text.

    A target is an IRI or a prefixed name. A variable is taken where a ``VALUES`` block in the same group lists what it may
    be, for only then is it known, before anything is sent, that each of its values is allowed. ``SILENT`` covers
    failures of endpoints; a target that is not allowed is refused with it as without.

    Args:
        query: the text as given.
        allowed: the endpoints that may be asked.
        base: what relative IRIs are taken from, where the query says nothing else.

    Raises:
        QueryRefusedError: it asks an endpoint that is not allowed, or one that is not known beforehand, or too many.
        QuerySyntaxError: a SERVICE is not followed by a target and a pattern.
    """
    if not _SERVICE.search(query):
        return ()
    _refuse_doubtful(query)
    reading = _Reading(query, allowed, base)
    found = tuple(reading.calls())
    if sum(len(call.targets) for call in found) > MOST_CALLS:
        raise QueryRefusedError(f"the query asks other endpoints more than {MOST_CALLS} times; ask it in parts")
    return found


def _refuse_doubtful(query: str) -> None:
    """Refuse what Oxigraph may read otherwise than the tokens here say; see :mod:`castgraph.guards`."""
    doubtful = sparql.doubtful_iri(query)
    escape = next((token for token in sparql.tokens(query) if token.text == "\\"), None)
    for token, said in (
        (doubtful, "an IRI could be read as a comparison; write it as a prefixed name, or a space after the sign <"),
        (escape, "a query with SERVICE holds escapes only in strings and IRIs"),
    ):
        if token is not None:
            line, column = sparql.position(query, token.start)
            raise QueryRefusedError(f"at line {line}, column {column}: {said}")


class _Reading:
    """A query's tokens, and what was found in them on the way."""

    def __init__(self, query: str, allowed: Allowed, base: str) -> None:
        self._query = query
        self._tokens = list(sparql.tokens(query))
        self._allowed = allowed
        self._declared = sparql.prefixes(query)
        self._prologue = _prologue(query, self._tokens, base)

    def calls(self) -> Iterator[Call]:
        at = 0
        while at < len(self._tokens):
            if self._is_word(at, "SERVICE"):
                at, call = self._call(at)
                yield call
            else:
                at += 1

    def _call(self, at: int) -> tuple[int, Call]:
        """The call that begins at a token, and the place of the token after it."""
        word = self._tokens[at]
        is_silent = self._is_word(at + 1, "SILENT")
        target_at = at + 2 if is_silent else at + 1
        brace = target_at + 1
        if not (brace < len(self._tokens) and self._tokens[brace].text == "{"):
            raise self._syntax_error(word, "SERVICE is followed by an endpoint and a pattern in braces")
        close = self._closing(brace)
        target = self._tokens[target_at]
        if target.kind == "variable":
            variable, targets = target.text[1:], self._values_of(target, at)
        else:
            variable, targets = None, (self._constant(target),)
        for number in range(brace, close):  # passed on to the endpoint, which would ask in our stead
            if self._is_word(number, "SERVICE"):
                nested = number + 2 if self._is_word(number + 1, "SILENT") else number + 1
                self._constant(self._tokens[nested])
        inside = self._tokens[brace : close + 1]
        end = inside[-1].end
        pattern = self._query[inside[0].start : end]
        return close + 1, Call(
            start=word.start,
            end=end,
            targets=targets,
            variable=variable,
            is_silent=is_silent,
            names=frozenset(token.text[1:] for token in inside if token.kind == "variable"),
            query=f"{self._prologue}\nSELECT * WHERE {pattern}",
        )

    def _constant(self, token: Token) -> str:
        iri = sparql.iri_of(token, self._declared)
        if token.kind == "variable":
            raise self._refused(token, f"{token.text} inside another SERVICE: name the endpoint itself there")
        if iri is None:
            raise self._syntax_error(token, "an endpoint is an IRI, a prefixed name or a variable")
        if not self._allowed.has(iri):
            raise self._refused(token, f"<{iri}> is not among the endpoints this one may ask{self._allowed.told()}")
        return iri

    def _values_of(self, variable: Token, at: int) -> tuple[str, ...]:
        """What a variable may be, as VALUES blocks of its group say."""
        for block in self._blocks_beside(at):
            listed = self._listed(block, variable.text[1:])
            if listed is not None:
                return tuple(dict.fromkeys(self._constant(token) for token in listed))
        raise self._refused(
            variable,
            f"{variable.text} may be anything; list the endpoints with VALUES {variable.text} {{ … }} beside it",
        )

    def _blocks_beside(self, at: int) -> Iterator[int]:
        """The places of the VALUES words in the innermost group that holds a token."""
        depth, begin = 0, at
        while begin > 0 and depth >= 0:
            begin -= 1
            text = self._tokens[begin].text
            depth += (text == "}") - (text == "{")
        depth = 0
        for number in range(begin + 1, len(self._tokens)):
            text = self._tokens[number].text
            depth += (text == "{") - (text == "}")
            if depth < 0:
                return
            if depth == 0 and self._is_word(number, "VALUES"):
                yield number

    def _listed(self, values: int, name: str) -> list[Token] | None:
        """The terms a VALUES block gives a variable, or None where it gives it none."""
        brace = next((n for n in range(values, len(self._tokens)) if self._tokens[n].text == "{"), None)
        if brace is None:
            return None
        names = [token.text[1:] for token in self._tokens[values:brace] if token.kind == "variable"]
        if name not in names:
            return None
        content = self._tokens[brace + 1 : self._closing(brace)]
        if self._tokens[values + 1].text != "(":
            return content
        rows: list[list[Token]] = []
        for token in content:
            if token.text == "(":
                rows.append([])
            elif token.text != ")" and rows:
                rows[-1].append(token)
        column = names.index(name)
        for row in rows:  # IRIs, names and UNDEF are one token each; a literal may be several, and moves the rest
            if len(row) != len(names):
                raise self._refused(self._tokens[values], f"list the endpoints of ?{name} in a VALUES of their own")
        return [row[column] for row in rows]

    def _closing(self, brace: int) -> int:
        depth = 0
        for number in range(brace, len(self._tokens)):
            text = self._tokens[number].text
            depth += (text == "{") - (text == "}")
            if depth == 0:
                return number
        raise self._syntax_error(self._tokens[brace], "this brace is not closed")

    def _is_word(self, at: int, word: str) -> bool:
        return at < len(self._tokens) and self._tokens[at].kind == "word" and self._tokens[at].text.upper() == word

    def _syntax_error(self, token: Token, problem: str) -> QuerySyntaxError:
        line, column = sparql.position(self._query, token.start)
        return QuerySyntaxError(problem, line=line, column=column)

    def _refused(self, token: Token, problem: str) -> QueryRefusedError:
        line, column = sparql.position(self._query, token.start)
        return QueryRefusedError(f"SERVICE at line {line}, column {column}: {problem}")


def _prologue(query: str, tokens: list[Token], base: str) -> str:
    """What stands before the query's form, for the IRIs inside a pattern to mean the same elsewhere."""
    start = next(
        (token.start for token in tokens if token.kind == "word" and token.text.upper() in sparql.Form.__members__), 0
    )
    return f"BASE <{base}>\n{query[:start]}" if base else query[:start]


def ask_others(
    query: str, allowed: Allowed, limits: ServiceLimits, base: str = "", gone: Gone | None = None
) -> tuple[Answer, ...]:
    """Find what a query asks of others and ask it, one request after the other.

    The deadline of ``limits`` holds for all of them together.

    Raises:
        QueryRefusedError, QuerySyntaxError: as :func:`calls` does; then nothing was sent.
        ServiceError: an endpoint failed, and the query does not say SILENT.
    """
    found = calls(query, allowed, base)
    end = time.monotonic() + limits.seconds
    return tuple(_answer(call, allowed, limits, end, gone) for call in found)


def _answer(call: Call, allowed: Allowed, limits: ServiceLimits, end: float, gone: Gone | None) -> Answer:
    received: list[tuple[str, Received | None]] = []
    for target in call.targets:
        left = replace(limits, seconds=max(0.0, end - time.monotonic()))
        try:
            received.append((target, ask_service(target, call.query, allowed, left, gone)))
        except ServiceError as error:
            if not call.is_silent:
                if error.limit == "time":
                    said = f"no whole answer within {limits.seconds:g} seconds"
                    raise ServiceError(target, said, limit="time") from error
                raise
            received.append((target, None))
    return Answer(call.start, call.end, call.variable, call.names, call.is_silent, tuple(received))


class FederatedStore:
    """A snapshot's store, for queries that may ask the endpoints that are set."""

    def __init__(self, store: LocalStore, settings: Settings) -> None:
        self._store = store
        self._allowed = Allowed.of(settings.service_allow)
        self._limits = ServiceLimits.of(settings)

    def query(
        self, query: str, bindings: Mapping[str, sparql.Term] | None = None, dataset: Dataset | None = None
    ) -> Results:
        """See :meth:`castgraph.store.GraphStore.query`."""
        text = sparql.bind(query, bindings or {})
        answers = ask_others(text, self._allowed, self._limits) if self._allowed.endpoints else ()
        services = Services(answers, self._limits.rows) if answers else None
        return self._store.query(text, dataset=dataset, services=services)
