"""Properties that can have no literal value: by their ranges, it would be a member of classes that can have none.

The rules make literals members of classes, too (prp-rng, cls-avf, cax-sco, …), which RDF cannot write down. What can be
seen without any literal, from the axioms alone, is worked out here: ranges that are ``owl:Nothing``, or disjoint.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from castgraph.reason_axioms import NOTHING, Axioms, owl, rdfs

Rows = Mapping[str, Iterable[tuple[str, ...]]]
LITERAL = rdfs("Literal")
# Where two classes of one literal clash, and what says so.
CLASHES = {"com": "lit_com", "dw": "lit_dw", "adc": "lit_adc"}

_UPWARDS = ("rng", "rng_val", "avf", "sub", "eqc", "inter_part", "uni")  # by these, a literal gets its classes


def rows(tables: Rows, stated: Axioms) -> Iterator[tuple[str, ...]]:
    """Rows for the tables ``lit_*`` of the rule file, each with its table's name before it."""
    if not any(tables.get(table) for table in CLASHES) and not any(
        NOTHING in row for table in _UPWARDS for row in tables.get(table, ())
    ):
        return
    ranges = _ranges(tables)
    classes = _Classes(tables, stated)
    for p, direct in sorted(ranges.items()):
        every = classes.of({*direct, LITERAL})
        if NOTHING in every:
            yield "lit_nothing", p, min((c for c in direct if NOTHING in classes.of({c})), default=NOTHING)
        for table, found in CLASHES.items():
            for c, d in sorted(tables.get(table, ())):
                if c in every and d in every:
                    yield found, p, c, d
    for c, p, d in sorted(tables.get("avf", ())):
        direct = ranges.get(p, set())
        if NOTHING in classes.of({*direct, d, LITERAL}) and NOTHING not in classes.of({*direct, LITERAL}):
            yield "lit_avf_nothing", c, p, d


def _ranges(tables: Rows) -> dict[str, set[str]]:
    """The ranges of each property, with those of the properties above it."""
    above: defaultdict[str, set[str]] = defaultdict(set)
    for p, q in tables.get("sub_p", ()):
        above[p].add(q)
    for p, q in tables.get("eqp", ()):
        above[p].add(q)
        above[q].add(p)
    own: defaultdict[str, set[str]] = defaultdict(set)
    for p, c in (*tables.get("rng", ()), *tables.get("rng_val", ())):
        own[p].add(c)
    return {p: found for p in {*above, *own} if (found := {c for q in _reached({p}, above) for c in own.get(q, ())})}


class _Classes:
    """What else is true of a member of some classes."""

    def __init__(self, tables: Rows, stated: Axioms) -> None:
        self._above: defaultdict[str, set[str]] = defaultdict(set)
        for c, d in (*tables.get("sub", ()), *tables.get("eqc", ()), *tables.get("inter_part", ())):
            self._above[c].add(d)
        for c, d in (*tables.get("eqc", ()), *tables.get("uni", ())):
            self._above[d].add(c)
        self._intersections = [(c, frozenset(parts)) for c, parts in stated.lists(owl("intersectionOf")) if parts]

    def of(self, classes: set[str]) -> set[str]:
        found = _reached(classes, self._above)
        while more := {c for c, parts in self._intersections if parts <= found} - found:
            found = _reached(found | more, self._above)
        return found


def _reached(start: set[str], above: Mapping[str, set[str]]) -> set[str]:
    seen, new = set(start), list(start)
    while new:
        more = above.get(new.pop(), set()) - seen
        seen |= more
        new += more
    return seen
