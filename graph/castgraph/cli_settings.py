"""The ``castgraph settings`` command, and the settings as options of other commands: both made from the one list of rows."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

import click

from castgraph.cli import explained
from castgraph.settings import Settings, help_of, unknown_variables, variable_of

_Command = Callable[..., object]


def settings_options(leave_out: Collection[str] = ()) -> Callable[[_Command], _Command]:
    """An option for each setting: ``--max-rows`` for ``max_rows``. What is not given is None. A secret has none.

    Args:
        leave_out: names of settings that get no option.
    """
    rows = [row for row in fields(Settings) if row.name not in leave_out and not row.metadata.get("secret")]

    def decorate(command: _Command) -> _Command:
        for row in reversed(rows):
            command = _option(row.name, row.default)(command)
        return command

    return decorate


def _option(name: str, default: Any) -> Callable[[_Command], _Command]:
    kind = get_type_hints(Settings)[name]
    shown = f"{help_of(name)}  [env: {variable_of(name)}; default: {_told(default)}]"
    if kind is bool:
        return click.option(_flag(name), is_flag=True, default=None, help=shown)
    return click.option(_flag(name), type=click.Path(path_type=Path) if kind is Path else kind, help=shown)


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the settings as JSON.")
@explained
def settings(as_json: bool) -> None:
    """Print all settings: their environment variable, value, default, and what each is for."""
    now = Settings.from_environment()
    rows = [
        {
            "name": row.name,
            "variable": variable_of(row.name),
            "value": _shown(getattr(now, row.name), secret=bool(row.metadata.get("secret"))),
            "default": _plain(row.default),
            "is_set": variable_of(row.name) in os.environ,
            "help": help_of(row.name),
        }
        for row in fields(Settings)
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for row in rows:
            was = f"  (default: {_told(row['default'])})" if row["value"] != row["default"] else ""
            click.echo(f"{row['variable']}={'' if row['value'] == '' else _told(row['value'])}{was}\n    {row['help']}")
    for variable in unknown_variables():
        click.echo(f"castgraph: {variable} is set, but there is no such setting", err=True)


def _shown(value: object, *, secret: bool) -> object:
    return "(not shown)" if secret and value else _plain(value)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Path) else value


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value) or "(empty)"
