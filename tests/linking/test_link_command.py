"""``castgraph link``: what it prints, what it writes, and a person at a real terminal."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from functools import partial
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from castgraph.build import build
from castgraph.cli import main
from castgraph.iris import OWL
from castgraph.linking.kept import decided, decided_file
from castgraph.snapshot import current
from tests.conftest import SHARED

TITLE = "https://w3id.org/castgraph/id/title/"
TARGET = """
title: My films
identifiers: {my: "https://films.example/{}"}
files: [films.csv]
sides:
  - description: {kind: title, prefix: "https://films.example/"}
"""
FILMS = """id,title,year,genre
1,Stranded,2002,Sci-Fi
2,Mars,2015,Adventure
6,Mars,2017,Drama
3,Race to Mars,2007,
4,Before Mars,,
5,The Copper Comet,1999,Drama
7,Mars Rising,2009,
8,Escape Mars,1999,
"""


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "films.csv").write_text(FILMS)
    file = tmp_path / "my-films.yaml"
    file.write_text(TARGET)
    return file


def links(folder: Path, target: str = "my-films") -> set[tuple[str, str]]:
    snapshot = current(folder)
    assert snapshot is not None
    graph, same = ox.NamedNode(snapshot.iris.links(target)), ox.NamedNode(OWL + "sameAs")
    found = snapshot.open().raw.quads_for_pattern(None, same, None, graph)
    return {(quad.subject.value, quad.object.value) for quad in found}  # type: ignore[union-attr]


def test_links_are_printed_kept_and_outlive_a_build(target: Path, folder: Path) -> None:
    done = CliRunner().invoke(main, ["link", str(target), "--data", str(folder), "--json"])
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert set(told) == {"target", "accepted", "candidates", "rejected"}
    assert told["target"] == "my-films"
    race = (TITLE + "race-to-mars-2007", "https://films.example/3")
    assert race in {(one["subject"], one["object"]) for one in told["accepted"]}
    assert all(set(one) == {"subject", "object", "predicate", "confidence", "evidence"} for one in told["accepted"])
    assert race in links(folder)
    assert "tt0824091" in CliRunner().invoke(main, ["query", "links", "--data", str(folder)]).stdout, (
        "bundled ones stay"
    )
    assert CliRunner().invoke(main, ["check", "--data", str(folder)]).exit_code == 0
    build([], folder)
    assert race in links(folder)


def test_a_dry_run_writes_nothing(target: Path, folder: Path) -> None:
    before = current(folder)
    assert CliRunner().invoke(main, ["link", str(target), "--data", str(folder), "--dry-run"]).exit_code == 0
    assert not (folder / "links").exists()
    after = current(folder)
    assert before is not None
    assert after is not None
    assert before.id == after.id


def test_a_link_that_is_no_longer_found_is_gone(target: Path, folder: Path) -> None:
    CliRunner().invoke(main, ["link", str(target), "--data", str(folder)])
    assert links(folder)
    (target.parent / "films.csv").write_text("id,title,year\n9,Nothing of ours,1950\n")
    assert CliRunner().invoke(main, ["link", str(target), "--data", str(folder)]).exit_code == 0
    assert not links(folder)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nowhere"],
        ["movielens", "--from", "a.csv", "--to", "b.csv"],
        ["--from", "a.csv"],
        ["wikidata", "--review"],
        ["wikidata", "--review", "--dry-run"],
        ["--from", "a.csv", "--to", "b.csv", "--fetch"],
        ["movielens"],
    ],
)
def test_what_cannot_be_meant_is_refused(arguments: list[str], data: Path) -> None:
    done = CliRunner().invoke(main, ["link", *arguments, "--data", str(data)])
    assert done.exit_code == 2, done.stderr


def test_the_links_to_pages_are_told_as_such_and_none_is_certain(target: Path, folder: Path) -> None:
    target.write_text(TARGET + "predicate: schema:sameAs\n")
    done = CliRunner().invoke(main, ["link", str(target), "--data", str(folder), "--json", "--dry-run"])
    told = json.loads(done.stdout)
    assert {one["predicate"] for one in told["accepted"]} == {"https://schema.org/sameAs"}
    assert {one["predicate"] for one in told["candidates"]} == {"http://www.w3.org/2004/02/skos/core#closeMatch"}
    assert all(one["confidence"] < 1 for one in told["accepted"])
    in_words = CliRunner().invoke(main, ["link", str(target), "--data", str(folder)]).stdout
    assert "1.000" not in in_words
    assert "\t1\t" not in (folder / "links" / "my-films.sssom.tsv").read_text()


def test_two_tables_make_an_sssom_table(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,title,year\nx1,The Martian,2015\nx2,Gravity,2013\n")
    (tmp_path / "b.tsv").write_text("id\ttitle\tyear\ny1\tMartian, The\t2015\ny2\tGravity\t2013\n")
    done = CliRunner().invoke(main, ["link", "--from", str(tmp_path / "a.csv"), "--to", str(tmp_path / "b.tsv")])
    assert done.exit_code == 0, done.stderr
    rows = [line.split("\t") for line in done.stdout.splitlines() if not line.startswith("#")]
    assert rows[0][:3] == ["subject_id", "subject_label", "predicate_id"]
    assert {(row[0], row[4]) for row in rows[1:] if row[2] == "owl:sameAs"} == {("x1", "y1"), ("x2", "y2")}


def test_movielens_knows_the_nine_similar_titles(folder: Path) -> None:
    tables = SHARED / "data" / "movielens"
    if not tables.is_dir():
        pytest.skip("../shared/data/movielens is not here")
    done = CliRunner().invoke(main, ["link", f"movielens={tables}", "--data", str(folder), "--json", "--dry-run"])
    assert done.exit_code == 0, done.stderr
    found = {
        one["subject"].removeprefix(TITLE): one["object"].removeprefix("https://movielens.org/movies/")
        for one in json.loads(done.stdout)["accepted"]
    }
    assert found == {
        "race-to-mars-2007": "169866", "escape-from-mars-1999": "169998", "race-to-mars-2007/similar-4": "3354",
        "race-to-mars-2007/similar-6": "70828", "2010-1984": "2311", "mars-i-2010": "134530",
    }  # fmt: skip


def test_a_persons_word_at_the_terminal_is_kept(target: Path, folder: Path) -> None:
    proposed = json.loads(CliRunner().invoke(main, ["link", str(target), "--data", str(folder), "--json"]).stdout)
    uncertain = [(one["subject"], one["object"]) for one in proposed["candidates"]]
    assert len(uncertain) >= 2, "else there is nothing to decide here"
    seen = at_terminal(
        ["link", str(target), "--data", str(folder), "--review", "--reviewer", "Ada"],
        answers=["y\n", "n\n", *["l\n"] * (len(uncertain) - 2)],
    )
    assert "years" in seen
    assert f"\n= Mars  {uncertain[0][1]}  Mars  " in seen, "what is printed in the end is as decided"
    assert uncertain[0][0] in seen
    assert uncertain[0][1] in seen
    words = {(row.subject, row.object): row for row in decided(folder, "my-films")}
    assert {pair: row.negated for pair, row in words.items()} == {uncertain[0]: False, uncertain[1]: True}
    assert {row.reviewer for row in words.values()} == {"Ada"}
    assert "predicate_modifier" in decided_file(folder, "my-films").read_text()
    for _ in range(2):  # a later run finds them again, and leaves them as decided
        assert uncertain[0] in links(folder)
        assert uncertain[1] not in links(folder)
        again = json.loads(CliRunner().invoke(main, ["link", str(target), "--data", str(folder), "--json"]).stdout)
        assert uncertain[0] in {(one["subject"], one["object"]) for one in again["accepted"]}
        assert uncertain[1] not in {(one["subject"], one["object"]) for one in again["candidates"]}
    build([], folder)
    assert uncertain[0] in links(folder)


@pytest.mark.parametrize("way_out", ["q\n", "\x03", "\x04"], ids=["quit", "interrupt", "end of input"])
def test_whoever_leaves_midway_keeps_what_was_decided(target: Path, folder: Path, way_out: str) -> None:
    seen = at_terminal(
        ["link", str(target), "--data", str(folder), "--review", "--reviewer", "Ada"], answers=["n\n", way_out]
    )
    [row] = decided(folder, "my-films")
    assert row.negated
    assert (row.subject, row.object) not in links(folder)
    assert seen.count("the same?") == 2
    assert "here " in seen
    assert "there " in seen


def at_terminal(arguments: list[str], answers: list[str]) -> str:
    """Run the command on a terminal of its own, answering each question; what was seen there."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-c", "from castgraph.cli import main; main()", *arguments]
    with subprocess.Popen(
        command, stdin=follower, stdout=subprocess.PIPE, stderr=follower, preexec_fn=partial(_take, follower)
    ) as process:
        os.close(follower)
        seen, asked, until = "", 0, time.monotonic() + 60
        while time.monotonic() < until:
            ready, _, _ = select.select([leader], [], [], 0.2)
            try:
                seen += os.read(leader, 4096).decode(errors="replace") if ready else ""
            except OSError:  # the other side is closed
                break
            # It waits for the answer by now: an interrupt between what it asks and its reading would wait for a line.
            if not ready and asked < len(answers) and seen.count("the same?") > asked:
                os.write(leader, answers[asked].encode())
                asked += 1
            if not ready and process.poll() is not None:
                break
        os.close(leader)
        printed, _ = process.communicate(timeout=30)
    assert process.returncode == 0, seen
    return seen + printed.decode()


def _take(terminal: int) -> None:
    """Make a terminal that of a new session, so that its signs for interrupts reach the program."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # processes of pytest-xdist ignore it, and so would this one
    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
