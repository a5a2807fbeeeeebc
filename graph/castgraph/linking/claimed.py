"""From claims to quads: what another data set says of things of ours, in a graph of its own, with where it says it.

A claim changes nothing that others say. Its performances are new ones. Whom it names is a person of ours only where an
accepted link of the same data set says so, or where one of that name is credited for the very title; any other stays
under the target's IRI, or under one below the title where it has none. A role is a character of ours where the title has
one of that name. That is how a build decides on its own sources too (:mod:`castgraph.evidence`).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from castgraph.iris import DCTERMS, FILM, PROV, RDF, RDFS, XSD, Iris
from castgraph.linking.claims import Claim, Claims, Record
from castgraph.linking.linksets import Linkset
from castgraph.names import fold, slug
from castgraph.provenance import statement_quads

KIND = "linked"
"""The source kind of such graphs."""

_PROPERTIES = {"name": RDFS + "label", "alternative": FILM + "alternativeTitle", "year": FILM + "releaseYear"}
_AGENTS = {"director": FILM + "director", "writer": FILM + "writer", "composer": FILM + "composer"}
_NAMING = {RDFS + "label"}
_CREDITS = {FILM + "hasPerformance", FILM + "hasNarration"}
_PEOPLE = {FILM + "performer", *_AGENTS.values(), FILM + "producer", FILM + "executiveProducer", FILM + "creator"}


def claimed_quads(
    claims: Sequence[Claims], sets: Sequence[Linkset], iris: Iris, said: Iterable[ox.Quad]
) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """What the claims come to, by the links that hold: the statements, and what tells where they are from.

    Args:
        claims: what was brought in, by target.
        sets: the links.
        iris: the IRIs of the build.
        said: what the sources say.
    """
    known = _Known(said)
    by_name = {one.target.name: one for one in sets}
    stated: list[ox.Quad] = []
    told: list[ox.Quad] = []
    for one in claims:
        if one.target in by_name:
            quads, where = _of_target(one, by_name[one.target], iris, known)
            stated += quads
            told += where
    return stated, told


def _of_target(one: Claims, links: Linkset, iris: Iris, known: _Known) -> tuple[list[ox.Quad], list[ox.Quad]]:
    graph = iris.linked(one.target)
    things: dict[str, list[str]] = defaultdict(list)
    for row in links.holding:
        if row.subject in known.works:
            things[row.object].append(row.subject)
    same = {row.object: row.subject for row in links.holding}
    taken: set[str] = set()
    stated: dict[ox.Quad, None] = {}
    told: dict[ox.Quad, None] = {}
    for record in one.records:
        for thing in things.get(record.iri, ()):
            for triple in dict.fromkeys(_Title(thing, record, one.target, iris, known, same, taken).triples()):
                stated[ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(graph))] = None
                lines = () if record.line is None else (record.line,)
                told.update(dict.fromkeys(statement_quads(triple, graph, lines, iris, record.iri)))
    if not stated:
        return [], []
    return list(stated), [*_described(one, graph, iris), *told]


class _Known:
    """What the sources say, as far as names in claims are looked up in it."""

    def __init__(self, said: Iterable[ox.Quad]) -> None:
        self.works: set[str] = set()
        self._names: dict[str, set[str]] = defaultdict(set)
        self._genres: set[str] = set()
        self._near: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for quad in said:
            if not isinstance(quad.subject, ox.NamedNode):
                continue
            subject, predicate = quad.subject.value, quad.predicate.value
            if isinstance(quad.object, ox.Literal):
                if predicate in _NAMING:
                    self._names[subject].add(fold(quad.object.value))
            elif isinstance(quad.object, ox.NamedNode):
                self._near[subject][predicate].add(quad.object.value)
                if predicate == RDF + "type" and quad.object.value in _WORKS:
                    self.works.add(subject)
                if predicate == FILM + "genre":
                    self._genres.add(quad.object.value)

    def person(self, work: str, name: str) -> str | None:
        """The one of that name who is credited for a work; None where none is, or several are."""
        return self._only(name, (one for near in self._around(work) for key in _PEOPLE for one in near.get(key, ())))

    def character(self, work: str, name: str) -> str | None:
        """The character of that name in a work."""
        return self._only(name, (one for near in self._around(work) for one in near.get(FILM + "character", ())))

    def genre(self, name: str) -> str | None:
        """The genre of that name."""
        return self._only(name, self._genres)

    def _around(self, work: str) -> Iterator[dict[str, set[str]]]:
        near = self._near.get(work, {})
        yield near
        for credit in (one for key in _CREDITS for one in near.get(key, ())):
            yield self._near.get(credit, {})

    def _only(self, name: str, things: Iterable[str]) -> str | None:
        found = {one for one in things if fold(name) in self._names.get(one, ())}
        return found.pop() if len(found) == 1 else None


_WORKS = {FILM + name for name in ("ScreenWork", "Film", "TelevisionFilm", "Series", "MiniSeries", "Season", "Episode")}


@dataclass
class _Title:
    """One title of ours and the record that a link leads to, on the way to triples."""

    thing: str
    record: Record
    target: str
    iris: Iris
    known: _Known
    same: dict[str, str]
    taken: set[str]  # the IRIs of performances that others have

    def triples(self) -> Iterator[ox.Triple]:
        for claim in self.record.claims:
            if claim.field == "performer":
                yield from self._performance(claim)
            elif claim.field in _AGENTS:
                agent, new = self._agent(claim, FILM + "Agent")
                yield _triple(self.thing, _AGENTS[claim.field], ox.NamedNode(agent))
                yield from new
            elif claim.field == "genre":
                genre = self.known.genre(claim.value) or self.iris.thing("genre", slug(claim.value))
                yield _triple(self.thing, FILM + "genre", ox.NamedNode(genre))
                yield from _named(genre, FILM + "Genre", claim.value)
            else:
                number = ox.NamedNode(XSD + "integer") if claim.field == "year" else None
                yield _triple(self.thing, _PROPERTIES[claim.field], ox.Literal(claim.value, datatype=number))

    def _performance(self, claim: Claim) -> Iterator[ox.Triple]:
        wanted = credit = self._below("performance", claim.role or claim.value)
        number = 1
        while credit in self.taken:  # several who play one role are several credits
            number += 1
            credit = f"{wanted}-{number}"
        self.taken.add(credit)
        person, new = self._agent(claim, FILM + "Person")
        yield _triple(self.thing, FILM + "hasPerformance", ox.NamedNode(credit))
        yield _triple(credit, RDF + "type", ox.NamedNode(FILM + "Performance"))
        yield _triple(credit, PROV + "wasDerivedFrom", ox.NamedNode(self.record.iri))
        yield _triple(credit, FILM + "performer", ox.NamedNode(person))
        yield _triple(credit, FILM + "performerAsCredited", ox.Literal(claim.value))
        yield from new
        if self.record.line is not None:
            yield _triple(credit, FILM + "sourceLine", _integer(self.record.line))
        if claim.role:
            character = self.known.character(self.thing, claim.role)
            if character is None:
                character = self._below("character", claim.role)
                yield from _named(character, FILM + "Character", claim.role)
            yield _triple(credit, FILM + "character", ox.NamedNode(character))
            yield _triple(credit, FILM + "characterAsCredited", ox.Literal(claim.role))

    def _agent(self, claim: Claim, class_: str) -> tuple[str, tuple[ox.Triple, ...]]:
        """Whom a claim names, and what is to be said of somebody who is none of ours."""
        ours = self.same.get(claim.iri or "") or self.known.person(self.thing, claim.value)
        if ours is not None:
            return ours, ()
        agent = claim.iri or self._below("person", claim.value)
        return agent, _named(agent, class_, claim.value)

    def _below(self, kind: str, name: str) -> str:
        """An IRI below the title's, in the part of it that is the target's."""
        ours = self.iris.thing("")
        path = self.thing.removeprefix(ours).partition("/")[2] if self.thing.startswith(ours) else slug(self.thing)
        return self.iris.thing(kind, path, self.target, slug(name))


def _named(thing: str, class_: str, name: str) -> tuple[ox.Triple, ...]:
    return (
        _triple(thing, RDF + "type", ox.NamedNode(class_)),
        _triple(thing, RDFS + "label", ox.Literal(name)),
    )


def _described(one: Claims, graph: str, iris: Iris) -> Iterator[ox.Quad]:
    """What the graph is: whose claims, under which licence, and how and when they were brought in (PROV-O)."""
    where = iris.provenance
    text = f"{graph} {one.origin} {one.retrieved}"
    retrieval = iris.base + f"retrieval/{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    moment = ox.Literal(one.retrieved, datatype=ox.NamedNode(XSD + "dateTime"))
    told: list[tuple[str, str, ox.NamedNode | ox.Literal]] = [
        (graph, RDF + "type", ox.NamedNode(FILM + "SourceGraph")),
        (graph, RDF + "type", ox.NamedNode(PROV + "Entity")),
        (graph, DCTERMS + "title", ox.Literal(f"What {one.title} says of what is linked to it")),
        (graph, DCTERMS + "publisher", ox.Literal(one.title)),
        (graph, FILM + "sourceKind", ox.Literal(KIND)),
        (graph, PROV + "generatedAtTime", moment),
        (graph, PROV + "wasGeneratedBy", ox.NamedNode(retrieval)),
        (retrieval, RDF + "type", ox.NamedNode(PROV + "Activity")),
        (retrieval, PROV + "endedAtTime", moment),
    ]
    if one.licence:
        told.append((graph, DCTERMS + "license", ox.NamedNode(one.licence)))
    if one.origin.startswith(("http://", "https://")):
        origin = ox.NamedNode(one.origin)
        told += [(graph, DCTERMS + "source", origin), (retrieval, PROV + "used", origin)]
    elif one.sha256:
        file = f"{retrieval}/file"
        told += [
            (graph, PROV + "wasDerivedFrom", ox.NamedNode(file)),
            (retrieval, PROV + "used", ox.NamedNode(file)),
            (file, RDF + "type", ox.NamedNode(PROV + "Entity")),
            (file, FILM + "fileName", ox.Literal(one.origin)),
            (file, FILM + "sha256", ox.Literal(one.sha256)),
        ]
    yield from (
        ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), object_, ox.NamedNode(where))
        for subject, predicate, object_ in told
    )


def _triple(subject: str, predicate: str, object_: ox.NamedNode | ox.Literal) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), object_)


def _integer(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=ox.NamedNode(XSD + "integer"))
