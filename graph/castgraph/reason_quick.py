"""The quick way to the closure, where no two things turn out to be the same.

::

    data ──▶ columns ──▶ what joins can use ──▶ joins of two (reason_joins), engine ──▶ what joins derived
                │                                                                          │
                └────────────────────────▶ echoes (reason_plan) ◀──────────────────────────┘──▶ new triples

Rules that look at the classes of one thing only (intersections, disjoint classes) are applied to each *combination* of
classes once, however many things have it.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from castgraph import engine, reason_columns
from castgraph.reason_columns import Columns, gathered, lines, packed, unpacked
from castgraph.reason_facts import Statement, Terms, Uses
from castgraph.reason_instances import SINKS, Atom, Tag
from castgraph.reason_joins import derive
from castgraph.reason_literals import Misfit, write_literals
from castgraph.reason_plan import OBJECT, SUBJECT, Plan, plan
from castgraph.reason_types import Types
from castgraph.reason_work import AGAIN, facts_of, joined, start
from castgraph.schema import VOCABULARIES, Schema, Table

_ABOUT_LITERALS = ("literal_type", "misfit", "same_value", "shared_value")
_CLOSED = ("sub", "sub_p")  # tables with what follows by the rules that read them: one step at a time is enough here
_VOCABULARY = tuple(f"<{namespace}" for namespace in VOCABULARIES)


def infer(
    folder: Path,
    statements: Iterable[Statement],
    schema: Schema,
    terms: Terms,
    unfit: list[Misfit],
    write: Callable[[Iterable[bytes]], None],
    found_equal: Callable[[Iterable[engine.Row]], bool],
) -> int | None:
    """Write what follows, and return how many statements there are; the engine's other results are in ``folder`` then.

    None where this way does not lead to the closure, since a rule that can fire is of another form or two things are
    newly equal, as ``found_equal`` says of rows of ``equal``; then nothing was written. Literals that do not fit are
    added to ``unfit``.
    """
    for result in folder.glob("out/*.tsv"):  # of a run before
        result.unlink()
    tables = {name: reduced(rows) if name in _CLOSED else rows for name, rows in schema.tables.items()}
    given, number = reason_columns.read(statements, Uses.of(tables), terms, unfit)
    way = None if _literals_matter(folder, given, tables, terms) else plan(tables, given.tags())
    if way is None:
        return None
    unwanted = frozenset(term for term in schema.terms if term.startswith(("_:", '"', *_VOCABULARY)))
    types = Types(way, terms, unwanted)

    def write_echoes(sources: Sources, chosen: Callable[[Tag], bool]) -> None:
        write(gathered(new_pairs(sources, terms.texts, unwanted, chosen)))
        types.learn(sources.things())
        write(gathered(types.lines()))

    late = {atom.tag for tag in way.joined for atom in way.echo(tag)}
    paired = _pairs(way, given) if way.depends else None
    running = start(folder, way, (given,) if paired is None else (given, paired), terms)
    terms.shrink()
    with running or nullcontext():  # in the meantime:
        if paired is None:
            paired = _pairs(way, given)
        if not way.may_equal:
            write_echoes(Sources(way, given, paired), lambda tag: tag not in late)
        if running is not None:
            running.wait()
    if found_equal(chain(engine.rows(folder, "equal"), engine.rows(folder, f"{AGAIN}equal"))):
        return None
    results = joined(folder, terms)
    paired.add(results)
    if way.may_equal:
        write_echoes(Sources(way, given, paired), lambda _: True)
    else:
        write(gathered(new_pairs(Sources(way, given, paired), terms.texts, unwanted, late.__contains__)))
        types.learn(Sources(way, Columns(), results).things())
        write(gathered(types.lines()))
    _complete(folder, types)
    return number


def reduced(rows: Table) -> Table:
    """The pairs without those that two others make: what is not direct in a hierarchy. Pairs that go round stay.

    >>> sorted(reduced(frozenset({("a", "b"), ("b", "c"), ("a", "c")})))
    [('a', 'b'), ('b', 'c')]
    """
    above: defaultdict[str, set[str]] = defaultdict(set)
    for low, high in rows:
        above[low].add(high)
    direct: set[tuple[str, ...]] = set()
    for low, highs in above.items():
        indirect = set().union(*(above[high] for high in highs if high in above))
        if low in indirect:
            return rows
        direct.update((low, high) for high in highs - indirect)
    return frozenset(direct)


def _pairs(way: Plan, given: Columns) -> Columns:
    """What joins of two derive."""
    wanted = {atom.tag for each in way.joins for atom in each.body}
    return derive(way.joins, facts_of(way, wanted, given))


def _literals_matter(folder: Path, given: Columns, tables: Mapping[str, Table], terms: Terms) -> bool:
    """True where literals have the same value in two forms, or some rule asks for their datatypes."""
    texts = terms.texts
    literals = {
        key.encode(): [texts[y] for y in set(ys)] for (kind, key), (_, ys) in given.pairs.items() if kind == "val"
    }
    write_literals(folder, literals, tables, terms)
    return any((folder / f"{table}.tsv").stat().st_size for table in _ABOUT_LITERALS)


def _complete(folder: Path, types: Types) -> None:
    """Put the results of both parts, and the contradictions between classes, together."""
    (folder / "out").mkdir(exist_ok=True)
    for result in SINKS:
        with (folder / "out" / f"{result}.tsv").open("a", encoding="ascii") as file:
            file.writelines("\t".join(row) + "\n" for row in engine.rows(folder, f"{AGAIN}{result}"))
            if result == "violation":
                file.writelines("\t".join(row) + "\n" for row in types.violations())


@dataclass(frozen=True)
class Sources:
    """Facts given and facts that joins derived: everything else is their echo."""

    plan: Plan
    given: Columns
    joined: Columns
    """What joins of two and the engine derived."""

    def pairs(self) -> dict[Tag, list[tuple[array[int], array[int]]]]:
        """For each ``rel`` and ``val`` tag, the columns that echo it or are it, but for those given."""
        found: defaultdict[Tag, list[tuple[array[int], array[int]]]] = defaultdict(list)
        for columns in (self.given, self.joined):
            for tag, (xs, ys) in columns.pairs.items():
                places = {SUBJECT: xs, OBJECT: ys}
                for atom in self.plan.echo(tag):
                    if len(atom.places) == 2 and not (columns is self.given and _is_itself(atom, tag)):
                        found[atom.tag].append((places[atom.places[0]], places[atom.places[1]]))
        return found

    def things(self) -> Iterator[tuple[frozenset[str], str | None, array[int]]]:
        """Columns of things, with the classes that follow from being in it, and the class that is given by it."""
        for columns in (self.given, self.joined):
            for tag, (xs, ys) in columns.pairs.items():
                echo = self.plan.echo(tag)
                yield _classes(echo, SUBJECT), None, xs
                yield _classes(echo, OBJECT), None, ys
            for tag, xs in columns.things.items():
                stated = tag[1] if tag[0] == "type" and columns is self.given else None
                yield _classes(self.plan.echo(tag), SUBJECT), stated, xs


def _is_itself(atom: Atom, tag: Tag) -> bool:
    return atom.tag == tag and atom.places == (SUBJECT, OBJECT)


def _classes(echo: Iterable[Atom], place: str) -> frozenset[str]:
    return frozenset(atom.key for atom in echo if atom.predicate == "type" and atom.places == (place,))


def new_pairs(
    sources: Sources, texts: list[bytes], unwanted: frozenset[str], chosen: Callable[[Tag], bool]
) -> Iterator[bytes]:
    """The new triples with ``chosen`` properties, as N-Triples, thousands of lines at a time."""
    for tag, columns in sorted(sources.pairs().items()):
        if tag[1] in unwanted or not chosen(tag):
            continue
        given = sources.given.pairs.get(tag)
        xs, ys = columns[0]
        if len(columns) > 1 or given or xs is ys:
            found: set[int] = set()
            for each in columns:
                found.update(packed(*each))
            if given:
                found.difference_update(packed(*given))
            xs, ys = unpacked(found)
            del found
        yield from lines(xs, f" {tag[1]} ".encode(), ys, texts)
