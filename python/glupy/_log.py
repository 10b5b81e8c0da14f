"""Sends Python's logging and print() to the volume's log, with their source place."""

import io
import logging
import sys
from contextvars import ContextVar

import _host

# GlusterFS's numbers of the levels.
_LEVELS = (
    (logging.CRITICAL, 3),
    (logging.ERROR, 4),
    (logging.WARNING, 5),
    (logging.INFO, 7),
    (logging.NOTSET + 1, 8),
)
_TRACE = 9

# The list of texts that receives the output of a prompt's line.
console = ContextVar("console", default=None)


def _level_of(levelno):
    return next((level for least, level in _LEVELS if levelno >= least), _TRACE)


class _Handler(logging.Handler):
    def emit(self, record):
        try:
            text = self.format(record)
        except Exception as error:
            text = f"{record.msg!r} {record.args!r} cannot be formatted: {error}"
        _host.log(_level_of(record.levelno), record.pathname, record.lineno, record.funcName, text)


_is_enabled = logging.Logger.isEnabledFor


def _is_wanted(self, level):
    """Skips the formatting of lines that the volume does not write."""
    return _is_enabled(self, level) and bool(_host.logs(_level_of(level)))


class _Printer(io.TextIOBase):
    """Turns printed text into log lines, written when complete."""

    encoding = "utf-8"

    def __init__(self, level):
        self._level = level
        self._rest = ""

    def writable(self):
        return True

    def write(self, text):
        if (typed := console.get()) is not None:
            typed.append(text)
            return len(text)
        *lines, self._rest = (self._rest + text).split("\n")
        caller = sys._getframe(1)
        for line in lines:
            code = caller.f_code
            _host.log(self._level, code.co_filename, caller.f_lineno, code.co_name, line)
        return len(text)


def install():
    root = logging.getLogger()
    root.handlers[:] = [_Handler()]
    root.setLevel(logging.NOTSET)
    logging.Logger.isEnabledFor = _is_wanted
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    sys.stdout, sys.stderr = _Printer(7), _Printer(5)
