"""castgraph: film and mission facts as linked data, inferred with OWL 2 RL and served over SPARQL."""

from importlib.metadata import version

__version__ = version("castgraph")
