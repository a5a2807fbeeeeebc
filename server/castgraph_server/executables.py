"""The saved queries as data: SHACL executables (https://www.w3.org/TR/shacl/#sparql-constraints-prefixes, SHACL-AF 8).

The shape is that of the Swiss Institute of Bioinformatics' collections, which query editors read.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from castgraph import sparql
from castgraph.catalog import Parameter, SavedQuery, saved_queries
from castgraph.iris import RDF, RDFS, SKOS, XSD
from castgraph.sparql import Form

SH = "http://www.w3.org/ns/shacl#"
SCHEMA = "https://schema.org/"

_TYPE = ox.NamedNode(RDF + "type")
_EXECUTABLES = {Form.SELECT: "Select", Form.ASK: "Ask", Form.CONSTRUCT: "Construct"}
_DATATYPES = {"name": "string", "string": "string", "integer": "integer", "decimal": "decimal", "date": "date"}


def executables(root: str) -> list[ox.Triple]:
    """All saved queries, each at its address below ``root``, which ends in ``/``."""
    return [triple for query in saved_queries().values() for triple in executable(query, root)]


def executable(query: SavedQuery, root: str) -> Iterator[ox.Triple]:
    """One saved query: its whole text, PREFIX lines included, what it answers, and its parameters."""
    node = ox.NamedNode(f"{root}queries/{query.name}")
    kind = _EXECUTABLES.get(sparql.form(query.sparql))
    yield ox.Triple(node, _TYPE, _sh("SPARQLExecutable"))
    if kind is not None:
        yield ox.Triple(node, _TYPE, _sh(f"SPARQL{kind}Executable"))
        yield ox.Triple(node, _sh(kind.lower()), ox.Literal(query.sparql))
    yield ox.Triple(node, ox.NamedNode(RDFS + "label"), ox.Literal(query.title, language="en"))
    for text in filter(None, (query.question, query.description)):
        yield ox.Triple(node, ox.NamedNode(RDFS + "comment"), ox.Literal(text, language="en"))
    for word in query.keywords:
        yield ox.Triple(node, ox.NamedNode(SCHEMA + "keywords"), ox.Literal(word, language="en"))
    yield ox.Triple(node, ox.NamedNode(SCHEMA + "target"), ox.NamedNode(root + "sparql"))
    for parameter in query.parameters:
        yield from _parameter(node, query.name, parameter)


def _parameter(query: ox.NamedNode, name: str, parameter: Parameter) -> Iterator[ox.Triple]:
    """A parameter: the variable it binds is the local name of its path (SHACL, section 6.2.1)."""
    node = ox.BlankNode(f"{name}-{parameter.name}".replace("_", "-"))
    yield ox.Triple(query, _sh("parameter"), node)
    yield ox.Triple(node, _TYPE, _sh("Parameter"))
    yield ox.Triple(node, _sh("path"), ox.NamedNode(f"{query.value}#{parameter.name}"))
    yield ox.Triple(node, _sh("name"), ox.Literal(parameter.name))
    if parameter.type == "iri":
        yield ox.Triple(node, _sh("nodeKind"), _sh("IRI"))
    else:
        yield ox.Triple(node, _sh("datatype"), ox.NamedNode(XSD + _DATATYPES[parameter.type]))
    if parameter.description:
        yield ox.Triple(node, _sh("description"), ox.Literal(parameter.description, language="en"))
    if not parameter.required or parameter.default is not None:
        yield ox.Triple(node, _sh("optional"), ox.Literal(True))
    if parameter.default is not None:
        yield ox.Triple(node, _sh("defaultValue"), parameter.term(parameter.default))
    if parameter.example is not None:
        yield ox.Triple(node, ox.NamedNode(SKOS + "example"), parameter.term(parameter.example))


def _sh(name: str) -> ox.NamedNode:
    return ox.NamedNode(SH + name)
