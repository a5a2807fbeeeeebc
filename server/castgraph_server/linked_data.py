"""Data for programs, and its graphs for people: things, named graphs, the ontology, the data set's description."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from urllib.parse import urlencode

import pyoxigraph as ox
from flask import Blueprint, Response, jsonify, render_template, request

from castgraph.formats import Format
from castgraph_server import data_set, description, vocabulary
from castgraph_server.current import Served, served
from castgraph_server.dumps import Dump
from castgraph_server.entity import TooLarge, describe
from castgraph_server.graphs import read_graph
from castgraph_server.negotiation import GRAPHS, HTML, PLAIN_JSON, Offer
from castgraph_server.problems import Problem
from castgraph_server.responses import data, mark, negotiated, serialise

blueprint = Blueprint("linked_data", __name__)


@blueprint.get("/data/<path:path>")
def thing(path: str) -> Response:
    """The description of a thing in the format its file ending names; of one with very much to say, where it is to be had."""
    stem, _, ending = path.rpartition(".")
    format_ = Format.of_extension(ending)
    if not stem or format_ is None or not format_.is_graph:
        endings = ", ".join(f".{offer.name}" for offer in GRAPHS)
        raise Problem(404, f"Data of a thing ends in one of {endings}.")
    now = served()
    try:
        triples = describe(now, now.iris.thing(stem))
    except ValueError:  # the path makes no IRI
        triples = []
    except TooLarge as large:  # for the endpoint: it streams, and has limits
        fields = {"query": large.query, "format": format_.extension}
        return Response(status=303, headers={"Location": "/sparql?" + urlencode(fields)})
    if not triples:
        raise Problem(404, f"Nothing is said here of <{now.iris.thing(stem)}>.")
    if (unchanged := mark(now, next(offer for offer in GRAPHS if offer.format is format_))) is not None:
        return unchanged
    return data(serialise(triples, format_), format_)


@blueprint.get("/graphs")
def graphs() -> Response:
    """The list of graphs; with ``?graph=`` or ``?default`` a graph itself (Graph Store HTTP Protocol, section 4.2)."""
    named, default = request.args.getlist("graph"), "default" in request.args
    now = served()
    if len(named) + default > 1:
        raise Problem(400, "Ask for one graph: either ?graph=IRI once, or ?default.")
    if named:
        return _graph(now, named[0], negotiated(GRAPHS))
    if default:
        offer = negotiated(GRAPHS)
        return mark(now, offer) or _dump(now, ox.DefaultGraph(), offer)
    counts = description.graph_counts(now)
    if negotiated((PLAIN_JSON, HTML)) is PLAIN_JSON:
        return jsonify([{"graph": iri, "triples": triples} for iri, triples in counts.items()])
    rows = [(now.names.show(ox.NamedNode(iri)), now.sources.publisher(iri), count) for iri, count in counts.items()]
    rows.sort(key=lambda row: (row[1] is None, row[0].text))  # the sources first, then what castgraph made
    return Response(render_template("graphs.html", rows=rows), mimetype="text/html")


@blueprint.get("/graph/<path:path>")
def graph_page(path: str) -> Response:
    """A named graph: where it comes from and what it says line by line, or its triples by Accept."""
    now = served()
    iri = now.iris.graph(path)
    offer = negotiated((HTML, *GRAPHS))
    if offer.format is not None:
        return _graph(now, iri, offer)
    node = _present(now, iri)
    return Response(render_template("graph.html", graph=read_graph(now, node)), mimetype="text/html")


@blueprint.get("/ontology/<name>")
def ontology(name: str) -> Response:
    """A module of the ontology: Turtle as it was written, other formats made from it, or a page of its terms."""
    try:
        text = vocabulary.source(name)
    except KeyError:
        raise Problem(404, f"The ontology has the modules {' and '.join(vocabulary.MODULES)}.") from None
    offer = negotiated((*GRAPHS, HTML))
    if offer.format is None:
        return Response(render_template("ontology.html", module=vocabulary.read(name)), mimetype="text/html")
    if offer.format is Format.TURTLE:
        return data(text, offer.format)
    return _send((quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)), offer)


@blueprint.get("/.well-known/void")
def void() -> Response:
    """The data set, described in VoID and DCAT."""
    now = served()
    offer = negotiated(GRAPHS)
    return mark(now, offer) or _send(data_set.describe(now, request.url_root), offer)


def _present(now: Served, iri: str) -> ox.NamedNode:
    """The node of a graph the snapshot has."""
    try:
        node = ox.NamedNode(iri)
    except ValueError:
        raise Problem(400, f"{iri!r} is no absolute IRI.") from None
    if not any(islice(now.store.raw.quads_for_pattern(None, None, None, node), 1)):
        raise Problem(404, f"The snapshot has no graph <{iri}>; /graphs lists those it has.")
    return node


def _graph(now: Served, iri: str, offer: Offer) -> Response:
    node = _present(now, iri)
    if (unchanged := mark(now, offer)) is not None:
        return unchanged
    return _dump(now, node, offer)


def _dump(now: Served, graph: ox.NamedNode | ox.DefaultGraph, offer: Offer) -> Response:
    assert offer.format is not None
    dump = Dump(now.store.raw, graph, offer.format)
    return Response(dump, content_type=offer.format.content_type)


def _send(triples: Iterable[ox.Triple], offer: Offer) -> Response:
    assert offer.format is not None
    return data(serialise(triples, offer.format), offer.format)
