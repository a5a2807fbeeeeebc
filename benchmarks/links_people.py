"""People of two halves of a catalogue linked by name, titles and roles; the truth is the catalogue's own person id, hidden."""

from __future__ import annotations

import csv
import gzip
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from benchmarks.links_reliability import reliability, scores
from castgraph.linking import Entity, Link, Linking, Side
from castgraph.linking.match import link
from castgraph.linking.titles import person_key

CAST = Path(__file__).parents[2] / "shared" / "data" / "cast" / "cast.tsv.gz"
_HALVES = {"netflix2022": "a", "paramount": "a", "netflix2023": "b", "hbo": "b"}


def measure(quick: bool) -> Iterator[str]:
    """A row like those of the other sets, then how far its probabilities can be believed."""
    if quick or not CAST.is_file():
        yield f"{CAST} is absent or a large size: no people linked."
        return
    left, right = people_sides(CAST)
    true_links = len({one.id for one in left} & {one.id for one in right})
    names: tuple[dict[str, list[str]], ...] = (defaultdict(list), defaultdict(list))
    for keys, side in zip(names, (left, right), strict=True):
        for one in side:
            keys[person_key(one.names[0])].append(one.id)
    equal = [(a, b) for key in names[0].keys() & names[1].keys() for a in names[0][key] for b in names[1][key]]
    peer_right = sum(a == b for a, b in equal)
    peer_precision, _, peer_f1 = scores(peer_right, len(equal) - peer_right, true_links)
    started = time.perf_counter()
    linking = link(left, right)
    seconds = time.perf_counter() - started
    hits = sum(_same(one) for one in linking.accepted)
    misses = len(linking.accepted) - hits
    precision, recall, f1 = scores(hits, misses, true_links)
    yield "| set | links | right | wrong | precision | recall | F1 | peer: F1 at precision | seconds |"
    yield "|---|---:|---:|---:|---:|---:|---:|---|---:|"
    yield (
        f"| people ({len(left):,} and {len(right):,}) | {len(linking.accepted):,} | {hits:,} | {misses} | {precision:.4f} "
        f"| {recall:.4f} | {f1:.4f} | equal name: {peer_f1:.3f} at {peer_precision:.3f} | {seconds:.1f} |"
    )
    yield ""
    yield from reliability(linking, lambda one: "right" if _same(one) else "wrong")
    yield from _of_the_wrong(linking, left, right)


def _of_the_wrong(linking: Linking, left: Side, right: Side) -> Iterator[str]:
    """Links that the ids call wrong and that agree in name, a title and a role: one person with two ids, most of them."""
    stated = {one.id: one for one in left}, {one.id: one for one in right}
    wrong = [(stated[0][one.subject], stated[1][one.object]) for one in linking.accepted if not _same(one)]
    alike = sum(
        1
        for a, b in wrong
        if set(map(person_key, a.names)) & set(map(person_key, b.names))
        and set(a.titles) & set(b.titles)
        and set(a.roles) & set(b.roles)
    )
    yield f"- Of {len(wrong)} links that the ids call wrong, {alike} have the name, a title and a role in common."


def _same(one: Link) -> bool:
    return one.subject == one.object


def people_sides(cast: Path) -> tuple[Side, Side]:
    """The people of either half of the services, with the titles and the roles that their half states."""
    stated: dict[str, dict[str, tuple[list[str], ...]]] = {"a": {}, "b": {}}
    with gzip.open(cast, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            person = stated[_HALVES[row["source"]]].setdefault(row["jw_person_id"], ([], [], []))
            for values, column in zip(person, ("name", "title", "character"), strict=True):
                if row[column] and row[column] not in values:
                    values.append(row[column])
    left, right = (
        Side(
            f"people {half}",
            tuple(
                Entity(id_, "person", names=tuple(names), titles=tuple(titles), roles=tuple(roles))
                for id_, (names, titles, roles) in people.items()
            ),
        )
        for half, people in stated.items()
    )
    return left, right
