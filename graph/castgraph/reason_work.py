"""The engine's share of the work: what joins can use, the rules over it, and what came of them."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import chain, groupby, islice, permutations
from pathlib import Path

from castgraph import engine
from castgraph.reason_columns import BATCH, Columns, distinct
from castgraph.reason_facts import Terms, write_schema
from castgraph.reason_instances import FACTS, SINKS, Tag, is_join
from castgraph.reason_joins import Fact
from castgraph.reason_plan import OBJECT, SUBJECT, Part, Plan
from castgraph.reason_rules import owl2rl, read

AGAIN = "again"
"""What begins the names of the predicates of the plan's second part."""
_PLACES = {"type": 1, "rel": 2, "val": 2}
_PREDICATE = re.compile(r"(?<![#\w])([a-z]\w*)(?=\()")


def start(folder: Path, plan: Plan, known: Iterable[Columns], terms: Terms) -> engine.Running | None:
    """Set the engine to work on what joins can use of facts known; None where there is nothing to do."""
    program: list[str] = []
    results: list[str] = []
    for part, prefix in ((plan.once, ""), (plan.again, AGAIN)):
        if part.tables:
            tables = folder / prefix
            tables.mkdir(exist_ok=True)
            filled = write_schema(tables, part.tables, terms) | _write_given(tables, plan, part, known, terms)
            more, found = _program(prefix, filled)
            program += more
            results += found
    for predicate, places in _PLACES.items():  # what joins derive may be of use to joins
        terms_ = ", ".join(f"?v{number}" for number in range(places + 1))
        for prefix in ("", AGAIN):
            if f"{prefix}joined_{predicate}" in results and plan.again.tables:
                program.append(f"{AGAIN}{predicate}({terms_}) :- {prefix}joined_{predicate}({terms_}) .")
    return engine.start(folder, "\n".join(program) + "\n", results) if program else None


def _write_given(folder: Path, plan: Plan, part: Part, known: Iterable[Columns], terms: Terms) -> set[str]:
    facts = [fact for columns in known for fact in facts_of(plan, part.load, columns)]
    kept = _partners(part, facts) if part is plan.once else {}
    filled: set[str] = set()
    files = {predicate: (folder / f"given_{predicate}.tsv").open("w", encoding="ascii") for predicate in sorted(FACTS)}
    for tag, columns in facts:
        rows: Iterator[tuple[int, ...]] = zip(*columns, strict=True)
        if tag in kept:
            place, things = kept[tag]
            rows = (row for row in rows if row[place] in things)
        key = terms.number(tag[1].encode())
        cells = ["%d"] * len(columns)
        cells.insert(len(columns) if tag[0] == "type" else 0, str(key))
        line = "\t".join(cells) + "\n"
        for batch in _batched(map(line.__mod__, rows)):
            files[tag[0]].write("".join(batch))
    for predicate, file in files.items():
        if file.tell():
            filled.add(f"given_{predicate}")
        file.close()
    return filled


def facts_of(plan: Plan, wanted: Collection[Tag], known: Columns) -> Iterator[Fact]:
    """The columns of all facts with tags that are wanted, echoes too; a tag may come several times."""
    every: list[Fact] = [(tag, (xs,)) for tag, xs in known.things.items()]
    every += known.pairs.items()
    for tag, columns in every:
        places = dict(zip((SUBJECT, OBJECT), columns, strict=False))
        for atom in plan.echo(tag):
            if atom.tag in wanted:
                yield atom.tag, tuple(places[place] for place in atom.places)


def _partners(part: Part, facts: list[Fact]) -> dict[Tag, tuple[int, set[int]]]:
    """For a tag that one join alone uses, with a much smaller partner: the place they share, and the things there.

    Other facts with the tag cannot take part in the join: the engine need not see them.
    """
    sizes: Counter[Tag] = Counter()
    for tag, columns in facts:
        sizes[tag] += len(columns[0])
    uses = Counter(atom.tag for each in part.share for atom in each.body)
    found: dict[Tag, tuple[int, set[int]]] = {}
    for each in part.share:
        for one, other in permutations(each.body, 2):
            shared = [
                place for place, variable in enumerate(one.places) if variable != "_" and variable in other.places
            ]
            if shared and uses[one.tag] == 1 and 0 < 2 * sizes[other.tag] < sizes[one.tag]:
                at = other.places.index(one.places[shared[0]])
                things = (columns[at] for tag, columns in facts if tag == other.tag)
                found[one.tag] = shared[0], set(chain.from_iterable(things))
    return found


def _program(prefix: str, filled: set[str]) -> tuple[list[str], list[str]]:
    """The rules that can fire over these tables, with what joins derive in results of its own (``joined_rel``, …).

    Everything is named with the prefix, and its tables are in the folder so called.
    """
    kept = read(owl2rl().over(filled))
    rules = [rule for rule in kept.rules if not rule.head.startswith("new_") and (prefix or "given_" not in rule.text)]
    lines: list[str] = []
    for table in kept.tables:
        name = table if prefix else table.removeprefix("given_")  # nothing is added to what is given
        formats = ", ".join(["string"] * owl2rl().arity[table])
        lines.append(
            f'@import {prefix}{name} :- tsv{{resource="{prefix}/{table}.tsv", format=({formats})}} .'.replace('"/', '"')
        )
    results: list[str] = []
    for rule in rules:
        head = f"joined_{rule.head}" if rule.head in FACTS and is_join(rule) else rule.head
        text = rule.text.replace(rule.head, head, 1)
        lines += [f'#[name("{rule.name}")]'] if rule.name else []
        lines.append(_PREDICATE.sub(rf"{prefix}\1", text))
        if (head != rule.head or head in SINKS) and head not in results:
            results.append(head)
    for head in results:
        arity = _PLACES[head.removeprefix("joined_")] + 1 if head.startswith("joined_") else owl2rl().arity[head]
        formats = ", ".join(["string"] * arity)
        lines.append(f'@export {prefix}{head} :- tsv{{resource="{prefix}{head}.tsv", format=({formats})}} .')
    return lines, [prefix + head for head in results]


def _batched(rows: Iterator[str]) -> Iterator[list[str]]:
    """The rows, some thousand at a time."""
    while batch := list(islice(rows, BATCH)):
        yield batch


def joined(folder: Path, terms: Terms) -> Columns:
    """What the engine derived."""
    texts = terms.texts
    columns = Columns()
    for predicate, places in _PLACES.items():
        for prefix in ("", AGAIN):
            path = folder / "out" / f"{prefix}joined_{predicate}.tsv"
            if not path.exists():
                continue
            with path.open("rb") as file:
                cells = array("I", map(int, chain.from_iterable(map(bytes.split, file))))
            at, width = 0, places + 1
            for key, run in groupby(cells[1::2] if places == 1 else cells[0::3]):
                to = at + sum(1 for _ in run)
                tag = (predicate, texts[key].decode())
                if places == 1:
                    columns.things.setdefault(tag, array("I")).extend(cells[width * at : width * to : width])
                else:
                    xs, ys = columns.pairs.setdefault(tag, (array("I"), array("I")))
                    xs.extend(cells[width * at + 1 : width * to : width])
                    ys.extend(cells[width * at + 2 : width * to : width])
                at = to
    for tag, found in columns.pairs.items():  # both parts may derive a fact
        columns.pairs[tag] = distinct(*found)
    return columns
