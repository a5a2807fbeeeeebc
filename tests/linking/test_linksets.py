"""Links in SSSOM files become graphs; a person's word goes before a program's; nothing is reasoned from them."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from castgraph.build import build
from castgraph.check import check_snapshot
from castgraph.errors import SourceError
from castgraph.iris import DEFAULT_BASE, FILM, OWL, SCHEMA, SKOS, Iris
from castgraph.linking.kept import decided_file, found_file
from castgraph.linking.linksets import linkset_quads, linksets, mappings_of
from castgraph.linking.sssom import FOUND, MANUAL, Mapped, MappingSet, read_sssom, sssom_text
from castgraph.snapshot import Snapshot, current
from castgraph.store import rows

FACTS = Path(__file__).resolve().parents[2] / "graph" / "facts"
TITLE = DEFAULT_BASE + "id/title/"
RACE, LOST = TITLE + "race-to-mars-2007", TITLE + "race-to-mars-2007/similar-4"
DBPEDIA = "http://dbpedia.org/resource/"


def holding(snapshot: Snapshot, target: str) -> set[tuple[str, str, str]]:
    graph = ox.NamedNode(snapshot.iris.links(target))
    return {
        (quad.subject.value, quad.predicate.value, quad.object.value)  # type: ignore[union-attr]
        for quad in snapshot.open().raw.quads_for_pattern(None, None, None, graph)
    }


@pytest.mark.parametrize(
    ("target", "subject", "predicate", "other", "identifier"),
    [
        ("imdb", RACE, SCHEMA + "sameAs", "https://www.imdb.com/title/tt0824091/", "tt0824091"),
        ("tmdb", LOST, SCHEMA + "sameAs", "https://www.themoviedb.org/movie/2067", "2067"),
        ("movielens", TITLE + "mars-i-2010", SCHEMA + "sameAs", "https://movielens.org/movies/134530", "134530"),
        ("dbpedia", LOST, OWL + "sameAs", DBPEDIA + "Mission_to_Mars", "Mission_to_Mars"),
        ("freebase", TITLE + "2010-1984", OWL + "sameAs", "http://rdf.freebase.com/ns/m.04gcyg", "m.04gcyg"),
    ],
)
def test_the_verified_identifiers_are_bundled(
    snapshot: Snapshot, target: str, subject: str, predicate: str, other: str, identifier: str
) -> None:
    found = holding(snapshot, target)
    assert (subject, predicate, other) in found
    assert (subject, SCHEMA + "identifier", identifier) in found


def test_what_is_not_verified_is_not_linked(snapshot: Snapshot) -> None:
    links = {link for target in ("imdb", "dbpedia", "freebase") for link in holding(snapshot, target)}
    assert links
    linked = {subject for subject, _, _ in links}
    assert not {TITLE + "stranded-2001", TITLE + "mars-rising-2007", TITLE + "before-mars-2016"} & linked
    assert DEFAULT_BASE + "id/person/mark-duplass" not in linked


def test_links_make_nothing_follow(snapshot: Snapshot) -> None:
    """Equality with IRIs elsewhere would copy every statement of a thing to them."""
    store = snapshot.open()
    outside = f"FILTER(!STRSTARTS(STR(?s), '{DEFAULT_BASE}'))"
    assert not rows(store.query(f"SELECT ?s {{ GRAPH <{snapshot.iris.inferred}> {{ ?s ?p ?o }} {outside} "
                                f"FILTER(CONTAINS(STR(?s), 'dbpedia.org/resource')) }}"))  # fmt: skip
    assert not rows(store.query(f"SELECT ?s {{ GRAPH <{snapshot.iris.equality}> {{ ?s ?p ?o }} }}"))


def test_a_bundled_file_reads_back_as_it_was_written() -> None:
    for path in sorted((FACTS / "links").glob("*.tsv")):
        read = read_sssom(path)
        prefixes = read.header["curie_map"]
        assert isinstance(prefixes, dict)
        extra = ("mapping_set_id", "mapping_set_title", "mapping_set_description")
        text = sssom_text(read.rows, prefixes=prefixes, header={key: read.header[key] for key in extra})
        assert text == path.read_text(encoding="utf-8")
        assert all(row.comment and row.is_manual and row.reviewer and row.date for row in read.rows)


def row(subject: str, other: str, **told: object) -> Mapped:
    values: dict[str, object] = {"predicate": OWL + "sameAs", "justification": FOUND, "confidence": 0.97, **told}
    return Mapped(subject=subject, object=DBPEDIA + other, **values)  # type: ignore[arg-type]


def word(subject: str, other: str, **told: object) -> Mapped:
    return row(subject, other, justification=MANUAL, confidence=None, reviewer="Ada", date="2026-11-20", **told)


def test_a_persons_word_outlives_every_build(tmp_path: Path) -> None:
    found, decided = found_file(tmp_path, "dbpedia"), decided_file(tmp_path, "dbpedia")
    found.parent.mkdir(parents=True)
    found.write_text(sssom_text([
        row(RACE, "Race_to_Mars"),
        row(TITLE + "stranded-2001", "Stranded_(1999_film)"),
        row(TITLE + "mars-2016", "Mars_(2016_TV_series)", predicate=SKOS + "closeMatch", confidence=0.4),
    ]))  # fmt: skip
    decided.write_text(sssom_text([word(TITLE + "stranded-2001", "Stranded_(1999_film)", negated=True)]))
    for _ in range(2):  # as often as it is built
        snapshot, _ = build([], tmp_path)
        links = holding(snapshot, "dbpedia")
        assert (RACE, OWL + "sameAs", DBPEDIA + "Race_to_Mars") in links
        assert not [link for link in links if "stranded" in link[0]]
        assert not [link for link in links if "mars-2016" in link[0]], "a candidate is no link"
    store = snapshot.open()
    candidates = [
        quad.triple for quad in store.raw.quads_for_pattern(None, None, None, ox.NamedNode(snapshot.iris.candidates))
    ]
    close = ox.Triple(
        ox.NamedNode(TITLE + "mars-2016"),
        ox.NamedNode(SKOS + "closeMatch"),
        ox.NamedNode(DBPEDIA + "Mars_(2016_TV_series)"),
    )
    assert close in candidates
    assert not rows(store.query(f"SELECT ?s {{ ?s <{SKOS}closeMatch> ?o FILTER(STRSTARTS(STR(?o), '{DBPEDIA}')) }}")), (
        "outside the union"
    )
    checked = check_snapshot(tmp_path)
    assert (checked.exit_code, checked.missing) == (0, 0)


def test_a_person_who_chose_one_leaves_the_others_open() -> None:
    [one] = linksets(
        [
            MappingSet((row(RACE, "A"), row(RACE, "B")), path=Path("dbpedia.sssom.tsv")),
            MappingSet((word(RACE, "B"),), path=Path("dbpedia.decided.sssom.tsv")),
        ],
        Iris(),
    )
    assert [link.object for link in one.holding] == [DBPEDIA + "B"]
    assert [link.object for link in one.open] == [DBPEDIA + "A"]


def test_how_a_link_came_about_is_told_and_read_back() -> None:
    given = (
        row(RACE, "A", comment="name equal"),
        word(LOST, "B", negated=True),
        row(LOST, "C", predicate=SKOS + "closeMatch"),
    )
    sets = linksets([MappingSet(given, path=Path("dbpedia.sssom.tsv"))], Iris())
    quads = list(linkset_quads(sets, Iris(), {RACE, LOST}))
    assert set(mappings_of(quads)) == set(given)
    stated = {quad.object.value for quad in quads if quad.predicate.value == FILM + "statedIn"}  # type: ignore[union-attr]
    assert stated == {Iris().links("dbpedia")}


def test_links_follow_the_base_of_the_build(tmp_path: Path) -> None:
    snapshot, _ = build([], tmp_path, iris=Iris("https://films.example/"))
    assert ("https://films.example/id/title/race-to-mars-2007", SCHEMA + "identifier", "tt0824091") in holding(
        snapshot, "imdb"
    )


def test_a_link_of_what_nobody_speaks_of_is_told(tmp_path: Path) -> None:
    links = tmp_path / "dbpedia.sssom.tsv"
    links.write_text(sssom_text([row(TITLE + "no-such-title", "X")]))
    facts = tmp_path / "facts.ttl"
    facts.write_text("<https://example.org/a> <http://www.w3.org/2000/01/rdf-schema#label> 'A' .")
    _, report = build([facts, links], tmp_path / "data")
    assert any("no-such-title" in warning for warning in report.warnings)
    found = current(tmp_path / "data")
    assert found is not None
    assert not holding(found, "dbpedia")


@pytest.mark.parametrize(
    ("lines", "line", "problem"),
    [
        (["subject_id\tobject_id"], 1, "predicate_id"),
        (["#curie_map: [a", "subject_id"], 2, "YAML"),
        (["subject_id\tpredicate_id\tobject_id\tmapping_justification", "no-prefix:x\towl:sameAs\thttp://e/\tsemapv:x"], 2, "no-prefix:x"),
        (["#license: x", "subject_id\tpredicate_id\tobject_id\tmapping_justification", "thing:x\towl:sameAs\thttp://e/"], 3, "cells"),
        (["subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence",
          "thing:x\towl:sameAs\thttp://e/\tsemapv:x\t1.5"], 2, "confidence"),
        (["subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tmapping_justification",
          "thing:x\towl:sameAs\tPerhaps\thttp://e/\tsemapv:x"], 2, "Perhaps"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_named_with_its_line(
    tmp_path: Path, lines: list[str], line: int, problem: str
) -> None:
    path = tmp_path / "x.sssom.tsv"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(SourceError, match=problem) as caught:
        read_sssom(path)
    assert (caught.value.path, caught.value.line) == (path, line)
