"""Results compared as the specifications mean it: bags of solutions, blank nodes up to renaming, order where asked."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

import pyoxigraph as ox

from castgraph.iris import RDF, XSD
from tests.w3c.manifests import file_of

RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal


@dataclass(frozen=True)
class Solutions:
    """The result of a SELECT. ``is_ordered`` where the order of the rows is part of it."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]
    is_ordered: bool = False


@dataclass(frozen=True)
class Graph:
    """The result of a CONSTRUCT or DESCRIBE."""

    triples: frozenset[ox.Triple]


Result: TypeAlias = Solutions | Graph | bool


def result_of(answer: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> Result:
    """An engine's answer, or a parsed one, as a value."""
    if isinstance(answer, ox.QueryBoolean):
        return bool(answer)
    if isinstance(answer, ox.QueryTriples):
        return Graph(frozenset(answer))
    variables = tuple(variable.value for variable in answer.variables)
    rows = []
    for solution in answer:
        row: list[Term | None] = []
        for term in solution:
            assert not isinstance(term, ox.Triple)
            row.append(term)
        rows.append(tuple(row))
    return Solutions(variables, tuple(rows))


def read_expected(address: str) -> Result:
    """The result a test expects, from its file: in a result format, in the test suite's RDF form, or as a graph."""
    file, ending = file_of(address), address.rpartition(".")[2]
    codecs = {"srx": ox.QueryResultsFormat.XML, "srj": ox.QueryResultsFormat.JSON, "tsv": ox.QueryResultsFormat.TSV}
    if ending in codecs:
        return result_of(ox.parse_query_results(file.read_bytes(), codecs[ending]))
    codec = {"ttl": ox.RdfFormat.TURTLE, "rdf": ox.RdfFormat.RDF_XML, "nt": ox.RdfFormat.N_TRIPLES}[ending]
    triples = frozenset(quad.triple for quad in ox.parse(file.read_bytes(), format=codec, base_iri=address))
    told = _ResultSet(triples)
    return told.result() if told.node is not None else Graph(triples)


class _ResultSet:
    """A result written in RDF (https://www.w3.org/2001/sw/DataAccess/tests/result-set)."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._store = ox.Store()
        self._store.extend(ox.Quad(one.subject, one.predicate, one.object) for one in triples)
        found = self._store.quads_for_pattern(None, ox.NamedNode(RDF + "type"), ox.NamedNode(RS + "ResultSet"))
        self.node = next((quad.subject for quad in found), None)

    def result(self) -> Result:
        truth = self._values(self.node, "boolean")
        if truth:
            return truth[0].value in ("true", "1")
        variables = tuple(sorted(value.value for value in self._values(self.node, "resultVariable")))
        rows, places = [], []
        for solution in self._values(self.node, "solution"):
            row: dict[str, Term] = {}
            for binding in self._values(solution, "binding"):
                row[self._values(binding, "variable")[0].value] = self._values(binding, "value")[0]
            rows.append(tuple(row.get(name) for name in variables))
            places += [int(value.value) for value in self._values(solution, "index")]
        if places:
            rows = [row for _, row in sorted(zip(places, rows, strict=True), key=lambda pair: pair[0])]
        return Solutions(variables, tuple(rows), is_ordered=bool(places))

    def _values(self, subject: object, name: str) -> list[Term]:
        assert isinstance(subject, ox.NamedNode | ox.BlankNode)
        found = self._store.quads_for_pattern(subject, ox.NamedNode(RS + name), None)
        return [quad.object for quad in found if not isinstance(quad.object, ox.Triple)]


def same(expected: Result, found: Result, *, is_lax: bool = False, by_value: bool = False) -> bool:
    """Whether two results are one.

    Args:
        expected: what the test wants; its rows are in order where ``is_ordered``.
        found: what was answered.
        is_lax: duplicates may be left out (``REDUCED``).
        by_value: numbers, truth values and times are compared by value, not by spelling; their datatypes still count.
    """
    if isinstance(expected, Solutions) and isinstance(found, Solutions):
        if set(expected.variables) != set(found.variables):
            return False
        columns = [found.variables.index(name) for name in expected.variables]
        rows = [tuple(row[column] for column in columns) for row in found.rows]
        wanted = list(expected.rows)
        if is_lax:
            if not len(set(wanted)) <= len(rows) <= len(wanted):
                return False
            wanted, rows = list(dict.fromkeys(wanted)), list(dict.fromkeys(rows))
        ordered = expected.is_ordered
        return _canonical(_as_quads(wanted, ordered, by_value)) == _canonical(_as_quads(rows, ordered, by_value))
    if isinstance(expected, Graph) and isinstance(found, Graph):
        return _canonical(_of_graph(expected, by_value)) == _canonical(_of_graph(found, by_value))
    return expected is found


def same_csv(expected: str, found: str) -> bool:
    """Whether two CSV results are one: rows as a bag, blank nodes up to renaming, columns by name.

    For the columns' order is open where a query says ``SELECT *``, as those of the suite do.
    """
    wanted_header, *wanted_rows = csv.reader(io.StringIO(expected))
    header, *found_rows = csv.reader(io.StringIO(found))
    if sorted(header) != sorted(wanted_header):
        return False
    columns = [header.index(name) for name in wanted_header]
    wanted = [tuple(_csv_term(cell) for cell in row) for row in wanted_rows]
    rows = [tuple(_csv_term(row[column]) for column in columns) for row in found_rows]
    return _canonical(_as_quads(wanted, False, True)) == _canonical(_as_quads(rows, False, True))


def _csv_term(cell: str) -> Term:
    if cell.startswith("_:"):
        return ox.BlankNode(cell[2:])
    try:  # numbers lose their types in CSV
        return ox.Literal(str(Decimal(cell).normalize()))
    except InvalidOperation:
        return ox.Literal(cell)


def _as_quads(rows: Iterable[tuple[Term | None, ...]], ordered: bool, by_value: bool) -> list[ox.Quad]:
    """Rows as a graph, so that renaming of blank nodes is graph isomorphism."""
    quads = []
    for number, row in enumerate(rows):
        node = ox.BlankNode()
        place = ox.Literal(number if ordered else 0)
        quads.append(ox.Quad(node, ox.NamedNode("x:row"), place))
        for column, term in enumerate(row):
            if term is not None:
                quads.append(ox.Quad(node, ox.NamedNode(f"x:column{column}"), _plain(term, by_value)))
    return quads


def _of_graph(graph: Graph, by_value: bool) -> list[ox.Quad]:
    quads = []
    for one in graph.triples:
        assert not isinstance(one.object, ox.Triple)
        quads.append(ox.Quad(one.subject, one.predicate, _plain(one.object, by_value)))
    return quads


def _canonical(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return set(dataset)


_INTEGERS = {"integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger",
             "negativeInteger", "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte"}  # fmt: skip


def _plain(term: Term, by_value: bool) -> Term:
    if not by_value or not isinstance(term, ox.Literal):
        return term
    kind = term.datatype.value.removeprefix(XSD)
    try:
        if kind in _INTEGERS:
            spelled = str(int(term.value))
        elif kind == "decimal":
            spelled = format(Decimal(term.value).normalize(), "f")
        elif kind in ("double", "float"):
            spelled = repr(float(term.value))
        elif kind == "boolean":
            spelled = {"1": "true", "0": "false"}.get(term.value, term.value)
        else:
            return term
    except (ValueError, InvalidOperation):
        return term
    return ox.Literal(spelled, datatype=term.datatype)
