"""Printed roles in SQL: the grammar of :mod:`castgraph.readers.credits`, for millions of rows.

Both read the same regular expressions, and a test holds their answers to each other on every role of the cast table.
"""

from __future__ import annotations

from castgraph.catalogs.terms import sql_text
from castgraph.role_grammar import NARRATOR, NOBODY, NOTE, SELF, VOICES

_EPISODES = r"[0-9]{1,9} episodes?"
_YEARS = r"[0-9]{4}(?:\s*[-–—]\s*(?:[0-9]{4})?)?"
_ITEM = rf"\s*(?:{_EPISODES}|{_YEARS}|{NOTE})\s*"
_NOTES = rf"(?i)((?:\s*\((?:\s*as [^()]+|\s*(?:{NOTE})\s*|{_ITEM}(?:,{_ITEM})*)\))+)$"
_SELVES = rf"(?:{SELF})(?:\s+[-–]\s+.*|\s*,.*)?"
_KEPT = "\x1d"
"""Stands for a stroke that parts nothing: in ``Y / O``, and inside parentheses."""
_LETTER = r"[\p{L}\p{N}]"
_NO_LETTER = r"[^\p{L}\p{N}]"
_LOST = r"voice|uncredited|archive footage"
_LOST_AT_END = sql_text(rf"(?i)(?:{_LOST})\)?$")
_WHOLE = sql_text(rf"(?i)\s*(?:as .+|{NOTE})\s*")  # a parenthesis that is one note, commas and all
_APART = sql_text(rf"(?i)as .+|voice|archive footage|narrator|{_EPISODES}|{_YEARS}")  # told by other terms


def _matches(text: str, pattern: str) -> str:
    return f"regexp_full_match({text}, {sql_text('(?i)(?:' + pattern + ')')})"


MACROS = (
    # A parenthesis lost at the end of what is plainly a note: "(voice", "voice)".
    f"CREATE MACRO mended(x) AS CASE WHEN NOT regexp_matches(x, {_LOST_AT_END}) THEN x "
    "WHEN length(replace(x, ')', '')) > length(replace(x, '(', '')) "
    rf"THEN regexp_replace(x, '(?i)\(({_LOST})$', '(\1)') "
    "WHEN length(replace(x, '(', '')) > length(replace(x, ')', '')) "
    rf"THEN regexp_replace(x, '(?i)(^|[^\p{{L}}])({_LOST})\)$', '\1(\2)') ELSE x END",
    f"CREATE MACRO role_notes(x) AS CASE WHEN ends_with(x, ')') THEN regexp_extract(x, {sql_text(_NOTES)}, 1) ELSE '' END",
    "CREATE MACRO role_body(x) AS trim(left(x, length(x) - length(role_notes(x))))",
    # Twice, since what stands between two strokes belongs to both.
    "CREATE MACRO role_kept_once(x) AS regexp_replace("
    rf"regexp_replace(x, '(^|{_NO_LETTER})({_LETTER}) / ({_LETTER})($|{_NO_LETTER})', '\1\2{_KEPT}\3\4', 'g'), "
    rf"'(\([^()]*) / ([^()]*\))', '\1{_KEPT}\2', 'g')",
    "CREATE MACRO role_kept(x) AS role_kept_once(role_kept_once(x))",
    # The roles of a credit, each with its own parentheses; at least one, which may be empty.
    "CREATE MACRO role_parts(x) AS CASE WHEN NOT contains(x, ' / ') AND trim(x, '. …') <> '' THEN [x] ELSE coalesce(nullif("
    "list_transform(list_filter(string_split(role_kept(x), ' / '), lambda p: trim(p, '. …') <> ''), "
    f"lambda p: trim(replace(p, '{_KEPT}', ' / '))), []), ['']) END",
    r"CREATE MACRO role_items(x) AS flatten(list_transform(regexp_extract_all(x, '\(([^()]*)\)', 1), "
    f"lambda p: CASE WHEN regexp_full_match(p, {_WHOLE}) "
    r"THEN [trim(p)] ELSE list_transform(string_split(regexp_replace(p, '([0-9]),([0-9]{3}\b)', '\1\2', 'g'), ','), lambda q: trim(q)) END))",
    f"CREATE MACRO is_self(x) AS {_matches('x', _SELVES)}",
    f"CREATE MACRO is_plain_narrator(x) AS {_matches('x', NARRATOR)}",
    f"CREATE MACRO is_nobody(x) AS {_matches('x', NOBODY)}",
    f"CREATE MACRO is_voices(x) AS {_matches('x', VOICES)}",
)
"""SQL macros over the text of a role."""


def roles(source: str, text: str, note: str) -> str:
    """SQL for the roles of credits: one row for each role, ``part`` numbering those of a credit from 1.

    Adds to the columns of the source: ``part``, ``printed`` (the role as printed, without its notes, NULL where none
    is), ``character`` (NULL for people as themselves and where none is named), ``notes``, ``credited_as``,
    ``episodes_told``, ``years`` and ``performance_type`` (NULL for a plain performance).

    Args:
        source: SQL of a query.
        text: its column with the role as printed, NULL where there is none.
        note: SQL for a note that holds for the whole credit, or NULL.
    """
    return rf"""
    SELECT * EXCLUDE (role_name, items, part_text, credit_text),
      nullif(role_name, '') AS printed,
      CASE WHEN role_name = '' OR is_self(role_name) OR is_plain_narrator(role_name) OR is_nobody(role_name) THEN NULL ELSE role_name END AS character,
      list_sort(list_distinct(list_filter(items, lambda i: NOT regexp_full_match(i, {_APART})))) AS notes,
      nullif(squeeze(regexp_extract(list_filter(items, lambda i: regexp_matches(i, '(?i)^as '))[1], '(?i)^as (.+)$', 1)), '') AS credited_as,
      TRY_CAST(regexp_extract(list_filter(items, lambda i: regexp_full_match(i, '(?i){_EPISODES}'))[1], '^[0-9]+') AS BIGINT) AS episodes_told,
      list_filter(items, lambda i: regexp_full_match(i, '{_YEARS}')) AS years,
      CASE WHEN len(list_filter(items, lambda i: starts_with(lower(i), 'archiv'))) > 0 THEN 'ArchivePerformance'
        WHEN regexp_matches(role_name, '(?i)(^|\s)narrator$') OR is_plain_narrator(role_name)
          OR len(list_filter(items, lambda i: starts_with(lower(i), 'narrator'))) > 0 THEN 'Narration'
        WHEN len(list_filter(items, lambda i: regexp_matches(i, '(?i)^([a-z]+ )?voice'))) > 0 OR is_voices(role_name) THEN 'VoicePerformance'
      END AS performance_type
    FROM (
      SELECT * EXCLUDE (own, shared), trim(left(part_text, length(part_text) - length(own))) AS role_name,
        CASE WHEN shared = '' AND own = '' AND own_note IS NULL THEN []
          ELSE role_items(own) || role_items(shared) || CASE WHEN own_note IS NULL THEN [] ELSE [own_note] END
        END AS items
      FROM (
        SELECT * EXCLUDE (parts), role_notes(part_text) AS own
        FROM (
          SELECT *, unnest(parts) AS part_text, generate_subscripts(parts, 1) AS part
          FROM (
            SELECT *, role_parts(trim(left(credit_text, length(credit_text) - length(shared)))) AS parts
            FROM (
              SELECT *, role_notes(credit_text) AS shared
              FROM (SELECT *, coalesce(mended({text}), '') AS credit_text, {note} AS own_note FROM ({source}))
            )
          )
        )
      )
    )"""
