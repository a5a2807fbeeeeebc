"""A small language for reasoning tests: Turtle in, the inferred triples as short strings out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Triple, parse
from rdflib import Graph

from castgraph.reason import Closure, closure

PREFIXES = """
@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_SHORT = {
    "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>": "a",
    "<http://www.w3.org/2002/07/owl#sameAs>": "=",
    "<http://example.org/": "",
    "<http://www.w3.org/2001/XMLSchema#": "xsd:",
    "<http://www.w3.org/2002/07/owl#": "owl:",
    "<http://www.w3.org/2000/01/rdf-schema#": "rdfs:",
    ">": "",
}

Infer = Callable[[str], set[str]]
Break = Callable[[str], set[str]]


def given_triples(turtle: str) -> list[Triple]:
    # Not parsed by rdflib, which changes the lexical forms of numbers.
    return [quad.triple for quad in parse(PREFIXES + turtle, format=RdfFormat.TURTLE)]


def closed(turtle: str, *, full: bool = False, by_rule: bool = False) -> Closure:
    """The closure of axioms and facts written together in Turtle."""
    return closure(given_triples(turtle), Graph(), full=full, by_rule=by_rule)


def short(text: object) -> str:
    result = str(text)
    for long, brief in _SHORT.items():
        result = result.replace(long, brief)
    return result


@pytest.fixture
def infer() -> Infer:
    """The inferred triples: ``{"ana directed mars", "ana a Director"}``. The data must be consistent."""

    def run(turtle: str) -> set[str]:
        result = closed(turtle)
        assert result.violations == ()
        return {short(triple) for triple in result.inferred + result.equality}

    return run


@pytest.fixture
def broken() -> Break:
    """The rules that the data break, each with the facts that break it: ``{"cax-dw: x a A; x a B"}``."""

    def run(turtle: str) -> set[str]:
        return {f"{v.rule}: {'; '.join(map(short, v.facts))}" for v in closed(turtle).violations}

    return run


@pytest.fixture(scope="session")
def ontology() -> Graph:
    """The film and the mission ontology."""
    folder = Path(__file__).parents[2] / "ontology"
    return Graph().parse(folder / "film.ttl").parse(folder / "mission.ttl")
