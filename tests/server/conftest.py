"""A small snapshot with invented facts, the application over it, and the real server process."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient

from castgraph.iris import FILM, PREFIXES, RDF, Iris
from castgraph.settings import Settings
from castgraph.snapshot import Snapshot, building, publish, union, verify, write_json, write_store
from castgraph_server import answering, create_app
from tests.running import running

IRIS = Iris()
HOSTILE = '<script>alert("1")</script> & "O\'Hara"'

FACTS = """
<graph/tv-guide/copper-comet-2019> {
  <id/title/copper-comet-2019> rdfs:label "The Copper Comet" ; a film:MiniSeries ; film:releaseYear 2019 ;
    film:hasPerformance <id/performance/copper-comet-2019/tv-guide/ada-stone> ;
    film:similarTo <id/title/similar-title-4> , <id/title/hostile> .
  <id/performance/copper-comet-2019/tv-guide/ada-stone> a film:Performance ;
    film:performer <id/person/zoe-quill> ; film:character <id/character/copper-comet-2019/ada-stone> ;
    film:creditOrder 1 ; film:sourceLine 12 .
  <id/person/zoe-quill> rdfs:label "Zoë Quill" .
  <id/character/copper-comet-2019/ada-stone> rdfs:label "Ada Stone" .
  <id/title/similar-title-4> a film:ScreenWork ; film:releaseYear 2001 .
  <id/title/hostile> a film:Film ; rdfs:label HOSTILE ; film:homepage <javascript:alert(1)> .
}
<graph/imdb/copper-comet-2019> {
  <id/title/copper-comet-2019> rdfs:label "Copper Comet" ; film:releaseYear 2019 ;
    film:hasPerformance <id/performance/copper-comet-2019/imdb/ada-stone> ,
      <id/performance/copper-comet-2019/imdb/the-pilot> , <id/performance/copper-comet-2019/imdb/voice> .
  <id/performance/copper-comet-2019/imdb/ada-stone> a film:Performance ;
    film:character <id/character/copper-comet-2019/ada-stone> ; film:episodeCount 2 ; film:creditOrder 1 .
  <id/performance/copper-comet-2019/imdb/the-pilot> a film:Performance ;
    film:character <id/character/copper-comet-2019/the-pilot> ; film:episodeCount 1 ; film:creditOrder 2 .
  <id/performance/copper-comet-2019/imdb/voice> a film:Narration ; film:performer <id/person/max-orr> .
  <id/character/copper-comet-2019/the-pilot> rdfs:label "The Pilot" .
  <id/person/max-orr> rdfs:label "Max Orr" .
}
<graph/inferred> {
  <id/person/zoe-quill> film:played <id/character/copper-comet-2019/ada-stone> ; a film:Performer , film:Person ;
    film:actedIn <id/title/copper-comet-2019> .
  <id/person/max-orr> a film:Person .
  <id/character/copper-comet-2019/ada-stone> a film:Character ; film:playedBy <id/person/zoe-quill> .
  <id/character/copper-comet-2019/the-pilot> a film:Character .
  <id/performance/copper-comet-2019/tv-guide/ada-stone> film:performanceIn <id/title/copper-comet-2019> .
  <id/performance/copper-comet-2019/imdb/ada-stone> film:performanceIn <id/title/copper-comet-2019> .
  <id/performance/copper-comet-2019/imdb/the-pilot> film:performanceIn <id/title/copper-comet-2019> .
  <id/performance/copper-comet-2019/imdb/voice> film:performanceIn <id/title/copper-comet-2019> .
  <id/title/copper-comet-2019> a film:Series , film:ScreenWork .
}
<graph/identity> {
  <id/title/copper-comet-2019> skos:prefLabel "The Copper Comet" .
  <id/title/hostile> skos:prefLabel HOSTILE .
  <id/person/zoe-quill> skos:prefLabel "Zoë Quill" .
  <id/person/max-orr> skos:prefLabel "Max Orr" .
  <id/character/copper-comet-2019/ada-stone> skos:prefLabel "Ada Stone" .
  <id/character/copper-comet-2019/the-pilot> skos:prefLabel "The Pilot" .
  <id/decision/1> a film:IdentityDecision ; dcterms:subject <id/title/copper-comet-2019> ;
    rdfs:comment "TV Guide's The Copper Comet and IMDb's Copper Comet are one title: same year." .
}
<graph/provenance> {
  <graph/tv-guide/copper-comet-2019> a film:SourceGraph , prov:Entity ; dcterms:title "The Copper Comet: listing" ;
    dcterms:publisher "TV Guide" .
  <graph/imdb/copper-comet-2019> a film:SourceGraph , prov:Entity ; dcterms:publisher "IMDb" .
}
<graph/candidates> {
  <id/title/copper-comet-2019> skos:closeMatch <http://example.org/secret-candidate> .
}
"""

Build = Callable[..., Snapshot]
Run = Callable[..., AbstractContextManager[str]]


def quads(facts: str = FACTS) -> list[ox.Quad]:
    """The facts as quads, with a line locator for each statement of a source."""
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    text = f"@base <{IRIS.base}> .\n{prefixes}{facts.replace('HOSTILE', str(ox.Literal(HOSTILE)))}"
    found = list(ox.parse(text, format=ox.RdfFormat.TRIG))
    return found + [located for line, quad in enumerate(found, start=1) for located in _located(quad, line)]


def _located(quad: ox.Quad, line: int) -> Iterator[ox.Quad]:
    graph = quad.graph_name
    if not isinstance(graph, ox.NamedNode) or not re.search("graph/(tv-guide|imdb)/", graph.value):
        return
    statement, provenance = ox.BlankNode(), ox.NamedNode(IRIS.provenance)
    for predicate, value in (
        (RDF + "type", ox.NamedNode(RDF + "Statement")),
        (RDF + "subject", quad.subject),
        (RDF + "predicate", quad.predicate),
        (RDF + "object", quad.object),
        (FILM + "statedIn", graph),
        (FILM + "sourceLine", ox.Literal(line)),
    ):
        yield ox.Quad(statement, ox.NamedNode(predicate), value, provenance)


def build_snapshot(data: Path, id_: str = "aaa111", facts: str = FACTS) -> Snapshot:
    """Write a snapshot of facts and point to it."""
    content = quads(facts)
    with building(data) as folder:
        write_store(folder / "store", content)
        graphs = sorted({quad.graph_name.value for quad in content if isinstance(quad.graph_name, ox.NamedNode)})
        counts = {graph: sum(quad.graph_name == ox.NamedNode(graph) for quad in content) for graph in graphs}
        sources = [
            {"file": f"{kind}.txt", "kind": kind, "publisher": name, "graph": IRIS.graph(kind, "copper-comet-2019"),
             "records": 4, "quads": counts.get(IRIS.graph(kind, "copper-comet-2019"), 0)}
            for kind, name in (("tv-guide", "TV Guide"), ("imdb", "IMDb"))
        ]  # fmt: skip
        manifest = {"castgraph": "0.1.0", "base": IRIS.base, "built": "2026-11-20T12:00:00Z", "bundled": False,
                    "quads": len(content), "triples": len(union(content)), "graphs": counts, "sources": sources, "inferred": 5}  # fmt: skip
        write_json(folder / "manifest.json", manifest)
        write_json(folder / "report.json", {})
        write_json(folder / "decisions.json", [])
        return publish(data, folder, id_, verify=verify)


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the snapshot; nothing may change it."""
    folder = tmp_path_factory.mktemp("data")
    build_snapshot(folder)
    return folder


@pytest.fixture(scope="session")
def app(data: Path) -> Iterator[Flask]:
    """The application over it."""
    made = create_app(Settings(data=data))
    yield made
    answering.close(made)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the application."""
    return app.test_client()


@pytest.fixture(scope="session")
def server(data: Path) -> Iterator[str]:
    """The address of a real server over the snapshot."""
    with running(data) as address:
        yield address


@pytest.fixture(scope="session")
def build() -> Build:
    """Builds a snapshot in a data folder: ``build(data, id, facts)``."""
    return build_snapshot


@pytest.fixture(scope="session")
def run() -> Run:
    """Runs the real server over a data folder: ``with run(data, workers=2) as address``."""
    return running


@pytest.fixture(scope="session")
def bundled(bundled_data: Path) -> Iterator[Flask]:
    """The application over the bundled facts."""
    app = create_app(Settings(data=bundled_data))
    yield app
    answering.close(app)


@pytest.fixture
def site(bundled: Flask) -> FlaskClient:
    """A client of the application over the bundled facts."""
    return bundled.test_client()
