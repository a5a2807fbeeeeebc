"""What the endpoint and the data set say of themselves: SPARQL 1.1 Service Description, and VoID."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from castgraph.formats import GRAPH_FORMATS, RESULT_FORMATS
from castgraph.iris import DCTERMS, RDF, XSD
from castgraph_server.current import Served
from castgraph_server.works import featured

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
FOAF = "http://xmlns.com/foaf/0.1/"

_TYPE = ox.NamedNode(RDF + "type")


def service(served: Served, root: str) -> list[ox.Triple]:
    """The service description of the endpoint.

    Args:
        served: the snapshot it answers from.
        root: address of the server, ending in ``/``.
    """
    endpoint, data_set = ox.NamedNode(root + "sparql"), ox.BlankNode("dataset")
    default = ox.BlankNode("default")
    told = [
        ox.Triple(endpoint, _TYPE, _sd("Service")),
        ox.Triple(endpoint, _sd("endpoint"), endpoint),
        ox.Triple(endpoint, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        ox.Triple(endpoint, _sd("feature"), _sd("UnionDefaultGraph")),
        ox.Triple(endpoint, _sd("defaultDataset"), data_set),
        ox.Triple(data_set, _TYPE, _sd("Dataset")),
        ox.Triple(data_set, _sd("defaultGraph"), default),
        ox.Triple(default, _TYPE, _sd("Graph")),
    ]
    told += [ox.Triple(endpoint, _sd("resultFormat"), ox.NamedNode(f.iri)) for f in RESULT_FORMATS + GRAPH_FORMATS]
    for number, (iri, triples) in enumerate(sorted(graph_counts(served).items())):
        named, graph = ox.BlankNode(f"named{number}"), ox.BlankNode(f"graph{number}")
        told += [
            ox.Triple(data_set, _sd("namedGraph"), named),
            ox.Triple(named, _TYPE, _sd("NamedGraph")),
            ox.Triple(named, _sd("name"), ox.NamedNode(iri)),
            ox.Triple(named, _sd("graph"), graph),
            ox.Triple(graph, _TYPE, _sd("Graph")),
            ox.Triple(graph, ox.NamedNode(VOID + "triples"), ox.Literal(triples)),
        ]
    return told


def void(served: Served, root: str) -> list[ox.Triple]:
    """The data set in the VoID vocabulary (https://www.w3.org/TR/void/), counts included."""
    page, data_set = ox.NamedNode(root + ".well-known/void"), ox.NamedNode(root + ".well-known/void#dataset")
    counts = served.statistics
    told = [
        ox.Triple(page, _TYPE, _void("DatasetDescription")),
        ox.Triple(page, ox.NamedNode(FOAF + "primaryTopic"), data_set),
        ox.Triple(data_set, _TYPE, _void("Dataset")),
        ox.Triple(data_set, ox.NamedNode(DCTERMS + "title"), ox.Literal("castgraph: who played whom", language="en")),
        ox.Triple(data_set, ox.NamedNode(FOAF + "homepage"), ox.NamedNode(root)),
        ox.Triple(data_set, _void("sparqlEndpoint"), ox.NamedNode(root + "sparql")),
        ox.Triple(data_set, _void("dataDump"), ox.NamedNode(root + "graphs?default&format=nt")),
        ox.Triple(data_set, _void("uriSpace"), ox.Literal(served.iris.thing(""))),
        ox.Triple(data_set, _void("triples"), ox.Literal(counts.triples)),
        ox.Triple(data_set, _void("entities"), ox.Literal(counts.entities)),
        ox.Triple(data_set, _void("classes"), ox.Literal(len(counts.classes))),
        ox.Triple(data_set, _void("properties"), ox.Literal(len(counts.properties))),
    ]
    for name in ("film", "mission"):
        vocabulary = ox.NamedNode(f"https://w3id.org/castgraph/{name}#")
        told.append(ox.Triple(data_set, _void("vocabulary"), vocabulary))
    built = served.snapshot.manifest.get("built")
    if isinstance(built, str):
        moment = ox.Literal(built, datatype=ox.NamedNode(XSD + "dateTime"))
        told.append(ox.Triple(data_set, ox.NamedNode(DCTERMS + "issued"), moment))
    work = featured(served)
    if work is not None:
        told.append(ox.Triple(data_set, _void("exampleResource"), ox.NamedNode(work)))
    told += _partitions(data_set, "class", "entities", counts.classes)
    told += _partitions(data_set, "property", "triples", counts.properties)
    return told


def graph_counts(served: Served) -> dict[str, int]:
    """The named graphs of a snapshot and how many triples each holds, as the manifest says."""
    graphs = served.snapshot.manifest.get("graphs")
    assert isinstance(graphs, Mapping)
    return {str(iri): number for iri, number in graphs.items() if isinstance(number, int)}


def _partitions(data_set: ox.NamedNode, kind: str, unit: str, counts: Mapping[str, int]) -> Iterator[ox.Triple]:
    for number, (iri, amount) in enumerate(counts.items()):
        part = ox.BlankNode(f"{kind}{number}")
        yield ox.Triple(data_set, _void(f"{kind}Partition"), part)
        yield ox.Triple(part, _void(kind), ox.NamedNode(iri))
        yield ox.Triple(part, _void(unit), ox.Literal(amount))


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(SD + name)


def _void(name: str) -> ox.NamedNode:
    return ox.NamedNode(VOID + name)
