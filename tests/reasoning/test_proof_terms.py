"""Terms on the command line of ``castgraph explain``: what may be typed, and that what is printed may be typed."""

from __future__ import annotations

import pytest

from castgraph.errors import CastgraphError
from castgraph.proof_terms import Names, Position
from castgraph.store import LocalStore

BASE = "https://w3id.org/castgraph/"
FILM = BASE + "film#"
RILEY = "id/person/michael-riley"


@pytest.mark.parametrize(
    "subject", [RILEY, f"/{RILEY}", f"<{RILEY}>", f"<{BASE}{RILEY}>", f"{BASE}{RILEY}", f"  {RILEY} "]
)
def test_a_thing_can_be_named_in_several_ways(subject: str) -> None:
    assert Names(BASE).read(subject, Position.SUBJECT) == f"<{BASE}{RILEY}>"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("'a'", '"a"'),
        ('"a\\"b"@en-GB', '"a\\"b"@en-gb'),
        ('"05"^^xsd:integer', '"05"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ('"x"^^<http://e.org/d>', '"x"^^<http://e.org/d>'),
        ("urn:isbn:0", None),
        ("<urn:isbn:0>", "<urn:isbn:0>"),
        ("film:played", f"<{FILM}played>"),
        ("_:axiom1", "_:axiom1"),
    ],
)
def test_terms_are_read_as_they_are_meant(typed: str, meant: str | None) -> None:
    names = Names(BASE)
    if meant is None:
        with pytest.raises(CastgraphError, match="write a prefixed name"):
            names.read(typed, Position.OBJECT)
    else:
        assert names.read(typed, Position.OBJECT).lower() == meant.lower()


def test_what_is_printed_can_be_typed(store: LocalStore) -> None:
    names = Names(BASE)
    terms = {str(term) for quad in store.raw for term in (quad.subject, quad.object)}
    assert len(terms) > 1000
    for term in terms:
        assert names.read(names.write(term), Position.OBJECT) == term
