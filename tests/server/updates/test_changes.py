"""What becomes of the graph, and of what follows from it, when it is changed over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest

from castgraph.build import build, bundled_fingerprint, ensure_snapshot
from castgraph.edits import Edits
from castgraph.proof import Prover
from tests.running import running
from tests.server.updates.site import (
    CREDIT,
    ERWIN,
    IRIS,
    PLAYED,
    RILEY,
    TOKEN,
    TV_GUIDE,
    UPDATE,
    Site,
    refused,
)


def test_what_is_inserted_is_in_force_with_all_that_follows_when_the_answer_comes(site: Site) -> None:
    answer = site.update(
        """INSERT DATA { credit:new film:performer person:ana ; film:character role:new .
        person:ana rdfs:label "Ana" }"""
    )
    assert answer.status == 200, answer
    assert answer.told["added"] == 3
    assert answer.headers["ETag"] == f'"{site.snapshot.id}"'
    assert site.ask("person:ana film:played role:new")
    assert site.ask("GRAPH graph:edits { person:ana rdfs:label 'Ana' }")
    assert site.ask("GRAPH graph:inferred { person:ana film:played role:new }")
    assert site.ask("person:ana skos:prefLabel 'Ana'")
    assert site.ask("GRAPH graph:provenance { graph:edits a film:SourceGraph }")
    ana, new = (f"<{IRIS.thing(*path)}>" for path in (("person", "ana"), ("character", "new")))
    step = Prover.of(site.snapshot).prove((ana, PLAYED, new))
    assert step is not None
    assert step.rule == "prp-spo2"
    manifest = site.snapshot.manifest
    assert isinstance(manifest["revised"], dict)
    assert manifest["revised"]["by"] == "update"
    assert manifest["revised"]["parent"] == answer.told["parent"]


def test_a_deleted_fact_takes_what_follows_and_its_line_with_it_and_comes_back_as_it_was(site: Site) -> None:
    assert site.ask(f"{RILEY} {PLAYED} {ERWIN}")
    before = site.snapshot.id
    located = f"GRAPH graph:provenance {{ ?s rdf:subject {CREDIT} ; rdf:predicate film:performer }}"
    assert site.ask(located)
    answer = site.update(f"DELETE DATA {{ {CREDIT} film:performer {RILEY} }}")
    assert (answer.status, answer.told["removed"]) == (200, 1), answer
    assert not site.ask(f"{RILEY} {PLAYED} {ERWIN}")
    assert not site.ask(located)
    assert Prover.of(site.snapshot).prove((RILEY, PLAYED, ERWIN)) is None
    assert site.ask(f"GRAPH graph:provenance {{ <{TV_GUIDE}> skos:editorialNote ?note }}")
    again = site.update(f"INSERT DATA {{ GRAPH <{TV_GUIDE}> {{ {CREDIT} film:performer {RILEY} }} }}")
    assert again.status == 200
    assert site.ask(f"{RILEY} {PLAYED} {ERWIN}")
    assert site.snapshot.id != before  # what is stated by an update has no line
    assert not site.ask(located)


def test_the_pattern_of_an_update_sees_what_queries_see(site: Site) -> None:
    answer = site.update(
        "INSERT { GRAPH <http://example.org/seen> { ?who <http://example.org/seen> true } } "
        f"WHERE {{ ?who {PLAYED} {ERWIN} ; skos:prefLabel ?name FILTER(STRSTARTS(?name, 'Michael')) }}"
    )
    assert (answer.status, answer.told["added"]) == (200, 1)
    assert site.ask(f"{RILEY} <http://example.org/seen> true")
    assert site.write("DELETE", "http://example.org/seen").status == 200


def test_graphs_that_using_names_are_merged_as_rdf_merges(site: Site) -> None:
    one, other = "http://example.org/using/1", "http://example.org/using/2"
    for graph in (one, other):
        assert site.write("PUT", graph, "<a:using> <a:p> 1 .").status == 201
    count = "INSERT { GRAPH <http://example.org/using/n> { <a:using> <a:n> ?n } }"
    where = "WHERE { SELECT (COUNT(*) AS ?n) { <a:using> <a:p> 1 } }"
    for text, target in (
        (f"{count} USING <{one}> USING <{other}> {where}", "/sparql"),
        (f"{count} {where}", f"/sparql?{urlencode([('using-graph-uri', one), ('using-graph-uri', other)])}"),
    ):
        assert site.update(text, target).status == 200
        assert site.ask("<a:using> <a:n> 1 FILTER NOT EXISTS { <a:using> <a:n> 2 }")
        assert site.write("DELETE", "http://example.org/using/n").status == 200


def test_what_follows_from_other_statements_cannot_be_deleted_by_name(site: Site) -> None:
    answer = refused(site, lambda: site.update(f"DELETE DATA {{ {RILEY} {PLAYED} {ERWIN} }}"), 409)
    assert "prp-spo2" in str(answer.told["detail"])
    assert any(CREDIT in one for one in answer.told["premises"])  # type: ignore[attr-defined]
    answer = refused(site, lambda: site.update(f"DELETE WHERE {{ ?who {PLAYED} {ERWIN} }}"), 409)
    assert "prp-spo2" in str(answer.told["detail"])


def test_what_a_pattern_could_not_delete_is_told(site: Site) -> None:
    assert (
        site.update(
            "INSERT DATA { person:bo a film:Person ; rdfs:label 'Bo'  . credit:bo film:performer person:bo }"
        ).status
        == 200
    )
    answer = site.update("DELETE WHERE { person:bo ?p ?o }")
    assert (answer.status, answer.told["removed"]) == (200, 2)
    kept = answer.told["kept"]
    assert isinstance(kept, dict)
    types = {one["triple"].rpartition("#")[2].rstrip(">") for one in kept["shown"]}
    assert {"Person", "Performer"} <= types  # for the credit still says so
    assert all(one["graphs"] == [IRIS.inferred] for one in kept["shown"])
    assert not site.ask("person:bo skos:prefLabel ?name")  # nobody names it any more


@pytest.mark.parametrize(
    "graph", ["schema", "inferred", "equality", "identity", "provenance", "alignment", "candidates"]
)
def test_the_graphs_castgraph_makes_cannot_be_written(site: Site, graph: str) -> None:
    iri = IRIS.graph(graph)
    answer = refused(site, lambda: site.update(f"INSERT DATA {{ GRAPH <{iri}> {{ <a:s> <a:p> 1 }} }}"), 403)
    assert "graph/edits" in str(answer.told["detail"])
    refused(site, lambda: site.write("PUT", iri, "<a:s> <a:p> 1 ."), 403)
    refused(site, lambda: site.update(f"ADD <{TV_GUIDE}> TO <{iri}>"), 403)
    if graph not in ("equality", "candidates"):  # those hold nothing
        refused(site, lambda: site.write("DELETE", iri), 403)
        refused(site, lambda: site.update(f"DROP GRAPH <{iri}>"), 403)


def test_data_that_contradict_the_ontology_are_refused_with_the_violations(site: Site) -> None:
    answer = refused(site, lambda: site.update("INSERT DATA { person:ana a film:Person , film:Organization }"), 409)
    violations = answer.told["violations"]
    assert isinstance(violations, list)
    assert any("person/ana" in one for one in violations)


@pytest.mark.parametrize(
    ("second", "status"),
    [
        ("INSERT DATA { GRAPH graph:inferred { <a:s> <a:p> 2 } }", 403),
        ("COPY <http://example.org/none> TO <http://example.org/other>", 400),
        ("INSERT { ?s <a:p> ?n } WHERE { ?s <a:p> 1 BIND(<http://example.org/function>(1) AS ?n) }", 400),
        ("INSERT DATA { <a:s> <a:p> }", 400),
        ("LOAD SILENT <http://127.0.0.1:9/>", 403),
        ("DELETE DATA { " + f"{RILEY} {PLAYED} {ERWIN}" + " }", 409),
    ],
)
def test_a_failed_second_operation_changes_nothing(site: Site, second: str, status: int) -> None:
    refused(site, lambda: site.update(f"INSERT DATA {{ <a:first> <a:p> 1 }} ; {second}"), status)
    assert not site.ask("<a:first> ?p ?o")


def test_each_operation_sees_what_those_before_it_did(site: Site) -> None:
    answer = site.update(
        "INSERT DATA { <a:step> <a:p> 1 } ;\n"
        "PREFIX a: <a:>\n"
        "DELETE { ?s ?p 1 } INSERT { ?s ?p 2 } WHERE { ?s ?p 1 . FILTER(?s = a:step) GRAPH graph:edits { ?s ?p 1 } } ;\n"
        "INSERT { GRAPH <http://example.org/count> { <a:count> <a:p> ?n } } WHERE { SELECT (COUNT(*) AS ?n) { <a:step> ?p ?o } }"
    )
    assert (answer.status, answer.told["added"]) == (200, 2), answer
    assert site.ask("<a:step> <a:p> 2 . <a:count> <a:p> 1")
    assert not site.ask("<a:step> <a:p> 1")
    assert site.update("DROP GRAPH <http://example.org/count>").status == 200


@pytest.mark.parametrize(
    "text", ["", "# nothing", "PREFIX a: <a:>", "DELETE DATA { <a:none> <a:p> 1 }", "INSERT DATA {}"]
)
def test_an_update_that_changes_nothing_makes_no_snapshot(site: Site, text: str) -> None:
    before = site.snapshot.id
    answer = site.update(text)
    assert (answer.status, answer.told["snapshot"], answer.told["added"]) == (200, before, 0), answer


def test_blank_nodes_are_taken(site: Site) -> None:
    graph = "http://example.org/blank"
    body = '<a:ana> a <a:Person> ; <a:card> [ a <a:Card> ; <a:name> "Ana" ] .'
    assert site.write("PUT", graph, body).status == 201
    assert site.ask(f"GRAPH <{graph}> {{ <a:ana> <a:card>/<a:name> 'Ana' }}")
    assert site.write("DELETE", graph).status == 200


def test_a_graph_is_put_added_to_and_deleted(site: Site) -> None:
    graph = "http://example.org/written"
    assert site.write("PUT", graph, "<#a> <a:p> 1 .").status == 201
    assert site.ask(f"GRAPH <{graph}> {{ <{graph}#a> <a:p> 1 }}")
    assert site.write("POST", graph, "<#a> <a:p> 2 .").status == 200
    assert site.write("PUT", graph, "<#a> <a:p> 3 .").status == 200
    assert site.ask(f"<{graph}#a> <a:p> 3 FILTER NOT EXISTS {{ <{graph}#a> <a:p> 1 }}")
    assert site.write("DELETE", graph).status == 200
    refused(site, lambda: site.write("DELETE", graph), 404)
    assert not site.ask(f"GRAPH graph:provenance {{ <{graph}> ?p ?o }}")


def test_edits_outlive_a_build_and_are_left_out_only_where_asked(fresh: Path) -> None:
    with running(fresh, writable=1, token=TOKEN) as address:
        site = Site(address, fresh)
        original = site.snapshot.id
        text = f"DELETE DATA {{ {CREDIT} film:performer {RILEY} }} ; INSERT DATA {{ person:ana rdfs:label 'Ana' }}"
        assert site.update(text).status == 200
        edited = site.snapshot.id
        said: list[str] = []
        rebuilt, _ = build([], fresh, progress=said.append)
        assert rebuilt.id == edited  # exactly the same graph: the update and the build agree
        assert any("1 statements added and 1 removed" in line for line in said)
        assert site.ask("person:ana rdfs:label 'Ana'")
        assert not site.ask(f"{RILEY} {PLAYED} {ERWIN}")
        manifest = rebuilt.path / "manifest.json"
        manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "fingerprint": "of an older castgraph"}))
        assert ensure_snapshot(fresh).id == edited  # built again, for castgraph is newer; the edits are there
        assert json.loads(manifest.read_text())["fingerprint"] == bundled_fingerprint()
        without, _ = build([], fresh, keep_edits=False, progress=said.append)
        assert (without.id, bool(Edits.of(without))) == (original, False)
        saved = json.loads((fresh / f"edits-{edited}.json").read_text())
        assert [len(saved["added"]), len(saved["removed"])] == [1, 1]
        assert list(ox.parse(saved["added"][0], format=ox.RdfFormat.N_QUADS))


def test_a_writable_server_says_so(site: Site, server: str) -> None:
    sd = "<http://www.w3.org/ns/sparql-service-description#SPARQL11Update>"
    assert sd in site.send("GET", "/sparql", Accept="application/n-triples").body.decode()
    assert sd not in Site(server, site.data).send("GET", "/sparql", Accept="application/n-triples").body.decode()
    for address, is_writable in (site.address, True), (server, False):
        told = Site(address, site.data).send("GET", "/openapi.json").told
        paths = told["paths"]
        assert isinstance(paths, dict)
        assert ("put" in paths["/graphs"], "delete" in paths["/graph/{path}"]) == (is_writable, is_writable)
        assert (UPDATE in paths["/sparql"]["post"]["requestBody"]["content"]) == is_writable
