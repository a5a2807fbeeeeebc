"""A frame: one kind of short question that is read whatever the order of its words, by the words it may have."""

from __future__ import annotations

import re
from dataclasses import dataclass

from castgraph.asking.notation import Sense, read_sense

POLITE = re.compile(
    r"^(?:(?:so|well|now|and|but|oh|i think|i believe|i guess|i thought)\b,? ?)+"
    r"|\b(?:(?:hi|hello|hey|ok|okay|please|pls|plz|thanks|thx|again(?=,? (?:who|what|which|that)\b)|actually|ever|anyway|though|really)\b"
    r"|(?:can|could|would|do|does|might) (?:you|u|anyone|anybody|someone|somebody|i|we) (?:please )?"
    r"(?:tell|know|say|remind|remember|recall|have|get|show|give|name|list|find out|explain)(?: me| us)?\b"
    r"|(?:i|we) (?:'d |would |am |was )?(?:want|wanted|need|like|love|trying|wondering|wonder) (?:to )?(?:know|find out|see|get)?\b"
    r"|(?:tell|give|show|remind|get|find) (?:me|us)\b)"
)

"""What a question may have in the place it stands that asks for nothing."""


def _words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


POLITE_WORDS = _words_of(
    "hi hello hey ok okay please pls plz thanks thx again actually exactly ever anyway though really can could would might you u anyone "
    "anybody someone somebody i we tell know say remind remember recall have get show give list find out explain me us 'd am want wanted "
    "need like love trying wondering wonder see so well now but oh"
)
"""The words of it, which no open name is made of."""

_GLUE = (
    "a an the this that these those thats there it its he him his she her they them their is was were are be been being 's 're "
    "did does do has have had who whos whom whose which what whats one guy person man name names called named in of for from on by as "
    "and , ;"
)
PLAY = (
    "play plays played playing portray portrays portrayed portraying act acts acted acting perform performs performed"
)
ACTOR = "actor actors performer performers player cast star actress lady woman"
ROLE = "role roles part parts character characters"
WORKS = {
    "film": "film films movie movies flick flicks", "title": "title titles thing things", "series": "series show shows",
    "miniseries": "miniseries", "documentary": "documentary documentaries",
}  # fmt: skip
EPISODES = "episode episodes eps ep"
"""Words for playing, those who play, what is played, works by their class, and episodes."""


def one_of(words: str) -> str:
    """A pattern for any of some words."""
    return rf"(?:{'|'.join(words.split())})"


@dataclass(frozen=True)
class Frame:
    """One kind of question.

    Attributes:
        names: the letters of the names it has; after ``?`` of those it may have.
        words: every other word it may have.
        cues: patterns that are found in it, a letter standing for a name.
        never: patterns that are not: where the order of words turns the meaning.
        meaning: what it asks for, in the notation of grammars; ``$C`` stands for a name, ``$works`` for a class of titles.
    """

    names: str
    words: frozenset[str]
    cues: tuple[re.Pattern[str], ...]
    never: tuple[re.Pattern[str], ...]
    meaning: Sense

    @property
    def must(self) -> str:
        """The names it has."""
        return self.names.partition("?")[0]

    @property
    def may(self) -> str:
        """The names it may have besides."""
        return self.names.partition("?")[2]


def frame(names: str, words: str, cues: tuple[str, ...], meaning: str, never: tuple[str, ...] = ()) -> Frame:
    """A frame with its words and patterns as text: words are those of every frame and these."""
    return Frame(
        names,
        frozenset(f"{_GLUE} {words}".split()),
        tuple(re.compile(rf"\b{cue}(?!\w)") for cue in cues),
        tuple(re.compile(rf"(?<!\w)(?:{one.rstrip(' ')})(?!\w)") for one in never),
        read_sense(meaning),
    )


PLAYS = one_of(PLAY)
AUX = "(?:did|does|do)"
BE = "(?:is|was|are|were|'s)"
