"""The W3C test suites as values: the manifests read, their entries as tests with the files they name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from castgraph.iris import RDF

SUITES = Path(__file__).resolve().parents[3] / "shared" / "w3c"
"""Where the suites are, where they are."""

HOME = "https://w3c.github.io/rdf-tests/sparql/"
"""What the files' addresses begin with: the suites' home on the web. Nothing is fetched from it."""

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
RDFS_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"

Node = ox.NamedNode | ox.BlankNode


@dataclass(frozen=True)
class Data:
    """The RDF dataset of a test, as addresses of files: those of its default graph, and those of named graphs."""

    default: tuple[str, ...] = ()
    named: tuple[tuple[str, str], ...] = ()  # name of the graph, address of the file


@dataclass(frozen=True)
class Entry:
    """An entry of a manifest. ``type`` and ``features`` are local names; files go by their addresses."""

    iri: str
    type: str
    query: str = ""
    result: str | None = None
    data: Data = Data()
    features: frozenset[str] = frozenset()

    @property
    def suite(self) -> str:
        """The folder of the suite: ``sparql10`` or ``sparql11``."""
        return "sparql10" if "/data-r2/" in self.iri or "/sparql10/" in self.iri else "sparql11"

    @property
    def name(self) -> str:
        """A short name that is unique: suite, folder and local name."""
        folder, local = self.iri.split("#")[0].split("/")[-2], self.iri.split("#")[1]
        return f"{self.suite}/{folder}/{local}"


def is_here() -> bool:
    """Whether the suites are on this machine."""
    return (SUITES / "sparql11" / "manifest-all.ttl").is_file()


def file_of(address: str) -> Path:
    """The file of an address."""
    return SUITES / address.removeprefix(HOME)


def text_of(address: str) -> str:
    """A file's text, its line ends as they are."""
    return file_of(address).read_bytes().decode("utf-8")


class Manifest:
    """A manifest and all it includes, as one graph."""

    def __init__(self, start: str) -> None:
        self.graph = ox.Store()
        self._entries: list[Node] = []
        self._read(HOME + start)

    def _read(self, address: str) -> None:
        file = file_of(address)
        self.graph.load(file.read_bytes(), format=ox.RdfFormat.TURTLE, base_iri=address)
        manifest = ox.NamedNode(address)
        for row in self.values(manifest, MF + "include"):
            for included in self.items(row):
                assert isinstance(included, ox.NamedNode)
                self._read(included.value)
        for row in self.values(manifest, MF + "entries"):
            self._entries += self.items(row)

    def values(self, subject: ox.NamedNode | ox.BlankNode, predicate: str) -> list[Node | ox.Literal]:
        """The objects of a property, in a fixed order."""
        found = [quad.object for quad in self.graph.quads_for_pattern(subject, ox.NamedNode(predicate), None)]
        return [value for value in sorted(found, key=str) if not isinstance(value, ox.Triple)]

    def value(self, subject: ox.NamedNode | ox.BlankNode, predicate: str) -> Node | ox.Literal | None:
        """The object of a property, or None."""
        return next(iter(self.values(subject, predicate)), None)

    def items(self, head: Node | ox.Literal) -> list[Node]:
        """The members of an RDF collection."""
        found: list[Node] = []
        while not isinstance(head, ox.Literal) and head.value != RDF + "nil":
            first, rest = self.value(head, RDF + "first"), self.value(head, RDF + "rest")
            assert first is not None, head
            assert rest is not None, head
            assert not isinstance(first, ox.Literal), head
            found.append(first)
            head = rest
        return found

    def entries(self) -> Iterator[tuple[Node, Entry]]:
        """The entries in their order, each with its node."""
        for node in self._entries:
            yield node, self._entry(node)

    def _entry(self, node: Node) -> Entry:
        action = self.value(node, MF + "action")
        query, data = "", Data()
        if isinstance(action, ox.NamedNode):
            query = action.value
        elif isinstance(action, ox.BlankNode):
            asked = self.value(action, QT + "query") or self.value(action, UT + "request")
            query = asked.value if asked is not None else ""
            data = self._data(action)
        result = self.value(node, MF + "result")
        told = [*self.values(node, MF + "resultCardinality"), *self._regimes(action)]
        return Entry(
            iri=node.value,
            type=_local(self.value(node, RDF + "type")),
            query=query,
            result=result.value if isinstance(result, ox.NamedNode) else None,
            data=data,
            features=frozenset(_local(value) for value in told),
        )

    def _regimes(self, action: Node | ox.Literal | None) -> list[Node | ox.Literal]:
        """What a query test needs besides SPARQL: an entailment regime, a service with data of its own."""
        if not isinstance(action, ox.BlankNode):
            return []
        regime = self.value(action, "http://www.w3.org/ns/sparql-service-description#entailmentRegime")
        needs = [ox.NamedNode(MF + "EntailmentRegime")] if regime is not None else []
        return [*needs, *([ox.NamedNode(MF + "Service")] if self.value(action, QT + "serviceData") else [])]

    def _data(self, action: ox.BlankNode) -> Data:
        default = tuple(row.value for row in self.values(action, QT + "data"))
        named = []
        for row in self.values(action, QT + "graphData"):
            if isinstance(row, ox.BlankNode):
                file, label = self.value(row, QT + "graph"), self.value(row, RDFS_LABEL)
                assert file is not None
                assert label is not None
                named.append((label.value, file.value))
            else:
                named.append((row.value, row.value))
        return Data(default, tuple(named))


def _local(value: Node | ox.Literal | None) -> str:
    assert value is not None
    return value.value.rpartition("#")[2].rpartition("/")[2]
