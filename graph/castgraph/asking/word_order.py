"""Puts a question into the order that the grammar has for it, without changing a word of what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FRONTED = re.compile(r"\s*((?:in|on|for|from|at|dans|bei)\s[^,:;?]+)[,:]\s+(.+?)([\s?!.]*)", re.IGNORECASE | re.DOTALL)

_AND = re.compile(r"\s*(?:and|und|et),?\s+(.+)", re.IGNORECASE | re.DOTALL)

_TOPIC = re.compile(
    r"\s*([^,:;?]+?)(?:\s*[,:]|\s[-–—])\s+((?:who|whom|what|which|when|where|how|why|by whom|in what|in which|on which|on what)\b.*?)"
    r"\b(it|him|her|them)\b(.*)",
    re.IGNORECASE | re.DOTALL,
)


def in_other_order(question: str) -> Iterator[str]:
    """The other ways to say a question that say the same, where there are any."""
    for other in (fronted_put_last(question), topic_put_in(question), without_and(question)):
        if other:
            yield other


def topic_put_in(question: str) -> str | None:
    """A question with what it begins with in the place of the pronoun; None where it has none.

    >>> topic_put_in("Race to Mars: who directed it?")
    'who directed Race to Mars?'
    >>> topic_put_in("Project Olympus — who commanded it?")
    'who commanded Project Olympus?'
    """
    found = _TOPIC.fullmatch(question)
    return f"{found[2]}{found[1]}{found[4]}" if found else None


def fronted_put_last(question: str) -> str | None:
    """A question with what it begins with at its end; None where it begins otherwise.

    >>> fronted_put_last("In the film 2010, who was the director?")
    'who was the director In the film 2010?'
    """
    found = _FRONTED.fullmatch(question)
    return f"{found[2]} {found[1]}{found[3]}" if found else None


def without_and(question: str) -> str | None:
    """A question without the “and” that it begins with; None where it begins otherwise.

    >>> without_and("Und wer war Rick Erwin?")
    'wer war Rick Erwin?'
    """
    found = _AND.fullmatch(question)
    return found[1] if found else None
