"""Default graphs that a query puts together of several graphs: the RDF merge, in which a triple of two graphs is one.

Asked to do so, Oxigraph chains the graphs and shows a triple once for each that holds it (pyoxigraph 0.5.13). That is
right where the graphs share no triple, and where it cannot show. Elsewhere the graphs are merged in memory first.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import combinations
from threading import Lock
from typing import NamedTuple

import pyoxigraph as ox

from castgraph import sparql

KEPT = 2
"""Merges a store keeps; each takes about 310 bytes of memory for a triple."""

_FROM = re.compile(r"\bFROM\b", re.IGNORECASE)
_COUNTS = {
    *("COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT", "GROUP", "HAVING", "LIMIT", "OFFSET"),
    *("RAND", "UUID", "STRUUID", "BNODE", "SERVICE", "REDUCED"),
}
"""Words with which the number of equal solutions may matter to a query that tells different ones only."""

_DEFAULT = ox.DefaultGraph()


class Dataset(NamedTuple):
    """Which graphs a query sees (SPARQL 1.1 Protocol, section 2.1.4). Empty: what the query says, or all."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.default or self.named)


class View(NamedTuple):
    """Where a query is to be asked: a store, and the graphs of it that are the default graph and the named ones.

    None where the query, or the store, says so itself.
    """

    store: ox.Store
    default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] | None = None
    named: list[ox.NamedNode | ox.BlankNode] | None = None


class Merges:
    """The views of a store. Safe to share between threads; of a store that is not changed meanwhile."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self._lock = Lock()
        self._made: OrderedDict[tuple[frozenset[str], frozenset[str]], ox.Store] = OrderedDict()
        self._apart: dict[frozenset[str], bool] = {}

    def view(self, query: str, dataset: Dataset, base: str | None = None) -> View:
        """Where to ask a query, so that its default graph is the merge of the graphs it or ``dataset`` names.

        Args:
            query: the text; one that is no SPARQL is to be asked of the store, to be told so.
            dataset: what is asked for besides the query, and goes before what the query says.
            base: what relative IRIs are taken from.
        """
        asked = dataset or from_clauses(query, base)
        if not asked:
            return View(self._store)
        default = [one for one in dict.fromkeys(asked.default) if self._has(one)]
        if len(default) > 1 and not duplicates_cannot_show(query) and not self._are_apart(default):
            merged = self._merged(frozenset(default), frozenset(asked.named))
            return View(merged, [_DEFAULT], list(map(ox.NamedNode, asked.named)))
        return View(self._store, list(map(ox.NamedNode, default)), list(map(ox.NamedNode, asked.named)))

    def _has(self, graph: str) -> bool:
        return self._store.contains_named_graph(ox.NamedNode(graph))

    def _are_apart(self, graphs: Sequence[str]) -> bool:
        """Whether no triple stands in two of these graphs."""
        key = frozenset(graphs)
        if key not in self._apart:
            by_size = sorted(graphs, key=self._size)
            self._apart[key] = not any(self._share(one, other) for one, other in combinations(by_size, 2))
        return self._apart[key]

    def _size(self, graph: str) -> int:
        [[counted]] = self._store.query(f"SELECT (COUNT(*) AS ?n) {{ GRAPH {ox.NamedNode(graph)} {{ ?s ?p ?o }} }}")  # type: ignore[misc]
        return int(counted.value)

    def _share(self, smaller: str, larger: str) -> bool:
        inner = f"GRAPH {ox.NamedNode(larger)} {{ ?s ?p ?o }}"
        found = self._store.query(f"ASK {{ GRAPH {ox.NamedNode(smaller)} {{ ?s ?p ?o }} FILTER EXISTS {{ {inner} }} }}")
        return bool(found)

    def _merged(self, default: frozenset[str], named: frozenset[str]) -> ox.Store:
        key = (default, named)
        with self._lock:
            found = self._made.pop(key, None)
            if found is None:
                while len(self._made) >= KEPT:  # before, so that there is room for it
                    self._made.popitem(last=False)
                found = ox.Store()
                found.extend(self._quads(default, named))
            self._made[key] = found
            return found

    def _quads(self, default: frozenset[str], named: frozenset[str]) -> Iterator[ox.Quad]:
        for graph in sorted(default):
            for quad in self._store.quads_for_pattern(None, None, None, ox.NamedNode(graph)):
                yield ox.Quad(quad.subject, quad.predicate, quad.object, _DEFAULT)
        for graph in sorted(named):
            yield from self._store.quads_for_pattern(None, None, None, ox.NamedNode(graph))


def duplicates_cannot_show(query: str) -> bool:
    """Whether a query has the same result however often its patterns match, as far as its text tells at once.

    >>> duplicates_cannot_show("ASK { ?s ?p ?o }"), duplicates_cannot_show("SELECT DISTINCT ?s { ?s ?p ?o }")
    (True, True)
    >>> duplicates_cannot_show("SELECT ?s { ?s ?p ?o }"), duplicates_cannot_show("SELECT DISTINCT (COUNT(*) AS ?n) { ?s ?p ?o }")
    (False, False)
    """
    words = [token.text.upper() for token in sparql.tokens(query) if token.kind == "word"]
    if "\\" in query or _COUNTS.intersection(words):
        return False
    selects = words.count("SELECT")
    if "ASK" in words:
        return selects == 0
    at = words.index("SELECT") if selects == 1 else -1
    return selects == 1 and words[at + 1 : at + 2] == ["DISTINCT"] and words.count("DISTINCT") == 1


def must_be_merged(query: str, dataset: Dataset, base: str | None = None) -> bool:
    """Whether a query may need the merge of several graphs, for what its text and ``dataset`` tell.

    >>> must_be_merged("SELECT * FROM <g:a> FROM <g:b> { ?s ?p ?o }", Dataset())
    True
    """
    return len((dataset or from_clauses(query, base)).default) > 1 and not duplicates_cannot_show(query)


def from_clauses(query: str, base: str | None = None) -> Dataset:
    """The graphs a query names with FROM and FROM NAMED, each once, in order; none where it names none.

    >>> from_clauses("PREFIX g: <http://g/> SELECT * FROM g:a FROM <b> FROM g:a FROM NAMED g:c { ?s ?p ?o }", "http://h/")
    Dataset(default=('http://g/a', 'http://h/b'), named=('http://g/c',))
    """
    # Keywords are not written with escapes: Oxigraph reads those in IRIs and strings alone. The first look is much the quicker.
    if "from" not in query.lower() or not _FROM.search(query):
        return Dataset()
    default, named, prologue = _clauses(query)
    every = [*default, *named]
    if not every:
        return Dataset()
    columns = " ".join(f"({name} AS ?g{number})" for number, name in enumerate(every))
    try:
        [row] = ox.Store().query(f"{prologue} SELECT {columns} {{}}", base_iri=base)  # type: ignore[misc]
    except (SyntaxError, ValueError):
        return Dataset()  # so is the query: the engine tells
    iris = [term.value for term in row]
    return Dataset(tuple(dict.fromkeys(iris[: len(default)])), tuple(dict.fromkeys(iris[len(default) :])))


def _clauses(text: str) -> tuple[list[str], list[str], str]:
    """The names behind FROM and FROM NAMED as they are written, and the prologue they are resolved by."""
    default: list[str] = []
    named: list[str] = []
    start, depth, last = None, 0, ["", ""]
    for token in sparql.tokens(text):
        word = token.text.upper() if token.kind == "word" else ""
        if start is None and word in sparql.Form.__members__:
            start = token.start
        if token.kind in ("iri", "name") and depth == 0 and start is not None:
            if last[1] == "FROM":
                default.append(token.text)
            elif last == ["FROM", "NAMED"]:
                named.append(token.text)
        elif token.kind == "sign":
            depth += 1 if token.text == "{" else -1
        last = [last[1], word]
    return default, named, text[:start]
