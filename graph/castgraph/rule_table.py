"""The table of rules in the docs, made from the rule file: ``python -m castgraph.rule_table docs/reasoning.md``."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from castgraph.reason_rules import Program, owl2rl

BEGIN = "<!-- rules: made by python -m castgraph.rule_table; do not edit -->"
END = "<!-- end of rules -->"
_SECTION = re.compile(r"% --- (?P<title>Table \d+: .+?) -+$")
_NAMED = re.compile(r'#\[name\("(?P<rule>[^"]+)"\)\]|%: (?P<elsewhere>\S+) {2}')


def table() -> str:
    """Every rule of the specification: the rules of the file that carry its name, or where it is done, or why not.

    >>> [line for line in table().splitlines() if "prp-symp" in line]
    ['| `prp-symp` | `rel(?p, ?y, ?x) :- sym(?p), rel(?p, ?x, ?y) .` |']
    """
    program = owl2rl()
    return "\n".join(_lines(_sections(), program))


def _sections() -> dict[str, list[str]]:
    """The names of the specification's rules under each heading of the rule file, in its order."""
    sections: defaultdict[str, dict[str, None]] = defaultdict(dict)
    title = ""
    for line in files("castgraph.ontology").joinpath("owl2rl.rls").read_text(encoding="utf-8").splitlines():
        if match := _SECTION.match(line):
            title = match["title"]
        elif match := _NAMED.match(line):
            sections[title][match["rule"] or match["elsewhere"]] = None
    return {title: list(names) for title, names in sections.items()}


def _lines(sections: dict[str, list[str]], program: Program) -> Iterator[str]:
    for title, names in sections.items():
        yield from ("", f"**{title}**", "", "| Rule | How |", "|---|---|")
        for name in names:
            own = [rule.text for rule in program.rules if rule.name == name]
            how = "<br>".join(f"`{_escaped(text)}`" for text in own) or program.elsewhere[name]
            yield f"| `{name}` | {how} |"
    yield ""


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def renewed(document: str) -> str:
    """The document with the table between its two markers renewed.

    >>> renewed(f"a\\n{BEGIN}\\nold\\n{END}\\nb").count("cax-sco")
    1
    """
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the document needs the lines {BEGIN!r} and {END!r}")
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")
