"""Names are folded and slugged the same, whatever their spelling."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from castgraph.addresses import best_name
from castgraph.names import fold, slug


@given(st.text())
def test_folding_twice_is_folding_once(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(st.text(alphabet=st.characters(categories=["L", "Zs", "P"])))
def test_folding_is_blind_to_normalisation_forms(name: str) -> None:
    assert fold(unicodedata.normalize("NFC", name)) == fold(unicodedata.normalize("NFD", name))


@given(st.text())
def test_a_slug_is_never_empty_and_fits_an_iri(name: str) -> None:
    made = slug(name)
    assert made
    assert not set(made) & set(' <>"{}|\\^`/?#%:@[]')


def test_accents_and_case_do_not_part_a_name() -> None:
    assert fold("Antoine HÉBERT") == fold("antoine hebert")
    assert slug("Pascale Bussières") == slug("Pascale Bussieres") == "pascale-bussieres"


def test_different_titles_keep_different_slugs() -> None:
    assert len({slug(name) for name in ("Mars", "Mars I", "Mars Rising")}) == 3


def test_the_name_that_says_most_is_preferred() -> None:
    assert best_name(["Hiromi", "Hiromi Okuda", "Hiromi"]) == "Hiromi Okuda"
    assert best_name(["Pascale Bussieres", "Pascale Bussières"]) == "Pascale Bussières"
