"""What speaks for two mentions being one thing, or against it. Pure comparisons; nothing is decided here for good."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from castgraph.mentions import PERFORMANCES, Handle, Mention, Mentions
from castgraph.names import fold

_FILMS = {"Film", "TelevisionFilm"}
_SERIES = {"Series", "MiniSeries"}


@dataclass(frozen=True)
class Verdict:
    """What a comparison found. ``confidence`` is a judgement between 0 and 1, not a measured frequency."""

    accepted: bool
    evidence: tuple[str, ...]
    confidence: float


def name_evidence(a: Mention, b: Mention) -> str | None:
    """How two mentions' names agree, in words, or None where they do not."""
    if set(a.names) & set(b.names):
        return "the same name"
    if {fold(name) for name in a.names} & {fold(name) for name in b.names}:
        return f"names equal but for accents, case or punctuation ({a.names[0]}, {b.names[0]})"
    return None


def partial_name(short: Mention, full: Mention) -> bool:
    """Whether a story's text may call a character of another page's cast by this first part of the name.

    Hiromi, of Hiromi Okuda. Only the first words count, and only for a mention that is no credit itself: cast lists
    print Guard and Guard Two, Karla and Young Karla, for characters that are not the same.
    """
    if short.handle.document == full.handle.document or not short.names or not full.names:
        return False
    if any(key == "character" for key, _ in short.of) or not any(key == "character" for key, _ in full.of):
        return False
    few, many = fold(short.names[0]).split(), fold(full.names[0]).split()
    return len(few) < len(many) and few == many[: len(few)]


def years(mentions: Mentions, title: Mention) -> set[str]:
    """The years a title came out in, as its document states them: outright, or by the day of a release."""
    return {*title.facts.get("releaseYear", ()), *(date[:4] for date in dates(mentions, title))}


def dates(mentions: Mentions, title: Mention) -> set[str]:
    """The days a title first came out on, as its document states them."""
    found = set(title.facts.get("firstAired", ()))
    for handle in title.targets("release"):
        found |= set(mentions[handle].facts.get("releaseDate", ()))
    return found


def credited(mentions: Mentions, title: Mention) -> tuple[set[str], set[str]]:
    """The folded names of a title's characters, and of its performers and makers."""
    characters: set[str] = set()
    agents: set[str] = set()
    for _, handle in title.links:
        near = mentions[handle]
        reached = [mentions[target] for _, target in near.links] if near.types & PERFORMANCES else [near]
        for thing in reached:
            folded = {fold(name) for name in thing.names}
            if thing.kind == "character":
                characters |= folded
            elif thing.kind in ("person", "organization", "agent"):
                agents |= folded
    return characters, agents


def contradict(mentions: Mentions, a: Mention, b: Mention) -> str | None:
    """What says that two titles are not one, in words: their kinds or their years; None where nothing does."""
    if (a.types & _FILMS and b.types & _SERIES) or (a.types & _SERIES and b.types & _FILMS):
        return "one is a film, the other a series"
    years_a, years_b = years(mentions, a), years(mentions, b)
    if years_a and years_b and not years_a & years_b:
        return f"they came out in {min(years_a)} and {min(years_b)}"
    return None


def compare_titles(mentions: Mentions, a: Mention, b: Mention) -> Verdict | None:
    """Compare two titles; None where they are plainly different or nothing speaks for them being one.

    A name and a year together suffice. A name alone needs one further sign, a nameless title two, or the same day
    of release and one further sign.
    """
    if contradict(mentions, a, b):
        return None
    years_a, years_b = years(mentions, a), years(mentions, b)
    name = name_evidence(a, b)
    alternative = _alternative_name(a, b)
    if a.names and b.names and not name and not alternative:
        return None
    evidence = [name or alternative] if name or alternative else []
    same_year = bool(years_a & years_b)
    if same_year:
        evidence.append(f"the same year ({min(years_a & years_b)})")
    signs = _signs(mentions, a, b)
    evidence.extend(signs)
    if name or alternative:
        if same_year or signs:
            return Verdict(True, tuple(str(one) for one in evidence), 0.97 if same_year and signs else 0.93)
        return Verdict(False, (str(evidence[0]), "no year or other sign on one side"), 0.5)
    if len(signs) >= 2 or any(sign.count(",") >= 1 for sign in signs):
        return Verdict(True, (*evidence_of_missing_name(a, b), *signs), 0.9)
    return Verdict(False, (*evidence_of_missing_name(a, b), *signs), 0.3) if signs else None


def evidence_of_missing_name(a: Mention, b: Mention) -> tuple[str, ...]:
    """Says whose name is missing."""
    return tuple(f"{one.handle.document} does not state the title's name" for one in (a, b) if not one.names)


def _alternative_name(a: Mention, b: Mention) -> str | None:
    for one, other in ((a, b), (b, a)):
        shared = {fold(name) for name in one.facts.get("alternativeTitle", ())} & {fold(name) for name in other.names}
        if shared:
            return f"the name is an alternative title on the other side ({min(shared)})"
    return None


def _signs(mentions: Mentions, a: Mention, b: Mention) -> list[str]:
    """What the two titles share beside name and year. A sign that lists two or more things holds a comma."""
    signs = []
    if shared := dates(mentions, a) & dates(mentions, b):
        signs.append(f"the same first day ({min(shared)})")
    (characters_a, agents_a), (characters_b, agents_b) = credited(mentions, a), credited(mentions, b)
    if shared := characters_a & characters_b:
        signs.append(f"the same characters ({', '.join(sorted(shared))})")
    if shared := agents_a & agents_b:
        signs.append(f"the same people ({', '.join(sorted(shared))})")
    return signs


def compare_episodes(mentions: Mentions, a: Mention, b: Mention) -> Verdict | None:
    """Compare two seasons or two episodes of one series, by number."""
    if a.kind == "season":
        if a.fact("seasonNumber") is None or a.fact("seasonNumber") != b.fact("seasonNumber"):
            return None
        return Verdict(True, ("the same season number of the same series",), 0.97)
    if a.fact("episodeNumber") is None or a.fact("episodeNumber") != b.fact("episodeNumber"):
        return None
    if (season_of(mentions, a) or "1") != (season_of(mentions, b) or "1"):
        return None
    aired = (a.fact("firstAired"), b.fact("firstAired"))
    if None not in aired and aired[0] != aired[1]:
        return None
    return Verdict(True, (f"the same episode number ({a.fact('episodeNumber')}) of the same series",), 0.95)


def season_of(mentions: Mentions, episode: Mention) -> str | None:
    """The number of an episode's season, where its document states one."""
    told = episode.fact("seasonNumber")
    if told is not None:
        return told
    near = [mentions[handle] for key, handle in (*episode.links, *episode.of) if key in ("partOf", "hasPart")]
    return next((season.fact("seasonNumber") for season in near if season.kind == "season"), None)


def compare_agents(
    a: Mention, b: Mention, titles_a: Set[Handle], titles_b: Set[Handle], joined: Set[frozenset[Handle]]
) -> Verdict | None:
    """Compare two agents of like name; None where one is a person and the other an organization.

    The titles are clusters. A name alone, with titles that nothing joins, does not suffice: namesakes are common.
    """
    if {a.kind, b.kind} == {"person", "organization"}:
        return None
    name = name_evidence(a, b) or f"names equal but for the legal form ({a.names[0]}, {b.names[0]})"
    if titles_a & titles_b:
        return Verdict(True, (name, "credited for the same title"), 0.95)
    if any(frozenset((left, right)) in joined for left in titles_a for right in titles_b):
        return Verdict(True, (name, "credited for titles that a source joins"), 0.85)
    return Verdict(False, (name, "credited for titles that nothing joins"), 0.5)
