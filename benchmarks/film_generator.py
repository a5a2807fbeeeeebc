"""Film data of any size for the benchmarks: works, people, performances, similar titles, parts, keys.

The data fit ``ontology/film.ttl``, and the same seed gives the same lines on every machine::

    python -m benchmarks.film_generator 800000 > films.nt
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from itertools import islice

FILM = "https://w3id.org/castgraph/film#"
DATA = "https://example.org/films/"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
INTEGER = "<http://www.w3.org/2001/XMLSchema#integer>"

KEYS = """@prefix film: <https://w3id.org/castgraph/film#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
film:Work owl:hasKey ( film:identifier ) .
film:Person owl:hasKey ( film:identifier ) .
"""
"""Key axioms (Turtle) for data generated with ``duplicates``: film.ttl has none on purpose."""

_FIRST = ("Ana", "Béla", "Chloé", "Dana", "Emil", "Fatma", "Gert", "Hiromi", "Ines", "Jackie", "Kofi", "Lucia")
_LAST = ("Alarcon", "Bussières", "Cerenkov", "Decelles", "Erwin", "Frank", "Goddard", "Hébert", "Ito", "Joly")
_GENRES = ("adventure", "drama", "documentary", "science-fiction", "mystery", "comedy", "war", "western")
_PARTS = 6  # a series has one season of this many episodes


def film_lines(triples: int, *, seed: int = 2030, duplicates: bool = False) -> Iterator[str]:
    """Exactly ``triples`` N-Triples lines of film data, the same for the same arguments.

    With ``duplicates`` one work in fifty is listed twice under two IRIs with one identifier, for :data:`KEYS` to find.

    >>> next(film_lines(1))
    '<https://example.org/films/work/0> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/castgraph/film#Series> .\\n'
    """
    return islice(_works(random.Random(seed), triples, duplicates), triples)


def _works(chance: random.Random, triples: int, duplicates: bool) -> Iterator[str]:
    people = max(triples // 40, 20)
    named: set[int] = set()
    number = 0
    while True:
        place = number % (_PARTS + 2)  # a series, its season, its episodes
        first = number - place
        kind = ("Series", "Season")[place] if place < 2 else ("Episode" if first % 3 else "TelevisionFilm")
        work = f"{DATA}work/{number}"
        yield _link(work, "type", f"{FILM}{kind}")
        yield _text(work, LABEL, f"Title {number}")
        yield _text(work, _film("identifier"), f"tt{number:08}")
        yield _year(work, _film("releaseYear"), 1920 + number % 100)
        if place == 1:
            yield _link(work, "partOf", f"{DATA}work/{first}")
        elif place > 1 and kind == "Episode":
            yield _link(work, "partOf", f"{DATA}work/{first + 1}")
        yield _link(work, "genre", f"{DATA}genre/{chance.choice(_GENRES)}")
        yield _link(work, "director", f"{DATA}person/{chance.randrange(people)}")
        if number:
            yield _link(work, "similarTo", f"{DATA}work/{chance.randrange(max(0, number - 500), number)}")
        if duplicates and number % 50 == 0:
            yield _link(f"{work}-again", "type", f"{FILM}{kind}")
            yield _text(f"{work}-again", _film("identifier"), f"tt{number:08}")
            yield _link(f"{work}-again", "director", f"{DATA}person/{chance.randrange(people)}")
        yield from _performances(chance, work, people, named)
        number += 1


def _performances(chance: random.Random, work: str, people: int, named: set[int]) -> Iterator[str]:
    for order in range(1, chance.randrange(4, 12)):
        performance = f"{work}/performance/{order}"
        person = chance.randrange(people)
        name = f"{_FIRST[person % len(_FIRST)]} {_LAST[person % len(_LAST)]} {person}"
        role = f"Role {order} of {work.rpartition('/')[2]}"
        narration = order == 1
        yield _link(work, "hasNarration" if narration else "hasPerformance", performance)
        yield _link(performance, "performer", f"{DATA}person/{person}")
        if not narration:
            yield _link(performance, "character", f"{work}/character/{order}")
            yield _text(f"{work}/character/{order}", LABEL, role)
            yield _text(performance, _film("characterAsCredited"), role)
        yield _text(performance, _film("performerAsCredited"), name)
        yield _year(performance, _film("creditOrder"), order)
        if person not in named:
            named.add(person)
            yield _text(f"{DATA}person/{person}", LABEL, name)


def _film(name: str) -> str:
    return f"<{FILM}{name}>"


def _link(subject: str, name: str, target: str) -> str:
    return f"<{subject}> {TYPE if name == 'type' else _film(name)} <{target}> .\n"


def _text(subject: str, predicate: str, text: str) -> str:
    return f'<{subject}> {predicate} "{text}" .\n'


def _year(subject: str, predicate: str, number: int) -> str:
    return f'<{subject}> {predicate} "{number}"^^{INTEGER} .\n'


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.writelines(film_lines(int(sys.argv[1])))
