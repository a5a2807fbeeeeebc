"""Identifiers: the address of a thing from what its tables call it, the same in every table that shares a scheme.

A thing is called by the first of its identifiers in the order of :data:`castgraph.catalogs.mapping.SCHEMES`. Where rows
join identifiers (a catalogue's own and IMDb's), the lesser is written down as an alias of the better; every row that
states the alias then speaks of the same thing, in whichever table it stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from castgraph.catalogs import Known
from castgraph.catalogs.engine import Engine
from castgraph.catalogs.mapping import SCHEMES, Ids, Value
from castgraph.catalogs.terms import sql_text
from castgraph.catalogs.values import expression
from castgraph.iris import Iris

_IMDB = {"title": "tt", "person": "nm", "organization": "co"}


@dataclass(frozen=True)
class Joining:
    """A map whose rows state several identifiers of one thing: their source, and the identifiers by scheme."""

    table: int
    kind: str
    source: str
    ids: Ids


def normal(kind: str, scheme: str, value: Value) -> str:
    """SQL for an identifier as its scheme writes it; NULL where it is none."""
    told = expression(value).sql
    if scheme != "imdb":
        return told
    digits = f"ltrim(substr({told}, 3), '0')"
    return (
        f"CASE WHEN regexp_full_match({told}, '{_IMDB.get(kind, 'tt')}[0-9]+') THEN CASE WHEN length({told}) = 9 "
        f"THEN {told} ELSE left({told}, 2) || repeat('0', greatest(0, 7 - length({digits}))) || {digits} END END"
    )


def path_of(scheme: str, value: str) -> str:
    """SQL for the path of a thing below its kind, from one identifier."""
    if scheme == "imdb":
        return value
    if scheme == "slug":
        return f"slug({value})"
    safe = f"CASE WHEN regexp_full_match({value}, '[\\p{{L}}\\p{{N}}\\p{{M}}._~-]+') THEN {value} ELSE url_encode({value}) END"
    return f"{sql_text(scheme + '-')} || {safe}"


def identifier_of(scheme: str, value: Value, normalised: str) -> str | None:
    """SQL for what ``film:identifier`` says; None for a name that merely serves as identifier in its table."""
    if scheme == "slug" or value.as_ == "slug":
        return None
    return normalised if scheme == "imdb" else f"{sql_text(scheme + ':')} || {normalised}"


class Identifiers:
    """The aliases of a set of tables, in the engine's table ``alias``."""

    def __init__(self, engine: Engine, iris: Iris, known: Known) -> None:
        self._engine = engine
        self._base = iris.thing("")
        self._known = known
        self._aliased: set[tuple[str, str]] = set()
        engine.run("CREATE TABLE alias (kind VARCHAR, scheme VARCHAR, value VARCHAR, path VARCHAR, iri VARCHAR)")

    def join(self, joinings: Iterable[Joining]) -> None:
        """Find which identifiers name one thing. What rows contradict, the most tables and rows decide."""
        self._engine.run(
            "CREATE TABLE pair (kind VARCHAR, scheme VARCHAR, value VARCHAR, better VARCHAR, name VARCHAR, "
            "tables BIGINT, n BIGINT, file BIGINT, line BIGINT)"
        )
        for joining in joinings:
            self._pair(joining)
        self._engine.run(
            """CREATE TABLE chosen AS SELECT kind, scheme, value, better, name FROM (
              SELECT *, row_number() OVER (PARTITION BY kind, scheme, value ORDER BY rank, tables DESC, n DESC, name) AS place
              FROM (SELECT kind, scheme, value, better, name, count(DISTINCT file) AS tables, sum(n) AS n,
                    min(CASE better """
            + " ".join(f"WHEN {sql_text(scheme)} THEN {number}" for number, scheme in enumerate(SCHEMES))
            + """ ELSE 99 END) AS rank FROM pair GROUP BY ALL)) WHERE place = 1"""
        )
        for _ in SCHEMES:  # an alias of an alias: each step leads to a better scheme
            self._engine.run(
                """UPDATE chosen SET better = further.better, name = further.name FROM chosen AS further
                WHERE chosen.kind = further.kind AND chosen.better = further.scheme AND chosen.name = further.value"""
            )
        schemes = [str(one[0]) for one in self._engine.rows("SELECT DISTINCT better FROM chosen ORDER BY 1")]
        for scheme in schemes:
            path = path_of(scheme, "name")
            self._engine.run(
                f"INSERT INTO alias SELECT kind, scheme, value, {path}, {sql_text(self._base)} || kind || '/' || {path} "
                f"FROM chosen WHERE better = {sql_text(scheme)}"
            )
        self._take_known()
        self._aliased = {
            (str(kind), str(scheme)) for kind, scheme in self._engine.rows("SELECT DISTINCT kind, scheme FROM alias")
        }

    def doubts(self) -> str:
        """SQL for what the rows contradict: file, line and reason."""
        return """
          SELECT pair.file, min(pair.line) AS line, pair.scheme || ' ' || pair.value || ' is joined with ' || chosen.better
            || ' ' || chosen.name || ' elsewhere: ' || pair.better || ' ' || pair.name || ' is not taken for it' AS reason
          FROM pair JOIN chosen USING (kind, scheme, value)
          WHERE pair.better = chosen.better AND pair.name <> chosen.name GROUP BY ALL
          UNION ALL
          SELECT file, max(line), better || ' ' || name || ' is given to several of ' || scheme || ' ('
            || string_agg(DISTINCT value, ', ' ORDER BY value) || '): they are taken for one' AS reason
          FROM pair GROUP BY file, kind, scheme, better, name HAVING count(DISTINCT value) > 1"""

    def addressed(self, source: str, references: Iterable[tuple[str, str, Ids]]) -> str:
        """SQL for a source's rows with the addresses of the things they speak of.

        Each reference is a prefix, a kind and identifiers. Added are ``<prefix>_path`` (below the kind), ``<prefix>_iri``,
        both NULL where the row has no identifier, and for each scheme ``<prefix>_<scheme>`` (the identifier as the
        scheme writes it) and ``<prefix>_<scheme>_path`` (where that identifier alone leads to).
        """
        # Layer by layer, since each is used several times: the engine does not share what it computes.
        normals, joins, alones, paths, iris = [], [], [], [], []
        for prefix, kind, ids in references:
            leading = []
            for scheme, value in ids:
                column = f"{prefix}_{scheme}"
                normals.append(f"{normal(kind, scheme, value)} AS {column}")
                own = path_of(scheme, column)
                if (kind, scheme) in self._aliased:
                    name = f"alias_{column}"
                    joins.append(
                        f"LEFT JOIN alias AS {name} ON {name}.kind = {sql_text(kind)} "
                        f"AND {name}.scheme = {sql_text(scheme)} AND {name}.value = {column}"
                    )
                    own = f"coalesce({name}.path, {own})"
                    alones.append(f"{name}.iri AS {column}_iri")
                    leading.append(scheme)
                alones.append(f"{own} AS {column}_path")
            # A catalogue's own identifier leads, where it is an alias: its rows agree on it.
            order = [*reversed(leading), *(scheme for scheme, _ in ids if scheme not in leading)]
            known = [f"{prefix}_{scheme}_iri" for scheme in reversed(leading)]
            found = [f"{prefix}_{scheme}_path" for scheme in order] or ["CAST(NULL AS VARCHAR)"]
            aliased = [
                f"CASE WHEN {prefix}_{scheme}_iri IS NOT NULL THEN {prefix}_{scheme}_path END"
                for scheme in reversed(leading)
            ]
            paths.append(f"coalesce({', '.join([*aliased, *found])}) AS {prefix}_path")
            iris.append(
                f"coalesce({', '.join([*known, sql_text(f'{self._base}{kind}/') + f' || {prefix}_path'])}) AS {prefix}_iri"
            )
        with_normals = f"SELECT *, {', '.join(normals)} FROM ({source})" if normals else source
        with_alones = (
            f"SELECT t.*, {', '.join(alones)} FROM ({with_normals}) AS t {' '.join(joins)}" if alones else source
        )
        return f"SELECT *, {', '.join(iris)} FROM (SELECT *, {', '.join(paths)} FROM ({with_alones}))"

    def _pair(self, joining: Joining) -> None:
        normals = [(scheme, normal(joining.kind, scheme, value)) for scheme, value in joining.ids]
        for place, (scheme, own) in enumerate(normals[1:], start=1):
            better = [f"WHEN {one} IS NOT NULL THEN {sql_text(name)}" for name, one in normals[:place]]
            names = [f"CAST({one} AS VARCHAR)" for _, one in normals[:place]]
            self._engine.run(
                f"""INSERT INTO pair SELECT {sql_text(joining.kind)}, {sql_text(scheme)}, {own} AS value,
                CASE {" ".join(better)} END AS better, coalesce({", ".join([*names, "NULL"])}) AS name, 1, count(*),
                {joining.table}, min(line) FROM ({joining.source})
                WHERE {own} IS NOT NULL AND coalesce({", ".join([*names, "NULL"])}) IS NOT NULL GROUP BY ALL"""
            )

    def _take_known(self) -> None:
        """Things that other sources have named keep their IRI, and give it to all aliases of their identifier."""
        rows = []
        for told, iri in sorted(self._known.identifiers.items()):
            scheme, colon, value = told.partition(":")
            if not colon:
                scheme, value = "imdb", told
            kind, _, path = iri.removeprefix(self._base).partition("/")
            if not iri.startswith(self._base):
                kind = next((kind for kind, start in _IMDB.items() if value.startswith(start)), "title")
                path = value if scheme == "imdb" else f"{scheme}-{value}"
            rows.append((kind, scheme, value, path, iri))
        self._engine.run("CREATE TABLE known (kind VARCHAR, scheme VARCHAR, value VARCHAR, path VARCHAR, iri VARCHAR)")
        self._engine.fill("INSERT INTO known VALUES (?, ?, ?, ?, ?)", rows)
        self._engine.run(
            """UPDATE alias SET path = known.path, iri = known.iri FROM known, chosen WHERE alias.kind = chosen.kind
            AND alias.scheme = chosen.scheme AND alias.value = chosen.value
            AND chosen.kind = known.kind AND chosen.better = known.scheme AND chosen.name = known.value"""
        )
        self._engine.run(
            "DELETE FROM alias USING known WHERE (alias.kind, alias.scheme, alias.value) = (known.kind, known.scheme, known.value)"
        )
        self._engine.run("INSERT INTO alias SELECT DISTINCT ON (kind, scheme, value) * FROM known ORDER BY ALL")
