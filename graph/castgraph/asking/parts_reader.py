"""Reads a question by its parts where no grammar has it: in whatever order, each name in the place of its kind.

A grammar knows how questions are worded; people put the topic first, the question word last, or leave everything out but
names and a noun. What such a question asks is told by its parts alone: cues of a closed lexicon
(:mod:`castgraph.asking.lexicon`), names, and a table of what these can ask together (:mod:`castgraph.asking.signatures`).
Nothing is left out: a word that is neither name, cue nor filler, a name without a place, or a cue that a frame does not
know, and the question is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice, product

from castgraph.asking.arrangement import Arrangement, arrangements
from castgraph.asking.grammar import meaning_of
from castgraph.asking.interpretation import (
    ELIDING,
    LANGUAGES,
    Interpretation,
    LookUp,
    asks_for_another_time,
    grammar,
    read,
)
from castgraph.asking.lexicon import lexicon
from castgraph.asking.meanings import Meaning, Place
from castgraph.asking.naming import Match, Names, Resolved, resolve
from castgraph.asking.parts import Finder, Part
from castgraph.asking.signatures import frames
from castgraph.asking.words import split

_MOST_OF_A_PART = 20
"""Things that a name cut short may be any of: a word that very many names have is rather a word."""

_MOST_CHOICES = 16
"""Ways to take names that are of several kinds that are looked at."""


@dataclass(frozen=True)
class PartsReader:
    """Reads questions about one graph by their parts."""

    names: Names

    def readings(self, question: str) -> tuple[Interpretation, ...]:
        """What a question can mean by its parts; nothing where a word has no part in it.

        First with the names the graph has; only where that gives nothing, with names cut short or mistyped.
        """
        look_up = cache(self._look_up)
        for is_open in (False, True):
            for language in LANGUAGES:
                found = self._in(language, question, look_up, is_open=is_open)
                if found:
                    return found
        return ()

    def _look_up(self, text: str, kind: str) -> Resolved | None:
        """The things a name means; None where it is cut so short that it may be any of many."""
        found = resolve(self.names, text, kind)
        is_loose = found is not None and found.match is Match.PART and len(found.things) > _MOST_OF_A_PART
        return None if is_loose else found

    def _in(self, language: str, question: str, look_up: LookUp, *, is_open: bool) -> tuple[Interpretation, ...]:
        elides = language in ELIDING
        words = split(question, elides=elides)
        rules = grammar(language)
        finder = Finder(self.names, lexicon(language, elides=elides), rules.barred, look_up, rules.vocabulary)
        parts = finder.open(question, words) if is_open else finder.exact(question, words)
        meanings = dict.fromkeys(_meanings(parts)) if parts else {}
        found = (read(question, words, meaning, look_up) for meaning in meanings)
        return tuple(one for one in found if len(one.names) == len(one.texts) and not asks_for_another_time(one))


def _meanings(parts: Sequence[Part]) -> Iterator[Meaning]:
    """All that parts can mean together, for each kind that their names may be of."""
    kinds = [part.kinds + (("year",) if part.year and part.kinds else ()) for part in parts if part.kinds]
    for choice in islice(product(*kinds), _MOST_CHOICES):
        for arranged in arrangements(parts, choice):
            yield from _of(arranged)


def _of(arranged: Arrangement) -> Iterator[Meaning]:
    for frame in frames():
        if not frame.is_asked_by(arranged.asked, arranged.cues) or not arranged.fills(frame.takes):
            continue
        if arranged.has_subject(frame.subject):
            bindings = tuple(arranged.bindings(frame.takes))
            meaning = meaning_of(frame.sense, bindings, Place(*arranged.span))
            if meaning is not None:
                yield meaning
