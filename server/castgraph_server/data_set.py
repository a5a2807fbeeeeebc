"""What the data set says of itself: VoID (https://www.w3.org/TR/void/) and DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote

import pyoxigraph as ox

from castgraph.formats import GRAPH_FORMATS
from castgraph.iris import DCTERMS, OUTSIDE_DEFAULT_UNION, RDF, XSD
from castgraph.linking.sssom import LICENCE
from castgraph.linking.targets import target_of
from castgraph.statistics import Statistics
from castgraph_server import answering
from castgraph_server.current import Served
from castgraph_server.works import featured

VOID = "http://rdfs.org/ns/void#"
DCAT = "http://www.w3.org/ns/dcat#"
FOAF = "http://xmlns.com/foaf/0.1/"
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"

HOW_LINKED = "By identifiers first, then by names, years, kind, genres, makers and cast, or by a person; each link with its evidence."

_TYPE = ox.NamedNode(RDF + "type")


def describe(served: Served, root: str) -> list[ox.Triple]:
    """The data set: counts, partitions, graphs, link sets, files and services.

    Args:
        served: the snapshot.
        root: address of the server, ending in ``/``.
    """
    page, data_set = ox.NamedNode(root + ".well-known/void"), ox.NamedNode(root + ".well-known/void#dataset")
    counts = served.statistics(lambda query: answering.solutions(served, answering.query(query)))
    told = [
        ox.Triple(page, _TYPE, _void("DatasetDescription")),
        ox.Triple(page, ox.NamedNode(FOAF + "primaryTopic"), data_set),
        ox.Triple(data_set, _TYPE, _void("Dataset")),
        ox.Triple(data_set, _TYPE, _dcat("Dataset")),
        ox.Triple(data_set, _dc("title"), ox.Literal("castgraph: who played whom", language="en")),
        ox.Triple(data_set, _dc("identifier"), ox.Literal(served.snapshot.id)),
        ox.Triple(data_set, ox.NamedNode(FOAF + "homepage"), ox.NamedNode(root)),
        ox.Triple(data_set, _dcat("landingPage"), ox.NamedNode(root)),
        ox.Triple(data_set, _void("sparqlEndpoint"), ox.NamedNode(root + "sparql")),
        ox.Triple(data_set, _void("uriSpace"), ox.Literal(served.iris.thing(""))),
        ox.Triple(data_set, _void("triples"), ox.Literal(counts.triples)),
        ox.Triple(data_set, _void("entities"), ox.Literal(counts.entities)),
        ox.Triple(data_set, _void("classes"), ox.Literal(len(counts.classes))),
        ox.Triple(data_set, _void("properties"), ox.Literal(len(counts.properties))),
        ox.Triple(data_set, _void("distinctSubjects"), ox.Literal(counts.subjects)),
        ox.Triple(data_set, _void("distinctObjects"), ox.Literal(counts.objects)),
    ]
    for name in ("film", "mission"):
        told.append(ox.Triple(data_set, _void("vocabulary"), ox.NamedNode(f"https://w3id.org/castgraph/{name}#")))
    built = served.snapshot.manifest.get("built")
    if isinstance(built, str):
        moment = ox.Literal(built, datatype=ox.NamedNode(XSD + "dateTime"))
        told.append(ox.Triple(data_set, _dc("issued"), moment))
    work = featured(served)
    if work is not None:
        told.append(ox.Triple(data_set, _void("exampleResource"), ox.NamedNode(work)))
    told += _partitions(data_set, "class", "entities", counts.classes)
    told += _partitions(data_set, "property", "triples", counts.properties)
    told += _files(data_set, root + "graphs?default", "default")
    told += _service(data_set, root)
    told += _graphs(served, counts, data_set, root)
    told += _linked(served, counts, root)
    return told


def _partitions(node: ox.NamedNode, kind: str, unit: str, counts: Mapping[str, int]) -> Iterator[ox.Triple]:
    for number, (iri, amount) in enumerate(counts.items()):
        part = ox.BlankNode(f"{kind}{number}")
        yield ox.Triple(node, _void(f"{kind}Partition"), part)
        yield ox.Triple(part, _void(kind), ox.NamedNode(iri))
        yield ox.Triple(part, _void(unit), ox.Literal(amount))


def _files(node: ox.NamedNode, address: str, name: str) -> Iterator[ox.Triple]:
    """The files a graph can be had as: VoID's dumps, and DCAT's distributions with their media types."""
    for format_ in GRAPH_FORMATS:
        file = ox.NamedNode(f"{address}&format={format_.extension}")
        distribution = ox.BlankNode(f"{name}-{format_.extension}")
        yield ox.Triple(node, _void("dataDump"), file)
        yield ox.Triple(node, _void("feature"), ox.NamedNode(format_.iri))
        yield ox.Triple(node, _dcat("distribution"), distribution)
        yield ox.Triple(distribution, _TYPE, _dcat("Distribution"))
        yield ox.Triple(distribution, _dcat("downloadURL"), file)
        yield ox.Triple(distribution, _dcat("accessURL"), file)
        yield ox.Triple(distribution, _dcat("mediaType"), ox.NamedNode(MEDIA_TYPES + format_.media_type))
        yield ox.Triple(distribution, _dc("format"), ox.NamedNode(format_.iri))


def _service(data_set: ox.NamedNode, root: str) -> Iterator[ox.Triple]:
    service = ox.NamedNode(root + "sparql")
    yield ox.Triple(service, _TYPE, _dcat("DataService"))
    yield ox.Triple(service, _dc("title"), ox.Literal("SPARQL 1.1 endpoint", language="en"))
    yield ox.Triple(service, _dcat("endpointURL"), service)
    yield ox.Triple(service, _dcat("endpointDescription"), service)
    yield ox.Triple(service, _dcat("endpointDescription"), ox.NamedNode(root + "openapi.json"))
    yield ox.Triple(service, _dcat("servesDataset"), data_set)
    yield ox.Triple(service, _dc("conformsTo"), ox.NamedNode("http://www.w3.org/TR/sparql11-protocol/"))


def _graphs(served: Served, counts: Statistics, data_set: ox.NamedNode, root: str) -> Iterator[ox.Triple]:
    """The named graphs as subsets, those of links as link sets; with whoever published what was read."""
    amounts = served.snapshot.manifest.get("graphs")
    assert isinstance(amounts, Mapping)
    for number, (iri, amount) in enumerate(sorted(amounts.items())):
        if iri.endswith(OUTSIDE_DEFAULT_UNION) or not isinstance(amount, int):
            continue  # no part of the data set: a query sees it only when it names it
        graph = ox.NamedNode(iri)
        yield ox.Triple(data_set, _void("subset"), graph)
        yield ox.Triple(graph, _TYPE, _void("Dataset"))
        yield ox.Triple(graph, _void("triples"), ox.Literal(amount))
        yield from _files(graph, f"{root}graphs?graph={quote(iri, safe='')}", f"graph{number}")
        publisher = served.sources.publisher(iri)
        if publisher is not None:
            yield ox.Triple(graph, _dc("source"), ox.Literal(publisher))
        for place, (predicate, links) in enumerate(counts.links.get(iri, {}).items()):
            part = ox.BlankNode(f"links{number}-{place}")
            yield ox.Triple(graph, _void("subset"), part)
            yield ox.Triple(part, _TYPE, _void("Linkset"))
            yield ox.Triple(part, _void("linkPredicate"), ox.NamedNode(predicate))
            yield ox.Triple(part, _void("subjectsTarget"), data_set)
            yield ox.Triple(part, _void("objectsTarget"), ox.NamedNode(f"{root}.well-known/void#{_name(served, iri)}"))
            yield ox.Triple(part, _dc("license"), ox.NamedNode(LICENCE))
            yield ox.Triple(part, _dc("description"), ox.Literal(HOW_LINKED, language="en"))
            yield ox.Triple(part, _void("dataDump"), ox.NamedNode(f"{root}links/{_name(served, iri)}.nt"))
            yield ox.Triple(part, _void("triples"), ox.Literal(links))


def _name(served: Served, linkset: str) -> str:
    return linkset.removeprefix(served.iris.links(""))


def _linked(served: Served, counts: Statistics, root: str) -> Iterator[ox.Triple]:
    """The data sets that are linked to."""
    for iri in counts.links:
        target = target_of(_name(served, iri))
        node = ox.NamedNode(f"{root}.well-known/void#{target.name}")
        yield ox.Triple(node, _TYPE, _void("Dataset"))
        yield ox.Triple(node, _dc("title"), ox.Literal(target.title))
        if target.homepage:
            yield ox.Triple(node, ox.NamedNode(FOAF + "homepage"), ox.NamedNode(target.homepage))
        if target.licence:
            yield ox.Triple(node, _dc("license"), ox.NamedNode(target.licence))
        if target.endpoint:
            yield ox.Triple(node, _void("sparqlEndpoint"), ox.NamedNode(target.endpoint))
        for patterns in target.patterns.values():
            for pattern in patterns:
                yield ox.Triple(node, _void("uriSpace"), ox.Literal(pattern.partition("{}")[0]))


def _void(name: str) -> ox.NamedNode:
    return ox.NamedNode(VOID + name)


def _dcat(name: str) -> ox.NamedNode:
    return ox.NamedNode(DCAT + name)


def _dc(name: str) -> ox.NamedNode:
    return ox.NamedNode(DCTERMS + name)
