"""A writer: a process that carries out one change to the graph and ends.

It is run as a file by the server process that waits for it, which kills it and all it started at the deadline. It does
all its work beside the current snapshot; before it moves the pointer it asks once more (``READY``), and only what it is
told then makes the change count. When the server dies it ends, unless the pointer is being moved already.
"""

from __future__ import annotations

import json
import os
import queue
import re
import resource
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import pyoxigraph as ox

from castgraph import changes
from castgraph.draft import Draft
from castgraph.errors import (
    BusyError,
    CastgraphError,
    InconsistentDataError,
    OutdatedError,
    QueryParameterError,
    QueryRefusedError,
    QuerySyntaxError,
    StillHoldsError,
)
from castgraph.formats import Format
from castgraph.records import Json
from castgraph.revise import Revision, revise
from castgraph.store import Dataset
from castgraph_server.frames import END, FAILURE, REQUEST, Closed, Receiver, tell
from castgraph_server.seal import seal

STACK = 256 << 20
"""Bytes of stack, as a query worker has."""

STEP, READY = b"S", b"R"
"""Frames that tell: a step begins, the first one when the data folder is ours; all is ready for the pointer to be moved."""

ANSWER_SECONDS = 30.0
"""How long a writer that is ready waits for the word."""


class MissingGraph(Exception):  # noqa: N818 - told as 404
    """A graph is to be deleted that is not there."""


class Writer:
    """Carries out the request that comes over a connection."""

    def __init__(self, connection: socket.socket, memory: int, *, is_sealed: bool) -> None:
        self._is_sealed = is_sealed  # off the network, by the kernel
        self._connection = connection
        self._memory = memory
        self._words: queue.Queue[bool] = queue.Queue()
        self._commits = False
        self._created = False

    def run(self) -> None:
        """Carry it out, and tell how it ended."""
        frames = Receiver(self._connection)
        kind, content = frames.frame()
        assert kind == REQUEST
        request = json.loads(content)
        parts = [frames.frame()[1] for _ in request["parts"]]
        threading.Thread(target=self._listen, args=(frames,), daemon=True).start()
        limit = _data_size() + self._memory
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
        told: dict[str, Json]
        try:
            done = self._revise(request, parts)
        except Exception as error:  # noqa: BLE001 - the outermost boundary of this process; the server logs it
            told = _failure(error)
            tell(self._connection, FAILURE, told)
            return
        tell(self._connection, END, {**done.as_json(), "created": self._created})

    def _revise(self, request: dict[str, object], parts: list[bytes]) -> Revision:
        only_if = request["only_if"]

        return revise(
            Path(str(request["data"])),
            lambda draft: self._change(draft, request, parts),
            only_if=None if only_if is None else [str(only_if)],
            wait=float(str(request["wait"])),
            commit=self._commit,
            progress=lambda step: tell(self._connection, STEP, {"step": step}),
        )

    def _change(self, draft: Draft, request: dict[str, object], parts: list[bytes]) -> None:
        base = str(request["base"])
        if request["kind"] == "update":
            default, named = request["default"], request["named"]
            assert isinstance(default, list)
            assert isinstance(named, list)
            text = parts[0].decode()
            if not self._is_sealed and re.search(r"service|load|\\", text, re.IGNORECASE):
                raise QueryRefusedError(
                    "the update holds the word SERVICE or LOAD, or an escape that may hide it, and this machine cannot "
                    "keep the writer off the network"
                )
            changes.update(draft, text, Dataset(tuple(default), tuple(named)), base)
            return
        graph = ox.NamedNode(str(request["graph"]))
        self._created = draft.is_empty(graph)
        if request["kind"] == "delete":
            if self._created:
                raise MissingGraph(f"The snapshot has no graph <{graph.value}>; /graphs lists those it has.")
            changes.clear(draft, graph)
            return
        formats = request["parts"]
        assert isinstance(formats, list)
        triples = [triple for name, part in zip(formats, parts, strict=True) for triple in _read(part, name, base)]
        act: Callable[[Draft, ox.NamedNode, Iterable[ox.Triple]], None]
        act = changes.replace if request["kind"] == "replace" else changes.merge
        act(draft, graph, triples)

    def _commit(self, id_: str) -> None:
        tell(self._connection, READY, {"snapshot": id_})
        if not self._words.get(timeout=ANSWER_SECONDS):
            raise TimeoutError("the server does not want the change any more")
        self._commits = True

    def _listen(self, frames: Receiver) -> None:
        """Hear the word of the server, and end with it."""
        try:
            while True:
                _, content = frames.frame()
                self._words.put(bool(json.loads(content)["go"]))
        except Closed:
            if not self._commits:
                os.killpg(os.getpgrp(), signal.SIGKILL)  # the rule engine with it


def _read(part: bytes, name: str, base: str) -> list[ox.Triple]:
    codec = Format[name].codec
    assert isinstance(codec, ox.RdfFormat)
    try:
        return [quad.triple for quad in ox.parse(part, format=codec, base_iri=base, rename_blank_nodes=True)]
    except SyntaxError as error:
        raise QuerySyntaxError(error.msg, line=error.lineno, column=error.offset) from error
    except ValueError as error:
        raise QuerySyntaxError(str(error)) from error


def _failure(error: Exception) -> dict[str, Json]:
    """A failure as it is told to the server."""
    match error:
        case QuerySyntaxError():
            return {"kind": "syntax", "problem": error.problem, "line": error.line, "column": error.column}
        case StillHoldsError():
            told: dict[str, Json] = {"triple": error.triple, "reason": error.reason, "premises": [*error.premises]}
            return {"kind": "conflict", "problem": str(error), "members": told}
        case InconsistentDataError():
            problem = "The data would contradict the ontology. Nothing was changed."
            return {"kind": "conflict", "problem": problem, "members": {"violations": [*error.violations[:100]]}}
        case OutdatedError():
            return {"kind": "outdated", "problem": str(error)}
        case BusyError():
            return {"kind": "busy", "problem": str(error)}
        case QueryParameterError():
            return {"kind": "parameter", "problem": str(error)}
        case QueryRefusedError():
            return {"kind": "refused", "problem": str(error)}
        case MissingGraph():
            return {"kind": "missing", "problem": str(error)}
        case MemoryError():
            return {"kind": "memory", "problem": ""}
        case CastgraphError():
            return {"kind": "failure", "problem": str(error)}
    return {"kind": "failure", "problem": f"{type(error).__name__}: {error}"}


def _data_size() -> int:
    """Bytes of memory this process has taken for itself, as RLIMIT_DATA counts them."""
    with Path("/proc/self/statm").open("rb") as statm:
        return int(statm.read().split()[5]) * resource.getpagesize()


def main(descriptor: int, memory: int) -> None:
    """Carry out what comes over the connection with that descriptor."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    writer = Writer(socket.socket(fileno=descriptor), memory, is_sealed=seal())
    threading.stack_size(STACK)
    thread = threading.Thread(target=writer.run)
    thread.start()
    thread.join()
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
