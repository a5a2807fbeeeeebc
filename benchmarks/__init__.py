"""Measurements of castgraph against its peers, as ratios in one run: ``python -m benchmarks``."""
