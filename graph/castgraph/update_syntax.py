"""SPARQL 1.1 Update text, taken apart: the operations of a request, each with what is needed to carry it out.

A request is a sequence of operations, each of which sees what those before it did. Oxigraph parses every operation for
good before any is carried out; here they are only cut into the parts of which queries and data are made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

import pyoxigraph as ox

from castgraph import sparql
from castgraph.errors import QueryRefusedError, QuerySyntaxError
from castgraph.guards import DEEPEST
from castgraph.sparql import Token
from castgraph.store import syntax_error


class Target(Enum):
    """What a graph management operation may name instead of a graph."""

    DEFAULT = "DEFAULT"
    NAMED = "NAMED"
    ALL = "ALL"


@dataclass(frozen=True)
class Data:
    """``INSERT DATA`` or ``DELETE DATA``: the quads, those outside ``GRAPH`` in the default graph."""

    deletes: bool
    quads: tuple[ox.Quad, ...]


@dataclass(frozen=True)
class Modify:
    """``DELETE … INSERT … WHERE``. Templates and pattern are text in braces, to be read after the prologue.

    ``using`` holds the ``USING`` clauses as ``FROM`` clauses.
    """

    prologue: str
    with_: ox.NamedNode | None
    delete: str | None
    insert: str | None
    using: str
    where: str


@dataclass(frozen=True)
class Management:
    """``CREATE``, ``CLEAR``, ``DROP`` of ``target``; ``ADD``, ``COPY``, ``MOVE`` of ``source`` to it."""

    verb: str
    silent: bool
    target: ox.NamedNode | Target
    source: ox.NamedNode | Target | None = None


Operation: TypeAlias = Data | Modify | Management

_MARK = "DROP GRAPH <urn:castgraph:no-such-graph> ; "
"""Stands before an operation that is parsed and not carried out: an in-memory store without that graph stops there."""


def operations(text: str, base: str | None = None) -> list[Operation]:
    """The operations of an update request, in their order.

    >>> [type(one).__name__ for one in operations("DROP SILENT GRAPH <g:1> ; INSERT DATA { <a:s> <a:p> 1 }")]
    ['Management', 'Data']

    Args:
        text: the request.
        base: what relative IRIs are taken from, where the request says nothing else.

    Raises:
        QuerySyntaxError: with line and column.
        QueryRefusedError: it would fetch something (``LOAD``, ``SERVICE``), or is nested too deeply.
    """
    text = sparql.decode(text)
    found: list[Operation] = []
    prologue, labels = "", set[str]()
    pieces = _pieces(text)
    for number, tokens in enumerate(pieces):
        start = _after_prologue(tokens)
        declared, told = tokens[:start], tokens[start:]
        prologue += " ".join(token.text for token in declared) + "\n"
        if not told:
            if number < len(pieces) - 1:
                raise QuerySyntaxError("an operation is expected before ';'", line=1, column=1)
            _parse(text, pieces, number, base)
            continue
        verb = told[0]
        if verb.text.upper() == "LOAD":
            raise _refused(text, verb, "LOAD is not carried out here: this server fetches nothing; send the data")
        _parse(text, pieces, number, base)
        if [token.text.upper() for token in told[:2]] == ["INSERT", "DATA"]:  # section 19.6, note 10
            own = {token.text: token for token in told if token.text.startswith("_:")}
            if shared := own.keys() & labels:
                line, column = sparql.position(text, own[min(shared)].start)
                said = f"the blank node {min(shared)} stands in another INSERT DATA of this request too"
                raise QuerySyntaxError(said, line=line, column=column)
            labels |= own.keys()
        found.append(_operation(text, prologue, told, base))
    return found


def _pieces(text: str) -> list[list[Token]]:
    """The tokens between the semicolons that stand outside all braces."""
    pieces: list[list[Token]] = [[]]
    braces = brackets = 0
    for token in sparql.tokens(text):
        if token.kind == "word" and token.text.upper() == "SERVICE":
            raise _refused(text, token, "SERVICE is not answered in updates: this server asks no others")
        if token.text in ("{", "[", "("):
            brackets += 1
            if brackets > DEEPEST:
                raise _refused(text, token, f"the update is nested more than {DEEPEST} deep; flatten it")
        elif token.text in ("}", "]", ")"):
            brackets = max(0, brackets - 1)
        if token.kind == "sign":
            braces = max(0, braces + (1 if token.text == "{" else -1))
        if token.text == ";" and braces == 0:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return pieces


def _refused(text: str, token: Token, said: str) -> QueryRefusedError:
    line, column = sparql.position(text, token.start)
    return QueryRefusedError(f"line {line}, column {column}: {said}")


def _after_prologue(tokens: list[Token]) -> int:
    at = 0
    while at < len(tokens) and tokens[at].kind == "word":
        word = tokens[at].text.upper()
        if word not in ("PREFIX", "BASE"):
            break
        at += 3 if word == "PREFIX" else 2
    return min(at, len(tokens))


def _parse(text: str, pieces: list[list[Token]], number: int, base: str | None) -> None:
    """Parse one operation as Oxigraph does, every character at its place, what other operations do left out."""
    kept = [" " if character not in "\r\n" else character for character in text]
    own = pieces[number]
    for tokens in pieces[:number]:
        for token in tokens[: _after_prologue(tokens)]:
            kept[token.start : token.end] = text[token.start : token.end]
    for token in own:
        kept[token.start : token.end] = text[token.start : token.end]
    start = _after_prologue(own)
    at = own[start].start if start < len(own) else len(text)
    end = own[-1].end if own else at
    marked = "".join(kept[:at]) + (_MARK + "".join(kept[at:end]) if start < len(own) else "")
    try:
        ox.Store().update(marked, base_iri=base)
    except SyntaxError as error:
        wrong = syntax_error(str(error), "")
        line, column = sparql.position(text, at)
        if wrong.line == line and wrong.column is not None and wrong.column >= column + len(_MARK):
            wrong = QuerySyntaxError(wrong.problem, line=line, column=wrong.column - len(_MARK))
        raise wrong from error
    except RuntimeError:
        return  # it stopped at the mark


def _operation(text: str, prologue: str, told: list[Token], base: str | None) -> Operation:
    words = [token.text.upper() if token.kind == "word" else "" for token in told]
    if words[1:2] == ["DATA"]:
        block = text[told[2].start : told[-1].end]
        store = ox.Store()
        store.update(f"{prologue}INSERT DATA {block}", base_iri=base)
        return Data(words[0] == "DELETE", tuple(store))
    if words[0] in ("INSERT", "DELETE", "WITH"):
        return _modify(text, prologue, told, words, base)

    def graph(tokens: list[Token]) -> ox.NamedNode | Target:
        last = tokens[-1]
        return Target[last.text.upper()] if last.kind == "word" else _resolved(prologue, last.text, base)

    silent = words[1:2] == ["SILENT"]
    rest = told[2 if silent else 1 :]
    to = next((at for at, token in enumerate(rest) if token.kind == "word" and token.text.upper() == "TO"), None)
    if to is not None:
        return Management(words[0], silent, graph(rest), graph(rest[:to]))
    return Management(words[0], silent, graph(rest))


def _modify(text: str, prologue: str, told: list[Token], words: list[str], base: str | None) -> Modify:
    blocks: dict[str, str] = {}
    using, with_, at = "", None, 0
    while at < len(told):
        word = words[at]
        if word == "WITH":
            with_ = _resolved(prologue, told[at + 1].text, base)
            at += 2
        elif word == "USING":
            named = words[at + 1] == "NAMED"
            at += 2 if named else 1
            using += f" FROM {'NAMED ' if named else ''}{told[at].text}"
            at += 1
        elif told[at].text == "{":
            end = _closing(told, at)
            blocks[words[at - 1]] = text[told[at].start : told[end].end]
            at = end + 1
        else:
            at += 1
    delete = blocks.get("DELETE")
    if words[:2] == ["DELETE", "WHERE"]:
        delete = blocks["WHERE"]
    return Modify(prologue, with_, delete, blocks.get("INSERT"), using, blocks["WHERE"])


def _closing(tokens: list[Token], at: int) -> int:
    depth = 0
    for number in range(at, len(tokens)):
        if tokens[number].kind == "sign":
            depth += 1 if tokens[number].text == "{" else -1
            if depth == 0:
                return number
    raise AssertionError("the text was parsed: its braces are even")


def _resolved(prologue: str, name: str, base: str | None) -> ox.NamedNode:
    """The IRI a name stands for."""
    store = ox.Store()
    store.update(f"{prologue}INSERT DATA {{ <urn:x> <urn:x> {name} }}", base_iri=base)
    iri = next(iter(store)).object
    assert isinstance(iri, ox.NamedNode)
    return iri


def variables(template: str) -> list[str]:
    """The variables of a template, each once.

    >>> variables("{ ?s a ?type ; ?p ?s }")
    ['s', 'type', 'p']
    """
    found = (token.text[1:] for token in sparql.tokens(template) if token.kind == "variable")
    return list(dict.fromkeys(found))


def has_blank_nodes(template: str) -> bool:
    """Whether a template makes a new blank node for each solution."""
    return re.search(r"_:|\[", template) is not None
