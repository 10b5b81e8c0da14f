"""Handles events of a request after its fop: a child's reply, an interrupt, or cancellation by the
host. Results are the codes of frame.py.
"""

from ._async import Pending, deliver, fail_late, go_on, stop
from ._loop import loop
from ._report import report
from ._settle import failed, settle
from .frame import ANSWERED, FAILED, NOTHING, SAME, Frame, kept, waiting


def replied(frame, number, op_ret, op_errno, reply):
    """Handles a child's reply to wind `number`, in the general case."""
    frame._locs_ask_host()
    waiters = frame._waiters
    noted = waiters.pop(number, None) if waiters else None
    if noted is None and number == 0 and frame._pending is not None:
        noted = frame._pending, None, frame.fop, None
        frame._pending = None
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
        if isinstance(waiter, Pending):
            loop.busy = True
            deliver(waiter, frame, number, row, op_ret, op_errno, reply)
            noted = waiter = None
            go_on(frame)
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


# Requests that a method may still send after the host has cancelled its request: enough to clean
# up, and an end for loops that catch every error.
_MOST_AFTER = 1000


def _known(id):
    frame = waiting.get(id)
    if frame is None and id in kept:
        frame = kept[id]()
    return frame


def cancel(id):
    """Cancels request `id`, which the host has answered: further decisions are void."""
    frame = _known(id)
    waiting.pop(id, None)
    kept.pop(id, None)
    if frame is not None:
        frame._state = ANSWERED
        frame._left = _MOST_AFTER
        frame._locs_ask_host()
        stop(frame)


def interrupt(id):
    """Handles the interrupt of request `id`."""
    frame = _known(id)
    if frame is None or frame.answered or stop(frame) or frame.fop.cancel is None:
        return
    try:
        frame.fop.cancel(frame)
    except BaseException as error:
        fail_late(frame, error)
