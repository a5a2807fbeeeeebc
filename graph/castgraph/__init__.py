"""castgraph: film and mission facts as linked data, inferred with OWL 2 RL and served over SPARQL.

::

    from castgraph import open_graph

    graph = open_graph("castgraph-data")
    graph.ask("Who played Rick Erwin?").answers[0].label     # 'Michael Riley'
    graph.run("mission-crew", {"mission": "Project Olympus"})
    graph.dataset()                                          # an rdflib.Dataset

Nothing heavy is imported until it is used.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from castgraph.errors import CastgraphError
    from castgraph.opened import OpenGraph, open_graph
    from castgraph.reason import Closure, Reasoner, closure

__version__ = version("castgraph")

_HOMES = {
    "Closure": "castgraph.reason",
    "OpenGraph": "castgraph.opened",
    "Reasoner": "castgraph.reason",
    "CastgraphError": "castgraph.errors",
    "closure": "castgraph.reason",
    "open_graph": "castgraph.opened",
}

__all__ = ["CastgraphError", "Closure", "OpenGraph", "Reasoner", "__version__", "closure", "open_graph"]


def __getattr__(name: str) -> object:
    """The public names, each from its module, when it is first used (PEP 562)."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
