"""The W3C suites for SPARQL 1.1 Update, carried out by a writable server over HTTP; their syntax tests as well.

castgraph's default graph is the union of all graphs, and what is inserted without a graph goes to the graph of edits. So
a test's default graph is the graph of edits here, before and after; what a test expects of a default graph that is
something else than the union is expected to fail, with the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache

import pyoxigraph as ox
import pytest

from castgraph.errors import CastgraphError
from castgraph.iris import Iris
from castgraph.snapshot import current
from castgraph.update_syntax import operations
from castgraph_server.protocol import UPDATE
from tests.w3c.endpoint import TOKEN, Endpoint, quads_of
from tests.w3c.manifests import UT, Data, Entry, Manifest, Node, is_here, text_of

pytestmark = pytest.mark.skipif(not is_here(), reason="the W3C suites (../shared/w3c) are not here")

EDITS = ox.NamedNode(Iris().edits)

_UNION = "the default graph is the union of all graphs: a triple deleted from it is deleted from each graph"
_REFUSED = "the default graph cannot be cleared, replaced or copied: it is the union of all graphs"
_LOAD = "LOAD fetches nothing, not even silently"

_NAMED = "the graph of edits, which is a test's default graph here, is a named graph"

XFAIL: Mapping[str, str] = {
    **dict.fromkeys(
        (
            *("sparql11/add/add01", "sparql11/add/add02", "sparql11/copy/copy01", "sparql11/copy/copy02"),
            *("sparql11/copy/copy06", "sparql11/move/move01", "sparql11/move/move02", "sparql11/move/move06"),
            *("sparql11/clear/dawg-clear-default-01", "sparql11/drop/dawg-drop-default-01"),
            *("sparql11/update-silent/clear-default-silent", "sparql11/update-silent/drop-default-silent"),
            *("sparql11/update-silent/copy-to-default-silent", "sparql11/update-silent/move-to-default-silent"),
        ),
        _REFUSED,
    ),
    **dict.fromkeys(("sparql11/clear/dawg-clear-named-01", "sparql11/drop/dawg-drop-named-01"), _NAMED),
    **dict.fromkeys(
        (
            *("sparql11/delete-data/dawg-delete-data-05", "sparql11/delete-where/dawg-delete-where-05"),
            *("sparql11/delete/dawg-delete-05", "sparql11/delete/dawg-delete-using-01"),
        ),
        _UNION,
    ),
    **dict.fromkeys(("sparql11/update-silent/load-silent", "sparql11/update-silent/load-into-silent"), _LOAD),
}
"""Tests expected to fail, with the reason."""


@cache
def evaluations() -> tuple[tuple[Entry, Data, Data], ...]:
    """The evaluation tests: each with the data before and after."""
    if not is_here():
        return ()
    manifest = Manifest("sparql11/manifest-all.ttl")
    return tuple(
        (entry, _data(manifest, node, "action"), _data(manifest, node, "result"))
        for node, entry in manifest.entries()
        if entry.type == "UpdateEvaluationTest"
    )


def _data(manifest: Manifest, node: Node, which: str) -> Data:
    of = manifest.value(node, f"http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#{which}")
    assert isinstance(of, ox.BlankNode), node
    named = []
    for row in manifest.values(of, UT + "graphData"):
        assert isinstance(row, ox.BlankNode)
        label, file = (
            manifest.value(row, "http://www.w3.org/2000/01/rdf-schema#label"),
            manifest.value(row, UT + "graph"),
        )
        assert label is not None
        assert file is not None
        named.append((label.value, file.value))
    return Data(tuple(row.value for row in manifest.values(of, UT + "data")), tuple(named))


def here(data: Data) -> set[ox.Quad]:
    """A test's data as they stand here: its default graph is the graph of edits."""
    return {
        ox.Quad(
            one.subject, one.predicate, one.object, EDITS if one.graph_name == ox.DefaultGraph() else one.graph_name
        )
        for one in quads_of(data)
    }


def canonical(quads: set[ox.Quad]) -> set[ox.Quad]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return set(dataset)


def asserted(endpoint: Endpoint) -> set[ox.Quad]:
    """What stands in the graphs that people may change."""
    snapshot = current(endpoint.folder)
    assert snapshot is not None
    own = {ox.NamedNode(iri) for iri in snapshot.iris.own_graphs} | {ox.DefaultGraph()}
    return {quad for quad in snapshot.open().raw if quad.graph_name not in own}


def parameters() -> list[object]:
    """The evaluation tests, those expected to fail marked so."""
    return [
        pytest.param(*one, id=one[0].name, marks=pytest.mark.xfail(
            one[0].name in XFAIL, reason=XFAIL.get(one[0].name, ""), strict=True, raises=AssertionError))
        for one in evaluations()
    ]  # fmt: skip


@pytest.mark.parametrize(("entry", "before", "after"), parameters())
def test_updates_do_what_the_suites_expect(writable: Endpoint, entry: Entry, before: Data, after: Data) -> None:
    quads = here(before)
    union = {ox.Quad(one.subject, one.predicate, one.object) for one in quads}
    writable.serve_quads([*quads, *union])
    body = f"BASE <{entry.query}>\n{text_of(entry.query)}".encode()
    answer = writable.send("POST", "/sparql", body, Content_Type=UPDATE, Authorization=f"Bearer {TOKEN}")
    assert answer.status == 200, answer.body
    assert canonical(asserted(writable)) == canonical(here(after))


def syntax_tests() -> list[Entry]:
    """The syntax tests."""
    if not is_here():
        return []
    return [one for _, one in Manifest("sparql11/manifest-all.ttl").entries() if "UpdateSyntax" in one.type]


@pytest.mark.parametrize("entry", syntax_tests(), ids=lambda entry: entry.name)
def test_update_syntax_is_what_the_suites_say(entry: Entry) -> None:
    text = text_of(entry.query)
    if entry.type.startswith("Negative"):
        with pytest.raises(CastgraphError):
            operations(text, entry.query)
    elif "LOAD" in text.upper().split():
        with pytest.raises(CastgraphError, match="LOAD is not carried out"):
            operations(text, entry.query)
    else:
        operations(text, entry.query)


def test_all_entries_are_run() -> None:
    types = Counter(one.type for _, one in Manifest("sparql11/manifest-all.ttl").entries() if "Update" in one.type)
    assert types["UpdateEvaluationTest"] == len(evaluations())
    assert sum(types.values()) == len(evaluations()) + len(syntax_tests()) == 149
