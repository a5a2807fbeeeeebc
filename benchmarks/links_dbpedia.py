"""MovieLens to DBpedia: films written in DBpedia's shape, against links made by hand."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from urllib.parse import quote, unquote

import pyoxigraph as ox

from benchmarks.links_case import Case, Pair, equal_titles
from benchmarks.links_sides import DATA, movielens_side
from castgraph.linking.description import Description
from castgraph.linking.sides import read_side
from castgraph.linking.titles import title_forms

DBPEDIA, LINKEDMDB = "http://dbpedia.org/", "http://data.linkedmdb.org/resource/movie/"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"


def dbpedia() -> Case:
    """MovieLens against the films as DBpedia would state them; right and wrong only where both sides hold the film."""
    movielens = movielens_side()
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "dbpedia.nt"
        pages = _write_as_dbpedia(dump)
        right = read_side(
            dump,
            Description(
                name="DBpedia",
                class_=DBPEDIA + "ontology/Film",
                local_names=True,
                fields={
                    "names": (LABEL, "http://xmlns.com/foaf/0.1/name"),
                    "years": (DBPEDIA + "ontology/releaseDate",),
                    "cast": (DBPEDIA + "ontology/starring",),
                    "genres": (DBPEDIA + "ontology/genre",),
                },
                constants={"work": "film"},
            ),
        )
    truth: set[Pair] = set()
    there = {one.id for one in movielens}
    with (DATA / "ids" / "movielens_dbpedia.tsv").open(encoding="utf-8") as file:
        for line in file:
            movie, _, iri = line.rstrip("\n").split("\t")
            page = unquote(iri.rpartition("/resource/")[2])
            if movie in there and page in pages:
                truth.add((movie, pages[page]))
    name = "MovieLens to DBpedia"
    case = Case(name, movielens, right, truth, "equal title and year", equal_titles(movielens, right), "precision 0.99")
    case.notes.append(_doubtful(case))
    return case


def _write_as_dbpedia(path: Path) -> dict[str, str]:
    """The films as N-Triples in DBpedia's shape; returns the IRI of each page."""
    pages: dict[str, str] = {}
    a = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    with path.open("wb") as file:
        for source in sorted((DATA / "films").glob("*.json")):
            for film in json.loads(source.read_text(encoding="utf-8")):
                if not film.get("href"):
                    continue
                page = unquote(film["href"])
                pages[page] = f"{DBPEDIA}resource/{quote(page, safe=_SAFE)}"
                subject = ox.NamedNode(pages[page])
                facts: list[tuple[str, ox.NamedNode | ox.Literal]] = [
                    (LABEL, ox.Literal(page.replace("_", " "), language="en")),
                    ("http://xmlns.com/foaf/0.1/name", ox.Literal(film["title"], language="en")),
                    (DBPEDIA + "ontology/releaseDate", ox.Literal(str(film["year"]))),
                ]
                for person in film["cast"]:
                    iri = f"{DBPEDIA}resource/{quote(person.replace(' ', '_'), safe=_SAFE)}"
                    facts.append((DBPEDIA + "ontology/starring", ox.NamedNode(iri)))
                facts += [(DBPEDIA + "ontology/genre", ox.Literal(genre)) for genre in film["genres"]]
                triples = [ox.Triple(subject, a, ox.NamedNode(DBPEDIA + "ontology/Film"))]
                triples += [ox.Triple(subject, ox.NamedNode(property_), value) for property_, value in facts]
                file.writelines(f"{triple} .\n".encode() for triple in triples)
    return pages


_SAFE = "/:,!'()*.-_~@$&;=+"


def _doubtful(case: Case) -> str:
    """How many of the hand-made links the years of both sides contradict."""
    years = {
        one.id: one.years or title_forms(one.names).years for side in (case.subjects, case.objects) for one in side
    }
    doubtful = {
        pair
        for pair in case.truth
        if years[pair[0]] and years[pair[1]] and min(abs(a - b) for a in years[pair[0]] for b in years[pair[1]]) > 2
    }
    case.truth -= doubtful
    case.doubtful = doubtful
    case.known = {movie for movie, _ in case.truth}
    return (
        f"- {len(doubtful)} hand-made links join films whose years are three and more apart (such as Cable Guy, The (1996) to "
        "Larry the Cable Guy: Health Inspector, 2006) and are left out of the count."
    )
