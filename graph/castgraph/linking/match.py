"""Two sides in, links out: pairs are found, compared, weighed against each other, and sorted into three outcomes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from castgraph.linking.comparisons import Compared, Comparer
from castgraph.linking.entities import Evidence, Link, Linking, Outcome, Side
from castgraph.linking.index import Index, Prepared, Rarity, pairs
from castgraph.linking.model import Model

ACCEPT = 0.6
"""A link at least this probable, and the most probable of its things, is accepted. The same for all sides."""
CANDIDATE = 0.1
"""A link at least this probable is for a person to decide."""
_ROUNDS = 4
_DUPLICATES = 0.05
"""How often a side without one record for each thing has a second record of the same thing."""
_IDENTIFIER_BITS = 30.0


@dataclass(slots=True)
class _Pair:
    subject: int
    object: int
    compared: list[Compared]
    identified: int  # identifiers shared, less those of the same scheme that differ
    odds: float = 0.0
    probability: float = 0.0


def link(subjects: Side, objects: Side, *, progress: Callable[[str], None] | None = None) -> Linking:
    """The links from one side to the other, with their probabilities and evidence.

    Where a side has one record for each thing (``unique``), the links to the same record compete with each other, and at
    most one of them is accepted. The outcome depends on the two sides alone: nothing is drawn by chance that a second run
    would draw otherwise.
    """
    tell = progress or (lambda _: None)
    tell(f"indexing {len(subjects):,} and {len(objects):,} records")
    left, right = Index(subjects), Index(objects)
    rarity = Rarity(left, right, objects.population)
    comparer = Comparer(left, right, rarity)
    tell("comparing")
    found = [
        _Pair(
            number, other, comparer.compare(subject, right.entities[other]), _identified(subject, right.entities[other])
        )
        for number, others in pairs(left, right, rarity)
        for subject in (left.entities[number],)
        for other in others
    ]
    tell(f"weighing {len(found):,} pairs")
    model = Model(left, right, comparer, objects.population)
    for _ in range(_ROUNDS):
        _weigh(found, model, subjects.unique, objects.unique)
        model.learn([(pair.compared, pair.probability) for pair in found], len(left))
    _weigh(found, model, subjects.unique, objects.unique)
    return _decide(found, model, subjects, objects, left, right)


def _identified(subject: Prepared, other: Prepared) -> int:
    if not subject.identifiers or not other.identifiers:
        return 0
    shared = subject.identifiers & other.identifiers
    if shared:
        return 1
    schemes = {scheme for scheme, _ in subject.identifiers} & {scheme for scheme, _ in other.identifiers}
    return -1 if schemes else 0


def _weigh(found: list[_Pair], model: Model, unique_subjects: bool, unique_objects: bool) -> None:
    rows: dict[int, float] = defaultdict(float)
    columns: dict[int, float] = defaultdict(float)
    best_of_subject: dict[int, float] = defaultdict(float)
    best_of_object: dict[int, float] = defaultdict(float)
    prior = model.prior
    for pair in found:
        bits = prior + sum(map(model.weight, pair.compared)) + _IDENTIFIER_BITS * pair.identified
        pair.odds = 2.0 ** max(min(bits, 60.0), -60.0)
        best_of_subject[pair.subject] = max(best_of_subject[pair.subject], pair.odds)
        best_of_object[pair.object] = max(best_of_object[pair.object], pair.odds)
        rows[pair.subject] += pair.odds
        columns[pair.object] += pair.odds
    for unique, best, key in (
        (unique_objects, best_of_subject, "subject"),
        (unique_subjects, best_of_object, "object"),
    ):
        if not unique:
            for pair in found:
                if pair.odds < best[getattr(pair, key)]:
                    pair.odds *= _DUPLICATES
    unmatched = 1.0 - model.matched  # the odds are those to a subject that has no match
    for pair in found:
        others = unmatched + pair.odds
        if unique_objects:
            others += rows[pair.subject] - pair.odds
        if unique_subjects:
            others += columns[pair.object] - pair.odds
        pair.probability = pair.odds / others


def _decide(found: list[_Pair], model: Model, subjects: Side, objects: Side, left: Index, right: Index) -> Linking:
    taken_subjects: set[int] = set()
    taken_objects: set[int] = set()
    accepted: list[Link] = []
    candidates: list[Link] = []
    rejected = 0
    for pair in sorted(found, key=lambda one: (-one.probability, one.subject, one.object)):
        if pair.probability < CANDIDATE:
            rejected += 1
            continue
        free = not (objects.unique and pair.subject in taken_subjects) and not (
            subjects.unique and pair.object in taken_objects
        )
        if pair.probability >= ACCEPT and free:
            taken_subjects.add(pair.subject)
            taken_objects.add(pair.object)
            outcome, into = Outcome.ACCEPTED, accepted
        else:
            outcome, into = Outcome.CANDIDATE, candidates
        into.append(_link(pair, outcome, model, left.entities[pair.subject], right.entities[pair.object]))
    return Linking(subjects.name, objects.name, tuple(accepted), tuple(candidates), rejected)


def _link(pair: _Pair, outcome: Outcome, model: Model, subject: Prepared, other: Prepared) -> Link:
    a, b = subject.entity, other.entity
    evidence = []
    if pair.identified:
        level = "equal" if pair.identified > 0 else "differs"
        evidence.append(
            Evidence(
                "identifier", level, _said(a.identifiers), _said(b.identifiers), _IDENTIFIER_BITS * pair.identified
            )
        )
    for one in pair.compared:
        evidence.append(
            Evidence(one.field, one.level, _value(subject, one.field), _value(other, one.field), model.weight(one))
        )
    return Link(
        a.id,
        b.id,
        pair.probability,
        outcome,
        tuple(evidence),
        a.names[0] if a.names else None,
        b.names[0] if b.names else None,
    )


def _value(one: Prepared, field: str) -> str:
    """What a side states in a field, for people."""
    entity = one.entity
    values: dict[str, Iterable[object]] = {
        "name": entity.names,
        "year": one.years,
        "work": (one.work,),
        "genres": entity.genres,
        "director": entity.directors,
        "cast": entity.cast,
        "roles": entity.roles,
        "context": entity.context or entity.names,
        "titles": entity.titles,
        "country": entity.countries,
        "runtime": (entity.runtime,),
    }
    return _said(values[field])


def _said(values: Iterable[object]) -> str:
    texts = [_text(value) for value in values]
    return ", ".join(texts[:6]) + (f", … ({len(texts)})" if len(texts) > 6 else "")


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ":".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
