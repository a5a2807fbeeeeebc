"""Linksets: from the rows of SSSOM files to the graphs of a snapshot.

Links that hold stand in ``graph/links/<target>``; what nobody decided on, and what a person rejected, in
``graph/candidates``, outside the default union. Neither is reasoned over: a link says that another data set speaks of the
same thing, and nothing else here follows from it. How each link came about stands beside it, in SSSOM's terms.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from castgraph.iris import DCTERMS, DEFAULT_BASE, FILM, OWL, RDF, RDFS, SCHEMA, SKOS, XSD, Iris
from castgraph.linking.sssom import LICENCE, PREFIXES, Mapped, MappingSet, confidence_text
from castgraph.linking.targets import Target, target_of

SSSOM, SEMAPV = PREFIXES["sssom"], PREFIXES["semapv"]
HOLDS = (OWL + "sameAs", SCHEMA + "sameAs", SKOS + "exactMatch")
"""Predicates of links that hold; any other is a candidate's, unless a person said so."""


@dataclass(frozen=True)
class Linkset:
    """What is known of the links to one target: those that hold, those open, and those a person rejected."""

    target: Target
    holding: tuple[Mapped, ...] = ()
    open: tuple[Mapped, ...] = ()
    rejected: tuple[Mapped, ...] = ()


def linksets(sets: Sequence[MappingSet], iris: Iris) -> tuple[Linkset, ...]:
    """The links of all files, by target: a person's word goes before whatever a program found, the newest first."""
    by_target: dict[str, dict[tuple[str, str], Mapped]] = {}
    for one in sets:
        rows = by_target.setdefault(one.target, {})
        for row in one.rows:
            row = replace(row, subject=_own(row.subject, iris))
            pair = (row.subject, row.object)
            if pair not in rows or _weight(row) >= _weight(rows[pair]):
                rows[pair] = row
    return tuple(_linkset(target_of(name), tuple(rows.values())) for name, rows in sorted(by_target.items()))


def _weight(row: Mapped) -> tuple[bool, str]:
    return row.is_manual, row.date or ""


def _linkset(target: Target, rows: tuple[Mapped, ...]) -> Linkset:
    positive = [row for row in rows if not row.negated]
    decided = {row.subject for row in positive if row.is_manual} | {row.object for row in positive if row.is_manual}

    def holds(row: Mapped) -> bool:
        if row.is_manual:
            return True
        return row.predicate in HOLDS and not {row.subject, row.object} & decided  # a person chose another one

    return Linkset(
        target,
        holding=tuple(row for row in positive if holds(row)),
        open=tuple(row for row in positive if not holds(row)),
        rejected=tuple(row for row in rows if row.negated),
    )


def _own(iri: str, iris: Iris) -> str:
    """The IRI of a thing of ours under the base of this build."""
    default = DEFAULT_BASE + "id/"
    return iris.thing(iri.removeprefix(default)) if iri.startswith(default) else iri


def passed_over(sets: Sequence[Linkset], known: Container[str]) -> Iterator[str]:
    """Links of things that no source speaks of, in words."""
    for one in sets:
        for row in (*one.holding, *one.open):
            if row.subject not in known:
                yield f"a link to {one.target.title} is of {row.subject}, of which no source that is read speaks"


def linkset_quads(sets: Sequence[Linkset], iris: Iris, known: Container[str]) -> Iterator[ox.Quad]:
    """The quads of the links whose subjects are known."""
    for one in sets:
        graph = iris.links(one.target.name)
        holding = [row for row in one.holding if row.subject in known]
        if holding:
            yield from _described(one.target, graph, iris)
        for row in holding:
            yield _quad(row.subject, row.predicate, ox.NamedNode(row.object), graph)
            for value in one.target.values(row.object):
                yield _quad(row.subject, SCHEMA + "identifier", ox.Literal(value), graph)
            yield from _mapping(row, graph, iris, iris.provenance)
        for row in one.open:
            if row.subject in known:
                yield _quad(row.subject, _skos(row.predicate), ox.NamedNode(row.object), iris.candidates)
                yield from _mapping(replace(row, predicate=_skos(row.predicate)), graph, iris, iris.candidates)
        for row in one.rejected:
            yield from _mapping(row, graph, iris, iris.candidates)


def _skos(predicate: str) -> str:
    """The predicate of a candidate: never one of identity."""
    return predicate if predicate.startswith(SKOS) and predicate != SKOS + "exactMatch" else SKOS + "closeMatch"


def _described(target: Target, graph: str, iris: Iris) -> Iterator[ox.Quad]:
    """What a graph of links is."""
    yield _quad(graph, DCTERMS + "title", ox.Literal(f"Links to {target.title}"), iris.provenance)
    yield _quad(graph, DCTERMS + "license", ox.NamedNode(LICENCE), iris.provenance)
    if target.homepage:
        yield _quad(graph, DCTERMS + "relation", ox.NamedNode(target.homepage), iris.provenance)


def _mapping(row: Mapped, linkset: str, iris: Iris, graph: str) -> Iterator[ox.Quad]:
    """How a link came about: SSSOM in RDF, an annotated axiom."""
    text = f"{linkset} {row.subject} {row.object}"
    node = iris.base + f"mapping/{hashlib.sha256(text.encode()).hexdigest()[:20]}"
    yield _quad(node, RDF + "type", ox.NamedNode(SSSOM + "Mapping"), graph)
    yield _quad(node, OWL + "annotatedSource", ox.NamedNode(row.subject), graph)
    yield _quad(node, OWL + "annotatedProperty", ox.NamedNode(row.predicate), graph)
    yield _quad(node, OWL + "annotatedTarget", ox.NamedNode(row.object), graph)
    yield _quad(node, FILM + "statedIn", ox.NamedNode(linkset), graph)
    prefix, _, local = row.justification.partition(":")
    yield _quad(node, SSSOM + "mapping_justification", ox.NamedNode(PREFIXES.get(prefix, SEMAPV) + local), graph)
    if row.negated:
        yield _quad(node, SSSOM + "predicate_modifier", ox.Literal("Not"), graph)
    if row.confidence is not None:
        number = ox.Literal(confidence_text(row.confidence), datatype=ox.NamedNode(XSD + "decimal"))
        yield _quad(node, SSSOM + "confidence", number, graph)
    told = {
        SSSOM + "object_label": row.object_label,
        SSSOM + "reviewer_label": row.reviewer,
        SSSOM + "mapping_date": row.date,
        RDFS + "comment": row.comment,
    }
    for predicate, value in told.items():
        if value:
            yield _quad(node, predicate, ox.Literal(value), graph)


def mappings_of(quads: Iterable[ox.Quad]) -> Iterator[Mapped]:
    """The rows that :func:`linkset_quads` wrote, read back from the quads of their nodes."""
    told: dict[object, dict[str, str]] = {}
    for quad in quads:
        if isinstance(quad.object, ox.NamedNode | ox.Literal):
            told.setdefault(quad.subject, {})[quad.predicate.value] = quad.object.value
    for node in told.values():
        if node.get(RDF + "type") != SSSOM + "Mapping":
            continue
        confidence = node.get(SSSOM + "confidence")
        yield Mapped(
            subject=node[OWL + "annotatedSource"],
            predicate=node[OWL + "annotatedProperty"],
            object=node[OWL + "annotatedTarget"],
            justification="semapv:" + node[SSSOM + "mapping_justification"].removeprefix(SEMAPV),
            negated=SSSOM + "predicate_modifier" in node,
            confidence=None if confidence is None else float(confidence),
            object_label=node.get(SSSOM + "object_label"),
            reviewer=node.get(SSSOM + "reviewer_label"),
            date=node.get(SSSOM + "mapping_date"),
            comment=node.get(RDFS + "comment"),
        )


def _quad(subject: str, predicate: str, object_: ox.NamedNode | ox.Literal, graph: str) -> ox.Quad:
    return ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), object_, ox.NamedNode(graph))
