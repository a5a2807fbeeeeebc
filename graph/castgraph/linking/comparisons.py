"""How two entities compare, field by field: each comparison says at which level they agree, and how telling that is."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from castgraph.linking.genres import FORMS
from castgraph.linking.index import Index, Prepared, Rarity
from castgraph.linking.titles import person_short

Level = tuple[str, str]
"""A field and the level at which it agrees: ("year", "equal")."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One compared field. ``chance`` is how often a chance pair agrees at this level, or None: then the model says."""

    field: str
    level: str
    chance: float | None = None


class Comparer:
    """Compares prepared entities; knows how rare each value is on both sides."""

    def __init__(self, subjects: Index, objects: Index, rarity: Rarity) -> None:
        self._rarity = rarity
        self._titles = (subjects.titles, objects.titles)
        self._size = max(len(objects), 1)
        self._years = Counter(one.years[0] for side in (subjects, objects) for one in side.entities if one.years)
        self._dated = max(sum(self._years.values()), 1)
        self._works = Counter(one.work for one in objects.entities if one.work)
        self._genre_sets = subjects.genres + objects.genres
        self._with_genres = max(sum(self._genre_sets.values()), 1)

    def compare(self, subject: Prepared, other: Prepared) -> list[Compared]:
        """Every field that both sides state, compared."""
        found: list[Compared] = []
        if subject.forms.wholes and other.forms.wholes:
            found.append(self.name(subject, other))
        if subject.years and other.years:
            found.append(self.year(subject, other))
        if subject.work and other.work:
            found.append(self.work(subject.work, other.work))
        if subject.genres and other.genres:
            found.append(self.genres(subject.genres, other.genres))
        if subject.directors and other.directors:
            found.append(self.directors(subject.directors, other.directors))
        if subject.cast and other.cast:
            found.append(self.people("cast", subject.cast, other.cast))
        if titles := self.titles(subject.titles, other.titles):
            found.append(titles)
        # What a person is in one title says nothing of what the person is in others.
        if subject.roles and other.roles and (titles is None or titles.level != "0"):
            found += self.roles(subject.roles, other.roles, bool(titles) or subject.entity.kind == "title")
        if subject.context and not subject.forms.wholes and other.forms.tokens:
            found.append(self.context(subject.context, other.forms.tokens))
        if subject.countries and other.countries:
            found.append(Compared("country", "shared" if subject.countries & other.countries else "differs"))
        if subject.entity.runtime and other.entity.runtime:
            found.append(self.runtime(subject.entity.runtime, other.entity.runtime))
        return _not_twice(found)

    def name(self, subject: Prepared, other: Prepared) -> Compared:
        """Equal, but for a subtitle or a number, spelled otherwise, in most words, or different."""
        a, b = subject.forms, other.forms
        if subject.entity.kind == "person":
            return self._person_name(subject, other)
        if equal := a.wholes & b.wholes:
            return Compared("name", "equal", min(map(self._rarity.same_name, equal)))
        same_numbers = a.numbers == b.numbers
        if same_numbers and any(fuzz.ratio(x, y) >= 90 for x in a.wholes for y in b.wholes if len(x) > 4):
            return Compared("name", "spelled otherwise", self._rarity.related_name(max(a.wholes, key=len)))
        if part := (a.wholes & b.parts) | (a.parts & b.wholes):
            return Compared("name", "in part", min(map(self._rarity.related_name, part)))
        if not same_numbers and (a.tokens - a.numbers) & (b.tokens - b.numbers):
            return Compared("name", "other number")
        if not same_numbers:
            return Compared("name", "differs")
        shared = self._rarity.information(a.tokens & b.tokens)
        left, right = self._rarity.information(a.tokens - b.tokens), self._rarity.information(b.tokens - a.tokens)
        if min(left, right) < 4 and shared > 8:  # but for common words, the one contains the other
            return Compared("name", "contained", max(2.0 ** -(0.8 * shared - min(left, right)), 1.5e-5))
        if shared > 1.5 * min(left, right) and shared > 12:
            return Compared("name", "in most words", max(2.0 ** -(0.7 * shared - 0.7 * min(left, right)), 1.5e-5))
        return Compared("name", "differs")

    def _person_name(self, subject: Prepared, other: Prepared) -> Compared:
        """Father and son are two, whatever else agrees: a name that says junior is none that says senior."""
        a, b = subject.forms.wholes, other.forms.wholes
        if subject.generations and other.generations and not subject.generations & other.generations:
            return Compared("name", "differs")
        if equal := a & b:
            return Compared("name", "equal", min(map(self._rarity.same_person_name, equal)))
        if any(person_short(x) == person_short(y) for x in a for y in b):
            return Compared("name", "first and last", 3 / self._size)
        if any(fuzz.ratio(x, y) >= 90 for x in a for y in b):
            return Compared("name", "spelled otherwise", 3 / self._size)
        return Compared("name", "differs")

    def year(self, subject: Prepared, other: Prepared) -> Compared:
        """Equal, one apart, two apart, or further."""
        apart, at = min((abs(a - b), b) for a in subject.years for b in other.years)
        level = ("equal", "one apart", "two apart")[apart] if apart <= 2 else "differs" if apart <= 5 else "far"
        if apart <= 2:
            share = sum(self._years[at + step] for step in (-1, 0, 1)) / 3 / self._dated
            return Compared("year", level, max(share, 0.002) * (1 if apart == 0 else 2))
        return Compared("year", level)

    def work(self, a: str, b: str) -> Compared:
        """Film and film, series and series; or not. A series among films alone differs from every one of them."""
        alike = self._works[a] / max(1, self._works.total())
        return Compared("work", "equal", alike) if a == b else Compared("work", "differs", 1 - alike)

    def genres(self, a: frozenset[str], b: frozenset[str]) -> Compared:
        """All, most, some or none shared; or one side is a documentary or animated and the other is not."""
        if a == b:
            return Compared("genres", "equal", max(self._genre_sets[a], 2) / self._with_genres)
        if (a & FORMS) != (b & FORMS):
            return Compared("genres", "other form" if a & b else "none and other form")
        share = len(a & b) / len(a | b)
        return Compared("genres", "most" if share >= 0.5 else "some" if share else "none")

    def directors(self, a: frozenset[str], b: frozenset[str]) -> Compared:
        """A director shared, one of nearly the same name, or none."""
        size = self._size
        if shared := a & b:
            return Compared("director", "shared", min(map(self._rarity.same_person, shared)))
        short_a, short_b = {person_short(name) for name in a}, {person_short(name) for name in b}
        if short_a & short_b or any(fuzz.ratio(x, y) >= 85 for x in a for y in b):
            return Compared("director", "alike", 2 / size)
        return Compared("director", "differs")

    def people(self, field: str, a: frozenset[str], b: frozenset[str]) -> Compared:
        """Three and more people shared, two, one or none; the rarer they are, the more telling."""
        shared = a & b
        if not shared:
            return Compared(field, "none" if min(len(a), len(b)) > 2 else "none of few")
        works = sorted(self._rarity.same_person(person) for person in shared)
        # The second and the third shared person are less telling than the first: casts work together again.
        chance = works[0] * math.prod(0.04 for _ in works[1:3])
        if len(works) == 1 and min(len(a), len(b)) < 3:
            return Compared(field, "one of few", chance)
        return Compared(field, ("one", "two", "three and more")[min(len(works), 3) - 1], chance)

    def titles(self, a: frozenset[str], b: frozenset[str]) -> Compared | None:
        """Three and more works of a person shared, two, one or none; nothing where neither side lists the other's works:
        the people of two film festivals share none, and may be the same."""
        if shared := sorted(map(self._rarity.same_title, a & b)):
            # As with casts: who is in two titles with another is in a third.
            return Compared("titles", str(min(len(shared), 3)), shared[0] * 0.04 ** min(len(shared) - 1, 2))
        subjects, objects = self._titles
        comparable = not objects.keys().isdisjoint(a) or not subjects.keys().isdisjoint(b)
        return Compared("titles", "0", 1.0) if comparable else None

    def roles(self, a: frozenset[str], b: frozenset[str], comparable: bool) -> list[Compared]:
        """Two and more roles shared, one, or none; the rarer the role, the more telling. None says something only where
        the roles are those of the same work."""
        if shared := sorted(map(self._rarity.same_role, a & b)):
            return [Compared("roles", str(min(len(shared), 2)), math.prod(shared[:2]))]
        return [Compared("roles", "0")] if comparable else []

    def context(self, words: frozenset[str], tokens: frozenset[str]) -> Compared:
        """Whether the other's name has one of the words of the subject's surroundings: titles that a page lists together
        are about the same. The rarer the word, the more telling; all words as rare count as chances."""
        words = frozenset(word for word in words if self._rarity.bits(word) >= _TELLING)
        shared = words & tokens
        if not shared:
            return Compared("context", "none")
        rarest = max(map(self._rarity.bits, shared))
        return Compared("context", "shared", sum(2**-bits for bits in map(self._rarity.bits, words) if bits >= rarest))

    def runtime(self, a: float, b: float) -> Compared:
        apart = abs(a - b)
        return Compared("runtime", "equal" if apart <= 2 else "near" if apart <= 10 else "differs")


_TELLING = 7.0  # bits: a word in more than one of 128 names, such as "to", tells of nothing
_RELATED = frozenset({"in part", "contained", "in most words", "spelled otherwise"})


def _not_twice(found: list[Compared]) -> list[Compared]:
    """Who made one work makes another: works of one series share people and half of their names.

    After shared people a name that is equal in part says little more, and after a name that differs, shared people do.
    So do shared roles: a sequel has those of its first part, and two performers may have the same role in one title.
    """
    levels = {one.field: one.level for one in found}
    if levels.get("name") in _OTHER_NAMES:
        found = [replace(one, chance=max(one.chance or 0.0, 0.05)) if _shared_role(one) else one for one in found]
    if not _PEOPLE_SHARED & {levels.get("director", ""), levels.get("cast", "")}:
        return found
    if levels.get("name") in _RELATED:
        return [replace(one, chance=max(one.chance or 0.0, 0.03)) if one.field == "name" else one for one in found]
    if levels.get("name") in _OTHER_NAMES:
        return [replace(one, chance=max(one.chance or 0.0, 2e-4)) if one.field == "cast" else one for one in found]
    return found


def _shared_role(one: Compared) -> bool:
    return one.field == "roles" and one.level != "0"


_OTHER_NAMES = frozenset({"differs", "other number"})
_PEOPLE_SHARED = frozenset({"shared", "alike", "one", "one of few", "two", "three and more"})
