"""What a query found: one group of rows for each thing, with the statements it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from castgraph.answers import Thing
from castgraph.asking.meanings import Expression, Meaning, Name
from castgraph.asking.query import Edge, Pattern, select, way_of
from castgraph.proof import Triple
from castgraph.store import GraphStore, Value, rows

MOST = 10_000
"""Rows a question may have; more are told as too many."""


@dataclass
class Group:
    """A thing or value that was found."""

    term: Value
    label: str | None
    year: str | None
    rows: list[Mapping[str, Value]] = field(default_factory=list)

    @property
    def thing(self) -> Thing:
        """The thing; a value has no IRI."""
        named = hasattr(self.term, "datatype")
        return Thing("" if named else self.term.value, self.term.value if named else self.label)


@dataclass(frozen=True)
class Found:
    """The result of a question's query."""

    sparql: str
    groups: tuple[Group, ...]
    edges: tuple[Edge, ...]
    names: Mapping[Name, str]
    definites: Mapping[Expression, str]
    way: str | None  # the variable between what was asked with and what was found
    is_whole: bool

    def ways(self, group: Group, most: int) -> list[tuple[Triple, ...]]:
        """The statements a group rests on, in N-Triples terms: each row is found on its own, the first so many are told."""
        return [
            tuple(
                (str(row[edge.subject]), f"<{edge.property}>", str(row[edge.object]))
                for edge in self.edges
                if edge.subject in row and edge.object in row
            )
            for row in group.rows[:most]
        ]

    def met(self, part: Name | Expression) -> list[Value]:
        """Which of the things that a name, or a part that speaks of one thing, stands for have results."""
        variable = self.names.get(part) if isinstance(part, Name) else self.definites.get(part)
        if variable is None:
            return []
        met = (row[variable] for group in self.groups for row in group.rows if variable in row)
        return list(dict.fromkeys(met))

    def way_to(self, group: Group) -> list[str]:
        """The names of what lies between what was asked with and a thing that was found."""
        labels = [row[f"{self.way}Label"].value for row in group.rows if self.way and f"{self.way}Label" in row]
        return sorted(set(labels))


def find(store: GraphStore, meaning: Meaning, things: Mapping[Name, Sequence[Thing]]) -> Found:
    """Everything in a set."""
    pattern = Pattern(things)
    pattern.add(meaning, "x")
    return run(store, pattern, "x")


def run(store: GraphStore, pattern: Pattern, variable: str) -> Found:
    """The values of a variable of a pattern."""
    sparql = select(pattern, variable, MOST)
    groups: dict[str, Group] = {}
    found = rows(store.query(sparql))
    for row in found:
        term = row[variable]
        label, year = row.get("label"), row.get("year")
        group = groups.setdefault(str(term), Group(term, label.value if label else None, None))
        if year is not None and (group.year is None or year.value < group.year):
            group.year = year.value
        group.rows.append(row)
    return Found(
        sparql,
        tuple(groups.values()),
        tuple(pattern.edges),
        dict(pattern.names),
        dict(pattern.definites),
        way_of(pattern),
        len(found) < MOST,
    )
