"""Identity is decided with evidence, never invented, and a person's word goes before every rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from castgraph.addresses import assign
from castgraph.errors import IdentityError, SourceError
from castgraph.identity import Clusters, Outcome, decide
from castgraph.iris import Iris
from castgraph.mentions import Handle, collect
from castgraph.names import slug
from castgraph.overrules import Overrule, read_overrules
from castgraph.records import Document, Node, Reading, Record, named


def page(file: str, *nodes: Node, kind: str = "imdb") -> Reading:
    records = tuple(Record(node, line) for line, node in enumerate(nodes, start=1))
    return Reading(Document(Path(file), kind, kind, "0" * 64, len(nodes)), records)


def title(name: str | None = None, **facts: object) -> Node:
    node: Node = {"id": "#title", "type": "ScreenWork", **facts}  # type: ignore[dict-item]
    return {**node, "name": name} if name else node


def role(character: str | None, performer: str | None, number: int = 1) -> Node:
    node: Node = {"id": f"#performance/{number}", "type": "Performance"}
    if character:
        node["character"] = named("Character", character)
    if performer:
        node["performer"] = named("Person", performer)
    return {"id": "#title", "hasPerformance": node}


def crew(character: str) -> Node:
    """A character that a story's text names, without a credit."""
    return {
        "id": "#mission/m",
        "type": "Mission",
        "depictedIn": {"id": "#title"},
        "crewMember": named("Character", character),
    }


def same(clusters: Clusters, a: tuple[str, str], b: tuple[str, str]) -> bool:
    return clusters.root(Handle(*a)) == clusters.root(Handle(*b))


def test_a_name_and_a_year_make_one_title() -> None:
    clusters = decide(
        collect([page("a", title("Dust", releaseYear="2001")), page("b", title("DUST", releaseYear="2001"))])
    )
    assert same(clusters, ("a", "#title"), ("b", "#title"))
    assert clusters.decisions[0].outcome is Outcome.SAME
    assert any("year" in evidence for evidence in clusters.decisions[0].evidence)


def test_a_remake_is_another_title() -> None:
    clusters = decide(
        collect([page("a", title("Dust", releaseYear="1961")), page("b", title("Dust", releaseYear="2001"))])
    )
    assert not same(clusters, ("a", "#title"), ("b", "#title"))


def test_a_film_and_a_series_of_one_name_and_year_are_two() -> None:
    film, series = title("Dust", releaseYear="2001"), title("Dust", releaseYear="2001")
    film["type"], series["type"] = "Film", "Series"
    assert not same(decide(collect([page("a", film), page("b", series)])), ("a", "#title"), ("b", "#title"))


def test_a_name_alone_leaves_titles_undecided() -> None:
    clusters = decide(collect([page("a", title("Dust")), page("b", title("Dust", releaseYear="2001"))]))
    assert not same(clusters, ("a", "#title"), ("b", "#title"))
    assert [decision.outcome for decision in clusters.decisions] == [Outcome.UNDECIDED]


def test_a_name_and_a_shared_performer_make_one_title() -> None:
    a = page("a", title("Dust"), role("Ada", "Ann Lee"))
    b = page("b", title("Dust", releaseYear="2001"), role(None, "Ann Lee"))
    assert same(decide(collect([a, b])), ("a", "#title"), ("b", "#title"))


def test_a_title_without_a_name_needs_two_signs() -> None:
    named_page = page("a", title("Dust"), role("Ada", None, 1), role("Bo", None, 2))
    one = page("b", title(), role("Ada", None, 1))
    two = page("c", title(), role("Ada", None, 1), role("Bo", None, 2))
    assert not same(decide(collect([named_page, one])), ("a", "#title"), ("b", "#title"))
    assert same(decide(collect([named_page, two])), ("a", "#title"), ("c", "#title"))


def test_similar_names_are_three_titles(tmp_path: Path) -> None:
    node = title("Race", releaseYear="2007")
    node["similarTo"] = [
        {"id": f"#similar/{number}", "type": "Film", "name": name, "releaseYear": "2010"}
        for number, name in enumerate(("Mars", "Mars I", "Mars Rising"), start=1)
    ]
    clusters = decide(collect([page("a", node)]))
    assert len({clusters.root(Handle("a", f"#similar/{number}")) for number in (1, 2, 3)}) == 3


def test_namesakes_in_unrelated_titles_stay_apart_and_are_reported() -> None:
    a = page("a", title("Dust", releaseYear="2001"), role(None, "John Smith"))
    b = page("b", title("Rain", releaseYear="2011"), role(None, "John Smith"))
    clusters = decide(collect([a, b]))
    assert not same(clusters, ("a", "#person/john-smith"), ("b", "#person/john-smith"))
    assert [decision.outcome for decision in clusters.decisions] == [Outcome.UNDECIDED]
    iris = assign(clusters, Iris()).iri
    assert iris[Handle("a", "#person/john-smith")] != iris[Handle("b", "#person/john-smith")]


def test_a_person_and_an_organization_of_one_name_are_two() -> None:
    a = page("a", title("Dust", releaseYear="2001", director=named("Person", "Galaxy")))
    b = page("b", title("Dust", releaseYear="2001", productionCompany=named("Organization", "Galaxy")))
    assert not same(decide(collect([a, b])), ("a", "#person/galaxy"), ("b", "#organization/galaxy"))


def test_a_legal_form_does_not_part_an_organization() -> None:
    a = page("a", title("Dust", releaseYear="2001", summaryBy=named("Agent", "Galaxy")))
    b = page("b", title("Dust", releaseYear="2001", productionCompany=named("Organization", "Galaxy Inc.")))
    assert same(decide(collect([a, b])), ("a", "#agent/galaxy"), ("b", "#organization/galaxy-inc"))


def test_part_of_a_name_is_the_only_character_that_has_it() -> None:
    a = page("a", title("Dust", releaseYear="2001"), role("Ada Stone", None, 1), role("Bo Stone", None, 2))
    b = page("b", title("Dust", releaseYear="2001"), crew("Ada"))
    assert same(decide(collect([a, b])), ("a", "#character/ada-stone"), ("b", "#character/ada"))


@pytest.mark.parametrize(("short", "full"), [("Guard", "Guard Two"), ("Karla", "Young Karla"), ("Man", "Man in Bar")])
def test_credits_are_not_joined_by_part_of_a_name(short: str, full: str) -> None:
    one = page("a", title("Dust", releaseYear="2001"), role(short, "Ann Lee", 1), role(full, "Bo Reed", 2))
    assert not same(decide(collect([one])), ("a", f"#character/{slug(short)}"), ("a", f"#character/{slug(full)}"))
    other = page("b", title("Dust", releaseYear="2001"), role(full, None, 1))
    alone = page("c", title("Dust", releaseYear="2001"), role(short, None, 1))
    assert not same(
        decide(collect([other, alone])), ("b", f"#character/{slug(full)}"), ("c", f"#character/{slug(short)}")
    )


def test_part_of_a_name_that_two_characters_have_is_undecided() -> None:
    a = page("a", title("Dust", releaseYear="2001"), role("Ada Stone", None, 1), role("Ada Reed", None, 2))
    b = page("b", title("Dust", releaseYear="2001"), crew("Ada"))
    clusters = decide(collect([a, b]))
    assert not same(clusters, ("a", "#character/ada-stone"), ("b", "#character/ada"))
    assert any(decision.outcome is Outcome.UNDECIDED for decision in clusters.decisions)


def test_a_possessive_is_another_character() -> None:
    a = page("a", title("Dust", releaseYear="2001"), role("Ada Stone", None, 1), role("Ada Stone's Father", None, 2))
    b = page("b", title("Dust", releaseYear="2001"), role("Ada Stone", None, 1))
    clusters = decide(collect([a, b]))
    assert same(clusters, ("a", "#character/ada-stone"), ("b", "#character/ada-stone"))
    assert not same(clusters, ("a", "#character/ada-stones-father"), ("b", "#character/ada-stone"))


def test_an_undated_page_does_not_make_a_remake_the_original() -> None:
    old = page("a", title("Dune", releaseYear="1984"), role(None, "Ann Lee"))
    new = page("b", title("Dune", releaseYear="2021"), role(None, "Ann Lee"))
    undated = page("c", title("Dune"), role(None, "Ann Lee"))
    clusters = decide(collect([old, new, undated]))
    roots = {clusters.root(Handle(document, "#title")) for document in "abc"}
    assert len(roots) == 3, "it may be either, and is joined to neither"
    told = [one for one in clusters.decisions if one.mentions[0].kind == "title"]
    assert {one.outcome for one in told} == {Outcome.UNDECIDED}
    assert any("1984 and 2021" in evidence for one in told for evidence in one.evidence)


def test_a_film_and_a_series_are_not_joined_through_a_third_page() -> None:
    film = page("a", {**title("Solo", releaseYear="2010"), "type": "Film"}, role(None, "Ann Lee"))
    series = page("b", {**title("Solo", releaseYear="1990"), "type": "Series"}, role(None, "Bo Reed"))
    third = page("c", title("Solo"), role(None, "Ann Lee", 1), role(None, "Bo Reed", 2))
    clusters = decide(collect([film, series, third]))
    assert not same(clusters, ("a", "#title"), ("b", "#title"))


def test_characters_of_different_titles_are_different() -> None:
    a = page("a", title("Dust", releaseYear="2001"), role("Ada", None))
    b = page("b", title("Rain", releaseYear="2001"), role("Ada", None))
    assert not same(decide(collect([a, b])), ("a", "#character/ada"), ("b", "#character/ada"))


def _overrule(same_: bool, a: str, b: str) -> Overrule:
    handles = tuple(Handle(one.split("#")[0], "#" + one.split("#")[1]) for one in (a, b))
    return Overrule(same_, handles, "I know them", "tester", "overrules.yaml: row 1")


def test_a_person_can_join_what_the_rules_leave_apart() -> None:
    mentions = collect([page("a", title("Dust", releaseYear="2001")), page("b", title("Staub", releaseYear="2001"))])
    clusters = decide(mentions, [_overrule(True, "a#title", "b#title")])
    assert same(clusters, ("a", "#title"), ("b", "#title"))
    assert clusters.decisions[0].decided_by == "tester"


def test_a_person_can_part_what_the_rules_would_join() -> None:
    mentions = collect([page("a", title("Dust", releaseYear="2001")), page("b", title("Dust", releaseYear="2001"))])
    clusters = decide(mentions, [_overrule(False, "a#title", "b#title")])
    assert not same(clusters, ("a", "#title"), ("b", "#title"))
    assert any(one.outcome is Outcome.DIFFERENT and one.decided_by == "tester" for one in clusters.decisions)


def test_an_overrule_of_an_unknown_mention_is_an_error() -> None:
    mentions = collect([page("a", title("Dust"))])
    with pytest.raises(IdentityError, match="no mention is called a#nobody"):
        decide(mentions, [_overrule(True, "a#title", "a#nobody")])


def test_overrules_that_contradict_each_other_are_an_error() -> None:
    mentions = collect([page("a", title("Dust")), page("b", title("Dust"))])
    with pytest.raises(IdentityError, match="said to be the same"):
        decide(mentions, [_overrule(True, "a#title", "b#title"), _overrule(False, "a#title", "b#title")])


@pytest.mark.parametrize(
    "text",
    ["- same: [a#title]\n  because: x\n  by: me", "- same: [a#t, b#t]\n  by: me", "same: yes", "- {same: [", "- 3"],
)
def test_a_bad_overrule_file_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "overrules.yaml"
    file.write_text(text)
    with pytest.raises(SourceError, match=r"overrules\.yaml:\d+: "):
        read_overrules(file)


def test_addresses_do_not_depend_on_what_else_is_read() -> None:
    wikipedia = page("w", title("Dust", releaseYear="2001"), role("Ada", "Ann Lee"), kind="wikipedia")
    imdb = page("i", title("Dust", releaseYear="2001"), role("Ada", None), kind="imdb")
    alone = assign(decide(collect([wikipedia])), Iris()).iri
    together = assign(decide(collect([imdb, wikipedia])), Iris()).iri
    assert {handle: together[handle] for handle in alone} == alone


def test_two_things_never_share_an_address() -> None:
    a = page("a", title("Dust", releaseYear="1961"), role("Ada", None, 1), role("Ada", None, 2))
    b = page("b", title("Dust", releaseYear="2001"), role("Ada", None, 1))
    clusters = decide(collect([a, b]))
    addresses = assign(clusters, Iris())
    by_iri: dict[str, set[Handle]] = {}
    for mention in clusters.mentions:
        by_iri.setdefault(addresses.iri[mention.handle], set()).add(clusters.root(mention.handle))
    assert all(len(roots) == 1 for roots in by_iri.values())
