"""The docs say what the rule file says."""

from __future__ import annotations

import re
from pathlib import Path

from castgraph.reason_rules import owl2rl
from castgraph.rule_table import renewed, table

DOCS = Path(__file__).resolve().parents[2] / "docs" / "reasoning.md"


def test_the_table_of_rules_is_current() -> None:
    document = DOCS.read_text(encoding="utf-8")
    assert renewed(document) == document, "run: python -m castgraph.rule_table docs/reasoning.md"


def test_the_table_has_every_rule_once() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \|", table(), flags=re.MULTILINE)
    assert len(rows) == len(set(rows))
    assert set(rows) == {*owl2rl().names(), *owl2rl().elsewhere}
