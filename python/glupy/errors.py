"""Errno numbers and exceptions. Numbers are Linux's; `errno` and OSError agree with them here."""

import os

from . import _errno

errorcode = {number: name for name, number in reversed(_errno.NAMES.items())}


def strerror(op_errno):
    """The message of a Linux errno."""
    return os.strerror(op_errno)


def os_error(op_errno):
    """The exception for a failed fop: FileNotFoundError for ENOENT, and so on."""
    return OSError(op_errno, os.strerror(op_errno))


def errno_of(error):
    """The Linux errno of an OSError; EIO for one that has none."""
    import _glossa

    return _glossa._errno_of(error) or _errno.EIO


class AlreadyAnswered(RuntimeError):
    """The frame has had its answer: it can be neither answered nor wound again."""


class HandleExpired(RuntimeError):
    """An object of a request was used after the request had ended; copy what you want to keep."""
