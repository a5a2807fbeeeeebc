"""The rule file is whole: every rule of the specification is a rule, or is said to be elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

from castgraph.reason_rules import owl2rl

# OWL 2 Profiles, section 4.3, tables 4 to 9.
SPECIFICATION = [
    "eq-ref",
    "eq-sym",
    "eq-trans",
    "eq-rep-s",
    "eq-rep-p",
    "eq-rep-o",
    "eq-diff1",
    "eq-diff2",
    "eq-diff3",
    "prp-ap",
    "prp-dom",
    "prp-rng",
    "prp-fp",
    "prp-ifp",
    "prp-irp",
    "prp-symp",
    "prp-asyp",
    "prp-trp",
    "prp-spo1",
    "prp-spo2",
    "prp-eqp1",
    "prp-eqp2",
    "prp-pdw",
    "prp-adp",
    "prp-inv1",
    "prp-inv2",
    "prp-key",
    "prp-npa1",
    "prp-npa2",
    "cls-thing",
    "cls-nothing1",
    "cls-nothing2",
    "cls-int1",
    "cls-int2",
    "cls-uni",
    "cls-com",
    "cls-svf1",
    "cls-svf2",
    "cls-avf",
    "cls-hv1",
    "cls-hv2",
    "cls-maxc1",
    "cls-maxc2",
    "cls-maxqc1",
    "cls-maxqc2",
    "cls-maxqc3",
    "cls-maxqc4",
    "cls-oo",
    "cax-sco",
    "cax-eqc1",
    "cax-eqc2",
    "cax-dw",
    "cax-adc",
    "dt-type1",
    "dt-type2",
    "dt-eq",
    "dt-diff",
    "dt-not-type",
    "scm-cls",
    "scm-sco",
    "scm-eqc1",
    "scm-eqc2",
    "scm-op",
    "scm-dp",
    "scm-spo",
    "scm-eqp1",
    "scm-eqp2",
    "scm-dom1",
    "scm-dom2",
    "scm-rng1",
    "scm-rng2",
    "scm-hv",
    "scm-svf1",
    "scm-svf2",
    "scm-avf1",
    "scm-avf2",
    "scm-int",
    "scm-uni",
]


def test_every_rule_of_the_specification_is_accounted_for_once() -> None:
    names, elsewhere = set(owl2rl().names()), set(owl2rl().elsewhere)
    assert not names & elsewhere
    assert names | elsewhere == set(SPECIFICATION)


def test_every_rule_has_a_test_named_for_it() -> None:
    source = "".join(path.read_text() for path in Path(__file__).parent.glob("test_rules_*.py"))
    tests = " ".join(re.findall(r"def (test_\w+)", source))
    assert [name for name in owl2rl().names() if name.replace("-", "_") not in tests] == []


def test_a_program_over_few_tables_keeps_only_what_can_fire() -> None:
    program = owl2rl().over({"given_type", "sub"})
    assert "cax-sco" in program
    assert "rel(" not in program
    assert owl2rl().over(owl2rl().tables).count("#[name(") == sum(1 for rule in owl2rl().rules if rule.name)
