"""Logs a module's errors with their place in the module."""

import linecache
import os
import sys
import warnings
from types import CoroutineType

import _glossa
import _host

from ._packages import why_missing
from ._source import code_of, never_awaited_calls

_ERROR, _WARNING = 4, 5
_SITE = os.path.dirname(os.path.dirname(__file__))
_OWN = f"{_SITE}/glupy/", f"{_SITE}/gluster/"


class Misuse(TypeError):
    """A mistake that no line of the module raised."""

    place = None  # (file, line, function) to fix, if known


Misuse.__name__ = Misuse.__qualname__ = "TypeError"
Misuse.__module__ = "builtins"


def misuse(code, line, text):
    """Makes the error of a mistake at a line of a function; raise it."""
    made = Misuse(text)
    made.place = (code.co_filename, line, code.co_name) if code else None
    return made


_told = set()


def warn_once(code, line, text):
    """Logs a warning at a line of the module, once."""
    if (code, line) not in _told:
        _told.add((code, line))
        _host.log(_WARNING, code.co_filename, line, code.co_name, text)


def place_of_step(callback):
    """The code and line at which a step's task waits now, or of a timer's function; None if neither
    is known. It holds no task: its exception is logged when the task is freed.
    """
    task = getattr(callback, "__self__", None)
    coroutine = task.get_coro() if hasattr(task, "get_coro") else None
    code = getattr(coroutine, "cr_code", None) or getattr(callback, "__code__", None)
    if code is None:
        return None
    frame = getattr(coroutine, "cr_frame", None)
    return code, frame.f_lineno if frame else code.co_firstlineno


def warn_of_own_work(place, milliseconds):
    """Logs, once, that work which no request waits for took long."""
    text = (
        f"work that no request waits for took {milliseconds / 1000:.1f} s: while requests come, it"
        " gets a share of the time (option background-share)"
    )
    warn_once(*place, text)


def report(error, what, row=None):
    """Logs an exception: the operation, the exception, and the traceback in further lines.

    row: the fop whose method's place is shown when the traceback has no line of the module.
    """
    if isinstance(error, MemoryError):
        _host.relieve()
    if not _host.logs(_ERROR):
        return
    try:
        _glossa.number_as_linux(error)
        place = place_in_module(error) or getattr(error, "_returned", None) or place_of_method(row)
        whole = trimmed(error)
        shown = "".join(whole.format()).rstrip()
        first = exception_line(whole)
        advice = _glossa.hint(error)
        # Python's own suggestion replaces a similar one of ours.
        guessed = "Did you mean" in first and advice.startswith("did you mean")
        plain = first.partition(". Did you mean")[0]
        told = f"{plain} ({advice})" if advice and not guessed else first
        text = told if shown == first else f"{told}\n{shown}"
    except BaseException as failure:
        # Out of memory, or the exception raises when shown.
        place = place_of_method(row)
        text = f"{type(error).__name__} ({type(failure).__name__} in showing it)"
    _host.log(_ERROR, *place, f"{what}: {text}")


def exception_line(whole):
    """The type and message of a trimmed exception, without the traceback."""
    return "".join(whole.format_exception_only()).rstrip()


def listing(error):
    """An exception with its traceback, as Python prints it."""
    return "".join(trimmed(error).format())


def trimmed(error):
    """A traceback.TracebackException without frames of this package and of asyncio."""
    return _glossa.without_frames(error, _is_internal)


def place_in_module(error):
    """The innermost place in a file of the module; None outside of the module."""
    return (isinstance(error, Misuse) and error.place) or _glossa.place_of_error(error)


def _is_internal(filename):
    return filename.startswith((*_OWN, "<glupy ")) or "/asyncio/" in filename


def place_of_method(row):
    """The place of a fop's method, or else of its callback."""
    code = code_of(row.method or row.cbk) if row else None
    return (code.co_filename, code.co_firstlineno, code.co_name) if code else ("-", 0, "-")


def place_of_return(row):
    """The only line where a fop's method returns a value; its first line if there are several."""
    file, line, name = place_of_method(row)
    lines = [
        number
        for _, number in _lines_of(row)
        if linecache.getline(file, number).lstrip().startswith("return ")
    ]
    return (file, *lines, name) if len(lines) == 1 else (file, line, name)


def _lines_of(row):
    """{(file, line)} of a fop's method."""
    code = code_of(row.method or row.cbk) if row else None
    return {(code.co_filename, line) for _, _, line in code.co_lines() if line} if code else set()


def error_at(row, text):
    """Logs an error at a fop's method."""
    _host.log(_ERROR, *place_of_method(row), f"{row.name}: {text}")


def error_in_task(task, text):
    """Logs an error at a task's coroutine, if known."""
    code = getattr(task and task.get_coro(), "cr_code", None)
    place = (code.co_filename, code.co_firstlineno, code.co_name) if code else ("-", 0, "-")
    _host.log(_ERROR, *place, text)


def _show_warning(message, category, filename, lineno, file=None, line=None):
    _host.log(_WARNING, filename, lineno, "-", f"{category.__name__}: {message}")


interrupted = []
"""Called when the time limit interrupted a finalizer or a weak reference's callback."""


def _show_unraisable(unraisable):
    if isinstance(unraisable.exc_value, _glossa.TimeLimit):
        # Python ignores exceptions in finalizers and weak references' callbacks: the surrounding
        # call may continue.
        for go_on in interrupted:
            go_on()
        _host.interrupt_again()
        return
    what = unraisable.err_msg or "an exception was ignored in"
    report(unraisable.exc_value, f"{what} {unraisable.object!r}")


_shown = warnings._showwarnmsg


def _show_message(message):
    """Handles Python's warning of an unawaited coroutine, which names only the place of its loss.
    """
    if isinstance(message.source, CoroutineType):
        tell_unawaited(*_unawaited(message.source, (message.filename, message.lineno)))
    else:
        _shown(message)


def _unawaited(coroutine, gone):
    """(file, line, text) about an unawaited coroutine and its loss."""
    code, name = coroutine.cr_code, coroutine.cr_code.co_name
    found = never_awaited_calls(name)
    found = [one for one in found if one[:2] == gone] or found
    file, line, fix = _where_made(
        found, (code.co_filename, code.co_firstlineno), f"write await {name}(...)"
    )
    return file, line, f"{name}(...) was never awaited, so nothing of it ran: {fix}"


def _where_made(found, otherwise, advice):
    """(file, line, advice) about the first of the found calls; the advice lists the others."""
    if not found:
        return *otherwise, advice
    file, line, fix = found[0]
    also = "".join(f", or in line {number}" for _, number, _ in found[1:])
    return file, line, f"write {fix}{also}"


def tell_failed(error, name, row):
    """Logs the failure of an unawaited request to a child: fop `name`, sent by a method of `row`.
    """
    found = never_awaited_calls(name)
    own = _lines_of(row)
    found = [one for one in found if one[:2] in own] or found
    file, line, fix = _where_made(found, place_of_method(row)[:2], "await what was asked for")
    text = f"{name} of a child failed, and was not awaited: {exception_line(trimmed(error))}; {fix}"
    _host.log(_WARNING, file, line, "-", text)


def tell_unawaited(file, line, text):
    _host.log(_WARNING, file, line, "-", text)


def install():
    """Sends warnings and uncatchable exceptions to the log."""
    _glossa.why_missing = why_missing
    warnings._showwarnmsg = _show_message
    warnings.showwarning = _show_warning
    sys.unraisablehook = _show_unraisable
