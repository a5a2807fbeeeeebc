"""Which representation a client is given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castgraph.formats import Format
from castgraph_server.negotiation import GRAPHS, HTML, RESULTS, NotAcceptableError, best, negotiate

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        (None, "json"),
        ("", "json"),
        ("*/*", "json"),
        ("text/csv", "csv"),
        ("application/json", "json"),
        ("application/sparql-results+json;charset=utf-8", "json"),
        ("application/xml", "xml"),
        ("text/*", "csv"),
        ("text/csv;q=0.4, text/tab-separated-values;q=0.5", "tsv"),
        ("text/csv, */*", "csv"),
        ("application/sparql-results+json;q=0, */*", "xml"),
        ("TEXT/CSV", "csv"),
        ("image/png, text/csv;q=0.1", "csv"),
        (BROWSER, "html"),
    ],
)
def test_select_results_are_chosen_by_quality(accept: str | None, name: str) -> None:
    assert negotiate(accept, (*RESULTS, HTML)).name == name


@pytest.mark.parametrize(
    ("accept", "name"),
    [("text/turtle", "ttl"), ("application/ld+json", "jsonld"), ("text/plain", "nt"), ("application/rdf+xml", "rdf")],
)
def test_graphs_are_chosen_by_their_media_types(accept: str, name: str) -> None:
    assert negotiate(accept, GRAPHS).name == name


@pytest.mark.parametrize("accept", ["image/png", "text/csv;q=0", "*/*;q=0", "text/turtle", "nonsense"])
def test_what_is_not_on_offer_is_not_given(accept: str) -> None:
    with pytest.raises(NotAcceptableError) as caught:
        negotiate(accept, RESULTS)
    assert caught.value.offers == RESULTS


@pytest.mark.parametrize("wanted", ["csv", "CSV", "text/csv"])
def test_the_format_parameter_beats_the_header(wanted: str) -> None:
    assert negotiate("application/sparql-results+json", RESULTS, wanted).format is Format.CSV


@pytest.mark.parametrize(
    ("wanted", "name"), [("turtle", "ttl"), ("n3", "ttl"), ("xml", "rdf"), ("json-ld", "jsonld"), ("json", "jsonld")]
)
def test_graphs_go_by_the_names_clients_use(wanted: str, name: str) -> None:
    assert negotiate(None, GRAPHS, wanted).name == name


def test_a_plus_lost_in_a_url_is_found_again() -> None:
    assert negotiate(None, RESULTS, "application/sparql-results json").name == "json"


def test_an_unknown_format_parameter_is_refused() -> None:
    with pytest.raises(NotAcceptableError):
        negotiate("*/*", RESULTS, "exe")


media_types = st.sampled_from([offer.media_type for offer in (*RESULTS, *GRAPHS)])
qualities = st.integers(min_value=0, max_value=1000).map(lambda thousandths: thousandths / 1000)


@given(st.dictionaries(media_types, qualities, min_size=1))
def test_the_best_quality_wins_whatever_the_order(weights: dict[str, float]) -> None:
    accept = ", ".join(f"{media_type};q={quality:.3f}" for media_type, quality in weights.items())
    chosen = best(accept, (*RESULTS, *GRAPHS))
    if max(weights.values()) == 0:
        assert chosen is None
    else:
        assert chosen is not None
        assert weights[chosen.media_type] == max(weights.values())


@given(st.text(max_size=200))
def test_no_header_breaks_negotiation(accept: str) -> None:
    assert best(accept, RESULTS) in (*RESULTS, None)
