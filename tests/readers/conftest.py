"""Pages written for a test, and what was read from them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from castgraph.readers import read
from castgraph.records import Node, Reading

ROOT = Path(__file__).resolve().parents[2]

ReadPage = Callable[[str], Reading]
Facts = Callable[..., list[object]]


@pytest.fixture
def captures() -> Path:
    folder = ROOT.parent / "shared" / "captures"
    if not folder.is_dir():
        pytest.skip("the full page captures are not here: ../shared/captures")
    return folder


@pytest.fixture
def sheets() -> Path:
    return ROOT / "graph" / "facts"


@pytest.fixture
def data() -> Path:
    return Path(__file__).parent / "data"


@pytest.fixture
def read_page(tmp_path: Path) -> ReadPage:
    """Reads a page given as text, through a file."""

    def read_text(text: str) -> Reading:
        path = tmp_path / "page"
        path.write_bytes(text.encode())
        return read(path)

    return read_text


@pytest.fixture
def facts() -> Facts:
    """The values of a property of one thing, the page's title unless said otherwise, in the order of lines."""

    def values(reading: Reading, term: str, subject: str = "#title") -> list[object]:
        stated: list[object] = []
        for record in reading.records:
            if record.node["id"] == subject and term in record.node:
                value = record.node[term]
                stated.extend(value if isinstance(value, list) else [value])
        return stated

    return values


@pytest.fixture
def credits_of() -> Callable[[Reading], list[tuple[str | None, str | None]]]:
    """Performer and character, or None, of every performance of the page's title."""

    def pairs(reading: Reading) -> list[tuple[str | None, str | None]]:
        found: list[tuple[str | None, str | None]] = []
        for record in reading.records:
            for term in ("hasPerformance", "hasNarration"):
                node = record.node.get(term)
                if record.node["id"] == "#title" and isinstance(node, dict):
                    found.append((_name(node, "performer"), _name(node, "character")))
        return found

    return pairs


def _name(node: Node, term: str) -> str | None:
    value = node.get(term)
    return str(value["name"]) if isinstance(value, dict) else None
