"""Links over HTTP: tables with evidence, RDF, pages, the description of the data set, and the way back."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from castgraph.linking.sssom import read_sssom

RACE = "https://w3id.org/castgraph/id/title/race-to-mars-2007"
VOID = "http://rdfs.org/ns/void#"
HTML = {"Accept": "text/html"}


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("imdb=tt0824091", "title/race-to-mars-2007"),
        ("imdb=0824091", "title/race-to-mars-2007"),
        ("imdb=nm0000209", "person/tim-robbins"),
        ("tmdb=2067", "title/race-to-mars-2007/similar-4"),
        ("movielens=134530", "title/mars-i-2010"),
        ("dbpedia=Mission_to_Mars", "title/race-to-mars-2007/similar-4"),
        ("freebase=/m/04gcyg", "title/2010-1984"),
        ("freebase=m.04gcyg", "title/2010-1984"),
        ("wikidata=Q16", "country/canada"),
        ("iri=http://dbpedia.org/resource/Tim_Robbins", "person/tim-robbins"),
    ],
)
def test_an_identifier_leads_to_the_thing(site: FlaskClient, query: str, path: str) -> None:
    response = site.get(f"/lookup?{query}")
    assert (response.status_code, response.headers["Location"]) == (303, f"/id/{path}")
    assert site.get(response.headers["Location"], headers=HTML, follow_redirects=True).status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("imdb=tt0000001", 404),
        ("", 400),
        ("imdb=a&tmdb=b", 400),
        ("nobody=1", 400),
        ("iri=not an iri", 404),
        ("imdb=<>", 404),
    ],
)
def test_what_cannot_be_looked_up_is_said(site: FlaskClient, query: str, status: int) -> None:
    assert site.get(f"/lookup?{query}").status_code == status


def test_the_table_is_sssom_with_evidence(site: FlaskClient, tmp_path: Path) -> None:
    response = site.get("/links/imdb", headers={"Accept": "text/tab-separated-values"})
    assert response.mimetype == "text/tab-separated-values"
    file = tmp_path / "imdb.sssom.tsv"
    file.write_bytes(response.data)
    read = read_sssom(file)
    assert {row.object for row in read.rows if row.subject == RACE} == {"https://www.imdb.com/title/tt0824091/"}
    assert len(read.rows) == 18
    assert all(row.comment and row.reviewer for row in read.rows)
    assert site.get("/links/imdb.tsv").data == response.data
    curies = read.header["curie_map"]
    assert isinstance(curies, dict)
    assert curies["thing"] == "https://w3id.org/castgraph/id/"


def test_the_links_are_rdf(site: FlaskClient) -> None:
    for response in (site.get("/links/dbpedia.nt"), site.get("/links/dbpedia?format=nt")):
        told = {quad.triple for quad in ox.parse(response.data, format=ox.RdfFormat.N_TRIPLES)}
        same = ox.Triple(
            ox.NamedNode(RACE + "/similar-4"),
            ox.NamedNode("http://www.w3.org/2002/07/owl#sameAs"),
            ox.NamedNode("http://dbpedia.org/resource/Mission_to_Mars"),
        )
        assert same in told


def test_the_pages_show_the_links(site: FlaskClient) -> None:
    page = site.get("/page/title/race-to-mars-2007", headers=HTML).text
    assert "https://www.imdb.com/title/tt0824091/" in page
    assert "/links/imdb" in page
    page = site.get("/links/movielens", headers=HTML).text
    assert "untitled (race to mars 2007 / similar 4)" in page
    assert "Mission to Mars" in page
    listed = json.loads(site.get("/links", headers={"Accept": "application/json"}).data)
    assert {one["target"]: one["links"] for one in listed} == {
        "dbpedia": 8, "freebase": 3, "imdb": 18, "movielens": 6, "tmdb": 11, "wikidata": 2,
    }  # fmt: skip
    assert site.get("/links/nowhere").status_code == 404


def test_each_linkset_is_described(site: FlaskClient) -> None:
    store = ox.Store()
    store.load(site.get("/.well-known/void?format=nt").data, format=ox.RdfFormat.N_TRIPLES)
    found = store.query(f"""PREFIX void: <{VOID}> PREFIX dcterms: <http://purl.org/dc/terms/>
        SELECT ?title ?predicate ?links {{ ?set a void:Linkset ; void:linkPredicate ?predicate ; void:triples ?links ;
          void:subjectsTarget/void:sparqlEndpoint ?e ; void:objectsTarget/dcterms:title ?title ;
          dcterms:license ?l ; dcterms:description ?d ; void:dataDump ?dump }}""")
    assert isinstance(found, ox.QuerySolutions)
    told = {(row["title"].value, row["predicate"].value): int(row["links"].value) for row in found}
    same = "http://www.w3.org/2002/07/owl#sameAs"
    assert told == {
        ("DBpedia", same): 8, ("Freebase", same): 3, ("Wikidata", same): 2,
        ("IMDb", "https://schema.org/sameAs"): 18, ("MovieLens", "https://schema.org/sameAs"): 6,
        ("TMDB", "https://schema.org/sameAs"): 11,
    }  # fmt: skip
