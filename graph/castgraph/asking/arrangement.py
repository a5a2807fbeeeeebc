"""The parts of a question with each name of one kind: what is asked, which cues there are, what fills which place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from castgraph.asking.meanings import Expression, Meaning, Name, Number, Place
from castgraph.asking.parts import Part
from castgraph.asking.signatures import KINDS_OF_TITLES, QUESTION_WORDS

_OF_MISSIONS = frozenset(["mission", "command", "craft"])
"""Cues for the mission that a title shows, where no mission is named."""

_ASKED_FOR = frozenset(["who", "who-subject", "by-whom", "player", "which-one"])
"""Cues for the one asked for, where it is people."""

_VERBS = ("play", "give", "take")
"""Verbs whose subject decides what is asked, beside those of makers."""

_NEVER_BEFORE = {"called": ("person", "character", "title"), "in": ("person", "character"), "have": ("character",)}
"""Names that cues do not stand before: “the actor called Rick Erwin” is not the actor of Rick Erwin."""


@dataclass(frozen=True)
class Item:
    """A part with the kind its name is taken for: a cue, or what a place is filled with."""

    part: Part
    cue: str = ""
    kind: str = ""
    meaning: Meaning | None = None


@dataclass(frozen=True)
class Arrangement:
    """Parts in their order, conditions on titles joined with them."""

    items: tuple[Item, ...]

    @property
    def cues(self) -> frozenset[str]:
        """The cues but for question words."""
        return frozenset(item.cue for item in self.items if item.cue) - QUESTION_WORDS

    @property
    def asked(self) -> frozenset[str]:
        """The question words; ``yes`` where it is asked whether something is so, ``none`` where nothing says what."""
        words = frozenset(item.cue for item in self.items if item.cue in QUESTION_WORDS)
        if {"tag", "tag-last"} & self.cues:
            return words | {"yes" if self._has_tags_at_its_ends() else "tag"}
        if words:
            return words
        if "some" in self.cues:
            return frozenset({"what"})
        return frozenset({"yes" if self.items[0].cue in ("aux", "be", "have") else "none"})

    def _has_tags_at_its_ends(self) -> bool:
        """Whether what asks for yes or no stands at the beginning or end: elsewhere “no” and “right” say other things."""
        last = len(self.items) - 1
        return all(at in (0, last) for at, item in enumerate(self.items) if item.cue == "tag") and all(
            at == last for at, item in enumerate(self.items) if item.cue == "tag-last"
        )

    @property
    def span(self) -> tuple[int, int]:
        """The words the names stand in, from one to before another."""
        filled = [item.part for item in self.items if item.kind]
        return (filled[0].start, filled[-1].end) if filled else (0, 0)

    def _filling(self) -> Mapping[str, Meaning]:
        """What there is to fill places with, by kind; a second of a kind is numbered."""
        found: dict[str, Meaning] = {}
        for item in self.items:
            if item.kind and item.meaning is not None:
                number = sum(one.rstrip("0123456789") == item.kind for one in found) + 1
                found[item.kind if number == 1 else f"{item.kind}{number}"] = item.meaning
        return found

    def fills(self, places: Sequence[str]) -> bool:
        """Whether names and years fill all places that must be filled, and none is left."""
        found = self._filling().keys()
        return found <= {place.rstrip("?") for place in places} and all(
            place.endswith("?") or place in found for place in places
        )

    def bindings(self, places: Sequence[str]) -> Iterator[tuple[str, Meaning]]:
        """The places with what fills them."""
        found = self._filling()
        return ((place, found[place]) for one in places if (place := one.rstrip("?")) in found)

    def has_subject(self, who: str) -> bool:
        """Whether each verb is told of whom a frame has it told of: see :class:`castgraph.asking.signatures.Frame`.

        “Who plays Rick Erwin” and “Rick Erwin plays who” have the same parts; only the first asks for a performer. The
        subject is what stands before the verb next to it, small words between them or not.
        """
        if not who:
            return True
        cues = {item.cue for item in self.items}
        if cues & {"who-subject", "by-whom"}:
            return who == "asked"
        if "whom" in cues:
            return who == "named"
        if who == "asked" and any(self._is_done_by_named(at) for at in range(len(self.items) - 1)):
            return False
        verbs = [at for at, item in enumerate(self.items) if item.cue in _VERBS or item.cue.endswith(":verb")]
        if not all(self._is_told_of(at, who) for at in verbs):
            return False
        return who != "named" or bool(verbs) or self._is_by_named()

    def _is_told_of(self, verb: int, who: str) -> bool:
        for at in range(verb - 1, -1, -1):
            item = self.items[at]
            if item.cue in _ASKED_FOR:
                return who == "asked"
            if item.cue == "he" or item.kind == "person":
                return who == "named"
            if item.kind == "character" or (item.kind == "title" and self.items[verb].cue != "play"):
                return False
            if item.cue in ("role", "part") and at and self.items[at - 1].cue == "what":
                return who == "named"
        return who == "asked"

    def _is_done_by_named(self, at: int) -> bool:
        """Whether a passive is followed by who or what did it: “who is played by Rick Erwin”."""
        cue = self.items[at].cue
        return (cue == "played-by" or cue.endswith(":by")) and bool(self.items[at + 1].kind)

    def _is_by_named(self) -> bool:
        """Without a verb: whether the person named is who does it, not one of whom it is done or who is only called so."""
        people = [item.part for item in self.items if item.kind == "person"]
        by = [item.part.end for item in self.items if item.cue == "played-by" or item.cue.endswith(":by")]
        roles = {item.part.end for item in self.items if item.cue in ("role", "part")}
        return bool(people) and all(at <= people[0].start for at in by) and people[0].start not in roles


def arrangements(parts: Sequence[Part], kinds: Sequence[str]) -> Iterator[Arrangement]:
    """The ways to take parts whose names are of these kinds, in their order: as they stand, and titles as missions."""
    left = iter(kinds)
    items = _with_conditions([_item(part, next(left) if part.kinds else "") for part in parts])
    if items and items[0].cue == "and":  # “and who plays her?”
        items = items[1:]
    if _is_turned(items):
        return
    cues = {item.cue for item in items}
    is_of_mission = bool(cues & _OF_MISSIONS) or ("project" in cues and "mission" in kinds)
    if is_of_mission and {"title", "mission"} & set(kinds):
        yield Arrangement(tuple(_of_missions(items)))
    if items and not {"mission", "project"} & cues:
        yield Arrangement(tuple(items))


def _is_turned(items: Sequence[Item]) -> bool:
    """Whether a word before a name says something else than questions by their parts ask."""
    return any(after.kind in _NEVER_BEFORE.get(item.cue, ()) for item, after in pairwise(items))


def _item(part: Part, kind: str) -> Item:
    if kind == "year" or (part.year is not None and not kind):
        return Item(part, kind="year", meaning=Number(part.year or 0))
    if kind:
        return Item(part, kind=kind, meaning=Name(kind, part.start, part.end))
    return Item(part, cue=part.cue)


def _with_conditions(items: Sequence[Item]) -> list[Item]:
    """Titles joined with what is said of them beside them: their kind (“the film 2010”) and their year (“from 1984”)."""
    taken: set[int] = set()
    titles: dict[int, Item] = {}
    for at, item in enumerate(items):
        if item.kind == "title" and item.meaning is not None:
            told = sorted([*_beside(items, at, -1), *_beside(items, at, 1)])
            taken.update(told)
            conditions = [one for other in told if (one := _condition(items[other]))]
            if conditions:
                titles[at] = Item(item.part, kind="title", meaning=Expression("and", (item.meaning, *conditions)))
    return [titles.get(at, item) for at, item in enumerate(items) if at not in taken]


def _beside(items: Sequence[Item], at: int, step: int) -> list[int]:
    """Where conditions stand beside a title, on one side of it; a kind that is asked for (“which film”) is none."""
    found: list[int] = []
    at += step
    while 0 <= at < len(items) and _may_be_condition(items, at, step):
        found.append(at)
        at += step
    is_asked = step < 0 and at >= 0 and items[at].cue in ("what", "how-many")
    return [] if is_asked else found


def _may_be_condition(items: Sequence[Item], at: int, step: int) -> bool:
    """Whether a part beside a title is its kind, its year, or the “from” before its year."""
    item, after = items[at], items[at + step] if 0 <= at + step < len(items) else None
    if item.kind == "year":
        return not any(one.cue == "since" for one in items[max(0, at - 1) : at + 2])
    if item.cue in ("in", "from"):
        return step > 0 and after is not None and after.kind == "year"
    return item.cue in KINDS_OF_TITLES


def _condition(item: Item) -> Expression | None:
    if item.kind == "year" and item.meaning is not None:
        return Expression("where", ("release-year", "is", item.meaning))
    return Expression("all", (item.cue,)) if item.cue in KINDS_OF_TITLES else None


def _of_missions(items: Sequence[Item]) -> Iterator[Item]:
    """Titles as the missions they show; the word “mission” beside a name says nothing more."""
    for item in items:
        if item.kind == "title" and item.meaning is not None:
            shown = Expression(
                "and", (Expression("all", ("mission",)), Expression("with", ("depicted-in", item.meaning)))
            )
            place = Place(item.part.start, item.part.end)
            yield Item(item.part, kind="mission", meaning=Expression("the", (shown, place)))
        elif item.cue not in ("mission", "project"):
            yield item
