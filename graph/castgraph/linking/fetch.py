"""Fetching: what a target states of the things that accepted links lead to, within bounds."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pyoxigraph as ox

from castgraph.errors import EndpointError, UsageError
from castgraph.linking.claims import FIELDS, Claim, Claims, Record, is_web_iri
from castgraph.linking.endpoint import local_name, pages, text_of
from castgraph.linking.entities import Entity
from castgraph.linking.patience import Patience
from castgraph.linking.targets import Target
from castgraph.linking.titles import article_first

_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_BRACKET = re.compile(
    r"^(?P<name>.+?)\s*\((?P<told>[^()]*\b(?:(?:1[89]|20)\d\d|film|series|serial|TV|movie)\b[^()]*)\)$"
)


@dataclass(frozen=True)
class Bounds:
    """How much may be brought in from a target: rows and claims, bytes of an answer, and seconds for all of it."""

    rows: int = 50_000
    size: int = 20_000_000
    seconds: float = 600.0


def fetch(
    target: Target,
    others: Iterable[str],
    known: Mapping[str, Entity],
    patience: Patience,
    progress: Callable[[str], None],
    bounds: Bounds | None = None,
) -> Claims:
    """What a target states of its records. Nothing is written.

    An endpoint is asked by the target's query ``claims``, some records at a time; of any other target all that is known
    was read for the links (``known``, by IRI).

    Raises:
        EndpointError: the endpoint does not answer as it should, or more than the bounds allow.
        UsageError: a table states more than the bounds allow.
    """
    within = bounds or Bounds()
    wanted = list(dict.fromkeys(others))
    if target.endpoint and target.claims:
        records = tuple(_asked(target, wanted, patience, progress, within))
    else:
        records = tuple(_record(known[iri]) for iri in wanted if iri in known)
        if sum(len(record.claims) for record in records) > within.rows:
            raise UsageError(f"{target.name}: more than {within.rows:,} claims, as many as may be brought in")
    return Claims(
        target=target.name,
        title=target.title,
        origin=target.endpoint or target.reconcile or ", ".join(file.name for file in target.files),
        retrieved=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        records=tuple(record for record in records if record.claims),
        licence=target.licence,
        sha256=hashlib.sha256(b"".join(file.read_bytes() for file in target.files)).hexdigest()
        if target.files
        else None,
    )


def _asked(
    target: Target, others: Sequence[str], patience: Patience, progress: Callable[[str], None], bounds: Bounds
) -> Iterator[Record]:
    assert target.endpoint is not None
    assert target.claims is not None
    local_names = any(side.description.local_names for side in target.sides)
    until = time.monotonic() + bounds.seconds
    taken = 0
    for start in range(0, len(others), target.batch):
        some = others[start : start + target.batch]
        query = target.claims.replace("$others ", " ".join(f"<{iri}>" for iri in some) + " ")
        told: dict[str, dict[Claim, None]] = {iri: {} for iri in some}
        for rows in pages(target.endpoint, query, target.page, patience, progress, bounds.size):
            taken += len(rows)
            if taken > bounds.rows:
                raise EndpointError(
                    target.endpoint, f"states more than {bounds.rows:,} facts, as many as may be brought in"
                )
            if time.monotonic() > until:
                raise EndpointError(target.endpoint, f"took more than {bounds.seconds:g} s for what was asked of it")
            for row in rows:
                told.get(text_of(row.get("id")) or "", {}).update(dict.fromkeys(_claims(row, local_names)))
        progress(f"{target.title}: {taken:,} facts")
        yield from (Record(iri, _settled(claims)) for iri, claims in told.items())


def _claims(row: Mapping[str, object], local_names: bool) -> Iterator[Claim]:
    """The claims of a row: each variable that is a field, an IRI by the name in the variable with ``Name`` after it.

    An IRI without a name says nothing, unless the target's IRIs are made of names.
    """
    for field in (*FIELDS, "date"):
        term = row.get(field)
        text = text_of(term)
        if isinstance(term, ox.NamedNode):
            made_of_it = local_name(term.value) if local_names and is_web_iri(term.value) else None
            text = text_of(row.get(field + "Name")) or made_of_it
        text = (text or "").strip()
        if not text:
            continue
        if field in ("year", "date"):
            if year := _YEAR.match(text):
                yield Claim("year", year[1])
        elif field == "name":
            language = term.language if isinstance(term, ox.Literal) else None
            yield from _named(text, "name" if (language or "en").split("-")[0] == "en" else "alternative")
        else:
            iri = term.value if isinstance(term, ox.NamedNode) and is_web_iri(term.value) else None
            role = (text_of(row.get("role")) or "").strip() if field == "performer" else ""
            yield Claim(field, text, iri, role or None)


def _record(entity: Entity) -> Record:
    """What a side's entity states, as far as claims can say it: a list of roles does not tell who plays them."""
    claims: dict[Claim, None] = {}
    for number, name in enumerate(entity.names):
        claims.update(dict.fromkeys(_named(name, "alternative" if number else "name")))
    claims.update({Claim("year", str(year)): None for year in entity.years})
    for field, values in (("genre", entity.genres), ("director", entity.directors), ("performer", entity.cast)):
        claims.update({Claim(field, value): None for value in values if not value.startswith("(")})
    return Record(entity.id, _settled(claims), entity.line)


def _named(text: str, field: str) -> Iterator[Claim]:
    """A title as catalogues write it, by its name and its year: “Martian, The (2015)”, “Stranded (2001 film)”."""
    match = _BRACKET.match(text.strip())
    if name := article_first(match["name"] if match else text):
        yield Claim(field, name)
    if match and (year := _YEAR.search(match["told"])):
        yield Claim("year", year[1])


def _settled(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Each claim once. One name is the title's and any other an alternative; of several years the first is the release's."""
    names = sorted({one.value for one in claims if one.field == "name"}, key=lambda name: (len(name), name))
    years = sorted({one.value for one in claims if one.field == "year"})
    others = {one.value for one in claims if one.field == "alternative"} | set(names[1:])
    performers = list(_performers([one for one in claims if one.field == "performer"]))
    kept = [Claim("name", name) for name in names[:1]]
    kept += [Claim("alternative", name) for name in sorted(others - set(names[:1]))]
    kept += [Claim("year", year) for year in years[:1]]
    kept += [one for one in claims if one.field not in ("name", "alternative", "year", "performer")]
    kept += performers
    return tuple(kept)


def _performers(claims: Sequence[Claim]) -> Iterator[Claim]:
    """Each performer once for each role, and without one only where none is told; the same name is the same performer."""
    iris = {claim.value: claim.iri for claim in claims if claim.iri}
    playing = {claim.value for claim in claims if claim.role}
    same = (Claim(one.field, one.value, one.iri or iris.get(one.value), one.role) for one in claims)
    yield from dict.fromkeys(one for one in same if one.role or one.value not in playing)
