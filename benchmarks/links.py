"""Links found, right and wrong, on five sets whose true links are known; identifiers are hidden from the matcher.

Each set is linked by the same code with the same thresholds, and by the rule that people write first (equal titles, and
whatever else the two sides share). After the table, the misses and the wrong links are listed by reason. Reads
``../shared/data``; prints that it is absent where it is.
"""

from __future__ import annotations

import csv
import gzip
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote, unquote

import pyoxigraph as ox

from castgraph.build import build
from castgraph.linking import Entity, Link, Linking, Side
from castgraph.linking.description import Description
from castgraph.linking.enrichment import enriched
from castgraph.linking.match import link
from castgraph.linking.sides import read_side
from castgraph.linking.snapshot_side import snapshot_side
from castgraph.linking.titles import person_key, title_forms
from castgraph.names import fold

DATA = Path(__file__).parents[2] / "shared" / "data"
MOVIELENS = Description(name="MovieLens", surplus="title", replace={";": ","}, constants={"work": "film"})
DBPEDIA, LINKEDMDB = "http://dbpedia.org/", "http://data.linkedmdb.org/resource/movie/"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
Pair = tuple[str, str]
_SHOWN = 6


@dataclass
class Case:
    """Two sides, the true links, and those of the found links that count (all, where nothing else is said)."""

    name: str
    subjects: Side
    objects: Side
    truth: set[Pair]
    peer: str
    peer_links: set[Pair]
    reach: str
    known: set[str] | None = None  # subjects and objects of which the truth is known; other links do not count
    doubtful: set[Pair] = field(default_factory=set)  # true links as given that the sides contradict; not counted
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)


def measure(quick: bool) -> Iterator[str]:
    """The table of all sets, then what was missed and what was wrong, by reason."""
    if not DATA.is_dir():
        yield f"{DATA} is absent: nothing to link."
        return
    yield "| set | links | right | wrong | precision | recall | F1 | peer: F1 at precision | seconds | reach |"
    yield "|---|---:|---:|---:|---:|---:|---:|---|---:|---|"
    reasons: list[str] = []
    yield from _nine(reasons)
    for make in (limes, silk, dbpedia):
        yield from _row(make(), reasons)
    if not quick:
        yield from _large(reasons)
    yield ""
    yield from reasons


def _row(case: Case, reasons: list[str]) -> Iterator[str]:
    started = time.perf_counter()
    linking = link(case.subjects, case.objects)
    case.seconds = time.perf_counter() - started
    yield _line(case, linking)
    reasons += _reasons(case, linking)


def _line(case: Case, linking: Linking, *, note: str = "") -> str:
    found = {(one.subject, one.object) for one in linking.accepted}
    precision, recall, f1, right, wrong = _scores(found, case)
    p_precision, _, p_f1, *_ = _scores(case.peer_links, case)
    return (
        f"| {case.name}{note} | {len(found):,} | {right:,} | {wrong:,} | {precision:.4f} | {recall:.4f} | {f1:.4f} "
        f"| {case.peer}: {p_f1:.3f} at {p_precision:.3f} | {case.seconds:.1f} | {case.reach} |"
    )


def _scores(found: set[Pair], case: Case) -> tuple[float, float, float, int, int]:
    right = len(found & case.truth)
    wrong = sum(1 for pair in found - case.truth if case.known is None or case.known & set(pair))
    precision = right / max(1, right + wrong)
    recall = right / max(1, len(case.truth))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall), right, wrong


def _reasons(case: Case, linking: Linking) -> Iterator[str]:
    """Misses and wrong links, counted by how the fields of the pair compare."""
    accepted = {(one.subject, one.object): one for one in linking.accepted}
    candidates = {(one.subject, one.object): one for one in linking.candidates}
    names = {one.id: " / ".join(one.names[:1]) or "(no name)" for side in (case.subjects, case.objects) for one in side}
    missed: dict[str, list[str]] = defaultdict(list)
    for pair in sorted(case.truth - set(accepted)):
        shown = f"{names.get(pair[0], '(absent)')} | {names.get(pair[1], '(absent)')}"
        if pair in candidates:
            missed[f"candidate: {_levels(candidates[pair])}"].append(f"{shown} ({candidates[pair].confidence:.2f})")
        else:
            missed["not alike enough to be a candidate"].append(shown)
    wrong: dict[str, list[str]] = defaultdict(list)
    for pair, one in accepted.items():
        if pair not in case.truth and (case.known is None or case.known & set(pair)):
            wrong[_levels(one)].append(f"{names[pair[0]]} | {names[pair[1]]} ({one.confidence:.2f})")
    yield f"### {case.name}"
    yield from case.notes
    if case.doubtful:
        given = replace(case, truth=case.truth | case.doubtful)
        given.known = {subject for subject, _ in given.truth}
        precision, _, f1, right, bad = _scores(set(accepted), given)
        yield f"- Counted with them, as given: {right:,} right, {bad} wrong, precision {precision:.4f}, F1 {f1:.4f}."
    for title, groups in (("Missed", missed), ("Wrong", wrong)):
        for reason, pairs in sorted(groups.items(), key=lambda one: -len(one[1]))[:12]:
            yield (
                f"- {title}, {len(pairs)}, {reason}: "
                + "; ".join(pairs[:_SHOWN])
                + ("; …" if len(pairs) > _SHOWN else "")
            )
    yield ""


def _levels(one: Link) -> str:
    return ", ".join(f"{evidence.field} {evidence.level}" for evidence in one.evidence)


# --- the nine similar titles and Race to Mars -------------------------------------------------------------------------------


def _nine(reasons: list[str]) -> Iterator[str]:
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
    yield _line(case, linking)
    reasons += _reasons(case, linking)


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


# --- the other sets ---------------------------------------------------------------------------------------------------------


def movielens_side() -> Side:
    return read_side(DATA / "movielens" / "movies.csv", MOVIELENS)


def films_side() -> Side:
    described = Description(name="films", numbered=True, fields={"id": ("href",)}, constants={"work": "film"})
    return read_side(sorted((DATA / "films").glob("*.json")), described)


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
            by_imdb[row["imdb_id"]].append(row["id"])
    imdb = {}
    with (DATA / "movielens" / "links.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            imdb[row["movieId"]] = "tt" + row["imdbId"]
    truth = {(movie, title) for movie, id_ in imdb.items() for title in by_imdb.get(id_, ())}
    name = "MovieLens to catalogue"
    peer = equal_titles(movielens, right)
    with_id = {title for titles in by_imdb.values() for title in titles}
    return Case(
        name, movielens, right, truth, "equal title and year", peer, "F1 0.94, precision 0.97, 180 s, 2 GB", with_id
    )


def _large(reasons: list[str]) -> Iterator[str]:
    """The large set in a process of its own, for its memory."""
    out = subprocess.run(
        [sys.executable, "-m", "benchmarks.links"],
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
    case.notes += _of_the_wrong(case, linking)
    lines = [_line(case, linking, note=f" ({megabytes:.0f} MB)")]
    reasons = list(_reasons(case, linking))
    both = {one for pair in case.truth for one in pair}
    case.known = both
    case.reach = "the same, where the ids of either side know the film"
    lines.append(_line(case, linking, note=", ids known"))
    print(json.dumps({"lines": lines, "reasons": reasons}))


def _of_the_wrong(case: Case, linking: Linking) -> Iterator[str]:
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


def equal_titles(left: Side, right: Side, *, years: bool = True) -> set[Pair]:
    """The rule that people write first: folded titles equal, article put right, and the year where both state one."""

    def key(entity: Entity) -> set[tuple[str, int | None]]:
        found = set()
        for name in entity.names[:1]:
            stated = title_forms((name,)).years
            bare = name.partition(" (")[0]
            rest, comma, article = bare.rpartition(", ")
            if comma and article in ("The", "A", "An"):
                bare = f"{article} {rest}"
            found |= {(fold(bare), year if years else None) for year in (entity.years or stated or (None,))}
        return found

    by_key: dict[tuple[str, int | None], list[str]] = defaultdict(list)
    for entity in right:
        for one in key(entity):
            by_key[one].append(entity.id)
    return {(entity.id, other) for entity in left for one in key(entity) for other in by_key.get(one, ())}


if __name__ == "__main__":
    _large_in_process()
