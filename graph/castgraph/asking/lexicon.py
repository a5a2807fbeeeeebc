"""The words that say something in a question, whatever their order: phrases of a language, by the cue they give.

A ``.words`` file has a statement ``cue = phrase | phrase …`` for each cue, continued on lines that begin with a space; a
line that begins with ``;`` is a comment. The cues are explained in :mod:`castgraph.asking.signatures`. Phrases of the cue
``-`` say nothing: they may stand in any question. Words of the cue ``!`` are compared as they are spelt: *hätte* and
*würde* turn a question into another, though they fold to *hatte* and *wurde*. So are those of ``!last``, at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from castgraph.asking.words import Word, split
from castgraph.names import fold

FILLER = "-"
"""The cue of phrases that say nothing."""


BARRED = "!"
"""The cue of words that, so spelt, bar a question."""


BARRED_LAST = "!last"
"""The cue of words that bar a question they end: “who directed it for?” is not “who directed it?”."""


class LexiconError(Exception):
    """A file of words cannot be read: its name, the line, and why."""


@dataclass(frozen=True)
class Lexicon:
    """The phrases of one language, each a sequence of folded words, and the cue of each."""

    cues: Mapping[tuple[str, ...], str]
    barred: frozenset[str] = frozenset()  # words as spelt, in lower case
    barred_last: frozenset[str] = frozenset()

    @classmethod
    def read(cls, text: str, file: str, *, elides: bool = False) -> Lexicon:
        """The lexicon in a text.

        Raises:
            LexiconError: a line is no statement, or a phrase is given two cues.
        """
        found: dict[tuple[str, ...], str] = {}
        barred: dict[str, set[str]] = {BARRED: set(), BARRED_LAST: set()}
        for number, cue, phrase in _phrases(text, file):
            if cue in barred:
                barred[cue].add(phrase.casefold())
                continue
            words = tuple(_words(phrase, elides=elides))
            if found.setdefault(words, cue) != cue:
                raise LexiconError(f"{file}:{number}: “{phrase}” is of {found[words]} already")
        return cls(found, frozenset(barred[BARRED]), frozenset(barred[BARRED_LAST]))

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of a phrase."""
        return frozenset(word for phrase in self.cues for word in phrase)

    @cached_property
    def longest(self) -> int:
        """Words of the longest phrase."""
        return max(map(len, self.cues))

    def at(self, words: tuple[Word, ...], start: int, end: int) -> tuple[int, str] | None:
        """The longest phrase that begins at a word and ends before another: where it ends, and its cue."""
        for stop in range(min(end, start + self.longest), start, -1):
            said = words[start:stop]
            cue = self.cues.get(tuple(word.folded for word in said))
            if cue is not None and not any(word.is_quoted for word in said):
                return stop, cue
        return None


@cache
def lexicon(language: str, *, elides: bool = False) -> Lexicon:
    """The lexicon that comes with castgraph for a language, by its name: ``english``."""
    name = f"{language}.words"
    return Lexicon.read((files("castgraph.asking") / name).read_text(encoding="utf-8"), name, elides=elides)


def _phrases(text: str, file: str) -> Iterator[tuple[int, str, str]]:
    """The phrases with their cues and the lines they are on."""
    cue = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith(";"):
            continue
        said = line
        if not cue and line[0].isspace():
            raise LexiconError(f"{file}:{number}: expected CUE = …")
        if not line[0].isspace():
            cue, equals, said = line.partition(" = ")
            cue = cue.strip()
            if not equals:
                raise LexiconError(f"{file}:{number}: expected CUE = …")
        yield from ((number, cue, phrase) for phrase in _of(said))


def _words(phrase: str, *, elides: bool) -> Iterator[str]:
    """The words of a phrase as :mod:`castgraph.asking.words` gives them; an ending stands alone, “'s”."""
    for one in phrase.split():
        yield from (f"'{fold(one)}",) if one.startswith("'") else (word.folded for word in split(one, elides=elides))


def _of(said: str) -> Iterable[str]:
    return (phrase for one in said.split("|") if (phrase := one.strip()))
