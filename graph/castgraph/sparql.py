"""SPARQL query text, looked at token by token: its form, whether it federates, and binding of parameters.

Only what must be known before a query is evaluated is found here; the engine parses the query for good.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from pyoxigraph import Literal, NamedNode

from castgraph.errors import QueryParameterError, QuerySyntaxError

Term: TypeAlias = NamedNode | Literal

# SPARQL 1.1 Query, section 19.8. Order matters: strings, IRIs and comments hide what is inside them.
_TOKEN = re.compile(
    r'''(?P<string>"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^'\\]|\\.|'(?!''))*\'\'\'|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')'''
    r"""|(?P<iri><[^<>"{}|^`\x00-\x20]*>)"""
    r"""|(?P<comment>\#[^\n\r]*)"""
    r"""|(?P<variable>[?$]\w+)"""
    r"""|(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)"""
    r"""|(?P<name>_:[\w.\-·]+|(?:[^\W\d_][\w.\-·]*)?:(?:[\w:.\-·]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*)"""
    r"""|(?P<word>[A-Za-z_][\w]*)"""
    r"""|(?P<sign>[{}])"""
    r"""|(?P<other>\s+|.)""",
    re.DOTALL | re.UNICODE,
)


class Form(Enum):
    """The four forms of a SPARQL query."""

    SELECT = "SELECT"
    ASK = "ASK"
    CONSTRUCT = "CONSTRUCT"
    DESCRIBE = "DESCRIBE"

    @property
    def is_graph(self) -> bool:
        """True for forms that answer with a graph."""
        return self in (Form.CONSTRUCT, Form.DESCRIBE)


@dataclass(frozen=True)
class Token:
    """One token of a query. ``start`` and ``end`` are offsets in the text."""

    kind: str
    text: str
    start: int
    end: int


def tokens(query: str) -> Iterator[Token]:
    """The tokens that mean something, comments and white space left out."""
    for match in _TOKEN.finditer(query):
        kind = str(match.lastgroup)
        if kind != "comment" and not (kind == "other" and match.group().isspace()):
            yield Token(kind, match.group(), match.start(), match.end())


def decode(query: str) -> str:
    r"""The query with its codepoint escapes (``\u0041``) replaced, as section 19.2 asks for before parsing.

    Escapes of quotes, backslashes and line ends stay, for they would end the string they stand in.

    >>> decode(r"\u0053ERVICE")
    'SERVICE'
    """

    def character(match: re.Match[str]) -> str:
        code = int(match.group(1) or match.group(2), 16)
        return match.group() if code > 0x10FFFF or chr(code) in "\"'\\\n\r" else chr(code)

    return re.sub(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})", character, query)


def form(query: str) -> Form:
    """Which of the four forms a query has.

    >>> form("PREFIX ask: <http://ask/> # ASK\\nSELECT ?x { ?x ask:select 'ASK' }")
    <Form.SELECT: 'SELECT'>

    Raises:
        QuerySyntaxError: there is none of the four keywords; updates are named as such.
    """
    plain = _PLAIN_START.match(query)
    if plain:
        return Form[plain[1].upper()]
    for token in tokens(query):
        if token.kind == "word":
            word = token.text.upper()
            if word in Form.__members__:
                return Form[word]
            if word in _UPDATE_KEYWORDS:
                line, column = position(query, token.start)
                raise QuerySyntaxError(f"{word} is an update; only queries are answered here", line=line, column=column)
    raise QuerySyntaxError("the text holds no SELECT, ASK, CONSTRUCT or DESCRIBE", line=1, column=1)


_PLAIN_START = re.compile(
    r"\s*(?:PREFIX\s+[A-Za-z][\w\-]*:\s*<[^<>\"{}|^`\\\x00-\x20]*>\s*)*(SELECT|ASK|CONSTRUCT|DESCRIBE)(?=[\s*?{<])",
    re.IGNORECASE,
)
"""How most queries begin; for these the form is told without looking at tokens one by one."""

_UPDATE_KEYWORDS = {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}


def keywords(query: str) -> set[str]:
    """The bare words of a query in upper case: keywords, and names of built-in functions.

    Words inside strings, IRIs, comments, prefixed names and variables do not count. The text is looked at both as
    given and with its codepoint escapes decoded, so that neither an escaped keyword nor an escape that seems to open
    a comment hides a word from a guard.

    >>> sorted(keywords("SELECT ?from { ?service x:service 'SERVICE' } # LOAD"))
    ['SELECT']
    """
    return {token.text.upper() for text in (query, decode(query)) for token in tokens(text) if token.kind == "word"}


def bind(query: str, bindings: Mapping[str, Term]) -> str:
    """The query with variables bound to terms, by a VALUES block at the start of its pattern.

    Values are written as terms, never pasted as text, so no value can change the query's meaning.

    >>> print(bind("ASK { ?s ?p ?name }", {"name": Literal("O'Hara")}))
    ASK { VALUES (?name) { ("O'Hara") } ?s ?p ?name }

    Raises:
        QueryParameterError: a name is no variable of the query.
        QuerySyntaxError: the query has no pattern.
    """
    if not bindings:
        return query
    variables = {token.text[1:] for token in tokens(query) if token.kind == "variable"}
    for name in bindings:
        if name not in variables:
            raise QueryParameterError(f"the query has no variable ?{name}; it has: {', '.join(sorted(variables))}")
    names = " ".join(f"?{name}" for name in bindings)
    terms = " ".join(str(term) for term in bindings.values())
    values = f"VALUES ({names}) {{ ({terms}) }}"
    at = _pattern_start(query)
    if at is None:  # CONSTRUCT WHERE { … } holds triple patterns only; its VALUES stand at the end
        return f"{query}\n{values}"
    return f"{query[:at]} {values}{query[at:]}"


def _pattern_start(query: str) -> int | None:
    """Offset just inside the brace that opens the outermost pattern; None for the short form of CONSTRUCT."""
    asked = form(query)
    depth, started, template_possible = 0, False, asked is Form.CONSTRUCT
    for token in tokens(query):
        if not started:
            started = token.kind == "word" and token.text.upper() == asked.value
        elif token.kind == "sign" and token.text == "{":
            if not template_possible and depth == 0:
                return token.end
            depth += 1
        elif token.kind == "sign":
            depth -= 1
            template_possible = template_possible and depth > 0
        elif template_possible and depth == 0:
            return None
    raise QuerySyntaxError("the query has no pattern in braces to bind a parameter in", line=1, column=1)


def doubtful_iri(query: str) -> Token | None:
    """The first IRI that Oxigraph may read as a comparison, and what follows it as something else than is seen here.

    By the grammar the longest token counts, so ``?a<'>'`` is a variable, an IRI and a quote; Oxigraph reads a
    comparison with a string (0.5.13). From there on the two differ about what is inside strings or comments. That takes
    an IRI with a quote or a number sign in it where an operator may stand: after an operand in parentheses, or after ``<``.

    >>> doubtful_iri("ASK { FILTER(?a<'>' ) ?s ?p '' }").text
    "<'>"
    >>> doubtful_iri("ASK { ?s <http://x/#a> <http://x/O'Hara> FILTER(?s = <http://x/#a>) }")
    """
    brackets: list[str] = []
    before, values = "", False
    for token in tokens(query):
        text = token.text
        if token.kind == "iri" and ("'" in text or "#" in text):
            in_operation = brackets[-1:] == ["("] and before not in _BEFORE_OPERANDS
            if before == "<" or in_operation:
                return token
        elif token.kind == "word" and text.upper() == "VALUES":
            values = True
        elif text in ("(", "[", "{"):
            is_data = values if text == "{" else brackets[-1:] == ["data"]
            brackets.append("data" if is_data else text)
            values = values and text != "{"
        elif text in (")", "]", "}") and brackets:
            brackets.pop()
        before = text.upper()
    return None


_BEFORE_OPERANDS = {"(", ",", "=", "!", "|", "&", "+", "-", "*", "/", "^", "DISTINCT"}
"""After these no operator stands but a sign. ``>`` is not among them, for it ends triple terms too."""


def prefixes(query: str) -> dict[str, str]:
    """The prefixes a query declares, as it writes their IRIs.

    >>> prefixes("PREFIX a: <http://x/> PREFIX : <http://y/> ASK {}")
    {'a:': 'http://x/', ':': 'http://y/'}
    """
    found: dict[str, str] = {}
    last: list[Token] = []
    for token in tokens(query):
        if token.kind == "word" and token.text.upper() in Form.__members__:
            break
        last = [*last[-1:], token]
        if token.kind == "iri" and len(last) == 2 and last[0].kind == "name":
            found[last[0].text] = token.text[1:-1]
    return found


def iri_of(token: Token, declared: Mapping[str, str]) -> str | None:
    """The IRI a token names: one in angle brackets, or a prefixed name; None for anything else."""
    if token.kind == "iri":
        return token.text[1:-1]
    if token.kind != "name":
        return None
    prefix, _, local = token.text.partition(":")
    start = declared.get(prefix + ":")
    return None if start is None else start + re.sub(r"\\(.)", r"\1", local)


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of an offset in a text."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
