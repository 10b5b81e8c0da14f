"""The event loop of `async def` fops: asyncio's tasks, stepped by the host. (A coroutine that
awaits only children's replies is stepped without a task, see _async.py.)

There is no thread and no blocking. When the host has delivered an awaited event, ready callbacks
run until none is left. Callbacks that become ready at other times (a plain method makes a task), or
later, wait for the host's timer.
"""

import asyncio
import heapq
import math
from collections import deque
from contextvars import ContextVar, copy_context

import _host

from ._report import error_in_task, place_of_step, report, tell_failed, warn_of_own_work

# Steps before the loop yields: many for a request, but few enough that a task which only yields
# (`while True: await asyncio.sleep(0)`) does not starve others.
_STEPS = 1000
_MOST_CANCELLED = 64
_PAUSE = 0.001
# Seconds between two looks at whether work that rests may go on.
_REST = 0.02
# Milliseconds of a tick after which the log names such work.
_LONG = 100


# The frame whose `async def` started the running code.
current = ContextVar("frame", default=None)


class _Step:
    """A ready callback: a minimal asyncio.Handle."""

    __slots__ = ("callback", "args", "context", "_cancelled")

    def __init__(self, callback, args, context):
        self.callback = callback
        self.args = args
        self.context = context
        self._cancelled = False

    def cancel(self):
        self._cancelled = True

    def cancelled(self):
        return self._cancelled


def _has_waiter(step):
    """Whether a step works for a request that is not answered yet."""
    frame = step.context.get(current)
    return frame is not None and not frame.answered


class FopTask(asyncio.Task):
    """The task of a fop's coroutine. The request reports its error."""


class Loop(asyncio.AbstractEventLoop):
    def __init__(self):
        self._ready = deque()
        self._timers = []
        # Cancelled timers that are still in the heap.
        self._cancelled = 0
        self._asked = None  # the time of the host's timer
        # True while a caller will run the ready callbacks, so that no timer is needed.
        self.busy = False
        # The frame whose coroutine is being stepped without a task.
        self.frame = None
        # Whether work that no request waits for must rest, and its steps that do.
        self.resting = False
        self._rested = []
        # The place of the last such work.
        self._own_work = None

    def call_soon(self, callback, *args, context=None):
        step = _Step(callback, args, self._context() if context is None else context)
        self._ready.append(step)
        if not self.busy:
            self._ask(self.time())
        return step

    call_soon_threadsafe = call_soon

    def call_later(self, delay, callback, *args, context=None):
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(self, when, callback, *args, context=None):
        context = self._context() if context is None else context
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._timers, handle)
        handle._scheduled = True
        self._ask(when)
        return handle

    def _context(self):
        """The context of new tasks: they work for the same request."""
        context = copy_context()
        if self.frame is not None:
            context.run(current.set, self.frame)
        return context

    def _ask(self, when):
        """Requests a `tick` from the host at that time, unless one comes sooner."""
        if self._asked is None or when < self._asked:
            self._asked = when
            _host.after(max(0, math.ceil((when - self.time()) * 1000)))

    def tick(self, resting=False, last=0):
        """Handles the host's timer: runs due callbacks.

        resting: only those for requests, until the next tick.
        last: milliseconds of the last tick, if it was a long one.
        """
        self._asked = None
        if last > _LONG and self._own_work is not None:
            warn_of_own_work(self._own_work, last)
        self._own_work = None
        self.resting = resting
        if self._rested and not resting:
            self._ready.extendleft(reversed(self._rested))
            self._rested.clear()
        timers, now = self._timers, self.time()
        while timers and (timers[0]._cancelled or timers[0]._when <= now):
            handle = heapq.heappop(timers)
            handle._scheduled = False
            if handle._cancelled:
                self._cancelled -= 1
            else:
                self._ready.append(_Step(handle._callback, handle._args, handle._context))
        self.run_ready(in_tick=True)
        if self._rested:
            self._ask(self.time() + _REST)
        if timers:
            self._ask(timers[0]._when)

    def run_ready(self, in_tick=False):
        """Runs ready callbacks, and those that become ready meanwhile."""
        ready = self._ready
        if not ready:
            self.busy = False
            return
        self.busy = True
        try:
            for _ in range(_STEPS):
                if not ready:
                    break
                step = ready.popleft()
                try:
                    if step._cancelled:
                        continue
                    if self.resting and not _has_waiter(step):
                        self._rested.append(step)
                        continue
                    step.context.run(step.callback, *step.args)
                    if in_tick and not _has_waiter(step):
                        self._own_work = place_of_step(step.callback)
                except BaseException as error:
                    # Tasks keep their exceptions, except those that end a program.
                    if not isinstance(getattr(step.callback, "__self__", None), FopTask):
                        report(error, "a task failed")
                # A traceback refers to this frame, which must not refer to the exception's task.
                step = None
        finally:
            self.busy = False
            if ready:
                self._ask(self.time() + _PAUSE)

    def _timer_handle_cancelled(self, handle):
        """Records a cancelled timer. It is dropped when due, or sooner if most timers are
        cancelled: one may be due in years.
        """
        if not handle._scheduled:
            return
        self._cancelled += 1
        if self._cancelled > _MOST_CANCELLED and self._cancelled * 2 > len(self._timers):
            self._timers[:] = [t for t in self._timers if t is not handle and not t._cancelled]
            heapq.heapify(self._timers)
            handle._scheduled = False
            self._cancelled = 0

    def time(self):
        return _host.now() / 1e6

    def create_future(self):
        return asyncio.Future(loop=self)

    def create_task(self, coro, *, context=None, **kwargs):
        context = self._context() if context is None else context
        return asyncio.Task(coro, loop=self, context=context, **kwargs)

    get_debug = bool  # returns False, at least cost: asyncio calls it for every future

    def is_running(self):
        return True

    def is_closed(self):
        return False

    def get_exception_handler(self):
        return None

    def call_exception_handler(self, context):
        error, text = context.get("exception"), context.get("message") or "a task failed"
        asked = getattr(error, "_asked", None)
        if asked is not None and error.__traceback__ is None:  # it was never raised
            tell_failed(error, *asked)
        elif error is not None:
            report(error, text)
        else:
            error_in_task(context.get("task"), text)

    default_exception_handler = call_exception_handler


loop = Loop()
asyncio.events._set_running_loop(loop)

# asyncio itself holds weak references only.
_tasks = set()


def background(coro, what):
    """Runs a coroutine without an awaiter: an exception at once is raised, a later one is logged as
    `what failed`.
    """
    loop.busy = True
    try:
        task = asyncio.Task(coro, loop=loop, eager_start=True)
    finally:
        loop.run_ready()
    if task.done():
        task.result()
        return

    def ended(task):
        _tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            report(task.exception(), f"{what} failed")

    _tasks.add(task)
    task.add_done_callback(ended)
