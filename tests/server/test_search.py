"""/search: things by name and identifier, as a page and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from castgraph.settings import Settings
from castgraph_server import answering, create_app
from tests.server.conftest import FACTS, IRIS, build_snapshot

JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of the application over the invented facts, with classes that the closure would add."""
    data = tmp_path_factory.mktemp("agents")
    closed = FACTS.replace("a film:Film ", "a film:Film , film:ScreenWork ").replace(
        "film:Person", "film:Person , film:Agent"
    )
    build_snapshot(data, facts=closed)
    made = create_app(Settings(data=data))
    yield made.test_client()
    answering.close(made)


@pytest.fixture(scope="module")
def bundled(bundled_data: Path) -> Iterator[FlaskClient]:
    """A client of the application over the bundled facts, with the index that the build wrote."""
    made = create_app(Settings(data=bundled_data))
    yield made.test_client()
    answering.close(made)


def found(client: FlaskClient, address: str) -> list[dict[str, object]]:
    response = client.get(address, headers=JSON)
    assert response.status_code == 200, response.text
    results: list[dict[str, object]] = json.loads(response.data)["results"]
    return results


@pytest.mark.parametrize("text", ["Zoë Quill", "zoe quill", "quill", "zoe qui", "zoe quil", "Zoe Quilll", "QUILL, Zoé"])
def test_a_person_is_found_however_the_name_is_typed(client: FlaskClient, text: str) -> None:
    first = found(client, f"/search?q={quote(text)}")[0]
    assert (first["label"], first["type"], first["class"]) == ("Zoë Quill", "person", "person")
    assert first["page"] == "/page/person/zoe-quill"
    title = {"label": "The Copper Comet", "iri": IRIS.thing("title", "copper-comet-2019"), "year": 2019}
    assert first["known_for"] == [title]


def test_a_character_tells_its_title_and_its_performer(client: FlaskClient) -> None:
    [first] = found(client, "/search?q=ada+stone")
    assert first["type"] == "character"
    assert [one["label"] for one in first["performers"]] == ["Zoë Quill"]  # type: ignore[attr-defined]


def test_a_title_is_found_by_its_name_and_its_year(client: FlaskClient) -> None:
    first = found(client, "/search?q=copper+comet+2019")[0]
    assert (first["type"], first["year"], first["class"]) == ("title", 2019, "mini-series")


def test_only_things_of_the_kind_that_is_asked_for(client: FlaskClient) -> None:
    assert {one["type"] for one in found(client, "/search?q=co")} >= {"title"}
    assert found(client, "/search?q=copper&type=person") == []
    both = found(client, "/search?q=stone&type=character,person")
    assert [one["label"] for one in both] == ["Ada Stone"]


def test_nothing_is_found_of_a_name_nobody_has(client: FlaskClient) -> None:
    assert found(client, "/search?q=Wolkenstein") == []
    page = client.get("/search?q=Wolkenstein&format=html")
    assert "Nothing is called that." in page.text


def test_an_iri_finds_its_thing(client: FlaskClient) -> None:
    iri = IRIS.thing("person", "max-orr")
    [one] = found(client, f"/search?q={quote(iri, safe='')}")
    assert (one["label"], one["iri"], one["found_by"]) == ("Max Orr", iri, "the identifier")
    assert found(client, "/search?q=" + quote("http://example.org/secret-candidate", safe="")) == []


def test_pages_of_a_search_hold_each_thing_once(client: FlaskClient) -> None:
    whole = [one["iri"] for one in found(client, "/search?q=the")]
    assert len(whole) > 1
    address, paged = "/search?q=the&limit=1", []
    while address:
        told = json.loads(client.get(address, headers=JSON).data)
        paged += [one["iri"] for one in told["results"]]
        address = told["next"]
    assert paged == whole


@pytest.mark.parametrize(
    "fields",
    ["q=a&limit=0", "q=a&limit=51", "q=a&limit=x", "q=a&limit=%C2%B2", "q=a&offset=-1", "q=a&offset=200", "q=a&offset=1e9",
     "q=a&type=planet", "q=" + "a" * 201, "q=" + "b+" * 30, "q=a%00b", "q=%EF%BF%BE", ""],
)  # fmt: skip
def test_what_cannot_be_searched_for_is_a_problem(client: FlaskClient, fields: str) -> None:
    response = client.get(f"/search?{fields}", headers=JSON)
    assert (response.status_code, response.content_type) == (400, "application/problem+json")


@given(st.text(max_size=60), st.sampled_from(["", "title", "person", "character"]))
def test_whatever_is_typed_is_answered_or_refused(client: FlaskClient, text: str, kind: str) -> None:
    told = quote(text.encode("utf-8", "surrogatepass"))
    assert client.get(f"/search?q={told}&type={kind}", headers=JSON).status_code in (200, 400)


def test_names_are_shown_as_text(client: FlaskClient) -> None:
    page = client.get("/search?q=script+alert&format=html")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


def test_the_page_without_a_question_is_the_form(client: FlaskClient) -> None:
    page = client.get("/search", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert 'name="q"' in page.text
    assert "Nothing is called that." not in page.text


def test_an_answer_is_not_sent_again_while_the_snapshot_stands(client: FlaskClient) -> None:
    tag = client.get("/search?q=quill", headers=JSON).headers["ETag"]
    again = client.get("/search?q=quill", headers={**JSON, "If-None-Match": tag})
    assert again.status_code == 304


@pytest.mark.parametrize("identifier", ["tt0824091", "imdb:tt0824091", "https://www.imdb.com/title/tt0824091/"])
def test_an_identifier_finds_its_thing_in_the_bundled_graph(bundled: FlaskClient, identifier: str) -> None:
    first = found(bundled, f"/search?q={quote(identifier, safe='')}")[0]
    assert (first["label"], first["found_by"]) == ("Race to Mars", "the identifier")
