"""Characters that a source names only by their kin: “the father of Rick Erwin” is the one called *Rick Erwin's Father*."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from castgraph.answers import Thing
from castgraph.asking.meanings import Expression, Meaning, Name, Place

SPELT = {
    "father": ("Father", "Dad", "Daddy"),
    "mother": ("Mother", "Mom", "Mum"),
    "son": ("Son",),
    "daughter": ("Daughter",),
    "brother": ("Brother",),
    "sister": ("Sister",),
    "wife": ("Wife",),
    "husband": ("Husband",),
}
"""How credits spell what somebody is to a character, by the word of a meaning."""


@dataclass(frozen=True)
class Kin:
    """A part of a meaning, ``(the (kin WORD NAME))``, and where in the question it stands."""

    part: Expression
    word: str
    of: Name
    place: Place

    def found(self, of: Sequence[Thing], find: Callable[[str], Sequence[Thing]]) -> tuple[Thing, ...]:
        """The characters that go by the name of one of these with what they are to them; ``find`` looks a name up."""
        names = (f"{one.label}'s {spelt}" for one in of if one.label for spelt in SPELT[self.word])
        return tuple(dict.fromkeys(thing for name in names for thing in find(name)))


def kin_in(meaning: Meaning) -> Kin | None:
    """The first part of a meaning that speaks of somebody's kin; None where there is none."""
    if not isinstance(meaning, Expression):
        return None
    match meaning.operator, meaning.arguments:
        case "the", (Expression("kin", (str(word), Name() as of)), Place() as place):
            return Kin(meaning, word, of, place)
    parts = (*meaning.arguments, *(part for _, part in meaning.named))
    return next((found for part in parts if (found := kin_in(part))), None)


def with_name(meaning: Meaning, kin: Kin) -> Meaning:
    """A meaning with a name in the place of somebody's kin."""
    if meaning == kin.part:
        return kin.of
    if not isinstance(meaning, Expression):
        return meaning
    return Expression(
        meaning.operator,
        tuple(with_name(part, kin) for part in meaning.arguments),
        tuple((key, with_name(part, kin)) for key, part in meaning.named),
    )
