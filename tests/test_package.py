"""The package: what the wheel holds, what depends on what, and that importing it is cheap."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the checkout, so that what earlier builds left lying does not get in."""
    copy, out = tmp_path_factory.mktemp("checkout") / "castgraph", tmp_path_factory.mktemp("wheel")
    left = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__", "castgraph-data", "tests")
    shutil.copytree(ROOT, copy, ignore=left)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(copy)]
    subprocess.run(command, check=True, capture_output=True)
    return next(out.glob("*.whl"))


def test_the_wheel_holds_code_and_data_and_nothing_else(wheel: Path) -> None:
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    rooms = {"castgraph": "graph/castgraph", "castgraph_server": "server/castgraph_server"}
    expected = {
        f"{package}/{file.relative_to(ROOT / room)}"
        for package, room in rooms.items()
        for file in (ROOT / room).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    for package, room in {"ontology": "ontology", "queries": "queries", "facts": "graph/facts"}.items():
        expected |= {
            f"castgraph/{package}/{file.relative_to(ROOT / room)}"
            for file in (ROOT / room).rglob("*")
            if file.is_file() and "__pycache__" not in file.parts
        }
    assert held == expected


def test_the_installed_wheel_answers(wheel: Path, tmp_path: Path) -> None:
    """The wheel unpacked, beside the dependencies that are installed here, run away from the checkout."""
    room = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(room)
    code = (
        f"import sys; sys.path.insert(0, {str(room)!r})\n"
        "import castgraph, pathlib\n"
        f"assert pathlib.Path(castgraph.__file__).is_relative_to({str(room)!r}), castgraph.__file__\n"
        "from castgraph.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "ask", "Who played Rick Erwin?"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Michael Riley" in done.stdout, done.stderr


def test_the_library_does_not_depend_on_the_server() -> None:
    for file in (ROOT / "graph").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names.append(node.module or "")
            assert not any(name.startswith("castgraph_server") for name in names), file


def test_importing_castgraph_loads_nothing_heavy() -> None:
    code = "import sys, castgraph, castgraph.cli; print([m for m in ('rdflib', 'owlrl', 'nmo_python', 'flask', 'pyshacl', 'pyoxigraph') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_hashes(name: str) -> None:
    lines = (ROOT / name).read_text().splitlines()
    pinned = [number for number, line in enumerate(lines) if line and not line.startswith((" ", "#"))]
    assert pinned
    for number in pinned:
        assert "==" in lines[number]
        assert "--hash=sha256:" in lines[number + 1]
    assert not any("://" in line or "index" in line for line in lines)


def test_every_dependency_is_locked() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())
    locked = {line.split("==")[0] for line in (ROOT / "requirements.lock").read_text().splitlines() if "==" in line}
    for wanted in told["project"]["dependencies"]:
        assert wanted.split(">=")[0] in locked


def test_the_version_has_one_home() -> None:
    from castgraph import __version__

    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == __version__
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_the_library_has_one_door() -> None:
    import castgraph

    assert set(castgraph.__all__) - {"__version__"} == set(castgraph._HOMES)
    for name in castgraph.__all__:
        assert getattr(castgraph, name) is not None
    with pytest.raises(AttributeError, match="nothing_here"):
        castgraph.nothing_here  # noqa: B018


def test_a_graph_is_asked_and_queried_in_python(data: Path) -> None:
    from castgraph import open_graph

    graph = open_graph(data)
    assert graph.ask("Who played Rick Erwin?").answers[0].label == "Michael Riley"
    assert graph.run("who-played", {"character": "Rick Erwin"})
    dataset = graph.dataset()
    question = """SELECT ?who { ?person <https://w3id.org/castgraph/film#played> ?role ; skos:prefLabel ?who .
                  ?role skos:prefLabel "Rick Erwin" }"""
    assert [str(row[0]) for row in dataset.query(question)] == ["Michael Riley"]  # type: ignore[index]
    assert len(list(dataset.graphs())) > 10
