"""The command line: each command run as a process, with its output and exit code."""

from __future__ import annotations

import json
import subprocess
import sysconfig
from pathlib import Path

import pytest

CASTGRAPH = str(Path(sysconfig.get_path("scripts")) / "castgraph")
FACTS = Path(__file__).resolve().parent.parent / "graph" / "facts"


def run(*arguments: str, stdin: str = "", data: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {"CASTGRAPH_DATA": str(data)} if data else {}
    return subprocess.run(
        [CASTGRAPH, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        env={"PATH": "", **environment},
        check=False,
    )


def test_build_tells_what_it_read_decided_inferred_and_found(tmp_path: Path) -> None:
    done = run("build", str(FACTS), "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    for word in ("imdb.txt (imdb)", "records", "Identity:", "Inferred:", "Checks: consistent", "Snapshot"):
        assert word in done.stdout
    assert "reading the sources" in done.stderr
    assert "reading the sources" not in done.stdout


def test_build_reports_lines_it_could_not_use(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("= Dust =\n\nInfobox\n- Director: Ann Lee\n- Mascot: a goat\n")
    done = run("build", str(page), "--out", str(tmp_path / "data"))
    assert "line 5 not used" in done.stdout
    told = json.loads(run("build", str(page), "--out", str(tmp_path / "data"), "--json").stdout)
    assert told["sources"][0]["skipped"][0]["line"] == 5
    assert {"snapshot", "quads", "sources", "decisions", "inferred", "findings"} <= set(told)


def test_a_failure_is_explained_on_stderr(tmp_path: Path) -> None:
    done = run("build", str(tmp_path / "gone.txt"), "--out", str(tmp_path / "data"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].startswith("castgraph: ")
    assert "gone.txt:1" in done.stderr
    assert "Traceback" not in done.stderr


def test_inconsistent_data_have_their_own_exit_code(tmp_path: Path) -> None:
    file = tmp_path / "wrong.ttl"
    file.write_text("@prefix f: <https://w3id.org/castgraph/film#> . <http://x/a> a f:Person , f:Character .")
    assert run("build", str(file), "--out", str(tmp_path / "data")).returncode == 3


def test_wrong_usage_is_exit_code_2() -> None:
    assert run("build", "--no-such-option").returncode == 2
    assert run("dance").returncode == 2


def test_ask_answers_with_its_source(data: Path) -> None:
    done = run("ask", "Who played Rick Erwin?", data=data)
    assert done.returncode == 0
    assert "Michael Riley  [TV Guide line 21]" in done.stdout


def test_ask_json_has_the_promised_shape(data: Path) -> None:
    told = json.loads(run("ask", "--json", "Who", "played", "Rick", "Erwin?", data=data).stdout)
    assert told["status"] == "answered"
    assert told["question"] == "Who played Rick Erwin?"
    (answer,) = told["answers"]
    assert answer["label"] == "Michael Riley"
    assert answer["basis"] == "asserted"
    (source,) = answer["sources"]
    assert (source["source"], source["line"]) == ("TV Guide", 21)
    assert source["graph"].endswith("graph/tv-guide/race-to-mars-2007")
    assert {"reading", "alternatives", "suggestions", "sparql", "milliseconds"} <= set(told)


@pytest.mark.parametrize("question", ["Who played Hiromi Okuda?", "Who played Nobody?", "What is love?"])
def test_a_question_without_an_answer_is_exit_code_4(data: Path, question: str) -> None:
    assert run("ask", question, data=data).returncode == 4


def test_a_saved_query_runs_by_name(data: Path) -> None:
    done = run("query", "who-played", "-p", "character=Rick Erwin", "--format", "csv", data=data)
    assert done.returncode == 0
    assert "Michael Riley,Michael Riley,Race to Mars,TV Guide,21" in done.stdout


def test_a_query_runs_from_a_file_and_from_standard_input(data: Path, tmp_path: Path) -> None:
    text = "SELECT (COUNT(*) AS ?n) { ?s a <https://w3id.org/castgraph/film#Performance> }"
    (tmp_path / "count.rq").write_text(text)
    from_file = run("query", str(tmp_path / "count.rq"), "--format", "csv", data=data)
    from_stdin = run("query", "-", "--format", "csv", data=data, stdin=text)
    assert from_file.stdout == from_stdin.stdout
    assert int(from_file.stdout.split()[1]) > 40


@pytest.mark.parametrize(
    ("format_", "sign"),
    [("json", '{"head"'), ("xml", "<?xml"), ("csv", "member"), ("tsv", "?mission\t"), ("table", "───")],
)
def test_results_are_written_in_each_format(data: Path, format_: str, sign: str) -> None:
    assert sign in run("query", "mission-crew", "--format", format_, data=data).stdout


@pytest.mark.parametrize(
    ("format_", "sign"),
    [("ttl", "@prefix"), ("nt", " .\n"), ("rdf", "<rdf:RDF"), ("jsonld", '"@id"'), ("table", "@prefix")],
)
def test_graphs_are_written_in_each_format(data: Path, format_: str, sign: str) -> None:
    if format_ == "ttl":
        sign = "<https://"
    assert sign in run("query", "title-graph", "-p", "title=Race to Mars", "--format", format_, data=data).stdout


@pytest.mark.parametrize(
    ("arguments", "message", "code"),
    [
        (["no-such-query"], "no saved query is called", 1),
        (["who-played"], "needs a value for 'character', such as Rick Erwin", 2),
        (["who-played", "-p", "character"], "write NAME=VALUE", 2),
        (["mission-crew", "--format", "ttl"], "can be written as json, xml, csv, tsv or table", 2),
        (["gone.rq"], "cannot be read", 1),
    ],
)
def test_a_query_that_cannot_run_says_why(data: Path, arguments: list[str], message: str, code: int) -> None:
    done = run("query", *arguments, data=data)
    assert done.returncode == code
    assert message in done.stderr


def test_a_syntax_error_says_where(data: Path) -> None:
    done = run("query", "-", data=data, stdin="SELECT ?s\nWHERE { ?s ?p }")
    assert done.returncode == 1
    assert "line 2, column 16" in done.stderr


def test_check_reports(data: Path) -> None:
    done = run("check", data=data)
    assert done.returncode == 0
    assert "consistent with the ontology" in done.stdout
    assert json.loads(run("check", "--json", data=data).stdout)["consistent"] is True


def test_check_without_a_snapshot_says_what_to_do(tmp_path: Path) -> None:
    done = run("check", data=tmp_path)
    assert done.returncode == 1
    assert "run castgraph build" in done.stderr


def test_a_setting_of_the_wrong_type_names_its_variable(tmp_path: Path) -> None:
    done = subprocess.run(
        [CASTGRAPH, "check"], capture_output=True, text=True, env={"CASTGRAPH_PORT": "many", "PATH": ""}, check=False
    )
    assert done.returncode == 2
    assert "CASTGRAPH_PORT" in done.stderr


def test_every_command_explains_itself() -> None:
    listed = run("--help").stdout
    for command in ("build", "serve", "query", "ask", "check"):
        assert command in listed
        assert run(command, "--help").stdout.startswith("Usage:")
