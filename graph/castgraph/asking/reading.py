"""Says in words what a question was taken to mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from castgraph.answers import Thing
from castgraph.asking.meanings import Expression, Meaning, Name, Number, Place
from castgraph.asking.vocabulary import ATTRIBUTES, RELATIONS

_NOUNS = {
    "title": "titles", "film": "films", "series": "series", "miniseries": "mini-series", "documentary": "documentaries",
    "comedy": "comedies", "animated": "animated titles", "drama": "dramas", "thriller": "thrillers",
    "person": "people", "agent": "people", "character": "characters", "mission": "missions", "craft": "spacecraft",
    "event": "events", "episode": "episodes", "book": "books", "win": "awards won", "nomination": "award nominations",
    "cargo-lander": "cargo landers", "habitat": "surface habitats", "transfer-vehicle": "crew transfer vehicles",
    "robotic-lander": "robotic landers", "destruction": "destructions", "illness": "illnesses", "injury": "injuries", "discovery": "discoveries", "loss": "losses",
    **{word: word + "s" for word in ("landing", "departure", "failure", "fraud", "death", "explosion", "request",
                                     "decision", "repair", "storm", "return", "lander", "commander", "genre")},
}  # fmt: skip

_SINGULAR = {plural: word for word, plural in _NOUNS.items()}

_AFTER_NOUNS = ("titles ", "events ", "missions ", "people ", "characters ")
"""What phrases of relations begin with that can follow another noun: “titles directed by X”, “films directed by X”."""

_COMPARED = {
    "is": "{}", "at-least": "{} or later", "above": "above {}", "at-most": "{} or earlier", "below": "below {}",
    "decade": "of the {}s",
}  # fmt: skip

_JOINTS = {"or": "or", "both": "and"}

_WITH_KIND = {"character": "the character {}", "book": "the book {}"}


class Reader:
    """Puts meanings into words, with the names of the things found."""

    def __init__(self, things: Mapping[Name, Sequence[Thing]]) -> None:
        self._things = things

    def tell(self, meaning: Meaning) -> str:
        """A meaning in words.

        >>> Reader({}).tell(Expression("all", ("film",)))
        'films'
        """
        if isinstance(meaning, Name):
            return self._name(meaning)
        if isinstance(meaning, Number):
            return f"{meaning.value:g}"
        if isinstance(meaning, str | Place):
            return str(meaning)
        match meaning.operator, meaning.arguments:
            case "all", (str(word),):
                return _NOUNS.get(word, word)
            case "of", (str(relation), inner):
                return self._of(relation, inner)
            case "with", (str(relation), inner):
                return RELATIONS[relation].from_.format(self.tell(inner))
            case "and", parts:
                return self._all_of(parts)
            case (("or" | "both") as joint, parts):
                return f" {_JOINTS[joint]} ".join(self.tell(part) for part in parts)
            case "but", (whole, out):
                return f"{self.tell(whole)}, without {self.tell(out)}"
            case "where", (str(attribute), str(comparison), Number(value)):
                of = "" if attribute == "release-year" else f"{attribute.replace('-', ' ')} "
                return f"with {of}" * bool(of) + _COMPARED[comparison].format(f"{value:g}")
            case "where", (str(attribute), _, str(word)):
                return f"with {attribute.replace('-', ' ')} {word}"
            case "performances", _:
                return f"performances{self._performances(meaning)}"
            case "the", (inner, _):
                return _singular(self.tell(inner))
            case "credited", (inner,):
                return f"names credited for {self.tell(inner)}"
            case "and-how", (inner,):
                return self.tell(inner)
            case "together", parts:
                return " and ".join(self.tell(part) for part in parts)
            case "pairs", (inner,):
                return f"who played whom{self._performances(inner)}"
            case "value", (str(attribute), inner):
                return ATTRIBUTES[attribute].told.format(self.tell(inner))
            case "similar", (inner, *parts):
                return f"titles like {self.tell(inner)}" + "".join(
                    f", {self._after_noun(part)}" for part in parts if str(part) != "(all title)"
                )
            case "holds", (inner,):
                return f"whether there are {self.tell(inner)}"
            case "count-episodes", (inner,):
                return f"number of episodes of {self.tell(inner)}"
            case "about", (Name() as name,):
                labels = " or ".join(dict.fromkeys(thing.label or thing.iri for thing in self._things[name][:3]))
                return f"who {labels} is"
            case "count", (inner,):
                return f"number of {self.tell(inner)}"
            case "awards", (Expression("and", (Expression("of", (_, inner)), *_)),):
                return f"awards won by {self.tell(inner)}"
            case "awards", (Expression("of", (_, inner)),):
                return f"award nominations of {self.tell(inner)}"
            case "awards", (inner,):
                return f"awards of {self.tell(inner)}"
        return " ".join(self.tell(part) for part in meaning.arguments)

    def _name(self, name: Name) -> str:
        labels = dict.fromkeys(thing.label or thing.iri for thing in self._things[name])
        told = " or ".join(list(labels)[:3]) + (" or others" if len(labels) > 3 else "")
        return _WITH_KIND.get(name.kind, "{}").format(told)

    def _of(self, relation: str, inner: Meaning) -> str:
        if isinstance(inner, Expression) and inner.operator == "performances":
            roles = dict(inner.named)
            if relation == "performer" and "character" in roles:
                voiced = "voices" if roles.get("kind") == "voice" else "performers"
                return f"{voiced} of {self.tell(roles['character'])}" + self._performances(inner, {"character", "kind"})
            if relation == "character":
                by = f"played by {self.tell(roles['performer'])}" if "performer" in roles else ""
                return f"characters {by}".strip() + self._performances(inner, {"performer", "kind"})
        return RELATIONS[relation].to.format(self.tell(inner))

    def _performances(self, meaning: Meaning, told: frozenset[str] | set[str] = frozenset()) -> str:
        assert isinstance(meaning, Expression)
        words = {"performer": " by {}", "character": " of {}", "work": " in {}", "kind": " ({})", "note": ", {}"}
        return "".join(words[role].format(self.tell(inner)) for role, inner in meaning.named if role not in told)

    def _all_of(self, parts: Sequence[Meaning]) -> str:
        nouns = [part for part in parts if isinstance(part, Expression) and part.operator == "all"]
        others = [part for part in parts if part not in nouns]
        if not others:
            return " that are ".join(self.tell(noun) for noun in nouns)
        if not nouns and not all(_is_phrase(part) for part in others):
            return " and also ".join(self.tell(part) for part in others)
        if nouns and len(others) == 1 and isinstance(others[0], Name):
            return f"{self.tell(others[0])}, among {self.tell(nouns[0])}"
        noun = self.tell(nouns[0]) if nouns else "titles"
        return f"{noun} " + " and ".join(self._after_noun(part) for part in others)

    def _after_noun(self, part: Meaning) -> str:
        """A part as it follows a noun: “directed by X”."""
        if isinstance(part, Expression) and part.operator == "and":
            return " and ".join(self._after_noun(one) for one in part.arguments)
        told = self.tell(part)
        for noun in _AFTER_NOUNS if _is_phrase(part) else ():
            told = told.removeprefix(noun)
        return told if _is_phrase(part) or not isinstance(part, Name) else f"in {told}"


def _is_phrase(part: Meaning) -> bool:
    """True for what a noun can take after it."""
    return isinstance(part, Expression) and (
        part.operator == "where"
        or (part.operator == "with" and RELATIONS[str(part.arguments[0])].from_.startswith(_AFTER_NOUNS))
        or (part.operator in ("and", "but") and all(_is_phrase(one) for one in part.arguments[:1]))
    )


def _singular(told: str) -> str:
    """What a set of one is called.

    >>> _singular("landings at Mars")
    'the landing at Mars'
    """
    noun, space, rest = told.partition(" ")
    return f"the {_SINGULAR.get(noun, noun)}{space}{rest}"
