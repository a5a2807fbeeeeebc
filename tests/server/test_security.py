"""SECURITY.md: every promise names the test that holds it, and every test that is named is there."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT

ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in (ROOT / "SECURITY.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| promise ")
]


@pytest.mark.parametrize("tests", [row[2] for row in ROWS], ids=[row[0][:40] for row in ROWS])
def test_the_test_of_a_promise_is_there(tests: str) -> None:
    text = ""
    named = re.findall(r"`(?:([\w/]+\.py)|make (\w+))?(?:::(\w+))?`", tests)
    assert named
    for file, target, test in named:
        if target:
            assert f"\n{target}:" in (ROOT / "Makefile").read_text(encoding="utf-8")
            continue
        if file:
            text = (ROOT / ("" if file.startswith("tests/") else "tests/server") / file).read_text(encoding="utf-8")
        assert not test or f"def {test}(" in text
