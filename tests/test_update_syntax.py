"""Update text taken apart: whatever is written, it is understood as Oxigraph understands it, or refused in words."""

from __future__ import annotations

from contextlib import suppress

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from castgraph.edits import Edits
from castgraph.errors import CastgraphError, QuerySyntaxError
from castgraph.update_syntax import Data, Management, Modify, operations

PIECES = st.sampled_from(
    [
        *(
            "INSERT",
            "DELETE",
            "DATA",
            "WHERE",
            "WITH",
            "USING",
            "NAMED",
            "GRAPH",
            "CLEAR",
            "DROP",
            "COPY",
            "TO",
            "SILENT",
        ),
        *(
            "PREFIX",
            "BASE",
            "a:",
            "<a:>",
            "<a:g>",
            "a:x",
            "{",
            "}",
            ";",
            ".",
            "?s",
            "_:b",
            "[",
            "]",
            "'}'",
            "'''{'''",
            "#{\n",
        ),
        *(
            "DEFAULT",
            "ALL",
            "1",
            "a",
            "LOAD",
            "ADD",
            "MOVE",
            "CREATE",
            "{ }",
            "{ ?s a:p 1 }",
            "\\u007B",
            '"\\"}"',
            "<<(",
            ")>>",
        ),
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=14))
def test_any_text_is_taken_apart_or_refused_in_words(pieces: list[str]) -> None:
    with suppress(CastgraphError):
        operations(" ".join(pieces), "http://example.org/")


TERMS = st.sampled_from([ox.NamedNode(f"a:{name}") for name in "xyz"])
QUADS = st.frozensets(st.builds(lambda s, o: ox.Quad(s, ox.NamedNode("a:p"), o, ox.NamedNode("a:g")), TERMS, TERMS))


@given(QUADS, QUADS, QUADS)
def test_edits_one_after_the_other_are_what_both_did(
    start: frozenset[ox.Quad], add: frozenset[ox.Quad], remove: frozenset[ox.Quad]
) -> None:
    middle = start | add
    end = middle - remove
    first, second = Edits(added=middle - start), Edits(removed=middle - end)
    assert first.then(second) == Edits(end - start, start - end)


def test_a_prologue_counts_for_all_operations_after_it() -> None:
    found = operations(
        "PREFIX a: <a:> INSERT DATA { a:s a:p 1 } ; BASE <b:/> PREFIX a: <c:> DELETE DATA { a:s a:p <x> } ; DROP GRAPH a:g"
    )
    assert [one.deletes for one in found if isinstance(one, Data)] == [False, True]
    data = [str(quad) for one in found if isinstance(one, Data) for quad in one.quads]
    assert [line.split()[0] for line in data] == ["<a:s>", "<c:s>"]
    assert isinstance(found[2], Management)
    assert found[2].target == ox.NamedNode("c:g")


def test_braces_and_semicolons_in_strings_and_comments_do_not_count() -> None:
    (found,) = operations(
        "DELETE { ?s <a:p> '};{' } # };\nINSERT { ?s <a:p> \"};\" } WHERE { ?s <a:p> '''};''' ; a ?c }"
    )
    assert isinstance(found, Modify)
    assert found.delete == "{ ?s <a:p> '};{' }"
    assert found.insert == '{ ?s <a:p> "};" }'


def test_an_operation_that_is_missing_is_told() -> None:
    with pytest.raises(QuerySyntaxError):
        operations("INSERT DATA {} ; ; INSERT DATA {}")
