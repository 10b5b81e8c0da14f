"""Errno numbers, and the errno of an exception. Numbers are Linux's; `errno` and OSError agree with them here."""

import os

from . import _errno

errorcode = {number: name for name, number in reversed(_errno.NAMES.items())}

# Errnos of exceptions raised without a number, as in `raise FileNotFoundError(name)`.
_BY_CLASS = {
    BlockingIOError: _errno.EAGAIN,
    BrokenPipeError: _errno.EPIPE,
    ChildProcessError: _errno.ECHILD,
    ConnectionAbortedError: _errno.ECONNABORTED,
    ConnectionRefusedError: _errno.ECONNREFUSED,
    ConnectionResetError: _errno.ECONNRESET,
    FileExistsError: _errno.EEXIST,
    FileNotFoundError: _errno.ENOENT,
    InterruptedError: _errno.EINTR,
    IsADirectoryError: _errno.EISDIR,
    NotADirectoryError: _errno.ENOTDIR,
    PermissionError: _errno.EACCES,
    ProcessLookupError: _errno.ESRCH,
    TimeoutError: _errno.ETIMEDOUT,
}


def strerror(op_errno: int) -> str:
    """The message of a Linux errno."""
    return os.strerror(op_errno)


def os_error(op_errno):
    """The exception for a failed fop: FileNotFoundError for ENOENT, and so on."""
    return OSError(op_errno, os.strerror(op_errno))


def errno_of(error):
    """The Linux errno of an OSError, its own or that of its class; 0 for none.

    `OSError(ENOENT)` counts too, though Python stores no errno in it.
    """
    import _glossa

    found = _glossa._errno_of(error) or _BY_CLASS.get(type(error), 0)
    return found or (error.args[0] if len(error.args) == 1 and is_errno(error.args[0]) else 0)


def is_errno(value):
    """True for an errno that a reply can carry."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 512


class AlreadyAnswered(RuntimeError):
    """The frame was answered already: it can be neither answered nor wound again."""


class HandleExpired(RuntimeError):
    """An object of a request was used after the request had ended; use `copy()` to keep it."""


for _class in AlreadyAnswered, HandleExpired:
    _class.__module__ = "glupy"  # where authors import them from, and what a traceback shows
