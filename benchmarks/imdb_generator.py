"""A synthetic dump in the form of IMDb's non-commercial files, of any size, with IMDb's proportions and skew.

Nothing in it is IMDb's: names and titles are put together from syllables. What is like IMDb is the form of the six
files, how many rows each has for a row of ``title.principals``, that most titles are episodes whose casts repeat their
series', that few people have most of the credits, and that roles are called *Self*, *Narrator* or one of a crowd::

    python -m benchmarks.imdb_generator 1000000 FOLDER
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

COLUMNS = {
    "title.basics": "tconst titleType primaryTitle originalTitle isAdult startYear endYear runtimeMinutes genres",
    "title.principals": "tconst ordering nconst category job characters",
    "name.basics": "nconst primaryName birthYear deathYear primaryProfession knownForTitles",
    "title.ratings": "tconst averageRating numVotes",
    "title.episode": "tconst parentTconst seasonNumber episodeNumber",
    "title.akas": "titleId ordering title region language types attributes isOriginalTitle",
}
"""The columns of each file, as IMDb documents them."""

PRINCIPALS_PER_PERSON = 6.6
_KINDS = (("movie", 31), ("short", 45), ("tvSeries", 12), ("tvMovie", 6), ("video", 13), ("tvMiniSeries", 3), ("videoGame", 2))  # fmt: skip
_CREW = (("director", 26), ("writer", 30), ("producer", 20), ("editor", 12), ("cinematographer", 10), ("composer", 9))
_GENRES = (
    "Drama",
    "Comedy",
    "Talk-Show",
    "Short",
    "Documentary",
    "News",
    "Romance",
    "Family",
    "Reality-TV",
    "Animation",
)
_ROLES = ("Self", "Self - Host", "Self - Guest", "Narrator", "Doctor", "Policeman", "Waitress", "Dancer", "Soldier")
_SYLLABLES = ("ba", "chen", "da", "el", "fré", "gor", "hu", "ike", "jan", "ku", "lo", "mi", "nad", "os", "pé", "ri",
              "sa", "to", "ur", "vik", "wen", "xu", "ya", "zo")  # fmt: skip
_REGIONS = (("US", "en"), ("DE", "de"), ("FR", "fr"), ("JP", "ja"), ("IN", "hi"), ("ES", "es"), ("XWW", "\\N"))
NULL = "\\N"


@dataclass(frozen=True)
class Part:
    """Somebody's part in a title: what a row of ``title.principals`` says besides title and place."""

    person: int
    category: str
    characters: str


def write_dump(folder: Path, principals: int, *, seed: int = 2030) -> None:
    """Write the six files with exactly ``principals`` rows of ``title.principals``; the same for the same arguments."""
    with ExitStack() as stack:
        write: dict[str, Callable[[str], object]] = {}
        for name, columns in COLUMNS.items():
            file = stack.enter_context((folder / f"{name}.tsv").open("w", encoding="utf-8", newline="\n"))
            file.write("\t".join(columns.split()) + "\n")
            write[name] = file.write
        _Dump(random.Random(seed), principals, write).write()


class _Dump:
    """Writes titles, series with their episodes, until there are enough principals."""

    def __init__(self, chance: random.Random, principals: int, write: dict[str, Callable[[str], object]]) -> None:
        self._chance = chance
        self._left = principals
        self._people = max(20, round(principals / PRINCIPALS_PER_PERSON))
        self._write = write
        self._title = 0
        self._kinds = tuple(kind for kind, _ in _KINDS), tuple(accumulate(share for _, share in _KINDS))
        self._crew = tuple(kind for kind, _ in _CREW), tuple(accumulate(share for _, share in _CREW))

    def write(self) -> None:
        """All files."""
        while self._left:
            kind = self._chance.choices(self._kinds[0], cum_weights=self._kinds[1])[0]
            if kind in ("tvSeries", "tvMiniSeries"):
                self._write_series(kind)
            else:
                self._write_title(kind, [*self._cast(), *self._makers()])
        for number in range(self._people):
            self._write_person(number)

    def _write_series(self, kind: str) -> None:
        main = self._cast()
        makers = self._makers()
        series = self._write_title(kind, [*main, *makers])
        episodes = min(3000, int(6 * self._chance.paretovariate(1.05)))
        for number in range(episodes):
            if not self._left:
                return
            guests = [self._part() for _ in range(self._chance.randrange(4))]
            regular = [part for part in main if self._chance.random() < 0.7]
            episode = self._write_title("tvEpisode", [*regular, *guests, *makers[:3]], number)
            self._write["title.episode"](f"{episode}\t{series}\t{number // 20 + 1}\t{number % 20 + 1}\n")

    def _write_title(self, kind: str, parts: list[Part], episode: int | None = None) -> str:
        chance, self._title = self._chance, self._title + 1
        iri = f"tt{self._title:07}"
        name = f"Episode #{episode // 20 + 1}.{episode % 20 + 1}" if episode is not None else self._name(2).capitalize()
        year = NULL if chance.random() < 0.1 else str(2026 - int(110 * chance.random() ** 2))
        genres = ",".join(sorted({chance.choice(_GENRES) for _ in range(chance.randrange(1, 4))}))
        minutes = NULL if chance.random() < 0.65 else str(chance.randrange(5, 160))
        self._write["title.basics"](f"{iri}\t{kind}\t{name}\t{name}\t0\t{year}\t{NULL}\t{minutes}\t{genres}\n")
        parts = parts[: self._left]
        self._left -= len(parts)
        self._write["title.principals"](
            "".join(
                f"{iri}\t{place}\tnm{part.person:07}\t{part.category}\t{NULL}\t{part.characters}\n"
                for place, part in enumerate(parts, 1)
            )
        )
        if chance.random() < 0.14:
            votes = int(5 * chance.paretovariate(0.6)) % 3_000_000
            self._write["title.ratings"](f"{iri}\t{chance.randrange(10, 100) / 10}\t{votes + 5}\n")
        for place in range(1, 1 + min(60, int(chance.paretovariate(0.85)))):
            region, language = chance.choice(_REGIONS)
            aka = name if place == 1 else self._name(2).capitalize()
            self._write["title.akas"](f"{iri}\t{place}\t{aka}\t{region}\t{language}\timdbDisplay\t{NULL}\t{int(place == 1)}\n")  # fmt: skip
        return iri

    def _write_person(self, number: int) -> None:
        chance = random.Random(number)  # the same name for the same person at any size
        born = NULL if chance.random() < 0.95 else str(chance.randrange(1880, 2010))
        name = " ".join(self._name(2, chance).capitalize() for _ in range(2))
        known = ",".join(f"tt{chance.randrange(1, self._title + 1):07}" for _ in range(chance.randrange(1, 5)))
        self._write["name.basics"](f"nm{number:07}\t{name}\t{born}\t{NULL}\tactor\t{known}\n")

    def _cast(self) -> list[Part]:
        return [self._part() for _ in range(self._chance.randrange(2, 11))]

    def _part(self) -> Part:
        chance = self._chance
        drawn = chance.random()
        if drawn < 0.25:
            return Part(self._person(), "self", json.dumps([chance.choice(_ROLES[:3])]))
        if drawn < 0.26:
            return Part(self._person(), "archive_footage", json.dumps(["Self"]))
        category = "actor" if drawn < 0.68 else "actress"
        if drawn > 0.9:
            return Part(self._person(), category, NULL)
        roles = [self._role() for _ in range(2 if drawn < 0.29 else 1)]
        return Part(self._person(), category, json.dumps(roles, ensure_ascii=False, separators=(",", ":")))

    def _role(self) -> str:
        if self._chance.random() < 0.2:
            return self._chance.choice(_ROLES[3:])
        return " ".join(self._name(2).capitalize() for _ in range(self._chance.randrange(1, 3)))

    def _makers(self) -> list[Part]:
        kinds = self._chance.choices(self._crew[0], cum_weights=self._crew[1], k=self._chance.randrange(1, 8))
        return [Part(self._person(), kind, NULL) for kind in kinds]

    def _person(self) -> int:
        # As with IMDb's people: most have one credit or two, a few have thousands.
        return int(self._people * self._chance.random() ** 2)

    def _name(self, syllables: int, chance: random.Random | None = None) -> str:
        return "".join((chance or self._chance).choices(_SYLLABLES, k=syllables))


def dump_lines(folder: Path) -> Iterator[str]:
    """How many rows each file has, in words."""
    for name in COLUMNS:
        with (folder / f"{name}.tsv").open("rb") as file:
            yield f"{name}: {sum(1 for _ in file) - 1:,} rows"


if __name__ == "__main__":
    target = Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    write_dump(target, int(sys.argv[1]))
    print("\n".join(dump_lines(target)))
