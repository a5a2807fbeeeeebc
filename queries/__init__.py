"""Data files of castgraph; see the README."""
