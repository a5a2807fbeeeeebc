"""Carries out update operations on a draft, one after the other (SPARQL 1.1 Update, section 3).

The pattern of an operation is asked as a query, of the union and all graphs, as people ask; its templates are filled in
an empty store. So it is known, quad by quad, what an operation would change before anything is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import pyoxigraph as ox

from castgraph.draft import DEFAULT, Draft
from castgraph.errors import QueryParameterError, QueryRefusedError, QuerySyntaxError
from castgraph.guards import refuse_harmful
from castgraph.merges import Dataset, Merges, View
from castgraph.store import not_evaluable
from castgraph.update_syntax import (
    Data,
    Management,
    Modify,
    Operation,
    Target,
    has_blank_nodes,
    operations,
    variables,
)

_ROWS = 1000
"""Solutions filled into a template at once."""

_BLANK = "urn:castgraph:blank:"
"""Stands for blank nodes of the store where only terms with global names can stand."""


def update(draft: Draft, text: str, dataset: Dataset | None = None, base: str | None = None) -> None:
    """Carry out an update request.

    What is inserted without a graph goes to the graph of edits. What is deleted without a graph is taken out of every
    graph that states it.

    Args:
        draft: what is changed; where anything is raised it is spoiled.
        text: the request.
        dataset: what its patterns are asked of, instead of ``USING`` (SPARQL 1.1 Protocol, section 2.2.3).
        base: what relative IRIs are taken from.

    Raises:
        QuerySyntaxError: with line and column.
        QueryRefusedError: it asks for something not done here.
        QueryParameterError: it says ``USING`` or ``WITH`` and a dataset is given.
    """
    for operation in operations(text, base):
        carry_out(draft, operation, dataset or Dataset(), base)


def carry_out(draft: Draft, operation: Operation, dataset: Dataset, base: str | None) -> None:
    """Carry out one operation; see :func:`update`."""
    match operation:
        case Data(deletes=True, quads=quads):
            draft.remove(quads, by_name=True)
        case Data(quads=quads):
            draft.add(_placed(quads, ox.NamedNode(draft.iris.edits)))
        case Modify():
            _modify(draft, operation, dataset, base)
        case Management():
            _manage(draft, operation)


def _modify(draft: Draft, operation: Modify, dataset: Dataset, base: str | None) -> None:
    query = f"{operation.prologue}SELECT *{operation.using} WHERE {operation.where}"
    refuse_harmful(query)
    if dataset and (operation.using or operation.with_):
        raise QueryParameterError("the update says USING or WITH, so the request can name no graphs besides")
    if operation.with_ and not operation.using:
        view = View(draft.store, [operation.with_])
    else:
        view = Merges(draft.store).view(query, dataset, base)
    try:
        found = view.store.query(query, base_iri=base, default_graph=view.default, named_graphs=view.named)
        assert isinstance(found, ox.QuerySolutions)
        names = [variable.value for variable in found.variables]
        rows = [dict(zip(names, solution, strict=True)) for solution in found]
    except RuntimeError as error:
        wrong = not_evaluable(str(error), query)
        if isinstance(wrong, QuerySyntaxError):  # its place is one in the query made here
            wrong = QuerySyntaxError(wrong.problem)
        raise wrong from error
    gone = _filled(operation, operation.delete, rows, base)
    new = _filled(operation, operation.insert, rows, base)
    draft.remove(_placed(gone, operation.with_ or DEFAULT), by_name=False)
    draft.add(_placed(new, operation.with_ or ox.NamedNode(draft.iris.edits)))


def _filled(
    operation: Modify, template: str | None, rows: Sequence[dict[str, object]], base: str | None
) -> list[ox.Quad]:
    """A template with each solution filled in; incomplete quads are left out (section 3.1.3)."""
    if template is None or not rows:
        return []
    names = variables(template)
    filled: Iterable[tuple[str, ...]] = (tuple(_written(row.get(name)) for name in names) for row in rows)
    if not has_blank_nodes(template):
        filled = dict.fromkeys(filled)
    head = " ".join(f"?{name}" for name in names)
    found: dict[ox.Quad, None] = {}
    left = iter(filled)
    while chunk := list(islice(left, _ROWS)):
        values = " ".join(f"({' '.join(row)})" for row in chunk)
        store = ox.Store()
        filling = f"{operation.prologue}INSERT {template} WHERE {{ VALUES ({head}) {{ {values} }} }}"  # noqa: S608
        store.update(filling, base_iri=base)
        found.update(dict.fromkeys(_with_blank_nodes(store)))
    return list(found)


def _written(term: object) -> str:
    if term is None:
        return "UNDEF"
    return f"<{_BLANK}{term.value}>" if isinstance(term, ox.BlankNode) else str(term)


def _with_blank_nodes(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    for quad in quads:
        terms = [quad.subject, quad.predicate, quad.object, quad.graph_name]
        back = [
            ox.BlankNode(term.value.removeprefix(_BLANK))
            if isinstance(term, ox.NamedNode) and term.value.startswith(_BLANK)
            else term
            for term in terms
        ]
        if isinstance(back[1], ox.NamedNode) and not isinstance(back[3], ox.BlankNode):
            yield ox.Quad(*back)  # type: ignore[arg-type]


def _placed(quads: Iterable[ox.Quad], graph: ox.NamedNode | ox.DefaultGraph) -> Iterator[ox.Quad]:
    """Quads with those of the default graph in another."""
    for quad in quads:
        yield ox.Quad(quad.subject, quad.predicate, quad.object, graph) if quad.graph_name == DEFAULT else quad


def _manage(draft: Draft, operation: Management) -> None:
    """Graph management (section 3.2). A graph that holds nothing is no graph here, and clearing it always succeeds."""
    target, source = operation.target, operation.source
    if Target.DEFAULT in (target, source) and (operation.verb, target) != ("ADD", Target.DEFAULT):
        raise QueryRefusedError(
            f"{operation.verb} of the default graph is not done here: it is the union of all graphs. Name the graph; "
            f"what was inserted without one is in <{draft.iris.edits}>"
        )
    if operation.verb == "CREATE":
        assert isinstance(target, ox.NamedNode)
        if not operation.silent and not draft.is_empty(target):
            raise QueryParameterError(f"{target} cannot be created: it is there already")
        return
    if source is None:
        graphs = [target] if isinstance(target, ox.NamedNode) else draft.graphs()
        for graph in graphs:
            clear(draft, graph)
        return
    assert isinstance(source, ox.NamedNode)
    if target == source:
        return
    if draft.is_empty(source):
        if operation.silent:
            return
        raise QueryParameterError(f"{source} cannot be read: there is no such graph")
    to = target if isinstance(target, ox.NamedNode) else ox.NamedNode(draft.iris.edits)
    moved = list(draft.store.quads_for_pattern(None, None, None, source))
    if operation.verb != "ADD":
        clear(draft, to)
    draft.add(ox.Quad(one.subject, one.predicate, one.object, to) for one in moved)
    if operation.verb == "MOVE":
        clear(draft, source)


def clear(draft: Draft, graph: ox.NamedNode) -> None:
    """Take everything out of a graph.

    Raises:
        QueryRefusedError: it is one that castgraph makes.
    """
    if not draft.may_change(graph):
        raise QueryRefusedError(f"{graph} is made by castgraph and cannot be cleared; it follows from the other graphs")
    draft.remove(list(draft.store.quads_for_pattern(None, None, None, graph)), by_name=False)


def replace(draft: Draft, graph: ox.NamedNode, triples: Iterable[ox.Triple]) -> None:
    """Let a graph hold these triples and no others (SPARQL 1.1 Graph Store HTTP Protocol, section 5.3)."""
    clear(draft, graph)
    merge(draft, graph, triples)


def merge(draft: Draft, graph: ox.NamedNode, triples: Iterable[ox.Triple]) -> None:
    """Add triples to a graph (section 5.5)."""
    draft.add(ox.Quad(one.subject, one.predicate, one.object, graph) for one in triples)
