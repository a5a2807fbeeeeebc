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
    body_timeout: float = field(
        default=30.0, metadata={"help": "Seconds within which a request body must have come (large ones: 100 kB/s)."}
    )
    max_query: int = field(default=250_000, metadata={"help": "Longest query the endpoint takes, in characters."})
    timeout: float = field(
        default=10.0, metadata={"help": "Seconds a query may take; a request's timeout= may lower it."}
    )
    memory_mb: int = field(default=1024, metadata={"help": "Memory a query may use, in MB."})
    max_rows: int = field(default=10_000_000, metadata={"help": "Rows a result may have."})
    query_workers: int = field(
        default=4, metadata={"help": "Queries each server process evaluates at a time, besides as many long ones."}
    )
    query_queue: int = field(
        default=32, metadata={"help": "Queries that may wait for a worker in each server process; more are refused."}
    )
    cache_memory: int = field(
        default=64, metadata={"help": "Memory for results that are asked for again, in MB, in each server process."}
    )
    rate_limit: str = field(
        default="",
        metadata={"help": "Requests an address may make, such as '60/minute'; empty: any number."},
    )
    access_log: str = field(
        default="",
        metadata={"help": "File the requests are logged to, a JSON object each; '-' is standard error; empty: none."},
    )
    slow_query: float = field(
        default=2.0, metadata={"help": "Seconds after which a query is written to the server's log."}
    )
    writable: bool = field(
        default=False,
        metadata={"help": "Whether those who show the token may change the graph (SPARQL Update, PUT …)."},
    )
    token: str = field(
        default="",
        repr=False,
        metadata={"help": "Secret that lets its bearer change the graph and ask for more time.", "secret": True},
    )
    token_file: str = field(default="", metadata={"help": "File that holds the token, instead of giving it here."})
    most_timeout: float = field(
        default=600.0, metadata={"help": "Seconds a request that shows the token may ask for by timeout=."}
    )
    update_timeout: float = field(
        default=60.0, metadata={"help": "Seconds an update may take, inference and checks included."}
    )
    update_memory: int = field(default=4096, metadata={"help": "Memory an update may use, in MB."})
    update_wait: float = field(
        default=10.0, metadata={"help": "Seconds an update waits while another update or a build is at work."}
    )
    max_update: int = field(
        default=50_000_000,
        metadata={"help": "Largest update or graph the server takes from a bearer of the token, in bytes."},
    )
    endpoint_timeout: float = field(
        default=30.0, metadata={"help": "Seconds without an answer after which a remote endpoint counts as dead."}
    )

    service_allow: str = field(
        default="",
        metadata={
            "help": "Endpoints a query may ask by SERVICE, and networks beyond the public ones they may be in, with spaces between."
        },
    )
    service_timeout: float = field(
        default=5.0, metadata={"help": "Seconds a query may wait for the endpoints it asks by SERVICE, all together."}
    )
    service_size: int = field(
        default=10_000_000, metadata={"help": "Largest answer of an endpoint asked by SERVICE, in bytes."}
    )
    service_rows: int = field(
        default=100_000, metadata={"help": "Rows an answer of an endpoint asked by SERVICE may have."}
    )

    def __post_init__(self) -> None:
        if not self.base.startswith(("http://", "https://")) or not self.base.endswith("/"):
            raise UsageError(f"base: {self.base!r} is not an http(s) IRI that ends in '/'")
        if not 0 <= self.port <= 65535:
            raise UsageError(f"port: {self.port} is not between 0 and 65535")
        for name, least in _LEAST.items():
            if not getattr(self, name) >= least:
                raise UsageError(f"{name}: {getattr(self, name)} is less than {least}")

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
                read = _truth if types[row.name] is bool else types[row.name]
                try:
                    values[row.name] = read(environment[variable])
                except ValueError as error:
                    raise UsageError(
                        f"{variable}: {environment[variable]!r} is no {types[row.name].__name__}"
                    ) from error
        return cls(**values)  # type: ignore[arg-type]


def _truth(text: str) -> bool:
    """What a variable says of a yes-or-no setting."""
    told = {"": False, "0": False, "false": False, "no": False, "off": False,
            "1": True, "true": True, "yes": True, "on": True}  # fmt: skip
    if text.strip().lower() not in told:
        raise ValueError(text)
    return told[text.strip().lower()]


_LEAST = {
    "workers": 1, "max_query": 1, "timeout": 0.001, "memory_mb": 16, "max_rows": 1, "query_workers": 1,
    "query_queue": 0, "cache_memory": 0, "slow_query": 0, "service_timeout": 0.001, "service_size": 1, "service_rows": 0,
    "most_timeout": 0.001, "update_timeout": 0.001, "update_memory": 64, "update_wait": 0, "max_update": 1,
    "body_timeout": 0.1,
}  # fmt: skip


def variable_of(name: str) -> str:
    """The environment variable of a setting.

    >>> variable_of("max_body")
    'CASTGRAPH_MAX_BODY'
    """
    return f"CASTGRAPH_{name.upper()}"


def unknown_variables(environment: Mapping[str, str] | None = None) -> list[str]:
    """Variables named like a setting that are none, such as one that is misspelt.

    >>> unknown_variables({"CASTGRAPH_PROT": "9000", "CASTGRAPH_PORT": "9000", "CASTGRAPH_BENCH_DATA": "here"})
    ['CASTGRAPH_PROT']
    """
    known = {variable_of(row.name) for row in fields(Settings)}
    named = (name for name in (os.environ if environment is None else environment) if name.startswith("CASTGRAPH_"))
    return sorted(name for name in named if name not in known and not name.startswith("CASTGRAPH_BENCH_"))


def help_of(name: str) -> str:
    """The sentence of help of a setting."""
    return str(next(row.metadata["help"] for row in fields(Settings) if row.name == name))
