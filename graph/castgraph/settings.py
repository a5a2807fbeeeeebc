"""Settings as rows of data: each has one home, a default, an environment variable and a sentence of help."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import get_type_hints

from castgraph.errors import UsageError
from castgraph.iris import DEFAULT_BASE


@dataclass(frozen=True)
class Settings:
    """What can be set, for the command line and the server alike.

    >>> Settings.from_environment({"CASTGRAPH_PORT": "9000"}).port
    9000
    """

    data: Path = field(default=Path("castgraph-data"), metadata={"help": "Folder of the snapshots."})
    base: str = field(default=DEFAULT_BASE, metadata={"help": "IRI below which things and graphs get their IRIs."})
    host: str = field(default="127.0.0.1", metadata={"help": "Address the server listens on."})
    port: int = field(default=8000, metadata={"help": "Port the server listens on."})
    workers: int = field(default=1, metadata={"help": "Server processes."})
    max_body: int = field(default=1_000_000, metadata={"help": "Largest request body the server takes, in bytes."})
    endpoint_timeout: float = field(
        default=30.0, metadata={"help": "Seconds without an answer after which a remote endpoint counts as dead."}
    )

    def __post_init__(self) -> None:
        if not self.base.startswith(("http://", "https://")) or not self.base.endswith("/"):
            raise UsageError(f"base: {self.base!r} is not an http(s) IRI that ends in '/'")
        if not 0 <= self.port <= 65535:
            raise UsageError(f"port: {self.port} is not between 0 and 65535")
        if self.workers < 1:
            raise UsageError(f"workers: {self.workers} is fewer than 1")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """The defaults, with what ``CASTGRAPH_<NAME>`` variables say instead.

        Raises:
            UsageError: a variable's value is not of the setting's type; the message names it.
        """
        environment = os.environ if environment is None else environment
        types = get_type_hints(cls)
        values: dict[str, object] = {}
        for row in fields(cls):
            variable = variable_of(row.name)
            if variable in environment:
                try:
                    values[row.name] = types[row.name](environment[variable])
                except ValueError as error:
                    raise UsageError(
                        f"{variable}: {environment[variable]!r} is no {types[row.name].__name__}"
                    ) from error
        return cls(**values)  # type: ignore[arg-type]


def variable_of(name: str) -> str:
    """The environment variable of a setting.

    >>> variable_of("max_body")
    'CASTGRAPH_MAX_BODY'
    """
    return f"CASTGRAPH_{name.upper()}"


def help_of(name: str) -> str:
    """The sentence of help of a setting."""
    return str(next(row.metadata["help"] for row in fields(Settings) if row.name == name))
