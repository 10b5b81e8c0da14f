"""From a method's return to the host: what it decided, failed at, or left open.

Results are the codes of frame.py.
"""

import asyncio
import inspect
import weakref
from contextvars import copy_context

import _host

from ._errno import EINTR
from ._json import dumps
from ._loop import loop
from ._report import error_at, report
from .child import Reply, current, deliver
from .data import Data
from .errors import errno_of
from .frame import ANSWERED, FAILED, LATER, NOTHING, SAME, WIND, Frame, kept, waiting
from .values import Listing, changed

_NO_REPLY = (
    "the request was neither answered nor passed on, and nothing can reach it any more "
    "(is a frame.wind, frame.unwind or frame.fail missing?)"
)


class _Kept(weakref.ref):
    """A frame that only the module holds on to. When it lets go, nobody can answer any more."""

    __slots__ = ("id", "row")


def _dropped(ref):
    if kept.pop(ref.id, None) is ref:
        error_at(ref.row, _NO_REPLY)
        _host.lost(ref.id)


def failed(frame, error):
    """An exception left a method: it goes to the log, and the host answers the request."""
    frame._state = ANSWERED
    waiting.pop(frame.id, None)
    kept.pop(frame.id, None)
    report(error, f"{frame.name} failed", frame.fop)
    return FAILED


def settle(frame, result=None):
    """A method returned without a plain decision: it has sent messages, or kept the frame."""
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
        ref.id, ref.row = frame.id, frame.fop
        kept[frame.id] = ref
    return NOTHING


def replied(frame, number, op_ret, op_errno, reply):
    """A child answered wind `number` of a request that has several, or awaits it, or is over."""
    waiters = frame._waiters
    noted = waiters.pop(number, None) if waiters else None
    waiter, cookie, row, child = noted or (frame.fop.cbk, None, frame.fop, None)
    frame._owed -= 1
    if frame._owed:
        waiting[frame.id] = frame
    done = frame._state == ANSWERED
    if not done:
        frame._state = 0
        frame._reply = reply if row is frame.fop else None
        frame._ret = op_ret, op_errno
        frame._number = number
    frame.cookie = cookie if cookie is not None else child or Frame.cookie
    try:
        if isinstance(waiter, asyncio.Future):
            loop.busy = True
            deliver(waiter, frame, number, row, op_ret, op_errno, reply)
            # A traceback leads here: it must not lead on to the future that has the exception.
            noted = waiter = None
            loop.run_ready()
        else:
            waiter(frame, op_ret, op_errno, *reply)
    except BaseException as error:
        if done:
            report(error, f"{frame.name} failed after its answer", frame.fop)
            return NOTHING
        return failed(frame, error)
    state = frame._state
    if done or frame.id < 0:
        return NOTHING
    if state < 0 or state >= SAME or state == FAILED:
        frame._state = ANSWERED
        return state
    return settle(frame)


def cancel(id):
    """The host has answered request `id` itself: what the script does with it is void."""
    frame = waiting.pop(id, None)
    if frame is None:
        ref = kept.pop(id, None)
        frame = ref and ref()
    if frame is None:
        return
    frame._state = ANSWERED
    if frame._task is not None:
        loop.busy = True
        frame._task.cancel()
        loop.run_ready()


# -- async def -------------------------------------------------------------------------------------


def start(frame, coro):
    """Runs a fop's coroutine as far as it gets; the result for the host."""
    context = copy_context()
    context.run(current.set, frame)
    loop.busy = True
    try:
        task = asyncio.Task(_drive(frame, coro), loop=loop, context=context, eager_start=True)
    finally:
        loop.run_ready()
    if not task.done():
        frame._task = task
        task._log_destroy_pending = False  # the frame tells, when nothing can reach it any more
    state = frame._state
    if state == WIND:
        frame._state = LATER
        waiting[frame.id] = frame
    elif state in (0, LATER, ANSWERED):
        return settle(frame)
    else:
        frame._state = ANSWERED  # what the coroutine does from here on comes too late
    return state


async def _drive(frame, coro):
    try:
        result = await coro
        if not frame.answered:
            _finish(frame, result)
    except asyncio.CancelledError:
        if not frame.answered:
            frame.fail(EINTR)
    except GeneratorExit:
        raise  # nothing can reach the coroutine any more, and so it is with the frame
    except BaseException as error:
        op_errno = errno_of(error) if isinstance(error, OSError) else 0
        if op_errno and not frame.answered:
            frame.fail(op_errno)
        else:
            _fail(frame, error)
    finally:
        frame._task = None  # the task's context leads to the frame


def _fail(frame, error):
    if frame._state not in (LATER, ANSWERED):
        frame._state = failed(frame, error)
        return
    try:
        _host.push(frame.id, dumps(["failed"]))
    except RuntimeError:
        report(error, f"{frame.name} failed after its answer", frame.fop)
    else:
        failed(frame, error)


def _finish(frame, result):
    """What an `async def` returned becomes the answer."""
    row = frame.fop
    if isinstance(result, Reply):
        if result.fop is not row:
            raise TypeError(f"{row.name} returned a reply of {result.fop.name}")
        origin = result._origin
        if frame._state == 0 and origin and origin[0] == frame.id and not changed(result.values):
            frame._state = SAME + origin[1]
        else:
            frame.unwind(result.op_ret, result.op_errno, *result.values)
    elif isinstance(result, dict):
        unknown = set(result) - set(row.reply_index)
        if unknown:
            raise TypeError(f"a reply of {row.name} has no {', '.join(sorted(unknown))}")
        frame.unwind(0, 0, *(result.get(name) for name in row.reply_index))
    elif isinstance(result, tuple):
        frame.unwind(0, 0, *result)
    elif isinstance(result, int) and not isinstance(result, bool):
        frame.unwind(result)
    elif row.name == "readv" and isinstance(result, (bytes, bytearray, memoryview, Data)):
        frame.unwind(0, 0, result)
    elif row.name in ("readdir", "readdirp") and isinstance(result, (list, Listing)):
        frame.unwind(0, 0, result)
    elif result is None and set(row.reply_index) <= {"xdata"}:
        frame.unwind(0)
    else:
        raise TypeError(
            f"{row.name} must return a Reply, or a dict or tuple of {', '.join(row.reply_index)}, "
            f"not {type(result).__name__}"
        )
