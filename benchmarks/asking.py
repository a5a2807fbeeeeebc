"""Questions in words, asked of the real server over HTTP: the question sets of the repository, questions made from a cast
table of 184,034 rows, and MetaQA's. What is right is told by people, by the table and by MetaQA.

Snapshots of ``../shared`` are built with ``castgraph build --catalog`` into a temporary folder; where the environment
variable ``CASTGRAPH_BENCH_DATA`` names a folder they are kept there for the next run.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from benchmarks import asking_metaqa
from benchmarks.__main__ import machine
from benchmarks.asking_cast import Asked as FromCast
from benchmarks.asking_cast import Cast, Generator, Noise, folded, is_right
from tests.asking.golden import questions
from tests.running import running

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
SEED = 20261120
SHOWN = 12
"""Failures of a kind that are printed."""


@dataclass(frozen=True)
class Replied:
    """A reply over HTTP and how long it took, in milliseconds."""

    reply: dict[str, Any]
    took: float

    @property
    def status(self) -> str:
        """How the question ended."""
        return str(self.reply["status"])

    @property
    def labels(self) -> list[str]:
        """What was answered."""
        return [str(answer["label"]) for answer in self.reply["answers"]]


def measure(quick: bool) -> Iterator[str]:
    """All three, over samples; with ``quick`` over small ones."""
    yield from of_the_repository()
    if not DATA.is_dir():
        yield "../shared is not here: nothing to generate questions from."
        return
    with _kept() as folder:
        yield ""
        yield from of_the_cast_table(folder, 10 if quick else 60)
        yield ""
        yield from of_metaqa(folder, 300 if quick else 2000)


def of_the_repository(show_held_out: bool = False) -> Iterator[str]:
    """The question sets, over the bundled graph. Who writes grammar is not to see the questions it is measured with."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        _build(data, [])
        with running(data) as address:
            asker = _Asker(address)
            for name in ("authoring", "measuring", "blind"):
                counts: Counter[str] = Counter()
                failures: dict[str, list[str]] = defaultdict(list)
                for question in questions(name):
                    replied, gold = asker.ask(question.text), question.gold
                    outcome = _outcome(replied, gold.answers, gold.others, {status.value for status in gold.statuses})
                    counts[f"{outcome} ({'answerable' if gold.is_answerable else 'not to be answered'})"] += 1
                    if outcome != "right":
                        failures[outcome].append(f"{question.text} ({gold.name}: {replied.status})")
                yield f"{name}: " + ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
                if name == "authoring" or show_held_out:
                    yield from _listed(failures)
            yield asker.told(with_questions=show_held_out)


def of_the_cast_table(folder: Path, of_each: int) -> Iterator[str]:
    """Questions from random rows of the cast table, so many of each form and noise."""
    cast = Cast(DATA / "cast")
    data = _snapshot(folder, "cast", [DATA / "cast"])
    made = list(Generator(cast, SEED).questions(of_each))
    counts: dict[Noise, Counter[str]] = {noise: Counter() for noise in Noise}
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    failures: dict[str, list[str]] = defaultdict(list)
    with running(data) as address:
        asker = _Asker(address)
        for asked in made:
            replied = asker.ask(asked.text)
            outcome = _of_cast(asked, replied, cast)
            counts[asked.noise][outcome] += 1
            forms[asked.form][outcome] += 1
            if outcome in ("wrong", "missed"):
                failures[f"{outcome}: {asked.form}: {replied.status}"].append(f"{asked.text} ({asked.noise.value})")
        yield f"{len(made):,} questions from {len(cast.credits):,} rows, over {_size(data / 'current' / 'names')} of index:"
        yield ""
        yield "| noise | right of the unambiguous | wrong | ambiguous or not to be answered, and not answered |"
        yield "|---|---|---|---|"
        for noise, count in counts.items():
            clear = count["right"] + count["missed"] + count["wrong"]
            yield f"| {noise.value} | {_share(count['right'], clear)} of {clear} | {_share(count['wrong'], count.total())} | {count['refused']} |"
        yield ""
        for form, count in forms.items():
            yield f"- {form}: " + ", ".join(f"{number} {outcome}" for outcome, number in sorted(count.items()))
        yield ""
        yield asker.told()
    yield from _listed(failures)


def of_metaqa(folder: Path, sample: int) -> Iterator[str]:
    """MetaQA's development questions with one and two hops."""
    data = _snapshot(folder, "metaqa", [DATA / "metaqa" / "kb.txt"])
    known = asking_metaqa.KnowledgeBase(DATA / "metaqa" / "kb.txt")
    with running(data) as address:
        for hops, name in ((1, "qa_1hop_dev.txt"), (2, "qa_2hop_dev_2000.txt")):
            asker = _Asker(address)
            counts: Counter[str] = Counter()
            failures: dict[str, Counter[str]] = defaultdict(Counter)
            for asked in asking_metaqa.read(DATA / "metaqa" / name, sample, SEED):
                if not known.holds(asked, hops):
                    counts["not held"] += 1
                    continue
                replied = asker.ask(asked.text)
                outcome = _of_metaqa(asked, replied)
                counts[outcome] += 1
                if outcome != "exact":
                    failures[outcome][asked.form] += 1
            held = counts.total() - counts["not held"]
            exact, but = counts["exact"], counts["exact but for the name itself"]
            yield f"MetaQA {name}: of {held} whose answer the knowledge base holds ({counts['not held']} left out), {_share(exact, held)} exact, {_share(exact + but, held)} counting the name asked about."
            for outcome, by_form in failures.items():
                yield f"- {outcome} ({by_form.total()}), by form:"
                yield from (f"  - {number} × {form}" for form, number in by_form.most_common(SHOWN))
            yield asker.told()


def _of_metaqa(asked: asking_metaqa.Asked, replied: Replied) -> str:
    if replied.status != "answered":
        return replied.status
    told = frozenset(map(folded, replied.labels))
    if told == asked.right:
        return "exact"
    return "exact but for the name itself" if told - {asked.name} == asked.right else "wrong set"


def _outcome(replied: Replied, answers: Iterable[object], others: Iterable[object], statuses: set[str]) -> str:
    """As :func:`tests.asking.golden.judge`, for a reply over HTTP."""
    wanted = [set(one) for one in (answers, others) if one]
    if replied.status != "answered":
        return "missed" if wanted else "right" if replied.status in statuses else "refused for another reason"
    pairs = {
        (answer["performer"]["label"], answer["character"]["label"])
        for answer in replied.reply["answers"]
        if answer.get("performer") and answer.get("character")
    }
    performers = {answer["performer"]["label"] for answer in replied.reply["answers"] if answer.get("performer")}
    told: list[set[object]] = [set(pairs), set(performers), set(replied.labels)]
    return "right" if any(one in told for one in wanted) else "wrong"


def _of_cast(asked: FromCast, replied: Replied, cast: Cast) -> str:
    if replied.status == "answered":
        return "right" if asked.right and is_right(asked, replied.labels, cast) else "wrong"
    return "refused" if asked.is_ambiguous or not asked.right else "missed"


class _Asker:
    """One keep-alive connection to a server, that asks and takes the time."""

    def __init__(self, address: str) -> None:
        self._address = urlsplit(address)
        self._connection = http.client.HTTPConnection(self._address.netloc, timeout=60)
        self._times: list[tuple[float, str]] = []
        self.ask("who played nobody at all?")  # once to warm up
        self._times.clear()

    def ask(self, question: str) -> Replied:
        """Ask and read the reply."""
        began = time.perf_counter()
        self._connection.request("GET", f"/ask?q={quote(question)}", headers={"Accept": "application/json"})
        response = self._connection.getresponse()
        body = response.read()
        took = (time.perf_counter() - began) * 1000
        self._times.append((took, question))
        if response.status != 200:
            return Replied({"status": f"HTTP {response.status}", "answers": []}, took)
        return Replied(json.loads(body), took)

    def told(self, *, with_questions: bool = True) -> str:
        """How long questions took over HTTP: of a hundred, 50, 90 and 99, and the slowest of all with its question."""
        times = sorted(self._times)
        median, most, nearly_all = (times[int(len(times) * share)][0] for share in (0.5, 0.9, 0.99))
        slowest, question = times[-1]
        asked = f" ({question})" if with_questions else ""
        return (
            f"{len(times):,} questions over HTTP, one after another: median {median:.1f} ms, p90 {most:.1f} ms, "
            f"p99 {nearly_all:.1f} ms, slowest {slowest:.1f} ms{asked}."
        )


def _listed(failures: dict[str, list[str]]) -> Iterator[str]:
    for reason, texts in sorted(failures.items()):
        yield f"- {reason} ({len(texts)}):"
        yield from (f"  - {text}" for text in texts[:SHOWN])
        if len(texts) > SHOWN:
            yield f"  - and {len(texts) - SHOWN} more"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "none"


def _size(folder: Path) -> str:
    if not folder.is_dir():
        return "no folder"
    return f"{sum(file.stat().st_size for file in folder.iterdir()) / 1e6:.0f} MB"


@contextmanager
def _kept() -> Iterator[Path]:
    kept = os.environ.get("CASTGRAPH_BENCH_DATA")
    if kept:
        yield Path(kept)
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _snapshot(folder: Path, name: str, catalogs: Sequence[Path]) -> Path:
    data = folder / name
    if not (data / "current").exists():
        _build(data, [part for path in catalogs for part in ("--catalog", str(path))])
    return data


def _build(data: Path, arguments: Sequence[str]) -> None:
    command = [str(Path(sys.executable).parent / "castgraph"), "build", *arguments, "--out", str(data)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=900)


def main() -> int:
    """Run one part by itself, over a sample or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.asking", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--full", action="store_true", help="all of MetaQA's questions, and many from the cast table")
    parser.add_argument("--only", choices=["repository", "cast", "metaqa"])
    parser.add_argument(
        "--show-held-out",
        action="store_true",
        help="print the failures of the measuring set: not to be read by whoever writes grammar",
    )
    arguments = parser.parse_args()
    print(f"Measured in one run: {machine()}.")
    with _kept() as folder:
        parts: dict[str, Callable[[], Iterator[str]]] = {
            "repository": lambda: of_the_repository(arguments.show_held_out),
            "cast": lambda: of_the_cast_table(folder, 400 if arguments.full else 60),
            "metaqa": lambda: of_metaqa(folder, 10**9 if arguments.full else 2000),
        }
        for name in [arguments.only] if arguments.only else list(parts):
            for line in parts[name]():
                print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
