"""A side made ready for comparison: the compared forms of each entity, how rare each form is, and who may match whom."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from castgraph.linking.entities import Entity, Side
from castgraph.linking.genres import genre_set
from castgraph.linking.titles import TitleForms, generation, person_key, title_forms, title_key

_RARE = 250  # a word in more names than this brings no pair together by itself
_RAREST = 3  # so many of a name's rarest words are looked up
_SHARED = 0.55  # of the information in the shorter of two names, this much must be shared
_MANY = 400  # a person with more works than this brings no pair together
_Key = TypeVar("_Key", bound=Hashable)
_NO_FORMS = title_forms(())


@dataclass(frozen=True, slots=True)
class Prepared:
    """An entity in the forms in which it is compared."""

    entity: Entity
    forms: TitleForms
    years: tuple[int, ...]
    work: str | None
    genres: frozenset[str]
    directors: frozenset[str]
    cast: frozenset[str]
    roles: frozenset[str]
    titles: frozenset[str]
    countries: frozenset[str]
    context: frozenset[str]
    identifiers: frozenset[tuple[str, str]]
    generations: frozenset[str] = frozenset()


def prepare(entity: Entity) -> Prepared:
    """An entity in compared forms; a year or a kind that a title's brackets state counts where nothing else does."""
    if entity.kind == "person":
        keys = frozenset(person_key(name) for name in entity.names)
        tokens = frozenset(token for key in keys for token in key.split())
        forms = TitleForms(keys, frozenset(), frozenset(), tokens, (), frozenset(), None)
    else:
        forms = title_forms(entity.names) if entity.names else _NO_FORMS
    work = entity.work
    if work is None and forms.series is not None:
        work = "series" if forms.series else "film"
    return Prepared(
        entity,
        forms,
        entity.years or forms.years,
        work,
        genre_set(entity.genres),
        frozenset(map(person_key, entity.directors)),
        frozenset(map(person_key, entity.cast)),
        frozenset(map(person_key, entity.roles)),
        frozenset(map(title_key, entity.titles)),
        frozenset(country.casefold() for country in entity.countries),
        frozenset(word for text in entity.context for word in title_key(text).split()),
        frozenset((scheme.casefold(), value) for scheme, value in entity.identifiers),
        frozenset(map(generation, entity.names)) - {""} if entity.kind == "person" else frozenset(),
    )


class Index:
    """The entities of a side by everything that may bring a pair together."""

    def __init__(self, side: Side) -> None:
        self.entities = [prepare(entity) for entity in side]
        self.wholes = _index(self.entities, lambda one: one.forms.wholes)
        self.parts = _index(self.entities, lambda one: one.forms.parts)
        self.sketches = _index(self.entities, lambda one: one.forms.sketches)
        self.tokens = _index(self.entities, lambda one: one.forms.tokens)
        self.people = _index(self.entities, lambda one: one.cast | one.directors)
        self.titles = Counter(title for one in self.entities for title in one.titles)
        self.roles = Counter(role for one in self.entities for role in one.roles)
        self.identifiers = _index(self.entities, lambda one: one.identifiers)
        self.genres = Counter(one.genres for one in self.entities if one.genres)

    def __len__(self) -> int:
        return len(self.entities)


def _index(entities: list[Prepared], keys: Callable[[Prepared], Iterable[_Key]]) -> dict[_Key, list[int]]:
    found: dict[_Key, list[int]] = defaultdict(list)
    for number, entity in enumerate(entities):
        for key in keys(entity):
            found[key].append(number)
    return dict(found)


class Rarity:
    """How much a word, a name or a person says, from how often both sides have it.

    The chances are those that another record, drawn from either side, has the same value: what is seen more often than
    once on a side is counted, and what is not seen again has the chance usual for names of its length (the mean of a
    gamma distribution after so many sightings, whose prior has the rate of its length and the shape ``_SHAPE``).
    """

    def __init__(self, subjects: Index, objects: Index, population: int = 0) -> None:
        self._sides = (subjects, objects)
        self._total = len(subjects) + len(objects)
        self._works = max(self._total, population)  # that people are seen in: a side may be a choice of them
        self._bits: dict[str, float] = {}
        self._usual = self._rates_by_length()

    def bits(self, token: str) -> float:
        """The information in a word: the binary logarithm of how many names there are for each that has it."""
        known = self._bits.get(token)
        if known is None:
            count = sum(len(side.tokens.get(token, ())) for side in self._sides)
            known = self._bits[token] = math.log2((self._total + 2) / (count + 1))
        return known

    def information(self, tokens: Iterable[str]) -> float:
        """The bits of all words together."""
        return sum(map(self.bits, tokens))

    def same_name(self, whole: str) -> float:
        """The chance that another thing has this name."""
        again = sum(max(0, len(side.wholes.get(whole, ())) - 1) for side in self._sides)
        return self._chance(again, self._usual[_length(whole)])

    def same_person_name(self, key: str) -> float:
        """The chance that another person has this name: the commoner its words, the likelier; two words at least count."""
        again = sum(max(0, len(side.wholes.get(key, ())) - 1) for side in self._sides)
        usual = math.prod(map(self._share_of_names, (key.split() * 2)[: max(2, key.count(" ") + 1)]))
        return self._chance(again, max(usual, _RAREST_NAME))

    def _share_of_names(self, word: str) -> float:
        again = sum(max(0, len(side.tokens.get(word, ())) - 1) for side in self._sides)
        return self._chance(again, _USUAL_WORD)

    def same_title(self, title: str) -> float:
        """The chance that another person is known for this title: in a side that is one title's cast, all are."""
        again = sum(max(0, side.titles[title] - 1) for side in self._sides)
        return min(1.0, self._chance(again, _USUAL_TITLE))

    def same_role(self, role: str) -> float:
        """The chance that another person or work has this role: Himself says little."""
        again = sum(max(0, side.roles[role] - 1) for side in self._sides)
        return self._chance(again, _USUAL_ROLE)

    def related_name(self, form: str) -> float:
        """The chance that the name of another thing is this, nearly this, or begins or ends with it."""
        again = sum(max(0, len(side.wholes.get(form, ())) + len(side.parts.get(form, ())) - 1) for side in self._sides)
        return self._chance(again, 4 * self._usual[_length(form)])

    def same_person(self, person: str) -> float:
        """The chance that another work has this person."""
        again = sum(max(0, len(side.people.get(person, ())) - 1) for side in self._sides)
        return min(1.0, (again + 0.7) / (self._works + 1))

    def _chance(self, again: int, usual: float) -> float:
        return (again + _SHAPE) / (self._total + _SHAPE / usual)

    def _rates_by_length(self) -> list[float]:
        """How often another record of a side has the same name, by the length of the name in words.

        A prior worth a million compared pairs stands for what is usual among titles of films.
        """
        rates = []
        for length in range(_LONGEST + 1):
            tries = 1e6
            hits = tries * 1e-5 / max(1, length) ** 2
            for side in self._sides:
                for whole, members in side.wholes.items():
                    if _length(whole) == length:
                        tries += len(members) * len(side)
                        hits += len(members) * (len(members) - 1)
            rates.append(hits / tries)
        return rates


_SHAPE = 0.35
_USUAL_WORD = 1e-3  # how often a name of a person has one word that another has
_RAREST_NAME = 1e-7
_USUAL_ROLE = 1e-4
_USUAL_TITLE = 1e-3
_LONGEST = 8


def _length(whole: str) -> int:
    return min(_LONGEST, whole.count(" ") + 1)


def pairs(subjects: Index, objects: Index, rarity: Rarity) -> Iterator[tuple[int, list[int]]]:
    """For each subject, the objects that may be the same: by identifier, by name, by rare words, by people.

    A subject without a name meets all objects that share a person with it, and those whose genres are its own.
    """
    for number, subject in enumerate(subjects.entities):
        met: set[int] = set()
        for identifier in subject.identifiers:
            met.update(objects.identifiers.get(identifier, ()))
        forms = subject.forms
        for whole in forms.wholes:
            met.update(objects.wholes.get(whole, ()))
            met.update(objects.parts.get(whole, ()))
        for part in forms.parts:
            met.update(objects.wholes.get(part, ()))
        for sketch in forms.sketches:
            met.update(objects.sketches.get(sketch, ()))
        _by_words(subject, objects, rarity, met)
        for person in subject.cast | subject.directors:
            works = objects.people.get(person, ())
            if len(works) <= _MANY:
                met.update(works)
        if not forms.wholes:
            _by_genres(subject, objects, met)
        kind = subject.entity.kind
        found = [other for other in sorted(met) if objects.entities[other].entity.kind == kind]
        if found:
            yield number, found


def _by_words(subject: Prepared, objects: Index, rarity: Rarity, met: set[int]) -> None:
    """The objects that share rare words, about the year, and enough of the shorter name."""
    tokens = subject.forms.tokens
    if not tokens:
        return
    rarest = sorted(tokens, key=rarity.bits, reverse=True)[:_RAREST]
    own = rarity.information(tokens)
    years = subject.years
    for token in rarest:
        holders = objects.tokens.get(token, ())
        if len(holders) > _RARE:
            continue
        for other in holders:
            if other in met:
                continue
            candidate = objects.entities[other]
            if years and candidate.years and not any(abs(a - b) <= 1 for a in years for b in candidate.years):
                continue
            shared = rarity.information(tokens & candidate.forms.tokens)
            if shared >= _SHARED * min(own, rarity.information(candidate.forms.tokens)):
                met.add(other)


def _by_genres(subject: Prepared, objects: Index, met: set[int]) -> None:
    if len(subject.genres) < 2:
        return
    for other, candidate in enumerate(objects.entities):
        if candidate.genres and (candidate.genres <= subject.genres or subject.genres <= candidate.genres):
            met.add(other)
