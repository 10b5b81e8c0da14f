"""From a method's return to the host: what it failed at, or left open.

Results are the codes of frame.py.
"""

import inspect
import reprlib
import weakref

import _host

from ._messages import WORDS
from ._report import error_at, interrupted, report
from ._source import asks_child, code_of
from .frame import ANSWERED, FAILED, LATER, NOTHING, kept, waiting

_NO_REPLY = "the request was neither answered nor passed on, and nothing can reach it any more"


def _asked(row):
    """For a plain method that asks a child: what that gives has to be awaited."""
    method = row.method
    found = None if inspect.iscoroutinefunction(method) else asks_child(code_of(method))
    if found is None:
        return ""
    line, text = found
    return f"; line {line}: {text} has to be awaited, in an async def {row.name}, or use frame.wind"


def _answer_returned(result):
    """What to write in place of a return that was meant as the answer; None if it was not."""
    if not result or not isinstance(result, (int, tuple, list, dict)):
        return None
    return (
        f"it returned {reprlib.repr(result)}, which answers only in an async def: "
        "write frame.unwind(op_ret, op_errno, ...) or frame.fail(ENOENT)"
    )


class _Kept(weakref.ref):
    """A frame that only the module holds on to. When it lets go, nobody can answer any more."""

    __slots__ = ("id", "row", "returned")


def _dropped(ref):
    if kept.get(ref.id) is ref:
        # Before what takes longer: time may run out there.
        _host.lost(ref.id)
        missing = ref.returned or WORDS["missing"].format(fop=ref.row.name)
        error_at(ref.row, f"{_NO_REPLY} ({missing}){_asked(ref.row)}")
        kept.pop(ref.id, None)


def _drop_again():
    for ref in [ref for ref in kept.values() if isinstance(ref, _Kept) and ref() is None]:
        _dropped(ref)


interrupted.append(_drop_again)


def failed(frame, error):
    """An exception left a method: it goes to the log, and the host answers the request."""
    frame._state = ANSWERED
    frame._locs_ask_host()
    waiting.pop(frame.id, None)
    kept.pop(frame.id, None)
    report(error, f"{frame.name} failed", frame.fop)
    return FAILED


def settle(frame, result=None):
    """A method returned without a plain decision: it has sent messages, or kept the frame."""
    frame._locs_ask_host()
    if frame._state == ANSWERED:
        if not frame._owed:
            waiting.pop(frame.id, None)
        return NOTHING
    if inspect.iscoroutine(result):
        result.close()
        text = "the method returned a coroutine that nobody awaits; make it an async def"
        return failed(frame, TypeError(text))
    frame._state = LATER
    if frame._owed:
        waiting[frame.id] = frame
    elif frame.id not in kept:
        ref = _Kept(frame, _dropped)
        ref.id, ref.row, ref.returned = frame.id, frame.fop, _answer_returned(result)
        kept[frame.id] = ref
    return NOTHING
