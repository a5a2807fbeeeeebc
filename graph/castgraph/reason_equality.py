"""Equality through representatives: a clique of n equal things is one thing while rules run, and n again afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product


class Representatives:
    """Which terms (numbers) are equal; the least of a clique stands for it.

    >>> equal = Representatives()
    >>> equal.merge(7, 3), equal.merge(3, 7), equal.of(7), sorted(equal.members(3)), equal.members(5)
    (True, False, 3, [3, 7], (5,))
    """

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}
        self._members: dict[int, tuple[int, ...]] = {}

    def __bool__(self) -> bool:
        return bool(self._members)

    def merged(self) -> frozenset[int]:
        """Every term that is equal to some other."""
        return frozenset(self._parent)

    def of(self, term: int) -> int:
        """The representative of a term."""
        return self._parent.get(term, term)

    def members(self, term: int) -> tuple[int, ...]:
        """Everything equal to a term, itself included."""
        return self._members.get(self.of(term), (term,))

    def cliques(self) -> Iterator[tuple[int, ...]]:
        """Every set of two or more equal terms."""
        return iter(self._members.values())

    def merge(self, one: int, other: int) -> bool:
        """State that two terms are equal; True where that was news."""
        keep, drop = sorted((self.of(one), self.of(other)))
        if keep == drop:
            return False
        moved = self.members(drop)
        self._members[keep] = self.members(keep) + moved
        self._members.pop(drop, None)
        for term in (keep, *moved):
            self._parent[term] = keep
        return True

    def merge_groups(self, rows: Iterable[tuple[tuple[str, ...], int]]) -> bool:
        """State that all terms with the same group are equal; True where anything was news."""
        first: dict[tuple[str, ...], int] = {}
        news = False
        for group, term in rows:
            news |= self.merge(first.setdefault(group, term), term)
        return news

    def variants(self, terms: Iterable[int]) -> Iterator[tuple[int, ...]]:
        """The terms with each replaced by every member of its clique: eq-rep-s, eq-rep-p, eq-rep-o."""
        return product(*(self.members(term) for term in terms))
