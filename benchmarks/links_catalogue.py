"""MovieLens to a catalogue, the large set: in a process of its own, for its memory."""

from __future__ import annotations

import csv
import gzip
import json
import resource
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from benchmarks.links_case import Case, equal_titles, line_of, reasons_of
from benchmarks.links_sides import DATA, films_side, movielens_side
from castgraph.linking import Link, Linking
from castgraph.linking.description import Description
from castgraph.linking.match import link
from castgraph.linking.sides import read_side
from castgraph.linking.titles import person_key


def catalogue() -> Case:
    """62,423 MovieLens titles against 20,691 of a catalogue, by title, year, kind, genres; the truth is equal IMDb ids."""
    movielens = movielens_side()
    with gzip.open(DATA / "cast" / "titles.tsv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    described = Description(
        name="catalogue",
        fields={
            "id": ("id",),
            "names": ("title",),
            "years": ("release_year",),
            "work": ("type",),
            "genres": ("genres",),
        },
        identifiers={"none": "no such column"},
    )
    right = read_side(DATA / "cast" / "titles.tsv.gz", described)
    by_imdb: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row["imdb_id"]:
            by_imdb[_written_alike(row["imdb_id"])].append(row["id"])
    imdb = {}
    with (DATA / "movielens" / "links.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            imdb[row["movieId"]] = _written_alike(row["imdbId"])
    truth = {(movie, title) for movie, id_ in imdb.items() for title in by_imdb.get(id_, ())}
    name = "MovieLens to catalogue"
    peer = equal_titles(movielens, right)
    with_id = {title for titles in by_imdb.values() for title in titles}
    return Case(
        name, movielens, right, truth, "equal title and year", peer, "F1 0.94, precision 0.97, 180 s, 2 GB", with_id
    )


def _written_alike(identifier: str) -> str:
    """An IMDb id with seven digits and more; some are written with a nought too many."""
    return "tt" + identifier.removeprefix("tt").lstrip("0").zfill(7)


def large(reasons: list[str]) -> Iterator[str]:
    """The large set in a process of its own, for its memory."""
    out = subprocess.run(
        [sys.executable, "-m", "benchmarks.links_catalogue"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    ).stdout
    told = json.loads(out)
    yield from told["lines"]
    reasons += told["reasons"]


def _large_in_process() -> None:
    case = catalogue()
    started = time.perf_counter()
    linking = link(case.subjects, case.objects)
    case.seconds = time.perf_counter() - started
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    case.notes += of_the_wrong(case, linking)
    lines = [line_of(case, linking, note=f" ({megabytes:.0f} MB)")]
    reasons = list(reasons_of(case, linking))
    both = {one for pair in case.truth for one in pair}
    case.known = both
    case.reach = "the same, where the ids of either side know the film"
    lines.append(line_of(case, linking, note=", ids known"))
    print(json.dumps({"lines": lines, "reasons": reasons}))


def of_the_wrong(case: Case, linking: Linking) -> Iterator[str]:
    """What the links are that the IMDb ids call wrong."""
    wrong = [
        one
        for one in linking.accepted
        if (one.subject, one.object) not in case.truth and one.object in (case.known or ())
    ]
    known = {one for pair in case.truth for one in pair}
    stale = [one for one in wrong if not {one.subject, one.object} & known]
    same = [
        one
        for one in stale
        if {("name", "equal"), ("year", "equal")} <= {(each.field, each.level) for each in one.evidence}
    ]
    twice = Counter((entity.names, entity.years) for entity in case.subjects)
    namesakes = sum(count for count in twice.values() if count > 1)
    yield (
        f"- Of {len(wrong)} links that the IMDb ids call wrong, {len(stale)} join two titles of which neither id is anywhere on "
        f"the other side, {len(same)} of them of equal name and year. Namesakes of one year are rare ({namesakes} of "
        f"{len(case.subjects):,} MovieLens titles have one), so that most of these are one film under two ids."
    )
    yield from _by_cast(case, stale, [one for one in linking.accepted if (one.subject, one.object) in case.truth])


def _by_cast(case: Case, stale: list[Link], right: list[Link]) -> Iterator[str]:
    """A check from outside the matcher, which saw no cast here: do both titles have a performer in common?"""
    films = films_side()
    casts = {one.id: set(map(person_key, one.cast)) for one in films}
    listed = {one.subject: casts[one.object] for one in link(case.subjects, films).accepted}
    played: dict[str, set[str]] = defaultdict(set)
    with gzip.open(DATA / "cast" / "cast.tsv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            played[row["jw_title_id"]].add(person_key(row["name"]))
    for name, links in (("called wrong so", stale), ("called right", right)):
        both = [one for one in links if listed.get(one.subject) and played.get(one.object)]
        shared = sum(1 for one in both if listed[one.subject] & played[one.object])
        yield f"- Of the links {name}, {len(both)} have a cast on both sides (films, catalogue); {shared} of them share a performer."


if __name__ == "__main__":
    _large_in_process()
