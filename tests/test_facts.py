"""The bundled facts: what the three captures say, no more and no less, each on its line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from castgraph.build import Knowledge, understand
from castgraph.iris import Iris
from castgraph.mentions import collect
from castgraph.snapshot import Snapshot
from castgraph.sources import read_sources
from castgraph.store import LocalStore, rows

FACTS = Path(__file__).resolve().parent.parent / "graph" / "facts"
PREFIXES = """PREFIX film: <https://w3id.org/castgraph/film#> PREFIX mission: <https://w3id.org/castgraph/mission#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX id: <https://w3id.org/castgraph/id/>
PREFIX title: <https://w3id.org/castgraph/id/title/> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> """


def values(store: LocalStore, query: str) -> list[tuple[str | None, ...]]:
    """The rows of a query as strings."""
    results = store.query(PREFIXES + query)
    return [tuple(None if term is None else str(term.value) for term in row) for row in results]  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def bundled() -> Knowledge:
    return understand(read_sources([FACTS]), Iris())


@pytest.mark.captures
def test_captures_and_sheets_give_the_same_quads(bundled: Knowledge, captures: Path) -> None:
    paths = [captures / f"{name}.txt" for name in ("imdb", "tvguide", "wikipedia")]
    full = understand(read_sources([*paths, *sorted(FACTS.glob("*.yaml"))]), Iris())
    assert set(full.asserted()) == set(bundled.asserted())
    assert set(full.inferred()) == set(bundled.inferred())
    lines = [{source.graph: source.statements for source in known.sources} for known in (full, bundled)]
    assert lines[0] == lines[1]


@pytest.mark.captures
@pytest.mark.parametrize("file", ["imdb", "tvguide", "wikipedia"])
def test_every_curated_fact_stands_on_the_line_it_cites(captures: Path, file: str) -> None:
    told = yaml.safe_load((FACTS / f"{file}.yaml").read_text())
    lines = (captures / told["cites"]).read_text(encoding="utf-8").splitlines()
    for record in told["records"]:
        line = lines[record["line"] - 1].casefold()
        missing = [word for word in record["words"] if word.casefold() not in line]
        assert record["words"], record
        assert not missing, f"line {record['line']} of {told['cites']} does not hold {missing}"


@pytest.mark.captures
@pytest.mark.parametrize("file", ["imdb", "tvguide", "wikipedia"])
def test_no_sentence_of_a_capture_is_in_the_project(captures: Path, file: str) -> None:
    sheet = (FACTS / f"{file}.txt").read_text(encoding="utf-8") + (FACTS / f"{file}.yaml").read_text(encoding="utf-8")
    for line in (captures / f"{file}.txt").read_text(encoding="utf-8").splitlines():
        words = line.split()
        if len(words) > 25:  # a line of prose
            for start in range(len(words) - 8):
                assert " ".join(words[start : start + 8]) not in sheet


def test_nothing_is_said_twice_in_different_words(bundled: Knowledge) -> None:
    iris = {
        iri
        for iri in bundled.addresses.iri.values()
        if "/title/" in iri and "episode" not in iri and "season" not in iri
    }
    assert {iri.rpartition("/title/")[2] for iri in iris} == {
        "race-to-mars-2007", "escape-from-mars-1999", "mars-2016", "stranded-2001", "race-to-mars-2007/similar-4",
        "before-mars-2016", "race-to-mars-2007/similar-6", "2010-1984", "mars-i-2010", "mars-rising-2007",
    }  # fmt: skip


def test_spellings_are_one_and_likenesses_are_three(store: LocalStore) -> None:
    query = "SELECT DISTINCT ?thing { ?thing rdfs:label ?name FILTER(?name IN (%s)) }"
    assert len(values(store, query % '"Antoine Hebert", "Antoine Hébert"')) == 1
    assert len(values(store, query % '"Pascale Bussieres", "Pascale Bussières"')) == 1
    assert len(values(store, query % '"Mars Rising"')) == 1
    titles = "SELECT DISTINCT ?thing { ?thing a film:ScreenWork ; rdfs:label ?name FILTER(?name IN (%s)) }"
    assert len(values(store, titles % '"Mars", "Mars I", "Mars Rising"')) == 3


def test_unknown_performers_are_not_invented(store: LocalStore) -> None:
    unknown = values(
        store,
        """SELECT ?name { ?p film:performanceIn title:race-to-mars-2007 ; film:character/skos:prefLabel ?name .
           FILTER NOT EXISTS { ?p film:performer ?x } FILTER(STRSTARTS(STR(?p), STR(id:performance))) } ORDER BY ?name""",
    )
    assert [name for (name,) in unknown] == [
        "Adam Erwin", "Antoine Hébert", "Glenn Hartwell", "Hiromi Okuda", "Jackie Decelles", "Lucia Alarcon",
        "Lynn Erwin", "Max 'Bull' Haber", "Mission Controller", "Rick Erwin", "Rick Erwin's Father",
    ]  # fmt: skip


def test_lucia_alarcon_stands_there_twice(store: LocalStore) -> None:
    rows_ = values(
        store,
        """SELECT ?line ?who { ?p film:character id:character\\/race-to-mars-2007\\/lucia-alarcon ; film:sourceLine ?line .
           OPTIONAL { ?p film:performer/skos:prefLabel ?who } } ORDER BY ?line""",
    )
    assert rows_ == [("84", None), ("94", "Elisa Bourreau")]


def test_two_similar_titles_have_no_name(store: LocalStore) -> None:
    query = """SELECT ?thing ?rating { title:race-to-mars-2007 film:similarTo ?thing .
        FILTER NOT EXISTS { ?thing rdfs:label ?name } ?thing film:rating/film:ratingValue ?rating } ORDER BY ?thing"""
    assert [rating for _, rating in values(store, query)] == ["5.6", "7.8"]
    assert len(values(store, "SELECT * { title:race-to-mars-2007 film:similarTo ?thing }")) == 9


def test_the_review_is_figures_only(store: LocalStore) -> None:
    query = "SELECT ?p ?o { title:race-to-mars-2007 film:review ?r . ?r ?p ?o FILTER(!STRSTARTS(STR(?p), STR(rdfs:))) }"
    told = {(str(p).rpartition("#")[2], o) for p, o in values(store, query)}
    assert {
        ("ratingValue", "9"),
        ("bestRating", "10"),
        ("reviewDate", "2007-10-03"),
        ("helpfulVotes", "27"),
        ("votes", "31"),
    } < told
    assert {p for p, _ in told} <= {"type", "ratingValue", "bestRating", "reviewDate", "helpfulVotes", "votes"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT ?o { title:race-to-mars-2007 film:budget ?b . ?b film:amount ?a ; film:currency ?c BIND(CONCAT(STR(?a), ?c) AS ?o) }", {"12000000CAD"}),
        ("SELECT ?o { title:race-to-mars-2007 film:alternativeTitle ?o }", {"Erster auf dem Mars"}),
        ("SELECT ?o { title:race-to-mars-2007 film:keyword ?o }", {"tv mini series"}),
        ("SELECT ?o { title:race-to-mars-2007 film:storyYear ?o }", {"2030"}),
        ("SELECT ?o { title:race-to-mars-2007 film:awardWins ?o }", {"1"}),
        ("SELECT ?o { title:race-to-mars-2007 film:awardNominations ?o }", {"2"}),
        ("SELECT ?o { title:race-to-mars-2007 film:numberOfEpisodes ?o }", {"2"}),
        ("SELECT ?o { title:race-to-mars-2007 film:runningTimeMinutes ?o }", {"240"}),
        ("SELECT ?o { title:race-to-mars-2007 film:narrator/skos:prefLabel ?o }", {"William Shatner", "Vlasta Vrana"}),
        ("SELECT ?o { title:race-to-mars-2007 film:productionCompany/skos:prefLabel ?o }", {"Galafilm Inc."}),
        ("SELECT ?o { title:race-to-mars-2007 film:genre/skos:prefLabel ?o }", {"Adventure", "Sci-Fi"}),
        ("SELECT ?o { ?e film:partOf title:race-to-mars-2007 ; film:firstAired ?o }", {"2007-09-23", "2007-09-30"}),
        ("SELECT ?o { title:mars-rising-2007 film:numberOfEpisodes ?o }", {"6"}),
        ("SELECT ?o { ?b a film:Book ; film:author/skos:prefLabel ?o }", {"Dana Berry"}),
        ("SELECT ?o { ?m rdfs:label 'Project Olympus' ; mission:duration ?o }", {"P582D", "P2Y"}),
        ("SELECT ?o { ?m rdfs:label 'Project Olympus' ; mission:crewCountry/skos:prefLabel ?o }", {"United States", "Russia", "France", "Canada", "Japan"}),
        ("SELECT ?o { ?m rdfs:label 'Project Olympus' ; mission:hasCraft/skos:prefLabel ?o }", {"Shirase", "Atlantis", "Gagarin", "Terra Nova"}),
        ("SELECT ?o { ?m rdfs:label 'Project Olympus' ; mission:rivalOf/skos:prefLabel ?o }", {"Chinese mission"}),
        ("SELECT ?o { ?e a mission:Event ; mission:place/mission:namedAfter/skos:prefLabel ?o }", {"Robert H. Goddard"}),
    ],
)  # fmt: skip
def test_the_facts_of_the_sources_are_there(store: LocalStore, query: str, expected: set[str]) -> None:
    assert {value for (value,) in values(store, query)} == expected


def test_every_statement_of_a_source_has_its_line(bundled: Knowledge) -> None:
    for source in bundled.sources:
        for triple, lines in source.statements.items():
            assert lines, triple
            assert all(1 <= line <= 171 for line in lines)


def test_events_are_one_chain_without_a_circle(store: LocalStore) -> None:
    assert values(store, "SELECT ?e { ?e mission:precedes ?e }") == []
    first = "SELECT ?name { ?e a mission:Event ; skos:prefLabel ?name ; mission:precedes ?last . ?last mission:inYear 2095 . FILTER NOT EXISTS { ?x mission:precedes ?e } ?e mission:inYear ?y }"
    assert values(store, first) == [("Test lander explodes on landing",)]


def test_the_same_facts_give_the_same_snapshot(snapshot: Snapshot, tmp_path: Path) -> None:
    from castgraph.build import build

    again, _ = build([], tmp_path)
    assert again.id == snapshot.id


def test_another_base_moves_every_address(tmp_path: Path) -> None:
    known = understand(read_sources([FACTS / "tvguide.txt"]), Iris("https://example.org/films/"))
    assert all(iri.startswith("https://example.org/films/id/") for iri in known.addresses.iri.values())


def test_mentions_of_curated_facts_are_those_of_the_cited_page() -> None:
    mentions = collect(read_sources([FACTS]).readings)
    assert {mention.handle.document for mention in mentions} == {"imdb.txt", "tvguide.txt", "wikipedia.txt"}


def test_rows_leave_unbound_variables_out(store: LocalStore) -> None:
    assert rows(store.query("SELECT ?a ?b { BIND(1 AS ?a) }"))[0].keys() == {"a"}
