"""The narrow door to a graph: SPARQL queries in, pyoxigraph results out, over a local snapshot or a remote endpoint."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

import pyoxigraph as ox

from castgraph import sparql
from castgraph.errors import EndpointError, QueryRefusedError, QuerySyntaxError, SnapshotError
from castgraph.guards import refuse_harmful
from castgraph.merges import Dataset as Dataset
from castgraph.merges import Merges

if TYPE_CHECKING:
    from castgraph.federation_tables import Answer, Functions

Value: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal
Results: TypeAlias = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


@dataclass(frozen=True)
class Services:
    """What other endpoints answered to the calls of a query, and how many rows of each may be taken."""

    answers: tuple[Answer, ...]
    most_rows: int


class GraphStore(Protocol):
    """Answers SPARQL queries."""

    def query(
        self, query: str, bindings: Mapping[str, sparql.Term] | None = None, dataset: Dataset | None = None
    ) -> Results:
        """Answer a query, with variables bound to terms before it is evaluated.

        Raises:
            QuerySyntaxError: with line and column in the query as given.
            QueryRefusedError: the query asks for something not done here.
        """
        ...


class LocalStore:
    """A snapshot's Oxigraph store, opened for reading. Safe to share between threads.

    The default graph of a query is the union of all graphs but link candidates and equality, as the snapshot wrote
    it; ``FROM``, ``GRAPH`` and a :class:`Dataset` select among the graphs the store has, and of several default graphs
    the merge is asked (:mod:`castgraph.merges`). Nothing is ever fetched: ``SERVICE`` is refused
    before evaluation, for Oxigraph would follow it to any address; what others answer comes as :class:`Services`.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._store = ox.Store.read_only(str(path))
        except OSError as error:
            raise SnapshotError(f"{path}: the store cannot be opened ({error}); build the snapshot again") from error
        self._merges = Merges(self._store)

    @property
    def raw(self) -> ox.Store:
        """The Oxigraph store itself, read-only: for dumps and pattern access."""
        return self._store

    def query(
        self,
        query: str,
        bindings: Mapping[str, sparql.Term] | None = None,
        dataset: Dataset | None = None,
        base: str | None = None,
        services: Services | None = None,
    ) -> Results:
        """See :meth:`GraphStore.query`. Relative IRIs are taken from ``base``, where the query names no other.

        ``services`` are the answers of the endpoints the query asks by SERVICE, whose places they take; offsets in
        them are those of the query with ``bindings`` in it. Raises ServiceError where one of them cannot be used.
        """
        if services is not None:
            return self._federated(sparql.bind(query, bindings or {}), dataset or Dataset(), base, services)
        refuse_harmful(query)
        text = sparql.bind(query, bindings or {})
        return self._evaluate(text, query, dataset or Dataset(), base)

    def _federated(self, query: str, dataset: Dataset, base: str | None, services: Services) -> Results:
        from castgraph.federation_tables import fill, skeleton

        refuse_harmful(skeleton(query, services.answers))  # the rest are terms, written by the engine itself
        filled = fill(query, services.answers, services.most_rows)
        try:
            return self._evaluate(filled.text, filled.text, dataset, base, filled.functions)
        except QuerySyntaxError as error:
            if error.line is None or error.column is None:
                raise
            line, column = filled.position(error.line, error.column, query)
            raise QuerySyntaxError(error.problem, line=line, column=column) from error

    def _evaluate(
        self, text: str, query: str, dataset: Dataset, base: str | None, functions: Functions | None = None
    ) -> Results:
        try:
            view = self._merges.view(text, dataset, base)
            return view.store.query(
                text,
                default_graph=view.default,
                named_graphs=view.named,
                base_iri=base,
                custom_functions=functions,
            )
        except SyntaxError as error:
            raise syntax_error(str(error), query) from error
        except ValueError as error:
            raise QuerySyntaxError(str(error)) from error
        except RuntimeError as error:
            raise not_evaluable(str(error), query) from error


def in_their_graphs(store: ox.Store, quads: Iterable[ox.Quad], inferred: ox.NamedNode) -> Iterator[ox.Quad]:
    """Quads of a snapshot's store without the union's copies.

    What was inferred from tables stands in the default graph alone: it comes as of the graph ``inferred``.
    """
    is_apart = store.contains_named_graph(inferred)
    for quad in quads:
        if not isinstance(quad.graph_name, ox.DefaultGraph):
            yield quad
        elif not is_apart:
            every = store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
            if all(isinstance(one.graph_name, ox.DefaultGraph) for one in every):
                yield ox.Quad(quad.subject, quad.predicate, quad.object, inferred)


class RemoteStore:
    """Any SPARQL 1.1 endpoint, asked over the protocol through SPARQLWrapper.

    Args:
        url: the endpoint.
        timeout: seconds without an answer after which the endpoint counts as dead.
    """

    def __init__(self, url: str, timeout: float = 30.0) -> None:
        self.url = url
        self.timeout = timeout

    def query(
        self, query: str, bindings: Mapping[str, sparql.Term] | None = None, dataset: Dataset | None = None
    ) -> Results:
        """See :meth:`GraphStore.query`. Redirects of a POST lose the query in SPARQLWrapper, so they are refused."""
        from castgraph.remote import ask_endpoint

        text = sparql.bind(query, bindings or {})
        dataset = dataset or Dataset()
        media_type, body = ask_endpoint(self.url, text, self.timeout, dataset.default, dataset.named)
        try:
            results_format = ox.QueryResultsFormat.from_media_type(media_type)
            if results_format is not None:
                parsed: Results = ox.parse_query_results(body, results_format)
                return parsed
            rdf_format = ox.RdfFormat.from_media_type(media_type)
            if rdf_format is not None:
                return _triples(body, rdf_format)
        except (SyntaxError, ValueError) as error:
            raise EndpointError(self.url, f"the answer is not the {media_type} it says it is: {error}") from error
        raise EndpointError(self.url, f"answered with {media_type or 'no media type'}, which is no SPARQL result")


def _triples(body: bytes, rdf_format: ox.RdfFormat) -> ox.QueryTriples:
    """A graph as the result of a query, so that both stores answer alike."""
    parsed = ox.Store()
    parsed.load(body, format=rdf_format)
    result = parsed.query("CONSTRUCT WHERE { ?s ?p ?o }")
    assert isinstance(result, ox.QueryTriples)
    return result


def rows(results: Results) -> Sequence[Mapping[str, Value]]:
    """The solutions of a SELECT as dictionaries without the unbound variables. For queries that select no triple."""
    return list(solutions(results))


def solutions(results: Results) -> Iterator[Mapping[str, Value]]:
    """As :func:`rows`, one after another: for results too many to hold."""
    assert isinstance(results, ox.QuerySolutions), "only SELECT has rows"
    names = [variable.value for variable in results.variables]
    for solution in results:
        yield {name: cast("Value", term) for name, term in zip(names, solution, strict=True) if term is not None}


_UNKNOWN_FUNCTION = re.compile(r"The custom function <(.*)> is not supported")


def not_evaluable(message: str, query: str) -> QuerySyntaxError | QueryRefusedError:
    """Why the engine cannot evaluate a query: it calls a function that is unknown, at a place that is looked for."""
    match = _UNKNOWN_FUNCTION.match(message)
    if match is None:
        return QueryRefusedError(message)
    declared = sparql.prefixes(query)
    for token in sparql.tokens(query):
        if sparql.iri_of(token, declared) == match[1]:
            line, column = sparql.position(query, token.start)
            return QuerySyntaxError(f"there is no function <{match[1]}> here", line=line, column=column)
    return QuerySyntaxError(f"there is no function <{match[1]}> here")


_AT = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


def syntax_error(message: str, query: str) -> QuerySyntaxError:
    """The engine's syntax error with its position, its long lists of expected characters cut to the words.

    ``query`` is the text as the user gave it: a position after an inserted binding is moved back.
    """
    match = _AT.match(message)
    if match is None:
        return QuerySyntaxError(message)
    line, column, problem = int(match[1]), int(match[2]), match[3]
    if problem.startswith("expected one of "):
        options = [option.strip() for option in problem.removeprefix("expected one of ").split(", ")]
        sentences = [option for option in options if " " in option.strip('"')]
        words = sorted({option.strip('"') for option in options if re.fullmatch(r'"?[A-Za-z{}();.]+"?', option)})
        problem = sentences[0] if sentences else f"expected {' or '.join(words)}" if words else "unexpected character"
    if "\\u{" in problem:  # what a name may be made of, character by character
        problem = "unexpected character"
    width = len(query.splitlines()[line - 1]) if 0 < line <= len(query.splitlines()) else column
    return QuerySyntaxError(problem, line=line, column=min(column, width + 1))
