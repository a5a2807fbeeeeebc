"""Records to quads: JSON-LD through rdflib, local identifiers replaced by IRIs, each statement with its lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox
import rdflib

from castgraph.addresses import Addresses
from castgraph.context import context
from castgraph.mentions import EVENTS, PERFORMANCES, Handle
from castgraph.records import Json, Node, Reading, Record

_LOCAL = "http://local.invalid/document"
_LOCATED = PERFORMANCES | EVENTS


@dataclass(frozen=True)
class SourceQuads:
    """What one source says: its graph, and for each statement the lines that state it."""

    graph: str
    reading: Reading
    statements: dict[ox.Triple, tuple[int, ...]]

    def quads(self) -> Iterator[ox.Quad]:
        """The statements in their graph."""
        graph = ox.NamedNode(self.graph)
        for triple in self.statements:
            yield ox.Quad(triple.subject, triple.predicate, triple.object, graph)


def source_quads(reading: Reading, document: str, graph: str, addresses: Addresses) -> SourceQuads:
    """Turn a document's records into statements.

    Args:
        reading: what was read.
        document: the document's name in handles.
        graph: IRI of the source's graph.
        addresses: the IRI of each mention.
    """
    lines: dict[ox.Triple, set[int]] = {}
    for record in reading.records:
        for triple in _triples(record, document, addresses):
            lines.setdefault(triple, set()).add(record.line)
    return SourceQuads(graph, reading, {triple: tuple(sorted(told)) for triple, told in lines.items()})


def _triples(record: Record, document: str, addresses: Addresses) -> Iterator[ox.Triple]:
    """A record's triples, with global IRIs, in a fixed order."""
    parsed = rdflib.Graph()
    parsed.parse(data=json.dumps(_located(record.node, record.line)), format="json-ld", context=context(), base=_LOCAL)

    def term(value: rdflib.term.Node) -> ox.NamedNode | ox.Literal:
        if isinstance(value, rdflib.Literal):
            return ox.Literal(str(value), datatype=ox.NamedNode(str(value.datatype)) if value.datatype else None)
        text = str(value)
        if text.startswith(_LOCAL):
            return ox.NamedNode(addresses.iri[Handle(document, text.removeprefix(_LOCAL))])
        return ox.NamedNode(text)

    for s, p, o in sorted(parsed):
        subject = term(s)
        assert isinstance(subject, ox.NamedNode), "records have no blank nodes"
        yield ox.Triple(subject, ox.NamedNode(str(p)), term(o))


def _located(node: Node, line: int) -> Node:
    """The node with the line on each performance and event it describes."""

    def value(one: Json) -> Json:
        if isinstance(one, dict):
            return _located(one, line)
        return [value(part) for part in one] if isinstance(one, list) else one

    located = {key: value(one) for key, one in node.items()}
    types = node.get("type")
    told = {str(one) for one in types} if isinstance(types, list) else {str(types)}
    return {**located, "sourceLine": str(line)} if told & _LOCATED else located
