"""Links to other data sets, published: as SSSOM, as RDF, as pages; and the way back from their identifiers to ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from urllib.parse import quote

import pyoxigraph as ox
from flask import Blueprint, Response, jsonify, redirect, render_template, request

from castgraph.iris import FILM
from castgraph.linking.description import identifier
from castgraph.linking.linksets import mappings_of
from castgraph.linking.sssom import Mapped, sssom_lines
from castgraph.linking.targets import Target, ready_made, target_of
from castgraph_server.current import Served, served
from castgraph_server.dumps import Dump
from castgraph_server.negotiation import GRAPHS, HTML, PLAIN_JSON, Offer
from castgraph_server.problems import Problem
from castgraph_server.responses import mark, negotiated
from castgraph_server.terms import Shown

blueprint = Blueprint("links", __name__)

SSSOM = Offer("tsv", "text/tab-separated-values")
SHOWN = 500
"""Links a page shows."""

_STATED_IN = ox.NamedNode(FILM + "statedIn")
_IDENTIFIER = ox.NamedNode(FILM + "identifier")


@dataclass(frozen=True)
class Elsewhere:
    """Where else a thing is described. ``target`` is the other data set, ``page`` the page of the links to it."""

    target: str
    page: str
    other: Shown


@blueprint.get("/links")
def catalogue() -> Response:
    """The data sets that are linked to."""
    now = served()
    rows = [(target, count) for target, count in _targets(now).values()]
    if negotiated((PLAIN_JSON, HTML)) is PLAIN_JSON:
        return jsonify(
            [
                {"target": one.name, "title": one.title, "links": count, "url": f"/links/{one.name}"}
                for one, count in rows
            ]
        )
    return Response(render_template("links.html", rows=rows), mimetype="text/html")


@blueprint.get("/links/<name>")
def linkset(name: str) -> Response:
    """The links to a data set: as an SSSOM table with their evidence, as RDF, or as a page. ``open`` adds what is not decided."""
    now = served()
    stem, dot, ending = name.rpartition(".")
    named = next((offer for offer in (SSSOM, *GRAPHS) if offer.name == ending), None) if dot else None
    target = stem if named else name
    if target not in _targets(now):
        raise Problem(404, f"There are no links to {target!r} here; /links lists those there are.")
    offer = named or negotiated((HTML, SSSOM, *GRAPHS))
    if (unchanged := mark(now, offer)) is not None:
        return unchanged
    graph = ox.NamedNode(now.iris.links(target))
    if offer.format is not None:
        return Response(Dump(now.store.raw, graph, offer.format), content_type=offer.format.content_type)
    rows = _mappings(now, graph, with_open="open" in request.args)
    if offer is SSSOM:
        return _table(now, target_of(target), rows)
    shown = [(now.names.show(ox.NamedNode(row.subject)), row, now.names.show(ox.NamedNode(row.object)))
             for row in islice(rows, SHOWN + 1)]  # fmt: skip
    body = render_template(
        "linkset.html", target=target_of(target), rows=shown[:SHOWN], is_cut=len(shown) > SHOWN,
        alternates=[(one, f"/links/{target}.{one.name}") for one in (SSSOM, *GRAPHS)],
    )  # fmt: skip
    return Response(body, mimetype="text/html")


@blueprint.get("/lookup")
def lookup() -> Response:
    """From an identifier of another data set, such as ``?imdb=tt0824091``, to the thing: 303 to its address here."""
    asked = {key: value.strip() for key, value in request.args.items() if key != "format" and value.strip()}
    schemes = sorted(schemes_known())
    if len(asked) != 1 or not set(asked) <= {*schemes, "iri"}:
        raise Problem(400, f"Ask with one identifier: {', '.join(f'?{name}=' for name in schemes)} or ?iri=.")
    [(scheme, value)] = asked.items()
    now = served()
    things = sorted(found_by(now, scheme, value))
    if not things:
        raise Problem(404, f"Nothing here is linked to {value!r} ({scheme}).")
    places = ["/id/" + quote(thing.removeprefix(now.iris.thing(""))) for thing in things]
    if len(places) > 1:
        return Response(jsonify({"things": things}).get_data(), 300, {"Link": ", ".join(f"<{one}>; rel=alternate" for one in places)},
                        mimetype="application/json")  # fmt: skip
    return Response(redirect(places[0], 303).get_data(), 303, {"Location": places[0]}, mimetype="text/html")


def schemes_known() -> Mapping[str, Target]:
    """The schemes whose identifiers can be looked up, each with its target."""
    return {scheme: target for target in ready_made().values() for scheme in target.patterns}


def found_by(now: Served, scheme: str, value: str) -> Iterator[str]:
    """The things linked to an identifier, or called by it in a source."""
    if scheme == "freebase":
        value = value.strip("/").replace("/", ".")
    value = identifier(scheme, value)
    iris = [value] if scheme == "iri" else list(schemes_known()[scheme].iris(scheme, value))
    found = set()
    for iri in iris:
        try:
            node = ox.NamedNode(iri)
        except ValueError:
            continue
        for quad in now.store.raw.quads_for_pattern(None, None, node, None):
            if isinstance(quad.graph_name, ox.NamedNode) and now.iris.is_linkset(quad.graph_name.value):
                found.add(str(quad.subject.value))  # type: ignore[union-attr]
    if scheme in ("imdb", "wikidata"):  # the shape of these tells them from other numbers
        for quad in now.store.raw.quads_for_pattern(None, _IDENTIFIER, ox.Literal(value), None):
            found.add(str(quad.subject.value))  # type: ignore[union-attr]
    return (thing for thing in found if thing.startswith(now.iris.thing("")))


def elsewhere(now: Served, iri: str) -> tuple[Elsewhere, ...]:
    """Where else a thing is described, by the links that hold."""
    found = []
    for name, (target, _) in _targets(now).items():
        for quad in now.store.raw.quads_for_pattern(ox.NamedNode(iri), None, None, ox.NamedNode(now.iris.links(name))):
            if isinstance(quad.object, ox.NamedNode):
                value = next(target.values(quad.object.value), quad.object.value)
                href = quad.object.value if quad.object.value.startswith(("http://", "https://")) else None
                found.append(Elsewhere(target.title, f"/links/{name}", Shown(value, href, quad.object.value)))
    return tuple(sorted(found, key=lambda one: (one.target.casefold(), one.other.text)))


def _targets(now: Served) -> dict[str, tuple[Target, int]]:
    """The data sets linked to, each with the number of statements in its graph."""
    graphs = now.snapshot.manifest.get("graphs")
    assert isinstance(graphs, Mapping)
    counts = {
        iri.removeprefix(now.iris.links("")): count
        for iri, count in graphs.items()
        if now.iris.is_linkset(iri) and isinstance(count, int)
    }
    return {name: (target_of(name), _links(now, name, count)) for name, count in sorted(counts.items())}


def _links(now: Served, name: str, count: int) -> int:
    """How many links a graph holds: the build counts them by predicate; the rest are identifiers."""
    statistics = now.snapshot.statistics()
    told = statistics.links.get(now.iris.links(name)) if statistics else None
    return sum(told.values()) if told else count


def _mappings(now: Served, linkset: ox.NamedNode, *, with_open: bool) -> Iterator[Mapped]:
    """The links of a linkset with how they came about, one by one; with those not decided, and those rejected."""
    raw = now.store.raw
    for graph in (now.iris.provenance, now.iris.candidates) if with_open else (now.iris.provenance,):
        for stated in raw.quads_for_pattern(None, _STATED_IN, linkset, ox.NamedNode(graph)):
            if not isinstance(stated.subject, ox.Triple):
                yield from mappings_of(raw.quads_for_pattern(stated.subject, None, None, ox.NamedNode(graph)))


def _table(now: Served, target: Target, rows: Iterator[Mapped]) -> Response:
    prefixes = {name: pattern.removesuffix("{}") for name, patterns in target.patterns.items() for pattern in patterns[:1]
                if pattern.endswith("{}")}  # fmt: skip
    header: dict[str, object] = {
        "mapping_set_id": now.iris.links(target.name),
        "mapping_set_title": f"castgraph to {target.title}",
        "mapping_set_version": now.snapshot.id,
        "object_source": target.homepage or target.name,
    }
    prefixes["thing"] = now.iris.thing("")
    lines = (line.encode() for line in sssom_lines(rows, header=header, prefixes=prefixes))
    file = f'attachment; filename="{target.name}.sssom.tsv"'
    return Response(lines, mimetype=SSSOM.media_type, headers={"Content-Disposition": file})
