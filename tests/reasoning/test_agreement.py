"""Nemo and owlrl infer the same instance triples over the film and mission ontologies."""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse
from rdflib import Graph

from castgraph.reason import Closure, Reasoner, closure

FILM, MISSION = "https://w3id.org/castgraph/film#", "https://w3id.org/castgraph/mission#"
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

RACE_TO_MARS = """
@prefix film: <https://w3id.org/castgraph/film#> .
@prefix mission: <https://w3id.org/castgraph/mission#> .
@prefix : <http://example.org/> .
:race a film:MiniSeries ; film:hasPerformance :p1, :p2, :p3, :p4, _:p5, :p6 ; film:hasNarration :p7, :p8 ;
    film:director :george ; film:writer :branko ; film:similarTo :mission, :odyssey ; film:companionTo :rising ;
    film:nomination :gemini ; film:releaseYear 2007 ; film:numberOfEpisodes 04 .
:p1 film:performer :riley ; film:character :erwin ; film:creditOrder 1 ; film:performerAsCredited "Michael Riley" .
:p2 film:performer :bluteau ; film:character :hebert ; film:episodeCount 4 .
:p3 film:performer :bussieres ; film:character :decelles .
:p4 film:character :okuda ; film:creditNote "uncredited" .
_:p5 film:character :alarcon .
:p6 film:performer :bourreau ; film:character :alarcon .
:p7 film:performer :vrana ; film:characterAsCredited "Space Agency Narrator" .
:p8 film:performer :shatner .
:rising a film:Series ; film:hasPerformance :p9 . :p9 film:performer :shatner .
:odyssey film:hasPerformance :p10 . :p10 film:performer :riley ; film:character :bowman .
:mission film:hasPerformance :p11, :p12 . :p11 film:performer :sinise . :p12 film:character :maggie .
:part1 a film:Episode ; film:partOf :season . :season film:partOf :race .
:gemini a film:AwardWin ; film:awardYear 2008 .
:olympus a mission:Mission ; mission:rivalOf :rival ; mission:depictedIn :race .
:erwin mission:commanderOf :olympus . :hebert mission:crewMemberOf :olympus .
:launch film:partOf :olympus ; mission:causes :landing . :landing mission:directlyPrecedes :storm .
:storm mission:participant :erwin ; mission:victim :hebert .
"""


def both(triples: list[Triple], ontology: Graph) -> tuple[Closure, Closure]:
    return closure(triples, ontology), closure(triples, ontology, reasoner=Reasoner.OWLRL)


def everything(closure: Closure) -> set[Triple]:
    return {*closure.inferred, *closure.equality}


def test_race_to_mars(ontology: Graph) -> None:
    triples = [quad.triple for quad in parse(RACE_TO_MARS, format=RdfFormat.TURTLE)]
    nemo, owlrl = both(triples, ontology)
    assert everything(nemo) == everything(owlrl)
    assert len(nemo.inferred) == len(set(nemo.inferred)) > 100
    assert not set(nemo.inferred) & set(triples)
    assert nemo.violations == owlrl.violations == ()
    names = {str(triple) for triple in nemo.inferred}
    example = "<http://example.org/"
    assert f"{example}riley> <{FILM}played> {example}erwin>" in names
    assert f"{example}race> <{FILM}narrator> {example}shatner>" in names
    assert f"{example}launch> <{MISSION}precedes> {example}storm>" in names
    assert not any("okuda> <https://w3id.org/castgraph/film#playedBy>" in name for name in names)


PROPERTIES = [
    FILM + name
    for name in [
        "performer",
        "gave",
        "character",
        "hasPerformance",
        "performanceIn",
        "hasNarration",
        "partOf",
        "similarTo",
        "director",
        "directed",
        "castMember",
        "actedIn",
        "companionTo",
        "nomination",
        "narrator",
    ]
] + [MISSION + name for name in ("precedes", "causes", "crewMemberOf", "rivalOf", "depictedIn")]
CLASSES = [FILM + name for name in ("Series", "Film", "Narration", "Person", "Organization", "AwardWin", "Work")]
things = st.integers(0, 5).map(lambda number: NamedNode(f"http://example.org/{number}"))
links = st.builds(Triple, things, st.sampled_from(PROPERTIES).map(NamedNode), things)
types = st.builds(Triple, things, st.just(TYPE), st.sampled_from(CLASSES).map(NamedNode))
values = st.builds(
    Triple,
    things,
    st.sampled_from(["releaseYear", "creditOrder", "keyword"]).map(lambda name: NamedNode(FILM + name)),
    st.sampled_from(["05", "x"]).map(Literal),
)
equalities = st.builds(Triple, things, st.just(NamedNode("http://www.w3.org/2002/07/owl#sameAs")), things)


def owlrl_is_slow(examples: int) -> settings:
    """A second or more per example: few of them, and no search for the smallest failing one."""
    return settings(max_examples=examples, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])


@owlrl_is_slow(6)
@given(triples=st.lists(st.one_of(links, links, types, values), max_size=12))
def test_any_film_data(ontology: Graph, triples: list[Triple]) -> None:
    nemo, owlrl = both(triples, ontology)
    assert everything(nemo) == everything(owlrl)
    # Not so for owlrl: that a year is a number, which "05" and "x" are not.
    assert len([each for each in nemo.violations if each.rule != "dt-not-type"]) == len(owlrl.violations)


@owlrl_is_slow(6)
@given(triples=st.lists(st.one_of(links, types, values), max_size=5), same=st.lists(equalities, min_size=1, max_size=2))
def test_any_film_data_with_equal_things(ontology: Graph, triples: list[Triple], same: list[Triple]) -> None:
    nemo, owlrl = both(triples + same, ontology)
    assert everything(nemo) == everything(owlrl)


def test_inconsistent_data_are_reported_and_never_written(ontology: Graph) -> None:
    clash = [
        Triple(NamedNode("http://example.org/x"), TYPE, NamedNode(FILM + "TelevisionFilm")),
        Triple(NamedNode("http://example.org/x"), TYPE, NamedNode(FILM + "MiniSeries")),
    ]
    result = closure(clash, ontology)
    assert [violation.rule for violation in result.violations] == ["cax-dw"]
    message = str(result.violations[0])
    assert message.startswith("cax-dw: <http://example.org/x> is both a ")
    assert {str(fact.object) for fact in result.violations[0].facts} == {f"<{FILM}Film>", f"<{FILM}Series>"}
    assert not any("error" in str(triple).lower() for triple in result.inferred)


@pytest.mark.parametrize("reasoner", Reasoner)
def test_nothing_follows_from_nothing(ontology: Graph, reasoner: Reasoner) -> None:
    assert closure([], ontology, reasoner=reasoner).inferred == ()
