"""The few facts that stand inside prose in a fixed form, and how prose is told from names."""

from __future__ import annotations

import re

from castgraph.readers.draft import Draft
from castgraph.readers.text import Line
from castgraph.records import TITLE, named

STORY_YEAR = re.compile(r"\b[Ii]n the year ([0-9]{4})\b")
_WRITTEN_BY = re.compile(r"\bWritten by (?P<name>[^.!?:;@<(]{1,60}?)\s*(?:[<(][^<>()]*[>)])?\s*$")
_LONGEST_NAME = 100
_SENTENCE = re.compile(r"\S[.!?…]['\"”’]?$")


def is_prose(text: str) -> bool:
    """True for a text that is no name: long, or a sentence of several words.

    >>> is_prose("Race to Mars"), is_prose("Who's Afraid of Virginia Woolf?")
    (False, False)
    >>> is_prose("In the year 2030"), is_prose("A crew of six leaves for a planet that nobody has set foot on.")
    (True, True)
    """
    return (
        len(text) > _LONGEST_NAME
        or text.startswith("Written by ")
        or STORY_YEAR.match(text) is not None
        or (len(text.split()) > 8 and _SENTENCE.search(text) is not None)
    )


def read_story_years(draft: Draft, line: Line, work: str = TITLE) -> None:
    """Record the years in which a description says, in so many words, that the story is set: "In the year 2030"."""
    for match in STORY_YEAR.finditer(line.text):
        draft.state(line.number, work, storyYear=match[1])
        draft.keep(line.number, match[0])


def read_summary_credit(draft: Draft, line: Line) -> None:
    """Record who is credited with a plot summary: "Written by Galafilm" at its end. An address is left out."""
    if match := _WRITTEN_BY.search(line.text):
        # Whether this is a person or a company is not stated.
        draft.state(line.number, summaryBy=named("Agent", match["name"].strip()))
        draft.keep(line.number, f"Written by {match['name'].strip()}")
