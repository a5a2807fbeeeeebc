"""The narrow door to a graph: SPARQL queries in, pyoxigraph results out, over a local snapshot or a remote endpoint."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias, cast

import pyoxigraph as ox

from castgraph import sparql
from castgraph.errors import EndpointError, QueryRefusedError, QuerySyntaxError, SnapshotError
from castgraph.guards import refuse_harmful

Value: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal
Results: TypeAlias = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


@dataclass(frozen=True)
class Dataset:
    """Which graphs a query sees (SPARQL 1.1 Protocol, section 2.1.4). Empty: what the query says, or all."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


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
    it; ``FROM``, ``GRAPH`` and a :class:`Dataset` select among the graphs the store has. Nothing is ever fetched: ``SERVICE`` is refused
    before evaluation, for Oxigraph would follow it to any address.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._store = ox.Store.read_only(str(path))
        except OSError as error:
            raise SnapshotError(f"{path}: the store cannot be opened ({error}); build the snapshot again") from error

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
    ) -> Results:
        """See :meth:`GraphStore.query`. Relative IRIs are taken from ``base``, where the query names no other."""
        refuse_harmful(query)
        text = sparql.bind(query, bindings or {})
        dataset = dataset or Dataset()
        try:
            if dataset.default or dataset.named:
                return self._store.query(
                    text,
                    default_graph=[ox.NamedNode(iri) for iri in dataset.default],
                    named_graphs=[ox.NamedNode(iri) for iri in dataset.named],
                    base_iri=base,
                )
            return self._store.query(text, base_iri=base)
        except SyntaxError as error:
            raise syntax_error(str(error), query) from error
        except ValueError as error:
            raise QuerySyntaxError(str(error)) from error
        except RuntimeError as error:  # it calls an unknown function, say
            raise QueryRefusedError(str(error)) from error


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
    width = len(query.splitlines()[line - 1]) if 0 < line <= len(query.splitlines()) else column
    return QuerySyntaxError(problem, line=line, column=min(column, width + 1))
