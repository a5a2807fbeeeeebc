"""Questions made from a cast table, with the answers the table itself gives: what is right is read here from the table
alone, by code that shares nothing with castgraph."""

from __future__ import annotations

import csv
import gzip
import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TypeVar

from rapidfuzz.distance import OSA

Label = str | tuple[str, str]
K = TypeVar("K")
V = TypeVar("V")


class Noise(Enum):
    """What is done to a question before it is asked."""

    NONE = "as in the table"
    CASE = "lower or upper case"
    ACCENTS = "accents left out"
    TYPO = "one typing error in a name"


@dataclass(frozen=True)
class Credit:
    """A row: who played which characters in which title. A title of the table may lack a name."""

    person: str
    name: str
    characters: tuple[str, ...]
    title: str
    title_name: str
    year: str
    is_plain: bool  # the role is one character's name, without notes
    has_role: bool


@dataclass(frozen=True)
class Asked:
    """A question, its form, and what is right: one of several sets of answers, or, if empty, none at all.

    Labels are folded. With ``is_ambiguous`` no answer is asked for: to offer the choice is right.
    """

    form: str
    noise: Noise
    text: str
    right: tuple[frozenset[Label], ...]
    is_ambiguous: bool = False


def folded(name: str) -> str:
    """A name without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", name.casefold()).translate(_APOSTROPHES)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).translate(_LETTERS)
    return " ".join(re.sub(r"[\W_]+", " ", plain).split()) or " ".join(name.split())


NOBODY = "names nobody has"
_TRIES = 1000
_APOSTROPHES = {ord(sign): None for sign in "'’‘`´ʼ"}
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"})
_NOTE = re.compile(r"\([^()]*\)")
_NOBODY = re.compile(r"(?i)\b(self|himself|herself|themselves|narrator|host|voices?|various|additional|uncredited|unknown)\b|^\W*$")  # fmt: skip


class Cast:
    """The table, indexed by what questions name."""

    def __init__(self, folder: Path) -> None:
        self.titles = dict[str, tuple[str, str]]()
        for row in _rows(folder / "titles.tsv.gz"):
            self.titles[row["id"]] = (row["title"].strip(), row["release_year"])
        self.credits = list(self._credits(folder / "cast.tsv.gz"))
        spellings = [(one.person, one.name) for one in self.credits] + [
            (one.title, one.title_name) for one in self.credits
        ]
        spellings += [(title, name) for title, (name, _) in self.titles.items()]
        self.names = _group((thing, folded(name)) for thing, name in spellings if name)  # of people and titles
        self.people = _group((folded(one.name), one.person) for one in self.credits)
        self.named = _group((folded(name), title) for title, (name, _) in self.titles.items() if name)
        self.by_title = _group((one.title, one) for one in self.credits)
        self.by_person = _group((one.person, one) for one in self.credits)
        self.by_character = _group((folded(c), one) for one in self.credits for c in one.characters)

    def _credits(self, path: Path) -> Iterator[Credit]:
        for row in _rows(path):
            title, name, year = row["jw_title_id"], row["title"].strip(), row["year"]
            known = self.titles.setdefault(title, (name, year))
            if name and not known[0]:
                self.titles[title] = (name, year)
            role = " ".join(_NOTE.sub(" ", row["character"]).split())
            parts = tuple(part.strip() for part in re.split(r"\s*/\s*", role) if part.strip(" .…"))
            is_plain = len(parts) == 1 and row["character"].strip() == role and not _NOBODY.search(role) and not re.search(r'[(),"“”;:\[\]?!&#]|\d| - ', role)  # fmt: skip
            yield Credit(row["jw_person_id"], row["name"].strip(), parts, title, name, year, is_plain, bool(row["character"].strip()))  # fmt: skip

    def is_told(self, title: str) -> bool:
        """Whether a title has a name that can be typed and a year that tells it from its namesakes."""
        name, year = self.titles[title]
        return bool(name and year and re.search(r"[^\W\d_]", name) and not re.search(r'[()"“”\[\]?!;:]', name))

    def spelt(self, title: str) -> str:
        """A title as people tell remakes apart, with its year where another has the name."""
        name, year = self.titles[title]
        return name if len(self.named[folded(name)]) == 1 else f"{name} ({year})"

    def meant(self, title: str) -> Sequence[str]:
        """The titles that :meth:`spelt` may mean."""
        name, year = self.titles[title]
        same = list(dict.fromkeys(self.named[folded(name)]))
        return same if len(same) == 1 else [one for one in same if self.titles[one][1] == year]


class Generator:
    """Makes questions from random rows, the same ones for the same seed."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self._cast = cast
        self._random = random.Random(seed)
        names: dict[str, Iterable[str]] = {"person": cast.people, "character": cast.by_character, "title": cast.named}
        self._like = {kind: _Near(list(known)) for kind, known in names.items()}
        self.forms: Mapping[str, Callable[[Credit], tuple[str, dict[str, str], list[frozenset[Label]]] | None]] = {
            "who played a character in a title": self._performer,
            "who played a character": self._performer_anywhere,
            "whom did a person play in a title": self._role,
            "did a person play a character": self._holds,
            "which titles is a person in": self._filmography,
            "who was in a title": self._people_in,
            "which titles have both": self._both,
            "whom did a person play in a title they are not in": self._elsewhere,
            NOBODY: self._nobody,
        }

    def questions(self, of_each: int) -> Iterator[Asked]:
        """So many questions of each form and each noise, or fewer where the table does not have them."""
        for form, make in self.forms.items():
            for noise in Noise:
                if form == NOBODY and noise is Noise.TYPO:
                    continue  # a slip in a name that is none
                made = 0
                for _ in range(_TRIES * of_each):  # few rows have what some forms need
                    found = make(self._random.choice(self._cast.credits))
                    if found is None or (asked := self._noisy(form, noise, *found)) is None:
                        continue
                    yield asked
                    made += 1
                    if made == of_each:
                        break

    def _noisy(
        self, form: str, noise: Noise, template: str, names: dict[str, str], right: list[frozenset[Label]]
    ) -> Asked | None:
        unclear = len(right) > 1
        match noise:
            case Noise.CASE:
                change = self._random.choice((str.lower, str.upper))
                return Asked(form, noise, change(template.format(**names)), tuple(right), unclear)
            case Noise.ACCENTS:
                accented = {key: _without_accents(name) for key, name in names.items()}
                if accented == names:
                    return None
                return Asked(form, noise, template.format(**accented), tuple(right), unclear)
            case Noise.TYPO:
                key = self._random.choice(list(names))
                kind = key.rstrip("12")
                wrong = self._typo(names[key])
                near = self._like[kind].within_one(folded(wrong)) if wrong else []
                if not wrong or near != [folded(re.sub(r" \(\d+\)$", "", names[key]))] or names[key].endswith(")"):
                    return None  # too short for one, or it makes another name, or is as near to another
                return Asked(form, noise, template.format(**{**names, key: wrong}), tuple(right), unclear)
        return Asked(form, noise, template.format(**names), tuple(right), unclear)

    def _typo(self, name: str) -> str | None:
        places = [at for at, letter in enumerate(name) if letter.isalpha() and at > 0]
        if len(folded(name)) < 6 or len(places) < 4:
            return None
        at = self._random.choice(places)
        letter = self._random.choice("abcdefghijklmnopqrstuvwxyz")
        swapped = name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :] if name[at - 1].isalpha() else name
        wrong = self._random.choice(
            (name[:at] + name[at + 1 :], name[:at] + letter + name[at:], name[:at] + letter + name[at + 1 :], swapped)
        )
        return None if folded(wrong) == folded(name) or OSA.distance(folded(wrong), folded(name)) != 1 else wrong

    # Forms. Each gives a template, the names in it and what is right, one set for each reading of the names; no set
    # means that it must not be answered. None is given where a row does not do for the form.

    def _performer(self, row: Credit) -> tuple[str, dict[str, str], list[frozenset[Label]]] | None:
        if not row.is_plain or not self._cast.is_told(row.title):
            return None
        template = self._random.choice(("Who played {character} in {title}?", "Which actor plays {character} in {title}?", "By whom was {character} played in {title}?", "who was {character} played by in {title}"))  # fmt: skip
        key = folded(row.characters[0])
        right = [
            frozenset(one.person for one in rows if key in map(folded, one.characters))
            for rows in (self._cast.by_title.get(title, ()) for title in self._cast.meant(row.title))
        ]
        return template, {"character": row.characters[0], "title": self._cast.spelt(row.title)}, [one for one in right if one]  # fmt: skip

    def _performer_anywhere(self, row: Credit) -> tuple[str, dict[str, str], list[frozenset[Label]]] | None:
        if not row.is_plain:
            return None
        by_title = defaultdict(set)
        for one in self._cast.by_character[folded(row.characters[0])]:
            by_title[one.title].add(one.person)
        template = self._random.choice(("Who played {character}?", "who portrayed {character}", "Who is the actor who plays {character}?"))  # fmt: skip
        return template, {"character": row.characters[0]}, [frozenset(people) for people in by_title.values()]

    def _role(self, row: Credit) -> tuple[str, dict[str, str], list[frozenset[Label]]] | None:
        if not row.is_plain or not self._cast.is_told(row.title):
            return None
        return self._roles(row.name, row.title)

    def _roles(self, name: str, title: str) -> tuple[str, dict[str, str], list[frozenset[Label]]] | None:
        right = list[frozenset[Label]]()
        for person in set(self._cast.people[folded(name)]):
            for meant in self._cast.meant(title):
                rows = [one for one in self._cast.by_person[person] if one.title == meant and one.has_role]
                if any(not one.is_plain for one in rows):
                    return None  # a role with notes: how it is labelled is a matter of taste
                if rows:
                    right.append(frozenset(folded(c) for one in rows for c in one.characters))
        template = self._random.choice(("Whom did {person} play in {title}?", "What role did {person} play in {title}?", "which character is played by {person} in {title}"))  # fmt: skip
        return template, {"person": name, "title": self._cast.spelt(title)}, right

    def _holds(self, row: Credit) -> tuple[str, dict[str, str], list[frozenset[Label]]] | None:
        if not row.is_plain or not self._cast.is_told(row.title):
            return None
        names = {"person": row.name, "character": row.characters[0], "title": self._cast.spelt(row.title)}
        return "Did {person} play {character} in {title}?", names, [frozenset({"yes"})]

    def _filmography(self, row: Credit) -> tuple[str, dict[str, str], list[frozenset[Label]]] | None:
        right = list[frozenset[Label]]()
        for person in set(self._cast.people[folded(row.name)]):
            titles = frozenset(one.title for one in self._cast.by_person[person])
            if not all(self._cast.titles[title][0] for title in titles):
                return None
            right.append(titles)
        template = self._random.choice(("Which titles is {person} in?", "Which titles did {person} appear in?", "titles with {person}"))  # fmt: skip
        return template, {"person": row.name}, right

    def _people_in(self, row: Credit) -> tuple[str, dict[str, str], list[frozenset[Label]]] | None:
        if not self._cast.is_told(row.title):
            return None
        sets = [frozenset(one.person for one in self._cast.by_title[title]) for title in self._cast.meant(row.title) if title in self._cast.by_title]  # fmt: skip
        if any(len(one) > 150 for one in sets):
            return None
        template = self._random.choice(("Who starred in {title}?", "Who acted in {title}?", "Which actors appear in {title}?"))  # fmt: skip
        return template, {"title": self._cast.spelt(row.title)}, list(sets)

    def _both(self, row: Credit) -> tuple[str, dict[str, str], list[frozenset[Label]]] | None:
        other = self._random.choice(self._cast.by_title[row.title])
        people = [set(self._cast.people[folded(name)]) for name in (row.name, other.name)]
        if other.person == row.person or any(len(one) > 1 for one in people):
            return None
        first, second = ({one.title for one in self._cast.by_person[p]} for (p,) in people)
        titles = frozenset(first & second)
        if not all(self._cast.titles[title][0] for title in titles):
            return None
        names = {"person1": row.name, "person2": other.name}
        return "Which titles have both {person1} and {person2}?", names, [titles]

    def _elsewhere(self, row: Credit) -> tuple[str, dict[str, str], list[frozenset[Label]]] | None:
        title = self._random.choice(self._cast.credits).title
        if not self._cast.is_told(title):
            return None
        people = {one.person for meant in self._cast.meant(title) for one in self._cast.by_title.get(meant, ())}
        if people & set(self._cast.people[folded(row.name)]):
            return None
        return "Whom did {person} play in {title}?", {"person": row.name, "title": self._cast.spelt(title)}, []

    def _nobody(self, row: Credit) -> tuple[str, dict[str, str], list[frozenset[Label]]] | None:
        """The first name of one and the last name of another, where nobody has both."""
        other = self._random.choice(self._cast.credits)
        first, last = row.name.split(), other.name.split()
        name = f"{first[0]} {last[-1]}"
        if len(first) != 2 or len(last) != 2 or self._is_near(name):
            return None
        template = self._random.choice(("Whom did {person} play?", "Which titles is {person} in?", "Who played {person}?"))  # fmt: skip
        return template, {"person": name}, []

    def _is_near(self, name: str) -> bool:
        """Whether some name is like this: it, or one within one slip, or one that has all its words."""
        return any(near.within_one(folded(name)) or near.has_words(folded(name)) for near in self._like.values())


class _Near:
    """Names within one slip of another: those that become equal when at most one letter is dropped from each."""

    def __init__(self, names: Iterable[str]) -> None:
        self._short = defaultdict[int, list[str]](list)
        self._having = defaultdict[str, set[str]](set)
        for name in set(names):
            for word in name.split():
                self._having[word].add(name)
            for short in _dropped(name):
                self._short[hash(short)].append(name)

    def within_one(self, name: str) -> list[str]:
        """The names at most one slip from this (a letter more, less, other, or two swapped)."""
        found = {known for short in _dropped(name) for known in self._short.get(hash(short), ())}
        return sorted(known for known in found if OSA.distance(known, name, score_cutoff=1) <= 1)

    def has_words(self, name: str) -> bool:
        """Whether a name has all words of this."""
        return bool(set.intersection(*(self._having.get(word, set()) for word in name.split())))


def _dropped(name: str) -> set[str]:
    return {name, *(name[:at] + name[at + 1 :] for at in range(len(name)))}


def is_right(asked: Asked, labels: Iterable[str], cast: Cast) -> bool:
    """Whether the labels of a reply are what the table says; people and titles are told by any of their spellings there."""
    told = [folded(label) for label in labels]
    return any(_agree(told, right, cast) for right in asked.right)


def _agree(told: Sequence[str], right: frozenset[Label], cast: Cast) -> bool:
    if all(isinstance(one, str) and one in cast.names for one in right):
        spellings = [set(cast.names[str(one)]) for one in right]
        return len(told) == len(spellings) and all(any(label in names for label in told) for names in spellings) and all(any(label in names for names in spellings) for label in told)  # fmt: skip
    return frozenset(told) == right


def _without_accents(name: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", name) if not unicodedata.combining(one))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t")


def _group(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    found = defaultdict[K, list[V]](list)
    for key, value in pairs:
        found[key].append(value)
    return dict(found)
