"""Questions in words, answered with queries that the workers evaluate, under the limits of everybody's."""

from __future__ import annotations

import time
from collections.abc import Mapping

from castgraph import sparql
from castgraph.answers import Reply
from castgraph.ask import Asker
from castgraph.store import Dataset, Results
from castgraph_server import answering
from castgraph_server.current import Served
from castgraph_server.limits import time_exceeded

SECONDS_FOR_NAMES = 120.0
"""Deadline of the query that reads the names of a snapshot: once, whoever asks first; it takes as long as there are names."""


class WorkerStore:
    """A snapshot as a :class:`castgraph.store.GraphStore` for one request. For SELECT.

    Args:
        served: the snapshot.
        seconds: deadline of its queries, all together, where it is not that of everybody's.
    """

    def __init__(self, served: Served, seconds: float | None = None) -> None:
        self._served = served
        self._seconds = seconds
        self._begun = time.monotonic()

    def query(
        self, query: str, bindings: Mapping[str, sparql.Term] | None = None, dataset: Dataset | None = None
    ) -> Results:
        """See :meth:`castgraph.store.GraphStore.query`. Raises Problem too, where a limit is met."""
        most = answering.limits().seconds
        allowed = self._seconds or most
        seconds = allowed - (time.monotonic() - self._begun)
        if seconds <= 0:
            raise time_exceeded(allowed, most)
        asked = answering.Query(sparql.bind(query, bindings or {}), dataset or Dataset(), seconds)
        return answering.select(self._served, asked, for_all=self._seconds is not None)


def ask_workers(served: Served, question: str) -> Reply:
    """Answer a question over a snapshot.

    The queries that find answers run in the workers. What names stand for and which lines answers come from is looked up
    in this process: look-ups by key, of as many names and answers as a reply may show.

    Raises:
        Problem: a limit was met.
    """
    names = served.name_index(WorkerStore(served, SECONDS_FOR_NAMES))
    return Asker(WorkerStore(served), served.iris, names, served.evidence).ask(question)
