"""Performances: the credits of a table, one node for each role a source lists for a performer in a title."""

from __future__ import annotations

from castgraph.catalogs.identifiers import normal
from castgraph.catalogs.mapping import Performance, Value
from castgraph.catalogs.roles import roles
from castgraph.catalogs.terms import lines, sql_text, statement, term, typed, typed_parts
from castgraph.catalogs.things import Table, check_ids, list_unread
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
    has_role = told.role is not None or told.note is not None
    split = roles(credits_, "role_text", "note") if has_role else _without_role(credits_)
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
        FROM (SELECT *, slug(printed) AS printed_slug FROM ({split}))
        WHERE work_path IS NOT NULL AND (who_path IS NOT NULL OR printed IS NOT NULL)""",
        f"reading the credits of {table.slug}",
        engine.count(f"SELECT count(*) FROM {table.name}"),
    )
    _list_lost(table, told, source)
    unclosed = "'the parentheses of the role do not close: ' || printed"
    open_, close = ("length(printed) - length(replace(printed, '" + sign + "', ''))" for sign in "()")
    table.problem("doubtful", unclosed, f"SELECT * FROM {name}", f"{open_} <> {close}")
    _merge(table, name)
    _state(table, name, has_role=has_role, is_named=told.name is not None)
    character = f"{sql_text(table.iris.thing('character', ''))} || work_path || '/' || character_slug"
    named = f"SELECT *, 1 AS times FROM {name}"
    table.label(character, "character", named, once=False)
    if told.name is not None:
        table.label("who_iri", "name", named, once=False)


def _credits(table: Table, told: Performance, source: str) -> str:
    """SQL for the credits of the rows, each with its title and performer addressed and its role as printed."""
    role = None if told.role is None else expression(told.role)
    text = "CAST(NULL AS VARCHAR)" if role is None else role.sql
    name = _one(told.name)
    addressed = table.identifiers.addressed(source, [("work", "title", told.title), ("own", "person", told.performer)])
    # Somebody without an identifier is known by name within the title alone: namesakes are common.
    by_name = "work_path || '/' || slug(name)" if told.name is not None else "NULL"
    base = sql_text(table.iris.thing("person", ""))
    numbered = f"""
      SELECT line, place, work_path, work_iri, {name} AS name, own_path, own_iri, {text} AS role_text,
      {_one(told.note)} AS note, {_one(told.order)} AS credit_order, {_one(told.episodes)} AS episodes FROM ({addressed})"""
    if role is not None and role.is_list:
        listed = f"SELECT * REPLACE (CASE WHEN len(role_text) > 0 THEN role_text ELSE [NULL] END AS role_text) FROM ({numbered})"
        place = "place * 10000 + generate_subscripts(role_text, 1) AS place"
        numbered = f"SELECT * REPLACE (unnest(role_text) AS role_text, {place}) FROM ({listed})"
    # CASE, for of coalesce the engine would make the address by name for every row, wanted or not.
    return f"""
      SELECT *, CASE WHEN own_iri IS NOT NULL THEN own_iri ELSE {base} || who_path END AS who_iri
      FROM (SELECT *, CASE WHEN own_path IS NOT NULL THEN own_path ELSE {by_name} END AS who_path FROM ({numbered}))"""


def _without_role(credits_: str) -> str:
    """SQL with the columns of :func:`roles` for credits of a table that tells no roles."""
    absent = ("printed", "character", "credited_as", "performance_type")
    columns = [f"CAST(NULL AS VARCHAR) AS {name}" for name in absent]
    columns += [
        "CAST(NULL AS BIGINT) AS episodes_told",
        "CAST([] AS VARCHAR[]) AS notes",
        "CAST([] AS VARCHAR[]) AS years",
    ]
    return f"SELECT *, 1 AS part, {', '.join(columns)} FROM ({credits_})"


def _one(value: Value | None) -> str:
    return "CAST(NULL AS VARCHAR)" if value is None else expression(value).sql


def _list_lost(table: Table, told: Performance, source: str) -> None:
    """Parts of a row that cannot be read while its other parts are used: of its list, its roles, its numbers."""
    if told.each is not None:
        list_unread(table, told.each)
        table.problem(
            "doubtful", f"'a part of {told.each.column} ' || {reason(told)}", source, f"{reason(told)} IS NOT NULL"
        )
    if told.role is not None and told.role.json:
        role = expression(told.role)
        named = sql_text(f"{told.role.columns[0]} holds no list: ")
        table.problem("doubtful", f"{named} || {role.told}", source, f"{role.told} IS NOT NULL AND {role.sql} IS NULL")
    for name, number in (("creditOrder", told.order), ("episodeCount", told.episodes)):
        if number is not None:
            value = expression(number)
            said = f"{sql_text(name + ' ')} || {value.told} || {sql_text(' ' + value.problem)}"
            table.problem("doubtful", said, source, f"{value.told} IS NOT NULL AND {value.sql} IS NULL")


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
          SELECT path, line, place, part, printed, coalesce(credited_as, name) AS called, first_value(printed) OVER told AS
          first_printed, first_value(coalesce(credited_as, name)) OVER told AS first_called, row_number() OVER told AS nth
          FROM {name} WHERE hash(path) IN (SELECT hash(path) FROM {name} GROUP BY 1 HAVING count(*) > 1)
          WINDOW told AS (PARTITION BY path ORDER BY line, place, part)) WHERE nth > 1""",
        f"looking for repeated credits of {table.slug}",
        0,
    )
    table.engine.run(
        f"INSERT INTO merged SELECT {table.number}, line FROM {name} WHERE line IN (SELECT line FROM again_{name}) "
        f"GROUP BY line HAVING count(*) = (SELECT count(*) FROM again_{name} AS a WHERE a.line = {name}.line)"
    )


def _state(table: Table, name: str, *, has_role: bool, is_named: bool) -> None:
    character = f"{sql_text(table.iris.thing('character', ''))} || work_path || '/' || character_slug"
    addressed = (
        f"SELECT *, {sql_text(table.iris.thing('performance', ''))} || path AS node, {character} AS character_iri"
    )
    credits_ = f"{name} ANTI JOIN again_{name} USING (line, place, part)"
    if not is_named:  # another table tells what the performers are called
        credits_ += " LEFT JOIN best ON best.iri = who_iri"
    named = "name" if is_named else "coalesce(name, label)"
    parts = [
        lines("node", "rdfs:label", f"literal({_in_words(table, named)})"),
        ["'<'", "work_iri", "'> '", "property", "' <'", "node", "'> .\n'"],
        _where("who_iri", lines("node", "performer", "'<'", "who_iri", "'>'")),
        _where(
            "coalesce(credited_as, name)", lines("node", "performerAsCredited", "literal(coalesce(credited_as, name))")
        ),
        _where("credit_order", lines("node", "creditOrder", *typed_parts("credit_order", "integer"))),
    ]
    if has_role:
        typed_so = lines("node", "rdf:type", sql_text("<" + term("")[1:-1]), "performance_type", "'>'")
        apart = "CASE WHEN performance_type IN ('VoicePerformance', 'ArchivePerformance') THEN TRUE END"
        years = "list_distinct(list_transform(years, lambda y: left(y, 4)))"
        ends = (
            "list_distinct(list_filter(list_transform(years, lambda y: regexp_extract(y, '[-–—]\\s*([0-9]{4})$', 1)), "
            "lambda y: y <> ''))"
        )
        parts += [
            _where("character_slug", lines("node", "character", "'<'", "character_iri", "'>'")),
            _where("printed", lines("node", "characterAsCredited", "literal(printed)")),
            _where("episodes", lines("node", "episodeCount", *typed_parts("episodes", "integer"))),
            _where(apart, typed_so),
            _listed("notes", "notes", lines("node", "creditNote", "literal(one)")),
            _listed("years", years, lines("node", "creditYear", *typed_parts("one", "integer"))),
            _listed("years", ends, lines("node", "creditEndYear", *typed_parts("one", "integer"))),
        ]
    # One concat of all the pieces: in a chain of || each piece would be copied once more for every one behind it.
    *last, _ = lines("node", "sourceLine", *typed_parts("line", "integer"))
    pieces = ", ".join([*(piece for part in parts for piece in part), *last, "' .'"])
    table.told(f"SELECT concat({pieces}) FROM ({addressed} FROM {credits_})", once=True, is_ended=True)
    # Of a performer that other tables name, rows differ in the role's spelling alone.
    spelt = f"called || coalesce(' as ' || printed, '') || {sql_text(f' ({table.publisher})')}"
    again = [
        statement("node", "sourceLine", typed("line", "integer")),
        f"CASE WHEN called <> first_called OR printed <> first_printed THEN {statement('node', 'rdfs:label', f'literal({spelt})')} END",
        f"CASE WHEN called <> first_called THEN {statement('node', 'performerAsCredited', 'literal(called)')} END",
        f"CASE WHEN printed <> first_printed THEN {statement('node', 'characterAsCredited', 'literal(printed)')} END",
    ]
    # The first's own line and spelling are stated with it.
    table.told(
        f"SELECT unnest([{', '.join(again)}]) FROM (SELECT *, {sql_text(table.iris.thing('performance', ''))} || path AS node "
        f"FROM again_{name}) ANTI JOIN (SELECT path, line FROM {name} "
        f"ANTI JOIN again_{name} USING (line, place, part)) AS firsts USING (path, line)",
        once=False,
    )


def _in_words(table: Table, name: str) -> str:
    """SQL for a credit in words, as :class:`castgraph.addresses.Addresses` has it: who, as whom, in which source."""
    who = f"coalesce(credited_as, {name}, split_part(who_path, '/', -1), 'unknown performer')"
    return f"{who} || coalesce(' as ' || printed, '') || {sql_text(f' ({table.publisher})')}"


def _where(told: str, pieces: list[str]) -> list[str]:
    """SQL for a statement where something is told, as one piece; NULL, which concat leaves out, where it is not."""
    return [f"CASE WHEN {told} IS NOT NULL THEN concat({', '.join(pieces)}) END"]


def _listed(told: str, items: str, pieces: list[str]) -> list[str]:
    """SQL for the statements of a list's items, NULL where it has none: most lists are empty."""
    return [
        f"CASE WHEN len({told}) > 0 THEN array_to_string(list_transform({items}, lambda one: concat({', '.join(pieces)})), '') END"
    ]
