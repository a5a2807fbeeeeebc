"""The castgraph server: SPARQL, linked-data pages, saved queries and answers over the current snapshot.

The application is loaded when it is asked for: query workers use modules of this package, and need no Flask.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from castgraph_server.app import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> object:
    if name != "create_app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from castgraph_server.app import create_app

    return create_app
