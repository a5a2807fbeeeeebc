"""The W3C suites for SPARQL 1.0 and 1.1 Query, asked of the real server over HTTP.

Each test's data are made the server's snapshot, its default graph as the snapshot's default graph; a query is posted
with a BASE line for its file's address before it (HTTP gives a query no address), and nothing else is changed.
Results are asked for in each result format. A failure that is expected has its reason in ``expected.py``, and plain
pyoxigraph on the same data has to fail as well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from urllib.parse import urljoin

import pyoxigraph as ox
import pytest

from castgraph.formats import Format
from castgraph.sparql import form, keywords
from tests.w3c.comparison import Graph, Result, Solutions, read_expected, result_of, same, same_csv
from tests.w3c.endpoint import Endpoint, quads_of
from tests.w3c.expected import BY_VALUE, ENGINE, NOT_APPLICABLE
from tests.w3c.manifests import Data, Entry, Manifest, file_of, is_here, text_of

pytestmark = pytest.mark.skipif(not is_here(), reason="the W3C suites (../shared/w3c) are not here")

FORMATS = (Format.JSON, Format.XML, Format.TSV)


class Failed(AssertionError):  # noqa: N818 - what has happened
    """A test of the suites fails."""


@cache
def entries() -> tuple[Entry, ...]:
    """The entries of both suites; those with the same data stand together, so that there are few swaps."""
    if not is_here():
        return ()
    found = [entry for start in ("sparql10/manifest.ttl", "sparql11/manifest-all.ttl")
             for _, entry in Manifest(start).entries()]  # fmt: skip
    return tuple(sorted(found, key=lambda entry: repr(_data(entry))))


def reason_against(entry: Entry) -> str | None:
    """Why an entry is not for this runner, or None."""
    for what in (entry.type, *sorted(entry.features)):
        if what in NOT_APPLICABLE:
            return NOT_APPLICABLE[what]
    return NOT_APPLICABLE.get(entry.name.split("/")[1])


def _data(entry: Entry) -> Data:
    """A test's data, and the graphs its query names in FROM: the endpoint has them, for it fetches nothing."""
    if not entry.type.startswith(("QueryEvaluation", "CSV")) or reason_against(entry) is not None:
        return Data()
    named = dict(entry.data.named)
    for found in re.findall(r"FROM\s+(?:NAMED\s+)?<([^>]*)>", text_of(entry.query)):
        address = urljoin(entry.query, found)
        if file_of(address).is_file():
            named[address] = address
    return Data(entry.data.default, tuple(named.items()))


Evaluate = Callable[[Entry, Format | None], tuple[Result, str] | None]
"""Answers a test's query in a format: the result and its text, or None where the query is refused as no SPARQL."""


def over_http(endpoint: Endpoint) -> Evaluate:
    """Answers from the server."""

    def evaluate(entry: Entry, format_: Format | None) -> tuple[Result, str] | None:
        endpoint.serve(_data(entry))
        accept = "*/*" if format_ is None else format_.media_type
        query = text_of(entry.query)
        answer = endpoint.ask(f"BASE <{entry.query}>\n{query}".encode(), accept)
        if answer.status == 400 and b'"line"' in answer.body:
            return None
        if answer.status != 200:
            raise Failed(f"{answer.status} {answer.body.decode()}")
        if format_ is None:
            return True, ""
        assert answer.media_type == format_.media_type
        text = answer.body.decode()
        if isinstance(format_.codec, ox.RdfFormat):
            return Graph(frozenset(quad.triple for quad in ox.parse(text, format=format_.codec))), text
        return (result_of(ox.parse_query_results(text, format_.codec)) if format_ is not Format.CSV else True), text

    return evaluate


def in_process(entry: Entry, format_: Format | None) -> tuple[Result, str] | None:
    """The reference: pyoxigraph on the same data, and nothing of ours."""
    store = ox.Store()
    store.extend(quads_of(_data(entry)))
    try:
        results = store.query(text_of(entry.query), base_iri=entry.query)
    except SyntaxError:
        return None
    except RuntimeError as error:
        raise Failed(str(error)) from error
    if format_ is None:
        return True, ""
    return result_of(results), ""


def run_evaluation(entry: Entry, evaluate: Evaluate) -> None:
    """Compare the answer in each result format with what is expected."""
    assert entry.result is not None
    asked = form(text_of(entry.query))
    formats = (Format.TURTLE, Format.N_TRIPLES) if asked.is_graph else FORMATS
    expected = read_expected(entry.result)
    if isinstance(expected, Solutions) and "ORDER" in keywords(text_of(entry.query)):
        expected = replace(expected, is_ordered=True)
    for format_ in formats if not isinstance(expected, bool) else FORMATS[:2]:
        answer = evaluate(entry, format_)
        if answer is None:
            raise Failed("refused as no SPARQL")
        is_lax = "LaxCardinality" in entry.features
        if not same(expected, answer[0], is_lax=is_lax, by_value=entry.name in BY_VALUE):
            raise Failed(f"{format_}: {answer[0]} where {expected} is expected")


def run_csv(entry: Entry, evaluate: Evaluate) -> None:
    """Compare a CSV text."""
    assert entry.result is not None
    answer = evaluate(entry, Format.CSV)
    if answer is None or not same_csv(text_of(entry.result), answer[1]):
        raise Failed(f"{answer} where {text_of(entry.result)!r} is expected")


def run_positive(entry: Entry, evaluate: Evaluate) -> None:
    """See that a query is taken."""
    if evaluate(entry, None) is None:
        raise Failed("refused as no SPARQL")


def run_negative(entry: Entry, evaluate: Evaluate) -> None:
    """See that a text is refused as no SPARQL, with the place where it is wrong."""
    if evaluate(entry, None) is not None:
        raise Failed("taken as SPARQL")


HANDLERS: Mapping[str, Callable[[Entry, Evaluate], None]] = {
    "QueryEvaluationTest": run_evaluation,
    "CSVResultFormatTest": run_csv,
    "PositiveSyntaxTest": run_positive,
    "PositiveSyntaxTest11": run_positive,
    "NegativeSyntaxTest": run_negative,
    "NegativeSyntaxTest11": run_negative,
}


def applicable() -> list[Entry]:
    """The entries that are run; a type nobody handles is among them, and fails."""
    return [entry for entry in entries() if reason_against(entry) is None]


def parameters() -> list[object]:
    """The entries as parameters, those expected to fail marked so."""
    return [
        pytest.param(entry, id=entry.name, marks=pytest.mark.xfail(
            entry.name in ENGINE, reason=ENGINE.get(entry.name, ""), strict=True, raises=Failed))
        for entry in applicable()
    ]  # fmt: skip


@pytest.mark.parametrize("entry", parameters())
def test_the_server_answers_as_the_suite_expects(endpoint: Endpoint, entry: Entry) -> None:
    HANDLERS[entry.type](entry, over_http(endpoint))


@pytest.mark.parametrize("name", sorted(ENGINE))
def test_an_expected_failure_is_the_engines_own(name: str) -> None:
    entry = next(entry for entry in applicable() if entry.name == name)
    with pytest.raises(Failed):
        HANDLERS[entry.type](entry, in_process)


def test_comparison_by_value_is_only_used_where_spelling_differs() -> None:
    needless = []
    for entry in applicable():
        if entry.name in BY_VALUE and entry.type == "QueryEvaluationTest":
            assert entry.result is not None
            answer = in_process(entry, Format.JSON)
            assert answer is not None
            if same(read_expected(entry.result), answer[0]):
                needless.append(entry.name)
    assert not needless


def test_all_entries_are_run_or_have_a_reason() -> None:
    counts = Counter((entry.suite, reason_against(entry) is None) for entry in entries())
    assert counts == {("sparql10", True): 476, ("sparql11", True): 346, ("sparql11", False): 279}
    assert {entry.type for entry in applicable()} <= set(HANDLERS)
