"""Performances: the credits of a table, one node for each role a source lists for a performer in a title."""

from __future__ import annotations

from castgraph.catalogs.identifiers import normal
from castgraph.catalogs.mapping import Performance, Value
from castgraph.catalogs.roles import roles
from castgraph.catalogs.terms import iri, sql_text, statement, term, typed
from castgraph.catalogs.things import Table, check_ids
from castgraph.catalogs.values import condition, each_source, expression

_SUFFIX = (
    "CASE performance_type WHEN 'VoicePerformance' THEN '-voice' WHEN 'ArchivePerformance' THEN '-archive' ELSE '' END"
)


def map_performances(table: Table, told: Performance, number: int) -> None:
    """State the credits of a table's rows. A credit the table gives again adds its line to the first."""
    engine, name = table.engine, f"credit{table.number}_{number}"
    source = f"SELECT * FROM ({each_source(table.name, told.each)}) WHERE {condition(told.where)}"
    check_ids(table, "title", told.title, source)
    check_ids(table, "person", told.performer, source)
    credits_ = _credits(table, told, source)
    work = f"CASE WHEN performance_type = 'Narration' THEN {sql_text(term('hasNarration'))} ELSE {sql_text(term('hasPerformance'))} END"
    engine.run(
        f"""CREATE TABLE {name} AS SELECT line, place, part, work_iri, work_path, who_path, who_iri, name, credited_as,
        printed, character, performance_type, notes, years, credit_order, {work} AS property,
        coalesce(episodes_told, TRY_CAST(episodes AS BIGINT)) AS episodes,
        CASE WHEN character IS NOT NULL THEN printed_slug END AS character_slug,
        work_path || {sql_text(f"/{table.slug}/")} || CASE
          WHEN who_path IS NULL THEN printed_slug || '-line-' || line || CASE WHEN part > 1 THEN '-' || part ELSE '' END
          ELSE split_part(who_path, '/', -1) || CASE WHEN printed IS NULL THEN '' ELSE '-' || printed_slug END || {_SUFFIX}
        END AS path
        FROM (SELECT *, slug(printed) AS printed_slug FROM ({roles(credits_, "role_text", "note")}))
        WHERE work_path IS NOT NULL AND (who_path IS NOT NULL OR printed IS NOT NULL)""",
        f"reading the credits of {table.slug}",
        engine.count(f"SELECT count(*) FROM {table.name}"),
    )
    _list_lost(table, told, source)
    unclosed = "'the parentheses of the role do not close: ' || printed"
    open_, close = ("length(printed) - length(replace(printed, '" + sign + "', ''))" for sign in "()")
    table.problem("doubtful", unclosed, f"SELECT * FROM {name}", f"{open_} <> {close}")
    _merge(table, name)
    _state(table, name)
    character = f"{sql_text(table.iris.thing('character', ''))} || work_path || '/' || character_slug"
    table.label(character, "character", f"SELECT * FROM {name}", once=False)
    if told.name is not None:
        table.label("who_iri", "name", f"SELECT DISTINCT ON (who_iri, name) * FROM {name}", once=False)


def _credits(table: Table, told: Performance, source: str) -> str:
    """SQL for the credits of the rows, each with its title and performer addressed and its role as printed."""
    role = None if told.role is None else expression(told.role)
    if role is None:
        text = "CAST(NULL AS VARCHAR)"
    elif role.is_list:
        text = f"unnest(CASE WHEN len({role.sql}) > 0 THEN {role.sql} ELSE [NULL] END)"
    else:
        text = role.sql
    name = _one(told.name)
    addressed = table.identifiers.addressed(source, [("work", "title", told.title), ("own", "person", told.performer)])
    # Somebody without an identifier is known by name within the title alone: namesakes are common.
    by_name = "work_path || '/' || slug(name)" if told.name is not None else "NULL"
    base = sql_text(table.iris.thing("person", ""))
    single = f"""
      SELECT line, place, work_path, work_iri, {name} AS name, own_path, own_iri, {text} AS role_text,
      {_one(told.note)} AS note, {_one(told.order)} AS credit_order, {_one(told.episodes)} AS episodes FROM ({addressed})"""
    numbered = (
        single
        if role is None or not role.is_list
        else (f"SELECT * REPLACE (row_number() OVER (PARTITION BY line, place) AS place) FROM ({single})")
    )
    return f"""
      SELECT *, coalesce(own_iri, {base} || who_path) AS who_iri
      FROM (SELECT *, coalesce(own_path, {by_name}) AS who_path FROM ({numbered}))"""


def _one(value: Value | None) -> str:
    return "CAST(NULL AS VARCHAR)" if value is None else expression(value).sql


def _list_lost(table: Table, told: Performance, source: str) -> None:
    """Parts of a row's list that name no title, or nobody, while the row's other parts are used."""
    if told.each is not None:
        table.problem(
            "doubtful", f"'a part of {told.each.column} ' || {reason(told)}", source, f"{reason(told)} IS NOT NULL"
        )


def reason(told: Performance) -> str:
    """SQL for why a row is no credit, NULL where it is one."""
    title = " AND ".join(f"({normal('title', scheme, value)}) IS NULL" for scheme, value in told.title)
    who = [f"({normal('person', scheme, value)}) IS NULL" for scheme, value in told.performer]
    if told.name is not None:
        who.append(f"{expression(told.name).sql} IS NULL")
    if told.role is not None:
        role = expression(told.role)
        who.append(f"len({role.sql}) IS NULL" if role.is_list else f"nullif(role_body({role.sql}), '') IS NULL")
    return (
        f"CASE WHEN {title} THEN 'names no title' "
        f"WHEN {' AND '.join(who) or 'FALSE'} THEN 'names neither a performer nor a character' END"
    )


def _merge(table: Table, name: str) -> None:
    """Find the credits that the table gives more than once: ``again<…>`` holds all but the first of each."""
    # Hashes first: the table of all addresses is large, that of the hashes that occur twice is small.
    table.engine.run(
        f"""CREATE TABLE again_{name} AS SELECT * FROM (
          SELECT path, line, place, part, printed, first_value(printed) OVER told AS first_printed, row_number() OVER told AS nth
          FROM {name} WHERE hash(path) IN (SELECT hash(path) FROM {name} GROUP BY 1 HAVING count(*) > 1)
          WINDOW told AS (PARTITION BY path ORDER BY line, place, part)) WHERE nth > 1""",
        f"looking for repeated credits of {table.slug}",
        0,
    )
    table.engine.run(
        f"INSERT INTO merged SELECT {table.number}, line FROM {name} WHERE line IN (SELECT line FROM again_{name}) "
        f"GROUP BY line HAVING count(*) = (SELECT count(*) FROM again_{name} AS a WHERE a.line = {name}.line)"
    )


def _state(table: Table, name: str) -> None:
    base = sql_text(table.iris.thing("performance", ""))
    node = f"{base} || path"
    character = f"{sql_text(table.iris.thing('character', ''))} || work_path || '/' || character_slug"
    parts = [
        f"'<' || work_iri || '> ' || property || ' <' || {node} || '>'",
        statement(node, "performer", iri("who_iri")),
        statement(node, "character", iri(character)),
        statement(node, "performerAsCredited", "literal(coalesce(credited_as, name))"),
        statement(node, "characterAsCredited", "literal(printed)"),
        statement(node, "creditOrder", typed("credit_order", "integer")),
        statement(node, "episodeCount", typed("episodes", "integer")),
        statement(node, "sourceLine", typed("line", "integer")),
        f"CASE WHEN performance_type IN ('VoicePerformance', 'ArchivePerformance') THEN "
        f"{statement(node, 'rdf:type', sql_text('<' + term('')[1:-1]) + ' || performance_type || ' + sql_text('>'))} END",
        f"nullif(array_to_string(list_transform(notes, lambda n: {statement(node, 'creditNote', 'literal(n)')}), E' .\\n'), '')",
        "nullif(array_to_string(list_transform(list_distinct(list_transform(years, lambda y: left(y, 4))), "
        f"lambda y: {statement(node, 'creditYear', typed('y', 'integer'))}), E' .\\n'), '')",
        "nullif(array_to_string(list_transform(list_distinct(list_filter(list_transform(years, lambda y: "
        "regexp_extract(y, '[-–—]\\s*([0-9]{4})$', 1)), lambda y: y <> '')), "
        f"lambda y: {statement(node, 'creditEndYear', typed('y', 'integer'))}), E' .\\n'), '')",
    ]
    table.told(
        f"SELECT concat_ws(E' .\\n', {', '.join(parts)}) FROM {name} ANTI JOIN again_{name} USING (line, place, part)",
        once=True,
    )
    again = [
        statement(node, "sourceLine", typed("line", "integer")),
        f"CASE WHEN printed <> first_printed THEN {statement(node, 'characterAsCredited', 'literal(printed)')} END",
    ]
    # The first's own line and spelling are stated with it.
    table.told(
        f"SELECT unnest([{', '.join(again)}]) FROM again_{name} ANTI JOIN (SELECT path, line FROM {name} "
        f"ANTI JOIN again_{name} USING (line, place, part)) AS firsts USING (path, line)",
        once=False,
    )
