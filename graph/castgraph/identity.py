"""Identity: which mentions in which documents speak of one thing, decided once, with evidence.

The rules never make two things one on a name alone where nothing else speaks for it: a missing identity loses an
answer, a wrong one gives a false answer. What the rules leave open is reported as undecided, and a person's word in
an overrule file goes before every rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import combinations

from castgraph.errors import IdentityError
from castgraph.evidence import (
    compare_agents,
    compare_episodes,
    compare_titles,
    contradict,
    name_evidence,
    partial_name,
    years,
)
from castgraph.mentions import VOCABULARY, Handle, Mention, Mentions
from castgraph.names import fold
from castgraph.overrules import Overrule
from castgraph.records import Json


class Outcome(Enum):
    """How a question of identity was decided."""

    SAME = "same"
    DIFFERENT = "different"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Decision:
    """One question of identity: the mentions, the outcome, what speaks for it, how sure, and who decided."""

    outcome: Outcome
    mentions: tuple[Mention, ...]
    evidence: tuple[str, ...]
    confidence: float
    decided_by: str

    def as_json(self) -> dict[str, Json]:
        """For ``decisions.json``."""
        return {
            "outcome": self.outcome.value,
            "mentions": [
                {
                    "mention": str(mention.handle),
                    "line": mention.line,
                    "name": mention.names[0] if mention.names else None,
                }
                for mention in self.mentions
            ],
            "evidence": list(self.evidence),
            "confidence": self.confidence,
            "decided_by": self.decided_by,
        }

    def __str__(self) -> str:
        joined = " = ".join(mention.label for mention in self.mentions)
        if self.outcome is not Outcome.SAME:
            joined = joined.replace(" = ", " ≠ " if self.outcome is Outcome.DIFFERENT else " ? ")
        return f"{joined} ({self.outcome.value}, {self.confidence:.2f}, {self.decided_by}: {'; '.join(self.evidence)})"


class Clusters:
    """Mentions that are one thing. Remembers which must stay apart, and every decision."""

    def __init__(self, mentions: Mentions, overrules: Sequence[Overrule]) -> None:
        self.mentions = mentions
        self.decisions: list[Decision] = []
        self.passed_over: list[Handle] = []  # mentions of overrules whose documents are not read now
        self._parent: dict[Handle, Handle] = {mention.handle: mention.handle for mention in mentions}
        self._apart: list[tuple[Handle, Handle, Overrule]] = []
        for overrule in overrules:
            self._obey(overrule)

    def root(self, handle: Handle) -> Handle:
        """The mention that stands for the cluster: its first one in the order of the sources."""
        while self._parent[handle] != handle:
            self._parent[handle] = self._parent[self._parent[handle]]
            handle = self._parent[handle]
        return handle

    def same(self, a: Mention, b: Mention) -> bool:
        """Whether the mentions are one thing, as far as decided."""
        return self.root(a.handle) == self.root(b.handle)

    def members(self) -> dict[Handle, list[Mention]]:
        """The clusters, each with its mentions in order."""
        found: dict[Handle, list[Mention]] = defaultdict(list)
        for mention in self.mentions:
            found[self.root(mention.handle)].append(mention)
        return found

    def join(self, a: Mention, b: Mention, evidence: Iterable[str], confidence: float, by: str = "rule") -> bool:
        """Make two mentions one thing, unless a person said they are not. The decision is kept either way."""
        if self.same(a, b):
            return True
        ra, rb = self.root(a.handle), self.root(b.handle)
        for left, right, overrule in self._apart:
            if {self.root(left), self.root(right)} == {ra, rb}:
                self._note(Outcome.DIFFERENT, (a, b), (overrule.because,), 1.0, overrule.by)
                return False
        first, second = sorted((ra, rb), key=lambda handle: self.mentions[handle].order)
        self._parent[second] = first
        if a.handle.document != b.handle.document or by != "rule":
            self._note(Outcome.SAME, (a, b), tuple(evidence), confidence, by)
        return True

    def leave_open(self, mentions: Sequence[Mention], evidence: Iterable[str], confidence: float) -> None:
        """Keep that these may be one thing, but that too little speaks for it."""
        self._note(Outcome.UNDECIDED, tuple(mentions), tuple(evidence), confidence, "rule")

    def _note(
        self, outcome: Outcome, mentions: tuple[Mention, ...], evidence: tuple[str, ...], confidence: float, by: str
    ) -> None:
        self.decisions.append(Decision(outcome, mentions, evidence, confidence, by))

    def _obey(self, overrule: Overrule) -> None:
        """Carry out a person's word before any rule. Mentions of documents that are not read now are passed over."""
        documents = {handle.document for handle in self._parent}
        handles = [handle for handle in overrule.handles if handle.document in documents]
        self.passed_over.extend(handle for handle in overrule.handles if handle.document not in documents)
        for handle in handles:
            if handle not in self._parent:
                raise IdentityError(
                    f"{overrule.where}: no mention is called {handle}; castgraph build --json lists them"
                )
        for left, right in combinations(handles, 2):
            if overrule.same:
                self.join(self.mentions[left], self.mentions[right], (overrule.because,), 1.0, overrule.by)
            else:
                if self.root(left) == self.root(right):
                    raise IdentityError(f"{overrule.where}: {left} and {right} are said to be the same elsewhere")
                self._apart.append((left, right, overrule))
        # A later `same` must not undo an earlier `different`: join() has refused it, and the decision says so.


def decide(mentions: Mentions, overrules: Sequence[Overrule] = ()) -> Clusters:
    """Decide which mentions are one thing: titles first, then what belongs to them, then people.

    Raises:
        IdentityError: an overrule names a mention that does not exist, or contradicts another.
    """
    clusters = Clusters(mentions, overrules)
    _decide_titles(clusters)
    owners = {mention.handle: _owner(clusters, mention) for mention in mentions}
    _decide_episodes(clusters, owners)
    for kind in ("mission", "spacecraft", "base"):
        _decide_by_name(clusters, owners, kind)
    _decide_characters(clusters, owners)
    _decide_agents(clusters)
    _decide_vocabulary(clusters)
    return clusters


def _owner(clusters: Clusters, mention: Mention) -> Handle | None:
    owner = clusters.mentions.owner(mention)
    return clusters.root(owner.handle) if owner else None


def _decide_titles(clusters: Clusters) -> None:
    for kind in ("title", "book"):
        titles = [mention for mention in clusters.mentions if mention.kind == kind]
        weighed = []
        for a, b in combinations(titles, 2):
            verdict = compare_titles(clusters.mentions, a, b)
            if verdict is not None:
                weighed.append((verdict, a, b))
        accepted = [(a, b) for verdict, a, b in weighed if verdict.accepted]
        # The surest first, so that a weak likeness never keeps a strong one from being seen.
        for verdict, a, b in sorted(weighed, key=lambda row: (-row[0].confidence, row[1].order, row[2].order)):
            if clusters.same(a, b) or _in_one_document(clusters, a, b):
                continue
            against = _contradiction(clusters, accepted, a, b) if verdict.accepted else None
            if verdict.accepted and against is None:
                clusters.join(a, b, verdict.evidence, verdict.confidence)
            else:
                clusters.leave_open((a, b), (*verdict.evidence, *([against] if against else [])), verdict.confidence)


def _contradiction(
    clusters: Clusters, accepted: Sequence[tuple[Mention, Mention]], a: Mention, b: Mention
) -> str | None:
    """Why two titles that look alike must not be joined: it would make one of others that contradict each other.

    Where one title looks like two that contradict each other, it may be either, and is joined to neither; unless a
    year that both state speaks for one of them.
    """
    members = clusters.members()
    for left in members[clusters.root(a.handle)]:
        for right in members[clusters.root(b.handle)]:
            if found := contradict(clusters.mentions, left, right):
                return f"{left.label} and {right.label} would be one, but {found}"
    if years(clusters.mentions, a) & years(clusters.mentions, b):
        return None
    for one, other in accepted:
        for here, there in ((a, b), (b, a)):
            if here in (one, other):
                rival = other if here is one else one
                if rival is not there and (found := contradict(clusters.mentions, rival, there)):
                    return f"{here.label} is as like {rival.label}, but {found}"
    return None


def _in_one_document(clusters: Clusters, a: Mention, b: Mention) -> bool:
    """Whether joining would make two titles of one reading one: a page does not list its own title as another.

    Curated facts share the cited document's name; there, a title known by name and year is the page's title.
    """
    members = clusters.members()
    return any(
        left.source == right.source
        for left in members[clusters.root(a.handle)]
        for right in members[clusters.root(b.handle)]
    )


def _decide_episodes(clusters: Clusters, owners: dict[Handle, Handle | None]) -> None:
    for kind in ("season", "episode"):
        for group in _groups(clusters, kind, lambda mention: owners[mention.handle]):
            for a, b in combinations(group, 2):
                verdict = compare_episodes(clusters.mentions, a, b)
                if verdict is not None and not clusters.same(a, b):
                    clusters.join(a, b, verdict.evidence, verdict.confidence)


def _decide_by_name(clusters: Clusters, owners: dict[Handle, Handle | None], kind: str) -> None:
    """Things of one title with equal names are one."""
    for group in _groups(clusters, kind, lambda mention: owners[mention.handle]):
        for a, b in combinations(group, 2):
            evidence = name_evidence(a, b)
            if evidence and not clusters.same(a, b):
                clusters.join(a, b, (evidence, "in the same title"), 0.95)


def _decide_characters(clusters: Clusters, owners: dict[Handle, Handle | None]) -> None:
    """Characters of one title: equal names; then a part of a name that only one character of the title has."""
    _decide_by_name(clusters, owners, "character")
    for group in _groups(clusters, "character", lambda mention: owners[mention.handle]):
        for short in group:
            if any(other is not short and name_evidence(short, other) for other in group):
                continue
            longer = {clusters.root(full.handle): full for full in group if partial_name(short, full)}
            if len(longer) == 1:
                full = next(iter(longer.values()))
                evidence = (f"the only character of the title with “{short.names[0]}” in the name",)
                clusters.join(short, full, evidence, 0.8)
            elif longer:
                named = ", ".join(sorted(full.names[0] for full in longer.values()))
                clusters.leave_open((short, *longer.values()), (f"“{short.names[0]}” may be any of {named}",), 0.3)


def _decide_agents(clusters: Clusters) -> None:
    """People and organizations: an equal name, and titles that are the same or that a source joins."""
    near = _joined_titles(clusters)
    agents = [
        mention
        for mention in clusters.mentions
        if mention.kind in ("person", "organization", "agent") and mention.names
    ]
    by_name: dict[str, list[Mention]] = defaultdict(list)
    for agent in agents:
        by_name[fold_agent(agent)].append(agent)
    for group in by_name.values():
        open_pairs = []
        for a, b in combinations(group, 2):
            if clusters.same(a, b):
                continue
            verdict = compare_agents(a, b, _titles_of(clusters, a), _titles_of(clusters, b), near)
            if verdict is None or _a_person_and_an_organization(clusters, a, b):
                continue
            if verdict.accepted:
                clusters.join(a, b, verdict.evidence, verdict.confidence)
            else:
                open_pairs.append((verdict, a, b))
        for verdict, a, b in open_pairs:
            if not clusters.same(a, b):
                clusters.leave_open((a, b), verdict.evidence, verdict.confidence)


def _a_person_and_an_organization(clusters: Clusters, a: Mention, b: Mention) -> bool:
    members = clusters.members()
    kinds = {member.kind for one in (a, b) for member in members[clusters.root(one.handle)]}
    return {"person", "organization"} <= kinds


def fold_agent(agent: Mention) -> str:
    """The name by which agents are grouped: of an organization without its legal form."""
    words = fold(agent.names[0]).split()
    while len(words) > 1 and agent.kind != "person" and words[-1] in _LEGAL_FORMS:
        words.pop()
    return " ".join(words)


_LEGAL_FORMS = {"inc", "incorporated", "ltd", "limited", "llc", "corp", "corporation", "co", "company", "gmbh", "plc"}


def _titles_of(clusters: Clusters, agent: Mention) -> set[Handle]:
    """The titles (clusters) that a document names an agent with: a page may name one person with several titles."""
    found: set[Handle] = set()
    for _, handle in agent.of:
        by = clusters.mentions[handle]
        owner = by if by.kind in ("title", "book") else clusters.mentions.owner(by)
        if owner is not None:
            found.add(clusters.root(owner.handle))
    return found


def _joined_titles(clusters: Clusters) -> set[frozenset[Handle]]:
    """Pairs of titles that some source joins: as similar, as companions."""
    return {
        frozenset((clusters.root(mention.handle), clusters.root(target)))
        for mention in clusters.mentions
        for target in mention.targets("similarTo", "companionTo", "usesFootageOf", "partOf")
    }


def _decide_vocabulary(clusters: Clusters) -> None:
    """Genres, languages, places and the like: one for each name. Not counted as decisions about identity."""
    first: dict[tuple[str, str], Mention] = {}
    for mention in clusters.mentions:
        if mention.types & VOCABULARY and mention.names:
            key = (mention.kind, fold(mention.names[0]))
            if key in first and not clusters.same(first[key], mention):
                clusters.join(first[key], mention, (), 1.0)
                clusters.decisions.pop()
            first.setdefault(key, mention)


def _groups(clusters: Clusters, kind: str, key: object) -> list[list[Mention]]:
    """Mentions of a kind, grouped by title, in the order of the sources."""
    found: dict[object, list[Mention]] = defaultdict(list)
    for mention in clusters.mentions:
        if mention.kind == kind:
            found[key(mention)].append(mention)  # type: ignore[operator]
    return list(found.values())
