"""What a newcomer does on the site, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_from_the_first_page_to_an_answer_with_its_line(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Who played whom")
    page.get_by_label("Ask who played whom").fill("Who played Rick Erwin?")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("link", name="Michael Riley")).to_be_visible()
    expect(page.get_by_text("TV Guide, line 21")).to_be_visible()
    page.get_by_role("link", name="Open it in the form").click()
    expect(page.get_by_role("heading", name="Result")).to_be_visible()


def test_the_example_questions_can_be_clicked(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Who played Hiromi Okuda?").click()
    expect(page.get_by_text("No source says.")).to_be_visible()


def test_to_race_to_mars_its_cast_and_a_source(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Race to Mars", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Race to Mars")
    cast = page.get_by_role("region", name="Who played whom, by source")
    expect(cast.get_by_role("row", name=re.compile("Hiromi Okuda"))).to_contain_text("not named by the source")
    cast.get_by_role("link", name="Rick Erwin", exact=True).click()
    expect(page.get_by_role("link", name="Michael Riley").first).to_be_visible()
    page.get_by_role("link", name="TV Guide").first.click()
    expect(page.get_by_role("heading", name="What it says")).to_be_visible()


def test_the_form_runs_a_query_by_button_and_by_key(page: Page) -> None:
    page.goto("/sparql")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("cell", name="Michael Riley", exact=True).first).to_be_visible()
    expect(page.get_by_text("or Ctrl-Enter")).to_be_visible()  # the script is there
    page.get_by_label("Query", exact=True).fill("ASK { ?s ?p ?o }")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Yes.")).to_be_visible()


def test_an_error_stands_beside_the_query(page: Page, expected: list[str]) -> None:
    expected.append("400")  # a browser reports the status on its console
    page.goto("/sparql")
    page.get_by_label("Query", exact=True).fill("SELECT * {\n  ?s ?p\n}")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("alert")).to_contain_text("Line 3")


def test_a_saved_query_takes_its_parameter(page: Page) -> None:
    page.goto("/queries")
    page.get_by_role("link", name="Who played a character", exact=True).click()
    page.get_by_label("Name of the character").fill("Jackie Decelles")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("cell", name="Pascale Bussières").first).to_be_visible()


@pytest.mark.parametrize(
    "address",
    ["/", "/ask?q=Who+played+whom+in+Race+to+Mars%3F", "/page/title/race-to-mars-2007", "/sparql", "/queries", "/graphs",
     "/queries/who-played", "/graph/imdb/race-to-mars-2007", "/ontology/film?format=html", "/search", "/search?q=mars"],
)  # fmt: skip
def test_no_page_is_wider_than_the_window(page: Page, address: str) -> None:
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_site_works_without_a_mouse(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.get_by_label("Ask who played whom").focus()
    page.keyboard.type("Who did Michael Riley play?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Rick Erwin")).to_be_visible()


def test_a_misspelt_name_leads_to_a_page(page: Page) -> None:
    page.goto("/")
    page.get_by_role("search", name="Site").get_by_role("combobox").fill("micheal rily")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Search")
    page.get_by_role("list", name="Found").get_by_role("link", name="Michael Riley").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Michael Riley")


def test_names_are_suggested_while_they_are_typed(page: Page) -> None:
    page.goto("/search")
    with page.expect_response(lambda answer: "/search?limit=8" in answer.url):
        page.get_by_label("Find a person, a title or a character").press_sequentially("rick er")
    option = page.locator("#suggestions option").first
    expect(option).to_have_attribute("value", "Rick Erwin")
    expect(option).to_have_attribute("label", re.compile("character"))


def test_one_kind_of_thing_can_be_chosen(page: Page) -> None:
    page.goto("/search?q=Mars")
    page.get_by_label("people").check()
    page.get_by_role("button", name="Find").click()
    expect(page.locator(".hits .badge").filter(has_text="mini-series")).to_have_count(0)
