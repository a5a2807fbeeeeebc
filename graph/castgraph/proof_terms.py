"""Terms as people type and read them: prefixed names, names relative to the base, literals; what is printed can be typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from castgraph.errors import CastgraphError
from castgraph.iris import PREFIXES, RDF

_IRI = re.compile(r'[^\x00-\x20<>"{}|^`\\]+')
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_PREFIXED = re.compile(r"([A-Za-z][\w.\-]*):([\w.\-~%/]*)")
_BLANK = re.compile(r"_:[A-Za-z0-9_](?:[\w.\-]*[\w\-])?")
_LITERAL = re.compile(
    r"""("(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')(?:@([A-Za-z]+(?:-[A-Za-z0-9]+)*)|\^\^(<[^<>]*>|[\w.\-]+:[\w.\-]+))?""",
    re.DOTALL,
)
_LOCAL = re.compile(r"[\w\-]+(?:\.[\w\-]+)*")
_FORMS = (
    "write a prefixed name (film:played), an IRI (<http://…> or http://…), a name below the base "
    "(id/person/michael-riley), or a literal in quotes ('\"Rick Erwin\"')"
)


class Position(Enum):
    """Where in a triple a term stands."""

    SUBJECT = "subject"
    PREDICATE = "predicate"
    OBJECT = "object"


@dataclass(frozen=True)
class Names:
    """Reads and writes terms for one base.

    >>> names = Names("https://w3id.org/castgraph/")
    >>> names.read("film:played", Position.PREDICATE), names.read("id/person/ana", Position.SUBJECT)
    ('<https://w3id.org/castgraph/film#played>', '<https://w3id.org/castgraph/id/person/ana>')
    >>> names.write(names.read("'5'^^xsd:integer", Position.OBJECT)), names.write("<https://w3id.org/castgraph/id/a>")
    ('"5"^^xsd:integer', 'id/a')
    """

    base: str

    def read(self, text: str, position: Position) -> str:
        """A term as typed, in N-Triples form.

        Raises:
            CastgraphError: the text is no term, or not one that can stand there; the message says how to write it.
        """
        text = text.strip()
        where = f"{position.value} {text!r}"
        if text[:1] in ("'", '"'):
            if position is not Position.OBJECT:
                raise CastgraphError(f"{where}: a literal can only be the object; {_FORMS}")
            return self._literal(text, where)
        if _BLANK.fullmatch(text):
            if position is Position.PREDICATE:
                raise CastgraphError(f"{where}: a blank node cannot be the predicate; {_FORMS}")
            return text
        if text == "a" and position is Position.PREDICATE:
            return f"<{RDF}type>"
        return f"<{self._iri(text, where)}>"

    def write(self, term: str) -> str:
        """A term in N-Triples form as :meth:`read` takes it, in short."""
        if term.startswith('"') and "^^<" in term:
            value, _, datatype = term.rpartition("^^")
            short = self._short(datatype)
            return f"{value}^^{datatype if short.startswith(('<', 'id/')) else short}"
        return self._short(term) if term.startswith("<") else term

    def _short(self, iri: str) -> str:
        plain = iri[1:-1]
        for prefix, namespace in PREFIXES.items():
            if plain.startswith(namespace) and _LOCAL.fullmatch(plain[len(namespace) :]):
                return f"{prefix}:{plain[len(namespace) :]}"
        name = plain.removeprefix(self.base)
        return name if name != plain and name.startswith(("id/", "graph/")) else iri

    def _iri(self, text: str, where: str) -> str:
        bracketed = text.startswith("<") and text.endswith(">")
        iri = text[1:-1] if bracketed else text
        if not _IRI.fullmatch(iri):
            raise CastgraphError(f"{where}: not an IRI or a name; {_FORMS}")
        if not bracketed and not iri.startswith(("http://", "https://")):
            if match := _PREFIXED.fullmatch(iri):
                if match[1] not in PREFIXES:
                    raise CastgraphError(f"{where}: unknown prefix {match[1]!r}; known are {', '.join(PREFIXES)}")
                return PREFIXES[match[1]] + match[2]
            if "/" not in iri or _SCHEME.match(iri):
                raise CastgraphError(f"{where}: not an IRI or a name; {_FORMS}")
        if not _SCHEME.match(iri):
            iri = self.base + iri.lstrip("/")
        return self._valid(iri, where)

    @staticmethod
    def _valid(iri: str, where: str) -> str:
        import pyoxigraph as ox

        try:
            return ox.NamedNode(iri).value
        except ValueError as error:
            raise CastgraphError(f"{where}: {error}; {_FORMS}") from error

    def _literal(self, text: str, where: str) -> str:
        import pyoxigraph as ox

        match = _LITERAL.fullmatch(text)
        if match is None:
            raise CastgraphError(f"{where}: not a literal; write '\"text\"', '\"text\"@en' or '\"5\"^^xsd:integer'")
        value, language, datatype = match.groups()
        ending = f"@{language}" if language else f"^^<{self._iri(datatype, where)}>" if datatype else ""
        try:
            (quad,) = ox.parse(f"<x:s> <x:p> {value}{ending} .", format=ox.RdfFormat.TURTLE)
        except SyntaxError as error:
            raise CastgraphError(
                f"{where}: {error.msg}; write '\"text\"', '\"text\"@en' or '\"5\"^^xsd:integer'"
            ) from error
        return str(quad.object)
