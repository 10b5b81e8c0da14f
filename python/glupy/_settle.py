"""Handles a method's return: its error, or a pending request. Results are the codes of frame.py."""

import inspect
import reprlib
import weakref

import _host

from ._report import error_at, interrupted, report
from ._source import asks_child, code_of
from .frame import ANSWERED, FAILED, LATER, NOTHING, WORDS, kept, waiting

_NO_REPLY = "the request was neither answered nor passed on, and nothing can reach it any more"


def _asked(row):
    """Advice for a plain method that calls a child without an await."""
    method = row.method
    found = None if inspect.iscoroutinefunction(method) else asks_child(code_of(method))
    if found is None:
        return ""
    line, text = found
    return f"; line {line}: {text} has to be awaited, in an async def {row.name}, or use frame.wind"


def _answer_returned(result):
    """The fix for a return that was meant as the answer; None if it was not."""
    if not result or not isinstance(result, (int, tuple, list, dict)):
        return None
    return (
        f"it returned {reprlib.repr(result)}, which answers only in an async def: "
        "write frame.unwind(op_ret, op_errno, ...) or frame.fail(ENOENT)"
    )


class _Kept(weakref.ref):
    """A weak reference to a frame that only the module holds; its loss fails the request."""

    __slots__ = ("id", "row", "returned")


def _dropped(ref):
    if kept.get(ref.id) is ref:
        # First, as the time limit may interrupt the rest.
        _host.lost(ref.id)
        missing = ref.returned or WORDS["missing"].format(fop=ref.row.name)
        error_at(ref.row, f"{_NO_REPLY} ({missing}){_asked(ref.row)}")
        kept.pop(ref.id, None)


def _drop_again():
    for ref in [ref for ref in kept.values() if isinstance(ref, _Kept) and ref() is None]:
        _dropped(ref)


interrupted.append(_drop_again)


def failed(frame, error):
    """Logs an exception of a method; the host fails the request."""
    frame._state = ANSWERED
    frame._locs_ask_host()
    waiting.pop(frame.id, None)
    kept.pop(frame.id, None)
    report(error, f"{frame.name} failed", frame._about or frame.fop)
    return FAILED


def settle(frame, result=None):
    """Handles a return without a plain decision: messages were sent, or the frame is kept."""
    frame._locs_ask_host()
    if frame._state == ANSWERED:
        if not frame._owed:
            waiting.pop(frame.id, None)
        return NOTHING
    if inspect.iscoroutine(result):
        result.close()
        text = "the method returned a coroutine without awaiting it; make it an async def"
        return failed(frame, TypeError(text))
    frame._state = LATER
    if frame._owed:
        waiting[frame.id] = frame
    elif frame.id not in kept:
        ref = _Kept(frame, _dropped)
        ref.id, ref.row, ref.returned = frame.id, frame._about or frame.fop, _answer_returned(result)
        kept[frame.id] = ref
    return NOTHING
