"""The datatype map of OWL 2 RL: which literals are well formed, which values they have, and of which datatypes those are.

Literals are N-Triples text throughout, in the one form pyoxigraph writes. The values of datatypes outside the map
(``xsd:date``, ``xsd:gYear``, people's own) are not known here: nothing is said about them.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from castgraph.reason_axioms import RDF, RDFS, XSD
from castgraph.reason_lexical import BOUNDS, DATE_TIME, DECIMAL, ESCAPES, FLOAT, INTEGER_TEXT, TEXTS

STRING, INTEGER, LANG_STRING = f"<{XSD}string>".encode(), f"<{XSD}integer>".encode(), f"<{RDF}langString>".encode()
LITERAL, PLAIN = f"<{RDFS}Literal>".encode(), f"<{RDF}PlainLiteral>".encode()

Value = tuple[str, object]
"""A value space and a value in it. Values of different spaces are different."""

# Value space of each further datatype.
_SPACES = {
    **{name: name for name in ("float", "double", "boolean", "hexBinary", "base64Binary", "anyURI")},
    **{"string": "text", "decimal": "number"},
}
# XSD's primitive datatypes that OWL 2 RL leaves out: no value of another one is a value of theirs.
_APART = frozenset({"date", "time", "gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay", "duration"})


def datatype(literal: bytes) -> bytes:
    """The datatype a literal is written with.

    >>> datatype(b'"5"^^<http://www.w3.org/2001/XMLSchema#byte>')[-5:], datatype(b'"a"') == STRING
    (b'byte>', True)
    """
    after = literal[literal.rfind(b'"') + 1 :]
    if not after:
        return STRING
    return LANG_STRING if after.startswith(b"@") else after[2:]


def ill_typed(literal: bytes) -> bool:
    """True where a literal's text is not of the datatype it is written with; False where that is not known.

    >>> ill_typed(b'"x"^^<http://www.w3.org/2001/XMLSchema#integer>'), ill_typed(b'"x"^^<http://example.org/length>')
    (True, False)
    """
    return value(literal) is None and _is_known(datatype(literal))


@lru_cache(maxsize=2**16)
def is_of(literal: bytes, wanted: bytes) -> bool | None:
    """Whether the value of a literal is one of the values of a datatype; None where that is not known.

    >>> small = b"<http://www.w3.org/2001/XMLSchema#byte>"
    >>> is_of(b'"5.0"^^<http://www.w3.org/2001/XMLSchema#decimal>', small), is_of(b'"five"', small)
    (True, False)
    """
    own = datatype(literal)
    found = value(literal)
    if wanted in (own, LITERAL):
        return found is not None or not _is_known(own)
    if found is None:
        return False if _is_known(own) and _is_known(wanted) else None
    space, content = found
    if wanted == PLAIN:
        return space in ("text", "langString")
    name = _xsd(wanted)
    if name in _APART:
        return False
    if name in TEXTS:
        return space == "text" and TEXTS[name].fullmatch(str(content)) is not None
    if name in BOUNDS:
        if not isinstance(content, Decimal) or content != content.to_integral_value():
            return False
        return BOUNDS[name][0] <= content <= BOUNDS[name][1]
    if name == "dateTimeStamp":
        return space == "dateTime"
    if name == "dateTime":
        return space in ("dateTime", "local dateTime")
    if name in _SPACES:
        return space == _SPACES[name]
    return space == "langString" if wanted == LANG_STRING else None


def differ(one: bytes, other: bytes) -> bool:
    """True where two literals have different values for certain.

    >>> differ(b'"1"^^<http://www.w3.org/2001/XMLSchema#integer>', b'"1.0"^^<http://www.w3.org/2001/XMLSchema#decimal>')
    False
    >>> differ(b'"1"', b'"1"^^<http://www.w3.org/2001/XMLSchema#integer>')
    True
    """
    values = value(one), value(other)
    return None not in values and values[0] != values[1]


def key(literal: bytes) -> bytes:
    """Something that two literals have in common if and only if their values are known to be the same.

    It is the literal itself where no other could be simpler: strings, and integers without zeros to spare.
    """
    own = datatype(literal)
    if (
        own == STRING
        or (own == LANG_STRING and literal[literal.rfind(b"@") :].islower())
        or (own == INTEGER and literal[1:2] in b"123456789" and literal[1:-44].isdigit())
    ):
        return literal
    found = value(literal)
    if found is None:
        return literal
    space, content = found
    if isinstance(content, Decimal):
        exact = Fraction(content)
        return b'"%d"^^%b' % (exact.numerator, INTEGER) if exact.denominator == 1 else f"{space} {exact}".encode()
    if space in ("text", "langString"):
        import pyoxigraph

        text, language = content if isinstance(content, tuple) else (str(content), None)
        return str(pyoxigraph.Literal(text, language=language)).encode()
    return f"{space} {content}".encode()


@lru_cache(maxsize=2**16)
def value(literal: bytes) -> Value | None:
    """The value of a literal; None where it has none, or its datatype is not of OWL 2 RL."""
    end = literal.rfind(b'"')
    text = literal[1:end].decode()
    if "\\" in text:
        text = _unescaped(text)
    after = literal[end + 1 :]
    if after.startswith(b"@"):
        return "langString", (text, after[1:].decode().lower())
    own = after[2:] or STRING
    if own == PLAIN:
        body, at, language = text.rpartition("@")
        return None if not at else ("langString", (body, language.lower())) if language else ("text", body)
    name = _xsd(own)
    if name in BOUNDS:
        if not INTEGER_TEXT.fullmatch(text):
            return None
        number = Decimal(text)
        return ("number", number) if BOUNDS[name][0] <= number <= BOUNDS[name][1] else None
    if name in TEXTS:
        return ("text", text) if TEXTS[name].fullmatch(text) else None
    read = _READERS.get(name)
    return read(text) if read else None


def _boolean(text: str) -> Value | None:
    truth = {"true": True, "1": True, "false": False, "0": False}.get(text)
    return None if truth is None else ("boolean", truth)


def _float(space: str) -> Callable[[str], Value | None]:
    def read(text: str) -> Value | None:
        if not FLOAT.fullmatch(text):
            return None
        number = float(text.replace("INF", "inf"))
        try:
            return space, struct.pack("<f" if space == "float" else "<d", number)
        except OverflowError:
            return space, struct.pack("<f", float("inf") if number > 0 else float("-inf"))

    return read


def _date_time(text: str) -> Value | None:
    match = DATE_TIME.fullmatch(text)
    if not match:
        return None
    zone = match["zone"]
    body = text[: len(text) - len(zone or "")]
    space = "dateTime" if zone else "local dateTime"
    seconds, _, fraction = body.partition(".")
    try:
        moment = datetime.strptime(seconds.replace("T24:", "T00:"), "%Y-%m-%dT%H:%M:%S")
        if "T24:" in seconds:
            moment += timedelta(days=1)
        if zone and zone != "Z":
            ahead = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:]))
            moment += -ahead if zone[0] == "+" else ahead
    except (ValueError, OverflowError):
        # Years before 1 or after 9999 are legal, and only as good as their text here; a 30 February is not legal.
        return (space, text) if len(seconds) != 19 or seconds.startswith("0000") else None
    return space, f"{moment.isoformat()}.{fraction.rstrip('0')}"


def _hex(text: str) -> Value | None:
    return ("hexBinary", bytes.fromhex(text)) if re.fullmatch(r"(?:[0-9a-fA-F]{2})*", text) else None


def _base64(text: str) -> Value | None:
    try:
        return "base64Binary", base64.b64decode(text.replace(" ", ""), validate=True)
    except (binascii.Error, ValueError):
        return None


_READERS: dict[str, Callable[[str], Value | None]] = {
    "string": lambda text: ("text", text),
    "anyURI": lambda text: ("anyURI", text),
    "decimal": lambda text: ("number", Decimal(text)) if DECIMAL.fullmatch(text) else None,
    "boolean": _boolean,
    "float": _float("float"),
    "double": _float("double"),
    "hexBinary": _hex,
    "base64Binary": _base64,
    "dateTime": _date_time,
    "dateTimeStamp": lambda text: found if (found := _date_time(text)) is not None and found[0] == "dateTime" else None,
}


def _xsd(iri: bytes) -> str:
    """The name of a datatype of XSD; empty for others."""
    return iri[len(XSD) + 1 : -1].decode() if iri.startswith(b"<" + XSD.encode()) else ""


def _is_known(iri: bytes) -> bool:
    name = _xsd(iri)
    return name in BOUNDS or name in TEXTS or name in _READERS or iri in (PLAIN, LANG_STRING, LITERAL)


def _unescaped(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else ESCAPES.get(match[3], match[3])

    return re.sub(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", character, text)
