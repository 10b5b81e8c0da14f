"""The event loop that `async def` fops run on: asyncio's tasks, stepped by the host.

There is no thread and no waiting here. Whenever the host has called into the interpreter, what is
ready is run until nothing is; timers are the host's.
"""

import asyncio
import heapq
import logging
import time
from collections import deque

import _host


class Loop(asyncio.AbstractEventLoop):
    def __init__(self):
        self.ready = deque()
        self._timers = []
        self._asked = None

    def call_soon(self, callback, *args, context=None):
        handle = asyncio.Handle(callback, args, self, context)
        self.ready.append(handle)
        return handle

    call_soon_threadsafe = call_soon

    def call_later(self, delay, callback, *args, context=None):
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(self, when, callback, *args, context=None):
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._timers, handle)
        handle._scheduled = True
        self._ask()
        return handle

    def _ask(self):
        """Asks the host for a call when the next timer is due."""
        while self._timers and self._timers[0]._cancelled:
            heapq.heappop(self._timers)._scheduled = False
        if self._timers and (self._asked is None or self._timers[0]._when < self._asked):
            self._asked = self._timers[0]._when
            _host.after(max(0.0, (self._asked - self.time()) * 1000))

    def tick(self):
        """The host's timer: what is due becomes ready."""
        self._asked = None
        now = self.time() + 0.0005
        while self._timers and self._timers[0]._when <= now:
            handle = heapq.heappop(self._timers)
            handle._scheduled = False
            if not handle._cancelled:
                self.ready.append(handle)
        self._ask()

    def run_ready(self):
        ready = self.ready
        while ready:
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()

    def _timer_handle_cancelled(self, handle):
        """asyncio tells of a timer that was cancelled; `_ask` drops it when it is due."""

    def time(self):
        return time.monotonic()

    def create_future(self):
        return asyncio.Future(loop=self)

    def create_task(self, coro, **kwargs):
        return asyncio.Task(coro, loop=self, **kwargs)

    def get_debug(self):
        return False

    def is_running(self):
        return True

    def is_closed(self):
        return False

    def get_exception_handler(self):
        return None

    def default_exception_handler(self, context):
        logging.getLogger().error(context.get("message"), exc_info=context.get("exception"))

    call_exception_handler = default_exception_handler


loop = Loop()
asyncio.events._set_running_loop(loop)
