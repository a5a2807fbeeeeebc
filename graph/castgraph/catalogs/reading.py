"""Reading a catalogue: its tables through the engine to N-Triples, and the account of every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence, Set
from pathlib import Path
from types import UnionType

from castgraph.catalogs import CatalogFile, CatalogReading, CatalogReport, Known, TableReport
from castgraph.catalogs.engine import Engine
from castgraph.catalogs.identifiers import Identifiers, Joining, normal
from castgraph.catalogs.kinds import Found, find
from castgraph.catalogs.mapping import Ids, Link, Map, Mapping, Performance, Thing
from castgraph.catalogs.performances import map_performances
from castgraph.catalogs.performances import reason as performance_reason
from castgraph.catalogs.rdf_files import Streamed, stream
from castgraph.catalogs.staging import stage
from castgraph.catalogs.tables import TableText, count_lines, inspect
from castgraph.catalogs.terms import sql_name, sql_text, term
from castgraph.catalogs.things import Table, map_link, map_thing
from castgraph.catalogs.values import condition, each_items, each_source, expression
from castgraph.iris import Iris
from castgraph.names import slug

_TABLES = (
    "CREATE TABLE problem (file BIGINT, line BIGINT, outcome VARCHAR, reason VARCHAR)",
    "CREATE TABLE label (file BIGINT, iri VARCHAR, label VARCHAR, n BIGINT, line BIGINT)",
    "CREATE TABLE type (file BIGINT, iri VARCHAR, class VARCHAR, line BIGINT)",
    "CREATE TABLE merged (file BIGINT, line BIGINT)",
)
# Kinds that exclude each other in the ontology: a thing that tables put into two of them is of neither for sure.
_FAMILIES = {"Film": "film", "TelevisionFilm": "film", "Series": "series", "MiniSeries": "series", "Episode": "episode"}


def read(
    paths: Sequence[Path],
    out: Path,
    iris: Iris,
    progress: Callable[[str], None],
    known: Known,
    memory_mb: int,
    threads: int,
) -> CatalogReading:
    """See :func:`castgraph.catalogs.read_catalogs`."""
    found = find(paths)
    folders = [path.parent for path, _, _ in found.tables]
    rdf = stream(found.rdf_files, out, iris, progress)
    known = Known({**rdf.identifiers, **known.identifiers}, known.labelled)
    large = sum(_unpacked(path) for path, _, _ in found.tables) > memory_mb * 1_000_000 // 4
    with Engine(out, folders, memory_mb=memory_mb, threads=threads, progress=progress, on_disk=large) as engine:
        reader = _Reader(engine, found, out, iris, known, rdf, progress)
        return reader.read()


def _unpacked(path: Path) -> int:
    """About how many bytes of text a table has."""
    return path.stat().st_size * (4 if path.suffix.lower() == ".gz" else 1)


class _Reader:
    def __init__(
        self,
        engine: Engine,
        found: Found,
        out: Path,
        iris: Iris,
        known: Known,
        rdf: Streamed,
        progress: Callable[[str], None],
    ) -> None:
        self._engine = engine
        self._found = found
        self._out = out
        self._iris = iris
        self._known = known
        self._rdf = rdf
        self._progress = progress
        self._identifiers = Identifiers(engine, iris, known)
        for table in _TABLES:
            engine.run(table)

    def read(self) -> CatalogReading:
        texts, tables = [], []
        slugs: Counter[str] = Counter()
        for number, (path, mapping, header) in enumerate(self._found.tables):
            self._progress(f"reading {path.name} ({mapping.kind})")
            text = inspect(path, self._out)
            stage(self._engine, number, text, mapping, header)
            stem = slug(path.name.removesuffix(".gz").rpartition(".")[0] or path.name)
            slugs[stem] += 1
            name = stem if slugs[stem] == 1 else f"{stem}-{slugs[stem]}"
            texts.append(text)
            tables.append(Table(self._engine, self._identifiers, self._iris, number, name, mapping.publisher))
        self._identifiers.join(self._joinings())
        self._engine.run(
            f"INSERT INTO problem SELECT file, line, 'doubtful', reason FROM ({self._identifiers.doubts()})"
        )
        for table, (path, mapping, _) in zip(tables, self._found.tables, strict=True):
            self._progress(f"mapping {path.name}")
            self._map(table, mapping)
        self._list_contradictions()
        self._engine.load_columns("label (iri, label)", self._rdf.labels, ("iri", "label"))
        self._choose_names()
        files = [
            self._write(table, text, mapping)
            for table, text, (_, mapping, _) in zip(tables, texts, self._found.tables, strict=True)
        ]
        files.append(self._write_labels())
        problems = self._write_problems()
        reports = tuple(
            self._report(table.number, text, mapping)
            for table, text, (_, mapping, _) in zip(tables, texts, self._found.tables, strict=True)
        )
        for text in texts:
            if text.readable != text.path:
                text.readable.unlink()
        report = CatalogReport(reports, self._found.passed_over)
        return CatalogReading((*self._rdf.files, *files), report, problems)

    def _joinings(self) -> list[Joining]:
        found = []
        for number, (_, mapping, _) in enumerate(self._found.tables):
            for one in mapping.maps:
                source = each_source(f"t{number}", one.each)
                for kind, ids in _references(one):
                    if len(ids) > 1:
                        found.append(Joining(number, kind, source, ids))
        return found

    def _map(self, table: Table, mapping: Mapping) -> None:
        for number, one in enumerate(mapping.maps):
            if isinstance(one, Thing):
                map_thing(table, one, number)
            elif isinstance(one, Link):
                map_link(table, one)
            else:
                map_performances(table, one, number)
        self._engine.run(
            f"""INSERT INTO problem SELECT {table.number}, line, 'left out',
            coalesce(list_filter(reasons, lambda r: r <> '')[1], 'no rule of the mapping fits the row')
            FROM (SELECT line, CASE WHEN len(joins) > 0 THEN joins ELSE things END AS reasons FROM (
              SELECT line, {_applied(mapping, Link | Performance)} AS joins, {_applied(mapping, Thing)} AS things FROM {table.name}))
            WHERE len(list_filter(reasons, lambda r: r = '')) = 0"""
        )
        self._engine.run(  # said once is enough
            f"""DELETE FROM problem WHERE file = {table.number} AND outcome = 'doubtful' AND (line, reason) IN (
              SELECT (line, reason) FROM problem WHERE file = {table.number} AND outcome = 'left out')"""
        )
        columns = ", ".join(sql_name(column) for column in mapping.columns)
        self._engine.run(
            f"""INSERT INTO merged SELECT {table.number}, line FROM (
              SELECT line, row_number() OVER (PARTITION BY {columns} ORDER BY line) AS nth FROM {table.name}
              WHERE hash({columns}) IN (SELECT hash({columns}) FROM {table.name} GROUP BY 1 HAVING count(*) > 1))
            WHERE nth > 1""",
            f"looking for repeated rows of {table.slug}",
        )

    def _list_contradictions(self) -> None:
        """Things put into kinds that exclude each other, and identifiers with several names."""
        cases = " ".join(f"WHEN {sql_text(name)} THEN {sql_text(family)}" for name, family in _FAMILIES.items())
        self._engine.run(
            f"CREATE TABLE contradicted AS SELECT iri FROM type GROUP BY iri HAVING count(DISTINCT CASE class {cases} END) > 1"
        )
        self._engine.run(
            """INSERT INTO problem SELECT file, min(line), 'doubtful', 'tables disagree on the kind of ' || iri || ': '
            || string_agg(DISTINCT class, ', ' ORDER BY class) || ' here; stated as a screen work'
            FROM type WHERE iri IN (FROM contradicted) GROUP BY file, iri"""
        )
        self._engine.run(
            f"""INSERT INTO problem SELECT file, line, 'doubtful', 'another name of ' || iri || ': ' || label FROM (
              SELECT *, row_number() OVER (PARTITION BY file, iri ORDER BY line, label) AS place
              FROM (SELECT file, iri, label, min(line) AS line FROM label GROUP BY ALL)
              WHERE (starts_with(iri, {sql_text(self._iris.thing("person", ""))}) OR starts_with(iri, {sql_text(self._iris.thing("title", ""))}))
              AND hash(file, iri) IN (SELECT hash(file, iri) FROM label GROUP BY 1 HAVING count(*) > 1)) WHERE place > 1"""
        )

    def _write(self, table: Table, text: TableText, mapping: Mapping) -> CatalogFile:
        """Write what a table says."""
        types = (
            f"SELECT DISTINCT '<' || iri || {sql_text('> ' + term('rdf:type') + ' <' + term('')[1:-1])} || CASE WHEN iri IN "
            f"(FROM contradicted) THEN 'ScreenWork' ELSE class END || '>' FROM type WHERE file = {table.number}"
        )
        labels = (
            f"SELECT '<' || iri || {sql_text('> ' + term('rdfs:label') + ' ')} || literal(label) "
            f"FROM (SELECT DISTINCT iri, label FROM label WHERE file = {table.number})"
        )
        selects = [*table.selects, *(f"SELECT s || ' .' FROM ({one}) AS told(s)" for one in (types, labels))]
        path = self._out / f"{table.number:03}-{table.slug}.nt"
        self._engine.write(" UNION ALL ".join(selects), path, f"writing what {text.path.name} says", in_order=False)
        return CatalogFile(
            path=path,
            graph=self._iris.graph(mapping.kind, table.slug),
            quads=count_lines(path),
            title=f"{mapping.publisher}, {text.path.name}",
            kind=mapping.kind,
            publisher=mapping.publisher,
            licence=mapping.licence,
            source=text.path,
            sha256=text.sha256,
            lines=text.lines,
        )

    def _choose_names(self) -> None:
        """Find the name each thing is best known by: of its spellings, the one that says most, then the commonest."""
        # Most things have one spelling, about which there is nothing to compare.
        rank = "(length(folded(label)), unaccent(label) <> label, n, label)"
        self._engine.run(
            """CREATE TABLE best AS SELECT iri, label FROM (
              SELECT iri, any_value(label) AS label, count(DISTINCT label) AS spellings FROM label GROUP BY iri)
            WHERE spellings = 1""",
            "choosing names",
        )
        self._engine.run(
            f"""INSERT INTO best SELECT iri, arg_max(label, {rank}) FROM (SELECT iri, label, sum(coalesce(n, 1)) AS n FROM label
            WHERE iri NOT IN (SELECT iri FROM best) GROUP BY ALL) GROUP BY iri""",
            "choosing among spellings",
        )

    def _write_labels(self) -> CatalogFile:
        """Write the name each thing is best known by, where other sources have not written one."""
        self._engine.run("CREATE TABLE labelled (iri VARCHAR)")
        self._engine.fill("INSERT INTO labelled VALUES (?)", [[one] for one in sorted(self._known.labelled)])
        self._engine.load_columns("labelled (iri)", self._rdf.labelled, ("iri",))
        path = self._out / "labels.nt"
        select = (
            f"SELECT '<' || iri || {sql_text('> ' + term('skos:prefLabel') + ' ')} || literal(label) || ' .' "
            "FROM best WHERE iri NOT IN (FROM labelled)"
        )
        self._engine.write(select, path, "writing names", in_order=False)
        return CatalogFile(
            path=path,
            graph=self._iris.identity,
            quads=count_lines(path),
            title="Preferred names",
            kind="labels",
            publisher="castgraph",
        )

    def _write_problems(self) -> Path:
        """Write every row that is left out, merged or doubtful, in the order of files and lines."""
        path = self._out / "problems.tsv"
        names = " ".join(
            f"WHEN {number} THEN {sql_text(file.name)}" for number, (file, _, _) in enumerate(self._found.tables)
        )
        self._engine.run(
            """INSERT INTO problem SELECT DISTINCT file, line, 'merged', 'an earlier row says the same' FROM merged
            ANTI JOIN (SELECT file, line FROM problem WHERE outcome = 'left out') USING (file, line)"""
        )
        texts = " UNION ALL ".join(
            f"SELECT p.*, r.text FROM problem AS p JOIN raw{number} AS r ON r.rowid = p.line - 1 WHERE p.file = {number}"
            for number in range(len(self._found.tables))
        )
        texts = texts or "SELECT *, NULL AS text FROM problem"  # RDF files alone
        head = r"SELECT concat_ws(E'\t', 'file', 'line', 'outcome', 'reason', 'text')"
        rows = (
            rf"SELECT concat_ws(E'\t', CASE file {names or 'WHEN 0 THEN NULL'} END, line, outcome, replace(reason, E'\t', ' '), "
            rf"coalesce(replace(left(text, 500), E'\t', ' '), '')) FROM (SELECT DISTINCT * FROM ({texts}) ORDER BY ALL)"
        )
        self._engine.write(f"{head} UNION ALL {rows}", path, "listing doubtful rows")
        return path

    def _report(self, number: int, text: TableText, mapping: Mapping) -> TableReport:
        def by_reason(outcome: str) -> dict[str, int]:
            # Reasons that quote the row are counted by what they have in common.
            rows = self._engine.rows(
                f"""SELECT regexp_replace(regexp_replace(reason, {sql_text(_QUOTED)}, '\\1 …'), {sql_text(_NAMED)}, '\\1 … \\2') AS kind, count(DISTINCT line) FROM problem
                WHERE file = {number} AND outcome = {sql_text(outcome)} GROUP BY 1 ORDER BY 2 DESC, 1"""
            )
            return {str(reason): int(str(count)) for reason, count in rows}

        rows = text.lines - mapping.header
        left_out, merged = (
            self._engine.count(
                f"SELECT count(DISTINCT line) FROM problem WHERE file = {number} AND outcome = {sql_text(one)}"
            )
            for one in ("left out", "merged")
        )
        return TableReport(
            file=text.path,
            kind=mapping.kind,
            rows=rows,
            used=rows - left_out - merged,
            merged=merged,
            left_out=by_reason("left out"),
            doubtful=by_reason("doubtful"),
        )


_QUOTED = (
    "^(another name of|tables disagree on the kind of|the parentheses of the role do not close:|"
    "the IMDb identifier of a [a-z]+ cannot be|[a-zA-Z]+ holds no list:) .*$"
)
_NAMED = "^([a-zA-Z]+(?: [a-z]+)?) .* (is no .*|is not .*|is joined with|is given to several of) ?.*$"


def _applied(mapping: Mapping, kind: type | UnionType) -> str:
    """SQL for what comes of a row by each map of a kind that is for it: why it cannot be used, or an empty text."""
    reasons = [
        f"CASE WHEN coalesce({condition(one.where)}, FALSE) THEN coalesce({_reason(one)}, '') END"
        for one in mapping.maps
        if isinstance(one, kind)
    ]
    return f"list_filter(CAST([{', '.join(reasons)}] AS VARCHAR[]), lambda r: r IS NOT NULL)"


def _references(one: Map) -> list[tuple[str, Ids]]:
    """The things a map speaks of."""
    if isinstance(one, Thing):
        return [(one.kind, one.ids)]
    if isinstance(one, Link):
        return [one.subject, one.object]
    return [("title", one.title), ("person", one.performer)]


def _reason(one: Map) -> str:
    """SQL for why a map cannot use a row that it is for; NULL where it can."""
    if one.each is not None:  # an empty list is one; what it would be of must be named outside it all the same
        missing = [f"WHEN {each_items(one.each)} IS NULL THEN '{one.each.column} holds no list'"]
        inside = {f"{one.each.name}.{key}" for key in one.each.keys} or {one.each.name}
        return f"CASE {' '.join([*missing, *_absent(one, inside)])} END"
    if isinstance(one, Performance):
        return performance_reason(one)
    missing = _absent(one, set())
    if isinstance(one, Thing) and one.label is None and one.type is None and len(one.ids) == 1:
        told = [expression(value).sql for value in (*(fact.value for fact in one.facts), *(one.rating or ())[:1])]
        nothing = " AND ".join(f"({sql}) IS NULL" for sql in told)
        if nothing:
            missing.append(f"WHEN {nothing} THEN 'nothing that can be read is said of the {one.kind}'")
    if isinstance(one, Link) and not isinstance(one.property, str):
        missing.append(f"WHEN {expression(one.property).sql} IS NULL THEN 'no property for it'")
    return f"CASE {' '.join(missing)} END"


def _absent(one: Map, inside: Set[str]) -> list[str]:
    """SQL for the things a map speaks of that a row has no identifier of; those told ``inside`` a list are not asked for."""
    found = []
    for kind, ids in _references(one):
        if ids and not any(column in inside for _, value in ids for column in value.columns):
            absent = " AND ".join(f"({normal(kind, scheme, value)}) IS NULL" for scheme, value in ids)
            found.append(f"WHEN {absent} THEN 'no identifier of the {kind}'")
    return found
