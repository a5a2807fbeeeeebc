"""Reads the lower part of an IMDb page: releases, other titles, places, money, companies, specifications, reviews."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from castgraph.readers.draft import Draft
from castgraph.readers.imdb_lines import Kind, kind_of
from castgraph.readers.lists import split_list
from castgraph.readers.prose import is_prose
from castgraph.readers.quantities import dates, minutes, money
from castgraph.readers.sections import Section
from castgraph.readers.text import Line, squeeze
from castgraph.records import Json, Node, named

_CHROME = re.compile(r"(?:See (?:more|all|full)|See|Edit|Show (?:detailed|more|all))\b.*|[»|]", re.IGNORECASE)
_TAIL = re.compile(r"\bSee (?:more|all|full)\b.*$", re.IGNORECASE)
_COUNTRY = re.compile(r"\((?P<country>[^()]+)\)")
_BUDGET = re.compile(r"(?:Budget ?: ?)?(?P<sum>[^()]+?)(?P<estimated> ?\(estimated\))?", re.IGNORECASE)
_COMPANY = re.compile(r"(?P<label>Production Cos?|Production Compan(?:y|ies))\s*:?(?P<names>.*)", re.IGNORECASE)
_LABEL = re.compile(r"[A-Z][^:]{2,40}:")
_LABELLED = re.compile(r"(?P<label>[A-Z][A-Za-z -]{2,30}?) ?:(?P<value>.*)")
_RUNTIME = re.compile(r"(?:Runtime ?: ?)?(?P<time>[0-9][^|()]*?)(?: ?\([^()]*\))*(?: ?\|.*)?", re.IGNORECASE)

_REVIEW_DATE = re.compile(r"(?P<date>[0-9]{1,2} [A-Z][a-z]{2,8} [0-9]{4}) ?\|.*")
_REVIEW_RATING = re.compile(r"(?P<value>[0-9]{1,2})(?: out of |/)(?P<best>10)(?: stars?)?\.?", re.IGNORECASE)
_REVIEW_VOTES = re.compile(
    r"(?P<all>(?P<helpful>[0-9][0-9,]*) (?:of|out of) (?P<votes>[0-9][0-9,]*) (?:people )?found this (?:review )?helpful\.?)"
    r".*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Detail:
    """A section of the details: its heading, and how one of its lines is read."""

    heading: re.Pattern[str]
    read: Callable[[Draft, int, str], None]


def read_detail(draft: Draft, section: Section) -> tuple[Line, ...]:
    """Record the facts of a section of the details. Returns the lines that say something of another kind, unread."""
    unread: list[Line] = []
    label = ""
    for line in section.body:
        text = _TAIL.sub("", squeeze(line.text)).rstrip("» ")
        if not text or _CHROME.fullmatch(text):
            continue
        of_heading = line.number == section.line  # then it is the section's, even "Also Known As: War"
        if not of_heading and (is_prose(text) or kind_of(text) not in {Kind.PROSE, Kind.HEADER}):
            unread.append(line)
        elif _LABEL.fullmatch(text):
            label = text  # its value stands on the next line
            draft.keep(line.number, text)
        else:
            # Kept whether or not it could be used, so that a label stays with its own value.
            draft.keep(line.number, text)
            DETAILS[section.name].read(draft, line.number, f"{label} {text}".strip())
            label = ""
    return tuple(unread)


def read_reviews(draft: Draft, body: tuple[Line, ...]) -> None:
    """Record reviews by date, rating and votes. Their words, and who wrote them, are left out."""
    review, seen = "", set[str]()
    for line in body:
        text = squeeze(line.text)
        facts: dict[str, Json] = {}
        if (match := _REVIEW_DATE.fullmatch(text)) and (found := dates(match["date"])):
            facts, part = {"reviewDate": found[0]}, f"{match['date']} |"
        elif match := _REVIEW_RATING.fullmatch(text):
            facts, part = {"ratingValue": match["value"], "bestRating": match["best"]}, text
        elif match := _REVIEW_VOTES.fullmatch(text):
            facts = {"helpfulVotes": match["helpful"].replace(",", ""), "votes": match["votes"].replace(",", "")}
            part = match["all"]
        else:
            continue
        if not review or seen & facts.keys():
            review, seen = draft.numbered("#review"), set()
            draft.state(line.number, review={"id": review, "type": "Review"})
        seen |= facts.keys()
        draft.state(line.number, review, **facts)
        draft.keep(line.number, part)


def _read_release(draft: Draft, line: int, text: str) -> None:
    found = dates(_COUNTRY.sub("", text))
    country = _COUNTRY.search(text)
    if len(found) != 1:
        draft.skip(line, "not a full date: day, month and year")
        return
    node: Node = {"id": draft.numbered("#release"), "type": "Release", "releaseDate": found[0]}
    if country:
        node["releaseCountry"] = named("Country", country["country"].strip())
    draft.state(line, release=node)


def _read_alternative_title(draft: Draft, line: int, text: str) -> None:
    draft.state(line, alternativeTitle=text)


def _read_location(draft: Draft, line: int, text: str) -> None:
    draft.state(line, filmingLocation=named("Place", text))


def _read_countries(draft: Draft, line: int, text: str) -> None:
    draft.state(line, country=[named("Country", name.strip()) for name in text.split("|") if name.strip()])


def _read_languages(draft: Draft, line: int, text: str) -> None:
    draft.state(line, language=[named("Language", name.strip()) for name in text.split("|") if name.strip()])


def _read_budget(draft: Draft, line: int, text: str) -> None:
    match = _BUDGET.fullmatch(text)
    budget = money(match["sum"]) if match else None
    if match is None or budget is None:
        if any(letter.isdigit() for letter in text):
            draft.skip(line, "not a budget: a currency and one sum")
        return
    node: Node = {"id": draft.fresh("#budget"), "type": "MonetaryAmount", "amount": budget.amount}
    node["currency"] = budget.currency
    if match["estimated"]:
        node["estimated"] = "true"
    draft.state(line, budget=node)


def _read_companies(draft: Draft, line: int, text: str) -> None:
    labelled = _COMPANY.fullmatch(text)
    if labelled is None and (other := _LABELLED.fullmatch(text)):
        draft.skip(line, f"the ontology has no term for this: {other['label']}")
        return
    names = split_list(labelled["names"] if labelled else text)
    if names:
        companies: list[Json] = [named("Organization", name) for name, _ in names]
        draft.state(line, productionCompany=companies)


def _read_specification(draft: Draft, line: int, text: str) -> None:
    match = _RUNTIME.fullmatch(text)
    time = minutes(match["time"]) if match else None
    if time is None:
        draft.skip(line, "not a running time, and the ontology has no term for other specifications")
        return
    draft.state(line, runningTimeMinutes=time)
    if "|" in text:
        draft.skip(line, "only the first of several running times is used")


def _labelled(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{words})\s*:(?P<value>.*)", re.IGNORECASE)


def _or_labelled(heading: str, label: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{heading})\s*:?|(?:{label})\s*:(?P<value>.*)", re.IGNORECASE)


DETAILS = {
    "release": Detail(_labelled("Release Dates?"), _read_release),
    "aka": Detail(_labelled("Also Known As"), _read_alternative_title),
    "locations": Detail(_labelled("Filming Locations?"), _read_location),
    "country": Detail(_labelled("Countr(?:y|ies)(?: of origin)?"), _read_countries),
    "language": Detail(_labelled("Languages?"), _read_languages),
    "budget": Detail(_or_labelled("Box Office", "Budget"), _read_budget),
    "companies": Detail(_or_labelled("Company Credits", "Production Co(?:s|mpany|mpanies)?"), _read_companies),
    "specs": Detail(_or_labelled("Technical Specs", "Runtime"), _read_specification),
}
"""The sections of the details, by name."""
