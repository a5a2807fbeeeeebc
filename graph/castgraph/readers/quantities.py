"""Dates, sums of money and lengths of time as pages print them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = "(?P<month>" + "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS) + r"|sept)\.?"
_DATE = (
    re.compile(r"\b(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})\b"),
    re.compile(rf"\b(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH},?\s+(?P<year>[0-9]{{4}})\b", re.IGNORECASE),
    re.compile(rf"\b{_MONTH}\s+(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>[0-9]{{4}})\b", re.IGNORECASE),
)
_PARENTHESIS = re.compile(r"\([^()]*\)")
_BETWEEN_DATES = re.compile(r"[\s,;–—-]*(?:\bto\b|\bpresent\b)?[\s,;–—-]*", re.IGNORECASE)

_MONEY = re.compile(
    r"(?P<currency>[A-Z]{3}|[A-Z]{0,2}\$|[€£¥₹₩])\s*(?P<number>[0-9][0-9, ]*(?:\.[0-9]+)?)\s*"
    r"(?P<scale>thousand|million|billion)?"
)
_SCALES = {None: 1, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}

_HOURS_AND_MINUTES = re.compile(
    r"(?:(?P<hours>[0-9]{1,4})\s*(?:h|hrs?|hours?)\b\.?)?[\s,]*(?:(?P<minutes>[0-9]{1,6})\s*(?:m|mins?|minutes?)\b\.?)?",
    re.IGNORECASE,
)
_ISO_DURATION = re.compile(
    r"P(?:(?P<days>[0-9]{1,4})D)?(?:T(?:(?P<hours>[0-9]{1,5})H)?(?:(?P<minutes>[0-9]{1,6})M)?(?:[0-9.]+S)?)?"
)


@dataclass(frozen=True)
class Money:
    """A sum: its currency as printed (a code or a sign), its amount as a plain decimal number."""

    currency: str
    amount: str


def dates(text: str) -> tuple[str, ...]:
    """The full dates a text consists of, as ISO dates; none where it says anything else beside them.

    Parentheses are passed over (pages repeat a date or name a country there), as are dashes between dates.

    >>> dates("September 23, 2007 (2007-09-23) – 30 September 2007"), dates("2007-09-23")
    (('2007-09-23', '2007-09-30'), ('2007-09-23',))
    >>> dates("September 23 – 30, 2007"), dates("31 February 2007")
    ((), ())
    """
    plain = (
        _PARENTHESIS.sub(" ", text)
        if dates_in(_PARENTHESIS.sub(" ", text))
        else text.replace("(", " ").replace(")", " ")
    )
    spans = _spans(plain)
    ends = [0, *(end for _, end, _ in spans)]
    starts = [*(start for start, _, _ in spans), len(plain)]
    if not all(_BETWEEN_DATES.fullmatch(plain[end:start]) for end, start in zip(ends, starts, strict=True)):
        return ()
    return tuple(iso for _, _, iso in spans)


def dates_in(text: str) -> tuple[str, ...]:
    """The full dates in a text, whatever else it says."""
    return tuple(iso for _, _, iso in _spans(text))


def _spans(text: str) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    for pattern in _DATE:
        for match in pattern.finditer(text):
            month = match["month"].lower()
            number = int(month) if month.isdecimal() else [name[:3] for name in _MONTHS].index(month[:3]) + 1
            try:
                iso = date(int(match["year"]), number, int(match["day"])).isoformat()
            except ValueError:
                continue  # no such day
            found.append((match.start(), match.end(), iso))
    found.sort()
    return [span for index, span in enumerate(found) if index == 0 or span[0] >= found[index - 1][1]]


def money(text: str) -> Money | None:
    """The sum a text consists of, or None.

    >>> money("CAD 12,000,000"), money("$1.5 million"), money("$12-15 million")
    (Money(currency='CAD', amount='12000000'), Money(currency='$', amount='1500000'), None)
    """
    match = _MONEY.fullmatch(text.strip())
    if match is None:
        return None
    number = match["number"].replace(",", "").replace(" ", "")
    scale = _SCALES[match["scale"]]
    if scale == 1:
        return Money(match["currency"], number)
    amount = format(Decimal(number) * scale, "f")
    return Money(match["currency"], amount.rstrip("0").rstrip(".") if "." in amount else amount)


def minutes(text: str) -> str | None:
    """A length of time in minutes, or None where the text is not one.

    >>> minutes("1h 30min"), minutes("240 minutes"), minutes("PT2H5M"), minutes("about an hour")
    ('90', '240', '125', None)
    """
    stated = text.strip()
    match = _HOURS_AND_MINUTES.fullmatch(stated) or _ISO_DURATION.fullmatch(stated)
    parts = {} if match is None else {unit: int(number) for unit, number in match.groupdict().items() if number}
    total = parts.get("days", 0) * 1440 + parts.get("hours", 0) * 60 + parts.get("minutes", 0)
    return str(total) if total else None
