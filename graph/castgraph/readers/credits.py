"""Credits for appearing in a work: what a printed role says, and the performance it makes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from castgraph.names import slug
from castgraph.readers.draft import Draft
from castgraph.readers.text import squeeze
from castgraph.records import TITLE, Json, Node, named
from castgraph.role_grammar import NARRATOR, NOBODY, NOTE, SELF, VOICES

_PARENTHESIS = re.compile(r"\s*\(([^()]*)\)$")
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}\b)")
_EPISODES = re.compile(r"(?P<count>[0-9]{1,9}) episodes?", re.IGNORECASE)
_YEARS = re.compile(r"(?P<first>[0-9]{4})\s*(?:(?P<range>[-–—])\s*(?P<last>[0-9]{4})?)?")
_AS = re.compile(r"as (?P<name>.+)", re.IGNORECASE)
_NOTE = re.compile(NOTE, re.IGNORECASE)
_HEARD = re.compile(r"(?:[a-z]+ )?voice", re.IGNORECASE)
_SAID_BY_TYPE = {"voice", "archive footage", "narrator"}
_DOUBLE = re.compile(r"(?:(?<!\b\w)\s+/\s+|\s+/\s+(?!\w\b))(?![^()]*\))")  # not in Y / O, nor inside parentheses
_SELF = re.compile(rf"(?:{SELF})(?:\s+[-–]\s+.*|\s*,.*)?", re.IGNORECASE)
_NOBODY = re.compile(NOBODY, re.IGNORECASE)
_VOICES = re.compile(VOICES, re.IGNORECASE)
_NARRATOR = re.compile(NARRATOR, re.IGNORECASE)


@dataclass(frozen=True)
class Role:
    """What a page prints as somebody's role. ``name`` is empty where it names nobody."""

    name: str
    episodes: str | None = None
    years: tuple[str, ...] = ()
    end_years: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    credited_as: str | None = None

    @property
    def is_archive(self) -> bool:
        """Whether the performance is shown from archive footage."""
        return any(note.casefold().startswith("archiv") for note in self.notes)

    @property
    def is_voice(self) -> bool:
        """Whether the performance is only heard."""
        noted_so = any(_HEARD.match(note) for note in self.notes)
        return noted_so or _VOICES.fullmatch(self.name) is not None

    @property
    def is_narration(self) -> bool:
        """Whether the credit itself calls the role a narrator (archive footage of one is not a narration).

        "Space Agency Narrator" does so too; the character then tells this narrator from others of the work.
        """
        named_so = self.name.casefold().split()[-1:] == ["narrator"] or _NARRATOR.fullmatch(self.name)
        noted_so = any(note.casefold().startswith("narrator") for note in self.notes)
        return bool(named_so or noted_so) and not self.is_archive

    @property
    def character(self) -> str | None:
        """Whom the role presents; None for people as themselves, a plain narrator, and voices or extras as such."""
        if not self.name or any(kind.fullmatch(self.name) for kind in (_SELF, _NARRATOR, _NOBODY)):
            return None
        return self.name


def parse_roles(text: str) -> tuple[Role, ...]:
    """The roles of one credit line, at least one; notes behind the last of several hold for all.

    >>> [role.name for role in parse_roles("Ann Vale / The Pilot (3 episodes, 2004-2005)")]
    ['Ann Vale', 'The Pilot']
    >>> parse_roles("Robot (voice) (uncredited)")[0].notes
    ('voice', 'uncredited')
    """
    shared = _parse_notes(squeeze(text))
    names = [name for name in _DOUBLE.split(shared.name) if name.strip(". …")]
    return tuple(_parse_notes(name.strip(), shared) for name in names) or (replace(shared, name=""),)


def credit(draft: Draft, line: int, work: str, *, performer: str | None, role: str, order: int | None) -> None:
    """Record the performances of one credit for a work. A performer or a role that is not given stays unknown."""
    for part in parse_roles(role):
        _record(draft, line, work, performer, part, order)


def narration(draft: Draft, line: int, work: str, *, performer: str, role: str) -> None:
    """Record a narration where the page says so in other words than the role: under a heading Narrated by."""
    for part in parse_roles(role):
        _record(draft, line, work, performer, replace(part, notes=("narrator", *part.notes)), None)


def is_listed(draft: Draft, performer: str, role: str = "", *, narrates: bool = False) -> bool:
    """Whether the page's cast list credits the performer: then a mention elsewhere is the same credit.

    A mention with a role is so only where the list has that role; ``narrates`` asks for narrations only.
    """
    terms = {"hasNarration"} if narrates else {"hasPerformance", "hasNarration"}
    rows = [row for term in terms for row in draft.cast_rows.get(term, ()) if _performer(row) == slug(performer)]
    wanted = parse_roles(role)
    return bool(rows) and all(
        not part.name or any(slug(part.name) == slug(str(row.get("characterAsCredited", ""))) for row in rows)
        for part in wanted
    )


def _performer(row: Node) -> str:
    value = row.get("performer")
    return slug(str(value["name"])) if isinstance(value, dict) else ""


def _record(draft: Draft, line: int, work: str, performer: str | None, role: Role, order: int | None) -> None:
    facts: dict[str, Json] = {}
    if performer is not None:
        facts["performer"] = named("Person", performer)
        facts["performerAsCredited"] = role.credited_as or performer
    if role.character is not None:
        facts["character"] = named("Character", role.character)
    if role.name:
        facts["characterAsCredited"] = role.name
    if order is not None:
        facts["creditOrder"] = str(order)
    if role.episodes is not None:
        facts["episodeCount"] = role.episodes
    facts |= _some("creditYear", role.years) | _some("creditEndYear", role.end_years)
    facts |= _some("creditNote", tuple(note for note in role.notes if note.casefold() not in _SAID_BY_TYPE))
    kind = "narration" if role.is_narration else "performance"
    owner = "#" if work == TITLE else f"{work}/"
    local = draft.fresh(f"{owner}{kind}/{slug(role.character or performer or role.name or 'unknown')}")
    node: Node = {"id": local, "type": _type(role), **facts}
    draft.state(line, work, **{"hasNarration" if role.is_narration else "hasPerformance": node})


def _type(role: Role) -> str:
    if role.is_archive:
        return "ArchivePerformance"
    if role.is_narration:
        return "Narration"
    return "VoicePerformance" if role.is_voice else "Performance"


def _some(term: str, values: tuple[str, ...]) -> dict[str, Json]:
    if not values:
        return {}
    return {term: values[0] if len(values) == 1 else list(values)}


def _parse_notes(text: str, so_far: Role | None = None) -> Role:
    """Take the parentheses that say how the role was played off the end of the text, and read them."""
    role = so_far or Role("")
    rest = text
    while (match := _PARENTHESIS.search(rest)) and (longer := _with_note(role, match[1])):
        role, rest = longer, rest[: match.start()]
    return replace(role, name=rest.strip())


def _with_note(role: Role, note: str) -> Role | None:
    """The role with what one pair of parentheses says of it; None where they belong to the character's name."""
    if match := _AS.fullmatch(note.strip()):
        return replace(role, credited_as=squeeze(match["name"]))
    if _NOTE.fullmatch(note.strip()):
        return replace(role, notes=(note.strip(), *role.notes))
    notes: tuple[str, ...] = ()
    for part in _THOUSANDS.sub("", note).split(","):
        plain = part.strip()
        if match := _EPISODES.fullmatch(plain):
            role = replace(role, episodes=match["count"])
        elif match := _YEARS.fullmatch(plain):
            role = replace(role, years=(*role.years, match["first"]))
            if match["last"]:
                role = replace(role, end_years=(*role.end_years, match["last"]))
        elif _NOTE.fullmatch(plain):
            notes = (*notes, plain)
        else:
            return None
    return replace(role, notes=(*notes, *role.notes))  # parentheses are read from the right
