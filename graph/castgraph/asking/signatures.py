"""What a set of parts can ask, whatever their order: the cues and names each question takes, and what it means.

A frame takes a question only where every part has its place in it. Its fields are written in words:

* ``asks``: the question words it may be asked with (``who``, ``what``, ``when`` …); ``none`` where it may be asked with
  nothing but a noun (“before mars cast list”), ``yes`` where it is answered with yes or no.
* ``needs``: cues, one of each group (``play|player``) must be there. ``may``: cues that may be there too.
* ``takes``: the kinds of names in it, each once; ``title?`` may be left out.
* ``subject``: who does what a verb (``play``, ``…:verb``) tells: ``asked``, the one asked for; ``named``, a person named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from castgraph.asking.notation import Sense, read_sense

QUESTION_WORDS = frozenset(
    [
        "who",
        "by-whom",
        "who-subject",
        "whom",
        "which-one",
        "what",
        "when",
        "date",
        "year",
        "where",
        "how-many",
        "how-long",
        "how-much",
        "why",
    ]
)
"""Cues that tell what kind of thing is asked for."""

SOFT = frozenset(("in", "from", "some", "he", "aux", "be", "have", "tag", "tag-last", "name"))
"""Cues that say nothing of themselves, beside those that they stand with."""

KINDS_OF_TITLES = ("title", "film", "series", "miniseries", "documentary", "comedy", "drama", "thriller", "animated")
"""Cues that are classes of titles: beside a title they narrow it, elsewhere they are asked for."""

MAKERS = ("director", "writer", "producer", "executive-producer", "creator", "composer", "narrator")
"""Relations between titles and people with a verb, a passive and a noun: ``director:verb``, ``:by``, ``:noun``."""

_PEOPLE = "who by-whom who-subject whom what none"


def _but_what(asked: frozenset[str]) -> frozenset[str]:
    """Question words but *what*, where people are asked for: “who was it again, which actor”."""
    return asked if asked.isdisjoint(("who", "by-whom", "who-subject", "whom")) else asked - {"what"}


@dataclass(frozen=True)
class Frame:
    """One kind of question by its parts."""

    asks: frozenset[str]
    needs: tuple[frozenset[str], ...]
    may: frozenset[str]
    takes: tuple[str, ...]
    subject: str
    sense: Sense

    @cached_property
    def allowed(self) -> frozenset[str]:
        """All cues that may be there."""
        return frozenset().union(*self.needs, self.may, self.asks, SOFT)

    def is_asked_by(self, asked: frozenset[str], cues: frozenset[str]) -> bool:
        """Whether question words and other cues are those of this frame."""
        if "which-one" in asked:
            return any(self.is_asked_by(asked - {"which-one"} | {one}, cues) for one in ("who", "what"))
        people = {"people"} if {"who", "yes"} & self.asks else set()
        return (
            _but_what(asked) <= self.asks
            and cues <= self.allowed | people
            and all(not group.isdisjoint(cues) for group in self.needs)
        )


def _frame(asks: str, needs: str, may: str, takes: str, sense: str, subject: str = "") -> Frame:
    return Frame(
        frozenset(asks.split()),
        tuple(frozenset(group.split("|")) for group in needs.split()),
        frozenset(may.split()),
        tuple(takes.split()),
        subject,
        read_sense(sense),
    )


@cache
def frames() -> Sequence[Frame]:
    """All frames."""
    return (*_of_casting(), *_of_occupations(), *_of_makers(), *_of_titles(), *_of_values(), *_of_missions())


def _of_casting() -> Iterator[Frame]:
    performers = "(list (of performer (performances character=$character work=$title)))"
    who = "who by-whom who-subject whom"
    yield _frame(
        who, "play|played-by|player", "role part player called give here", "character title?", performers, "asked"
    )
    yield _frame(
        "what none",
        "played-by|player|people|who-did",
        "play role part player called",
        "character title?",
        performers,
        "asked",
    )
    yield _frame("who-subject", "be", "", "character title?", performers)
    yield _frame("who who-subject", "real-life", "player", "character title", performers)
    yield _frame("who who-subject", "take role|part", "", "character title?", performers, "asked")
    yield _frame("who who-subject", "in", "role", "character title", performers, "asked")
    roles = "(list (of character (performances performer=$person work=$title)))"
    yield _frame("who whom what none", "play", "role part called", "person title?", roles, "named")
    yield _frame("what none", "role|part", "played-by act called give", "person title?", roles, "named")
    yield _frame("what", "be in", "", "person title", roles, "named")
    yield _frame("none", "as-whom", "act in", "person title?", roles, "named")
    yield _frame("who", "here", "play", "person", roles, "named")
    yield _frame("who", "in", "", "person title", roles, "named")
    yield _frame(
        "who what none",
        "player|cast|play role|part|whom-played",
        "player and act with",
        "title",
        "(pairs (performances work=$title))",
    )
    yield _frame("who none", "whom-played", "", "title", "(pairs (performances work=$title))")
    yield _frame("who what none", "role", "act", "title", "(list (of character (performances work=$title)))")
    cast = "(list (of cast-member $title))"
    yield _frame(f"{_PEOPLE}", "player|cast|act", "", "title", cast)
    yield _frame("who-subject what", "play with in", "people player", "title", cast)
    yield _frame("who what none", "everyone", "act", "title", cast)
    yield _frame("who", "in", "play", "title", cast, "asked")
    both = "(list (and (of cast-member $title) (of cast-member $title2)))"
    yield _frame("who what none", "player|act|cast|in both|also", "player act cast and both also", "title title2", both)
    others = "(list (but (of cast-member (and $title (with cast-member $person))) $person))"
    yield _frame("who what none", "with|else act|player", "with else act player", "person title?", others)
    yield _frame("who what none", "else in", "", "person title", others)
    yield _frame("who what none", "else here", "and", "person", others)
    yield _frame("who whom", "with", "else act player here together", "person title?", others)
    yield _frame("yes", "play|played-by", "role player", "person character title?",
                 "(holds (performances performer=$person character=$character work=$title))", "named")  # fmt: skip
    yield _frame("yes", "be|tag|tag-last", "player role", "person character title?",
                 "(holds (performances performer=$person character=$character work=$title))")  # fmt: skip
    yield _frame(
        "yes",
        "act|play|in",
        "cast player",
        "person title",
        "(holds (performances performer=$person work=$title))",
        "named",
    )
    yield _frame("yes", "act|with|together|both and", "act with together both film title", "person person2",
                 "(holds (and (all title) (with cast-member $person) (with cast-member $person2)))")  # fmt: skip
    for who in ("character", "person"):
        yield _frame("how-many", "episode", "act play", f"{who} title?",
                     "(count-episodes (performances character=$character performer=$person work=$title))")  # fmt: skip


def _of_makers() -> Iterator[Frame]:
    for maker in MAKERS:
        said = f"{maker}:verb|{maker}:by|{maker}:noun"
        yield _frame(
            "who who-subject by-whom whom",
            f"{maker}:work",
            f"{maker}:verb",
            "title",
            f"(list (of {maker} $title))",
            "asked",
        )
        people = f"(list (of {maker} $title))"
        yield _frame("who who-subject by-whom whom", said, "", "title", people, "asked")
        yield _frame("what none", f"{maker}:by|{maker}:noun", f"{maker}:verb", "title", people, "asked")
        yield _frame("what", said, "make", "person", f"(list (with {maker} $person))", "named")
        yield _frame("yes", said, "", "person title", f"(holds (and $person (of {maker} $title)))", "named")
        for kind in KINDS_OF_TITLES:
            works = f"(list (and (all {kind}) (with {maker} $person)))"
            yield _frame("what none", f"{said} {kind}", "make", "person", works, "named")


def _of_occupations() -> Iterator[Frame]:
    character = "(the (and (all character) (with occupation $occupation) (with appears-in $title)))"
    yield _frame("who what none", "", "called work", "occupation title", f"(list {character})")


def _of_titles() -> Iterator[Frame]:
    book = "(and (all book) (with companion $title))"
    yield _frame("who who-subject by-whom whom", "book writer:verb|writer:by|author|writer:noun", "", "title",
                 f"(list (of author {book}))", "asked")  # fmt: skip
    yield _frame("what none", "book author", "", "title", f"(list (of author {book}))")
    yield _frame("where", "act|together and", "act with in both together also", "person person2",
                 "(list (and (all title) (with cast-member $person) (with cast-member $person2)))")  # fmt: skip
    yield _frame("what", "in", "act with", "person", "(list (with cast-member $person))")
    yield _frame("where what", "act", "watch", "person", "(list (with cast-member $person))")
    for kind in KINDS_OF_TITLES:
        yield _frame("what none", f"act|with {kind}", "act with", "person",
                     f"(list (and (all {kind}) (with cast-member $person)))")  # fmt: skip
        yield _frame("what none", f"in {kind}", "", "person", f"(list (and (all {kind}) (with cast-member $person)))")
        yield _frame("what none", f"air {kind}", "", "person", f"(list (and (all {kind}) (with channel $person)))")
        yield _frame("what none", kind, "", "person", f"(list (and (all {kind}) (with contributor $person)))")
        yield _frame(
            "what none",
            kind,
            "act role in",
            "character",
            f"(list (and (all {kind}) (or (with character-in $character) (with has-character $character))))",
        )
        yield _frame("what none", f"{kind} and", "act with in both together also", "person person2",
                     f"(list (and (all {kind}) (with cast-member $person) (with cast-member $person2)))")  # fmt: skip
    yield from _of_likeness()
    yield _frame("what none", "award win", "", "title", "(awards (and (of nomination $title) (all win)))")
    yield _frame("what none", "award|nomination", "and nomination award", "title", "(awards (of nomination $title))")
    for cue, relation in (("channel", "channel"), ("country", "country"), ("genre", "genre"), ("language", "language")):
        asks = "where what none" if cue == "channel" else "what none"
        yield _frame(asks, cue, "air tv" if cue == "channel" else "", "title", f"(list (of {relation} $title))")
    yield _frame("where", "air tv", "", "title", "(list (of channel $title))")
    yield _frame(
        "where", "air", "", "title", "(together (list (of channel $title)) (list (of release-country $title)))"
    )
    yield _frame(
        "who what by-whom none",
        "company",
        "producer:by producer:verb make by title",
        "title",
        "(list (of company $title))",
    )
    yield _frame("where what none", "filmed", "", "title", "(list (of location $title))")


def _of_likeness() -> Iterator[Frame]:
    for kind in KINDS_OF_TITLES:
        asked = "like" if kind == "title" else f"like {kind}"
        like = f"(similar $title (all {kind})"
        may = "watch else title"
        yield _frame("what none", asked, may, "title", f"{like})")
        yield _frame("what none", f"{asked} since", may, "title year", f"{like} (where release-year at-least $year))")
        yield _frame("what none", f"{asked} director:verb|director:by|by|make", may, "title person",
                     f"{like} (with director $person))", "named")  # fmt: skip


def _of_values() -> Iterator[Frame]:
    for asks, needs, may, attribute in (
        ("how-many", "episode|part", "make", "episodes"),
        ("how-many", "season", "", "seasons"),
        ("how-long", "", "runtime last take", "running-time"),
        ("what none", "runtime", "", "running-time"),
        ("what none", "budget", "", "budget"),
        ("how-much", "budget", "", "budget"),
        ("what none", "rating", "", "rating"),
        ("what none", "other-name", "", "alternative-title"),
        ("what none", "keyword", "", "keyword"),
        ("year", "", "release make air", "release-year"),
        ("when date", "release", "", "release"),
        ("when", "make", "", "release"),
        ("when date", "air", "tv", "first-aired"),
    ):
        yield _frame(asks, needs, may, "title", f"(value {attribute} $title)")


def _of_missions() -> Iterator[Frame]:
    people = "who who-subject what none"
    yield _frame(people, "command|lead", "", "mission", "(list (of commander $mission))", "asked")
    yield _frame("what none", "craft", "use", "mission", "(list (of craft $mission))")
    yield _frame(people, "crew", "", "mission", "(list (of crew $mission))")
    yield _frame("how-many", "crew", "", "mission", "(value crew-size $mission)")
    yield _frame("how-many", "men", "crew", "mission", "(value men-in-crew $mission)")
    yield _frame("how-many", "women", "crew", "mission", "(value women-in-crew $mission)")
    yield _frame("what none", "runtime", "", "mission", "(value duration $mission)")
    yield _frame("how-long", "", "last take", "mission", "(value duration $mission)")
    yield _frame("what none", "country", "", "mission",
                 "(list (or (of crew-country $mission) (of operating-country $mission)))")  # fmt: skip
    yield _frame("what where none", "destination", "", "mission", "(list (of destination $mission))")
