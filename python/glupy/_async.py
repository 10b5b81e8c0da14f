"""Fops that are an `async def`: runs their coroutines, and the requests that these start.

A coroutine that awaits only replies to its own request is stepped by hand, at less than half the
cost of an asyncio.Task. When it awaits anything else (a sleep, a lock, a gather), or asks for its
task, it continues as a task.
"""

import asyncio
from asyncio import Future
from asyncio.tasks import _enter_task, _leave_task
from contextvars import copy_context
from functools import partial
from types import CoroutineType, coroutine

import _host

from . import values
from ._errno import EINTR
from ._json import dumps
from ._loop import FopTask, current, loop
from ._nearest import nearest
from ._report import error_at, misuse, place_in_module, place_of_return, report, warn_once
from ._settle import failed, settle
from ._source import code_of, last_reply_dropped, not_awaited
from .data import Data
from .errors import errno_of, errorcode, os_error
from .frame import ANSWERED, FAILED, LATER, SAME, WIND, waiting
from .reply import Reply
from .values import HostValue, Listing, changed

_last_own = 0
_ENDED = object()


def _own_frame(row):
    """Makes the frame of a request of the translator's own."""
    global _last_own
    _last_own -= 1
    frame = row.frame_class(_last_own, None)
    frame._state = LATER
    return frame


class Pending:
    """The reply to a pending request: `await` returns it, or raises OSError.

    It behaves as an asyncio.Future, but becomes one only when needed.
    """

    __slots__ = ("_of", "_reply", "_future")
    _asyncio_future_blocking = False  # by which asyncio knows a future

    def __init__(self, of):
        self._of = of  # the number of its frame
        self._reply = self._future = None

    def __await__(self):
        while self._reply is None:
            if loop.frame is None or self._future is not None:
                try:
                    return (yield from self._real())
                finally:
                    del self  # a traceback leads here: it must not lead on to its exception
            yield self
        return self._reply

    def _real(self):
        if self._future is None:
            self._future = Future(loop=loop)
            if self._reply is not None:
                self._future.set_result(self._reply)
        return self._future

    def __getattr__(self, name):
        try:
            return getattr(self._real(), name)
        except AttributeError:
            text = f"a reply that has not come yet has no {name!r}"
            raise AttributeError(text, name=name, obj=self) from None

    def __repr__(self):
        return f"<Pending {self._real()!r}>"

    def _answer(self, reply):
        if self._future is None:
            self._reply = reply
        elif not self._future.done():  # otherwise it was cancelled
            self._reply = reply
            self._future.set_result(reply)

    def _fail(self, op_errno, frame, row):
        future = self._real()
        if not future.done():
            error = os_error(op_errno)
            if frame._awaits is not self:  # may never be awaited: the log names its method
                error._asked = row.name, frame.fop
            future.set_exception(error)


def _is_spent(frame):
    """True if a cancelled request may send no more requests. Awaiting another waits for ever: that
    ends a loop that catches every error.
    """
    frame._left -= 1
    if frame._left == -1:
        error_at(frame.fop, "goes on although the request was given up: it gets no more replies")
    return frame._left < 0


def _request(frame, child, row, args):
    """Starts a request to a child by a message."""
    if frame is None or frame.answered:
        if frame is not None and frame._left is not None and _is_spent(frame):
            return Pending(frame.id)
        frame = _own_frame(row)
    pending = Pending(frame.id)
    frame._push_wind(row, child, args, pending, None)
    return pending


def caller(child, row):
    """A child's method for a fop: starts a request, and returns an awaitable of its Reply."""
    is_first = child.index == 0

    def call(*args):
        frame = loop.frame or current.get()
        # Most requests are wound unchanged.
        if frame is not None and frame._state == 0 and row is frame.fop and is_first:
            if not frame._wound and args == frame._args:
                if not values.anything_changed or not changed(args):
                    frame._wound = frame._owed = 1
                    frame._state = WIND
                    frame._pending = pending = Pending(frame.id)
                    return pending
        return _request(frame, child, row, args)

    call.__name__ = row.name
    return call


def deliver(pending, frame, number, row, op_ret, op_errno, parts):
    """Passes a child's reply to the awaiting coroutine."""
    if op_ret < 0:
        pending._fail(op_errno, frame, row)
        return
    if frame.id < 0:
        # The host keeps no values for a request of the module's own.
        for value in parts:
            if isinstance(value, HostValue):
                value._take()
    origin = (frame.id, number) if row is frame.fop else None
    pending._answer(Reply(row, op_ret, op_errno, parts, None, origin))


def go_on(frame):
    """A reply has come: continues the awaiting coroutine. No traceback may refer from here to its
    future, which refers to the traceback's exception.
    """
    awaits = frame._awaits
    if awaits is not None and (awaits._reply is not None or awaits.done()):
        frame._awaits = awaits = None
        _step(frame)
    if loop._ready:
        loop.run_ready()
    else:
        loop.busy = False


def arrived(frame, op_ret, op_errno, raw):
    """The reply to the only wind, which was unchanged."""
    pending = frame._pending
    frame._pending = None
    frame._owed = frame._state = 0
    loop.busy = True
    if op_ret < 0:
        pending._fail(op_errno, frame, frame.fop)
    else:
        row = frame.fop
        parts = row.make_reply(frame.id, 0, *raw) if row.replies_fd else None
        pending._answer(Reply(row, op_ret, op_errno, parts, raw, (frame.id, 0)))
    pending = None
    go_on(frame)
    state = frame._state
    if state < 0 or state >= SAME or state == FAILED:
        frame._state = ANSWERED
        return state
    return settle(frame)


def start(frame, coro):
    """Runs a fop's coroutine until it waits; returns the result for the host."""
    if coro.__class__ is not CoroutineType:
        coro = _await(coro)
    frame._coro = coro
    frame._driver = _drive(frame, coro)
    frame._context = copy_context()
    loop.busy = True
    try:
        _step(frame)
    finally:
        if loop._ready:
            loop.run_ready()
        else:
            loop.busy = False
    state = frame._state
    if state == WIND:
        frame._state = LATER
        waiting[frame.id] = frame
    elif state in (0, LATER, ANSWERED):
        return settle(frame)
    else:
        frame._state = ANSWERED  # further decisions of the coroutine are too late
    return state


async def _await(awaitable):
    return await awaitable


@coroutine
def _drive(frame, coro):
    """Steps a coroutine. A last yield marks its end, at less cost than StopIteration.
    """
    try:
        result = yield from coro
    except GeneratorExit:
        raise  # neither coroutine nor frame can be reached any more
    except BaseException as error:
        _end_badly(frame, error)
    else:
        _end(frame, result)
    yield _ENDED


def _step(frame):
    """Runs a coroutine until it waits or ends."""
    loop.frame = frame
    try:
        asked = frame._context.run(frame._driver.send, None)
    finally:
        loop.frame = None
        if frame._task is not None:
            _leave_task(loop, frame._task)
    if frame._task is None:
        if asked.__class__ is Pending and asked._of == frame.id:
            frame._awaits = asked
            return
        if asked is _ENDED:
            frame._driver = frame._context = None
            return
        _make_task(frame)
    if isinstance(asked, Future):
        # The task steps the coroutine again, and gets the same future.
        asked._asyncio_future_blocking = False


def _make_task(frame):
    """Makes a task that continues a coroutine when the loop next runs."""
    context = frame._context
    if loop.frame is None:
        context.run(current.set, frame)
    else:
        current.set(frame)  # it asked for its task: this is its context
    task = FopTask(frame._coro, loop=loop, context=context)
    task._log_destroy_pending = False  # the frame reports its own loss
    task.add_done_callback(partial(_task_ended, frame), context=context)
    frame._task = task
    return task


def _task_ended(frame, task):
    # The task and its context refer to the frame.
    frame._task = frame._driver = frame._context = None
    error = asyncio.CancelledError() if task.cancelled() else task.exception()
    if frame._coro is None:
        return  # it had ended before the task could begin
    if error is not None:
        _end_badly(frame, error)
    else:
        _end(frame, task.result())


_current_task = asyncio.current_task


def _task_of_now(loop_=None):
    """asyncio.current_task: gives a coroutine stepped by hand its task."""
    frame = loop.frame
    if frame is not None and frame._task is None:
        _enter_task(loop, _make_task(frame))
    return _current_task(loop_)


_ensure_future = asyncio.ensure_future


def _future_of(awaitable, *, loop=None):
    """asyncio.ensure_future, which gather, shield and others call."""
    if awaitable.__class__ is Pending:
        return awaitable._real()
    return _ensure_future(awaitable, loop=loop)


asyncio.current_task = asyncio.tasks.current_task = _task_of_now
asyncio.ensure_future = asyncio.tasks.ensure_future = _future_of


def stop(frame):
    """Cancels a request's coroutine, if it has one."""
    if frame._coro is None:
        return False
    loop.busy = True
    if frame._task is not None:
        frame._task.cancel()
    elif frame._awaits is not None:
        frame._awaits.cancel()
    go_on(frame)
    return True


# -- how it ends -----------------------------------------------------------------------------------


def _end(frame, result):
    frame._coro = None
    if frame._state == 0 and result.__class__ is Reply and result._values is None:
        if result._origin[0] == frame.id:
            frame._state = SAME + result._origin[1]
            return
    if frame.answered:
        return
    try:
        if frame._owed or result is None:
            check_awaited(frame, result)
        _finish(frame, result)
    except BaseException as error:
        _end_badly(frame, error)


def _end_badly(frame, error):
    frame._coro = None
    if isinstance(error, asyncio.CancelledError):
        if not frame.answered:
            frame._fail(-EINTR)
        return
    op_errno = errno_of(error) if isinstance(error, OSError) else 0
    if op_errno and not frame.answered:
        place = place_in_module(error)
        if place is not None:
            frame._note_place(*place)
        frame._fail(-op_errno)
    else:
        fail_late(frame, error)


def fail_late(frame, error):
    """Fails a request by a message, or by the running method's result."""
    if frame._state not in (LATER, ANSWERED):
        frame._state = failed(frame, error)
        return
    try:
        _host.push(frame.id, dumps(["failed"]))
    except RuntimeError:
        report(error, f"{frame.name} failed after its answer", frame.fop)
    else:
        failed(frame, error)


def _not_awaited(frame):
    """True if a pending reply was never awaited."""
    noted = [each[0] for each in (frame._waiters or {}).values()]
    pending = [each for each in (frame._pending, *noted) if isinstance(each, Pending)]
    return any(each._future is None and each._reply is None for each in pending)


def check_awaited(frame, result):
    """Refuses an answer without a needed reply; warns of other unawaited ones."""
    row = frame.fop
    code = code_of(row.method)
    found = not_awaited(code) if _not_awaited(frame) else None
    needs = set(row.reply_index) - {"xdata"}
    if result is not None:
        if found and not isinstance(result, (Pending, CoroutineType)):
            text = f"{row.name} has answered before a reply came: is an await missing?"
            warn_once(code, found[0], f"{text} write {found[1]}, or asyncio.ensure_future(...)")
    elif found:
        text = f"{row.name} ended before a reply came: is an await missing?"
        raise misuse(code, found[0], f"{text} write {found[1]}")
    elif needs:
        dropped = last_reply_dropped(code, row.name)
        text = f"{row.name} returned None, and its reply needs {', '.join(row.reply_index)}"
        if dropped is None:
            raise misuse(code, code.co_firstlineno, f"{text}: is a return missing?")
        raise misuse(code, dropped[0], f"{text}: is a return missing? write {dropped[1]}")


def _finish(frame, result):
    """Answers with the result of an `async def`."""
    try:
        _answer(frame, frame.fop, result)
    except (TypeError, ValueError) as error:
        error._returned = place_of_return(frame.fop)
        raise


def _answer(frame, row, result):
    if isinstance(result, Reply):
        if result.fop is not row:
            raise TypeError(f"{row.name} returned a reply of {result.fop.name}")
        origin = result._origin
        if frame._state == 0 and origin and origin[0] == frame.id and not changed(result.values):
            frame._state = SAME + origin[1]
            return
        frame.unwind(result.op_ret, result.op_errno, *result.values)
    elif isinstance(result, dict):
        parts = dict(result)
        op_ret = parts.pop("op_ret", None)
        for name in parts:
            if name not in row.reply_index:
                raise TypeError(_unknown(row, name))
        reply = [parts.get(name) for name in row.reply_index]
        if op_ret is None:
            frame._send_answer(None, 0, reply)
        else:
            _answer_number(frame, op_ret, reply)
    elif isinstance(result, tuple):
        frame._send_answer(None, 0, result)
    elif isinstance(result, int) and not isinstance(result, bool):
        _bare_number(frame, result)
    elif row.name == "readv" and isinstance(result, (bytes, bytearray, memoryview, Data)):
        frame._send_answer(None, 0, (result,))
    elif row.name in ("readdir", "readdirp") and isinstance(result, (list, Listing)):
        frame._send_answer(None, 0, (result,))
    elif result is None and set(row.reply_index) <= {"xdata"}:
        frame.unwind(0)
    elif isinstance(result, (Pending, CoroutineType)):
        if isinstance(result, CoroutineType):
            result.close()
        code = code_of(row.method)
        line, fix = not_awaited(code, called(result)) or (code.co_firstlineno, "return await ...")
        text = f"{row.name} returned a reply that has not come yet: is an await missing? write {fix}"
        raise misuse(code, line, text)
    else:
        raise TypeError(
            f"{row.name} must return a Reply, or a dict or tuple of {', '.join(row.reply_index)}, "
            f"not {type(result).__name__}"
        )


def called(awaitable):
    """The name of a coroutine's function; None for a pending reply."""
    return awaitable.cr_code.co_name if isinstance(awaitable, CoroutineType) else None


def _answer_number(frame, op_ret, reply):
    if isinstance(op_ret, int) and op_ret < 0:
        raise ValueError(f"op_ret {op_ret}: to fail, raise OSError({errorcode.get(-op_ret, 'EIO')})")
    frame.unwind(op_ret, 0, *reply)


# Fops whose success may be above 0; for others such a number is an errno returned by mistake.
_COUNTS = """writev copy_file_range readv readlink readdir readdirp getxattr fgetxattr getspec
    getactivelk ipc""".split()


def _bare_number(frame, op_ret):
    name = errorcode.get(op_ret)
    if op_ret > 0 and name and frame.name not in _COUNTS:
        text = f"op_ret {op_ret} says that the {frame.name} was done"
        raise ValueError(f"{text}: to fail with {name}, raise OSError({name})")
    _answer_number(frame, op_ret, ())


def _unknown(row, name):
    if name == "op_errno":
        return f"a dict is a success of {row.name} and has no op_errno: to fail, raise OSError(ENOENT)"
    near = nearest(name, (*row.reply_index, "op_ret"))
    hint = f" (did you mean '{near}'?)" if near else ""
    return f"a reply of {row.name} has no {name}{hint}: it has {', '.join(row.reply_index)}"
