"""The W3C suite for the SPARQL 1.1 Service Description, of which the manifest gives the names only."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from castgraph.iris import RDF
from castgraph_server.description import SD
from tests.w3c.endpoint import Endpoint
from tests.w3c.manifests import Manifest, is_here

pytestmark = pytest.mark.skipif(not is_here(), reason="the W3C suites (../shared/w3c) are not here")

TYPE = ox.NamedNode(RDF + "type")

SCHEMA = {
    "endpoint": ("Service", None), "feature": ("Service", None), "defaultEntailmentRegime": ("Service", None),
    "supportedEntailmentProfile": ("Service", None), "entailmentRegime": ("NamedGraph", None),
    "extensionFunction": ("Service", "Function"), "extensionAggregate": ("Service", "Aggregate"),
    "languageExtension": ("Service", None), "supportedLanguage": ("Service", None),
    "propertyFeature": ("Service", None), "defaultDataset": ("Service", "Dataset"),
    "availableGraphs": ("Service", "GraphCollection"), "resultFormat": ("Service", None),
    "inputFormat": ("Service", None), "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": ("GraphCollection", "NamedGraph"), "name": ("NamedGraph", None), "graph": ("NamedGraph", "Graph"),
}  # fmt: skip
"""The vocabulary's properties: the class of their subject and of their object (None: any resource).

A named graph belongs to a graph collection; a data set is one.
"""


@pytest.fixture(scope="module")
def told(endpoint: Endpoint) -> ox.Store:
    """The description of an endpoint with two named graphs, fetched from it."""
    thing = ox.NamedNode("https://example.org/thing")
    endpoint.serve_quads([ox.Quad(thing, TYPE, thing, ox.NamedNode(f"https://example.org/{n}")) for n in range(2)])
    answer = endpoint.send("GET", "/sparql", Accept="text/turtle")
    assert (answer.status, answer.media_type) == (200, "text/turtle")
    store = ox.Store()
    store.load(answer.body, format=ox.RdfFormat.TURTLE)
    return store


def test_returns_rdf(told: ox.Store) -> None:
    assert len(told) > 0


def test_has_endpoint_triple(told: ox.Store, endpoint: Endpoint) -> None:
    named = [quad.object for quad in told.quads_for_pattern(None, ox.NamedNode(SD + "endpoint"), None)]
    assert named == [ox.NamedNode(f"{endpoint.address}/sparql")]


def test_conforms_to_schema(told: ox.Store) -> None:
    assert len(list(told.quads_for_pattern(None, ox.NamedNode(SD + "name"), None))) == 2
    for quad in told:
        if quad.predicate.value.startswith(SD):
            subject, object_ = SCHEMA[quad.predicate.value.removeprefix(SD)]
            assert ox.Quad(quad.subject, TYPE, ox.NamedNode(SD + subject)) in told, quad
            assert not isinstance(quad.object, ox.Literal), quad
            if object_ is not None:
                assert ox.Quad(quad.object, TYPE, ox.NamedNode(SD + object_)) in told, quad


def test_these_are_the_entries() -> None:
    found = {
        entry.name.rpartition("/")[2] for _, entry in Manifest("sparql11/service-description/manifest.ttl").entries()
    }
    assert found == {"returns-rdf", "has-endpoint-triple", "conforms-to-schema"}
