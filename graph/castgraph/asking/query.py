"""Writes the SPARQL that finds a set of things, with the statements each of them rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from castgraph.answers import Thing
from castgraph.asking.meanings import Expression, Meaning, Name, Number, Place, names_in
from castgraph.asking.vocabulary import (
    ATTRIBUTES,
    DESCRIBED,
    GENRES,
    NATIONS,
    OTHER_KINDS,
    RELATIONS,
    Step,
    class_iri,
)
from castgraph.iris import PREFIXES, shorten

COMPARISONS = {"is": "=", "at-least": ">=", "above": ">", "at-most": "<=", "below": "<"}
"""Comparisons of ``where`` as SPARQL writes them."""

BROAD = 20
"""Things that names stand for, from which on a query is written so that it copes with very many."""

_PERFORMANCE_ROLES = {"performer": "performer", "character": "character", "work": "performed-in"}


@dataclass(frozen=True)
class Edge:
    """A statement a result rests on, its ends as variables."""

    subject: str
    property: str
    object: str


@dataclass
class Pattern:
    """A graph pattern being put together, and the variables of the names in it."""

    things: Mapping[Name, Sequence[Thing]]
    lines: list[str] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    names: dict[Name, str] = field(default_factory=dict)
    definites: dict[Expression, str] = field(default_factory=dict)
    ways: list[str] = field(default_factory=list)  # variables of what lies between the names and what is asked for
    _count: int = 0

    def add(self, meaning: Meaning, variable: str) -> None:
        """Restrict a variable to a set.

        Raises:
            ValueError: the meaning is no set.
        """
        if isinstance(meaning, Name):
            self.names[meaning] = variable
            terms = [term(thing) for thing in self.things[meaning]]
            self.lines.append(f"VALUES ?{variable} {{ {' '.join(terms)} }}")
            return
        if not isinstance(meaning, Expression):
            raise ValueError(f"{meaning} is no set of things")
        match meaning.operator, meaning.arguments:
            case "all", (str(word),):
                self._all(word, variable)
            case "of", (str(relation), inner):
                self._walk(inner, RELATIONS[relation].steps, variable, forward=True)
            case "the", (inner, Place()):
                self.definites[meaning] = variable
                self.add(inner, variable)
            case "with", (str(relation), Expression("both", parts)):
                for part in parts:
                    self._walk(part, RELATIONS[relation].steps, variable, forward=False)
            case "with", (str(relation), inner):
                self._walk(inner, RELATIONS[relation].steps, variable, forward=False)
            case "and", parts:
                for part in sorted(parts, key=_breadth):
                    self._add_apart(part, variable)
            case "but", (whole, left_out):
                self.add(whole, variable)
                self._leave_out(left_out, variable)
            case (("or" | "both"), parts):
                self._either(parts, variable)
            case "where", (str(attribute), str(comparison), Number(value)):
                self._compare(attribute, comparison, value, variable)
            case "where", (str(attribute), "is", str(word)):
                found = self.fresh()
                self.walk(ATTRIBUTES[attribute].roads[0], variable, found)
                self.lines.append(f'FILTER(LCASE(STR(?{found})) = "{word}")')
            case "performances", _:
                self._performances(meaning, variable)
            case _:
                raise ValueError(f"{meaning} is no set of things")

    def _add_apart(self, meaning: Meaning, variable: str) -> None:
        """As :meth:`add`, by a query of its own where names stand for many things: two such are else multiplied."""
        start = len(self.lines)
        self.add(meaning, variable)
        if not isinstance(meaning, Name) and sum(len(self.things[name]) for name in names_in(meaning)) > BROAD:
            self.lines[start:] = [f"{{ SELECT DISTINCT * WHERE {{ {' '.join(self.lines[start:])} }} }}"]

    @property
    def breadth(self) -> int:
        """How many things its names stand for; 0 where it names none."""
        return sum(len(self.things[name]) for name in self.names)

    def fresh(self) -> str:
        """A variable that stands nowhere yet."""
        self._count += 1
        return f"v{self._count}"

    def walk(self, steps: Sequence[Step], start: str, end: str) -> None:
        """Lead from one variable to another along properties."""
        at = start
        for number, step in enumerate(steps):
            to = end if number == len(steps) - 1 else self.fresh()
            subject, object_ = (to, at) if step.is_inverse else (at, to)
            self.lines.append(f"?{subject} {name(step.property)} ?{object_} .")
            self.edges.append(Edge(subject, step.property, object_))
            at = to

    def _walk(self, inner: Meaning, steps: Sequence[Step], variable: str, *, forward: bool) -> None:
        other = self.fresh()
        self.add(inner, other)
        if isinstance(inner, Expression) and inner.operator not in ("performances", "all"):
            self.ways.append(other)
        start, end = (other, variable) if forward else (variable, other)
        self.walk(steps, start, end)

    def _all(self, word: str, variable: str) -> None:
        for relation, called in (("genre", GENRES), ("country", NATIONS)):
            if word in called:
                other = self.fresh()
                self.walk(RELATIONS[relation].steps, variable, other)
                self.lines.append(f'?{other} rdfs:label "{called[word]}" .')
                return
        if word in DESCRIBED:
            told = self.fresh()
            self.lines.append(f'?{variable} rdfs:label ?{told} FILTER(CONTAINS(LCASE(?{told}), "{DESCRIBED[word]}"))')
        if word not in OTHER_KINDS:
            self.lines.append(f"?{variable} a {name(class_iri(word))} .")
            return
        self.lines.append(f"?{variable} a film:ScreenWork .")
        self.lines += [f"FILTER NOT EXISTS {{ ?{variable} a film:{other} }}" for other in OTHER_KINDS[word]]

    def _leave_out(self, meaning: Meaning, variable: str) -> None:
        if isinstance(meaning, Name):
            out = ", ".join(term(thing) for thing in self.things[meaning])
            self.lines.append(f"FILTER(?{variable} NOT IN ({out}))")
            return
        inner = Pattern(self.things, _count=self._count + 100)
        inner.add(meaning, variable)
        self.lines.append(f"FILTER NOT EXISTS {{ {' '.join(inner.lines)} }}")

    def _either(self, parts: Sequence[Meaning], variable: str) -> None:
        branches = []
        for part in parts:
            inner = Pattern(self.things, _count=self._count + 100)
            inner.add(part, variable)
            self._count = inner._count
            self.edges += inner.edges
            self.names |= inner.names
            self.definites |= inner.definites
            branches.append(f"{{ {' '.join(inner.lines)} }}")
        self.lines.append(" UNION ".join(branches))

    def _compare(self, attribute: str, comparison: str, value: float, variable: str) -> None:
        found = self.fresh()
        self.walk(ATTRIBUTES[attribute].roads[0], variable, found)
        if comparison == "decade":
            self.lines.append(f"FILTER(?{found} >= {value:g} && ?{found} < {value + 10:g})")
            return
        self.lines.append(f"FILTER(?{found} {COMPARISONS[comparison]} {value:g})")

    def _performances(self, meaning: Expression, variable: str) -> None:
        for role, inner in meaning.named:
            if role == "note":
                note = self.fresh()
                self.lines.append(f"?{variable} film:creditNote ?{note} .")
                self.lines.append(f'FILTER(CONTAINS(LCASE(STR(?{note})), "{inner}"))')
                continue
            if role == "kind":
                assert isinstance(inner, str)
                self.lines.append(f"?{variable} a {name(class_iri(inner))} .")
                continue
            is_credit = variable == "performance" and role in _PERFORMANCE_ROLES and role not in self.names.values()
            other = role if is_credit else self.fresh()
            self.add(inner, other)
            self.walk(RELATIONS[_PERFORMANCE_ROLES[role]].steps, variable, other)


def select(pattern: Pattern, variable: str, most: int) -> str:
    """The query for the values of a variable, with their names and the ends of the statements they rest on."""
    ends = dict.fromkeys(end for edge in pattern.edges for end in (edge.subject, edge.object))
    told = (variable, *ends, *pattern.names.values(), *pattern.definites.values())
    way = way_of(pattern)
    variables = " ".join(f"?{one}" for one in dict.fromkeys((*told, f"{way}Label") if way else told))
    body = "\n".join(f"  {line}" for line in pattern.lines)
    return prefixed(
        f"SELECT DISTINCT {variables} ?label ?year WHERE {{\n{body}\n"
        f"  OPTIONAL {{ ?{variable} skos:prefLabel ?label }}\n"
        + (f"  OPTIONAL {{ ?{way} skos:prefLabel ?{way}Label }}\n" if way else "")
        + f"  OPTIONAL {{ ?{variable} film:releaseYear ?year }}\n}}\nORDER BY ?label ?{variable}\nLIMIT {most}"
    )


def way_of(pattern: Pattern) -> str | None:
    """The variable of what lies nearest to what is asked for, between it and the names of a question."""
    ends = {end for edge in pattern.edges for end in (edge.subject, edge.object)}
    return next((way for way in reversed(pattern.ways) if way in ends), None)


def prefixed(query: str) -> str:
    """A query with the prefixes it uses."""
    used = [prefix for prefix in PREFIXES if f"{prefix}:" in query]
    return "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in used) + query


def name(iri: str) -> str:
    """An IRI as a query writes it: with a prefix where it has one."""
    short = shorten(iri)
    return short if short.partition(":")[0] in PREFIXES and "/" not in short else f"<{iri}>"


def term(thing: Thing) -> str:
    """A thing as a query writes it; one without an IRI is the literal of its label."""
    return str(ox.NamedNode(thing.iri)) if thing.iri else str(ox.Literal(thing.label or ""))


def _breadth(meaning: Meaning) -> int:
    """What narrows most comes first: names, then what is tied to them, then whole classes."""
    if isinstance(meaning, Name):
        return 0
    if isinstance(meaning, Expression) and meaning.operator in ("all", "where", "but"):
        return 2
    return 1
