"""What castgraph says about its graphs, brought up to date after edits: names of things, lines and sources of statements.

As in a build, each graph that states something is described as a source, a thing goes by one preferred name, and a
statement that is gone has no line any more.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from castgraph.addresses import best_name
from castgraph.draft import Draft
from castgraph.iris import DCTERMS, FILM, RDF, RDFS, SKOS

EDITED = "Changed by updates after it was read: it no longer says exactly what its source says."

_TYPE = ox.NamedNode(RDF + "type")
_SOURCE = ox.NamedNode(FILM + "SourceGraph")
_STATED_IN = ox.NamedNode(FILM + "statedIn")
_PARTS = tuple(ox.NamedNode(RDF + part) for part in ("subject", "predicate", "object"))
_LABEL, _PREFERRED = ox.NamedNode(RDFS + "label"), ox.NamedNode(SKOS + "prefLabel")


def attribute(draft: Draft) -> None:
    """Bring the provenance and identity graphs of a draft up to date with its edits."""
    edits = draft.edits
    touched = {quad.graph_name for quad in (*edits.added, *edits.removed)}
    for graph in sorted((graph for graph in touched if isinstance(graph, ox.NamedNode)), key=str):
        _describe(draft, graph)
    for quad in edits.removed:
        _forget_lines(draft, quad)
    named: dict[ox.NamedNode, set[str]] = {}
    for quad in (*edits.added, *edits.removed):
        if isinstance(quad.subject, ox.NamedNode):
            gone = named.setdefault(quad.subject, set())
            if quad in edits.removed and quad.predicate == _LABEL and isinstance(quad.object, ox.Literal):
                gone.add(quad.object.value)
    for thing, gone in named.items():
        _name(draft, thing, gone)


def _describe(draft: Draft, graph: ox.NamedNode) -> None:
    """Describe a graph as a source, as edited where it was read from one, or not at all where it is empty."""
    provenance = ox.NamedNode(draft.iris.provenance)
    told = list(draft.store.quads_for_pattern(graph, None, None, provenance))
    if draft.is_empty(graph):
        draft.write(told, ())
        return

    def say(predicate: str, object_: ox.NamedNode | ox.Literal) -> ox.Quad:
        return ox.Quad(graph, ox.NamedNode(predicate), object_, provenance)

    kind = FILM + "sourceKind"
    if not told:
        title = "Edits" if graph.value == draft.iris.edits else graph.value.removeprefix(draft.iris.base)
        new = [
            say(RDF + "type", _SOURCE),
            say(DCTERMS + "title", ox.Literal(title)),
            say(DCTERMS + "publisher", ox.Literal("Edits of this site")),
            say(kind, ox.Literal("update")),
        ]
    elif say(kind, ox.Literal("update")) in told:
        return
    else:
        new = [say(SKOS + "editorialNote", ox.Literal(EDITED, language="en"))]
    draft.write((), new)


def _forget_lines(draft: Draft, quad: ox.Quad) -> None:
    """Remove what says on which lines of a source a statement stands."""
    provenance = ox.NamedNode(draft.iris.provenance)

    def holds(statement: ox.NamedNode | ox.BlankNode, predicate: ox.NamedNode, value: object) -> bool:
        return ox.Quad(statement, predicate, value, provenance) in draft.store  # type: ignore[arg-type]

    for found in list(draft.store.quads_for_pattern(None, _PARTS[0], quad.subject, provenance)):
        node = found.subject
        if isinstance(node, ox.Triple) or not all(
            holds(node, part, value) for part, value in zip(_PARTS[1:], (quad.predicate, quad.object), strict=True)
        ):
            continue
        if holds(node, _STATED_IN, quad.graph_name):
            draft.write(list(draft.store.quads_for_pattern(node, None, None, provenance)), ())


def _name(draft: Draft, thing: ox.NamedNode, gone: Iterable[str]) -> None:
    """Give a thing the preferred name a build would give it: none of our own where people say one, or nothing at all."""
    identity = ox.NamedNode(draft.iris.identity)
    own = list(draft.store.quads_for_pattern(thing, _PREFERRED, None, identity))
    said = [
        quad
        for quad in draft.store.quads_for_pattern(thing, None, None, None)
        if draft.may_change(quad.graph_name) and isinstance(quad.predicate, ox.NamedNode)
    ]
    names = [quad.object.value for quad in said if quad.predicate == _LABEL and isinstance(quad.object, ox.Literal)]
    kept = [quad.object.value for quad in own if isinstance(quad.object, ox.Literal)]
    if not said or any(quad.predicate == _PREFERRED for quad in said):
        wanted: list[ox.Quad] = []
    elif not names and not set(kept) & set(gone):
        return  # its name does not come from labels
    else:
        names += [name for name in kept if name not in names and name not in gone]
        wanted = [ox.Quad(thing, _PREFERRED, ox.Literal(best_name(sorted(names))), identity)] if names else []
    draft.write([quad for quad in own if quad not in wanted], [quad for quad in wanted if quad not in own])
