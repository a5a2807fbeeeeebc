"""The graphs castgraph writes about its own work: the decisions on identity, and where each thing is said."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from castgraph.addresses import Addresses, best_name
from castgraph.catalogs import CatalogFile
from castgraph.identity import Decision
from castgraph.iris import DCTERMS, FILM, PROV, RDF, RDFS, SKOS, XSD, Iris
from castgraph.quads import SourceQuads
from castgraph.readers.rdf import RdfFile


def described_quads(addresses: Addresses, said: Iterable[ox.Quad], iris: Iris) -> Iterator[ox.Quad]:
    """A label for each thing that no source names, such as a credit or a rating: what it is. Titles without a name have none."""
    named = {quad.subject.value for quad in said if quad.predicate.value == RDFS + "label"}  # type: ignore[union-attr]
    for iri, label in {**addresses.label, **addresses.described}.items():
        if iri not in named:
            yield _quad(iri, RDFS + "label", ox.Literal(label), iris.identity)


def label_quads(addresses: Addresses, rdf_quads: Iterable[ox.Quad], iris: Iris) -> Iterator[ox.Quad]:
    """The name each thing is best known by: of its mentions, or of its labels where an RDF file brings no choice."""
    for iri, label in addresses.label.items():
        yield _quad(iri, SKOS + "prefLabel", ox.Literal(label), iris.identity)
    labels: dict[ox.NamedNode, list[str]] = {}
    chosen: set[object] = {ox.NamedNode(iri) for iri in addresses.label}
    for quad in rdf_quads:
        if quad.predicate.value == SKOS + "prefLabel":
            chosen.add(quad.subject)
        elif quad.predicate.value == RDFS + "label" and isinstance(quad.subject, ox.NamedNode):
            labels.setdefault(quad.subject, []).append(str(quad.object.value))  # type: ignore[union-attr]
    for thing, names in labels.items():
        if thing not in chosen:
            yield _quad(thing.value, SKOS + "prefLabel", ox.Literal(best_name(names)), iris.identity)


def linked_label_quads(linked: Iterable[ox.Quad], said: Iterable[ox.Quad], iris: Iris) -> Iterator[ox.Quad]:
    """The name of each thing that only data sets name that are linked to."""
    names = {RDFS + "label", SKOS + "prefLabel"}
    named = {quad.subject for quad in said if quad.predicate.value in names}
    yield from label_quads(Addresses({}, {}, {}, {}), (quad for quad in linked if quad.subject not in named), iris)


def decision_quads(decisions: Sequence[Decision], addresses: Addresses, iris: Iris) -> Iterator[ox.Quad]:
    """The decisions about identity, as RDF: what they are about, the outcome and what speaks for it."""
    for decision in decisions:
        handles = " ".join(sorted(str(mention.handle) for mention in decision.mentions))
        node = iris.thing("decision", hashlib.sha256(handles.encode()).hexdigest()[:16])
        graph = iris.identity
        yield _quad(node, RDF + "type", ox.NamedNode(FILM + "IdentityDecision"), graph)
        names = list(dict.fromkeys(addresses.named(mention.handle) for mention in decision.mentions))
        yield _quad(node, RDFS + "label", ox.Literal(f"Identity of {' and '.join(names)}"), graph)
        yield _quad(node, RDFS + "comment", ox.Literal(str(decision)), graph)
        yield _quad(node, FILM + "decisionOutcome", ox.Literal(decision.outcome.value), graph)
        yield _quad(node, FILM + "decisionConfidence", _decimal(decision.confidence), graph)
        yield _quad(node, FILM + "decidedBy", ox.Literal(decision.decided_by), graph)
        for iri in sorted({addresses.iri[mention.handle] for mention in decision.mentions}):
            yield _quad(node, DCTERMS + "subject", ox.NamedNode(iri), graph)
        for evidence in decision.evidence:
            yield _quad(node, FILM + "decisionEvidence", ox.Literal(evidence), graph)


def provenance_quads(source: SourceQuads, addresses: Addresses, iris: Iris) -> Iterator[ox.Quad]:
    """What a source is (PROV-O), and on which lines each of its statements stands (RDF reification)."""
    document, graph, about = source.reading.document, iris.provenance, source.graph
    file = iris.base + f"file/{document.sha256[:16]}"
    yield _quad(about, RDF + "type", ox.NamedNode(FILM + "SourceGraph"), graph)
    yield _quad(about, RDF + "type", ox.NamedNode(PROV + "Entity"), graph)
    yield _quad(about, DCTERMS + "title", ox.Literal(_title_of(source, addresses, iris)), graph)
    yield _quad(about, DCTERMS + "publisher", ox.Literal(document.publisher), graph)
    yield _quad(about, FILM + "sourceKind", ox.Literal(document.kind), graph)
    yield _quad(about, PROV + "wasDerivedFrom", ox.NamedNode(file), graph)
    if document.licence:
        yield _quad(about, DCTERMS + "license", ox.NamedNode(document.licence), graph)
    if document.url:
        yield _quad(about, DCTERMS + "source", ox.NamedNode(document.url), graph)
    if document.curator:
        yield _quad(about, PROV + "wasAttributedTo", ox.NamedNode(iris.base + f"agent/{document.curator}"), graph)
    yield _quad(file, RDF + "type", ox.NamedNode(PROV + "Entity"), graph)
    yield _quad(file, FILM + "fileName", ox.Literal(document.path.name), graph)
    yield _quad(file, FILM + "sha256", ox.Literal(document.sha256), graph)
    yield _quad(file, FILM + "lineCount", _integer(document.lines), graph)
    if document.cites is not None:
        yield _quad(file, FILM + "citesFile", ox.Literal(document.cites.name), graph)
    for triple, lines in source.statements.items():
        yield from statement_quads(triple, about, lines, iris)


def statement_quads(
    triple: ox.Triple, about: str, lines: Iterable[int], iris: Iris, record: str | None = None
) -> Iterator[ox.Quad]:
    """Where a triple of the graph ``about`` is stated: on which lines, and under which record of another data set."""
    graph = iris.provenance
    text = f"{about} {triple.subject} {triple.predicate} {triple.object}"
    node = iris.base + f"statement/{hashlib.sha256(text.encode()).hexdigest()[:20]}"
    yield _quad(node, RDF + "type", ox.NamedNode(RDF + "Statement"), graph)
    yield _quad(node, RDF + "subject", triple.subject, graph)
    yield _quad(node, RDF + "predicate", triple.predicate, graph)
    yield _quad(node, RDF + "object", triple.object, graph)
    yield _quad(node, FILM + "statedIn", ox.NamedNode(about), graph)
    for line in lines:
        yield _quad(node, FILM + "sourceLine", _integer(line), graph)
    if record is not None:
        yield _quad(node, PROV + "wasDerivedFrom", ox.NamedNode(record), graph)


def own_graph_quads(iris: Iris) -> Iterator[ox.Quad]:
    """What the graphs are that no source wrote."""
    titles = {
        iris.schema: "Ontology",
        iris.inferred: "Inferred",
        iris.identity: "Identity decisions and preferred names",
        iris.provenance: "Provenance: sources, and the lines of their statements",
        iris.graph("alignment"): "Alignment with other vocabularies",
    }
    for graph, title in titles.items():
        yield _quad(graph, DCTERMS + "title", ox.Literal(title), iris.provenance)


def _title_of(source: SourceQuads, addresses: Addresses, iris: Iris) -> str:
    """What to call a source: the title it is about and its publisher."""
    path = source.graph.removeprefix(iris.graph(*source.reading.document.kind.split("/"), ""))
    about = addresses.label.get(iris.thing("title", path), path)
    how = "prose facts" if source.reading.document.cites else "page"
    return f"{about}, {source.reading.document.publisher} {how}"


def file_provenance_quads(file: RdfFile, graphs: Iterable[str], iris: Iris) -> Iterator[ox.Quad]:
    """What an RDF file is, and that its graphs are sources: whoever wrote the file says what is in them."""
    node, graph = iris.base + f"file/{file.sha256[:16]}", iris.provenance
    yield _quad(node, RDF + "type", ox.NamedNode(PROV + "Entity"), graph)
    yield _quad(node, FILM + "fileName", ox.Literal(file.path.name), graph)
    yield _quad(node, FILM + "sha256", ox.Literal(file.sha256), graph)
    for about in graphs:
        yield _quad(about, RDF + "type", ox.NamedNode(FILM + "SourceGraph"), graph)
        yield _quad(about, DCTERMS + "title", ox.Literal(file.path.name), graph)
        yield _quad(about, DCTERMS + "publisher", ox.Literal(file.path.name), graph)
        yield _quad(about, FILM + "sourceKind", ox.Literal("rdf"), graph)
        yield _quad(about, PROV + "wasDerivedFrom", ox.NamedNode(node), graph)


def catalog_provenance_quads(file: CatalogFile, iris: Iris) -> Iterator[ox.Quad]:
    """What a table is, and that the graph made of it is a source."""
    graph, about = iris.provenance, file.graph
    yield _quad(about, RDF + "type", ox.NamedNode(FILM + "SourceGraph"), graph)
    yield _quad(about, RDF + "type", ox.NamedNode(PROV + "Entity"), graph)
    yield _quad(about, DCTERMS + "title", ox.Literal(file.title), graph)
    yield _quad(about, DCTERMS + "publisher", ox.Literal(file.publisher), graph)
    yield _quad(about, FILM + "sourceKind", ox.Literal(file.kind), graph)
    if file.licence:
        yield _quad(about, DCTERMS + "license", ox.NamedNode(file.licence), graph)
    if file.source is not None and file.sha256 is not None:
        node = iris.base + f"file/{file.sha256[:16]}"
        yield _quad(about, PROV + "wasDerivedFrom", ox.NamedNode(node), graph)
        yield _quad(node, RDF + "type", ox.NamedNode(PROV + "Entity"), graph)
        yield _quad(node, FILM + "fileName", ox.Literal(file.source.name), graph)
        yield _quad(node, FILM + "sha256", ox.Literal(file.sha256), graph)
        if file.lines is not None:
            yield _quad(node, FILM + "lineCount", _integer(file.lines), graph)


def _quad(subject: object, predicate: str, object_: object, graph: str) -> ox.Quad:
    s = ox.NamedNode(subject) if isinstance(subject, str) else subject
    return ox.Quad(s, ox.NamedNode(predicate), object_, ox.NamedNode(graph))  # type: ignore[arg-type]


def _integer(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=ox.NamedNode(XSD + "integer"))


def _decimal(value: float) -> ox.Literal:
    return ox.Literal(f"{value:.2f}", datatype=ox.NamedNode(XSD + "decimal"))
