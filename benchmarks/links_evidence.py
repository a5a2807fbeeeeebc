"""How far the probabilities of links can be believed on each set, and what the ids of the largest set allow at all.

In the largest set, the truth is equal IMDb ids. Where two titles of one name and year have two ids and neither id is anywhere
on the other side, the ids are disputed: IMDb gives a work that was entered twice one of its two ids, the older as a rule, and
a catalogue may keep the other. Were the titles two works, the catalogue's id would be the later one in half of the pairs.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator

from benchmarks.links_case import Case
from benchmarks.links_catalogue import catalogue
from benchmarks.links_dbpedia import dbpedia
from benchmarks.links_reliability import Judge, ceiling, curve, reliability
from benchmarks.links_sides import DATA
from benchmarks.links_small import limes, silk
from castgraph.linking import Link, Linking
from castgraph.linking.match import link

_WANTED = 0.97


def measure(quick: bool) -> Iterator[str]:
    """For each set what was stated and what came true; for the largest the curve, the ceiling and the order of the ids."""
    if not DATA.is_dir():
        yield f"{DATA} is absent: nothing to link."
        return
    for make in (limes, silk, dbpedia) if quick else (limes, silk, dbpedia, catalogue):
        case = make()
        linking = link(case.subjects, case.objects)
        judge = _judge(case, disputable=make is catalogue)
        yield f"### {case.name}"
        yield from reliability(linking, judge)
        if make is catalogue:
            yield from _of_the_largest(case, linking, judge)
        yield ""


def _judge(case: Case, *, disputable: bool) -> Judge:
    found_elsewhere = {one for pair in case.truth for one in pair}

    def judge(one: Link) -> str | None:
        pair = {one.subject, one.object}
        if (one.subject, one.object) in case.truth:
            return "right"
        if case.known is not None and not case.known & pair:
            return None
        return "disputed" if disputable and not pair & found_elsewhere else "wrong"

    return judge


def _of_the_largest(case: Case, linking: Linking, judge: Judge) -> Iterator[str]:
    yield from _order_of_ids([one for one in linking.accepted if judge(one) == "disputed"])
    yield ceiling(linking, judge, len(case.truth), _WANTED)
    yield ""
    yield from curve(linking, judge, len(case.truth))


def _order_of_ids(disputed: list[Link]) -> Iterator[str]:
    """Whose id is the later one, by how sure the link is."""
    with (DATA / "movielens" / "links.csv").open(encoding="utf-8", newline="") as file:
        movielens = {row["movieId"]: int(row["imdbId"]) for row in csv.DictReader(file)}
    with gzip.open(DATA / "cast" / "titles.tsv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        theirs = {row["id"]: int(row["imdb_id"].removeprefix("tt")) for row in rows if row["imdb_id"]}
    for low, high in ((0.0, 0.9), (0.9, 0.99), (0.99, 1.0)):
        inside = [one for one in disputed if low < one.confidence <= high and one.subject in movielens]
        later = sum(theirs[one.object] > movielens[one.subject] for one in inside)
        yield (
            f"- Of {len(inside)} disputed links accepted at {low:g} to {high:g}, the catalogue's id is the later one in {later}; "
            f"two works would be {len(inside) / 2:.0f}. That makes {max(0, 2 * later - len(inside))} the same work, about."
        )
