"""Things and links: statements about titles, people, genres and countries, and how they hang together."""

from __future__ import annotations

from dataclasses import replace

from castgraph.catalogs.engine import Engine
from castgraph.catalogs.identifiers import Identifiers, identifier_of, normal
from castgraph.catalogs.mapping import Each, Fact, Ids, Link, Thing, Value
from castgraph.catalogs.terms import iri, sql_name, sql_text, statement, term, typed
from castgraph.catalogs.values import Expression, condition, each_items, each_source, expression
from castgraph.iris import Iris


class Table:
    """A table that is being mapped: its number in the engine, and what its statements are called by."""

    def __init__(
        self, engine: Engine, identifiers: Identifiers, iris: Iris, number: int, slug: str, publisher: str
    ) -> None:
        self.engine = engine
        self.identifiers = identifiers
        self.iris = iris
        self.number = number
        self.slug = slug  # of the source, part of the addresses of its credits
        self.publisher = publisher
        self.name = f"t{number}"
        self.selects: list[str] = []  # SQL of the statements, a text a row: one statement, or several lines of them

    def label(self, thing: str, label: str, source: str, *, once: bool) -> None:
        """Take down what a source calls things: SQL for the IRI and the name."""
        group = "" if once else "GROUP BY ALL"
        count, line = ("times", "line") if once else ("sum(times)", "min(line)")
        self.engine.run(
            f"INSERT INTO label SELECT {self.number}, {thing}, {label}, {count}, {line} FROM ({source}) "
            f"WHERE {thing} IS NOT NULL AND {label} IS NOT NULL {group}"
        )

    def problem(self, outcome: str, reason: str, source: str, where: str) -> None:
        """Take down rows that are left out or doubtful; reason is SQL."""
        self.engine.run(
            f"INSERT INTO problem SELECT DISTINCT {self.number}, line, {sql_text(outcome)}, {reason} "
            f"FROM ({source}) WHERE {where}"
        )

    def each_once(self, expression: str, source: str) -> bool:
        """Whether no two rows have the same value."""
        return bool(
            self.engine.rows(
                f"SELECT count(v) = count(DISTINCT hash(v)) FROM (SELECT {expression} AS v FROM ({source}))"
            )[0][0]
        )

    def told(self, select: str, *, once: bool, is_ended: bool = False) -> None:
        """Add statements: a query of one column of texts, in which NULL and repetition are allowed.

        The texts have no full stop at their end, unless they are said to have.
        """
        source = f"SELECT {'' if once else 'DISTINCT '}s FROM ({select}) AS told(s) WHERE s IS NOT NULL"
        self.selects.append(source if is_ended else f"SELECT s || ' .' FROM ({source})")


def check_ids(table: Table, kind: str, ids: Ids, source: str) -> None:
    """List identifiers that are none."""
    for scheme, value in ids:
        if scheme == "imdb":
            told = expression(value).told
            reason = f"{sql_text('the IMDb identifier of a ' + kind + ' cannot be ')} || {told}"
            table.problem("doubtful", reason, source, f"{told} IS NOT NULL AND {normal(kind, scheme, value)} IS NULL")


def list_unread(table: Table, each: Each) -> None:
    """List rows whose column holds something that is no list: what is in it is lost, whatever else is used of the row."""
    column = sql_name(each.column)
    where = f"{column} IS NOT NULL AND {each_items(each)} IS NULL"
    table.problem("doubtful", f"'{each.column} holds no list'", f"SELECT * FROM {table.name}", where)


def map_thing(table: Table, told: Thing, number: int) -> None:
    """State what the rows say of things of one kind."""
    engine = table.engine
    source = f"SELECT * FROM ({each_source(table.name, told.each)}) WHERE {condition(told.where)}"
    columns = ", ".join(sql_name(column) for column in told.columns)
    is_about = told.each is None and _is_about(table, told, source)
    if is_about:
        source = f"SELECT *, 1 AS times FROM ({source})"
    else:  # rows that say the same of a thing are one
        source = f"SELECT {columns}, min(line) AS line, count(*) AS times FROM ({source}) GROUP BY {columns}"
    check_ids(table, told.kind, told.ids, source)
    view = f"thing{table.number}_{number}"
    addressed = table.identifiers.addressed(source, [("subject", told.kind, told.ids)])
    facts = [(fact, f"fact{place}") for place, fact in enumerate(told.facts)]
    values = "".join(f", {expression(fact.value).sql} AS {column}" for fact, column in facts)
    # Lists take time to be made, and each is looked at several times.
    relation = "TABLE" if any(expression(fact.value).is_list for fact in told.facts) else "VIEW"
    engine.run(f"CREATE {relation} {view} AS SELECT *{values} FROM ({addressed})")
    rows = f"SELECT * FROM {view} WHERE subject_iri IS NOT NULL"
    once = is_about and table.each_once("subject_iri", rows)
    if told.label is not None:
        name = expression(told.label).sql
        table.label("subject_iri", name, rows, once=once)
        if is_about:
            table.problem("doubtful", f"'no name of the {told.kind}'", rows, f"{name} IS NULL")
    if told.type is not None:
        _types(table, told.type, rows, once=once)
    # A table that adds facts to things of another table need not say again what they are called.
    adds = told.label is None and len(told.ids) == 1 and bool(told.facts or told.rating)
    statements = [] if adds else _identifiers(told.ids)
    for fact, column in facts:
        statements += _fact(table, fact, replace(expression(fact.value), sql=column), rows)
    if told.rating is not None:
        statements += _rating(table, *told.rating, rows)
    if is_about:  # the row is about the thing: its line is where the thing's facts are said
        statements.append(f"[{statement('subject_iri', 'sourceLine', typed('line', 'integer'))}]")
    if statements:
        lists = " || ".join(statements)
        table.told(f"SELECT unnest({lists}) FROM ({rows})", once=once)


def _is_about(table: Table, told: Thing, source: str) -> bool:
    """Whether the table has a row for each thing, rather than things on the rows of something else."""
    column = sql_name(told.ids[0][1].columns[0])
    things, rows = table.engine.rows(f"SELECT approx_count_distinct({column}), count({column}) FROM ({source})")[0]
    return int(str(things)) > 0.7 * int(str(rows))


def map_link(table: Table, told: Link) -> None:
    """State the property by which the rows join two things."""
    source = f"SELECT * FROM ({each_source(table.name, told.each)}) WHERE {condition(told.where)}"
    (from_kind, from_ids), (to_kind, to_ids) = told.subject, told.object
    check_ids(table, from_kind, from_ids, source)
    check_ids(table, to_kind, to_ids, source)
    ends = [("subject", from_kind, from_ids), ("object", to_kind, to_ids)]
    if told.each is not None:
        list_unread(table, told.each)
        for kind, ids in (told.subject, told.object):
            absent = " AND ".join(f"({normal(kind, scheme, value)}) IS NULL" for scheme, value in ids)
            table.problem("doubtful", f"'a part of {told.each.column} has no identifier of the {kind}'", source, absent)
    rows = table.identifiers.addressed(source, ends)
    if isinstance(told.property, Value):
        terms = sorted({to for to in (*told.property.map.values(), told.property.otherwise) if to})
        cases = " ".join(f"WHEN {sql_text(name)} THEN {sql_text(term(name))}" for name in terms)
        property_ = f"CASE {expression(told.property).sql} {cases} END"
    else:
        property_ = sql_text(term(told.property))
    if told.label is not None:
        table.label("object_iri", expression(told.label).sql, f"SELECT *, 1 AS times FROM ({rows})", once=False)
    text = f"'<' || subject_iri || '> ' || {property_} || ' <' || object_iri || '>'"
    table.told(f"SELECT {text} FROM ({rows})", once=False)


def _identifiers(ids: Ids) -> list[str]:
    """SQL lists for the identifiers of a row's thing; one that its rows do not agree on is not stated."""
    found = []
    for scheme, value in ids:
        identifier = identifier_of(scheme, value, f"subject_{scheme}")
        if identifier is None:
            continue
        agreed = f"subject_{scheme}_path = subject_path"
        told = statement("subject_iri", "identifier", f"literal({identifier})")
        found.append(f"[CASE WHEN {agreed} THEN {told} END]")
    return found


def _fact(table: Table, fact: Fact, value: Expression, rows: str) -> list[str]:
    """SQL lists for a property; what is told and cannot be read is listed."""
    if value.as_ != "string" or (fact.value.map and fact.value.otherwise is None):
        empty = f"len({value.sql}) = 0" if value.is_list else f"{value.sql} IS NULL"
        allowed = " AND ".join(f"{value.told} <> {sql_text(name)}" for name, to in fact.value.map.items() if to is None)
        reason = f"{sql_text(fact.property + ' ')} || {value.told} || {sql_text(' ' + value.problem)}"
        table.problem("doubtful", reason, rows, f"{value.told} IS NOT NULL AND {empty} AND {allowed or 'TRUE'}")
    elif value.is_list and fact.value.json:
        reason = f"{sql_text(fact.property + ' holds no list: ')} || {value.told}"
        table.problem("doubtful", reason, rows, f"{value.told} IS NOT NULL AND {value.sql} IS NULL")
    object_ = value.literal
    if fact.thing is not None:
        made = f"{sql_text(table.iris.thing(fact.thing, ''))} || slug({'one' if value.is_list else value.sql})"
        object_ = iri(made)
        one = f"unnest({value.sql})" if value.is_list else value.sql
        # Each name once: few are given to many things, and to make an address takes time.
        names = f"SELECT min(line) AS line, sum(times) AS times, one FROM (SELECT line, times, {one} AS one FROM ({rows})) GROUP BY one"
        labelled = f"{sql_text(table.iris.thing(fact.thing, ''))} || slug(one)"
        table.label(labelled, "one", names, once=False)
    told = statement("subject_iri", fact.property, object_)
    if value.is_list:
        return [f"coalesce(list_transform({value.sql}, lambda one: {told}), [])"]
    return [f"[{told}]"]


def _rating(table: Table, grade: Value, votes: Value | None, rows: str) -> list[str]:
    """SQL lists for a rating: a node, since it has a grade and the number of votes behind it."""
    value = expression(grade)
    reason = f"{sql_text('the rating ')} || {value.told} || {sql_text(' ' + value.problem)}"
    table.problem("doubtful", reason, rows, f"{value.told} IS NOT NULL AND {value.sql} IS NULL")
    node = f"{sql_text(table.iris.thing('rating', ''))} || subject_path || {sql_text('/' + table.slug)}"
    given = f"CASE WHEN {value.sql} IS NOT NULL THEN {node} END"
    words = f"literal({value.sql} || {sql_text(f' ({table.publisher})')})"
    stated = [
        statement("subject_iri", "rating", iri(given)),
        statement(node, "ratingValue", value.literal),
        statement(node, "rdfs:label", words),
    ]
    lists = [f"[{', '.join(stated)}]"]
    if votes is not None:
        number = expression(votes)
        said = f"'ratingCount ' || {number.told} || {sql_text(' ' + number.problem)}"
        table.problem("doubtful", said, rows, f"{number.told} IS NOT NULL AND {number.sql} IS NULL")
        lists.append(f"[{statement(given, 'ratingCount', expression(votes).literal)}]")
    return lists


def _types(table: Table, told: Value | str, rows: str, *, once: bool) -> None:
    """Take down the types the rows give to things; they are stated when all tables have spoken."""
    class_ = sql_text(told) if isinstance(told, str) else expression(told).sql
    if isinstance(told, Value):
        value = expression(told)
        reason = f"'the type ' || {value.told} || {sql_text(' ' + value.problem)}"
        table.problem("doubtful", reason, rows, f"{value.told} IS NOT NULL AND {value.sql} IS NULL")
    group = "" if once else "GROUP BY ALL"
    table.engine.run(
        f"INSERT INTO type SELECT {table.number}, subject_iri, {class_}, {'line' if once else 'min(line)'} "
        f"FROM ({rows}) WHERE {class_} IS NOT NULL {group}"
    )
