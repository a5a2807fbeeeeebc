"""How far a linking's probabilities can be believed, and what the given truth allows: the reliability of what was stated,
precision and recall at every threshold, and the best that any choice among the evidence could reach.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from castgraph.linking import Link, Linking

Judge = Callable[[Link], str | None]
"""What the truth says of a link: ``right``, ``wrong``, ``disputed`` (wrong by ids of which neither is known to the other
side), or None where it does not know."""

_BINS = (0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
_THRESHOLDS = (0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)
_LEAST = 20  # judged links: a smaller share says nothing


def reliability(linking: Linking, judge: Judge) -> Iterator[str]:
    """The stated probability against the share that is right, accepted links and candidates together.

    Disputed links count as neither; where there are some, the share with all of them wrong is said besides.
    """
    judged = [(one.confidence, verdict) for one in _all(linking) if (verdict := judge(one))]
    cells = []
    for low, high in pairwise(_BINS):
        inside = [(stated, verdict) for stated, verdict in judged if low <= stated < high or stated == high == 1.0]
        sure = [(stated, verdict) for stated, verdict in inside if verdict != "disputed"]
        if len(sure) < _LEAST:
            continue
        right = sum(verdict == "right" for _, verdict in sure)
        told = f"{sum(stated for stated, _ in sure) / len(sure):.3f}: {right / len(sure):.3f} of {len(sure):,}"
        if len(inside) > len(sure):
            told += f" (disputed as wrong: {right / len(inside):.3f})"
        cells.append(told)
    yield f"- Stated probability: share right (bins of {_LEAST} and more). " + "; ".join(cells) + "."


def curve(linking: Linking, judge: Judge, true_links: int) -> Iterator[str]:
    """Precision, recall and F1 with every threshold, disputed links as wrong and left out."""
    yield "| threshold | right | wrong | disputed | precision | recall | F1 | precision, undisputed | F1, undisputed |"
    yield "|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    for threshold in _THRESHOLDS:
        verdicts = [judge(one) for one in _one_to_one(linking, threshold)]
        right, wrong, disputed = map(verdicts.count, ("right", "wrong", "disputed"))
        precision, recall, f1 = scores(right, wrong + disputed, true_links)
        undisputed, _, undisputed_f1 = scores(right, wrong, true_links)
        yield (
            f"| {threshold:g} | {right:,} | {wrong} | {disputed} | {precision:.4f} | {recall:.4f} | {f1:.4f} "
            f"| {undisputed:.4f} | {undisputed_f1:.4f} |"
        )


def ceiling(linking: Linking, judge: Judge, true_links: int, wanted: float) -> str:
    """The recall at the wanted precision if the truth itself chose which kinds of evidence to accept.

    Links of the same levels in every field and of the same bits in all are one kind: no rule over this evidence can tell
    them apart. The kinds are taken from the purest on, as long as the precision is reached; that is more than any matcher can.
    """
    kinds: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0, 0])
    for one in _all(linking):
        if verdict := judge(one):
            levels = tuple((each.field, each.level) for each in one.evidence)
            kinds[(*levels, round(sum(each.weight for each in one.evidence)))][verdict != "right"] += 1
    right = wrong = best = best_wrong = 0
    for good, bad in sorted(kinds.values(), key=lambda kind: -kind[0] / sum(kind)):
        right, wrong = right + good, wrong + bad
        if right / max(1, right + wrong) >= wanted:
            best, best_wrong = right, wrong
    _, recall, f1 = scores(best, best_wrong, true_links)
    return (
        f"- Chosen by the truth itself among {len(kinds)} kinds of evidence, precision {wanted:g} leaves recall {recall:.3f} "
        f"(F1 {f1:.3f})."
    )


def scores(right: int, wrong: int, true_links: int) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    precision, recall = right / max(1, right + wrong), right / max(1, true_links)
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def _all(linking: Linking) -> Sequence[Link]:
    return (*linking.accepted, *linking.candidates)


def _one_to_one(linking: Linking, threshold: float) -> Iterator[Link]:
    """The links at least so probable, the surest first, each thing once."""
    subjects: set[str] = set()
    objects: set[str] = set()
    for one in sorted(_all(linking), key=lambda link: -link.confidence):
        if one.confidence >= threshold and one.subject not in subjects and one.object not in objects:
            subjects.add(one.subject)
            objects.add(one.object)
            yield one
