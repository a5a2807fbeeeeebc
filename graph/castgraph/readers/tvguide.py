"""Reads a TV Guide listing: title, story year, cast, seasons and episodes, awards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, pairwise

from castgraph.readers.credits import credit
from castgraph.readers.draft import Draft
from castgraph.readers.lists import person
from castgraph.readers.prose import is_prose, read_story_years
from castgraph.readers.quantities import dates
from castgraph.readers.sections import PREAMBLE, Section, split
from castgraph.readers.text import Line, Text, squeeze
from castgraph.records import TITLE, Node, Reading

KIND = "tv-guide"

_MORE = r"(?: (?:See All|See More))?"
_HEADINGS = {
    "cast": re.compile(rf"(?:Full )?Cast (?:&|&amp;|and) Crew{_MORE}", re.IGNORECASE),
    "season": re.compile(rf"Season (?P<number>[0-9]{{1,4}}) Episode Guide{_MORE}", re.IGNORECASE),
    "awards": re.compile(rf"Awards{_MORE}", re.IGNORECASE),
    "other": re.compile(
        rf"(?:Where to Watch|(?:Latest |My |Related )?News|Photos|Videos|Trailers(?: & (?:Videos|Clips))?|Reviews"
        rf"|Popular (?:Shows|Movies)|Similar (?:Shows|Movies)|More Like This|Upcoming Airings){_MORE}",
        re.IGNORECASE,
    ),
}
_SIGN_IN = "By joining TV Guide"
_CHROME = re.compile(
    rf"Join or Sign In|Sign in to customize.*|Continue with .*|{_SIGN_IN}.*|Loading\. Please wait.*"
    r"|Content not available in your region\?.*|See (?:All|More)|Skip to .*|Watch Now.*",
    re.IGNORECASE,
)
_EPISODE = re.compile(r"Episode (?P<number>[0-9]{1,5})", re.IGNORECASE)
_WEEKDAY = re.compile(r"^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}\.?,? ", re.IGNORECASE)
_AWARD = re.compile(
    r"[\s•*·-]*(?P<year>[0-9]{4}) [-–—] (?P<award>.+?)(?: [-–—] (?P<category>.+))?"
    r" [-–—] (?P<outcome>winner|won|nominated|nominee)",
    re.IGNORECASE,
)
_LONGEST_AWARD = 300
_JOBS = {
    "director": "director",
    "writer": "writer",
    "screenwriter": "writer",
    "screenplay": "writer",
    "creator": "creator",
    "producer": "producer",
    "executive producer": "executiveProducer",
    "composer": "composer",
    "music": "composer",
}
# The ontology has no term for these jobs, so they are credits of a contributor.
_OTHER_JOBS = {
    "art director", "associate producer", "casting director", "cinematographer", "cinematography", "co-producer",
    "co-executive producer", "costume designer", "director of photography", "editor", "film editor",
    "production designer", "set decorator", "supervising producer", "consulting producer", "line producer",
}  # fmt: skip


def recognises(text: Text) -> int:
    """The line that shows the text to be a TV Guide listing, or 0."""
    for line in text.numbered():
        plain = squeeze(line.text)
        marked = any(_HEADINGS[name].fullmatch(plain) for name in ("cast", "season")) or _award(plain)
        if marked or plain.startswith(_SIGN_IN):
            return line.number
    return 0


def read(text: Text) -> Reading:
    """Read a TV Guide listing."""
    draft = Draft(text, KIND, "TV Guide")
    sections = split(text.numbered(), _HEADINGS)
    if not any(section.name in {"cast", "season"} for section in sections):
        # Nothing but the sign-in line may show the kind of page, on its sheet too.
        signs = (line.number for line in text.numbered() if squeeze(line.text).startswith(_SIGN_IN))
        for number in islice(signs, 1):
            draft.keep(number, _SIGN_IN)
    order = 0
    for whole in sections:
        section = _without_stray_awards(draft, whole)
        if section.name != PREAMBLE:
            draft.keep(section.line, section.heading)
        if section.name == PREAMBLE:
            _read_preamble(draft, section)
        elif section.name == "cast":
            order = _read_cast(draft, section, order)
        elif section.name == "season":
            _read_season(draft, section)
        elif section.name == "awards":
            _read_awards(draft, section.body)
    return draft.finish(
        marker=recognises(text), expected="a title, or a section Cast & Crew, Season N Episode Guide or Awards"
    )


def _read_preamble(draft: Draft, section: Section) -> None:
    lines = [Line(line.number, squeeze(line.text)) for line in section.body]
    # The cross that closes the sign-in box; elsewhere "X" may be a title.
    if len(lines) > 1 and lines[0].text == "X" and lines[1].text == "Join or Sign In":
        del lines[0]
    stated = [line for line in lines if not _CHROME.fullmatch(line.text)]
    if not stated:
        return
    if not is_prose(stated[0].text):
        title = stated.pop(0)
        draft.record(title.number, {"id": TITLE, "type": "ScreenWork", "name": title.text})
        draft.keep(title.number, title.text)
    for line in stated:
        read_story_years(draft, line)


def _read_cast(draft: Draft, section: Section, order: int) -> int:
    """Read pairs of lines, performer then role. Returns the last credit order given."""
    groups = list(_groups(section))
    undecided = len(groups) > 1 and all(len(group) == 1 for group in groups)
    for group in groups:
        for line in group:
            # All of them, used or not: which lines stand together decides what is a pair.
            draft.keep(line.number, line.text)
        for part in _split_after_jobs(group):
            if undecided or (len(part) % 2 and len(part) > 1):
                for line in part:
                    draft.skip(line.number, "a line is missing nearby: performers and roles cannot be told apart")
            elif len(part) == 1 and _is_job(part[0].text):
                draft.skip(part[0].number, "a job without a name")
            else:
                for index in range(0, len(part), 2):
                    order += 1
                    role = part[index + 1] if index + 1 < len(part) else None
                    _read_credit(draft, part[index], role, order)
    return order


def _groups(section: Section) -> Iterator[list[Line]]:
    """The lines of a cast list that stand together, without blank lines or prose between them."""
    names = [
        Line(line.number, plain)
        for line in section.body
        if not (_CHROME.fullmatch(plain := squeeze(line.text)) or is_prose(plain))
    ]
    group = names[:1]
    for before, line in pairwise(names):
        if line.number != before.number + 1:
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _split_after_jobs(group: list[Line]) -> Iterator[list[Line]]:
    """Parts of a group that begin with a performer: a job, such as Director, can only be the end of a pair."""
    part: list[Line] = []
    for line in group:
        part.append(line)
        if _is_job(line.text):
            yield part
            part = []
    if part:
        yield part


def _is_job(text: str) -> bool:
    return text.casefold() in _JOBS or text.casefold() in _OTHER_JOBS


def _read_credit(draft: Draft, name: Line, role: Line | None, order: int) -> None:
    job = "" if role is None else role.text.casefold()
    if role is not None and job in _OTHER_JOBS:
        draft.state(name.number, contributor=person(name.text))
        draft.skip(role.number, "the ontology has no term for this job: read as a contributor")
    elif job in _JOBS:
        draft.state(name.number, TITLE, **{_JOBS[job]: person(name.text)})
    else:
        credit(draft, name.number, TITLE, performer=name.text, role="" if role is None else role.text, order=order)


def _read_season(draft: Draft, section: Section) -> None:
    heading = _HEADINGS["season"].fullmatch(section.heading)
    assert heading is not None  # it is what made this a season
    number = heading["number"]
    season = draft.fresh(f"#season/{number}")
    # A title with an episode guide is a series: a work told in episodes.
    draft.state(section.line, type="Series")
    draft.record(section.line, {"id": season, "type": "Season", "seasonNumber": number, "partOf": {"id": TITLE}})
    episode, titled = "", False
    for line in section.body:
        plain = squeeze(line.text)
        if match := _EPISODE.fullmatch(plain):
            episode, titled = draft.fresh(f"{season}/episode/{match['number']}"), False
            node: Node = {"id": episode, "type": "Episode", "episodeNumber": match["number"], "partOf": {"id": season}}
            draft.record(line.number, node)
            draft.keep(line.number, plain)
        elif episode and (aired := dates(_WEEKDAY.sub("", plain))):
            draft.state(line.number, episode, firstAired=aired[0])
            draft.keep(line.number, plain)
        elif episode and not titled and not is_prose(plain) and not _CHROME.fullmatch(plain):
            draft.state(line.number, episode, name=plain)
            draft.keep(line.number, plain)
            titled = True


def _without_stray_awards(draft: Draft, section: Section) -> Section:
    """Read the awards in a section of another kind: an award shows itself even where its heading is lost."""
    if section.name == "awards":
        return section
    awards = tuple(line for line in section.body if _award(squeeze(line.text)))
    _read_awards(draft, awards)
    return replace(section, body=tuple(line for line in section.body if line not in awards))


def _award(text: str) -> re.Match[str] | None:
    return _AWARD.fullmatch(text) if len(text) <= _LONGEST_AWARD else None


def _read_awards(draft: Draft, lines: tuple[Line, ...]) -> None:
    for line in lines:
        plain = squeeze(line.text)
        match = _award(plain)
        if match is None:
            if not is_prose(plain) and not _CHROME.fullmatch(plain):
                draft.skip(line.number, "not an award of the form YEAR - AWARD - CATEGORY - winner or nominated")
            continue
        won = match["outcome"].casefold() in {"winner", "won"}
        node: Node = {
            "id": draft.numbered("#nomination"),
            "type": "AwardWin" if won else "AwardNomination",
            "awardYear": match["year"],
            "awardName": match["award"],
            "awardOutcome": "won" if won else "nominated",
        }
        if match["category"]:
            node["awardCategory"] = match["category"]
        draft.state(line.number, nomination=node)
        draft.keep(line.number, plain)
