"""Errno numbers and exceptions.

Numbers are Linux's, whatever the interpreter was built for: the one that runs here counts errnos as
WASI does, so the standard module `errno` is given Linux's numbers too, and an OSError made for a
failed fop has the subclass (FileNotFoundError, ...) that belongs to its Linux number.
"""

import errno as _errno

from . import _errno as _table

errorcode = {number: name for name, number in _table.NAMES.items()}

_CLASSES = {
    _table.ENOENT: FileNotFoundError,
    _table.EEXIST: FileExistsError,
    _table.ENOTDIR: NotADirectoryError,
    _table.EISDIR: IsADirectoryError,
    _table.EACCES: PermissionError,
    _table.EPERM: PermissionError,
    _table.EAGAIN: BlockingIOError,
    _table.EINTR: InterruptedError,
    _table.ETIMEDOUT: TimeoutError,
    _table.EPIPE: BrokenPipeError,
    _table.ECONNREFUSED: ConnectionRefusedError,
    _table.ECONNRESET: ConnectionResetError,
    _table.ECONNABORTED: ConnectionAbortedError,
    _table.ESRCH: ProcessLookupError,
    _table.ECHILD: ChildProcessError,
}

# Errors that the interpreter itself raises (its own small file system) count as WASI does.
_WASI = {
    (FileNotFoundError, 44): _table.ENOENT,
    (FileExistsError, 20): _table.EEXIST,
    (NotADirectoryError, 54): _table.ENOTDIR,
    (IsADirectoryError, 31): _table.EISDIR,
    (PermissionError, 63): _table.EPERM,
    (TimeoutError, 73): _table.ETIMEDOUT,
}


def use_linux_numbers():
    """Gives the standard module `errno` Linux's numbers."""
    for name in [name for name in dir(_errno) if name.startswith("E")]:
        delattr(_errno, name)
    for name, number in _table.NAMES.items():
        setattr(_errno, name, number)
    _errno.errorcode.clear()
    _errno.errorcode.update(errorcode)


def strerror(op_errno):
    """The message of a Linux errno, as os.strerror would give it there."""
    return _table.MESSAGES.get(op_errno, f"Unknown error {op_errno}")


def os_error(op_errno):
    """The exception for a failed fop."""
    return _CLASSES.get(op_errno, OSError)(op_errno, strerror(op_errno))


def errno_of(error):
    """The Linux errno of an OSError; EIO for one that has none."""
    number = _WASI.get((type(error), error.errno), error.errno)
    if isinstance(number, int) and number > 0:
        return number
    for candidate, cls in _CLASSES.items():
        if type(error) is cls:
            return candidate
    return _table.EIO


class AlreadyAnswered(RuntimeError):
    """The frame has had its answer: it can be neither answered nor wound again."""


class HandleExpired(RuntimeError):
    """An object of a request was used after the request had ended; copy what you want to keep."""
