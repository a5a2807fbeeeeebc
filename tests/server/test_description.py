"""What the endpoint, the data set and the saved queries say of themselves, as data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from castgraph import sparql
from castgraph.catalog import saved_queries
from castgraph.formats import GRAPH_FORMATS, RESULT_FORMATS
from castgraph.iris import DCTERMS, RDF, Iris
from castgraph.settings import Settings
from castgraph.snapshot import Snapshot
from castgraph_server import create_app
from castgraph_server.data_set import DCAT, VOID
from castgraph_server.description import SD
from castgraph_server.executables import SH

ROOT = "http://localhost/"
ENDPOINT, DATA_SET = ox.NamedNode(f"{ROOT}sparql"), ox.NamedNode(f"{ROOT}.well-known/void#dataset")
TYPE = ox.NamedNode(RDF + "type")

Build = Callable[..., Snapshot]


class Told:
    """A graph that was fetched."""

    def __init__(self, client: FlaskClient, address: str) -> None:
        response = client.get(address, headers={"Accept": "text/turtle"})
        assert response.content_type == "text/turtle; charset=utf-8"
        self.store = ox.Store()
        self.store.load(response.data, format=ox.RdfFormat.TURTLE)

    def values(self, subject: object, iri: str) -> list[ox.NamedNode | ox.BlankNode | ox.Literal]:
        """The objects of a property."""
        assert isinstance(subject, ox.NamedNode | ox.BlankNode)
        found = self.store.quads_for_pattern(subject, ox.NamedNode(iri), None)
        return [quad.object for quad in found if not isinstance(quad.object, ox.Triple)]

    def text(self, subject: object, iri: str) -> str:
        """The one value of a property, as text."""
        [value] = self.values(subject, iri)
        return value.value


def test_the_endpoint_names_its_language_regime_formats_and_default_data_set(client: FlaskClient) -> None:
    told = Told(client, "/sparql")
    languages = {value.value for value in told.values(ENDPOINT, SD + "supportedLanguage")}
    assert languages == {SD + "SPARQL10Query", SD + "SPARQL11Query"}
    assert told.text(ENDPOINT, SD + "defaultEntailmentRegime") == "http://www.w3.org/ns/entailment/Simple"
    formats = {value.value for value in told.values(ENDPOINT, SD + "resultFormat")}
    assert formats == {format_.iri for format_ in RESULT_FORMATS + GRAPH_FORMATS}
    [data_set] = told.values(ENDPOINT, SD + "defaultDataset")
    [default] = told.values(data_set, SD + "defaultGraph")
    whole = client.get("/graphs?default&format=nt").data
    assert int(told.text(default, VOID + "triples")) == whole.count(b"\n")
    assert "candidates" in told.text(default, DCTERMS + "description")


def test_the_default_graph_is_called_a_union_only_where_it_is_one(
    client: FlaskClient, tmp_path: Path, build: Build
) -> None:
    union = ox.NamedNode(SD + "UnionDefaultGraph")
    assert union not in Told(client, "/sparql").values(ENDPOINT, SD + "feature")  # it leaves the candidates out
    build(tmp_path, "links", LINKS)
    other = create_app(Settings(data=tmp_path)).test_client()
    assert union in Told(other, "/sparql").values(ENDPOINT, SD + "feature")


def test_every_named_graph_is_told_with_its_size(client: FlaskClient) -> None:
    told = Told(client, "/sparql")
    named = {
        told.text(node, SD + "name"): int(told.text(told.values(node, SD + "graph")[0], VOID + "triples"))
        for quad in told.store.quads_for_pattern(None, TYPE, ox.NamedNode(SD + "NamedGraph"))
        for node in [quad.subject]
    }
    assert named
    for iri, triples in named.items():
        whole = client.get("/graphs", query_string={"graph": iri, "format": "nt"}).data
        assert whole.count(b"\n") == triples


@pytest.mark.parametrize("address", ["/sparql", "/queries"])
def test_saved_queries_are_shacl_executables(client: FlaskClient, address: str) -> None:
    told = Told(client, address)
    for name, query in saved_queries().items():
        node = ox.NamedNode(f"{ROOT}queries/{name}")
        kind = sparql.form(query.sparql).value
        assert ox.NamedNode(f"{SH}SPARQL{kind.title()}Executable") in told.values(node, RDF + "type")
        text = told.text(node, SH + kind.lower())
        assert sparql.form(text) is sparql.form(query.sparql)
        variables = {token.text[1:] for token in sparql.tokens(text) if token.kind == "variable"}
        parameters = told.values(node, SH + "parameter")
        assert len(parameters) == len(query.parameters)
        for parameter in parameters:
            assert told.text(parameter, SH + "path").rpartition("#")[2] in variables


def test_a_described_query_runs_as_it_stands(client: FlaskClient) -> None:
    told = Told(client, "/queries")
    texts = [quad.object for quad in told.store.quads_for_pattern(None, ox.NamedNode(SH + "select"), None)]
    assert texts
    for text in texts:
        assert isinstance(text, ox.Literal)
        asks_others = any(token.text.upper() == "SERVICE" for token in sparql.tokens(text.value))
        status = client.get("/sparql", query_string={"query": text.value}).status_code
        assert status == (403 if asks_others else 200), "nobody else may be asked, unless that is set"


def test_the_data_set_is_counted_as_the_graph_says(client: FlaskClient) -> None:
    told = Told(client, "/.well-known/void")
    whole = ox.Store()
    whole.load(client.get("/graphs?default&format=nt").data, format=ox.RdfFormat.N_TRIPLES)
    counts = {name: int(told.text(DATA_SET, VOID + name)) for name in (
        "triples", "entities", "classes", "properties", "distinctSubjects", "distinctObjects")}  # fmt: skip
    typed = list(whole.quads_for_pattern(None, TYPE, None))
    assert counts == {
        "triples": len(whole),
        "entities": len({quad.subject for quad in typed if isinstance(quad.subject, ox.NamedNode)}),
        "classes": len({quad.object for quad in typed}),
        "properties": len({quad.predicate for quad in whole}),
        "distinctSubjects": len({quad.subject for quad in whole}),
        "distinctObjects": len({quad.object for quad in whole}),
    }
    for kind, unit, total in (("class", "entities", len(typed)), ("property", "triples", len(whole))):
        parts = told.values(DATA_SET, f"{VOID}{kind}Partition")
        assert sum(int(told.text(part, VOID + unit)) for part in parts) == total


def test_every_file_of_the_data_set_is_there_as_told(client: FlaskClient) -> None:
    told = Told(client, "/.well-known/void")
    seen = 0
    for quad in told.store.quads_for_pattern(None, TYPE, ox.NamedNode(DCAT + "Distribution")):
        response = client.get(told.text(quad.subject, DCAT + "downloadURL"))
        assert response.status_code == 200
        assert told.text(quad.subject, DCAT + "mediaType").endswith(str(response.mimetype))
        seen += 1
    dumps = {quad.object for quad in told.store.quads_for_pattern(None, ox.NamedNode(VOID + "dataDump"), None)}
    assert seen == len(dumps) > len(GRAPH_FORMATS)


def test_dcat_names_the_service(client: FlaskClient) -> None:
    told = Told(client, "/.well-known/void")
    assert told.text(ENDPOINT, DCAT + "endpointURL") == f"{ROOT}sparql"
    assert told.values(ENDPOINT, DCAT + "servesDataset") == [DATA_SET]
    assert ox.NamedNode(DCAT + "Dataset") in told.values(DATA_SET, RDF + "type")


def test_candidates_are_no_part_of_the_data_set(client: FlaskClient) -> None:
    subsets = {value.value for value in Told(client, "/.well-known/void").values(DATA_SET, VOID + "subset")}
    assert Iris().graph("candidates") not in subsets
    assert Iris().graph("imdb", "copper-comet-2019") in subsets


LINKS = """
<graph/links/wikidata> {
  <id/title/a> owl:sameAs <http://www.wikidata.org/entity/Q1> .
  <id/title/b> owl:sameAs <http://www.wikidata.org/entity/Q2> .
  <id/title/c> skos:closeMatch <http://www.wikidata.org/entity/Q3> .
}
"""


def test_graphs_of_links_are_link_sets_by_property(tmp_path: Path, build: Build) -> None:
    build(tmp_path, "links", LINKS)
    told = Told(create_app(Settings(data=tmp_path)).test_client(), "/.well-known/void")
    sets = {
        told.text(quad.subject, VOID + "linkPredicate"): told.text(quad.subject, VOID + "triples")
        for quad in told.store.quads_for_pattern(None, TYPE, ox.NamedNode(VOID + "Linkset"))
    }
    same, close = "http://www.w3.org/2002/07/owl#sameAs", "http://www.w3.org/2004/02/skos/core#closeMatch"
    assert sets == {same: "2", close: "1"}
