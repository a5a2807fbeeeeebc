"""Questions over HTTP."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from castgraph.answers import Status
from castgraph.store import rows
from castgraph_server.current import served
from castgraph_server.problems import Problem
from castgraph_server.questions import WorkerStore

PAGE = {"Accept": "text/html"}


def content(response: TestResponse) -> Any:
    """The JSON of a response."""
    return json.loads(response.data)


def test_an_answer_has_the_promised_shape(client: FlaskClient) -> None:
    told = content(client.get("/ask", query_string={"q": "Who played Ada Stone?"}))
    assert list(told)[:4] == ["question", "status", "reading", "answers"]
    assert (told["question"], told["status"]) == ("Who played Ada Stone?", "answered")
    answer = told["answers"][0]
    assert (answer["label"], answer["basis"]) == ("Zoë Quill", "asserted")
    assert answer["sources"][0]["source"] == "TV Guide"
    assert isinstance(answer["sources"][0]["line"], int)


def test_the_page_shows_answer_source_and_query(client: FlaskClient) -> None:
    page = client.get("/ask", query_string={"q": "Who played Ada Stone?"}, headers=PAGE).text
    assert 'href="/page/person/zoe-quill"' in page
    assert "TV Guide</a>, line" in page
    assert 'href="/graph/tv-guide/copper-comet-2019"' in page
    assert "/sparql?query=" in page


def test_an_unnamed_performer_is_unknown_and_not_invented(client: FlaskClient) -> None:
    question = {"q": "Who played The Pilot?"}
    told = content(client.get("/ask", query_string=question))
    assert told["status"] == "unknown"
    assert "No source says." in client.get("/ask", query_string=question, headers=PAGE).text


def test_the_whole_cast_names_those_known_and_those_not(client: FlaskClient) -> None:
    question = {"q": "Who played whom in The Copper Comet?"}
    told = content(client.get("/ask", query_string=question))
    pairs = {
        (row["character"] and row["character"]["label"], row["performer"] and row["performer"]["label"])
        for row in told["answers"]
    }
    assert {("Ada Stone", "Zoë Quill"), ("The Pilot", None)} <= pairs
    page = client.get("/ask", query_string=question, headers=PAGE).text
    assert "not named by the source" in page


@pytest.mark.parametrize(
    "question", ["Who played Zzyzx?", "What is the weather?", "<script>alert(1)</script>", "?", "'"]
)
def test_a_question_without_an_answer_is_no_error(client: FlaskClient, question: str) -> None:
    told = client.get("/ask", query_string={"q": question})
    assert told.status_code == 200
    assert content(told)["status"] in ("not_found", "not_understood")
    page = client.get("/ask", query_string={"q": question}, headers=PAGE)
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_no_question_is_told_how_to_ask(client: FlaskClient) -> None:
    assert client.get("/ask").status_code == 400
    assert client.get("/ask?q=+", headers=PAGE).headers["Location"] == "/#ask"
    assert client.get("/ask", query_string={"q": "x" * 501}).status_code == 400


def test_a_question_past_its_deadline_asks_no_more_queries(client: FlaskClient, app: Flask) -> None:
    query = "SELECT ?s { ?s ?p ?o } LIMIT 1"
    with app.test_request_context("/ask"):
        assert len(rows(WorkerStore(served()).query(query))) == 1
        late = WorkerStore(served(), seconds=0.001)
        time.sleep(0.002)
        with pytest.raises(Problem) as stopped:
            late.query(query)
    assert (stopped.value.status, stopped.value.members["limit"]) == (504, "time")


@pytest.mark.parametrize(
    "question",
    [
        "who " * 120,
        "Who played " + "a " * 200,
        "Who played " + " and ".join(["Ada Stone"] * 40) + "?",
        "Which titles have both " + " and ".join(["Zoë Quill"] * 38) + "?",
        "Who directed " + "the titles that star the people in " * 12 + "The Copper Comet?",
        "“" * 500,
        "x" * 500,
    ],
)
def test_the_longest_questions_are_answered_or_refused(client: FlaskClient, question: str) -> None:
    told = client.get("/ask", query_string={"q": question.strip()[:500]})
    assert told.status_code == 200
    assert content(told)["status"] in {status.value for status in Status}
