"""How sure a link is: a Fellegi-Sunter model, its rates learned from the two sides without any known link.

A pair's odds are the prior odds times, for each compared field, how much more often a true link than a chance pair agrees
at this level (I. P. Fellegi and A. B. Sunter, A Theory for Record Linkage, 1969). How often chance pairs agree is counted:
where the level has a value of its own (this name, this director) by how rare that value is on both sides, else from pairs
drawn at random. How often true links agree starts from what is usual between catalogues and is refined from the pairs
themselves by expectation maximisation; small sides stay near the start, large ones speak for themselves.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Sequence

from castgraph.linking.comparisons import Compared, Comparer
from castgraph.linking.index import Index

# How often true links agree at each level between catalogues; each row adds up to one.
USUAL: dict[str, dict[str, float]] = {
    "name": {
        "equal": 0.86,
        "spelled otherwise": 0.04,
        "in part": 0.03,
        "contained": 0.02,
        "in most words": 0.015,
        "first and last": 0.01,
        "differs": 0.022,
        "other number": 0.003,
    },
    "year": {"equal": 0.91, "one apart": 0.065, "two apart": 0.0125, "differs": 0.011, "far": 0.0015},
    "work": {"equal": 0.985, "differs": 0.015},
    "genres": {
        "equal": 0.25,
        "most": 0.40,
        "some": 0.25,
        "none": 0.06,
        "other form": 0.03,
        "none and other form": 0.01,
    },
    "director": {"shared": 0.88, "alike": 0.05, "differs": 0.07},
    "cast": {"three and more": 0.55, "two": 0.2, "one": 0.07, "one of few": 0.06, "none of few": 0.05, "none": 0.07},
    "titles": {"3": 0.2, "2": 0.15, "1": 0.4, "0": 0.25},
    "roles": {"2": 0.4, "1": 0.3, "0": 0.3},
    "context": {"shared": 0.5, "none": 0.5},
    "country": {"shared": 0.9, "differs": 0.1},
    "runtime": {"equal": 0.65, "near": 0.25, "differs": 0.1},
}
# The same for chance pairs, where neither the value nor enough random pairs say.
_CHANCE_START: dict[str, dict[str, float]] = {
    "name": {"differs": 1.0, "other number": 1.0},
    "year": {"differs": 0.2, "far": 0.7},
    "work": {"equal": 0.6, "differs": 0.4},
    "genres": {"most": 0.08, "some": 0.25, "none": 0.4, "other form": 0.05, "none and other form": 0.2},
    "director": {"differs": 0.99},
    "cast": {"none of few": 0.98, "none": 0.98},
    "titles": {"3": 1e-6, "2": 1e-5, "1": 1e-3, "0": 0.999},
    "roles": {"2": 1e-5, "1": 1e-2, "0": 0.99},
    "context": {"shared": 0.05, "none": 0.95},
    "country": {"shared": 0.3, "differs": 0.7},
    "runtime": {"equal": 0.06, "near": 0.2, "differs": 0.74},
}
_PRIOR_PAIRS = 200.0  # how many true links the usual rates count for
_PRIOR_MATCHED = 0.5
_WORLD = 1_000  # things a small side is picked from, at least: three films called Mars are not all there are
_STRETCH = 3.0  # so many times more or less than usual a rate may become: what is learned must not explain itself
_MOST_MATCHED = 0.8  # no side is taken to have more than four in five of the other's things, whatever it seems
_RANDOM_PAIRS = 20_000
_LIMIT = 14.0  # bits: no single field says more
_LIMITS = {"name": 20.0, "cast": 20.0}  # but these: three people together are as telling as a rare name


class Model:
    """The rates of agreement among true links and among chance pairs, and the share of subjects that have a match."""

    def __init__(self, subjects: Index, objects: Index, comparer: Comparer, population: int = 0) -> None:
        self._size = max(len(objects), population, _WORLD)
        self.matched = _PRIOR_MATCHED
        self.true = {field: dict(levels) for field, levels in USUAL.items()}
        self.chance = _chance_rates(subjects, objects, comparer)

    @property
    def prior(self) -> float:
        """The prior odds of a pair, in bits."""
        return math.log2(self.matched / self._size)

    def weight(self, compared: Compared) -> float:
        """How much a comparison speaks for a link, in bits."""
        true = self.true[compared.field][compared.level]
        chance = compared.chance
        if chance is None and compared.field == "name":
            chance = 1.0  # pairs are brought together by something, most of all by people, not drawn
        if chance is None:
            chance = self.chance[compared.field].get(compared.level, 0.5)
        weight = math.log2(true / min(max(chance, 1e-7), 1.0))
        return min(weight, _LIMITS.get(compared.field, _LIMIT))

    def learn(self, comparisons: Sequence[tuple[Sequence[Compared], float]], subjects: int) -> None:
        """Refine the rates from compared pairs and the probability of each to be a link."""
        counts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        total = 0.0
        for compared, probability in comparisons:
            if probability < 0.01:
                continue
            total += probability
            for one in compared:
                counts[one.field][one.level] += probability
        for field, levels in USUAL.items():
            seen = sum(counts[field].values())
            for level, usual in levels.items():
                learned = (counts[field][level] + _PRIOR_PAIRS * usual) / (seen + _PRIOR_PAIRS)
                self.true[field][level] = min(max(learned, usual / _STRETCH), usual * _STRETCH, 0.999)
        self.matched = min(_MOST_MATCHED, (total + 10 * _PRIOR_MATCHED) / (subjects + 10))


def _chance_rates(subjects: Index, objects: Index, comparer: Comparer) -> dict[str, dict[str, float]]:
    """How often pairs drawn at random agree at each level; a fixed seed, so that a linking can be repeated."""
    draw = random.Random(20)  # noqa: S311 - a sample, not a secret
    counts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    if len(subjects) and len(objects):
        for _ in range(_RANDOM_PAIRS):
            subject = subjects.entities[draw.randrange(len(subjects))]
            other = objects.entities[draw.randrange(len(objects))]
            for one in comparer.compare(subject, other):
                counts[one.field][one.level] += 1
    rates: dict[str, dict[str, float]] = {}
    for field, levels in USUAL.items():
        seen = sum(counts[field].values())
        start = _CHANCE_START[field]
        rates[field] = {level: (counts[field][level] + 20 * start.get(level, 0.01)) / (seen + 20) for level in levels}
    return rates
