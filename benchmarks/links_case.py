"""Cases: two sides whose true links are known, how well what was found fits them, and the rule of the peer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from castgraph.linking import Entity, Link, Linking, Side
from castgraph.linking.titles import title_forms
from castgraph.names import fold

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


def line_of(case: Case, linking: Linking, *, note: str = "") -> str:
    """The row of the table."""
    found = {(one.subject, one.object) for one in linking.accepted}
    precision, recall, f1, right, wrong = scores_of(found, case)
    p_precision, _, p_f1, *_ = scores_of(case.peer_links, case)
    return (
        f"| {case.name}{note} | {len(found):,} | {right:,} | {wrong:,} | {precision:.4f} | {recall:.4f} | {f1:.4f} "
        f"| {case.peer}: {p_f1:.3f} at {p_precision:.3f} | {case.seconds:.1f} | {case.reach} |"
    )


def scores_of(found: set[Pair], case: Case) -> tuple[float, float, float, int, int]:
    """Precision, recall and F1, and how many are right and wrong."""
    right = len(found & case.truth)
    wrong = sum(1 for pair in found - case.truth if case.known is None or case.known & set(pair))
    precision = right / max(1, right + wrong)
    recall = right / max(1, len(case.truth))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall), right, wrong


def reasons_of(case: Case, linking: Linking) -> Iterator[str]:
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
        precision, _, f1, right, bad = scores_of(set(accepted), given)
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
