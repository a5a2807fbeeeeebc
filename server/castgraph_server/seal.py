"""Shuts a process off the network, for good: the kernel refuses it every new socket (seccomp, Linux).

What guards a query worker's text (:mod:`castgraph.guards`) has to read it as the engine does. This has not.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys

_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _FILTER = 22, 38, 2
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # BPF: ld abs, jeq, jge, ret
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES

_MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""By machine: the kernel's name of the architecture, and the number of socket(2)."""

_IO_URING_SETUP, _OTHER_NUMBERS = 425, 0x40000000  # a ring makes sockets too; from there on x86_64 counts anew


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def seal() -> bool:
    """Have the kernel refuse this thread, and all it starts, new sockets; those open stay. False where it cannot.

    Call it before other threads are started. It cannot be undone.
    """
    machine = _MACHINES.get(os.uname().machine)
    if not sys.platform.startswith("linux") or machine is None:
        return False
    architecture, make_socket = machine
    program = b"".join(
        struct.pack("HBBI", *instruction)
        for instruction in (
            (_LOAD, 0, 0, 4),  # the architecture of the call
            (_EQUAL, 0, 5, architecture),  # another one: refused
            (_LOAD, 0, 0, 0),  # its number
            (_AT_LEAST, 3, 0, _OTHER_NUMBERS),
            (_EQUAL, 2, 0, make_socket),
            (_EQUAL, 1, 0, _IO_URING_SETUP),
            (_RETURN, 0, 0, _ALLOW),
            (_RETURN, 0, 0, _REFUSE),
        )
    )
    library = ctypes.CDLL(None, use_errno=True)
    held = ctypes.create_string_buffer(program, len(program))
    told = _Program(len(program) // 8, ctypes.cast(held, ctypes.c_void_p))
    if library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    return not library.prctl(_PR_SET_SECCOMP, _FILTER, ctypes.byref(told), 0, 0)
