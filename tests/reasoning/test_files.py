"""Files as they come: damaged, in odd encodings, with colliding labels; and an engine that dies."""

from __future__ import annotations

import gzip
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rdflib import Graph

from castgraph.errors import CastgraphError, SourceError
from castgraph.reason import Step, Summary, infer_files

SAME = "<http://www.w3.org/2002/07/owl#sameAs>"
LINE = "<http://e.org/a> <http://e.org/p> <http://e.org/b> .\n"


def inferred(tmp_path: Path, *sources: Path) -> set[str]:
    out = tmp_path / "out.nt"
    summary = infer_files(sources, Graph(), out)
    lines = out.read_text().splitlines()
    assert summary.inferred == len(lines)
    return set(lines)


@pytest.mark.parametrize(
    ("ending", "node"), [("ttl", "[ :f [ :name 'u' ], :y ] ."), ("ttl.gz", "[ :f [ :name 'u' ], :y ] .")]
)
def test_nodes_without_a_label_are_the_same_at_each_reading(tmp_path: Path, ending: str, node: str) -> None:
    source = tmp_path / f"data.{ending}"
    text = (
        "@prefix : <http://e.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> . :f a owl:FunctionalProperty ."
        f":x a [ a owl:Class ; owl:unionOf ( :A ) ] . {node}"
    ).encode()
    source.write_bytes(gzip.compress(text) if ending.endswith("gz") else text)
    assert '<http://e.org/y> <http://e.org/name> "u" .' in inferred(tmp_path, source)
    assert sorted(path.name for path in tmp_path.iterdir()) == [source.name, "out.nt"]


def test_a_label_of_an_earlier_output_is_not_taken_for_one_of_the_second_file(tmp_path: Path) -> None:
    one, two = tmp_path / "1.nt", tmp_path / "2.nt"
    one.write_text(f"<http://e.org/one> {SAME} _:f1xx .\n_:f1xx <http://e.org/p> _:f1xx .\n")
    two.write_text(f"_:x {SAME} <http://e.org/two> .\n_:x <http://e.org/p> <http://e.org/c> .\n")
    found = inferred(tmp_path, one, two)
    assert not any("/one>" in line and "/two>" in line for line in found)
    assert f"_:f0xf1xx {SAME} <http://e.org/one> ." in found


def test_files_are_read_through_a_byte_order_mark(tmp_path: Path) -> None:
    for name, text in (
        ("1.nt", f"<http://e.org/a> {SAME} <http://e.org/b> .\n"),
        ("2.ttl", f"<http://e.org/a> {SAME} <http://e.org/b> ."),
    ):
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + text.encode())
        assert inferred(tmp_path, tmp_path / name) == {f"<http://e.org/b> {SAME} <http://e.org/a> ."}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("data.nt", LINE.encode() * 3 + b'<http://e.org/a> <http://e.org/p> "\xff" .\n', r"data\.nt:4: .*UTF-8"),
        ("data.ttl", b'<http://e.org/a> <http://e.org/p> "\xff" .\n', r"data\.ttl:1: .*UTF-8"),
        ("data.nt.gz", gzip.compress(os.urandom(4000).hex().encode())[:2000], r"data\.nt\.gz:1: .*ended before"),
        ("data.ttl.gz", gzip.compress(LINE.encode(), mtime=0)[:-12] + b"\0" * 12, r"data\.ttl\.gz:1: "),
        ("data.nt.gz", b"no gzip", r"data\.nt\.gz:1: Not a gzipped file"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_named_and_nothing_is_written(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=said):
        infer_files([tmp_path / name], Graph(), tmp_path / "out.nt")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_triple_about_a_triple_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "data.nt"
    source.write_text(
        "<http://e.org/a> <http://e.org/p> <<( <http://e.org/a> <http://e.org/p> <http://e.org/b> )>> .\n"
    )
    with pytest.raises(CastgraphError, match=r"triple term of RDF 1\.2"):
        infer_files([source], Graph(), tmp_path / "out.nt")


def test_progress_tells_how_far_the_reading_is(tmp_path: Path) -> None:
    axiom = "<http://e.org/p> <http://www.w3.org/2000/01/rdf-schema#domain> <http://e.org/C> .\n"
    sources = [tmp_path / "1.nt", tmp_path / "2.nt.gz"]
    sources[0].write_text(axiom + LINE * 5000)
    sources[1].write_bytes(gzip.compress(LINE.replace("/a>", "/x>").encode() * 5000))
    steps: list[Step] = []
    summary = infer_files(sources, Graph(), tmp_path / "out.nt", progress=steps.append)
    assert summary.inferred == 2
    assert list(dict.fromkeys(map(str, steps))) == ["reading axioms", "round 1: reading", "round 1: rules", "writing"]
    reading = [step for step in steps if step.name == "round 1: reading" and step.share is not None]
    shares = [step.share for step in reading if step.share is not None]
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] == 1
    assert reading[-1].done == 10_001


def long_work(tmp_path: Path, *, memory: int | None = None) -> subprocess.Popen[str]:
    """``castgraph infer`` at work for many seconds, with the rule engine in a process of its own."""
    links = "".join(f"<http://e.org/{n}> <http://e.org/p> <http://e.org/{n + 1}> .\n" for n in range(3000))
    axiom = "<http://e.org/p> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/2002/07/owl#TransitiveProperty> .\n"
    (tmp_path / "data.nt").write_text(axiom + links)
    (tmp_path / "out.nt").write_text("old")
    (tmp_path / "temporary").mkdir()

    def limited() -> None:
        if memory:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    main = "from castgraph.cli import main; main()"
    command = [
        sys.executable,
        "-c",
        main,
        "infer",
        str(tmp_path / "data.nt"),
        "--rules",
        "-o",
        str(tmp_path / "out.nt"),
    ]
    return subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limited,
        env=os.environ | {"TMPDIR": str(tmp_path / "temporary")},
    )


def engine_of(process: subprocess.Popen[str]) -> int:
    """The rule engine's process, once it is at work."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    for _ in range(3000):
        assert process.poll() is None, "it ended before its engine was seen"
        for child in children.read_text().split():
            if b"engine_child" in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
        time.sleep(0.01)
    raise AssertionError("no engine was started")


def is_gone(pid: int) -> bool:
    """Whether a process ends within seconds."""
    for _ in range(1000):
        status = Path(f"/proc/{pid}/stat")
        try:
            if status.read_text().rpartition(")")[2].split()[0] in "ZX":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.01)
    return False


needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="looks for the engine's process in /proc")


@needs_proc
def test_an_engine_that_is_killed_is_one_error_and_leaves_the_old_output(tmp_path: Path) -> None:
    process = long_work(tmp_path)
    os.kill(engine_of(process), signal.SIGKILL)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert said.splitlines()[-1].startswith(
        "castgraph: the rule engine was killed (SIGKILL), most likely for want of memory"
    )
    assert "Traceback" not in said
    assert_nothing_is_left(tmp_path)


@needs_proc
def test_an_engine_without_memory_is_one_error_and_leaves_the_old_output(tmp_path: Path) -> None:
    process = long_work(tmp_path, memory=600 * 2**20)
    said = process.communicate(timeout=120)[1]
    assert process.returncode == 1
    assert "castgraph: the rule engine" in said.splitlines()[-1]
    assert "memory" in said
    assert "Traceback" not in said
    assert_nothing_is_left(tmp_path)


@needs_proc
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 1), (signal.SIGTERM, 143)])
def test_a_command_told_to_stop_stops_its_engine_and_leaves_the_old_output(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    process = long_work(tmp_path)
    engine = engine_of(process)
    process.send_signal(number)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == code
    assert "Traceback" not in said
    assert is_gone(engine)
    assert_nothing_is_left(tmp_path)


@needs_proc
def test_the_engine_of_a_killed_command_ends_too(tmp_path: Path) -> None:
    process = long_work(tmp_path)
    engine = engine_of(process)
    time.sleep(1)  # until it has asked to be ended with its parent
    process.kill()
    process.communicate(timeout=60)
    assert is_gone(engine)
    assert (tmp_path / "out.nt").read_text() == "old"


def assert_nothing_is_left(tmp_path: Path) -> None:
    assert (tmp_path / "out.nt").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.nt", "out.nt", "temporary"]
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_summary_without_counts_by_rule_has_none(tmp_path: Path) -> None:
    (tmp_path / "data.nt").write_text(LINE)
    summary = infer_files([tmp_path / "data.nt"], Graph(), tmp_path / "out.nt")
    assert isinstance(summary, Summary)
    assert summary.rules == {}
