"""What is looked at before a query is evaluated, so that none can end the process or send a request elsewhere.

Oxigraph answers ``SERVICE`` by sending requests to any address, and cannot be told otherwise. So it is never shown one:
a query with the word is refused, unless :mod:`castgraph.federation` has taken it out. Where Oxigraph may read the
text in another way than the tokens here do, so that the word might hide from them, a query that holds it anywhere is
refused as well.

Oxigraph parses, plans and evaluates by recursion. A query nested a few hundred deep, or one that strings a thousand
clauses or operators together, overflows the stack and kills the process (measured with pyoxigraph 0.5.13 on threads
of 2 MiB: nested function calls between 128 and 512 deep; 1,024 OPTIONALs; 2,048 terms of a sum). The limits
below are under the lowest of these figures, and far over what people write.
"""

from __future__ import annotations

import re

from castgraph import sparql
from castgraph.errors import QueryRefusedError

DEEPEST = 100
"""Brackets of any kind that may be open at once."""

MOST_JOINTS = 500
"""Keywords, function names and operators a query may hold. Data in VALUES, IN and triples do not count."""

_OPEN, _CLOSE, _OPERATORS = set("([{"), set(")]}"), set("|/^!+-*&")
_LOOK_CLOSELY = re.compile(r"service|\\", re.IGNORECASE)
_SERVICE = re.compile("service", re.IGNORECASE)
_DATA = {"UNDEF", "TRUE", "FALSE", "A"}


def refuse_harmful(query: str) -> None:
    """Let a query pass, or refuse it: for its shape, or because it asks others (``SERVICE``).

    >>> refuse_harmful("SELECT * { ?s ?p ?o }")

    Raises:
        QueryRefusedError: it is nested too deeply, strings too much together, or federates.
    """
    is_innocent = (
        "service" not in query.lower() and "\\" not in query if query.isascii() else not _LOOK_CLOSELY.search(query)
    )
    if len(query) <= MOST_JOINTS and is_innocent and sum(map(query.count, _OPEN)) <= DEEPEST:
        return  # too short for anything but SERVICE: looking at its tokens would take as long as answering it
    for text in {query, sparql.decode(query)}:  # an escaped bracket nests as well as a plain one
        if _SERVICE.search(text) and (doubtful := sparql.doubtful_iri(text)) is not None:
            line, column = sparql.position(text, doubtful.start)
            raise QueryRefusedError(
                f"at line {line}, column {column} an IRI could be read as a comparison, and the query holds the word "
                "SERVICE; write the IRI as a prefixed name, or a space after the sign <"
            )
        _look_at(text)


def _look_at(text: str) -> None:
    depth, joints = 0, 0
    for token in sparql.tokens(text):
        if token.text in _OPEN:
            depth += 1
        elif token.text in _CLOSE:
            depth = max(0, depth - 1)
        elif token.kind == "word" and token.text.upper() == "SERVICE":
            raise QueryRefusedError("SERVICE is not answered here: this endpoint sends no requests to others")
        elif token.text in _OPERATORS or (token.kind == "word" and token.text.upper() not in _DATA):
            joints += 1
        if depth > DEEPEST:
            line, column = sparql.position(text, token.start)
            raise QueryRefusedError(
                f"the query is nested more than {DEEPEST} deep at line {line}, column {column}; flatten it"
            )
        if joints > MOST_JOINTS:
            raise QueryRefusedError(
                f"the query holds more than {MOST_JOINTS} keywords and operators; ask it in parts, or list data in VALUES"
            )
