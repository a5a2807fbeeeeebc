"""The search for a proof: backwards from the goal until it is proved, then the shortest proof among what was seen."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass

from castgraph.errors import ReasonerError
from castgraph.proof_facts import Triple
from castgraph.proof_knowledge import Knowledge
from castgraph.proof_lists import rules

LIMIT = 200_000
"""Triples looked at for one proof, before the search is given up."""


@dataclass(frozen=True)
class Application:
    """A rule applied once: what it concludes, and from what."""

    conclusion: Triple
    rule: str
    premises: tuple[Triple, ...]


class Search:
    """Searches over one closed graph. What is looked up for one proof serves the next."""

    def __init__(self, known: Knowledge, limit: int = LIMIT) -> None:
        self._known = known
        self._limit = limit
        self._applications: dict[Triple, list[Application]] = {}
        self._asserted: dict[Triple, bool] = {}

    def __call__(self, goal: Triple) -> dict[Triple, Application] | None:
        """The rule applications of a short proof of ``goal``, by conclusion; None where no rules lead to it.

        Triples without an application are asserted. No triple rests on itself. Of all proofs that do not go further
        from the goal than the first one found, one with the fewest lines is taken, the same every time.
        Raises ReasonerError where more than ``limit`` triples were looked at in vain.
        """
        if len(self._asserted) > self._limit:
            self._applications.clear()
            self._asserted.clear()
        seen = {goal: False}  # and whether it is asserted
        found: list[Application] = []
        level = [goal]
        reached = _Reached()
        while level:
            below: list[Triple] = []
            for conclusion in level:
                for application in self._concluding(conclusion):
                    found.append(application)
                    for premise in application.premises:
                        if premise not in seen:
                            seen[premise] = self._is_asserted(premise)
                            if seen[premise]:
                                reached.prove(premise)
                            else:
                                below.append(premise)
                    reached.add(application)
                if len(seen) > self._limit:
                    raise ReasonerError(
                        f"no proof of {' '.join(goal)} among the {self._limit:,} triples nearest to it."
                    )
            if goal in reached.proved:
                return _shortest(goal, found, [triple for triple, asserted in seen.items() if asserted])
            level = below
        return None

    def _is_asserted(self, triple: Triple) -> bool:
        found = self._asserted.get(triple)
        if found is None:
            found = self._asserted[triple] = self._known.facts.asserted(triple)
        return found

    def _concluding(self, goal: Triple) -> list[Application]:
        """Every way in which a rule concludes a triple, from premises that may hold."""
        found = self._applications.get(goal)
        if found is None:
            ways = dict.fromkeys(
                Application(goal, name, tuple(dict.fromkeys(premises)))
                for name, backwards in rules()
                for premises in backwards(self._known, goal)
                if goal not in premises
            )
            found = self._applications[goal] = list(ways)
        return found


class _Reached:
    """Which triples the applications seen so far prove, from asserted ones up."""

    def __init__(self) -> None:
        self.proved: set[Triple] = set()
        self._waiting: defaultdict[Triple, list[int]] = defaultdict(list)
        self._missing: list[int] = []
        self._conclusions: list[Triple] = []

    def add(self, application: Application) -> None:
        number = len(self._missing)
        missing = [premise for premise in application.premises if premise not in self.proved]
        self._missing.append(len(missing))
        self._conclusions.append(application.conclusion)
        for premise in missing:
            self._waiting[premise].append(number)
        if not missing:
            self.prove(application.conclusion)

    def prove(self, triple: Triple) -> None:
        new = [triple]
        while new:
            triple = new.pop()
            if triple not in self.proved:
                self.proved.add(triple)
                for number in self._waiting.pop(triple, ()):
                    self._missing[number] -= 1
                    if not self._missing[number]:
                        new.append(self._conclusions[number])


def _shortest(goal: Triple, found: list[Application], asserted: list[Triple]) -> dict[Triple, Application]:
    """The cheapest proof (Knuth 1977, a generalization of Dijkstra's algorithm), a proof costing its number of lines."""
    waiting: defaultdict[Triple, list[int]] = defaultdict(list)
    missing = [len(application.premises) for application in found]
    for number, application in enumerate(found):
        for premise in application.premises:
            waiting[premise].append(number)
    cost: dict[Triple, int] = {}
    chosen: dict[Triple, Application] = {}
    # Cheapest first; of equals, the rule that comes first. Asserted triples have the number -1.
    queue = [(1, -1, triple) for triple in sorted(asserted)]
    queue += [(1, number, found[number].conclusion) for number, count in enumerate(missing) if not count]
    heapq.heapify(queue)
    while queue:
        lines, number, triple = heapq.heappop(queue)
        if triple in cost:
            continue
        cost[triple] = lines
        if number >= 0:
            chosen[triple] = found[number]
        if triple == goal:
            break
        for each in waiting[triple]:
            missing[each] -= 1
            if not missing[each]:
                total = 1 + sum(cost[premise] for premise in found[each].premises)
                heapq.heappush(queue, (total, each, found[each].conclusion))
    return chosen
