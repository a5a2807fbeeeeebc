"""What the rules need to know about literals: which do not fit, and which have the same value in another form.

The tables stay empty where every literal fits and every value is written in one way, as in most data: then no rule
over them runs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from castgraph.reason_datatypes import LITERAL, PLAIN, STRING, datatype, differ, ill_typed, is_of, key

if TYPE_CHECKING:
    from castgraph.reason_facts import Terms
    from castgraph.schema import Table

VALUE = b"value "
"""How the name of a value that several literals have begins; it cannot be a term."""

Misfit = tuple[bytes, bytes, bytes, bytes]
"""Subject, property, literal, and the datatype it is no value of."""

# Written with the first, always of the second. Others are looked into.
_ALWAYS = {(STRING, LITERAL), (STRING, PLAIN)}


def misfits(literal: bytes, ranges: Iterable[bytes]) -> list[bytes]:
    """The datatypes that a literal should be a value of and is not: dt-not-type.

    >>> misfits(b'"x"^^<http://www.w3.org/2001/XMLSchema#integer>', ()), misfits(b'"x"', [STRING])
    ([b'<http://www.w3.org/2001/XMLSchema#integer>'], [])
    """
    own = datatype(literal)
    found = [own] if own != STRING and ill_typed(literal) else []
    for wanted in ranges:
        if wanted != own and (own, wanted) not in _ALWAYS and is_of(literal, wanted) is False:
            found.append(wanted)
    return found


def write_literals(
    folder: Path, literals: Mapping[bytes, Iterable[bytes]], tables: Mapping[str, Table], terms: Terms
) -> None:
    """Write the tables about the literals in the schema and among the facts, where they stand by property."""
    by_property: defaultdict[bytes, set[bytes]] = defaultdict(set)
    for p, found in literals.items():
        by_property[p].update(found)
    for _, property_, value in tables.get("hv_val", ()):
        by_property[property_.encode()].add(value.encode())
    wanted = {row[-1].encode() for row in tables.get("svf_val", ())}
    required = _required(tables)
    unfits = {
        (literal, each)
        for p, found in by_property.items()
        for each in required.get(p, ())
        for literal in found
        if each != datatype(literal) and is_of(literal, each) is False
    }
    every = {*chain.from_iterable(by_property.values()), *(row[-1].encode() for row in tables.get("not_val", ()))}
    forms: defaultdict[bytes, list[bytes]] = defaultdict(list)
    with (
        (folder / "literal_type.tsv").open("w", encoding="ascii") as typed,
        (folder / "misfit.tsv").open("w", encoding="ascii") as unfit,
    ):
        unfit.writelines(f"{terms.number(literal)}\t{terms.number(each)}\n" for literal, each in sorted(unfits))
        for literal in sorted(every):
            for each in wanted:
                if is_of(literal, each) or (each == datatype(literal) and not ill_typed(literal)):
                    typed.write(f"{terms.number(literal)}\t{terms.number(each)}\n")
            if (same := key(literal)) != literal:
                forms[same].append(literal)
    with (
        (folder / "same_value.tsv").open("w", encoding="ascii") as equal,
        (folder / "shared_value.tsv").open("w", encoding="ascii") as values,
    ):
        for same, written in forms.items():
            if same in terms.numbers:
                written.append(same)
            if len(written) > 1:
                shared = terms.number(VALUE + same)
                values.write(f"{shared}\n")
                equal.writelines(f"{terms.number(literal)}\t{shared}\n" for literal in written)


def _required(tables: Mapping[str, Table]) -> dict[bytes, set[bytes]]:
    """The datatypes of which a literal of a property may have to be, or of which it becomes a value by other rules."""
    above: defaultdict[str, set[str]] = defaultdict(set)
    for table, below, over in (("sub_p", 0, 1), ("eqp", 0, 1), ("eqp", 1, 0), ("chain", 2, 0), ("chain_end", 2, 0)):
        for row in tables.get(table, ()):
            above[row[below]].add(row[over])
    ranges: defaultdict[str, set[str]] = defaultdict(set)
    for *_, p, each in (*tables.get("rng_val", ()), *tables.get("avf_val", ())):
        ranges[p].add(each)
    required: dict[bytes, set[bytes]] = {}
    for p in {*above, *ranges}:
        seen, new = {p}, [p]
        while new:
            more = above.get(new.pop(), set()) - seen
            seen |= more
            new += more
        if found := {each.encode() for q in seen for each in ranges.get(q, ())}:
            required[p.encode()] = found
    return required


def different(literals: Iterable[bytes]) -> tuple[bytes, bytes] | None:
    """Two of the literals that have different values: dt-diff.

    >>> different([b'"1"', b'"01"^^<http://www.w3.org/2001/XMLSchema#integer>', b'"1"'])
    (b'"01"^^<http://www.w3.org/2001/XMLSchema#integer>', b'"1"')
    """
    by_key = sorted({key(literal): literal for literal in sorted(literals, reverse=True)}.values())
    pairs = ((one, other) for index, one in enumerate(by_key) for other in by_key[index + 1 :])
    return next((pair for pair in pairs if differ(*pair)), None)
