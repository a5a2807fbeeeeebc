"""How the literals of the OWL 2 RL datatypes are written: XML Schema, part 2, and rdf:PlainLiteral."""

from __future__ import annotations

import re
from math import inf

_NAME_START = r"A-Za-z_\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF"
_NAME_REST = _NAME_START + r"\-.0-9\u00B7\u0300-\u036F\u203F-\u2040"
DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)", re.ASCII)
INTEGER_TEXT = re.compile(r"[+-]?[0-9]+", re.ASCII)
FLOAT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN", re.ASCII)
DATE_TIME = re.compile(
    r"-?(?:[1-9][0-9]{3,}|0[0-9]{3})-(?:0[1-9]|1[0-2])-[0-9]{2}T(?:[01][0-9]|2[0-3]|24(?=:00:00)):[0-5][0-9]:[0-5][0-9]"
    r"(?:\.[0-9]+)?(?P<zone>Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?",
    re.ASCII,
)
TEXTS = {  # the texts that are values of the datatypes derived from xsd:string
    "normalizedString": re.compile(r"[^\t\n\r]*"),
    "token": re.compile(r"(?:[^\t\n\r ]+(?: [^\t\n\r ]+)*)?"),
    "language": re.compile(r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*"),
    "Name": re.compile(f"[:{_NAME_START}][:{_NAME_REST}]*"),
    "NCName": re.compile(f"[{_NAME_START}][{_NAME_REST}]*"),
    "NMTOKEN": re.compile(f"[:{_NAME_REST}]+"),
}
BOUNDS: dict[str, tuple[float, float]] = {  # of the datatypes derived from xsd:integer
    "integer": (-inf, inf),
    "nonNegativeInteger": (0, inf),
    "nonPositiveInteger": (-inf, 0),
    "positiveInteger": (1, inf),
    "negativeInteger": (-inf, -1),
}
for _signed, _bits in (("long", 64), ("int", 32), ("short", 16), ("byte", 8)):
    BOUNDS[_signed] = (-(2 ** (_bits - 1)), 2 ** (_bits - 1) - 1)
    BOUNDS[f"unsigned{_signed.title()}"] = (0, 2**_bits - 1)
ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}
