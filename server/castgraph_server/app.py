"""The application factory: one application per set of settings, nothing global, no work at import."""

from __future__ import annotations

from flask import Flask
from flask.json.provider import DefaultJSONProvider

from castgraph.settings import Settings
from castgraph_server import current, health, linked_data, pages, problems, queries, responses, sparql


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
    current.install(app, settings.data)
    problems.install(app)
    responses.install(app)
    for module in (pages, sparql, queries, linked_data, health):
        app.register_blueprint(module.blueprint)
    return app
