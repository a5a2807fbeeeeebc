"""What operators count: requests, how long they take, queries that were stopped, cache, snapshot, the process itself.

In the text format of Prometheus at ``/metrics``. Each application counts for itself; with several server processes
(``workers``) every scrape asks one of them, whose process number is told, so let one scrape target be one process or
read rates, not totals.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from time import perf_counter

from flask import Flask, Response, current_app, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily

from castgraph_server.authorisation import Authorisation
from castgraph_server.cache import Cache
from castgraph_server.current import SnapshotHolder
from castgraph_server.outcomes import OUTCOMES, Tally
from castgraph_server.workers import WorkerPool
from castgraph_server.writing import Writers

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The counters of an application."""

    def __init__(self, pool: WorkerPool, cache: Cache, holder: SnapshotHolder, updates: Tally | None = None) -> None:
        self._pool, self._cache, self._holder, self._updates = pool, cache, holder, updates
        self.registry = CollectorRegistry()
        names = ("kind", "status")
        self.requests = Counter(
            "castgraph_requests", "Requests answered by the application.", names, registry=self.registry
        )
        self.latency = Histogram(
            "castgraph_request_seconds", "Seconds until a response began.", ("kind",), buckets=_BUCKETS,
            registry=self.registry,
        )  # fmt: skip
        self._requests = lru_cache(maxsize=1000)(self.requests.labels)  # looking labels up takes longer than counting
        self._latency = lru_cache(maxsize=1000)(self.latency.labels)
        self.registry.register(self)
        ProcessCollector(registry=self.registry)  # memory, files, processor time and start of this server process

    def count(self, kind: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests(kind, str(status)).inc()
        self._latency(kind).observe(seconds)

    def collect(self) -> Iterator[Metric]:
        """What others count, read when it is asked for."""
        stopped = CounterMetricFamily("castgraph_queries_stopped", "Queries stopped, by cause.", labels=("cause",))
        for cause in ("time", "memory", "rows", "depth", "client", "outside", "queue"):
            stopped.add_metric((cause,), self._pool.killed[cause])
        yield stopped
        yield GaugeMetricFamily("castgraph_queries_running", "Queries being evaluated.", self._pool.running)
        yield GaugeMetricFamily("castgraph_queries_waiting", "Queries waiting for a worker.", self._pool.waiting)
        yield CounterMetricFamily("castgraph_cache_hits", "Results answered from the cache.", self._cache.hits)
        yield CounterMetricFamily("castgraph_cache_misses", "Results looked for there in vain.", self._cache.misses)
        yield GaugeMetricFamily("castgraph_cache_bytes", "Bytes the cache holds.", self._cache.size)
        if self._updates is not None:
            yield from _updates(self._updates)
        served = GaugeMetricFamily("castgraph_snapshot", "1 for the snapshot served.", labels=("id", "process"))
        snapshot = self._holder.id_now()
        if snapshot is not None:
            served.add_metric((snapshot, str(os.getpid())), 1)
        yield served


def _updates(tally: Tally) -> Iterator[Metric]:
    """The changes, updates and writes to graphs alike, of a server that is writable."""
    ended = CounterMetricFamily("castgraph_updates", "Changes to the graph, by outcome.", labels=("outcome",))
    for outcome in OUTCOMES:
        ended.add_metric((outcome,), tally.outcomes[outcome])
    yield ended
    took = SummaryMetricFamily(
        "castgraph_update_step_seconds", "Seconds steps of changes took, finished or stopped.", labels=("step",)
    )
    for step, (number, seconds) in tally.steps.items():
        took.add_metric((step,), count_value=number, sum_value=seconds)
    yield took


def install(app: Flask) -> None:
    """Count the requests of an application, and tell the counts at ``/metrics``."""
    found = app.extensions
    writers: Writers = found["castgraph.writers"]
    authorised: Authorisation = found["castgraph.authorisation"]
    updates = writers.tally if authorised.writable else None
    counted = Metrics(found["castgraph.pool"], found["castgraph.cache"], found["castgraph.snapshot"], updates)
    found["castgraph.metrics"] = counted
    app.before_request(_begin)
    app.after_request(_count)
    app.add_url_rule("/metrics", "metrics", tell)


def _begin() -> None:
    g.begun = perf_counter()


def _count(response: Response) -> Response:
    counted: Metrics = current_app.extensions["castgraph.metrics"]
    kind = request.endpoint or "none"
    counted.count(kind, response.status_code, perf_counter() - g.begun if "begun" in g else 0.0)
    return response


def tell() -> Response:
    """The counts, for Prometheus."""
    counted: Metrics = current_app.extensions["castgraph.metrics"]
    response = Response(generate_latest(counted.registry), content_type=CONTENT_TYPE_LATEST)
    response.headers["Cache-Control"] = "no-store"
    return response
