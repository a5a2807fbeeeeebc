"""What the endpoint says of itself: SPARQL 1.1 Service Description, with the saved queries as SHACL executables."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox

from castgraph.formats import GRAPH_FORMATS, RESULT_FORMATS
from castgraph.iris import DCTERMS, OUTSIDE_DEFAULT_UNION, RDF, RDFS
from castgraph_server.current import Served
from castgraph_server.data_set import VOID
from castgraph_server.executables import executables

SD = "http://www.w3.org/ns/sparql-service-description#"
SIMPLE = ox.NamedNode("http://www.w3.org/ns/entailment/Simple")

_TYPE = ox.NamedNode(RDF + "type")


def service(served: Served, root: str, *, federates: bool = False, writable: bool = False) -> list[ox.Triple]:
    """The service description of the endpoint.

    Args:
        served: the snapshot it answers from.
        root: address of the server, ending in ``/``.
        federates: whether it asks other endpoints.
        writable: whether it takes updates from those who show the token.
    """
    endpoint, data_set = ox.NamedNode(root + "sparql"), ox.BlankNode("dataset")
    default, available = ox.BlankNode("default"), ox.BlankNode("available")
    counts = graph_counts(served)
    told = [
        ox.Triple(endpoint, _TYPE, _sd("Service")),
        ox.Triple(endpoint, _sd("endpoint"), endpoint),
        ox.Triple(endpoint, _sd("supportedLanguage"), _sd("SPARQL10Query")),
        ox.Triple(endpoint, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        ox.Triple(endpoint, _sd("defaultEntailmentRegime"), SIMPLE),
        ox.Triple(endpoint, _sd("defaultDataset"), data_set),
        ox.Triple(endpoint, _sd("availableGraphs"), available),
        ox.Triple(available, _TYPE, _sd("GraphCollection")),
        ox.Triple(data_set, _TYPE, _sd("Dataset")),
        ox.Triple(data_set, _TYPE, _sd("GraphCollection")),
        ox.Triple(data_set, _sd("defaultGraph"), default),
        ox.Triple(default, _TYPE, _sd("Graph")),
        ox.Triple(default, ox.NamedNode(DCTERMS + "description"), ox.Literal(_default_graph(counts), language="en")),
        ox.Triple(endpoint, ox.NamedNode(RDFS + "seeAlso"), ox.NamedNode(root + ".well-known/void")),
        ox.Triple(endpoint, ox.NamedNode(RDFS + "seeAlso"), ox.NamedNode(root + "queries")),
    ]
    if writable:
        told.append(ox.Triple(endpoint, _sd("supportedLanguage"), _sd("SPARQL11Update")))
    if not _outside(counts):
        told.append(ox.Triple(endpoint, _sd("feature"), _sd("UnionDefaultGraph")))
    if federates:
        told.append(ox.Triple(endpoint, _sd("feature"), _sd("BasicFederatedQuery")))
    triples = served.snapshot.manifest.get("triples")
    if isinstance(triples, int):
        told.append(ox.Triple(default, ox.NamedNode(VOID + "triples"), ox.Literal(triples)))
    told += [ox.Triple(endpoint, _sd("resultFormat"), ox.NamedNode(f.iri)) for f in RESULT_FORMATS + GRAPH_FORMATS]
    for number, (iri, amount) in enumerate(sorted(counts.items())):
        named, graph = ox.BlankNode(f"named{number}"), ox.BlankNode(f"graph{number}")
        told += [
            ox.Triple(data_set, _sd("namedGraph"), named),
            ox.Triple(available, _sd("namedGraph"), named),
            ox.Triple(named, _TYPE, _sd("NamedGraph")),
            ox.Triple(named, _sd("name"), ox.NamedNode(iri)),
            ox.Triple(named, _sd("graph"), graph),
            ox.Triple(graph, _TYPE, _sd("Graph")),
            ox.Triple(graph, ox.NamedNode(VOID + "triples"), ox.Literal(amount)),
        ]
    return [*told, *executables(root)]


def graph_counts(served: Served) -> dict[str, int]:
    """The named graphs of a snapshot and how many triples each holds, as the manifest says."""
    graphs = served.snapshot.manifest.get("graphs")
    assert isinstance(graphs, Mapping)
    return {str(iri): number for iri, number in graphs.items() if isinstance(number, int)}


def _outside(counts: Mapping[str, int]) -> list[str]:
    return sorted(iri for iri in counts if iri.endswith(OUTSIDE_DEFAULT_UNION))


def _default_graph(counts: Mapping[str, int]) -> str:
    outside = " and ".join(f"<{iri}>" for iri in _outside(counts))
    return f"The union of all named graphs{' but ' + outside if outside else ''}, each triple once."


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(SD + name)
