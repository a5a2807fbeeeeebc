"""Terms in SQL: how a value of a table becomes an IRI or a literal of N-Triples.

The macros do what :mod:`castgraph.names` and :func:`castgraph.readers.text.squeeze` do in Python, and are held against
them in tests: the same character of the same title gets the same address from a table as from a page.
"""

from __future__ import annotations

from castgraph.iris import DCTERMS, FILM, RDF, RDFS, SKOS, XSD

_SPACE = r"[\s\p{Z}\x00-\x1f\x7f\x{85}]+"
_UNEVEN = r"  |[\x00-\x1f\x7f\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"
"""What :data:`_SPACE` changes: two spaces, control characters, and each of Unicode's separators but the space."""
_QUOTES = "'[''’‘ʼ`]'"  # apostrophes, as castgraph.names takes them out
_LETTERS = {
    **dict(zip("ßæœøđðþłı", ("ss", "ae", "oe", "o", "d", "d", "th", "l", "i"), strict=True)),
    **dict(zip("²³¹ºª№½¼¾⅓⅔", ("2", "3", "1", "o", "a", "no", "1-2", "1-4", "3-4", "1-3", "2-3"), strict=True)),
}

MACROS = (
    # The text with white space squeezed, in normal form C; NULL where nothing is left.
    # Regular expressions that replace are slow: most texts are plain, and pass by.
    rf"CREATE MACRO spaced(x) AS CASE WHEN regexp_matches(x, '{_UNEVEN}') THEN regexp_replace(x, '{_SPACE}', ' ', 'g') ELSE x END",
    r"CREATE MACRO squeeze(x) AS nullif(trim(CASE WHEN regexp_matches(x, '  |[\x00-\x1f]|[^\x00-\x7e]') "
    r"THEN spaced(nfc_normalize(x)) ELSE x END), '')",
    # Marks are taken off letters of scripts that are written without them as well; in others they are vowels.
    r"CREATE MACRO unaccent(x) AS CASE WHEN regexp_matches(x, '^[\x00-\x7f]*$') THEN x "
    r"WHEN regexp_matches(x, '^[\p{Latin}\p{Greek}\p{Cyrillic}\p{Arabic}\p{Hebrew}\p{Han}\p{Hiragana}\p{Katakana}\p{Common}\p{Inherited}]*$') THEN strip_accents(x) ELSE x END",
    f"CREATE MACRO translit(x) AS CASE WHEN regexp_matches(x, '[{''.join(_LETTERS)}]') THEN "
    + "replace(" * len(_LETTERS)
    + "x"
    + "".join(f", '{letter}', '{plain}')" for letter, plain in _LETTERS.items())
    + " ELSE x END",
    f"CREATE MACRO unquoted(x) AS CASE WHEN regexp_matches(x, {_QUOTES}) THEN regexp_replace(x, {_QUOTES}, '', 'g') ELSE x END",
    "CREATE MACRO folded(x) AS unquoted(translit(unaccent(lower(x))))",
    # As castgraph.names.slug: the folded name joined by hyphens; of signs alone, their code points, but for underscores.
    r"CREATE MACRO slug(x) AS coalesce(nullif(trim(regexp_replace(folded(x), '[^\p{L}\p{N}\p{M}]+', '-', 'g'), '-'), ''), "
    r"nullif(trim(regexp_replace(x, '[^_]+', '-', 'g'), '-'), ''), "
    r"list_aggregate(list_transform(list_filter(string_split(x, ''), lambda c: c <> ' '), lambda c: 'u' || printf('%x', unicode(c))), 'string_agg', '-'))",
    # Of a text that was squeezed: it has no line ends and no control characters.
    r"""CREATE MACRO literal(x) AS '"' || CASE WHEN contains(x, '"') OR contains(x, '\') """
    r"""THEN replace(replace(x, '\', '\\'), '"', '\"') ELSE x END || '"'""",
)
"""SQL macros that every statement may use."""


def sql_text(value: str) -> str:
    """A text as an SQL literal.

    >>> sql_text("Rick's")
    "'Rick''s'"
    """
    return "'" + value.replace("'", "''") + "'"


def sql_name(name: str) -> str:
    """A name of a column or table as SQL."""
    return '"' + name.replace('"', '""') + '"'


def term(name: str) -> str:
    """The IRI of a term of the film ontology, or of another vocabulary by its prefix, in angle brackets.

    >>> term("director"), term("rdfs:label")
    ('<https://w3id.org/castgraph/film#director>', '<http://www.w3.org/2000/01/rdf-schema#label>')
    """
    prefix, colon, local = name.partition(":")
    if not colon:
        return f"<{FILM}{name}>"
    return f"<{_NAMESPACES[prefix]}{local}>"


_NAMESPACES = {"film": FILM, "rdf": RDF, "rdfs": RDFS, "skos": SKOS, "dcterms": DCTERMS, "xsd": XSD}


def statement(subject: str, predicate: str, object_: str) -> str:
    """SQL for a statement without its full stop, NULL where subject or object is; IRIs are SQL without brackets."""
    return " || ".join(lines(subject, predicate, object_)[:-1])


def lines(subject: str, predicate: str, *object_: str) -> list[str]:
    """SQL for the pieces of a statement's line, full stop and line end included, to be joined by ``concat``.

    None of them may be NULL: ``concat`` would leave it out.
    """
    return ["'<'", subject, sql_text(f"> {term(predicate)} "), *object_, "' .\n'"]


def iri(value: str) -> str:
    """SQL for an IRI in brackets."""
    return f"'<' || {value} || '>'"


def typed(value: str, datatype: str) -> str:
    """SQL for a literal of a datatype whose lexical forms need no escaping."""
    return " || ".join(typed_parts(value, datatype))


def typed_parts(value: str, datatype: str) -> list[str]:
    """SQL for the pieces of :func:`typed`."""
    return ["'\"'", value, sql_text('"^^' + term(f"xsd:{datatype}"))]
