"""Pages for people."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from castgraph.settings import Settings
from castgraph_server import answering, create_app
from tests.server.conftest import build_snapshot

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
TITLE = "/page/title/copper-comet-2019"


class Page(HTMLParser):
    """The links, ids and other parts of a page that tests look at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.fields: set[str] = set()
        self.inline = 0
        self.words: list[str] = []
        self.feed(text)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.links += [given[name] for name in ("href", "src", "action") if name in given]
        self.ids += [given["id"]] if "id" in given else []
        if tag == "label":
            self.labels.add(given["for"])
        if tag in ("input", "textarea") and given.get("type") != "hidden":
            self.fields.add(given["id"])
        self.inline += "style" in given or (tag == "script" and "src" not in given)
        self.inline += any(name.startswith("on") for name in given)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


PAGES = [
    "/", TITLE, "/page/title/hostile", "/page/title/similar-title-4", "/page/person/zoe-quill", "/sparql",
    "/page/performance/copper-comet-2019/imdb/the-pilot", "/sparql?query=SELECT * { ?s ?p ?o }", "/queries", "/graphs",
    "/graph/tv-guide/copper-comet-2019", "/graph/inferred", "/ontology/film", "/ontology/mission", "/page/nothing", "/links",
    "/search", "/search?q=script", "/search?q=comet&limit=1",
]  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_whole_and_safe(client: FlaskClient, address: str) -> None:
    response = client.get(address, headers={"Accept": "text/html"})
    page = Page(response.text)
    assert response.content_type == "text/html; charset=utf-8"
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert page.inline == 0
    assert page.fields <= page.labels
    assert len(page.ids) == len(set(page.ids))
    assert not [link for link in page.links if link.lower().startswith("javascript")]
    assert "<script>alert" not in response.text


@pytest.mark.parametrize("address", PAGES)
def test_no_link_within_the_site_is_dead(client: FlaskClient, address: str) -> None:
    page = Page(client.get(address, headers=BROWSER).text)
    for link in {link.split("#")[0] for link in page.links if link.startswith("/")} - {"", "/ask"}:
        if not link.startswith("/ask?"):
            with client.get(link, headers=BROWSER) as response:
                assert response.status_code == 200, link


def test_the_first_page_leads_everywhere(client: FlaskClient) -> None:
    page = Page(client.get("/", headers=BROWSER).text)
    assert {"/sparql", "/queries", "/ask", TITLE, "/graph/imdb/copper-comet-2019"} <= set(page.links)
    assert "Who played Ada Stone?" in page.text
    assert "Zoë Quill" in page.text
    assert "not named by the source" in page.text
    assert "TV Guide" in page.text


def test_a_title_has_its_cast_with_the_unknown_performers(client: FlaskClient) -> None:
    text = Page(client.get(TITLE).text).text
    assert "Ada Stone Zoë Quill TV Guide , line 12" in text
    assert "The Pilot not named by the source 1 episode IMDb" in text
    assert "no character named Max Orr narrator IMDb" in text


def test_each_fact_names_its_source_and_line(client: FlaskClient) -> None:
    text = Page(client.get(TITLE).text).text
    assert re.search(r"film:releaseYear 2019 IMDb , line \d+ TV Guide , line \d+", text)
    assert "Copper Comet IMDb , line" in text


def test_inferred_facts_are_marked(client: FlaskClient) -> None:
    text = Page(client.get("/page/person/zoe-quill").text).text
    assert "film:played Ada Stone inferred" in text
    assert "film:Performer inferred" in text
    assert "film:performer performance: ada stone (tv guide) TV Guide" in text  # an incoming link, asserted


def test_identity_decisions_are_told(client: FlaskClient) -> None:
    assert "are one title: same year" in Page(client.get(TITLE).text).text


def test_a_nameless_title_is_shown_as_such(client: FlaskClient) -> None:
    response = client.get("/page/title/similar-title-4")
    assert "<h1><em" in response.text
    assert "untitled (similar title 4)" in response.text


def test_hostile_names_are_escaped(client: FlaskClient) -> None:
    response = client.get("/page/title/hostile")
    assert "&lt;script&gt;alert" in response.text
    assert "javascript:alert(1)" in Page(response.text).text  # told, and no link


def test_the_canonical_iri_and_the_data_are_named(client: FlaskClient) -> None:
    response = client.get(TITLE)
    assert "https://w3id.org/castgraph/id/title/copper-comet-2019" in response.text
    assert '<link rel="alternate" type="text/turtle" href="/data/title/copper-comet-2019.ttl">' in response.text


@pytest.mark.parametrize("path", ["title/nobody", "a b/<c>", "%00", "x" * 3000, "title/"])
def test_what_nobody_speaks_of_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(f"/page/{path}").status_code == 404


def test_problems_come_as_the_client_takes_them(client: FlaskClient) -> None:
    assert client.get("/nothing").content_type == "application/problem+json"
    assert client.get("/nothing", headers=BROWSER).content_type == "text/html; charset=utf-8"
    assert client.get("/nothing", headers={"Accept": "text/plain"}).content_type == "text/plain; charset=utf-8"
    assert client.post("/", headers=BROWSER).status_code == 405
    assert "GET" in client.post("/queries").headers["Allow"]


def test_an_unchanged_page_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get(TITLE)
    again = client.get(TITLE, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Cache-Control"] == "no-cache"


def test_a_large_cast_is_shown_in_parts(tmp_path: Path) -> None:
    """450 credits, three of one character: each is on one page, in the order of the list, and links lead from part to part."""
    work = "<id/title/long-list>"
    lines = [f'{work} a film:Film , film:ScreenWork ; rdfs:label "The Long List" .']
    for number in range(450):
        part = f"<id/performance/long-list/imdb/{number}>"
        role = f"<id/character/long-list/role-{min(number, 447):03}>"
        lines.append(
            f"{part} film:performanceIn {work} ; film:character {role} ; film:performer <id/person/p{number}> ."
        )
        lines.append(f'{role} rdfs:label "Role {min(number, 447):03}" .')
        lines.append(f'<id/person/p{number}> rdfs:label "Player {number}" .')
    build_snapshot(tmp_path, facts="<graph/imdb/long-list> {\n" + "\n".join(dict.fromkeys(lines)) + "\n}")
    app = create_app(Settings(data=tmp_path))
    try:
        client, address, named = app.test_client(), "/page/title/long-list", []
        while address:
            page = client.get(address).text
            cast = page.partition('id="cast"')[2].partition("</section>")[0]
            found = re.findall(r">Player (\d+)<", cast)
            assert 0 < len(found) <= 200
            named += found
            following = re.search(r'rel="next" href="([^"]+)"', cast)
            address = following[1] if following else ""
        assert sorted(map(int, named)) == list(range(450))
        assert named[:3] == ["0", "1", "2"]
        assert client.get("/page/title/long-list?from=450").status_code == 404
        assert client.get("/page/title/long-list?from=-1").status_code == 400
    finally:
        answering.close(app)


def test_more_values_than_a_page_shows_can_be_queried(tmp_path: Path) -> None:
    titles = "\n".join(f'<id/title/t{n}> film:genre <id/genre/drama> ; rdfs:label "T{n}" .' for n in range(60))
    build_snapshot(tmp_path, facts="<graph/imdb/many> {\n" + titles + "\n}")
    app = create_app(Settings(data=tmp_path))
    try:
        client = app.test_client()
        page = client.get("/page/genre/drama").text
        link = re.search(r'<a href="(/sparql\?query=[^"]+)">20 more</a>', page)
        assert link is not None
        query = client.get(unescape(link[1]), headers={"Accept": "application/sparql-results+json"})
        assert len(query.get_json()["results"]["bindings"]) == 60
    finally:
        answering.close(app)
