"""The measures of a linking's probabilities, on links whose verdicts are known."""

from __future__ import annotations

from benchmarks.links_reliability import ceiling, curve, reliability, scores
from castgraph.linking import Evidence, Link, Linking, Outcome


def _link(subject: str, object_: str, confidence: float, level: str) -> Link:
    evidence = (Evidence("name", level, subject, object_, 4.0),)
    return Link(subject, object_, confidence, Outcome.ACCEPTED, evidence)


def _verdict(one: Link) -> str | None:
    return {"r": "right", "w": "wrong", "d": "disputed"}.get(one.object[0])


# Thirty right and ten wrong ones of one kind of evidence, ten right and twenty disputed ones of another.
_LINKING = Linking(
    "ours",
    "theirs",
    tuple(
        [_link(f"a{n}", f"r{n}", 0.95, "equal") for n in range(30)]
        + [_link(f"b{n}", f"w{n}", 0.95, "equal") for n in range(10)]
        + [_link(f"c{n}", f"r{n + 30}", 0.65, "in part") for n in range(10)]
        + [_link(f"d{n}", f"d{n}", 0.65, "in part") for n in range(20)]
        + [_link("e", "unknown", 0.95, "equal")]
    ),
    (),
    0,
)


def test_what_was_stated_stands_beside_what_came_true_and_small_bins_are_left_out() -> None:
    (line,) = reliability(_LINKING, _verdict)
    assert "0.950: 0.750 of 40" in line
    assert "0.650" not in line  # ten of which the truth is undisputed


def test_the_curve_counts_disputed_links_as_wrong_and_leaves_them_out() -> None:
    rows = {row.split(" | ")[0].strip("| "): row for row in curve(_LINKING, _verdict, 40)}
    assert rows["0.6"] == "| 0.6 | 40 | 10 | 20 | 0.5714 | 1.0000 | 0.7273 | 0.8000 | 0.8889 |"
    assert rows["0.9"].startswith("| 0.9 | 30 | 10 | 0 | 0.7500 | 0.7500 |")


def test_the_curve_takes_each_thing_once_the_surest_first() -> None:
    twice = Linking("ours", "theirs", (_link("a", "w", 0.7, "equal"), _link("a", "r", 0.9, "equal")), (), 0)
    rows = [row for row in curve(twice, _verdict, 1) if row.startswith("| 0.6")]
    assert rows[0].startswith("| 0.6 | 1 | 0 | 0 | 1.0000 | 1.0000 |")


def test_no_choice_among_kinds_of_evidence_splits_a_kind() -> None:
    assert "leaves recall 0.750 (F1 0.750)" in ceiling(_LINKING, _verdict, 40, 0.75)
    assert "leaves recall 0.000" in ceiling(_LINKING, _verdict, 40, 0.8)


def test_scores_of_nothing_are_nothing() -> None:
    assert scores(0, 0, 0) == (0.0, 0.0, 0.0)
