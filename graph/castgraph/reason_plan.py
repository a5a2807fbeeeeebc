"""Which facts the rule engine has to see.

Most rules need one fact only: domain and range, subclass and subproperty, inverse, symmetric. What follows from one fact
by such rules alone, its *echo*, depends on its property or class and on nothing else; it can be worked out once for the
property and then be written out for each fact. So the closure of data D is the echo of D and J, where J is what the
*join* rules (chains, transitivity, someValuesFrom, …) derive. The engine is needed for J, and has to see only facts that
some join can use, or from which such facts follow. That is a matter of properties and classes too, and worked out here.

Nothing here knows any rule: all is read off the rules' instances.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from castgraph.reason_instances import FACTS, Atom, Instance, Tag, instances
from castgraph.reason_rules import owl2rl, read
from castgraph.schema import Table

SUBJECT, OBJECT = "s", "o"
Echo = frozenset[Atom]
"""What follows from one fact alone, itself included; places are SUBJECT and OBJECT."""


Users = Mapping[Tag, list[Instance]]
"""The rules that ask for facts with a tag."""


@dataclass(frozen=True)
class Part:
    """A share of the engine's work."""

    share: tuple[Instance, ...]
    tables: Mapping[str, Table]
    """Rows of the schema tables; none where there is nothing to do."""
    load: frozenset[Tag]
    """Facts to be given, echoes included."""
    heads: frozenset[Tag]


@dataclass(frozen=True)
class Plan:
    """How to close data with facts of certain tags."""

    echoes: Echoes
    unary: tuple[Instance, ...]
    """Rules over the classes of one thing."""
    joins: tuple[Instance, ...]
    """Joins of two facts, such as no join derives; not for the engine."""
    once: Part
    """Other joins over facts that no join derives."""
    again: Part
    """Joins over what joins derive, which may go on for many steps."""
    may_equal: bool
    """True where joins may find things equal."""

    @property
    def joined(self) -> frozenset[Tag]:
        """What the engine may derive."""
        return self.once.heads | self.again.heads

    @property
    def depends(self) -> bool:
        """True where the engine can use what joins of two derive."""
        return any(atom.tag in self.again.load for each in self.joins for atom in self.echo(each.head.tag))

    def echo(self, tag: Tag) -> Echo:
        """What follows from a fact with this tag."""
        return self.echoes.of(tag)


def plan(tables: Mapping[str, Table], given: Collection[Tag]) -> Plan | None:
    """The plan for data whose facts have the tags ``given``; None where some rule that may fire is of another form."""
    ground = _ground(tables, given)
    if ground is None:
        return None
    ground = _reachable(ground, given)
    producers: defaultdict[Tag, list[Instance]] = defaultdict(list)
    users: defaultdict[Tag, list[Instance]] = defaultdict(list)
    for each in ground:
        producers[each.head.tag].append(each)
        for tag in _asked(each):
            users[tag].append(each)
    unary = [each for each in ground if each.form.is_unary and not each.form.is_linear]
    joins = [each for each in ground if not (each.form.is_linear or each.form.is_unary)]
    echoes = Echoes(users)
    echoed = {each for each in joins if _is_echoed(each, echoes)}
    joins = [each for each in joins if each not in echoed]

    needed = _spread(
        {atom.tag for each in joins for atom in each.body},
        lambda tag: (atom.tag for each in producers[tag] for atom in each.body),
    )
    engine = joins + [each for each in unary if each.head.tag in needed]
    growing = _spread(
        {each.head.tag for each in engine if each.head.predicate in FACTS},
        lambda tag: (each.head.tag for each in users[tag]),
    )
    engine += [
        each
        for each in ground
        if (each.form.is_linear or each in echoed)
        and each.head.tag in needed
        and any(atom.tag in growing for atom in each.body)
    ]
    again = {each for each in engine if any(atom.tag in growing for atom in each.body)}
    steps = _spread(  # steps on the way (path, both) are not handed over: they are taken again
        {atom.tag for each in again for atom in each.body if atom.predicate not in FACTS},
        lambda tag: (a.tag for each in producers[tag] for a in each.body if a.predicate not in FACTS),
    )
    again_too = {each for each in engine if each.head.tag in steps}
    once = [each for each in engine if each not in again]
    return Plan(
        echoes=echoes,
        unary=tuple(unary),
        joins=tuple(each for each in once if each.form.joins_two),
        once=_part([each for each in once if not each.form.joins_two]),
        again=_part(again | again_too),
        may_equal=any(each.head.predicate == "equal" for each in engine),
    )


def _part(share: Collection[Instance]) -> Part:
    rows: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for each in share:
        rows[each.form.table].add(each.row)
    return Part(
        tuple(share),
        {table: frozenset(found) for table, found in rows.items()},
        frozenset(atom.tag for each in share for atom in each.body if atom.predicate in FACTS),
        frozenset(each.head.tag for each in share if not each.form.is_linear and each.head.predicate in FACTS),
    )


def _ground(tables: Mapping[str, Table], given: Collection[Tag]) -> list[Instance] | None:
    filled = {table for table, rows in tables.items() if rows}
    filled |= {{"has": "has"}.get(predicate, f"given_{predicate}") for predicate, _ in given}
    ground: list[Instance] = []
    for rule in read(owl2rl().over(filled)).rules:
        if rule.head.startswith("new_") or any(need.startswith("given_") for need in rule.needs):
            continue  # they only move facts
        found = instances(rule, tables)
        if found is None:
            return None
        ground += found
    return ground


def _reachable(ground: list[Instance], given: Collection[Tag]) -> list[Instance]:
    """The instances that can fire."""
    missing = [len(_asked(each)) for each in ground]
    waiting: defaultdict[Tag, list[int]] = defaultdict(list)
    for number, each in enumerate(ground):
        for tag in _asked(each):
            waiting[tag].append(number)
    seen, new = set(given), list(given)
    while new:
        for number in waiting[new.pop()]:
            missing[number] -= 1
            head = ground[number].head.tag
            if not missing[number] and head not in seen:
                seen.add(head)
                new.append(head)
    return [each for each, left in zip(ground, missing, strict=True) if not left]


def _asked(each: Instance) -> Collection[Tag]:
    """The tags of the facts an instance needs, each once."""
    return (each.body[0].tag,) if len(each.body) == 1 else {atom.tag for atom in each.body}


def _spread(start: Iterable[Tag], onwards: Callable[[Tag], Iterable[Tag]]) -> set[Tag]:
    seen = set(start)
    new = list(seen)
    while new:
        for tag in onwards(new.pop()):
            if tag not in seen:
                seen.add(tag)
                new.append(tag)
    return seen


class Echoes:
    """The echo of each tag, worked out when it is first asked for."""

    def __init__(self, users: Users) -> None:
        self._users = users
        self._known: dict[Tag, Echo] = {}

    def of(self, tag: Tag) -> Echo:
        """Everything the rules make of one fact alone, by joins too, where the fact is joined with its echo."""
        echo = self._known.get(tag)
        if echo is None:
            echo = self._known[tag] = self._work_out(tag)
        return echo

    def _work_out(self, tag: Tag) -> Echo:
        start: tuple[Tag, tuple[str, ...]] = tag, (SUBJECT,) if tag[0] in ("type", "has") else (SUBJECT, OBJECT)
        found: set[tuple[Tag, tuple[str, ...]]] = {start}
        new = [start]
        tags: set[Tag] = set()
        while new:
            tag, places = new.pop()
            tags.add(tag)
            for each in self._users.get(tag, ()):
                form, head = each.form, each.head
                if form.is_linear:
                    heads = [(head.tag, tuple([places[at] for at in form.taken]))]
                elif any(atom.tag not in tags for atom in each.body):
                    continue  # asked again when the last of them is found
                else:
                    heads = [
                        (head.tag, tuple(values[place] for place in head.places))
                        for values in _matches(each.body, _by_tag(found), {})
                        if all(place in values for place in head.places)
                    ]
                for fact in heads:
                    if fact not in found:
                        found.add(fact)
                        new.append(fact)
        return frozenset(Atom._make(fact) for fact in found if fact[0][0] in FACTS)


def _by_tag(facts: Iterable[tuple[Tag, tuple[str, ...]]]) -> Mapping[Tag, set[tuple[str, ...]]]:
    found: defaultdict[Tag, set[tuple[str, ...]]] = defaultdict(set)
    for tag, places in facts:
        found[tag].add(places)
    return found


def _matches(
    body: tuple[Atom, ...], found: Mapping[Tag, set[tuple[str, ...]]], values: dict[str, str]
) -> Iterator[dict[str, str]]:
    if not body:
        yield values
        return
    for places in found.get(body[0].tag, ()):
        bound = {variable: place for variable, place in zip(body[0].places, places, strict=True) if variable != "_"}
        if all(values.get(variable, place) == place for variable, place in bound.items()) and _consistent(
            body[0], places
        ):
            yield from _matches(body[1:], found, values | bound)


def _consistent(atom: Atom, places: tuple[str, ...]) -> bool:
    """A variable that stands twice in an atom stands for one thing."""
    pairs = {(variable, place) for variable, place in zip(atom.places, places, strict=True) if variable != "_"}
    return len(pairs) == len({variable for variable, _ in pairs})


def _is_echoed(join: Instance, echoes: Echoes) -> bool:
    """True where one of the facts alone leads to the conclusion: the join adds nothing to that fact's echo."""
    if join.head.predicate not in FACTS:
        return False
    for atom in join.body:
        values = dict(zip(atom.places, (SUBJECT, OBJECT), strict=False))
        if atom.predicate not in FACTS or len(values) < len(atom.places) or not set(join.head.places) <= set(values):
            continue
        if Atom(join.head.tag, tuple(values[place] for place in join.head.places)) in echoes.of(atom.tag):
            return True
    return False
