"""The castgraph server: SPARQL, linked-data pages, saved queries and answers over the current snapshot."""

from castgraph_server.app import create_app

__all__ = ["create_app"]
