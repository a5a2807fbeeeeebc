"""What a soak shows: its report, and the promises that were broken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median, quantiles

from tests.soak.census import Census
from tests.soak.course import Plan, Soak
from tests.soak.load import ORDINARY

MB = 1 << 20


@dataclass(frozen=True)
class Held:
    """What is held in quiet: megabytes of the servers and of the largest query worker, files, threads, processes."""

    server: float
    query_worker: float
    files: int
    threads: int
    query_workers: int
    zombies: int

    @classmethod
    def of(cls, look: Census) -> Held:
        """What a census shows."""
        return cls(
            sum(process.memory for process in look.servers) / MB,
            max((process.memory for process in look.query_workers), default=0) / MB,
            sum(process.files for process in look.servers),
            sum(process.threads for process in look.servers),
            len(look.query_workers),
            look.zombies,
        )


def allowed(plan: Plan) -> Held:
    """How much more may be held at the end than after the first rounds: more than that is growth, not noise.

    Threads, and with them the allocator's arenas, come as they are needed. A query worker keeps up to a quarter of its
    query's memory before it is replaced, and opens two stores, the newest and the one before.
    """
    return Held(server=plan.noise, query_worker=40, files=12, threads=12, query_workers=2, zombies=0)


def held(soak: Soak) -> list[Held]:
    """What was held after each round."""
    return [Held.of(look) for look in soak.looks if look is not None]


def growth(soak: Soak) -> dict[str, float]:
    """How much more of each thing is held at the end: the median of the last rounds against that of earlier ones.

    The first third is warming up and left out.

    Where there are three rounds or fewer, the last and the first.
    """
    rounds = held(soak)
    if len(rounds) < 2:
        return {}
    settled = rounds[len(rounds) // 3 :] if len(rounds) > 3 else rounds
    part = max(1, len(settled) // 3)
    return {
        name: median(getattr(look, name) for look in settled[-part:]) - median(getattr(look, name) for look in settled[:part])
        for name in Held.__dataclass_fields__
    }  # fmt: skip


def broken(soak: Soak) -> list[str]:
    """The promises that were not kept, each with what was seen instead."""
    return list(_broken(soak))


def _broken(soak: Soak) -> Iterator[str]:
    for (kind, outcome), times in soak.record.failures.most_common():
        ordinary = (
            "an ordinary request failed" if kind in {one.__name__ for one in ORDINARY} else "a limit was not told"
        )
        yield f"{ordinary}: {kind}, {times} times: {outcome}"
    yield from (f"nothing was shown: {missing}" for missing in soak.missing())
    for number, look in enumerate(soak.looks, start=1):
        if look is None:
            yield f"queries went on after their clients had left (round {number})"
        elif look.zombies:
            yield f"{look.zombies} processes were not cleared up (round {number})"
    for name, more in growth(soak).items():
        if more > (noise := getattr(allowed(soak.plan), name)):
            yield f"what is held grows: {name} by {more:,.0f} (up to {noise:g} is noise)"
    if len(held(soak)) < min(2, soak.plan.rounds):
        yield "nothing was shown: what is held was seen less than twice"
    if soak.exit_code != 0:
        yield f"the server ended with {soak.exit_code}"
    if soak.left:
        yield f"{soak.left} processes outlived the server"
    if "Traceback" in soak.log:
        yield "the server's log holds a traceback:\n" + soak.log[soak.log.index("Traceback") :][:2000]


def report(soak: Soak) -> Iterator[str]:
    """The report, as lines of Markdown."""
    record = soak.record
    yield f"{soak.plan.rounds} rounds of {soak.plan.seconds:g} s, {soak.builds} builds, {soak.kills} workers killed.\n"
    yield "| kind | outcome | times |"
    yield "|---|---|---|"
    for (kind, outcome), times in sorted(record.outcomes.items()):
        yield f"| {kind} | {outcome} | {times:,} |"
    for (kind, outcome), times in sorted(record.failures.items()):
        yield f"| {kind} | FAILED: {outcome} | {times:,} |"
    if len(record.seconds) > 1:
        cuts = quantiles(record.seconds, n=100)
        yield f"\nOrdinary requests: {len(record.seconds):,}, p50 {cuts[49] * 1000:.1f} ms, p99 {cuts[98] * 1000:.0f} ms.\n"
    yield "| held in quiet after round | server MB | largest query worker MB | files | threads | query workers | zombies |"
    yield "|---|---|---|---|---|---|---|"
    for number, look in enumerate(held(soak), start=1):
        row = f"{look.server:.0f} | {look.query_worker:.0f} | {look.files} | {look.threads} | {look.query_workers}"
        yield f"| {number} | {row} | {look.zombies} |"
    more = growth(soak)
    if more and record.seconds:
        each = more["server"] * MB / len(record.seconds)
        yield f"\nThe server holds {more['server']:+.1f} MB at the end ({each:+,.0f} bytes per ordinary request); "
        yield f"all processes together held at most {soak.peak / MB:,.0f} MB under load.\n"
    promises = broken(soak)
    yield from (f"- BROKEN: {promise}" for promise in promises)
    yield f"{len(promises)} promises broken." if promises else "All promises kept."
