"""The small sets: the similar titles of the captures, and what others linked between DBpedia and LinkedMDB."""

from __future__ import annotations

import csv
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from benchmarks.links_case import Case, Pair, equal_titles, line_of, reasons_of
from benchmarks.links_sides import DATA, films_side, movielens_side
from castgraph.build import build
from castgraph.linking import Entity, Side
from castgraph.linking.description import Description
from castgraph.linking.enrichment import enriched
from castgraph.linking.match import link
from castgraph.linking.sides import read_side
from castgraph.linking.snapshot_side import snapshot_side
from castgraph.linking.titles import person_key

DBPEDIA, LINKEDMDB = "http://dbpedia.org/", "http://data.linkedmdb.org/resource/movie/"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"


def nine(reasons: list[str]) -> Iterator[str]:
    """The nine similar titles and Race to Mars against MovieLens, enriched from the film lists."""
    with tempfile.TemporaryDirectory() as folder:
        snapshot, _ = build((), Path(folder) / "data")
        bundled = snapshot_side(snapshot.open())
    ours = Side(bundled.name, tuple(_without_identifiers(entity) for entity in bundled))
    movielens, films = movielens_side(), films_side()
    started = time.perf_counter()
    known = enriched(movielens, films, link(movielens, films))
    linking = link(ours, known)
    case = Case("similar titles", ours, known, nine_truth(ours, known), "equal title and year", set(), "all, wrong 0")
    case.peer_links = equal_titles(ours, known)
    case.seconds = time.perf_counter() - started
    yield line_of(case, linking)
    reasons += reasons_of(case, linking)


def _without_identifiers(entity: Entity) -> Entity:
    return replace(entity, identifiers=())


def nine_truth(ours: Side, movielens: Side) -> set[Pair]:
    """The verified identifiers of ``ids/seed_entities.tsv``; the two titles without a name by what is known of them."""
    with (DATA / "ids" / "seed_entities.tsv").open(encoding="utf-8", newline="") as file:
        verified = {
            row["entity"]: row["id"] for row in csv.DictReader(file, delimiter="\t") if row["id_type"] == "MovieLens"
        }
    there = {entity.id for entity in movielens}
    by_director = {
        "Brian De Palma": "Mission to Mars (2000)",
        "Joe Ahearne": "Space Odyssey: Voyage to the Planets (2004)",
    }
    by_name = {"2010": "2010: The Year We Make Contact (1984)", "Mars I": "Mars (2010)"}
    found = set()
    for entity in ours:
        name, year = next(iter(entity.names), ""), next(iter(entity.years), "")
        row = by_name.get(name) or (by_director.get(entity.directors[0], "") if not name else f"{name} ({year})")
        if verified.get(row) in there:
            found.add((entity.id, verified[row]))
    return found


def limes() -> Case:
    """1,056 pairs of DBpedia and LinkedMDB by title and director; either side has some things twice."""
    folder = DATA / "linking"
    left, right = (
        read_side(folder / name, Description(name=name, unique=False, language_tags=True))
        for name in ("limes_source_dbpedia.csv", "limes_target_linkedmdb.csv")
    )
    with (folder / "limes_reference.csv").open(encoding="utf-8-sig", newline="") as file:
        truth = {(row[0].strip("<>"), row[1].strip("<>")) for row in list(csv.reader(file, delimiter="\t"))[1:]}
    directors = {one.id: set(map(person_key, one.directors)) for side in (left, right) for one in side}
    peer = {pair for pair in equal_titles(left, right, years=False) if directors[pair[0]] & directors[pair[1]]}
    return Case(
        "DBpedia to LinkedMDB (limes)", left, right, truth, "equal title and director", peer, "F1 0.98, precision 0.99"
    )


def silk() -> Case:
    """Films of DBpedia and LinkedMDB in RDF; true links by owl:sameAs, Freebase topic and IMDb number, all hidden."""
    left = read_side(
        DATA / "linking" / "silk_dbpedia.nt",
        Description(
            name="DBpedia",
            format="ttl",  # some lines hold two triples, which only Turtle allows
            class_=DBPEDIA + "ontology/Film",
            local_names=True,
            fields={
                "names": (LABEL, DBPEDIA + "property/name", "http://xmlns.com/foaf/0.1/name"),
                "years": (DBPEDIA + "ontology/releaseDate", DBPEDIA + "property/released"),
                "directors": (DBPEDIA + "ontology/director", DBPEDIA + "property/director"),
                "cast": (DBPEDIA + "ontology/starring", DBPEDIA + "property/starring"),
            },
        ),
    )
    right = read_side(
        DATA / "linking" / "silk_linkedmdb.nt",
        Description(
            name="LinkedMDB",
            class_=LINKEDMDB + "film",
            fields={
                "names": (LABEL, "http://purl.org/dc/terms/title"),
                "years": (LINKEDMDB + "initial_release_date", "http://purl.org/dc/terms/date"),
                "directors": (LINKEDMDB + "director",),
                "cast": (LINKEDMDB + "actor",),
            },
        ),
    )
    case = Case("DBpedia to LinkedMDB (silk)", left, right, _silk_truth(left, right), "equal title", set(), "F1 0.97")
    case.peer_links = equal_titles(left, right, years=False)
    case.notes.append(f"- {len(left)} films of DBpedia, {len(right)} of LinkedMDB; {len(case.truth)} are in both.")
    return case


def _silk_truth(left: Side, right: Side) -> set[Pair]:
    keys: tuple[dict[str, set[str]], dict[str, set[str]]] = (defaultdict(set), defaultdict(set))
    here = {one.id for side in (left, right) for one in side}
    truth: set[Pair] = set()
    for number, name in enumerate(("silk_dbpedia.nt", "silk_linkedmdb.nt")):
        for quad in ox.parse(path=str(DATA / "linking" / name), format=ox.RdfFormat.TURTLE):
            if not isinstance(quad.subject, ox.NamedNode) or not isinstance(quad.object, ox.NamedNode | ox.Literal):
                continue
            subject, value = quad.subject.value, quad.object.value
            if quad.predicate.value.endswith("owl#sameAs"):
                truth.add((subject, value) if number == 0 else (value, subject))
            if "freebase.com/ns/m" in value:
                keys[number][value.rpartition("/ns/")[2].replace("m.", "m/")].add(subject)
            elif "freebase.com/view/guid/" in value:
                keys[number][_freebase_topic(value.rpartition("/")[2])].add(subject)
            elif "imdb.com/title/tt" in value:
                keys[number]["imdb " + value.partition("/tt")[2].strip("/").lstrip("0")].add(subject)
            elif quad.predicate.value == DBPEDIA + "property/id" and value.isdigit() and len(value) > 4:
                keys[number]["imdb " + value].add(subject)
    for key in keys[0].keys() & keys[1].keys():
        truth |= {(a, b) for a in keys[0][key] for b in keys[1][key]}
    return {pair for pair in truth if set(pair) <= here}


def _freebase_topic(guid: str) -> str:
    """A Freebase topic's short id, which is its long one's last 60 bits in base 32."""
    number, digits = int(guid, 16) & ((1 << 60) - 1), ""
    while number:
        number, digit = divmod(number, 32)
        digits = "0123456789bcdfghjklmnpqrstvwxyz_"[digit] + digits
    return "m/0" + digits
