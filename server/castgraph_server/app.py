"""The application factory: one application per set of settings, nothing global, no work at import."""

from __future__ import annotations

from flask import Flask
from flask.json.provider import DefaultJSONProvider

from castgraph.settings import Settings
from castgraph_server import (
    admission,
    answering,
    authorisation,
    current,
    encoding,
    health,
    linked_data,
    links,
    metrics,
    pages,
    problems,
    queries,
    reconciliation,
    reconciliation_draft,
    responses,
    search,
    sparql,
    updates,
    writing,
)
from castgraph_server.access_log import AccessLog


class _Json(DefaultJSONProvider):
    """JSON in the order its maker wrote it, letters as they are."""

    sort_keys = False
    ensure_ascii = False


def create_app(settings: Settings) -> Flask:
    """The WSGI application over the snapshots in ``settings.data``.

    The snapshot is opened by the first request, not here, so an application can be made before anything is built.

    >>> create_app(Settings()).test_client().get("/healthz").status_code
    200
    """
    app = Flask(__name__)
    app.json = _Json(app)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "autoescape": True}
    app.url_map.merge_slashes = False  # an IRI may hold two
    authorisation.install(app, settings)
    current.install(app, settings.data)
    writing.install(app, settings)
    answering.install(app, settings)
    problems.install(app)
    encoding.install(app)  # before what sets ETags: hooks run in reverse, and each encoding has a tag of its own
    responses.install(app)
    for module in (pages, search, sparql, queries, linked_data, links, reconciliation, reconciliation_draft, health):
        app.register_blueprint(module.blueprint)
    if settings.writable:
        app.register_blueprint(updates.blueprint)
    metrics.install(app)
    admission.install(app, settings)
    log = AccessLog(app.wsgi_app, settings.access_log, settings.slow_query)
    app.extensions["castgraph.log"] = log
    app.wsgi_app = log  # type: ignore[method-assign]
    return app
